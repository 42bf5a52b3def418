//! `inc targets`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::{Format, Which};
use crate::cli::error::{Exit, Result};
use crate::render;

/// Show each clock of the standard: met, missed, running or not known
#[derive(Debug, Args)]
pub(crate) struct TargetsArgs {
    #[command(flatten)]
    which: Which,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) fn run(ctx: &mut Ctx, args: &TargetsArgs) -> Result {
    let record = ctx.load(&ctx.which(args.which.id.as_deref())?)?.record;
    let assessment = ctx.assess(&record)?;
    if args.format == Format::Json {
        ctx.say(&render::json::targets(&record, &assessment).to_string())?;
    } else {
        ctx.print(&render::incident::targets(&assessment, ctx.clock.now, ctx.out.surface()))?;
    }
    Ok(Exit::Done)
}
