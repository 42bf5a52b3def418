use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::units::{Instant, UnitError};

/// A time of the day in whole minutes, `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u16);

impl Time {
    /// The beginning of a day.
    pub const MIDNIGHT: Time = Time(0);
    /// The end of a day.
    pub const END: Time = Time(24 * 60);

    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// That time on a day, on the wall clock; `24:00` is the next midnight.
    pub fn on(self, date: NaiveDate) -> NaiveDateTime {
        let minutes = u32::from(self.0);
        let date = if minutes == 24 * 60 { date.succ_opt().unwrap_or(date) } else { date };
        let time = NaiveTime::from_hms_opt(minutes / 60 % 24, minutes % 60, 0);
        date.and_time(time.unwrap_or(NaiveTime::MIN))
    }

    /// That time on a day in a zone; where the clocks skip it, the first moment after the skip.
    pub fn at(self, date: NaiveDate, zone: Tz) -> Option<Instant> {
        let wall = self.on(date);
        // No zone has ever skipped more than a day; a quarter of an hour finds every end of a skip.
        (0..=96).find_map(|quarters| {
            let wall = wall.checked_add_signed(chrono::TimeDelta::minutes(15 * quarters))?;
            let moment = zone.from_local_datetime(&wall).earliest()?;
            Some(Instant::from(moment.fixed_offset()))
        })
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for Time {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let bad = || {
            UnitError::new(format!("`{text}` is no time of the day"), "hours and minutes: 17:00")
        };
        let two = |part: &str| -> Option<u16> {
            (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse().ok())
                .flatten()
        };
        let (hours, minutes) = text.split_once(':').ok_or_else(bad)?;
        match (two(hours), two(minutes)) {
            (Some(24), Some(0)) => Ok(Time::END),
            (Some(h @ 0..=23), Some(m @ 0..=59)) => Ok(Time(h * 60 + m)),
            _ => Err(bad()),
        }
    }
}

/// Which days something happens on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Days {
    /// All of them (`every-day`).
    EveryDay,
    /// The working days of a calendar.
    Calendar(String),
}

impl Days {
    /// Reads `every-day` or a calendar's name.
    pub fn parse(text: &str) -> Days {
        match text {
            "every-day" => Days::EveryDay,
            calendar => Days::Calendar(calendar.to_owned()),
        }
    }

    /// The calendar's name, if there is one.
    pub fn calendar(&self) -> Option<&str> {
        match self {
            Days::EveryDay => None,
            Days::Calendar(name) => Some(name),
        }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.calendar().unwrap_or("every-day"))
    }
}

/// The day that a moment belongs to in a zone.
pub fn day_of(moment: Instant, zone: Tz) -> NaiveDate {
    moment.in_zone(&zone).get().date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_times_of_the_day() {
        for text in ["00:00", "07:05", "23:59", "24:00"] {
            assert_eq!(text.parse::<Time>().unwrap().to_string(), text);
        }
        for text in ["", "7:00", "24:01", "12:60", "ab:cd", "12", "+1:00", "12:00:00"] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_the_first_after_it() {
        let zone: Tz = "America/Mexico_City".parse().unwrap();
        let skipped = "2022-04-03".parse().unwrap();
        let at = "02:30".parse::<Time>().unwrap().at(skipped, zone).unwrap();
        assert_eq!(at.to_string(), "2022-04-03T03:00:00-05:00");
        let end = Time::END.at("2026-11-21".parse().unwrap(), zone).unwrap();
        assert_eq!(end.to_string(), "2026-11-22T00:00:00-06:00");
    }
}
