use std::collections::BTreeMap;

use crate::incident::Record;
use crate::units::Instant;

/// What a review's document is made of.
#[derive(Debug, Clone)]
pub struct ReviewContext<'a> {
    /// The record.
    pub record: &'a Record,
    /// The severity in words, such as `SEV2` or `SEV3 (declared; derived SEV2)`.
    pub severity: Option<String>,
    /// The reason of the rule that decided.
    pub severity_why: Option<String>,
    /// Clocks against the standard's targets.
    pub targets: Vec<TargetLine>,
    /// Names of services by id, in the document's language; an unknown one is shown by its id.
    pub service_names: BTreeMap<String, String>,
    /// Every entry of the timeline, also where some are marked for the review.
    pub full_timeline: bool,
    /// The time of writing.
    pub now: Instant,
}

/// A target and where its clock stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetLine {
    /// Name of the target, such as `acknowledge`.
    pub name: String,
    /// As the standard writes it: `15m`.
    pub target: String,
    /// When it was due.
    pub due: Option<Instant>,
    /// When it was done.
    pub done: Option<Instant>,
    /// Where it stands.
    pub state: TargetState,
}

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetState {
    /// Done in time.
    Met,
    /// Done late, or not done though due.
    Missed,
    /// Not done, not due.
    Running,
    /// The record does not hold what it needs.
    Unknown,
}

impl TargetState {
    /// The word in data and templates.
    pub fn as_str(self) -> &'static str {
        match self {
            TargetState::Met => "met",
            TargetState::Missed => "missed",
            TargetState::Running => "running",
            TargetState::Unknown => "unknown",
        }
    }
}
