//! `inc comms draft`
//!
//! The file is long because what a draft does with words that are there already is read as a whole.

use chrono::NaiveDate;
use clap::Args;

use crate::approval::digest;
use crate::cli::Ctx;
use crate::cli::args::{Which, Writing};
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::holding;
use crate::communication::{
    Correction, Kept, Need, Redraft, Request, Stage, draft_context, front_matter, redraft,
};
use crate::diag::{Diagnostic, Diagnostics, nearest};
use crate::incident::{Communication, EntryKind, IncidentId, ItemId, Record};
use crate::render;
use crate::reports::owed::{MessageState, OwedMessage, owed};
use crate::standard::{Channel, Duty};
use crate::store::{Before, Change};
use crate::units::Instant;

/// Messages that are shown in full after drafting; a larger set is listed.
const SHOWN: usize = 4;

/// Draft what people read, from the record and the templates
///
/// Writes one file for each channel and locale into the incident's communications/ and lists them.
/// Only facts that the record holds are stated; what a stage cannot do without is asked for by
/// name. Where somebody edited a draft, what is new is merged in; hand-made words always stand, and
/// what the new draft says in their place is shown.
#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    #[command(flatten)]
    which: Which,
    /// The point in the incident: initial, identified, update, workaround, restored, resolved, correction …
    #[arg(long)]
    stage: String,
    /// Channel; by default those through which the stage is owed (inc comms owed)
    #[arg(long = "channel", value_delimiter = ',')]
    channels: Vec<String>,
    /// Locale; all of the workspace by default
    #[arg(long = "locale", value_delimiter = ',')]
    locales: Vec<String>,
    /// Audience; by default the one that is owed it, else the channel's first
    #[arg(long)]
    audience: Option<String>,
    /// For a correction or a retraction: what was said
    #[arg(long, value_name = "TEXT")]
    said: Option<String>,
    /// For a correction: what is right
    #[arg(long, value_name = "TEXT", requires = "said")]
    right: Option<String>,
    /// For action_required: what the reader has to do
    #[arg(long, value_name = "TEXT")]
    action: Option<String>,
    /// By when something paid out will be in the accounts, where the ledger names no day to come: 2026-12-05
    #[arg(long, value_name = "DAY")]
    credited_by: Option<String>,
    /// Take the words that were approved in daylight, where there are some for it (inc comms holding)
    #[arg(long)]
    holding: bool,
    #[command(flatten)]
    writing: Writing,
}

/// One message, rendered.
struct Message {
    channel: String,
    audience: String,
    locale: String,
    text: String,
    /// The holding statement that it says, and what keeps that from being in force.
    holding: Option<(String, Option<String>)>,
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
    let targets = targets(ctx, &record, stage, args)?;
    let (messages, wishes) = render(ctx, &record, stage, &targets, args)?;
    let folder = id.folder();
    let drafts = plan(ctx, &id, &record, stage, &messages)?;
    let mut listed = Vec::new();
    let written = ctx.change_with(&id, "comms", args.writing.dry_run, at, "", |record, act| {
        listed.clear();
        let mut files = Vec::new();
        for (message, known) in messages.iter().zip(&drafts) {
            let item = match known {
                Known::Fresh => new_item(record, &mut act.random),
                Known::Same(item) | Known::Again(item, ..) => item.clone(),
            };
            let name = format!("{item}-{}.{}.md", message.channel, message.locale);
            let path = format!("communications/{name}");
            listed.push((item.clone(), format!("{folder}/{path}")));
            let sha256 = digest(message.text.as_bytes());
            let full = format!("{folder}/{path}");
            match known {
                Known::Same(_) => continue,
                Known::Again(_, before, redraft, kept) => {
                    files.push(Change {
                        path: full.into(),
                        before: Before::Text(before.clone()),
                        after: Some(redraft.text.clone().into_bytes()),
                    });
                    if redraft.text != message.text {
                        // The next draft's merge begins at this one, which stands in no file.
                        files.push(Change {
                            path: base_path(&folder, &name).into(),
                            before: Before::from(kept.clone()),
                            after: Some(message.text.clone().into_bytes()),
                        });
                    }
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
                        stage: stage.as_str().to_owned(),
                        channel: message.channel.clone(),
                        audience: Some(message.audience.clone()),
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
            let text = format!("drafted {stage}: {}", channels.join(", "));
            record.add_entry(act, EntryKind::Communication, text, false);
        }
        Ok(files)
    })?;
    if !args.writing.dry_run {
        list(ctx, &written, stage, &messages, &drafts, &listed)?;
    }
    for need in wishes {
        ctx.talk(&format!("better with {}: {}", need.what, need.command));
    }
    Ok(Exit::Done)
}

/// Lists what was drafted; a small set is shown in full.
fn list(
    ctx: &Ctx,
    record: &Record,
    stage: Stage,
    messages: &[Message],
    drafts: &[Known],
    listed: &[(ItemId, String)],
) -> Result<()> {
    let id = &record.id;
    let s = if messages.len() == 1 { "" } else { "s" };
    let n = messages.len();
    ctx.say(&format!("{id} · {n} draft{s} of stage {stage}; nothing is sent"))?;
    let short = messages.len() > SHOWN;
    for ((message, known), (item, path)) in messages.iter().zip(drafts).zip(listed) {
        let Message { channel, locale, audience, .. } = message;
        let gap = if short { "" } else { "\n" };
        ctx.say(&format!("{gap}{item}  {channel} {locale} → {audience}  {path}"))?;
        let text = match known {
            Known::Again(_, _, redraft, _) => &redraft.text,
            Known::Fresh | Known::Same(_) => &message.text,
        };
        if let Some((name, why)) = message.holding.as_ref().filter(|_| *text == message.text) {
            let why = why.as_deref().unwrap_or("in force, approved in daylight");
            ctx.say(&format!("  holding statement {name}: {}", render::terminal_safe(why)))?;
        }
        if let Known::Again(_, _, redraft, _) = known
            && redraft.text != message.text
        {
            let taken = redraft.taken;
            ctx.say(&format!("  edited by hand: those words stand; {taken} places are new"))?;
            for kept in &redraft.kept {
                say_kept(ctx, kept)?;
            }
        }
        if short {
            continue;
        }
        let (head, body) = front_matter(text).unwrap_or(("", text));
        let title = |line: &str| {
            let key = ["title: ", "subject: "].into_iter().find_map(|k| line.strip_prefix(k));
            key.map(|title| title.trim_matches('"').to_owned())
        };
        if let Some(title) = head.lines().find_map(title) {
            ctx.say(&format!("  {}", render::terminal_safe(&title)))?;
        }
        for line in body.trim().lines() {
            ctx.say(format!("  {}", render::terminal_safe(line)).trim_end())?;
        }
    }
    if short {
        ctx.say(&format!("inc comms preview {} shows them", id.suffix()))?;
    }
    Ok(())
}

fn say_kept(ctx: &Ctx, kept: &Kept) -> Result<()> {
    let one_line = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.is_empty() { "(nothing)".to_owned() } else { words.join(" ") }
    };
    ctx.say(&format!("    yours: {}", render::terminal_safe(&one_line(&kept.yours))))?;
    ctx.say(&format!("    draft: {}", render::terminal_safe(&one_line(&kept.fresh))))
}

/// What is there of a message already.
enum Known {
    /// Nothing.
    Fresh,
    /// The very text.
    Same(ItemId),
    /// An older text that was not sent, what becomes of it, and the copy of the last draft.
    Again(ItemId, Vec<u8>, Redraft, Option<Vec<u8>>),
}

fn plan(
    ctx: &Ctx,
    id: &IncidentId,
    record: &Record,
    stage: Stage,
    messages: &[Message],
) -> Result<Vec<Known>> {
    let mut plan = Vec::new();
    for message in messages {
        let drafted = record.communications.iter().rev().find(|c| {
            c.stage == stage.as_str()
                && c.channel == message.channel
                && c.locale.as_deref() == Some(&message.locale)
                && c.audience.as_deref().is_none_or(|a| a == message.audience)
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
        if text == message.text {
            plan.push(Known::Same(item));
            continue;
        }
        let generated = drafted.and_then(|c| c.generated_sha256.clone());
        let name = path.rsplit('/').next().unwrap_or_default();
        let kept = ctx.store.read(base_path(&id.folder(), name)).map_err(from_store)?;
        let base = base_text(ctx, &path, &text, kept.as_deref(), generated.as_deref());
        let done = redraft(base.as_deref(), &text, &message.text);
        plan.push(if done.text == text && done.kept.is_empty() {
            Known::Same(item)
        } else {
            Known::Again(item, bytes, done, kept)
        });
    }
    Ok(plan)
}

/// Where the last generated text of an edited message is kept.
fn base_path(folder: &str, name: &str) -> String {
    format!("{folder}/communications/.generated/{name}")
}

/// The text as the template made it last: the file itself, the copy beside it, or a version of it
/// in git's history. None where all are gone; then nothing of the file is touched.
fn base_text(
    ctx: &Ctx,
    path: &str,
    text: &str,
    kept: Option<&[u8]>,
    generated: Option<&str>,
) -> Option<String> {
    let generated = generated?;
    let is_it = |text: &String| digest(text.as_bytes()) == generated;
    let kept = kept.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let beside = [Some(text.to_owned()), kept].into_iter().flatten().find(is_it);
    if beside.is_some() || !ctx.store.uses_git() {
        return beside;
    }
    let versions = ctx.store.history(path).unwrap_or_default();
    let texts = versions.into_iter().filter_map(|v| v.text);
    texts.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).find(is_it)
}

/// Channels and audiences of the drafts that are asked for.
fn targets(
    ctx: &Ctx,
    record: &Record,
    stage: Stage,
    args: &DraftArgs,
) -> Result<Vec<(String, String)>> {
    let company = ctx.company()?;
    let all = owed(record, &company, ctx.clock.now, true);
    let of_stage: Vec<&OwedMessage> = all.iter().filter(|m| m.stage == stage).collect();
    let asked = args.audience.as_deref().map(|typed| audience(ctx, typed)).transpose()?;
    let mut channels: Vec<String> = Vec::new();
    for typed in &args.channels {
        let named = channel(ctx, typed)?;
        if let Some(asked) = asked.as_ref().filter(|asked| !named.audiences.contains(asked)) {
            let message = format!("{} does not go to {asked}", named.id);
            let help =
                format!("it reaches {} (standards/communication.toml)", named.audiences.join(", "));
            return Err(Failure::no(Diagnostic::error("message-forbidden", message).help(help)));
        }
        channels.push(named.id.clone());
    }
    if channels.is_empty() {
        let open = |m: &&&OwedMessage| {
            let done = matches!(m.state, Some(MessageState::Sent | MessageState::Skipped) | None);
            m.duty == Duty::Owed && !done
        };
        for message in of_stage.iter().filter(open) {
            if !channels.contains(&message.channel) {
                channels.push(message.channel.clone());
            }
        }
    }
    if channels.is_empty() {
        channels.push("status_page".to_owned());
    }
    let mut targets = Vec::new();
    for name in channels {
        let here = |m: &&&OwedMessage| m.channel == name;
        let wanted = |duty: Duty| {
            let fits = |m: &&&OwedMessage| {
                m.duty == duty && asked.as_ref().is_none_or(|asked| m.audience == *asked)
            };
            of_stage.iter().filter(here).find(fits).map(|m| m.audience.clone())
        };
        if let Some(found) = wanted(Duty::Owed).or_else(|| wanted(Duty::Allowed)) {
            targets.push((name, found));
            continue;
        }
        match of_stage.iter().find(|m| m.channel == name && m.duty == Duty::Forbidden) {
            Some(forbidden) if asked.as_ref().is_none_or(|a| *a == forbidden.audience) => {
                return Err(refused(stage, forbidden));
            }
            // A channel or an audience that the standard says nothing of.
            _ => {
                let own = ctx.standard()?.communication.channels.get(&name);
                let first = own.and_then(|c| c.audiences.first().cloned());
                let audience = asked.clone().or(first);
                targets.push((name, audience.unwrap_or_else(|| "affected_likely".to_owned())));
            }
        }
    }
    Ok(targets)
}

fn refused(stage: Stage, forbidden: &OwedMessage) -> Failure {
    let OwedMessage { channel, audience, rule, why, .. } = forbidden;
    let message = format!("{stage} does not go through {channel} to {audience}");
    let why = why.as_deref().unwrap_or("the standard says so");
    Failure::no(
        Diagnostic::error("message-forbidden", message)
            .help(format!("standards/owed.toml, {rule}: {why}")),
    )
}

fn render(
    ctx: &Ctx,
    record: &Record,
    stage: Stage,
    targets: &[(String, String)],
    args: &DraftArgs,
) -> Result<(Vec<Message>, Vec<Need>)> {
    let templates = ctx.templates()?;
    let company = ctx.company()?;
    let locales = if args.locales.is_empty() { &ctx.config.locales } else { &args.locales };
    let assessment = ctx.assess(record)?;
    let promised = args.credited_by.as_deref().map(|typed| promised(ctx, typed)).transpose()?;
    let (mut messages, mut wishes): (Vec<Message>, Vec<Need>) = (Vec::new(), Vec::new());
    let mut found = Diagnostics::default();
    for tag in locales {
        let locale = ctx.locale(tag)?;
        let catalogue = company.words(&ctx.config.company, tag);
        for (channel, audience) in targets {
            if args.holding {
                let request = Request::new(stage, channel, audience, tag, ctx.clock.now);
                let context = draft_context(record, &catalogue, request);
                if let Some(held) = ctx.holding_for(record, &context)? {
                    match holding::written(held, &context, &locale, record.id.suffix()) {
                        Ok(text) => messages.push(Message {
                            channel: channel.clone(),
                            audience: audience.clone(),
                            locale: tag.clone(),
                            text: ctx.masked(&format!("{channel}.{tag}"), &text),
                            holding: Some((
                                held.id.clone(),
                                ctx.not_held(held)?.map(|why| why.words()),
                            )),
                        }),
                        Err(d) => found.push(d),
                    }
                    continue;
                }
            }
            let names = company.standard.communication.templates(channel, stage.as_str(), tag);
            let Some(name) = names.iter().find(|name| templates.contains(name)) else {
                found.push(no_template(&names, channel, &templates));
                continue;
            };
            let mut request = Request::new(stage, channel, audience, tag, ctx.clock.now);
            request.correction = args
                .said
                .clone()
                .map(|said| Correction { said, right: args.right.clone().unwrap_or_default() });
            request.action = args.action.clone();
            request.level = assessment.level.map(|_| assessment.level_text());
            request.credited_by = credited_by(&assessment).map(|at| locale.day(at));
            request.promised = promised;
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
            if wishes.is_empty() {
                wishes = context.wishes(record.id.suffix());
            }
            match templates.render(name, &render::message::message(&context, &locale)) {
                Ok(text) => messages.push(Message {
                    channel: channel.clone(),
                    audience: audience.clone(),
                    locale: tag.clone(),
                    text: ctx.masked(&format!("{channel}.{tag}"), &text),
                    holding: None,
                }),
                Err(d) => found.push(d),
            }
        }
    }
    let none = args.holding && messages.iter().all(|m| m.holding.is_none());
    if none && found.is_empty() {
        let message = format!("no holding statement of stage {stage} fits this incident");
        let help = "leave --holding out; inc comms holding lists them, with level and harm";
        found.push(Diagnostic::error("no-holding-statement", message).help(help));
    }
    if found.is_empty() { Ok((messages, wishes)) } else { Err(Failure::wrong(dedup(found))) }
}

/// The day by which somebody says that a payout will be in the accounts.
fn promised(ctx: &Ctx, typed: &str) -> Result<NaiveDate> {
    let help = "--credited-by takes a day to come, such as 2026-12-05";
    let today = ctx.clock.now.get().date_naive();
    let far = today.checked_add_days(chrono::Days::new(3_660));
    let day = typed.trim().parse::<NaiveDate>().ok();
    match day.filter(|day| far.is_none_or(|far| *day <= far)) {
        Some(day) if day >= today => Ok(day),
        Some(day) => {
            Err(Diagnostic::error("past-day", format!("{day} has passed")).help(help).into())
        }
        None => {
            let message = format!("`{}` is no day", render::terminal_safe(typed));
            Err(Diagnostic::error("bad-day", message).help(help).into())
        }
    }
}

/// By when the standard wants decided money in the accounts.
fn credited_by(assessment: &crate::reports::Assessment) -> Option<Instant> {
    let clock = |name: &str| assessment.clocks.iter().find(|c| c.name == name);
    clock("compensation-posted")?.due
}

fn no_template(names: &[String], channel: &str, templates: &render::Templates) -> Diagnostic {
    let wanted: Vec<String> = names.iter().map(|n| format!("templates/{n}.hbs")).collect();
    let first = wanted.first().cloned().unwrap_or_default();
    let message = format!("there is no template {}", names.join(", nor "));
    let d = Diagnostic::error("no-template", message);
    let mut channels: Vec<&str> = templates
        .names()
        .filter_map(|n| n.strip_prefix("communication/")?.split('/').next())
        .collect();
    channels.dedup();
    if !channels.contains(&channel) {
        let near = nearest(channel, channels.iter().copied());
        return d.help(near.map_or_else(
            || format!("channels with templates: {}", channels.join(", ")),
            |n| format!("did you mean the channel {n}?"),
        ));
    }
    d.help(format!("write {first}, or choose another stage or locale; inc comms coverage"))
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

pub(super) fn stage(typed: &str) -> Result<Stage> {
    Stage::from_word(typed).ok_or_else(|| {
        let known: Vec<_> = Stage::ALL.iter().map(|s| s.as_str()).collect();
        let d = Diagnostic::error("unknown-stage", format!("unknown stage `{typed}`"))
            .help(format!("one of: {}", known.join(", ")));
        d.did_you_mean(typed, known).into()
    })
}

/// A channel of the standard.
pub(super) fn channel<'c>(ctx: &'c Ctx, typed: &str) -> Result<&'c Channel> {
    let channels = &ctx.standard()?.communication.channels;
    channels.get(typed).ok_or_else(|| {
        let d = Diagnostic::error("unknown-channel", format!("no channel is `{typed}`"))
            .help(format!("one of: {}", channels.ids().collect::<Vec<_>>().join(", ")));
        d.did_you_mean(typed, channels.ids()).into()
    })
}

/// An audience of the standard.
pub(super) fn audience(ctx: &Ctx, typed: &str) -> Result<String> {
    let audiences = &ctx.standard()?.communication.audiences;
    if audiences.contains(typed) {
        return Ok(typed.to_owned());
    }
    let d = Diagnostic::error("unknown-audience", format!("no audience is `{typed}`"))
        .help(format!("one of: {}", audiences.ids().collect::<Vec<_>>().join(", ")));
    Err(d.did_you_mean(typed, audiences.ids()).into())
}

pub(super) fn new_item(record: &Record, random: &mut dyn FnMut() -> u8) -> ItemId {
    loop {
        let item = ItemId::new('C', &mut *random);
        if !record.communications.iter().any(|c| c.id.as_ref() == Some(&item)) {
            return item;
        }
    }
}
