//! `inc ledger …`

mod balance;
mod clawback;
mod close_period;
mod confirm;
mod doubles;
mod export;
mod reissue;
mod reverse;
mod show;
mod verify;
mod write_off;

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::error::Result;

/// What is owed to customers, and what became of it
///
/// The entries lie below evidence.root of inc.toml, outside git, and are never changed; git holds
/// their head, totals and hashes.
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Show(show::ShowArgs),
    Export(Box<export::ExportArgs>),
    Confirm(confirm::ConfirmArgs),
    Reissue(reissue::ReissueArgs),
    Reverse(reverse::ReverseArgs),
    WriteOff(write_off::WriteOffArgs),
    Clawback(clawback::ClawbackArgs),
    Doubles(doubles::DoublesArgs),
    Balance(balance::BalanceArgs),
    ClosePeriod(close_period::ClosePeriodArgs),
    Verify(verify::VerifyArgs),
}

pub(crate) fn run(ctx: &mut Ctx, args: &LedgerArgs) -> Result {
    match &args.verb {
        Verb::Show(args) => show::run(ctx, args),
        Verb::Export(args) => export::run(ctx, args),
        Verb::Confirm(args) => confirm::run(ctx, args),
        Verb::Reissue(args) => reissue::run(ctx, args),
        Verb::Reverse(args) => reverse::run(ctx, args),
        Verb::WriteOff(args) => write_off::run(ctx, args),
        Verb::Clawback(args) => clawback::run(ctx, args),
        Verb::Doubles(args) => doubles::run(ctx, args),
        Verb::Balance(args) => balance::run(ctx, args),
        Verb::ClosePeriod(args) => close_period::run(ctx, args),
        Verb::Verify(args) => verify::run(ctx, args),
    }
}
