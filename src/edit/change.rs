use std::collections::HashMap;

use crate::yaml::{Route, Step, Tree};

/// One change of a tree. Routes name places in the tree as the changes before have left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Gives a key or a list item a value; a key that is not there is added.
    Set {
        /// The key or the item.
        route: Route,
        /// Its new value.
        value: Tree,
        /// For a key that is not there: the keys that it should follow, the nearest first.
        after: Vec<String>,
    },
    /// Takes a key or a list item away; a key that is not there is no fault.
    Remove {
        /// The key or the item.
        route: Route,
    },
    /// Puts an item into a list.
    Insert {
        /// The list.
        seq: Route,
        /// The place that the new item will have.
        index: usize,
        /// The item.
        value: Tree,
    },
}

impl Change {
    /// The route of the value that changes; of an inserted item, that of its list.
    pub fn route(&self) -> &[Step] {
        match self {
            Change::Set { route, .. } | Change::Remove { route } => route,
            Change::Insert { seq, .. } => seq,
        }
    }
}

/// The changes that lead from one tree to another.
///
/// List items that are maps with an `id` are known by it, other items by being equal; a changed
/// field of an item touches that field only. The order of keys is no difference.
pub fn diff(old: &Tree, new: &Tree) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&mut Vec::new(), old, new, &mut changes);
    changes
}

fn compare(route: &mut Route, old: &Tree, new: &Tree, changes: &mut Vec<Change>) {
    match (old, new) {
        _ if old == new => {}
        (Tree::Map(old), Tree::Map(new)) => compare_maps(route, old, new, changes),
        (Tree::Seq(old), Tree::Seq(new)) => compare_lists(route, old, new, changes),
        _ => changes.push(Change::Set {
            route: route.clone(),
            value: new.clone(),
            after: Vec::new(),
        }),
    }
}

/// Most keys that a new key remembers as its neighbours.
const NEIGHBOURS: usize = 32;

type Entries = [(String, Tree)];

fn compare_maps(route: &mut Route, old: &Entries, new: &Entries, changes: &mut Vec<Change>) {
    let before: HashMap<&str, &Tree> = old.iter().map(|(k, v)| (k.as_str(), v)).collect();
    for (i, (key, value)) in new.iter().enumerate() {
        route.push(Step::Key(key.clone()));
        match before.get(key.as_str()) {
            Some(was) => compare(route, was, value, changes),
            None => changes.push(Change::Set {
                route: route.clone(),
                value: value.clone(),
                after: new[..i].iter().rev().take(NEIGHBOURS).map(|(k, _)| k.clone()).collect(),
            }),
        }
        route.pop();
    }
    let after: HashMap<&str, ()> = new.iter().map(|(k, _)| (k.as_str(), ())).collect();
    for (key, _) in old.iter().filter(|(k, _)| !after.contains_key(k.as_str())) {
        route.push(Step::Key(key.clone()));
        changes.push(Change::Remove { route: route.clone() });
        route.pop();
    }
}

fn compare_lists(route: &mut Route, old: &[Tree], new: &[Tree], changes: &mut Vec<Change>) {
    let pairs = pair(old, new);
    let (mut i, mut j, mut index) = (0, 0, 0);
    for (next_i, next_j) in pairs.into_iter().chain([(old.len(), new.len())]) {
        // Items come before items go, so that a list is never empty on the way.
        for item in &new[j..next_j] {
            changes.push(Change::Insert { seq: route.clone(), index, value: item.clone() });
            index += 1;
        }
        for _ in i..next_i {
            route.push(Step::Index(index));
            changes.push(Change::Remove { route: route.clone() });
            route.pop();
        }
        if let (Some(was), Some(is)) = (old.get(next_i), new.get(next_j)) {
            route.push(Step::Index(index));
            compare(route, was, is, changes);
            route.pop();
        }
        index += 1;
        (i, j) = (next_i + 1, next_j + 1);
    }
}

/// What an item is known by.
#[derive(PartialEq, Eq, Hash)]
enum Name<'a> {
    Id(&'a Tree),
    Whole(&'a Tree),
}

fn name(item: &Tree) -> Name<'_> {
    match item.get("id") {
        Some(id) if id.scalar().is_some() => Name::Id(id),
        _ => Name::Whole(item),
    }
}

/// Which item of the new list is which of the old one, both ascending.
fn pair(old: &[Tree], new: &[Tree]) -> Vec<(usize, usize)> {
    let mut places: HashMap<Name<'_>, Vec<usize>> = HashMap::new();
    for (i, item) in old.iter().enumerate().rev() {
        places.entry(name(item)).or_default().push(i);
    }
    // The first of equal items meets the first, the second the second.
    let same: Vec<(usize, usize)> = new
        .iter()
        .enumerate()
        .filter_map(|(j, item)| Some((places.get_mut(&name(item))?.pop()?, j)))
        .collect();
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (next_i, next_j) in longest_rising(&same).into_iter().chain([(old.len(), new.len())]) {
        pair_changed(old, new, (i, next_i), (j, next_j), &mut pairs);
        pairs.push((next_i, next_j));
        (i, j) = (next_i + 1, next_j + 1);
    }
    pairs.pop();
    pairs
}

/// The longest part of `pairs` (ascending in the second) that ascends in the first too.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    for (p, (i, _)) in pairs.iter().enumerate() {
        let at = ends.partition_point(|&q| pairs[q].0 < *i);
        before[p] = at.checked_sub(1).map(|k| ends[k]);
        if at == ends.len() { ends.push(p) } else { ends[at] = p }
    }
    let mut chain = Vec::new();
    let mut at = ends.last().copied();
    while let Some(p) = at {
        chain.push(pairs[p]);
        at = before[p];
    }
    chain.reverse();
    chain
}

/// Most comparisons that are spent on finding a changed item without id among its neighbours.
const TRIES: usize = 4096;

/// Pairs items between two known neighbours that are the same item, changed.
fn pair_changed(
    old: &[Tree],
    new: &[Tree],
    (i, i_end): (usize, usize),
    (j, j_end): (usize, usize),
    pairs: &mut Vec<(usize, usize)>,
) {
    let (olds, news) = (i_end - i, j_end - j);
    if olds == news {
        let alike = |a: &Tree, b: &Tree| match (name(a), name(b)) {
            (Name::Id(a), Name::Id(b)) => a == b,
            _ => true,
        };
        pairs.extend((i..i_end).zip(j..j_end).filter(|(i, j)| alike(&old[*i], &new[*j])));
    } else if olds * news <= TRIES {
        let mut from = i;
        for (j, item) in new.iter().enumerate().take(j_end).skip(j) {
            if let Some(i) = (from..i_end).find(|i| resembles(&old[*i], item)) {
                pairs.push((i, j));
                from = i + 1;
            }
        }
    }
}

/// Whether two maps without the same id agree in most of what they say.
fn resembles(old: &Tree, new: &Tree) -> bool {
    let (Tree::Map(a), Tree::Map(b)) = (old, new) else { return false };
    if matches!((name(old), name(new)), (Name::Id(a), Name::Id(b)) if a != b) {
        return false;
    }
    let shared = a.iter().filter(|(k, v)| new.get(k) == Some(v)).count();
    shared * 2 >= a.len().max(b.len()) && shared > 0
}

/// A change as it falls on a tree or a text, parents that are not there counted in.
///
/// A typed record leaves out what is empty, so a text may lack a parent that the record has, or
/// hold `null` for it: then the parent is what is set.
pub(super) fn settle(change: &Change, has: impl Fn(&[Step]) -> Held) -> Change {
    let (route, value, after) = match change {
        Change::Set { route, value, after } => (route.clone(), value.clone(), after),
        Change::Insert { seq, index: 0, value } if matches!(has(seq), Held::Nothing) => {
            (seq.clone(), Tree::Seq(vec![value.clone()]), &Vec::new())
        }
        other => return other.clone(),
    };
    let (mut route, mut value, mut after) = (route, value, after.clone());
    while let Some((Step::Key(key), parent)) = route.split_last() {
        if parent.is_empty() || matches!(has(parent), Held::Something) {
            break;
        }
        value = Tree::Map(vec![(key.clone(), value)]);
        after = Vec::new();
        route.pop();
    }
    Change::Set { route, value, after }
}

/// What stands at a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Nothing,
    Something,
}

/// Applies a change to a tree; `None` if its route leads nowhere. New keys go to the end: the
/// order of keys is no difference.
pub(super) fn apply_to_tree(tree: &mut Tree, change: &Change) -> Option<()> {
    let change = settle(change, |route| match at(tree, route) {
        None | Some(Tree::Null) => Held::Nothing,
        Some(_) => Held::Something,
    });
    match change {
        Change::Insert { seq, index, value } => match at_mut(tree, &seq)? {
            Tree::Seq(items) if index <= items.len() => items.insert(index, value),
            _ => return None,
        },
        Change::Set { route, value, .. } => {
            let (last, parent) = route.split_last()?;
            match (at_mut(tree, parent)?, last) {
                (Tree::Map(entries), Step::Key(key)) => {
                    match entries.iter_mut().find(|(k, _)| k == key) {
                        Some((_, old)) => *old = value,
                        None => entries.push((key.clone(), value)),
                    }
                }
                (Tree::Seq(items), Step::Index(i)) => *items.get_mut(*i)? = value,
                _ => return None,
            }
        }
        Change::Remove { route } => {
            let (last, parent) = route.split_last()?;
            match (at_mut(tree, parent), last) {
                (Some(Tree::Map(entries)), Step::Key(key)) => entries.retain(|(k, _)| k != key),
                (Some(Tree::Seq(items)), Step::Index(i)) if *i < items.len() => {
                    items.remove(*i);
                }
                (None | Some(Tree::Null), Step::Key(_)) => {}
                _ => return None,
            }
        }
    }
    Some(())
}

fn at<'t>(tree: &'t Tree, route: &[Step]) -> Option<&'t Tree> {
    route.iter().try_fold(tree, |tree, step| match (step, tree) {
        (Step::Key(key), tree) => tree.get(key),
        (Step::Index(i), Tree::Seq(items)) => items.get(*i),
        (Step::Index(_), _) => None,
    })
}

fn at_mut<'t>(tree: &'t mut Tree, route: &[Step]) -> Option<&'t mut Tree> {
    route.iter().try_fold(tree, |tree, step| match (step, tree) {
        (Step::Key(key), Tree::Map(entries)) => {
            entries.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v)
        }
        (Step::Index(i), Tree::Seq(items)) => items.get_mut(*i),
        _ => None,
    })
}

/// Whether two trees say the same; the order of keys says nothing.
pub(super) fn same(a: &Tree, b: &Tree) -> bool {
    match (a, b) {
        (Tree::Map(a), Tree::Map(b)) => {
            let of: HashMap<&str, &Tree> = b.iter().map(|(k, v)| (k.as_str(), v)).collect();
            a.len() == b.len()
                && a.iter().all(|(k, v)| of.get(k.as_str()).is_some_and(|w| same(v, w)))
        }
        (Tree::Seq(a), Tree::Seq(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        _ => a == b,
    }
}

/// Whether the tree already has what a change would set.
pub(super) fn is_made(tree: &Tree, change: &Change) -> bool {
    match change {
        Change::Set { route, value, .. } => at(tree, route).is_some_and(|v| same(v, value)),
        Change::Insert { .. } | Change::Remove { .. } => false,
    }
}

/// The first place where a record changed and the text is not what the record was read from.
pub(super) fn stranger(old: &Tree, new: &Tree, text: &Tree) -> Option<Route> {
    let mut route = Vec::new();
    (!knows(&mut route, old, new, Some(text))).then_some(route)
}

fn knows(route: &mut Route, old: &Tree, new: &Tree, text: Option<&Tree>) -> bool {
    if old == new {
        return true;
    }
    match (old, new) {
        (Tree::Map(_), Tree::Map(entries)) => entries.iter().all(|(key, value)| {
            let there = text.and_then(|t| t.get(key));
            route.push(Step::Key(key.clone()));
            let fine = match old.get(key) {
                Some(was) => knows(route, was, value, there),
                // What the record did not show may be a default, but not a whole structure.
                None => there.is_none_or(|t| {
                    !matches!(t, Tree::Seq(i) if !i.is_empty())
                        && !matches!(t, Tree::Map(e) if !e.is_empty())
                        || same(t, value)
                }),
            };
            if fine {
                route.pop();
            }
            fine
        }),
        (Tree::Seq(olds), Tree::Seq(news)) => {
            let there: &[Tree] = match text {
                Some(Tree::Seq(items)) => items,
                _ => &[],
            };
            let agree = olds.len() == there.len()
                && olds.iter().zip(there).all(|(a, b)| match (a.get("id"), b.get("id")) {
                    (Some(a), Some(b)) => a.scalar() == b.scalar(),
                    (None, None) => true,
                    _ => false,
                });
            agree
                && pair(olds, news).into_iter().all(|(i, j)| {
                    route.push(Step::Index(i));
                    let fine = knows(route, &olds[i], &news[j], there.get(i));
                    if fine {
                        route.pop();
                    }
                    fine
                })
        }
        _ => true,
    }
}
