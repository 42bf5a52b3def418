//! What customers were given before, as limits over a rolling period ask it.

use std::io;

use super::amount::Unit;
use super::book::{Append, What};
use super::shelf::{Ledger, Scope};
use crate::compensation::run::Earlier;
use crate::units::{Currency, Instant, Span};

/// The ledger, asked before a run; one of its files is in memory at a time.
#[derive(Debug)]
pub struct Before<'l> {
    ledger: &'l Ledger<'l>,
    now: Instant,
    until: Option<Instant>,
    currency: Currency,
    policy: String,
    family: Vec<String>,
}

impl<'l> Before<'l> {
    /// What was given before a run of a policy, at this time, in its currency; with `until`, as the
    /// ledger was then. What the run's own family has by the same policy is not "before": the run
    /// tops it up.
    pub fn new(
        ledger: &'l Ledger<'l>,
        now: Instant,
        until: Option<Instant>,
        currency: Currency,
        policy: String,
        family: Vec<String>,
    ) -> Self {
        Before { ledger, now, until, currency, policy, family }
    }
}

impl Earlier for Before<'_> {
    fn tell(
        &self,
        period: Span,
        to: &mut dyn FnMut(&str, i64) -> io::Result<()>,
    ) -> io::Result<()> {
        let from = self.now.plus(Span::from_seconds(-period.seconds()));
        let known = |append: &&Append| self.until.is_none_or(|until| append.at <= until);
        // Of an entry the approval says when it counts; what became of it since is in later lines.
        let approved = |append: &&Append| {
            matches!(append.what, What::Approve | What::Clawback) && append.at >= from
        };
        let appends = || self.ledger.book.log.iter().filter(known);
        let runs: Vec<String> =
            appends().filter(approved).flat_map(|a| a.runs.iter().cloned()).collect();
        let wanted = Scope::Runs(&runs);
        let unit = Unit::Money(self.currency);
        let fail = |e: crate::diag::Diagnostic| io::Error::other(e.to_string());
        for append in appends().filter(|append| wanted.wants(append)) {
            let told = self.ledger.each(append, wanted, |line| {
                let counted = line.counted();
                let own =
                    line.terms.policy == self.policy && self.family.contains(&line.terms.incident);
                if counted == 0 || own || line.unit() != unit {
                    return Ok(());
                }
                to(&line.customer, counted)
            });
            told.map_err(fail)??;
        }
        Ok(())
    }
}
