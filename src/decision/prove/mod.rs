//! Proofs over the whole space of a table's inputs: gaps, overlaps, rules that cannot decide.
//!
//! The geometry is that of Calvanese et al., "Semantics and Analysis of DMN Decision Tables"
//! (BPM 2016): a rule is a box over the inputs' segments.

mod cover;
mod pairs;
mod reach;
mod tighten;
mod zone;

use super::plan::{Cell, RulePlan};
use super::space::{End, Held, Region, Space};
use super::table::Table;
use super::unary::Test;
use crate::diag::{Diagnostic, Level, Source, TextRange};
pub use tighten::{IsStricter, looser};

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
        let range = rules.last().map_or(self.table.promise, |r| self.table.rules[*r].range);
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
