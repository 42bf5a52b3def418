//! `inc brief`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::as_of::AsOf;
use crate::cli::error::{Exit, Result};
use crate::render;
use crate::timing::clocks;

/// Ten lines for the one who joins at minute 40
#[derive(Debug, Args)]
pub(crate) struct BriefArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(ctx: &mut Ctx, args: &BriefArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let (loaded, then) = ctx.load_as_of(&id, &args.as_of)?;
    let record = loaded.record;
    if let Some(then) = then {
        ctx.say(&then.heading())?;
    }
    let assessment = ctx.assess(&record)?;
    let now = ctx.clock.now;
    ctx.print(&render::incident::brief(&record, &assessment, &clocks(&record, now), now))?;
    Ok(Exit::Done)
}
