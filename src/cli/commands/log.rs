//! `inc log`

use std::collections::BTreeSet;

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::error::{Exit, Result};
use crate::render;

/// Show who changed which field when, from git's history
///
/// Each commit is compared with what it was made from, so that what somebody else wrote meanwhile
/// is never laid at the writer's door. What is sensitive in an old value is masked.
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
    let (edits, _) = ctx.edits(&BTreeSet::from([id.clone()]), None, None)?;
    if args.format == "json" {
        ctx.say(&render::history::json(&id, &edits).to_string())?;
    } else {
        ctx.say_tree();
        ctx.print_paged(&render::history::text(&edits))?;
    }
    Ok(Exit::Done)
}
