//! `inc compensate verify`

use clap::Args;
use serde_json::json;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::cli::payrun::{Again, recompute};
use crate::compensation::run::{amount_text, total_text};
use crate::incident::{CompensationRun, Record};

/// Compute runs again from their evidence, and say whether they are still the same to the cent
///
/// With the version of the policy that each run names, and the facts of the record as they are now.
/// Exits 1 where something comes out differently, and says whether policy or facts have changed.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Incident and run: `7QKM K7QK`; without a run all are computed again
    #[arg(value_name = "[ID] RUN", num_args = 0..=2)]
    what: Vec<String>,
    /// The evidence, where it does not lie where the run says
    #[arg(long, value_name = "FILE")]
    customers: Option<String>,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

/// Splits `[ID] RUN`: a word alone is a run if it looks like one, which no incident's ending does
/// where an incident is meant.
pub(super) fn which<'a>(
    ctx: &Ctx,
    words: &'a [String],
) -> Result<(Option<&'a str>, Option<&'a str>)> {
    Ok(match words {
        [] => (None, None),
        [one] if ctx.is_id(one)? => (Some(one), None),
        [one] => (None, Some(one)),
        [id, run, ..] => (Some(id), Some(run)),
    })
}

pub(crate) fn run(ctx: &mut Ctx, args: &VerifyArgs) -> Result {
    let (id, run) = which(ctx, &args.what)?;
    let record = ctx.load(&ctx.which(id)?)?.record;
    let runs: Vec<&CompensationRun> = match run {
        Some(_) => vec![ctx.run_of(&record, run)?],
        None => record.compensation.iter().collect(),
    };
    let (mut exit, mut listed) = (Exit::Done, Vec::new());
    for run in runs {
        let again = recompute(ctx, &record, run, args.customers.as_deref())?;
        let same = is_same(run, &again);
        if !same {
            exit = Exit::No;
        }
        if args.format == "json" {
            listed.push(as_json(run, &again, same));
        } else {
            ctx.say(&line(&record, run, &again, same))?;
        }
    }
    if args.format == "json" {
        let answer = json!({ "schema": 1, "incident": record.id.as_str(), "runs": listed });
        ctx.say(&answer.to_string())?;
    }
    Ok(exit)
}

fn is_same(run: &CompensationRun, again: &Again) -> bool {
    run.awards_sha256.as_deref() == Some(again.summary.awards.1.as_str())
}

/// What is another one than it was.
fn changed(run: &CompensationRun, again: &Again) -> Vec<&'static str> {
    let policy = run.policy_sha256.as_deref() != Some(again.summary.policy_sha256.as_str());
    let facts = run.facts_sha256.as_deref() != Some(again.facts_sha256.as_str());
    [(policy, "policy"), (facts, "facts")]
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, w)| w)
        .collect()
}

fn line(record: &Record, run: &CompensationRun, again: &Again, same: bool) -> String {
    let summary = &again.summary;
    let (currency, digits) = &summary.currency;
    let name = run.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let now =
        format!("{} awards, {} {currency}", summary.count(), total_text(summary.money(), *digits));
    if same {
        return format!("{} · run {name} is the same to the cent: {now}", record.id);
    }
    let before = run.total.map_or_else(|| amount_text(0, *digits), |total| total.to_string());
    let why = match changed(run, again).as_slice() {
        [] => "neither policy nor facts have changed".to_owned(),
        some => format!("{} changed since", some.join(" and ")),
    };
    format!(
        "{} · run {name} comes out differently: {} awards, {before} then, {now} now; {why}",
        record.id,
        run.count.unwrap_or(0),
    )
}

fn as_json(run: &CompensationRun, again: &Again, same: bool) -> serde_json::Value {
    let summary = &again.summary;
    json!({
        "run": run.id.as_ref().map(|id| id.as_str()),
        "policy": again.policy.name,
        "same": same,
        "changed": changed(run, again),
        "then": { "count": run.count, "total": run.total.map(|t| t.to_string()),
                  "awards_sha256": run.awards_sha256 },
        "now": { "count": summary.count(),
                 "total": format!("{} {}", total_text(summary.money(), summary.currency.1), summary.currency.0),
                 "awards_sha256": summary.awards.1 },
    })
}
