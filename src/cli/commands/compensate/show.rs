//! `inc compensate show`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::render::{payrun as render, terminal_safe};
use crate::reports::payout::none_owed;

/// Show the compensation runs of an incident
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Incident and run: `7QKM K7QK`; the incident may be left out when exactly one is open
    #[arg(value_name = "[ID] RUN", num_args = 0..=2)]
    what: Vec<String>,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ShowArgs) -> Result {
    let (id, run) = super::verify::which(ctx, &args.what)?;
    let record = ctx.load(&ctx.which(id)?)?.record;
    let runs: Vec<_> = match run {
        Some(run) => vec![ctx.run_of(&record, Some(run))?],
        None => record.compensation.iter().collect(),
    };
    if args.format == "json" {
        ctx.say(&render::runs_json(&record, &runs).to_string())?;
    } else if let (true, Some((by, at, reason))) = (runs.is_empty(), none_owed(&record)) {
        let (by, reason) = (terminal_safe(by), terminal_safe(reason));
        ctx.say(&format!("{} · none owed, decided {at} by {by}: {reason}", record.id))?;
    } else if runs.is_empty() {
        let suffix = record.id.suffix();
        ctx.talk(&format!(
            "{} has no compensation run; inc compensate options {suffix}",
            record.id
        ));
    } else {
        ctx.print(&render::runs(&runs, run.is_some(), ctx.out.surface()))?;
    }
    Ok(Exit::Done)
}
