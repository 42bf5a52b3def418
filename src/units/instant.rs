use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, SecondsFormat, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Span, UnitError};

/// A moment with the UTC offset that it was written with (RFC 3339).
///
/// Two instants are equal when they are the same moment, whatever their offsets; the offset is
/// kept because people read the clock that was on their wall.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(DateTime<FixedOffset>);

impl Instant {
    /// The moment as chrono's type.
    pub fn get(self) -> DateTime<FixedOffset> {
        self.0
    }

    /// Time from `earlier` to here, floored to the second; negative if `earlier` is later.
    pub fn since(self, earlier: Instant) -> Span {
        let whole = |i: Instant| i.0.timestamp();
        Span::from_seconds(whole(self).saturating_sub(whole(earlier)))
    }

    /// The moment `span` later; saturates at the ends of the calendar.
    #[must_use]
    pub fn plus(self, span: Span) -> Instant {
        Instant(self.0.checked_add_signed(span.to_chrono()).unwrap_or(self.0))
    }

    /// The same moment on the wall clock of `zone`.
    #[must_use]
    pub fn in_zone<Z: TimeZone>(self, zone: &Z) -> Instant {
        let local = self.0.with_timezone(zone);
        Instant(local.fixed_offset())
    }

    /// The same moment without fractions of a second.
    #[must_use]
    pub fn floor(self) -> Instant {
        use chrono::Timelike;
        Instant(self.0.with_nanosecond(0).unwrap_or(self.0))
    }
}

impl From<DateTime<FixedOffset>> for Instant {
    fn from(moment: DateTime<FixedOffset>) -> Self {
        Instant(moment)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl FromStr for Instant {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        DateTime::parse_from_rfc3339(text).map(Instant).map_err(|_| {
            UnitError::new(
                format!("`{text}` is no time with its offset"),
                "RFC 3339, such as 2026-11-21T03:10:00-06:00",
            )
        })
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_moment_in_two_offsets_is_equal() {
        let a: Instant = "2026-11-21T03:10:00-06:00".parse().unwrap();
        let b: Instant = "2026-11-21T09:10:00Z".parse().unwrap();
        assert_eq!(a, b);
        assert_eq!(a.to_string(), "2026-11-21T03:10:00-06:00");
        assert_eq!(b.plus(Span::from_minutes(5)).since(a), Span::from_minutes(5));
    }
}
