//! Counts and times of a period's incidents.

use crate::impact::mean_time;
use crate::incident::{DetectionSource, EntryKind, Record};
use crate::timing::{self, Lapse};
use crate::units::{Decimal, Instant, Span};

/// Counts and times of a period's incidents; each over those that give it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kpi {
    /// Incidents that began in the period.
    pub incidents: usize,
    /// Customers in the largest active base that a record of the period names.
    pub active_base: Option<u64>,
    /// Found by ourselves, and with a source at all.
    pub proactive: (usize, usize),
    /// Came back after they were restored.
    pub relapsed: usize,
    /// Taken up again after they were resolved, closed or cancelled.
    pub reopened: usize,
    /// Caused by a change.
    pub by_change: usize,
    /// Related to an earlier one.
    pub repeats: usize,
    /// From impact start to detection.
    pub to_detect: Option<Times>,
    /// From detection to somebody's answer.
    pub to_acknowledge: Option<Times>,
    /// Time to restore service (ITIL's MTRS): number, mean, median, worst.
    pub to_restore: Option<Times>,
    /// From detection to the end of the work.
    pub to_resolve: Option<Times>,
}

/// A mean never stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// How many gave one.
    pub number: usize,
    /// Their mean, floored to the second.
    pub mean: Span,
    /// The middle one; of an even number the mean of the middle two.
    pub median: Span,
    /// The longest.
    pub worst: Span,
}

impl Kpi {
    /// Incidents per thousand customers of the active base, to four digits.
    pub fn per_thousand(&self) -> Option<Decimal> {
        let thousand = Decimal::from(self.incidents).checked_mul(Decimal::ONE_THOUSAND)?;
        Some(thousand.checked_div(self.active_base?.into())?.round_dp(4).normalize())
    }
}

/// Counts the incidents that began in a period.
pub(super) fn kpi(began: &[&Record], now: Instant) -> Kpi {
    use DetectionSource as Source;
    let source = |r: &&&Record| r.detection.as_ref().and_then(|d| d.source);
    let with_source: Vec<Source> = began.iter().filter_map(|r| source(&r)).collect();
    let own = [Source::Alert, Source::EarlyWarning, Source::Employee, Source::Reconciliation];
    let relapsed = |r: &&&Record| {
        r.impact.as_ref().is_some_and(|i| {
            let gaps = i.periods.windows(2).filter(|two| match two {
                [a, b] => a.to.is_some_and(|to| b.from > to),
                _ => false,
            });
            gaps.count() > 0
        })
    };
    let by_change = |r: &&&Record| {
        let causes = r.causes.as_ref();
        causes.is_some_and(|c| c.change.is_some() || c.category.as_deref() == Some("change"))
    };
    let bases = began.iter().filter_map(|r| r.impact.as_ref()?.customers.as_ref()?.active_base);
    let reopened = |r: &&&Record| {
        // `inc reopen` keeps the time that it takes back in the words of its entry.
        let words = |e: &crate::incident::Entry| e.text.starts_with("reopened (");
        r.timeline.iter().any(|e| e.kind == Some(EntryKind::Status) && words(e))
    };
    let all: Vec<timing::Timings> = began.iter().map(|r| timing::clocks(r, now)).collect();
    let of = |clock: fn(&timing::Timings) -> Lapse| {
        Times::of(all.iter().filter_map(|t| clock(t).took()).collect())
    };
    Kpi {
        incidents: began.len(),
        active_base: bases.max(),
        proactive: (with_source.iter().filter(|s| own.contains(s)).count(), with_source.len()),
        relapsed: began.iter().filter(relapsed).count(),
        reopened: began.iter().filter(reopened).count(),
        by_change: began.iter().filter(by_change).count(),
        repeats: began.iter().filter(|r| !r.related.is_empty()).count(),
        to_detect: of(|t| t.to_detect),
        to_acknowledge: of(|t| t.to_acknowledge),
        to_restore: of(|t| t.to_restore),
        to_resolve: of(|t| t.to_resolve),
    }
}

impl Times {
    /// Mean, middle and longest; none of nothing.
    pub(in crate::reports) fn of(mut all: Vec<Span>) -> Option<Times> {
        all.sort_unstable();
        let number = all.len();
        let upper = *all.get(number / 2)?;
        let lower = *all.get((number - 1) / 2)?;
        let sum = all.iter().map(|s| s.seconds()).fold(0, i64::saturating_add);
        Some(Times {
            number,
            mean: mean_time(Span::from_seconds(sum), number)?,
            median: Span::from_seconds(lower.seconds().midpoint(upper.seconds())),
            worst: *all.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_never_stands_alone() {
        let spans = [10, 20, 90].map(Span::from_minutes).to_vec();
        let t = Times::of(spans).unwrap();
        let all = (t.number, t.mean, t.median, t.worst);
        assert_eq!(
            all,
            (3, Span::from_minutes(40), Span::from_minutes(20), Span::from_minutes(90))
        );
        assert_eq!(Times::of(vec![]), None);
    }
}
