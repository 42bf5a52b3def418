//! `inc skip`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::cli::items;
use crate::diag::Diagnostic;
use crate::incident::{ChecklistItem, EntryKind};

/// Skip an item of the checklist, with the reason
#[derive(Debug, Args)]
pub(crate) struct SkipArgs {
    /// Item, such as pause-campaigns
    item: String,
    /// Incident; left out when exactly one is open
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Why it is not done
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &SkipArgs) -> Result {
    if args.reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let id = ctx.which(args.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    items::evidence(ctx, &id, &args.item)?;
    let record = ctx.change(&id, "skip", args.writing.dry_run, at, |record, act| {
        items::not_noted(record, &args.item)?;
        record.checklist.push(ChecklistItem {
            item: args.item.clone(),
            by: Some(act.by.to_owned()),
            at: Some(act.at),
            reason: Some(args.reason.clone()),
            ..ChecklistItem::default()
        });
        let text = format!("skipped: {}: {}", args.item, args.reason);
        record.add_entry(act, EntryKind::Decision, text, false);
        Ok(())
    })?;
    ctx.say(&crate::cli::status_line(&record, &format!("{} skipped", args.item), at))?;
    Ok(Exit::Done)
}
