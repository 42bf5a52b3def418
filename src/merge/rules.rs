//! Fields that are not a matter of opinion: of two new values one is right by what it means.

use std::cmp::Reverse;

use crate::incident::{ProblemState, Severity, Status};
use crate::units::Instant;
use crate::yaml::Tree;

/// Which of two new values stands, where the field has a rule; `None` if people must decide.
pub(super) fn chosen<'t>(
    path: &str,
    ours: Option<&'t Tree>,
    theirs: Option<&'t Tree>,
) -> Option<&'t Tree> {
    let (one, other) = (ours?, theirs?);
    match path {
        "status" => later(one, other, |t| Status::from_word(&t.scalar()?)),
        // A problem goes from open to fixed. Of two days to look again, and of two fixes, the first.
        "state" => later(one, other, |t| ProblemState::from_word(&t.scalar()?).map(reached)),
        "review_on" => later(one, other, |t| Some(Reverse(t.scalar()?))),
        "fixed_at" => later(one, other, |t| Some(Reverse(t.scalar()?.parse::<Instant>().ok()?))),
        "now.next_update_at" => later(one, other, |t| t.scalar()?.parse::<Instant>().ok()),
        // The highest level ever reached; of two times, the first.
        "severity.peak" => {
            let rank = |t: &Tree| {
                let level = Severity::from_word(&t.get("level")?.scalar()?)?;
                let at: Option<Instant> =
                    t.get("at").and_then(Tree::scalar).and_then(|at| at.parse().ok());
                Some(Reverse((level, at.is_none(), at, format!("{t:?}"))))
            };
            later(one, other, rank)
        }
        _ => None,
    }
}

/// Whether a map is decided whole, by its rule.
pub(super) fn is_whole(path: &str) -> bool {
    path == "severity.peak"
}

/// Where one side took the value away and the other changed it: whether the changed one stands.
pub(super) fn outlives_removal(path: &str) -> bool {
    matches!(path, "now.next_update_at" | "severity.peak")
}

/// How far a problem got.
fn reached(state: ProblemState) -> u8 {
    match state {
        ProblemState::Open => 0,
        ProblemState::KnownError => 1,
        ProblemState::Accepted => 2,
        ProblemState::Fixed => 3,
    }
}

fn later<'t, R: Ord>(
    one: &'t Tree,
    other: &'t Tree,
    rank: impl Fn(&Tree) -> Option<R>,
) -> Option<&'t Tree> {
    let (a, b) = (rank(one)?, rank(other)?);
    Some(match a.cmp(&b) {
        std::cmp::Ordering::Less => other,
        std::cmp::Ordering::Greater => one,
        // The same moment, written in two zones.
        std::cmp::Ordering::Equal if one.scalar() >= other.scalar() => one,
        std::cmp::Ordering::Equal => other,
    })
}
