//! The weekly report as JSON: a versioned shape of its own (docs/manual/json.md).
//!
//! Objects with `"schema": 1`; money as `"12.50 MXN"`, spans in seconds under names that end in
//! `_s`, times with their offset, decimals as text, unknown as null.

use serde_json::{Value, json};

use crate::reports::context::{Due, IncidentLine, MoneySum, Sum, Weekly};
use crate::timing::Metric;

/// What the weekly report's JSON has besides its page: `{"incidents":[…],"totals":{…},…}`.
pub fn weekly_json(report: &Weekly) -> Value {
    let totals = &report.totals;
    json!({
        "incidents": report.incidents.iter().map(incident).collect::<Vec<_>>(),
        "carried": report.carried.iter().map(incident).collect::<Vec<_>>(),
        "totals": {
            "incidents": report.incidents.len(),
            "by_severity": totals
                .by_severity
                .iter()
                .map(|(level, n)| (level.to_string(), json!(n)))
                .collect::<serde_json::Map<_, _>>(),
            "without_severity": totals.without_severity,
            "burning": totals.burning,
            "restored_open": totals.restored_open,
            "broken_glass": totals.broken_glass,
            "customers": sum(&totals.customers),
            "customer_minutes": sum(&totals.customer_minutes),
            "volume_lost": money(&totals.volume_lost),
            "revenue_lost": money(&totals.revenue_lost),
            "direct_loss": money(&totals.direct_loss),
            "recovered": money(&totals.recovered),
            "compensation": money(&totals.compensation),
            "compensation_posted": money(&totals.compensation_posted),
            "compensation_owed": money(&totals.compensation_owed),
        },
        "definitions": {
            "customers": "sum over the incidents that began in the period",
            "customer_minutes": Metric::CustomerMinutes.definition("en"),
            "duration_s": Metric::Duration.definition("en"),
        },
        "targets": report.targets.iter().map(|t| json!({
            "name": t.name,
            "met": t.met,
            "missed": t.missed,
            "running": t.running,
            "unknown": t.unknown,
        })).collect::<Vec<_>>(),
        "reviews": report.reviews.iter().map(due).collect::<Vec<_>>(),
        "actions": report.actions.iter().map(due).collect::<Vec<_>>(),
        "maintenance": report.maintenance.iter().map(|m| json!({
            "id": m.id.to_string(),
            "title": m.title,
            "from": m.from.map(|at| at.to_string()),
            "to": m.to.map(|at| at.to_string()),
            "status": m.status.as_str(),
        })).collect::<Vec<_>>(),
        "left_out": {
            "exercises": report.left_out.exercises,
            "cancelled": report.left_out.cancelled,
            "merged": report.left_out.merged,
            "parts": report.left_out.parts,
            "without_time": report.left_out.without_time.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "unreadable": report.left_out.unreadable,
        },
    })
}

fn incident(line: &IncidentLine) -> Value {
    json!({
        "id": line.id.to_string(),
        "title": line.title,
        "status": line.status.as_str(),
        "severity": line.severity.map(|level| level.to_string()),
        "derived": line.derived.map(|level| level.to_string()),
        "provisional": line.provisional,
        "services": line.services,
        "began": line.began.to_string(),
        "duration_s": line.duration.shown().map(|span| span.seconds()),
        "running": matches!(line.duration, crate::timing::Lapse::Running(_)),
        "customers": line.customers,
        "customer_minutes": line.customer_minutes.map(|m| m.to_string()),
    })
}

fn sum(sum: &Sum) -> Value {
    let known = sum.counted > 0 || sum.unknown == 0;
    json!({
        "known": known.then(|| sum.known.to_string()),
        "counted": sum.counted,
        "unknown": sum.unknown,
    })
}

fn money(sum: &MoneySum) -> Value {
    let known = sum.counted > 0 || sum.unknown == 0;
    json!({
        "known": known.then(|| sum.known.iter().map(ToString::to_string).collect::<Vec<_>>()),
        "counted": sum.counted,
        "unknown": sum.unknown,
    })
}

fn due(due: &Due) -> Value {
    json!({
        "incident": due.incident.to_string(),
        "what": due.what,
        "owner": due.owner,
        "due": due.due.to_string(),
        "overdue": due.overdue,
    })
}
