//! Conformance to the standard as Markdown and JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{Align, Table};
use crate::reports::conformance::{Conformance, Kept};

/// The report as Markdown: a section for each vertical, worst kept first.
pub fn text(report: &Conformance) -> String {
    let mut text = format!("# Conformance {}\n\n", report.period.label);
    let _ = writeln!(text, "{} incidents, judged as of {}.", report.incidents, report.as_of);
    for (name, vertical) in &report.verticals {
        let name = if name == "none" { "no vertical" } else { name };
        let _ = writeln!(text, "\n## {name}: {} incidents", vertical.incidents);
        for (title, rows) in [("Target", &vertical.targets), ("Check", &vertical.checks)] {
            let columns = [title, "Met", "Share", "Running", "Not known", "Not met by"];
            let mut table = Table::new(columns.map(|c| (c, Align::Left)));
            for (rule, kept) in worst_first(rows) {
                // A check that nothing fails says nothing in a report of exceptions.
                if title == "Check" && kept.missed.is_empty() {
                    continue;
                }
                let by: Vec<&str> = kept.missed.iter().map(|id| id.suffix()).collect();
                table.push([
                    rule.replace('_', " "),
                    format!("{} of {}", kept.met, kept.met + kept.missed.len()),
                    kept.share().map_or(String::new(), |share| format!("{share} %")),
                    kept.running.to_string(),
                    kept.unknown.to_string(),
                    by.join(", "),
                ]);
            }
            if !table.is_empty() {
                let _ = write!(text, "\n{}", table.markdown());
            }
        }
    }
    text
}

fn worst_first(rows: &BTreeMap<String, Kept>) -> Vec<(&String, &Kept)> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|(name, kept)| (kept.share().unwrap_or(101), *name));
    rows
}

/// The report, schema 1: `{"schema":1,"period":…,"as_of":…,"incidents":n,"verticals":[{"vertical":…,
/// "incidents":n,"targets":[{"name":…,"met":n,"missed":[ids],"running":n,"unknown":n}],"checks":[…]}]}`.
pub fn json(report: &Conformance) -> Json {
    let rows = |rows: &BTreeMap<String, Kept>| -> Json {
        let row = |(name, kept): (&String, &Kept)| {
            let missed: Vec<&str> = kept.missed.iter().map(|id| id.as_str()).collect();
            json!({
                "name": name,
                "met": kept.met,
                "missed": missed,
                "running": kept.running,
                "unknown": kept.unknown,
            })
        };
        rows.iter().map(row).collect()
    };
    let verticals = report.verticals.iter().map(|(name, vertical)| {
        json!({
            "vertical": if name == "none" { Json::Null } else { json!(name) },
            "incidents": vertical.incidents,
            "targets": rows(&vertical.targets),
            "checks": rows(&vertical.checks),
        })
    });
    json!({
        "schema": 1,
        "period": report.period.label,
        "as_of": report.as_of,
        "incidents": report.incidents,
        "verticals": verticals.collect::<Vec<_>>(),
    })
}
