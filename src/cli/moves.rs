//! What commands do with entries of the ledger: send them, match answers, cancel, give up, close.
//!
//! The file is long because every move takes the same steps: lock, look, append, commit, tell.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Ctx;
use super::ctx::from_store;
use super::error::{Exit, Failure, Result};
use super::ledger::{Waiting, from_ledger};
use crate::diag::{Diagnostic, Diagnostics};
use crate::ledger::{
    Batch, BatchFile, ByRun, Confirmed, Filed, Ledger, Month, Pick, Shelf, State, Tally, What,
    answers_width, read_answers, write_batch,
};
use crate::render;
use crate::reports::payout::run_of;
use crate::store::{Before, Change, begin_private, stream};

/// Which entries a command is about.
#[derive(Debug, Clone, Args)]
pub(crate) struct Which {
    /// Incident: all of its runs, unless --run names one; left out, all incidents
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(super::complete::ids))]
    id: Option<String>,
    /// Only this run of the incident
    #[arg(long, value_name = "RUN", requires = "id")]
    run: Option<String>,
    /// Only this customer
    #[arg(long, value_name = "CUSTOMER")]
    customer: Option<String>,
    /// Only this form: statement_credit, points, …
    #[arg(long, value_name = "FORM")]
    form: Vec<String>,
}

impl Which {
    /// The entries that are meant.
    ///
    /// # Errors
    ///
    /// When the ledger has none of that incident or run.
    pub(crate) fn pick(&self, ctx: &mut Ctx) -> Result<Pick> {
        let pick =
            Pick { customer: self.customer.clone(), forms: self.form.clone(), ..Pick::default() };
        let Some(typed) = &self.id else { return Ok(pick) };
        let id = ctx.which(Some(typed))?;
        let (.., book) = ctx.book()?;
        let of = |name: &&String| {
            let own = name.strip_prefix(id.as_str()).and_then(|rest| rest.strip_prefix('/'));
            own.is_some_and(|own| self.run.as_ref().is_none_or(|run| run.eq_ignore_ascii_case(own)))
        };
        let mut runs: Vec<String> =
            book.log.iter().flat_map(|a| a.runs.iter()).filter(of).cloned().collect();
        runs.sort();
        runs.dedup();
        if runs.is_empty() {
            let message = match &self.run {
                Some(run) => {
                    let run = render::terminal_safe(run);
                    format!("the ledger has nothing of run {run} of {id}")
                }
                None => format!("the ledger has nothing of {id}"),
            };
            return Err(Diagnostic::error("no-entries", message)
                .help("a run enters the ledger with its last approval: inc compensate approve")
                .into());
        }
        Ok(Pick { runs, ..pick })
    }
}

/// One row of a file for machines, with its line end.
pub(crate) fn csv_row(cells: &[String]) -> Result<String> {
    let fail = |e: &dyn std::fmt::Display| {
        Failure::wrong(Diagnostic::error("ledger-unwritable", e.to_string()))
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(|e| fail(&e))?;
    let bytes = writer.into_inner().map_err(|e| fail(&e.error()))?;
    String::from_utf8(bytes).map_err(|e| fail(&e))
}

/// A move that a person decides about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Move {
    /// What the log calls it.
    pub(crate) what: What,
    /// Where entries go.
    pub(crate) to: State,
    /// What was done to them, in a word.
    pub(crate) done: &'static str,
}

/// Cancels, reissues or gives up entries.
pub(crate) fn shift(
    ctx: &mut Ctx,
    which: &Which,
    to: Move,
    reason: &str,
    period: Option<&str>,
    dry_run: bool,
) -> Result {
    ctx.in_earnest("a change of the ledger", dry_run)?;
    if reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let reason = ctx.reason_as_written(reason)?;
    let pick = which.pick(ctx)?;
    if pick.runs.is_empty() && pick.customer.is_none() {
        let d = Diagnostic::error("usage", "say of which incident, or of which customer");
        return Err(d.help("inc ledger show lists what there is").into());
    }
    let till = ctx.till_for_writing()?;
    let made = ctx.making(to.what, ctx.accounting_period(period)?);
    let shelf = (!dry_run).then_some(&till.shelves as &dyn Shelf);
    let (filed, moved) = crate::ledger::shift(&till.ledger(), shelf, &made, &pick, to.to, &reason)
        .map_err(from_ledger)?;
    for (state, left) in &moved.left {
        if matches!(state, State::Exported | State::Posted) && to.to == State::Reversed {
            let how = match state {
                State::Exported => "confirm their batch first",
                _ => "inc ledger clawback takes them back",
            };
            ctx.talk(&format!("{} are {state}, {}: {how}", left.count, left.sums));
        }
    }
    if moved.moved.count == 0 {
        let message = format!("no entry can be {}", to.done);
        return Err(Failure::no(
            Diagnostic::error("nothing-to-move", message)
                .help("inc ledger show says in which state they are"),
        ));
    }
    let (_, files) = till.appended(&made, &filed)?;
    let subject = format!("ledger: {} {}", entries(&moved.moved), to.done);
    ctx.commit_append(&subject, "ledger", dry_run, files, &moved.runs, &[])?;
    ctx.say(&format!("{} {}, {}", entries(&moved.moved), to.done, moved.moved.sums))?;
    Ok(Exit::Done)
}

fn entries(tally: &Tally) -> String {
    format!("{} {}", tally.count, if tally.count == 1 { "entry" } else { "entries" })
}

/// Sends what is ready as a batch.
pub(crate) fn send(
    ctx: &mut Ctx,
    pick: Pick,
    period: Option<&str>,
    out: Option<&Path>,
    dry_run: bool,
) -> Result {
    ctx.in_earnest("a batch", dry_run)?;
    let till = ctx.till_for_writing()?;
    let period = ctx.accounting_period(period)?;
    let mut made = ctx.making(What::Export, period);
    made.batch = till.book.next_batch(period);
    let shelf = (!dry_run).then_some(&till.shelves as &dyn Shelf);
    let (filed, batch) =
        crate::ledger::send(&till.ledger(), shelf, &made, &pick).map_err(from_ledger)?;
    if batch.total.count == 0 {
        ctx.say("nothing is ready to be sent")?;
        return Ok(Exit::Done);
    }
    may_release(ctx, &made.by, &batch)?;
    let (book, mut files) = till.appended(&made, &filed)?;
    let path = batch_path(ctx, &made.batch, out)?;
    let mut unsealed = None;
    let mut written = batch.clone();
    if !dry_run {
        // Its hash goes into git before the file has its name: a file that somebody could send
        // is always one that the ledger knows.
        let mut file = begin_private(&path).map_err(from_store)?;
        let after = Ledger::new(&book, &till.shelves);
        written = write_batch(&after, &made.batch, &mut file).map_err(from_ledger)?;
        unsealed = Some(file);
    }
    let runs: Vec<String> = batch.runs.iter().cloned().collect();
    let file = BatchFile {
        batch: made.batch.clone(),
        period: period.to_string(),
        by: made.by.clone(),
        at: made.at.to_string(),
        ..BatchFile::new(&written)
    };
    files.push(Change {
        path: format!("ledger/batches/{}.toml", made.batch).into(),
        before: Before::Absent,
        after: Some(file.text().map_err(from_ledger)?.into_bytes()),
    });
    let subject = format!("ledger: batch {} of {}", made.batch, entries(&batch.total));
    ctx.commit_append(&subject, "ledger", dry_run, files, &ByRun::new(), &runs)?;
    if let Some(file) = unsealed {
        file.seal(true).map_err(|e| {
            let mut failure = from_store(e);
            failure.found.push(
                Diagnostic::warning("batch-unwritten", format!("batch {} is sent", made.batch))
                    .help(format!("write its file: inc ledger export --batch {}", made.batch)),
            );
            failure
        })?;
    }
    ctx.say(&format!("{} · {}, {}", made.batch, entries(&batch.total), batch.total.sums))?;
    if !dry_run {
        ctx.talk(&format!("sha256 {}", written.sha256));
        ctx.talk(&format!("for the core: {}", path.display()));
    }
    Ok(Exit::Done)
}

/// Writes a batch of before again.
pub(crate) fn send_again(ctx: &mut Ctx, name: &str, out: Option<&Path>) -> Result {
    let till = ctx.till()?;
    till.ledger().must_be_whole().map_err(from_ledger)?;
    let path = batch_path(ctx, name, out)?;
    let mut file = begin_private(&path).map_err(from_store)?;
    let batch: Batch = write_batch(&till.ledger(), name, &mut file).map_err(from_ledger)?;
    file.seal(true).map_err(from_store)?;
    ctx.say(&format!("{name} · {}, {}", entries(&batch.total), batch.total.sums))?;
    ctx.talk(&format!("sha256 {}", batch.sha256));
    ctx.talk(&format!("for the core: {}", path.display()));
    Ok(Exit::Done)
}

fn batch_path(ctx: &Ctx, name: &str, out: Option<&Path>) -> Result<PathBuf> {
    match out {
        Some(path) => Ok(path.to_owned()),
        None => Ok(ctx.customers_root()?.join(format!("batches/{name}.csv"))),
    }
}

/// Whoever made or approved a run does not release it.
fn may_release(ctx: &Ctx, by: &str, batch: &Batch) -> Result<()> {
    let standard = ctx.standard()?;
    let id = |name: &str| {
        let person = standard.person_called(name);
        person.map_or(name.to_owned(), |person| person.id.clone())
    };
    let me = id(by);
    for name in &batch.runs {
        let unknown = || {
            let message = format!("the ledger names a run {name}, and nobody can say who made it");
            Failure::wrong(
                Diagnostic::error("no-such-run", message)
                    .help("a run is released by somebody else; bring its record back first"),
            )
        };
        let (incident, run) = name.split_once('/').ok_or_else(unknown)?;
        let incident = incident.parse().map_err(|_| unknown())?;
        let record = &ctx.load(&incident)?.record;
        let made = run_of(record, run).ok_or_else(unknown)?.by.as_deref();
        let of = format!("compensation:{run}");
        let did = if made.is_some_and(|made| id(made) == me) {
            "made"
        } else if record.approvals.iter().any(|a| a.of == of && id(&a.by) == me) {
            "approved"
        } else {
            continue;
        };
        let message = format!("{by} {did} run {run} of {incident}, and does not release it");
        return Err(Failure::no(
            Diagnostic::error("self-release", message)
                .help("somebody else sends the batch, or name another incident"),
        ));
    }
    Ok(())
}

/// Matches the core's answers.
pub(crate) fn confirm(
    ctx: &mut Ctx,
    batch: &str,
    answers: &Path,
    period: Option<&str>,
    json: bool,
    dry_run: bool,
) -> Result {
    ctx.in_earnest("a confirmation", dry_run)?;
    let till = ctx.till_for_writing()?;
    let mut made = ctx.making(What::Confirm, ctx.accounting_period(period)?);
    made.batch = batch.to_owned();
    let width = answers_width(&till.ledger(), batch).map_err(from_ledger)?;
    let mut spill = Waiting::new(&ctx.customers_root()?);
    let from = stream(answers).map_err(from_store)?;
    read_answers(&answers.display().to_string(), from, width, &mut spill)
        .map_err(|found| Failure::wrong(Diagnostics(found)))?;
    let shelf = (!dry_run).then_some(&till.shelves as &dyn Shelf);
    let (filed, done): (Filed, Confirmed) =
        crate::ledger::confirm(&till.ledger(), shelf, &made, (width, &mut spill))
            .map_err(from_ledger)?;
    if filed.lines > 0 {
        let (_, files) = till.appended(&made, &filed)?;
        let subject = format!(
            "ledger: batch {batch} answered, {} posted, {} rejected",
            done.posted.count, done.rejected.count
        );
        ctx.commit_append(&subject, "ledger", dry_run, files, &done.runs, &[])?;
    }
    if json {
        ctx.say(&render::ledger::confirmed_json(batch, &done).to_string())?;
    } else {
        ctx.print(&render::ledger::confirmed(&done).render(ctx.out.surface()))?;
        for (what, key, why) in &done.named {
            ctx.talk(&render::terminal_safe(&format!("{what}: {key} {why}")));
        }
    }
    Ok(if done.is_clean() { Exit::Done } else { Exit::No })
}

/// Closes a period.
pub(crate) fn close(ctx: &mut Ctx, month: Month, dry_run: bool) -> Result<()> {
    ctx.in_earnest("closing a period", dry_run)?;
    let till = ctx.till_for_writing()?;
    if month >= Month::of(ctx.today()) {
        let message = format!("{month} is not over");
        return Err(Failure::no(
            Diagnostic::error("period-open", message).help("close it when the month is over"),
        ));
    }
    let rows = crate::ledger::balance(&till.ledger(), month).map_err(from_ledger)?;
    let made = ctx.making(What::Close, month);
    let (_, mut files) = till.appended(&made, &Filed::default())?;
    files.push(Change {
        path: format!("ledger/periods/{month}.csv").into(),
        before: Before::Absent,
        after: Some(render::ledger::balance_csv(&rows).into_bytes()),
    });
    let subject = format!("ledger: {month} closed");
    ctx.commit_append(&subject, "ledger", dry_run, files, &ByRun::new(), &[])?;
    ctx.print(&render::ledger::balance(&rows).render(ctx.out.surface()))?;
    ctx.say(&format!("{month} is closed"))
}

/// Writes rows of a file for machines below the evidence root, whole or not at all.
pub(crate) fn private_file(path: &Path, text: &str) -> Result<()> {
    let mut file = begin_private(path).map_err(from_store)?;
    file.write_all(text.as_bytes())
        .map_err(|e| from_store(crate::store::StoreError::io("write", path, e)))?;
    file.seal(true).map_err(from_store)?;
    Ok(())
}

/// Says who has the same twice since incidents were merged; a machine without the ledger says so.
pub(crate) fn say_doubles(ctx: &mut Ctx, id: &crate::incident::IncidentId) {
    let mut sums = render::ledger::Doubled::default();
    let look = |ctx: &mut Ctx, sums: &mut render::ledger::Doubled| -> Result<()> {
        let register = ctx.register_quietly()?;
        let members = crate::reports::payout::family(&register, id);
        let till = ctx.till()?;
        crate::ledger::doubles(&till.ledger(), &members, |double| {
            sums.add(&double);
            Ok(())
        })
        .map_err(from_ledger)
    };
    let suffix = id.suffix();
    match look(ctx, &mut sums) {
        Ok(()) if sums.is_empty() => {}
        Ok(()) => ctx.talk(&format!("{}; inc ledger doubles {suffix}", sums.line())),
        Err(_) => ctx
            .talk(&format!("both may have paid; where the ledger is: inc ledger doubles {suffix}")),
    }
}
