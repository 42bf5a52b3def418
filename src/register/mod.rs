//! All records of a workspace, read side by side: what reports, lists and checks work on.
//!
//! One bad record never hides the others: it stands in [`Register::bad`] with everything that is
//! wrong with it.

mod bytes;
pub mod card;
mod find;
mod tally;

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::diag::{Diagnostic, Diagnostics, Place, Source};
use crate::incident::{IncidentId, Record, parse};

pub use card::{Card, Standing};
pub use find::{Filter, NotFound, find, id_of_path};
pub use tally::{Given, Tally};

/// A record and where it stands.
#[derive(Debug, Clone)]
pub struct Held {
    /// Path below the workspace.
    pub path: String,
    /// The record.
    pub record: Record,
}

/// A file that should be a record and is none.
#[derive(Debug, Clone)]
pub struct Bad {
    /// Path below the workspace.
    pub path: String,
    /// What is wrong with it.
    pub found: Diagnostics,
}

/// All records, by id, and all that could not be read.
#[derive(Debug, Clone, Default)]
pub struct Register {
    /// The records in the order of their ids, which is that of their opening dates.
    pub records: Vec<Held>,
    /// What is no record, by path.
    pub bad: Vec<Bad>,
}

impl Register {
    /// Reads texts on all cores; `read` gives the text of a path or says why it cannot.
    pub fn load(
        paths: &[String],
        read: impl Fn(&str) -> Result<String, Diagnostic> + Sync,
    ) -> Register {
        let read_one = |path: &String| match read(path) {
            Ok(text) => read_record(path, &text),
            Err(problem) => Err(Bad { path: path.clone(), found: problem.into() }),
        };
        let mut register = Register::default();
        for one in paths.par_iter().map(read_one).collect::<Vec<_>>() {
            match one {
                Ok(held) => register.records.push(held),
                Err(bad) => register.bad.push(bad),
            }
        }
        register.refuse_twins();
        register.records.sort_by(|a, b| a.record.id.cmp(&b.record.id));
        register.bad.sort_by(|a, b| a.path.cmp(&b.path));
        register
    }

    fn refuse_twins(&mut self) {
        let twins = twins(self.records.iter().map(|h| (h.record.uid.as_str(), h.path.as_str())));
        let paths: HashSet<&str> = twins.iter().map(|t| t.path.as_str()).collect();
        self.records.retain(|held| !paths.contains(held.path.as_str()));
        self.bad.extend(twins);
    }

    /// The record of an id.
    pub fn get(&self, id: &IncidentId) -> Option<&Held> {
        self.records.binary_search_by(|held| held.record.id.cmp(id)).ok().map(|i| &self.records[i])
    }

    /// Records whose responders are still needed; planned work and stubs included.
    pub fn open(&self) -> impl Iterator<Item = &Held> {
        self.records.iter().filter(|held| held.record.status.is_open())
    }

    /// Merged records and children of an incident: with it, one family that counts once.
    ///
    /// All records are gone through: few are asked for theirs, and each once.
    pub fn family<'a>(&'a self, of: &Record) -> impl Iterator<Item = &'a Record> {
        let belongs = |record: &&Record| {
            record.merged_into.as_ref() == Some(&of.id) || record.parent.as_ref() == Some(&of.id)
        };
        self.records.iter().map(|held| &held.record).filter(belongs)
    }
}

/// Two folders with one `uid` are one incident copied: all but the first are refused.
///
/// `records` are uids and paths, in the order of the paths.
pub fn twins<'a>(records: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Bad> {
    let records = records.into_iter();
    let mut first: HashMap<&str, &str> = HashMap::with_capacity(records.size_hint().0);
    let mut twins = Vec::new();
    for (uid, path) in records {
        if let Some(other) = first.insert(uid, path) {
            let message = format!("`uid` {uid} also names {other}");
            let d = Diagnostic::error("duplicate-uid", message).at(Place::file(path)).help(
                "a copied record needs an id and uid of its own: remove the copy, or open it anew",
            );
            twins.push(Bad { path: path.to_owned(), found: d.into() });
        }
    }
    twins
}

/// Reads one record and checks that its folder has its name.
///
/// # Errors
///
/// What is wrong with the record, or that folder and id differ.
pub fn read_record(path: &str, text: &str) -> Result<Held, Bad> {
    let bad = |found| Bad { path: path.to_owned(), found };
    let parsed = parse(Source::new(path, text)).map_err(bad)?;
    let record = parsed.record;
    if path != record.id.path() {
        let at = parsed.node.get("id").map_or(parsed.node.range, |n| n.range);
        let d = Diagnostic::error(
            "id-and-folder",
            format!("{} stands in the folder of another id", record.id),
        )
        .at(Source::new(path, text).place(at))
        .help(format!("its place is {}", record.id.path()));
        return Err(bad(d.into()));
    }
    Ok(Held { path: path.to_owned(), record })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(suffix: &str, uid: char) -> String {
        format!(
            "schema: 1\nid: INC-20261121-{suffix}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5{uid}\ntitle: Cards\nstatus: detected\n"
        )
    }

    fn path(suffix: &str) -> String {
        format!("incidents/2026/11/INC-20261121-{suffix}/incident.yaml")
    }

    #[test]
    fn bad_records_never_hide_the_others() {
        let files = [
            (path("7QKM"), text("7QKM", 'N')),
            (path("AAAA"), text("BBBB", 'P')),
            (path("CCCC"), "nonsense: [".into()),
            (path("DDDD"), text("DDDD", 'N')),
        ];
        let paths: Vec<_> = files.iter().map(|(p, _)| p.clone()).collect();
        let register = Register::load(&paths, |p| {
            Ok(files.iter().find(|(path, _)| path == p).unwrap().1.clone())
        });
        let bad: Vec<_> = register.bad.iter().map(|b| b.found.0[0].code.as_str()).collect();
        assert_eq!(register.records.len(), 1);
        assert_eq!(bad, ["id-and-folder", "not-yaml", "duplicate-uid"]);
    }
}
