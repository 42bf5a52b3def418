use std::sync::Arc;

use super::{Frame, float};

/// A share of a window's bins below which the rest tells nothing of the whole: four fifths.
const ENOUGH: f64 = 0.8;

/// One count by bins of time, with what is missing, ready to be added up over any window.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The bins.
    pub frame: Arc<Frame>,
    /// Sums and numbers of the bins that are held, up to each bin.
    sums: Vec<f64>,
    held: Vec<u32>,
    /// The counts as they came, also of bins that tell nothing of an ordinary day.
    counts: Vec<Option<i64>>,
}

impl Grid {
    /// Makes a grid of counts by bins, none where a bin is missing; `odd` says which bins tell
    /// nothing of an ordinary day, such as those of other incidents.
    pub fn new(frame: Arc<Frame>, counts: Vec<Option<i64>>, odd: &dyn Fn(i64) -> bool) -> Grid {
        let (mut sums, mut held) = (vec![0.0], vec![0]);
        let (mut sum, mut number) = (0.0, 0_u32);
        for (bin, count) in (0..).zip(&counts) {
            if let Some(count) = count.filter(|_| !odd(bin)) {
                sum += float(count);
                number += 1;
            }
            sums.push(sum);
            held.push(number);
        }
        Grid { frame, sums, held, counts }
    }

    /// How many bins there are.
    pub fn len(&self) -> i64 {
        i64::try_from(self.counts.len()).unwrap_or(i64::MAX)
    }

    /// Whether there are no bins.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// What came in the bins from `from` up to `to`, and how many of them are missing.
    pub fn actual(&self, from: i64, to: i64) -> (i64, i64) {
        let within = from.max(0)..to.min(self.len());
        let missing = (to - from - (within.end - within.start).max(0)).max(0);
        let counts = within.map(|bin| self.count(bin));
        counts.fold((0, missing), |(sum, missing), count| match count {
            Some(count) => (i64::saturating_add(sum, count), missing),
            None => (sum, missing + 1),
        })
    }

    /// The count of a bin.
    pub fn count(&self, bin: i64) -> Option<i64> {
        usize::try_from(bin).ok().and_then(|bin| self.counts.get(bin).copied().flatten())
    }

    /// The first bin that holds anything.
    pub fn first(&self) -> Option<i64> {
        self.counts.iter().position(Option::is_some).and_then(|bin| i64::try_from(bin).ok())
    }

    /// What a window of ordinary days holds, scaled up where some of its bins are missing; none
    /// where too many are.
    pub(super) fn ordinary(&self, from: i64, to: i64) -> Option<f64> {
        let (a, b) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
        let held = self.held.get(b)?.checked_sub(*self.held.get(a)?)?;
        let length = float(to - from);
        let held = f64::from(held);
        if length <= 0.0 || held < ENOUGH * length {
            return None;
        }
        Some((self.sums.get(b)? - self.sums.get(a)?) * length / held)
    }

    /// The grid with a part of a window taken out, `(number, of)` of each count, and how much that
    /// was in all: a hole of which the truth is known.
    #[must_use]
    pub fn cut(&self, from: i64, to: i64, (number, of): (i64, i64)) -> (Grid, i64) {
        let mut counts = self.counts.clone();
        let mut gone = 0_i64;
        for bin in from..to {
            let place = usize::try_from(bin).ok().and_then(|bin| counts.get_mut(bin));
            if let Some(Some(count)) = place {
                let taken = (*count * number + of / 2) / of.max(1);
                *count -= taken;
                gone = gone.saturating_add(taken);
            }
        }
        let odd = |bin: i64| self.count(bin).is_some() && self.ordinary(bin, bin + 1).is_none();
        (Grid::new(Arc::clone(&self.frame), counts, &odd), gone)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::DayKind;
    use super::*;

    /// A grid of half-hours from Monday, 1 January 2024, in UTC.
    pub(in crate::impact::estimate) fn half_hours(
        days: i64,
        count: impl Fn(i64) -> Option<i64>,
    ) -> Grid {
        let from = 1_704_067_200;
        let ordinary = |_: chrono::NaiveDate| DayKind::Ordinary;
        let frame = Frame::new(1800, from, from + days * 86_400 - 1, chrono_tz::UTC, &ordinary);
        Grid::new(Arc::new(frame), (0..days * 48).map(count).collect(), &|_| false)
    }

    #[test]
    fn a_window_with_few_bins_missing_is_scaled_and_with_many_unknown() {
        let grid = half_hours(1, |bin| (bin % 10 != 0).then_some(2));
        assert_eq!(grid.ordinary(0, 10), Some(20.0));
        assert_eq!(grid.ordinary(0, 2), None);
        assert_eq!(grid.actual(0, 10), (18, 1));
        assert_eq!(grid.actual(40, 60), (14, 1 + 12));
        assert_eq!(grid.first(), Some(1));
    }

    #[test]
    fn a_cut_takes_what_it_says() {
        let grid = half_hours(1, |_| Some(10));
        let (cut, gone) = grid.cut(4, 8, (30, 100));
        assert_eq!((gone, cut.actual(0, 48).0), (12, 468));
        assert_eq!(grid.actual(0, 48).0, 480);
    }
}
