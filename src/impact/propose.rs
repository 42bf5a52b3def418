use chrono_tz::Tz;

use super::estimate::{Frame, Grid, expect, fails_above};
use super::measure::moment;
use crate::units::{Decimal, Instant, Percent};

/// What the data propose as times of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The first bin in which something was wrong.
    pub started: Instant,
    /// The end of the last one; none while the series ends in it.
    pub restored: Option<Instant>,
    /// Stretches that were about equally bad.
    pub periods: Vec<Stretch>,
}

/// A stretch in which about the same share failed or was missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Start.
    pub from: Instant,
    /// End.
    pub to: Instant,
    /// Share of what was expected that failed or did not come.
    pub degradation: Percent,
}

/// A proposal by bins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// From, to, percent.
    stretches: Vec<(i64, i64, i64)>,
    open: bool,
}

/// Bins in a row that make a stretch: one alone may be chance.
const FEWEST: i64 = 2;
/// A good bin between two bad ones ends nothing.
const BRIDGE: i64 = 1;

/// Finds the bins in which less came than the 90 % interval of a single bin allows, or more failed
/// than usual; `expected` are those of the bins from `begin` up to `end`.
pub(super) fn propose(
    before: &Grid,
    actual: &Grid,
    failing: Option<&(Grid, Grid)>,
    (begin, end): (i64, i64),
    expected: &[i64],
) -> Option<Found> {
    let hour = before.frame.bins_of(3600);
    let usual = failing.map(|(tried, failed)| {
        // The week before: long enough for a share, short enough to be the present one.
        let from = begin - 7 * before.frame.a_day();
        (failed.actual(from, begin).0, tried.actual(from, begin).0)
    });
    let mut allowed = (0, 1);
    let mut bad: Vec<(i64, i64)> = Vec::new();
    for (bin, expected) in (begin..end).zip(expected) {
        if (bin - begin) % hour == 0
            && let Some(one) = expect(before, bin, bin + 1)
        {
            allowed = one.interval.map_or((0, 1), |(low, _)| (low, one.count.max(1)));
        }
        let came = actual.count(bin).unwrap_or(0);
        let least = i128::from(*expected) * i128::from(allowed.0) / i128::from(allowed.1);
        let few = i128::from(came) < least;
        let missing = percent_of(expected - came, *expected);
        let failed = failing.zip(usual).and_then(|((tried, failed), usual)| {
            let (tried, failed) = (tried.count(bin)?, failed.count(bin)?);
            fails_above(tried, failed, usual).then(|| percent_of(failed, tried))
        });
        match (few, failed) {
            (true, failed) => bad.push((bin, missing.max(failed.unwrap_or(0)))),
            (false, Some(failed)) => bad.push((bin, failed)),
            (false, None) => {}
        }
    }
    let mut runs: Vec<Vec<(i64, i64)>> = Vec::new();
    for (bin, share) in bad {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, _)| bin - last <= 1 + BRIDGE) => {
                run.push((bin, share));
            }
            _ => runs.push(vec![(bin, share)]),
        }
    }
    runs.retain(|run| i64::try_from(run.len()).is_ok_and(|n| n >= FEWEST));
    let last = runs.last()?.last()?.0;
    let stretches = runs.iter().flat_map(|run| stretches(run)).collect();
    Some(Found { stretches, open: last + 1 >= end && end >= before.frame.bins })
}

fn percent_of(part: i64, whole: i64) -> i64 {
    let exact = i128::from(part.max(0)) * 100 / i128::from(whole.max(1));
    i64::try_from(exact).unwrap_or(100).min(100)
}

/// Cuts a run where it turns from slight to partial to full, or back, for two bins at least.
fn stretches(run: &[(i64, i64)]) -> Vec<(i64, i64, i64)> {
    let band = |share: i64| match share {
        75.. => 2,
        25.. => 1,
        _ => 0,
    };
    let mut parts: Vec<(i64, Vec<(i64, i64)>)> = Vec::new();
    for (place, (bin, share)) in run.iter().enumerate() {
        let own = band(*share);
        let stays = run.get(place + 1).is_some_and(|(_, next)| band(*next) == own);
        match parts.last_mut() {
            Some((known, part)) if *known == own || !stays => part.push((*bin, *share)),
            _ => parts.push((own, vec![(*bin, *share)])),
        }
    }
    let ends: Vec<Option<i64>> =
        parts.iter().skip(1).map(|(_, p)| p.first().map(|(b, _)| *b)).chain([None]).collect();
    let whole = parts.iter().zip(ends).filter_map(|((_, part), next)| {
        let (first, last) = (part.first()?.0, part.last()?.0);
        let n = i64::try_from(part.len()).ok()?;
        let mean = part.iter().map(|(_, share)| share).sum::<i64>() / n.max(1);
        Some((first, next.unwrap_or(last + 1), mean))
    });
    whole.collect()
}

impl Found {
    /// The bins as moments.
    pub(super) fn placed(&self, frame: &Frame, zone: Tz) -> Proposal {
        let at = |bin: i64| moment(frame.start_of(bin), zone);
        let (first, last) = match (self.stretches.first(), self.stretches.last()) {
            (Some(first), Some(last)) => (first.0, last.1),
            _ => (0, 0),
        };
        let periods = self.stretches.iter().map(|(from, to, share)| Stretch {
            from: at(*from),
            to: at(*to),
            degradation: Percent(Decimal::from(*share)),
        });
        Proposal {
            started: at(first),
            restored: (!self.open).then(|| at(last)),
            periods: periods.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_cut_where_it_turns_for_good() {
        let run = [(0, 30), (1, 40), (2, 100), (3, 95), (4, 60), (5, 100), (6, 30), (7, 35)];
        assert_eq!(stretches(&run), [(0, 2, 35), (2, 6, 88), (6, 8, 32)]);
        assert_eq!(stretches(&[(4, 10), (6, 20)]), [(4, 7, 15)]);
    }
}
