//! What a commit of a command says: a subject, and a line for each field.

use crate::history::differences;
use crate::incident::IncidentId;
use crate::sensitive::mask;
use crate::yaml::Tree;

/// `INC-20261121-7QKM: noted`.
pub(super) fn subject(id: &IncidentId, command: &str) -> String {
    let done = match command {
        "open" => "opened",
        "ack" => "acknowledged",
        "update" => "updated",
        "note" => "noted",
        "restore" => "restored",
        "relapse" => "relapsed",
        "resolve" => "resolved",
        "close" => "closed",
        "cancel" => "cancelled",
        "reopen" => "reopened",
        "edit" => "edited",
        "actions add" => "action agreed",
        "actions done" => "action done",
        "actions drop" => "action dropped",
        "actions assign" => "action assigned",
        "actions reschedule" => "action rescheduled",
        "actions effect" => "effect of an action noted",
        other => other,
    };
    format!("{id}: {done}")
}

/// Each changed field; what it was may hold what must not be said again.
pub(super) fn field_lines(old: &Tree, new: &Tree) -> Vec<String> {
    const SHOWN: usize = 200;
    differences(old, new)
        .into_iter()
        .map(|change| {
            let text = match (&change.from, &change.to) {
                (Some(from), Some(to)) => format!("{}: {from} → {to}", change.field),
                (None, Some(to)) => format!("{}: {to}", change.field),
                (Some(from), None) => format!("{}: removed (was {from})", change.field),
                (None, None) => change.field.clone(),
            };
            let (text, _) = mask(&text);
            if text.chars().count() > SHOWN {
                text.chars().take(SHOWN - 1).chain(['…']).collect()
            } else {
                text
            }
        })
        .collect()
}
