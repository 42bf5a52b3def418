//! `inc ledger clawback`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::clawback::{Source, propose};
use crate::cli::error::Result;
use crate::diag::Diagnostic;

/// Propose to take back what customers were credited too much
///
/// Makes a run with negative amounts that somebody else approves: inc compensate approve. By default
/// nothing is collected from customers: the entries say what was given too much, and are given up.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["lower", "doubles"]))]
pub(crate) struct ClawbackArgs {
    /// Incident
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    id: String,
    /// What customers have more than this later run gives
    #[arg(long, value_name = "RUN")]
    lower: Option<String>,
    /// What customers have twice because this incident was merged with another one
    #[arg(long)]
    doubles: bool,
    /// The policy whose doubles are meant
    #[arg(long, value_name = "NAME", requires = "doubles")]
    policy: Option<String>,
    /// Collect it from the customers
    #[arg(long)]
    collect: bool,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ClawbackArgs) -> Result {
    let id = ctx.which(Some(&args.id))?;
    let at = args.writing.at(ctx)?;
    let source = match (&args.lower, &args.policy) {
        (Some(run), _) => Source::Lower(run.clone()),
        (None, Some(policy)) => Source::Doubles(policy.clone()),
        (None, None) => {
            let d = Diagnostic::error("usage", "--doubles needs --policy NAME");
            return Err(d.help(format!("inc ledger doubles {} lists them", id.suffix())).into());
        }
    };
    propose(ctx, &id, &source, &args.reason, args.collect, at, args.writing.dry_run)
}
