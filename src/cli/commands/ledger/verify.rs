//! `inc ledger verify`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::cli::ledger::from_ledger;
use crate::ledger::{Month, balance};

/// Read the whole ledger, and compare every file with the hash that git holds
///
/// Says how many entries and lines there are; a file that is missing or was changed is exit code 3.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {}

pub(crate) fn run(ctx: &mut Ctx, _: &VerifyArgs) -> Result {
    let till = ctx.till()?;
    let ledger = till.ledger();
    ledger.must_be_whole().map_err(from_ledger)?;
    let newest = till.book.log.iter().map(|append| append.period).max();
    let month = newest.unwrap_or_else(|| Month::of(ctx.today()));
    balance(&ledger, month).map_err(from_ledger)?;
    let (appends, lines) = (till.book.log.len(), till.book.lines());
    ctx.say(&format!(
        "{} entries in {lines} lines of {appends} appends, each as git says; open: {}",
        till.book.entries,
        till.book.moved.open()
    ))?;
    Ok(Exit::Done)
}
