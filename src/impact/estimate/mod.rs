//! What would have happened: the room of statistics, and the only one with binary floating point.
//!
//! A [`Grid`] is one count by equal bins of time. [`expect`] says what a window of it would have
//! held, from the weeks before and never from the window itself, with an interval that the
//! method's own errors on unharmed windows give. [`trials`] measures that on any series by cutting
//! holes whose size is known. Whole numbers come in and go out: nothing that is money, and no
//! percentage that is shown, is a float outside this room.

mod base;
mod differ;
mod expect;
mod frame;
mod grid;
mod sketch;
mod trial;

pub use base::{Base, Method};
pub use differ::{Answers, FEWEST, Moved, Pair, moved};
pub use expect::{Expected, Known, expect, fails_above, profile};
pub use frame::{DayKind, Frame};
pub use grid::Grid;
pub use sketch::Sketch;
pub use trial::{Outcome, Slot, Trials, trials};

/// The nearest whole number; what does not fit is the nearest that does.
fn whole(x: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and a count is no NaN")]
    let n = x.round() as i64;
    n
}

/// A count as a float; beyond 2^53 the last digits go, as they do in any estimate.
#[allow(clippy::cast_precision_loss, reason = "estimates have no use for the seventeenth digit")]
fn float(n: i64) -> f64 {
    n as f64
}

/// The middle of some values, the mean of the middle two where they are even; none of none.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    let upper = *values.get(n / 2)?;
    if n % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(*values.get(n / 2 - 1)?, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_some_values() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(whole(f64::INFINITY), i64::MAX);
        assert_eq!((whole(2.5), whole(-0.4)), (3, 0));
    }
}
