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
    let beside = || policies.verticals().iter();
    let of_vertical = || beside().map(|t| &t.table).find(|t| t.name == args.table);
    let Some(table) = policies.table(&args.table).or_else(of_vertical) else {
        let company = policies.all().map(|t| t.name.as_str());
        let mut names: Vec<&str> = company.chain(beside().map(|t| t.table.name.as_str())).collect();
        names.sort_unstable();
        let message = format!("no table is called `{}`", terminal_safe(&args.table));
        let d = Diagnostic::error("no-such-table", message)
            .help(format!("there are: {}", names.join(", ")));
        return Err(d.did_you_mean(&args.table, names).into());
    };
    let tightening = || beside().filter(|t| t.of == table.name).map(|t| &t.table);
    let tables = || std::iter::once(table).chain(tightening());
    if let Some(rule) = &args.rule
        && !tables().any(|t| t.rule(rule).is_some())
    {
        let message = format!("no rule of {} is called `{}`", table.name, terminal_safe(rule));
        let d = Diagnostic::error("no-such-rule", message)
            .help(format!("inc standards explain {} lists them", table.name));
        let ids = tables().flat_map(|t| &t.rules).map(|r| r.id.as_str());
        return Err(d.did_you_mean(rule, ids).into());
    }
    let mut text = String::new();
    for shown in tables().filter(|t| args.rule.as_ref().is_none_or(|rule| t.rule(rule).is_some())) {
        if !text.is_empty() {
            text.push('\n');
        }
        if shown.name != table.name {
            text.push_str(&render::tightens(shown, table));
        }
        text.push_str(&render::table(shown, args.rule.as_deref()));
    }
    ctx.print_paged(&text)?;
    Ok(Exit::Done)
}
