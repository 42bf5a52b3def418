//! A month's degraded minutes of services against their objectives.

use std::collections::{BTreeSet, HashMap};

use chrono::Datelike as _;

use super::company::Company;
use super::period::Period;
use crate::impact::{Window, weighed_minutes, windows};
use crate::incident::{IncidentId, Kind, Record, Status};
use crate::register::Register;
use crate::units::{Decimal, Instant, Percent};

/// A month of the services of one incident, with that incident and without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// The month in which the incident began.
    pub period: Period,
    /// The moment up to which it is counted: the month's end, or now.
    pub as_of: Instant,
    /// The incident's services that have an objective.
    pub services: Vec<Accumulated>,
}

/// The degraded minutes of one service in one month.
///
/// Each minute weighs as much as the share that failed in it; where incidents overlap, the
/// heaviest counts alone, so that a family counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accumulated {
    /// The service's id.
    pub service: String,
    /// The share of good minutes that it is meant to have.
    pub target: Percent,
    /// Minutes that the objective leaves for failures in the whole month.
    pub allowed: Decimal,
    /// Degraded minutes of all incidents; a tenth of a minute is the smallest part.
    pub minutes: Decimal,
    /// The same without the incident and its family.
    pub without: Decimal,
    /// Families of which the share or a time is not known; they are in neither sum.
    pub unknown: usize,
}

/// Adds up the month in which an incident began; `None` where it has no time.
///
/// Exercises, planned work, stubs and false alarms do not count. The allowance is the objective's
/// share of the calendar month, whatever window the objective itself is measured over.
pub fn month(
    register: &Register,
    record: &Record,
    company: &Company<'_>,
    now: Instant,
) -> Option<Month> {
    let day = record.began()?.in_zone(&company.zone).get().date_naive();
    let period: Period = format!("{:04}-{:02}", day.year(), day.month()).parse().ok()?;
    let (start, end) = (period.start(company.zone)?, period.end(company.zone)?);
    let as_of = end.min(now).max(start);
    let families = Families::of(register);
    let own = families.root(&record.id);
    let mut services = Vec::new();
    for service in record.services.iter().filter_map(|id| company.standard.service(id)) {
        let Some(objective) = &service.objective else { continue };
        let (mut all, mut others) = (Vec::new(), Vec::new());
        let mut unknown = BTreeSet::new();
        for held in register.records.iter().map(|held| &held.record) {
            let root = families.root(&held.id);
            if !families.counts(held, root) {
                continue;
            }
            match weights(held, &service.id, Window::new(start, as_of), now) {
                Some(found) => {
                    if root != own {
                        others.extend(found.iter().copied());
                    }
                    all.extend(found);
                }
                None => {
                    unknown.insert(root);
                }
            }
        }
        let minutes = |windows| Some(weighed_minutes(windows)?.round_dp(1).normalize());
        let whole = Decimal::from(end.since(start).seconds()) / Decimal::from(60);
        let bad = Decimal::ONE.checked_sub(objective.target.fraction())?.max(Decimal::ZERO);
        services.push(Accumulated {
            service: service.id.clone(),
            target: objective.target,
            allowed: bad.checked_mul(whole)?.round_dp(1).normalize(),
            minutes: minutes(all)?,
            without: minutes(others)?,
            unknown: unknown.len(),
        });
    }
    Some(Month { period, as_of, services })
}

/// The windows of a record that are about a service, within some time, with the share that failed;
/// none where one of them is not known.
pub(super) fn weights(
    record: &Record,
    service: &str,
    within: Window,
    now: Instant,
) -> Option<Vec<(Window, Decimal)>> {
    let named = record.services.iter().any(|id| id == service);
    let Some(windows) = windows(record, now) else {
        // Without a time that may lie in the month there is nothing to be missing.
        let inside = record.began().is_some_and(|at| at >= within.from && at < within.to);
        return if named && inside { None } else { Some(Vec::new()) };
    };
    let down = matches!(record.kind, Some(Kind::Outage | Kind::Interruption));
    let mut found = Vec::new();
    for w in windows {
        let about = w.service.map_or(named, |id| id == service);
        let clipped = Window::new(w.window.from.max(within.from), w.window.to.min(within.to));
        if about && clipped.from < clipped.to {
            let share = w.degradation.map(Percent::fraction).or(down.then_some(Decimal::ONE))?;
            found.push((clipped, share));
        }
    }
    Some(found)
}

/// Which record belongs to which: what was merged, and parts, lead to the one that they are of.
pub(super) struct Families<'r> {
    above: HashMap<&'r IncidentId, &'r IncidentId>,
    records: HashMap<&'r IncidentId, &'r Record>,
}

impl<'r> Families<'r> {
    /// Reads the families of a register.
    pub(super) fn of(register: &'r Register) -> Self {
        let records: HashMap<_, _> =
            register.records.iter().map(|held| (&held.record.id, &held.record)).collect();
        let above = records.values().filter_map(|record| {
            Some((&record.id, record.merged_into.as_ref().or(record.parent.as_ref())?))
        });
        Families { above: above.collect(), records }
    }

    /// The record that a family hangs from.
    pub(super) fn root<'a>(&self, id: &'a IncidentId) -> &'a IncidentId
    where
        'r: 'a,
    {
        // Parents in a circle are a finding, and no reason to go round for ever.
        const DEEPEST: usize = 64;
        let mut root = id;
        for _ in 0..DEEPEST {
            match self.above.get(root) {
                Some(above) => root = above,
                None => break,
            }
        }
        root
    }

    /// Whether a record's windows count: its own, or with the one that it was merged into.
    pub(super) fn counts(&self, record: &Record, root: &IncidentId) -> bool {
        let counted = |r: &Record| r.counts() && r.restricted.is_none();
        let merged = record.status == Status::Merged
            && !record.exercise
            && record.kind != Some(Kind::Maintenance);
        let leads = self.records.get(root).is_some_and(|root| counted(root));
        counted(record) || (merged && leads)
    }
}
