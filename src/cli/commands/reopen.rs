//! `inc reopen`

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, status_line};

/// Take back a mistaken resolve, close or cancel of the last 24 hours
#[derive(Debug, Args)]
pub(crate) struct ReopenArgs {
    #[command(flatten)]
    which: Which,
    /// What there is to say about it
    #[arg(long, short = 'm', value_name = "WORDS")]
    message: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ReopenArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let words = args.message.as_deref();
    let record = ctx.change(&id, "reopen", args.writing.dry_run, at, |record, act| {
        Ok(record.reopen(act, words)?)
    })?;
    ctx.say(&status_line(&record, "reopened", at))?;
    Ok(Exit::Done)
}
