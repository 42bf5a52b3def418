//! The texts of a record: which of them are sensitive, and a record with those masked.

use std::collections::{HashMap, HashSet};

use super::{Hit, Kind, Masked, find, mask, mask_but};
use crate::yaml::{Route, Step, Tree, route_text};

/// Sensitive things in one text of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The way to the text.
    pub route: Route,
    /// What is in it; ranges are those of the text.
    pub hits: Vec<Hit>,
}

/// Finds what is sensitive in all texts of a tree, each read as what its key calls it.
pub fn in_tree(tree: &Tree) -> Vec<Spot> {
    let mut spots = Vec::new();
    look(tree, "", &mut Vec::new(), &mut spots);
    spots
}

fn look(tree: &Tree, key: &str, route: &mut Route, spots: &mut Vec<Spot>) {
    match tree {
        Tree::Text(text) | Tree::Number(text) => {
            if worth_reading(key, text) {
                let start = key.len() + BETWEEN.len();
                let mut hits = find(&named(key, text));
                hits.retain(|hit| hit.range.start >= start);
                for hit in &mut hits {
                    hit.range.start -= start;
                    hit.range.end -= start;
                }
                if !hits.is_empty() {
                    spots.push(Spot { route: route.clone(), hits });
                }
            }
        }
        Tree::Seq(items) => {
            for (i, item) in items.iter().enumerate() {
                route.push(Step::Index(i));
                look(item, key, route, spots);
                route.pop();
            }
        }
        Tree::Map(entries) => {
            for (key, value) in entries {
                route.push(Step::Key(key.clone()));
                if worth_reading("", key) {
                    let hits = find(key);
                    if !hits.is_empty() {
                        spots.push(Spot { route: route.clone(), hits });
                    }
                }
                look(value, key, route, spots);
                route.pop();
            }
        }
        Tree::Null | Tree::Bool(_) => {}
    }
}

const BETWEEN: &str = ": ";

/// A text with the name that its key gives it, as a person reads it in the file.
fn named(key: &str, text: &str) -> String {
    format!("{key}{BETWEEN}{text}")
}

/// Whether a text may hold anything: most fields of a record are too short, and an SSH signature
/// looks like a secret and is none.
fn worth_reading(key: &str, text: &str) -> bool {
    text.len() >= 3 && !(key == "signature" && is_ssh_signature(text))
}

/// Whether a text is base 64 that begins with `SSHSIG`, and has no room for a number of anything.
fn is_ssh_signature(text: &str) -> bool {
    const MAGIC: &str = "U1NIU0lH";
    let base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
    let mut digits = 0;
    text.starts_with(MAGIC)
        && text.bytes().all(|b| {
            digits = if b.is_ascii_digit() { digits + 1 } else { 0 };
            base64(b) && digits < 12
        })
}

/// Masks what is new or changed in a tree; `old` is the tree before the change.
///
/// Gives the masked tree, and the field and the words of each mask. What stood in the old tree
/// stays: the person did not write it now, and `inc check` reports it.
pub fn mask_tree(new: &Tree, old: Option<&Tree>) -> (Tree, Vec<(String, Masked)>) {
    mask_tree_but(new, old, &[])
}

/// As [`mask_tree`], without the kinds that a person brings back.
pub fn mask_tree_but(
    new: &Tree,
    old: Option<&Tree>,
    keep: &[Kind],
) -> (Tree, Vec<(String, Masked)>) {
    let mut masked = Vec::new();
    let tree = walk(new, old, "", keep, &mut Vec::new(), &mut masked);
    (tree, masked)
}

fn walk(
    new: &Tree,
    old: Option<&Tree>,
    key: &str,
    keep: &[Kind],
    route: &mut Route,
    masked: &mut Vec<(String, Masked)>,
) -> Tree {
    if old == Some(new) {
        return new.clone();
    }
    match new {
        Tree::Text(text) | Tree::Number(text) => {
            let Some(done) = mask_named(key, text, keep) else { return new.clone() };
            let field = route_text(route);
            masked.extend(done.1.into_iter().map(|m| (field.clone(), m)));
            Tree::Text(done.0)
        }
        Tree::Seq(items) => {
            let before = Before::of(old);
            let walked = items.iter().enumerate().map(|(i, item)| {
                route.push(Step::Index(i));
                let item = walk(item, before.of_item(item), key, keep, route, masked);
                route.pop();
                item
            });
            Tree::Seq(walked.collect())
        }
        Tree::Map(entries) => {
            let walked = entries.iter().map(|(key, value)| {
                let before = old.and_then(|old| old.get(key));
                let name = match mask(key) {
                    (name, found) if before.is_none() && !found.is_empty() => {
                        let field = route_text(route);
                        masked.extend(found.into_iter().map(|m| (field.clone(), m)));
                        name
                    }
                    _ => key.clone(),
                };
                route.push(Step::Key(name.clone()));
                let value = walk(value, before, key, keep, route, masked);
                route.pop();
                (name, value)
            });
            Tree::Map(walked.collect())
        }
        Tree::Null | Tree::Bool(_) => new.clone(),
    }
}

/// Masks a text under its key; `None` when nothing in it is sensitive.
fn mask_named(key: &str, text: &str, keep: &[Kind]) -> Option<(String, Vec<Masked>)> {
    if !worth_reading(key, text) {
        return None;
    }
    let (whole, found) = mask_but(&named(key, text), keep);
    let (prefix, _) = mask_but(key, keep);
    // A key that is sensitive itself is masked as a key; what it makes of its text is not.
    let Some(text_alone) = whole.strip_prefix(&prefix).and_then(|t| t.strip_prefix(BETWEEN)) else {
        let (whole, found) = mask_but(text, keep);
        return (!found.is_empty()).then_some((whole, found));
    };
    (text_alone != text).then(|| (text_alone.to_owned(), found))
}

/// The items of a list before a change.
struct Before<'a> {
    same: HashSet<&'a Tree>,
    by_id: HashMap<&'a str, &'a Tree>,
}

impl<'a> Before<'a> {
    fn of(old: Option<&'a Tree>) -> Self {
        let items: &[Tree] = match old {
            Some(Tree::Seq(items)) => items,
            _ => &[],
        };
        let by_id = items.iter().filter_map(|item| Some((id(item)?, item))).collect();
        Before { same: items.iter().collect(), by_id }
    }

    /// The item that a new one was: the same, or the one of its id.
    fn of_item(&self, item: &Tree) -> Option<&'a Tree> {
        let same = self.same.get(item).copied();
        same.or_else(|| self.by_id.get(id(item)?).copied())
    }
}

fn id(item: &Tree) -> Option<&str> {
    match item.get("id")? {
        Tree::Text(id) => Some(id),
        _ => None,
    }
}
