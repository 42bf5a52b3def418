//! What another version of the standard would have said of the same incidents.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::assessment::severity;
use super::clocks::{TargetClock, applies, clock};
use super::company::Company;
use crate::decision::FactSet;
use crate::incident::{IncidentId, Kind, Record};
use crate::standard::Policies;
use crate::units::Instant;

/// What one version says of one incident.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The level, as people read it.
    pub severity: Option<String>,
    /// Whether it is a major incident.
    pub major_incident: Option<String>,
    /// The clocks of the targets, by name.
    pub clocks: BTreeMap<String, TargetClock>,
    /// Rules of gates that a step lacks: `close: review-approved`.
    pub gates: BTreeSet<String>,
    /// Codes of the standard's own checks.
    pub checks: BTreeSet<String>,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The level.
    Severity,
    /// Whether it is a major incident.
    MajorIncident,
    /// A target: how long, when due, met or missed.
    Target,
    /// What a step of the lifecycle lacks.
    Gate,
    /// A check of the standard's own.
    Check,
}

/// One thing that two versions see differently.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// What it is about.
    pub about: About,
    /// Which one: the target, the gate's rule, the check's code; empty for the level.
    pub name: String,
    /// What the first version says; none where it says nothing.
    pub before: Option<String>,
    /// What the second says.
    pub after: Option<String>,
}

/// What changes for one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The incident.
    pub id: IncidentId,
    /// Its title.
    pub title: String,
    /// What changes.
    pub differences: Vec<Difference>,
}

/// A replay over many incidents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replay {
    /// How many incidents were judged twice.
    pub judged: usize,
    /// Those that come out differently, in the order of the records.
    pub changed: Vec<Changed>,
}

impl Replay {
    /// How many incidents have each difference, most first.
    pub fn sums(&self) -> Vec<(Difference, usize)> {
        type Change<'a> = (About, &'a str, Option<&'a str>, Option<&'a str>);
        let mut sums: BTreeMap<Change<'_>, usize> = BTreeMap::new();
        for d in self.changed.iter().flat_map(|c| &c.differences) {
            let before = d.before.as_deref().map(length);
            let after = d.after.as_deref().map(length);
            *sums.entry((d.about, d.name.as_str(), before, after)).or_default() += 1;
        }
        let owned = |side: Option<&str>| side.map(str::to_owned);
        let mut sums: Vec<(Difference, usize)> = sums
            .into_iter()
            .map(|((about, name, before, after), n)| {
                let (before, after) = (owned(before), owned(after));
                (Difference { about, name: name.to_owned(), before, after }, n)
            })
            .collect();
        sums.sort_by_key(|(d, n)| (d.about, std::cmp::Reverse(*n)));
        sums
    }
}

/// How long and how it ended, without the moment, which differs from incident to incident.
fn length(words: &str) -> &str {
    words.split(", due ").next().unwrap_or(words)
}

/// Judges every record under two standards; `as_dated` honours each side's `effective_from`,
/// else the newest version of each judges all.
pub fn replay<'r>(
    records: impl Iterator<Item = &'r Record>,
    before: &Company<'_>,
    after: &Company<'_>,
    as_dated: bool,
    now: Instant,
) -> Replay {
    let records: Vec<&Record> =
        records.filter(|r| r.kind != Some(Kind::Maintenance) && r.restricted.is_none()).collect();
    let changed: Vec<Changed> = records
        .par_iter()
        .filter_map(|record| {
            let of = |company: &Company<'_>| judge(record, company, as_dated, now);
            let differences = differences(&of(before), &of(after));
            let title = record.title.clone();
            let one = Changed { id: record.id.clone(), title, differences };
            (!one.differences.is_empty()).then_some(one)
        })
        .collect();
    Replay { judged: records.len(), changed }
}

/// What a standard says of a record.
fn judge(record: &Record, company: &Company<'_>, as_dated: bool, now: Instant) -> Judgement {
    let policies = match as_dated {
        true => company.policies(record, now),
        false => company.standard.newest_policies(),
    };
    let Some(policies) = policies else { return Judgement::default() };
    let decided = policies.decide(company.facts(record, now));
    let facts = &decided.facts;
    let level = severity(record, &decided);
    let clocks = policies.targets(facts).into_iter().filter(|t| applies(record, &t.name));
    let clocks = clocks.map(|t| clock(record, company, &t, now));
    Judgement {
        severity: level.level.map(|_| level.level_text()),
        major_incident: facts.value("major_incident").map(ToString::to_string),
        clocks: clocks.map(|c| (c.name.clone(), c)).collect(),
        gates: gates(record, policies, facts),
        checks: policies.findings(facts).into_iter().map(|f| f.code).collect(),
    }
}

/// What the steps that are still before a record lack.
fn gates(record: &Record, policies: &Policies, facts: &FactSet) -> BTreeSet<String> {
    let steps = ["restore", "resolve", "close"];
    let possible = steps
        .into_iter()
        .filter(|step| policies.next_status(step, record.status.as_str()).is_some());
    possible
        .flat_map(|step| {
            let missing = policies.missing(step, facts).into_iter();
            missing.map(move |m| format!("{step}: {}", m.rule))
        })
        .collect()
}

fn differences(before: &Judgement, after: &Judgement) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |about, name: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            found.push(Difference { about, name: name.to_owned(), before, after });
        }
    };
    add(About::Severity, "", before.severity.clone(), after.severity.clone());
    add(About::MajorIncident, "", before.major_incident.clone(), after.major_incident.clone());
    let names: BTreeSet<&String> = before.clocks.keys().chain(after.clocks.keys()).collect();
    for name in names {
        let words = |side: &Judgement| side.clocks.get(name).map(clock_words);
        add(About::Target, name, words(before), words(after));
    }
    for (about, old, new) in
        [(About::Gate, &before.gates, &after.gates), (About::Check, &before.checks, &after.checks)]
    {
        for name in old.symmetric_difference(new) {
            let side = |set: &BTreeSet<String>| set.contains(name).then(|| "asked".to_owned());
            add(about, name, side(old), side(new));
        }
    }
    found
}

/// `15m, met, due 2026-11-21T03:25:00-06:00`.
fn clock_words(clock: &TargetClock) -> String {
    let due = clock.due.map_or(String::new(), |due| format!(", due {due}"));
    format!("{}, {}{due}", clock.target, clock.state.as_str())
}
