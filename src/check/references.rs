//! What a record says of other records, and fields that a merge left with two values.

use std::collections::HashSet;

use super::words::shown;
use super::{Remark, Subject};
use crate::incident::IncidentId;

/// Links that are followed from record to record; nobody's incidents nest deeper.
const STEPS: usize = 100;

pub(super) fn dangling_reference(s: &Subject<'_>) -> Vec<Remark> {
    let r = s.record;
    let mut named: Vec<(&IncidentId, String)> = Vec::new();
    named.extend(r.parent.iter().map(|id| (id, "parent".to_owned())));
    named.extend(r.related.iter().enumerate().map(|(i, id)| (id, format!("related.{i}"))));
    named.extend(r.merged_into.iter().map(|id| (id, "merged_into".to_owned())));
    // A record that cannot be read is there all the same, and is a finding of its own.
    named.retain(|(id, _)| s.register.get(id).is_none() && !s.unread.contains(id));
    let remark = |(id, field): (&IncidentId, String)| {
        Remark::at([field.as_str()], format!("no incident here is {id}"))
            .help(format!("correct or remove it: inc edit {}", s.id()))
    };
    named.into_iter().map(remark).collect()
}

pub(super) fn merged_chain(s: &Subject<'_>) -> Vec<Remark> {
    let Some(first) = &s.record.merged_into else { return Vec::new() };
    let mut seen = HashSet::from([&s.record.id]);
    let mut end = first;
    while let Some(next) = s.register.get(end).and_then(|held| held.record.merged_into.as_ref()) {
        if !seen.insert(end) || seen.len() > STEPS {
            let message = format!("merged into {first}, and from there back to itself");
            return vec![
                Remark::at(["merged_into"], message)
                    .help("one record of the circle has to hold the words: take a merge back with inc undo, or inc edit"),
            ];
        }
        end = next;
    }
    if end == first {
        return Vec::new();
    }
    vec![
        Remark::at(
            ["merged_into"],
            format!("{first} was merged in its turn; the words are in {end}"),
        )
        .help(format!("inc edit {}, merged_into: {end}", s.id())),
    ]
}

pub(super) fn parent_circle(s: &Subject<'_>) -> Vec<Remark> {
    let mut seen = HashSet::new();
    let mut next = s.record.parent.as_ref();
    while let Some(id) = next.filter(|id| seen.len() < STEPS && seen.insert(*id)) {
        if *id == s.record.id {
            return vec![
                Remark::at(["parent"], "its own parent, by way of others")
                    .help(format!("remove one link of the circle: inc edit {}", s.id())),
            ];
        }
        next = s.register.get(id).and_then(|held| held.record.parent.as_ref());
    }
    Vec::new()
}

pub(super) fn unresolved_conflict(s: &Subject<'_>) -> Vec<Remark> {
    let conflicts = s.record.conflicts.iter().enumerate();
    let remark = |(i, conflict): (usize, &crate::incident::Conflict)| {
        let values: Vec<_> =
            conflict.values.iter().take(4).map(|v| format!("`{}`", shown(v))).collect();
        let field = shown(&conflict.field);
        let message = format!("two people changed `{field}` differently: {}", values.join(" or "));
        Remark::at([format!("conflicts.{i}").as_str()], message)
            .help(format!("say which is right: inc resolve-conflict {}", s.id()))
    };
    conflicts.map(remark).collect()
}
