//! How a compensation run is approved and enters the ledger.
//!
//! The file is long because everything that may stand between an approval and a payment is asked
//! here, in one order.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Ctx;
use super::approve::{Approving, Given, With, approve_and};
use super::ctx::from_store;
use super::error::{Exit, Failure, Result};
use super::ledger::{Till, Waiting, from_ledger};
use crate::approval::{Need, Of};
use crate::compensation::Booking;
use crate::diag::{Diagnostic, Diagnostics};
use crate::incident::{Approval, CompensationRun, IncidentId, ReconciliationStatus, Record};
use crate::ledger::{
    Entered, Entering, Filed, Made, Proposal, RunFile, Terms, What, Width, as_money, enter,
    entering_width, note_entered, read_awards, show_minor,
};
use crate::reports::payout::{family, run_of, terms, threshold};
use crate::store::{Before, Change, begin_private, stream};
use crate::units::Money;
use crate::units::hex;

/// Who bears what no policy says.
const OWN: &str = "own";

/// What a run comes to when it is computed again, and what its policy says of its entries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recomputed {
    /// The hash of the awards.
    pub(crate) awards_sha256: String,
    /// How many there are.
    pub(crate) count: u64,
    /// What they come to; none where nothing of it is money.
    pub(crate) total: Option<Money>,
    /// The end of the ledger that it was computed over.
    pub(crate) ledger: String,
    /// Where each form is booked.
    pub(crate) bookings: Vec<(String, Booking)>,
}

/// Approves a run; with the last approval its awards enter the ledger, in the same commit.
///
/// # Errors
///
/// When the run is not what it was, somebody may not approve it, or files of the ledger are
/// missing.
pub(crate) fn approve_run(
    ctx: &mut Ctx,
    id: &IncidentId,
    typed: &str,
    period: Option<&str>,
    args: &Approving,
) -> Result<Exit> {
    let record = ctx.load(id)?.record;
    let run = named(&record, typed)?.clone();
    let name = run.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let of = Of::Payout(name.clone());
    let awards = ctx.awards_path(&record, &run)?;
    let recomputed = recompute(ctx, &record, &run, &awards)?;
    must_be_same(&record, &run, &recomputed)?;
    let company = ctx.company()?;
    if run.basis.is_none() || threshold(&record, &run, &company).is_none() {
        let message = format!("run {name} does not say by which rules it is approved");
        return Err(Diagnostic::error("incomplete-run", message)
            .help("it needs a basis, and a total that standards/ can convert; run it again")
            .into());
    }
    let waits = waiting(ctx, &record, &of, &run)?;
    let mut entered = None;
    let report = &mut entered;
    let period = period.map(str::to_owned);
    let and =
        |ctx: &mut Ctx, record: &Record, given: &Approval, need: Option<&Need>, complete: bool| {
            may_approve(ctx, record, &run, given, need)?;
            let mut all = record.approvals.clone();
            all.push(given.clone());
            let width = Width::for_lines(run.count.unwrap_or(0));
            if !complete {
                let mut spill = Waiting::new(&ctx.customers_root()?);
                approver_is_no_customer(ctx, (&run, &awards), width, &mut spill, &given.by)?;
                return Ok(With::default());
            }
            let ready =
                Ready { record, run: &run, awards: &awards, recomputed: &recomputed, all: &all };
            let (with, done) =
                ready.enter(ctx, period.as_deref(), Some(&given.by), args.dry_run)?;
            *report = Some(done);
            Ok(with)
        };
    if waits {
        // Approved by all, and not in the ledger: its append was lost to another one.
        let all = record.approvals.clone();
        let ready = Ready {
            record: &record,
            run: &run,
            awards: &awards,
            recomputed: &recomputed,
            all: &all,
        };
        let (with, done) = ready.enter(ctx, period.as_deref(), None, args.dry_run)?;
        let mut change = with.change;
        let subject = format!("{id}: compensation run {name} entered");
        ctx.change_many(
            std::slice::from_ref(id),
            &subject,
            "compensate",
            args.dry_run,
            with.files,
            |record| {
                if let Some(change) = &mut change {
                    change(record);
                }
            },
        )?;
        ctx.say(&format!("{id} · {}", done.line(&name)))?;
        return Ok(Exit::Done);
    }
    let given: Given = approve_and(ctx, id, &of, "compensate", args, and)?;
    ctx.say(&given.line())?;
    if let Some(done) = entered {
        ctx.say(&format!("{id} · {}", done.line(&name)))?;
        done.talk(ctx);
    }
    Ok(Exit::Done)
}

/// Whether a run has every approval that it needs, and is in the ledger's log all the same not.
fn waiting(ctx: &mut Ctx, record: &Record, of: &Of, run: &CompensationRun) -> Result<bool> {
    let name = format!("{}/{}", record.id, run.id.as_ref().map_or("", |id| id.as_str()));
    let (.., book) = ctx.book()?;
    if book.approval_of(&name).is_some() {
        let message = format!("{} is approved, and in the ledger", of.words());
        return Err(Failure::no(
            Diagnostic::error("approved-already", message)
                .help(format!("inc ledger show {}", record.id.suffix())),
        ));
    }
    let evidence = ctx.evidence(record, std::slice::from_ref(of))?;
    Ok(crate::approval::standing(&evidence, record, of).complete())
}

/// The run that is meant.
pub(crate) fn named<'r>(record: &'r Record, typed: &str) -> Result<&'r CompensationRun> {
    run_of(record, typed).ok_or_else(|| {
        let shown = crate::render::terminal_safe(typed);
        let d = Diagnostic::error("no-such-run", format!("{} has no run `{shown}`", record.id));
        let all = record.compensation.iter().filter_map(|run| run.id.as_ref());
        let all: Vec<&str> = all.map(|id| id.as_str()).collect();
        match all.as_slice() {
            [] => d.help(format!("inc compensate run {} --policy NAME", record.id.suffix())).into(),
            some => d.help(format!("its runs: {}", some.join(", "))).into(),
        }
    })
}

impl Ctx {
    /// Where the awards of a run lie.
    pub(crate) fn awards_path(&self, record: &Record, run: &CompensationRun) -> Result<PathBuf> {
        let id = run.id.as_ref().map_or("", |id| id.as_str());
        let name = format!("{}/compensation/{id}.csv", record.id);
        Ok(self.customers_root()?.join(name))
    }
}

/// Computes a run again; what takes back is computed from the ledger once, and kept by its hash.
fn recompute(
    ctx: &Ctx,
    record: &Record,
    run: &CompensationRun,
    awards: &Path,
) -> Result<Recomputed> {
    if run.claws_back {
        return Ok(Recomputed {
            awards_sha256: sha256_of(awards)?,
            count: run.count.unwrap_or(0),
            total: run.total,
            ..Recomputed::default()
        });
    }
    // Read first: an append that comes between is seen, at worst one that was counted already.
    let (.., book) = ctx.book()?;
    let again = super::payrun::recompute(ctx, record, run, None)?;
    let summary = &again.summary;
    let forms = again.policy.forms.iter();
    Ok(Recomputed {
        awards_sha256: summary.awards.1.clone(),
        count: summary.count(),
        total: as_money(summary.money(), again.policy.currency),
        ledger: book.chain().to_owned(),
        bookings: forms.map(|form| (form.name.clone(), form.booking.clone())).collect(),
    })
}

/// Reads on, and hashes what it reads.
struct Hashing<R> {
    from: R,
    hasher: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(to)?;
        self.hasher.update(to.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<R> Hashing<R> {
    fn sha256(self) -> String {
        hex(&self.hasher.finalize())
    }
}

/// The hash of a file that may be larger than the memory.
pub(crate) fn sha256_of(path: &Path) -> Result<String> {
    let from = stream(path).map_err(from_store)?;
    let mut hashing = Hashing { from, hasher: Sha256::new() };
    std::io::copy(&mut hashing, &mut std::io::sink())
        .map_err(|e| from_store(crate::store::StoreError::io("read", path, e)))?;
    Ok(hashing.sha256())
}

fn must_be_same(record: &Record, run: &CompensationRun, again: &Recomputed) -> Result<()> {
    let same = run.awards_sha256.as_deref() == Some(again.awards_sha256.as_str())
        && run.count == Some(again.count)
        && run.total == again.total;
    if same {
        return Ok(());
    }
    let total = |total: Option<Money>| total.map_or("no money".to_owned(), |t| t.to_string());
    let message = format!(
        "computed again, the run gives {} awards and {}, not {} and {} as it was stored",
        again.count,
        total(again.total),
        run.count.unwrap_or(0),
        total(run.total)
    );
    Err(Failure::no(Diagnostic::error("run-differs", message).help(format!(
        "evidence, policy or facts changed since; run it again: inc compensate run {}",
        record.id.suffix()
    ))))
}

/// What speaks against this person approving this run, besides what the standard's table says.
fn may_approve(
    ctx: &Ctx,
    record: &Record,
    run: &CompensationRun,
    given: &Approval,
    need: Option<&Need>,
) -> Result<()> {
    let by = &given.by;
    let same = |name: &Option<String>| {
        let standard = ctx.standard().ok();
        let id = |name: &str| {
            let person = standard.and_then(|s| s.person_called(name));
            person.map_or(name.to_owned(), |p| p.id.clone())
        };
        name.as_deref().is_some_and(|name| id(name) == id(by))
    };
    if same(&run.by) {
        let message = format!("{by} made the run, and does not approve it");
        return Err(Failure::no(
            Diagnostic::error("self-approval", message).help("somebody else approves it"),
        ));
    }
    let status = record.reconciliation.as_ref().and_then(|r| r.status);
    if need.is_some_and(|need| need.after.as_deref() == Some("reconciliation"))
        && status != Some(ReconciliationStatus::Done)
    {
        let message = "the reconciliation is not done, so nobody knows to the cent what is owed";
        return Err(Failure::no(
            Diagnostic::error("not-reconciled", message)
                .help(format!("finish it first: inc edit {}", record.id.suffix())),
        ));
    }
    let path = format!("standards/compensation/{}.toml", run.policy);
    let (.., book) = ctx.book()?;
    let first = !book.log.iter().any(|append| {
        append.what == What::Approve && append.runs.iter().any(|name| is_of_policy(ctx, name, run))
    });
    if first && !run.claws_back && ctx.commits() {
        let newest = ctx.store.history(&path).map_err(from_store)?.into_iter().next();
        if newest.is_some_and(|r| same(&Some(r.author.email)) || same(&Some(r.author.name))) {
            let message = format!("{by} was the last to change {path}, and this is its first run");
            return Err(Failure::no(
                Diagnostic::error("own-policy", message).help("somebody else approves it"),
            ));
        }
    }
    Ok(())
}

/// Whether a run of the ledger was one of the same policy as it is written now.
fn is_of_policy(ctx: &Ctx, name: &str, run: &CompensationRun) -> bool {
    let Some((id, own)) = name.split_once('/') else { return false };
    let Ok(id) = id.parse::<IncidentId>() else { return false };
    let Ok(parsed) = ctx.load(&id) else { return false };
    run_of(&parsed.record, own)
        .is_some_and(|other| other.policy == run.policy && other.policy_sha256 == run.policy_sha256)
}

/// Lays the awards out by customer, and refuses an approver who is one of them.
fn approver_is_no_customer(
    ctx: &Ctx,
    (run, awards): (&CompensationRun, &Path),
    width: Width,
    spill: &mut Waiting,
    by: &str,
) -> Result<u64> {
    let mut names = vec![by.to_owned()];
    if let Some(person) = ctx.standard()?.person_called(by) {
        names.push(person.name.clone());
        names.extend(person.email.clone());
    }
    let shown = awards.display().to_string();
    let from = stream(awards).map_err(from_store)?;
    let mut from = Hashing { from, hasher: Sha256::new() };
    let read = read_awards(&shown, &mut from, width, spill, &names)
        .map_err(|found| Failure::wrong(Diagnostics(found)))?;
    if Some(from.sha256()) != run.awards_sha256 {
        // What was hashed and what is entered are one reading.
        let message = format!("{shown} is not the file that the run wrote");
        return Err(Failure::no(
            Diagnostic::error("run-differs", message).help("run it again, into a new file"),
        ));
    }
    if read.employees.is_empty() {
        return Ok(read.count);
    }
    let message = format!("{by} is among those who would be paid, and does not approve it");
    Err(Failure::no(Diagnostic::error("own-award", message).help("somebody else approves it")))
}

/// A run that has every approval.
struct Ready<'r> {
    record: &'r Record,
    run: &'r CompensationRun,
    awards: &'r Path,
    recomputed: &'r Recomputed,
    all: &'r [Approval],
}

/// What entering a run came to.
pub(crate) struct Done {
    entered: Entered,
    proposals: Option<PathBuf>,
}

impl Done {
    fn line(&self, run: &str) -> String {
        let all = self.entered.entered();
        let entries = if all.count == 1 { "entry" } else { "entries" };
        let mut line = format!("run {run} is in the ledger: {} {entries}, {}", all.count, all.sums);
        let Entered { topped_up, unchanged, .. } = &self.entered;
        if topped_up.count > 0 {
            line.push_str(&format!(
                "; {} of them the difference to what customers had",
                topped_up.count
            ));
        }
        if *unchanged > 0 {
            line.push_str(&format!("; {unchanged} have it already"));
        }
        line
    }

    fn talk(&self, ctx: &Ctx) {
        let Entered { lower, held, .. } = &self.entered;
        if lower.count > 0 {
            ctx.talk(&format!(
                "{} customers have more than this run gives, by {}: nothing is taken back; \
                 inc ledger reverse or inc ledger clawback",
                lower.count, lower.sums
            ));
        }
        if held.count > 0 {
            ctx.talk(&format!(
                "{} awards are held back, {}: the customer has it under another form, or more was \
                 to be taken back than was credited",
                held.count, held.sums
            ));
        }
        if let Some(path) = &self.proposals {
            ctx.talk(&format!("who they are: {}", path.display()));
        }
    }
}

impl Ready<'_> {
    fn enter(
        &self,
        ctx: &mut Ctx,
        period: Option<&str>,
        by: Option<&str>,
        dry_run: bool,
    ) -> Result<(With, Done)> {
        let till = ctx.till_for_writing()?;
        let period = ctx.accounting_period(period)?;
        let run = self.run;
        if !run.claws_back && till.book.chain() != self.recomputed.ledger {
            // Somebody else's run entered meanwhile, and limits over a period count it.
            must_be_same(self.record, run, &recompute(ctx, self.record, run, self.awards)?)?;
        }
        let what = if run.claws_back { What::Clawback } else { What::Approve };
        let made = ctx.making(what, period);
        let register = ctx.register_quietly()?;
        let members = family(&register, &self.record.id);
        let company = ctx.company()?;
        let terms = terms(self.record, run, &company, &register);
        let booked = |booking: &Booking| Terms {
            account: booking.account.clone().unwrap_or_default(),
            cost_centre: booking.cost_centre.clone().unwrap_or_default(),
            funding: booking.funding.clone().unwrap_or_else(|| OWN.to_owned()),
            ..terms.clone()
        };
        let forms = self.recomputed.bookings.iter();
        let forms =
            forms.map(|(form, booking)| (form.clone(), Arc::new(booked(booking)))).collect();
        let entering = Entering {
            terms: Arc::new(booked(&Booking::default())),
            forms,
            family: &members,
            clawback: run.claws_back,
            collect: run.collect,
        };
        let width = entering_width(&till.ledger(), &members, run.count.unwrap_or(0));
        let mut spill = Waiting::new(&ctx.customers_root()?);
        let by = by.unwrap_or(&made.by).to_owned();
        approver_is_no_customer(ctx, (run, self.awards), width, &mut spill, &by)?;
        let mut proposals = Proposals::new(&till, &made, ctx.customers_root()?, dry_run);
        let (filed, entered) = enter(
            &till.ledger(),
            (!dry_run).then_some(&till.shelves as &dyn crate::ledger::Shelf),
            &made,
            &entering,
            (width, &mut spill),
            |proposal| proposals.say(proposal),
        )
        .map_err(from_ledger)?;
        let proposals = proposals.finish()?;
        let (files, file) = self.files(&till, &made, &filed, &entered, proposals.as_deref())?;
        let (name, collect, noted) = (run.id.clone(), run.collect, entered.clone());
        let change = move |record: &mut Record| {
            for run in record.compensation.iter_mut().filter(|run| run.id == name) {
                note_entered(run, &noted, file.clone(), collect);
            }
        };
        let with = With { files, change: Some(Box::new(change)), held: Some(Box::new(till)) };
        Ok((with, Done { entered, proposals }))
    }

    /// The files of git: head, log, and what was approved.
    fn files(
        &self,
        till: &Till,
        made: &Made,
        filed: &Filed,
        entered: &Entered,
        proposals: Option<&Path>,
    ) -> Result<(Vec<Change>, String)> {
        let (_, mut files) = till.appended(made, filed)?;
        let (record, run) = (self.record, self.run);
        // Runs of this policy that are entered have a file each; two people who approve at once
        // make the same name, and git says so.
        let before = record
            .compensation
            .iter()
            .filter(|other| other.policy == run.policy)
            .filter(|other| other.ledger.as_ref().is_some_and(|l| l.file.is_some()))
            .count();
        let name = format!("{}-{}-{}.toml", record.id, run.policy, before + 1);
        let of = run.id.as_ref().map(|id| format!("compensation:{id}")).unwrap_or_default();
        let approvals = self.all.iter().filter(|a| a.of == of);
        let file = RunFile {
            incident: record.id.to_string(),
            period: made.period.to_string(),
            proposals: proposals.map(|path| path.display().to_string()).unwrap_or_default(),
            approvals: approvals
                .map(|a| crate::ledger::ApprovalLine {
                    by: a.by.clone(),
                    role: a.role.clone().unwrap_or_default(),
                    at: a.at.map(|at| at.to_string()).unwrap_or_default(),
                })
                .collect(),
            ..RunFile::new(run, entered)
        };
        files.push(Change {
            path: format!("ledger/runs/{name}").into(),
            before: Before::Absent,
            after: Some(file.text().map_err(from_ledger)?.into_bytes()),
        });
        Ok((files, name))
    }
}

/// The file of proposals, which comes to be with the first one.
pub(crate) struct Proposals {
    path: PathBuf,
    file: Option<csv::Writer<crate::store::Unsealed>>,
    dry_run: bool,
}

impl Proposals {
    fn new(till: &Till, made: &Made, root: PathBuf, dry_run: bool) -> Proposals {
        let path = root.join(format!("proposals/{}.csv", till.book.next_folder(made)));
        Proposals { path, file: None, dry_run }
    }

    fn say(&mut self, proposal: &Proposal) -> std::result::Result<(), Diagnostic> {
        if self.dry_run {
            return Ok(());
        }
        let fail = |e: &dyn std::fmt::Display| Diagnostic::error("disk", e.to_string());
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let unsealed = begin_private(&self.path).map_err(|e| fail(&e))?;
                let mut file = csv::Writer::from_writer(unsealed);
                let header = ["why", "customer", "form", "award", "has", "credited", "unit"];
                file.write_record(header).map_err(|e| fail(&e))?;
                self.file.insert(file)
            }
        };
        let digits = proposal.unit.digits();
        let row = [
            proposal.held.as_str().to_owned(),
            proposal.customer.clone(),
            proposal.form.clone(),
            show_minor(proposal.award.into(), digits),
            show_minor(proposal.so_far, digits),
            show_minor(proposal.posted, digits),
            proposal.unit.to_string(),
        ];
        file.write_record(row).map_err(|e| fail(&e))
    }

    fn finish(self) -> Result<Option<PathBuf>> {
        let Some(file) = self.file else { return Ok(None) };
        let unsealed = file
            .into_inner()
            .map_err(|e| Failure::outside(Diagnostic::error("disk", e.to_string())))?;
        unsealed.seal(true).map_err(from_store)?;
        Ok(Some(self.path))
    }
}
