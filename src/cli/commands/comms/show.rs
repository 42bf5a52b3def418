//! `inc comms show`

use clap::Args;

use super::draft;
use crate::cli::Ctx;
use crate::cli::args::{Answer, Which};
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::communication::{Fate, Stage, front_matter};
use crate::incident::{Communication, Record};
use crate::render::comms::{self as render, Told};
use crate::render::{Align, Table, terminal_safe};
use crate::reports::owed::went_out;

/// List an incident's messages, or print what is valid now
///
/// A newer message through a channel withdraws the older one, and so does a retraction; what nobody
/// sent was never valid. --current prints the texts that hold now, as agents and bots read them.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    which: Which,
    /// Print the texts that are valid now
    #[arg(long)]
    current: bool,
    /// Channel, such as support_script; all by default
    #[arg(long = "channel", value_delimiter = ',')]
    channels: Vec<String>,
    /// Locale; all by default
    #[arg(long = "locale", value_delimiter = ',')]
    locales: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ShowArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let mut channels = Vec::new();
    for typed in &args.channels {
        channels.push(draft::channel(ctx, typed)?.id.clone());
    }
    let asked = |m: &&Communication| {
        let locale = m.locale.as_deref().unwrap_or_default();
        (channels.is_empty() || channels.contains(&m.channel))
            && (args.locales.is_empty() || args.locales.iter().any(|l| l == locale))
    };
    let messages: Vec<&Communication> = record.communications.iter().filter(asked).collect();
    let secrets = ctx.secrets();
    if args.format == Answer::Json {
        return program(ctx, &record, &messages, args.current);
    }
    if !args.current {
        return list(ctx, &record, &messages);
    }
    let mut shown = 0;
    for message in messages.iter().filter(|m| is_current(&record, m)) {
        let Some(file) = message.file.as_deref() else { continue };
        let path = format!("{}/{file}", id.folder());
        let Some(bytes) = ctx.store.read(&path).map_err(from_store)? else { continue };
        let text = secrets.redact(&String::from_utf8_lossy(&bytes));
        let (_, body) = front_matter(&text).unwrap_or(("", &text));
        if shown > 0 {
            ctx.say("")?;
        }
        shown += 1;
        let since = went_out(message).max().map(|at| at.to_string()).unwrap_or_default();
        let item = message.id.as_ref().map_or("-", |id| id.as_str());
        let locale = message.locale.as_deref().unwrap_or_default();
        ctx.say(&terminal_safe(&format!(
            "{item}  {} {locale}, valid since {since}",
            message.channel
        )))?;
        ctx.say("")?;
        for line in body.trim().lines() {
            ctx.say(&terminal_safe(line))?;
        }
    }
    if shown == 0 {
        let help = "none has gone out, or it was taken back; inc comms show lists them";
        ctx.talk(&format!("{id}: no message is valid now: {help}"));
    }
    Ok(Exit::Done)
}

/// Whether a message went out, and no newer one to the same readers has since.
fn is_current(record: &Record, message: &Communication) -> bool {
    let Some(sent) = went_out(message).max() else { return false };
    if message.stage == Stage::Retraction.as_str() {
        return false;
    }
    !record.communications.iter().any(|other| {
        other.channel == message.channel
            && other.audience == message.audience
            && other.locale == message.locale
            && went_out(other).max().is_some_and(|at| at > sent)
    })
}

/// The places of which nobody knows whether they have it, and those that do not.
fn troubles(message: &Communication) -> String {
    let of = |wanted: &[Fate]| -> Vec<&str> {
        let sent = message.sent.iter().filter(|s| wanted.contains(&Fate::of(s)));
        sent.filter_map(|s| s.to.as_deref()).collect()
    };
    let mut words = String::new();
    for (places, what) in [
        (of(&[Fate::Sending, Fate::Unknown]), "in doubt"),
        (of(&[Fate::Failed, Fate::Refused]), "not sent"),
    ] {
        let still: Vec<&str> = places
            .into_iter()
            .filter(|place| {
                let last = message.sent.iter().rfind(|s| s.to.as_deref() == Some(*place));
                last.is_some_and(|last| !Fate::of(last).went_out())
            })
            .collect();
        if !still.is_empty() {
            words.push_str(&format!("; {what}: {}", still.join(", ")));
        }
    }
    words
}

/// The messages with their texts, for programs; `current` alone those that are valid now.
fn program(ctx: &Ctx, record: &Record, messages: &[&Communication], current: bool) -> Result {
    let secrets = ctx.secrets();
    let mut told: Vec<Told> = Vec::new();
    for message in messages.iter().filter(|m| !current || is_current(record, m)) {
        let text = match message.file.as_deref() {
            Some(file) => {
                let path = format!("{}/{file}", record.id.folder());
                let bytes = ctx.store.read(&path).map_err(from_store)?;
                bytes.map(|bytes| secrets.redact(&String::from_utf8_lossy(&bytes)))
            }
            None => None,
        };
        let state = match (&message.skipped, went_out(message).max()) {
            (Some(_), _) => "skipped",
            (None, Some(_)) if is_current(record, message) => "valid",
            (None, Some(_)) => "withdrawn",
            (None, None) => "draft",
        };
        told.push(Told { message, state, text });
    }
    ctx.say(&render::messages_json(record, &told).to_string())?;
    Ok(Exit::Done)
}

fn list(ctx: &Ctx, record: &Record, messages: &[&Communication]) -> Result {
    let columns = ["MESSAGE", "STAGE", "CHANNEL", "LOCALE", "AUDIENCE", "STATE"];
    let mut table = Table::new(columns.map(|c| (c, Align::Left)));
    for message in messages {
        let sent = went_out(message).max();
        let state = match (&message.skipped, sent) {
            (Some(skipped), _) => format!("skipped: {}", skipped.reason),
            (None, Some(at)) if is_current(record, message) => format!("valid since {at}"),
            (None, Some(at)) => format!("sent {at}, withdrawn"),
            (None, None) => "draft".to_owned(),
        };
        let state = format!("{state}{}", troubles(message));
        table.push([
            message.id.as_ref().map_or("-", |id| id.as_str()).to_owned(),
            message.stage.clone(),
            message.channel.clone(),
            message.locale.clone().unwrap_or_default(),
            message.audience.clone().unwrap_or_default(),
            state,
        ]);
    }
    if table.is_empty() {
        ctx.talk(&format!("{}: no messages", record.id));
        return Ok(Exit::Done);
    }
    ctx.print(&table.render(ctx.out.surface()))?;
    Ok(Exit::Done)
}
