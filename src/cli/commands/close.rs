//! `inc close`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::cli::gate::{self, GateArgs, Step};

/// Say that the review and every duty are done
///
/// The standard's lifecycle says what must be there first; --anyway passes with a reason that is
/// recorded as an override.
#[derive(Debug, Args)]
pub(crate) struct CloseArgs {
    #[command(flatten)]
    gate: GateArgs,
}

pub(crate) fn run(ctx: &mut Ctx, args: &CloseArgs) -> Result {
    gate::take(ctx, Step::Close, &args.gate)
}
