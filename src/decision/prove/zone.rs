//! Zones: products of segments, one set for each dimension, in the words of the table.

use crate::decision::axis::Segments;
use crate::decision::plan::{Asks, Cell, Plan, RulePlan};
use crate::decision::table::Table;

/// A set of segments in each dimension, and lists of which one element must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    pub(super) sets: Vec<Segments>,
    pub(super) any_of: Vec<Box<[u32]>>,
}

/// The end of a dimension's segments, "no value" included where it is a value.
pub(super) fn end(plan: &Plan, dim: usize) -> u32 {
    plan.dims[dim].size + u32::from(plan.dims[dim].null)
}

impl Zone {
    /// All that can occur.
    pub(super) fn everything(plan: &Plan) -> Zone {
        let whole = |dim| Segments::new(vec![(0, end(plan, dim))]);
        Zone { sets: (0..plan.dims.len()).map(whole).collect(), any_of: Vec::new() }
    }

    pub(super) fn of_region(region: &[(u32, u32)]) -> Zone {
        let set = |(low, high): &(u32, u32)| Segments::new(vec![(*low, *high)]);
        Zone { sets: region.iter().map(set).collect(), any_of: Vec::new() }
    }

    /// The part of the zone where a rule holds.
    pub(super) fn and(mut self, rule: &RulePlan) -> Zone {
        for (_, cell) in &rule.cells {
            match cell {
                Cell::Range { dim, low, high } => {
                    let set = &mut self.sets[*dim as usize];
                    *set = set.and(&Segments(vec![(*low, *high)]));
                }
                Cell::In { dim, set } => {
                    let own = &mut self.sets[*dim as usize];
                    *own = own.and(set);
                }
                Cell::AnyOf { dims } => self.any_of.push(dims.clone()),
            }
        }
        // A list that has what it may have is said once.
        let settled = |dims: &[u32]| dims.iter().any(|d| self.sets[*d as usize].0 == [(1, 2)]);
        let open: Vec<Box<[u32]>> =
            self.any_of.iter().filter(|dims| !settled(dims)).cloned().collect();
        self.any_of = open;
        self
    }

    /// Whether no point is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.sets.iter().any(|set| set.0.is_empty())
            || self.any_of.iter().any(|dims| !dims.iter().any(|d| self.sets[*d as usize].has(1)))
    }

    /// Whether a box lies within it.
    pub(super) fn covers(&self, region: &[(u32, u32)]) -> bool {
        let within =
            |(set, (low, high)): (&Segments, &(u32, u32))| set.count(*low, *high) == high - low;
        self.any_of.is_empty() && self.sets.iter().zip(region).all(within)
    }

    /// Whether a rule holds at some point of it.
    fn meets(&self, rule: &RulePlan) -> bool {
        rule.cells.iter().all(|(_, cell)| match cell {
            Cell::Range { dim, low, high } => self.sets[*dim as usize].count(*low, *high) > 0,
            Cell::In { dim, set } => !self.sets[*dim as usize].and(set).0.is_empty(),
            Cell::AnyOf { dims } => dims.iter().any(|d| self.sets[*d as usize].has(1)),
        })
    }

    /// Grows the zone in one dimension after the other as far as no rule holds in it.
    pub(super) fn grow(&mut self, table: &Table) {
        let plan = &table.plan;
        for dim in 0..self.sets.len() {
            let whole = Segments::new(vec![(0, end(plan, dim))]);
            if self.sets[dim] == whole {
                continue;
            }
            let own = std::mem::replace(&mut self.sets[dim], whole.clone());
            let mut blocked: Vec<(u32, u32)> = Vec::new();
            for rule in plan.rules.iter().filter(|rule| self.meets(rule)) {
                let mut here = whole.0.clone();
                for (_, cell) in &rule.cells {
                    match cell {
                        Cell::Range { dim: d, low, high } if *d as usize == dim => {
                            here = vec![(*low, *high)];
                        }
                        Cell::In { dim: d, set } if *d as usize == dim => here = set.0.clone(),
                        Cell::AnyOf { dims } if dims.iter().any(|d| *d as usize == dim) => {
                            // The rest of the list's test fails in the zone, so only "yes" counts.
                            here = vec![(1, 2)];
                        }
                        _ => {}
                    }
                }
                blocked.extend(here);
            }
            let free = Segments::new(blocked).minus(end(plan, dim));
            let input = &plan.inputs[plan.dims[dim].input];
            let is_line = plan.dims[dim].asks == Asks::Value && input.axis.is_line();
            let size = plan.dims[dim].size;
            self.sets[dim] = match own.0.first() {
                Some((low, high)) if is_line && *low < size => {
                    // Of numbers, only the stretch around the zone; "unknown" is no neighbour.
                    let line = free.and(&Segments(vec![(0, size)]));
                    let around = line.0.iter().find(|(a, b)| a <= low && high <= b);
                    Segments(around.map_or_else(|| own.0.clone(), |found| vec![*found]))
                }
                _ => free,
            };
        }
    }

    /// What the zone says of each input: `customers_affected_percent` `in [1%..5%)`.
    pub(super) fn words(&self, table: &Table) -> Vec<(String, String)> {
        let plan = &table.plan;
        let mut found = Vec::new();
        for (i, input) in table.inputs.iter().enumerate() {
            let compiled = &plan.inputs[i];
            let words = match &compiled.classes {
                None => self.value_words(table, i),
                Some(_) => self.list_words(table, i),
            };
            if let Some(words) = words {
                found.push((input.name.clone(), words));
            }
        }
        found
    }

    fn value_words(&self, table: &Table, input: usize) -> Option<String> {
        let compiled = &table.plan.inputs[input];
        let dim = compiled.first;
        let (set, size) = (&self.sets[dim], compiled.axis.size);
        let nullable = table.plan.dims[dim].null;
        let known = set.and(&Segments(vec![(0, size)]));
        let (has_null, all) = (set.has(size), known.0 == [(0, size)]);
        match (known.0.is_empty(), compiled.axis.set_words(&known)) {
            (true, _) if size > 0 || has_null => Some("unknown".to_owned()),
            (_, Some(words)) if nullable && has_null => Some(format!("{words} or unknown")),
            (_, Some(words)) => Some(words),
            (_, None) if all && nullable && !has_null => Some("known".to_owned()),
            _ => None,
        }
    }

    fn list_words(&self, table: &Table, input: usize) -> Option<String> {
        let compiled = &table.plan.inputs[input];
        let classes = compiled.classes.as_ref()?;
        let (known, nullable) = (&self.sets[compiled.first], table.plan.dims[compiled.first].null);
        if known.0 == [(1, 2)] {
            return Some("unknown".to_owned());
        }
        let first = compiled.first + 1;
        let word = |class: usize| crate::decision::boxes::class_words(table, input, class);
        let sets = &self.sets[first..first + classes.members.len()];
        let mut parts = Vec::new();
        if sets.iter().all(|set| set.0 == [(0, 1)]) {
            parts.push("empty".to_owned());
        } else {
            let occurs = |class: &usize| table.plan.dims[first + class].size > 1;
            for (class, set) in sets.iter().enumerate().filter(|(class, _)| occurs(class)) {
                match set.0.as_slice() {
                    [(1, 2)] => parts.push(format!("has {}", word(class))),
                    [(0, 1)] => parts.push(format!("without {}", word(class))),
                    _ => {}
                }
            }
            for dims in &self.any_of {
                let own = dims.iter().map(|d| *d as usize);
                let own = own.filter(|d| (first..first + sets.len()).contains(d));
                let names: Vec<String> = own.map(|d| word(d - first)).collect();
                if !names.is_empty() {
                    parts.push(format!("has {}", names.join(" or ")));
                }
            }
        }
        if nullable && known.0 == [(0, 1)] && parts.is_empty() {
            parts.push("known".to_owned());
        }
        (!parts.is_empty()).then(|| parts.join(" and "))
    }
}

/// Words in one line: `a in [1..5), b = x`.
pub(super) fn line(words: &[(String, String)]) -> String {
    match words {
        [] => "anything".to_owned(),
        words => {
            let parts: Vec<String> = words.iter().map(|(n, w)| format!("{n} {w}")).collect();
            parts.join(", ")
        }
    }
}
