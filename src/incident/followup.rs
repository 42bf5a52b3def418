//! Follow-ups: what their kinds mean, and what shows that one is done.

use chrono::NaiveDate;

use super::{Action, ActionKind};
use crate::units::Instant;

/// Whether an action repairs what happened or keeps it from happening again (ISO 9001, 10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capa {
    /// It is about this incident.
    Corrective,
    /// It is about the next one.
    Preventive,
}

impl Capa {
    /// The word in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Capa::Corrective => "corrective",
            Capa::Preventive => "preventive",
        }
    }
}

impl ActionKind {
    /// Corrective or preventive, as auditors ask.
    pub fn capa(self) -> Capa {
        match self {
            ActionKind::Recover
            | ActionKind::Correct
            | ActionKind::Mitigate
            | ActionKind::Communicate => Capa::Corrective,
            ActionKind::Prevent | ActionKind::Detect | ActionKind::Process => Capa::Preventive,
        }
    }

    /// The target of the standard that says by when: `recover-actions`. Kinds without one of their
    /// own go with what they are to auditors.
    pub fn target(self) -> &'static str {
        match (self, self.capa()) {
            (ActionKind::Recover, _) => "recover-actions",
            (_, Capa::Corrective) => "correct-actions",
            (_, Capa::Preventive) => "prevent-actions",
        }
    }
}

impl Action {
    /// Whether somebody still has to do it.
    pub fn is_open(&self) -> bool {
        self.done.is_none() && self.dropped.is_none()
    }

    /// The day on which it is due; none where it names none.
    pub fn due_day(&self) -> Option<NaiveDate> {
        day(self.due.as_deref()?)
    }
}

/// How a due date is written.
pub const DUE_FORMS: &str = "write a day (2026-11-30) or a span from today (10d, 2w)";

/// The day that a due date names: a day, or the day of a moment.
pub fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let moment = || text.parse::<Instant>().ok().map(|at| at.get().date_naive());
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().or_else(moment)
}

/// Whether a text can show somebody else that a thing is done: a link, or a commit (seven to
/// sixty-four hexadecimal figures, perhaps after `repository@`).
pub fn is_evidence(text: &str) -> bool {
    let text = text.trim();
    let link = text.split_once("://").is_some_and(|(scheme, rest)| {
        matches!(scheme, "https" | "http")
            && rest.chars().next().is_some_and(char::is_alphanumeric)
            && !rest.contains(char::is_whitespace)
    });
    let commit = text.rsplit_once('@').map_or(text, |(_, commit)| commit);
    let hex = (7..=64).contains(&commit.len()) && commit.bytes().all(|b| b.is_ascii_hexdigit());
    link || hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_a_link_or_a_commit() {
        for good in [
            "https://code.example/pull/7",
            "http://tickets.example/PAY-1?x=1",
            "1a2b3c4",
            "payments@1a2b3c4d5e6f",
            " 0123456789abcdef0123456789abcdef01234567 ",
        ] {
            assert!(is_evidence(good), "{good}");
        }
        for bad in
            ["", "done", "ask Ana", "https://", "https:// x", "ftp://x.example", "abc", "1a2b3cz"]
        {
            assert!(!is_evidence(bad), "{bad}");
        }
    }

    #[test]
    fn every_kind_is_corrective_or_preventive_and_has_a_target() {
        let of = |kind: ActionKind| (kind.capa().as_str(), kind.target());
        assert_eq!(of(ActionKind::Recover), ("corrective", "recover-actions"));
        assert_eq!(of(ActionKind::Mitigate), ("corrective", "correct-actions"));
        assert_eq!(of(ActionKind::Detect), ("preventive", "prevent-actions"));
    }

    #[test]
    fn days_are_read_from_days_and_moments() {
        assert_eq!(day("2026-11-30"), NaiveDate::from_ymd_opt(2026, 11, 30));
        assert_eq!(day("2026-11-30T23:00:00-06:00"), NaiveDate::from_ymd_opt(2026, 11, 30));
        assert_eq!(day("soon"), None);
    }
}
