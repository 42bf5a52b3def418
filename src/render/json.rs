//! JSON answers: versioned shapes of their own, never dumps of internals (docs/manual/json.md).

use std::io;

use serde_json::{Value as Json, json};

use super::rows::Row;
use crate::diag::Diagnostics;
use crate::incident::Record;
use crate::register::Bad;
use crate::reports::checklist::Item;
use crate::reports::{TargetClock, assessment::Assessment};
use crate::timing::{Lapse, Timings};
use crate::units::{Instant, Span};

/// Diagnostics: `{"schema":1,"errors":[{code,level,message,file,line,column,help}]}`.
pub fn diagnostics(found: &Diagnostics) -> Json {
    let errors: Vec<Json> = found
        .0
        .iter()
        .map(|d| {
            let place = d.place.as_ref();
            json!({
                "code": d.code,
                "level": d.level,
                "message": d.message,
                "file": place.map(|p| &p.file),
                "line": place.map(|p| p.line).filter(|l| *l > 0),
                "column": place.map(|p| p.column).filter(|c| *c > 0),
                "help": d.help,
            })
        })
        .collect();
    json!({ "schema": 1, "errors": errors })
}

/// What a list says of an incident.
pub fn row<'r>(
    record: &'r Record,
    assessment: &Assessment,
    timings: &Timings,
    now: Instant,
) -> Row<'r> {
    let clocks = record.clocks();
    Row {
        id: record.id.as_str(),
        title: &record.title,
        status: record.status,
        kind: record.kind,
        severity: assessment.level,
        derived: assessment.derived,
        provisional: assessment.provisional,
        services: record
            .services
            .iter()
            .chain(&record.services_unmapped)
            .map(String::as_str)
            .collect(),
        commander: record.holder("incident_commander").map(|r| r.person.as_str()),
        began: record.began(),
        detected: clocks.detected,
        restored: clocks.restored,
        duration_s: lasts(record, timings, now).map(Span::seconds),
        exercise: record.exercise,
        conflicts: record.conflicts.len(),
    }
}

/// Impact so far or in all; where its start is not known, since detection while it burns.
fn lasts(record: &Record, timings: &Timings, now: Instant) -> Option<Span> {
    let since_detection = || {
        let detected = record.clocks().detected.filter(|_| record.status.is_burning())?;
        Some(now.since(detected)).filter(|span| span.seconds() >= 0)
    };
    timings.to_restore.shown().or_else(since_detection)
}

/// Writes a list: `{"schema":1,"incidents":[…],"left_out":[{path,code,message}]}`.
///
/// # Errors
///
/// The stream's own.
pub fn incidents(stream: impl io::Write, rows: &[Row<'_>], bad: &[Bad]) -> io::Result<()> {
    let left_out: Vec<Json> = bad
        .iter()
        .map(|b| {
            let first = b.found.0.first();
            json!({ "path": b.path, "code": first.map(|d| &d.code), "message": first.map(|d| &d.message) })
        })
        .collect();
    /// Written row by row: a hundred thousand of them as values would take half a gigabyte, and as
    /// one text a tenth of it.
    #[derive(serde::Serialize)]
    struct List<'a> {
        schema: u8,
        incidents: &'a [Row<'a>],
        left_out: Vec<Json>,
    }
    Ok(serde_json::to_writer(stream, &List { schema: 1, incidents: rows, left_out })?)
}

/// Severity with its reason and its outlook: `{level,derived,declared,…,rule,why,possible,…}`.
pub fn severity(record: &Record, assessment: &Assessment) -> Json {
    let note = record.severity.as_ref();
    let outlook = assessment.outlook.as_ref();
    let lasting = outlook.and_then(|outlook| outlook.lasting);
    json!({
        "level": assessment.level.map(|l| l.as_str()),
        "derived": assessment.derived.map(|l| l.as_str()),
        "declared": note.and_then(|s| s.declared).map(|l| l.as_str()),
        "declared_by": note.filter(|s| s.declared.is_some()).and_then(|s| s.by.as_ref()),
        "reason": note.filter(|s| s.declared.is_some()).and_then(|s| s.reason.as_ref()),
        "derived_then": note.and_then(|s| s.derived).map(|l| l.as_str()),
        "provisional": assessment.provisional,
        "rule": assessment.rule,
        "why": assessment.why,
        "possible": super::outlook::json(assessment),
        "confirmed_would_be": outlook.and_then(|o| o.confirmed).map(|l| l.as_str()),
        "lasting": lasting.map(|(level, at)| json!({ "level": level.as_str(), "at": at })),
    })
}

/// One incident: the list's row, severity, clocks in seconds, targets, and the record's own fields.
pub fn incident(record: &Record, assessment: &Assessment, timings: &Timings, now: Instant) -> Json {
    let row = row(record, assessment, timings, now);
    let mut incident = serde_json::to_value(row).unwrap_or_default();
    let span = |lapse: Lapse| lapse.took().map(Span::seconds);
    incident["severity"] = severity(record, assessment);
    incident["timings"] = json!({
        "to_detect_s": span(timings.to_detect),
        "to_acknowledge_s": span(timings.to_acknowledge),
        "to_restore_s": span(timings.to_restore),
        "to_resolve_s": span(timings.to_resolve),
    });
    incident["targets"] = clocks(assessment);
    incident["checklist"] = checklist(assessment);
    incident["record"] = record.to_tree().to_json();
    json!({ "schema": 1, "incident": incident })
}

fn checklist(assessment: &Assessment) -> Json {
    let item = |i: &Item| json!({ "item": i.item, "role": i.role, "due": i.due, "evidence": i.evidence, "state": i.state, "words": i.words.get("en") });
    assessment.checklist.iter().map(item).collect()
}

fn clocks(assessment: &Assessment) -> Json {
    let clock = |c: &TargetClock| json!({ "name": c.name, "target": c.target, "due": c.due, "done": c.done, "state": c.state, "vertical": c.vertical });
    assessment.clocks.iter().map(clock).collect()
}

/// Targets: `{"schema":1,"id":…,"targets":[{name,target,due,done,state,vertical}]}`; `vertical` names
/// the one whose table asks for it, and is null where it is the company's.
pub fn targets(record: &Record, assessment: &Assessment) -> Json {
    json!({ "schema": 1, "id": record.id.as_str(), "targets": clocks(assessment) })
}
