//! `inc ledger balance`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::cli::ledger::from_ledger;
use crate::ledger::balance;
use crate::render;

/// What is owed: opening + approved − reversed − posted − written off = closing
///
/// By basis and vertical, for an accounting period. All lines of the ledger are read, and compared
/// with the totals that git holds.
#[derive(Debug, Args)]
pub(crate) struct BalanceArgs {
    /// The accounting period, 2026-11; this month by default
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// A table, CSV, or a documented JSON object
    #[arg(long, value_parser = ["table", "csv", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &BalanceArgs) -> Result {
    let month = ctx.accounting_period(args.month.as_deref())?;
    let till = ctx.till()?;
    till.ledger().must_be_whole().map_err(from_ledger)?;
    let rows = balance(&till.ledger(), month).map_err(from_ledger)?;
    match args.format.as_str() {
        "json" => ctx.say(&render::ledger::balance_json(month, &rows).to_string())?,
        "csv" => ctx.print(&render::ledger::balance_csv(&rows))?,
        _ if rows.is_empty() => ctx.say(&format!("{month}: nothing is owed, and nothing moved"))?,
        _ => ctx.print(&render::ledger::balance(&rows).render(ctx.out.surface()))?,
    }
    Ok(Exit::Done)
}
