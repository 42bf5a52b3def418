//! How a proposal to take back becomes a run that somebody approves.

use std::sync::Arc;

use super::Ctx;
use super::ctx::from_store;
use super::error::{Exit, Failure, Result};
use super::ledger::{Waiting, from_ledger};
use super::moves::{csv_row, private_file};
use super::payout::named;
use super::payrun::run_path;
use crate::diag::{Diagnostic, Diagnostics};
use crate::incident::{CompensationRun, EntryKind, IncidentId};
use crate::ledger::{
    Entering, Held, Proposal, Sums, Unit, What, compare, doubles, entering_width, read_awards,
    show_minor,
};
use crate::reports::payout::{family, terms};
use crate::store::stream;
use crate::units::sha256;
use crate::units::{Instant, Money};

/// What is too much.
pub(crate) enum Source {
    /// More than a later run gives.
    Lower(String),
    /// The same from two incidents that are one, by this policy.
    Doubles(String),
}

/// One amount to take back.
struct Back {
    customer: String,
    form: String,
    minor: i128,
    unit: Unit,
}

/// Makes the run, and the file of its amounts.
pub(crate) fn propose(
    ctx: &mut Ctx,
    id: &IncidentId,
    source: &Source,
    reason: &str,
    collect: bool,
    at: Instant,
    dry_run: bool,
) -> Result {
    if reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let (backs, like) = match source {
        Source::Lower(run) => lower(ctx, id, run)?,
        Source::Doubles(policy) => twice(ctx, id, policy)?,
    };
    if backs.is_empty() {
        return Err(Failure::no(
            Diagnostic::error("nothing-to-take-back", "nothing that is credited is too much")
                .help("what is not credited yet is cancelled: inc ledger reverse"),
        ));
    }
    let mut text =
        csv_row(&["customer_id", "amount", "currency", "form", "rules"].map(str::to_owned))?;
    let mut sums = Sums::default();
    for back in &backs {
        sums.add(&back.unit, -back.minor);
        let currency = match &back.unit {
            Unit::Money(currency) => currency.to_string(),
            Unit::Form(_) => String::new(),
        };
        let amount = show_minor(-back.minor, back.unit.digits());
        let row = [back.customer.clone(), amount, currency, back.form.clone(), "clawback".into()];
        text.push_str(&csv_row(&row)?);
    }
    let sha256 = sha256(text.as_bytes());
    let count = u64::try_from(backs.len()).unwrap_or(u64::MAX);
    let by = ctx.author_id();
    let record = ctx.load(id)?.record;
    let new = ctx.new_run_id(&record);
    let run = CompensationRun {
        id: Some(new.clone()),
        policy: like.policy,
        version: like.version,
        state: Some("computed".to_owned()),
        by: Some(by),
        at: Some(at),
        policy_sha256: like.policy_sha256,
        awards_sha256: Some(sha256),
        count: Some(count),
        // Records hold no negative amounts; `claws_back` is the sign.
        total: sums.money().map(|m| Money::new(m.amount.abs(), m.currency)),
        basis: like.basis,
        claws_back: true,
        collect,
        ..CompensationRun::default()
    };
    let path = ctx.customers_root()?.join(run_path(id, new.as_str(), ".csv"));
    if !dry_run {
        private_file(&path, &text)?;
    }
    let words = format!("proposed to take back {sums} from {count} customers ({new}): {reason}");
    ctx.change(id, "compensate", dry_run, at, |record, act| {
        record.compensation.push(run.clone());
        record.add_entry(act, EntryKind::Decision, &words, false);
        Ok(())
    })?;
    ctx.say(&format!("{id} · run {new} takes back {sums} from {count} customers"))?;
    ctx.talk(&format!("somebody else approves it: inc compensate approve {} {new}", id.suffix()));
    Ok(Exit::Done)
}

/// What customers were credited more than a run gives them.
fn lower(ctx: &mut Ctx, id: &IncidentId, typed: &str) -> Result<(Vec<Back>, CompensationRun)> {
    let record = ctx.load(id)?.record;
    let run = named(&record, typed)?.clone();
    let awards = ctx.awards_path(&record, &run)?;
    let register = ctx.register_quietly()?;
    let members = family(&register, id);
    let company = ctx.company()?;
    let terms = Arc::new(terms(&record, &run, &company, &register));
    let till = ctx.till()?;
    let made = ctx.making(What::Clawback, ctx.accounting_period(None)?);
    let width = entering_width(&till.ledger(), &members, run.count.unwrap_or(0));
    let mut spill = Waiting::new(&ctx.customers_root()?);
    let from = stream(&awards).map_err(from_store)?;
    read_awards(&awards.display().to_string(), from, width, &mut spill, &[])
        .map_err(|found| Failure::wrong(Diagnostics(found)))?;
    let forms = Default::default();
    let entering = Entering { terms, forms, family: &members, clawback: false, collect: false };
    let mut backs = Vec::new();
    compare(&till.ledger(), &made, &entering, (width, &mut spill), |proposal: &Proposal| {
        let more = proposal.so_far.saturating_sub(proposal.award.into()).min(proposal.posted);
        if proposal.held == Held::Lower && more > 0 {
            backs.push(Back {
                customer: proposal.customer.clone(),
                form: proposal.form.clone(),
                minor: more,
                unit: proposal.unit.clone(),
            });
        }
        Ok(())
    })
    .map_err(from_ledger)?;
    Ok((backs, run))
}

/// What customers were credited twice.
fn twice(ctx: &mut Ctx, id: &IncidentId, policy: &str) -> Result<(Vec<Back>, CompensationRun)> {
    let register = ctx.register_quietly()?;
    let members = family(&register, id);
    let till = ctx.till()?;
    let mut backs = Vec::new();
    let mut basis = None;
    doubles(&till.ledger(), &members, |double| {
        if double.policy == policy && double.posted > 0 {
            basis = Some(double.basis.clone());
            backs.push(Back {
                customer: double.customer,
                form: double.form,
                minor: double.posted,
                unit: double.unit,
            });
        }
        Ok(())
    })
    .map_err(from_ledger)?;
    let like = CompensationRun { policy: policy.to_owned(), basis, ..CompensationRun::default() };
    Ok((backs, like))
}
