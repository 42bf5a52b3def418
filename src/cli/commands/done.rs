//! `inc done`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::cli::items;
use crate::incident::{ChecklistItem, EntryKind};

/// Tick off an item of the checklist; `inc show` lists them
#[derive(Debug, Args)]
pub(crate) struct DoneArgs {
    /// Item, such as stop-retries
    item: String,
    /// Incident; left out when exactly one is open
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// What shows it: a link, a ticket, a path
    #[arg(long, value_name = "REFERENCE")]
    evidence: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &DoneArgs) -> Result {
    let id = ctx.which(args.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let wanted = items::evidence(ctx, &id, &args.item)?;
    let record = ctx.change(&id, "done", args.writing.dry_run, at, |record, act| {
        items::not_noted(record, &args.item)?;
        record.checklist.push(ChecklistItem {
            item: args.item.clone(),
            by: Some(act.by.to_owned()),
            at: Some(act.at),
            evidence: args.evidence.clone(),
            ..ChecklistItem::default()
        });
        let shown = args.evidence.as_ref().map_or(String::new(), |e| format!(" ({e})"));
        record.add_entry(act, EntryKind::Note, format!("done: {}{shown}", args.item), false);
        Ok(())
    })?;
    if let (Some(kind), None) = (wanted, &args.evidence) {
        let kind = kind.replace('_', " ");
        ctx.talk(&format!(
            "the standard asks for a {kind} that shows it: inc edit {}",
            id.suffix()
        ));
    }
    ctx.say(&crate::cli::status_line(&record, &format!("{} done", args.item), at))?;
    Ok(Exit::Done)
}
