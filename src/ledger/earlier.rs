//! What customers were given before, as limits over a rolling period ask it.

use std::collections::HashMap;
use std::io;

use super::amount::Unit;
use super::doubles::since;
use super::line::Line;
use super::place::{Width, place_of};
use super::shelf::{Ledger, Scope};
use crate::compensation::run::Earlier;
use crate::units::{Currency, Instant, Span};

/// The ledger, asked before a run; one part of its customers is in memory at a time.
#[derive(Debug)]
pub struct Before<'l> {
    ledger: &'l Ledger<'l>,
    width: Width,
    now: Instant,
    until: Option<Instant>,
    currency: Currency,
    policy: String,
    family: Vec<String>,
}

impl<'l> Before<'l> {
    /// What was given before a run of a policy, at this time, in its currency; with `until`, only
    /// what was entered by then. What the run's own family has by the same policy is not "before":
    /// the run tops it up.
    pub fn new(
        ledger: &'l Ledger<'l>,
        now: Instant,
        until: Option<Instant>,
        currency: Currency,
        policy: String,
        family: Vec<String>,
    ) -> Self {
        Before { width: ledger.width(Scope::All), ledger, now, until, currency, policy, family }
    }

    fn counts(&self, line: &Line) -> bool {
        line.terms.policy != self.policy || !self.family.contains(&line.terms.incident)
    }
}

impl Earlier for Before<'_> {
    fn parts(&self) -> usize {
        self.width.parts().count()
    }

    fn part_of(&self, customer: &str) -> usize {
        self.width.part_of(place_of(customer)).number()
    }

    fn given(&self, part: usize, period: Span) -> io::Result<HashMap<String, i64>> {
        let Some(part) = self.width.parts().nth(part) else { return Ok(HashMap::new()) };
        let from = self.now.plus(Span::from_seconds(-period.seconds()));
        let found = since(self.ledger, part, (from, self.until), |line| self.counts(line))
            .map_err(|d| io::Error::other(d.to_string()))?;
        let unit = Unit::Money(self.currency);
        let own = found.into_iter().filter(|((_, of), _)| *of == unit);
        // What is beyond 64 bits is beyond every limit.
        let clamped = |sum: i128| i64::try_from(sum).unwrap_or(i64::MAX);
        Ok(own.map(|((customer, _), sum)| (customer, clamped(sum))).collect())
    }
}
