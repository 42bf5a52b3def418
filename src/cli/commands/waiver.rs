//! `inc waiver`

use clap::{Args, Subcommand};

use crate::approval::Of;
use crate::cli::Ctx;
use crate::cli::approve::{Approving, approve};
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::{EntryKind, Record, Waiver};

/// Findings that somebody accepts for a while
#[derive(Debug, Args)]
pub(crate) struct WaiverArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Accept a finding of `inc check` for a while, for a reason
    Add {
        /// Incident
        #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
        id: String,
        /// The finding's code
        code: String,
        /// Until when: a date, or a time
        #[arg(long, value_name = "TIME")]
        until: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Agree to somebody else's waiver, as standards/approvals.toml asks
    Approve {
        /// Incident
        #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
        id: String,
        /// The finding's code
        code: String,
        #[command(flatten)]
        approving: Approving,
    },
}

pub(crate) fn run(ctx: &mut Ctx, args: &WaiverArgs) -> Result {
    match &args.verb {
        Verb::Add { id, code, until, reason, writing } => {
            add(ctx, id, code, until, reason, writing)
        }
        Verb::Approve { id, code, approving } => {
            let id = ctx.which(Some(id))?;
            let given = approve(ctx, &id, &Of::Waiver(code.clone()), "waiver", approving)?;
            ctx.say(&given.line())?;
            Ok(Exit::Done)
        }
    }
}

fn add(
    ctx: &mut Ctx,
    id: &str,
    code: &str,
    until: &str,
    reason: &str,
    writing: &Writing,
) -> Result {
    let id = ctx.which(Some(id))?;
    let at = writing.at(ctx)?;
    let day = chrono::NaiveDate::parse_from_str(until.trim(), "%Y-%m-%d").ok();
    let until = match day.and_then(|day| day.succ_opt()) {
        // To the end of that day: "until the tenth" includes the tenth.
        Some(next) => ctx.clock.midnight(next),
        None => Some(ctx.clock.read(until)?),
    };
    let until = until
        .filter(|until| *until > at)
        .ok_or_else(|| Diagnostic::error("bad-time", "a waiver ends in the future"))?;
    if reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    if crate::check::explain(code).is_none() {
        let own =
            ctx.standard()?.versions().iter().any(|p| crate::check::own_codes(p).contains(code));
        if !own {
            let shown = crate::render::terminal_safe(code);
            let d = Diagnostic::error("unknown-check", format!("no check is called `{shown}`"));
            return Err(d.did_you_mean(code, crate::check::codes()).into());
        }
    }
    let written = ctx.change(&id, "waiver", writing.dry_run, at, |record: &mut Record, act| {
        record.waivers.retain(|w| w.code != code);
        record.waivers.push(Waiver {
            code: code.to_owned(),
            by: Some(act.by.to_owned()),
            at: Some(act.at),
            until: Some(until),
            reason: Some(reason.to_owned()),
            ..Waiver::default()
        });
        let words = format!("waived {code} until {until}: {reason}");
        record.add_entry(act, EntryKind::Decision, words, false);
        Ok(())
    })?;
    ctx.say(&format!("{} · {code} waived until {until}", written.id))?;
    ctx.talk(&format!("somebody else agrees to it: inc waiver approve {} {code}", id.suffix()));
    Ok(Exit::Done)
}
