//! `inc compensate approve`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::approve::Approving;
use crate::cli::error::Result;
use crate::cli::payout::approve_run;

/// Approve a run; with the last approval its awards enter the ledger
///
/// Computes the run again and compares: what is approved is what would be paid. Who may is in
/// standards/approvals.toml. Whoever made the run, was the last to edit the policy before its first
/// run, or is among those who would be paid does not. Customers who have some of it already get the
/// difference; who has more keeps it, and is listed.
#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    /// Incident
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    id: String,
    /// The run, as inc compensate run named it
    run: String,
    /// The accounting period that it is entered in, 2026-11; this month by default
    #[arg(long, value_name = "MONTH")]
    period: Option<String>,
    #[command(flatten)]
    approving: Approving,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ApproveArgs) -> Result {
    let id = ctx.which(Some(&args.id))?;
    approve_run(ctx, &id, &args.run, args.period.as_deref(), &args.approving)
}
