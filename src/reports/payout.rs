//! A compensation run as the ledger takes it: what it is about, and whose family it belongs to.

use super::company::Company;
use crate::facts::Surroundings as _;
use crate::incident::{CompensationRun, EntryKind, IncidentId, Record};
use crate::ledger::{Terms, is_approved};
use crate::register::Register;
use crate::units::{Decimal, Instant, Money};

/// A record's run by its id, in any case.
pub fn run_of<'r>(record: &'r Record, id: &str) -> Option<&'r CompensationRun> {
    let named = |run: &&CompensationRun| {
        run.id.as_ref().is_some_and(|own| own.as_str().eq_ignore_ascii_case(id))
    };
    record.compensation.iter().find(named)
}

/// How the decision that nothing is owed begins in the timeline.
pub const NONE_OWED: &str = "no compensation: ";

/// Who decided last that nothing is owed, when and why; none once a run was approved all the same.
pub fn none_owed(record: &Record) -> Option<(&str, Instant, &str)> {
    if record.compensation.iter().any(is_approved) {
        return None;
    }
    let decisions = record.timeline.iter().filter(|e| e.kind == Some(EntryKind::Decision));
    let last = decisions.filter(|e| e.text.starts_with(NONE_OWED)).max_by_key(|e| e.at)?;
    let reason = last.text.strip_prefix(NONE_OWED)?;
    Some((last.by.as_deref().unwrap_or_default(), last.at, reason))
}

/// How deep families are followed; what is deeper is a circle.
const DEEPEST: usize = 32;

/// The incident that stands for a family: up from a merged record or a child.
pub fn family_head(register: &Register, id: &IncidentId) -> IncidentId {
    let mut head = id.clone();
    for _ in 0..DEEPEST {
        let above = register.get(&head).and_then(|held| {
            held.record.merged_into.clone().or_else(|| held.record.parent.clone())
        });
        match above.filter(|above| *above != head) {
            Some(above) => head = above,
            None => break,
        }
    }
    head
}

/// All incidents of a family, the one asked about included.
pub fn family(register: &Register, id: &IncidentId) -> Vec<String> {
    let head = family_head(register, id);
    let ids = register.records.iter().map(|held| &held.record.id);
    let mut members: Vec<String> =
        ids.filter(|other| family_head(register, other) == head).map(ToString::to_string).collect();
    let own = id.to_string();
    if !members.contains(&own) {
        members.push(own);
    }
    members
}

/// What the entries of a run share, but for accounts and cost centre, which the policy says.
pub fn terms(
    record: &Record,
    run: &CompensationRun,
    company: &Company<'_>,
    register: &Register,
) -> Terms {
    let service = record.services.iter().find_map(|id| company.service(id));
    let vertical = service.map(|service| service.vertical.to_owned()).unwrap_or_default();
    let at = |at: Option<Instant>| at.map(|at| at.to_string()).unwrap_or_default();
    let restored = record.times.as_ref().and_then(|times| times.restored);
    Terms {
        run: run.id.as_ref().map(ToString::to_string).unwrap_or_default(),
        incident: record.id.to_string(),
        family: family_head(register, &record.id).to_string(),
        policy: run.policy.clone(),
        version: run.version.clone().unwrap_or_default(),
        basis: run.basis.clone().unwrap_or_default(),
        impact_period: format!("{}/{}", at(crate::impact::first_start(record)), at(restored)),
        vertical,
        ..Terms::default()
    }
}

/// The amount by which thresholds of approval go, in the company's currency; what is taken back is
/// as much as what is given. None where no rate converts it.
pub fn threshold(record: &Record, run: &CompensationRun, company: &Company<'_>) -> Option<Money> {
    let Some(total) = run.total else {
        return Some(Money::new(Decimal::ZERO, company.currency()));
    };
    let total = Money::new(total.amount.abs(), total.currency);
    company.convert(total, record.began().or(run.at))
}
