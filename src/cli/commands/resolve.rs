//! `inc resolve`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::cli::gate::{self, GateArgs, Step};

/// Say that it cannot come back by itself, and the money is reconciled
///
/// The standard's lifecycle says what must be there first; --anyway passes with a reason that is
/// recorded as an override.
#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    #[command(flatten)]
    gate: GateArgs,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ResolveArgs) -> Result {
    gate::take(ctx, Step::Resolve, &args.gate)
}
