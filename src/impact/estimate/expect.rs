use super::base::{Base, Method, methods, reference, seen};
use super::{DayKind, Grid, float, median, whole};

/// How far back the method's own errors are looked for: five weeks, so that they are of the series
/// as it is now.
const LOOK_BACK_DAYS: i64 = 35;
/// How far from a window's time of day another one is of the same kind: four hours.
const NEAR_SECONDS: i64 = 4 * 3600;
/// Days of history below which windows at every time of day count.
const DAYS_FOR_NEAR: i64 = 28;
/// How much better another method must be to stand in place of a plainer one.
const BETTER: f64 = 0.98;
/// Errors below which there is no saying how large they are.
const FEWEST: usize = 8;
/// How often the truth lies below the interval, and above it: 5 % each.
const TAIL: f64 = 0.05;

/// What a window would have held, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The expectation.
    pub count: i64,
    /// The ends of the 90 % interval; none where there are too few windows to compare with.
    pub interval: Option<(i64, i64)>,
    /// How it was made.
    pub known: Known,
    /// The method's median error on unharmed windows, in hundredths of a percent of what they
    /// were expected to hold: the noise floor.
    pub floor: Option<i64>,
}

/// What an expectation rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// How it was made.
    pub method: Method,
    /// Weeks or days that it is the middle of.
    pub references: usize,
    /// Unharmed windows whose errors gave the interval.
    pub windows: usize,
    /// What kind of day the window is on.
    pub day: DayKind,
    /// How many earlier days of that kind it was compared with; 0 on ordinary days.
    pub like_days: usize,
}

/// Says what the bins from `from` up to `to` would have held; none where nothing before is known.
///
/// The base is the middle of the same window in the weeks before (a day of another kind is left
/// out), moved by the level of the hours before as far as that made smaller errors on the windows
/// of the last five weeks. Those errors, as shares of what was expected, give the interval: between
/// their 5th and 95th hundredth, widened for how few of them do not overlap. On a payday, in a
/// campaign or on a holiday the ordinary expectation is multiplied by what earlier days of the kind
/// had over theirs.
pub fn expect(grid: &Grid, from: i64, to: i64) -> Option<Expected> {
    if to <= from {
        return None;
    }
    let weeks = reference(grid, from, to, Base::Weeks).map_or(0, |r| r.1);
    let days = reference(grid, from, to, Base::Days).map_or(0, |r| r.1);
    let day = grid.frame.kind(i64::midpoint(from, to));
    let mut methods = methods(weeks, days);
    let like = if day == DayKind::Ordinary { None } else { like_days(grid, from, to, day) };
    if like.is_some() {
        // What earlier days of the kind had holds their level; the hours before hold it again.
        methods.retain(|m| m.level_hours == 0);
    }
    let here = seen(grid, from, to, &methods);
    let errors = errors(grid, from, to, &methods, &here);
    let (place, mut errors) = best(errors, &here).or_else(|| {
        let first = here.iter().position(Option::is_some)?;
        Some((first, Errors::default()))
    })?;
    let method = *methods.get(place)?;
    let plain = here.get(place).copied().flatten()?;
    let (factor, like_days) = like.as_ref().map_or((1.0, 0), |like| (like.factor, like.days));
    let count = plain * factor;
    let scale = count.max(1.0);
    let wider = if day == DayKind::Ordinary { 0.0 } else { unlike(grid, from, to, plain, &like) };
    let interval = (errors.shares.len() >= FEWEST).then(|| {
        let (low, high) = tails(&mut errors.shares, errors.apart);
        let (low, high) = (low - wider, high + wider);
        (whole((count + low * scale).max(0.0)), whole((count + high * scale).max(0.0)))
    });
    let references = match method.base {
        Base::Weeks => weeks,
        Base::Days => days,
        Base::HourBefore => 1,
    };
    let windows = errors.shares.len();
    let known = Known { method, references, windows, day, like_days };
    let floor = interval.and(errors.middle).map(|m| whole(m * 10_000.0));
    Some(Expected { count: whole(count), interval, known, floor })
}

/// What a method got wrong on unharmed windows.
#[derive(Debug, Default)]
struct Errors {
    /// (actual − expected) ÷ expected.
    shares: Vec<f64>,
    /// The median of their sizes.
    middle: Option<f64>,
    /// How many windows there were that do not overlap.
    apart: f64,
}

/// Every method's errors on windows of the same length and kind that end before the window.
fn errors(
    grid: &Grid,
    from: i64,
    to: i64,
    methods: &[Method],
    here: &[Option<f64>],
) -> Vec<Errors> {
    let frame = &grid.frame;
    let (length, a_day) = (to - from, frame.a_day());
    let begins = grid.first().unwrap_or(0);
    let earliest = begins.max(from - LOOK_BACK_DAYS * a_day - length);
    let near = from - begins >= DAYS_FOR_NEAR * a_day;
    // Half an hour, or a sixth of the length, apart: closer windows share nearly all of their bins.
    let step = frame.bins_of(1800).min(length).max(length / 6).max(1);
    let time = frame.time_of_day(from);
    let mut all: Vec<Errors> = methods.iter().map(|_| Errors::default()).collect();
    let mut start = from - length;
    let mut tried = 0_i64;
    while start >= earliest {
        let end = start + length;
        let apart = (frame.time_of_day(start) - time).rem_euclid(86_400);
        let of_kind = !near || apart.min(86_400 - apart) <= NEAR_SECONDS;
        let ordinary = frame.kind(i64::midpoint(start, end)) == DayKind::Ordinary;
        if of_kind
            && ordinary
            && let Some(actual) = grid.ordinary(start, end)
        {
            tried += 1;
            let said = seen(grid, start, end, methods);
            for ((errors, said), here) in all.iter_mut().zip(said).zip(here) {
                if let (Some(said), Some(_)) = (said, here) {
                    errors.shares.push((actual - said) / said.max(1.0));
                }
            }
        }
        start -= step;
    }
    let days = float(from - length - earliest) / float(a_day);
    for errors in &mut all {
        let mut sizes: Vec<f64> = errors.shares.iter().map(|e| e.abs()).collect();
        errors.middle = median(&mut sizes);
        let overlap = (float(length) / float(step)).max(1.0);
        let share = float(i64::try_from(errors.shares.len()).unwrap_or(0)) / float(tried.max(1));
        let by_length = float(tried) / overlap;
        errors.apart = (share * by_length.max(days.min(float(tried)))).max(1.0);
    }
    all
}

/// The method with the smallest median error; a plainer one where the difference is small.
fn best(errors: Vec<Errors>, here: &[Option<f64>]) -> Option<(usize, Errors)> {
    let mut best: Option<(usize, f64, Errors)> = None;
    for (place, (errors, here)) in errors.into_iter().zip(here).enumerate() {
        let Some(middle) = errors.middle.filter(|_| errors.shares.len() >= FEWEST) else {
            continue;
        };
        if here.is_some() && best.as_ref().is_none_or(|(_, least, _)| middle < least * BETTER) {
            best = Some((place, middle, errors));
        }
    }
    best.map(|(place, _, errors)| (place, errors))
}

/// The errors that leave 5 % below and 5 % above, ranks widened by half of one in so
/// many windows apart: those that overlap tell something as well.
fn tails(errors: &mut [f64], apart: f64) -> (f64, f64) {
    errors.sort_unstable_by(f64::total_cmp);
    let share = ((1.0 - TAIL) * (1.0 + 0.5 / apart)).min(1.0);
    let n = i64::try_from(errors.len()).unwrap_or(i64::MAX);
    let rank = whole((float(n) * share).ceil()).clamp(1, n.max(1));
    let at = |rank: i64| {
        usize::try_from(rank - 1).ok().and_then(|i| errors.get(i).copied()).unwrap_or(0.0)
    };
    (at(n - rank + 1), at(rank))
}

/// What earlier days of a kind had over their ordinary expectation.
struct Like {
    factor: f64,
    days: usize,
    /// How far the farthest of them lies from the middle.
    farthest: f64,
}

/// How much wider the interval of a day of a kind is, as a share of the expectation.
///
/// What is not known of the kind is taken from days that are certainly another kind: how far the
/// days of the last five weeks lie from one another at that time of day. It counts whole where there
/// was no day of the kind before, by half after one, by a third after two; how far those lie from
/// one another counts in its place where that is more.
fn unlike(grid: &Grid, from: i64, to: i64, plain: f64, like: &Option<Like>) -> f64 {
    let frame = &grid.frame;
    let days = (1..=LOOK_BACK_DAYS).filter_map(|back| {
        let start = frame.days_before(from, back);
        let end = start + (to - from);
        if end > from || frame.kind(i64::midpoint(start, end)) != DayKind::Ordinary {
            return None;
        }
        Some((grid.ordinary(start, end)? - plain).abs() / plain.max(1.0))
    });
    let mut sizes: Vec<f64> = days.collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let rank = sizes.len() * 9 / 10;
    let any = sizes.get(rank).or(sizes.last()).copied().unwrap_or(0.0);
    match like {
        None => any,
        Some(like) => {
            let n = float(i64::try_from(like.days).unwrap_or(i64::MAX));
            (any / (n + 1.0)).max(like.farthest * (1.0 + 1.0 / n))
        }
    }
}

fn like_days(grid: &Grid, from: i64, to: i64, kind: DayKind) -> Option<Like> {
    let frame = &grid.frame;
    let mut factors = Vec::new();
    let days = (from - grid.first()?) / frame.a_day();
    for back in 1..=days {
        let start = frame.days_before(from, back);
        let end = start + (to - from);
        if end > from || frame.kind(i64::midpoint(start, end)) != kind {
            continue;
        }
        let ordinary = reference(grid, start, end, Base::Weeks)
            .or_else(|| reference(grid, start, end, Base::Days));
        if let (Some(actual), Some((ordinary, _))) = (grid.ordinary(start, end), ordinary) {
            factors.push((actual + 1.0) / (ordinary + 1.0));
        }
    }
    let factor = median(&mut factors.clone())?;
    let farthest = factors.iter().map(|f| (f / factor - 1.0).abs()).fold(0.0, f64::max);
    Some(Like { factor, days: factors.len(), farthest })
}

/// Whether so many failures of so many attempts are more than a usual share of them and chance
/// explain: by four standard deviations, and by one attempt in a hundred.
pub fn fails_above(attempts: i64, failed: i64, usual: (i64, i64)) -> bool {
    if attempts <= 0 {
        return false;
    }
    let share = float(usual.0) / float(usual.1.max(1));
    let above = float(failed) - share * float(attempts);
    // One more, so that a share of nothing does not make a single failure certain.
    let deviation = (float(attempts) * share * (1.0 - share) + 1.0).sqrt();
    above > 4.0 * deviation && above * 100.0 >= float(attempts)
}

/// What each bin of a window would have held, so that they add up to `count`.
pub fn profile(grid: &Grid, from: i64, to: i64, base: Base, count: i64) -> Vec<i64> {
    let frame = &grid.frame;
    let (step, most) = if base == Base::Days { (1, 7) } else { (7, super::base::WEEKS) };
    // Means, not middles: of few counts a bin, the middle is mostly nothing.
    let shape: Vec<f64> = (from..to)
        .map(|bin| {
            let before = (1..=most).map(|k| frame.days_before(bin, k * step));
            let usable = before.filter(|b| *b < from && frame.kind(*b) == DayKind::Ordinary);
            let found: Vec<f64> = usable.filter_map(|b| grid.ordinary(b, b + 1)).collect();
            let n = float(i64::try_from(found.len()).unwrap_or(0));
            if base == Base::HourBefore || n == 0.0 { 1.0 } else { found.iter().sum::<f64>() / n }
        })
        .collect();
    let all: f64 = shape.iter().sum();
    let mut given = 0_i64;
    let mut so_far = 0.0;
    let share = |part: f64| if all > 0.0 { float(count) * part / all } else { 0.0 };
    shape
        .iter()
        .map(|part| {
            so_far += part;
            let up_to_here = whole(share(so_far));
            let own = up_to_here - given;
            given = up_to_here;
            own
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::grid::tests::half_hours;
    use super::super::{Frame, Grid};
    use super::*;

    const WEEK: i64 = 7 * 48;

    /// Busier by day than by night, with a noise that repeats nowhere.
    fn shop(bin: i64) -> Option<i64> {
        let hour = bin % 48;
        let day = if (16..44).contains(&hour) { 1000 } else { 200 };
        let weekend = if (bin / 48) % 7 >= 5 { 2 } else { 1 };
        let noise = (bin * 2_654_435_761).rem_euclid(101) - 50;
        Some((day / weekend) * (1000 + noise) / 1000)
    }

    #[test]
    fn a_quiet_series_is_met_and_a_hole_in_it_changes_nothing() {
        let grid = half_hours(63, shop);
        let (mut held, mut all) = (0, 0);
        for from in (8 * WEEK..9 * WEEK - 4).step_by(16) {
            let expected = expect(&grid, from, from + 4).unwrap();
            let truth = grid.actual(from, from + 4).0;
            assert!((expected.count - truth).abs() < truth / 20, "{expected:?} {truth}");
            let (low, high) = expected.interval.unwrap();
            assert!(high - low < truth / 5 && expected.known.references == 8, "{expected:?}");
            held += i32::from(low <= truth && truth <= high);
            all += 1;
            let (cut, _) = grid.cut(from, from + 4, (1, 1));
            assert_eq!(expect(&cut, from, from + 4), Some(expected));
        }
        assert!(held * 100 >= all * 80, "{held} of {all}");
    }

    #[test]
    fn a_short_history_falls_back_and_says_so() {
        let ways = |days, at| {
            let grid = half_hours(days, shop);
            expect(&grid, at, at + 2).map(|e| (e.known.method.base, e.interval.is_some()))
        };
        assert_eq!(ways(10, 9 * 48 + 20).map(|w| w.1), Some(true));
        assert_eq!(ways(4, 3 * 48 + 20), Some((Base::Days, true)));
        assert_eq!(ways(1, 30), Some((Base::HourBefore, true)));
        assert_eq!(ways(1, 4), Some((Base::HourBefore, false)));
        assert_eq!(ways(1, 0), None);
    }

    #[test]
    fn a_payday_is_compared_with_paydays() {
        let from = 1_704_067_200;
        let payday = |day: chrono::NaiveDate| {
            use chrono::Datelike as _;
            if [15, 30].contains(&day.day()) { DayKind::Payday } else { DayKind::Ordinary }
        };
        let days = 75;
        let frame =
            Arc::new(Frame::new(1800, from, from + days * 86_400 - 1, chrono_tz::UTC, &payday));
        let kinds = Arc::clone(&frame);
        let count = |bin| {
            let times = if kinds.kind(bin) == DayKind::Payday { 3 } else { 1 };
            shop(bin).map(|n| n * times)
        };
        let grid = Grid::new(frame, (0..days * 48).map(count).collect(), &|_| false);
        // 15 February 2024 is day 45.
        let at = 45 * 48 + 24;
        let expected = expect(&grid, at, at + 4).unwrap();
        let truth = grid.actual(at, at + 4).0;
        assert_eq!((expected.known.day, expected.known.like_days), (DayKind::Payday, 2));
        assert!((expected.count - truth).abs() < truth / 10, "{expected:?} {truth}");
        // The day after is not moved by it.
        let next = expect(&grid, at + 48, at + 52).unwrap();
        assert!(next.count < truth / 2, "{next:?}");
    }

    #[test]
    fn more_failures_than_usual_are_told_from_chance() {
        assert!(fails_above(1000, 200, (10, 1000)));
        assert!(!fails_above(1000, 15, (10, 1000)));
        assert!(!fails_above(3, 1, (0, 1000)) && fails_above(20, 20, (0, 1000)));
        // Certain, and too small to matter.
        assert!(!fails_above(10_000_000, 15_000, (1, 1000)));
        assert!(!fails_above(0, 0, (0, 0)));
    }

    #[test]
    fn bins_add_up_to_the_window() {
        let grid = half_hours(63, shop);
        let bins = profile(&grid, 8 * WEEK + 10, 8 * WEEK + 30, Base::Weeks, 9_999);
        assert_eq!(bins.iter().sum::<i64>(), 9_999);
        assert!(bins.first() < bins.last(), "{bins:?}");
    }

    #[test]
    fn an_empty_series_expects_nothing_and_is_sure() {
        let grid = half_hours(63, |_| Some(0));
        let expected = expect(&grid, 8 * WEEK, 8 * WEEK + 4).unwrap();
        assert_eq!((expected.count, expected.interval), (0, Some((0, 0))));
    }
}
