//! `inc merge`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};

/// Merge a duplicate into the incident that it belongs to
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The duplicate
    id: String,
    /// The incident that keeps both's words
    #[arg(long, value_name = "ID")]
    into: String,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &MergeArgs) -> Result {
    let from = ctx.which(Some(&args.id))?;
    let into = ctx.which(Some(&args.into))?;
    let at = args.writing.at(ctx)?;
    let (from, into) =
        ctx.change_two(&from, &into, "merge", args.writing.dry_run, at, |from, into, act| {
            Ok(into.absorb(from, act)?)
        })?;
    ctx.say(&format!("{} · merged into {}", from.id, into.id))?;
    Ok(Exit::Done)
}
