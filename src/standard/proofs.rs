//! The proof of every table of a standard, and of those that a vertical tightens.

use rayon::prelude::*;

use super::Standard;
use super::verticals::is_stricter;
use crate::decision::{Proof, Table, looser, prove};
use crate::diag::{Diagnostic, Diagnostics};

/// What is proved of one table.
#[derive(Debug, Clone)]
pub struct Proved {
    /// Path of the file, as shown.
    pub file: String,
    /// The proof.
    pub proof: Proof,
    /// What is wrong, each at its line.
    pub findings: Diagnostics,
    /// Overlaps that the hit policy resolves, each at its line.
    pub overlaps: Diagnostics,
}

impl Standard {
    /// Proves every table of every version, in the order of their files and lines.
    pub fn proofs(&self) -> Vec<Proved> {
        let mut tables: Vec<&Table> = Vec::new();
        let company = self.versions.iter().flat_map(super::Policies::all);
        let verticals = self.versions.iter().flat_map(|p| p.verticals().iter().map(|t| &t.table));
        for table in company.chain(verticals) {
            // A version of the folder repeats the tables that no new file replaces.
            if !tables.iter().any(|t| t.file == table.file && t.name == table.name) {
                tables.push(table);
            }
        }
        tables.sort_by_key(|table| (table.file.as_str(), table.range.start));
        prove_all(self, &tables)
    }

    /// Where a vertical's table is looser than the company's, or cannot be compared with it.
    pub fn looser_verticals(&self) -> Diagnostics {
        let mut found = Diagnostics::default();
        for policies in &self.versions {
            for one in policies.verticals() {
                let Some(company) = policies.table(&one.of) else { continue };
                for finding in looser(company, &one.table, &is_stricter) {
                    let diagnostic = Diagnostic::new(finding.level, finding.code, finding.message);
                    let diagnostic = self.placed(diagnostic, &one.table.file, finding.range);
                    // The same two files can be in force in several versions.
                    if !found.0.contains(&diagnostic) {
                        found.push(diagnostic);
                    }
                }
            }
        }
        found
    }
}

/// Proves tables side by side, in their order.
pub(super) fn prove_all(standard: &Standard, tables: &[&Table]) -> Vec<Proved> {
    let proved = |table: &&Table| {
        let proof = prove(table);
        let placed = |findings: &[crate::decision::Finding]| {
            let at = |f: &crate::decision::Finding| {
                let message = format!("table {}: {}", table.name, f.message);
                let diagnostic = Diagnostic::new(f.level, f.code, message);
                standard.placed(diagnostic, &table.file, f.range)
            };
            Diagnostics(findings.iter().map(at).collect())
        };
        let (findings, overlaps) = (placed(&proof.findings), placed(&proof.overlaps));
        Proved { file: table.file.clone(), proof, findings, overlaps }
    };
    tables.par_iter().map(proved).collect()
}
