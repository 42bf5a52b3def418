//! What is owed: opening + approved − reversed − posted − written off = closing.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::amount::Unit;
use super::approve::Tally;
use super::book::{Movement, Movements};
use super::entry::{Entry, entries};
use super::line::State;
use super::month::Month;
use super::moves::Pick;
use super::shelf::{Ledger, Scope};
use crate::diag::Diagnostic;

/// One basis, vertical and unit in a month, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The basis.
    pub basis: String,
    /// The vertical whose service failed.
    pub vertical: String,
    /// What it is counted in.
    pub unit: Unit,
    /// What was owed when the first month began.
    pub opening: i128,
    /// What happened in them.
    pub month: Movement,
}

impl Row {
    /// What is owed when the last month ends.
    pub fn closing(&self) -> i128 {
        self.opening.saturating_add(self.month.open())
    }
}

/// The balance of a month, by basis and vertical.
///
/// # Errors
/// As [`balance_between`].
pub fn balance(ledger: &Ledger<'_>, month: Month) -> Result<Vec<Row>, Diagnostic> {
    balance_between(ledger, month, month)
}

/// The balance of some months, the last one included, by basis and vertical.
///
/// # Errors
/// When files of the ledger are missing or were changed, or its lines do not come to what git
/// holds.
pub fn balance_between(
    ledger: &Ledger<'_>,
    first: Month,
    last: Month,
) -> Result<Vec<Row>, Diagnostic> {
    let mut rows: BTreeMap<(String, String, Unit), (i128, Movement)> = BTreeMap::new();
    let mut all = Movements::default();
    for append in ledger.book.log.iter().filter(|append| append.lines > 0) {
        let read = ledger.each(append, Scope::All, |line| {
            all.add(line);
            if line.period > last {
                return Ok(());
            }
            let key = (line.terms.basis.clone(), line.terms.vertical.clone(), line.unit());
            let (opening, moved) = rows.entry(key).or_default();
            if line.period >= first {
                moved.add(line.state, line.total);
            } else {
                let mut before = Movement::default();
                before.add(line.state, line.total);
                *opening = opening.saturating_add(before.open());
            }
            Ok::<(), Infallible>(())
        });
        let Ok(()) = read?;
    }
    if all != ledger.book.moved {
        return Err(Diagnostic::error(
            "ledger-broken",
            "the ledger's lines do not come to the totals of ledger/head.toml",
        )
        .help("put back ledger/ and its files from one commit and its copy"));
    }
    let rows = rows.into_iter().map(|((basis, vertical, unit), (opening, month))| Row {
        basis,
        vertical,
        unit,
        opening,
        month,
    });
    let quiet = |row: &Row| row.opening == 0 && row.month == Movement::default();
    Ok(rows.filter(|row| !quiet(row)).collect())
}

/// How runs stand: how many entries, and how much, in each state.
///
/// # Errors
/// As [`Ledger::lines`].
pub fn standing(
    ledger: &Ledger<'_>,
    pick: &Pick,
) -> Result<BTreeMap<(String, State, Unit), Tally>, Diagnostic> {
    let mut found: BTreeMap<(String, State, Unit), Tally> = BTreeMap::new();
    each(ledger, pick, |entry| {
        let (name, unit) = (entry.line.terms.run_name(), entry.line.unit());
        let tally = found.entry((name, entry.line.state, unit.clone())).or_default();
        tally.add(&unit, entry.line.total.into());
        Ok(())
    })?;
    Ok(found)
}

/// Gives each entry that is meant, as it stands, by part and then in the order of approval.
///
/// # Errors
/// As [`Ledger::lines`], and what `see` says.
pub fn each(
    ledger: &Ledger<'_>,
    pick: &Pick,
    mut see: impl FnMut(&Entry) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    let wanted = pick.scope();
    for part in ledger.width(wanted).parts() {
        for entry in entries(ledger.lines(part, wanted)?)?.iter().filter(|e| pick.takes(e)) {
            see(entry)?;
        }
    }
    Ok(())
}
