//! `inc ledger show`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::cli::ledger::from_ledger;
use crate::cli::moves::{Which, csv_row};
use crate::ledger::{COLUMNS, each, standing};
use crate::render;

/// How runs stand: how many entries, and how much, in each state
///
/// With --format csv every entry with all of its columns: for machines, so nothing is altered.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    which: Which,
    /// table, json, or csv with the entries themselves
    #[arg(long, value_parser = ["table", "json", "csv"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ShowArgs) -> Result {
    let pick = args.which.pick(ctx)?;
    let till = ctx.till()?;
    let ledger = till.ledger();
    if args.format == "csv" {
        ctx.print(&csv_row(&COLUMNS.map(str::to_owned))?)?;
        let mut failed = None;
        let printed = each(&ledger, &pick, |entry| {
            if failed.is_none() {
                let row = csv_row(&entry.line.cells()).and_then(|row| ctx.print(&row));
                failed = row.err();
            }
            Ok(())
        });
        printed.map_err(from_ledger)?;
        return failed.map_or(Ok(Exit::Done), Err);
    }
    let found = standing(&ledger, &pick).map_err(from_ledger)?;
    if args.format == "json" {
        ctx.say(&render::ledger::standing_json(&found).to_string())?;
    } else if found.is_empty() {
        ctx.say("the ledger has no such entries")?;
    } else {
        ctx.print(&render::ledger::standing(&found).render(ctx.out.surface()))?;
    }
    Ok(Exit::Done)
}
