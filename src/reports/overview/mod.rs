//! A period at a glance, beside the one before it and the twelve before that.
//!
//! Weekly, monthly, quarterly, executive, a service, a vertical, a client: one computation. The
//! figures are the weekly report's; what they are compared with is counted in the same way.

mod ahead;
mod past;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::assessment::assess;
use super::company::Company;
use super::context::{Due, Sum, Weekly};
use super::owed::{MessageState, was_owed};
use super::period::Period;
use super::sla::Times;
use super::trends::{Breakdown, By, Joined, Repeats, breakdown_of, repeats};
use super::weekly::{customer_minutes, reason_left_out, weekly};
use crate::impact::Window;
use crate::incident::{ActionKind, IncidentId, Kind, Problem, Record};
use crate::register::{Card, Register, Tally};
use crate::units::Instant;

pub(in crate::reports) use ahead::peaks as peaks_after;
pub use ahead::{AHEAD_DAYS, OpenProblem, Peak, Promise};
use past::One;
pub use past::{PeriodSums, VerticalSums};

/// How many periods before make the band.
pub const BAND: usize = 12;

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every incident.
    All,
    /// Incidents of a service.
    Service(String),
    /// Incidents of a vertical's services.
    Vertical(String),
    /// Incidents that a business client felt, by its own entry in the record.
    Client(String),
}

impl Scope {
    /// Whether a record belongs to it.
    pub fn has(&self, record: &Record, company: &Company<'_>) -> bool {
        match self {
            Scope::All => true,
            Scope::Service(id) => {
                record.services.iter().chain(&record.services_unmapped).any(|s| s == id)
            }
            Scope::Vertical(id) => record
                .services
                .iter()
                .filter_map(|s| company.standard.service(s))
                .any(|service| service.vertical == *id),
            Scope::Client(id) => {
                record.impact.iter().flat_map(|i| &i.clients).any(|c| c.client == *id)
            }
        }
    }
}

/// Messages that were owed in incidents of the period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Messages {
    /// Sent by the time that the standard asks for.
    pub on_time: usize,
    /// Sent later, or not sent though due.
    pub late: usize,
    /// Skipped with a reason.
    pub skipped: usize,
    /// Not due yet, or due at no known time.
    pub open: usize,
    /// Incidents with a late one.
    pub by: Vec<IncidentId>,
}

/// A period at a glance.
#[derive(Debug, Clone)]
pub struct Overview {
    /// What it is about.
    pub scope: Scope,
    /// Incidents, sums, targets, what is due.
    pub week: Weekly,
    /// The period, counted as those before it are.
    pub sums: PeriodSums,
    /// The periods before, oldest first; those from before the first record are left out.
    pub past: Vec<PeriodSums>,
    /// By service line, most incidents first.
    pub services: Breakdown,
    /// Messages on time.
    pub messages: Messages,
    /// Noticed outside first, of how many with a known source.
    pub customers_first: (usize, usize),
    /// Time to restore of SEV1 and SEV2.
    pub worst_restore: Option<Times>,
    /// From detection to the first message to customers, of SEV1 and SEV2.
    pub worst_told: Option<Times>,
    /// Time to restore of all.
    pub to_restore: Option<Times>,
    /// Formal complaints and those to the regulator, as far as records say.
    pub complaints: (Sum, Sum),
    /// What came back within ninety days; none where only part of the records was read.
    pub repeats: Option<Repeats>,
    /// Preventive actions that are overdue, by vertical; an incident of several counts in each.
    pub overdue_prevent: Vec<(Option<String>, usize)>,
    /// Peaks in the two weeks after.
    pub peaks: Vec<Peak>,
    /// Days of those two weeks that no calendar reaches.
    pub days_unknown: usize,
    /// Updates that customers wait for.
    pub promises: Vec<Promise>,
    /// Problems that are not solved.
    pub problems: Vec<OpenProblem>,
}

/// What an overview is made of.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The records.
    pub register: &'a Register,
    /// Whether they are all of the workspace's.
    pub whole: bool,
    /// The problems.
    pub problems: &'a [Problem],
    /// Which incident is joined by which.
    pub joined: &'a Joined,
    /// When the oldest incident that counts began, where there are others than those given.
    pub oldest: Option<Instant>,
}

/// Computes the overview; `None` when the period lies beyond the calendar.
///
/// `cards` are of the records that are not in the register, as [`super::weekly`] has it; they are
/// for the scope of all incidents.
pub fn overview<'c>(
    sources: Sources<'_>,
    cards: impl Iterator<Item = Card<'c>> + Clone,
    scope: Scope,
    period: Period,
    company: &Company<'_>,
    now: Instant,
) -> Option<Overview> {
    let zone = company.zone;
    let all_records = sources.register.records.iter();
    let records: Vec<_> = all_records.filter(|held| scope.has(&held.record, company)).collect();
    let (start, end) = (period.start(zone)?, period.end(zone)?);
    let as_of = end.min(now);
    let mut of_scope: Vec<(Instant, &Record)> = records
        .iter()
        .filter(|held| counted(&held.record))
        .filter_map(|held| Some((held.record.began()?, &held.record)))
        .filter(|(began, _)| *began < as_of)
        .collect();
    of_scope.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    let within: Vec<(Instant, &Record)> =
        of_scope.iter().filter(|(began, _)| *began >= start && *began < end).copied().collect();
    let window = Window::new(start, as_of.max(start));
    let felt = |record: &Record| customer_minutes(record, window, as_of);
    let week = match &scope {
        Scope::All => {
            weekly(sources.register, cards.clone(), period.clone(), zone, now, |r, at| {
                assess(r, company, at)
            })?
        }
        _ => {
            let records = records.iter().map(|held| (*held).clone()).collect();
            let part = Register { records, bad: sources.register.bad.clone() };
            weekly(&part, [], period.clone(), zone, now, |r, at| assess(r, company, at))?
        }
    };
    let (sums, past) = compared(&of_scope, cards, sources.oldest, &period, company, as_of)?;
    let mut messages = Messages::default();
    let told: Vec<Messages> =
        within.par_iter().map(|(_, record)| told(record, company, as_of)).collect();
    told.into_iter().for_each(|of_one| messages.merge(of_one));
    let mut complaints = (Sum::default(), Sum::default());
    for (_, record) in &within {
        let said = record.impact.as_ref().and_then(|impact| impact.complaints.as_ref());
        complaints.0.add(said.and_then(|c| c.formal).map(Into::into));
        complaints.1.add(said.and_then(|c| c.regulator).map(Into::into));
    }
    let restored = within.iter().filter_map(|(_, r)| crate::timing::to_restore(r, as_of).took());
    let mut promises: Vec<Promise> = records
        .iter()
        .filter(|held| counted(&held.record))
        .filter_map(|held| ahead::promised(&held.record, as_of))
        .collect();
    promises.sort_by(|a, b| (a.at, &a.incident).cmp(&(b.at, &b.incident)));
    let (peaks, days_unknown) = ahead::peaks(period.last, company);
    let ids: BTreeSet<&IncidentId> = records.iter().map(|held| &held.record.id).collect();
    let until = period.last.checked_add_days(chrono::Days::new(AHEAD_DAYS));
    Some(Overview {
        sums,
        past,
        services: breakdown_of(By::Service, &within, company, felt),
        messages,
        customers_first: super::trends::customers_first(&within),
        worst_restore: Times::of(week.urgent.restore.took.clone()),
        worst_told: Times::of(week.urgent.first_update.took.clone()),
        to_restore: Times::of(restored.collect()),
        complaints,
        repeats: sources.whole.then(|| repeats(&within, &of_scope, sources.joined)),
        overdue_prevent: overdue_prevent(&week.actions, company),
        peaks,
        days_unknown,
        promises,
        problems: ahead::open(sources.problems, &scope, until, |id| ids.contains(id)),
        week,
        scope,
    })
}

/// Whether figures count a record, its family once.
fn counted(record: &Record) -> bool {
    let mut nowhere = super::context::LeftOut::default();
    record.kind != Some(Kind::Maintenance) && reason_left_out(record, &mut nowhere).is_none()
}

/// The period and those before it, as far back as there are records.
fn compared<'c>(
    of_scope: &[(Instant, &Record)],
    cards: impl Iterator<Item = Card<'c>> + Clone,
    oldest: Option<Instant>,
    period: &Period,
    company: &Company<'_>,
    as_of: Instant,
) -> Option<(PeriodSums, Vec<PeriodSums>)> {
    let zone = company.zone;
    let cards = cards.filter(|card| card.counts() && card.parent.is_none());
    let first = of_scope.iter().map(|(began, _)| *began);
    let first = first.chain(cards.clone().filter_map(|card| card.began)).chain(oldest).min();
    let mut periods = Vec::new();
    let mut earlier = period.before();
    while let Some(one) = earlier.filter(|_| periods.len() < BAND) {
        let (from, to) = (one.start(zone)?, one.end(zone)?);
        // Of what lies before the first record nobody knows whether nothing happened.
        if first.is_none_or(|first| first >= to) {
            break;
        }
        earlier = one.before();
        periods.push((one, (from, to)));
    }
    let since = match periods.last() {
        Some((_, (from, _))) => *from,
        None => period.start(zone)?,
    };
    let of_record = |(began, record): &(Instant, &Record)| {
        let services = record.services.iter().map(String::as_str);
        One::new(*began, Tally::of(record, as_of), services, company)
    };
    let mut all: Vec<One> = of_scope.iter().map(of_record).collect();
    all.extend(cards.filter_map(|card| One::of_card(&card, since, company)));
    all.retain(|one| one.began < as_of);
    all.sort_by_key(|one| one.began);
    let own = (period.start(zone)?, period.end(zone)?);
    let past = periods.iter().rev().map(|(one, ends)| PeriodSums::count(one, *ends, ends.1, &all));
    Some((PeriodSums::count(period, own, as_of, &all), past.collect()))
}

fn overdue_prevent(actions: &[Due], company: &Company<'_>) -> Vec<(Option<String>, usize)> {
    let mut found: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let prevents = |due: &&Due| due.overdue && due.kind == Some(ActionKind::Prevent);
    for due in actions.iter().filter(prevents) {
        let services = due.services.iter().filter_map(|id| company.standard.service(id));
        let mut areas: BTreeSet<Option<String>> =
            services.map(|service| Some(service.vertical.clone())).collect();
        if areas.is_empty() {
            areas.insert(None);
        }
        for area in areas {
            *found.entry(area).or_default() += 1;
        }
    }
    let mut rows: Vec<_> = found.into_iter().collect();
    rows.sort_by_key(|(area, count)| (area.is_none(), std::cmp::Reverse(*count)));
    rows
}

impl Messages {
    fn merge(&mut self, other: Messages) {
        self.on_time += other.on_time;
        self.late += other.late;
        self.skipped += other.skipped;
        self.open += other.open;
        self.by.extend(other.by);
    }
}

/// The messages of one incident; every table is asked for each of them, so incidents go side by side.
fn told(record: &Record, company: &Company<'_>, as_of: Instant) -> Messages {
    let mut messages = Messages::default();
    for message in was_owed(record, company, as_of) {
        let late = match (message.state, message.went) {
            (Some(MessageState::Skipped), _) => {
                messages.skipped += 1;
                continue;
            }
            (Some(MessageState::Sent), Some((at, Some(due)))) => at > due,
            (Some(MessageState::Overdue), _) => true,
            _ => {
                messages.open += 1;
                continue;
            }
        };
        if late {
            messages.late += 1;
            if messages.by.last() != Some(&record.id) {
                messages.by.push(record.id.clone());
            }
        } else {
            messages.on_time += 1;
        }
    }
    messages
}
