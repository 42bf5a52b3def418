//! `inc ledger confirm`

use std::path::PathBuf;

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::cli::moves::confirm;

/// Match the core's answers with the batch that they answer
///
/// The file has the columns key, state (posted or rejected), amount and currency; date, reference
/// and reason where known. What was posted as sent is posted, what was rejected is rejected with its
/// reason. What is missing, answered twice or with another amount is listed and changes nothing;
/// then the exit code is 1. The same file again changes nothing.
#[derive(Debug, Args)]
pub(crate) struct ConfirmArgs {
    /// The batch
    batch: String,
    /// The core's answers, CSV
    #[arg(value_name = "FILE")]
    answers: PathBuf,
    /// The accounting period, 2026-11; this month by default
    #[arg(long, value_name = "MONTH")]
    period: Option<String>,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
    /// Print the change instead of making it
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ConfirmArgs) -> Result {
    let json = args.format == "json";
    confirm(ctx, &args.batch, &args.answers, args.period.as_deref(), json, args.dry_run)
}
