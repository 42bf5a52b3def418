//! `inc comms holding`

use clap::Args;

use std::path::PathBuf;

use crate::approval::{NAMESPACE, bare, daylight_statement, digest};
use crate::cli::Ctx;
use crate::cli::args::Answer;
use crate::cli::error::{Exit, Failure, Result};
use crate::communication::Holding;
use crate::diag::Diagnostic;
use crate::render::terminal_safe;
use crate::store::ssh_sign;

/// Show the words that were approved in daylight, and which are in force
///
/// With a name, shows what is approved (the words, and where they may stand) and its SHA-256, with
/// the lines that an approver adds to standards/holding.toml and commits. Whoever has a key in
/// people.toml signs them: --sign.
///
/// Exits 1 when one is not in force.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  inc comms holding\n  inc comms holding push-initial-es\n  \
    inc comms holding push-initial-es --sign")]
pub(crate) struct HoldingArgs {
    /// One of standards/holding.toml
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Sign the approval, with git's user.signingkey
    #[arg(long, requires = "name", conflicts_with = "format")]
    sign: bool,
    /// Sign with this SSH key instead
    #[arg(long, value_name = "FILE", requires = "sign")]
    key: Option<PathBuf>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(ctx: &mut Ctx, args: &HoldingArgs) -> Result {
    let all = &ctx.standard()?.holding;
    if args.format == Answer::Json {
        return program(ctx, args.name.as_deref());
    }
    let Some(typed) = &args.name else {
        let mut out = 0;
        for holding in all {
            let state = state(ctx, holding)?;
            out += usize::from(!state.1);
            let Holding { id, channel, stage, locale, .. } = holding;
            ctx.say(&terminal_safe(&format!("{id}  {channel} {stage} {locale}  {}", state.0)))?;
        }
        if all.is_empty() {
            ctx.talk("standards/holding.toml has none");
        }
        return Ok(if out == 0 { Exit::Done } else { Exit::No });
    };
    let holding = named(ctx, typed)?;
    let (words, held) = state(ctx, holding)?;
    let document = holding.document();
    for line in document.lines() {
        ctx.say(&terminal_safe(line))?;
    }
    ctx.say(&format!("\n{words}"))?;
    if !held || args.sign {
        let today = crate::standard::day_of(ctx.clock.now, ctx.clock.zone);
        let (by, sha256) = (ctx.author_id(), digest(document.as_bytes()));
        let signature = if args.sign {
            ctx.in_earnest("an approval", false)?;
            let text = daylight_statement(&holding.id, &sha256, &by, today);
            format!("\nsignature = \"{}\"", sign(ctx, args, &text)?)
        } else {
            String::new()
        };
        ctx.say(&format!(
            "\n[holding.{}.approved]\nby = \"{}\"\non = {today}\nsha256 = \"{sha256}\"{signature}",
            holding.id,
            terminal_safe(&by),
        ))?;
        let keyed = ctx.standard()?.person_called(&by).is_some_and(|p| p.key.is_some());
        if keyed && !args.sign {
            ctx.talk(&format!(
                "people.toml lists a key for {}: --sign makes these lines count",
                terminal_safe(&by)
            ));
        }
    }
    Ok(if held { Exit::Done } else { Exit::No })
}

/// A signature over an approval, as one line.
fn sign(ctx: &Ctx, args: &HoldingArgs, text: &str) -> Result<String> {
    let key = match &args.key {
        Some(key) => key.clone(),
        None => ctx.signing_key()?,
    };
    let armoured = ssh_sign(text, NAMESPACE, &key).map_err(|e| {
        let message = format!("{}: {e}", key.display());
        let d = Diagnostic::error("not-signed", message).help("--key FILE names another key");
        Failure::outside(d)
    })?;
    Ok(bare(&armoured))
}

/// A statement by its name.
fn named<'c>(ctx: &'c Ctx, typed: &str) -> Result<&'c Holding> {
    let all = &ctx.standard()?.holding;
    all.iter().find(|h| h.id == *typed).ok_or_else(|| {
        let shown = terminal_safe(typed);
        let d = Diagnostic::error("unknown-holding", format!("no holding statement is `{shown}`"));
        let d = d.help("inc comms holding lists them");
        d.did_you_mean(typed, all.iter().map(|h| h.id.as_str())).into()
    })
}

/// The statements, or one, for programs.
fn program(ctx: &Ctx, name: Option<&str>) -> Result {
    let all: Vec<&Holding> = match name {
        Some(typed) => vec![named(ctx, typed)?],
        None => ctx.standard()?.holding.iter().collect(),
    };
    let (mut told, mut out) = (Vec::new(), false);
    for holding in all {
        let (words, held) = state(ctx, holding)?;
        out |= !held;
        let document = holding.document();
        told.push(serde_json::json!({
            "name": holding.id, "stage": holding.stage.as_str(), "channel": holding.channel,
            "locale": holding.locale, "in_force": held, "state": words,
            "review_by": holding.review_by.to_string(),
            "sha256": digest(document.as_bytes()), "document": document,
        }));
    }
    ctx.say(&serde_json::json!({ "schema": 1, "holding": told }).to_string())?;
    Ok(if out { Exit::No } else { Exit::Done })
}

/// How it stands, and whether it is in force.
fn state(ctx: &Ctx, holding: &Holding) -> Result<(String, bool)> {
    if let Some(why) = ctx.not_held(holding)? {
        return Ok((why.words(), false));
    }
    let by = holding.approved.as_ref().map(|a| format!("{} approved it {}", a.by, a.on));
    Ok((format!("{}, holds until {}", by.unwrap_or_default(), holding.review_by), true))
}
