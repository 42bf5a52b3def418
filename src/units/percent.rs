use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{UnitError, parse_decimal};

/// An exact percentage, written with its sign: `12.5%`.
///
/// Holds the number before the sign: `Percent(12.5)` is an eighth.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Percent(pub Decimal);

impl Percent {
    /// Share of `part` in `whole`, rounded half-even to four digits; `None` for an empty whole.
    pub fn of(part: Decimal, whole: Decimal) -> Option<Percent> {
        part.checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(whole)
            .map(|p| Percent(p.round_dp(4).normalize()))
    }

    /// The share as a fraction: 12.5 % is 0.125.
    pub fn fraction(self) -> Decimal {
        self.0 / Decimal::ONE_HUNDRED
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0.normalize())
    }
}

impl FromStr for Percent {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        text.strip_suffix('%').and_then(|n| parse_decimal(n.trim_end())).map(Percent).ok_or_else(
            || {
                UnitError::new(
                    format!("`{text}` is no percentage"),
                    "a number and %, such as 12.5%",
                )
            },
        )
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads() {
        assert_eq!("12.5%".parse::<Percent>().unwrap().to_string(), "12.5%");
        assert_eq!("45 %".parse::<Percent>().unwrap().to_string(), "45%");
        assert!("12.5".parse::<Percent>().is_err());
    }

    #[test]
    fn share_of_nothing_is_unknown() {
        assert_eq!(Percent::of(Decimal::ONE, Decimal::ZERO), None);
        assert_eq!(Percent::of(12840.into(), 51360.into()).unwrap().to_string(), "25%");
    }
}
