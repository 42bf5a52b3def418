//! What is wrong with records that can be read, or cannot: `inc check`.
//!
//! A check is data ([`CATALOGUE`]), a page (`docs/checks/<code>.md`) and a good and a bad record
//! (`tests/check/<code>/`); one test holds the three sets equal. A check says *where* as a route
//! into the record; the route becomes a line only for what was found, so that a clean workspace of
//! ten thousand records is read once.
//!
//! What depends on the clock is never an error: a build must not turn red because time passed.

mod actions;
mod catalogue;
mod duties;
mod explain;
mod files;
mod names;
mod references;
mod remark;
mod times;
mod titles;
mod waivers;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use crate::diag::{Diagnostic, Level, Place, Source};
use crate::incident::{IncidentId, Record};
use crate::register::{Held, Register, id_of_path};
use crate::units::{Instant, Span};
use crate::yaml;

pub use catalogue::{CATALOGUE, find};
pub use explain::{codes, explain};
pub use remark::Remark;

/// How much a check asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Tier {
    /// What every workspace wants.
    #[default]
    Basic,
    /// What a careful one wants too.
    Strict,
}

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Stable name, such as `unknown-service`.
    pub code: &'static str,
    /// Who wants it.
    pub tier: Tier,
    /// How bad a finding is, unless the workspace says otherwise.
    pub level: Level,
    /// What it looks for, in one line.
    pub summary: &'static str,
    /// How it looks.
    pub(crate) look: Look,
}

/// Where a check's findings come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    /// Reading the file.
    Reading,
    /// The record in its surroundings.
    Record(fn(&Subject<'_>) -> Vec<Remark>),
    /// What the record's waivers did to the other findings.
    Waivers,
}

/// The ids that the standard knows; people also by the other names that they write under.
///
/// A catalogue that does not exist is `None`: nothing can be unknown to it.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Of services.toml.
    pub services: Option<BTreeSet<String>>,
    /// Of people.toml.
    pub people: Option<BTreeSet<String>>,
    /// Of vendors.toml.
    pub vendors: Option<BTreeSet<String>>,
    /// Of clients.toml.
    pub clients: Option<BTreeSet<String>>,
    /// Of roles.toml.
    pub roles: Option<BTreeSet<String>>,
}

/// What a record is held against, besides the other records.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Now, on the workspace's wall clock: its date is "today".
    pub now: Instant,
    /// The standard's names.
    pub names: Names,
    /// Files below the workspace, with `/`; `None` when nobody looked.
    pub files: Option<HashSet<String>>,
    /// Those of them that git tracks.
    pub tracked: HashSet<String>,
}

/// Which checks run, over what.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Checks up to this tier run.
    pub tier: Tier,
    /// Only these codes, whatever their tier; all when empty.
    pub only: Vec<String>,
    /// Levels that the workspace sets; `None` turns a check off.
    pub levels: BTreeMap<String, Option<Level>>,
    /// Only these incidents; all when `None`.
    pub incidents: Option<BTreeSet<IncidentId>>,
}

impl Options {
    /// Codes that no check has, each as an error with the nearest one.
    pub fn unknown_codes(&self) -> Vec<Diagnostic> {
        let asked = self.only.iter().chain(self.levels.keys());
        asked
            .filter(|code| explain(code).is_none())
            .map(|code| {
                let message = format!("no check is called `{}`", words::shown(code));
                Diagnostic::error("unknown-check", message).did_you_mean(code, codes())
            })
            .collect()
    }

    /// The level of a check's findings; `None` when it does not run.
    fn level(&self, check: &Check) -> Option<Level> {
        let asked = match self.only.as_slice() {
            [] => check.tier <= self.tier,
            only => only.iter().any(|code| code == check.code),
        };
        let level = *self.levels.get(check.code).unwrap_or(&Some(check.level));
        level.filter(|_| asked)
    }
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check; for a file that cannot be read `unreadable-record`, the code says what is wrong.
    pub check: &'static str,
    /// The incident, where its name is known.
    pub incident: Option<IncidentId>,
    /// Path of the record below the workspace.
    pub path: String,
    /// What, where, and what to do.
    pub diagnostic: Diagnostic,
    /// Why somebody accepts it for a while.
    pub waived: Option<String>,
}

/// What all checks found in all records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What somebody should look at, by path and line.
    pub findings: Vec<Finding>,
    /// What a waiver accepts, in the same order.
    pub waived: Vec<Finding>,
    /// Files that were looked at.
    pub checked: usize,
}

impl Findings {
    /// How many findings have this level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|f| f.diagnostic.level == level).count()
    }

    /// Whether one of them is an error: then `inc check` answers no.
    pub fn has_errors(&self) -> bool {
        self.count(Level::Error) > 0
    }
}

/// Most findings of one check in one record that are listed one by one.
const LISTED: usize = 20;

/// A record and all that a check may look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    path: &'a str,
    record: &'a Record,
    register: &'a Register,
    /// Ids whose files are there and cannot be read.
    unread: &'a HashSet<IncidentId>,
    around: &'a Surroundings,
}

impl Subject<'_> {
    /// The four letters that people call it by.
    fn id(&self) -> &str {
        self.record.id.suffix()
    }

    /// Whether it came from another tool: nobody here could have done its duties.
    fn imported(&self) -> bool {
        self.record.x.get("x-import").is_some()
    }

    /// Whether its details live in another workspace.
    fn stub(&self) -> bool {
        self.record.restricted.is_some()
    }

    /// Whether responders owe it what the standard asks of an incident.
    fn on_duty(&self) -> bool {
        self.record.counts() && !self.stub() && !self.imported()
    }

    /// Time since it was detected, or began.
    fn age(&self) -> Span {
        let from = self.record.clocks().detected.or_else(|| self.record.began());
        from.map_or(Span::ZERO, |from| self.around.now.since(from))
    }
}

/// Runs the checks; `text` gives a record's text again, for the lines of what was found.
pub fn run(
    register: &Register,
    around: &Surroundings,
    options: &Options,
    text: impl Fn(&str) -> Option<String> + Sync,
) -> Findings {
    let wanted = |id: Option<&IncidentId>| match (&options.incidents, id) {
        (None, _) => true,
        (Some(some), Some(id)) => some.contains(id),
        (Some(_), None) => false,
    };
    let records: Vec<&Held> =
        register.records.iter().filter(|held| wanted(Some(&held.record.id))).collect();
    let bad: Vec<_> =
        register.bad.iter().filter(|bad| wanted(id_of_path(&bad.path).as_ref())).collect();
    let unread: HashSet<IncidentId> =
        register.bad.iter().filter_map(|bad| id_of_path(&bad.path)).collect();
    let mut all = Findings { checked: records.len() + bad.len(), ..Findings::default() };
    let found: Vec<Finding> = records
        .par_iter()
        .flat_map_iter(|held| {
            let (path, record) = (held.path.as_str(), &held.record);
            let subject = Subject { path, record, register, unread: &unread, around };
            of_record(&subject, options, &text)
        })
        .collect();
    for bad in bad {
        let selected = |code: &str| {
            let only = &options.only;
            only.is_empty() || only.iter().any(|o| o == "unreadable-record" || o == code)
        };
        let of_bad = bad.found.0.iter().filter(|d| selected(&d.code));
        all.findings.extend(of_bad.map(|diagnostic| {
            let mut diagnostic = diagnostic.clone();
            diagnostic.place.get_or_insert_with(|| Place::file(&bad.path));
            Finding {
                check: "unreadable-record",
                incident: id_of_path(&bad.path),
                path: bad.path.clone(),
                diagnostic,
                waived: None,
            }
        }));
    }
    for finding in found {
        let list = if finding.waived.is_some() { &mut all.waived } else { &mut all.findings };
        list.push(finding);
    }
    for list in [&mut all.findings, &mut all.waived] {
        list.sort_by_cached_key(|f| {
            let place = f.diagnostic.place.as_ref().map_or((0, 0), |p| (p.line, p.column));
            (f.path.clone(), place, f.check, f.diagnostic.message.clone())
        });
    }
    all
}

fn of_record(
    subject: &Subject<'_>,
    options: &Options,
    text: &impl Fn(&str) -> Option<String>,
) -> Vec<Finding> {
    let mut found: Vec<(&Check, Level, Remark)> = Vec::new();
    for check in CATALOGUE {
        let (Some(level), Look::Record(look)) = (options.level(check), check.look) else {
            continue;
        };
        let mut remarks = look(subject);
        let more = remarks.len().saturating_sub(LISTED);
        remarks.truncate(LISTED);
        if more > 0
            && let Some(last) = remarks.last_mut()
        {
            last.message.push_str(&format!("; and {more} more like this"));
        }
        found.extend(remarks.into_iter().map(|remark| (check, level, remark)));
    }
    let mut reasons = vec![None; found.len()];
    for (i, (check, _, _)) in found.iter().enumerate() {
        reasons[i] = waivers::reason(subject, check.code);
    }
    let codes: BTreeSet<&str> = found.iter().map(|(check, ..)| check.code).collect();
    for check in CATALOGUE.iter().filter(|c| matches!(c.look, Look::Waivers)) {
        let Some(level) = options.level(check) else { continue };
        for remark in waivers::remarks(subject, check.code, &codes, options) {
            found.push((check, level, remark));
            reasons.push(None);
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let text = text(subject.path);
    let source = text.as_deref().map(|text| Source::new(subject.path, text));
    let node = source.and_then(|source| yaml::parse(source).ok());
    let place = |remark: &Remark| match (&source, &node) {
        (Some(source), Some(node)) => source.place(remark.range(node)),
        _ => Place::file(subject.path),
    };
    found
        .into_iter()
        .zip(reasons)
        .map(|((check, level, remark), waived)| {
            let mut diagnostic =
                Diagnostic::new(level, check.code, &remark.message).at(place(&remark));
            diagnostic.help = remark.help;
            Finding {
                check: check.code,
                incident: Some(subject.record.id.clone()),
                path: subject.path.to_owned(),
                diagnostic,
                waived,
            }
        })
        .collect()
}
