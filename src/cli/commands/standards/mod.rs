//! `inc standards`

mod check;
mod explain;
mod replay;

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::error::Result;

/// The company's standard: prove its tables, explain them, see what a change would have done
#[derive(Debug, Args)]
pub(crate) struct StandardsArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::CheckArgs),
    Explain(explain::ExplainArgs),
    Replay(replay::ReplayArgs),
}

pub(crate) fn run(ctx: &mut Ctx, args: &StandardsArgs) -> Result {
    match &args.verb {
        Verb::Check(args) => check::run(ctx, args),
        Verb::Explain(args) => explain::run(ctx, args),
        Verb::Replay(args) => replay::run(ctx, args),
    }
}
