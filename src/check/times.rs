//! Clocks that are missing, or that cannot be right.

use chrono::NaiveDate;

use super::{Remark, Subject};
use crate::incident::Status;
use crate::units::{Instant, Span};

/// How far clocks of two machines may be apart.
const CLOCKS_DIFFER: Span = Span::from_minutes(10);
/// Detection that much before the impact is a typo, not an early warning.
const EARLY_WARNING: i64 = 7;
/// An incident is opened within so many days of being noticed.
const OPENED_AFTER: i64 = 31;
/// Impact that began longer ago than this is a wrong year more often than an old wrong.
const OLD_IMPACT: i64 = 366;

const fn days(count: i64) -> Span {
    Span::from_seconds(count * 86_400)
}

pub(super) fn no_detection_time(s: &Subject<'_>) -> Vec<Remark> {
    if s.record.clocks().detected.is_some() || !s.on_duty() {
        return Vec::new();
    }
    vec![
        Remark::at(["times", "status"], "nobody wrote when it was noticed")
            .help(format!("inc edit {}, under `times`: detected", s.id())),
    ]
}

pub(super) fn restored_without_start(s: &Subject<'_>) -> Vec<Remark> {
    let clocks = s.record.clocks();
    if clocks.restored.is_none() || clocks.impact_started.is_some() || !s.on_duty() {
        return Vec::new();
    }
    vec![
        Remark::at(["times.restored"], "restored, and nobody wrote when the impact started")
            .help(format!("inc edit {}, under `times`: impact_started", s.id())),
    ]
}

pub(super) fn status_without_time(s: &Subject<'_>) -> Vec<Remark> {
    if s.imported() || s.stub() {
        return Vec::new();
    }
    let clocks = s.record.clocks();
    let (missing, command) = match s.record.status {
        Status::Restored | Status::Remediating if clocks.restored.is_none() => {
            ("restored", "restore")
        }
        Status::Resolved if clocks.resolved.is_none() => ("resolved", "resolve"),
        Status::Closed if clocks.closed.is_none() => ("closed", "close"),
        _ => return Vec::new(),
    };
    let message = format!("the status is {}, and `times.{missing}` is missing", s.record.status);
    vec![Remark::at(["status"], message).help(format!(
        "inc edit {}, under `times`: {missing}; by command it comes with: inc {command}",
        s.id()
    ))]
}

pub(super) fn time_without_status(s: &Subject<'_>) -> Vec<Remark> {
    let clocks = s.record.clocks();
    let status = s.record.status;
    let ahead = [
        ("restored", clocks.restored, status.is_burning()),
        ("resolved", clocks.resolved, status.is_open()),
        ("closed", clocks.closed, status.is_open() || status == Status::Resolved),
    ];
    let early = ahead.iter().find(|(_, at, before)| at.is_some() && *before);
    let Some((name, Some(at), _)) = early else { return Vec::new() };
    let field = format!("times.{name}");
    vec![
        Remark::at(
            [field.as_str()],
            format!("`times.{name}` is {at}, and the status is still {status}"),
        )
        .help(format!("inc edit {}: the status that it has, or no time", s.id())),
    ]
}

pub(super) fn odd_times(s: &Subject<'_>) -> Vec<Remark> {
    let clocks = s.record.clocks();
    let named = [
        ("impact_started", clocks.impact_started),
        ("detected", clocks.detected),
        ("acknowledged", clocks.acknowledged),
        ("restored", clocks.restored),
        ("resolved", clocks.resolved),
        ("closed", clocks.closed),
        ("backlog_cleared", clocks.backlog_cleared),
    ];
    let mut all: Vec<(String, Instant)> =
        named.iter().filter_map(|(name, at)| at.map(|at| (format!("times.{name}"), at))).collect();
    let entries = s.record.timeline.iter().enumerate();
    all.extend(entries.map(|(i, e)| (format!("timeline.{i}.at"), e.at)));

    let mut remarks = Vec::new();
    let help = || format!("correct the date or the offset: inc edit {}", s.id());
    let opened = opening_date(s);
    let before = |at: Instant, by: i64| {
        opened.is_some_and(|date| (date - at.get().date_naive()).num_days() > by)
    };
    for (field, at) in &all {
        let allowed = if field == "times.impact_started" || field.starts_with("timeline") {
            OLD_IMPACT
        } else {
            OPENED_AFTER
        };
        let message = if at.since(s.around.now) > CLOCKS_DIFFER {
            format!("{at} is in the future; it is {}", s.around.now)
        } else if before(*at, allowed) {
            format!("{at} is long before {} was opened", s.record.id)
        } else {
            continue;
        };
        remarks.push(Remark::at([field.as_str()], message).help(help()));
    }
    if let (Some(impact), Some(detected)) = (clocks.impact_started, clocks.detected)
        && impact.since(detected) > days(EARLY_WARNING)
    {
        let message = format!("noticed {} before the impact started", impact.since(detected));
        remarks.push(Remark::at(["times.detected"], message).help(help()));
    }
    remarks
}

/// The date in the id; an import takes its source's, which may be a report years later.
fn opening_date(s: &Subject<'_>) -> Option<NaiveDate> {
    if s.imported() {
        return None;
    }
    let date = s.record.id.as_str().get(4..12)?;
    NaiveDate::parse_from_str(date, "%Y%m%d").ok()
}
