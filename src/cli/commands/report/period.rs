//! The days that a report is about.

use chrono::{Datelike as _, NaiveDate};
use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::diag::Diagnostic;
use crate::reports::Period;

/// The days that a report is about.
#[derive(Debug, Clone, Args)]
pub(super) struct Days {
    /// 2026-W47, 2026-11, 2026-Q4
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "to"])]
    period: Option<String>,
    /// First day, such as 2026-11-16, instead of --period
    #[arg(long, value_name = "DATE", requires = "to")]
    from: Option<NaiveDate>,
    /// Last day
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<NaiveDate>,
}

impl Days {
    /// The period that was asked for; without one, what `else_what` says.
    pub(super) fn read(&self, ctx: &Ctx, else_what: fn(&Ctx) -> Result<Period>) -> Result<Period> {
        match (&self.period, self.from, self.to) {
            (None, Some(from), Some(to)) => Ok(Period::of_days(from, to).ok_or_else(|| {
                Diagnostic::error("bad-period", format!("{to} is before {from}"))
                    .help("--from is the first day, --to the last")
            })?),
            (None, ..) => else_what(ctx),
            (Some(typed), ..) => Ok(typed.parse::<Period>().map_err(|e| {
                Diagnostic::error("bad-period", e.to_string())
                    .help("write 2026-W47 for a week, 2026-11 for a month, 2026-Q4 for a quarter")
            })?),
        }
    }
}

pub(super) fn beyond() -> Diagnostic {
    Diagnostic::error("bad-period", "the period lies beyond the calendar")
}

fn labelled(label: &str) -> Result<Period> {
    Ok(label
        .parse()
        .map_err(|e: crate::reports::NoPeriod| Diagnostic::error("bad-period", e.to_string()))?)
}

/// The week before the one that is running.
pub(super) fn last_week(ctx: &Ctx) -> Result<Period> {
    let day = ctx.today().checked_sub_days(chrono::Days::new(7));
    day.and_then(Period::week_of)
        .ok_or_else(|| Diagnostic::error("bad-period", "there is no week before this one").into())
}

pub(super) fn last_month(ctx: &Ctx) -> Result<Period> {
    this_month(ctx)?.before().ok_or_else(|| beyond().into())
}

pub(super) fn last_quarter(ctx: &Ctx) -> Result<Period> {
    this_quarter(ctx)?.before().ok_or_else(|| beyond().into())
}

pub(super) fn this_quarter(ctx: &Ctx) -> Result<Period> {
    let today = ctx.today();
    labelled(&format!("{}-Q{}", today.year(), today.month0() / 3 + 1))
}

pub(super) fn this_month(ctx: &Ctx) -> Result<Period> {
    labelled(&ctx.today().format("%Y-%m").to_string())
}
