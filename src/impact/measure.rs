//! From a series to figures: expected, actual, lost, availability.
//!
//! The file is long because every figure stands beside its definition.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::estimate::{DayKind, Expected, Frame, Grid, Known, expect, profile};
use super::grids::Grids;
use super::propose::{Proposal, propose};
use super::series::{Measure, Series, Slice, ValueOf};
use crate::units::{Decimal, Instant, Percent, Span};

/// What is asked about a series.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Start of the impact, seconds of the epoch.
    pub from: i64,
    /// Its end, or the present while it lasts.
    pub to: i64,
    /// The zone of people's clocks.
    pub zone: Tz,
    /// What a day is.
    pub kind: &'a dyn Fn(NaiveDate) -> DayKind,
    /// Windows of other incidents: they tell nothing of an ordinary day.
    pub others: &'a [(i64, i64)],
    /// What the values add up.
    pub value_of: ValueOf,
}

impl std::fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question").field("from", &self.from).field("to", &self.to).finish()
    }
}

/// What a series says about an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// The window as measured: whole bins.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// Length of a bin.
    pub bin: Span,
    /// All that was asked for.
    pub total: Figures,
    /// By dimension and value, most lost first within a dimension.
    pub parts: Vec<(String, String, Figures)>,
    /// Bins around the window, for the chart.
    pub course: Vec<Moment>,
    /// What the data propose as start, restore and partial periods.
    pub proposal: Option<Proposal>,
    /// What was taken for granted, in sentences.
    pub assumed: Vec<String>,
}

/// The figures of one slice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Attempts: what came, and what would have come.
    pub attempted: Option<Line>,
    /// Successes.
    pub succeeded: Option<Line>,
    /// Declined for business reasons.
    pub declined_business: Option<i64>,
    /// Failed for technical ones: attempts that neither succeeded nor were declined.
    pub failed: Option<i64>,
    /// Expected successes (or attempts, where a file counts no successes) that did not happen.
    pub lost: Option<Guess>,
    /// More than expected after the end: what came back.
    pub deferred: Option<Guess>,
    /// How long after the end was looked at for it.
    pub deferred_over: Span,
    /// Value of what was lost, in ten-thousandths of the currency's unit.
    pub lost_value: Option<Guess>,
    /// Value of all attempts, where that is what the file adds up.
    pub attempted_value: Option<i64>,
    /// Successes ÷ (attempts − business declines): exact.
    pub technical_success: Option<Percent>,
    /// Successes ÷ attempts: exact.
    pub approval: Option<Percent>,
    /// What was served of what wanted to be: attempts that never arrived count as not served.
    pub by_attempts: Option<Share>,
    /// The same by minutes, each weighing as many customers as it was expected to have.
    pub by_minutes: Option<Share>,
    /// What the expectation rests on.
    pub known: Option<Known>,
    /// The method's median error on unharmed windows, as a share.
    pub floor: Option<Percent>,
}

/// What came beside what would have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Counted.
    pub actual: i64,
    /// Expected; none without history.
    pub expected: Option<i64>,
    /// Its 90 % interval.
    pub interval: Option<(i64, i64)>,
}

/// A difference between expected and actual, with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The best guess; below zero where more came than expected.
    pub count: i64,
    /// Its interval; none where too little is known.
    pub interval: Option<(i64, i64)>,
}

impl Guess {
    /// Whether it is told from a normal window: its interval lies above zero.
    pub fn is_told(&self) -> bool {
        self.interval.is_some_and(|(low, _)| low > 0)
    }
}

/// A share with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The best guess.
    pub share: Percent,
    /// Its interval, the lower end first.
    pub interval: Option<(Percent, Percent)>,
}

/// One bin of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When it begins.
    pub at: Instant,
    /// What came; none in a gap.
    pub actual: Option<i64>,
    /// What was expected.
    pub expected: i64,
}

/// How long after the end is looked at for what came back: as long as the incident, at least an
/// hour and at most six.
const AFTER: (i64, i64) = (3600, 6 * 3600);
/// The longest window that is measured, and the most bins of a chart.
const LONGEST: i64 = 31 * 86_400;

/// Why nothing can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unmeasurable {
    /// The window is empty or longer than a month.
    #[error("a window of 1 minute to 31 days can be measured")]
    Window,
    /// The series ends before the window begins, or begins after it.
    #[error("the series holds nothing of the window")]
    Outside,
}

/// Measures a window of a series.
///
/// # Errors
///
/// Where the series holds nothing of the window, or the window is empty or over a month.
pub fn measure(series: &Series, asked: &Question<'_>) -> Result<Measurement, Unmeasurable> {
    if asked.to <= asked.from || asked.to - asked.from > LONGEST {
        return Err(Unmeasurable::Window);
    }
    let until = asked.to + AFTER.1;
    let (first, last) = series.notes.span.ok_or(Unmeasurable::Outside)?;
    if last < asked.from || first >= asked.to {
        return Err(Unmeasurable::Outside);
    }
    let ends = asked.to.min(last + 1);
    let grids = Grids::new(series, Some((asked.from, ends)), until, asked.zone, asked.kind);
    let grids = grids.ok_or(Unmeasurable::Outside)?;
    let frame = &grids.frame;
    let (from, to) = grids.window();
    let others = odd_bins(frame, asked.others, (from, to));
    let whole = Asked { series, grids: &grids, asked, from, to, others: &others };
    let (total, course, proposal) = whole.total();
    let mut parts: Vec<(String, String, Figures)> = series
        .parts
        .iter()
        .map(|part| (part.dimension.clone(), part.value.clone(), whole.figures(&part.slice)))
        .collect();
    let order: Vec<String> = series.parts.iter().map(|p| p.dimension.clone()).collect();
    let place = |dimension: &str| order.iter().position(|d| d == dimension);
    parts.sort_by_key(|(dimension, value, figures)| {
        let lost = figures.lost.map_or(0, |l| l.count);
        (place(dimension), std::cmp::Reverse(lost), value.clone())
    });
    let assumed = super::assumed::assumed(series, &grids, asked, &total, ends < asked.to);
    Ok(Measurement {
        from: moment(frame.start_of(from), asked.zone),
        to: moment(frame.start_of(to), asked.zone),
        bin: Span::from_seconds(frame.width),
        total,
        parts,
        course,
        proposal,
        assumed,
    })
}

/// A second of the epoch as a moment on the clocks of a zone.
pub(super) fn moment(second: i64, zone: Tz) -> Instant {
    let at = chrono::DateTime::<chrono::Utc>::from_timestamp(second, 0).unwrap_or_default();
    Instant::from(at.fixed_offset()).in_zone(&zone)
}

/// Bins of other incidents, as far as they do not lie in the window itself.
fn odd_bins(frame: &Frame, others: &[(i64, i64)], window: (i64, i64)) -> Vec<bool> {
    let mut odd = vec![false; usize::try_from(frame.bins).unwrap_or(0)];
    for (from, to) in others {
        for bin in frame.bin_of(*from).max(0)..=frame.bin_of(*to).min(frame.bins - 1) {
            if !(window.0..window.1).contains(&bin)
                && let Some(place) = usize::try_from(bin).ok().and_then(|bin| odd.get_mut(bin))
            {
                *place = true;
            }
        }
    }
    odd
}

/// A window of a series, with everything around it.
struct Asked<'a> {
    series: &'a Series,
    grids: &'a Grids<'a>,
    asked: &'a Question<'a>,
    from: i64,
    to: i64,
    others: &'a [bool],
}

impl Asked<'_> {
    fn has(&self, measure: Measure) -> bool {
        self.series.measures.contains(&measure)
    }

    fn is_odd(&self, bin: i64) -> bool {
        usize::try_from(bin).ok().and_then(|bin| self.others.get(bin).copied()).unwrap_or(false)
    }

    fn grid(&self, slice: &Slice, measure: Measure) -> Grid {
        self.grids.grid(slice, measure, &|bin| self.is_odd(bin))
    }

    /// The grid in which the window itself tells nothing: for what lies around it.
    fn grid_without(&self, slice: &Slice, measure: Measure) -> Grid {
        let own = self.from..self.to;
        self.grids.grid(slice, measure, &|bin| self.is_odd(bin) || own.contains(&bin))
    }

    /// What is lost of: successes, or attempts where a file counts none.
    fn served(&self) -> Measure {
        if self.has(Measure::Succeeded) { Measure::Succeeded } else { Measure::Attempted }
    }

    fn total(&self) -> (Figures, Vec<Moment>, Option<Proposal>) {
        let slice = &self.series.total;
        let figures = self.figures(slice);
        let around = (self.to - self.from).clamp(
            self.grids.frame.bins_of(AFTER.0),
            self.grids.frame.bins_of(AFTER.1).max(self.to - self.from),
        );
        let begin = (self.from - around).max(0);
        let end = (self.to + around).min(self.grids.frame.bins);
        let served = self.grid_without(slice, self.served());
        let shape = expect(&served, begin, end)
            .map(|e| (e.clone(), profile(&served, begin, end, e.known.method.base, e.count)));
        let Some((_, bins)) = shape else { return (figures, Vec::new(), None) };
        let full = self.grid(slice, self.served());
        let course: Vec<Moment> = (begin..end)
            .zip(&bins)
            .map(|(bin, expected)| Moment {
                at: moment(self.grids.frame.start_of(bin), self.asked.zone),
                actual: full.count(bin),
                expected: *expected,
            })
            .collect();
        let failing = self.failing(slice);
        let proposal = propose(&served, &full, failing.as_ref(), (begin, end), &bins);
        let proposal = proposal.map(|found| found.placed(&self.grids.frame, self.asked.zone));
        (figures, course, proposal)
    }

    /// Attempts without business declines, and those of them that failed.
    fn failing(&self, slice: &Slice) -> Option<(Grid, Grid)> {
        if !self.has(Measure::Attempted) || !self.has(Measure::Succeeded) {
            return None;
        }
        let business = |c: &super::series::Cell| c.get(Measure::DeclinedBusiness);
        let tried = move |c: &super::series::Cell| c.get(Measure::Attempted) - business(c);
        let failed = move |c: &super::series::Cell| tried(c) - c.get(Measure::Succeeded);
        let odd = |bin: i64| self.is_odd(bin) || (self.from..self.to).contains(&bin);
        Some((self.grids.grid_of(slice, &tried, &odd), self.grids.grid_of(slice, &failed, &odd)))
    }

    fn figures(&self, slice: &Slice) -> Figures {
        let (from, to) = (self.from, self.to);
        let sum = |measure: Measure| {
            self.has(measure).then(|| self.grid(slice, measure).actual(from, to).0)
        };
        let mut figures =
            Figures { declined_business: sum(Measure::DeclinedBusiness), ..Figures::default() };
        let (attempted, _) = self.line(slice, Measure::Attempted).unzip();
        let (succeeded, _) = self.line(slice, Measure::Succeeded).unzip();
        figures.attempted = attempted;
        figures.succeeded = succeeded;
        figures.failed = failed(&figures, sum(Measure::DeclinedTechnical));
        let served = self.served();
        let Some((line, expected)) = self.line(slice, served) else { return figures };
        figures.lost = expected.as_ref().map(|e| lost(e, line.actual));
        figures.known = expected.as_ref().map(|e| e.known);
        let floor = expected.as_ref().and_then(|e| e.floor);
        figures.floor = floor.map(|f| Percent(Decimal::new(f, 2).normalize()));
        figures.deferred = self.deferred(slice, served, &mut figures.deferred_over);
        self.value(slice, &mut figures, expected.as_ref());
        rates(&mut figures);
        figures.by_attempts = by_attempts(&figures);
        if let Some(expected) = &expected {
            figures.by_minutes = self.by_minutes(slice, served, expected);
        }
        figures
    }

    fn line(&self, slice: &Slice, measure: Measure) -> Option<(Line, Option<Expected>)> {
        if !self.has(measure) {
            return None;
        }
        let grid = self.grid(slice, measure);
        let expected = expect(&grid, self.from, self.to);
        let line = Line {
            actual: grid.actual(self.from, self.to).0,
            expected: expected.as_ref().map(|e| e.count),
            interval: expected.as_ref().and_then(|e| e.interval),
        };
        Some((line, expected))
    }

    /// What came after the end beyond what was expected then.
    fn deferred(&self, slice: &Slice, served: Measure, over: &mut Span) -> Option<Guess> {
        let frame = &self.grids.frame;
        let wanted = (self.to - self.from).clamp(frame.bins_of(AFTER.0), frame.bins_of(AFTER.1));
        let end = (self.to + wanted).min(frame.bins);
        // Less than half of the time tells nothing yet.
        if (end - self.to) * 2 < wanted {
            return None;
        }
        *over = Span::from_seconds((end - self.to) * frame.width);
        let grid = self.grid_without(slice, served);
        let expected = expect(&grid, self.to, end)?;
        let (actual, missing) = self.grid(slice, served).actual(self.to, end);
        if missing > 0 {
            return None;
        }
        let interval = expected.interval.map(|(low, high)| (actual - high, actual - low));
        Some(Guess { count: actual - expected.count, interval })
    }

    fn value(&self, slice: &Slice, figures: &mut Figures, served: Option<&Expected>) {
        let Some((line, expected)) = self.line(slice, Measure::Value) else { return };
        if self.asked.value_of == ValueOf::Succeeded {
            figures.lost_value = expected.map(|e| lost(&e, line.actual));
            return;
        }
        // Of the value of attempts, what was lost is as much as a lost transaction was expected
        // to be worth.
        figures.attempted_value = Some(line.actual);
        let (Some(value), Some(lost), Some(served)) = (expected, figures.lost, served) else {
            return;
        };
        let attempts = figures.attempted.and_then(|a| a.expected).unwrap_or(served.count);
        let worth = |count: i64| {
            let exact = i128::from(count) * i128::from(value.count) / i128::from(attempts.max(1));
            i64::try_from(exact).unwrap_or(i64::MAX)
        };
        let interval = lost.interval.map(|(low, high)| (worth(low), worth(high)));
        figures.lost_value = Some(Guess { count: worth(lost.count), interval });
    }

    /// The share of expected customers' minutes in which they were served: minute by minute at
    /// most all of them.
    fn by_minutes(&self, slice: &Slice, served: Measure, expected: &Expected) -> Option<Share> {
        let grid = self.grid(slice, served);
        let share = |count: i64| {
            let bins = profile(&grid, self.from, self.to, expected.known.method.base, count);
            let met = (self.from..self.to).zip(&bins);
            let met = met.map(|(bin, e)| grid.count(bin).unwrap_or(0).min(*e));
            percent(met.sum(), count)
        };
        let interval = expected.interval.and_then(|(low, high)| {
            Some((share(high)?, share(low).unwrap_or(Percent(Decimal::ONE_HUNDRED))))
        });
        Some(Share { share: share(expected.count)?, interval })
    }
}

fn lost(expected: &Expected, actual: i64) -> Guess {
    let interval = expected.interval.map(|(low, high)| (low - actual, high - actual));
    Guess { count: expected.count - actual, interval }
}

/// A share of counts; none of nothing.
fn percent(part: i64, whole: i64) -> Option<Percent> {
    if whole <= 0 { None } else { Percent::of(part.into(), whole.into()) }
}

/// Failures as counted, else what attempts leave.
fn failed(figures: &Figures, technical: Option<i64>) -> Option<i64> {
    technical.or_else(|| {
        let (attempted, succeeded) = (figures.attempted?.actual, figures.succeeded?.actual);
        Some((attempted - succeeded - figures.declined_business.unwrap_or(0)).max(0))
    })
}

fn rates(figures: &mut Figures) {
    let (Some(attempted), Some(succeeded)) = (figures.attempted, figures.succeeded) else { return };
    figures.approval = percent(succeeded.actual, attempted.actual);
    figures.technical_success = figures
        .declined_business
        .and_then(|business| percent(succeeded.actual, attempted.actual - business));
}

/// Served ÷ (served + failed + never arrived); a business decline is served.
fn by_attempts(figures: &Figures) -> Option<Share> {
    let Some(attempted) = figures.attempted else {
        // Without attempts, what was expected to succeed is what wanted to be served.
        let line = figures.succeeded?;
        let share = |expected: i64| percent(line.actual.min(expected), expected);
        let interval =
            line.interval.and_then(|(low, high)| Some((share(high)?, share(low.max(1))?)));
        return Some(Share { share: share(line.expected?)?, interval });
    };
    let failed = figures.failed.unwrap_or(0);
    let share = |expected: i64| {
        let missing = (expected - attempted.actual).max(0);
        percent(attempted.actual - failed, attempted.actual + missing)
    };
    let interval = attempted.interval.and_then(|(low, high)| Some((share(high)?, share(low)?)));
    Some(Share { share: share(attempted.expected?)?, interval })
}
