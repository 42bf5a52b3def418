//! `inc log`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::error::{Exit, Result};
use crate::history::{self, Revision};
use crate::render;

/// Show who changed which field when, from git's history
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    #[command(flatten)]
    which: Which,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &LogArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let revisions: Vec<Revision> = ctx.revisions(&id.path())?;
    let changes = history::fields(&revisions);
    if args.format == "json" {
        ctx.say(&render::history::json(&id, &changes).to_string())?;
    } else {
        ctx.say_tree();
        ctx.print_paged(&render::history::text(&changes))?;
    }
    Ok(Exit::Done)
}
