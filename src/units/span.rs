use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::UnitError;

const EXPECTED: &str = "a duration such as 90m, 1h30m, 2d or PT1H30M";

/// A span of time in whole seconds, written `90m`, `1h30m`, `2d` or as ISO 8601 `PT1H30M`.
///
/// A day is 24 hours, a week seven days. Months and years have no fixed length and are refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// A span of so many seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Span(seconds)
    }

    /// A span of so many minutes.
    pub const fn from_minutes(minutes: i64) -> Self {
        Span(minutes.saturating_mul(60))
    }

    /// Length in seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Completed minutes.
    pub const fn minutes(self) -> i64 {
        self.0 / 60
    }

    /// The length as chrono's type.
    pub fn to_chrono(self) -> chrono::TimeDelta {
        chrono::TimeDelta::try_seconds(self.0).unwrap_or(chrono::TimeDelta::MAX)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0m");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        for (unit, size) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
            let count = rest / size;
            rest %= size;
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Span {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let bad = || UnitError::new(format!("`{text}` is no duration"), EXPECTED);
        let (negative, body) = match text.strip_prefix('-') {
            Some(body) => (true, body),
            None => (false, text),
        };
        let seconds = if let Some(iso) = body.strip_prefix('P') {
            let (days, time) = iso.split_once('T').unwrap_or((iso, ""));
            if iso.ends_with('T') || iso.is_empty() {
                return Err(bad());
            }
            let days = sum(days, &[('W', 604_800), ('D', 86_400)]).ok_or_else(bad)?;
            let time = sum(time, &[('H', 3_600), ('M', 60), ('S', 1)]).ok_or_else(bad)?;
            days.checked_add(time).ok_or_else(bad)?
        } else if body.is_empty() {
            return Err(bad());
        } else {
            let units = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
            sum(body, &units).ok_or_else(bad)?
        };
        Ok(Span(if negative { -seconds } else { seconds }))
    }
}

/// Adds up `<count><unit>` parts, each unit at most once and in the order given.
fn sum(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut rest, mut total, mut units) = (text, 0_i64, units.iter());
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: i64 = rest[..end].parse().ok()?;
        let letter = rest[end..].chars().next()?;
        let (_, size) = units.find(|(unit, _)| *unit == letter)?;
        total = total.checked_add(count.checked_mul(*size)?)?;
        rest = &rest[end + letter.len_utf8()..];
    }
    Some(total)
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_notations() {
        for (text, seconds) in [
            ("90m", 5400),
            ("1h30m", 5400),
            ("2d", 172_800),
            ("PT90M", 5400),
            ("P1DT1H", 90_000),
            ("1w", 604_800),
        ] {
            assert_eq!(text.parse::<Span>().unwrap().seconds(), seconds, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in ["", "90", "m", "1m1h", "1.5h", "P", "PT", "P1M", "99999999999999999999d", "1é"]
        {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn prints_the_shortest_form() {
        for text in ["39m", "1h30m", "2d", "1d1h", "45s", "0m", "-5m"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
    }
}
