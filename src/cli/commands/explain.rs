//! `inc explain`

use std::path::Path;

use clap::Args;

use crate::check::{codes, explain, explain_own, own_codes};
use crate::cli::ctx::Asked;
use crate::cli::error::{Exit, Result};
use crate::cli::{Call, Ctx, workspace};
use crate::diag::Diagnostic;

/// Explain a finding or an error by its code: what it means, why it matters, what to do
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Code, such as unknown-key; without one all codes are listed
    code: Option<String>,
}

pub(crate) fn run(call: Call, dir: Option<&Path>, now: Option<&str>, args: &ExplainArgs) -> Result {
    // Codes of the workspace's own standard are known only inside one; the others everywhere.
    let ctx = workspace::find(dir).and_then(|found| Ctx::open(call, found, now, Asked::Live)).ok();
    let policies = ctx.as_ref().and_then(|ctx| ctx.standard().ok()?.newest_policies());
    let own = policies.map(own_codes).unwrap_or_default();
    let mut known: Vec<&str> = codes().collect();
    known.extend(own.iter().map(String::as_str));
    let Some(code) = &args.code else {
        let mut text = String::new();
        for code in known {
            text.push_str(code);
            text.push('\n');
        }
        call.out.answer(&text)?;
        return Ok(Exit::Done);
    };
    let page = explain(code).map(str::to_owned);
    match page.or_else(|| explain_own(policies?, code)) {
        Some(page) => {
            call.out.answer(&format!("{}\n", page.trim_end()))?;
            Ok(Exit::Done)
        }
        None => {
            let shown = crate::render::terminal_safe(code);
            let d = Diagnostic::error(
                "no-such-code",
                format!("no finding or error is called `{shown}`"),
            )
            .help("inc explain lists them all");
            Err(d.did_you_mean(code, known).into())
        }
    }
}
