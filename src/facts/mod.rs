//! Facts: the named, typed values that decision tables ask about.
//!
//! [`catalogue`] says what facts there are; [`facts`] reads those of one record. A fact is
//! unknown until the record holds what it needs: unknown is never zero. Each carries the routes
//! of the record that it was read from, so that a finding can point to the line.

mod answer;
mod calendar;
mod catalogue;
mod clocks;
mod communications;
mod definition;
pub mod docs;
mod draft;
mod duties;
mod identity;
mod impact;
mod money;
mod people;
mod severity;
mod surroundings;
mod sustained;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Listing};
pub use definition::{Definition, FactCatalogue};
pub use money::without_rate;
pub use surroundings::{Alone, Client, ReviewState, Service, Surroundings};

use crate::decision::FactSet;
use crate::incident::Record;
use crate::units::{Currency, Instant};

/// The catalogue of all facts, with money in the company's currency.
pub fn catalogue(currency: Currency) -> FactCatalogue {
    FactCatalogue::new(currency)
}

/// Facts that change although the incident is over and its record stays as it is: as time goes by,
/// or as a message or the review is edited.
///
/// Of the first kind each is unknown for ever where the record lacks the moment that it counts from.
pub const MOVING: [&str; 16] = [
    "age",
    "since_detected",
    "since_restored",
    "since_resolved",
    "since_last_note",
    "monitoring_over",
    "working_days_since_restored",
    "cutoff_at_risk_in",
    "update_promised_in",
    "waivers_expired",
    "review_age",
    "actions_overdue",
    "regulatory_overdue",
    "review_state",
    "review_approved",
    "messages_unapproved_sent",
];

/// Reads the facts of a record as they stand at `now`, in the record's notation.
///
/// Every fact of the catalogue is set, known or not. Those that tables decide are not read here:
/// `severity` and `severity_overridden` know only what a person declared, `peak_severity` only
/// what was recorded, until the severity tables are decided; of which authorities nobody was asked
/// (`regimes_unasked`) nothing is known until the table `regimes` is.
pub fn facts(record: &Record, surroundings: &dyn Surroundings, now: Instant) -> FactSet {
    let mut draft = draft::Draft::new(record, surroundings, now.floor());
    identity::read(&mut draft);
    people::read(&mut draft);
    calendar::read(&mut draft);
    clocks::read(&mut draft);
    sustained::read(&mut draft);
    impact::read(&mut draft);
    communications::read(&mut draft);
    duties::read(&mut draft);
    severity::read(&mut draft);
    draft.done()
}
