//! Defects per million opportunities, and the sigma level that they amount to.

use super::normal::{above, z_above};
use crate::units::Decimal;

const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// Defects × 1,000,000 ÷ opportunities; none without opportunities.
pub fn dpmo(defects: Decimal, opportunities: Decimal) -> Option<Decimal> {
    if opportunities <= Decimal::ZERO || defects < Decimal::ZERO {
        return None;
    }
    defects.checked_mul(MILLION)?.checked_div(opportunities)
}

/// The sigma level of so many defects per million, one-sided, with a shift (1.5 by convention).
///
/// None for no defects at all, which is no level, and for nothing but defects.
pub fn sigma_level(dpmo: Decimal, shift: Decimal) -> Option<Decimal> {
    z_above(dpmo.checked_div(MILLION)?)?.checked_add(shift)
}

/// Defects per million at a sigma level with a shift.
pub fn dpmo_at(sigma: Decimal, shift: Decimal) -> Option<Decimal> {
    above(sigma.checked_sub(shift)?)?.checked_mul(MILLION)
}
