//! Overlaps, pair by pair.

use std::collections::HashMap;

use super::cover::search;
use super::zone::{Zone, line};
use super::{MAX_REPORTED, Prover};
use crate::decision::plan::Cell;
use crate::decision::space::End;
use crate::decision::table::Hit;
use crate::diag::Level;

/// How many pairs of rules are looked at closely.
const MAX_PAIRS: usize = 200_000;

impl Prover<'_> {
    /// Finds the pairs of rules that hold at a common point.
    pub(super) fn overlaps(&mut self, duplicates: &HashMap<usize, usize>) {
        // Rules sorted along one dimension: behind the end of a rule there is none to compare.
        let dim = self.most_telling();
        let count = self.table.plan.rules.len();
        let begin = |rule: usize| dim.map_or(0, |dim| self.extents[rule][dim].0);
        let behind = |a: usize, b: usize| {
            dim.is_some_and(|dim| self.extents[b][dim].0 >= self.extents[a][dim].1)
        };
        let mut sorted: Vec<usize> = (0..count).collect();
        sorted.sort_by_key(|rule| (begin(*rule), *rule));
        let mut pairs = Vec::new();
        for (place, a) in sorted.iter().enumerate() {
            if !self.budget.compare(count - place) {
                self.stopped("overlaps may remain");
                break;
            }
            for b in &sorted[place + 1..] {
                if behind(*a, *b) {
                    break;
                }
                if !self.apart(*a, *b) {
                    pairs.push((*a.min(b), *a.max(b)));
                }
            }
            if pairs.len() > MAX_PAIRS {
                self.proof.more += 1;
                break;
            }
        }
        pairs.sort_unstable();
        for (a, b) in pairs {
            if !self.budget.compare(8 * self.domain.len()) {
                return self.stopped("overlaps may remain");
            }
            self.pair(a, b, duplicates);
        }
    }

    /// The dimension along which rules begin at the most different places.
    fn most_telling(&self) -> Option<usize> {
        let plan = &self.table.plan;
        let mut begins: Vec<Vec<u32>> = vec![Vec::new(); plan.dims.len()];
        for (_, cell) in plan.rules.iter().flat_map(|r| &r.cells) {
            if let Cell::Range { dim, low, .. } = cell {
                begins[*dim as usize].push(*low);
            }
        }
        for places in &mut begins {
            places.sort_unstable();
            places.dedup();
        }
        let best = (0..begins.len()).max_by_key(|dim| (begins[*dim].len(), usize::MAX - dim))?;
        (!begins[best].is_empty()).then_some(best)
    }

    fn pair(&mut self, a: usize, b: usize, duplicates: &HashMap<usize, usize>) {
        let plan = &self.table.plan;
        if duplicates.get(&b) == Some(&a) {
            return;
        }
        let differ = plan.same[a] != plan.same[b];
        let wrong = match self.table.hit {
            Hit::Unique => true,
            Hit::Any => differ,
            _ => false,
        };
        let listed = match wrong {
            true => self.proof.findings.iter().filter(|f| f.code == "overlap").count(),
            false => self.proof.overlaps.len(),
        };
        if listed >= MAX_REPORTED {
            self.proof.more += 1;
            return;
        }
        let zone = Zone::everything(plan).and(&plan.rules[a]).and(&plan.rules[b]);
        if zone.is_empty() || !self.can_occur(a, b) {
            return;
        }
        let words = zone.words(self.table);
        let (first, second) = (&self.table.rules[a].id, &self.table.rules[b].id);
        let and = match (wrong, self.table.hit) {
            (true, Hit::Any) => " and give different outputs",
            _ => "",
        };
        let message = format!("rules {first} and {second} both hold{and} for: {}", line(&words));
        let level = if wrong { Level::Error } else { Level::Note };
        let finding = self.finding("overlap", level, message, &[a, b], words);
        if wrong {
            self.proof.findings.push(finding);
        } else {
            self.proof.overlaps.push(finding);
        }
    }

    /// Whether two rules hold together somewhere that can occur.
    fn can_occur(&mut self, a: usize, b: usize) -> bool {
        let not = self.impossible();
        if not.is_empty() {
            return true;
        }
        let must = [&self.table.plan.rules[a], &self.table.plan.rules[b]];
        let mut found = false;
        let start = self.extents[a].clone();
        let end = search(&self.space, start, &must, &not, &mut self.budget, &mut |_| {
            found = true;
            false
        });
        if end == End::Bound {
            self.stopped("overlaps may be impossible ones");
        }
        found || end == End::Bound
    }
}
