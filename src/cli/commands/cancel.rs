//! `inc cancel`

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, status_line};
use crate::diag::Diagnostic;

/// Say that it was a false alarm
#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    which: Which,
    /// Confirm that no customer felt anything
    #[arg(long)]
    false_alarm: bool,
    /// How it came about
    #[arg(long, short = 'm', value_name = "WORDS")]
    message: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &CancelArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    if !args.false_alarm {
        return Err(Diagnostic::error("not-confirmed", "only a false alarm is cancelled: it leaves every figure")
            .help(format!(
                "inc cancel {0} --false-alarm; if customers felt it: inc restore {0}, then inc resolve {0}",
                id.suffix()
            ))
            .into());
    }
    let at = args.writing.at(ctx)?;
    let words = args.message.as_deref();
    let record = ctx.change(&id, "cancel", args.writing.dry_run, at, |record, act| {
        Ok(record.cancel(act, words)?)
    })?;
    ctx.say(&status_line(&record, "cancelled: false alarm", at))?;
    Ok(Exit::Done)
}
