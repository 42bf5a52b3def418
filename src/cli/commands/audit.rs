//! `inc audit`

use std::collections::BTreeSet;

use clap::Args;

use crate::cli::Ctx;
use crate::cli::ctx::from_store;
use crate::cli::error::Result;
use crate::cli::evidence::gather;
use crate::diag::Diagnostic;
use crate::incident::{IncidentId, Record};
use crate::render;
use crate::reports::Period;
use crate::reports::audit::{Audit, RewrittenLine, approvals};
use crate::units::Instant;

/// Show history as evidence: who changed which field, what was approved, and what stands out
///
/// For reviewers of ISO 27001, SOC 2 or PCI DSS: `inc help audit` says which clause each part
/// supports. Edits after closing, edits made without inc, history that was rewritten after it was
/// seen here, approvals against what git says of them. CSV and JSON have everything.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Incidents; all by default
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    ids: Vec<String>,
    /// 2026-W47, 2026-11 or 2026-Q4; all of history by default
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// For people, as a documented JSON object, or as rows
    #[arg(long, value_parser = ["table", "json", "csv"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &AuditArgs) -> Result {
    let ids: BTreeSet<IncidentId> =
        args.ids.iter().map(|id| ctx.which(Some(id))).collect::<Result<_>>()?;
    let period = args.period.as_deref().map(read).transpose()?;
    let zone = ctx.clock.zone;
    let from = period.as_ref().and_then(|p| p.start(zone));
    let to = period.as_ref().and_then(|p| p.end(zone));
    let (all, commits) = ctx.edits(&ids, from, to)?;
    let register = ctx.register()?;
    let asked = |r: &&Record| {
        let named = ids.is_empty() || ids.contains(&r.id);
        let given = |at: Option<Instant>| {
            at.is_none_or(|at| from.is_none_or(|f| at >= f) && to.is_none_or(|t| at < t))
        };
        named && r.approvals.iter().any(|a| given(a.at))
    };
    let records: Vec<&Record> =
        register.records.iter().map(|held| &held.record).filter(asked).collect();
    let evidence = gather(ctx, &records, &[])?;
    let incidents: BTreeSet<&IncidentId> = all.iter().map(|e| &e.incident).collect();
    let audit = Audit {
        period: period.map_or_else(|| "all of history".to_owned(), |p| p.label),
        from,
        to,
        generated_at: Some(ctx.clock.now),
        head: ctx.store.head().map_err(from_store)?.commit,
        cut_off: !ctx.store.cut_off().map_err(from_store)?.is_empty(),
        sandbox: ctx.config.sandbox,
        commits,
        incidents: incidents.len(),
        approvals: approvals(&records, &evidence, from, to),
        rewritten: rewritten(ctx)?,
        edits: all,
    };
    match args.format.as_str() {
        "json" => ctx.say(&render::audit::json(&audit).to_string())?,
        "csv" => ctx.print(&render::audit::as_csv(&audit))?,
        _ => {
            ctx.say_tree();
            ctx.print_paged(&render::audit::text(&audit))?;
        }
    }
    Ok(ctx.left_out(&register.bad))
}

fn read(typed: &str) -> Result<Period> {
    Ok(typed.parse::<Period>().map_err(|e| {
        Diagnostic::error("bad-period", e.to_string())
            .help("write 2026-W47 for a week, 2026-11 for a month, 2026-Q4 for a quarter")
    })?)
}

fn rewritten(ctx: &Ctx) -> Result<Vec<RewrittenLine>> {
    let found = ctx.store.rewritten().map_err(from_store)?;
    let line = |r: crate::store::Rewritten| RewrittenLine {
        remote: r.remote,
        branch: r.branch,
        seen: r.seen,
        now: r.now,
    };
    Ok(found.into_iter().map(line).collect())
}
