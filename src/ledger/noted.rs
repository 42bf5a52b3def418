//! What records and git are told of the ledger: sums, hashes and names, no customer.

use serde::Serialize;

use super::amount::{Sums, Unit, as_money};
use super::approve::{Entered, Tally};
use super::book::Movement;
use super::moves::{Batch, RunMoved};
use crate::diag::Diagnostic;
use crate::incident::{CompensationRun, RunLedger};
use crate::units::{Instant, Money};

/// Tells a run that its awards were entered.
pub fn note_entered(run: &mut CompensationRun, entered: &Entered, file: String, collect: bool) {
    let all = entered.entered();
    let given_up = run.claws_back && !collect;
    run.state = Some("approved".to_owned());
    let money = all.sums.money().map(unsigned).or_else(|| run.total.map(zero));
    run.ledger = Some(RunLedger {
        file: Some(file),
        entries: Some(all.count),
        open: Some(if given_up { 0 } else { all.count }),
        entered: money,
        written_off: money.filter(|_| given_up),
        due: entered.due.map(|day| day.to_string()),
        forms: entered.forms.noted(),
        ..RunLedger::default()
    });
    if run.ledger.as_ref().is_some_and(|l| l.open == Some(0)) {
        run.state = Some("posted".to_owned());
    }
}

/// An amount as records hold it: a run that takes back says so by itself.
fn unsigned(money: Money) -> Money {
    Money::new(money.amount.abs(), money.currency)
}

fn zero(like: Money) -> Money {
    Money::new(crate::units::Decimal::ZERO, like.currency)
}

/// Tells a run that entries of it were sent.
pub fn note_sent(run: &mut CompensationRun) {
    if run.state.as_deref() == Some("approved") {
        run.state = Some("exported".to_owned());
    }
}

/// Tells a run what happened to its entries.
pub fn note_moved(run: &mut CompensationRun, moved: &RunMoved, at: Instant) {
    let Some(ledger) = &mut run.ledger else { return };
    let mut sums: [Sums; 3] = Default::default();
    for ((_, unit), m) in &moved.moved.0 {
        let Movement { reversed, posted, written_off, .. } = m;
        for (sum, minor) in sums.iter_mut().zip([reversed, posted, written_off]) {
            sum.add(unit, *minor);
        }
    }
    let [reversed, posted, written_off] = &sums;
    for (field, sum) in [
        (&mut ledger.reversed, reversed),
        (&mut ledger.posted, posted),
        (&mut ledger.written_off, written_off),
    ] {
        add(field, sum);
    }
    moved.forms.note(&mut ledger.forms);
    ledger.open = ledger.open.map(|open| open.saturating_sub(moved.settled));
    if moved.posted > 0 {
        ledger.posted_at = Some(at);
    }
    if ledger.open == Some(0) {
        let state = if ledger.posted_at.is_some() { "posted" } else { "reversed" };
        run.state = Some(state.to_owned());
    }
}

pub(super) fn add(field: &mut Option<Money>, sums: &Sums) {
    for (unit, minor) in &sums.0 {
        let Unit::Money(currency) = unit else { continue };
        if *minor == 0 {
            continue;
        }
        let Some(more) = as_money(*minor, *currency).map(unsigned) else { continue };
        *field = field.map_or(Some(more), |before| before.checked_add(more));
    }
}

/// What a run gave or is about to give: what it entered less what was cancelled.
///
/// A run that was approved before there was a ledger gives its total.
pub fn given(run: &CompensationRun) -> Option<Money> {
    if run.claws_back {
        // Until it is back, the customer has it.
        let back = run.ledger.as_ref().and_then(|ledger| ledger.posted.or(run.total.map(zero)))?;
        return Some(Money::new(-back.amount, back.currency));
    }
    let Some(ledger) = &run.ledger else { return run.total };
    let entered = ledger.entered?;
    let mut gone = [ledger.reversed, ledger.written_off].into_iter().flatten();
    gone.try_fold(entered, |sum, gone| sum.checked_add(Money::new(-gone.amount, gone.currency)))
}

/// Of what a run gave, what is not credited yet; `None` where the ledger does not say.
pub fn owed(run: &CompensationRun) -> Option<Money> {
    let ledger = run.ledger.as_ref()?;
    if run.claws_back {
        return run.total.map(zero);
    }
    let given = given(run)?;
    match ledger.posted {
        Some(posted) => given.checked_add(Money::new(-posted.amount, posted.currency)),
        None => Some(given),
    }
}

/// What of a run is credited; `None` where the ledger does not say.
pub fn credited(run: &CompensationRun) -> Option<Money> {
    let ledger = run.ledger.as_ref()?;
    if run.claws_back {
        return given(run);
    }
    ledger.posted.or_else(|| ledger.entered.map(zero))
}

/// Whether a run was approved, whatever became of it since.
pub fn is_approved(run: &CompensationRun) -> bool {
    matches!(run.state.as_deref(), Some("approved" | "exported" | "posted" | "reversed"))
}

/// What was approved of a run: `ledger/runs/INC-…-policy-1.toml`. Written once.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RunFile {
    /// Version of this file.
    pub schema: u64,
    /// The incident.
    pub incident: String,
    /// The run's id in the record.
    pub run: String,
    /// The policy.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// Its basis.
    pub basis: String,
    /// The hash of the policy's file.
    pub policy_sha256: String,
    /// The hash of the awards.
    pub awards_sha256: String,
    /// How many awards there are.
    pub awards: u64,
    /// What they come to.
    pub total: String,
    /// Who computed it.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// The accounting period.
    pub period: String,
    /// Entries of customers who had nothing yet.
    pub new_entries: u64,
    /// What they come to.
    pub new_total: String,
    /// Entries of the difference to what customers had.
    pub topped_up_entries: u64,
    /// What they come to.
    pub topped_up_total: String,
    /// Awards that customers have already.
    pub unchanged: u64,
    /// Awards lower than what customers have, which is a proposal only.
    pub lower: u64,
    /// By how much they are lower.
    pub lower_total: String,
    /// Awards held back.
    pub held: u64,
    /// What they come to.
    pub held_total: String,
    /// Where the proposals lie, below the evidence root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub proposals: String,
    /// The evidence.
    pub evidence: Vec<EvidenceLine>,
    /// Who approved it.
    pub approvals: Vec<ApprovalLine>,
}

/// A file of evidence.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EvidenceLine {
    /// Where it lies.
    pub path: String,
    /// Its hash.
    pub sha256: String,
}

/// An approval.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ApprovalLine {
    /// Who.
    pub by: String,
    /// As what.
    pub role: String,
    /// When.
    pub at: String,
}

impl RunFile {
    /// What a run and its entering say.
    pub fn new(run: &CompensationRun, entered: &Entered) -> RunFile {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let sums = |tally: &Tally| tally.sums.to_string();
        RunFile {
            schema: 1,
            run: run.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            policy: run.policy.clone(),
            version: text(&run.version),
            basis: text(&run.basis),
            policy_sha256: text(&run.policy_sha256),
            awards_sha256: text(&run.awards_sha256),
            awards: run.count.unwrap_or(0),
            total: run.total.map(|total| total.to_string()).unwrap_or_default(),
            made_by: text(&run.by),
            made_at: run.at.map(|at| at.to_string()).unwrap_or_default(),
            new_entries: entered.fresh.count,
            new_total: sums(&entered.fresh),
            topped_up_entries: entered.topped_up.count,
            topped_up_total: sums(&entered.topped_up),
            unchanged: entered.unchanged,
            lower: entered.lower.count,
            lower_total: sums(&entered.lower),
            held: entered.held.count,
            held_total: sums(&entered.held),
            evidence: run
                .evidence
                .iter()
                .map(|e| EvidenceLine { path: e.path.clone(), sha256: text(&e.sha256) })
                .collect(),
            ..RunFile::default()
        }
    }

    /// The file's text.
    ///
    /// # Errors
    /// When a value cannot be written as TOML.
    pub fn text(&self) -> Result<String, Diagnostic> {
        written("What was approved of this run.", self)
    }
}

/// A batch that was sent: `ledger/batches/B-….toml`. Written once.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BatchFile {
    /// Version of this file.
    pub schema: u64,
    /// Its name.
    pub batch: String,
    /// The accounting period.
    pub period: String,
    /// Who released it.
    pub by: String,
    /// When.
    pub at: String,
    /// How many entries are in it.
    pub entries: u64,
    /// What they come to.
    pub total: String,
    /// The hash of the file.
    pub sha256: String,
    /// The runs whose entries are in it.
    pub runs: Vec<String>,
}

impl BatchFile {
    /// What a batch says.
    pub fn new(batch: &Batch) -> BatchFile {
        BatchFile {
            schema: 1,
            entries: batch.total.count,
            total: batch.total.sums.to_string(),
            sha256: batch.sha256.clone(),
            runs: batch.runs.iter().cloned().collect(),
            ..BatchFile::default()
        }
    }

    /// The file's text.
    ///
    /// # Errors
    /// As [`RunFile::text`].
    pub fn text(&self) -> Result<String, Diagnostic> {
        written("A batch as it was sent: the control totals.", self)
    }
}

fn written(title: &str, value: &impl Serialize) -> Result<String, Diagnostic> {
    let text = toml::to_string(value)
        .map_err(|e| Diagnostic::error("ledger-unwritable", e.to_string()))?;
    Ok(format!("# {title} Written by inc, once.\n{text}"))
}
