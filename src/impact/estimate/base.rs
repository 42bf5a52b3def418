use super::{DayKind, Grid, median};

/// What a window is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Base {
    /// The same time of week in the weeks before.
    Weeks,
    /// The same time of day on the days before: where there are no three weeks of history.
    Days,
    /// The hour before: where there is no more.
    HourBefore,
}

/// How an expectation is made: the base, and how much of the hours before goes into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Method {
    /// What the window is compared with.
    pub base: Base,
    /// The hours before the window whose level goes in; 0 for none.
    pub level_hours: i64,
    /// How much of it, in halves: 2 is all.
    pub halves: i32,
}

/// Weeks of which the middle one is taken.
pub(super) const WEEKS: i64 = 8;
/// Days of which the middle one is taken.
const DAYS: i64 = 7;
/// Weeks before that make the weeks a base without the days' help.
const WEEKS_ENOUGH: usize = 3;
/// How far the level before may move an expectation: ten times.
const LEVEL_BOUND: f64 = 10.0;

/// Every way of looking at the hours before that is tried.
const LEVELS: [(i64, i32); 7] = [(0, 0), (1, 1), (1, 2), (3, 1), (3, 2), (24, 1), (24, 2)];

/// What windows before would say of one window: the middle of them, and how many there were.
pub(super) fn reference(grid: &Grid, from: i64, to: i64, base: Base) -> Option<(f64, usize)> {
    let frame = &grid.frame;
    if base == Base::HourBefore {
        let hour = frame.bins_of(3600);
        let before = grid.ordinary(from - hour, from)?;
        return Some((before * super::float(to - from) / super::float(hour), 1));
    }
    let (step, most) = if base == Base::Weeks { (7, WEEKS) } else { (1, DAYS) };
    let mut found = [0.0; WEEKS as usize];
    let mut n = 0;
    for k in 1..=most {
        let start = frame.days_before(from, k * step);
        let end = start + (to - from);
        // A window longer than the step must not be compared with itself.
        if end > from || frame.kind(i64::midpoint(start, end)) != DayKind::Ordinary {
            continue;
        }
        if let (Some(sum), Some(place)) = (grid.ordinary(start, end), found.get_mut(n)) {
            *place = sum;
            n += 1;
        }
    }
    let middle = median(found.get_mut(..n)?)?;
    Some((middle, n))
}

/// The methods that a window allows, the plain one of each base first.
pub(super) fn methods(weeks: usize, days: usize) -> Vec<Method> {
    let mut bases = Vec::new();
    if weeks > 0 {
        bases.push(Base::Weeks);
    }
    if weeks < WEEKS_ENOUGH && days > 0 {
        bases.push(Base::Days);
    }
    let with = |base| LEVELS.map(move |(level_hours, halves)| Method { base, level_hours, halves });
    let mut methods: Vec<Method> = bases.into_iter().flat_map(with).collect();
    if methods.is_empty() {
        methods.push(Method { base: Base::HourBefore, level_hours: 0, halves: 0 });
    }
    methods
}

/// One window seen by every method; what they share is worked out once.
pub(super) fn seen(grid: &Grid, from: i64, to: i64, methods: &[Method]) -> Vec<Option<f64>> {
    let mut bases: Vec<(Base, Option<f64>)> = Vec::new();
    let mut levels: Vec<((Base, i64), Option<f64>)> = Vec::new();
    let mut all = Vec::with_capacity(methods.len());
    for method in methods {
        let plain =
            remembered(&mut bases, method.base, || Some(reference(grid, from, to, method.base)?.0));
        let level = match method.level_hours {
            0 => Some(1.0),
            hours => remembered(&mut levels, (method.base, hours), || {
                level(grid, from, hours, method.base)
            }),
        };
        all.push(
            plain.zip(level).map(|(plain, level)| {
                plain * if method.halves == 1 { level.sqrt() } else { level }
            }),
        );
    }
    all
}

fn remembered<K: PartialEq>(
    known: &mut Vec<(K, Option<f64>)>,
    key: K,
    work_out: impl FnOnce() -> Option<f64>,
) -> Option<f64> {
    if let Some((_, value)) = known.iter().find(|(k, _)| *k == key) {
        return *value;
    }
    let value = work_out();
    known.push((key, value));
    value
}

/// How the hours before a window compare with what was expected of them.
fn level(grid: &Grid, from: i64, hours: i64, base: Base) -> Option<f64> {
    let before = from - grid.frame.bins_of(hours * 3600);
    let actual = grid.ordinary(before, from)?;
    let (expected, _) = reference(grid, before, from, base)?;
    // One more on both sides: nothing over nothing is no level, and few counts say little.
    Some(((actual + 1.0) / (expected + 1.0)).clamp(1.0 / LEVEL_BOUND, LEVEL_BOUND))
}

#[cfg(test)]
mod tests {
    use super::super::grid::tests::half_hours;
    use super::*;

    #[test]
    fn one_wild_week_does_not_move_the_middle() {
        let week = 7 * 48;
        let grid = half_hours(35, |bin| Some(if bin / week == 2 { 900 } else { 100 }));
        let at = 4 * week + 10;
        assert_eq!(reference(&grid, at, at + 4, Base::Weeks), Some((400.0, 4)));
    }

    #[test]
    fn a_window_is_never_compared_with_itself() {
        let grid = half_hours(30, |bin| Some(bin / 48));
        // Ten days long: the week before would hold three of its own days.
        let (from, to) = (20 * 48, 30 * 48);
        assert_eq!(reference(&grid, from, to, Base::Weeks).unwrap().1, 1);
        assert_eq!(reference(&grid, from, to, Base::Days), None);
    }

    #[test]
    fn the_level_before_goes_in_by_half_or_whole() {
        let week = 7 * 48;
        // Twice as much from the third week on.
        let grid = half_hours(35, |bin| Some(if bin >= 4 * week { 400 } else { 100 }));
        let at = 4 * week + 60;
        let all = seen(&grid, at, at + 2, &methods(4, 7));
        let whole: Vec<i64> = all.iter().map(|e| super::super::whole(e.unwrap())).collect();
        assert_eq!(whole, [200, 399, 797, 400, 799, 400, 800]);
    }

    #[test]
    fn less_history_means_fewer_ways() {
        assert_eq!(methods(5, 7).len(), 7);
        assert_eq!(methods(1, 7).len(), 14);
        assert_eq!(methods(0, 0).first().unwrap().base, Base::HourBefore);
    }
}
