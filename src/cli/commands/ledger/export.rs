//! `inc ledger export`

use std::path::PathBuf;

use clap::Args;

use crate::cli::Ctx;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::cli::ledger::from_ledger;
use crate::cli::moves::{Which, csv_row, send, send_again};
use crate::ledger::{Accounts, BOOKING_COLUMNS, Month, beancount, book, hledger, rows};
use crate::store::write_outside;

/// Write a batch for the core, or the double entries for the books
///
/// --batch sends what is approved and not sent yet: each entry with a key that stays the same
/// however often the file is sent, and control totals. Whoever made or approved a run does not
/// release it. With a name, the batch of before is written again, to the byte.
///
/// --format writes balanced double entries by account and cost centre, without a customer's name.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["batch", "format"]))]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    which: Which,
    /// Send what is ready as a batch; with a name, write that batch again
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    batch: Option<String>,
    /// Only what is due on this day or before
    #[arg(long, value_name = "DATE", requires = "batch")]
    due_by: Option<chrono::NaiveDate>,
    /// The accounting period of the batch, 2026-11; this month by default
    #[arg(long, value_name = "MONTH", requires = "batch")]
    period: Option<String>,
    /// csv, hledger or beancount
    #[arg(long, value_parser = ["csv", "hledger", "beancount"])]
    format: Option<String>,
    /// Only this accounting period's double entries, 2026-11
    #[arg(long, value_name = "MONTH", requires = "format")]
    month: Option<String>,
    /// Where to write: a batch below evidence.root by default, double entries to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the change instead of making it
    #[arg(long, requires = "batch")]
    dry_run: bool,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ExportArgs) -> Result {
    match args.batch.as_deref() {
        Some("") => {
            let mut pick = args.which.pick(ctx)?;
            pick.due_by = args.due_by;
            send(ctx, pick, args.period.as_deref(), args.out.as_deref(), args.dry_run)
        }
        Some(name) => send_again(ctx, name, args.out.as_deref()),
        None => books(ctx, args),
    }
}

fn books(ctx: &mut Ctx, args: &ExportArgs) -> Result {
    let month: Option<Month> = match &args.month {
        Some(typed) => Some(ctx.accounting_period(Some(typed))?),
        None => None,
    };
    let till = ctx.till()?;
    let wanted = |period| month.is_none_or(|month| month == period);
    let booked =
        book(&till.ledger(), &Accounts::default(), ctx.clock.zone, wanted).map_err(from_ledger)?;
    let text = match args.format.as_deref() {
        Some("hledger") => hledger(&booked),
        Some("beancount") => beancount(&booked),
        _ => {
            let mut text = csv_row(&BOOKING_COLUMNS.map(str::to_owned))?;
            for row in rows(&booked) {
                text.push_str(&csv_row(&row)?);
            }
            text
        }
    };
    match &args.out {
        Some(path) => write_outside(path, text.as_bytes()).map_err(from_store)?,
        None => ctx.print(&text)?,
    }
    Ok(Exit::Done)
}
