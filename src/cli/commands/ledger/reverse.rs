//! `inc ledger reverse`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::cli::moves::{Move, Which, shift};
use crate::ledger::{State, What};

/// Cancel entries that were not sent, or that the core refused
///
/// What is in a batch is answered first; what is posted is taken back with inc ledger clawback.
#[derive(Debug, Args)]
pub(crate) struct ReverseArgs {
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

pub(crate) fn run(ctx: &mut Ctx, args: &ReverseArgs) -> Result {
    let ReverseArgs { which, reason, period, dry_run } = args;
    let to = Move { what: What::Reverse, to: State::Reversed, done: "cancelled" };
    shift(ctx, which, to, reason, period.as_deref(), *dry_run)
}
