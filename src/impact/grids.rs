use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::estimate::{DayKind, Frame, Grid};
use super::series::{Measure, Series, Slice};

/// Share of bins with rows from which on a silent bin is a gap of the file: nineteen in twenty.
const DENSE_OF_TWENTY: i64 = 19;
/// A silence that is a gap in any file: a day.
const LONG_SILENCE: i64 = 86_400;
/// The longest history that goes in: thirteen weeks.
pub const HISTORY_SECONDS: i64 = 91 * 86_400;

/// The bins of a file and how its silence is read.
#[derive(Debug)]
pub struct Grids<'s> {
    series: &'s Series,
    /// The bins.
    pub frame: Arc<Frame>,
    /// Rows of the file in each bin, whatever they are about.
    rows: Vec<u32>,
    /// Bins without a row that are gaps, where nothing is known; in other silent bins nothing
    /// happened.
    gaps: Vec<bool>,
    /// Whether silence mostly means that nothing happened.
    pub sparse: bool,
    /// The window that is asked about: there, silence is never a gap.
    window: (i64, i64),
}

impl<'s> Grids<'s> {
    /// Lays the bins of a series from thirteen weeks before a window (seconds of the epoch) to
    /// `until`, or to where the series ends. None where there is no bin.
    pub fn new(
        series: &'s Series,
        window: Option<(i64, i64)>,
        until: i64,
        zone: Tz,
        kind: &dyn Fn(NaiveDate) -> DayKind,
    ) -> Option<Grids<'s>> {
        let (first, last) = series.notes.span?;
        let begin = window.map_or(first, |(from, _)| first.max(from - HISTORY_SECONDS));
        let end = last.min(until);
        if end < begin {
            return None;
        }
        let frame = Arc::new(Frame::new(series.width, begin, end, zone, kind));
        let mut rows = vec![0_u32; usize::try_from(frame.bins).ok()?];
        for (second, cell) in series.presence.cells(series.width) {
            let place = usize::try_from(frame.bin_of(second)).ok();
            if let Some(place) = place.and_then(|bin| rows.get_mut(bin)) {
                *place = cell.rows;
            }
        }
        let window = window.map_or((frame.bins, frame.bins), |(from, to)| {
            (frame.bin_of(from), frame.bin_of(to - 1) + 1)
        });
        let before = usize::try_from(window.0.clamp(0, frame.bins)).unwrap_or(0);
        let history = rows.get(..before).unwrap_or_default();
        let held = history.iter().filter(|rows| **rows > 0).count();
        let sparse = i64::try_from(held * 20).ok()? < DENSE_OF_TWENTY * window.0.max(1);
        let gaps = gaps(&rows, !sparse, LONG_SILENCE / series.width);
        Some(Grids { series, frame, rows, gaps, sparse, window })
    }

    /// The bins of the window.
    pub fn window(&self) -> (i64, i64) {
        self.window
    }

    /// The grid of one measure; `odd` says which bins tell nothing of an ordinary day.
    pub fn grid(&self, slice: &Slice, measure: Measure, odd: &dyn Fn(i64) -> bool) -> Grid {
        self.grid_of(slice, &|cell| cell.get(measure), odd)
    }

    /// The grid of what is worked out from each bin's sums.
    pub fn grid_of(
        &self,
        slice: &Slice,
        of: &dyn Fn(&super::series::Cell) -> i64,
        odd: &dyn Fn(i64) -> bool,
    ) -> Grid {
        let mut held: HashMap<i64, i64> = HashMap::new();
        for (second, cell) in slice.cells(self.series.width) {
            held.insert(self.frame.bin_of(second), of(cell));
        }
        let (from, to) = self.window;
        let mut counts = Vec::with_capacity(self.rows.len());
        for (bin, gap) in (0_i64..).zip(&self.gaps) {
            let silent = || (!gap || (from..to).contains(&bin)).then_some(0);
            counts.push(held.get(&bin).copied().or_else(silent));
        }
        Grid::new(Arc::clone(&self.frame), counts, odd)
    }

    /// Bins of the window in which the file holds no row at all.
    pub fn silent_in_window(&self) -> i64 {
        let (from, to) = self.window;
        let rows = (0_i64..).zip(&self.rows);
        let silent = rows.filter(|(bin, rows)| (from..to).contains(bin) && **rows == 0).count();
        i64::try_from(silent).unwrap_or(i64::MAX)
    }

    /// Bins of the history that are gaps.
    pub fn gaps_before(&self) -> usize {
        let before = usize::try_from(self.window.0).unwrap_or(0);
        self.gaps.iter().take(before).filter(|gap| **gap).count()
    }

    /// Bins with at least twice as many rows as nine bins in ten have; 0 where rows come unevenly.
    pub fn doubled(&self) -> usize {
        let mut held: Vec<u32> = self.rows.iter().copied().filter(|rows| *rows > 0).collect();
        held.sort_unstable();
        let at = |tenths: usize| held.get(held.len() * tenths / 10).copied().unwrap_or(0);
        let usual = at(5);
        if usual == 0 || at(1) != usual || at(8) != usual {
            return 0;
        }
        held.iter().filter(|rows| **rows >= usual.saturating_mul(2)).count()
    }
}

/// Which bins are gaps: silent ones of a dense file, and long silences of any.
fn gaps(rows: &[u32], dense: bool, long: i64) -> Vec<bool> {
    let long = usize::try_from(long).unwrap_or(usize::MAX);
    let mut gaps = vec![false; rows.len()];
    let mut begins = 0;
    while begins < rows.len() {
        let silent = rows.iter().skip(begins).take_while(|rows| **rows == 0).count();
        if silent > 0 && (dense || silent >= long) {
            gaps.iter_mut().skip(begins).take(silent).for_each(|gap| *gap = true);
        }
        begins += silent.max(1);
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_a_gap_in_a_dense_file_and_nothing_in_a_sparse_one() {
        assert_eq!(gaps(&[1, 0, 1], true, 288), [false, true, false]);
        assert_eq!(gaps(&[1, 0, 1], false, 288), [false, false, false]);
        assert_eq!(gaps(&[0, 0, 1, 0], false, 2), [true, true, false, false]);
    }
}
