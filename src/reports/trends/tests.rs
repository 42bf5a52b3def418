use chrono_tz::Tz;

use super::*;
use crate::diag::Source;
use crate::register::Held;
use crate::standard::Standard;
use crate::units::Currency;

fn register(records: &[String]) -> Register {
    let held = records.iter().enumerate().map(|(i, rest)| {
        let text = format!(
            "schema: 1\nid: INC-20261121-{i:04}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M{i:04}\ntitle: number {i}\nstatus: closed\n{rest}"
        );
        let record = crate::incident::parse(Source::new("i", &text)).unwrap().record;
        Held { path: format!("{i}"), record }
    });
    Register { records: held.collect(), bad: Vec::new() }
}

fn run(records: &[String], period: &str, now: &str, joined: &Joined) -> Trends {
    let standard = Standard::default();
    let company = Company {
        standard: &standard,
        zone: Tz::America__Mexico_City,
        currency: Currency::MXN,
        register: None,
        documents: None,
    };
    let period = period.parse().unwrap();
    trends(&register(records), joined, period, &company, now.parse().unwrap()).unwrap()
}

fn at(day: &str, minutes: u32, rest: &str) -> String {
    format!(
        "times: {{ impact_started: {day}T10:00:00-06:00, restored: {day}T{:02}:{:02}:00-06:00 }}\n{rest}",
        10 + minutes / 60,
        minutes % 60
    )
}

const LATER: &str = "2027-06-01T09:00:00-06:00";

#[test]
fn causes_are_counted_largest_first_and_what_is_not_known_is_a_row_of_its_own() {
    let of = |cause: &str, customers: &str| {
        format!(
            "services: [cards]\ncauses: {{ category: {cause} }}\nimpact: {{ customers: {{ {customers} }} }}\n"
        )
    };
    let records = [
        at("2026-10-05", 10, &of("change", "affected: 5")),
        at("2026-10-06", 10, &of("change", "tried: 5")),
        at("2026-10-07", 10, &of("vendor", "affected: 7")),
        at("2026-10-08", 10, ""),
        at("2026-01-08", 10, &of("vendor", "affected: 7")),
    ];
    let trends = run(&records, "2026-Q4", LATER, &Joined::new());
    assert_eq!((trends.incidents, trends.customer_minutes.unknown), (4, 2));
    let causes = &trends.by[0];
    let rows: Vec<_> = causes
        .rows
        .iter()
        .map(|row| {
            (
                row.key.as_deref(),
                row.incidents,
                row.customer_minutes.known,
                row.customer_minutes.unknown,
            )
        })
        .collect();
    let known = |n: i64| Decimal::from(n);
    assert_eq!(
        rows,
        [
            (Some("change"), 2, known(50), 1),
            (Some("vendor"), 1, known(70), 0),
            (None, 1, known(0), 1)
        ]
    );
    assert_eq!(causes.vital, Some(2));
    assert_eq!(causes.rows[1].cumulative.unwrap().to_string(), "100%");
    assert_eq!(causes.rows[2].cumulative, None);
}

#[test]
fn what_comes_back_within_ninety_days_is_a_repeat() {
    let change = "services: [cards]\ncauses: { category: change }\n";
    let records = [
        at("2026-09-01", 10, change),
        at("2026-10-05", 10, change),
        at("2026-10-20", 10, "services: [checkout]\ncauses: { category: change }\n"),
        at("2026-10-21", 10, "services: [checkout]\n"),
    ];
    let trends = run(&records, "2026-Q4", LATER, &Joined::new());
    assert_eq!(trends.repeats.again.len(), 1);
    assert_eq!((trends.repeats.first, trends.repeats.unknown), (1, 1));
    assert_eq!(trends.repeats.rate().unwrap().to_string(), "50%");
    // A problem joins what the records alone do not.
    let mut joined = Joined::new();
    for id in ["INC-20261121-0002", "INC-20261121-0003"] {
        joined.entry(id.parse().unwrap()).or_default().insert("PRB-1".to_owned());
    }
    let trends = run(&records, "2026-Q4", LATER, &joined);
    assert_eq!((trends.repeats.again.len(), trends.repeats.unknown), (2, 0));
    assert_eq!(run(&records[..1], "2026-Q4", LATER, &Joined::new()).repeats.rate(), None);
}

#[test]
fn an_action_is_judged_by_the_days_after_it() {
    let change = "services: [cards]\ncauses: { category: change }\n";
    let done = |day: &str| {
        format!(
            "{change}actions:\n  - {{ title: canary, kind: prevent, done: {{ at: {day}T12:00:00-06:00 }} }}\n"
        )
    };
    let records = [
        at("2026-09-20", 10, change),
        at("2026-10-05", 10, &done("2026-10-10")),
        at("2026-11-05", 10, change),
    ];
    let outcome = |records: &[String], now: &str| {
        run(records, "2026-Q4", now, &Joined::new()).effects[0].clone()
    };
    let effect = outcome(&records, LATER);
    assert_eq!((effect.counts, effect.outcome), (Some((2, 1)), Outcome::TooEarly));
    let mut next = records.to_vec();
    next[1] = at("2026-10-05", 10, &done("2026-09-30"));
    // The report is of the end of the quarter: ninety days after the last of September are over.
    let effect = outcome(&next, LATER);
    assert_eq!((effect.counts, effect.outcome), (Some((1, 2)), Outcome::DidNotFall));
    next[2] = at("2026-11-05", 10, "services: [cards]\n");
    next[1] = at("2026-09-25", 10, &done("2026-09-30"));
    let effect = outcome(&next, LATER);
    assert_eq!((effect.counts, effect.outcome), (Some((2, 0)), Outcome::Fell));
    let unknown = [at(
        "2026-10-05",
        10,
        "actions:\n  - { title: a, kind: prevent, done: { at: 2026-10-10T12:00:00-06:00 } }\n",
    )];
    let effect = outcome(&unknown, LATER);
    assert_eq!((effect.counts, effect.outcome), (None, Outcome::Unknown));
}

#[test]
fn one_bad_week_is_a_signal_and_the_usual_ups_and_downs_are_not() {
    let mut records = Vec::new();
    let monday = chrono::NaiveDate::from_ymd_opt(2026, 9, 28).unwrap();
    for week in 0..14_u64 {
        for n in 0..(2 + week % 2) {
            let day = monday + chrono::Days::new(week * 7 + n);
            records.push(at(&day.to_string(), 30, ""));
        }
    }
    let calm = run(&records, "2026-Q4", LATER, &Joined::new());
    let chart = &calm.charts[0];
    assert_eq!(chart.verdict, Verdict::Noise, "{chart:?}");
    // The quarter ends on a Thursday: its last week is not whole in it.
    assert_eq!((chart.points.len(), chart.points[12].week.as_str()), (13, "2026-W52"));
    assert_eq!(calm.charts[1].verdict, Verdict::TooFew);
    for n in 0..9 {
        let day = monday + chrono::Days::new(12 * 7 + n % 7);
        records.push(at(&day.to_string(), 30, ""));
    }
    let stormy = run(&records, "2026-Q4", LATER, &Joined::new());
    assert_eq!(stormy.charts[0].verdict, Verdict::Signal);
    assert!(stormy.charts[0].points[12].rules.contains(&Rule::Beyond));
    assert!(run(&records[..1], "2026-Q1", LATER, &Joined::new()).charts[0].points.is_empty());
}

use crate::spc::Rule;

#[test]
fn quarterly_means_are_those_that_a_team_published() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/moj_cloud_platform/");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}{name}"));
    let (Ok(incidents), Ok(oracle)) =
        (read("derived_incidents.csv"), read("oracle_quarterly_mttr.csv"))
    else {
        eprintln!("skipped: {folder} is not there");
        return;
    };
    let rows = |text: &str| -> Vec<std::collections::BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.deserialize().map(|row| row.unwrap()).collect()
    };
    let mut records = Vec::new();
    for row in rows(&incidents) {
        let Ok(minutes) = row["time_to_repair_min"].parse::<i64>() else { continue };
        let start: Instant = format!("{}T00:00:00Z", &row["file"][..10]).parse().unwrap();
        let restored = start.plus(Span::from_minutes(minutes));
        records.push(format!("times: {{ impact_started: {start}, restored: {restored} }}\n"));
    }
    let (mut agree, mut of) = (0, 0);
    for row in rows(&oracle) {
        // `N/A` is published for a quarter without incidents; later quarters have no figure yet.
        let published = match (row["mttrepair_text"].as_str(), row["mttrepair_min"].parse::<i64>())
        {
            ("N/A", _) => None,
            (_, Ok(minutes)) => Some(minutes),
            (_, Err(_)) => continue,
        };
        let label = row["quarter"].replace('Q', "-Q");
        let trends = run(&records, &label, LATER, &Joined::new());
        let mean = trends.to_restore.map(|times| times.mean.minutes());
        of += 1;
        agree += i64::from(mean == published);
    }
    // The three others: the pages' own times do not give what the team published.
    assert_eq!((agree, of), (14, 17));
}
