//! `inc compensate run`
//!
//! The file is long because a run with an incident and one without share every step but where
//! things lie.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::args::Writing;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::payrun::{Around, Awards, Customers, Ready, exit_of, is_file, run_path, scratch};
use crate::cli::{Call, Ctx, files, status_line};
use crate::compensation::run::{Ran, Summary, facts_for};
use crate::compensation::{AtLimit, Eligibility, Limit, Policy};
use crate::decision::FactSet;
use crate::diag::{Diagnostic, Source};
use crate::incident::{CompensationForm, CompensationRun, Evidence, IncidentId, ItemId};
use crate::ledger::as_money;
use crate::render::payrun::{self as render, Whereabouts};
use crate::store::{Sealed, begin_private, stream};
use crate::units::Instant;

/// Compute what each customer is owed; pays nothing until it is approved
///
/// Takes a policy over a CSV of customers, a row each, and writes a CSV of awards in the same order.
/// One bad row stops the run before anything is written, unless --reject names a file for such rows.
/// With an incident, awards and a copy of the customers lie below the evidence root of inc.toml, and
/// the record keeps counts, totals and hashes. With --facts there is no incident and nothing is
/// stored but what --out names. Exits 1 where a limit of the policy asks for an approval.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Incident: its id or any unambiguous ending of it; left out when exactly one is open
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    id: Option<String>,
    /// Policy of standards/compensation/, or with --facts a file such as ./goodwill.toml
    #[arg(long, value_name = "NAME")]
    policy: String,
    /// Customers: CSV, plain or packed with gzip or zstd; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    customers: String,
    /// Write the awards there too; `-` writes them to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<String>,
    /// Put bad rows aside in this file and go on
    #[arg(long, value_name = "FILE")]
    reject: Option<PathBuf>,
    /// Take the facts from this JSON file; there is no incident then
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id", "at", "dry_run"])]
    facts: Option<String>,
    /// Show one customer's whole working instead; nothing is written
    #[arg(long, value_name = "CUSTOMER", conflicts_with_all = ["out", "reject"])]
    explain: Option<String>,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
    #[command(flatten)]
    writing: Writing,
}

impl RunArgs {
    /// Whether it needs no workspace.
    pub(super) fn stands_alone(&self) -> bool {
        self.facts.is_some()
    }
}

/// With facts from a file, and no incident.
pub(super) fn run_alone(
    call: Call,
    dir: Option<&Path>,
    now: Option<&str>,
    args: &RunArgs,
) -> Result {
    let around = Around::find(call, dir, now)?;
    let policy = around.policy(&args.policy, None)?;
    let name = args.facts.as_deref().unwrap_or_default();
    let text = files::read_named(name)?;
    let facts = facts_for(&policy, Source::new(name, &text))?;
    must_apply(&policy, &facts, "the facts")?;
    let ready = Ready::new(&policy, &facts, around.setting(around.now))?;
    say_no_ledger(call, &ready);
    let customers = Customers::find(&args.customers, &scratch())?.shown();
    let mut whereabouts = Whereabouts {
        evidence: args.customers.clone(),
        facts_sha256: ready.facts_sha256.clone(),
        ..Whereabouts::default()
    };
    let say = |text: &str| match args.out.as_deref() {
        // The awards are the answer then.
        Some("-") => {
            call.out.talk(text.trim_end());
            Ok(())
        }
        _ => call.out.answer(text),
    };
    if args.explain.is_some() {
        return explain(call, args, &ready, &customers);
    }
    let out = args.out.as_deref();
    let place = match out {
        Some("-") => Some(scratch().join("awards.csv")),
        other => other.map(PathBuf::from),
    };
    let mut awards = match &place {
        Some(place) => Awards::File(Box::new(begin_private(place).map_err(from_store)?)),
        None => Awards::Nowhere,
    };
    let spill = folder_of(place.as_deref());
    let (_, summary) = go(args, &ready, &customers, &mut awards, &spill, &mut whereabouts)?;
    match (out, awards) {
        (Some("-"), Awards::File(mut file)) => {
            let mut from = file.reread().map_err(from_store)?;
            copy_out(&mut from)?;
        }
        (Some(out), Awards::File(file)) => {
            file.seal(false).map_err(from_store)?;
            whereabouts.awards = Some(out.to_owned());
        }
        _ => {}
    }
    say(&answer(call, args, &summary, &whereabouts))?;
    Ok(exit_of(&summary))
}

/// With an incident: stored, and in the record.
pub(super) fn run(ctx: &mut Ctx, args: &RunArgs) -> Result {
    let id = ctx.which(args.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    if is_file(&args.policy) && args.explain.is_none() {
        let d = Diagnostic::error("no-such-policy", "a run that is stored takes a policy by name");
        return Err(d
            .help("put the file into standards/compensation/, or try it with --facts")
            .into());
    }
    let record = ctx.load(&id)?.record;
    let around = Around::of(ctx)?;
    let policy = around.policy(&args.policy, Some(record.began().unwrap_or(at)))?;
    let facts = ctx.facts_of(&record)?;
    must_apply(&policy, &facts, id.as_str())?;
    let ready =
        Ready::new(&policy, &facts, around.setting(at))?.looking_back(ctx, &record, at, None)?;
    say_no_ledger(ctx.call, &ready);
    if args.explain.is_some() {
        let customers = Customers::find(&args.customers, &scratch())?.shown();
        return explain(ctx.call, args, &ready, &customers);
    }
    let run = ctx.new_run_id(&record);
    let mut whereabouts = Whereabouts {
        incident: Some(id.to_string()),
        evidence: args.customers.clone(),
        facts_sha256: ready.facts_sha256.clone(),
        ..Whereabouts::default()
    };
    if args.writing.dry_run {
        let customers = Customers::find(&args.customers, &scratch())?.shown();
        let mut nowhere = Awards::Nowhere;
        let (_, summary) =
            go(args, &ready, &customers, &mut nowhere, &scratch(), &mut whereabouts)?;
        ctx.print(&answer(ctx.call, args, &summary, &whereabouts))?;
        return Ok(exit_of(&summary));
    }
    let stored = store(ctx, args, &ready, &id, &run, &mut whereabouts)?;
    whereabouts.run = Some(run.to_string());
    let entry = run_entry(&ready, &stored, &whereabouts, at);
    let written = ctx.change(&id, "compensate", false, at, |record, act| {
        let by = Some(act.by.to_owned());
        record.compensation.push(CompensationRun { id: Some(run.clone()), by, ..entry.clone() });
        Ok(())
    })?;
    ctx.print(&answer(ctx.call, args, &stored.summary, &whereabouts))?;
    if args.format != "json" {
        let suffix = id.suffix();
        ctx.say(&status_line(&written, &format!("compensation run {run} computed"), at))?;
        ctx.talk(&format!("it pays nothing until: inc compensate approve {suffix} {run}"));
    }
    Ok(exit_of(&stored.summary))
}

/// A run whose files are in their places.
struct Stored {
    summary: Summary,
    evidence: PathBuf,
}

/// Copies the evidence below the evidence root where it is not there, runs, and seals the awards.
fn store(
    ctx: &Ctx,
    args: &RunArgs,
    ready: &Ready,
    id: &IncidentId,
    run: &ItemId,
    whereabouts: &mut Whereabouts,
) -> Result<Stored> {
    let root = ctx.customers_root()?;
    let own = root.join(run_path(id, run.as_str(), ".csv"));
    let folder = folder_of(Some(&own));
    crate::store::make_private_folder(&folder).map_err(from_store)?;
    let inside = std::path::absolute(&args.customers).ok().and_then(|path| {
        let root = std::path::absolute(&root).ok()?;
        Some(path.strip_prefix(root).ok()?.to_owned())
    });
    let below = match inside {
        Some(path) if args.customers != "-" => path,
        _ => {
            let path = run_path(id, run.as_str(), ending_of(&args.customers));
            copy_in(&args.customers, &folder, &root.join(&path))?;
            path
        }
    };
    let place = root.join(&below).display().to_string();
    let customers = Customers::find(&place, &folder)?.shown();
    let mut awards = Awards::File(Box::new(begin_private(&own).map_err(from_store)?));
    let (_, summary) = go(args, ready, &customers, &mut awards, &folder, whereabouts)?;
    if let Awards::File(mut file) = awards {
        if let Some(out) = args.out.as_deref() {
            let mut from = file.reread().map_err(from_store)?;
            if out == "-" {
                copy_out(&mut from)?;
            } else {
                let mut copy = begin_private(Path::new(out)).map_err(from_store)?;
                std::io::copy(&mut from, &mut copy).map_err(|e| disk(&e))?;
                copy.seal(true).map_err(from_store)?;
            }
        }
        file.seal(true).map_err(from_store)?;
    }
    whereabouts.evidence = place;
    whereabouts.awards = Some(own.display().to_string());
    Ok(Stored { summary, evidence: below })
}

/// Runs, and seals what was put aside.
fn go(
    args: &RunArgs,
    ready: &Ready,
    customers: &Customers,
    awards: &mut Awards,
    spill: &Path,
    whereabouts: &mut Whereabouts,
) -> Result<(Ran, Summary)> {
    let mut aside = match &args.reject {
        Some(path) => Some(begin_private(path).map_err(from_store)?),
        None => None,
    };
    let rejects = aside.as_mut().map(|file| file as &mut dyn Write);
    let found = ready.run(customers, awards, rejects, spill, None)?;
    if let (Some(aside), Some(path)) = (aside, &args.reject) {
        aside.seal(false).map_err(from_store)?;
        whereabouts.rejects = Some(path.display().to_string());
    }
    Ok(found)
}

/// Shows one customer's working.
fn explain(call: Call, args: &RunArgs, ready: &Ready, customers: &Customers) -> Result {
    let wanted = args.explain.as_deref().unwrap_or_default();
    let (ran, _) = ready.run(customers, &mut Awards::Nowhere, None, &scratch(), Some(wanted))?;
    let Some((found, lines)) = &ran.found else {
        let shown = crate::render::terminal_safe(wanted);
        let what = format!("customer `{shown}` is not in the file");
        return Err(Diagnostic::error("no-such-customer", what)
            .help("ids are compared as they are written, leading zeros too")
            .into());
    };
    let working = ran.sheet.working(&ready.compiled, &found.bytes);
    let told = render::Explained {
        customer: wanted,
        line: found.line,
        working: working.as_ref(),
        awards: lines,
        terms: &ready.terms,
        effects: &ran.effects,
    };
    let text = match args.format.as_str() {
        "json" => format!("{}\n", render::explained_json(&told)),
        _ => render::explained(&told, call.out.surface()),
    };
    call.out.answer(&text)?;
    Ok(Exit::Done)
}

fn answer(call: Call, args: &RunArgs, summary: &Summary, whereabouts: &Whereabouts) -> String {
    match args.format.as_str() {
        "json" => format!("{}\n", render::json(summary, whereabouts)),
        _ => render::text(summary, whereabouts, call.out.surface()),
    }
}

/// Refuses a run that the policy's eligibility table does not allow.
fn must_apply(policy: &Policy, facts: &FactSet, whose: &str) -> Result<()> {
    let (name, no) = (&policy.name, |what: String| Diagnostic::error("not-eligible", what));
    Err(Failure::no(match policy.eligibility(facts) {
        Eligibility::Applies(_) => return Ok(()),
        Eligibility::Excluded(rule, reason) => {
            let by = rule.map(|rule| format!(" by rule {rule}")).unwrap_or_default();
            no(format!("policy {name} does not apply to {whose}{by}: {reason}"))
                .help("inc compensate options lists what each policy says")
        }
        Eligibility::Open(open) => {
            no(format!("whether policy {name} applies to {whose} is open: {}", open.join(", ")))
                .help("record these facts, then run it again")
        }
        Eligibility::Conflict(rules) => {
            no(format!("policy {name} contradicts itself: {} hold", rules.join(" and ")))
                .help("inc standards check finds such rules")
        }
    }))
}

/// Says which limits cannot look back.
fn say_no_ledger(call: Call, ready: &Ready) {
    for limit in ready.blind() {
        call.out.talk(&format!(
            "limit {} counts this run alone: nothing is known here of earlier awards",
            limit.rule
        ));
    }
}

/// What the record keeps of a run; nothing of it is customer-level.
fn run_entry(
    ready: &Ready,
    stored: &Stored,
    whereabouts: &Whereabouts,
    at: Instant,
) -> CompensationRun {
    let summary = &stored.summary;
    let policy = ready.compiled.policy();
    let aside: u64 = summary.rejected.iter().map(|(_, rows)| rows).sum();
    let stop = |(limit, effect): &&(Limit, crate::compensation::run::Effect)| {
        limit.at == AtLimit::Stop && effect.cut > 0
    };
    let forms = summary.forms.iter().map(|form| CompensationForm {
        form: form.terms.name.clone(),
        count: Some(form.all.awards),
        total: as_money(form.all.total, policy.currency).filter(|_| form.terms.is_money()),
        units: u64::try_from(form.all.total).ok().filter(|_| !form.terms.is_money()),
        x: Default::default(),
    });
    CompensationRun {
        policy: summary.policy.clone(),
        version: Some(summary.version.clone()),
        state: Some("computed".into()),
        at: Some(at),
        basis: Some(summary.basis.to_owned()),
        policy_sha256: Some(summary.policy_sha256.clone()),
        facts_sha256: Some(whereabouts.facts_sha256.clone()),
        evidence: vec![Evidence {
            path: stored.evidence.display().to_string(),
            size: Some(summary.evidence.0),
            rows: Some(summary.read),
            sha256: Some(summary.evidence.1.clone()),
            x: Default::default(),
        }],
        awards_sha256: Some(summary.awards.1.clone()),
        count: Some(summary.count()),
        total: as_money(summary.money(), policy.currency),
        forms: forms.collect(),
        customers: Some(summary.eligible),
        rejected: Some(aside).filter(|rows| *rows > 0),
        cut: as_money(summary.cut(), policy.currency).filter(|_| summary.cut() > 0),
        asks: summary.limits.iter().filter(stop).map(|(limit, _)| limit.rule.clone()).collect(),
        ..CompensationRun::default()
    }
}

/// Copies evidence below the evidence root, so that the run can be computed again.
fn copy_in(typed: &str, folder: &Path, to: &Path) -> Result<()> {
    // What is read here is what is run: a pipe can be read once, a file may change meanwhile.
    let customers = Customers::find(typed, folder)?;
    let mut from = stream(customers.path()).map_err(from_store)?;
    let mut copy = begin_private(to).map_err(from_store)?;
    std::io::copy(&mut from, &mut copy).map_err(|e| disk(&e))?;
    match copy.seal(true).map_err(from_store)? {
        Sealed::New | Sealed::Same => Ok(()),
    }
}

/// The ending of a copy's name: what it is packed with stays visible.
fn ending_of(typed: &str) -> &'static str {
    match () {
        () if typed.ends_with(".gz") => "-customers.csv.gz",
        () if typed.ends_with(".zst") => "-customers.csv.zst",
        () => "-customers.csv",
    }
}

fn folder_of(place: Option<&Path>) -> PathBuf {
    match place.and_then(Path::parent) {
        Some(dir) if !dir.as_os_str().is_empty() => dir.to_owned(),
        Some(_) => PathBuf::from("."),
        None => scratch(),
    }
}

fn copy_out(from: &mut impl std::io::Read) -> Result<()> {
    let mut to = std::io::stdout().lock();
    match std::io::copy(from, &mut to).and_then(|_| to.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(disk(&e)),
        _ => Ok(()),
    }
}

fn disk(e: &std::io::Error) -> Failure {
    Failure::outside(Diagnostic::error("disk", format!("cannot write: {e}")))
}
