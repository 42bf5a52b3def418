//! How well a period's incidents kept to the standard: each target and check of each vertical.

use std::collections::{BTreeMap, BTreeSet};

use super::clocks::{ClockState, applies, clock};
use super::company::Company;
use super::period::Period;
use crate::incident::{IncidentId, Record};
use crate::register::Register;
use crate::units::Instant;

/// The report.
#[derive(Debug, Clone)]
pub struct Conformance {
    /// The period.
    pub period: Period,
    /// The moment at which it was judged: the period's end, or now.
    pub as_of: Instant,
    /// Incidents that began in the period and count.
    pub incidents: usize,
    /// By vertical; an incident of several counts in each, one without a service in `none`.
    pub verticals: BTreeMap<String, Vertical>,
}

/// One vertical.
#[derive(Debug, Clone, Default)]
pub struct Vertical {
    /// Its incidents.
    pub incidents: usize,
    /// Targets by name.
    pub targets: BTreeMap<String, Kept>,
    /// The standard's own checks by code; those that nothing was found by are met by all.
    pub checks: BTreeMap<String, Kept>,
}

/// How many kept to one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Incidents that met it.
    pub met: usize,
    /// Incidents that did not.
    pub missed: Vec<IncidentId>,
    /// Incidents whose clock still runs.
    pub running: usize,
    /// Incidents whose record does not say.
    pub unknown: usize,
}

impl Kept {
    /// The share that met it, of those that met or missed it; none where there is none.
    pub fn share(&self) -> Option<u64> {
        let all = self.met + self.missed.len();
        let share = u64::try_from(self.met * 100).ok()?.checked_div(u64::try_from(all).ok()?)?;
        Some(share)
    }
}

/// Builds the report; exercises, planned work and what was merged or cancelled do not count.
///
/// `None` when the period lies beyond the calendar.
pub fn conformance(
    register: &Register,
    period: Period,
    company: &Company<'_>,
    now: Instant,
) -> Option<Conformance> {
    let (start, end) = (period.start(company.zone)?, period.end(company.zone)?);
    let as_of = end.min(now);
    let mut report = Conformance { period, as_of, incidents: 0, verticals: BTreeMap::new() };
    for record in register.records.iter().map(|held| &held.record) {
        let within = record.began().is_some_and(|at| at >= start && at < end);
        if within && record.counts() && record.restricted.is_none() {
            report.incidents += 1;
            report.add(record, company);
        }
    }
    Some(report)
}

impl Conformance {
    fn add(&mut self, record: &Record, company: &Company<'_>) {
        let Some(policies) = company.policies(record, self.as_of) else { return };
        let decided = policies.decide(&company.facts(record, self.as_of));
        let targets = policies.targets(&decided.facts);
        let targets = targets.iter().filter(|t| applies(record, &t.name));
        let clocks: Vec<_> = targets.map(|t| clock(record, company, t, self.as_of)).collect();
        let found = policies.findings(&decided.facts);
        let tables = policies.tables("checks", &decided.facts);
        let codes = tables.into_iter().flat_map(|table| {
            let code = table.output("code");
            table.rules.iter().map(move |rule| {
                let given = code.and_then(|place| rule.then.get(place)?.as_ref()?.as_text());
                given.unwrap_or(&rule.id).to_owned()
            })
        });
        // A vertical may give a code of the company's, for a graver level.
        let codes: BTreeSet<String> = codes.collect();
        let mut names: Vec<&str> = record
            .services
            .iter()
            .filter_map(|s| Some(company.standard.service(s)?.vertical.as_str()))
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            names.push("none");
        }
        for name in names {
            let vertical = self.verticals.entry(name.to_owned()).or_default();
            vertical.incidents += 1;
            for clock in &clocks {
                let kept = vertical.targets.entry(clock.name.clone()).or_default();
                match clock.state {
                    ClockState::Met => kept.met += 1,
                    ClockState::Missed => kept.missed.push(record.id.clone()),
                    ClockState::Running => kept.running += 1,
                    ClockState::Unknown => kept.unknown += 1,
                }
            }
            for code in &codes {
                let kept = vertical.checks.entry(code.clone()).or_default();
                match found.iter().any(|f| f.code == *code) {
                    true => kept.missed.push(record.id.clone()),
                    false => kept.met += 1,
                }
            }
        }
    }
}
