//! Statistical process control: what in a row of figures is a signal, and what is noise.
//!
//! Charts after Shewhart, with limits three sigma from the centre. Sigma of an individuals chart
//! comes from the mean moving range over d2 = 1.128, so that one outlier does not widen the limits
//! that ought to show it. Everything is exact to decimals but square roots and the normal
//! distribution. Sources: NIST/SEMATECH e-Handbook 6.3; Western Electric 1956; Nelson 1984.

mod charts;
mod normal;
mod rules;
mod sigma;

pub use charts::{Counts, Cusum, Ewma, Individuals, counts, cusum, ewma, individuals};
pub use rules::{Rule, Signal, nelson, western_electric};
pub use sigma::{dpmo, dpmo_at, sigma_level};

use crate::units::Decimal;

/// The mean; none of nothing.
pub fn mean(values: &[Decimal]) -> Option<Decimal> {
    let sum = values.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value))?;
    sum.checked_div(Decimal::from(values.len()))
}

/// The middle, the mean of the middle two where they are even; none of nothing.
pub fn median(values: &[Decimal]) -> Option<Decimal> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    lower.checked_add(upper)?.checked_div(Decimal::TWO)
}

/// How far values lie from a centre, in sigmas; none where sigma is none.
pub fn standard(values: &[Decimal], centre: Decimal, sigma: Decimal) -> Option<Vec<Decimal>> {
    let z = |value: &Decimal| value.checked_sub(centre)?.checked_div(sigma);
    values.iter().map(z).collect()
}

#[cfg(test)]
mod vectors;
