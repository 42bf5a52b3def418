//! Who was affected, as a table, CSV, JSON and one sentence.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::impact::whole;
use super::{Align, Surface, Table, chart, csv, terminal_safe};
use crate::impact::Line;
use crate::impact::customers::{Complained, Counting, EXACT_UP_TO, Felt, Tally};
use crate::impact::estimate::{FEWEST, Moved, Sketch};
use crate::incident::{Evidence, Record};
use crate::units::{Decimal, Percent};

fn number(n: u64) -> String {
    whole(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The error of a sketch: `± 0.81 %`.
fn error() -> String {
    format!("± {} %", Decimal::new(Sketch::ERROR, 2))
}

fn figure(n: u64, tally: Tally) -> String {
    if tally.exact { number(n) } else { format!("~{}", number(n)) }
}

fn share(tally: Tally) -> Option<Percent> {
    Percent::of(tally.affected.into(), tally.tried.into())
}

fn shown(p: Percent) -> String {
    format!("{} %", p.0.round_dp(2).normalize())
}

/// Points with their sign, to two digits.
fn points(hundredths: i64) -> String {
    let sign = if hundredths > 0 { "+" } else { "" };
    format!("{sign}{}", Decimal::new(hundredths, 2).normalize())
}

/// What was counted, for a person.
pub fn table(record: &Record, felt: &Felt, surface: Surface) -> String {
    let mut text = format!("{}  {}\n", record.id, terminal_safe(&record.title));
    if let Some(counted) = &felt.counted {
        let mut table = Table::new([
            ("", Align::Left),
            ("TRIED", Align::Right),
            ("AFFECTED", Align::Right),
            ("SHARE", Align::Right),
            ("", Align::Left),
        ]);
        let all = counted.all_affected;
        for (name, tally) in [
            ("customers", counted.customers),
            ("business clients", counted.clients),
            ("merchants", counted.merchants),
        ] {
            if let Some(tally) = tally {
                table.push(tally_cells(name, tally, all, surface));
            }
        }
        let _ = write!(text, "\n{}", table.render(surface));
        let sketched = [counted.customers, counted.clients, counted.merchants];
        if sketched.into_iter().flatten().any(|t| !t.exact) {
            let _ = writeln!(
                text,
                "~ more than {} ids: HyperLogLog, standard error {} of each such figure",
                whole(i64::try_from(EXACT_UP_TO).unwrap_or(i64::MAX)),
                error()
            );
        }
        for group in counted.parts.chunk_by(|a, b| a.0 == b.0) {
            let Some((dimension, ..)) = group.first() else { continue };
            let mut table = Table::new([
                (dimension.to_uppercase(), Align::Left),
                ("TRIED".into(), Align::Right),
                ("AFFECTED".into(), Align::Right),
                ("SHARE".into(), Align::Right),
                (String::new(), Align::Left),
            ]);
            for (_, value, tally) in group {
                let name = if value.is_empty() { "(empty)".into() } else { terminal_safe(value) };
                table.push(tally_cells(&name, *tally, all, surface));
            }
            let _ = write!(text, "\n{}", table.render(surface));
        }
        if !counted.each_client.is_empty() {
            text.push_str(&clients(&counted.each_client, surface));
        }
    }
    for line in sentences(felt) {
        let _ = write!(text, "\n{line}\n");
    }
    if let Some(line) = contacts(felt.contacts) {
        let _ = write!(text, "\n{line}\n");
    }
    if let Some(line) = complained(felt, record) {
        let _ = write!(text, "\n{line}\n");
    }
    if !felt.assumed.is_empty() {
        text.push_str("\nassumed:\n");
        for line in &felt.assumed {
            let _ = writeln!(text, "  {}", terminal_safe(line));
        }
    }
    text
}

fn tally_cells(name: &str, tally: Tally, all_affected: bool, surface: Surface) -> [String; 5] {
    let share = share(tally).filter(|_| !all_affected);
    [
        name.to_owned(),
        if all_affected { "not known".into() } else { figure(tally.tried, tally) },
        figure(tally.affected, tally),
        share.map_or_else(String::new, shown),
        match (surface.width, share) {
            (Some(_), Some(share)) => chart::bar(share, 10),
            _ => String::new(),
        },
    ]
}

/// The most affected clients; a table of thousands tells nobody anything.
const CLIENTS_SHOWN: usize = 20;

fn clients(all: &[(String, u64, u64)], surface: Surface) -> String {
    let mut table = Table::new([
        ("CLIENT", Align::Left),
        ("ATTEMPTS", Align::Right),
        ("FAILED", Align::Right),
        ("SHARE", Align::Right),
    ]);
    for (id, rows, failed) in all.iter().take(CLIENTS_SHOWN) {
        let share = Percent::of((*failed).into(), (*rows).into());
        let share = share.map_or_else(String::new, shown);
        table.push([terminal_safe(id), number(*rows), number(*failed), share]);
    }
    let mut text = format!("\n{}", table.render(surface));
    if all.len() > CLIENTS_SHOWN {
        let _ = writeln!(text, "and {} more", all.len() - CLIENTS_SHOWN);
    }
    text
}

/// What the panel can and cannot say, a sentence for each question.
fn sentences(felt: &Felt) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(m) = felt.churn() {
        let (b, a) = (Decimal::new(m.affected.0, 2), Decimal::new(m.affected.1, 2));
        let (d, c) = (Decimal::new(m.others.0, 2), Decimal::new(m.others.1, 2));
        let said = |n: Decimal| n.normalize();
        all.push(format!(
            "churn: of the affected {} % left before and {} % after, of the others {} % and {} %.\n{}",
            said(b),
            said(a),
            said(d),
            said(c),
            verdict(&m, "percentage points")
        ));
    }
    if let Some(m) = felt.nps() {
        all.push(format!(
            "NPS: the affected went from {} to {}, the others from {} to {}.\n{}",
            points(m.affected.0),
            points(m.affected.1),
            points(m.others.0),
            points(m.others.1),
            verdict(&m, "points")
        ));
    }
    all
}

fn verdict(m: &Moved, unit: &str) -> String {
    let difference = points(m.difference);
    let Some((low, high)) = m.interval else {
        return format!(
            "Beside the others the affected moved by {difference} {unit}; a group has only {} answers, fewer\nthan {FEWEST}: no interval, and nothing to conclude.",
            m.fewest
        );
    };
    let interval = format!("(90 %: {} to {})", points(low), points(high));
    let bound = "This supposes that without the incident both groups would have moved alike; whoever was affected\nis mostly somebody who uses the service more, so it shows what went together, not what caused it.";
    if m.is_told() {
        format!("Beside the others the affected moved by {difference} {unit} {interval}.\n{bound}")
    } else {
        format!(
            "Beside the others the affected moved by {difference} {unit} {interval}: not distinguishable from no\neffect. {bound}"
        )
    }
}

fn contacts(line: Option<Line>) -> Option<String> {
    let line = line?;
    let expected = match (line.expected, line.interval) {
        (Some(e), Some((low, high))) => {
            let normal = low <= line.actual && line.actual <= high;
            let word = if normal { ": not distinguishable from normal" } else { "" };
            format!("the hours expect {} (90 %: {} to {}){word}", whole(e), whole(low), whole(high))
        }
        (Some(e), None) => format!("the hours expect {} (no interval)", whole(e)),
        _ => "nothing before to compare with".to_owned(),
    };
    Some(format!("contacts: {} came, {expected}", whole(line.actual)))
}

fn complained(felt: &Felt, record: &Record) -> Option<String> {
    let c = felt.complaints.as_ref()?;
    let counted = felt.counted.as_ref().and_then(|c| c.customers).map(|t| t.affected);
    let kept = record.impact.as_ref().and_then(|i| i.customers.as_ref()?.affected);
    let affected = counted.or(kept);
    let rate = |n: u64| {
        let rate = affected.and_then(|a| Complained::per_thousand(n, a));
        rate.map_or_else(String::new, |r| format!(" ({r} per thousand affected customers)"))
    };
    Some(format!(
        "complaints: {} formal{}, {} through an authority{}",
        number(c.formal),
        rate(c.formal),
        number(c.regulator),
        rate(c.regulator)
    ))
}

/// What was counted in one sentence, for the timeline.
pub fn sentence(felt: &Felt) -> String {
    let mut parts = Vec::new();
    if let Some(counted) = &felt.counted {
        for (name, tally) in [
            ("customers", counted.customers),
            ("business clients", counted.clients),
            ("merchants", counted.merchants),
        ] {
            let Some(t) = tally else { continue };
            let of = match counted.all_affected {
                true => String::new(),
                false => format!(" of {} who tried", number(t.tried)),
            };
            let error = if t.exact { String::new() } else { format!(" ({})", error()) };
            parts.push(format!("{} {name} affected{of}{error}", number(t.affected)));
        }
    }
    for (name, moved) in [("churn", felt.churn()), ("NPS", felt.nps())] {
        let Some(m) = moved else { continue };
        parts.push(match m.interval {
            Some((low, high)) => format!(
                "{name} {} points beside the others (90 %: {} to {})",
                points(m.difference),
                points(low),
                points(high)
            ),
            None => format!("{name}: too few answers"),
        });
    }
    if let Some(line) = felt.contacts {
        let of = line.expected.map_or_else(String::new, |e| format!(" of {} expected", whole(e)));
        parts.push(format!("{} contacts{of}", whole(line.actual)));
    }
    if let Some(c) = &felt.complaints {
        parts
            .push(format!("complaints: {} formal, {} through an authority", c.formal, c.regulator));
    }
    format!("customers counted: {}", parts.join("; "))
}

fn tally_json(tally: Option<Tally>, all_affected: bool) -> Json {
    tally.map_or(Json::Null, |t| {
        json!({
            "tried": (!all_affected).then_some(t.tried),
            "affected": t.affected,
            "exact": t.exact,
            "standard_error": (!t.exact).then(|| Percent(Decimal::new(Sketch::ERROR, 2))),
        })
    })
}

fn moved_json(moved: Option<Moved>) -> Json {
    let n = |hundredths: i64| Decimal::new(hundredths, 2).normalize();
    moved.map_or(Json::Null, |m| {
        json!({
            "affected_before": n(m.affected.0),
            "affected_after": n(m.affected.1),
            "others_before": n(m.others.0),
            "others_after": n(m.others.1),
            "difference": n(m.difference),
            "low": m.interval.map(|i| n(i.0)),
            "high": m.interval.map(|i| n(i.1)),
            "told": m.is_told(),
        })
    })
}

/// What was counted, schema 1 (docs/manual/impact.md).
pub fn json(record: &Record, felt: &Felt, counting: &Counting, evidence: &[Evidence]) -> Json {
    let counted = felt.counted.as_ref();
    let all = counted.is_some_and(|c| c.all_affected);
    let parts = counted.map(|c| c.parts.as_slice()).unwrap_or_default().iter();
    let parts = parts.map(|(dimension, value, tally)| {
        let mut one = tally_json(Some(*tally), all);
        one["dimension"] = json!(dimension);
        one["value"] = json!(value);
        one
    });
    let clients = counted.map(|c| c.each_client.as_slice()).unwrap_or_default().iter();
    let clients = clients
        .map(|(id, rows, failed)| json!({ "client": id, "attempts": rows, "failed": failed }));
    let files = evidence
        .iter()
        .map(|e| json!({ "path": e.path, "size": e.size, "rows": e.rows, "sha256": e.sha256 }));
    let affected = counted.and_then(|c| c.customers).map(|t| t.affected);
    let complaints = felt.complaints.as_ref().map(|c| {
        let rate = |n: u64| affected.and_then(|a| Complained::per_thousand(n, a));
        json!({
            "formal": c.formal, "formal_per_thousand": rate(c.formal),
            "regulator": c.regulator, "regulator_per_thousand": rate(c.regulator),
        })
    });
    let contacts = felt.contacts.map(|l| {
        json!({
            "received": l.actual, "expected": l.expected,
            "low": l.interval.map(|i| i.0), "high": l.interval.map(|i| i.1),
        })
    });
    json!({
        "schema": 1,
        "id": record.id.as_str(),
        "customers": tally_json(counted.and_then(|c| c.customers), all),
        "clients": tally_json(counted.and_then(|c| c.clients), all),
        "merchants": tally_json(counted.and_then(|c| c.merchants), all),
        "parts": parts.collect::<Vec<_>>(),
        "each_client": clients.collect::<Vec<_>>(),
        "churn": moved_json(felt.churn()),
        "nps": moved_json(felt.nps()),
        "contacts": contacts,
        "complaints": complaints,
        "assumed": felt.assumed,
        "method": crate::impact::customers::COUNTING,
        "parameters": serde_json::to_value(counting).unwrap_or_default(),
        "evidence": files.collect::<Vec<_>>(),
    })
}

/// Distinct customers as CSV: in all, then by dimension.
pub fn as_csv(felt: &Felt) -> String {
    let mut text = "about,dimension,value,tried,affected,exact\r\n".to_owned();
    let Some(counted) = &felt.counted else { return text };
    let all = [
        ("customers", counted.customers),
        ("clients", counted.clients),
        ("merchants", counted.merchants),
    ];
    let all = all.into_iter().filter_map(|(about, t)| Some((about, "", "", t?)));
    let parts = counted.parts.iter().map(|(d, v, t)| ("customers", d.as_str(), v.as_str(), *t));
    for (about, dimension, value, tally) in all.chain(parts) {
        let tried = if counted.all_affected { String::new() } else { tally.tried.to_string() };
        let (affected, exact) = (tally.affected.to_string(), tally.exact.to_string());
        let cells = [about, dimension, value, &tried, &affected, &exact];
        csv::row(&mut text, csv::Reader::Person, cells);
    }
    text
}
