//! `inc targets`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::{Format, Which};
use crate::cli::as_of::{AsOf, Then};
use crate::cli::error::{Exit, Result};
use crate::render;

/// Show each clock of the standard: met, missed, running or not known
#[derive(Debug, Args)]
pub(crate) struct TargetsArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    as_of: AsOf,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) fn run(ctx: &mut Ctx, args: &TargetsArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let (loaded, then) = ctx.load_as_of(&id, &args.as_of)?;
    let record = loaded.record;
    let assessment = ctx.assess(&record)?;
    if args.format == Format::Json {
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
