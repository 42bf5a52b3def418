//! `inc compensate replay`

use std::sync::Arc;

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::cli::payrun::{Around, Awards, Customers, Ready, is_file, scratch};
use crate::compensation::run::{Compared, Summary};
use crate::compensation::{Eligibility, Policy};
use crate::decision::{FactSet, Type, Value};
use crate::diag::Diagnostic;
use crate::incident::{CompensationRun, Record, Severity};
use crate::render::payrun as render;
use crate::units::Instant;

/// Show what another policy, or another severity, would have come to on the evidence of past runs
///
/// Each incident with a run of the policy is computed twice from that run's evidence: with the
/// policy as it is in force for it, and with the one in --policy FILE. With an incident and
/// --severity, the same policy is taken with the facts of that level. Nothing is stored.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Incident; all of them where it is left out
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    id: Option<String>,
    /// The new policy: a file named as the old one, or any with --against
    #[arg(long, value_name = "FILE", required_unless_present = "severity")]
    policy: Option<String>,
    /// The policy that it is compared with
    #[arg(long, value_name = "NAME")]
    against: Option<String>,
    /// Only incidents that began since then: 2026-01-01, or a time
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// As if the incident had been of this level
    #[arg(long, value_name = "LEVEL", requires = "id", conflicts_with = "policy",
          value_parser = crate::cli::word::<Severity>)]
    severity: Option<Severity>,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ReplayArgs) -> Result {
    let around = Around::of(ctx)?;
    let new = match args.policy.as_deref() {
        Some(typed) if is_file(typed) => Some(around.policy_file(typed)?),
        Some(typed) => Some(around.policy(typed, None)?),
        None => None,
    };
    let against = args.against.clone().or_else(|| new.as_ref().map(|new| new.name.clone()));
    let since = args.since.as_deref().map(|typed| since(ctx, typed)).transpose()?;
    let records: Vec<Record> = match &args.id {
        Some(id) => vec![ctx.load(&ctx.which(Some(id))?)?.record],
        None => ctx.register()?.records.into_iter().map(|held| held.record).collect(),
    };
    let mut compared = Vec::new();
    for record in &records {
        if since.is_some_and(|since| record.began().is_none_or(|began| began < since)) {
            continue;
        }
        for run in latest(record, against.as_deref()) {
            compared.push(compare(ctx, &around, record, run, new.as_ref(), args.severity)?);
        }
    }
    if args.format == "json" {
        ctx.say(&render::compared_json(&compared).to_string())?;
        return Ok(Exit::Done);
    }
    if compared.is_empty() {
        let of = against.map(|name| format!(" of policy {name}")).unwrap_or_default();
        ctx.talk(&format!("no run{of} to compare; runs are made by inc compensate run"));
        return Ok(Exit::Done);
    }
    ctx.print(&render::compared(&compared, ctx.out.surface()))?;
    Ok(Exit::Done)
}

/// A day means its beginning.
fn since(ctx: &Ctx, typed: &str) -> Result<Instant> {
    Ok(match typed.parse::<chrono::NaiveDate>() {
        Ok(_) => ctx.clock.read_past(&format!("{typed} 00:00"))?,
        Err(_) => ctx.clock.read_past(typed)?,
    })
}

/// The last run of each policy, or of the one that is asked for.
fn latest<'r>(record: &'r Record, policy: Option<&str>) -> Vec<&'r CompensationRun> {
    let mut found: Vec<&CompensationRun> = Vec::new();
    for run in record.compensation.iter().filter(|run| policy.is_none_or(|name| run.policy == name))
    {
        match found.iter_mut().find(|known| known.policy == run.policy) {
            Some(known) => *known = run,
            None => found.push(run),
        }
    }
    found
}

fn compare(
    ctx: &Ctx,
    around: &Around,
    record: &Record,
    run: &CompensationRun,
    new: Option<&Arc<Policy>>,
    severity: Option<Severity>,
) -> Result<Compared> {
    let root = ctx.customers_root()?;
    let facts = ctx.facts_of(record)?;
    let old = around.policy(&run.policy, record.began())?;
    let mut as_if = facts.clone();
    if let Some(level) = severity {
        set_severity(&mut as_if, &old, level)?;
    }
    let name = run.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let place = run.evidence.first().map(|evidence| root.join(&evidence.path));
    let Some(place) = place else {
        return Ok(Compared::without(record.id.as_str(), &name, "the run names no evidence"));
    };
    let aside = run.rejected.is_some_and(|rows| rows > 0);
    let of = |policy: &Policy, facts: &FactSet| -> Result<Option<Summary>> {
        if !matches!(policy.eligibility(facts), Eligibility::Applies(_)) {
            return Ok(None);
        }
        let at = run.at.unwrap_or(around.now);
        let ready = Ready::new(policy, facts, around.setting(at))?.looking_back(
            ctx,
            record,
            at,
            Some(at),
        )?;
        let customers = Customers::find(&place.display().to_string(), &scratch())?.shown();
        let mut sink = std::io::sink();
        let aside = aside.then_some(&mut sink as &mut dyn std::io::Write);
        Ok(Some(ready.run(&customers, &mut Awards::Nowhere, aside, &scratch(), None)?.1))
    };
    let before = of(&old, &facts)?;
    let after = of(new.unwrap_or(&old), &as_if)?;
    Ok(Compared::new(record.id.as_str(), &name, before.as_ref(), after.as_ref()))
}

/// Sets the level as the policy reads it.
fn set_severity(facts: &mut FactSet, policy: &Policy, level: Severity) -> Result<()> {
    const FACT: &str = "severity";
    let asked = policy.tables().flat_map(|table| &table.inputs).find(|input| input.fact == FACT);
    let value = match asked.map(|input| &input.ty) {
        Some(Type::Enum(words)) => {
            let word = level.to_string();
            let at = words.values.iter().find(|known| **known == word);
            at.map(|word| Value::Text(word.clone()))
        }
        _ => Some(Value::Text(level.to_string())),
    };
    let Some(value) = value else {
        let what = format!("policy {} does not know the level {level}", policy.name);
        return Err(Diagnostic::error("unknown-level", what).into());
    };
    facts.set(FACT, value);
    Ok(())
}
