//! `inc impact verify`

use clap::Args;

use super::measure::{mapped, reckon};
use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::impact::{METHOD, Parameters, differences};
use crate::render::terminal_safe;

/// Measure again from the same file and compare with the record
///
/// Everything that the measurement took is in the record: window, mapping, days, windows of other
/// incidents, and the file's hash. Exit code 1 where the file or a figure is another one.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    which: Which,
    /// The file, where it lies elsewhere than the record says
    #[arg(long, value_name = "FILE")]
    series: Option<String>,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &VerifyArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let stamp = record.impact.as_ref().and_then(|i| i.measured.as_ref());
    let Some(stamp) = stamp else {
        let what = format!("the impact of {id} was not measured");
        return Err(Diagnostic::error("not-measured", what)
            .help("inc impact measure --series FILE --write")
            .into());
    };
    let method = stamp.method.as_deref().unwrap_or("no method");
    if method != METHOD {
        let what =
            format!("the record was measured by `{}`, this is {METHOD}", terminal_safe(method));
        return Err(Diagnostic::error("other-method", what)
            .help("measure again: inc impact measure --write")
            .into());
    }
    let parameters = stamp.parameters.as_deref().unwrap_or_default();
    let parameters = Parameters::parse(parameters).map_err(|why| {
        Diagnostic::error("bad-parameters", format!("impact.measured.parameters: {why}"))
            .help("measure again: inc impact measure --write")
    })?;
    let Some(evidence) = stamp.evidence.first() else {
        return Err(Diagnostic::error("no-evidence", format!("{id} names no file"))
            .help("measure again: inc impact measure --write")
            .into());
    };
    let path = match &args.series {
        Some(path) => path.as_str(),
        // A record from elsewhere must not choose which files this machine opens.
        None if ctx.is_trusted() || ctx.config.sandbox => evidence.path.as_str(),
        None => {
            let what = format!("the record names {}", terminal_safe(&evidence.path));
            return Err(Diagnostic::error("not-trusted", what)
                .help("give it: --series FILE; or inc trust, and it is read from there")
                .into());
        }
    };
    let (measured, _, now) = reckon(path, &mapped(&parameters)?, parameters.clone())?;
    let mut found = Vec::new();
    if now.sha256 != evidence.sha256 {
        let word = |sha: &Option<String>| sha.clone().unwrap_or_else(|| "nothing".into());
        found.push(format!(
            "the file: the record has {}, it is {}",
            terminal_safe(&word(&evidence.sha256)),
            word(&now.sha256)
        ));
    }
    found.extend(differences(&record, &measured, ctx.currency()));
    if args.format == "json" {
        let answer = serde_json::json!({
            "schema": 1,
            "id": record.id.as_str(),
            "agrees": found.is_empty(),
            "differences": found,
        });
        ctx.say(&answer.to_string())?;
    } else if found.is_empty() {
        ctx.say(&format!("{id}: the file gives what the record says"))?;
    } else {
        for line in &found {
            ctx.say(&terminal_safe(line))?;
        }
    }
    Ok(if found.is_empty() { Exit::Done } else { Exit::No })
}
