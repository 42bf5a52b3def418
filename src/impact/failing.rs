use std::collections::BTreeMap;

use super::periods::{ALL, ImpactWindow};
use super::window::{Window, longest};
use crate::incident::{Kind, Record};
use crate::units::{Decimal, Instant, Percent, Span};

/// Minutes of impact, each weighed by the share that failed in it; overlaps take the worst share.
///
/// Unknown where a window's share is (an outage's is 100 %: nothing works). Exact to a
/// millionth of a minute, half-even.
pub fn degraded_minutes(record: &Record, now: Instant) -> Option<Decimal> {
    let shares = shares(record, now)?;
    Some(weighed_minutes(shares)?.round_dp(6).normalize())
}

/// The windows of a record with the fraction that failed in each; none where one is unknown.
pub fn shares(record: &Record, now: Instant) -> Option<Vec<(Window, Decimal)>> {
    let down = matches!(record.kind, Some(Kind::Outage | Kind::Interruption));
    let windows = super::windows(record, now)?.into_iter();
    windows.map(|w| Some((w.window, w.degradation.or(down.then_some(ALL))?.fraction()))).collect()
}

/// Minutes of windows, each weighed; where windows overlap, the heaviest counts alone.
///
/// None where the sum does not fit.
pub fn weighed_minutes(windows: impl IntoIterator<Item = (Window, Decimal)>) -> Option<Decimal> {
    let mut edges: Vec<(Instant, bool, Decimal)> = Vec::new();
    for (window, weight) in windows {
        edges.push((window.from, true, weight));
        edges.push((window.to, false, weight));
    }
    edges.sort_by_key(|(at, _, _)| *at);
    // The weights at the moment of the sweep, with how many windows have each.
    let mut present: BTreeMap<Decimal, i64> = BTreeMap::new();
    let (mut since, mut sum) = (None, Decimal::ZERO);
    for (at, starts, weight) in edges {
        if let (Some(since), Some((heaviest, _))) = (since, present.last_key_value()) {
            let seconds = Decimal::from(at.since(since).seconds());
            sum = sum.checked_add(seconds.checked_mul(*heaviest)?)?;
        }
        since = Some(at);
        let count = present.entry(weight).or_default();
        *count += if starts { 1 } else { -1 };
        if *count == 0 {
            present.remove(&weight);
        }
    }
    sum.checked_div(Decimal::from(60))
}

/// How long a share of attempts failed without a break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sustained {
    /// Longest stretch at or above the share.
    pub longest: Span,
    /// The periods that it was read from (their places in `impact.periods`).
    pub periods: Vec<usize>,
    /// Whether any period of those services says its share.
    pub measured: bool,
}

/// The longest stretch in which at least `share` of attempts failed on one of the services.
///
/// A window without a service counts for every service of the record, so it counts when
/// `includes_all`. Windows that touch are one stretch, whichever service they are about.
pub fn sustained(
    windows: &[ImpactWindow<'_>],
    share: Percent,
    includes_all: bool,
    mut includes: impl FnMut(&str) -> bool,
) -> Sustained {
    let (mut stretches, mut periods): (Vec<Window>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut measured = false;
    for w in windows {
        let (Some(degradation), Some(index)) = (w.degradation, w.index) else { continue };
        if w.service.map_or(includes_all, &mut includes) {
            measured = true;
            periods.push(index);
            if degradation >= share {
                stretches.push(w.window);
            }
        }
    }
    Sustained { longest: longest(stretches), periods, measured }
}

#[cfg(test)]
mod tests {
    use super::super::periods::tests::{period, record};
    use super::super::window::tests::at;
    use super::super::windows;
    use super::*;

    fn minutes(record: &Record) -> Option<String> {
        degraded_minutes(record, at("06:00")).map(|d| d.to_string())
    }

    #[test]
    fn partial_outages_weigh_partly_and_overlaps_once_with_the_worst() {
        let mut r = record();
        r.impact_mut().periods = vec![
            period("03:00", Some("03:40"), None, Some("45%")),
            period("03:30", Some("04:00"), None, Some("100%")),
            period("05:00", Some("05:10"), None, Some("12.5%")),
        ];
        // 30 min × 45 % + 30 min × 100 % + 10 min × 12.5 %
        assert_eq!(minutes(&r).as_deref(), Some("44.75"));
    }

    #[test]
    fn an_unknown_share_makes_the_sum_unknown_except_in_an_outage() {
        let mut r = record();
        r.impact_mut().periods = vec![period("03:00", Some("03:40"), None, None)];
        assert_eq!(minutes(&r), None);
        r.kind = Some(Kind::Degradation);
        assert_eq!(minutes(&r), None);
        r.kind = Some(Kind::Outage);
        assert_eq!(minutes(&r).as_deref(), Some("40"));
    }

    #[test]
    fn seconds_are_not_lost() {
        let mut r = record();
        r.impact_mut().periods = vec![period("03:00", None, None, Some("33.333%"))];
        r.impact_mut().periods[0].to = Some(at("03:00").plus(Span::from_seconds(1)));
        assert_eq!(minutes(&r).as_deref(), Some("0.005556"));
    }

    #[test]
    fn a_failure_is_sustained_while_its_stretch_has_no_gap() {
        let mut r = record();
        r.impact_mut().periods = vec![
            period("03:00", Some("03:04"), Some("card-auth"), Some("60%")),
            period("03:04", Some("03:10"), Some("checkout"), Some("50%")),
            period("03:10", Some("03:30"), Some("checkout"), Some("49.9%")),
            period("03:00", Some("04:00"), Some("portal"), Some("100%")),
        ];
        let windows = windows(&r, at("06:00")).unwrap();
        let tier1 = |s: &str| s == "card-auth" || s == "checkout";
        let half = sustained(&windows, "50%".parse().unwrap(), true, tier1);
        assert_eq!((half.longest, half.periods), (Span::from_minutes(10), vec![0, 1, 2]));
        let tenth = sustained(&windows, "10%".parse().unwrap(), true, tier1);
        assert_eq!(tenth.longest, Span::from_minutes(30));
    }

    #[test]
    fn a_window_of_every_service_counts_and_one_without_share_measures_nothing() {
        let mut r = record();
        r.impact_mut().periods = vec![period("03:00", Some("03:30"), None, Some("80%"))];
        let all =
            sustained(&windows(&r, at("06:00")).unwrap(), "50%".parse().unwrap(), true, |_| false);
        assert_eq!(all.longest, Span::from_minutes(30));
        r.impact_mut().periods = vec![period("03:00", Some("03:30"), None, None)];
        let none =
            sustained(&windows(&r, at("06:00")).unwrap(), "50%".parse().unwrap(), true, |_| false);
        assert!(!none.measured);
    }
}
