//! `inc comms skip`

use clap::Args;

use super::draft;
use crate::cli::Ctx;
use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::{Communication, EntryKind, Skipped};

/// Decide not to send a message that is owed, and say why
#[derive(Debug, Args)]
pub(crate) struct SkipArgs {
    #[command(flatten)]
    which: Which,
    /// The point in the incident: initial, update, restored …
    #[arg(long)]
    stage: String,
    /// Channel
    #[arg(long)]
    channel: String,
    /// Audience; the channel's first by default
    #[arg(long)]
    audience: Option<String>,
    /// Why it is not sent
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &SkipArgs) -> Result {
    if args.reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let stage = draft::stage(&args.stage)?;
    let channel = draft::channel(ctx, &args.channel)?;
    let audience = match &args.audience {
        Some(audience) => draft::audience(ctx, audience)?,
        None => channel.audiences.first().cloned().unwrap_or_default(),
    };
    let channel = channel.id.clone();
    let (dry_run, words) = (args.writing.dry_run, args.reason.as_str());
    let written = ctx.change_keeping(&id, "comms", dry_run, at, words, |record, act| {
        let skipped = Skipped {
            by: Some(act.by.to_owned()),
            at: Some(act.at),
            reason: args.reason.clone(),
            ..Skipped::default()
        };
        let drafted = record.communications.iter_mut().find(|c| {
            c.stage == stage.as_str()
                && c.channel == channel
                && c.audience.as_deref().is_none_or(|a| a == audience)
                && c.sent.is_empty()
        });
        match drafted {
            Some(message) => message.skipped = Some(skipped),
            None => {
                let item = draft::new_item(record, &mut act.random);
                record.communications.push(Communication {
                    id: Some(item),
                    stage: stage.as_str().to_owned(),
                    channel: channel.clone(),
                    audience: Some(audience.clone()),
                    skipped: Some(skipped),
                    ..Communication::default()
                });
            }
        }
        let text = format!("not sent: {stage} · {channel}: {}", args.reason);
        record.add_entry(act, EntryKind::Decision, text, false);
        Ok(())
    })?;
    if !args.writing.dry_run {
        ctx.say(&format!("{} · {stage} · {channel} skipped", written.id))?;
    }
    Ok(Exit::Done)
}
