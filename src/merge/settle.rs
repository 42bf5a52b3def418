//! Ends a conflict: somebody has said which value is right.

use super::known::{at, find, put};
use super::schema::{Schema, shown};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::edit;
use crate::incident::{Conflict, Record, parse};
use crate::yaml::Tree;

/// Which value is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The one that stands in the field.
    Base,
    /// This one, whether somebody had it before or not; empty removes the field.
    Value(String),
}

/// Reads a choice as typed: `base`, `both` for all values one after the other, the number of one of
/// the conflict's values, or a value; `=2` is the value 2 where `2` could also be the second one.
///
/// # Errors
///
/// When a number can mean both, or there is no such value.
pub fn read_choice(conflict: &Conflict, typed: &str) -> Result<Choice, Diagnostic> {
    if let Some(value) = typed.strip_prefix('=') {
        return Ok(Choice::Value(value.to_owned()));
    }
    let number = typed.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let numbered = number.and_then(|n| conflict.values.get(n));
    let named = conflict.values.iter().find(|v| *v == typed);
    match (numbered, named) {
        (Some(one), Some(other)) if one != other => Err(Diagnostic::error(
            "unclear-choice",
            format!("`{typed}` is one of the values, and the number of another one"),
        )
        .help(format!("write ={typed} for the value {typed}, or ={one}"))),
        (Some(value), _) | (None, Some(value)) => Ok(Choice::Value(value.clone())),
        (None, None) if typed == "base" => Ok(Choice::Base),
        (None, None) if typed == "both" => Ok(Choice::Value(both(conflict))),
        (None, None) => Ok(Choice::Value(typed.to_owned())),
    }
}

/// All values of a conflict as one text, for words of which none is wrong.
pub fn both(conflict: &Conflict) -> String {
    let values: Vec<&str> =
        conflict.values.iter().map(|v| v.trim_end()).filter(|v| !v.is_empty()).collect();
    let gap = if values.iter().any(|v| v.contains('\n')) { "\n\n" } else { "; " };
    values.join(gap)
}

/// What the timeline says of a decision: the value that stands, and those that do not, so that no
/// word is lost.
pub fn decision(conflict: &Conflict, standing: &str) -> String {
    let shown =
        |value: &str| if value.is_empty() { "nothing".to_owned() } else { value.to_owned() };
    let others: Vec<String> = conflict
        .values
        .iter()
        // Of a text that holds them nothing is left out.
        .filter(|v| *v != standing && (v.is_empty() || !standing.contains(v.trim_end())))
        .map(|v| shown(v))
        .collect();
    let not =
        if others.is_empty() { String::new() } else { format!("; not: {}", others.join(" | ")) };
    format!("{} settled: {}{not}", conflict.field, shown(standing))
}

/// Gives a field in conflict its value and ends the conflict. The value that stands now is given
/// back, as text, for the words about it.
///
/// # Errors
///
/// The field is not in conflict, or the value cannot be the field's.
pub fn settle(
    record: &Record,
    field: &str,
    choice: &Choice,
) -> Result<(Record, String), Diagnostics> {
    if !record.conflicts.iter().any(|c| c.field == field) {
        let fields: Vec<&str> = record.conflicts.iter().map(|c| c.field.as_str()).collect();
        let d = Diagnostic::error("not-in-conflict", format!("`{field}` is not in conflict"));
        let d = match fields.is_empty() {
            true => d.help("nothing is"),
            false => d.help(format!("in conflict: {}", fields.join(", "))),
        };
        return Err(d.into());
    }
    let mut record = record.clone();
    record.conflicts.retain(|c| c.field != field);
    let mut tree = record.to_tree();
    let Some((route, path)) = find(&tree, field) else {
        if *choice == Choice::Base {
            return Ok((record, String::new()));
        }
        return Err(Diagnostic::error("no-such-field", format!("there is no `{field}` any more"))
            .help("take base: the conflict ends, and nothing else changes")
            .into());
    };
    if let Choice::Value(value) = choice {
        let value = (!value.is_empty()).then(|| Schema::new().value(&path, value));
        put(&mut tree, &route, value);
        let text = edit::to_yaml(&tree);
        record = parse(Source::new("the record", &text))?.record;
    }
    let standing = at(&tree, &route).map_or_else(String::new, |v| shown(&path, v));
    Ok((record, standing))
}

/// Ends the conflicts of fields that have got another value since; gives their names.
pub fn settled_since(old: &Record, new: &mut Record) -> Vec<String> {
    if new.conflicts.is_empty() {
        return Vec::new();
    }
    let (before, after) = (old.to_tree(), new.to_tree());
    let value = |tree: &Tree, field: &str| {
        find(tree, field).and_then(|(route, _)| at(tree, &route).cloned())
    };
    let known = |c: &Conflict| old.conflicts.contains(c);
    let (settled, open): (Vec<_>, Vec<_>) = std::mem::take(&mut new.conflicts)
        .into_iter()
        .partition(|c| known(c) && value(&before, &c.field) != value(&after, &c.field));
    new.conflicts = open;
    settled.into_iter().map(|c| c.field).collect()
}
