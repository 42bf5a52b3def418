//! What the standard says of one incident now: its severity with the reason, what could still
//! change it, and every clock.

use super::company::Company;
use crate::decision::{Answer, Decision, Value};
use crate::incident::{Kind, Record, Severity};
use crate::standard::{Decided, Due, TargetSet};
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
}

/// A target's clock on one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetClock {
    /// Target, such as `acknowledge`.
    pub name: String,
    /// How long, as the standard writes it.
    pub target: String,
    /// When it is due.
    pub due: Option<Instant>,
    /// When it was done.
    pub done: Option<Instant>,
    /// Where it stands.
    pub state: ClockState,
}

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Done in time.
    Met,
    /// Done late, or not done though due.
    Missed,
    /// Not done, not due.
    Running,
    /// The record does not hold what it needs.
    Unknown,
}

impl ClockState {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            ClockState::Met => "met",
            ClockState::Missed => "missed",
            ClockState::Running => "running",
            ClockState::Unknown => "not known",
        }
    }

    /// Where a clock with this due time and this end stands at `now`.
    pub fn of(due: Option<Instant>, done: Option<Instant>, now: Instant) -> Self {
        match (due, done) {
            (None, _) => ClockState::Unknown,
            (Some(due), Some(done)) if done <= due => ClockState::Met,
            (Some(_), Some(_)) => ClockState::Missed,
            (Some(due), None) if now > due => ClockState::Missed,
            (Some(_), None) => ClockState::Running,
        }
    }
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
    }
    if let Some(policies) = company.policies(record, now) {
        let targets = policies.targets(&decided.facts);
        assessment.clocks = targets.iter().map(|t| clock(record, company, t, now)).collect();
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

fn severity(record: &Record, decided: &Decided<'_>) -> Assessment {
    let derived = word(decided.facts.value("severity_derived"));
    let measured = decided.get("measured").and_then(gives);
    let provisional_level = decided.get("provisional").and_then(gives);
    // The provisional row stands while it is stricter than what numbers say.
    let provisional = match (provisional_level, measured) {
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
    let mut found: Vec<(Severity, String)> = Vec::new();
    for name in ["share", "counts", "money", "data", "clients", "contacts"] {
        let Some(decision) = decided.get(name) else { continue };
        for outcome in decision.possible().outcomes {
            let Answer::One(entry) = &outcome.output else { continue };
            let Some(level) = entry.iter().flatten().find_map(|v| word(Some(v))) else { continue };
            if now.is_none_or(|now| level < now) {
                found.push((level, format!("{level} once {}", outcome.once)));
            }
        }
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1);
    found.into_iter().map(|(_, text)| text).take(SHOWN).collect()
}

fn clock(record: &Record, company: &Company<'_>, target: &TargetSet, now: Instant) -> TargetClock {
    let times = record.clocks();
    let from = match (target.from.as_str(), target.name.as_str()) {
        ("impact_started", _) => times.impact_started,
        ("restored", _) => times.restored,
        ("done", _) => None,
        // A cadence runs from the last time that somebody spoke, and ends with the impact.
        (_, "customer-cadence" | "internal-cadence") if !record.status.is_burning() => None,
        (_, "customer-cadence") => last_sent_to_customers(record).or(times.detected),
        (_, "internal-cadence") => record.timeline.iter().map(|e| e.at).max().or(times.detected),
        _ => times.detected,
    };
    let due = match (target.target.due(), from) {
        (Due::AtClose | Due::Never, _) | (_, None) => None,
        // Beyond a calendar's years the moment is unknown, never an error (CONTRACT section 2).
        (_, Some(from)) => {
            company.standard.due(&target.target, &target.clock, from, company.zone).ok().flatten()
        }
    };
    let done = done(record, &target.name);
    TargetClock {
        name: target.name.clone(),
        target: target.target.to_string(),
        due,
        done,
        state: ClockState::of(due, done, now),
    }
}

/// Channels that customers do not read.
const INTERNAL: &[&str] = &[
    "slack_internal",
    "executive_brief",
    "support_script",
    "agent_banner",
    "vendor",
    "client_notice",
    "merchant_notice",
    "regulator_notice",
];

fn last_sent_to_customers(record: &Record) -> Option<Instant> {
    let read = record.communications.iter().filter(|c| !INTERNAL.contains(&c.channel.as_str()));
    read.flat_map(|c| c.sent.iter().map(|s| s.at)).max()
}

/// When the record says that a target's action was done.
fn done(record: &Record, target: &str) -> Option<Instant> {
    let times = record.clocks();
    let sent = |among: bool, channels: &[&str]| {
        let of = record.communications.iter();
        let of = of.filter(|c| channels.contains(&c.channel.as_str()) == among);
        of.flat_map(|c| c.sent.iter().map(|s| s.at)).min()
    };
    match target {
        "acknowledge" => times.acknowledged,
        "commander" => record
            .roles
            .iter()
            .filter(|r| r.role == "incident_commander")
            .filter_map(|r| r.from)
            .min(),
        "severity-confirmed" => record.severity.as_ref()?.confirmed.as_ref()?.at,
        "support-script" => sent(true, &["support_script", "agent_banner"]),
        "first-customer-update" => sent(false, INTERNAL),
        "client-notice" => sent(true, &["client_notice", "merchant_notice"]),
        "executive-brief" => sent(true, &["executive_brief"]),
        "restore" => times.restored,
        "watch" => times.monitoring_until.filter(|_| times.resolved.is_some()),
        "resolve" => times.resolved,
        "reportability-decided" => {
            let all =
                !record.regulatory.is_empty() && record.regulatory.iter().all(|r| r.at.is_some());
            all.then(|| record.regulatory.iter().filter_map(|r| r.at).max()).flatten()
        }
        "reconciliation-done" => record.reconciliation.as_ref()?.done_at,
        "review-approved" => {
            record.approvals.iter().filter(|a| a.of == "review").filter_map(|a| a.at).min()
        }
        _ => None,
    }
}

impl TargetClock {
    /// Whether somebody can still do something about it: what only helps while customers feel it
    /// is over once they do not, and stands in the review as missed.
    pub fn is_actionable(&self, record: &Record) -> bool {
        const WHILE_BURNING: [&str; 8] = [
            "acknowledge",
            "support-script",
            "first-customer-update",
            "client-notice",
            "executive-brief",
            "customer-cadence",
            "internal-cadence",
            "restore",
        ];
        let open = self.due.is_some() && self.done.is_none();
        open && match self.name.as_str() {
            "commander" | "severity-confirmed" | "watch" => record.status.is_open(),
            name if WHILE_BURNING.contains(&name) => record.status.is_burning(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    #[test]
    fn a_clock_is_met_missed_running_or_not_known() {
        let now: Instant = "2026-11-21T03:30:00-06:00".parse().unwrap();
        let before = now.plus(Span::from_minutes(-5));
        let after = now.plus(Span::from_minutes(5));
        assert_eq!(ClockState::of(Some(now), Some(before), after), ClockState::Met);
        assert_eq!(ClockState::of(Some(before), Some(now), after), ClockState::Missed);
        assert_eq!(ClockState::of(Some(before), None, now), ClockState::Missed);
        assert_eq!(ClockState::of(Some(after), None, now), ClockState::Running);
        assert_eq!(ClockState::of(None, Some(before), now), ClockState::Unknown);
    }
}
