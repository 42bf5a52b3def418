//! A policy over the evidence: every customer's award in the order of the file, on all cores, in
//! memory that does not grow with the file.
//!
//! One reading judges, writes and counts (lanes of blocks). Limits that look at all
//! customers wait on disk until the total is known. Customers who come twice are found by hashes
//! that spill to disk. Nothing here depends on how many workers there are: results are taken in the
//! order of the file, and what is shared out is shared out by amount and customer id.

mod cells;
mod compared;
mod doubles;
mod draft;
mod earlier;
mod facts;
mod lanes;
mod lines;
mod order;
mod part;
mod rejects;
mod repeats;
mod settle;
mod spill;
mod spread;
mod summary;
mod tally;
mod terms;
#[cfg(test)]
mod tests;

pub use cells::{amount_text, total_text};
pub use compared::{Compared, ComparedRow, Side};
pub use earlier::{Earlier, NoEarlier};
pub use facts::{facts_for, facts_sha256};
pub use order::{Evidence, Order, Ran, Sinks, Stopped, run};
pub use part::{Found, TOLD};
pub use spill::{Memory, Spill, Spilled};
pub use summary::{FormSummary, Summary};
pub use tally::{Count, FormTally, OTHER_SEGMENTS, Tally, bands};
pub use terms::{Effect, FormTerms, Terms};

use super::evidence::Sheet;
use super::{AtLimit, Compiled, LimitKind};
use doubles::Key;
use lanes::in_order;
use lines::Lines;
use repeats::Repeats;

/// What all workers look at.
#[derive(Debug)]
struct Plan<'c> {
    compiled: &'c Compiled,
    terms: &'c Terms,
    sheet: &'c Sheet,
    lines: Lines,
    key: Key,
    /// Customers who come more than once, where they are put aside.
    repeats: Option<&'c Repeats>,
    /// Whether bad rows are put aside.
    rejects: bool,
    /// Whether limits have to wait for all awards.
    wait: bool,
    segments: bool,
    /// The least of the limits of one customer.
    customer_limit: Option<i64>,
    /// The smallest amount worth paying, with its place among the limits.
    smallest: Option<(usize, i64)>,
    /// The customer who is to be explained.
    explained: Option<&'c str>,
}

impl<'c> Plan<'c> {
    fn new(compiled: &'c Compiled, terms: &'c Terms, sheet: &'c Sheet, key: Key) -> Plan<'c> {
        let of = |kind: LimitKind| {
            terms.limits.iter().enumerate().filter(move |(_, limit)| limit.kind == kind)
        };
        Plan {
            compiled,
            terms,
            sheet,
            lines: Lines::new(terms, sheet.has_segment(), sheet.has_employee()),
            key,
            repeats: None,
            rejects: false,
            wait: terms.wait(),
            segments: sheet.has_segment(),
            customer_limit: of(LimitKind::Customer).map(|(_, limit)| limit.minor).min(),
            smallest: of(LimitKind::Smallest)
                .filter(|(_, limit)| limit.at == AtLimit::Drop)
                .map(|(at, limit)| (at, limit.minor))
                .max_by_key(|(_, minor)| *minor),
            explained: None,
        }
    }
}
