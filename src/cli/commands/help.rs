//! `inc help`

use clap::Args;

use crate::cli::error::{Exit, Result};
use crate::cli::{Call, defaults};
use crate::diag::Diagnostic;

/// Print help on a command, or a chapter of the manual
#[derive(Debug, Args)]
pub(crate) struct HelpArgs {
    /// Command, and its subcommand
    command: Vec<String>,
    /// Chapter of the manual; `-k topics` lists them
    #[arg(short = 'k', long = "topic", value_name = "TOPIC")]
    topic: Option<String>,
}

pub(crate) fn run(call: Call, args: &HelpArgs) -> Result {
    match &args.topic {
        Some(topic) => chapter(call, topic),
        None => command(call, &args.command),
    }
}

fn chapter(call: Call, topic: &str) -> Result {
    let manual = defaults::manual();
    if topic == "topics" {
        for (name, text) in &manual {
            let title = text.lines().next().unwrap_or_default().trim_start_matches('#').trim();
            call.out.answer(&format!("{name:<14} {title}\n"))?;
        }
        return Ok(Exit::Done);
    }
    match manual.iter().find(|(name, _)| name == topic) {
        Some((_, text)) => {
            call.out.answer(text)?;
            Ok(Exit::Done)
        }
        None => {
            let names: Vec<_> = manual.iter().map(|(name, _)| name.as_str()).collect();
            let d =
                Diagnostic::error("no-such-topic", format!("the manual has no chapter `{topic}`"))
                    .help(format!("chapters: {}", names.join(", ")));
            Err(d.did_you_mean(topic, names).into())
        }
    }
}

fn command(call: Call, path: &[String]) -> Result {
    let mut command = crate::cli::command();
    command.build();
    for name in path {
        let known: Vec<String> =
            command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        match command.find_subcommand(name).cloned() {
            Some(found) => command = found,
            None => {
                return Err(Diagnostic::error(
                    "no-such-command",
                    format!("there is no command `{name}`"),
                )
                .did_you_mean(name, known.iter().map(String::as_str))
                .into());
            }
        }
    }
    call.out.answer(&command.render_long_help().ansi().to_string())?;
    Ok(Exit::Done)
}
