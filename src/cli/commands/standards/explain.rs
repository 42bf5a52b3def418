//! `inc standards explain`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::render::{standard as render, terminal_safe};

/// Show a table as text: what each rule asks, what it gives, and why
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Table, such as severity or targets
    table: String,
    /// Only this rule
    rule: Option<String>,
}

pub(super) fn run(ctx: &Ctx, args: &ExplainArgs) -> Result {
    let policies = ctx.standard()?.newest_policies().ok_or_else(|| {
        Diagnostic::error("no-standard", "standards/ holds no decision table")
            .help("inc init writes the default standard")
    })?;
    let Some(table) = policies.table(&args.table) else {
        let mut names: Vec<&str> = policies.all().map(|t| t.name.as_str()).collect();
        names.sort_unstable();
        let message = format!("no table is called `{}`", terminal_safe(&args.table));
        let d = Diagnostic::error("no-such-table", message)
            .help(format!("there are: {}", names.join(", ")));
        return Err(d.did_you_mean(&args.table, names).into());
    };
    if let Some(rule) = &args.rule
        && table.rule(rule).is_none()
    {
        let message = format!("no rule of {} is called `{}`", table.name, terminal_safe(rule));
        let d = Diagnostic::error("no-such-rule", message)
            .help(format!("inc standards explain {} lists them", table.name));
        let ids = table.rules.iter().map(|r| r.id.as_str());
        return Err(d.did_you_mean(rule, ids).into());
    }
    ctx.print_paged(&render::table(table, args.rule.as_deref()))?;
    Ok(Exit::Done)
}
