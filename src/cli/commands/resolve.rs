//! `inc resolve`

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, gate, status_line};

/// Say that it cannot come back by itself, and the money is reconciled
///
/// The standard's lifecycle says what must be there first; --anyway passes with a reason that is
/// recorded as an override.
#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    #[command(flatten)]
    which: Which,
    /// What there is to say about it
    #[arg(long, short = 'm', value_name = "WORDS")]
    message: Option<String>,
    /// Pass although something is missing, for this reason
    #[arg(long, value_name = "REASON")]
    anyway: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ResolveArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let words = args.message.as_deref();
    let passed = gate::pass(ctx, &id, "resolve", args.anyway.as_deref(), at, args.writing.dry_run)?;
    let record = ctx.change(&id, "resolve", args.writing.dry_run, at, |record, act| {
        record.resolve(act, words)?;
        passed.record(record, act);
        Ok(())
    })?;
    ctx.say(&status_line(&record, "resolved", at))?;
    Ok(Exit::Done)
}
