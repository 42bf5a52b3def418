//! The command line: parse, load, call, print. A command that computes is in the wrong layer.

mod approve;
mod args;
mod as_of;
mod cards;
mod change;
mod clawback;
mod clock;
mod commands;
mod commit_words;
mod complete;
mod config;
mod ctx;
mod defaults;
mod doctor;
mod driver;
mod editor;
mod edits;
mod error;
mod evidence;
mod files;
mod gate;
mod holding;
mod hosted;
mod hosting;
mod lowering;
mod masking;
mod moves;
mod items;
mod ledger;
mod out;
mod overview;
mod pager;
mod pages;
mod problems;
mod past;
mod payout;
mod payrun;
mod pretence;
mod restricted;
mod sending;
mod series;
mod sides;
mod site;
mod sharing;
mod trust;
mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::diag::Diagnostic;
use crate::incident::Record;
use crate::units::Instant;

use ctx::Call;
use error::{Exit, Failure};
use out::{Colour, Out};

pub(crate) use ctx::Ctx;

/// Incident management as code: YAML records in git, measured against your company's standard
#[derive(Debug, Parser)]
#[command(
    name = "inc",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    propagate_version = false
)]
struct Cli {
    /// Work in this folder, as git does
    // With an id of its own: `init DIR` would otherwise be `-C DIR` too.
    #[arg(short = 'C', id = "in_folder", global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Pretend that it is this time (RFC 3339), as INC_NOW does; for tests and imports
    #[arg(long, global = true, value_name = "TIME")]
    now: Option<String>,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Colour,
    #[command(subcommand)]
    command: Option<commands::Command>,
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    clap_complete::CompleteEnv::with_factory(command).complete();
    #[allow(clippy::disallowed_methods, reason = "the command line is read once, here")]
    let args: Vec<OsString> = std::env::args_os().collect();
    let seed = environment("INC_SEED").and_then(|seed| seed.parse().ok());
    run(args, seed).into()
}

/// The whole command tree, for completions, man pages and the reference.
pub fn command() -> clap::Command {
    Cli::command()
}

fn run(args: Vec<OsString>, seed: Option<u64>) -> Exit {
    let json_errors = wants_json(&args);
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(e) => return usage(&e, json_errors),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(e) => return usage(&e, json_errors),
    };
    let out = Out::new(cli.color);
    let call = Call { out, json_errors, seed };
    match commands::run(call, &cli) {
        Ok(exit) => exit,
        Err(Failure { found, exit, .. }) => {
            error::print(out, &found, json_errors);
            exit
        }
    }
}

/// `--format json` asks for errors as JSON too, also where the command line itself is wrong.
fn wants_json(args: &[OsString]) -> bool {
    args.iter().any(|a| a == "--format=json")
        || args.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
}

fn usage(error: &clap::Error, json: bool) -> Exit {
    use clap::error::ErrorKind;
    let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if json && !help {
        let message = error.to_string();
        let first = message.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let d = Diagnostic::error("usage", first).help("inc --help");
        error::print(Out::new(Colour::Never), &d.into(), true);
    } else {
        // A closed pipe is nobody's loss.
        let _ = error.print();
    }
    if help { Exit::Done } else { Exit::Wrong }
}

/// Reads a word of a closed vocabulary for clap, with the nearest one in the error.
pub(crate) fn word<T>(typed: &str) -> std::result::Result<T, String>
where
    T: FromStr<Err = crate::incident::UnknownWord>,
{
    let by_case = [typed.to_owned(), typed.to_lowercase(), typed.to_uppercase()];
    by_case
        .iter()
        .find_map(|t| t.parse().ok())
        .map_or_else(|| T::from_str(typed).map_err(|e| e.to_string()), Ok)
}

/// A variable of the environment; unset and empty are the same.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// What is said when git takes long over a commit.
pub(crate) fn notice(out: Out) -> crate::store::Notice {
    Arc::new(move |words: &str| out.talk(words))
}

/// A status line: `INC-… · restored 03:40 -06:00`.
pub(crate) fn status_line(record: &Record, done: &str, at: Instant) -> String {
    format!("{} · {done} {}", record.id, at.get().format("%H:%M %:z"))
}

/// Adds a service to a record; one that the catalogue does not know is kept apart, as typed.
pub(crate) fn add_service(record: &mut Record, service: &str, known: bool) {
    let list = if known { &mut record.services } else { &mut record.services_unmapped };
    if !list.iter().any(|s| s == service) {
        list.push(service.to_owned());
    }
}

impl Ctx {
    /// Whether the catalogue knows a service; warns with the nearest names if not.
    pub(crate) fn known_service(&self, service: &str) -> (String, bool) {
        let known = self.standard().is_ok_and(|s| s.service(service).is_some());
        if !known {
            self.warn_unknown("service", service);
        }
        (service.to_owned(), known)
    }

    /// Adds a service as typed.
    pub(crate) fn add_service(&self, record: &mut Record, service: &str) {
        let (service, known) = self.known_service(service);
        add_service(record, &service, known);
    }
}

/// An edit that the editor of YAML refused.
pub(crate) fn edit_failure(path: &str, error: &crate::edit::EditError) -> Failure {
    Failure::wrong(
        Diagnostic::error("edit-refused", format!("{path}: {error}"))
            .help("nothing was written; inc edit changes the file by hand"),
    )
}

#[cfg(test)]
mod interrupted;
