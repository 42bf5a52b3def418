//! Three records, or three problems, to one, value by value.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::conflict::{self, Conflicts};
use super::document::Document;
use super::known::Field;
use super::rules;
use super::schema::{Schema, is_own, shown};
use super::{Unmergeable, clash, lists};
use crate::diag::{Diagnostics, Source};
use crate::edit;
use crate::yaml::Tree;

/// Three documents, merged.
pub(super) struct Outcome<D> {
    pub(super) document: D,
    /// Fields that this merge left in conflict.
    pub(super) conflicts: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The document's values without its conflicts, and its conflicts.
pub(super) struct Version {
    pub(super) tree: Tree,
    pub(super) conflicts: Conflicts,
}

impl Version {
    fn of(document: &impl Document) -> Version {
        let mut tree = values(document);
        if let Tree::Map(entries) = &mut tree {
            entries.retain(|(key, _)| key != "conflicts");
        }
        Version { tree, conflicts: conflict::of(document.conflicts()) }
    }

    fn nothing() -> Version {
        Version { tree: Tree::Map(Vec::new()), conflicts: Conflicts::new() }
    }
}

/// What a document says, keys of the user's own in an order that says nothing.
pub(super) fn values(document: &impl Document) -> Tree {
    let mut tree = document.tree();
    sort_own(&mut tree, false);
    tree
}

/// Sorts keys of the user's own and below: their order says nothing, and must not look like a
/// change. The record's keys are in the order of its schema.
fn sort_own(tree: &mut Tree, own: bool) {
    match tree {
        Tree::Map(entries) => {
            let first =
                if own { 0 } else { entries.partition_point(|(k, _)| !k.starts_with("x-")) };
            entries[first..].sort_by(|(a, _), (b, _)| a.cmp(b));
            for (key, value) in entries {
                sort_own(value, own || key.starts_with("x-"));
            }
        }
        Tree::Seq(items) => items.iter_mut().for_each(|item| sort_own(item, own)),
        _ => {}
    }
}

/// Merges records of one incident, or versions of one problem.
pub(super) fn merge<D: Document>(
    base: Option<&D>,
    ours: &D,
    theirs: &D,
) -> Result<Outcome<D>, Unmergeable> {
    let schema = Schema::of(D::schema());
    let base = base.map_or_else(Version::nothing, Version::of);
    let (mut ours, mut theirs) = (Version::of(ours), Version::of(theirs));
    let mut notes = Vec::new();
    clash::part(&base.tree, &mut ours.tree, &mut theirs.tree, &mut notes);
    let sides = [&base, &ours, &theirs];
    let reopened =
        [&ours, &theirs].map(|side| conflict::reopened(&base.conflicts, &side.conflicts));
    let mut strict = BTreeSet::new();
    loop {
        let mut merging = Merging {
            schema: &schema,
            strict: &strict,
            found: Conflicts::new(),
            notes: Vec::new(),
            reopened: reopened.clone(),
        };
        let merged = merging.value(
            &Field::default(),
            Some(&base.tree),
            Some(&ours.tree),
            Some(&theirs.tree),
        );
        let mut tree = merged.unwrap_or(Tree::Map(Vec::new()));
        let mut found = merging.found;
        conflict::carry(&schema, sides, &mut tree, &mut found);
        notes.extend(merging.notes);
        let conflicts = conflict::new_ones(&found, &ours.conflicts, &theirs.conflicts);
        conflict::write(&mut tree, &found);
        match read::<D>(&tree) {
            Ok(document) => return Ok(Outcome { document, conflicts, notes }),
            // Each side is right by itself and the two contradict each other: people must say
            // which of the changes stands.
            Err((found, tops)) => {
                if tops.is_empty() || !strict.is_disjoint(&tops) {
                    return Err(Unmergeable::Refused(found));
                }
                strict = tops;
                notes.clear();
            }
        }
    }
}

/// Reads a merged document; what contradicts itself, and the top keys in which it does.
fn read<D: Document>(tree: &Tree) -> Result<D, (Diagnostics, BTreeSet<String>)> {
    let text = edit::to_yaml(tree);
    D::read(Source::new("the merged record", &text)).map_err(|found| {
        let lines: Vec<&str> = text.lines().collect();
        let mut tops = BTreeSet::new();
        for line in found.0.iter().filter_map(|d| Some(d.place.as_ref()?.line)) {
            let above = lines.iter().take(line).rev();
            let key = above
                .filter(|l| !l.starts_with([' ', '-']))
                .find_map(|l| l.split_once(':').map(|(key, _)| key.to_owned()));
            // What contradicts itself across several keys.
            tops.extend(key.iter().flat_map(|k| D::bound(k)).map(|k| (*k).to_owned()));
            tops.extend(key);
        }
        (found, tops)
    })
}

/// A merge under way.
pub(super) struct Merging<'a> {
    pub(super) schema: &'a Schema,
    /// Top keys below which a change of one side alone is a conflict too.
    pub(super) strict: &'a BTreeSet<String>,
    pub(super) found: Conflicts,
    pub(super) notes: Vec<String>,
    /// Fields that our side left open otherwise than the base, and fields that their side did.
    pub(super) reopened: [BTreeSet<String>; 2],
}

impl Merging<'_> {
    /// Whether a side has values between which nobody has chosen yet, in the field or below it,
    /// which were not there before: the base's value stands, and yet the field was changed.
    pub(super) fn is_open(&self, side: usize, at: &Field) -> bool {
        let within = |field: &String| {
            let rest = field.strip_prefix(&at.name);
            rest.is_some_and(|r| at.name.is_empty() || r.is_empty() || r.starts_with(['.', '[']))
        };
        self.reopened.get(side).is_some_and(|fields| fields.iter().any(within))
    }

    /// Merges a value; `None` where there is none.
    pub(super) fn value<'t>(
        &mut self,
        at: &Field,
        base: Option<&'t Tree>,
        ours: Option<&'t Tree>,
        theirs: Option<&'t Tree>,
    ) -> Option<Tree> {
        if ours == theirs {
            return ours.cloned();
        }
        // The top itself has no key, so what is strict is looked for below it.
        let looks =
            !self.strict.is_empty() && (at.path.is_empty() || self.strict.contains(at.top()));
        if !looks && ours == base && !self.is_open(0, at) {
            return theirs.cloned();
        }
        if !looks && theirs == base && !self.is_open(1, at) {
            return ours.cloned();
        }
        if rules::is_whole(&at.path) {
            return self.leaf(at, base, ours, theirs);
        }
        let is_list = |t: Option<&Tree>| matches!(t, None | Some(Tree::Seq(_)));
        let entries = |t: Option<&'t Tree>| match t {
            Some(Tree::Map(entries)) => entries.as_slice(),
            _ => &[],
        };
        match (ours, theirs) {
            (Some(Tree::Map(a)), Some(Tree::Map(b))) => self.map(at, entries(base), a, b),
            // Who took away the last of its keys took away no more than who left another one.
            (None, Some(Tree::Map(_))) | (Some(Tree::Map(_)), None)
                if self.schema.may_be_empty(&at.path) =>
            {
                self.map(at, entries(base), entries(ours), entries(theirs))
            }
            _ if [base, ours, theirs].into_iter().all(is_list) => {
                lists::merge(self, at, items(base), items(ours), items(theirs))
            }
            (None, Some(kept @ Tree::Map(_))) | (Some(kept @ Tree::Map(_)), None) => {
                if base.is_some() {
                    self.notes.push(format!(
                        "{} was removed on one side and changed on the other: kept",
                        at.name
                    ));
                }
                Some(kept.clone())
            }
            _ => self.leaf(at, base, ours, theirs),
        }
    }

    fn map(
        &mut self,
        at: &Field,
        base: &[(String, Tree)],
        ours: &[(String, Tree)],
        theirs: &[(String, Tree)],
    ) -> Option<Tree> {
        let by_key = |entries: &'_ [(String, Tree)]| -> HashMap<String, Tree> {
            entries.iter().cloned().collect()
        };
        let [b, o, t] = [by_key(base), by_key(ours), by_key(theirs)];
        let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
        for (key, _) in base.iter().chain(ours).chain(theirs) {
            let next = keys.len();
            keys.entry(key).or_insert(next);
        }
        let mut ordered: Vec<(&str, usize)> = keys.into_iter().collect();
        ordered.sort_by_key(|(_, place)| *place);
        let mut merged = Vec::new();
        for (key, _) in ordered {
            if let Some(value) = self.value(&at.key(key), b.get(key), o.get(key), t.get(key)) {
                merged.push((key.to_owned(), value));
            }
        }
        // Not the order of this side or that: the schema's order is restored when it is read.
        if is_own(&at.path) {
            merged.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        (!merged.is_empty()).then_some(Tree::Map(merged))
    }

    /// A value that has no parts, changed differently.
    fn leaf(
        &mut self,
        at: &Field,
        base: Option<&Tree>,
        ours: Option<&Tree>,
        theirs: Option<&Tree>,
    ) -> Option<Tree> {
        if let Some(value) = rules::chosen(&at.path, ours, theirs) {
            return Some(value.clone());
        }
        if rules::outlives_removal(&at.path)
            && let (Some(value), None) | (None, Some(value)) = (ours, theirs)
        {
            return Some(value.clone());
        }
        let values = [ours, theirs].map(|v| v.map_or_else(String::new, |v| shown(&at.path, v)));
        self.found.insert(at.name.clone(), BTreeSet::from(values));
        base.cloned().or_else(|| {
            // Without it there would be no record: one of the two stands until people decide.
            let required = self.schema.requires(&at.path);
            [ours, theirs]
                .into_iter()
                .flatten()
                .filter(|_| required)
                .min_by_key(|v| shown(&at.path, v))
                .cloned()
        })
    }
}

fn items(list: Option<&Tree>) -> &[Tree] {
    match list {
        Some(Tree::Seq(items)) => items,
        _ => &[],
    }
}
