//! A period at a glance, beside the one before it and the twelve before that.
//!
//! The figures are the weekly report's; what they are compared with is counted in the same way.

use chrono::{Days, NaiveDate};

use super::assessment::{Assessment, assess};
use super::company::Company;
use super::context::{Sum, Weekly};
use super::owed::{MessageState, owed, went_out};
use super::period::Period;
use super::sla::{Times, sla};
use super::trends::{Breakdown, By, breakdown_of};
use super::weekly::{customer_minutes, reason_left_out, weekly};
use crate::impact::Window;
use crate::incident::{IncidentId, Kind, Record, Severity};
use crate::register::Register;
use crate::units::{Instant, Span};

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

/// Counts of one of the periods before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The period.
    pub period: String,
    /// Incidents that began in it.
    pub incidents: usize,
    /// Their customers × minutes.
    pub customer_minutes: Sum,
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
    /// The periods before, oldest first; those from before the first record are left out.
    pub past: Vec<Past>,
    /// By service line, most incidents first.
    pub services: Breakdown,
    /// By vertical.
    pub verticals: Breakdown,
    /// Messages on time.
    pub messages: Messages,
    /// Noticed outside first, of how many with a known source.
    pub customers_first: (usize, usize),
    /// Time to restore of SEV1 and SEV2.
    pub worst_restore: Option<Times>,
    /// Time to restore of all.
    pub to_restore: Option<Times>,
    /// Formal complaints and those to the regulator, as far as records say.
    pub complaints: (Sum, Sum),
    /// Peaks in the two weeks after.
    pub peaks: Vec<NaiveDate>,
}

/// Computes the overview; `None` when the period lies beyond the calendar.
pub fn overview(
    register: &Register,
    scope: Scope,
    period: Period,
    company: &Company<'_>,
    now: Instant,
) -> Option<Overview> {
    let zone = company.zone;
    let records = register.records.iter().filter(|held| scope.has(&held.record, company)).cloned();
    let part = Register { records: records.collect(), bad: register.bad.clone() };
    let judge = |record: &Record, at: Instant| assess(record, company, at);
    let (start, end) = (period.start(zone)?, period.end(zone)?);
    let as_of = end.min(now);
    let counted = |record: &Record| {
        let mut nowhere = super::context::LeftOut::default();
        record.kind != Some(Kind::Maintenance) && reason_left_out(record, &mut nowhere).is_none()
    };
    let mut all: Vec<(Instant, &Record)> = part
        .records
        .iter()
        .filter(|held| counted(&held.record))
        .filter_map(|held| Some((held.record.began()?, &held.record)))
        .filter(|(began, _)| *began < as_of)
        .collect();
    all.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    let within: Vec<(Instant, &Record)> =
        all.iter().filter(|(began, _)| *began >= start && *began < end).copied().collect();
    let window = Window::new(start, as_of.max(start));
    let felt = |record: &Record| customer_minutes(record, window, as_of);
    let mut before = Vec::new();
    let mut earlier = period.before();
    while let Some(one) = earlier.filter(|_| before.len() < BAND) {
        let (from, to) = (one.start(zone)?, one.end(zone)?);
        // Of what lies before the first record nobody knows whether nothing happened.
        if all.first().is_none_or(|(first, _)| *first >= to) {
            break;
        }
        before.push(past(&one, &all, from, to));
        earlier = one.before();
    }
    before.reverse();
    let mut messages = Messages::default();
    within.iter().for_each(|(_, record)| told(record, company, as_of, &mut messages));
    let mut complaints = (Sum::default(), Sum::default());
    for (_, record) in &within {
        let said = record.impact.as_ref().and_then(|impact| impact.complaints.as_ref());
        complaints.0.add(said.and_then(|c| c.formal).map(Into::into));
        complaints.1.add(said.and_then(|c| c.regulator).map(Into::into));
    }
    let last = period.last;
    let two_weeks = (1..=14).filter_map(|n| last.checked_add_days(Days::new(n)));
    let whole: Vec<(Instant, Option<Severity>, &Record)> = within
        .iter()
        .map(|(began, record)| (*began, level_of(record, &judge, as_of), *record))
        .collect();
    let worst: Vec<Span> = whole
        .iter()
        .filter(|(_, level, _)| matches!(level, Some(Severity::Sev1 | Severity::Sev2)))
        .filter_map(|(_, _, record)| crate::timing::to_restore(record, as_of).took())
        .collect();
    Some(Overview {
        week: weekly(&part, [], period.clone(), zone, now, judge)?,
        past: before,
        services: breakdown_of(By::Service, &within, company, felt),
        verticals: breakdown_of(By::Vertical, &within, company, felt),
        messages,
        customers_first: super::trends::customers_first(&within),
        worst_restore: Times::of(worst),
        to_restore: sla(&part, period, None, company, now)?.kpi.to_restore,
        complaints,
        peaks: two_weeks.filter(|day| company.standard.is_peak(*day) == Some(true)).collect(),
        scope,
    })
}

fn level_of(
    record: &Record,
    judge: &impl Fn(&Record, Instant) -> Assessment,
    as_of: Instant,
) -> Option<Severity> {
    judge(record, as_of).level
}

fn past(period: &Period, all: &[(Instant, &Record)], from: Instant, to: Instant) -> Past {
    let mut found =
        Past { period: period.label.clone(), incidents: 0, customer_minutes: Sum::default() };
    let first = all.partition_point(|(at, _)| *at < from);
    for (_, record) in all.iter().skip(first).take_while(|(at, _)| *at < to) {
        found.incidents += 1;
        found.customer_minutes.add(customer_minutes(record, Window::new(from, to), to));
    }
    found
}

fn told(record: &Record, company: &Company<'_>, as_of: Instant, messages: &mut Messages) {
    for message in owed(record, company, as_of, false) {
        let sent = record
            .communications
            .iter()
            .filter(|c| c.id.as_ref().is_some_and(|id| message.messages.contains(id)))
            .filter_map(|c| went_out(c).min())
            .min();
        let late = match (message.state, message.due) {
            (Some(MessageState::Skipped), _) => {
                messages.skipped += 1;
                continue;
            }
            (Some(MessageState::Sent), Some(due)) => sent.is_none_or(|at| at > due),
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
}
