//! `inc ledger write-off`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::cli::moves::{Move, Which, shift};
use crate::ledger::{State, What};

/// Give up rejected entries: they stay owed to nobody, and are not paid by a later run
///
/// The customer has closed the account, or cannot be found.
#[derive(Debug, Args)]
pub(crate) struct WriteOffArgs {
    #[command(flatten)]
    which: Which,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// The accounting period, 2026-11; this month by default
    #[arg(long, value_name = "MONTH")]
    period: Option<String>,
    /// Print the change instead of making it
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(ctx: &mut Ctx, args: &WriteOffArgs) -> Result {
    let WriteOffArgs { which, reason, period, dry_run } = args;
    let to = Move { what: What::WriteOff, to: State::WrittenOff, done: "given up" };
    shift(ctx, which, to, reason, period.as_deref(), *dry_run)
}
