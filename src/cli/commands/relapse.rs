//! `inc relapse`

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, status_line};

/// Say that customers feel it again after a restore
#[derive(Debug, Args)]
pub(crate) struct RelapseArgs {
    #[command(flatten)]
    which: Which,
    /// What there is to say about it
    #[arg(long, short = 'm', value_name = "WORDS")]
    message: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &RelapseArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let words = args.message.as_deref();
    let record = ctx.change(&id, "relapse", args.writing.dry_run, at, |record, act| {
        Ok(record.relapse(act, words)?)
    })?;
    ctx.say(&status_line(&record, "relapsed", at))?;
    Ok(Exit::Done)
}
