//! Run rules: patterns in a chart that chance alone seldom makes.
//!
//! Both sets work on distances from the centre in sigmas, and a rule fires at the point that
//! completes its pattern. The sets differ (eight in a row, or nine), so they are named.

use crate::units::Decimal;

/// A pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// One point beyond three sigma.
    Beyond,
    /// Two of three beyond two sigma, on one side.
    TwoOfThree,
    /// Four of five beyond one sigma, on one side.
    FourOfFive,
    /// Eight in a row on one side of the centre (Western Electric).
    EightOnOneSide,
    /// Nine in a row on one side of the centre (Nelson).
    NineOnOneSide,
    /// Six in a row, each above the one before, or each below.
    SixSteadily,
    /// Fourteen in a row that go up and down by turns.
    FourteenByTurns,
    /// Fifteen in a row within one sigma.
    FifteenWithin,
    /// Eight in a row beyond one sigma, on either side.
    EightOutside,
}

/// Where a pattern was completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal {
    /// Place of the point.
    pub at: usize,
    /// Which pattern.
    pub rule: Rule,
}

/// The four rules of Western Electric's handbook.
pub fn western_electric(z: &[Decimal]) -> Vec<Signal> {
    fires(z, &[Rule::Beyond, Rule::TwoOfThree, Rule::FourOfFive, Rule::EightOnOneSide])
}

/// The eight rules of Nelson, in his order.
pub fn nelson(z: &[Decimal]) -> Vec<Signal> {
    fires(z, &NELSON)
}

/// Nelson's rules, one to eight.
pub(super) const NELSON: [Rule; 8] = [
    Rule::Beyond,
    Rule::NineOnOneSide,
    Rule::SixSteadily,
    Rule::FourteenByTurns,
    Rule::TwoOfThree,
    Rule::FourOfFive,
    Rule::FifteenWithin,
    Rule::EightOutside,
];

fn fires(z: &[Decimal], rules: &[Rule]) -> Vec<Signal> {
    let mut signals = Vec::new();
    for at in 0..z.len() {
        let upto = z.get(..=at).unwrap_or_default();
        let found = rules.iter().filter(|rule| rule.completed(upto));
        signals.extend(found.map(|rule| Signal { at, rule: *rule }));
    }
    signals
}

impl Rule {
    /// How many points the pattern takes.
    fn takes(self) -> usize {
        match self {
            Rule::Beyond => 1,
            Rule::TwoOfThree => 3,
            Rule::FourOfFive => 5,
            Rule::SixSteadily => 6,
            Rule::EightOnOneSide | Rule::EightOutside => 8,
            Rule::NineOnOneSide => 9,
            Rule::FourteenByTurns => 14,
            Rule::FifteenWithin => 15,
        }
    }

    /// Whether the last point completes the pattern.
    fn completed(self, upto: &[Decimal]) -> bool {
        let Some(from) = upto.len().checked_sub(self.takes()) else { return false };
        let window = upto.get(from..).unwrap_or_default();
        let of_these = |sigmas: i64, needed: usize| {
            // The last point must be one of them: the rule fires where the pattern is completed.
            let above = |z: &&Decimal| **z > Decimal::from(sigmas);
            let below = |z: &&Decimal| **z < Decimal::from(-sigmas);
            let last = window.last();
            (last.is_some_and(|z| above(&z)) && window.iter().filter(above).count() >= needed)
                || (last.is_some_and(|z| below(&z))
                    && window.iter().filter(below).count() >= needed)
        };
        let steps = || window.iter().zip(window.iter().skip(1)).map(|(a, b)| b.cmp(a));
        match self {
            Rule::Beyond => of_these(3, 1),
            Rule::TwoOfThree => of_these(2, 2),
            Rule::FourOfFive => of_these(1, 4),
            Rule::EightOnOneSide | Rule::NineOnOneSide => of_these(0, window.len()),
            Rule::SixSteadily => {
                steps().all(std::cmp::Ordering::is_gt) || steps().all(std::cmp::Ordering::is_lt)
            }
            Rule::FourteenByTurns => {
                let turns = steps().zip(steps().skip(1));
                steps().all(std::cmp::Ordering::is_ne) && turns.into_iter().all(|(a, b)| a != b)
            }
            Rule::FifteenWithin => window.iter().all(|z| z.abs() < Decimal::ONE),
            Rule::EightOutside => window.iter().all(|z| z.abs() > Decimal::ONE),
        }
    }
}
