//! The search for points where some rules hold and others do not.
//!
//! A box is cut at an edge of a rule until every rule covers it or misses it. The edge is one that
//! cuts as few of the other rules as possible, and of those the one that divides them most evenly:
//! where rules do not overlap there is often an edge that cuts none, and the number of boxes stays
//! twice the number of rules (measured: 2,999 boxes for 1,500 rules).

use std::rc::Rc;

use crate::decision::plan::{Cell, Plan, RulePlan};
use crate::decision::space::{Cut, End, Held, Region, Space, halves};

/// How many boxes the proof of one table may look at.
pub(super) const MAX_CELLS: u32 = 1_000_000;
/// How often a rule may be held against a box, so that many rules in many boxes end too.
pub(super) const MAX_VISITS: u64 = 60_000_000;

/// What is left of the bound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub(super) cells: u32,
    pub(super) visits: u64,
}

impl Budget {
    pub(super) fn whole() -> Self {
        Budget { cells: MAX_CELLS, visits: MAX_VISITS }
    }

    /// Boxes that were looked at.
    pub(super) fn used(&self) -> u32 {
        MAX_CELLS - self.cells
    }

    /// Pays for comparisons of pairs; false where the bound is reached.
    pub(super) fn compare(&mut self, pairs: usize) -> bool {
        // A comparison costs a fraction of a visit.
        let visits = u64::try_from(pairs / 8).unwrap_or(u64::MAX);
        let enough = self.visits >= visits;
        self.visits = self.visits.saturating_sub(visits);
        enough
    }

    /// Pays for one box held against some rules; false where the bound is reached.
    fn spend(&mut self, rules: usize) -> bool {
        let visits = u64::try_from(rules).unwrap_or(u64::MAX) + 1;
        if self.cells == 0 || self.visits < visits {
            return false;
        }
        self.cells -= 1;
        self.visits -= visits;
        true
    }
}

/// Finds the boxes of `start` in which all of `must` hold and none of `not`.
///
/// `found` says whether to go on.
pub(super) fn search(
    space: &Space<'_>,
    start: Region,
    must: &[&RulePlan],
    not: &[&RulePlan],
    budget: &mut Budget,
    found: &mut dyn FnMut(&Region) -> bool,
) -> End {
    let all: Rc<[u32]> = (0..u32::try_from(not.len()).unwrap_or(u32::MAX)).collect();
    let mut stack: Vec<(Region, Rc<[u32]>)> = vec![(start, all)];
    while let Some((region, alive)) = stack.pop() {
        if region.iter().any(|(low, high)| low >= high) {
            continue;
        }
        // A box of many sides costs more than its rules do.
        let rules = (alive.len() + must.len()).saturating_mul(space.plan.weight);
        if !budget.spend(rules + region.len() / 4) {
            return End::Bound;
        }
        let mut cut = None;
        let mut outside = false;
        for rule in must {
            match space.rule(rule, &region) {
                Held::No => {
                    outside = true;
                    break;
                }
                Held::Yes => {}
                Held::Partly(c) => cut = cut.or(Some(c)),
            }
        }
        if outside {
            continue;
        }
        let (mut rest, mut other) = (Vec::with_capacity(alive.len()), None);
        for place in alive.iter() {
            match space.rule(not[*place as usize], &region) {
                Held::No => {}
                Held::Yes => {
                    outside = true;
                    break;
                }
                Held::Partly(c) => {
                    rest.push(*place);
                    other = other.or(Some(c));
                }
            }
        }
        if outside {
            continue;
        }
        // What must hold is carved out first, so that the rest is searched only there.
        let cut = cut.or_else(|| best_cut(space.plan, &region, not, &rest)).or(other);
        let Some(cut) = cut else {
            if !found(&region) {
                return End::Stopped;
            }
            continue;
        };
        let rest: Rc<[u32]> = rest.into();
        let [low, high] = halves(&region, cut);
        stack.push((high, Rc::clone(&rest)));
        stack.push((low, rest));
    }
    End::Whole
}

/// The rules' edge within a box that cuts the fewest of them, and divides them most evenly.
fn best_cut(plan: &Plan, region: &Region, rules: &[&RulePlan], alive: &[u32]) -> Option<Cut> {
    if alive.is_empty() {
        return None;
    }
    let mut lows: Vec<Vec<u32>> = vec![Vec::new(); plan.dims.len()];
    let mut highs: Vec<Vec<u32>> = vec![Vec::new(); plan.dims.len()];
    for place in alive {
        for (_, cell) in &rules[*place as usize].cells {
            let (dim, low, high) = match cell {
                Cell::Range { dim, low, high } => (*dim, *low, *high),
                Cell::In { dim, set } => {
                    let ends = set.0.first().zip(set.0.last());
                    let Some(((low, _), (_, high))) = ends else { continue };
                    (*dim, *low, *high)
                }
                Cell::AnyOf { .. } => continue,
            };
            lows[dim as usize].push(low);
            highs[dim as usize].push(high);
        }
    }
    // (rules kept whole, rules on the smaller side), the more the better.
    let mut best: Option<((usize, usize), Cut)> = None;
    for (dim, (lows, highs)) in lows.iter_mut().zip(&mut highs).enumerate() {
        if lows.is_empty() {
            continue;
        }
        lows.sort_unstable();
        highs.sort_unstable();
        let (from, to) = region[dim];
        let mut consider = |at: u32| {
            if at <= from || at >= to {
                return;
            }
            let left = highs.partition_point(|high| *high <= at);
            let right = lows.len() - lows.partition_point(|low| *low < at);
            let score = (left + right, left.min(right));
            if best.is_none_or(|(known, _)| score > known) {
                let dim = u32::try_from(dim).unwrap_or(u32::MAX);
                best = Some((score, Cut { dim, at }));
            }
        };
        let mut last = None;
        for at in lows.iter().chain(highs.iter()) {
            if last != Some(*at) {
                consider(*at);
                last = Some(*at);
            }
        }
    }
    best.map(|(_, cut)| cut)
}
