//! Statuspage: the incidents JSON of its API v2, public pages, summaries and webhooks.
//!
//! Read leniently: whatever the page leaves out or misspells is left out of the record, and a
//! broken incident does not stop the others.

use std::collections::HashSet;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::draft::{Component, Draft, Imported, Options, Said, Update, fingerprint, make};
use super::{text, when};
use crate::diag::{Diagnostic, Place, Source, TextRange};
use crate::incident::{Kind, Link, Planned, Status, Times};
use crate::units::Instant;

/// The name of this tool in `x-import`.
pub const SYSTEM: &str = "statuspage";

/// What a file may hold at its top; everything else in it is not looked at.
#[derive(serde::Deserialize)]
struct Page<'a> {
    #[serde(borrow, default)]
    incidents: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    scheduled_maintenances: Option<Vec<&'a RawValue>>,
    /// Of a webhook.
    #[serde(borrow, default)]
    incident: Option<&'a RawValue>,
    /// Of a file that is one incident.
    #[serde(borrow, default)]
    incident_updates: Option<&'a RawValue>,
}

/// Reads all incidents and planned maintenances of one file.
///
/// Two states of one incident (a webhook each) are two drafts; [`super::combine`] makes them one.
pub fn read(name: &str, bytes: &[u8], options: &Options<'_>) -> Imported {
    let mut imported = Imported::default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{FEFF}').unwrap_or(text),
        Err(error) => {
            let message = format!("byte {} is no UTF-8", error.valid_up_to());
            let found = Diagnostic::error("not-text", message).at(Place::file(name));
            imported.found.push(found.help("save the answer of the API as it comes"));
            return imported;
        }
    };
    let source = Source::new(name, text);
    let raws = match incidents(text) {
        Ok(raws) => raws,
        Err(error) => {
            let at = byte_of(text, error.line(), error.column());
            let message = format!("the file is no JSON of Statuspage: {}", reason(&error));
            let place = source.place(TextRange::new(at, at + 1));
            imported.found.push(Diagnostic::error("bad-json", message).at(place).help(
                "expected an object with `incidents`, such as the answer of /api/v2/incidents.json",
            ));
            return imported;
        }
    };
    if raws.is_empty() {
        let found = Diagnostic::warning("nothing-to-import", "no incident in this file");
        imported.found.push(found.at(Place::file(name)));
    }
    for raw in raws {
        // The raw value is a part of the text, so that the difference of their addresses is its place.
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        let place = || source.place(TextRange::new(start, start + 1));
        let told: Result<Json, _> = serde_json::from_str(raw.get());
        let made = match told {
            Ok(told) => draft(&told, options),
            Err(error) => Err(format!("the incident is no JSON: {}", reason(&error))),
        };
        match made {
            Ok(draft) => imported.drafts.push(draft),
            Err(message) => {
                let found = Diagnostic::error("bad-incident", message).at(place());
                imported.found.push(found.help("the other incidents of the file are imported"));
            }
        }
    }
    imported
}

/// The incidents of a file as they stand in it.
fn incidents(text: &str) -> Result<Vec<&RawValue>, serde_json::Error> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text);
    }
    let page: Page<'_> = serde_json::from_str(text)?;
    let mut found = page.incidents.unwrap_or_default();
    found.extend(page.scheduled_maintenances.unwrap_or_default());
    found.extend(page.incident);
    if found.is_empty() && page.incident_updates.is_some() {
        found.push(serde_json::from_str(text.trim())?);
    }
    Ok(found)
}

/// Serde's words without the place, which the diagnostic shows itself.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn word<'a>(told: &'a Json, key: &str) -> &'a str {
    told.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn list<'a>(told: &'a Json, key: &str) -> &'a [Json] {
    told.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The id of an incident or update; pages of other makers use numbers.
fn id(told: &Json) -> Option<String> {
    match told.get("id")? {
        Json::String(text) => Some(text::line(text)).filter(|t| !t.is_empty()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn draft(told: &Json, options: &Options<'_>) -> Result<Draft, String> {
    let id = id(told).ok_or("the incident has no `id`")?;
    let mut odd = Vec::new();
    let mut time = |key: &str| {
        let typed = word(told, key);
        let at = when::read(typed);
        if at.is_none() && !typed.is_empty() {
            odd.push(format!("{key} `{}` is no time", text::line(typed)));
        }
        at
    };
    let (created, started) = (time("created_at"), time("started_at"));
    let (monitoring, resolved) = (time("monitoring_at"), time("resolved_at"));
    let (from, to) = (time("scheduled_for"), time("scheduled_until"));
    let changed_at = time("updated_at");
    let status = word(told, "status").to_lowercase();
    let maintenance = word(told, "impact") == "maintenance"
        || from.is_some()
        || matches!(status.as_str(), "scheduled" | "in_progress" | "verifying" | "completed");
    let updates = updates(told, maintenance);
    let first = updates.first().map(|u| u.at);
    // Planned work moves and its `started_at` with it; when it was announced does not.
    let begin = if maintenance { created.or(from) } else { started.or(created) };
    let begin = begin.or(started).or(first).ok_or("the incident has no time that can be read")?;
    let (stated, done) = state(&status, maintenance);
    let mut said = Said {
        id,
        title: text::line(word(told, "name")),
        kind: if maintenance { Some(Kind::Maintenance) } else { kind(told) },
        status: Some(stated),
        status_word: status.clone(),
        severity: Some(word(told, "impact").to_lowercase()).filter(|w| !w.is_empty()),
        url: Some(text::line(word(told, "shortlink"))).filter(|u| !u.is_empty()),
        components: components(told),
        contradictions: odd,
        changed_at,
        updates,
    };
    let clocks = Clocks { begin, started, monitoring, resolved, from, created, maintenance, done };
    let times = clocks.times(&status, &said.updates, &mut said.contradictions);
    if said.status == Some(Status::Restored) && times.restored.is_none() {
        // "Monitoring" without a time that holds: a record that is restored says since when.
        said.status = Some(Status::Responding);
    }
    let planned = maintenance.then(|| window(from, to, created, &mut said.contradictions));
    let url = said.url.clone();
    let mut draft = make(SYSTEM, begin, said, options);
    draft.record.times = Some(times).filter(|t| *t != Times::default());
    draft.record.planned = planned;
    if let Some(url) = url {
        draft.record.links.push(Link {
            url,
            title: Some("status page".to_owned()),
            ..Link::default()
        });
    }
    Ok(draft)
}

/// Where the incident stands, and whether the page is done with it.
fn state(status: &str, maintenance: bool) -> (Status, bool) {
    match status {
        "resolved" | "postmortem" | "completed" => (Status::Closed, true),
        "monitoring" => (Status::Restored, false),
        "scheduled" => (Status::Detected, false),
        _ if maintenance => (Status::Responding, false),
        "investigating" | "identified" => (Status::Responding, false),
        _ => (Status::Detected, false),
    }
}

/// What the page says of time.
struct Clocks {
    begin: Instant,
    started: Option<Instant>,
    monitoring: Option<Instant>,
    resolved: Option<Instant>,
    from: Option<Instant>,
    created: Option<Instant>,
    maintenance: bool,
    done: bool,
}

impl Clocks {
    /// The record's clocks; what contradicts the start is left out and said.
    ///
    /// "Monitoring" is when customers can work again, "resolved" when the page closed it. Nothing
    /// is taken as the time of detection: a page says when it told people, not when it knew.
    fn times(&self, status: &str, updates: &[Update], odd: &mut Vec<String>) -> Times {
        let said = |word: &str| {
            let mut of = updates.iter().filter(|u| u.word.as_deref() == Some(word));
            of.next().map(|u| u.at)
        };
        let began = match (self.maintenance, status) {
            (true, "scheduled") => None,
            (true, _) => said("in_progress").or(self.from),
            (false, _) => self.started.or(self.created).or(Some(self.begin)),
        };
        let mut after = |name: &str, at: Option<Instant>, earlier: Option<Instant>| match at {
            Some(at) if earlier.is_some_and(|e| at < e) => {
                let before = earlier.map(|e| e.to_string()).unwrap_or_default();
                odd.push(format!("{name} {at} is before its start {before}"));
                None
            }
            at => at,
        };
        let end = if self.done {
            let end = self.resolved.or_else(|| said("completed")).or_else(|| said("resolved"));
            after("resolved_at", end, began)
        } else {
            None
        };
        let quiet = self.monitoring.or_else(|| said("monitoring").filter(|_| !self.maintenance));
        let restored = match status {
            "investigating" | "identified" | "scheduled" | "in_progress" => None,
            _ => after("monitoring_at", quiet, began)
                .filter(|at| end.is_none_or(|end| *at <= end))
                .or(end),
        };
        let written = said("postmortem").filter(|at| end.is_none_or(|end| *at >= end));
        Times {
            impact_started: began,
            restored,
            resolved: end,
            closed: if end.is_some() { written.or(end) } else { None },
            ..Times::default()
        }
    }
}

fn window(
    from: Option<Instant>,
    to: Option<Instant>,
    announced_at: Option<Instant>,
    odd: &mut Vec<String>,
) -> Planned {
    let to = match (from, to) {
        (Some(from), Some(to)) if to < from => {
            odd.push(format!("scheduled_until {to} is before scheduled_for {from}"));
            None
        }
        (_, to) => to,
    };
    Planned { from, to, announced_at, ..Planned::default() }
}

/// The worst state of a component that the incident names.
fn kind(told: &Json) -> Option<Kind> {
    let updates = list(told, "incident_updates").iter();
    let changed = updates.flat_map(|u| list(u, "affected_components"));
    let states = changed.flat_map(|c| [word(c, "old_status"), word(c, "new_status")]);
    let now = list(told, "components").iter().map(|c| word(c, "status"));
    let mut kind = None;
    for state in states.chain(now) {
        match state {
            "major_outage" => return Some(Kind::Outage),
            "partial_outage" | "degraded_performance" => kind = Some(Kind::Degradation),
            _ => {}
        }
    }
    kind
}

/// The components of the incident and of its updates, each once.
fn components(told: &Json) -> Vec<Component> {
    let updates = list(told, "incident_updates").iter();
    let changed = updates.flat_map(|u| list(u, "affected_components")).map(|c| (c, "code"));
    let own = list(told, "components").iter().map(|c| (c, "id"));
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (component, key) in own.chain(changed) {
        let name = text::line(word(component, "name"));
        if !name.is_empty() && seen.insert(name.clone()) {
            let id = Some(word(component, key).to_owned()).filter(|id| !id.is_empty());
            found.push(Component { name, id });
        }
    }
    found
}

/// The updates in the order of time; one whose time cannot be read takes that of the one before it.
fn updates(told: &Json, maintenance: bool) -> Vec<Update> {
    let mut found: Vec<Update> = Vec::new();
    let mut before = ["started_at", "created_at", "scheduled_for"]
        .iter()
        .find_map(|key| when::read(word(told, key)));
    let mut seen = HashSet::new();
    // The API gives the newest first.
    for update in list(told, "incident_updates").iter().rev() {
        let at = ["display_at", "created_at", "updated_at"]
            .iter()
            .find_map(|key| when::read(word(update, key)));
        let Some(time) = at.or(before) else { continue };
        before = Some(time);
        let text = text::plain(word(update, "body"));
        let id = id(update).unwrap_or_else(|| fingerprint(&format!("{time} {text}")));
        if !seen.insert(id.clone()) {
            continue;
        }
        let word = word(update, "status").to_lowercase();
        found.push(Update {
            id,
            at: time,
            undated: at.is_none(),
            stage: "update",
            word: Some(word).filter(|w| !w.is_empty()),
            text,
        });
    }
    found.sort_by_key(|u| u.at);
    for (number, update) in found.iter_mut().enumerate() {
        update.stage = stage(update.word.as_deref().unwrap_or_default(), maintenance, number == 0);
    }
    found
}

fn stage(word: &str, maintenance: bool, first: bool) -> &'static str {
    match word {
        "scheduled" => "maintenance_announced",
        "in_progress" => "maintenance_started",
        "completed" => "maintenance_finished",
        "resolved" if maintenance => "maintenance_finished",
        "identified" => "identified",
        "monitoring" => "restored",
        "resolved" => "resolved",
        _ if first && maintenance => "maintenance_announced",
        _ if first => "initial",
        _ => "update",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::incident::Severity;

    fn read_text(text: &str) -> Imported {
        let services = BTreeMap::from([("c1".to_owned(), "card-auth".to_owned())]);
        let severities = BTreeMap::from([("major".to_owned(), Severity::Sev2)]);
        let zone = chrono_tz::America::Mexico_City;
        let options = Options { zone, services: &services, severities: &severities };
        read("page.json", text.as_bytes(), &options)
    }

    const ONE: &str = r#"{"incidents": [{"id": "a1", "name": "Cards <b>slow</b>", "status": "resolved",
        "impact": "major", "created_at": "2026-03-14T09:11:00Z", "started_at": "2026-03-14T09:00:00Z",
        "monitoring_at": "2026-03-14T10:00:00Z", "resolved_at": "2026-03-14T10:20:00Z",
        "components": [{"id": "c1", "name": "Cards", "status": "operational"}],
        "incident_updates": [
          {"id": "u2", "status": "resolved", "body": "Over.", "display_at": "2026-03-14T10:20:00Z"},
          {"id": "u1", "status": "investigating", "body": "Slow.<br />Looking.", "display_at": "2026-03-14T09:11:00Z",
           "affected_components": [{"code": "c1", "name": "Cards", "new_status": "partial_outage"}]}]}]}"#;

    #[test]
    fn an_incident_becomes_a_record() {
        let imported = read_text(ONE);
        assert!(imported.found.is_empty(), "{}", imported.found);
        let record = &imported.drafts[0].record;
        let times = record.clocks();
        assert_eq!(record.title, "Cards slow");
        assert_eq!(times.impact_started.unwrap().to_string(), "2026-03-14T09:00:00Z");
        assert_eq!(times.restored.unwrap().to_string(), "2026-03-14T10:00:00Z");
        assert_eq!(times.resolved.unwrap().to_string(), "2026-03-14T10:20:00Z");
        assert_eq!(times.detected, None);
        assert_eq!(record.kind, Some(Kind::Degradation));
        assert_eq!(record.services, ["card-auth"]);
        assert_eq!(record.severity.as_ref().unwrap().declared, Some(Severity::Sev2));
        let told: Vec<_> = record.timeline.iter().map(|e| e.text.as_str()).collect();
        assert_eq!(told, ["Slow.\nLooking.", "Over."]);
        let stages: Vec<_> = record.communications.iter().map(|c| c.stage.as_str()).collect();
        assert_eq!(stages, ["initial", "resolved"]);
    }

    #[test]
    fn an_end_before_its_start_is_left_out_and_said() {
        let imported = read_text(&ONE.replace(
            r#""resolved_at": "2026-03-14T10:20:00Z""#,
            r#""resolved_at": "2026-03-13T10:20:00Z""#,
        ));
        let draft = &imported.drafts[0];
        assert_eq!(draft.record.clocks().resolved, None);
        assert_eq!(draft.record.clocks().closed, None);
        assert!(draft.contradictions[0].starts_with("resolved_at 2026-03-13"));
        assert!(draft.record.x.get("x-import").unwrap().get("contradictions").is_some());
    }

    #[test]
    fn planned_work_keeps_its_window_and_its_name_when_it_moves() {
        let text = r#"{"scheduled_maintenances": [{"id": "m1", "name": "Database", "status": "scheduled",
            "impact": "maintenance", "created_at": "2026-03-10T10:00:00Z", "started_at": "2026-03-10T10:00:00Z",
            "scheduled_for": "2026-03-21T23:00:00Z", "scheduled_until": "2026-03-22T02:00:00Z",
            "incident_updates": [], "components": []}]}"#;
        let before = read_text(text).drafts.remove(0);
        assert!(before.is_maintenance());
        assert_eq!(before.record.times, None);
        assert_eq!(
            before.record.planned.as_ref().unwrap().from.unwrap().to_string(),
            "2026-03-21T23:00:00Z"
        );
        let moved = text.replace("03-21T23", "03-28T23").replace("03-22T02", "03-29T02");
        let moved = moved.replace("\"started_at\": \"2026-03-10", "\"started_at\": \"2026-03-28");
        assert_eq!(read_text(&moved).drafts[0].record.id, before.record.id);
    }

    #[test]
    fn a_broken_incident_is_named_and_the_others_are_read() {
        let text = ONE.replace(
            "[{\"id\": \"a1\"",
            "[{\"name\": \"no id\"},\n 7,\n {\"id\": 5}, {\"id\": \"a1\"",
        );
        let imported = read_text(&text);
        assert_eq!(imported.drafts.len(), 1);
        let places: Vec<_> =
            imported.found.0.iter().map(|d| d.place.as_ref().unwrap().line).collect();
        assert_eq!(places, [1, 2, 3]);
    }

    #[test]
    fn what_is_no_page_is_said_with_its_place() {
        for text in ["", "<html>", "{\"incidents\": 5}", "{\"incidents\": [{]}", "{\"a\": \"é"] {
            let imported = read_text(text);
            assert_eq!(imported.found.0[0].code, "bad-json", "{text}");
            assert!(imported.drafts.is_empty());
        }
        assert_eq!(read_text("{}").found.0[0].code, "nothing-to-import");
    }
}
