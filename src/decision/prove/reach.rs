//! Rules that say nothing of their own: duplicates, and those that can never decide.

use std::collections::HashMap;

use super::Prover;
use super::cover::search;
use super::zone::Zone;
use crate::decision::plan::RulePlan;
use crate::decision::space::{End, Held};
use crate::decision::table::Hit;
use crate::diag::Level;

impl Prover<'_> {
    /// Pairs of rules with the same cells and outputs, the later one beside the first.
    pub(super) fn duplicates(&mut self) -> HashMap<usize, usize> {
        let plan = &self.table.plan;
        let mut first: HashMap<(Vec<String>, u32), usize> = HashMap::new();
        let mut found = HashMap::new();
        for (i, rule) in plan.rules.iter().enumerate() {
            let mut cells: Vec<String> = rule.cells.iter().map(|(_, c)| format!("{c:?}")).collect();
            cells.sort_unstable();
            match first.entry((cells, plan.same[i])) {
                std::collections::hash_map::Entry::Occupied(entry) => {
                    found.insert(i, *entry.get());
                }
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(i);
                }
            }
        }
        let level = match self.table.hit {
            Hit::Unique => Level::Error,
            _ => Level::Warning,
        };
        let mut pairs: Vec<(usize, usize)> = found.iter().map(|(b, a)| (*a, *b)).collect();
        pairs.sort_by_key(|(a, b)| (*b, *a));
        for (a, b) in pairs {
            let message = format!(
                "rules {} and {} ask and give the same",
                self.table.rules[a].id, self.table.rules[b].id
            );
            self.add("duplicate-rule", level, message, &[a, b], Vec::new());
        }
        found
    }

    /// Rules that hold nowhere, or only where the policy prefers others.
    pub(super) fn unreachable(&mut self, duplicates: &HashMap<usize, usize>) {
        let plan = &self.table.plan;
        let ordered = matches!(self.table.hit, Hit::First | Hit::Priority);
        let mut earlier: Vec<usize> = Vec::new();
        for rule in plan.order.iter().map(|r| *r as usize) {
            if duplicates.contains_key(&rule) {
                continue;
            }
            if !self.budget.compare(earlier.len()) {
                self.stopped("rules that cannot decide may remain");
                break;
            }
            let mut not = self.impossible();
            let zone = Zone::everything(plan).and(&plan.rules[rule]);
            let before: Vec<usize> = match ordered {
                true => earlier.iter().copied().filter(|r| !self.apart(rule, *r)).collect(),
                false => Vec::new(),
            };
            not.extend(before.iter().map(|r| &plan.rules[*r]));
            earlier.push(rule);
            let mut reached = false;
            let end = if zone.is_empty() {
                End::Whole
            } else if not.is_empty() || self.sampled(rule, &not) {
                continue;
            } else {
                let start = self.extents[rule].clone();
                let must = [&plan.rules[rule]];
                search(&self.space, start, &must, &not, &mut self.budget, &mut |_| {
                    reached = true;
                    false
                })
            };
            match end {
                End::Bound => self.stopped("rules that cannot decide may remain"),
                _ if reached => {}
                _ => {
                    let meets = |r: &&usize| !zone.clone().and(&plan.rules[**r]).is_empty();
                    let before: Vec<usize> = before.iter().filter(meets).copied().collect();
                    self.masked(rule, &before, zone.is_empty());
                }
            }
        }
    }

    fn masked(&mut self, rule: usize, before: &[usize], empty: bool) {
        let id = &self.table.rules[rule].id;
        let names: Vec<&str> =
            before.iter().take(3).map(|r| self.table.rules[*r].id.as_str()).collect();
        let more = if before.len() > 3 { " and others" } else { "" };
        let message = if empty {
            format!("rule {id} can never hold: no value passes one of its tests")
        } else if before.is_empty() {
            format!("rule {id} can never hold: it asks only for what cannot occur")
        } else if self.table.hit == Hit::First {
            format!(
                "rule {id} can never decide: {}{more} come first wherever it holds",
                names.join(", ")
            )
        } else {
            format!(
                "rule {id} can never decide: {}{more} have priority wherever it holds",
                names.join(", ")
            )
        };
        let mut rules = before.to_vec();
        rules.truncate(3);
        rules.push(rule);
        self.add("masked-rule", Level::Error, message, &rules, Vec::new());
    }

    /// Whether one of a few points of a rule, spread over its box, meets none of the others.
    ///
    /// Most rules that can decide are seen to by this, without cutting.
    fn sampled(&self, rule: usize, not: &[&RulePlan]) -> bool {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut point = self.extents[rule].clone();
        for _ in 0..(20_000 / (not.len() + 1)).clamp(1, 32) {
            for (side, (low, high)) in point.iter_mut().zip(&self.extents[rule]) {
                if low >= high {
                    return false;
                }
                // A step of xorshift: the same points in every run.
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let at = low + u32::try_from(state % u64::from(high - low)).unwrap_or(0);
                *side = (at, at + 1);
            }
            let holds = self.space.rule(&self.table.plan.rules[rule], &point) == Held::Yes;
            if holds && not.iter().all(|other| self.space.rule(other, &point) == Held::No) {
                return true;
            }
        }
        false
    }

    /// Whether the boxes around two rules have no point in common.
    pub(super) fn apart(&self, a: usize, b: usize) -> bool {
        self.limited[a].iter().any(|dim| {
            let (x, y) = (self.extents[a][*dim], self.extents[b][*dim]);
            x.1 <= y.0 || y.1 <= x.0
        })
    }
}
