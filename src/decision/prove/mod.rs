//! Proofs over the whole space of a table's inputs: gaps, overlaps, rules that cannot decide.
//!
//! The geometry is that of Calvanese et al., "Semantics and Analysis of DMN Decision Tables"
//! (BPM 2016): a rule is a box over the inputs' segments.
//!
//! The file is long because one proof is read from its question to its findings.

mod cover;
mod pairs;
mod tighten;
mod zone;

use std::collections::HashMap;

use super::plan::{Cell, RulePlan};
use super::space::{End, Held, Region, Space};
use super::table::{Hit, Table};
use super::unary::Test;
use crate::diag::{Diagnostic, Level, Source, TextRange};
pub use tighten::looser;

use cover::{Budget, search};
use zone::{Zone, end, line};

/// How many boxes of one kind are reported; the others are counted.
pub const MAX_REPORTED: usize = 100;

/// One thing that a proof found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// A stable name: `gap`, `overlap`, `masked-rule`, `duplicate-rule`, `test-always-true`,
    /// `test-never-true` or `unproved`.
    pub code: &'static str,
    /// How bad it is under the table's hit policy.
    pub level: Level,
    /// What is wrong, with the box in words.
    pub message: String,
    /// The rules that it is about.
    pub rules: Vec<String>,
    /// The box: what it says of each input that it limits.
    #[serde(rename = "box")]
    pub place: Vec<BoxSide>,
    /// Where in the file.
    #[serde(skip)]
    pub range: TextRange,
}

/// What a box says of one input.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BoxSide {
    /// The input.
    pub input: String,
    /// What it is in the box: `in [1%..5%)`.
    pub is: String,
}

impl Finding {
    /// The finding as a diagnostic of the table's file.
    pub fn diagnostic(&self, source: Source<'_>) -> Diagnostic {
        Diagnostic::new(self.level, self.code, self.message.clone()).at(source.place(self.range))
    }
}

/// What is proved of a table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Proof {
    /// The table.
    pub table: String,
    /// Whether every question was answered within the bound.
    pub proved: bool,
    /// Boxes that were looked at.
    pub boxes: u32,
    /// What is wrong, in the order of the kinds.
    pub findings: Vec<Finding>,
    /// Overlaps that the hit policy resolves.
    pub overlaps: Vec<Finding>,
    /// Findings beyond those that are listed.
    pub more: usize,
    #[serde(skip)]
    gaps: Vec<Zone>,
}

impl Proof {
    /// Whether nothing is wrong enough to refuse the table.
    pub fn holds(&self) -> bool {
        self.findings.iter().all(|f| f.level != Level::Error)
    }

    /// The proof as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned())
    }
}

/// Proves a table: gaps where it is `complete`, overlaps, rules that cannot decide, duplicates,
/// and tests that always or never hold.
pub fn prove(table: &Table) -> Proof {
    let domain: Region = (0..table.plan.dims.len()).map(|d| (0, end(&table.plan, d))).collect();
    let limited = |rule: &RulePlan| {
        let dims = rule.cells.iter().filter_map(|(_, cell)| match cell {
            Cell::Range { dim, .. } | Cell::In { dim, .. } => Some(*dim as usize),
            Cell::AnyOf { .. } => None,
        });
        dims.collect()
    };
    let mut prover = Prover {
        table,
        space: Space::new(&table.plan),
        extents: table.plan.rules.iter().map(|rule| around(rule, &domain)).collect(),
        limited: table.plan.rules.iter().map(limited).collect(),
        domain,
        budget: Budget::whole(),
        proof: Proof {
            table: table.name.clone(),
            proved: true,
            boxes: 0,
            findings: Vec::new(),
            overlaps: Vec::new(),
            more: 0,
            gaps: Vec::new(),
        },
    };
    if table.complete {
        prover.gaps();
    }
    let duplicates = prover.duplicates();
    prover.overlaps(&duplicates);
    prover.unreachable(&duplicates);
    prover.trivial_tests();
    prover.finish()
}

struct Prover<'t> {
    table: &'t Table,
    space: Space<'t>,
    domain: Region,
    /// The smallest box around each rule.
    extents: Vec<Region>,
    /// The dimensions that each rule limits by itself.
    limited: Vec<Vec<usize>>,
    budget: Budget,
    proof: Proof,
}

impl<'t> Prover<'t> {
    fn add(
        &mut self,
        code: &'static str,
        level: Level,
        message: String,
        rules: &[usize],
        words: Vec<(String, String)>,
    ) {
        if self.proof.findings.iter().filter(|f| f.code == code).count() >= MAX_REPORTED {
            self.proof.more += 1;
            return;
        }
        let finding = self.finding(code, level, message, rules, words);
        self.proof.findings.push(finding);
    }

    fn finding(
        &self,
        code: &'static str,
        level: Level,
        message: String,
        rules: &[usize],
        words: Vec<(String, String)>,
    ) -> Finding {
        // The later rule is the one that was added wrongly, most often.
        let range = rules.last().map_or(self.table.range, |r| self.table.rules[*r].range);
        Finding {
            code,
            level,
            message,
            rules: rules.iter().map(|r| self.table.rules[*r].id.clone()).collect(),
            place: words.into_iter().map(|(input, is)| BoxSide { input, is }).collect(),
            range,
        }
    }

    fn impossible(&self) -> Vec<&'t RulePlan> {
        self.table.plan.impossible.iter().collect()
    }

    fn gaps(&mut self) {
        let plan = &self.table.plan;
        let not: Vec<&RulePlan> = plan.rules.iter().chain(&plan.impossible).collect();
        let mut found: Vec<Region> = Vec::new();
        let mut uncounted = 0;
        let domain = self.domain.clone();
        let end = search(&self.space, domain, &[], &not, &mut self.budget, &mut |region| {
            if found.len() < 10_000 {
                found.push(region.clone());
            } else {
                uncounted += 1;
            }
            true
        });
        let mut zones: Vec<Zone> = Vec::new();
        for region in &found {
            if zones.iter().any(|zone| zone.covers(region)) {
                continue;
            }
            if zones.len() >= MAX_REPORTED {
                uncounted += 1;
                continue;
            }
            let mut zone = Zone::of_region(region);
            zone.grow(self.table);
            zones.push(zone);
        }
        for zone in &zones {
            let words = zone.words(self.table);
            let message = format!("no rule for: {}", line(&words));
            self.add("gap", Level::Error, message, &[], words);
        }
        self.proof.more += uncounted;
        self.proof.gaps = zones;
        if end == End::Bound {
            self.stopped("gaps may remain");
        }
    }

    fn stopped(&mut self, what: &str) {
        if !self.proof.proved {
            return;
        }
        self.proof.proved = false;
        let level = if self.table.partial_proof { Level::Note } else { Level::Error };
        let boxes = self.budget.used();
        let mut message = format!("the proof stopped after {boxes} boxes; {what}");
        if level == Level::Error {
            message.push_str("; split the table, or accept it with `proof = \"partial\"`");
        }
        self.add("unproved", level, message, &[], Vec::new());
    }

    /// Pairs of rules with the same cells and outputs, the later one beside the first.
    fn duplicates(&mut self) -> HashMap<usize, usize> {
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
    fn unreachable(&mut self, duplicates: &HashMap<usize, usize>) {
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
    fn apart(&self, a: usize, b: usize) -> bool {
        self.limited[a].iter().any(|dim| {
            let (x, y) = (self.extents[a][*dim], self.extents[b][*dim]);
            x.1 <= y.0 || y.1 <= x.0
        })
    }

    /// Tests that every value passes, or none.
    fn trivial_tests(&mut self) {
        let plan = &self.table.plan;
        for (r, rule) in self.table.rules.iter().enumerate() {
            for (c, condition) in rule.when.iter().enumerate() {
                if condition.test == Test::Any {
                    continue;
                }
                let cells = plan.rules[r].cells.iter().filter(|(of, _)| *of as usize == c);
                let held: Vec<Held> =
                    cells.map(|(_, cell)| self.space.cell(cell, &self.domain)).collect();
                let name = &self.table.inputs[condition.input].name;
                let (code, level, what) = if held.contains(&Held::No) {
                    ("test-never-true", Level::Error, "no value of")
                } else if held.iter().all(|h| *h == Held::Yes) {
                    ("test-always-true", Level::Warning, "every value of")
                } else {
                    continue;
                };
                let message =
                    format!("{what} `{name}` passes `{}` of rule {}", condition.test, rule.id);
                self.add(code, level, message, &[r], Vec::new());
                if let Some(last) = self.proof.findings.last_mut() {
                    last.range = condition.range;
                }
            }
        }
    }

    fn finish(mut self) -> Proof {
        self.proof.boxes = self.budget.used();
        self.proof
    }
}

/// The smallest box around a rule.
fn around(rule: &RulePlan, domain: &Region) -> Region {
    let mut region = domain.clone();
    for (_, cell) in &rule.cells {
        let (dim, low, high) = match cell {
            Cell::Range { dim, low, high } => (*dim, *low, *high),
            Cell::In { dim, set } => match (set.0.first(), set.0.last()) {
                (Some((low, _)), Some((_, high))) => (*dim, *low, *high),
                _ => continue,
            },
            Cell::AnyOf { .. } => continue,
        };
        let side = &mut region[dim as usize];
        *side = (side.0.max(low), side.1.min(high));
    }
    region
}

#[cfg(test)]
mod tests;
