use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use super::reader::{Item, Log, Section};
use super::{HasId, Words};
use crate::diag::{Diagnostic, TextRange};

/// Which days are worked (`standards/calendar/<id>.toml`).
///
/// A calendar answers for the years that it covers and for no other: a date beyond them is an
/// error, never a working day by default.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Its id: the file's name.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// The law or the publication that it follows.
    pub source: String,
    /// First year covered.
    pub from: i32,
    /// Last year covered.
    pub to: i32,
    /// Days of the week that are never worked.
    pub weekend: Vec<Weekday>,
    /// Days that are not worked besides, each with its name.
    pub holidays: BTreeMap<NaiveDate, String>,
    /// The calendar whose holidays it has too.
    pub extends: Option<String>,
    /// Where it is declared.
    pub range: TextRange,
    pub(super) extends_range: TextRange,
    pub(super) to_range: TextRange,
}

/// A date outside the years that a calendar covers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("calendar `{calendar}` covers {from} to {to}, and {date} lies outside")]
pub struct BeyondCalendar {
    /// The calendar's id.
    pub calendar: String,
    /// First year covered.
    pub from: i32,
    /// Last year covered.
    pub to: i32,
    /// The date that was asked for.
    pub date: NaiveDate,
}

impl HasId for Calendar {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Calendar {
    fn beyond(&self, date: NaiveDate) -> BeyondCalendar {
        BeyondCalendar { calendar: self.id.clone(), from: self.from, to: self.to, date }
    }

    /// Whether the calendar knows anything about a date.
    pub fn covers(&self, date: NaiveDate) -> bool {
        (self.from..=self.to).contains(&date.year())
    }

    /// Whether a date is a named holiday, a weekend or not.
    ///
    /// # Errors
    /// Beyond the years covered.
    pub fn is_holiday(&self, date: NaiveDate) -> Result<bool, BeyondCalendar> {
        match self.covers(date) {
            true => Ok(self.holidays.contains_key(&date)),
            false => Err(self.beyond(date)),
        }
    }

    /// Whether a date is worked.
    ///
    /// # Errors
    /// Beyond the years covered.
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, BeyondCalendar> {
        Ok(!self.is_holiday(date)? && !self.weekend.contains(&date.weekday()))
    }

    /// The working day that is `count` working days after a date; `0` is the date itself.
    ///
    /// # Errors
    /// When it lies beyond the years covered.
    pub fn add_working_days(
        &self,
        date: NaiveDate,
        count: u32,
    ) -> Result<NaiveDate, BeyondCalendar> {
        let mut day = date;
        let mut left = count;
        while left > 0 {
            day = day.succ_opt().ok_or_else(|| self.beyond(day))?;
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// The date itself if it is worked, else the working day before it.
    ///
    /// # Errors
    /// When it lies beyond the years covered.
    pub fn on_or_before(&self, date: NaiveDate) -> Result<NaiveDate, BeyondCalendar> {
        let mut day = date;
        while !self.is_working_day(day)? {
            day = day.pred_opt().ok_or_else(|| self.beyond(day))?;
        }
        Ok(day)
    }

    /// How many working days lie after `from`, up to and with `to`; 0 when `to` is not later.
    ///
    /// # Errors
    /// When one of the days lies beyond the years covered.
    pub fn working_days(&self, from: NaiveDate, to: NaiveDate) -> Result<u32, BeyondCalendar> {
        let Some(first) = from.succ_opt().filter(|first| *first <= to) else { return Ok(0) };
        if let Some(beyond) = [first, to].into_iter().find(|day| !self.covers(*day)) {
            return Err(self.beyond(beyond));
        }
        // Whole weeks are counted, and only the days of the last one are walked through.
        let days = usize::try_from(to.signed_duration_since(from).num_days()).unwrap_or(0);
        let weekend = |day: Weekday| self.weekend.contains(&day);
        let a_week = first.iter_days().take(7).filter(|day| !weekend(day.weekday())).count();
        let rest = first.iter_days().take(days % 7).filter(|day| !weekend(day.weekday())).count();
        let holidays = self.holidays.range(first..=to).filter(|(day, _)| !weekend(day.weekday()));
        let working = (days / 7 * a_week + rest).saturating_sub(holidays.count());
        Ok(u32::try_from(working).unwrap_or(u32::MAX))
    }
}

pub(super) fn read(id: &str, mut file: Section<'_, '_>, log: &mut Log<'_>) -> Calendar {
    let range = file.range;
    let name = file.words(log, "name").unwrap_or_default();
    let source = file.need_text(log, "source");
    let from = i32::try_from(file.need_integer(log, "from", 1900..=2200)).unwrap_or(1900);
    let to = i32::try_from(file.need_integer(log, "to", 1900..=2200)).unwrap_or(1900);
    if from > to {
        let what = format!("calendar `{id}` ends in {to}, before it begins in {from}");
        log.add(Diagnostic::error("wrong-value", what).help("swap `from` and `to`"), range);
    }
    let weekend = file.weekdays(log, "weekend");
    let to_range = file.place_of("to").unwrap_or(range);
    let extends: Option<Item> = file.item(log, "extends");
    let mut holidays = BTreeMap::new();
    for mut section in file.array(log, "holiday") {
        let range = section.range;
        let date = section.date(log, "date");
        let name = section.need_text(log, "name");
        section.text(log, "clause");
        section.text(log, "source");
        match date {
            Some(date) if !(from..=to).contains(&date.year()) => log.add(
                Diagnostic::error(
                    "wrong-value",
                    format!("{date} is outside the years {from} to {to} of this calendar"),
                )
                .help("cover the year with all its holidays, or take the date out"),
                range,
            ),
            Some(date) if holidays.contains_key(&date) => log.add(
                Diagnostic::error("duplicate", format!("{date} is listed twice"))
                    .help("keep one of them"),
                range,
            ),
            Some(date) => {
                holidays.insert(date, name);
            }
            None if section.has("date") => {}
            None => log.add(
                Diagnostic::error("missing-key", "a holiday has no `date`")
                    .help("add it, such as date = 2026-11-16"),
                range,
            ),
        }
        section.finish(log);
    }
    let extends_range = extends.as_ref().map_or(range, |item| item.range);
    let extends = extends.map(|item| item.text);
    file.finish(log);
    let id = id.to_owned();
    Calendar {
        id,
        name,
        source,
        from,
        to,
        weekend,
        holidays,
        extends,
        range,
        extends_range,
        to_range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        Calendar {
            id: "test".into(),
            name: Words::default(),
            source: "a test".into(),
            from: 2026,
            to: 2026,
            weekend: vec![Weekday::Sat, Weekday::Sun],
            holidays: [(day("2026-11-16"), "Revolución Mexicana".to_owned())].into(),
            extends: None,
            range: TextRange::default(),
            extends_range: TextRange::default(),
            to_range: TextRange::default(),
        }
    }

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        let calendar = calendar();
        // Friday; Saturday, Sunday and the holiday of Monday are skipped.
        assert_eq!(calendar.add_working_days(day("2026-11-13"), 1), Ok(day("2026-11-17")));
        assert_eq!(calendar.add_working_days(day("2026-11-14"), 0), Ok(day("2026-11-14")));
        assert_eq!(calendar.on_or_before(day("2026-11-16")), Ok(day("2026-11-13")));
        assert_eq!(calendar.working_days(day("2026-11-13"), day("2026-11-18")), Ok(2));
        assert_eq!(calendar.working_days(day("2026-11-18"), day("2026-11-13")), Ok(0));
        assert_eq!(calendar.is_working_day(day("2026-11-16")), Ok(false));
    }

    #[test]
    fn working_days_are_counted_as_they_are_walked() {
        let calendar = calendar();
        let from = day("2026-10-28");
        for length in 0..60 {
            let to = from + chrono::Days::new(length);
            let walked = from.iter_days().skip(1).take_while(|day| *day <= to);
            let walked = walked.filter(|day| calendar.is_working_day(*day) == Ok(true)).count();
            assert_eq!(calendar.working_days(from, to), Ok(walked as u32), "{to}");
        }
    }

    #[test]
    fn beyond_its_years_it_says_so() {
        let calendar = calendar();
        let error = calendar.is_working_day(day("2027-01-04")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "calendar `test` covers 2026 to 2026, and 2027-01-04 lies outside"
        );
        assert!(calendar.add_working_days(day("2026-12-31"), 1).is_err());
        assert!(calendar.working_days(day("2026-12-01"), day("2030-01-01")).is_err());
    }

    #[test]
    fn a_week_without_working_days_ends_at_the_last_year() {
        let mut never = calendar();
        never.weekend = vec![
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ];
        assert!(never.add_working_days(day("2026-01-01"), u32::MAX).is_err());
        assert!(never.on_or_before(day("2026-06-01")).is_err());
    }
}
