//! What the standard says of one incident now: its severity with the reason, what could still
//! change it, and every clock.

use crate::incident::Severity;
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
    /// Table and rule that decided.
    pub rule: Option<String>,
    /// The rule's reason.
    pub why: Option<String>,
    /// What it could still become, and once what is known: `SEV1 once customers_affected`.
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
            (Some(level), Some(derived)) if level != derived => format!("{level} (declared; derived {derived})"),
            (Some(level), None) => format!("{level} (declared)"),
            (Some(level), _) if self.provisional => format!("{level} provisional"),
            (Some(level), _) => level.to_string(),
            (None, _) => "severity not known".into(),
        }
    }
}
