use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;

use super::reader::is_id;
use super::{BeyondCalendar, Calendar, Clock, Time, day_of};
use crate::units::{Instant, Span, UnitError};

/// When something is due, as a target or a checklist says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Nothing is asked for (`none`).
    Never,
    /// Before the incident is closed (`at close`).
    AtClose,
    /// Whenever something changes, and after so long anyway if it says so
    /// (`at change`, `at change or 1d`).
    AtChange(Option<Span>),
    /// After so long on the target's clock (`15m`; a day is 24 hours).
    Within(Span),
    /// By the end of the clock's day, so many working days later (`3wd mx-bank`).
    WorkingDays {
        /// How many.
        count: u32,
        /// The calendar's id.
        calendar: String,
    },
    /// At that time on the next working day (`next 12:00 mx-bank`).
    Next {
        /// The time, in the company's zone.
        time: Time,
        /// The calendar's id.
        calendar: String,
    },
}

/// A target's time: what is due when, and exactly how the standard writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    due: Due,
    // Spans have several spellings (60m, 1h); people find the one that they wrote.
    written: String,
}

/// Longest span or number of working days that a target may have: about ten years.
const LONGEST_DAYS: i64 = 3_660;

const EXPECTED: &str = "15m, 7d, 3wd mx-bank, next 12:00 mx-bank, at close, at change, \
                        at change or 1d, or none";

impl Target {
    /// When it is due.
    pub fn due(&self) -> &Due {
        &self.due
    }

    /// The calendar that it needs, if it needs one.
    pub fn calendar(&self) -> Option<&str> {
        match &self.due {
            Due::WorkingDays { calendar, .. } | Due::Next { calendar, .. } => Some(calendar),
            _ => None,
        }
    }

    /// Whether it asks for more than another, whatever the moment that both are counted from; a
    /// working day is taken for eight hours. Two that depend on the hour are not compared.
    pub fn is_stricter(&self, other: &Target) -> bool {
        const WORKING_DAY_S: i64 = 8 * 3_600;
        let rank = |due: &Due| match due {
            Due::Never => 0,
            Due::AtClose => 1,
            Due::AtChange(None) => 2,
            _ => 3,
        };
        let (ours, theirs) = (rank(&self.due), rank(&other.due));
        if ours != theirs {
            return ours > theirs;
        }
        match (&self.due, &other.due) {
            (Due::AtChange(Some(a)), Due::Within(b)) => a <= b,
            (Due::AtChange(Some(a)) | Due::Within(a), Due::AtChange(Some(b)) | Due::Within(b)) => {
                a < b
            }
            (Due::AtChange(Some(a)) | Due::Within(a), Due::WorkingDays { count, .. }) => {
                a.seconds() <= i64::from(*count) * WORKING_DAY_S
            }
            (
                Due::WorkingDays { count: a, calendar: ours },
                Due::WorkingDays { count: b, calendar: theirs },
            ) => ours == theirs && a < b,
            (
                Due::Next { calendar: ours, .. },
                Due::WorkingDays { count: 1.., calendar: theirs },
            ) => ours == theirs,
            (Due::Next { time: a, calendar: ours }, Due::Next { time: b, calendar: theirs }) => {
                ours == theirs && a < b
            }
            _ => false,
        }
    }

    /// The moment at which it is due, counted from `from`; `None` where there is no such moment.
    ///
    /// `calendar` is the target's own, `clock_calendar` the one that the clock's days come from.
    /// A span after a change is counted from `from`, the last change.
    ///
    /// # Errors
    /// When the moment lies beyond the years of a calendar.
    pub fn moment(
        &self,
        from: Instant,
        zone: Tz,
        clock: &Clock,
        clock_calendar: Option<&Calendar>,
        calendar: Option<&Calendar>,
    ) -> Result<Option<Instant>, BeyondCalendar> {
        match &self.due {
            Due::Never | Due::AtClose | Due::AtChange(None) => Ok(None),
            Due::AtChange(Some(span)) | Due::Within(span) => {
                clock.after(from, *span, zone, clock_calendar).map(Some)
            }
            Due::WorkingDays { count, .. } => {
                let Some(calendar) = calendar else { return Ok(None) };
                let day = calendar.add_working_days(day_of(from, zone), *count)?;
                Ok(clock.end_of(day, zone))
            }
            Due::Next { time, .. } => {
                let Some(calendar) = calendar else { return Ok(None) };
                let day = calendar.add_working_days(day_of(from, zone), 1)?;
                Ok(time.at(day, zone))
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl From<Due> for Target {
    fn from(due: Due) -> Self {
        let written = match &due {
            Due::Never => "none".to_owned(),
            Due::AtClose => "at close".to_owned(),
            Due::AtChange(None) => "at change".to_owned(),
            Due::AtChange(Some(span)) => format!("at change or {span}"),
            Due::Within(span) => span.to_string(),
            Due::WorkingDays { count, calendar } => format!("{count}wd {calendar}"),
            Due::Next { time, calendar } => format!("next {time} {calendar}"),
        };
        Target { due, written }
    }
}

impl FromStr for Target {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let shown = || text.chars().take(80).collect::<String>();
        let bad = || UnitError::new(format!("`{}` is no target", shown()), EXPECTED);
        let span = |text: &str| -> Result<Span, UnitError> {
            let span: Span = text.parse().map_err(|_| bad())?;
            let days = span.seconds() / 86_400;
            if span.seconds() < 0 || days > LONGEST_DAYS {
                return Err(UnitError::new(
                    format!("`{}` is longer than ten years, or negative", shown()),
                    EXPECTED,
                ));
            }
            Ok(span)
        };
        let calendar = |name: &str| if is_id(name) { Ok(name.to_owned()) } else { Err(bad()) };
        let due = match text {
            "none" => Due::Never,
            "at close" => Due::AtClose,
            "at change" => Due::AtChange(None),
            _ => {
                if let Some(rest) = text.strip_prefix("at change or ") {
                    Due::AtChange(Some(span(rest)?))
                } else if let Some(rest) = text.strip_prefix("next ") {
                    let (time, name) = rest.split_once(' ').ok_or_else(bad)?;
                    Due::Next { time: time.parse()?, calendar: calendar(name)? }
                } else if let Some((count, name)) = text.split_once("wd ") {
                    let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
                    let count = digits.then(|| count.parse().ok()).flatten();
                    let count = count.filter(|n| i64::from(*n) <= LONGEST_DAYS).ok_or_else(bad)?;
                    Due::WorkingDays { count, calendar: calendar(name)? }
                } else {
                    Due::Within(span(text)?)
                }
            }
        };
        Ok(Target { due, written: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_read() {
        for text in [
            "15m",
            "60m",
            "1h30m",
            "7d",
            "3wd mx-bank",
            "next 12:00 mx-bank",
            "at close",
            "at change",
            "at change or 1d",
            "none",
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
        let made = Target::from(Due::WorkingDays { count: 3, calendar: "mx-bank".into() });
        assert_eq!(made.to_string().parse::<Target>().unwrap(), made);
    }

    #[test]
    fn the_stricter_of_two_is_known_or_it_is_not() {
        let stricter = |a: &str, b: &str| {
            a.parse::<Target>().unwrap().is_stricter(&b.parse::<Target>().unwrap())
        };
        for (a, b) in [
            ("10m", "15m"),
            ("7d", "none"),
            ("at close", "none"),
            ("at change", "at close"),
            ("3wd mx-bank", "at change"),
            ("at change or 1d", "at change"),
            ("at change or 1d", "1d"),
            ("30m", "at change or 1d"),
            ("8h", "1wd mx-bank"),
            ("1wd mx-bank", "3wd mx-bank"),
            ("next 12:00 mx-bank", "1wd mx-bank"),
            ("next 09:00 mx-bank", "next 12:00 mx-bank"),
        ] {
            assert!(stricter(a, b), "{a} {b}");
            assert!(!stricter(b, a), "{b} {a}");
        }
        for (a, b) in [
            ("10m", "10m"),
            ("9h", "1wd mx-bank"),
            ("1wd mx-bank", "2wd mx-labour"),
            ("next 12:00 mx-bank", "1d"),
        ] {
            assert!(!stricter(a, b) && !stricter(b, a), "{a} {b}");
        }
    }

    #[test]
    fn refuses_what_is_no_target() {
        for text in [
            "",
            "soon",
            "15",
            "wd mx-bank",
            "3wd",
            "3wd ",
            "-1wd mx-bank",
            "3wd a b",
            "next mx-bank",
            "next 25:00 mx-bank",
            "at change or",
            "-5m",
            "99999d",
            "99999999999wd mx-bank",
            "NONE",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
