//! How well a period's incidents kept to the standard: each target, role, item of the checklist and
//! check, by vertical.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::checklist::{ItemState, checklist};
use super::clocks::{ClockState, applies, clock, role_clock};
use super::company::Company;
use super::period::Period;
use crate::decision::Type;
use crate::incident::{IncidentId, Record};
use crate::register::{Card, Register};
use crate::standard::{Policies, Stands};
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
    /// Each rule of the standard by what it is about and its name.
    pub rules: BTreeMap<(About, String), Kept>,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Something that has to be done within a time (`targets.toml`).
    Target,
    /// A role that somebody has to hold in time (`roles-owed.toml`).
    Role,
    /// An item that has to be done in time (`checklist.toml`).
    Item,
    /// One of the standard's own checks (`checks.toml`).
    Check,
}

/// How many kept to one rule; together they are all incidents of the vertical.
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
    /// Incidents that it does not concern.
    pub does_not_apply: usize,
}

impl Kept {
    /// The share that met it, of those that met or missed it; none where there is none.
    pub fn share(&self) -> Option<u64> {
        let all = self.met + self.missed.len();
        let share = u64::try_from(self.met * 100).ok()?.checked_div(u64::try_from(all).ok()?)?;
        Some(share)
    }

    /// Whether it concerned any incident.
    pub fn applied(&self) -> bool {
        self.met + self.missed.len() + self.running + self.unknown > 0
    }

    fn add(&mut self, verdict: Verdict, id: &IncidentId) {
        match verdict {
            Verdict::Met => self.met += 1,
            Verdict::Missed => self.missed.push(id.clone()),
            Verdict::Running => self.running += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::DoesNotApply => self.does_not_apply += 1,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Met,
    Missed,
    Running,
    Unknown,
    DoesNotApply,
}

impl From<ClockState> for Verdict {
    fn from(state: ClockState) -> Self {
        match state {
            ClockState::Met => Verdict::Met,
            ClockState::Missed => Verdict::Missed,
            ClockState::Running => Verdict::Running,
            ClockState::Unknown => Verdict::Unknown,
        }
    }
}

/// Whether the report takes anything of a record; `None` when the period lies beyond the calendar.
pub fn conformance_takes(
    period: &Period,
    zone: Tz,
) -> Option<impl Fn(&Card<'_>) -> bool + Sync + use<>> {
    let (start, end) = (period.start(zone)?, period.end(zone)?);
    let within = move |at: Instant| at >= start && at < end;
    Some(move |card: &Card<'_>| card.counts() && card.began.is_some_and(within))
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
    // A rule that the incidents before or after it were never asked about did not concern them.
    for vertical in report.verticals.values_mut() {
        for kept in vertical.rules.values_mut() {
            let asked = kept.met + kept.missed.len() + kept.running + kept.unknown;
            kept.does_not_apply = vertical.incidents.saturating_sub(asked);
        }
    }
    Some(report)
}

impl Conformance {
    fn add(&mut self, record: &Record, company: &Company<'_>) {
        let Some(policies) = company.policies(record, self.as_of) else { return };
        let verdicts = verdicts(record, company, policies, self.as_of);
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
            for (rule, verdict) in &verdicts {
                vertical.rules.entry(rule.clone()).or_default().add(*verdict, &record.id);
            }
        }
    }
}

/// How a record stands to every rule that the standard has.
fn verdicts(
    record: &Record,
    company: &Company<'_>,
    policies: &Policies,
    as_of: Instant,
) -> BTreeMap<(About, String), Verdict> {
    let decided = policies.decide(company.facts(record, as_of));
    let facts = &decided.facts;
    let mut verdicts: BTreeMap<(About, String), Verdict> =
        all(policies).into_iter().map(|rule| (rule, Verdict::DoesNotApply)).collect();
    for target in policies.targets(facts).iter().filter(|t| applies(record, &t.name)) {
        let clock = clock(record, company, target, as_of);
        verdicts.insert((About::Target, clock.name), clock.state.into());
    }
    for owed in policies.roles_owed(facts) {
        let (_, state) = role_clock(record, company, &owed, as_of);
        let verdict = state.map_or(Verdict::Unknown, Verdict::from);
        verdicts.insert((About::Role, owed.role), verdict);
    }
    for item in checklist(record, company, policies, facts) {
        let done = record.checklist.iter().find(|c| c.item == item.item).and_then(|c| c.at);
        let verdict = match item.state {
            // Somebody decided, with a reason, that it was not for this incident.
            ItemState::Skipped => Verdict::DoesNotApply,
            ItemState::Done if done.is_none() => Verdict::Unknown,
            ItemState::Done | ItemState::ToDo => ClockState::of(item.due, done, as_of).into(),
        };
        verdicts.insert((About::Item, item.item), verdict);
    }
    for (code, stands) in policies.kept(facts) {
        let verdict = match stands {
            Stands::Met => Verdict::Met,
            Stands::NotMet => Verdict::Missed,
            Stands::Unknown => Verdict::Unknown,
            Stands::DoesNotApply => Verdict::DoesNotApply,
        };
        verdicts.insert((About::Check, code), verdict);
    }
    verdicts
}

/// Every rule, so that one that concerns nobody is in the report all the same.
fn all(policies: &Policies) -> Vec<(About, String)> {
    let mut all = Vec::new();
    let targets = policies.table("targets").and_then(|t| t.inputs.get(t.input("target")?));
    if let Some(Type::Enum(names)) = targets.map(|input| &input.ty) {
        all.extend(names.values.iter().map(|name| (About::Target, name.clone())));
    }
    for (about, table, output) in
        [(About::Role, "roles-owed", "role"), (About::Item, "checklist", "item")]
    {
        let Some(table) = policies.table(table) else { continue };
        let Some(place) = table.output(output) else { continue };
        let named = table.rules.iter().filter_map(|r| r.then.get(place)?.as_ref()?.as_text());
        all.extend(named.map(|name| (about, name.to_owned())));
    }
    all
}
