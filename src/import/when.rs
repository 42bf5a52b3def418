//! Times as status pages write them: RFC 3339 and its looser relatives.

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::units::Instant;

/// Reads a time: `2020-06-13 12:00:00`, `2020-06-13T9:00:00-00:00`, `2023-03-29 15h50 UTC`.
///
/// A time without an offset is UTC, as the generators of such pages take it. A date alone is its
/// first moment. `None` for anything else: a wrong time is worse than none.
pub(super) fn read(text: &str) -> Option<Instant> {
    let mut cursor = Cursor { rest: text.trim() };
    let at = cursor.moment()?;
    cursor.rest.trim().is_empty().then_some(at)
}

/// Finds the first time with a date in a line of prose: `Update at 2021-06-08 11:20 UTC`.
pub(super) fn find(text: &str) -> Option<Instant> {
    let starts = text.char_indices().filter(|(i, c)| {
        c.is_ascii_digit() && !text[..*i].ends_with(|before: char| before.is_ascii_digit())
    });
    // A line of prose names few times; the bound keeps a line of a million digits cheap.
    starts.take(64).find_map(|(i, _)| Cursor { rest: &text[i..] }.moment())
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    /// A run of `min` to `max` digits, and not one more.
    fn digits(&mut self, min: usize, max: usize) -> Option<u32> {
        let count = self.rest.bytes().take(max + 1).take_while(u8::is_ascii_digit).count();
        if !(min..=max).contains(&count) {
            return None;
        }
        let (number, rest) = self.rest.split_at(count);
        self.rest = rest;
        number.parse().ok()
    }

    fn skip(&mut self, any_of: &[char]) -> Option<char> {
        let found = self.rest.chars().next().filter(|c| any_of.contains(c))?;
        self.rest = &self.rest[found.len_utf8()..];
        Some(found)
    }

    fn moment(&mut self) -> Option<Instant> {
        let year = self.digits(4, 4)?;
        self.skip(&['-'])?;
        let month = self.digits(1, 2)?;
        self.skip(&['-'])?;
        let day = self.digits(1, 2)?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        let (mut hour, mut minute, mut second, mut nanos) = (0, 0, 0, 0);
        let before = self.rest;
        self.skip(&['T', 't']).or_else(|| self.skip(&[' ']))?;
        self.rest = self.rest.trim_start_matches(' ');
        let mut offset = 0;
        if let Some(h) = self.digits(1, 2) {
            hour = h;
            self.skip(&[':', 'h'])?;
            minute = self.digits(2, 2)?;
            if self.skip(&[':']).is_some() {
                second = self.digits(2, 2)?;
                if self.skip(&['.']).is_some() {
                    nanos = self.fraction()?;
                }
            }
            offset = self.offset()?;
        } else {
            self.rest = before;
        }
        let local = date.and_hms_nano_opt(hour, minute, second, nanos)?;
        let zone = FixedOffset::east_opt(offset)?;
        local.and_local_timezone(zone).single().map(|at: DateTime<FixedOffset>| Instant::from(at))
    }

    fn fraction(&mut self) -> Option<u32> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = &self.rest[..count];
        self.rest = &self.rest[count..];
        format!("{:0<9}", digits.get(..count.min(9))?).parse().ok()
    }

    /// Seconds east of UTC; none given is UTC. An offset that cannot be read is an error.
    fn offset(&mut self) -> Option<i32> {
        let before = self.rest;
        self.rest = self.rest.trim_start_matches(' ');
        for word in ["Z", "z", "UTC", "utc", "GMT"] {
            if let Some(rest) = self.rest.strip_prefix(word)
                && !rest.starts_with(|c: char| c.is_alphanumeric())
            {
                self.rest = rest;
                return Some(0);
            }
        }
        let Some(sign) = self.skip(&['+', '-']) else {
            self.rest = before;
            return Some(0);
        };
        let mark = self.rest;
        let hours = self.digits(2, 2).or_else(|| {
            self.rest = mark;
            self.digits(4, 4).map(|both| both / 100)
        });
        let Some(hours) = hours else {
            // `12:00 - Service down`: a dash of prose, no offset.
            self.rest = before;
            return Some(0);
        };
        let minutes = if mark.len() - self.rest.len() == 4 {
            mark.get(2..4)?.parse().ok()?
        } else if self.skip(&[':']).is_some() {
            self.digits(2, 2)?
        } else {
            0
        };
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        Some(if sign == '-' { -seconds } else { seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        read(text).map(|at| at.to_string())
    }

    #[test]
    fn reads_the_forms_that_pages_use() {
        for (text, expected) in [
            ("2020-06-13 12:00:00", "2020-06-13T12:00:00Z"),
            ("2020-06-13T12:00:00-00:00", "2020-06-13T12:00:00Z"),
            ("2023-03-01T9:05:00-00:00", "2023-03-01T09:05:00Z"),
            ("2026-03-14T09:11:36.204Z", "2026-03-14T09:11:36.204Z"),
            ("2026-03-14T09:11:36+0530", "2026-03-14T09:11:36+05:30"),
            ("2026-03-14 09:11 -06:00", "2026-03-14T09:11:00-06:00"),
            ("2023-03-29 15h50 UTC", "2023-03-29T15:50:00Z"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "N/A",
            "Time TBC",
            "22025-03-18 09:36",
            "2025-02-30 10:00:00",
            "2025-01-14 1600",
            "13/06/2020 12:00",
            "2026-03-14T09:11:36+99:00",
            "2026-03-14T25:11:36Z",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn finds_a_time_in_prose() {
        let found = |text| find(text).map(|at| at.to_string());
        assert_eq!(
            found("Update at 2021-06-08 11:20 UTC").as_deref(),
            Some("2021-06-08T11:20:00Z")
        );
        assert_eq!(found("**2021-06-07 16:37:00**").as_deref(), Some("2021-06-07T16:37:00Z"));
        assert_eq!(found("Update - Tuesday 8 at 11:20"), None);
        assert_eq!(find(&"9".repeat(1_000_000)), None);
    }
}
