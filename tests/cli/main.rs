//! The built program, end to end: what is typed, what comes back, what it changes.
//!
//! Transcripts are golden files in `tests/cli/golden`; `INC_UPDATE=1 cargo test --test cli`
//! writes them anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod actions;
mod answers;
mod approvals;
mod asking;
mod audit;
mod bad_input;
mod browser;
mod caching;
mod ci;
mod common;
mod compensation;
mod dashboard;
mod decide;
mod doctor;
mod documents;
mod editing;
mod evening;
mod finding;
mod hostile;
mod git;
mod impact;
mod imports;
mod ledger;
mod life;
mod problems;
mod processes;
mod merging;
mod reference;
mod sending;
mod reports;
mod sensitive;
mod pir;
mod policies;
mod sharing;
mod sla;
mod standard;
mod severity;
mod terminal;
mod workspaces;

/// A golden file that no test names any more would look like a promise.
#[test]
fn no_golden_file_is_left_over() {
    let (used, there) = common::named_in_sources();
    let unused: Vec<_> = there.difference(&used).collect();
    assert!(unused.is_empty(), "no test names {unused:?}");
}
