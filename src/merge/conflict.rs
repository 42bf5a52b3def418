//! Fields with more than one value: how a merge brings along those that are there.
//!
//! The state of a field is its value and, where a merge left them, the values between which nobody
//! has chosen yet. States are merged like values: a side that did not touch it has nothing to say.

use std::collections::{BTreeMap, BTreeSet};

use super::known::{at, find, put};
use super::schema::{Schema, shown};
use super::tree::Version;
use crate::incident::Conflict;
use crate::yaml::Tree;

/// Fields, each with its values in order; an empty one stands for "removed".
pub(super) type Conflicts = BTreeMap<String, BTreeSet<String>>;

/// Listed conflicts by their field.
pub(super) fn of(listed: &[Conflict]) -> Conflicts {
    let mut conflicts = Conflicts::new();
    for conflict in listed {
        let values = conflicts.entry(conflict.field.clone()).or_default();
        values.extend(conflict.values.iter().cloned());
    }
    conflicts
}

/// Fields that have other values to choose from than they had, or have them now.
pub(super) fn reopened(base: &Conflicts, side: &Conflicts) -> BTreeSet<String> {
    side.iter()
        .filter(|(field, values)| base.get(*field) != Some(values))
        .map(|(field, _)| field.clone())
        .collect()
}

#[derive(Clone, PartialEq, Eq)]
struct State {
    value: Option<Tree>,
    open: Option<BTreeSet<String>>,
}

/// Merges the conflicts that the versions (base, ours, theirs) brought into those just found.
pub(super) fn carry(
    schema: &Schema,
    versions: [&Version; 3],
    tree: &mut Tree,
    found: &mut Conflicts,
) {
    let fields: BTreeSet<&String> = versions.iter().flat_map(|v| v.conflicts.keys()).collect();
    for field in fields {
        found.remove(field);
        // Whoever removed the item has decided; had the other side opened it, it would be there.
        let Some((route, path)) = find(tree, field) else { continue };
        let states = versions.map(|v| {
            let value = find(&v.tree, field).map(|(route, _)| at(&v.tree, &route).cloned());
            value.map(|value| State { value, open: v.conflicts.get(field).cloned() })
        });
        let [base, ours, theirs] = states;
        let base = base.unwrap_or(State { value: None, open: None });
        // Of an item that it removed, and that the other kept, a side has nothing to say.
        let [ours, theirs] = [ours, theirs].map(|side| side.unwrap_or_else(|| base.clone()));
        let text =
            |value: &Option<Tree>| value.as_ref().map_or_else(String::new, |v| shown(&path, v));
        // Somebody gave the field a value afterwards: that settles what was open before.
        let settled = |side: State| match side.open.is_some()
            && side.open == base.open
            && side.value != base.value
        {
            true => State { open: None, ..side },
            false => side,
        };
        let (ours, theirs) = (settled(ours), settled(theirs));
        let state = if ours == theirs || theirs == base {
            ours
        } else if ours == base {
            theirs
        } else {
            let mut values = BTreeSet::new();
            for side in [&ours, &theirs] {
                values.extend(side.open.iter().flatten().cloned());
                if side.open.is_none() || side.value != base.value {
                    values.insert(text(&side.value));
                }
            }
            State { value: base.value.clone(), open: Some(values) }
        };
        let State { mut value, open } = state;
        match open {
            Some(values) if values.len() > 1 => {
                if value.is_none() && schema.requires(&path) {
                    value = values.iter().find(|v| !v.is_empty()).map(|v| schema.value(&path, v));
                }
                found.insert(field.clone(), values);
            }
            Some(values) => {
                value = values.first().filter(|v| !v.is_empty()).map(|v| schema.value(&path, v));
            }
            None => {}
        }
        put(tree, &route, value);
    }
}

/// Fields whose conflict is not as either side had it.
pub(super) fn new_ones(found: &Conflicts, ours: &Conflicts, theirs: &Conflicts) -> Vec<String> {
    let is_new = |(field, values): &(&String, &BTreeSet<String>)| {
        ours.get(*field) != Some(values) && theirs.get(*field) != Some(values)
    };
    found.iter().filter(is_new).map(|(field, _)| field.clone()).collect()
}

/// Writes the conflicts into a document's tree.
pub(super) fn write(tree: &mut Tree, conflicts: &Conflicts) {
    let Tree::Map(entries) = tree else { return };
    if conflicts.is_empty() {
        return;
    }
    let items = conflicts.iter().map(|(field, values)| {
        let values = values.iter().cloned().map(Tree::Text).collect();
        Tree::Map(vec![
            ("field".to_owned(), Tree::Text(field.clone())),
            ("values".to_owned(), Tree::Seq(values)),
        ])
    });
    entries.push(("conflicts".to_owned(), Tree::Seq(items.collect())));
}
