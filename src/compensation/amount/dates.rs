//! Days as numbers: months, quarters, working days, parts of a year.

use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate, Weekday};

use super::Ratio;

/// 1970-01-01 counted from the first day of the common era.
const EPOCH: i32 = 719_163;

/// Days since 1970-01-01.
pub(crate) fn number(day: NaiveDate) -> i32 {
    day.num_days_from_ce().saturating_sub(EPOCH)
}

/// The day of a number, if the calendar has it.
pub(crate) fn day(number: i64) -> Option<NaiveDate> {
    let number = i32::try_from(number).ok()?.checked_add(EPOCH)?;
    NaiveDate::from_num_days_from_ce_opt(number)
}

/// The same day of the month so many months later, or the month's last; earlier where negative.
pub(super) fn plus_months(from: i64, months: i64) -> Option<i64> {
    let day = day(from)?;
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    let found =
        if months < 0 { day.checked_sub_months(count) } else { day.checked_add_months(count) };
    found.map(|day| i64::from(number(day)))
}

/// Completed months from one day to another; 0 where the second is no later.
pub(super) fn months_between(from: i64, to: i64) -> Option<i64> {
    let (first, last) = (day(from)?, day(to)?);
    if last <= first {
        return Some(0);
    }
    let months = i64::from(last.year() - first.year()) * 12 + i64::from(last.month())
        - i64::from(first.month());
    // The month is complete on the day that `plus_months` gives.
    let complete = plus_months(from, months)? <= to;
    Some(if complete { months } else { months - 1 })
}

/// The first day of the span of so many months that a day lies in, counted from a month of the
/// year.
pub(super) fn start_of(at: i64, months: i64, first_month: i64) -> Option<i64> {
    let day = day(at)?;
    let since = (i64::from(day.month()) - first_month).rem_euclid(12) % months;
    let first = NaiveDate::from_ymd_opt(day.year(), day.month(), 1)?;
    plus_months(i64::from(number(first)), since.checked_neg()?)
}

/// How a span of days becomes a part of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayCount {
    /// Actual days over 365.
    Act365,
    /// Actual days over 360.
    Act360,
    /// Actual days, those of leap years over 366 and the others over 365 (ISDA).
    ActAct,
    /// Months of thirty days (US bond basis).
    Thirty360,
    /// Months of thirty days (Eurobond basis).
    Thirty360E,
}

impl DayCount {
    /// The conventions as amounts write them.
    pub const NAMES: [(&'static str, DayCount); 5] = [
        ("act/365", DayCount::Act365),
        ("act/360", DayCount::Act360),
        ("act/act", DayCount::ActAct),
        ("30/360", DayCount::Thirty360),
        ("30E/360", DayCount::Thirty360E),
    ];

    /// The name as amounts write it.
    pub fn name(self) -> &'static str {
        DayCount::NAMES.iter().find(|(_, count)| *count == self).map_or("", |(name, _)| name)
    }

    /// The part of a year from one day to another; nothing where the second is no later.
    pub(super) fn fraction(self, from: i64, to: i64) -> Option<Ratio> {
        if to <= from {
            return Some(Ratio::ZERO);
        }
        let days = i128::from(to.checked_sub(from)?);
        match self {
            DayCount::Act365 => Ratio::new(days, 365),
            DayCount::Act360 => Ratio::new(days, 360),
            DayCount::ActAct => {
                let (first, last) = (day(from)?, day(to)?);
                let year = |y: i32| NaiveDate::from_ymd_opt(y, 1, 1).map(|d| i64::from(number(d)));
                let length = |y: i32| Some(i128::from(year(y + 1)? - year(y)?));
                if first.year() == last.year() {
                    return Ratio::new(days, length(first.year())?);
                }
                let head = i128::from(year(first.year() + 1)? - from);
                let tail = i128::from(to - year(last.year())?);
                let whole = Ratio::whole(i128::from(last.year() - first.year() - 1));
                let head = Ratio::new(head, length(first.year())?)?;
                whole.add(head)?.add(Ratio::new(tail, length(last.year())?)?)
            }
            DayCount::Thirty360 | DayCount::Thirty360E => {
                let (first, last) = (day(from)?, day(to)?);
                let (mut d1, mut d2) = (first.day(), last.day());
                if self == DayCount::Thirty360E {
                    (d1, d2) = (d1.min(30), d2.min(30));
                } else {
                    d1 = d1.min(30);
                    if d1 == 30 {
                        d2 = d2.min(30);
                    }
                }
                let years = i128::from(last.year() - first.year());
                let months = i128::from(last.month()) - i128::from(first.month());
                let days = years * 360 + months * 30 + i128::from(d2) - i128::from(d1);
                Ratio::new(days, 360)
            }
        }
    }
}

/// Which days of some years are worked, ready to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkDays {
    /// The calendar's name.
    pub name: Arc<str>,
    /// First year covered.
    pub from: i32,
    /// Last year covered.
    pub to: i32,
    /// The day before the first one covered.
    before: i64,
    /// For each covered day, the days worked up to it; the first entry is before all of them.
    worked: Arc<[u32]>,
}

impl WorkDays {
    /// The calendar of some years: the days of the week that are free, and free days besides.
    pub fn new(
        name: &str,
        from: i32,
        to: i32,
        weekend: &[Weekday],
        is_holiday: impl Fn(NaiveDate) -> bool,
    ) -> WorkDays {
        let first = NaiveDate::from_ymd_opt(from, 1, 1).unwrap_or_default();
        let mut worked = vec![0];
        let mut count = 0;
        for day in first.iter_days().take_while(|day| day.year() <= to) {
            count += u32::from(!weekend.contains(&day.weekday()) && !is_holiday(day));
            worked.push(count);
        }
        let before = i64::from(number(first)) - 1;
        WorkDays { name: name.into(), from, to, before, worked: worked.into() }
    }

    fn upto(&self, day: i64) -> Option<u32> {
        let place = usize::try_from(day.checked_sub(self.before)?).ok()?;
        self.worked.get(place).copied()
    }

    /// How many days after `from`, up to and with `to`, are worked; none beyond the years covered.
    pub(super) fn count(&self, from: i64, to: i64) -> Option<i64> {
        if to <= from {
            return Some(0);
        }
        Some(i64::from(self.upto(to)?) - i64::from(self.upto(from)?))
    }

    /// The day that is so many worked days after one; 0 is the day itself.
    pub(super) fn plus(&self, from: i64, count: i64) -> Option<i64> {
        if count == 0 {
            return Some(from);
        }
        let wanted = u32::try_from(i64::from(self.upto(from)?).checked_add(count)?).ok()?;
        if count < 0 {
            return None;
        }
        let place = self.worked.partition_point(|worked| *worked < wanted);
        (place < self.worked.len()).then(|| self.before + i64::try_from(place).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        i64::from(number(text.parse().unwrap()))
    }

    #[test]
    fn months_end_where_the_month_does() {
        assert_eq!(plus_months(at("2026-01-31"), 1), Some(at("2026-02-28")));
        assert_eq!(plus_months(at("2026-03-31"), -1), Some(at("2026-02-28")));
        assert_eq!(months_between(at("2026-01-31"), at("2026-02-28")), Some(1));
        assert_eq!(months_between(at("2026-01-15"), at("2026-04-14")), Some(2));
        assert_eq!(months_between(at("2026-04-14"), at("2026-01-15")), Some(0));
    }

    #[test]
    fn quarters_begin_where_the_year_does() {
        assert_eq!(start_of(at("2026-02-15"), 3, 1), Some(at("2026-01-01")));
        // A fiscal year from 1 February.
        assert_eq!(start_of(at("2026-02-15"), 3, 2), Some(at("2026-02-01")));
        assert_eq!(start_of(at("2026-01-15"), 3, 2), Some(at("2025-11-01")));
        assert_eq!(start_of(at("2026-03-31"), 12, 4), Some(at("2025-04-01")));
        assert_eq!(start_of(at("2026-02-15"), 1, 1), Some(at("2026-02-01")));
    }

    #[test]
    fn parts_of_a_year_by_convention() {
        let part = |count: DayCount, from, to| count.fraction(at(from), at(to)).unwrap();
        assert_eq!(
            part(DayCount::Act365, "2026-01-01", "2026-03-15"),
            Ratio::new(73, 365).unwrap()
        );
        assert_eq!(
            part(DayCount::Act360, "2026-01-01", "2026-01-31"),
            Ratio::new(30, 360).unwrap()
        );
        // ISDA's example: 1 November 2003 to 1 May 2004.
        let isda = Ratio::new(61, 365).unwrap().add(Ratio::new(121, 366).unwrap()).unwrap();
        assert_eq!(part(DayCount::ActAct, "2003-11-01", "2004-05-01"), isda);
        assert_eq!(
            part(DayCount::Thirty360, "2026-01-31", "2026-03-31"),
            Ratio::new(1, 6).unwrap()
        );
        assert_eq!(
            part(DayCount::Thirty360, "2026-01-15", "2026-03-31"),
            Ratio::new(76, 360).unwrap()
        );
        assert_eq!(
            part(DayCount::Thirty360E, "2026-01-15", "2026-03-31"),
            Ratio::new(75, 360).unwrap()
        );
        assert_eq!(part(DayCount::Act365, "2026-03-15", "2026-01-01"), Ratio::ZERO);
    }

    #[test]
    fn working_days_are_counted_from_the_day_after() {
        let free = |day: NaiveDate| day == "2026-11-16".parse().unwrap();
        let days = WorkDays::new("test", 2026, 2026, &[Weekday::Sat, Weekday::Sun], free);
        assert_eq!(days.count(at("2026-11-13"), at("2026-11-18")), Some(2));
        assert_eq!(days.count(at("2026-11-18"), at("2026-11-13")), Some(0));
        assert_eq!(days.plus(at("2026-11-13"), 1), Some(at("2026-11-17")));
        assert_eq!(days.plus(at("2026-11-14"), 0), Some(at("2026-11-14")));
        assert_eq!(days.plus(at("2026-11-14"), 1), Some(at("2026-11-17")));
        assert_eq!(days.plus(at("2026-12-31"), 1), None);
        assert_eq!(days.count(at("2026-12-01"), at("2027-01-01")), None);
        assert_eq!(days.count(at("2025-12-31"), at("2026-01-02")), Some(2));
    }
}
