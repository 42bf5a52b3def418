//! `inc impact`

mod accuracy;
mod customers;
mod measure;
mod show;
mod verify;

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::error::Result;

/// How much customers felt it, measured from evidence
#[derive(Debug, Args)]
pub(crate) struct ImpactArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Show(show::ShowArgs),
    Measure(Box<measure::MeasureArgs>),
    Customers(Box<customers::CustomersArgs>),
    Verify(verify::VerifyArgs),
    Accuracy(accuracy::AccuracyArgs),
}

pub(crate) fn run(ctx: &mut Ctx, args: &ImpactArgs) -> Result {
    match &args.verb {
        Verb::Show(args) => show::run(ctx, args),
        Verb::Measure(args) => measure::run(ctx, args),
        Verb::Customers(args) => customers::run(ctx, args),
        Verb::Verify(args) => verify::run(ctx, args),
        Verb::Accuracy(args) => accuracy::run(ctx, args),
    }
}
