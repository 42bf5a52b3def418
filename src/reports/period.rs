use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;

use crate::units::Instant;

/// A week, month or quarter of the calendar: `2026-W47`, `2026-11`, `2026-Q4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// As it is written.
    pub label: String,
    /// First day.
    pub first: NaiveDate,
    /// Last day.
    pub last: NaiveDate,
}

/// Why a text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period; expected 2026-W47, 2026-11 or 2026-Q4")]
pub struct NoPeriod(String);

impl Period {
    /// The ISO 8601 week that holds a day.
    pub fn week_of(day: NaiveDate) -> Option<Period> {
        let week = day.iso_week();
        format!("{}-W{:02}", week.year(), week.week()).parse().ok()
    }

    /// Days from the first to the last; `None` where they run backwards or beyond the calendar.
    pub fn of_days(first: NaiveDate, last: NaiveDate) -> Option<Period> {
        let lies_within = (0..=9999).contains(&first.year()) && (0..=9999).contains(&last.year());
        (first <= last && lies_within).then(|| Period {
            label: format!("{first}..{last}"),
            first,
            last,
        })
    }

    /// The first moment, in a zone.
    pub fn start(&self, zone: Tz) -> Option<Instant> {
        midnight(self.first, zone)
    }

    /// The first moment after it.
    pub fn end(&self, zone: Tz) -> Option<Instant> {
        midnight(self.last.succ_opt()?, zone)
    }

    /// The one before it: the week, month or quarter, else as many days.
    pub fn before(&self) -> Option<Period> {
        let last = self.first.pred_opt()?;
        let (year, month0) = (last.year(), last.month0());
        let label = match &self.label {
            label if label.contains("..") => {
                let days = self.last.signed_duration_since(self.first);
                return Period::of_days(last.checked_sub_signed(days)?, last);
            }
            label if label.contains('W') => return Period::week_of(last),
            label if label.contains('Q') => format!("{year:04}-Q{}", month0 / 3 + 1),
            _ => format!("{year:04}-{:02}", month0 + 1),
        };
        label.parse().ok()
    }

    /// Whether it is a week.
    pub fn is_week(&self) -> bool {
        self.label.contains('W')
    }
}

/// The first moment of a day; where clocks were put forward at midnight, the first that exists.
fn midnight(day: NaiveDate, zone: Tz) -> Option<Instant> {
    (0..4).find_map(|hours| {
        let local = day.and_time(NaiveTime::MIN) + Duration::hours(hours);
        zone.from_local_datetime(&local).earliest().map(|at| Instant::from(at.fixed_offset()))
    })
}

impl FromStr for Period {
    type Err = NoPeriod;

    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let no = || NoPeriod(text.chars().take(40).collect());
        let (year, rest) = text.split_once('-').ok_or_else(no)?;
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) {
            return Err(no());
        }
        let year: i32 = year.parse().map_err(|_| no())?;
        let span = |first: NaiveDate, next: Option<NaiveDate>| {
            Some((first, next?.checked_sub_days(Days::new(1))?))
        };
        let days = if let Some(week) = rest.strip_prefix('W').filter(|w| digits(w, 2)) {
            let week = week.parse().map_err(|_| no())?;
            NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)
                .and_then(|first| span(first, first.checked_add_days(Days::new(7))))
        } else if let Some(quarter) = rest.strip_prefix('Q').filter(|q| digits(q, 1)) {
            let quarter: u32 = quarter.parse().map_err(|_| no())?;
            quarter
                .checked_sub(1)
                .and_then(|q| NaiveDate::from_ymd_opt(year, q * 3 + 1, 1))
                .and_then(|first| span(first, first.checked_add_months(Months::new(3))))
        } else if digits(rest, 2) {
            let month = rest.parse().map_err(|_| no())?;
            NaiveDate::from_ymd_opt(year, month, 1)
                .and_then(|first| span(first, first.checked_add_months(Months::new(1))))
        } else {
            None
        };
        let (first, last) = days.ok_or_else(no)?;
        Ok(Period { label: text.to_owned(), first, last })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_months_and_quarters_have_their_days() {
        for (text, first, last) in [
            ("2026-W47", "2026-11-16", "2026-11-22"),
            ("2026-W53", "2026-12-28", "2027-01-03"),
            ("2025-W01", "2024-12-30", "2025-01-05"),
            ("2026-02", "2026-02-01", "2026-02-28"),
            ("2026-Q4", "2026-10-01", "2026-12-31"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.first.to_string(), first, "{text}");
            assert_eq!(period.last.to_string(), last, "{text}");
        }
        let day = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        assert_eq!(Period::week_of(day).unwrap().label, "2026-W53");
    }

    #[test]
    fn the_one_before_is_of_the_same_kind() {
        for (text, before) in [
            ("2027-W01", "2026-W53"),
            ("2026-01", "2025-12"),
            ("2026-Q1", "2025-Q4"),
            ("2026-11", "2026-10"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.before().unwrap().label, before, "{text}");
        }
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let days = Period::of_days(day("2026-11-05"), day("2026-11-08")).unwrap();
        assert_eq!(days.before().unwrap().label, "2026-11-01..2026-11-04");
        assert_eq!(Period::of_days(day("2026-11-05"), day("2026-11-04")), None);
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "", "2026", "2025-W53", "2026-W00", "2026-W7", "2026-13", "2026-Q5", "2026-Q0",
            "26-W01", "2026-+1", "2026-W+7",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_week_begins_at_midnight_of_its_zone() {
        let week: Period = "2026-W47".parse().unwrap();
        let start = week.start(Tz::America__Mexico_City).unwrap();
        assert_eq!(start.to_string(), "2026-11-16T00:00:00-06:00");
        // In Santiago clocks jump from 24:00 to 1:00 in early September.
        let week: Period = "2026-W36".parse().unwrap();
        assert_eq!(
            week.end(Tz::America__Santiago).unwrap().to_string(),
            "2026-09-07T00:00:00-03:00"
        );
        let jump = NaiveDate::from_ymd_opt(2026, 9, 6).unwrap();
        assert_eq!(
            midnight(jump, Tz::America__Santiago).unwrap().to_string(),
            "2026-09-06T01:00:00-03:00"
        );
    }
}
