//! Conformance to the standard as CSV and JSON.

use serde_json::{Value as Json, json};

use super::csv;
use crate::reports::conformance::{About, Conformance, Kept, Vertical};

/// What rules are about, with a heading and the names of JSON's list and CSV's cells.
const GROUPS: [(About, &str, &str, &str); 4] = [
    (About::Target, "Target", "targets", "target"),
    (About::Role, "Role", "roles", "role"),
    (About::Item, "Checklist", "checklist", "item"),
    (About::Check, "Check", "checks", "check"),
];

/// The rules of a vertical about one thing, worst kept first.
pub(super) fn worst_first(vertical: &Vertical, about: About) -> Vec<(&str, &Kept)> {
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
