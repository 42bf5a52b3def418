//! Whether incidents of a cause became fewer after an action against it was done.

use super::{Joined, WINDOW_DAYS, same_problem};
use crate::incident::{ActionKind, IncidentId, ItemId, Record};
use crate::units::{Instant, Span};

/// A preventive action that was done, and incidents of its problem before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The incident that it was for.
    pub incident: IncidentId,
    /// The action.
    pub action: Option<ItemId>,
    /// What was done.
    pub title: String,
    /// When.
    pub done: Instant,
    /// Incidents of the problem in the days before, and as many days after as there were.
    pub counts: Option<(usize, usize)>,
    /// What that says.
    pub outcome: Outcome,
}

/// What the days after an action say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Fewer than before.
    Fell,
    /// As many, or more.
    DidNotFall,
    /// The days after are not over; none came back so far.
    TooEarly,
    /// The cause is not known.
    Unknown,
}

/// Preventive actions done in the period or up to [`WINDOW_DAYS`] before it.
pub(super) fn effects(
    all: &[(Instant, &Record)],
    joined: &Joined,
    start: Instant,
    as_of: Instant,
) -> Vec<Effect> {
    let days = |n: i64| Span::from_minutes(n * 24 * 60);
    let from = start.plus(days(-WINDOW_DAYS));
    let mut found = Vec::new();
    for (_, record) in all {
        for action in record.actions.iter().filter(|a| a.kind == Some(ActionKind::Prevent)) {
            let Some(done) = action.done.as_ref().and_then(|done| done.at) else { continue };
            if done < from || done >= as_of {
                continue;
            }
            let (since, until) = (done.plus(days(-WINDOW_DAYS)), done.plus(days(WINDOW_DAYS)));
            let known = same_problem(record, record, joined).is_some();
            let (mut before, mut after) = (0_usize, 0_usize);
            let first = all.partition_point(|(at, _)| *at < since);
            for (at, other) in all.iter().skip(first).take_while(|(at, _)| *at < until) {
                if same_problem(record, other, joined) == Some(true) {
                    if *at < done { before += 1 } else { after += 1 }
                }
            }
            let outcome = match (known, until <= as_of) {
                (false, _) => Outcome::Unknown,
                // What comes back at least as often in fewer days has not fallen.
                (true, false) if after > 0 && after >= before => Outcome::DidNotFall,
                (true, false) => Outcome::TooEarly,
                (true, true) if after < before => Outcome::Fell,
                (true, true) => Outcome::DidNotFall,
            };
            found.push(Effect {
                incident: record.id.clone(),
                action: action.id.clone(),
                title: action.title.clone(),
                done,
                counts: known.then_some((before, after)),
                outcome,
            });
        }
    }
    found.sort_by(|a, b| (a.done, &a.incident, &a.title).cmp(&(b.done, &b.incident, &b.title)));
    found
}
