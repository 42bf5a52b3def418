//! `inc severity override`

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::lowering::{self, Answer};
use crate::cli::{Ctx, status_line};
use crate::diag::Diagnostic;
use crate::incident::{EntryKind, Severity};

/// Declare another level than the derived one
///
/// Before a lower level is declared, what is then no longer owed is shown, with the month's degraded
/// minutes of each service against its objective; on a terminal it asks whether to go on. What is
/// skipped stands in the timeline beside the reason.
#[derive(Debug, Args)]
pub(crate) struct OverrideArgs {
    /// Level
    #[arg(value_parser = crate::cli::word::<Severity>)]
    level: Severity,
    #[command(flatten)]
    which: Which,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &OverrideArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    if args.reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let before = ctx.load(&id)?.record;
    let derived = ctx.assess(&before)?.derived;
    let mut after = before.clone();
    let note = after.severity.get_or_insert_default();
    note.declared = Some(args.level);
    note.reason = Some(ctx.reason_as_written(&args.reason)?);
    let approval = ctx.overriding(&after, "severity", &args.reason, args.writing.dry_run)?;
    let ask = !args.yes && !args.writing.dry_run;
    let Answer::Go(skipped) = lowering::show(ctx, &before, &after, ask)? else {
        return Ok(Exit::No);
    };
    let record = ctx.change(&id, "severity", args.writing.dry_run, at, |record, act| {
        record.approvals.push(approval.clone());
        let note = record.severity.get_or_insert_default();
        note.declared = Some(args.level);
        note.derived = derived;
        note.by = Some(act.by.to_owned());
        note.at = Some(act.at);
        note.reason = Some(args.reason.clone());
        let beside = derived.filter(|derived| *derived != args.level);
        let beside = beside.map_or(String::new(), |derived| format!(" (derived {derived})"));
        let words = format!("severity declared {}{beside}: {}{skipped}", args.level, args.reason);
        record.add_entry(act, EntryKind::Severity, words, true);
        Ok(())
    })?;
    let assessment = ctx.assess(&record)?;
    ctx.say(&status_line(&record, &assessment.level_text(), at))?;
    Ok(Exit::Done)
}
