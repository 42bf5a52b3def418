use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::communications::Approvals;
use super::draft::{Draft, Paths, passed};
use super::surroundings::ReviewState;
use crate::incident::{
    Action, ActionKind, Causes, EntryKind, Reconciliation, ReconciliationStatus, ReportDecision,
    VendorRole,
};
use crate::units::{Instant, Span};

pub(super) fn read(d: &mut Draft<'_>) {
    vendors_and_causes(d);
    review(d);
    actions(d);
    reconciliation(d);
    regulatory(d);
    compensation(d);
    let r = d.record;
    let items: Vec<&String> = r.checklist.iter().map(|x| &x.item).collect();
    let items = d.list(&items);
    d.put("checklist_done", Some(items), &["checklist"]);
    let conflicts: Vec<usize> = (0..r.conflicts.len()).collect();
    d.counted("conflicts", &["conflicts"], conflicts, "field");
    let expired = places(&r.waivers, |w| w.until.is_some_and(|until| until < d.now));
    d.counted("waivers_expired", &["waivers"], expired, "until");
    let repeat = !r.related.is_empty() || d.around.repeats(r);
    d.flag("repeat", repeat, &["related"]);
}

/// The places of the items for which something holds.
fn places<T>(list: &[T], holds: impl Fn(&T) -> bool) -> Vec<usize> {
    list.iter().enumerate().filter(|(_, item)| holds(item)).map(|(i, _)| i).collect()
}

fn vendors_and_causes(d: &mut Draft<'_>) {
    let r = d.record;
    let names: Vec<&String> = r.vendors.iter().map(|v| &v.vendor).collect();
    d.texts("vendors", &names, &["vendors"]);
    let cause = r.vendors.iter().any(|v| v.role == Some(VendorRole::Cause));
    d.flag("vendor_cause", cause, &["vendors"]);
    let missing = places(&r.vendors, |v| v.ticket.is_none());
    d.counted("vendor_tickets_missing", &["vendors"], missing, "");
    let none = Causes::default();
    let causes = r.causes.as_ref().unwrap_or(&none);
    let known =
        (causes.trigger.is_some() || !causes.root_causes.is_empty()) && causes.category.is_some();
    d.flag("cause_known", known, &["causes.root_causes", "causes.trigger", "causes.category"]);
    d.word("cause_category", causes.category.as_deref(), &["causes.category"]);
    d.flag("change_linked", causes.change.is_some(), &["causes.change"]);
}

fn review(d: &mut Draft<'_>) {
    const READ: &[&str] = &["review", "approvals"];
    let r = d.record;
    let approved = Approvals::of(r).cover(d, "review");
    let own = d.around.review_state(r);
    let recorded = match &r.review {
        None => ReviewState::None,
        Some(_) if approved => ReviewState::Approved,
        Some(_) => ReviewState::Draft,
    };
    // What the review says of itself stands, but it cannot approve itself.
    let state = match own {
        Some(own @ (ReviewState::Approved | ReviewState::Published)) if approved => own,
        Some(ReviewState::Approved | ReviewState::Published) => ReviewState::Submitted,
        Some(own) => own.max(recorded),
        None => recorded,
    };
    d.word("review_state", Some(state.as_str()), READ);
    d.flag("review_approved", approved, READ);
    let restored = r.times.as_ref().and_then(|t| t.restored);
    let age = restored.map(|at| if approved { Span::ZERO } else { passed(at, d.now) });
    d.span("review_age", age, &["times.restored", "review"]);
}

fn actions(d: &mut Draft<'_>) {
    const ACTIONS: Paths = &["actions"];
    let all = &d.record.actions;
    let open = |a: &Action| a.done.is_none() && a.dropped.is_none();
    let is = |a: &Action, kind| a.kind == Some(kind);
    let dues: Vec<Option<Instant>> = all.iter().map(|a| due(d, a.due.as_deref()?.trim())).collect();
    let overdue: Vec<usize> = (0..all.len())
        .filter(|i| open(&all[*i]) && dues[*i].is_some_and(|due| due < d.now))
        .collect();
    let without_due: Vec<usize> =
        (0..all.len()).filter(|i| open(&all[*i]) && dues[*i].is_none()).collect();
    let owner = |a: &Action| a.owner.as_deref().is_some_and(|o| !o.trim().is_empty());
    let checked = |a: &Action| a.effect_check.is_some();
    d.counted("actions_total", ACTIONS, places(all, |_| true), "");
    d.counted("actions_open", ACTIONS, places(all, open), "");
    d.counted("actions_overdue", ACTIONS, overdue, "due");
    d.counted("actions_without_owner", ACTIONS, places(all, |a| open(a) && !owner(a)), "owner");
    d.counted("actions_without_due", ACTIONS, without_due, "due");
    let recover = places(all, |a| open(a) && is(a, ActionKind::Recover));
    d.counted("recover_actions_open", ACTIONS, recover, "");
    let prevent = |a: &Action| is(a, ActionKind::Prevent);
    d.counted("prevent_actions", ACTIONS, places(all, prevent), "");
    let unchecked = places(all, |a| prevent(a) && !checked(a));
    d.counted("prevent_without_effect_check", ACTIONS, unchecked, "effect_check");
}

/// When a due date is over: a moment, or the end of a day in the company's zone.
fn due(d: &Draft<'_>, text: &str) -> Option<Instant> {
    if let Ok(at) = text.parse::<Instant>() {
        return Some(at);
    }
    let next = text.parse::<NaiveDate>().ok()?.succ_opt()?;
    super::calendar::moment(d, NaiveDateTime::new(next, NaiveTime::MIN))
}

fn reconciliation(d: &mut Draft<'_>) {
    let none = Reconciliation::default();
    let r = d.record.reconciliation.as_ref().unwrap_or(&none);
    let required = r.required || super::impact::money_wrong(d) || super::impact::in_doubt(d);
    const READ: &[&str] =
        &["reconciliation.required", "impact.harm", "impact.transactions.in_doubt"];
    d.flag("reconciliation_required", required, READ);
    const STATUS: &[&str] = &["reconciliation.status"];
    d.word("reconciliation_status", r.status.map(ReconciliationStatus::as_str), STATUS);
    d.flag("reconciliation_done", r.status == Some(ReconciliationStatus::Done), STATUS);
    d.count("in_doubt_left", r.in_doubt_left, &["reconciliation.in_doubt_left"]);
}

fn regulatory(d: &mut Draft<'_>) {
    const LIST: Paths = &["regulatory"];
    let all = &d.record.regulatory;
    let decided = |decision: Option<ReportDecision>| {
        matches!(decision, Some(ReportDecision::Reportable | ReportDecision::NotReportable))
    };
    let undecided = places(all, |x| !decided(x.decision));
    d.counted("regulatory_undecided", LIST, undecided, "decision");
    d.counted("regulatory_decisions", LIST, places(all, |x| decided(x.decision)), "decision");
    let recorded: Vec<&String> = all.iter().map(|x| &x.regime).collect();
    let recorded = d.list(&recorded);
    d.put("regimes_recorded", Some(recorded), LIST);
    // Which ones are owed is for the table `regimes` to say.
    d.put("regulatory_unasked", None, LIST);
    d.put("regimes_unasked", None, LIST);
    let overdue = places(all, |x| {
        x.decision == Some(ReportDecision::Reportable)
            && x.sent_at.is_none()
            && x.due.is_some_and(|due| due < d.now)
    });
    d.counted("regulatory_overdue", LIST, overdue, "due");
}

fn compensation(d: &mut Draft<'_>) {
    let r = d.record;
    let decision = r
        .timeline
        .iter()
        .any(|e| e.kind == Some(EntryKind::Decision) && e.text.to_lowercase().contains("compensa"));
    let decided = !r.compensation.is_empty() || decision;
    d.flag("compensation_decided", decided, &["compensation", "timeline"]);
    // A second run enters the difference alone: its total is not what it adds.
    let runs = r.compensation.iter().filter(|run| crate::ledger::is_approved(run));
    let totals: Option<Vec<_>> = runs.map(crate::ledger::given).collect();
    let total = totals.filter(|_| !r.compensation.is_empty()).and_then(|totals| d.sum(totals));
    d.put("compensation_total", total, &["compensation"]);
}
