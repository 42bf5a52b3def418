//! `inc retry`

use clap::Args;

use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, editor};
use crate::diag::{Diagnostic, Source};
use crate::incident::{EntryKind, IncidentId, parse};

/// Apply words that were kept when they could not be written
///
/// Notes and updates become a note in their incident; an edited record that did not parse is
/// opened in the editor again.
#[derive(Debug, Args)]
pub(crate) struct RetryArgs {
    /// Incident, for words that were typed without one
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// List what is kept, and apply nothing
    #[arg(long)]
    list: bool,
    /// Print the changes instead of making them; everything stays kept
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(ctx: &mut Ctx, args: &RetryArgs) -> Result {
    if !args.dry_run {
        for note in ctx.store.recover().map_err(from_store)? {
            ctx.talk(&note);
        }
    }
    let kept = ctx.store.kept().map_err(from_store)?;
    if args.list || kept.is_empty() {
        if kept.is_empty() {
            ctx.talk("nothing is kept");
        }
        for one in &kept {
            ctx.say(&one.path.display().to_string())?;
        }
        return Ok(Exit::Done);
    }
    let mut exit = Exit::Done;
    for one in &kept {
        let bytes = ctx.store.read_kept(&one.name).map_err(from_store)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let done = if one.name.ends_with(".yaml") {
            record(ctx, &one.name, text, args.dry_run)
        } else {
            words(ctx, &one.name, args.id.as_deref(), &text, args.dry_run)
        };
        match done {
            Ok(id) if args.dry_run => {
                ctx.talk(&format!("{id} · would be applied: {}", one.path.display()));
            }
            Ok(id) => {
                ctx.store.take(&one.name).map_err(from_store)?;
                ctx.say(&format!("{id} · applied {}", one.name))?;
            }
            Err(failure) => {
                crate::cli::error::print(ctx.out, &failure.found, false);
                ctx.talk(&format!("still kept: {}", one.path.display()));
                exit = exit.max(failure.exit);
            }
        }
    }
    Ok(exit)
}

fn named(name: &str) -> Option<IncidentId> {
    name.get(..17).and_then(|id| id.parse().ok())
}

fn words(
    ctx: &mut Ctx,
    name: &str,
    asked: Option<&str>,
    text: &str,
    dry_run: bool,
) -> Result<IncidentId> {
    let id = match (asked, named(name)) {
        (Some(asked), _) => ctx.which(Some(asked))?,
        (None, Some(id)) => id,
        (None, None) => ctx.which(None)?,
    };
    let at = ctx.clock.now;
    // The words are still kept where they lie: a failure here must not keep them twice.
    ctx.change(&id, "note", dry_run, at, |record, act| {
        record.add_entry(act, EntryKind::Note, text.trim_end(), false);
        Ok(())
    })?;
    Ok(id)
}

fn record(ctx: &mut Ctx, name: &str, text: String, dry_run: bool) -> Result<IncidentId> {
    let id = named(name).ok_or_else(|| {
        Diagnostic::error("no-such-incident", format!("{name} names no incident"))
    })?;
    let before = ctx.text(&id.path())?;
    let mut text = text;
    if parse(Source::new(name, &text)).is_err() && ctx.can_ask() && !dry_run {
        text = editor::write(ctx, "incident.yaml", &text)?;
    }
    let parsed = parse(Source::new(name, &text))?;
    ctx.put(&parsed.record, &before, &text, "edit", dry_run)?;
    Ok(id)
}
