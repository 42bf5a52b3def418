//! What the standard says of one incident now: its severity with the reason, what could still
//! change it, and every clock.

use super::checklist::{Item, checklist};
use super::clocks::{TargetClock, applies, clock};
use super::company::Company;
use crate::decision::{Answer, Decision, FactSet, Known, Value};
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
    /// What it could still become, and once what is known: `SEV1 once attempts_failing >= 50%`.
    pub possible: Vec<String>,
    /// The clocks of the standard's targets.
    pub clocks: Vec<TargetClock>,
    /// The checklist of an open incident, by when its items are due.
    pub checklist: Vec<Item>,
}

impl Assessment {
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

/// The tables beside `severity` that say where a level comes from: what numbers give and what is
/// taken for granted, then the groups, of which the first that gives a level is its reason.
const LEVELS: [&str; 12] = [
    "measured",
    "provisional",
    "share",
    "counts",
    "money",
    "data",
    "cutoff",
    "clients",
    "peak",
    "contacts",
    "support",
    "redundancy",
];

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
    let stands = policies.is_some_and(|p| !p.level_asks(&LEVELS).any(moves));
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
    let decided = policies.decide_level(company.facts(record, now), &LEVELS);
    (severity(record, &decided), Some(decided.facts))
}

/// Judges a record by the standard as it stands at `now`.
///
/// Planned work has no severity and no clocks.
pub fn assess(record: &Record, company: &Company<'_>, now: Instant) -> Assessment {
    if record.kind == Some(Kind::Maintenance) {
        return Assessment::default();
    }
    let Some(decided) = company.decide(record, now) else {
        return Assessment { level: declared(record), ..Assessment::default() };
    };
    let mut assessment = severity(record, &decided);
    if record.status.is_open() {
        assessment.possible = outlook(&decided, assessment.derived);
    }
    // Nobody is owed anything by what was none, and what was merged is owed for where its words are.
    let owes = !matches!(record.status, Status::Cancelled | Status::Merged);
    if let Some(policies) = company.policies(record, now).filter(|_| owes) {
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

fn declared(record: &Record) -> Option<Severity> {
    record.severity.as_ref().and_then(|s| s.declared)
}

fn word(value: Option<&Value>) -> Option<Severity> {
    Severity::from_word(value?.as_text()?)
}

/// The level with its rule and reason, from what the tables decided.
pub(super) fn severity(record: &Record, decided: &Decided<'_>) -> Assessment {
    let derived = word(decided.facts.value("severity_derived"));
    let measured = decided.get("measured").and_then(gives);
    let provisional_level = decided.get("provisional").and_then(gives);
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

/// The level that a table gives: its first output that is one.
fn gives(decision: &Decision<'_>) -> Option<Severity> {
    decision.table().outputs.iter().find_map(|o| word(decision.value(&o.name)))
}

/// The table and rule that gave the level: of the groups, the first that gives it.
fn reason(
    decided: &Decided<'_>,
    level: Option<Severity>,
    provisional: bool,
) -> (Option<String>, Option<String>) {
    let Some(level) = level else { return (None, None) };
    let groups = if provisional { &LEVELS[1..2] } else { &LEVELS[2..] };
    for name in groups {
        let Some(decision) = decided.get(name) else { continue };
        if gives(decision) == Some(level)
            && let Some(rule) = decision.decided_by().next()
        {
            return (Some(format!("{} ({name})", rule.id)), rule.why.clone());
        }
    }
    (None, None)
}

/// What the level could become: from the groups that are still open, worst first.
fn outlook(decided: &Decided<'_>, now: Option<Severity>) -> Vec<String> {
    const SHOWN: usize = 4;
    let mut found: Vec<(Severity, String, &str)> = Vec::new();
    for name in ["share", "counts", "money", "data", "clients", "contacts"] {
        let Some(decision) = decided.get(name) else { continue };
        for outcome in decision.possible().outcomes {
            let Answer::One(entry) = &outcome.output else { continue };
            let Some(level) = entry.iter().flatten().find_map(|v| word(Some(v))) else { continue };
            // One way for each level of a table: the way of its first rule. The others are in the
            // table itself, `inc standards explain severity`.
            let known = |text: &(Severity, String, &str)| text.0 == level && text.2 == name;
            if now.is_none_or(|now| level < now) && !found.iter().any(known) {
                found.push((level, format!("{level} once {}", outcome.once), name));
            }
        }
    }
    found.sort_by_key(|(level, _, _)| *level);
    found.into_iter().map(|(_, text, _)| text).take(SHOWN).collect()
}
