use super::{float, whole};

/// Answers of a group at a time: how many, their sum and the sum of their squares.
///
/// An answer is a whole number of points: 0 or 100 for somebody who stayed or left; −100, 0 or 100
/// for a detractor, a passive or a promoter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answers {
    /// How many there are.
    pub number: i64,
    sum: i64,
    squares: i64,
}

/// A group before and after.
pub type Pair = [Answers; 2];

/// How two groups moved, in hundredths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The affected before and after.
    pub affected: (i64, i64),
    /// The others.
    pub others: (i64, i64),
    /// How much more the affected moved than the others.
    pub difference: i64,
    /// Its 90 % interval; none where a group has too few answers at one of the times.
    pub interval: Option<(i64, i64)>,
    /// The fewest answers of the four.
    pub fewest: i64,
}

impl Moved {
    /// Whether the groups moved differently: the interval does not hold zero.
    pub fn is_told(&self) -> bool {
        self.interval.is_some_and(|(low, high)| low > 0 || high < 0)
    }
}

/// Answers below which no interval is given.
pub const FEWEST: i64 = 30;
/// Standard deviations that hold nine in ten.
const NINE_IN_TEN: f64 = 1.645;

impl Answers {
    /// Adds one answer.
    pub fn add(&mut self, points: i64) {
        self.number = self.number.saturating_add(1);
        self.sum = self.sum.saturating_add(points);
        self.squares = self.squares.saturating_add(points.saturating_mul(points));
    }

    fn mean(self) -> Option<f64> {
        (self.number > 0).then(|| float(self.sum) / float(self.number))
    }

    /// The variance of the mean, with one answer at each end added: a group in which nobody left
    /// is not certain that nobody will (Agresti and Caffo, 2000).
    fn variance(mut self, (least, most): (i64, i64)) -> f64 {
        self.add(least);
        self.add(most);
        let n = float(self.number);
        let spread = float(self.squares) - float(self.sum) * float(self.sum) / n;
        (spread / (n - 1.0) / n).max(0.0)
    }
}

/// Difference in differences: how much more the affected moved than the others, whose movement
/// stands for what would have been.
///
/// `ends` are the least and the most that an answer can be. The four groups are taken for
/// independent; where the same people answer twice, the interval is too wide rather than too
/// narrow. None where a group has no answers at one of the times.
pub fn moved(affected: Pair, others: Pair, ends: (i64, i64)) -> Option<Moved> {
    let hundredths = |points: f64| whole(points * 100.0);
    let [a0, a1] = affected;
    let [o0, o1] = others;
    let (b, a) = (a0.mean()?, a1.mean()?);
    let (d, c) = (o0.mean()?, o1.mean()?);
    let difference = (a - b) - (c - d);
    let cells = [a0, a1, o0, o1];
    let fewest = cells.iter().map(|c| c.number).min().unwrap_or(0);
    let interval = (fewest >= FEWEST).then(|| {
        let variance: f64 = cells.iter().map(|c| c.variance(ends)).sum();
        let half = NINE_IN_TEN * variance.sqrt();
        (hundredths(difference - half), hundredths(difference + half))
    });
    Some(Moved {
        affected: (hundredths(b), hundredths(a)),
        others: (hundredths(d), hundredths(c)),
        difference: hundredths(difference),
        interval,
        fewest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(of: i64, gone: i64) -> Answers {
        let mut answers = Answers::default();
        (0..of).for_each(|n| answers.add(if n < gone { 100 } else { 0 }));
        answers
    }

    #[test]
    fn what_others_did_as_well_is_taken_off() {
        // 2 % to 5 %, while the others went from 2 % to 3 %: two points more.
        let m = moved([left(1000, 20), left(1000, 50)], [left(2000, 40), left(2000, 60)], (0, 100));
        let m = m.unwrap();
        assert_eq!((m.affected, m.others, m.difference), ((200, 500), (200, 300), 200));
        let (low, high) = m.interval.unwrap();
        // By hand: √(.0196/1000 + .0475/1000 + .0196/2000 + .0291/2000) × 1.645 = 1.57 points.
        assert!((low - 43).abs() < 8 && (high - 357).abs() < 8, "{m:?}");
        assert!(m.is_told());
    }

    #[test]
    fn few_answers_have_no_interval_and_none_no_difference() {
        let few = moved([left(29, 0), left(40, 1)], [left(40, 1), left(40, 1)], (0, 100)).unwrap();
        assert_eq!((few.interval, few.fewest), (None, 29));
        assert!(!few.is_told());
        assert_eq!(moved([left(0, 0), left(9, 1)], [left(9, 1), left(9, 1)], (0, 100)), None);
        let nobody = moved([left(50, 0); 2], [left(50, 0); 2], (0, 100)).unwrap();
        let (low, high) = nobody.interval.unwrap();
        assert!(low < -100 && high > 100, "nobody of fifty is no proof: {nobody:?}");
    }

    /// Of groups that move alike, nine in ten intervals hold zero.
    #[test]
    fn the_interval_holds_as_often_as_it_says() {
        let mut seed = 7_u64;
        let mut drawn = |share: u64| {
            let mut answers = Answers::default();
            for _ in 0..200 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                answers.add(if (seed >> 33) % 100 < share { 100 } else { 0 });
            }
            answers
        };
        let held = (0..500)
            .filter(|_| {
                let m = moved([drawn(4), drawn(6)], [drawn(4), drawn(6)], (0, 100)).unwrap();
                !m.is_told()
            })
            .count();
        assert!((440..=480).contains(&held), "{held} of 500");
    }
}
