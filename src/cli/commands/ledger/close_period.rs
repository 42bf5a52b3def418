//! `inc ledger close-period`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::cli::moves::close;

/// Close an accounting period: nothing is entered in it any more
///
/// Corrections go into a period that is open. All periods before it are closed with it.
#[derive(Debug, Args)]
pub(crate) struct ClosePeriodArgs {
    /// The accounting period, 2026-11
    #[arg(value_name = "MONTH")]
    month: String,
    /// Print the change instead of making it
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ClosePeriodArgs) -> Result {
    let month = ctx.accounting_period(Some(&args.month))?;
    close(ctx, month, args.dry_run)?;
    Ok(Exit::Done)
}
