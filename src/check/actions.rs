//! Follow-ups that nobody owns, that have no date, or whose date has passed.
//!
//! While customers still feel the incident, an action is a note to come back to: nothing is asked.

use super::words::shown;
use super::{Remark, Subject};
use crate::incident::{Action, Status, day};

/// Open actions with their place and name.
fn open<'a>(s: &Subject<'a>) -> impl Iterator<Item = (usize, &'a Action, String)> {
    let asked = !s.record.status.is_burning() && s.record.status != Status::Merged && !s.stub();
    let record = s.record;
    record
        .actions
        .iter()
        .enumerate()
        .filter(move |(_, a)| asked && a.done.is_none() && a.dropped.is_none())
        .map(|(i, a)| {
            let name = match &a.id {
                Some(id) => format!("action {id} (`{}`)", shown(&a.title)),
                None => format!("action `{}`", shown(&a.title)),
            };
            (i, a, name)
        })
}

fn blank(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(|t| t.trim().is_empty())
}

fn missing(
    s: &Subject<'_>,
    key: &str,
    what: &str,
    mend: impl Fn(&str) -> String,
    lacks: impl Fn(&Action) -> bool,
) -> Vec<Remark> {
    open(s)
        .filter(|(_, action, _)| lacks(action))
        .map(|(i, action, name)| {
            let (own, item) = (format!("actions.{i}.{key}"), format!("actions.{i}.title"));
            let help = mend(&typed(s, action));
            Remark::at([own.as_str(), item.as_str()], format!("{name} has no {what}")).help(help)
        })
        .collect()
}

pub(super) fn without_owner(s: &Subject<'_>) -> Vec<Remark> {
    let mend = |action: &str| format!("inc actions assign {action} --to PERSON");
    missing(s, "owner", "owner", mend, |a| blank(&a.owner))
}

pub(super) fn without_due(s: &Subject<'_>) -> Vec<Remark> {
    let mend = |action: &str| format!("inc actions reschedule {action} --to DAY --reason WORDS");
    missing(s, "due", "due date", mend, |a| blank(&a.due))
}

pub(super) fn without_kind(s: &Subject<'_>) -> Vec<Remark> {
    let mend = |_: &str| format!("inc edit {}, under this action: kind", s.id());
    missing(s, "kind", "kind", mend, |a| a.kind.is_none())
}

/// What to type to name an action.
fn typed(s: &Subject<'_>, action: &Action) -> String {
    match &action.id {
        Some(id) => format!("{} {id}", s.id()),
        None => format!("{} \"{}\"", s.id(), shown(&action.title)),
    }
}

pub(super) fn unclear_due(s: &Subject<'_>) -> Vec<Remark> {
    open(s)
        .filter_map(|(i, action, name)| {
            let due = action.due.as_deref().filter(|d| !d.trim().is_empty() && day(d).is_none())?;
            let field = format!("actions.{i}.due");
            let message = format!("{name} is due `{}`, which is no date", shown(due));
            Some(Remark::at([field.as_str()], message).help("write a date: due: 2026-11-30"))
        })
        .collect()
}

pub(super) fn overdue(s: &Subject<'_>) -> Vec<Remark> {
    let today = s.around.now.get().date_naive();
    open(s)
        .filter_map(|(i, action, name)| {
            let due = action.due.as_deref().and_then(day).filter(|due| *due < today)?;
            let late = match (today - due).num_days() {
                1 => "yesterday".to_owned(),
                n => format!("{n} days ago"),
            };
            let field = format!("actions.{i}.due");
            let owner = action.owner.as_deref().map_or("its owner".into(), shown);
            Some(Remark::at([field.as_str()], format!("{name} was due {late}, on {due}")).help(
                format!("ask {owner}; inc actions done, drop or reschedule {}", typed(s, action)),
            ))
        })
        .collect()
}

pub(super) fn overdue_effect_check(s: &Subject<'_>) -> Vec<Remark> {
    let today = s.around.now.get().date_naive();
    let done = s.record.actions.iter().enumerate().filter(|(_, a)| a.done.is_some());
    done.filter_map(|(i, action)| {
        let check = action.effect_check.as_ref().filter(|e| e.result.is_none())?;
        let due = check.due.as_deref().and_then(day).filter(|due| *due < today)?;
        let field = format!("actions.{i}.effect_check.due");
        let message = format!("whether `{}` helped was to be seen on {due}", shown(&action.title));
        Some(
            Remark::at([field.as_str()], message)
                .help(format!("inc actions effect {} --result WORDS", typed(s, action))),
        )
    })
    .collect()
}
