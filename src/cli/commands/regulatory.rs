//! `inc regulatory`

use clap::{Args, Subcommand};

use crate::cli::args::{Format, Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, error, status_line};
use crate::diag::{Diagnostic, Diagnostics};
use crate::incident::{EntryKind, IncidentId, Regulatory, ReportDecision};
use crate::render::{regulatory as render, terminal_safe};
use crate::reports::regulatory::authorities;
use crate::units::Instant;

/// Authorities that may have to be told: which ones, and what was decided
#[derive(Debug, Args)]
pub(crate) struct RegulatoryArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show the authorities that the standard names for an incident, and what was decided of each
    Show {
        #[command(flatten)]
        which: Which,
        /// How the answer is written
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Record whether authorities must be told, also when the answer is no
    ///
    /// A major incident does not close before there is an answer for each regime that the standard
    /// names. Where the standard has a verified deadline, it runs from detection, or --clock-starts.
    Decide(DecideArgs),
}

#[derive(Debug, Args)]
struct DecideArgs {
    /// Regimes of standards/regulatory.toml, such as cnbv or cnbv,banco-de-mexico
    #[arg(value_name = "REGIMES")]
    regimes: String,
    /// reportable, not_reportable or undecided
    #[arg(value_parser = crate::cli::word::<ReportDecision>)]
    decision: ReportDecision,
    /// Incident; left out when exactly one is open
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    id: Option<String>,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// When the authority's clock starts
    #[arg(long, value_name = "TIME")]
    clock_starts: Option<String>,
    /// By when the report is due, whatever the standard says
    #[arg(long, value_name = "TIME")]
    due: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &RegulatoryArgs) -> Result {
    match &args.verb {
        Verb::Show { which, format } => show(ctx, which, *format),
        Verb::Decide(args) => decide(ctx, args),
    }
}

fn show(ctx: &Ctx, which: &Which, format: Format) -> Result {
    let record = ctx.load(&ctx.which(which.id.as_deref())?)?.record;
    let all = authorities(&record, &ctx.company()?, ctx.clock.now);
    if format == Format::Json {
        ctx.say(&render::json(&record, &all).to_string())?;
    } else if all.is_empty() {
        ctx.talk(&format!("the standard names no authority for {}", record.id));
    } else {
        ctx.print(&render::text(&all, ctx.out.surface()))?;
    }
    Ok(Exit::Done)
}

fn decide(ctx: &mut Ctx, args: &DecideArgs) -> Result {
    if args.reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let named: Vec<&str> = args.regimes.split(',').map(str::trim).collect();
    if named.iter().any(|regime| regime.is_empty()) {
        let d = Diagnostic::error("no-regime", "a regime has a name, such as cnbv");
        return Err(d.help("inc regulatory show lists those of the incident").into());
    }
    let id = ctx.which(args.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let read = |text: &Option<String>| text.as_deref().map(|t| ctx.clock.read(t)).transpose();
    let (starts, due) = (read(&args.clock_starts)?, read(&args.due)?);
    let decided = dated(ctx, args, &named, &id, starts, due)?;
    let regimes = named.join(", ");
    let words = args.decision.as_str().replace('_', " ");
    let record = ctx.change(&id, "regulatory", args.writing.dry_run, at, |record, act| {
        for one in &decided {
            let mut one =
                Regulatory { by: Some(act.by.to_owned()), at: Some(act.at), ..one.clone() };
            match record.regulatory.iter_mut().find(|r| r.regime == one.regime) {
                // What was sent stays; the timeline keeps what was decided before.
                Some(known) => {
                    one.sent_at = known.sent_at;
                    one.reference = known.reference.take();
                    *known = one;
                }
                None => record.regulatory.push(one),
            }
        }
        let text = format!("{regimes}: {words}: {}", args.reason);
        record.add_entry(act, EntryKind::Decision, text, true);
        Ok(())
    })?;
    ctx.say(&status_line(&record, &format!("{}: {words}", terminal_safe(&regimes)), at))?;
    Ok(Exit::Done)
}

/// The decisions with their clocks; says which regimes the standard does not know.
fn dated(
    ctx: &Ctx,
    args: &DecideArgs,
    named: &[&str],
    id: &IncidentId,
    starts: Option<Instant>,
    due: Option<Instant>,
) -> Result<Vec<Regulatory>> {
    let record = ctx.load(id)?.record;
    let company = ctx.company()?;
    let policies = company.policies(&record, ctx.clock.now);
    let known = policies.map(|policies| policies.all_regimes()).unwrap_or_default();
    let reportable = args.decision == ReportDecision::Reportable;
    let mut decided = Vec::new();
    for regime in named {
        let of_standard = known.iter().find(|k| k.regime == *regime);
        if of_standard.is_none() && !known.is_empty() {
            let shown = terminal_safe(regime);
            let message = format!("regime `{shown}` is not in the standard; kept as typed");
            let names = known.iter().map(|k| k.regime.as_str());
            let d = Diagnostic::warning("unknown-regime", message).did_you_mean(regime, names);
            error::print(ctx.out, &Diagnostics::from(d), ctx.call.json_errors);
        }
        let deadline = of_standard.and_then(|k| k.deadline.as_ref()).filter(|_| reportable);
        let from = starts.or_else(|| deadline.and(record.clocks().detected));
        let by_standard = deadline.zip(from).and_then(|(deadline, from)| {
            // Beyond a calendar's years the moment is unknown, never an error.
            company.standard.due(deadline, "24x7", from, company.zone).ok().flatten()
        });
        decided.push(Regulatory {
            regime: (*regime).to_owned(),
            decision: Some(args.decision),
            reason: Some(args.reason.clone()),
            clock_starts_at: from.filter(|_| reportable),
            due: due.or(by_standard).filter(|_| reportable),
            ..Regulatory::default()
        });
    }
    Ok(decided)
}
