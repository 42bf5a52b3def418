//! The rules that are worth asking where one input is known.

use super::plan::{Asks, Cell, Plan};

/// For each place in the dimension that tells most rules apart, the rules that may hold there.
///
/// A table such as `targets` has rules for each of its targets; once the target is known, the
/// others are not looked at.
#[derive(Debug, Clone)]
pub(super) struct Shortlist {
    /// The dimension.
    pub(super) dim: u32,
    /// The rules for each of its places, in the order of the policy.
    pub(super) rules: Vec<Vec<u32>>,
}

/// How many entries for each rule a list may have, so that it grows with the table.
const MAX_ENTRIES: usize = 4;

impl Shortlist {
    /// The shortest lists that one dimension gives; none where no dimension halves them.
    pub(super) fn new(plan: &Plan) -> Option<Shortlist> {
        // What a rule does not ask about, it accepts everywhere.
        let everywhere = |dim: usize| places(plan, dim) * plan.rules.len();
        let mut entries: Vec<usize> = (0..plan.dims.len()).map(everywhere).collect();
        for (dim, low, high) in plan.rules.iter().flat_map(|rule| &rule.cells).filter_map(range) {
            let left_out = places(plan, dim as usize).saturating_sub((high - low) as usize);
            entries[dim as usize] = entries[dim as usize].saturating_sub(left_out);
        }
        let average = |dim: usize| entries[dim] / places(plan, dim).max(1);
        let dims = (0..plan.dims.len()).filter(|dim| plan.dims[*dim].asks == Asks::Value);
        let best = dims.filter(|dim| entries[*dim] <= MAX_ENTRIES * plan.rules.len());
        let best = best.min_by_key(|dim| average(*dim))?;
        if 2 * average(best) > plan.rules.len() {
            return None;
        }
        let mut rules = vec![Vec::new(); places(plan, best)];
        for rule in &plan.order {
            let cells = plan.rules[*rule as usize].cells.iter().filter_map(range);
            let here = cells.filter(|(dim, _, _)| *dim as usize == best);
            let (low, high) =
                here.fold((0, u32::MAX), |(low, high), (_, a, b)| (low.max(a), high.min(b)));
            for list in rules.iter_mut().take(high as usize).skip(low as usize) {
                list.push(*rule);
            }
        }
        Some(Shortlist { dim: u32::try_from(best).ok()?, rules })
    }
}

/// The places of a dimension that a value can lie in, "no value" with them.
fn places(plan: &Plan, dim: usize) -> usize {
    plan.dims[dim].size as usize + 1
}

fn range((_, cell): &(u32, Cell)) -> Option<(u32, u32, u32)> {
    match cell {
        Cell::Range { dim, low, high } => Some((*dim, *low, (*high).max(*low))),
        Cell::In { .. } | Cell::AnyOf { .. } => None,
    }
}
