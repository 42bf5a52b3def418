//! Two new items that were given one id by chance: one of them gets another.
//!
//! Ids of items are a letter and three characters. Two people who work apart for an evening draw
//! the same one now and then.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::known::time;
use crate::incident::ItemId;
use crate::yaml::Tree;

/// Lists whose items are known by ids that were drawn, and what such an item is born with: where
/// that is the same on both sides, so is the item.
const BORN: [(&str, &[&str]); 5] = [
    ("timeline", &["at", "by", "kind"]),
    ("communications", &["stage", "channel", "audience"]),
    ("vendors", &["vendor", "opened_at"]),
    ("actions", &["title"]),
    ("compensation", &["policy", "by", "at"]),
];

/// Gives one of two different new items with one id another id, made from what it says.
pub(super) fn part(base: &Tree, ours: &mut Tree, theirs: &mut Tree, notes: &mut Vec<String>) {
    for (list, born) in BORN {
        let known = ids(base, list);
        let here = ids(ours, list);
        let there = ids(theirs, list);
        let mut clashing: Vec<&String> = here
            .iter()
            .filter(|(id, _)| !known.contains_key(*id))
            .filter(|(id, one)| {
                let other = there.get(*id);
                other.is_some_and(|other| born.iter().any(|k| one.get(k) != other.get(k)))
            })
            .map(|(id, _)| id)
            .collect();
        clashing.sort();
        for id in clashing {
            let (Some(one), Some(other)) = (here.get(id), there.get(id)) else { continue };
            let key = |item: &Tree| (time(item).is_none(), time(item), format!("{item:?}"));
            let (side, item) =
                if key(one) > key(other) { (&mut *ours, one) } else { (&mut *theirs, other) };
            let free = |new: &str| {
                [&known, &here, &there].iter().all(|ids| {
                    ids.get(new).is_none_or(|there| without_id(there) == without_id(item))
                })
            };
            let new = drawn(id, item, free);
            notes.push(format!("two new items of {list} were both {id}: the later is {new} now"));
            rename(base, side, list, id, &new);
        }
    }
}

fn ids(tree: &Tree, list: &str) -> HashMap<String, Tree> {
    let Some(Tree::Seq(items)) = tree.get(list) else { return HashMap::new() };
    items.iter().filter_map(|i| Some((i.get("id")?.scalar()?, i.clone()))).collect()
}

fn without_id(item: &Tree) -> Vec<(String, Tree)> {
    match item {
        Tree::Map(entries) => entries.iter().filter(|(k, _)| k != "id").cloned().collect(),
        _ => Vec::new(),
    }
}

/// An id from what the item says, so that whoever merges draws the same one.
fn drawn(id: &str, item: &Tree, free: impl Fn(&str) -> bool) -> String {
    let letter = id.chars().next().unwrap_or('T');
    let said = format!("{:?}", without_id(item));
    let mut round = 0_u64;
    loop {
        let hash = Sha256::new().chain_update(round.to_be_bytes()).chain_update(&said).finalize();
        let mut bytes = hash.iter().copied().cycle();
        let new = ItemId::new(letter, || bytes.next().unwrap_or(0));
        // A list with every id of a letter taken does not fit into a record.
        if free(new.as_str()) || round > 100_000 {
            return new.as_str().to_owned();
        }
        round += 1;
    }
}

/// Renames an item, and what this side's own new approvals say of it.
fn rename(base: &Tree, side: &mut Tree, list: &str, id: &str, new: &str) {
    let old_approvals = match base.get("approvals") {
        Some(Tree::Seq(items)) => items.clone(),
        _ => Vec::new(),
    };
    let Tree::Map(entries) = side else { return };
    for (key, value) in entries {
        let Tree::Seq(items) = value else { continue };
        let field = match key.as_str() {
            key if key == list => "id",
            "approvals" => "of",
            _ => continue,
        };
        for item in items.iter_mut().filter(|i| field == "id" || !old_approvals.contains(i)) {
            let Tree::Map(fields) = item else { continue };
            for (name, value) in fields {
                let Some(old) = value.scalar().filter(|_| name == field) else { continue };
                // An approval may say in front what it is: `break_glass:C7QK`.
                let (kind, named) = match old.split_once(':') {
                    Some((kind, named)) if field == "of" => (format!("{kind}:"), named),
                    _ => (String::new(), old.as_str()),
                };
                if named == id {
                    *value = Tree::Text(format!("{kind}{new}"));
                }
            }
        }
    }
}
