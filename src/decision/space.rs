//! Boxes in the space of a table's inputs, and what a rule is over a box.

use super::plan::{Cell, Plan, RulePlan};

/// Whether something holds over a whole box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// At no point.
    No,
    /// At every point.
    Yes,
    /// At some points; the first cut that tells them apart.
    Partly(Cut),
}

/// Where to cut a box: below this place of this dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) dim: u32,
    pub(super) at: u32,
}

/// A box: in each dimension the places `low..high`.
pub(super) type Region = Vec<(u32, u32)>;

/// How an exploration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Every part was visited.
    Whole,
    /// The visitor had seen enough.
    Stopped,
    /// The bound was reached.
    Bound,
}

/// The space of a plan, some dimensions limited to single points.
#[derive(Debug, Clone)]
pub(super) struct Space<'p> {
    pub(super) plan: &'p Plan,
    /// For a dimension limited to some segments: those. Places of a box count in them.
    pub(super) points: Vec<Option<Box<[u32]>>>,
}

impl<'p> Space<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Space { plan, points: Vec::new() }
    }

    fn points(&self, dim: u32) -> Option<&[u32]> {
        self.points.get(dim as usize)?.as_deref()
    }

    pub(super) fn cell(&self, cell: &Cell, region: &[(u32, u32)]) -> Held {
        match cell {
            Cell::Range { dim, low: a, high: b } => {
                let (low, high) = region[*dim as usize];
                if let Some(points) = self.points(*dim) {
                    return among(*dim, points, low, high, |s| s >= *a && s < *b);
                }
                if low >= *a && high <= *b {
                    Held::Yes
                } else if high <= *a || low >= *b {
                    Held::No
                } else {
                    Held::Partly(Cut { dim: *dim, at: if *a > low { *a } else { *b } })
                }
            }
            Cell::In { dim, set } => {
                let (low, high) = region[*dim as usize];
                if let Some(points) = self.points(*dim) {
                    return among(*dim, points, low, high, |s| set.has(s));
                }
                match set.count(low, high) {
                    0 => Held::No,
                    n if n == high - low => Held::Yes,
                    _ => {
                        let from = set.0.partition_point(|(_, b)| *b <= low);
                        let (a, b) = set.0[from];
                        Held::Partly(Cut { dim: *dim, at: if a > low { a } else { b } })
                    }
                }
            }
            Cell::AnyOf { dims } => {
                let mut open = None;
                for dim in dims {
                    match region[*dim as usize] {
                        (1, _) => return Held::Yes,
                        (_, 1) => {}
                        _ => open = open.or(Some(*dim)),
                    }
                }
                open.map_or(Held::No, |dim| Held::Partly(Cut { dim, at: 1 }))
            }
        }
    }

    /// The rules that may hold in a box, in the order of the policy, and perhaps some more.
    pub(super) fn worth_asking(&self, region: &[(u32, u32)]) -> &'p [u32] {
        let short = self.plan.shortlist.as_ref().and_then(|shortlist| {
            let (low, high) = *region.get(shortlist.dim as usize)?;
            let place = match self.points(shortlist.dim) {
                None if high == low + 1 => low,
                _ => return None,
            };
            shortlist.rules.get(place as usize).map(Vec::as_slice)
        });
        short.unwrap_or(&self.plan.order)
    }

    /// What a rule is over a box: the conjunction of its cells, which ask different things.
    pub(super) fn rule(&self, rule: &RulePlan, region: &[(u32, u32)]) -> Held {
        let mut held = Held::Yes;
        for (_, cell) in &rule.cells {
            match self.cell(cell, region) {
                Held::No => return Held::No,
                Held::Yes => {}
                partly => {
                    if held == Held::Yes {
                        held = partly;
                    }
                }
            }
        }
        held
    }

    /// Whether some point of a box can occur at all.
    pub(super) fn possible(&self, region: &Region, budget: &mut u32) -> bool {
        if self.plan.impossible.is_empty() {
            return true;
        }
        let mut stack = vec![region.clone()];
        while let Some(region) = stack.pop() {
            if *budget == 0 {
                return true;
            }
            *budget -= 1;
            let mut cut = None;
            let mut excluded = false;
            for impossible in &self.plan.impossible {
                match self.rule(impossible, &region) {
                    Held::No => {}
                    Held::Yes => {
                        excluded = true;
                        break;
                    }
                    Held::Partly(c) => cut = cut.or(Some(c)),
                }
            }
            match cut {
                _ if excluded => {}
                None => return true,
                Some(cut) => stack.extend(halves(&region, cut)),
            }
        }
        false
    }

    /// Visits a box in parts over each of which every rule of `rules` holds or does not.
    ///
    /// `ordered`: only the first rule that holds matters, in the order of `rules`. The visitor
    /// gets the part and the rules that hold there, and says whether to go on. Parts that cannot
    /// occur are left out.
    pub(super) fn explore(
        &self,
        region: Region,
        rules: Vec<u32>,
        ordered: bool,
        budget: &mut u32,
        visit: &mut dyn FnMut(&Region, &[u32]) -> bool,
    ) -> End {
        // Boxes and lists of rules lie end to end in two buffers: this runs for every decision.
        let width = region.len();
        let mut here = region.clone();
        let mut boxes = region;
        let mut lists = rules;
        let mut stack = vec![(0, lists.len())];
        while let Some((from, to)) = stack.pop() {
            if *budget == 0 {
                return End::Bound;
            }
            // Long lists of rules count for more, so that a bound on boxes is one on time.
            let work = (to - from).saturating_mul(self.plan.weight);
            let weight = u32::try_from(work / 1024).unwrap_or(u32::MAX);
            *budget = budget.saturating_sub(weight.saturating_add(1));
            let start = boxes.len() - width;
            here.copy_from_slice(&boxes[start..]);
            boxes.truncate(start);
            lists.truncate(to);
            let mut cut = None;
            for place in from..to {
                let rule = lists[place];
                match self.rule(&self.plan.rules[rule as usize], &here) {
                    Held::No => {}
                    Held::Yes => {
                        lists.push(rule);
                        if ordered {
                            break;
                        }
                    }
                    Held::Partly(c) => {
                        lists.push(rule);
                        cut = cut.or(Some(c));
                    }
                }
            }
            if let Some(Cut { dim, at }) = cut {
                let rest = (to, lists.len());
                for side in [(at, here[dim as usize].1), (here[dim as usize].0, at)] {
                    boxes.extend_from_slice(&here);
                    let end = boxes.len() - width + dim as usize;
                    boxes[end] = side;
                    stack.push(rest);
                }
            } else if self.possible(&here, budget) && !visit(&here, &lists[to..]) {
                return End::Stopped;
            }
        }
        End::Whole
    }
}

/// A box cut in two.
pub(super) fn halves(region: &Region, cut: Cut) -> [Region; 2] {
    let (mut low, mut high) = (region.clone(), region.clone());
    low[cut.dim as usize].1 = cut.at;
    high[cut.dim as usize].0 = cut.at;
    [low, high]
}

fn among(dim: u32, points: &[u32], low: u32, high: u32, accepts: impl Fn(u32) -> bool) -> Held {
    let inside = |place: u32| points.get(place as usize).is_some_and(|s| accepts(*s));
    let first = inside(low);
    match (low + 1..high).find(|place| inside(*place) != first) {
        Some(at) => Held::Partly(Cut { dim, at }),
        None if first => Held::Yes,
        None => Held::No,
    }
}
