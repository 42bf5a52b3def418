//! `inc ledger reissue`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::cli::moves::{Move, Which, shift};
use crate::ledger::{State, What};

/// Send rejected entries again, with the next batch
///
/// They get a new key, so that the core does not take them for the ones that it refused.
#[derive(Debug, Args)]
pub(crate) struct ReissueArgs {
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

pub(crate) fn run(ctx: &mut Ctx, args: &ReissueArgs) -> Result {
    let ReissueArgs { which, reason, period, dry_run } = args;
    let to = Move { what: What::Reissue, to: State::Reissued, done: "reissued" };
    shift(ctx, which, to, reason, period.as_deref(), *dry_run)
}
