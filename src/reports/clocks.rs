//! The clocks of the standard's targets on one incident: due when, done when, where they stand.

use super::company::Company;
use crate::incident::{ActionKind, CompensationRun, Record};
use crate::standard::{Due, RoleOwed, TargetSet};
use crate::units::Instant;

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
    /// The vertical whose table asks for it; none where it is the company's.
    pub vertical: Option<String>,
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

/// Reads a target's clock.
pub(super) fn clock(
    record: &Record,
    company: &Company<'_>,
    target: &TargetSet,
    now: Instant,
) -> TargetClock {
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
        // Beyond a calendar's years the moment is unknown, never an error.
        (_, Some(from)) => {
            company.standard.due(&target.target, &target.clock, from, company.zone).ok().flatten()
        }
    };
    let done = done(record, &target.name);
    let state = match target.name.as_str() {
        // The watch is the one clock that must run out before the next step.
        "watch" => match (due, done) {
            (Some(due), Some(resolved)) if resolved < due => ClockState::Missed,
            (Some(due), _) if now >= due => ClockState::Met,
            (Some(_), _) => ClockState::Running,
            (None, _) => ClockState::Unknown,
        },
        // It is over, and nobody wrote down when customers could work again.
        "restore" if done.is_none() && !record.status.is_burning() => ClockState::Unknown,
        // That a draft is there is known, since when is git's to say.
        "review-draft" if has_review(record) => ClockState::Unknown,
        _ => ClockState::of(due, done, now),
    };
    let due = due.filter(|_| state != ClockState::Unknown);
    TargetClock {
        name: target.name.clone(),
        target: target.target.to_string(),
        due,
        done,
        state,
        vertical: target.vertical.clone(),
    }
}

/// By when a role is owed, and whether somebody had it by then.
pub(super) fn role_clock(
    record: &Record,
    company: &Company<'_>,
    owed: &RoleOwed,
    now: Instant,
) -> (Option<Instant>, Option<ClockState>) {
    let from = record.clocks().detected.or_else(|| record.began());
    let due = from
        .and_then(|from| company.standard.due(&owed.by, "24x7", from, company.zone).ok().flatten());
    let held = record.roles.iter().filter(|r| r.role == owed.role);
    let since = held.clone().filter_map(|r| r.from).min();
    let state = match since {
        // Somebody has it, and nobody wrote since when.
        None if held.count() > 0 => ClockState::Unknown,
        since => ClockState::of(due, since, now),
    };
    (due, due.map(|_| state))
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
        "watch" | "resolve" => times.resolved,
        "reportability-decided" => {
            let all =
                !record.regulatory.is_empty() && record.regulatory.iter().all(|r| r.at.is_some());
            all.then(|| record.regulatory.iter().filter_map(|r| r.at).max()).flatten()
        }
        "reconciliation-done" => record.reconciliation.as_ref()?.done_at,
        "undue-money-returned" => record.reconciliation.as_ref()?.done_at,
        "compensation-decided" => {
            let decided = record.compensation.iter().filter(|run| run.state.is_some());
            decided.filter_map(|run| run.at).min()
        }
        "compensation-posted" => {
            let runs = || record.compensation.iter().filter(|run| crate::ledger::is_approved(run));
            let settled = |run: &CompensationRun| {
                run.ledger.as_ref().is_some_and(|ledger| ledger.open == Some(0))
            };
            let posted = || runs().filter_map(|run| run.ledger.as_ref()?.posted_at).max();
            runs().all(settled).then(posted).flatten()
        }
        "recover-actions" => actions_done(record, ActionKind::Recover),
        "correct-actions" => actions_done(record, ActionKind::Correct),
        "prevent-actions" => actions_done(record, ActionKind::Prevent),
        "review-approved" => {
            record.approvals.iter().filter(|a| a.of == "review").filter_map(|a| a.at).min()
        }
        _ => None,
    }
}

/// When the last action of a kind was done; `None` while one is open.
fn actions_done(record: &Record, kind: ActionKind) -> Option<Instant> {
    let mut last = None;
    for action in record.actions.iter().filter(|a| a.kind == Some(kind) && a.dropped.is_none()) {
        last = last.max(Some(action.done.as_ref()?.at?));
    }
    last
}

/// Whether a target is about something that has to be said.
pub(super) fn speaks(target: &str) -> bool {
    matches!(
        target,
        "support-script"
            | "first-customer-update"
            | "client-notice"
            | "executive-brief"
            | "customer-cadence"
            | "internal-cadence"
    )
}

fn has_review(record: &Record) -> bool {
    record.review.as_ref().is_some_and(|r| r.file.is_some())
}

/// Whether a target asks anything of this record: nobody owes a date for actions that were never
/// agreed, nor an analysis to clients when no client was hit.
pub(super) fn applies(record: &Record, target: &str) -> bool {
    let has = |kind| record.actions.iter().any(|a| a.kind == Some(kind) && a.dropped.is_none());
    match target {
        "recover-actions" => has(ActionKind::Recover),
        "correct-actions" => has(ActionKind::Correct),
        "prevent-actions" | "effect-check" => has(ActionKind::Prevent),
        "client-rca-preliminary" | "client-rca-final" => {
            record.impact.as_ref().is_some_and(|i| !i.clients.is_empty())
        }
        _ => true,
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
