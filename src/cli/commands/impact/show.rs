//! `inc impact show`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::error::{Exit, Result};
use crate::render;

/// Show the impact that the record holds, and how it was measured
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    which: Which,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ShowArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    if args.format == "json" {
        ctx.say(&render::impact::kept_json(&record).to_string())?;
    } else {
        ctx.print(&render::impact::kept(&record, ctx.clock.now, ctx.out.surface()))?;
    }
    Ok(Exit::Done)
}
