use super::{DayKind, Expected, Grid, expect, float, median, whole};

/// When of the week a hole lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Begins between one and five in the morning.
    Night,
    /// Begins in the six busiest hours of the day.
    Peak,
    /// On a Saturday or Sunday.
    Weekend,
    /// On a holiday of the calendar.
    Holiday,
}

impl Slot {
    /// All of them.
    pub const ALL: [Slot; 4] = [Slot::Night, Slot::Peak, Slot::Weekend, Slot::Holiday];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Slot::Night => "night",
            Slot::Peak => "peak",
            Slot::Weekend => "weekend",
            Slot::Holiday => "holiday",
        }
    }
}

/// The lengths of holes, in seconds: ten minutes to twelve hours.
const LENGTHS: [i64; 6] = [600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600];
/// Their depths, in percent.
const DEPTHS: [i64; 4] = [10, 30, 60, 100];
/// Days of history that a place must have before it: three weeks, or most of what there is.
const WARM_DAYS: i64 = 21;

/// How the method did on one kind of hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// When the holes lay.
    pub slot: Slot,
    /// Their length in seconds.
    pub seconds: i64,
    /// Their depth in percent; 0 for windows without a hole.
    pub depth: i64,
    /// How many were cut.
    pub holes: usize,
    /// Errors of the lost volume, as shares of what was expected: mean with sign, median with
    /// sign, median of sizes, in hundredths of a percent.
    pub bias: i64,
    /// The median with its sign.
    pub middle_bias: i64,
    /// The median of sizes.
    pub error: i64,
    /// How many intervals held the truth.
    pub held: usize,
    /// How many were told from a normal window.
    pub told: usize,
}

/// How the method did on one series.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trials {
    /// By slot, length and depth.
    pub outcomes: Vec<Outcome>,
    /// All holes together.
    pub holes: Option<Outcome>,
    /// Other windows of the same kinds, without holes: the noise floor.
    pub floor: Option<Outcome>,
}

/// One hole, or one unharmed window: the error as a share, whether the interval held the truth,
/// and whether it was told from a normal window.
#[derive(Debug, Clone, Copy)]
struct Try {
    error: f64,
    held: bool,
    told: bool,
}

/// Cuts holes of known size into a series, at `places` of each kind, and compares; as many other
/// windows of each kind, drawn for themselves and left whole, give the noise floor.
///
/// Places are drawn from a fixed seed: the same series gives the same figures.
pub fn trials(grid: &Grid, places: usize) -> Trials {
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15);
    let busy = busy_hours(grid);
    let (mut all, mut unharmed) = (Vec::new(), Vec::new());
    let mut outcomes = Vec::new();
    for slot in Slot::ALL {
        for seconds in LENGTHS {
            let length = grid.frame.bins_of(seconds);
            let mut by_depth = DEPTHS.map(|_| Vec::new());
            let mut calm = Vec::new();
            let mut cut_at = Vec::new();
            for _ in 0..places {
                let Some(from) = place(grid, length, slot, busy, &[], &mut draw) else { break };
                cut_at.push(from);
            }
            for _ in 0..places {
                let whole = place(grid, length, slot, busy, &cut_at, &mut draw);
                let Some(from) = whole else { break };
                let Some(expected) = expect(grid, from, from + length) else { continue };
                calm.extend(judged(&expected, grid.actual(from, from + length).0, 0));
            }
            for from in cut_at {
                let to = from + length;
                // Nothing of the window itself goes into an expectation, as tests show: it is worked
                // out once, with everything taken out, for holes of every depth.
                let (empty, _) = grid.cut(from, to, (1, 1));
                let Some(expected) = expect(&empty, from, to) else { continue };
                for (depth, tries) in DEPTHS.iter().zip(&mut by_depth) {
                    let (cut, gone) = grid.cut(from, to, (*depth, 100));
                    tries.extend(judged(&expected, cut.actual(from, to).0, gone));
                }
            }
            for (depth, tries) in DEPTHS.iter().zip(by_depth) {
                outcomes.extend(outcome(slot, seconds, *depth, &tries));
                all.extend(tries);
            }
            outcomes.extend(outcome(slot, seconds, 0, &calm));
            unharmed.extend(calm);
        }
    }
    let whole = |tries: &[Try]| outcome(Slot::Peak, 0, 0, tries);
    Trials { outcomes, holes: whole(&all), floor: whole(&unharmed) }
}

/// What was said of a window against the truth; none where no interval could be given.
fn judged(expected: &Expected, actual: i64, gone: i64) -> Option<Try> {
    let (low, high) = expected.interval?;
    let said = expected.count - actual;
    Some(Try {
        error: float(said - gone) / float(expected.count.max(1)),
        held: low - actual <= gone && gone <= high - actual,
        told: low > actual,
    })
}

fn outcome(slot: Slot, seconds: i64, depth: i64, tries: &[Try]) -> Option<Outcome> {
    let n = i64::try_from(tries.len()).ok().filter(|n| *n > 0)?;
    let hundredths = |share: f64| whole(share * 10_000.0);
    let mut signed: Vec<f64> = tries.iter().map(|t| t.error).collect();
    let mut sizes: Vec<f64> = tries.iter().map(|t| t.error.abs()).collect();
    Some(Outcome {
        slot,
        seconds,
        depth,
        holes: tries.len(),
        bias: hundredths(signed.iter().sum::<f64>() / float(n)),
        middle_bias: hundredths(median(&mut signed)?),
        error: hundredths(median(&mut sizes)?),
        held: tries.iter().filter(|t| t.held).count(),
        told: tries.iter().filter(|t| t.told).count(),
    })
}

/// The first of the six hours in a row that hold most of a day.
fn busy_hours(grid: &Grid) -> i64 {
    let mut hours = [0.0_f64; 24];
    for bin in 0..grid.len() {
        let hour = usize::try_from(grid.frame.time_of_day(bin) / 3600).unwrap_or(0);
        if let (Some(sum), Some(count)) = (hours.get_mut(hour), grid.count(bin)) {
            *sum += float(count);
        }
    }
    let six = |first: usize| (0..6).filter_map(|h| hours.get((first + h) % 24)).sum::<f64>();
    let busiest = (0..24).max_by(|a, b| six(*a).total_cmp(&six(*b)));
    busiest.and_then(|hour| i64::try_from(hour).ok()).unwrap_or(9)
}

/// A place for a window in a slot with no bin missing, other than `taken`; none where there is
/// hardly any.
fn place(
    grid: &Grid,
    length: i64,
    slot: Slot,
    busy: i64,
    taken: &[i64],
    draw: &mut Draw,
) -> Option<i64> {
    let frame = &grid.frame;
    let begins = grid.first()?;
    let all = grid.len() - begins;
    let warm = begins + (WARM_DAYS * frame.a_day()).min(all * 2 / 3);
    let last = grid.len() - length;
    if last <= warm {
        return None;
    }
    for _ in 0..2000 {
        let from = warm + draw.below(last - warm);
        let hour = frame.time_of_day(from) / 3600;
        let middle = from + length / 2;
        let fits = match slot {
            Slot::Night => (1..5).contains(&hour),
            Slot::Peak => (hour - busy).rem_euclid(24) < 6,
            Slot::Weekend => frame.is_weekend(middle),
            Slot::Holiday => frame.kind(middle) == DayKind::Holiday,
        };
        if fits && !taken.contains(&from) && grid.actual(from, from + length).1 == 0 {
            return Some(from);
        }
    }
    None
}

/// Numbers that look drawn, the same each time (xorshift).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 2).unwrap_or(0).rem_euclid(n.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::tests::half_hours;
    use super::*;

    #[test]
    fn holes_in_a_quiet_series_are_found_and_measured() {
        let grid = half_hours(63, |bin| {
            let day = if bin % 48 > 16 { 1000 } else { 200 };
            Some(day * (1000 + (bin * 2_654_435_761).rem_euclid(101) - 50) / 1000)
        });
        let trials = trials(&grid, 3);
        let (holes, floor) = (trials.holes.unwrap(), trials.floor.unwrap());
        assert!(holes.error < 400 && floor.error < 400, "{holes:?} {floor:?}");
        assert!(holes.held * 100 >= holes.holes * 80, "{holes:?}");
        // A third of the holes takes 10 %: most are told from a normal window, unharmed ones not.
        assert!(holes.told * 10 > holes.holes * 8, "{holes:?}");
        assert!(floor.told * 5 < floor.holes, "{floor:?}");
        assert!(trials.outcomes.iter().all(|o| o.slot != Slot::Holiday));
    }

    #[test]
    fn nothing_can_be_tried_on_an_empty_series() {
        assert_eq!(trials(&half_hours(0, |_| None), 3), Trials::default());
    }
}
