//! `inc comms`

mod approve;
mod check;
mod coverage;
mod draft;
mod export;
mod holding;
mod owed;
mod preview;
mod send;
mod sent;
mod show;
mod skip;

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
    Owed(owed::OwedArgs),
    Draft(draft::DraftArgs),
    Check(check::CheckArgs),
    Preview(preview::PreviewArgs),
    Approve(approve::ApproveArgs),
    Send(send::SendArgs),
    Export(export::ExportArgs),
    Sent(sent::SentArgs),
    Show(show::ShowArgs),
    Skip(skip::SkipArgs),
    Coverage(coverage::CoverageArgs),
    Holding(holding::HoldingArgs),
}

pub(crate) fn run(ctx: &mut Ctx, args: &CommsArgs) -> Result {
    match &args.verb {
        Verb::Owed(args) => owed::run(ctx, args),
        Verb::Draft(args) => draft::run(ctx, args),
        Verb::Check(args) => check::run(ctx, args),
        Verb::Preview(args) => preview::run(ctx, args),
        Verb::Approve(args) => approve::run(ctx, args),
        Verb::Send(args) => send::run(ctx, args),
        Verb::Export(args) => export::run(ctx, args),
        Verb::Sent(args) => sent::run(ctx, args),
        Verb::Show(args) => show::run(ctx, args),
        Verb::Skip(args) => skip::run(ctx, args),
        Verb::Coverage(args) => coverage::run(ctx, args),
        Verb::Holding(args) => holding::run(ctx, args),
    }
}
