//! `inc merge`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::incident::Brought;

/// Merge a duplicate into the incident that it belongs to
///
/// Its words and links come along: timeline, situation, causes, workaround, open actions, vendors'
/// tickets. Where both say something in one place, the duplicate's words go into the timeline. Its
/// messages, approvals and figures stay in its record, which leads on to the other.
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
    let mut told = Brought::default();
    let (from, into) =
        ctx.change_two(&from, &into, "merge", args.writing.dry_run, at, |from, into, act| {
            told = into.absorb(from, act)?;
            Ok(())
        })?;
    ctx.say(&format!("{} · merged into {}", from.id, into.id))?;
    for (what, list) in [("brought", &told.brought), ("stays in the duplicate", &told.stays)] {
        if !list.is_empty() {
            ctx.talk(&format!("{what}: {}", list.join(", ")));
        }
    }
    if !args.writing.dry_run && !from.compensation.is_empty() {
        crate::cli::moves::say_doubles(ctx, &into.id);
    }
    Ok(Exit::Done)
}
