use chrono::NaiveDate;
use chrono_tz::Tz;

use super::reader::{Log, Section};
use super::{BeyondCalendar, Calendar, Days, HasId, Time, Words};
use crate::diag::{Diagnostic, TextRange};
use crate::units::{Instant, Span};

/// The hours in which a target's time runs (`standards/clocks.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// When it starts each day.
    pub from: Time,
    /// When it stops each day.
    pub to: Time,
    /// The days on which it runs.
    pub days: Days,
    /// Where it is declared.
    pub range: TextRange,
    pub(super) days_range: TextRange,
}

impl HasId for Clock {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Clock {
    /// Whether it never stops.
    pub fn is_continuous(&self) -> bool {
        self.days == Days::EveryDay && self.from == Time::MIDNIGHT && self.to == Time::END
    }

    /// The moment at which `span` of this clock has run since `from`.
    ///
    /// # Errors
    /// When it lies beyond the years of the calendar.
    pub fn after(
        &self,
        from: Instant,
        span: Span,
        zone: Tz,
        calendar: Option<&Calendar>,
    ) -> Result<Instant, BeyondCalendar> {
        if self.is_continuous() {
            return Ok(from.plus(span));
        }
        let mut left = span.seconds().max(0);
        let mut day = super::day_of(from, zone);
        loop {
            if self.runs_on(day, calendar)? {
                let (Some(opens), Some(closes)) = (self.from.at(day, zone), self.to.at(day, zone))
                else {
                    return Err(self.endless(day));
                };
                let starts = opens.max(from);
                let open = closes.since(starts).seconds();
                if open >= left && closes >= from {
                    return Ok(starts.plus(Span::from_seconds(left)).in_zone(&zone));
                }
                left -= open.max(0);
            }
            day = day.succ_opt().ok_or_else(|| self.endless(day))?;
        }
    }

    /// The moment at which the clock stops on a day.
    pub fn end_of(&self, day: NaiveDate, zone: Tz) -> Option<Instant> {
        self.to.at(day, zone)
    }

    /// Whether the clock runs at a moment; `None` beyond the calendar's years.
    pub fn is_running(&self, at: Instant, zone: Tz, calendar: Option<&Calendar>) -> Option<bool> {
        let day = super::day_of(at, zone);
        let hours = self.from.at(day, zone)? <= at && at < self.to.at(day, zone)?;
        // Outside its hours the clock stands still whatever day it is.
        Some(hours && self.runs_on(day, calendar).ok()?)
    }

    fn runs_on(&self, day: NaiveDate, calendar: Option<&Calendar>) -> Result<bool, BeyondCalendar> {
        match (&self.days, calendar) {
            (Days::EveryDay, _) => Ok(true),
            (Days::Calendar(_), Some(calendar)) => calendar.is_working_day(day),
            (Days::Calendar(_), None) => Err(self.endless(day)),
        }
    }

    fn endless(&self, date: NaiveDate) -> BeyondCalendar {
        BeyondCalendar { calendar: self.days.to_string(), from: 0, to: 0, date }
    }
}

pub(super) fn read(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Vec<Clock> {
    let mut clocks = Vec::new();
    for (id, mut section) in file.sections(log, "clocks") {
        let range = section.range;
        let name = section.words(log, "name").unwrap_or_default();
        let from = section.time(log, "from").unwrap_or(Time::MIDNIGHT);
        let to = section.time(log, "to").unwrap_or(Time::END);
        if from >= to {
            log.add(
                Diagnostic::error("wrong-value", format!("clock `{id}` stops before it starts"))
                    .help("`from` has to be earlier than `to`, on the same day"),
                range,
            );
        }
        let (days, days_range) = section.days(log, "days").unwrap_or((Days::EveryDay, range));
        section.finish(log);
        clocks.push(Clock { id, name, from, to, days, range, days_range });
    }
    file.finish(log);
    clocks
}
