//! The default standard asked what another level would change: duties side by side, what could
//! still raise the level, the month against an objective, an override that the facts outlive.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod own;

use inc::decision::{FactSet, Item, Op, Test, Value};
use inc::diag::Source;
use inc::incident::{Record, Severity};
use inc::register::{Held, Register};
use inc::render;
use inc::reports::ClockState;
use inc::reports::assessment::assess;
use inc::reports::objectives::month;
use inc::reports::what_if::{About, Comparison, Row, lowering, neighbours};
use inc::standard::{Standard, Stands};
use inc::units::{Decimal, Instant};
use own::company;

fn standard() -> Standard {
    own::standard(|_, _| None)
}

fn at(clock: &str) -> Instant {
    format!("2026-11-21T{clock}:00-06:00").parse().unwrap()
}

/// A record of the 21st of November 2026; its number is the last letter of its id.
fn record(number: u8, body: &str) -> Record {
    let head = format!(
        "schema: 1\nid: INC-20261121-000{number}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5{number}\ntitle: number {number}\n"
    );
    let text = format!("{head}{body}");
    inc::incident::parse(Source::new("incident.yaml", &text))
        .unwrap_or_else(|e| panic!("{e}"))
        .record
}

/// One in five card payments fails since 03:00.
const FIFTH: &str = "kind: degradation\nstatus: responding\nservices: [card-auth]\n\
    times: { impact_started: 2026-11-21T03:00:00-06:00, detected: 2026-11-21T03:05:00-06:00 }\n\
    impact: { periods: [ { from: 2026-11-21T03:00:00-06:00, service: card-auth, degradation: 20% } ] }\n";

fn row<'c>(comparison: &'c Comparison, about: About, name: &str) -> &'c Row {
    let found = comparison.rows.iter().find(|row| row.about == about && row.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {comparison:#?}"))
}

fn asks(row: &Row) -> Vec<&str> {
    row.at.iter().map(|duty| duty.as_ref().map_or("-", |duty| &duty.asks)).collect()
}

#[test]
fn the_next_levels_change_targets_roles_items_and_the_review() {
    let standard = standard();
    let beside = neighbours(&record(1, FIFTH), &company(&standard), at("04:30")).unwrap();
    assert_eq!(beside.levels, [Severity::Sev2, Severity::Sev1, Severity::Sev3]);
    assert_eq!((beside.up(), beside.down()), (Some(1), Some(2)));
    let restore = row(&beside, About::Target, "restore");
    assert_eq!(asks(restore), ["4h", "60m", "1wd mx-bank"]);
    let states: Vec<_> = restore.at.iter().map(|duty| duty.as_ref().unwrap().state).collect();
    let (running, missed) = (Some(ClockState::Running), Some(ClockState::Missed));
    assert_eq!(states, [running, missed, running]);
    assert_eq!(asks(row(&beside, About::Communication, "executive-brief")), ["60m", "20m", "-"]);
    assert_eq!(asks(row(&beside, About::Role, "scribe")), ["-", "20m", "-"]);
    assert_eq!(asks(row(&beside, About::Role, "technical_lead")), ["15m", "15m", "-"]);
    assert_eq!(asks(row(&beside, About::Item, "freeze-deployments")), ["yes", "yes", "-"]);
    assert_eq!(asks(row(&beside, About::Verdict, "review_owed")), ["yes", "yes", "-"]);
    assert_eq!(asks(row(&beside, About::Verdict, "priority")), ["P2", "P1", "P3"]);
    assert_eq!(asks(row(&beside, About::Authority, "cnbv")), ["yes", "yes", "-"]);
    // What is the same at every level is not in it.
    assert!(beside.rows.iter().all(|row| row.name != "compensation_owner"));
}

#[test]
fn the_highest_level_has_none_above_it_and_the_lowest_none_below() {
    let standard = standard();
    for (level, levels) in [
        ("SEV1", vec![Severity::Sev1, Severity::Sev2]),
        ("SEV4", vec![Severity::Sev4, Severity::Sev3]),
    ] {
        let declared = format!("{FIFTH}severity: {{ declared: {level}, reason: a test }}\n");
        let beside = neighbours(&record(1, &declared), &company(&standard), at("04:30")).unwrap();
        assert_eq!(beside.levels, levels);
        let json = render::what_if::json(Some(&beside));
        assert_eq!(json["up"].is_null(), level == "SEV1");
        assert_eq!(json["down"].is_null(), level == "SEV4");
    }
}

#[test]
fn a_neighbour_is_what_an_override_makes_of_the_record() {
    let standard = standard();
    let company = company(&standard);
    let now = "2026-11-21T17:10:00-06:00".parse().unwrap();
    let mut compared = 0;
    for held in own::register().records {
        let Some(beside) = neighbours(&held.record, &company, now) else { continue };
        let Some(down) = beside.down() else { continue };
        let mut after = held.record.clone();
        after.severity.get_or_insert_default().declared = Some(beside.levels[down]);
        let lowered = lowering(&held.record, &after, &company, now).unwrap();
        assert_eq!(lowered.levels, [beside.levels[0], beside.levels[down]]);
        for row in &lowered.rows {
            let same = beside.rows.iter().find(|r| r.about == row.about && r.name == row.name);
            let same = same.unwrap_or_else(|| panic!("{}: {row:?}", held.record.id));
            assert_eq!(row.at, [same.at[0].clone(), same.at[down].clone()]);
        }
        compared += 1;
        assert!(lowering(&after, &held.record, &company, now).is_none(), "raising lowers nothing");
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn what_was_ever_higher_keeps_its_review() {
    let standard = standard();
    let peak =
        format!("{FIFTH}severity: {{ peak: {{ level: SEV1, at: 2026-11-21T03:10:00-06:00 }} }}\n");
    let beside = neighbours(&record(1, &peak), &company(&standard), at("04:30")).unwrap();
    assert!(beside.rows.iter().all(|row| row.name != "review_owed"));
    assert!(beside.rows.iter().all(|row| row.name != "review-draft"));
}

#[test]
fn nothing_is_compared_where_no_level_can_change() {
    let standard = standard();
    for body in [
        "status: cancelled\n",
        "status: detected\nkind: maintenance\n",
        "status: detected\nrestricted: { group: security }\n",
    ] {
        assert_eq!(neighbours(&record(1, body), &company(&standard), at("04:30")), None, "{body}");
    }
}

#[test]
fn a_preview_says_what_is_skipped_and_what_comes_later() {
    let standard = standard();
    let before = record(1, FIFTH);
    let mut after = before.clone();
    after.severity.get_or_insert_default().declared = Some(Severity::Sev4);
    let now = at("03:30");
    let lowered = lowering(&before, &after, &company(&standard), now).unwrap();
    let text = render::what_if::preview(&lowered, None, now);
    assert!(text.starts_with("SEV2 → SEV4\n"), "{text}");
    assert!(text.contains("restore 10wd mx-bank instead of 4h"), "{text}");
    let line = render::what_if::line(&lowered);
    assert!(line.starts_with("no longer a major incident; no review; skips "), "{line}");
    assert!(!line.contains('\n') && line.contains("5 roles (incident commander, "), "{line}");
}

#[test]
fn a_month_counts_families_once_and_overlaps_once_and_says_what_is_not_known() {
    let standard = standard();
    let over = |from: &str, to: &str, rest: &str| {
        format!(
            "kind: degradation\nstatus: restored\nservices: [card-auth]\n\
             times: {{ impact_started: 2026-11-21T{from}:00-06:00, restored: 2026-11-21T{to}:00-06:00 }}\n\
             impact: {{ periods: [ {{ from: 2026-11-21T{from}:00-06:00, to: 2026-11-21T{to}:00-06:00, {rest} }} ] }}\n"
        )
    };
    let whole = over("03:00", "03:40", "degradation: 100%");
    let records = [
        record(1, &whole),
        // Half of it lies in the first one.
        record(2, &over("03:30", "03:50", "degradation: 50%")),
        record(
            3,
            &format!("{whole}merged_into: INC-20261121-0001\n").replace("restored\n", "merged\n"),
        ),
        record(4, &format!("{whole}parent: INC-20261121-0001\n")),
        record(5, &format!("{whole}exercise: true\n")),
        record(6, &over("05:00", "06:00", "service: spei-out, degradation: 100%")),
        record(7, &over("07:00", "08:00", "region: MX-CMX")),
        // Before the month.
        record(8, &whole.replace("2026-11-21", "2026-10-21")),
    ];
    let held = records.iter().map(|record| Held { path: String::new(), record: record.clone() });
    let register = Register { records: held.collect(), bad: Vec::new() };
    let company = company(&standard);
    let of = |record: &Record| month(&register, record, &company, at("12:00")).unwrap();
    let found = of(&records[0]);
    assert_eq!(found.period.label, "2026-11");
    let [card] = found.services.as_slice() else { panic!("{found:?}") };
    // 99.95 % of the 43,200 minutes of November; 40 min whole, then 10 min at half.
    assert_eq!((card.allowed, card.minutes), (Decimal::new(216, 1), Decimal::from(45)));
    assert_eq!((card.without, card.unknown), (Decimal::from(10), 1));
    // Its part and what was merged into it are one family with it.
    assert_eq!(of(&records[3]).services[0].without, Decimal::from(10));
    assert_eq!(of(&records[1]).services[0].without, Decimal::from(40));
    // October has 31 days, and in Mexico no change of the clocks.
    assert_eq!(of(&records[7]).services[0].allowed.to_string(), "22.3");
}

#[test]
fn a_running_incident_counts_up_to_now_and_no_objective_is_no_line() {
    let standard = standard();
    let running = record(1, FIFTH);
    let register = Register {
        records: vec![Held { path: String::new(), record: running.clone() }],
        bad: Vec::new(),
    };
    let found = month(&register, &running, &company(&standard), at("04:40")).unwrap();
    assert_eq!(found.services[0].minutes, Decimal::from(20));
    assert_eq!(found.services[0].without, Decimal::ZERO);
    let none = record(
        2,
        "status: detected\nservices: [nothing-known]\ntimes: { detected: 2026-11-21T03:00:00-06:00 }\n",
    );
    assert!(month(&register, &none, &company(&standard), at("04:40")).unwrap().services.is_empty());
}

/// A fact that meets a test, where the test names one.
fn meets(test: &Test) -> Option<Value> {
    let Test::Some(items) = test else { return None };
    match items.first()? {
        Item::Compare(Op::AtLeast | Op::AtMost, value) | Item::Is(value) => Some(value.clone()),
        _ => None,
    }
}

#[test]
fn every_way_leads_to_its_level_or_a_higher_one() {
    let standard = standard();
    let company = company(&standard);
    let now: Instant = "2026-11-21T17:10:00-06:00".parse().unwrap();
    let mut tried = 0;
    let bare = record(1, "status: detected\ntimes: { detected: 2026-11-21T03:00:00-06:00 }\n");
    let samples = own::register().records.into_iter().map(|held| held.record);
    for record in samples.chain([bare, self::record(2, FIFTH)]) {
        let judged = assess(&record, &company, now);
        let Some(outlook) = judged.outlook else { continue };
        let policies = company.policies(&record, now).unwrap();
        for way in &outlook.ways {
            assert!(judged.derived.is_none_or(|now| way.level < now), "{way:?}");
            let mut facts: FactSet = company.facts(&record, now);
            if way.needs.iter().any(|need| meets(&need.test).is_none()) {
                continue;
            }
            for need in &way.needs {
                facts.set(need.input.as_str(), meets(&need.test).unwrap());
            }
            let level = policies.derived(&facts).unwrap();
            let level = Severity::from_word(level.as_text().unwrap()).unwrap();
            assert!(level <= way.level, "{}: {way:?} gives {level}", record.id);
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn the_sentence_of_the_issue() {
    let standard = standard();
    let open = "kind: degradation\nstatus: detected\nservices: [card-auth]\n\
        times: { detected: 2026-11-21T03:05:00-06:00 }\n\
        impact: { customers: { tried: 9000, affected: 40 } }\n";
    let judged = assess(&record(1, open), &company(&standard), at("03:10"));
    let sentence = render::outlook::sentence(&judged, at("03:10"));
    assert!(
        sentence.starts_with("SEV2 provisional; SEV1 once tier1_failing ≥ 50 % for ≥ 5 min, or "),
        "{sentence}"
    );
    assert!(sentence.ends_with("; SEV4 once confirmed from numbers"), "{sentence}");
}

#[test]
fn time_alone_raises_a_level_while_it_lasts() {
    let standard = standard();
    let company = company(&standard);
    let outlook = |body: &str| assess(&record(1, body), &company, at("03:30")).outlook.unwrap();
    assert_eq!(outlook(FIFTH).lasting, Some((Severity::Sev1, at("05:00"))));
    let over = FIFTH
        .replace("status: responding", "status: restored")
        .replace("detected:", "restored: 2026-11-21T03:20:00-06:00, detected:");
    assert_eq!(outlook(&over).lasting, None);
}

#[test]
fn an_override_is_outlived_when_the_facts_give_another_level_than_then() {
    let standard = standard();
    let company = company(&standard);
    let moved = |severity: &str| {
        let record = record(1, &format!("{FIFTH}severity: {severity}\n"));
        let decided = company.decide(&record, at("04:30")).unwrap();
        let policies = company.policies(&record, at("04:30")).unwrap();
        let kept = policies.kept(&decided.facts);
        let stands = kept.iter().find(|(code, _)| code == "severity-moved").unwrap().1;
        let found = policies.findings(&decided.facts);
        let said = found.into_iter().find(|f| f.code == "severity-moved").map(|f| f.message);
        (stands, said)
    };
    assert_eq!(moved("{ declared: SEV3, derived: SEV2 }"), (Stands::Met, None));
    let (stands, said) = moved("{ declared: SEV3, derived: SEV4 }");
    assert_eq!(stands, Stands::NotMet);
    assert_eq!(said.unwrap(), "declared SEV3 when the facts gave SEV4; they now give SEV2");
    // The facts came to what was declared: there is nothing to look at again.
    assert_eq!(moved("{ declared: SEV2, derived: SEV4 }"), (Stands::DoesNotApply, None));
    assert_eq!(moved("{ confirmed: { by: ana } }"), (Stands::DoesNotApply, None));
}
