//! The proof of every table of a standard, and of those that a vertical tightens.

use rayon::prelude::*;

use super::{Standard, is_elsewhere, is_list, within};
use crate::decision::{Catalogue, Proof, Table, TableFile, load_all, looser, prove};
use crate::diag::{Diagnostic, Diagnostics, Place, Source};

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
        for table in self.versions.iter().flat_map(super::Policies::all) {
            // A version of the folder repeats the tables that no new file replaces.
            if !tables.iter().any(|t| t.file == table.file && t.name == table.name) {
                tables.push(table);
            }
        }
        tables.sort_by_key(|table| (table.file.as_str(), table.range.start));
        let proved = |table: &&Table| {
            let proof = prove(table);
            let placed = |findings: &[crate::decision::Finding]| {
                let at = |f: &crate::decision::Finding| {
                    let message = format!("table {}: {}", table.name, f.message);
                    let diagnostic = Diagnostic::new(f.level, f.code, message);
                    self.placed(diagnostic, &table.file, f.range)
                };
                Diagnostics(findings.iter().map(at).collect())
            };
            let (findings, overlaps) = (placed(&proof.findings), placed(&proof.overlaps));
            Proved { file: table.file.clone(), proof, findings, overlaps }
        };
        tables.par_iter().map(proved).collect()
    }

    /// What is wrong with the tables of verticals: mistakes of reading, tables that the company
    /// does not have, rules that are looser than the company's on some box.
    pub fn looser_verticals(&self, catalogue: &dyn Catalogue) -> Diagnostics {
        let mut found = Diagnostics::default();
        let mut files: Vec<_> = self.files.iter().collect();
        files.sort_unstable();
        for (name, (path, text)) in files.iter().filter(|(name, _)| name.starts_with("verticals/"))
        {
            let company_name = base(name.rsplit('/').next().unwrap_or(name));
            let source = Source::new(path, text);
            // Under its whole name, so that it stands beside the company's table of that name.
            let own_name = name.trim_end_matches(".toml");
            let mut together = vec![TableFile { source, name: own_name, also: &[] }];
            // In the order of their names: of several versions of a file, the last one stands.
            for (other, (path, text)) in &files {
                if is_list(other) || is_elsewhere(other) || other.contains('/') {
                    continue;
                }
                together.retain(|file| file.name != base(other));
                let source = Source::new(path, text);
                together.push(TableFile { source, name: base(other), also: &[] });
            }
            let tables = match load_all(&together, catalogue) {
                Ok(loaded) => loaded.tables,
                Err(wrong) => {
                    let here = |d: &Diagnostic| d.place.as_ref().is_some_and(|p| p.file == *path);
                    // Mistakes of the company's own files were told when those were read.
                    found.extend(wrong.into_iter().filter(here));
                    continue;
                }
            };
            for table in tables.iter().filter(|table| within(&table.file) == name.as_str()) {
                match self.newest_policies().and_then(|p| p.table(company_name)) {
                    Some(company) => {
                        let findings = looser(company, table);
                        found.extend(findings.iter().map(|f| f.diagnostic(source)));
                    }
                    None => found.push(
                        Diagnostic::error(
                            "tightens-nothing",
                            format!("the company has no table `{company_name}`"),
                        )
                        .at(Place::file(path))
                        .help("a vertical's file has the name of the table that it tightens"),
                    ),
                }
            }
        }
        found
    }
}

/// The name of a table's file without version and ending.
fn base(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
