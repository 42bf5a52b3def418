//! Entries: what the lines of the ledger come to.

use std::collections::HashMap;

use super::amount::Unit;
use super::line::{Line, State};
use crate::diag::Diagnostic;

/// An entry as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its newest line.
    pub line: Line,
    /// How often it was sent again, from 1.
    pub attempt: u32,
    /// Whether it was ever credited; it then still is, as far as the ledger knows.
    pub posted: bool,
}

impl Entry {
    /// The key under which the core sees it: the same for the same attempt, however often a batch
    /// is sent.
    pub fn key(&self) -> String {
        format!("{}-{}", self.line.id, self.attempt)
    }

    /// Whether it can go into a batch.
    pub fn is_exportable(&self) -> bool {
        matches!(self.line.state, State::Approved | State::Reissued)
    }

    /// Whether it can be cancelled without taking anything back.
    pub fn is_reversible(&self) -> bool {
        State::Reversed.may_follow(Some(self.line.state))
    }

    /// What it counts against paying again, in minor units.
    ///
    /// What is given up was decided about and is not owed anew. What is taken back counts only
    /// once it is back: until then the customer has it.
    pub fn counted(&self) -> i64 {
        let back = self.line.total < 0;
        match self.line.state {
            State::Reversed => 0,
            State::Posted => self.line.total,
            _ if back => 0,
            _ => self.line.total,
        }
    }
}

/// Splits a key into the entry's id and the attempt.
pub fn read_key(key: &str) -> Option<(&str, u32)> {
    let (id, attempt) = key.split_once('-')?;
    let plain = !attempt.starts_with(['0', '+']);
    super::place::place_in_id(id)?;
    Some((id, attempt.parse().ok().filter(|_| plain)?))
}

/// The entries of some lines, in the order in which they were approved.
///
/// # Errors
/// When a line does not follow from those before: an entry approved twice, posted without a batch.
pub fn entries(lines: Vec<Line>) -> Result<Vec<Entry>, Diagnostic> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut entries: Vec<Entry> = Vec::new();
    for line in lines {
        let place = places.get(&line.id).copied();
        let before = place.and_then(|place| entries.get(place)).map(|entry| entry.line.state);
        let same = place.and_then(|place| entries.get(place)).is_none_or(|entry| {
            entry.line.total == line.total && entry.line.customer == line.customer
        });
        if !line.state.may_follow(before) || !same {
            let was = before.map_or("nothing".to_owned(), |state| state.to_string());
            let message = format!("entry {} of the ledger is {} after {was}", line.id, line.state);
            return Err(Diagnostic::error("ledger-broken", message)
                .help("put back ledger/ and its files from one commit and its copy"));
        }
        match place.and_then(|place| entries.get_mut(place)) {
            Some(entry) => {
                entry.attempt += u32::from(line.state == State::Reissued);
                entry.posted = entry.posted || line.state == State::Posted;
                entry.line = line;
            }
            None => {
                places.insert(line.id.clone(), entries.len());
                entries.push(Entry { line, attempt: 1, posted: false });
            }
        }
    }
    Ok(entries)
}

/// What somebody got under one form of one policy, so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoFar {
    /// What counts against paying again, minor units.
    pub counted: i128,
    /// The tax in it.
    pub tax: i128,
    /// What of it is credited.
    pub posted: i128,
    /// What is on its way back, or was given up instead of being taken back; not above zero.
    pub back: i128,
    /// The units that it is in: one, unless the policy changed its currency.
    pub units: Vec<Unit>,
}

impl SoFar {
    /// Counts an entry.
    pub fn add(&mut self, entry: &Entry) {
        let counted = i128::from(entry.counted());
        self.counted = self.counted.saturating_add(counted);
        if counted != 0 {
            self.tax = self.tax.saturating_add(entry.line.tax.into());
            let unit = entry.line.unit();
            if !self.units.contains(&unit) {
                self.units.push(unit);
            }
        }
        if entry.line.total < 0 && !entry.posted && entry.line.state != State::Reversed {
            self.back = self.back.saturating_add(entry.line.total.into());
        }
        if entry.posted {
            self.posted = self.posted.saturating_add(entry.line.total.into());
        }
    }
}
