//! `inc undo`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};

/// Take your last command back, by a new commit
#[derive(Debug, Args)]
pub(crate) struct UndoArgs {}

pub(crate) fn run(ctx: &mut Ctx, _: &UndoArgs) -> Result {
    let undone = ctx.undo()?;
    ctx.say(&format!("taken back: {undone}"))?;
    Ok(Exit::Done)
}
