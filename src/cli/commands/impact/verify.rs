//! `inc impact verify`

use clap::Args;

use super::customers::{CONTACTS, EVIDENCE, Files, OUTCOMES, tally};
use super::measure::{mapped, reckon};
use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::impact::customers::{self, COUNTING, Counting};
use crate::impact::{METHOD, Parameters, differences};
use crate::incident::{Evidence, Measured, Record};
use crate::render::terminal_safe;

/// Measure and count again from the same files and compare with the record
///
/// Everything that the figures took is in the record: window, mapping, days, windows of other
/// incidents, and the files' hashes. What `impact measure` wrote is measured again, what `impact
/// customers` wrote is counted again. Exit code 1 where a file or a figure is another one.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    which: Which,
    /// The series, where it lies elsewhere than the record says
    #[arg(long, value_name = "FILE")]
    series: Option<String>,
    /// The evidence of customers, where it lies elsewhere
    #[arg(long, value_name = "FILE")]
    evidence: Option<String>,
    /// The panel of outcomes, where it lies elsewhere
    #[arg(long, value_name = "FILE")]
    outcomes: Option<String>,
    /// The contacts, where they lie elsewhere
    #[arg(long, value_name = "FILE")]
    contacts: Option<String>,
    /// The complaints, where they lie elsewhere
    #[arg(long, value_name = "FILE")]
    complaints: Option<String>,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &VerifyArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let impact = record.impact.clone().unwrap_or_default();
    if impact.measured.is_none() && impact.counted.is_none() {
        let what = format!("the impact of {id} was not measured");
        return Err(Diagnostic::error("not-measured", what)
            .help("inc impact measure --series FILE --write; inc impact customers --write")
            .into());
    }
    let mut found = Vec::new();
    if let Some(stamp) = &impact.measured {
        found.extend(measured(ctx, &record, stamp, args)?);
    }
    if let Some(stamp) = &impact.counted {
        found.extend(counted(ctx, &record, stamp, args)?);
    }
    if args.format == "json" {
        let answer = serde_json::json!({
            "schema": 1,
            "id": record.id.as_str(),
            "agrees": found.is_empty(),
            "differences": found,
        });
        ctx.say(&answer.to_string())?;
    } else if found.is_empty() {
        ctx.say(&format!("{id}: the evidence gives what the record says"))?;
    } else {
        for line in &found {
            ctx.say(&terminal_safe(line))?;
        }
    }
    Ok(if found.is_empty() { Exit::Done } else { Exit::No })
}

fn measured(
    ctx: &Ctx,
    record: &Record,
    stamp: &Measured,
    args: &VerifyArgs,
) -> Result<Vec<String>> {
    by(stamp, METHOD, "measure")?;
    let parameters = Parameters::parse(stamp.parameters.as_deref().unwrap_or_default())
        .map_err(|why| bad_parameters("measured", "measure", &why))?;
    let Some(evidence) = stamp.evidence.first() else {
        return Err(no_evidence(record, "measure").into());
    };
    let path = path(ctx, args.series.as_deref(), evidence, "series")?;
    let (measured, _, now) = reckon(path, &mapped(&parameters)?, parameters.clone())?;
    let mut found = Vec::new();
    found.extend(another("the file", evidence, &now));
    found.extend(differences(record, &measured, ctx.currency()));
    Ok(found)
}

fn counted(ctx: &Ctx, record: &Record, stamp: &Measured, args: &VerifyArgs) -> Result<Vec<String>> {
    by(stamp, COUNTING, "customers")?;
    let counting = Counting::parse(stamp.parameters.as_deref().unwrap_or_default())
        .map_err(|why| bad_parameters("counted", "customers", &why))?;
    if counting.files.is_empty() || counting.files.len() != stamp.evidence.len() {
        return Err(no_evidence(record, "customers").into());
    }
    let mut files = Files::default();
    for (role, evidence) in counting.files.iter().zip(&stamp.evidence) {
        let given = match role.as_str() {
            EVIDENCE => &args.evidence,
            OUTCOMES => &args.outcomes,
            CONTACTS => &args.contacts,
            _ => &args.complaints,
        };
        let path = path(ctx, given.as_deref(), evidence, role)?;
        files.put(role, path).ok_or_else(|| bad_parameters("counted", "customers", role))?;
    }
    let mapped = mapped(&counting.as_measured)?;
    let (felt, now) = tally(record.id.as_str(), &files, &mapped, &counting)?;
    let mut found = Vec::new();
    for ((role, kept), now) in counting.files.iter().zip(&stamp.evidence).zip(&now) {
        found.extend(another(role, kept, now));
    }
    found.extend(customers::differences(record, &felt, &counting));
    Ok(found)
}

fn by(stamp: &Measured, ours: &str, verb: &str) -> Result<()> {
    let method = stamp.method.as_deref().unwrap_or("no method");
    if method == ours {
        return Ok(());
    }
    let what = format!("the record was measured by `{}`, this is {ours}", terminal_safe(method));
    Err(Diagnostic::error("other-method", what)
        .help(format!("measure again: inc impact {verb} --write"))
        .into())
}

fn bad_parameters(key: &str, verb: &str, why: &str) -> Diagnostic {
    let what = format!("impact.{key}.parameters: {}", terminal_safe(why));
    Diagnostic::error("bad-parameters", what)
        .help(format!("measure again: inc impact {verb} --write"))
}

fn no_evidence(record: &Record, verb: &str) -> Diagnostic {
    Diagnostic::error("no-evidence", format!("{} names no file", record.id))
        .help(format!("measure again: inc impact {verb} --write"))
}

/// The file that is meant: as given, or where the record says.
fn path<'a>(
    ctx: &Ctx,
    given: Option<&'a str>,
    evidence: &'a Evidence,
    role: &str,
) -> Result<&'a str> {
    match given {
        Some(path) => Ok(path),
        // A record from elsewhere must not choose which files this machine opens.
        None if ctx.is_trusted() || ctx.config.sandbox => Ok(evidence.path.as_str()),
        None => {
            let what = format!("the record names {}", terminal_safe(&evidence.path));
            Err(Diagnostic::error("not-trusted", what)
                .help(format!("give it: --{role} FILE; or inc trust, and it is read from there"))
                .into())
        }
    }
}

fn another(what: &str, kept: &Evidence, now: &Evidence) -> Option<String> {
    if kept.sha256 == now.sha256 {
        return None;
    }
    let word = |sha: &Option<String>| sha.clone().unwrap_or_else(|| "nothing".into());
    let (kept, now) = (terminal_safe(&word(&kept.sha256)), word(&now.sha256));
    Some(format!("{what}: the record has {kept}, it is {now}"))
}
