use super::draft::{Draft, passed};
use crate::decision::Value;
use crate::incident::{DetectionSource, EntryKind, Record, Status};
use crate::timing;
use crate::units::{Instant, Span};

pub(super) fn read(d: &mut Draft<'_>) {
    let r = d.record;
    let t = r.clocks();
    for (fact, at, paths) in [
        ("impact_started_at", t.impact_started, &["times.impact_started"][..]),
        ("detected_at", t.detected, &["times.detected"][..]),
        ("acknowledged_at", t.acknowledged, &["times.acknowledged"][..]),
        ("restored_at", t.restored, &["times.restored"][..]),
        ("resolved_at", t.resolved, &["times.resolved"][..]),
        ("closed_at", t.closed, &["times.closed"][..]),
    ] {
        d.put(fact, at.map(|at| Value::Timestamp(at.floor())), paths);
    }
    let before = t.detected.zip(t.impact_started).map(|(detected, began)| detected < began);
    d.maybe("detected_before_impact", before, &["times.detected", "times.impact_started"]);
    let after = t.detected.zip(t.restored).map(|(detected, restored)| detected > restored);
    d.maybe("detected_after_restore", after, &["times.detected", "times.restored"]);

    let clocks = timing::clocks(r, d.now);
    d.span("time_to_detect", clocks.to_detect.took(), &["times.detected", "times.impact_started"]);
    d.span(
        "time_to_acknowledge",
        clocks.to_acknowledge.took(),
        &["times.acknowledged", "times.detected"],
    );
    const RESTORE: &[&str] = &["times.restored", "times.impact_started", "impact.periods"];
    d.span("time_to_restore", clocks.to_restore.took(), RESTORE);
    d.span("time_to_resolve", clocks.to_resolve.took(), &["times.resolved", "times.detected"]);
    d.span("duration", clocks.duration.shown(), RESTORE);
    d.put("degraded_minutes", clocks.degraded_minutes.map(Value::Number), &["impact.periods"]);
    d.count("relapses", Some(relapses(r, d.now)), &["impact.periods", "timeline"]);

    let since = |at: Option<Instant>, to: Instant| -> Option<Span> { Some(passed(at?, to)) };
    let now = d.now;
    let until = t.resolved.unwrap_or(now);
    d.span("since_detected", since(t.detected, until), &["times.detected", "times.resolved"]);
    d.span("since_restored", since(t.restored, now), &["times.restored"]);
    d.span("since_resolved", since(t.resolved, now), &["times.resolved"]);
    let newest = r.timeline.iter().map(|e| e.at).max();
    d.span("since_last_note", since(newest, now), &["timeline"]);
    let back = t.restored.is_some()
        || matches!(
            r.status,
            Status::Restored | Status::Remediating | Status::Resolved | Status::Closed
        );
    let over = back && t.monitoring_until.is_none_or(|until| until <= now);
    d.flag("monitoring_over", over, &["times.monitoring_until", "times.restored"]);
    d.flag("backlog_cleared", t.backlog_cleared.is_some(), &["times.backlog_cleared"]);
    let source = r.detection.as_ref().and_then(|x| x.source);
    d.word("detection_source", source.map(DetectionSource::as_str), &["detection.source"]);
}

/// Windows of impact after the first; without windows, the relapses of the timeline.
fn relapses(r: &Record, now: Instant) -> u64 {
    let windows = crate::impact::windows(r, now).unwrap_or_default();
    let stretches = crate::impact::union(windows.into_iter().map(|w| w.window)).len();
    let told = r
        .timeline
        .iter()
        .filter(|e| e.kind == Some(EntryKind::Status) && e.text.starts_with("relapse"))
        .count();
    stretches.saturating_sub(1).max(told) as u64
}
