//! `inc explain`

use clap::Args;

use crate::check::{codes, explain};
use crate::cli::Call;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;

/// Explain a finding or an error by its code: what it means, why it matters, what to do
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Code, such as unknown-key; without one all codes are listed
    code: Option<String>,
}

pub(crate) fn run(call: Call, args: &ExplainArgs) -> Result {
    let Some(code) = &args.code else {
        let mut text = String::new();
        for code in codes() {
            text.push_str(code);
            text.push('\n');
        }
        call.out.answer(&text)?;
        return Ok(Exit::Done);
    };
    match explain(code) {
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
            Err(d.did_you_mean(code, codes()).into())
        }
    }
}
