//! What the standard says of one incident now: its severity with the reason, what could still
//! change it, and every clock.

use super::checklist::{Item, checklist};
use super::clocks::{TargetClock, applies, clock};
use super::company::Company;
use crate::decision::{Answer, Decision, Value};
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
    /// Authorities of which nobody has written down whether they must be told of a major incident.
    pub unasked: Vec<String>,
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

/// The level alone, for lists over many records: no outlook, no clocks.
pub fn level(record: &Record, company: &Company<'_>, now: Instant) -> Assessment {
    if record.kind == Some(Kind::Maintenance) {
        return Assessment::default();
    }
    match company.decide(record, now) {
        Some(decided) => severity(record, &decided),
        None => Assessment { level: declared(record), ..Assessment::default() },
    }
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
        assessment.unasked = unasked(record, &decided);
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

fn word(value: Option<&Value>) -> Option<Severity> {
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

/// The table and rule that gave the level: of the groups, the first that gives it.
fn reason(
    decided: &Decided<'_>,
    level: Option<Severity>,
    provisional: bool,
) -> (Option<String>, Option<String>) {
    const GROUPS: [&str; 10] = [
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
    let Some(level) = level else { return (None, None) };
    let groups = if provisional { &["provisional"][..] } else { &GROUPS[..] };
    for name in groups.iter().chain(&["adjusted", "measured", "provisional", "severity"]) {
        let Some((given, output)) = gives(decided, name) else { continue };
        if given != level {
            continue;
        }
        // What only gathers the groups decides nothing itself, unless a vertical made it stricter.
        let (decision, name) = match decided.tightened_by(name, output) {
            Some(stricter) => (&stricter.decision, stricter.by.table.name.as_str()),
            None if !groups.contains(name) => continue,
            None => match decided.get(name) {
                Some(decision) => (decision, *name),
                None => continue,
            },
        };
        if let Some(rule) = decision.decided_by().next() {
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
        let stricter = decided.tightened.iter().filter(|t| t.by.of == name).map(|t| &t.decision);
        let decisions: Vec<&Decision<'_>> = decided.get(name).into_iter().chain(stricter).collect();
        let outcomes = decisions.iter().flat_map(|decision| decision.possible().outcomes);
        for outcome in outcomes {
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
