//! What is wrong with records that can be read, or cannot: `inc check`.
//!
//! A check is data ([`CATALOGUE`]), a page (`docs/checks/<code>.md`) and a good and a bad record
//! (`tests/check/<code>/`); one test holds the three sets equal. A check says *where* as a route
//! into the record; the route becomes a line only for what was found, so that a clean workspace of
//! ten thousand records is read once.
//!
//! What depends on the clock is never an error: a build must not turn red because time passed.

mod actions;
mod approvals;
mod around;
mod catalogue;
mod deadlines;
mod duties;
mod explain;
mod files;
mod messages;
mod names;
mod payouts;
mod problems;
mod own;
mod references;
mod remark;
mod reviews;
mod sensitive;
mod standing;
mod times;
mod titles;
mod waivers;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use crate::diag::{Diagnostic, Level, Place, Source};
use crate::incident::{IncidentId, Record};
use crate::register::{Held, Register, id_of_path};
use crate::units::Span;
use crate::yaml;

pub use around::{Names, Surroundings};
pub use catalogue::{CATALOGUE, find};
pub use deadlines::{missing_rates, unverified_deadlines};
pub use explain::{codes, explain};
pub use messages::proofread;
pub use own::{Own, explain_own, own, own_codes};
pub use problems::ProblemFile;
pub use remark::Remark;
pub use reviews::OF_REVIEW;
pub use standing::{OF_STANDARD, Standing, standing};

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
    /// The record and the texts beside it.
    Texts(fn(&Subject<'_>, &Read<'_>) -> Vec<Remark>),
    /// What the record's waivers did to the other findings.
    Waivers,
    /// A problem in its surroundings.
    Problem,
}

/// Gives the text of a file of the workspace, if there is one.
pub(crate) type Read<'a> = dyn Fn(&str) -> Option<String> + 'a;

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
    /// Codes of the standard's own checks ([`own_codes`]), where they run too.
    pub own: BTreeSet<String>,
}

impl Options {
    /// Codes that no check has, each as an error with the nearest one.
    pub fn unknown_codes(&self) -> Vec<Diagnostic> {
        let asked = self.only.iter().chain(self.levels.keys());
        asked
            .filter(|code| explain(code).is_none() && !self.own.contains(*code))
            .map(|code| {
                let message = format!("no check is called `{}`", words::shown(code));
                let mut known: Vec<&str> = codes().collect();
                known.extend(self.own.iter().map(String::as_str));
                Diagnostic::error("unknown-check", message).did_you_mean(code, known)
            })
            .collect()
    }

    /// The level of a check's findings; `None` when it does not run.
    fn level(&self, check: &Check) -> Option<Level> {
        self.level_of(check.code, check.tier, check.level)
    }

    /// Whether a check of the standard's own runs; its level does not matter to that.
    fn runs_own(&self, code: &str) -> bool {
        self.level_of(code, Tier::Basic, Level::Warning).is_some()
    }

    fn level_of(&self, code: &str, tier: Tier, level: Level) -> Option<Level> {
        let asked = match self.only.as_slice() {
            [] => tier <= self.tier,
            only => only.iter().any(|asked| asked == code),
        };
        self.levels.get(code).copied().unwrap_or(Some(level)).filter(|_| asked)
    }
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check. `unreadable-record` for a file that cannot be read, `standard` for the standard's
    /// own checks and `template` for a template's error; the diagnostic's code says which.
    pub check: &'static str,
    /// The incident, where its name is known.
    pub incident: Option<IncidentId>,
    /// Path of the file below the workspace: the record, or a text.
    pub path: String,
    /// What, where, and what to do.
    pub diagnostic: Diagnostic,
    /// The rule of the standard that asks for it, where it is the company's own check:
    /// `standards/checks.toml#quiet`.
    pub clause: Option<String>,
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
    /// Messages and reviews in its folder.
    texts: &'a [&'a str],
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
    run_with(register, around, options, text, |_| Vec::new())
}

/// Runs the checks and the standard's own; `standards` gives what those say of a record ([`own`]).
pub fn run_with(
    register: &Register,
    around: &Surroundings,
    options: &Options,
    text: impl Fn(&str) -> Option<String> + Sync,
    standards: impl Fn(&Record) -> Vec<Own> + Sync,
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
    let beside = around.texts_by_folder();
    let mut all = Findings { checked: records.len() + bad.len(), ..Findings::default() };
    let matched = standing::Matched::none(around);
    let found: Vec<Finding> = records
        .par_iter()
        .flat_map_iter(|held| {
            let (path, record) = (held.path.as_str(), &held.record);
            let texts = path.rsplit_once('/').and_then(|(folder, _)| beside.get(folder));
            let texts = texts.map_or(&[][..], Vec::as_slice);
            let subject = Subject { path, record, register, unread: &unread, around, texts };
            of_record(&subject, options, &text, standards(record), &matched)
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
                clause: None,
                waived: None,
            }
        }));
    }
    all.findings.extend(sensitive::of_texts(around, options, &text));
    for finding in found {
        let list = if finding.waived.is_some() { &mut all.waived } else { &mut all.findings };
        list.push(finding);
    }
    problems::add_findings((register, &unread), around, options, &text, &matched, &mut all);
    matched.add_findings(around, options, &mut all);
    for list in [&mut all.findings, &mut all.waived] {
        list.sort_by_cached_key(|f| {
            let place = f.diagnostic.place.as_ref().map_or((0, 0), |p| (p.line, p.column));
            (f.path.clone(), place, f.check, f.diagnostic.message.clone())
        });
    }
    all
}

/// A remark on its way to a finding.
struct Said {
    check: &'static str,
    code: String,
    level: Level,
    remark: Remark,
    waived: Option<String>,
}

fn of_record(
    subject: &Subject<'_>,
    options: &Options,
    text: &impl Fn(&str) -> Option<String>,
    own: Vec<Own>,
    matched: &standing::Matched,
) -> Vec<Finding> {
    let mut said: Vec<Said> = Vec::new();
    for check in CATALOGUE {
        let Some(level) = options.level(check) else { continue };
        let mut remarks = match check.look {
            Look::Record(look) => look(subject),
            Look::Texts(look) => look(subject, text),
            Look::Reading | Look::Waivers | Look::Problem => continue,
        };
        let more = remarks.len().saturating_sub(LISTED);
        remarks.truncate(LISTED);
        if more > 0
            && let Some(last) = remarks.last_mut()
        {
            last.message.push_str(&format!("; and {more} more like this"));
        }
        let code = check.code;
        let one = |remark| Said { check: code, code: code.into(), level, remark, waived: None };
        said.extend(remarks.into_iter().map(one));
    }
    for Own { code, level, remark } in own {
        if let Some(level) = options.level_of(&code, Tier::Basic, level) {
            let check = OF_STANDARD.iter().find(|(known, _)| *known == code);
            let check = check.map_or("standard", |(known, _)| *known);
            said.push(Said { check, code, level, remark, waived: None });
        }
    }
    for one in &mut said {
        let own = waivers::reason(subject, &one.code);
        one.waived = own.or_else(|| matched.of(subject, &one.code));
    }
    let found: BTreeSet<String> = said.iter().map(|one| one.code.clone()).collect();
    if found.contains("no-review") {
        // A review that is not there is one finding, whatever else the standard calls it.
        said.retain(|one| !matches!(one.code.as_str(), "review-missing" | "review-unapproved"));
    }
    for check in CATALOGUE.iter().filter(|c| matches!(c.look, Look::Waivers)) {
        let Some(level) = options.level(check) else { continue };
        let code = check.code;
        let one = |remark| Said { check: code, code: code.into(), level, remark, waived: None };
        said.extend(waivers::remarks(subject, code, &found, options).into_iter().map(one));
    }
    if said.is_empty() {
        return Vec::new();
    }
    let text = text(subject.path);
    let source = text.as_deref().map(|text| Source::new(subject.path, text));
    let node = source.and_then(|source| yaml::parse(source).ok());
    let place = |remark: &Remark| match (&remark.place, &source, &node) {
        (Some(place), _, _) => place.clone(),
        (None, Some(source), Some(node)) => source.place(remark.range(node)),
        (None, _, _) => Place::file(subject.path),
    };
    let finding = |one: Said| {
        let mut diagnostic =
            Diagnostic::new(one.level, one.code, &one.remark.message).at(place(&one.remark));
        diagnostic.help = one.remark.help;
        if let Some(place) = &mut diagnostic.place {
            // What must not be in git must not be in a log either.
            let hides = one.check == "sensitive-text"
                || place.text.as_deref().is_some_and(sensitive::hides);
            place.text = place.text.take().filter(|_| !hides);
        }
        Finding {
            check: one.check,
            incident: Some(subject.record.id.clone()),
            path: one.remark.place.map_or_else(|| subject.path.to_owned(), |place| place.file),
            diagnostic,
            clause: one.remark.clause,
            waived: one.waived,
        }
    };
    said.into_iter().map(finding).collect()
}
