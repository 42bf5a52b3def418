//! `inc comms preview`

use std::path::PathBuf;

use clap::Args;

use super::draft;
use crate::cli::args::Which;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::{Ctx, files};
use crate::communication::{MessageFile, Unit, read_message, sms};
use crate::diag::{Diagnostic, Source};
use crate::incident::Communication;
use crate::render::preview::{self as render, Preview, PreviewField};
use crate::standard::{Communication as Said, Format};

/// Show each message as its channel would show it
///
/// Where a phone cuts it, how long each field may be, how many SMS it becomes. By default the
/// messages that have not gone out; --html writes one page with phone-like previews, its languages
/// side by side, that needs no other file.
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    #[command(flatten)]
    which: Which,
    /// All messages, those that were sent or skipped too
    #[arg(long)]
    all: bool,
    /// Channel; all by default
    #[arg(long = "channel", value_delimiter = ',')]
    channels: Vec<String>,
    /// Write one self-contained page instead
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(crate) fn run(ctx: &mut Ctx, args: &PreviewArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let mut channels = Vec::new();
    for typed in &args.channels {
        channels.push(draft::channel(ctx, typed)?.id.clone());
    }
    let said = &ctx.standard()?.communication;
    let open = |m: &&Communication| args.all || (m.sent.is_empty() && m.skipped.is_none());
    let asked = |m: &&Communication| channels.is_empty() || channels.contains(&m.channel);
    let secrets = ctx.secrets();
    let mut previews = Vec::new();
    for message in record.communications.iter().filter(open).filter(asked) {
        let Some(file) = message.file.as_deref() else { continue };
        let path = format!("{}/{file}", id.folder());
        let Some(bytes) = ctx.store.read(&path).map_err(from_store)? else { continue };
        let text = secrets.redact(&String::from_utf8_lossy(&bytes));
        let read = read_message(Source::new(&path, &text))?;
        let item = message.id.as_ref().map_or("-", |id| id.as_str());
        previews.push(preview(item, &read, said));
    }
    if previews.is_empty() {
        ctx.talk(&format!("{id}: no message waits to go out; --all shows the others"));
        return Ok(Exit::Done);
    }
    match &args.html {
        None => ctx.print(&render::text(&previews))?,
        Some(file) => {
            let page = render::html(id.as_str(), &record.title, &previews);
            files::write(file, &page).map_err(|e| {
                let message = format!("cannot write {}: {e}", file.display());
                Failure::outside(
                    Diagnostic::error("cannot-write", message).help("name another file"),
                )
            })?;
            ctx.say(&format!("{id} · {} messages in {}", previews.len(), file.display()))?;
        }
    }
    Ok(Exit::Done)
}

/// A message with the limits of its channel.
fn preview(item: &str, message: &MessageFile<'_>, said: &Said) -> Preview {
    let channel = said.channels.get(&message.channel);
    let fields = message.fields.iter().map(|field| {
        let limit = channel.and_then(|c| c.field(&field.name));
        PreviewField {
            name: field.name.clone(),
            text: field.text.clone(),
            limit: limit.map(|l| (l.unit.measure(&field.text), l.max, l.unit)),
            visible: limit.and_then(|l| l.visible),
        }
    });
    let body = message.field("body").map_or("", |f| f.text.as_str());
    let segmented = channel.is_some_and(|c| c.fields.iter().any(|f| f.unit == Unit::Segments));
    Preview {
        id: item.to_owned(),
        stage: message.stage.clone(),
        channel: message.channel.clone(),
        channel_name: channel
            .map_or(message.channel.clone(), |c| c.name.get(&message.locale).to_owned()),
        locale: message.locale.clone(),
        audience: message.audience.clone().unwrap_or_default(),
        markdown: channel.is_some_and(|c| matches!(c.format, Format::Markdown | Format::Html)),
        fields: fields.collect(),
        sms: segmented.then(|| sms(body)),
    }
}
