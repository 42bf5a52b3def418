//! The clock, and times as people type them.

use chrono::{Days, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::diag::Diagnostic;
use crate::units::{Instant, Span};

/// The present: the machine's clock, or the one that `--now` fixed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// The moment.
    pub(crate) now: Instant,
    /// The workspace's zone.
    pub(crate) zone: Tz,
    /// Whether `--now` or `INC_NOW` fixed it.
    pub(crate) fixed: bool,
}

const FORMS: &str = "write 14:05, `yesterday 23:50`, `20m ago`, 2026-11-21 14:05 or RFC 3339";

#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn machine() -> Instant {
    Instant::from(chrono::Utc::now().fixed_offset())
}

/// How long something may take, whatever moment --now fixed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Option<std::time::Instant>);

#[allow(clippy::disallowed_methods, reason = "what takes too long is refused, never cut short")]
fn moment() -> std::time::Instant {
    std::time::Instant::now()
}

impl Deadline {
    /// So many seconds from now on.
    pub(crate) fn after(seconds: u64) -> Deadline {
        Deadline(moment().checked_add(std::time::Duration::from_secs(seconds)))
    }

    /// Whether it has passed.
    pub(crate) fn has_passed(self) -> bool {
        self.0.is_some_and(|at| moment() >= at)
    }
}

impl Clock {
    /// Starts the clock.
    ///
    /// # Errors
    ///
    /// When the fixed time is no RFC 3339 time.
    pub(crate) fn start(fixed: Option<&str>, zone: Tz) -> Result<Clock, Diagnostic> {
        let now = match fixed {
            Some(text) => text.parse().map_err(|e: crate::units::UnitError| {
                Diagnostic::error("bad-now", format!("--now: {}", e.what))
                    .help(format!("write {}", e.expected))
            })?,
            None => machine(),
        };
        Ok(Clock { now: now.in_zone(&zone).floor(), zone, fixed: fixed.is_some() })
    }

    /// Reads the machine's clock anew, unless the moment is fixed.
    pub(crate) fn look_again(&mut self) {
        if !self.fixed {
            self.now = machine().in_zone(&self.zone).floor();
        }
    }

    /// Reads a time as people type it, in the workspace's zone, English or Spanish.
    ///
    /// # Errors
    ///
    /// When it is no time, or one that the zone's clock change skipped.
    pub(crate) fn read(&self, text: &str) -> Result<Instant, Diagnostic> {
        let typed = text.trim().to_lowercase();
        let bad = || Diagnostic::error("bad-time", format!("`{text}` is no time")).help(FORMS);
        if let Ok(instant) = text.trim().parse::<Instant>() {
            return Ok(instant);
        }
        if matches!(typed.as_str(), "now" | "ahora") {
            return Ok(self.now);
        }
        let ago = typed.strip_suffix("ago").or_else(|| typed.strip_prefix("hace"));
        if let Some(span) = ago {
            let span: Span =
                span.replace(' ', "").replace("min", "m").parse().map_err(|_| bad())?;
            return Ok(self.now.plus(Span::from_seconds(-span.seconds())));
        }
        let today = self.now.in_zone(&self.zone).get().date_naive();
        let (date, time) = match typed.split_once([' ', 't']) {
            _ if typed.starts_with("yesterday") || typed.starts_with("ayer") => {
                let time = typed.trim_start_matches("yesterday").trim_start_matches("ayer");
                (today.checked_sub_days(Days::new(1)).unwrap_or(today), time.trim().to_owned())
            }
            _ if typed.starts_with("today") || typed.starts_with("hoy") => {
                let time = typed.trim_start_matches("today").trim_start_matches("hoy");
                (today, time.trim().to_owned())
            }
            Some((date, time)) => (
                NaiveDate::parse_from_str(date, "%Y-%m-%d").map_err(|_| bad())?,
                time.trim().to_owned(),
            ),
            None => (today, typed.clone()),
        };
        let time = NaiveTime::parse_from_str(&time, "%H:%M")
            .or_else(|_| NaiveTime::parse_from_str(&time, "%H:%M:%S"))
            .map_err(|_| bad())?;
        let local = date.and_time(time);
        // Where clocks go back an hour happens twice: the earlier one is meant, as git does.
        self.zone
            .from_local_datetime(&local)
            .earliest()
            .map(|at| Instant::from(at.fixed_offset()))
            .ok_or_else(|| {
                Diagnostic::error(
                    "bad-time",
                    format!("`{text}` does not exist: clocks in {} skip it", self.zone),
                )
                .help("give the time with its offset, as in 2026-11-21T14:05:00-06:00")
            })
    }

    /// Reads a time that must not lie in the future.
    ///
    /// # Errors
    ///
    /// As [`Clock::read`], and for a future time.
    pub(crate) fn read_past(&self, text: &str) -> Result<Instant, Diagnostic> {
        let at = self.read(text)?;
        if at > self.now {
            let help = "what happened lies in the past; a time of day without a date means today";
            return Err(Diagnostic::error(
                "future-time",
                format!("`{text}` ({at}) is in the future"),
            )
            .help(help));
        }
        Ok(at)
    }

    /// Reads the start of a list: a time, a date, or a span before now (`30d`).
    ///
    /// # Errors
    ///
    /// When it is none of them.
    pub(crate) fn read_since(&self, text: &str) -> Result<Instant, Diagnostic> {
        if let Ok(span) = text.trim().parse::<Span>() {
            return Ok(self.now.plus(Span::from_seconds(-span.seconds())));
        }
        match NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d") {
            Ok(date) => self
                .midnight(date)
                .ok_or_else(|| Diagnostic::error("bad-time", format!("`{text}` has no midnight"))),
            Err(_) => self.read(text),
        }
    }

    /// The first moment of a day in the workspace's zone.
    pub(crate) fn midnight(&self, date: NaiveDate) -> Option<Instant> {
        let start = date.and_time(NaiveTime::MIN);
        // A zone that changes its clocks at midnight has no 00:00 that day; its day starts later.
        (0..=180).step_by(15).find_map(|minutes| {
            let local = start + chrono::TimeDelta::minutes(minutes);
            self.zone
                .from_local_datetime(&local)
                .earliest()
                .map(|at| Instant::from(at.fixed_offset()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock::start(Some("2026-11-21T09:30:00Z"), chrono_tz::America::Mexico_City).unwrap()
    }

    #[test]
    fn people_type_times_in_many_ways() {
        for (typed, read) in [
            ("03:05", "2026-11-21T03:05:00-06:00"),
            ("yesterday 23:50", "2026-11-20T23:50:00-06:00"),
            ("ayer 23:50", "2026-11-20T23:50:00-06:00"),
            ("20m ago", "2026-11-21T03:10:00-06:00"),
            ("hace 20 min", "2026-11-21T03:10:00-06:00"),
            ("2026-11-20 14:05", "2026-11-20T14:05:00-06:00"),
            ("2026-11-20T14:05:00+01:00", "2026-11-20T14:05:00+01:00"),
            ("now", "2026-11-21T03:30:00-06:00"),
        ] {
            assert_eq!(clock().read(typed).unwrap().to_string(), read, "{typed}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_forms() {
        for typed in ["", "25:00", "soon", "ago", "-5m", "20 21 22", "éé:éé"] {
            assert!(clock().read(typed).unwrap_err().help.is_some(), "{typed}");
        }
        assert_eq!(clock().read_past("23:00").unwrap_err().code, "future-time");
    }

    #[test]
    fn a_skipped_hour_does_not_exist() {
        let tijuana =
            Clock::start(Some("2026-11-21T09:30:00Z"), chrono_tz::America::Tijuana).unwrap();
        assert!(tijuana.read("2026-03-08 02:30").is_err());
    }
}
