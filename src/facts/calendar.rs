use chrono::{LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};

use super::draft::{Draft, passed};
use crate::impact::{Window, union};
use crate::units::{Instant, Span};

/// More days than any impact has; a mistyped year does not walk through the centuries.
const MOST_DAYS: usize = 4_000;

/// Hours in which the day shift works.
const DAY_STARTS: Option<NaiveTime> = NaiveTime::from_hms_opt(7, 0, 0);
const DAY_ENDS: Option<NaiveTime> = NaiveTime::from_hms_opt(23, 0, 0);

pub(super) fn read(d: &mut Draft<'_>) {
    const TIMES: &[&str] = &["times.impact_started", "times.detected"];
    let around = d.around;
    let began = d.began();
    let day = began.map(|at| d.day(at));
    d.maybe("payday", day.and_then(|day| around.is_payday(day)), TIMES);
    d.maybe("campaign_active", day.and_then(|day| around.is_campaign(day)), TIMES);
    d.maybe("holiday_eve", day.and_then(|day| is_eve(d, day)), TIMES);
    d.maybe("bank_day", day.and_then(|day| around.is_bank_day(day)), TIMES);
    let out = began.and_then(|at| {
        let works = around.is_bank_day(d.day(at))?;
        let time = Some(d.wall(at).time());
        Some(!works || time < DAY_STARTS || time >= DAY_ENDS)
    });
    d.maybe("out_of_hours", out, TIMES);
    let windows = windows(d);
    let peak = peak(d, windows.as_deref());
    d.maybe("peak", peak, &["times.impact_started", "times.detected", "impact.periods"]);
    let out = windows.as_deref().and_then(|windows| out_of_hours(d, windows));
    d.span(
        "out_of_hours_duration",
        out,
        &["times.impact_started", "times.restored", "impact.periods"],
    );

    let from = if d.record.status.is_open() { Some(d.now) } else { began };
    let next = from.and_then(|from| {
        let next = d.record.services.iter().filter_map(|s| around.next_cutoff(s, from)).min();
        Some(passed(from, next?))
    });
    d.span("next_cutoff_in", next, &["services"]);
    let restored = d.record.times.as_ref().and_then(|t| t.restored);
    let days = restored.and_then(|at| working_days(d, d.day(at), d.day(d.now)));
    d.count("working_days_since_restored", days, &["times.restored"]);
}

fn windows(d: &Draft<'_>) -> Option<Vec<Window>> {
    Some(union(crate::impact::windows(d.record, d.now)?.into_iter().map(|w| w.window)))
}

/// The moment of a wall clock in the company's zone, else in the offset of `now`.
pub(super) fn moment(d: &Draft<'_>, wall: NaiveDateTime) -> Option<Instant> {
    fn of<Z: TimeZone>(zone: &Z, wall: NaiveDateTime) -> Option<Instant> {
        match zone.from_local_datetime(&wall) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at),
            // The hour that summer time skips: the clocks show one hour later.
            LocalResult::None => {
                zone.from_local_datetime(&wall.checked_add_signed(TimeDelta::hours(1))?).earliest()
            }
        }
        .map(|at| Instant::from(at.fixed_offset()))
    }
    match d.around.zone() {
        Some(zone) => of(&zone, wall),
        None => of(d.now.get().offset(), wall),
    }
}

fn is_eve(d: &Draft<'_>, day: NaiveDate) -> Option<bool> {
    d.around.is_holiday(day.succ_opt()?)
}

/// The days of a window, and whether these are all of them.
fn days(d: &Draft<'_>, window: Window) -> (Vec<NaiveDate>, bool) {
    let last = d.day(window.to);
    let mut days: Vec<NaiveDate> =
        d.day(window.from).iter_days().take_while(|day| *day <= last).take(MOST_DAYS + 1).collect();
    let all = days.len() <= MOST_DAYS;
    days.truncate(MOST_DAYS);
    (days, all)
}

/// Payday, campaign or holiday eve on any day of the impact; on the day of detection without one.
fn peak(d: &Draft<'_>, windows: Option<&[Window]>) -> Option<bool> {
    let fallback: Vec<Window> = d.began().map(|at| Window::new(at, at)).into_iter().collect();
    let windows = windows.unwrap_or(&fallback);
    let mut sure = !windows.is_empty();
    for window in windows {
        let (days, all) = days(d, *window);
        sure &= all;
        for day in days {
            let asked = [d.around.is_payday(day), d.around.is_campaign(day), is_eve(d, day)];
            if asked.contains(&Some(true)) {
                return Some(true);
            }
            sure &= asked.iter().all(Option::is_some);
        }
    }
    sure.then_some(false)
}

/// The part of windows outside the day shift of bank days.
fn out_of_hours(d: &Draft<'_>, windows: &[Window]) -> Option<Span> {
    let mut outside = 0_i64;
    for window in windows {
        let (days, all) = days(d, *window);
        if !all {
            return None;
        }
        outside += window.length().seconds();
        for day in days {
            if d.around.is_bank_day(day)? {
                let starts = moment(d, day.and_time(DAY_STARTS?))?.max(window.from);
                let ends = moment(d, day.and_time(DAY_ENDS?))?.min(window.to);
                outside -= passed(starts, ends).seconds();
            }
        }
    }
    Some(Span::from_seconds(outside.max(0)))
}

/// Bank days after one day, up to another.
fn working_days(d: &Draft<'_>, after: NaiveDate, until: NaiveDate) -> Option<u64> {
    let days = until.signed_duration_since(after).num_days();
    (days <= MOST_DAYS as i64).then(|| d.around.bank_days(after, until))?
}
