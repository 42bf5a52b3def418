//! `inc comms send`

use clap::Args;

use super::draft;
use crate::cli::Ctx;
use crate::cli::args::Answer;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::sending::{Done, Packed, Post};
use crate::communication::Fate;
use crate::diag::Diagnostic;
use crate::incident::{Communication, Record};
use crate::render::incident::count;
use crate::render::sending::{self as render, Came, Posted};
use crate::render::{parcel::shown, terminal_safe};
use crate::reports::sending::{Asked, Parcel, Verdict, newest};
use crate::send::Network;

/// Show exactly what would go where; with --send, send it
///
/// Through the integrations of standards/integrations.toml, once `inc trust` has allowed them.
/// Without --send nothing touches the network. Only approved words go, to no more readers than were
/// approved, and `restored` to those who were told before. What went to a place does not go there
/// again: after half a failure the same line sends the other half. What came of each stands in the
/// record; where no answer came it says so, and you decide.
///
/// Exits 1 when something stays here, 3 when something was sent and did not arrive.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  inc comms send 7QKM C7QK                  what would go where\n  \
    inc comms send 7QKM C7QK --send           send it\n  \
    inc comms send 7QKM --stage update --send all of a stage, or what is left of it\n  \
    inc comms send 7QKM C7QK --send --wake \"the app is down\"\n  \
    inc comms send 7QKM --stage update --send --format json   what came of each, for a program"
)]
pub(crate) struct SendArgs {
    /// Incident and message: `7QKM C7QK`; with --stage the incident alone. It may be left out when
    /// exactly one is open
    #[arg(value_name = "[ID] MESSAGE", num_args = 0..=2)]
    what: Vec<String>,
    /// Every message of this stage: of each channel, audience and locale the newest
    #[arg(long)]
    stage: Option<String>,
    /// Only through this channel
    #[arg(long = "channel", value_delimiter = ',')]
    channels: Vec<String>,
    /// Only in this locale
    #[arg(long = "locale", value_delimiter = ',')]
    locales: Vec<String>,
    /// Send it, instead of showing what would be sent
    #[arg(long)]
    send: bool,
    /// Send again what went out, or may have
    #[arg(long)]
    again: bool,
    /// How many readers there are; what the record says of the audience by default
    #[arg(long, value_name = "COUNT")]
    size: Option<u64>,
    /// Send in the quiet hours, for this reason
    #[arg(long, value_name = "REASON")]
    wake: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(ctx: &mut Ctx, args: &SendArgs) -> Result {
    if args.wake.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Diagnostic::error("no-reason", "--wake needs a reason").into());
    }
    let (id, typed) = match (args.what.as_slice(), &args.stage) {
        ([], Some(_)) => (None, None),
        ([id], Some(_)) => (Some(id.as_str()), None),
        ([message], None) => (None, Some(message.as_str())),
        ([id, message], None) => (Some(id.as_str()), Some(message.as_str())),
        _ => {
            let d = Diagnostic::error("usage", "name a message, or a stage");
            return Err(d
                .help("inc comms send 7QKM C7QK, or inc comms send 7QKM --stage update")
                .into());
        }
    };
    let id = ctx.which(id)?;
    if args.send {
        ctx.in_earnest("sending", false)?;
        ctx.recover();
        ctx.expect_author();
    }
    let record = ctx.load(&id)?.record;
    if record.restricted.is_some() {
        let message = format!("{id} is a stub; its details are in another workspace");
        return Err(Diagnostic::error("restricted", message)
            .help("send its messages there")
            .into());
    }
    let messages = messages(ctx, &record, typed, args)?;
    let asked = Asked { again: args.again, size: args.size, wake: args.wake.clone() };
    let mut post = ctx.post(&record, &messages, &asked)?;
    let mut keeps: Vec<Option<Diagnostic>> = Vec::new();
    for packed in &mut post.packed {
        keeps.push(None);
        let Some(place) = packed.parcel.place.clone() else { continue };
        let place = ctx.standard()?.integrations.get(&place);
        if let (Verdict::Goes, Some(d)) =
            (&packed.parcel.verdict, place.and_then(|p| ctx.keeps_from(p)))
        {
            let code = if d.code == "not-trusted" { "not-trusted" } else { "keeps" };
            let help = d.help.clone().unwrap_or_default();
            if args.send {
                packed.parcel.verdict = Verdict::Stays { code, why: d.message, help };
            } else if packed.handed.is_some() {
                ctx.talk(&format!("{}: {}; {help}", packed.parcel.message, d.message));
                if let Some(last) = keeps.last_mut() {
                    *last = Some(d);
                }
            }
        }
    }
    let json = args.format == Answer::Json;
    if !args.send {
        if json {
            ctx.say(&render::json(&record, false, &rows(&post, &keeps, &[])).to_string())?;
            return Ok(looked(&post));
        }
        return show(ctx, &post);
    }
    send(ctx, &record, &post, &asked, json)
}

/// Each parcel with what keeps it and what came of it, as programs read them.
fn rows<'p>(post: &'p Post, keeps: &'p [Option<Diagnostic>], done: &'p [Done]) -> Vec<Posted<'p>> {
    let row = |(at, packed): (usize, &'p Packed)| Posted {
        parcel: &packed.parcel,
        handed: packed.handed.as_ref(),
        keeps: keeps.get(at).and_then(Option::as_ref),
        came: done.iter().find(|done| done.at == at).map(|done| Came {
            fate: done.fate,
            words: &done.words,
            reference: done.reference.as_deref(),
            attempts: done.attempts,
        }),
    };
    post.packed.iter().enumerate().map(row).collect()
}

/// What looking says: no where something stays here, or nothing has a way out.
fn looked(post: &Post) -> Exit {
    let stays = post.packed.iter().any(|p| matches!(p.parcel.verdict, Verdict::Stays { .. }));
    if stays || by_hand(post) == post.packed.len() { Exit::No } else { Exit::Done }
}

/// The messages that are meant.
fn messages<'r>(
    ctx: &Ctx,
    record: &'r Record,
    typed: Option<&str>,
    args: &SendArgs,
) -> Result<Vec<&'r Communication>> {
    if let Some(typed) = typed {
        let item = super::approve::message(record, typed)?;
        let named = |m: &&Communication| m.id.as_ref().is_some_and(|i| i.as_str() == item);
        let found: Vec<_> =
            record.communications.iter().filter(named).filter(|m| m.file.is_some()).collect();
        if found.is_empty() {
            let message = format!("{item} has no words");
            return Err(Diagnostic::error("no-such-message", message).into());
        }
        return Ok(found);
    }
    let stage = draft::stage(args.stage.as_deref().unwrap_or_default())?;
    let mut channels = Vec::new();
    for typed in &args.channels {
        channels.push(draft::channel(ctx, typed)?.id.clone());
    }
    let mut found = newest(record, stage.as_str());
    found.retain(|m| {
        let locale = m.locale.as_deref().unwrap_or_default();
        (channels.is_empty() || channels.contains(&m.channel))
            && (args.locales.is_empty() || args.locales.iter().any(|l| l == locale))
    });
    if found.is_empty() {
        let message = format!("{} has no message of stage {stage} to send", record.id);
        let help = format!("inc comms draft {} --stage {stage}", record.id.suffix());
        return Err(Diagnostic::error("no-such-message", message).help(help).into());
    }
    Ok(found)
}

/// `C7QK  push es-MX → affected_known, 5,830 readers, through gateway`.
fn line(parcel: &Parcel) -> String {
    let Parcel { message, channel, locale, audience, size, place, .. } = parcel;
    let readers = match size {
        Some(1) => ", 1 reader".to_owned(),
        Some(size) => format!(", {} readers", count(*size)),
        None => ", readers not counted".to_owned(),
    };
    let through = place.as_ref().map_or(String::new(), |place| format!(", through {place}"));
    terminal_safe(&format!("{message}  {channel} {locale} → {audience}{readers}{through}"))
}

/// Says what stays here, or went already.
fn say_rest(ctx: &Ctx, packed: &Packed) -> Result<()> {
    let line = line(&packed.parcel);
    match &packed.parcel.verdict {
        Verdict::Goes => Ok(()),
        Verdict::Went(at) => {
            ctx.say(&format!("{line}\n  went out {at}; --again sends it again"))
        }
        Verdict::ByHand => {
            ctx.say(&format!(
                "{line}\n  no integration carries it: inc comms export, and inc comms sent once it went out"
            ))
        }
        Verdict::Stays { why, help, .. } => {
            ctx.say(&line)?;
            ctx.say(&format!("  stays here: {}\n  {}", terminal_safe(why), terminal_safe(help)))
        }
    }
}

fn show(ctx: &Ctx, post: &Post) -> Result {
    let mut goes = 0;
    for (i, packed) in post.packed.iter().enumerate() {
        if i > 0 {
            ctx.say("")?;
        }
        say_rest(ctx, packed)?;
        if packed.parcel.verdict != Verdict::Goes {
            continue;
        }
        goes += 1;
        ctx.say(&line(&packed.parcel))?;
        for shown in packed.handed.as_ref().map(shown).unwrap_or_default().lines() {
            ctx.say(format!("  │ {}", terminal_safe(shown)).trim_end())?;
        }
    }
    let all = post.packed.len();
    ctx.talk(&format!("nothing was sent; --send sends {goes} of {all}"));
    Ok(looked(post))
}

fn by_hand(post: &Post) -> usize {
    post.packed.iter().filter(|p| p.parcel.verdict == Verdict::ByHand).count()
}

fn send(ctx: &mut Ctx, record: &Record, post: &Post, asked: &Asked, json: bool) -> Result {
    let mut stays = 0;
    for packed in &post.packed {
        stays += usize::from(matches!(packed.parcel.verdict, Verdict::Stays { .. }));
        if !json {
            say_rest(ctx, packed)?;
        }
    }
    let mut done: Vec<Done> = Vec::new();
    let delivered = ctx.deliver(&record.id, post, asked, &Network, |ctx, packed, one| {
        done.push(one.clone());
        if json { Ok(()) } else { said(ctx, packed, one) }
    });
    if json {
        // Also where the record could not be written in between: what left has left.
        ctx.say(&render::json(record, true, &rows(post, &[], &done)).to_string())?;
    }
    delivered?;
    let sent = done.iter().filter(|d| d.fate == Fate::Sent).count();
    let unknown = done.iter().filter(|d| d.fate == Fate::Unknown).count();
    let failed = done.len() - sent - unknown;
    let all = post.packed.len();
    let mut words = format!("{} · sent {sent} of {all}", record.id);
    for (n, what) in [(failed, "did not go out"), (unknown, "in doubt"), (stays, "stay here")] {
        if n > 0 {
            words.push_str(&format!(", {n} {what}"));
        }
    }
    if !json {
        ctx.say(&words)?;
    }
    if failed + unknown > 0 {
        let id = record.id.suffix();
        let help = match unknown {
            0 => "the same line again sends only what did not go out".to_owned(),
            _ => format!(
                "what did not go out is sent by the same line again; what is in doubt is not, until \
                 you looked: inc comms send {id} MESSAGE says what to do"
            ),
        };
        let message = format!("{} of {all} did not arrive for sure", failed + unknown);
        return Err(Failure::outside(Diagnostic::error("not-sent", message).help(help)));
    }
    Ok(if stays > 0 || done.is_empty() && by_hand(post) == all { Exit::No } else { Exit::Done })
}

fn said(ctx: &Ctx, packed: &Packed, done: &Done) -> Result<()> {
    let reference = done.reference.as_ref().map_or(String::new(), |r| format!(", {r}"));
    let attempts = match done.attempts {
        0 | 1 => String::new(),
        n => format!(", {n} attempts"),
    };
    let what = match done.fate {
        Fate::Sent => format!("sent{reference}{attempts}"),
        Fate::Unknown | Fate::Sending => {
            format!("in doubt: {}{attempts}; it may have arrived", done.words)
        }
        Fate::Failed | Fate::Refused => format!("not sent: {}{attempts}", done.words),
    };
    ctx.say(&format!("{}\n  {}", line(&packed.parcel), terminal_safe(&what)))
}
