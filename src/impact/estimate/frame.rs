use chrono::{DateTime, Datelike as _, NaiveDate, Offset as _, TimeZone as _, Utc};
use chrono_tz::Tz;

/// What a day is, as far as people's habits go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum DayKind {
    /// A day as any other of its week.
    #[default]
    Ordinary,
    /// Wages arrive.
    Payday,
    /// A sales campaign runs.
    Campaign,
    /// A public holiday.
    Holiday,
}

impl DayKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            DayKind::Ordinary => "ordinary day",
            DayKind::Payday => "payday",
            DayKind::Campaign => "campaign day",
            DayKind::Holiday => "holiday",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<DayKind> {
        let kinds = [DayKind::Ordinary, DayKind::Payday, DayKind::Campaign, DayKind::Holiday];
        kinds.into_iter().find(|kind| kind.word() == word)
    }
}

/// The bins of time that counts are held in, on the wall clock of a zone.
///
/// Bins are counted from the epoch, so that the same moment has the same bin everywhere; a bin is
/// a divisor of an hour, so that a change of the clocks moves whole bins.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Length of a bin in seconds.
    pub width: i64,
    /// The first bin.
    pub first: i64,
    /// How many bins.
    pub bins: i64,
    /// Seconds from UTC to the wall clock, by hours from the first bin's.
    offsets: Vec<i64>,
    /// Local days, from the day of the first bin.
    first_day: i64,
    kinds: Vec<DayKind>,
    /// Days of the week, Monday 0.
    weekdays: Vec<u8>,
}

impl Frame {
    /// Lays bins of `width` seconds from `from` to `to` (seconds of the epoch).
    pub fn new(
        width: i64,
        from: i64,
        to: i64,
        zone: Tz,
        kind: &dyn Fn(NaiveDate) -> DayKind,
    ) -> Frame {
        let width = width.clamp(1, 3600);
        let first = from.div_euclid(width);
        let bins = (to.div_euclid(width) - first + 1).max(0);
        let hours = bins * width / 3600 + 2;
        let first_hour = (first * width).div_euclid(3600);
        let offset = |hour: i64| {
            let at = DateTime::<Utc>::from_timestamp(hour.saturating_mul(3600), 0);
            let at = at.map(|at| zone.offset_from_utc_datetime(&at.naive_utc()));
            at.map_or(0, |offset| i64::from(offset.fix().local_minus_utc()))
        };
        let offsets: Vec<i64> = (first_hour..first_hour + hours).map(offset).collect();
        let start = (first * width + offsets.first().copied().unwrap_or(0)).div_euclid(86_400);
        let days = bins * width / 86_400 + 3;
        let day = |n: i64| {
            let days = i32::try_from(n).ok()?;
            NaiveDate::from_epoch_days(days)
        };
        let of_days = |n: i64| day(n).map_or(DayKind::Ordinary, kind);
        let weekday = |n: i64| day(n).map_or(0, |d| d.weekday().num_days_from_monday() as u8);
        Frame {
            width,
            first,
            bins,
            offsets,
            first_day: start,
            kinds: (start..start + days).map(of_days).collect(),
            weekdays: (start..start + days).map(weekday).collect(),
        }
    }

    /// Bins of a day of 24 hours.
    pub fn a_day(&self) -> i64 {
        (86_400 / self.width).max(1)
    }

    /// How many bins hold so many seconds: at least one.
    pub fn bins_of(&self, seconds: i64) -> i64 {
        ((seconds + self.width - 1) / self.width).max(1)
    }

    /// The bin of a moment, counted from the first.
    pub fn bin_of(&self, second: i64) -> i64 {
        second.div_euclid(self.width) - self.first
    }

    /// When a bin begins.
    pub fn start_of(&self, bin: i64) -> i64 {
        (self.first + bin) * self.width
    }

    fn offset(&self, bin: i64) -> i64 {
        let first_hour = (self.first * self.width).div_euclid(3600);
        let hour = self.start_of(bin).div_euclid(3600) - first_hour;
        let last = self.offsets.len().saturating_sub(1);
        let place = usize::try_from(hour.max(0)).unwrap_or(0).min(last);
        self.offsets.get(place).copied().unwrap_or(0)
    }

    /// The bin at the same time on the wall clock so many days before.
    pub fn days_before(&self, bin: i64, days: i64) -> i64 {
        let plain = bin - days * self.a_day();
        plain + (self.offset(bin) - self.offset(plain)) / self.width
    }

    /// Seconds since midnight on the wall clock.
    pub fn time_of_day(&self, bin: i64) -> i64 {
        (self.start_of(bin) + self.offset(bin)).rem_euclid(86_400)
    }

    fn place_of_day(&self, bin: i64) -> Option<usize> {
        let day = (self.start_of(bin) + self.offset(bin)).div_euclid(86_400);
        usize::try_from(day - self.first_day).ok()
    }

    /// What the day of a bin is.
    pub fn kind(&self, bin: i64) -> DayKind {
        self.place_of_day(bin).and_then(|day| self.kinds.get(day).copied()).unwrap_or_default()
    }

    /// Whether a bin lies on a Saturday or Sunday.
    pub fn is_weekend(&self, bin: i64) -> bool {
        self.place_of_day(bin).and_then(|day| self.weekdays.get(day)).is_some_and(|day| *day >= 5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(text: &str) -> i64 {
        text.parse::<DateTime<Utc>>().unwrap().timestamp()
    }

    fn frame(zone: Tz) -> Frame {
        let ordinary = |_: NaiveDate| DayKind::Ordinary;
        let (from, to) = ("2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z");
        Frame::new(300, second(from), second(to), zone, &ordinary)
    }

    #[test]
    fn the_same_time_of_week_follows_the_wall_clock() {
        // Tijuana put its clocks back on 1 November 2026; Mexico City has none to put back.
        let at = second("2026-11-04T20:00:00Z");
        for (zone, before) in [
            (chrono_tz::America::Tijuana, "2026-10-28T19:00:00Z"),
            (chrono_tz::America::Mexico_City, "2026-10-28T20:00:00Z"),
        ] {
            let frame = frame(zone);
            let bin = frame.days_before(frame.bin_of(at), 7);
            assert_eq!(frame.start_of(bin), second(before), "{zone}");
            assert_eq!(frame.time_of_day(bin), frame.time_of_day(frame.bin_of(at)), "{zone}");
        }
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let friday = |day: NaiveDate| match day.weekday() {
            chrono::Weekday::Fri => DayKind::Payday,
            _ => DayKind::Ordinary,
        };
        let zone = chrono_tz::America::Mexico_City;
        let (from, to) = ("2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z");
        let frame = Frame::new(300, second(from), second(to), zone, &friday);
        // Saturday in London, still Friday in Mexico City.
        let bin = frame.bin_of(second("2026-11-14T05:55:00Z"));
        assert_eq!((frame.kind(bin), frame.is_weekend(bin)), (DayKind::Payday, false));
        assert_eq!((frame.kind(bin + 1), frame.is_weekend(bin + 1)), (DayKind::Ordinary, true));
    }
}
