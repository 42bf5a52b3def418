//! `inc undo`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};

/// Take your last command back, by a new commit
#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// Print what would be taken back, and take nothing back
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(ctx: &mut Ctx, args: &UndoArgs) -> Result {
    if !args.dry_run {
        ctx.recover();
    }
    let undoable = ctx.undoable()?;
    if args.dry_run {
        ctx.talk(&format!("would be taken back: {}", undoable.subject));
        undoable.files.iter().try_for_each(|file| ctx.show_file_diff(file))?;
        return Ok(Exit::Done);
    }
    ctx.undo(&undoable)?;
    ctx.say(&format!("taken back: {}", undoable.subject))?;
    Ok(Exit::Done)
}
