//! Authorities that may have to be told, for people and programs.

use serde_json::{Value as Json, json};

use super::{Align, Surface, Table, terminal_safe};
use crate::incident::{Record, ReportDecision};
use crate::reports::regulatory::Authority;

/// One row an authority: what was decided by whom, why, and the deadline.
pub fn text(authorities: &[Authority], surface: Surface) -> String {
    let columns = ["REGIME", "AUTHORITY", "DECISION", "BY", "REASON", "DEADLINE"];
    let mut table = Table::new(columns.map(|c| (c, Align::Left)));
    for one in authorities {
        let said = one.recorded.as_ref();
        let name = one.standard.as_ref().map_or("not in the standard", |s| s.authority.as_str());
        let deadline = one.standard.as_ref().and_then(|s| s.deadline.as_ref());
        let due = said.and_then(|r| r.due);
        let decision = match said.and_then(|r| r.decision) {
            Some(decision) => decision.as_str().replace('_', " "),
            None => "nobody has decided".to_owned(),
        };
        let dash = || "-".to_owned();
        table.push([
            terminal_safe(&one.regime),
            terminal_safe(name),
            decision,
            said.and_then(|r| r.by.as_deref()).map_or_else(dash, terminal_safe),
            said.and_then(|r| r.reason.as_deref()).map_or_else(dash, terminal_safe),
            match (due, deadline) {
                (Some(due), _) => due.to_string(),
                (None, Some(deadline)) => deadline.to_string(),
                (None, None) => "none verified".to_owned(),
            },
        ]);
    }
    table.render(surface)
}

/// Schema 1: `{"schema":1,"id":…,"regimes":[{regime, authority, owed, decision, by, at, reason,
/// clock_starts_at, due, deadline, why}]}`; `deadline` is null while nobody has verified one.
pub fn json(record: &Record, authorities: &[Authority]) -> Json {
    let one = |a: &Authority| {
        let said = a.recorded.as_ref();
        let standard = a.standard.as_ref();
        json!({
            "regime": a.regime,
            "authority": standard.map(|s| &s.authority),
            "owed": a.owed,
            "decision": said.and_then(|r| r.decision).map(ReportDecision::as_str),
            "by": said.and_then(|r| r.by.as_deref()),
            "at": said.and_then(|r| r.at),
            "reason": said.and_then(|r| r.reason.as_deref()),
            "clock_starts_at": said.and_then(|r| r.clock_starts_at),
            "due": said.and_then(|r| r.due),
            "deadline": standard.and_then(|s| s.deadline.as_ref()).map(ToString::to_string),
            "why": standard.and_then(|s| s.why.as_deref()),
        })
    };
    let all: Vec<Json> = authorities.iter().map(one).collect();
    json!({ "schema": 1, "id": record.id.as_str(), "regimes": all })
}
