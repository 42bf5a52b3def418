//! Measured impact as a table, CSV, JSON and one sentence.
//!
//! The file is long because the four forms of one measurement stand side by side.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{Align, Language, Locale, Surface, Table, chart, csv, terminal_safe};
use crate::impact::customers::Complained;
use crate::impact::estimate::{Outcome, Trials};
use crate::impact::{Figures, Guess, Line, Measurement, Parameters, Share, money, shares, windows};
use crate::incident::{Evidence, Record};
use crate::units::{Currency, Decimal, Instant, Percent, Span};

/// Figures with thousands, as English tables have them.
fn figures() -> Option<Locale> {
    Locale::new("en", chrono_tz::UTC).filter(|l| l.language() == Language::En)
}

pub(super) fn whole(n: i64) -> String {
    figures().map_or_else(|| n.to_string(), |l| l.integer(n))
}

fn share(p: Percent) -> String {
    format!("{} %", p.0.round_dp(2).normalize())
}

fn span_of((low, high): (String, String)) -> String {
    format!("{low} to {high}")
}

/// The measurement for a person: figures, parts, proposal, what was assumed.
pub fn table(
    record: &Record,
    measured: &Measurement,
    currency: Currency,
    surface: Surface,
) -> String {
    let mut text = format!("{}  {}\n", record.id, terminal_safe(&record.title));
    let length = measured.to.since(measured.from);
    let _ = writeln!(
        text,
        "{} to {} ({length}, bins of {})\n",
        measured.from, measured.to, measured.bin
    );
    if surface.width.is_some() && measured.course.len() > 1 {
        let (actual, expected) = chart::sparklines(measured, 60);
        let _ = writeln!(text, "counted   {actual}\nexpected  {expected}\n");
    }
    text.push_str(&figures_table(&measured.total, currency).render(surface));
    for group in measured.parts.chunk_by(|a, b| a.0 == b.0) {
        let Some((dimension, ..)) = group.first() else { continue };
        let mut table = Table::new([
            (dimension.to_uppercase(), Align::Left),
            ("ATTEMPTED".into(), Align::Right),
            ("FAILED".into(), Align::Right),
            ("LOST".into(), Align::Right),
            ("90 % INTERVAL".into(), Align::Right),
            ("LOST VALUE".into(), Align::Right),
            ("SERVED".into(), Align::Right),
        ]);
        for (_, value, part) in group {
            table.push(part_cells(value, part, currency));
        }
        let _ = write!(text, "\n{}", table.render(surface));
    }
    if let Some(proposal) = &measured.proposal {
        let restored = proposal.restored.map_or("not yet".to_owned(), |at| at.to_string());
        let _ =
            writeln!(text, "\nproposed: impact started {}, restored {restored}", proposal.started);
        for p in &proposal.periods {
            let _ = writeln!(text, "  {} to {}  {}", p.from, p.to, share(p.degradation));
        }
    }
    text.push_str("\nassumed:\n");
    for line in &measured.assumed {
        let _ = writeln!(text, "  {}", terminal_safe(line));
    }
    text
}

fn part_cells(value: &str, part: &Figures, currency: Currency) -> [String; 7] {
    let none = String::new;
    [
        if value.is_empty() { "(empty)".into() } else { terminal_safe(value) },
        part.attempted.map_or_else(none, |l| whole(l.actual)),
        part.failed.map_or_else(none, whole),
        part.lost.map_or_else(none, |g| told(&g, whole)),
        part.lost
            .and_then(|g| g.interval)
            .map_or_else(none, |(l, h)| span_of((whole(l), whole(h)))),
        part.lost_value
            .filter(|_| part.lost.is_some_and(|g| g.is_told()))
            .map_or_else(none, |g| told(&g, |n| money(n, currency).to_string())),
        part.by_minutes.map_or_else(none, |s| share(s.share)),
    ]
}

/// The guess, or that it is none.
fn told(guess: &Guess, word: impl Fn(i64) -> String) -> String {
    match guess.interval {
        Some(_) if !guess.is_told() => "normal".to_owned(),
        _ => word(guess.count),
    }
}

fn figures_table(f: &Figures, currency: Currency) -> Table {
    let mut table = Table::new([
        ("", Align::Left),
        ("COUNTED", Align::Right),
        ("EXPECTED", Align::Right),
        ("90 % INTERVAL", Align::Right),
    ]);
    let line = |table: &mut Table, name: &str, line: Option<Line>| {
        let Some(line) = line else { return };
        table.push([
            name.to_owned(),
            whole(line.actual),
            line.expected.map_or_else(|| "not known".into(), whole),
            line.interval.map_or_else(String::new, |(l, h)| span_of((whole(l), whole(h)))),
        ]);
    };
    line(&mut table, "attempted", f.attempted);
    line(&mut table, "succeeded", f.succeeded);
    let count = |table: &mut Table, name: &str, n: Option<i64>| {
        if let Some(n) = n {
            table.push([name.to_owned(), whole(n)]);
        }
    };
    count(&mut table, "declined, business", f.declined_business);
    count(&mut table, "failed, technical", f.failed);
    let guess = |table: &mut Table, name: &str, g: Option<Guess>, word: &dyn Fn(i64) -> String| {
        let Some(g) = g else { return };
        let said = match g.interval {
            Some(_) if !g.is_told() => "not distinguishable from normal".to_owned(),
            Some(_) => word(g.count),
            None => format!("{} (no interval)", word(g.count)),
        };
        let interval = g.interval.map_or_else(String::new, |(l, h)| span_of((word(l), word(h))));
        table.push([name.to_owned(), said, String::new(), interval]);
    };
    guess(&mut table, "lost", f.lost, &whole);
    let after = format!("deferred, {} after", f.deferred_over);
    guess(&mut table, &after, f.deferred, &whole);
    let amount = |n: i64| money(n, currency).to_string();
    guess(&mut table, "lost value", f.lost_value, &amount);
    let rate = |table: &mut Table, name: &str, p: Option<Percent>| {
        if let Some(p) = p {
            table.push([name.to_owned(), share(p)]);
        }
    };
    rate(&mut table, "technical success rate", f.technical_success);
    rate(&mut table, "approval rate", f.approval);
    let between = |table: &mut Table, name: &str, s: Option<Share>| {
        let Some(s) = s else { return };
        let interval = s.interval.map_or_else(String::new, |(l, h)| span_of((share(l), share(h))));
        table.push([name.to_owned(), share(s.share), String::new(), interval]);
    };
    between(&mut table, "available, by attempts", f.by_attempts);
    between(&mut table, "available, by customers' minutes", f.by_minutes);
    if let Some(floor) = f.floor {
        table.push(["usual error of the method".to_owned(), format!("± {}", share(floor))]);
    }
    table
}

/// What was measured in one sentence, for the timeline.
pub fn sentence(measured: &Measurement, currency: Currency) -> String {
    let f = &measured.total;
    let between = |g: &Guess| {
        g.interval
            .map_or_else(String::new, |(l, h)| format!(" (90 %: {} to {})", whole(l), whole(h)))
    };
    match f.lost {
        None => "impact measured: nothing before it to compare with".to_owned(),
        Some(lost) if lost.interval.is_some() && !lost.is_told() => {
            format!("impact measured: not distinguishable from normal{}", between(&lost))
        }
        Some(lost) => {
            let value = f.lost_value.filter(Guess::is_told);
            let value =
                value.map_or_else(String::new, |v| format!(", {}", money(v.count, currency)));
            format!("impact measured: {} lost{}{value}", whole(lost.count), between(&lost))
        }
    }
}

fn guess_json(g: Option<Guess>) -> Json {
    g.map_or(Json::Null, |g| {
        json!({ "count": g.count, "low": g.interval.map(|i| i.0), "high": g.interval.map(|i| i.1), "told": g.is_told() })
    })
}

fn money_json(g: Option<Guess>, currency: Currency) -> Json {
    let amount = |n: i64| money(n, currency);
    g.map_or(Json::Null, |g| {
        json!({ "amount": amount(g.count), "low": g.interval.map(|i| amount(i.0)), "high": g.interval.map(|i| amount(i.1)), "told": g.is_told() })
    })
}

fn figures_json(f: &Figures, currency: Currency) -> Json {
    let line = |l: Option<Line>| {
        l.map_or(Json::Null, |l| {
            json!({ "actual": l.actual, "expected": l.expected, "low": l.interval.map(|i| i.0), "high": l.interval.map(|i| i.1) })
        })
    };
    let between = |s: Option<Share>| {
        s.map_or(Json::Null, |s| {
            json!({ "share": s.share, "low": s.interval.map(|i| i.0), "high": s.interval.map(|i| i.1) })
        })
    };
    json!({
        "attempted": line(f.attempted),
        "succeeded": line(f.succeeded),
        "declined_business": f.declined_business,
        "failed": f.failed,
        "lost": guess_json(f.lost),
        "deferred": guess_json(f.deferred),
        "deferred_over": f.deferred.map(|_| f.deferred_over),
        "lost_value": money_json(f.lost_value, currency),
        "technical_success": f.technical_success,
        "approval": f.approval,
        "available_by_attempts": between(f.by_attempts),
        "available_by_minutes": between(f.by_minutes),
        "usual_error": f.floor,
    })
}

/// The measurement, schema 1 (docs/manual/impact.md).
pub fn json(
    record: &Record,
    measured: &Measurement,
    parameters: &Parameters,
    evidence: &Evidence,
    currency: Currency,
) -> Json {
    let parts = measured.parts.iter().map(|(dimension, value, f)| {
        let mut one = figures_json(f, currency);
        one["dimension"] = json!(dimension);
        one["value"] = json!(value);
        one
    });
    let proposal = measured.proposal.as_ref().map(|p| {
        let periods = p.periods.iter();
        let periods = periods
            .map(|s| json!({ "from": s.from, "to": s.to, "degradation": s.degradation }));
        json!({ "started": p.started, "restored": p.restored, "periods": periods.collect::<Vec<_>>() })
    });
    let course = measured.course.iter();
    let course = course.map(|m| json!({ "at": m.at, "actual": m.actual, "expected": m.expected }));
    json!({
        "schema": 1,
        "id": record.id.as_str(),
        "from": measured.from,
        "to": measured.to,
        "bin": measured.bin,
        "total": figures_json(&measured.total, currency),
        "parts": parts.collect::<Vec<_>>(),
        "proposal": proposal,
        "course": course.collect::<Vec<_>>(),
        "assumed": measured.assumed,
        "method": crate::impact::METHOD,
        "parameters": serde_json::to_value(parameters).unwrap_or_default(),
        "evidence": { "path": evidence.path, "size": evidence.size, "rows": evidence.rows, "sha256": evidence.sha256 },
    })
}

const HEADER: &str = "dimension,value,attempted,attempted_expected,succeeded,succeeded_expected,declined_business,failed,lost,lost_low,lost_high,told,deferred,lost_value,technical_success_percent,approval_percent,available_by_attempts_percent,available_by_minutes_percent\r\n";

/// The measurement as CSV: a row in all, then one for each part.
pub fn as_csv(measured: &Measurement, currency: Currency) -> String {
    let mut text = HEADER.to_owned();
    let all = [(String::new(), String::new(), &measured.total)];
    let parts = measured.parts.iter().map(|(d, v, f)| (d.clone(), v.clone(), f));
    for (dimension, value, f) in all.into_iter().chain(parts) {
        let n = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
        let p = |p: Option<Percent>| p.map_or_else(String::new, |p| p.0.normalize().to_string());
        let cells = [
            dimension,
            value,
            n(f.attempted.map(|l| l.actual)),
            n(f.attempted.and_then(|l| l.expected)),
            n(f.succeeded.map(|l| l.actual)),
            n(f.succeeded.and_then(|l| l.expected)),
            n(f.declined_business),
            n(f.failed),
            n(f.lost.map(|g| g.count)),
            n(f.lost.and_then(|g| g.interval).map(|i| i.0)),
            n(f.lost.and_then(|g| g.interval).map(|i| i.1)),
            f.lost.map_or_else(String::new, |g| g.is_told().to_string()),
            n(f.deferred.map(|g| g.count)),
            f.lost_value.map_or_else(String::new, |g| money(g.count, currency).to_string()),
            p(f.technical_success),
            p(f.approval),
            p(f.by_attempts.map(|s| s.share)),
            p(f.by_minutes.map(|s| s.share)),
        ];
        csv::row(&mut text, csv::Reader::Person, cells.iter().map(String::as_str));
    }
    text
}

/// The impact that a record holds, for a person.
pub fn kept(record: &Record, now: Instant, surface: Surface) -> String {
    let mut text = format!("{}  {}\n\n", record.id, terminal_safe(&record.title));
    let Some(impact) = &record.impact else {
        text.push_str("no impact is written down\n");
        return text;
    };
    let mut table = Table::new([("", Align::Left), ("", Align::Right), ("", Align::Right)]);
    let n = |n: Option<u64>| n.map(|n| whole(i64::try_from(n).unwrap_or(i64::MAX)));
    let mut put = |name: &str, first: Option<String>, second: Option<String>| {
        if first.is_some() || second.is_some() {
            table.push([name.to_owned(), first.unwrap_or_default(), second.unwrap_or_default()]);
        }
    };
    let customers = impact.customers.clone().unwrap_or_default();
    put("customers who tried", n(customers.tried), None);
    put("customers affected", n(customers.affected), None);
    put("business clients affected", n(impact.clients_affected), None);
    put("merchants affected", n(impact.merchants.as_ref().and_then(|m| m.affected)), None);
    let t = impact.transactions.clone().unwrap_or_default();
    macro_rules! rows {
        ($($name:literal $count:ident $value:ident)*) => { $(
            put($name, n(t.$count), t.$value.map(|v| v.to_string()));
        )* };
    }
    rows!("attempted" attempted attempted_value
        "declined, business" declined_business declined_business_value
        "failed" failed failed_value "lost" lost lost_value "deferred" deferred deferred_value
        "duplicated" duplicated duplicated_value "in doubt" in_doubt in_doubt_value
        "reversed" reversed reversed_value "settled late" settled_late settled_late_value);
    let contacts = impact.contacts.clone().unwrap_or_default();
    put("contacts", n(contacts.received), n(contacts.expected).map(|e| format!("of {e} expected")));
    let complaints = impact.complaints.clone().unwrap_or_default();
    let rate = |number: Option<u64>| {
        let rate = Complained::per_thousand(number?, customers.affected?)?;
        Some(format!("{rate} per thousand affected"))
    };
    put("complaints, formal", n(complaints.formal), rate(complaints.formal));
    put("complaints, regulator", n(complaints.regulator), rate(complaints.regulator));
    for (name, moved) in
        [("churn, beside the others", &impact.churn), ("NPS, beside the others", &impact.nps)]
    {
        let Some(moved) = moved else { continue };
        let interval = moved.low.zip(moved.high);
        put(
            name,
            moved.difference.map(|d| format!("{d} points")),
            interval.map(|(low, high)| format!("90 %: {low} to {high}")),
        );
    }
    if !table.is_empty() {
        text.push_str(&table.render(surface));
    }
    if let Some(found) = windows(record, now) {
        let weighed = shares(record, now);
        let mut table = Table::new([
            ("FROM", Align::Left),
            ("TO", Align::Left),
            ("SERVICE", Align::Left),
            ("FAILING", Align::Right),
            ("", Align::Left),
        ]);
        for (place, w) in found.iter().enumerate() {
            let failing = weighed.as_ref().and_then(|all| all.get(place)).map(|(_, share)| *share);
            let failing = w.degradation.or(failing.map(|f| Percent(f * Decimal::ONE_HUNDRED)));
            table.push([
                w.window.from.to_string(),
                w.window.to.to_string(),
                terminal_safe(w.service.unwrap_or("all")),
                failing.map_or_else(|| "not known".into(), share),
                match (surface.width, failing) {
                    (Some(_), Some(p)) => chart::bar(p, 20),
                    _ => String::new(),
                },
            ]);
        }
        let _ = write!(text, "\n{}", table.render(surface));
    }
    for (word, measured) in [("measured", &impact.measured), ("counted", &impact.counted)] {
        let Some(measured) = measured else { continue };
        let at = measured.at.map_or_else(String::new, |at| format!(" at {at}"));
        let by = measured.method.as_deref().unwrap_or("no method");
        let _ = writeln!(text, "\n{word}{at} by {}", terminal_safe(by));
        for e in &measured.evidence {
            let sha = e.sha256.as_deref().unwrap_or("none");
            let _ = writeln!(text, "  {}  sha256 {}", terminal_safe(&e.path), terminal_safe(sha));
        }
    }
    text
}

/// The impact that a record holds, schema 1: the record's own keys below `impact`.
pub fn kept_json(record: &Record) -> Json {
    let impact = record.to_tree().get("impact").map(crate::yaml::Tree::to_json);
    json!({ "schema": 1, "id": record.id.as_str(), "impact": impact })
}

fn hundredths(n: i64) -> String {
    Decimal::new(n, 2).round_dp(1).to_string()
}

fn of(part: usize, whole: usize) -> String {
    let share = Percent::of(Decimal::from(part), Decimal::from(whole));
    share.map_or_else(String::new, |p| p.0.round_dp(1).to_string())
}

/// How the method did, a row for each series, or for each kind of hole.
pub fn trials_table(all: &[(String, Trials)], each: bool, surface: Surface) -> String {
    let right = [
        "HOLES",
        "BIAS %",
        "MEDIAN BIAS %",
        "MEDIAN ERROR %",
        "NOISE FLOOR %",
        "RATIO",
        "COVERED %",
        "TOLD %",
        "FALSE ALARMS %",
    ];
    let mut table = Table::new(
        [("SERIES", Align::Left)].into_iter().chain(right.map(|title| (title, Align::Right))),
    );
    for (name, trials) in all {
        let (Some(holes), Some(floor)) = (&trials.holes, &trials.floor) else {
            table.push([terminal_safe(name), "too short to try anything".to_owned()]);
            continue;
        };
        table.push([
            terminal_safe(name),
            holes.holes.to_string(),
            hundredths(holes.bias),
            hundredths(holes.middle_bias),
            hundredths(holes.error),
            hundredths(floor.error),
            ratio(holes, floor),
            of(holes.held, holes.holes),
            of(holes.told, holes.holes),
            of(floor.told, floor.holes),
        ]);
    }
    let mut text = table.render(surface);
    if each {
        let left = ["SERIES", "WHEN"].map(|t| (t, Align::Left));
        let right = ["LONG", "DEPTH %", "HOLES", "BIAS %", "MEDIAN ERROR %", "COVERED %", "TOLD %"];
        let mut table =
            Table::new(left.into_iter().chain(right.map(|title| (title, Align::Right))));
        for (name, trials) in all {
            for o in &trials.outcomes {
                table.push([
                    terminal_safe(name),
                    o.slot.word().to_owned(),
                    Span::from_seconds(o.seconds).to_string(),
                    o.depth.to_string(),
                    o.holes.to_string(),
                    hundredths(o.bias),
                    hundredths(o.error),
                    of(o.held, o.holes),
                    of(o.told, o.holes),
                ]);
            }
        }
        let _ = write!(text, "\n{}", table.render(surface));
    }
    text
}

fn ratio(holes: &Outcome, floor: &Outcome) -> String {
    let ratio = Decimal::from(holes.error).checked_div(Decimal::from(floor.error));
    ratio.map_or_else(|| "-".into(), |r| r.round_dp(2).to_string())
}

/// The same as CSV, a row for each kind of hole; depth 0 is a window without one.
pub fn trials_csv(all: &[(String, Trials)]) -> String {
    let mut text = "series,when,seconds,depth_percent,holes,bias_percent,median_bias_percent,median_error_percent,covered_percent,told_percent\r\n".to_owned();
    for (name, trials) in all {
        for o in &trials.outcomes {
            let exact = |n: i64| Decimal::new(n, 2).to_string();
            let cells = [
                name.clone(),
                o.slot.word().to_owned(),
                o.seconds.to_string(),
                o.depth.to_string(),
                o.holes.to_string(),
                exact(o.bias),
                exact(o.middle_bias),
                exact(o.error),
                of(o.held, o.holes),
                of(o.told, o.holes),
            ];
            csv::row(&mut text, csv::Reader::Person, cells.iter().map(String::as_str));
        }
    }
    text
}

/// The same as JSON, schema 1; errors are hundredths of a percent of what was expected.
pub fn trials_json(all: &[(String, Trials)]) -> Json {
    let outcome = |o: &Outcome| {
        json!({
            "when": o.slot.word(), "seconds": o.seconds, "depth_percent": o.depth, "holes": o.holes,
            "bias": o.bias, "median_bias": o.middle_bias, "median_error": o.error,
            "covered": o.held, "told": o.told,
        })
    };
    let sum = |o: &Option<Outcome>| {
        o.as_ref().map(|o| {
            json!({
                "holes": o.holes, "bias": o.bias, "median_bias": o.middle_bias,
                "median_error": o.error, "covered": o.held, "told": o.told,
            })
        })
    };
    let series = all.iter().map(|(name, t)| {
        json!({
            "series": name,
            "all": sum(&t.holes),
            "unharmed": sum(&t.floor),
            "kinds": t.outcomes.iter().map(outcome).collect::<Vec<_>>(),
        })
    });
    json!({ "schema": 1, "series": series.collect::<Vec<_>>() })
}
