//! What responders owe an incident, from the first minutes to its closing.
//!
//! A freshly opened incident has a quarter of an hour before anything is said of it.

use super::{Remark, Subject};
use crate::incident::{HarmKind, ReconciliationStatus, Record, Severity, Status};
use crate::units::Span;

/// How long nothing is asked of an incident that was just opened.
const FIRST_MINUTES: Span = Span::from_minutes(15);

fn past_first_minutes(s: &Subject<'_>) -> bool {
    s.on_duty() && s.age() >= FIRST_MINUTES
}

pub(super) fn not_acknowledged(s: &Subject<'_>) -> Vec<Remark> {
    let waits = s.record.status == Status::Detected && s.record.clocks().acknowledged.is_none();
    if !(waits && past_first_minutes(s)) {
        return Vec::new();
    }
    let message = format!("nobody has taken this incident, {} after it was noticed", s.age());
    vec![Remark::at(["status"], message).help(format!("inc ack {}", s.id()))]
}

pub(super) fn no_incident_commander(s: &Subject<'_>) -> Vec<Remark> {
    let led = s.record.holder("incident_commander").is_some();
    if led || !s.record.status.is_open() || !past_first_minutes(s) {
        return Vec::new();
    }
    vec![
        Remark::at(["roles", "status"], "nobody leads this incident")
            .help(format!("inc role incident_commander PERSON {}", s.id())),
    ]
}

pub(super) fn no_next_update(s: &Subject<'_>) -> Vec<Remark> {
    let promised = s.record.now.as_ref().is_some_and(|n| n.next_update_at.is_some());
    let taken = s.record.clocks().acknowledged.is_some();
    if promised || !taken || !s.record.status.is_burning() || !past_first_minutes(s) {
        return Vec::new();
    }
    vec![
        Remark::at(["now", "status"], "no time is promised for the next update")
            .help(format!("inc update {} --next 30m", s.id())),
    ]
}

pub(super) fn overdue_update(s: &Subject<'_>) -> Vec<Remark> {
    let promised = s.record.now.as_ref().and_then(|n| n.next_update_at);
    let Some(promised) = promised.filter(|at| *at < s.around.now) else { return Vec::new() };
    if !s.record.status.is_open() || !s.on_duty() {
        return Vec::new();
    }
    let late = s.around.now.since(promised);
    let message = format!("an update was promised for {promised}, {late} ago");
    vec![
        Remark::at(["now.next_update_at"], message)
            .help(format!("inc update {} --next 30m, with news or without", s.id())),
    ]
}

pub(super) fn reconciliation_pending(s: &Subject<'_>) -> Vec<Remark> {
    let done =
        s.record.reconciliation.as_ref().and_then(|r| r.status) == Some(ReconciliationStatus::Done);
    let over = matches!(s.record.status, Status::Resolved | Status::Closed);
    if done || !over || !s.on_duty() {
        return Vec::new();
    }
    let Some(why) = money_in_doubt(s.record) else { return Vec::new() };
    let message = format!("{} with {why}, and the books are not reconciled", s.record.status);
    vec![
        Remark::at(["reconciliation.status", "reconciliation", "status"], message)
            .help(format!("when they are: inc edit {}, reconciliation.status: done", s.id())),
    ]
}

/// Why somebody has to bring the books together, in words.
fn money_in_doubt(record: &Record) -> Option<String> {
    if record.reconciliation.as_ref().is_some_and(|r| r.required) {
        return Some("a reconciliation required".into());
    }
    let impact = record.impact.as_ref()?;
    let harm = impact.harm.iter().find(|h| {
        matches!(
            h.kind,
            HarmKind::DuplicateCharge
                | HarmKind::CashNotDispensed
                | HarmKind::WrongBalance
                | HarmKind::FundsUnavailable
                | HarmKind::MissingCredit
        )
    });
    if let Some(harm) = harm {
        return Some(format!("`{}` done to customers", harm.kind));
    }
    let t = impact.transactions.as_ref()?;
    let named = [("duplicated", t.duplicated), ("in doubt", t.in_doubt)];
    let (what, count) = named.iter().find_map(|(w, c)| c.filter(|n| *n > 0).map(|n| (w, n)))?;
    Some(format!("{count} transactions {what}"))
}

pub(super) fn no_cause(s: &Subject<'_>) -> Vec<Remark> {
    let known = s.record.causes.as_ref().is_some_and(|c| {
        c.trigger.is_some() || !c.root_causes.is_empty() || !c.contributing.is_empty()
    });
    if known || s.record.status != Status::Closed || !s.on_duty() {
        return Vec::new();
    }
    vec![
        Remark::at(["causes", "status"], "closed, and nothing is said of why it happened").help(
            format!("inc edit {}, under `causes`: trigger, root_causes, contributing", s.id()),
        ),
    ]
}

pub(super) fn no_review(s: &Subject<'_>) -> Vec<Remark> {
    let note = s.record.severity.as_ref();
    let peak = note.and_then(|n| n.peak.as_ref().map(|p| p.level));
    let worst = peak.into_iter().chain(note.and_then(|n| n.declared)).min();
    let Some(level) = worst.filter(|l| *l <= Severity::Sev2) else { return Vec::new() };
    let reviewed = s.record.review.as_ref().is_some_and(|r| r.file.is_some());
    if reviewed || s.record.status != Status::Closed || !s.on_duty() {
        return Vec::new();
    }
    vec![
        Remark::at(["review", "status"], format!("closed after {level} without a review"))
            .help(format!("inc pir draft {}", s.id())),
    ]
}

pub(super) fn no_impact_figures(s: &Subject<'_>) -> Vec<Remark> {
    let known = s.record.impact.as_ref().is_some_and(|i| {
        i.customers.as_ref().is_some_and(|c| c.tried.or(c.affected).is_some())
            || i.transactions
                .as_ref()
                .is_some_and(|t| t.attempted.or(t.failed).or(t.lost).is_some())
            || !i.harm.is_empty()
            || !i.clients.is_empty()
            || i.periods.iter().any(|p| p.degradation.is_some())
    });
    let over = matches!(s.record.status, Status::Resolved | Status::Closed);
    if known || !over || !s.on_duty() {
        return Vec::new();
    }
    let message = format!("{} without one figure of its impact", s.record.status);
    vec![
        Remark::at(["impact", "status"], message)
            .help(format!("inc update {} --tried N --affected N", s.id())),
    ]
}

pub(super) fn no_detection_source(s: &Subject<'_>) -> Vec<Remark> {
    let known = s.record.detection.as_ref().is_some_and(|d| d.source.is_some());
    if known || s.record.status.is_burning() || !s.on_duty() {
        return Vec::new();
    }
    vec![
        Remark::at(
            ["detection", "times.detected", "status"],
            "nobody wrote who or what noticed first",
        )
        .help(format!("inc edit {}, detection: {{ source: alert }}", s.id())),
    ]
}
