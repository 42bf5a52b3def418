//! `inc comms draft`

use clap::Args;

use crate::approval::digest;
use crate::cli::Ctx;
use crate::cli::args::{Which, Writing};
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Failure, Result};
use crate::communication::{
    Correction, Request, Stage, draft_context, front_matter, template_name,
};
use crate::diag::{Diagnostic, Diagnostics, nearest};
use crate::incident::{Communication, EntryKind, IncidentId, ItemId, Record};
use crate::render;
use crate::store::{Before, Change};

/// Channels that a draft is made for when none is named.
const CHANNELS: &[&str] = &["status_page", "push"];

/// Draft what customers read, from the record and the templates
///
/// Writes one file for each channel and locale into the incident's communications/ and lists them.
/// Only facts that the record holds are stated; what a stage cannot do without is asked for by
/// name. A draft that somebody edited is never overwritten.
#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    #[command(flatten)]
    which: Which,
    /// The point in the incident: initial, identified, update, workaround, restored, resolved, correction …
    #[arg(long)]
    stage: String,
    /// Channel; status_page and push by default
    #[arg(long = "channel", value_delimiter = ',')]
    channels: Vec<String>,
    /// Locale; all of the workspace by default
    #[arg(long = "locale", value_delimiter = ',')]
    locales: Vec<String>,
    /// Audience
    #[arg(long, default_value = "affected_likely")]
    audience: String,
    /// For a correction: what was said
    #[arg(long, value_name = "TEXT", requires = "right")]
    said: Option<String>,
    /// For a correction: what is right
    #[arg(long, value_name = "TEXT", requires = "said")]
    right: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

/// One message, rendered.
struct Message {
    channel: String,
    locale: String,
    text: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &DraftArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let stage = stage(&args.stage)?;
    let record = ctx.load(&id)?.record;
    if record.restricted.is_some() {
        return Err(Diagnostic::error(
            "restricted",
            format!("{id} is a stub; its details are in another workspace"),
        )
        .help("draft its messages there")
        .into());
    }
    let messages = render(ctx, &record, stage, args)?;
    let folder = id.folder();
    let drafts = plan(ctx, &id, &record, stage, &messages)?;
    let (audience, audience_of) = (args.audience.clone(), stage.as_str());
    let mut listed = Vec::new();
    let written = ctx.change_with(&id, "comms", args.writing.dry_run, at, "", |record, act| {
        listed.clear();
        let mut files = Vec::new();
        for (message, known) in messages.iter().zip(&drafts) {
            let item = match known {
                Known::Fresh => new_item(record, &mut act.random),
                Known::Same(item) | Known::Again(item, _) => item.clone(),
            };
            let path = format!("communications/{item}-{}.{}.md", message.channel, message.locale);
            listed.push((item.clone(), format!("{folder}/{path}")));
            let sha256 = sha256(&message.text);
            let full = format!("{folder}/{path}");
            match known {
                Known::Same(_) => continue,
                Known::Again(_, before) => {
                    files.push(Change {
                        path: full.into(),
                        before: Before::Text(before.clone()),
                        after: Some(message.text.clone().into_bytes()),
                    });
                    if let Some(entry) =
                        record.communications.iter_mut().find(|c| c.id.as_ref() == Some(&item))
                    {
                        entry.generated_sha256 = Some(sha256);
                    }
                }
                Known::Fresh => {
                    files.push(Change {
                        path: full.into(),
                        before: Before::Absent,
                        after: Some(message.text.clone().into_bytes()),
                    });
                    record.communications.push(Communication {
                        id: Some(item),
                        stage: audience_of.to_owned(),
                        channel: message.channel.clone(),
                        audience: Some(audience.clone()),
                        locale: Some(message.locale.clone()),
                        file: Some(path),
                        generated_sha256: Some(sha256),
                        ..Communication::default()
                    });
                }
            }
        }
        if !files.is_empty() {
            let channels: Vec<_> =
                messages.iter().map(|m| format!("{} {}", m.channel, m.locale)).collect();
            record.add_entry(
                act,
                EntryKind::Communication,
                format!("drafted {audience_of}: {}", channels.join(", ")),
                false,
            );
        }
        Ok(files)
    })?;
    if args.writing.dry_run {
        return Ok(Exit::Done);
    }
    ctx.say(&format!(
        "{} · {} drafts of stage {stage}; nothing is sent",
        written.id,
        messages.len()
    ))?;
    for (message, (item, path)) in messages.iter().zip(&listed) {
        ctx.say(&format!("\n{item}  {} {}  {path}", message.channel, message.locale))?;
        let body = front_matter(&message.text).map_or(message.text.as_str(), |(_, body)| body);
        let title = front_matter(&message.text)
            .and_then(|(head, _)| head.lines().find_map(|l| l.strip_prefix("title: ")));
        if let Some(title) = title {
            ctx.say(&format!("  {}", render::terminal_safe(title.trim_matches('"'))))?;
        }
        for line in body.trim().lines() {
            ctx.say(format!("  {}", render::terminal_safe(line)).trim_end())?;
        }
    }
    Ok(Exit::Done)
}

/// What is there of a message already.
enum Known {
    /// Nothing.
    Fresh,
    /// The very text.
    Same(ItemId),
    /// An older text that nobody touched, nor sent.
    Again(ItemId, Vec<u8>),
}

fn plan(
    ctx: &Ctx,
    id: &IncidentId,
    record: &Record,
    stage: Stage,
    messages: &[Message],
) -> Result<Vec<Known>> {
    let mut plan = Vec::new();
    let mut found = Diagnostics::default();
    for message in messages {
        let drafted = record.communications.iter().rev().find(|c| {
            c.stage == stage.as_str()
                && c.channel == message.channel
                && c.locale.as_deref() == Some(&message.locale)
                && c.sent.is_empty()
        });
        let Some((item, file)) = drafted.and_then(|c| c.id.clone().zip(c.file.clone())) else {
            plan.push(Known::Fresh);
            continue;
        };
        let path = format!("{}/{file}", id.folder());
        let Some(bytes) = ctx.store.read(&path).map_err(from_store)? else {
            plan.push(Known::Fresh);
            continue;
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let generated = drafted.and_then(|c| c.generated_sha256.clone());
        if text == message.text {
            plan.push(Known::Same(item));
        } else if generated == Some(sha256(&text)) {
            plan.push(Known::Again(item, bytes));
        } else {
            found.push(
                Diagnostic::error(
                    "draft-was-edited",
                    format!("{path} was edited by hand; a new draft would lose those words"),
                )
                .help("send or delete that draft, or go on editing it"),
            );
        }
    }
    if found.is_empty() { Ok(plan) } else { Err(Failure::wrong(found)) }
}

fn render(ctx: &Ctx, record: &Record, stage: Stage, args: &DraftArgs) -> Result<Vec<Message>> {
    let templates = ctx.templates()?;
    let channels: Vec<&str> = match args.channels.is_empty() {
        true => CHANNELS.to_vec(),
        false => args.channels.iter().map(String::as_str).collect(),
    };
    let locales = if args.locales.is_empty() { &ctx.config.locales } else { &args.locales };
    let mut messages = Vec::new();
    let mut found = Diagnostics::default();
    for tag in locales {
        let locale = ctx.locale(tag)?;
        let catalogue = ctx.company()?.words(tag);
        for channel in &channels {
            let name = template_name(channel, stage, tag);
            if !templates.contains(&name) {
                found.push(no_template(&name, channel, &templates));
                continue;
            }
            let request = Request {
                stage,
                channel: (*channel).to_owned(),
                audience: args.audience.clone(),
                locale: tag.clone(),
                correction: args
                    .said
                    .clone()
                    .zip(args.right.clone())
                    .map(|(said, right)| Correction { said, right }),
                now: ctx.clock.now,
            };
            let context = draft_context(record, &catalogue, request);
            let needs = context.needs(record.id.suffix());
            if !needs.is_empty() {
                for need in needs {
                    found.push(
                        Diagnostic::error(
                            "fact-missing",
                            format!("a message of stage {stage} needs {}", need.what),
                        )
                        .help(need.command),
                    );
                }
                return Err(Failure::wrong(dedup(found)));
            }
            match templates.render(&name, &render::message::message(&context, &locale)) {
                Ok(text) => messages.push(Message {
                    channel: (*channel).to_owned(),
                    locale: tag.clone(),
                    text: ctx.masked(&format!("{channel}.{tag}"), &text),
                }),
                Err(d) => found.push(d),
            }
        }
    }
    if found.is_empty() { Ok(messages) } else { Err(Failure::wrong(dedup(found))) }
}

fn no_template(name: &str, channel: &str, templates: &render::Templates) -> Diagnostic {
    let d = Diagnostic::error("no-template", format!("there is no template {name}"));
    let channels: Vec<&str> = templates
        .names()
        .filter_map(|n| n.strip_prefix("communication/")?.split('/').next())
        .collect();
    if !channels.contains(&channel) {
        let mut channels = channels;
        channels.dedup();
        let near = nearest(channel, channels.iter().copied());
        return d.help(near.map_or_else(
            || format!("channels with templates: {}", channels.join(", ")),
            |n| format!("did you mean the channel {n}?"),
        ));
    }
    d.help(format!("write templates/{name}.hbs, or choose another stage or locale"))
}

fn dedup(found: Diagnostics) -> Diagnostics {
    let mut one = Diagnostics::default();
    for d in found {
        if !one.0.contains(&d) {
            one.push(d);
        }
    }
    one
}

fn stage(typed: &str) -> Result<Stage> {
    Stage::from_word(typed).ok_or_else(|| {
        let known: Vec<_> = Stage::ALL.iter().map(|s| s.as_str()).collect();
        let d = Diagnostic::error("unknown-stage", format!("unknown stage `{typed}`"))
            .help(format!("one of: {}", known.join(", ")));
        d.did_you_mean(typed, known).into()
    })
}

fn new_item(record: &Record, random: &mut dyn FnMut() -> u8) -> ItemId {
    loop {
        let item = ItemId::new('C', &mut *random);
        if !record.communications.iter().any(|c| c.id.as_ref() == Some(&item)) {
            return item;
        }
    }
}

fn sha256(text: &str) -> String {
    digest(text.as_bytes())
}
