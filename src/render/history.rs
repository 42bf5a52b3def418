//! Field history, for people and machines.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::history::audit::Edit;
use crate::incident::IncidentId;

use super::terminal_safe;

/// The history as text, newest first.
pub fn text(edits: &[Edit]) -> String {
    let mut text = String::new();
    for edit in edits {
        let commit = &edit.commit;
        let at =
            commit.at.map_or(String::new(), |at| at.get().format("%Y-%m-%d %H:%M %:z").to_string());
        let short: String = commit.id.chars().take(9).collect();
        let _ = writeln!(
            text,
            "{short}  {at}  {}{}  {}",
            terminal_safe(&commit.author),
            if commit.signed { " (signed)" } else { "" },
            terminal_safe(&commit.subject)
        );
        let whole = match edit {
            _ if commit.cut_off => Some(
                "history is cut off before this version (a shallow clone): git fetch --unshallow",
            ),
            Edit { unreadable: true, .. } => Some("this version or the one before is no YAML"),
            Edit { removed: true, .. } => Some("the record was removed"),
            Edit { fields, .. } if !fields.is_empty() => None,
            _ if commit.merge => Some("brought two sides together, and changed no field itself"),
            _ => Some("no field changed (comments or layout only)"),
        };
        if let Some(words) = whole {
            let _ = writeln!(text, "    {words}");
        }
        let fields = if edit.removed { &[] } else { edit.fields.as_slice() };
        for field in fields {
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
pub fn json(id: &IncidentId, edits: &[Edit]) -> Json {
    let changes: Vec<Json> = edits
        .iter()
        .map(|edit| {
            let fields: Vec<Json> = edit
                .fields
                .iter()
                .map(|f| json!({ "field": f.field, "from": f.from, "to": f.to }))
                .collect();
            let commit = &edit.commit;
            json!({
                "commit": commit.id,
                "author": commit.author,
                "at": commit.at,
                "subject": commit.subject,
                "signed": commit.signed,
                "merge": commit.merge,
                "cut_off": commit.cut_off,
                "removed": edit.removed,
                "unreadable": edit.unreadable,
                "fields": fields,
            })
        })
        .collect();
    json!({ "schema": 1, "id": id.as_str(), "changes": changes })
}
