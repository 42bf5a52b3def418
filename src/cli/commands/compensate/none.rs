//! `inc compensate none`

use clap::Args;

use super::options::applying;
use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, status_line};
use crate::diag::Diagnostic;
use crate::incident::EntryKind;
use crate::ledger::is_approved;
use crate::reports::payout::NONE_OWED;

/// Record that nobody is owed anything, and why
///
/// A decision of its own, as a run is: incidents without either stay undecided. Policies that apply
/// all the same are named in it.
#[derive(Debug, Args)]
pub(crate) struct NoneArgs {
    #[command(flatten)]
    which: Which,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &NoneArgs) -> Result {
    if args.reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let record = ctx.load(&id)?.record;
    if let Some(run) = record.compensation.iter().find(|run| is_approved(run)) {
        let name = run.id.as_ref().map_or("", |id| id.as_str());
        let message = format!("run {name} of {id} is approved: something is owed");
        return Err(Diagnostic::error("approved-already", message)
            .help(format!("what was entered by mistake is reversed: inc ledger reverse {name}"))
            .into());
    }
    let although = match applying(ctx, &record)?.as_slice() {
        [] => String::new(),
        names => format!(" (although by their tables these apply: {})", names.join(", ")),
    };
    let text = format!("{NONE_OWED}{}{although}", args.reason.trim());
    let (dry_run, words) = (args.writing.dry_run, args.reason.as_str());
    let record = ctx.change_keeping(&id, "compensate", dry_run, at, words, |record, act| {
        record.add_entry(act, EntryKind::Decision, &text, true);
        Ok(())
    })?;
    ctx.say(&status_line(&record, &format!("none owed{although}"), at))?;
    Ok(Exit::Done)
}
