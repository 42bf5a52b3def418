//! One change of a text, as the bytes to replace.
//!
//! The unit of block style is the line: an entry or item owns the lines from its key or dash to
//! the end of its value, and the comments behind it that are indented deeper than itself. All
//! other comments belong to what follows them. [`super::value`] writes a value in the place of
//! another, [`super::lines`] adds and takes away in block style, [`super::flow`] in flow style.

use granit_parser::ScalarStyle;

use super::change::{Change, Held, settle};
use super::layout::{Entry, Item, Kind, Layout, Spot, column, is_blank, next_line, own_end};
use super::print::Style;
use super::{EditError, refused};
use crate::diag::{Source, TextRange};
use crate::yaml::{Route, Step, Tree, route_text};

/// Bytes to replace: `range` of the old text becomes `text`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Patch {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

/// A text on its way through one change.
pub(super) struct Patcher<'a> {
    pub(super) source: Source<'a>,
    pub(super) text: &'a str,
    pub(super) layout: &'a Layout<'a>,
    pub(super) style: Style,
    pub(super) route: Route,
    pub(super) patches: Vec<Patch>,
}

/// Where a value stands: what an edit needs to know to write another one in its place.
#[derive(Clone, Copy)]
pub(super) struct Slot<'s> {
    /// The value.
    pub(super) spot: &'s Spot,
    /// One past the colon or dash before it.
    pub(super) from: usize,
    /// Column of its key or dash.
    pub(super) column: usize,
    /// What introduces it.
    pub(super) place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Key { width: usize },
    Dash,
    Flow,
}

type Done = Result<(), EditError>;

/// A change as it falls on the text: see [`settle`].
pub(super) fn settled(layout: &Layout<'_>, change: &Change) -> Change {
    settle(change, |route| match find(layout, route).map(|slot| slot.spot) {
        None | Some(Spot { kind: Kind::Missing, .. }) => Held::Nothing,
        Some(Spot { kind: Kind::Inline(ScalarStyle::Plain), start, end, .. })
            if Tree::from_plain(&layout.text[*start..*end]) == Tree::Null =>
        {
            Held::Nothing
        }
        Some(_) => Held::Something,
    })
}

/// The patches that make one settled change; none if there is nothing to do.
pub(super) fn patches(
    source: Source<'_>,
    layout: &Layout<'_>,
    style: &Style,
    change: &Change,
) -> Result<Vec<Patch>, EditError> {
    let mut patcher = Patcher {
        source,
        text: layout.text,
        layout,
        style: style.clone(),
        route: change.route().to_vec(),
        patches: Vec::new(),
    };
    patcher.change(change)?;
    patcher.patches.sort_by_key(|p| p.start);
    let (start, end) = owned(layout, change);
    match patcher.patches.iter().all(|p| start <= p.start && p.end <= end) {
        true => Ok(patcher.patches),
        false => Err(patcher.refuse(&layout.root, "shares its lines with something else", "")),
    }
}

/// The bytes that a change may replace: what its value stands on, or the container that gains or
/// loses it.
fn owned(layout: &Layout<'_>, change: &Change) -> (usize, usize) {
    let text = layout.text;
    let route = change.route();
    let is_set = matches!(change, Change::Set { .. });
    let own = find(layout, route).filter(|_| is_set || matches!(change, Change::Insert { .. }));
    let parent = &route[..route.len().saturating_sub(1)];
    let Some(slot) = own.or_else(|| find(layout, parent)) else { return (0, 0) };
    match slot.place {
        Place::Flow => (slot.spot.outer.min(slot.from), slot.spot.end),
        Place::Root => (0, text.len()),
        Place::Key { .. } | Place::Dash => {
            let mut end = next_line(text, own_end(text, slot.spot.end.max(slot.from), slot.column));
            // Blank lines go with what they follow, if they must go.
            while end < text.len() && is_blank(&text[end..next_line(text, end)]) {
                end = next_line(text, end);
            }
            (slot.from, end)
        }
    }
}

impl<'a> Patcher<'a> {
    fn change(&mut self, change: &Change) -> Done {
        match change {
            Change::Insert { seq, index, value } => {
                let slot = self.slot(seq)?;
                match &slot.spot.kind {
                    Kind::Seq { flow: true, items } if items.is_empty() => {
                        self.first_of(slot, Tree::Seq(vec![value.clone()]))
                    }
                    Kind::Seq { flow: true, items } => self.insert_flow(slot, items, *index, value),
                    Kind::Seq { items, .. } => self.insert_item(slot, items, *index, value),
                    _ => Err(self.refuse(slot.spot, "is not a list", "")),
                }
            }
            Change::Set { route, value, after } => {
                let Some((last, parent)) = route.split_last() else {
                    return Err(self.refuse(&self.layout.root, "is the whole file", ""));
                };
                let slot = self.slot(parent)?;
                match (&slot.spot.kind, last) {
                    (Kind::Map { entries, flow }, Step::Key(key)) => {
                        match entries.iter().find(|e| e.name == *key) {
                            Some(entry) => self.replace(self.entry_slot(entry, *flow)?, value),
                            None if entries.is_empty() => {
                                self.first_of(slot, Tree::Map(vec![(key.clone(), value.clone())]))
                            }
                            None if *flow => self.add_flow_key(slot, entries, key, value, after),
                            None => self.add_key(entries, key, value, after),
                        }
                    }
                    (Kind::Seq { items, flow }, Step::Index(i)) => match items.get(*i) {
                        Some(item) => self.replace(item_slot(self.text, item, *flow), value),
                        None => Err(self.refuse(slot.spot, "has no such item", "")),
                    },
                    _ => Err(self.refuse(slot.spot, "cannot hold this", "")),
                }
            }
            Change::Remove { route } => {
                let Some((last, parent)) = route.split_last() else {
                    return Err(self.refuse(&self.layout.root, "is the whole file", ""));
                };
                if matches!(last, Step::Key(_)) && find(self.layout, parent).is_none() {
                    return Ok(());
                }
                let slot = self.slot(parent)?;
                match (&slot.spot.kind, last) {
                    (Kind::Map { entries, flow }, Step::Key(key)) => {
                        match entries.iter().position(|e| e.name == *key) {
                            Some(i) => self.remove_key(slot, entries, i, *flow),
                            None => Ok(()),
                        }
                    }
                    (Kind::Seq { items, flow }, Step::Index(i)) if *i < items.len() => {
                        self.remove_item(slot, items, *i, *flow)
                    }
                    _ => Err(self.refuse(slot.spot, "has no such item", "")),
                }
            }
        }
    }

    /// The container at a route, if an edit inside it changes nothing else.
    fn slot(&self, route: &[Step]) -> Result<Slot<'a>, EditError> {
        for n in 0..=route.len() {
            let Some(slot) = find(self.layout, &route[..n]) else {
                let near = find(self.layout, &route[..n.saturating_sub(1)]);
                let spot = near.map_or(&self.layout.root, |s| s.spot);
                return Err(self.refuse(spot, "does not hold this in the text itself", HELP_MERGE));
            };
            self.allow(slot.spot)?;
        }
        find(self.layout, route)
            .ok_or_else(|| self.refuse(&self.layout.root, "does not hold this", ""))
    }

    /// Refuses to edit inside what stands in other places too.
    fn allow(&self, spot: &Spot) -> Done {
        if matches!(spot.kind, Kind::Alias) {
            return Err(self.refuse(
                spot,
                "is an alias: its value is written elsewhere",
                HELP_ALIAS,
            ));
        }
        match spot.anchor.filter(|a| self.layout.uses.contains_key(a)) {
            Some(_) => Err(self.refuse(spot, "has an anchor that is used elsewhere", HELP_ALIAS)),
            None => Ok(()),
        }
    }

    /// Refuses to take away an anchor that is used outside of the range.
    pub(super) fn allow_removal(&self, spot: &Spot) -> Done {
        let mut inside = Vec::new();
        anchors(spot, &mut inside);
        let needed = |a: &&(usize, usize)| {
            self.layout
                .uses
                .get(&a.0)
                .is_some_and(|uses| uses.iter().any(|u| *u < spot.start || *u >= spot.end))
        };
        match inside.iter().find(needed) {
            Some(_) => Err(self.refuse(spot, "has an anchor that is used elsewhere", HELP_ALIAS)),
            None => Ok(()),
        }
    }

    pub(super) fn refuse(&self, spot: &Spot, why: &str, help: &str) -> EditError {
        let route = match route_text(&self.route) {
            r if r.is_empty() => "the record".to_owned(),
            r => format!("`{r}`"),
        };
        let range = TextRange::new(spot.outer, spot.end);
        refused(self.source, range, format!("cannot change {route}: the value here {why}"), help)
    }

    fn entry_slot<'s>(&self, entry: &'s Entry, flow: bool) -> Result<Slot<'s>, EditError> {
        entry_slot(self.text, entry, flow).ok_or_else(|| {
            self.refuse(&entry.value, "has a key without a colon behind it", HELP_KEY)
        })
    }

    pub(super) fn patch(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.patches.push(Patch { start, end, text: text.into() });
    }

    /// Column of a place; a byte order mark takes none.
    pub(super) fn column(&self, at: usize) -> usize {
        column(self.text, at)
    }
}

const HELP_ALIAS: &str =
    "an anchor's value stands in several places; write it out where it should differ, then repeat";
const HELP_MERGE: &str = "what comes from `<<` cannot be changed in one place; write it out first";
const HELP_KEY: &str = "write the entry as `key: value`";

/// The value at a route with its place; `None` where the text itself does not have it.
pub(super) fn find<'l>(layout: &'l Layout<'_>, route: &[Step]) -> Option<Slot<'l>> {
    let root = Slot { spot: &layout.root, from: layout.root.outer, column: 0, place: Place::Root };
    route.iter().try_fold(root, |slot, step| match (&slot.spot.kind, step) {
        (Kind::Map { flow, entries }, Step::Key(key)) => {
            entry_slot(layout.text, entries.iter().find(|e| e.name == *key)?, *flow)
        }
        (Kind::Seq { flow, items }, Step::Index(i)) => {
            Some(item_slot(layout.text, items.get(*i)?, *flow))
        }
        _ => None,
    })
}

fn entry_slot<'s>(text: &str, entry: &'s Entry, flow: bool) -> Option<Slot<'s>> {
    let from = entry.colon_end?;
    let width = text.get(entry.start..from)?.chars().count();
    let place = if flow { Place::Flow } else { Place::Key { width } };
    Some(Slot { spot: &entry.value, from, column: column(text, entry.start), place })
}

fn item_slot<'s>(text: &str, item: &'s Item, flow: bool) -> Slot<'s> {
    let place = if flow { Place::Flow } else { Place::Dash };
    Slot { spot: &item.value, from: item.dash + 1, column: column(text, item.dash), place }
}

/// Anchors that a value defines, with their places.
fn anchors(spot: &Spot, found: &mut Vec<(usize, usize)>) {
    found.extend(spot.anchor.map(|a| (a, spot.outer)));
    match &spot.kind {
        Kind::Seq { items, .. } => items.iter().for_each(|i| anchors(&i.value, found)),
        Kind::Map { entries, .. } => entries.iter().for_each(|e| anchors(&e.value, found)),
        _ => {}
    }
}
