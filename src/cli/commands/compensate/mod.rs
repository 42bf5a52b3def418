//! `inc compensate`

mod approve;
mod none;
mod options;
mod replay;
mod run;
mod show;
mod verify;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::cli::error::Result;
use crate::cli::{Call, Ctx};

/// What customers are owed after an incident, to the cent
///
/// Policies lie in standards/compensation/. A run takes one of them over a file of customers and
/// pays nothing until it is approved.
#[derive(Debug, Args)]
pub(crate) struct CompensateArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Options(options::OptionsArgs),
    None(none::NoneArgs),
    Run(Box<run::RunArgs>),
    Show(show::ShowArgs),
    Approve(approve::ApproveArgs),
    Verify(verify::VerifyArgs),
    Replay(replay::ReplayArgs),
}

impl CompensateArgs {
    /// Whether it needs no workspace: facts, policy and customers are files.
    pub(crate) fn stands_alone(&self) -> bool {
        matches!(&self.verb, Verb::Run(args) if args.stands_alone())
    }
}

/// Runs what needs no workspace.
pub(crate) fn run_alone(
    call: Call,
    dir: Option<&Path>,
    now: Option<&str>,
    args: &CompensateArgs,
) -> Result {
    match &args.verb {
        Verb::Run(args) => run::run_alone(call, dir, now, args),
        _ => Ok(crate::cli::error::Exit::Done),
    }
}

pub(crate) fn run(ctx: &mut Ctx, args: &CompensateArgs) -> Result {
    match &args.verb {
        Verb::Options(args) => options::run(ctx, args),
        Verb::None(args) => none::run(ctx, args),
        Verb::Run(args) => run::run(ctx, args),
        Verb::Show(args) => show::run(ctx, args),
        Verb::Approve(args) => approve::run(ctx, args),
        Verb::Verify(args) => verify::run(ctx, args),
        Verb::Replay(args) => replay::run(ctx, args),
    }
}
