//! Arguments that many commands share.

use clap::Args;

use super::{Ctx, error::Result};
use crate::units::Instant;

/// Which incident.
#[derive(Debug, Clone, Args)]
pub(crate) struct Which {
    /// Incident: its id or any unambiguous ending of it; left out when exactly one is open
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(super::complete::ids))]
    pub(crate) id: Option<String>,
}

/// What every writing command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Writing {
    /// When it happened: 14:05, "yesterday 23:50", "20m ago", RFC 3339
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Print the change instead of making it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Leave account numbers and personal ids as typed, for this reason, where the standard permits
    #[arg(long, value_name = "REASON")]
    pub(crate) unmask: Option<String>,
}

impl Writing {
    /// When it happened: now, unless `--at` says otherwise; never in the future. The context learns
    /// what `--unmask` says, for whatever is written from here on.
    ///
    /// # Errors
    ///
    /// When the time cannot be read or is in the future.
    pub(crate) fn at(&self, ctx: &Ctx) -> Result<Instant> {
        ctx.may_unmask(self.unmask.as_deref())?;
        if !self.dry_run {
            ctx.recover();
        }
        // Every writing command begins here, and will want to know who types.
        ctx.expect_author();
        match &self.at {
            Some(text) => Ok(ctx.clock.read_past(text)?),
            None => Ok(ctx.clock.now),
        }
    }
}

/// How an answer is written that is no list of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Answer {
    /// For people
    Table,
    /// A documented object with `"schema": 1`
    Json,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// A documented object with `"schema": 1`
    Json,
    /// Comma-separated, with a header
    Csv,
    /// Bare ids, one a line
    Ids,
}
