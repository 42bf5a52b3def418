use std::collections::BTreeMap;

use crate::incident::Record;
use crate::units::{Instant, Span};

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
    /// The time of writing.
    pub now: Instant,
}

/// A target and where its clock stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetLine {
    /// In the document's language, such as "acknowledge".
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

/// A time between two clocks of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// So long.
    Lasted(Span),
    /// Noticed before customers felt anything.
    BeforeImpact,
    /// One of the clocks is not known.
    Unknown,
}

/// The four times of DESIGN section 3; nothing of them is an average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metrics {
    /// Detected − impact started.
    pub detect: Metric,
    /// Acknowledged − detected.
    pub acknowledge: Metric,
    /// Last restored − impact started.
    pub restore: Metric,
    /// Resolved − detected.
    pub resolve: Metric,
}

impl Metrics {
    /// The times of a record.
    pub fn of(record: &Record) -> Metrics {
        let times = record.clocks();
        let between = |from: Option<Instant>, to: Option<Instant>| match (from, to) {
            (Some(from), Some(to)) => Metric::Lasted(to.since(from)),
            _ => Metric::Unknown,
        };
        let restored = times.restored.filter(|_| !record.status.is_burning());
        let detect = match between(times.impact_started, times.detected) {
            Metric::Lasted(span) if span.seconds() < 0 => Metric::BeforeImpact,
            other => other,
        };
        Metrics {
            detect,
            acknowledge: between(times.detected, times.acknowledged),
            restore: between(times.impact_started, restored),
            resolve: between(times.detected, times.resolved),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    fn metrics(rest: &str) -> Metrics {
        let head = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: x\n";
        let text = format!("{head}{rest}");
        Metrics::of(&crate::incident::parse(Source::new("i", &text)).unwrap().record)
    }

    #[test]
    fn an_early_warning_is_never_a_negative_time() {
        let early = metrics(
            "status: restored\ntimes: { impact_started: 2026-11-21T10:00:00Z, detected: 2026-11-21T09:50:00Z, restored: 2026-11-21T10:30:00Z }\n",
        );
        assert_eq!(early.detect, Metric::BeforeImpact);
        assert_eq!(early.restore, Metric::Lasted(Span::from_minutes(30)));
        assert_eq!(early.acknowledge, Metric::Unknown);
    }

    #[test]
    fn a_relapse_has_no_time_to_restore_yet() {
        let burning = metrics(
            "status: responding\ntimes: { impact_started: 2026-11-21T10:00:00Z, restored: 2026-11-21T10:30:00Z }\n",
        );
        assert_eq!(burning.restore, Metric::Unknown);
    }
}
