//! Many changes in one reading of the text.
//!
//! A text could be read anew after every change; an import that adds hundreds of entries would
//! wait for it. So changes are taken together as long as none reaches into what another has
//! touched; the first that does begins the next batch.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::EditError;
use super::change::Change;
use super::habits::style_of;
use super::layout::Layout;
use super::patch::{self, Patch};
use crate::diag::Source;
use crate::yaml::{Route, Step};

/// Patches for the first of the changes, and how many changes they make: at least one, at most
/// `most`.
pub(super) fn take(
    source: Source<'_>,
    layout: &Layout<'_>,
    changes: &[Change],
    most: usize,
) -> Result<(Vec<Patch>, usize), EditError> {
    let style = style_of(layout);
    let mut batch = Batch::default();
    let changes = &changes[..changes.len().min(most)];
    for (n, change) in changes.iter().enumerate() {
        let Some(moved) = batch.moved(change) else { return Ok((batch.patches(), n)) };
        let settled = patch::settled(layout, &moved);
        if n > 0 && !batch.leaves_some(layout, &settled) {
            return Ok((batch.patches(), n));
        }
        match patch::patches(source, layout, &style, &settled) {
            Ok(patches) if batch.accepts(&settled, &patches) => batch.add(&settled, patches),
            // What the batch has not yet written may be what stands in the way.
            _ if n > 0 => return Ok((batch.patches(), n)),
            Ok(patches) => return Ok((patches, 1)),
            Err(error) => return Err(error),
        }
    }
    Ok((batch.patches(), changes.len()))
}

#[derive(Default)]
struct Batch {
    /// By their first byte; those of one place in the order in which they came, with the
    /// container that each was made for.
    patches: BTreeMap<usize, Vec<(Patch, Route)>>,
    /// Routes whose values are set or gone.
    set: HashSet<Route>,
    /// All routes above those, and the containers that have changed.
    above: HashSet<Route>,
    /// How much was taken from a container.
    taken: HashMap<Route, usize>,
    /// Lists whose items have moved: those below the first number are done with, the others stood
    /// in the text where the second number, added to their place, says.
    shifted: HashMap<Route, (usize, isize)>,
}

impl Batch {
    /// The change with its route as the text still has it; `None` if it must wait.
    fn moved(&self, change: &Change) -> Option<Change> {
        let mut change = change.clone();
        if let Change::Insert { seq, index, .. } = &mut change {
            let route = self.route(seq)?;
            *index = self.place(&route, *index)?;
            *seq = route;
        } else {
            let (Change::Set { route, .. } | Change::Remove { route }) = &mut change else {
                return None;
            };
            *route = self.route(route)?;
        }
        let route = change.route();
        let replaced = !matches!(change, Change::Insert { .. });
        let waits = (0..=route.len()).any(|n| self.set.contains(&route[..n]))
            || (replaced && self.above.contains(route));
        (!waits).then_some(change)
    }

    fn route(&self, route: &[Step]) -> Option<Route> {
        let mut moved = Vec::with_capacity(route.len());
        for step in route {
            moved.push(match step {
                Step::Index(i) => Step::Index(self.place(&moved, *i)?),
                key => key.clone(),
            });
        }
        Some(moved)
    }

    /// Where an item of a list stood in the text; `None` if the batch put it there.
    fn place(&self, list: &Route, index: usize) -> Option<usize> {
        match self.shifted.get(list) {
            Some((done, shift)) if index >= *done => index.checked_add_signed(*shift),
            Some(_) => None,
            None => Some(index),
        }
    }

    /// Whether a container has something left when the change has taken from it: what becomes
    /// empty is written anew, so that must be the only change there.
    fn leaves_some(&self, layout: &Layout<'_>, change: &Change) -> bool {
        let container = container(change);
        let taken = self.taken.get(container).copied().unwrap_or(0);
        !matches!(change, Change::Remove { .. })
            || patch::find(layout, container).is_some_and(|s| s.spot.kind.len() > taken + 1)
    }

    /// Whether patches keep clear of those that are there.
    fn accepts(&self, change: &Change, patches: &[Patch]) -> bool {
        let container = container(change);
        let adds_lines = !matches!(change, Change::Remove { .. });
        patches.iter().all(|patch| {
            let before = self.patches.range(..patch.start).next_back();
            let clear = before.is_none_or(|(_, all)| all.iter().all(|(p, _)| p.end <= patch.start))
                && self
                    .patches
                    .range(patch.start + 1..)
                    .next()
                    .is_none_or(|(s, _)| patch.end <= *s);
            let here = self.patches.get(&patch.start);
            // New lines at one place: what is deeper has come first.
            clear
                && here.is_none_or(|all| {
                    adds_lines
                        && patch.start == patch.end
                        && patch.text.starts_with(['\r', '\n'])
                        && all.iter().all(|(p, of)| p.start == p.end && of.starts_with(container))
                })
        })
    }

    fn add(&mut self, change: &Change, patches: Vec<Patch>) {
        let container = container(change).to_vec();
        for patch in patches {
            self.patches.entry(patch.start).or_default().push((patch, container.clone()));
        }
        for n in 0..=container.len() {
            self.above.insert(container[..n].to_vec());
        }
        match change {
            Change::Insert { index, .. } => {
                let (done, shift) = self.shifted.entry(container).or_insert((0, 0));
                *done = index.saturating_add_signed(1 - *shift);
                *shift -= 1;
            }
            Change::Set { route, .. } => {
                self.set.insert(route.clone());
            }
            Change::Remove { route } => {
                self.set.insert(route.clone());
                *self.taken.entry(container.clone()).or_insert(0) += 1;
                if let Some(Step::Index(index)) = route.last() {
                    let (done, shift) = self.shifted.entry(container).or_insert((0, 0));
                    *done = index.saturating_add_signed(-*shift);
                    *shift += 1;
                }
            }
        }
    }

    fn patches(self) -> Vec<Patch> {
        self.patches.into_values().flatten().map(|(patch, _)| patch).collect()
    }
}

/// The list or map in which a change is made.
fn container(change: &Change) -> &[Step] {
    match change {
        Change::Insert { seq, .. } => seq,
        Change::Set { route, .. } | Change::Remove { route } => {
            &route[..route.len().saturating_sub(1)]
        }
    }
}
