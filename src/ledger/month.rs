//! Accounting periods: calendar months.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::units::UnitError;

/// A calendar month, `2026-11`: an accounting period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// The month that a day lies in.
    pub fn of(day: NaiveDate) -> Month {
        Month {
            year: u16::try_from(day.year()).unwrap_or(0),
            month: u8::try_from(day.month()).unwrap_or(1),
        }
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Month {
        match self.month {
            12 => Month { year: self.year.saturating_add(1), month: 1 },
            month => Month { month: month + 1, ..self },
        }
    }

    /// Its last day.
    pub fn last_day(self) -> Option<NaiveDate> {
        let next = self.next();
        NaiveDate::from_ymd_opt(next.year.into(), next.month.into(), 1)?.pred_opt()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let read = || {
            let (year, month) = text.split_once('-')?;
            let digits = |s: &str, n| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
            let formed = digits(year, 4) && digits(month, 2);
            let month: u8 = formed.then(|| month.parse().ok())??;
            let year = year.parse().ok()?;
            (1..=12).contains(&month).then_some(Month { year, month })
        };
        read().ok_or_else(|| {
            UnitError::new(format!("`{text}` is no month"), "a year and a month, such as 2026-11")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_back_and_follow_each_other() {
        let december: Month = "2026-12".parse().unwrap();
        assert_eq!(december.to_string(), "2026-12");
        assert_eq!(december.next().to_string(), "2027-01");
        assert_eq!(december.last_day().unwrap().to_string(), "2026-12-31");
        for bad in ["2026-13", "2026-1", "26-01", "2026-00", "2026/01", "+026-01", ""] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }
}
