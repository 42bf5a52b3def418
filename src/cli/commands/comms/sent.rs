//! `inc comms sent`

use clap::Args;

use crate::approval::{self, Of, digest};
use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::communication::Fate;
use crate::diag::Diagnostic;
use crate::incident::{EntryKind, Sent};
use crate::reports::owed::readers;

/// Record that a message went out, by whatever tool sent it
///
/// Nothing is sent by this command. It is recorded what went where and when, so that what is owed,
/// due and valid now is right. Without an approval of these very words it is recorded all the same,
/// and said.
#[derive(Debug, Args)]
pub(crate) struct SentArgs {
    /// Incident and message: `7QKM C7QK`; the incident may be left out when exactly one is open
    #[arg(value_name = "[ID] MESSAGE", required = true, num_args = 1..=2)]
    what: Vec<String>,
    /// Where it went: an integration, a list, a page; the audience by default
    #[arg(long, value_name = "WORDS")]
    to: Option<String>,
    /// How many readers; what the record says of the audience by default
    #[arg(long, value_name = "COUNT")]
    size: Option<u64>,
    /// It did not go out, whatever was tried: a send whose answer never came
    #[arg(long, requires = "to", conflicts_with = "reference")]
    failed: bool,
    /// What the tool calls it
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &SentArgs) -> Result {
    let (id, typed) = match args.what.as_slice() {
        [message] => (None, message),
        [id, message, ..] => (Some(id.as_str()), message),
        [] => return Err(Diagnostic::error("usage", "name a message").into()),
    };
    let id = ctx.which(id)?;
    let at = args.writing.at(ctx)?;
    let record = ctx.load(&id)?.record;
    let message = super::approve::message(&record, typed)?;
    let of = Of::Message(message.clone());
    let evidence = ctx.evidence(&record, std::slice::from_ref(&of))?;
    let standing = approval::standing(&evidence, &record, &of);
    let file =
        record.communications.iter().find(|m| m.id.as_ref().is_some_and(|i| i.as_str() == message));
    let file = file.and_then(|m| m.file.as_deref()).map(|f| format!("{}/{f}", id.folder()));
    let words = match file {
        Some(path) => ctx.store.read(path).map_err(from_store)?.map(|bytes| digest(&bytes)),
        None => None,
    };
    let fate = if args.failed { Fate::Failed } else { Fate::Sent };
    let unapproved = !args.failed && !standing.needs.is_empty() && !standing.complete();
    let written = ctx.change(&id, "comms", args.writing.dry_run, at, |record, act| {
        let known = record.clone();
        let found = record
            .communications
            .iter_mut()
            .find(|m| m.id.as_ref().is_some_and(|i| i.as_str() == message));
        let Some(entry) = found else { return Ok(()) };
        let audience = entry.audience.clone();
        let size = args.size.or_else(|| readers(&known, audience.as_deref().unwrap_or_default()));
        // An attempt in doubt at that place is what this settles.
        let to = args.to.clone().or_else(|| audience.clone());
        let doubted =
            |s: &&mut Sent| s.to == to && matches!(Fate::of(s), Fate::Sending | Fate::Unknown);
        let known = entry.sent.iter_mut().rev().find(doubted);
        let sent = Sent {
            at: act.at,
            by: Some(act.by.to_owned()),
            size,
            status: Some(fate.as_str().to_owned()),
            ref_: args.reference.clone(),
            sha256: words.clone(),
            to: to.clone(),
            x: Default::default(),
        };
        match known {
            Some(known) => *known = Sent { sha256: known.sha256.clone(), ..sent },
            None => entry.sent.push(sent),
        }
        let not = if args.failed { "not " } else { "" };
        let text = format!("{not}sent {}: {} {message}", entry.stage, entry.channel);
        record.add_entry(act, EntryKind::Communication, text, false);
        Ok(())
    })?;
    if unapproved {
        let roles: Vec<&str> = standing.missing().map(|n| n.role.as_str()).collect();
        ctx.talk(&format!(
            "{message} went out without the approval of {} of these words",
            roles.join(" and ")
        ));
    }
    if !args.writing.dry_run {
        ctx.say(&format!("{} · {message} recorded as {}", written.id, fate.as_str()))?;
    }
    Ok(Exit::Done)
}
