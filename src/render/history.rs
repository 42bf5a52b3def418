//! Field history, for people and machines.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::history::FieldChanges;
use crate::incident::IncidentId;

use super::terminal_safe;

/// The history as text, newest first.
pub fn text(changes: &[FieldChanges]) -> String {
    let mut text = String::new();
    for change in changes {
        let at =
            change.at.map_or(String::new(), |at| at.get().format("%Y-%m-%d %H:%M %:z").to_string());
        let short: String = change.commit.chars().take(9).collect();
        let _ = writeln!(
            text,
            "{short}  {at}  {}{}  {}",
            terminal_safe(&change.author),
            if change.signed { " (signed)" } else { "" },
            terminal_safe(&change.subject)
        );
        if change.unreadable {
            let _ = writeln!(text, "    this version is no YAML");
        } else if change.fields.is_empty() {
            let _ = writeln!(text, "    no field changed (comments or layout only)");
        }
        for field in &change.fields {
            let shown = match (&field.from, &field.to) {
                (Some(from), Some(to)) => format!("{} → {}", cut(from), cut(to)),
                (None, Some(to)) => format!("+ {}", cut(to)),
                (Some(from), None) => format!("- {}", cut(from)),
                (None, None) => continue,
            };
            let _ = writeln!(text, "    {}: {}", field.field, terminal_safe(&shown));
        }
    }
    text
}

fn cut(text: &str) -> String {
    const SHOWN: usize = 120;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN - 1).chain(['…']).collect()
}

/// The history as a documented object, nothing cut.
pub fn json(id: &IncidentId, changes: &[FieldChanges]) -> Json {
    let changes: Vec<Json> = changes
        .iter()
        .map(|change| {
            let fields: Vec<Json> = change
                .fields
                .iter()
                .map(|f| json!({ "field": f.field, "from": f.from, "to": f.to }))
                .collect();
            json!({
                "commit": change.commit,
                "author": change.author,
                "at": change.at,
                "subject": change.subject,
                "signed": change.signed,
                "unreadable": change.unreadable,
                "fields": fields,
            })
        })
        .collect();
    json!({ "schema": 1, "id": id.as_str(), "changes": changes })
}
