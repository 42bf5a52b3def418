use chrono::{LocalResult, NaiveDate, Offset as _, TimeZone as _};
use chrono_tz::Tz;

/// Reads times of rows; remembers the hour of the last one, which is mostly that of the next.
#[derive(Debug)]
pub(in crate::impact) struct Times {
    zone: Tz,
    /// Days and hour on the wall clock, with the offset that holds in it.
    known: Option<((i64, i64), Local)>,
}

/// What the clocks of a zone say to an hour.
#[derive(Debug, Clone, Copy)]
enum Local {
    Once(i64),
    Twice(i64),
    Never,
}

/// The moment of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::impact) struct Read {
    pub(in crate::impact) second: i64,
    /// No offset was written.
    pub(in crate::impact) bare: bool,
    /// The clocks had that hour twice.
    pub(in crate::impact) twice: bool,
}

impl Times {
    pub(in crate::impact) fn new(zone: Tz) -> Times {
        Times { zone, known: None }
    }

    /// Reads RFC 3339, the same with a blank and without an offset, or the epoch's seconds,
    /// milliseconds, microseconds or nanoseconds.
    ///
    /// # Errors
    ///
    /// Why it is no time.
    pub(in crate::impact) fn read(&mut self, text: &[u8]) -> Result<Read, &'static str> {
        const NO_TIME: &str = "no time; write 2026-11-21T03:10:00-06:00, or seconds of the epoch";
        if !text.is_empty() && text.iter().all(u8::is_ascii_digit) {
            return epoch(text).ok_or(NO_TIME);
        }
        let at = |place: usize| text.get(place).copied().unwrap_or(0);
        let two = |place: usize| number(text, place, 2);
        let whole = matches!(at(10), b'T' | b't' | b' ');
        if at(4) != b'-' || at(7) != b'-' || !whole || at(13) != b':' {
            return Err(NO_TIME);
        }
        let (year, month, day) = (number(text, 0, 4), two(5), two(8));
        let (hour, minute) = (two(11), two(14));
        let (second, mut rest) = match at(16) {
            b':' => (two(17), 19),
            _ => (Some(0), 16),
        };
        if at(rest) == b'.' {
            let fraction = text.get(rest + 1..).unwrap_or_default();
            rest += 1 + fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        }
        let (Some(year), Some(month), Some(day)) = (year, month, day) else { return Err(NO_TIME) };
        let (Some(hour), Some(minute), Some(second)) = (hour, minute, second) else {
            return Err(NO_TIME);
        };
        let days = days_of(year, month, day).ok_or("no date of the calendar")?;
        if hour > 23 || minute > 59 || second > 60 {
            return Err("no time of the day");
        }
        let wall = days * 86_400 + hour * 3600 + minute * 60 + second;
        let zone = text.get(rest..).unwrap_or_default();
        match zone {
            b"" => self.local(days, hour, wall),
            b"Z" | b"z" | b" UTC" => Ok(Read { second: wall, bare: false, twice: false }),
            [sign @ (b'+' | b'-'), digits @ ..] => {
                let hours = number(digits, 0, 2).ok_or(NO_TIME)?;
                let minutes = match digits.get(2..).unwrap_or_default() {
                    [] => 0,
                    [b':', ..] if digits.len() == 5 => number(digits, 3, 2).ok_or(NO_TIME)?,
                    _ if digits.len() == 4 => number(digits, 2, 2).ok_or(NO_TIME)?,
                    _ => return Err(NO_TIME),
                };
                let offset = hours * 3600 + minutes * 60;
                let second = if *sign == b'-' { wall + offset } else { wall - offset };
                Ok(Read { second, bare: false, twice: false })
            }
            _ => Err(NO_TIME),
        }
    }

    fn local(&mut self, days: i64, hour: i64, wall: i64) -> Result<Read, &'static str> {
        let known = match self.known {
            Some((at, local)) if at == (days, hour) => local,
            _ => {
                // Clocks change at a whole half hour; the middle of both halves is asked.
                let local = [900, 2700].map(|second| self.ask(days, hour * 3600 + second));
                let all = match local {
                    [Local::Once(a), Local::Once(b)] if a == b => Some(Local::Once(a)),
                    [Local::Twice(a), Local::Twice(b)] if a == b => Some(Local::Twice(a)),
                    [Local::Never, Local::Never] => Some(Local::Never),
                    _ => None,
                };
                match all {
                    Some(local) => {
                        self.known = Some(((days, hour), local));
                        local
                    }
                    None => self.ask(days, wall.rem_euclid(86_400)),
                }
            }
        };
        match known {
            Local::Once(offset) => Ok(Read { second: wall - offset, bare: true, twice: false }),
            Local::Twice(offset) => Ok(Read { second: wall - offset, bare: true, twice: true }),
            Local::Never => Err("an hour that the clocks of the zone left out"),
        }
    }

    fn ask(&self, days: i64, second_of_day: i64) -> Local {
        let date = i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days);
        let time = u32::try_from(second_of_day)
            .ok()
            .and_then(|s| chrono::NaiveTime::from_num_seconds_from_midnight_opt(s, 0));
        let Some(local) = date.zip(time).map(|(d, t)| d.and_time(t)) else { return Local::Never };
        match self.zone.offset_from_local_datetime(&local) {
            LocalResult::Single(offset) => Local::Once(offset.fix().local_minus_utc().into()),
            LocalResult::Ambiguous(first, _) => Local::Twice(first.fix().local_minus_utc().into()),
            LocalResult::None => Local::Never,
        }
    }
}

fn epoch(text: &[u8]) -> Option<Read> {
    if text.len() > 19 {
        return None;
    }
    let n = text
        .iter()
        .try_fold(0_i64, |n, b| n.checked_mul(10)?.checked_add(i64::from(b.wrapping_sub(b'0'))))?;
    // Ten digits are seconds until the year 2286; each further three a thousandth.
    let second = match text.len() {
        ..=11 => n,
        12..=14 => n / 1000,
        15..=17 => n / 1_000_000,
        _ => n / 1_000_000_000,
    };
    Some(Read { second, bare: false, twice: false })
}

fn number(text: &[u8], from: usize, digits: usize) -> Option<i64> {
    let digits = text.get(from..from + digits)?;
    digits.iter().try_fold(0_i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}

/// Days since the epoch (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(zone: Tz, text: &str) -> Result<Read, &'static str> {
        Times::new(zone).read(text.as_bytes())
    }

    #[test]
    fn every_usual_way_of_writing_the_same_moment() {
        for text in [
            "2026-11-21T03:10:00-06:00",
            "2026-11-21 03:10:00.250-0600",
            "2026-11-21T09:10Z",
            "2026-11-21 09:10:00 UTC",
            "2026-11-21 10:10:00+01",
            "1795252200",
            "1795252200000",
            "1795252200000000",
            "1795252200000000000",
            "2026-11-21 03:10:00",
        ] {
            let read = read(chrono_tz::America::Mexico_City, text).unwrap();
            assert_eq!(read.second, 1_795_252_200, "{text}");
            assert_eq!(read.bare, text == "2026-11-21 03:10:00", "{text}");
        }
    }

    #[test]
    fn clocks_that_change_are_minded() {
        let zone = chrono_tz::America::Tijuana;
        assert!(read(zone, "2026-11-01 01:30:00").unwrap().twice);
        assert_eq!(
            read(zone, "2026-03-08 02:30:00"),
            Err("an hour that the clocks of the zone left out")
        );
        let mut times = Times::new(zone);
        let a = times.read(b"2026-03-08 01:59:59").unwrap().second;
        let b = times.read(b"2026-03-08 03:00:00").unwrap().second;
        assert_eq!(b - a, 1);
    }

    #[test]
    fn what_is_no_time_says_so() {
        for text in [
            "",
            "yesterday",
            "2026-11-21",
            "21/11/2026 03:10",
            "2026-11-21T03:10:00-6",
            "99999999999999999999",
            "2026-1x-21T03:10:00Z",
            "2026-11-21T03:10:00 CST",
        ] {
            assert!(read(chrono_tz::UTC, text).unwrap_err().starts_with("no time;"), "{text}");
        }
        assert_eq!(read(chrono_tz::UTC, "2026-02-29 00:00"), Err("no date of the calendar"));
        assert_eq!(read(chrono_tz::UTC, "2026-02-28 24:00"), Err("no time of the day"));
        assert!(read(chrono_tz::UTC, "2024-02-29 00:00").is_ok());
    }

    proptest::proptest! {
        #[test]
        fn days_agree_with_the_calendar(days in -700_000_i32..700_000) {
            use chrono::Datelike as _;
            let date = NaiveDate::from_epoch_days(days).unwrap();
            let (y, m, d) = (date.year(), date.month(), date.day());
            let own = days_of(i64::from(y), i64::from(m), i64::from(d));
            proptest::prop_assert_eq!(own, Some(i64::from(days)));
        }
    }
}
