//! Quantities with their units: money, percentages, spans of time, instants with offset; and
//! hashes as they are written down.
//!
//! All of them are exact; nothing here touches binary floating point.

#![deny(clippy::float_arithmetic)]

mod hash;
mod instant;
mod money;
mod percent;
mod span;

pub use hash::{hex, sha256};
pub use instant::Instant;
pub use money::{Currency, Money};
pub use percent::Percent;
pub use rust_decimal::Decimal;
pub use span::Span;

/// Why a text is not a quantity: what was wrong, and the form that is expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}; expected {expected}")]
pub struct UnitError {
    /// What is wrong with the text.
    pub what: String,
    /// The form that is expected, with an example.
    pub expected: &'static str,
}

impl UnitError {
    pub(crate) fn new(what: impl Into<String>, expected: &'static str) -> Self {
        UnitError { what: what.into(), expected }
    }
}

/// Parses a plain decimal: optional sign, digits, optional fraction; no exponent, no separators.
///
/// Digits beyond what [`Decimal`] can hold exactly are refused, never rounded.
pub fn parse_decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    Decimal::from_str_exact(text.strip_prefix('+').unwrap_or(text)).ok()
}
