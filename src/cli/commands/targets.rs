//! `inc targets`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Format;
use crate::cli::as_of::{OneIncident, Then};
use crate::cli::error::{Exit, Result};
use crate::render;

/// Show each clock of the standard: met, missed, running or not known
#[derive(Debug, Args)]
pub(crate) struct TargetsArgs {
    #[command(flatten)]
    one: OneIncident,
}

pub(crate) fn run(ctx: &mut Ctx, args: &TargetsArgs) -> Result {
    let (record, then) = args.one.load(ctx)?;
    let assessment = ctx.assess(&record)?;
    if args.one.format == Format::Json {
        let answer = render::json::targets(&record, &assessment);
        ctx.say(&Then::mark(then.as_ref(), answer).to_string())?;
    } else {
        if let Some(then) = then {
            ctx.say(&then.heading())?;
        }
        ctx.print(&render::incident::targets(&assessment, ctx.clock.now, ctx.out.surface()))?;
    }
    Ok(Exit::Done)
}
