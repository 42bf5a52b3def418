//! Control charts over the weeks up to the end of a period.

use chrono::{Days, NaiveDate, Weekday};
use chrono_tz::Tz;

use crate::impact::Window;
use crate::incident::Record;
use crate::reports::period::Period;
use crate::reports::weekly::customer_minutes;
use crate::spc::{self, Individuals, Rule};
use crate::timing;
use crate::units::{Decimal, Instant};

/// At most so many weeks: half a year.
const WEEKS: usize = 26;
/// Fewer points give limits that mean nothing.
const ENOUGH: usize = 8;
/// Weight of the newest value in the average.
const LAMBDA: Decimal = Decimal::from_parts(2, 0, 0, false, 1);

/// What a chart is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartOf {
    /// Incidents that began in the week.
    Incidents,
    /// Customers × minutes of the incidents that began in the week.
    CustomerMinutes,
    /// Median minutes to restore of the incidents that began in the week.
    ToRestore,
}

impl ChartOf {
    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ChartOf::Incidents => "incidents_per_week",
            ChartOf::CustomerMinutes => "customer_minutes_per_week",
            ChartOf::ToRestore => "median_minutes_to_restore_per_week",
        }
    }
}

/// A week's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The week.
    pub week: String,
    /// Its value; none where it is not known, or where there was nothing to measure.
    pub value: Option<Decimal>,
    /// Whether the week ends within the report's period.
    pub in_period: bool,
    /// Patterns that this week completed.
    pub rules: Vec<Rule>,
    /// The moving average is beyond its limits.
    pub drift: bool,
    /// The cumulative sum is beyond its limit.
    pub shift: bool,
}

/// What a chart says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Too few weeks with a value.
    TooFew,
    /// Nothing but the usual ups and downs.
    Noise,
    /// Something changed, but before the period.
    SignalBefore,
    /// Something changed in the period.
    Signal,
}

/// A control chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What it is of.
    pub of: ChartOf,
    /// The weeks, oldest first.
    pub points: Vec<Point>,
    /// Centre and limits; none where there are too few values.
    pub limits: Option<Individuals>,
    /// What it says.
    pub verdict: Verdict,
}

/// The charts of a period: whole weeks only, from the week of the first record on.
pub(super) fn charts(
    all: &[(Instant, &Record)],
    period: &Period,
    zone: Tz,
    as_of: Instant,
) -> Vec<Chart> {
    let weeks = weeks(all, period, zone, as_of);
    let of = [ChartOf::Incidents, ChartOf::CustomerMinutes, ChartOf::ToRestore];
    of.map(|of| chart(of, all, &weeks, period, zone, as_of)).into()
}

fn weeks(all: &[(Instant, &Record)], period: &Period, zone: Tz, as_of: Instant) -> Vec<Period> {
    let day = |at: Instant| at.in_zone(&zone).get().date_naive();
    let Some(first) = all.first().map(|(at, _)| day(*at)) else { return Vec::new() };
    let monday = |day: NaiveDate| day.week(Weekday::Mon).checked_first_day();
    // The first day that is no longer counted; its week is not whole, unless it begins it.
    let beyond = day(as_of).min(period.last.succ_opt().unwrap_or(period.last));
    let mut weeks = Vec::new();
    let mut next = monday(beyond);
    while let Some(start) = next.and_then(|day| day.checked_sub_days(Days::new(7))) {
        if weeks.len() == WEEKS || monday(first).is_none_or(|first| start < first) {
            break;
        }
        weeks.extend(Period::week_of(start));
        next = Some(start);
    }
    weeks.reverse();
    weeks
}

fn chart(
    of: ChartOf,
    all: &[(Instant, &Record)],
    weeks: &[Period],
    period: &Period,
    zone: Tz,
    as_of: Instant,
) -> Chart {
    let mut points: Vec<Point> = weeks
        .iter()
        .map(|week| Point {
            week: week.label.clone(),
            value: value(of, all, week, zone, as_of),
            in_period: week.last >= period.first && week.last <= period.last,
            rules: Vec::new(),
            drift: false,
            shift: false,
        })
        .collect();
    let places: Vec<usize> =
        points.iter().enumerate().filter(|(_, p)| p.value.is_some()).map(|(at, _)| at).collect();
    let values: Vec<Decimal> = points.iter().filter_map(|point| point.value).collect();
    let limits = (values.len() >= ENOUGH).then(|| spc::individuals(&values)).flatten();
    let Some(limits) = limits else {
        return Chart { of, points, limits: None, verdict: Verdict::TooFew };
    };
    let z = spc::standard(&values, limits.centre, limits.sigma).unwrap_or_default();
    for signal in spc::western_electric(&z) {
        if let Some(point) = places.get(signal.at).and_then(|at| points.get_mut(*at)) {
            point.rules.push(signal.rule);
        }
    }
    let mut mark = |found: Vec<usize>, set: fn(&mut Point)| {
        for at in found {
            if let Some(point) = places.get(at).and_then(|at| points.get_mut(*at)) {
                set(point);
            }
        }
    };
    let three = Decimal::from(3);
    if limits.sigma > Decimal::ZERO {
        let drift = spc::ewma(&values, limits.centre, limits.sigma, LAMBDA, three);
        mark(drift.map(|chart| chart.beyond()).unwrap_or_default(), |point| point.drift = true);
        let (half, five) = (limits.sigma / Decimal::TWO, limits.sigma.checked_mul(5.into()));
        let shift = five.and_then(|five| spc::cusum(&values, limits.centre, half, five));
        mark(shift.map(|chart| chart.signals).unwrap_or_default(), |point| point.shift = true);
    }
    let told = |point: &Point| !point.rules.is_empty() || point.drift || point.shift;
    let verdict = if points.iter().any(|point| point.in_period && told(point)) {
        Verdict::Signal
    } else if points.iter().any(told) {
        Verdict::SignalBefore
    } else {
        Verdict::Noise
    };
    Chart { of, points, limits: Some(limits), verdict }
}

fn value(
    of: ChartOf,
    all: &[(Instant, &Record)],
    week: &Period,
    zone: Tz,
    as_of: Instant,
) -> Option<Decimal> {
    let (start, end) = (week.start(zone)?, week.end(zone)?);
    let first = all.partition_point(|(at, _)| *at < start);
    let mut records =
        all.iter().skip(first).take_while(|(at, _)| *at < end).map(|(_, record)| *record);
    match of {
        ChartOf::Incidents => Some(Decimal::from(records.count())),
        ChartOf::CustomerMinutes => records.try_fold(Decimal::ZERO, |sum, record| {
            let whole = Window::new(record.began()?, as_of.max(start));
            sum.checked_add(customer_minutes(record, whole, as_of)?)
        }),
        ChartOf::ToRestore => {
            let took = records.filter_map(|record| timing::to_restore(record, as_of).took());
            let minutes: Vec<Decimal> =
                took.map(|span| Decimal::from(span.seconds()) / Decimal::from(60)).collect();
            Some(spc::median(&minutes)?.round_dp(2).normalize())
        }
    }
}
