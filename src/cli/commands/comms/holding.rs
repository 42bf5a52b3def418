//! `inc comms holding`

use clap::Args;

use crate::approval::digest;
use crate::cli::Ctx;
use crate::cli::args::Answer;
use crate::cli::error::{Exit, Result};
use crate::communication::Holding;
use crate::diag::Diagnostic;
use crate::render::terminal_safe;

/// Show the words that were approved in daylight, and which are in force
///
/// With a name, shows what is approved (the words, and where they may stand) and its SHA-256, with
/// the lines that an approver adds to standards/holding.toml and commits.
///
/// Exits 1 when one is not in force.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  inc comms holding\n  inc comms holding push-initial-es")]
pub(crate) struct HoldingArgs {
    /// One of standards/holding.toml
    #[arg(value_name = "NAME")]
    name: Option<String>,
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
    if !held {
        let today = crate::standard::day_of(ctx.clock.now, ctx.clock.zone);
        ctx.say(&format!(
            "\n[holding.{}.approved]\nby = \"{}\"\non = {today}\nsha256 = \"{}\"",
            holding.id,
            terminal_safe(&ctx.author_id()),
            digest(document.as_bytes())
        ))?;
    }
    Ok(if held { Exit::Done } else { Exit::No })
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
