//! `inc standards check`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::facts::catalogue;
use crate::render::standard as render;
use crate::standard::day_of;

/// Prove every table: gaps, overlaps, rules that cannot decide, tests that always or never hold
///
/// Compensation policies are read and their tables proved with the others. Each finding is a box in
/// words at its line. Exits 1 when one of them is an error.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Also list overlaps that the hit policy resolves
    #[arg(long)]
    overlaps: bool,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(super) fn run(ctx: &Ctx, args: &CheckArgs) -> Result {
    let changes = ctx.standard_changes(&ctx.live());
    let (standard, mut found) = ctx.standard_with_findings()?;
    found.extend(standard.looser_verticals());
    if changes.is_some() {
        let register = ctx.register_quietly()?;
        found.extend(ctx.standard_findings(&register, changes.as_ref())?);
    } else {
        let today = day_of(ctx.clock.now, ctx.clock.zone);
        found.extend(standard.calendars_ending(today));
    }
    let (policies, wrong) = standard.compensation(&catalogue(ctx.currency()));
    found.extend(wrong);
    let mut proved = standard.proofs();
    proved.extend(standard.policy_proofs(&policies));
    if args.format == "json" {
        ctx.say(&render::proofs(&found, &proved).to_string())?;
    } else {
        let mut all = found.clone();
        for table in &proved {
            all.extend(table.findings.clone());
            if args.overlaps {
                all.extend(table.overlaps.clone());
            }
        }
        if !all.is_empty() {
            ctx.print(&render::diagnostics(&all))?;
        }
        ctx.talk(&render::summary(&found, &proved));
    }
    let wrong = ctx.standard_is_broken()
        || found.has_errors()
        || proved.iter().any(|t| t.findings.has_errors());
    Ok(if wrong { Exit::No } else { Exit::Done })
}
