//! One incident for somebody who was not there: its clocks, what the standard made of it, what was
//! said to whom.

use super::assessment::{Assessment, assess};
use super::company::Company;
use super::owed::{OwedMessage, was_owed};
use super::weekly::reason_left_out;
use crate::incident::{Entry, EntryKind, IncidentId, Kind, Record};
use crate::register::Tally;
use crate::timing::{Timings, clocks};
use crate::units::Instant;

/// Why no figure of a period counts an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// A drill.
    Exercise,
    /// A false alarm.
    Cancelled,
    /// Its words live in another.
    Merged(Option<IncidentId>),
    /// A part of another.
    PartOf(IncidentId),
    /// Planned work.
    Maintenance,
}

/// An incident, told.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// The record.
    pub record: &'a Record,
    /// The moment at which it is told.
    pub now: Instant,
    /// Severity and targets.
    pub judged: Assessment,
    /// The clocks.
    pub timings: Timings,
    /// What sums take of it.
    pub tally: Tally,
    /// Messages that were owed.
    pub owed: Vec<OwedMessage>,
    /// What happened: the starred entries, else those that are more than notes.
    pub timeline: Vec<&'a Entry>,
    /// Whether people chose those entries.
    pub chosen: bool,
    /// Why no figure of a period counts it.
    pub beside: Option<Beside>,
}

/// Tells an incident.
pub fn account<'a>(record: &'a Record, company: &Company<'_>, now: Instant) -> Account<'a> {
    let chosen = record.timeline.iter().any(|entry| entry.star);
    let belongs =
        |entry: &&Entry| if chosen { entry.star } else { entry.kind != Some(EntryKind::Note) };
    let mut timeline: Vec<&Entry> = record.timeline.iter().filter(belongs).collect();
    timeline.sort_by_key(|entry| entry.at);
    Account {
        judged: assess(record, company, now),
        timings: clocks(record, now),
        tally: Tally::of(record, now),
        owed: was_owed(record, company, now),
        timeline,
        chosen,
        beside: beside(record),
        record,
        now,
    }
}

fn beside(record: &Record) -> Option<Beside> {
    let mut which = super::context::LeftOut::default();
    if record.kind == Some(Kind::Maintenance) {
        return Some(Beside::Maintenance);
    }
    *reason_left_out(record, &mut which)? += 1;
    Some(match (which.exercises, which.cancelled, which.merged) {
        (1, ..) => Beside::Exercise,
        (_, 1, _) => Beside::Cancelled,
        (.., 1) => Beside::Merged(record.merged_into.clone()),
        _ => Beside::PartOf(record.parent.clone()?),
    })
}
