//! What comes back, where it hurts, and what is a signal: trends over a period.
//!
//! Pure over the whole register: repeats and the weeks before lie outside the period.

mod charts;
mod effect;
mod shares;

use std::collections::{BTreeMap, BTreeSet};

use super::company::Company;
use super::context::{LeftOut, Sum};
use super::period::Period;
use super::sla::{Times, sla};
use super::weekly::{customer_minutes, reason_left_out};
use crate::impact::Window;
use crate::incident::{DetectionSource, IncidentId, Kind, Record};
use crate::register::Register;
use crate::spc;
use crate::units::{Decimal, Instant, Percent, Span};

pub use charts::{Chart, ChartOf, Point, Verdict};
pub use effect::{Effect, Outcome};
pub(super) use shares::breakdown as breakdown_of;
pub use shares::{Breakdown, By, Share};

/// Within how many days the same problem counts as come back, and what an action has to show.
pub const WINDOW_DAYS: i64 = 90;

/// The problems that each incident is joined by.
pub type Joined = BTreeMap<IncidentId, BTreeSet<String>>;

/// Trends of a period.
#[derive(Debug, Clone)]
pub struct Trends {
    /// The period.
    pub period: Period,
    /// Whether it is not over yet.
    pub running: bool,
    /// Up to where it is counted.
    pub as_of: Instant,
    /// Incidents that began in it; families count once.
    pub incidents: usize,
    /// Their customers × minutes within it.
    pub customer_minutes: Sum,
    /// By cause, service line, vertical, vendor, type of change.
    pub by: Vec<Breakdown>,
    /// What came back.
    pub repeats: Repeats,
    /// Who or what noticed first, most often first; none where nobody wrote it down.
    pub detection: Vec<(Option<DetectionSource>, usize)>,
    /// Of those with a known source: noticed by customers, clients or social media first.
    pub customers_first: (usize, usize),
    /// Time to restore of the incidents that have one.
    pub to_restore: Option<Times>,
    /// Preventive actions done, and what happened after.
    pub effects: Vec<Effect>,
    /// Control charts over the weeks up to the period's end.
    pub charts: Vec<Chart>,
    /// Defects per million of services whose opportunities are known.
    pub levels: Vec<Level>,
    /// What no figure counts.
    pub left_out: LeftOut,
}

/// Incidents that came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repeats {
    /// Each with the latest earlier incident of the same problem.
    pub again: Vec<(IncidentId, IncidentId)>,
    /// Those that are the first in so many days.
    pub first: usize,
    /// Those of which nobody knows: no problem, and no cause or no service.
    pub unknown: usize,
}

impl Repeats {
    /// Come back ÷ (come back + first).
    pub fn rate(&self) -> Option<Percent> {
        let known = self.again.len() + self.first;
        Percent::of(Decimal::from(self.again.len()), Decimal::from(known))
    }
}

/// Defects per million of a service: its bad minutes among all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The service.
    pub service: String,
    /// Minutes of the period so far, without maintenance announced in time.
    pub minutes: Decimal,
    /// Bad minutes, each weighing the share that failed.
    pub bad: Decimal,
    /// bad × 1,000,000 ÷ minutes.
    pub dpmo: Option<Decimal>,
    /// The level with a shift of 1.5; none where nothing failed.
    pub sigma: Option<Decimal>,
    /// Incidents in no sum, because their share or times are not known.
    pub unknown: usize,
}

/// Whether two incidents have one problem: a problem joins both, or they share a service and the
/// category of the cause. `None` where nobody knows of the first.
pub fn same_problem(a: &Record, b: &Record, joined: &Joined) -> Option<bool> {
    let (of_a, of_b) = (joined.get(&a.id), joined.get(&b.id));
    if let (Some(of_a), Some(of_b)) = (of_a, of_b)
        && !of_a.is_disjoint(of_b)
    {
        return Some(true);
    }
    let by_record = category(a).filter(|_| !a.services.is_empty()).map(|cause| {
        category(b) == Some(cause) && a.services.iter().any(|service| b.services.contains(service))
    });
    by_record.or(of_a.map(|_| false))
}

fn category(record: &Record) -> Option<&str> {
    record.causes.as_ref()?.category.as_deref()
}

/// Computes the trends; `None` when the period lies beyond the calendar.
pub fn trends(
    register: &Register,
    joined: &Joined,
    period: Period,
    company: &Company<'_>,
    now: Instant,
) -> Option<Trends> {
    let zone = company.zone;
    let (start, end) = (period.start(zone)?, period.end(zone)?);
    let as_of = end.min(now);
    let within = |at: Instant| at >= start && at < end;
    let unreadable = register.bad.iter().map(|bad| bad.path.clone()).collect();
    let mut left_out = LeftOut { unreadable, ..LeftOut::default() };
    left_out.unreadable.sort();
    let mut all: Vec<(Instant, &Record)> = Vec::new();
    for record in register.records.iter().map(|held| &held.record) {
        if record.kind == Some(Kind::Maintenance) {
            continue;
        }
        let Some(began) = record.began() else {
            if record.counts() {
                left_out.without_time.push(record.id.clone());
            }
            continue;
        };
        if let Some(count) = reason_left_out(record, &mut left_out) {
            *count += usize::from(within(began));
            continue;
        }
        if began < as_of {
            all.push((began, record));
        }
    }
    all.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    let of_period: Vec<(Instant, &Record)> =
        all.iter().filter(|(began, _)| within(*began)).copied().collect();
    let window = Window::new(start, as_of.max(start));
    let felt = |record: &Record| customer_minutes(record, window, as_of);
    let mut minutes = Sum::default();
    of_period.iter().for_each(|(_, record)| minutes.add(felt(record)));
    let agreed = sla(register, period.clone(), None, company, now)?;
    let levels = agreed.services.iter().map(|level| {
        let dpmo = spc::dpmo(level.bad, level.minutes);
        Level {
            service: level.id.clone(),
            minutes: level.minutes,
            bad: level.bad,
            dpmo,
            sigma: dpmo.and_then(|dpmo| spc::sigma_level(dpmo, SHIFT)),
            unknown: level.unknown.len(),
        }
    });
    let levels = levels.collect();
    Some(Trends {
        running: now < end,
        as_of,
        incidents: of_period.len(),
        customer_minutes: minutes,
        by: By::ALL.map(|by| shares::breakdown(by, &of_period, company, felt)).into(),
        repeats: repeats(&of_period, &all, joined),
        detection: detection(&of_period),
        customers_first: customers_first(&of_period),
        to_restore: agreed.kpi.to_restore,
        effects: effect::effects(&all, joined, start, as_of),
        charts: charts::charts(&all, &period, company.zone, as_of),
        levels,
        left_out,
        period,
    })
}

/// The drift that a process is granted over time, by convention.
const SHIFT: Decimal = Decimal::from_parts(15, 0, 0, false, 1);

/// Which incidents of a period came back, among all before them, both in the order of time.
pub(super) fn repeats(
    of_period: &[(Instant, &Record)],
    all: &[(Instant, &Record)],
    joined: &Joined,
) -> Repeats {
    let mut found = Repeats::default();
    for (began, record) in of_period {
        let from = began.plus(Span::from_minutes(-WINDOW_DAYS * 24 * 60));
        let first = all.partition_point(|(at, _)| *at < from);
        let before = all.iter().skip(first).take_while(|(at, _)| at < began);
        let mut known = same_problem(record, record, joined).is_some();
        let mut latest = None;
        for (_, other) in before {
            match same_problem(record, other, joined) {
                Some(true) => latest = Some(other.id.clone()),
                Some(false) => {}
                None => known = false,
            }
        }
        match latest {
            Some(other) => found.again.push((record.id.clone(), other)),
            None if known => found.first += 1,
            None => found.unknown += 1,
        }
    }
    found
}

fn source(record: &Record) -> Option<DetectionSource> {
    record.detection.as_ref().and_then(|detection| detection.source)
}

fn detection(of_period: &[(Instant, &Record)]) -> Vec<(Option<DetectionSource>, usize)> {
    let mut counts: Vec<(Option<DetectionSource>, usize)> = Vec::new();
    for (_, record) in of_period {
        let source = source(record);
        match counts.iter_mut().find(|(known, _)| *known == source) {
            Some((_, count)) => *count += 1,
            None => counts.push((source, 1)),
        }
    }
    let word = |source: Option<DetectionSource>| source.map(|source| source.as_str());
    counts.sort_by_key(|(source, count)| {
        (source.is_none(), std::cmp::Reverse(*count), word(*source))
    });
    counts
}

/// How many were noticed outside first, of how many with a known source.
pub(super) fn customers_first(of_period: &[(Instant, &Record)]) -> (usize, usize) {
    let known = of_period.iter().filter_map(|(_, record)| source(record));
    let outside = |source: &DetectionSource| {
        matches!(
            source,
            DetectionSource::CustomerContact
                | DetectionSource::Client
                | DetectionSource::SocialMedia
                | DetectionSource::Regulator
        )
    };
    (known.clone().filter(outside).count(), known.count())
}

#[cfg(test)]
mod tests;
