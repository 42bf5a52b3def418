//! What the standard says of one incident now: its severity with the reason, what could still
//! change it, and every clock.

use super::checklist::{Item, checklist};
use super::clocks::{TargetClock, applies, clock};
use super::company::Company;
use super::outlook::{Outlook, outlook};
use crate::decision::{FactSet, Known, Value};
use crate::facts;
use crate::incident::{Kind, Record, Severity, Status};
use crate::standard::Decided;
use crate::units::Instant;

/// How severe an incident is, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assessment {
    /// The level that stands: declared if somebody overrode it, else derived.
    pub level: Option<Severity>,
    /// The derived level, also when another was declared.
    pub derived: Option<Severity>,
    /// Derived from what `open` knew, not from numbers.
    pub provisional: bool,
    /// Table and rule that decided: `tier-1-outage (provisional)`.
    pub rule: Option<String>,
    /// The rule's reason.
    pub why: Option<String>,
    /// What it could still become; none of an incident that is over.
    pub outlook: Option<Outlook>,
    /// Authorities of which nobody has written down whether they must be told of a major incident.
    pub unasked: Vec<String>,
    /// The clocks of the standard's targets.
    pub clocks: Vec<TargetClock>,
    /// The checklist of an open incident, by when its items are due.
    pub checklist: Vec<Item>,
}

impl Assessment {
    /// The derived level, where a person declared another.
    pub fn overrides(&self) -> Option<Severity> {
        self.derived.filter(|derived| self.level != Some(*derived))
    }

    /// The level in words: `SEV1 provisional`, `SEV3 (declared; derived SEV2)`, `severity not known`.
    pub fn level_text(&self) -> String {
        match (self.level, self.derived) {
            (Some(level), Some(derived)) if level != derived => {
                format!("{level} (declared; derived {derived})")
            }
            (Some(level), None) => format!("{level} (declared)"),
            (Some(level), _) if self.provisional => format!("{level} provisional"),
            (Some(level), _) => level.to_string(),
            (None, _) => "severity not known".into(),
        }
    }
}

/// The level alone, for lists over many records: no outlook, no clocks.
pub fn level(record: &Record, company: &Company<'_>, now: Instant) -> Assessment {
    judge(record, company, now).0
}

/// As [`level`], and whether it goes on holding from `now` on, whatever time it gets.
///
/// It does for an incident that is over, where nothing that the tables of the level ask about is
/// known and still moving, and which began on a known day: that chooses the standard's version.
pub fn standing(record: &Record, company: &Company<'_>, now: Instant) -> (Assessment, bool) {
    let (assessment, facts) = judge(record, company, now);
    let restored = record.times.as_ref().and_then(|t| t.restored);
    let over = !record.status.is_open() && restored.is_none_or(|at| at <= now);
    let Some(facts) = facts else { return (assessment, over && record.began().is_some()) };
    let moves = |name: &str| {
        facts::MOVING.contains(&name) && facts.get(name).is_some_and(|f| f.known != Known::Unknown)
    };
    let policies = company.policies(record, now).filter(|_| over && record.began().is_some());
    let stands = policies.is_some_and(|p| !p.level_asks().any(moves));
    (assessment, stands)
}

/// The level, and the facts that the tables were asked with, where they were.
fn judge(record: &Record, company: &Company<'_>, now: Instant) -> (Assessment, Option<FactSet>) {
    if record.kind == Some(Kind::Maintenance) {
        return (Assessment::default(), None);
    }
    let Some(policies) = company.policies(record, now) else {
        return (Assessment { level: declared(record), ..Assessment::default() }, None);
    };
    let decided = policies.decide_level(company.facts(record, now));
    (severity(record, &decided), Some(decided.facts))
}

/// Judges a record by the standard as it stands at `now`.
///
/// Planned work has no severity and no clocks.
pub fn assess(record: &Record, company: &Company<'_>, now: Instant) -> Assessment {
    if record.kind == Some(Kind::Maintenance) {
        return Assessment::default();
    }
    let Some(policies) = company.policies(record, now) else {
        return Assessment { level: declared(record), ..Assessment::default() };
    };
    let facts = company.facts(record, now);
    let decided = policies.decide(facts.clone());
    let mut assessment = severity(record, &decided);
    if record.status.is_open() {
        assessment.unasked = unasked(record, &decided);
    }
    // What a stub's facts are is known elsewhere.
    if record.status.is_open() && record.restricted.is_none() {
        assessment.outlook = Some(outlook(record, company, policies, &facts, &decided, now));
    }
    // Nobody is owed anything by what was none, and what was merged is owed for where its words are.
    let owes = !matches!(record.status, Status::Cancelled | Status::Merged);
    if owes {
        let targets = policies.targets(&decided.facts);
        assessment.clocks = targets
            .iter()
            .filter(|t| applies(record, &t.name))
            .map(|t| clock(record, company, t, now))
            .collect();
        if record.status.is_open() {
            assessment.checklist = checklist(record, company, policies, &decided.facts);
        }
        // By when they are due; those without a moment stand last, in the standard's order.
        assessment.clocks.sort_by_key(|c| (c.due.is_none(), c.due));
    }
    assessment
}

/// The regimes that a major incident is held open for; a drill is told to nobody.
fn unasked(record: &Record, decided: &Decided<'_>) -> Vec<String> {
    let major = decided.facts.value("major_incident") == Some(&Value::Boolean(true));
    match decided.facts.value("regimes_unasked") {
        Some(Value::List(regimes)) if major && !record.exercise => {
            regimes.iter().filter_map(|r| r.as_text().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

fn declared(record: &Record) -> Option<Severity> {
    record.severity.as_ref().and_then(|s| s.declared)
}

pub(super) fn word(value: Option<&Value>) -> Option<Severity> {
    Severity::from_word(value?.as_text()?)
}

/// The level with its rule and reason, from what the tables decided.
pub(super) fn severity(record: &Record, decided: &Decided<'_>) -> Assessment {
    let derived = word(decided.facts.value("severity_derived"));
    let measured = gives(decided, "measured").map(|(level, _)| level);
    let provisional_level = gives(decided, "provisional").map(|(level, _)| level);
    // The provisional row stands while it is stricter than what numbers say, and until somebody
    // confirms the severity from numbers.
    let confirmed = record.severity.as_ref().is_some_and(|s| s.confirmed.is_some());
    let provisional = !confirmed
        && match (provisional_level, measured) {
            (Some(p), Some(m)) => p < m,
            (p, None) => p.is_some(),
            (None, Some(_)) => false,
        };
    let (rule, why) = reason(decided, derived, provisional);
    Assessment {
        level: declared(record).or(derived),
        derived,
        provisional: provisional && declared(record).is_none(),
        rule,
        why,
        ..Assessment::default()
    }
}

/// The level that a table gives, with those of verticals: its first output that is one.
fn gives<'d>(decided: &Decided<'d>, table: &str) -> Option<(Severity, &'d str)> {
    let outputs = &decided.get(table)?.table().outputs;
    outputs.iter().find_map(|o| Some((word(decided.value(table, &o.name))?, o.name.as_str())))
}

/// The table and rule that gave the level: of the groups that take from no other table, the first
/// that gives it, else the first of those that do, such as the one that a workaround lowers.
fn reason(
    decided: &Decided<'_>,
    level: Option<Severity>,
    provisional: bool,
) -> (Option<String>, Option<String>) {
    let Some(level) = level else { return (None, None) };
    let first_hand = |table: &str| {
        decided.get(table).is_some_and(|d| d.table().inputs.iter().all(|i| i.from.is_none()))
    };
    let names = || decided.severity.iter().map(|d| d.table().name.as_str());
    let groups = names().filter(|n| first_hand(n) && (*n == "provisional") == provisional);
    for name in groups.chain(names().filter(|n| !first_hand(n))) {
        let Some((given, output)) = gives(decided, name) else { continue };
        if given != level {
            continue;
        }
        let (decision, name) = match decided.tightened_by(name, output) {
            Some(stricter) => (&stricter.decision, stricter.by.table.name.as_str()),
            None => match decided.get(name) {
                Some(decision) => (decision, name),
                None => continue,
            },
        };
        if let Some(rule) = decision.decided_by().next() {
            return (Some(format!("{} ({name})", rule.id)), rule.why.clone());
        }
    }
    (None, None)
}
