//! `inc severity`

mod confirm;
mod r#override;
mod show;

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::error::Result;

/// How severe an incident is, and why
#[derive(Debug, Args)]
pub(crate) struct SeverityArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Show(show::ShowArgs),
    Confirm(confirm::ConfirmArgs),
    Override(r#override::OverrideArgs),
}

pub(crate) fn run(ctx: &mut Ctx, args: &SeverityArgs) -> Result {
    match &args.verb {
        Verb::Show(args) => show::run(ctx, args),
        Verb::Confirm(args) => confirm::run(ctx, args),
        Verb::Override(args) => r#override::run(ctx, args),
    }
}
