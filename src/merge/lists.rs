//! Lists: what was added and what was removed are sets, items are merged by what they are known by.

use std::collections::HashMap;

use super::known::{Field, Name, names, time};
use super::tree::Merging;
use crate::units::Instant;
use crate::yaml::Tree;

/// Merges a list that both sides changed; `None` if nothing is left in it.
///
/// What was there keeps its order. New items follow what happened before them, by `at` and then by
/// id, as commands put them; items without a time follow all others.
pub(super) fn merge(
    merging: &mut Merging<'_>,
    at: &Field,
    base: &[Tree],
    ours: &[Tree],
    theirs: &[Tree],
) -> Option<Tree> {
    let named = names(&at.path, &[base, ours, theirs]);
    let [base_names, our_names, their_names] = named.as_slice() else { return None };
    let (in_base, in_ours, in_theirs) =
        (places(base_names), places(our_names), places(their_names));
    let field = |name: &Name<'_>| match name.label() {
        Some(label) => at.item(label),
        None => at.item("?"),
    };
    let mut kept = Vec::new();
    for (was, name) in base.iter().zip(base_names) {
        let here = in_ours.get(name).and_then(|i| ours.get(*i));
        let there = in_theirs.get(name).and_then(|i| theirs.get(*i));
        let side = usize::from(here.is_none());
        match (here, there) {
            (Some(_), Some(_)) => {
                kept.extend(merging.value(&field(name), Some(was), here, there));
            }
            (Some(item), None) | (None, Some(item))
                if item != was || merging.is_open(side, &field(name)) =>
            {
                merging.notes.push(format!(
                    "{} was removed on one side and changed on the other: kept",
                    field(name).name
                ));
                kept.push(item.clone());
            }
            _ => {}
        }
    }
    let mut new = Vec::new();
    for (item, name) in ours.iter().zip(our_names).filter(|(_, n)| !in_base.contains_key(n)) {
        match in_theirs.get(name).and_then(|i| theirs.get(*i)) {
            Some(other) => {
                new.extend(merging.value(&field(name), None, Some(item), Some(other)));
            }
            None => new.push(item.clone()),
        }
    }
    let only_theirs = theirs
        .iter()
        .zip(their_names)
        .filter(|(_, n)| !in_base.contains_key(n) && !in_ours.contains_key(n));
    new.extend(only_theirs.map(|(item, _)| item.clone()));
    new.sort_by_cached_key(|item| {
        let id = item.get("id").and_then(Tree::scalar);
        (time(item).is_none(), time(item), id, format!("{item:?}"))
    });
    let merged = placed(kept, new);
    (!merged.is_empty()).then_some(Tree::Seq(merged))
}

fn places<'n>(names: &[Name<'n>]) -> HashMap<Name<'n>, usize> {
    names.iter().cloned().enumerate().map(|(i, name)| (name, i)).collect()
}

/// The kept items with the new ones, which are sorted, each behind the last one before its time.
fn placed(kept: Vec<Tree>, new: Vec<Tree>) -> Vec<Tree> {
    // The earliest time from each place on: it rises, so that the last place before a time can be
    // searched for by halves, also where people put entries out of order.
    let mut earliest: Vec<Option<Instant>> = kept.iter().map(time).collect();
    for i in (1..earliest.len()).rev() {
        if let (Some(later), here) = (earliest[i], earliest[i - 1])
            && here.is_none_or(|here| later < here)
        {
            earliest[i - 1] = Some(later);
        }
    }
    let mut merged = Vec::with_capacity(kept.len() + new.len());
    let mut new = new.into_iter().peekable();
    let place = |item: &Tree| match time(item) {
        Some(at) => earliest.partition_point(|e| e.is_some_and(|e| e <= at)),
        None => earliest.len(),
    };
    for (i, item) in kept.into_iter().enumerate() {
        while let Some(next) = new.next_if(|item| place(item) <= i) {
            merged.push(next);
        }
        merged.push(item);
    }
    merged.extend(new);
    merged
}
