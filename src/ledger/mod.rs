//! What is owed to customers and what became of it: an append-only ledger.
//!
//! An *entry* is an amount that a run gives to a customer under a form; its *lines* say what
//! became of it: approved → exported → posted | rejected → reissued | written off, or reversed.
//! Lines come in *appends*, each a few files parted by the hash of the customer's id ([`Part`]),
//! below the month of its accounting period. The files hold customers and lie outside git; git
//! holds the [`Book`]: head, totals, and a log of the appends chained by hash. An append has
//! happened when git's log has it: files that it does not name are never read, so a command that
//! died between has done nothing.
//!
//! Nobody is paid twice: what is owed is counted by customer × family × policy × basis × form, with
//! the families that the records have now, and a run enters the difference alone ([`enter`]).
//!
//! Pure: files come through a [`Shelf`], rows that exceed the memory wait in a [`Spill`].

mod amount;
mod approve;
mod awards;
mod balance;
mod book;
mod booking;
mod by_form;
mod doubles;
mod earlier;
mod entry;
mod line;
mod month;
mod moves;
mod noted;
mod place;
mod shelf;

#[cfg(test)]
mod tests;

pub use amount::{Sums, Unit, as_money, read_minor, show_minor};
pub use approve::{Entered, Entering, Held, Proposal, Tally, compare, enter, entering_width};
pub use awards::{Award, AwardsRead, bad_id, read_awards, take_awards};
pub use balance::{Row, balance, each, standing};
pub use book::{Append, Book, Filed, HEAD, LOG, Made, Movement, Movements, What};
pub use booking::{
    Accounts, BOOKING_COLUMNS, Booked, Posting, Transaction, beancount, book, hledger, rows,
};
pub use by_form::{ByForm, MovedByForm};
pub use doubles::{Double, doubles};
pub use earlier::Before;
pub use entry::{Entry, SoFar, entries, read_key};
pub use line::{COLUMNS, Line, State, Terms, read_lines, write_lines};
pub use month::Month;
pub use moves::{
    BATCH_COLUMNS, Batch, ByRun, Confirmed, Moved, Pick, RunMoved, answers_width, batch_runs,
    confirm, read_answers, send, shift, write_batch,
};
pub use noted::{
    ApprovalLine, BatchFile, EvidenceLine, RunFile, credited, given, is_approved, note_entered,
    note_moved, note_sent, owed,
};
pub use place::{Part, Width, entry_id, place_of};
pub use shelf::{InMemory, Ledger, Pen, Scope, Shelf, Spill};
