//! Conformance to the standard as Markdown, a table, CSV and JSON.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{Align, Surface, Table, csv};
use crate::reports::conformance::{About, Conformance, Kept, Vertical};

/// What rules are about, with a heading and the names of JSON's list and CSV's cells.
const GROUPS: [(About, &str, &str, &str); 4] = [
    (About::Target, "Target", "targets", "target"),
    (About::Role, "Role", "roles", "role"),
    (About::Item, "Checklist", "checklist", "item"),
    (About::Check, "Check", "checks", "check"),
];

/// The report as Markdown: a section for each vertical, worst kept first.
pub fn text(report: &Conformance) -> String {
    let mut text = format!("# Conformance {}\n\n", report.period.label);
    let incidents = of_incidents(report.incidents);
    let _ = writeln!(text, "{incidents}, judged as of {}.", report.as_of);
    for (name, vertical) in &report.verticals {
        let name = if name == "none" { "no vertical" } else { name };
        let _ = writeln!(text, "\n## {name}: {}", of_incidents(vertical.incidents));
        let mut beside = 0;
        for (about, title, ..) in GROUPS {
            let columns = [
                (title, Align::Left),
                ("Met", Align::Right),
                ("Not met", Align::Right),
                ("Share", Align::Right),
                ("Running", Align::Right),
                ("Not known", Align::Right),
                ("Does not apply", Align::Right),
                ("Not met by", Align::Left),
            ];
            let mut table = Table::new(columns);
            for (rule, kept) in worst_first(vertical, about) {
                if !kept.applied() {
                    beside += 1;
                    continue;
                }
                table.push(cells(rule, kept));
            }
            if !table.is_empty() {
                let _ = write!(text, "\n{}", table.markdown());
            }
        }
        match beside {
            0 => {}
            1 => text.push_str("\nOne more rule concerned none of them.\n"),
            more => {
                let _ = writeln!(text, "\n{more} more rules concerned none of them.");
            }
        }
    }
    text
}

/// The report as one table for a terminal: rules that concerned somebody, by vertical.
pub fn table(report: &Conformance, surface: Surface) -> String {
    let titles = ["MET", "NOT MET", "SHARE", "RUNNING", "NOT KNOWN", "N/A"];
    let left = ["VERTICAL", "ABOUT", "RULE"].map(|title| (title, Align::Left));
    let right = titles.map(|title| (title, Align::Right));
    let last = [("NOT MET BY", Align::Left)];
    let mut table = Table::new(left.into_iter().chain(right).chain(last));
    for (name, vertical) in &report.verticals {
        for (about, _, _, one) in GROUPS {
            for (rule, kept) in worst_first(vertical, about).into_iter().filter(|r| r.1.applied()) {
                let name = if name == "none" { "-" } else { name };
                let head = [name.to_owned(), one.to_owned()];
                table.push(head.into_iter().chain(cells(rule, kept)));
            }
        }
    }
    table.render(surface)
}

fn of_incidents(n: usize) -> String {
    if n == 1 { "1 incident".to_owned() } else { format!("{n} incidents") }
}

fn cells(rule: &str, kept: &Kept) -> [String; 8] {
    let by: Vec<&str> = kept.missed.iter().map(|id| id.suffix()).collect();
    [
        rule.replace('_', " "),
        kept.met.to_string(),
        kept.missed.len().to_string(),
        kept.share().map_or(String::new(), |share| format!("{share} %")),
        kept.running.to_string(),
        kept.unknown.to_string(),
        kept.does_not_apply.to_string(),
        by.join(", "),
    ]
}

fn worst_first(vertical: &Vertical, about: About) -> Vec<(&str, &Kept)> {
    let rules = vertical.rules.iter().filter(|((a, _), _)| *a == about);
    let mut rules: Vec<_> = rules.map(|((_, name), kept)| (name.as_str(), kept)).collect();
    rules.sort_by_key(|(name, kept)| (kept.share().unwrap_or(101), *name));
    rules
}

const CSV_HEADER: &str = "vertical,about,rule,incidents,met,not_met,running,not_known,does_not_apply,share_percent,not_met_by";

/// The report as CSV with a header: every rule of every vertical; ids are apart by a space.
pub fn as_csv(report: &Conformance) -> String {
    let mut text = format!("{CSV_HEADER}\n");
    for (name, vertical) in &report.verticals {
        for (about, _, _, one) in GROUPS {
            for ((_, rule), kept) in vertical.rules.iter().filter(|((a, _), _)| *a == about) {
                let by: Vec<&str> = kept.missed.iter().map(|id| id.as_str()).collect();
                let cells = [
                    if name == "none" { String::new() } else { name.clone() },
                    one.to_owned(),
                    rule.clone(),
                    vertical.incidents.to_string(),
                    kept.met.to_string(),
                    kept.missed.len().to_string(),
                    kept.running.to_string(),
                    kept.unknown.to_string(),
                    kept.does_not_apply.to_string(),
                    kept.share().map_or(String::new(), |share| share.to_string()),
                    by.join(" "),
                ];
                csv::row(&mut text, csv::Reader::Person, cells.iter().map(String::as_str));
            }
        }
    }
    text
}

/// The report, schema 1: `{"schema":1,"period":…,"as_of":…,"incidents":n,"verticals":[{"vertical":…,
/// "incidents":n,"targets":[RULE],"roles":[RULE],"checklist":[RULE],"checks":[RULE]}]}`, RULE being
/// `{"name":…,"met":n,"missed":[ids],"running":n,"unknown":n,"does_not_apply":n}`.
pub fn json(report: &Conformance) -> Json {
    let rows = |vertical: &Vertical, about: About| -> Json {
        let rules = vertical.rules.iter().filter(|((a, _), _)| *a == about);
        let row = |((_, name), kept): (&(About, String), &Kept)| {
            let missed: Vec<&str> = kept.missed.iter().map(|id| id.as_str()).collect();
            json!({
                "name": name,
                "met": kept.met,
                "missed": missed,
                "running": kept.running,
                "unknown": kept.unknown,
                "does_not_apply": kept.does_not_apply,
            })
        };
        rules.map(row).collect()
    };
    let verticals = report.verticals.iter().map(|(name, vertical)| {
        let mut one = json!({
            "vertical": if name == "none" { Json::Null } else { json!(name) },
            "incidents": vertical.incidents,
        });
        for (about, _, list, _) in GROUPS {
            one[list] = rows(vertical, about);
        }
        one
    });
    json!({
        "schema": 1,
        "period": report.period.label,
        "as_of": report.as_of,
        "incidents": report.incidents,
        "verticals": verticals.collect::<Vec<_>>(),
    })
}
