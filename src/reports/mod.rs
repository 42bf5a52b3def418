//! Questions over records and the standard: pure functions to plain data. A renderer adds no figure.

pub mod actions;
pub mod approvals;
pub mod assessment;
pub mod audit;
pub mod board;
pub mod checklist;
pub mod clocks;
pub mod company;
pub mod conformance;
pub mod context;
pub mod gates;
pub mod objectives;
pub mod outlook;
pub mod overview;
pub mod payout;
pub mod public;
pub mod owed;
pub mod likeness;
mod period;
pub mod regulatory;
pub mod replay;
pub mod sending;
pub mod reviews;
pub mod sheets;
pub mod sla;
pub mod trends;
mod weekly;
pub mod what_if;

pub use assessment::Assessment;
pub use clocks::{ClockState, TargetClock};
pub use period::{NoPeriod, Period};
pub use weekly::{Takes, weekly, weekly_takes};

use crate::incident::{BreachState, Kind, Record, ReportDecision};
use crate::review::{ReviewContext, TargetLine, TargetState};
use crate::units::Instant;
use company::Company;

/// What only a person can decide, and has not yet.
pub fn decisions_needed(record: &Record, assessment: &Assessment) -> Vec<String> {
    let mut needed = Vec::new();
    let suffix = record.id.suffix();
    let confirmed =
        record.severity.as_ref().is_some_and(|s| s.confirmed.is_some() || s.declared.is_some());
    if assessment.provisional && !confirmed {
        needed.push(format!("confirm the severity from numbers: inc severity confirm {suffix}"));
    }
    let planned = record.kind == Some(Kind::Maintenance);
    if record.holder("incident_commander").is_none() && record.status.is_open() && !planned {
        needed
            .push(format!("who is incident manager: inc role incident_commander PERSON {suffix}"));
    }
    let undecided = record
        .regulatory
        .iter()
        .filter(|r| matches!(r.decision, None | Some(ReportDecision::Undecided)));
    let undecided = undecided.map(|r| r.regime.as_str());
    let unasked = assessment.unasked.iter().map(String::as_str);
    let regimes: Vec<&str> = undecided.chain(unasked).collect();
    if !regimes.is_empty() {
        let (words, typed) = (regimes.join(", "), regimes.join(","));
        needed.push(format!(
            "whether {words} must be told: \
             inc regulatory decide {typed} DECISION {suffix} --reason WORDS"
        ));
    }
    if record.data_breach.as_ref().is_some_and(|b| b.state == Some(BreachState::Suspected)) {
        needed.push(format!("whether personal data got out: inc edit {suffix}"));
    }
    for conflict in &record.conflicts {
        needed.push(format!(
            "which value of {} is right: inc resolve-conflict {suffix}",
            conflict.field
        ));
    }
    needed
}

/// What a review's document is made of.
pub fn review_context<'a>(
    record: &'a Record,
    company: &Company<'_>,
    locale: &str,
    now: Instant,
) -> ReviewContext<'a> {
    let judged = assessment::assess(record, company, now);
    let targets = judged
        .clocks
        .iter()
        .filter(|c| c.due.is_some())
        .map(|c| TargetLine {
            name: c.name.replace(['-', '_'], " "),
            target: c.target.clone(),
            due: c.due,
            done: c.done,
            state: match c.state {
                ClockState::Met => TargetState::Met,
                ClockState::Missed => TargetState::Missed,
                ClockState::Running => TargetState::Running,
                ClockState::Unknown => TargetState::Unknown,
            },
        })
        .collect();
    let names =
        company.standard.services.iter().map(|s| (s.id.clone(), s.name.get(locale).to_owned()));
    ReviewContext {
        record,
        severity: judged.level.map(|_| judged.level_text()),
        severity_why: judged.why.clone(),
        targets,
        service_names: names.collect(),
        full_timeline: false,
        now,
    }
}
