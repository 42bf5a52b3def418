//! The root and the normal distribution: the two things that have no exact answer.

use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

use crate::units::Decimal;

/// The square root; none of what is below zero.
pub(super) fn root(value: Decimal) -> Option<Decimal> {
    let float = value.to_f64().filter(|x| *x >= 0.0)?;
    Decimal::from_f64(float.sqrt())
}

/// The share of a normal distribution that lies above so many sigmas.
pub(super) fn above(z: Decimal) -> Option<Decimal> {
    Decimal::from_f64(tail(z.to_f64()?))
}

/// So many sigmas above which such a share lies; none of shares that are not between 0 and 1.
pub(super) fn z_above(share: Decimal) -> Option<Decimal> {
    let share = share.to_f64().filter(|p| *p > 0.0 && *p < 1.0)?;
    // The tail falls all the way: halving finds the place to the last digit that matters.
    let (mut low, mut high) = (-40.0_f64, 40.0_f64);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if tail(middle) > share {
            low = middle;
        } else {
            high = middle;
        }
    }
    Decimal::from_f64(f64::midpoint(low, high))
}

/// The upper tail Q(z) = erfc(z/√2)/2.
fn tail(z: f64) -> f64 {
    if z < 0.0 { 1.0 - half_erfc(-z) } else { half_erfc(z) }
}

/// Q(z) for z ≥ 0: near the middle by the series of the integral of the density, in the tail by its
/// continued fraction; both to about fourteen digits.
fn half_erfc(z: f64) -> f64 {
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z < 3.0 {
        let (mut term, mut sum, mut n) = (z, z, 1.0);
        while term > 1e-18 * sum && n < 400.0 {
            n += 2.0;
            term *= z * z / n;
            sum += term;
        }
        return 0.5 - density * sum;
    }
    let mut fraction = z;
    for k in (1..=120).rev() {
        fraction = z + f64::from(k) / fraction;
    }
    density / fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        for (z, share) in
            [(0.0, 0.5), (1.96, 0.024_997_895), (3.0, 0.001_349_898), (-1.0, 0.841_344_746)]
        {
            assert!((tail(z) - share).abs() < 1e-9, "{z}: {}", tail(z));
        }
        // Where the two ways meet, they agree.
        assert!((tail(2.999_999_999_999) / tail(3.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_has_no_root_and_no_place_has_none() {
        assert_eq!(root(Decimal::NEGATIVE_ONE), None);
        assert_eq!(root(Decimal::from(16)), Some(Decimal::from(4)));
        assert_eq!(z_above(Decimal::ZERO), None);
        assert_eq!(z_above(Decimal::ONE), None);
    }
}
