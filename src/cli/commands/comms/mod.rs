//! `inc comms`

mod approve;
mod draft;

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::error::Result;

/// Messages to customers
#[derive(Debug, Args)]
pub(crate) struct CommsArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Draft(draft::DraftArgs),
    Approve(approve::ApproveArgs),
}

pub(crate) fn run(ctx: &mut Ctx, args: &CommsArgs) -> Result {
    match &args.verb {
        Verb::Draft(args) => draft::run(ctx, args),
        Verb::Approve(args) => approve::run(ctx, args),
    }
}
