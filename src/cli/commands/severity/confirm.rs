//! `inc severity confirm`

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::lowering::{self, Answer};
use crate::cli::{Ctx, status_line};
use crate::diag::Diagnostic;
use crate::incident::{EntryKind, Stamp};

/// Confirm the level from numbers; ends the provisional one
///
/// Where the numbers give a lower level than the provisional one, what is then no longer owed is
/// shown first; on a terminal it asks whether to go on.
#[derive(Debug, Args)]
pub(crate) struct ConfirmArgs {
    #[command(flatten)]
    which: Which,
    /// What the numbers are from
    #[arg(long, short = 'm', value_name = "WORDS")]
    message: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ConfirmArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let before = ctx.load(&id)?.record;
    let mut after = before.clone();
    after.severity.get_or_insert_default().confirmed = Some(Stamp::default());
    let confirmed_already = before.severity.as_ref().is_some_and(|s| s.confirmed.is_some());
    let ask = !args.yes && !args.writing.dry_run && !confirmed_already;
    let Answer::Go(skipped) = lowering::show(ctx, &before, &after, ask)? else {
        return Ok(Exit::No);
    };
    let record = ctx.change(&id, "severity", args.writing.dry_run, at, |record, act| {
        let note = record.severity.get_or_insert_default();
        if let Some(stamp) = &note.confirmed {
            let by = stamp.by.clone().unwrap_or_default();
            return Err(Diagnostic::error(
                "confirmed-already",
                format!("{by} confirmed the severity already"),
            )
            .help("the level follows the numbers by itself: inc update ID --affected COUNT …")
            .into());
        }
        note.confirmed =
            Some(Stamp { by: Some(act.by.to_owned()), at: Some(act.at), ..Stamp::default() });
        let mut words = "severity confirmed from numbers".to_owned();
        for more in args.message.iter().map(|m| format!(": {m}")) {
            words.push_str(&more);
        }
        words.push_str(&skipped);
        record.add_entry(act, EntryKind::Severity, words, false);
        Ok(())
    })?;
    let assessment = ctx.assess(&record)?;
    ctx.say(&status_line(&record, &format!("{} confirmed", assessment.level_text()), at))?;
    Ok(Exit::Done)
}
