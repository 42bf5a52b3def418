//! What an import found, for people and machines.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::terminal_safe;
use crate::import::Summary;

/// The summary as text: counts by year, services, contradictions.
pub fn text(
    summary: &Summary,
    files: usize,
    new: usize,
    merged: usize,
    same: usize,
    dry_run: bool,
) -> String {
    let mut text = String::new();
    let would = if dry_run { " would be" } else { "" };
    let total = summary.total;
    let _ = writeln!(
        text,
        "{files} files: {} incidents and {} planned works; {new}{would} new, {merged} with news, {same} unchanged",
        total.incidents, total.maintenance
    );
    let _ = writeln!(text, "\nyear   incidents  planned");
    for (year, counts) in &summary.by_year {
        let _ = writeln!(text, "{year:<5}  {:>9}  {:>7}", counts.incidents, counts.maintenance);
    }
    if !summary.mapped.is_empty() {
        text.push_str("\nservices mapped by inc.toml\n");
        for (service, count) in &summary.mapped {
            let _ = writeln!(text, "  {count:>4}  {}", terminal_safe(service));
        }
    }
    if !summary.unmapped.is_empty() {
        text.push_str("\nservices that inc.toml does not map (kept in services_unmapped)\n");
        for (service, count) in &summary.unmapped {
            let _ = writeln!(text, "  {count:>4}  {}", terminal_safe(service));
        }
    }
    if !summary.contradictions.is_empty() {
        text.push_str("\ncontradictions in the source (kept under x-import)\n");
        for (id, source, what) in &summary.contradictions {
            let _ = writeln!(text, "  {id}  {}: {}", terminal_safe(source), terminal_safe(what));
        }
    }
    text
}

/// The same as a documented object.
pub fn json(summary: &Summary, new: usize, merged: usize, same: usize) -> Json {
    let years: Vec<Json> = summary
        .by_year
        .iter()
        .map(|(year, c)| json!({ "year": year, "incidents": c.incidents, "maintenance": c.maintenance }))
        .collect();
    let contradictions: Vec<Json> = summary
        .contradictions
        .iter()
        .map(|(id, source, what)| json!({ "id": id.as_str(), "source": source, "what": what }))
        .collect();
    json!({
        "schema": 1,
        "incidents": summary.total.incidents,
        "maintenance": summary.total.maintenance,
        "new": new,
        "with_news": merged,
        "unchanged": same,
        "by_year": years,
        "mapped": summary.mapped,
        "unmapped": summary.unmapped,
        "contradictions": contradictions,
    })
}
