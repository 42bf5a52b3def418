//! `inc ack`

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, status_line};

/// Take an incident: somebody looks after it from here on
#[derive(Debug, Args)]
pub(crate) struct AckArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &AckArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let record = ctx
        .change(&id, "ack", args.writing.dry_run, at, |record, act| Ok(record.acknowledge(act)?))?;
    ctx.say(&status_line(&record, "acknowledged", at))?;
    Ok(Exit::Done)
}
