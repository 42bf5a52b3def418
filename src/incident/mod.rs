//! The incident record: raw → valid, its names, its life.
//!
//! [`parse`] reads a record with all that is wrong with it; [`Record`] is its content, field for
//! field; [`lifecycle`] is what commands may do to it.

mod absorb;
mod followup;
pub mod ids;
pub mod lifecycle;
pub mod problem;
mod record;
pub(crate) mod shape;
mod validate;
mod words;

pub use absorb::Brought;
pub use followup::{Capa, DUE_FORMS, day, is_evidence};
pub use ids::{IncidentId, ItemId};
pub use problem::{Problem, ProblemState, parse_problem, problem_id, problem_schema, read_problem};
pub use record::*;
pub use shape::{Extra, Field, Reading, UnknownWord};
pub use words::*;

use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::yaml::{Node, Tree};

/// The version of the record's schema that this program reads and writes.
pub const SCHEMA: u64 = 1;

/// The most characters of a title that commands take; what is longer is a note.
pub const TITLE_LIMIT: usize = 500;

/// A title that commands take. A record from elsewhere may have a longer one, and is read.
///
/// # Errors
///
/// When it is longer than [`TITLE_LIMIT`].
pub fn fitting_title(title: &str) -> Result<&str, Diagnostic> {
    let length = title.chars().count();
    if length <= TITLE_LIMIT {
        return Ok(title);
    }
    let message = format!("the title has {length} characters; it may have {TITLE_LIMIT}");
    Err(Diagnostic::error("title-too-long", message)
        .help("say what is wrong in one line; inc note takes the rest"))
}

/// A record with the tree that it was read from, whose places findings point to.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The record.
    pub record: Record,
    /// Its text as a tree with places.
    pub node: Node,
    /// What is odd but no error.
    pub warnings: Diagnostics,
}

/// Reads and validates a record.
///
/// # Errors
///
/// All that is wrong with it, each with its place: YAML, unknown and missing keys, wrong types,
/// unknown words, and contradictions between fields.
pub fn parse(source: Source<'_>) -> Result<Parsed, Diagnostics> {
    let node = crate::yaml::parse(source)?;
    let mut reading = Reading::new(source);
    if let Some(schema) = node.get("schema").and_then(Node::text)
        && let Ok(version) = schema.parse::<u64>()
        && version > SCHEMA
    {
        let at = node.get("schema").map_or(node.range, |n| n.range);
        return Err(Diagnostic::error(
            "newer-schema",
            format!("this record has schema {version}, this program reads up to {SCHEMA}"),
        )
        .at(source.place(at))
        .help("update inc")
        .into());
    }
    let record = Record::read(&node, &mut reading);
    reading.found.sort();
    match record {
        Some(record) => {
            validate::validate(&record, &node, &mut reading);
            reading.found.sort();
            if reading.found.has_errors() {
                Err(reading.found)
            } else {
                Ok(Parsed { record, node, warnings: reading.found })
            }
        }
        None => Err(reading.found),
    }
}

impl Record {
    /// Makes a record of which nothing is known but its name.
    pub fn new(id: IncidentId, uid: String, title: String) -> Self {
        Record {
            schema: SCHEMA,
            id,
            uid,
            title,
            kind: None,
            status: Status::Detected,
            exercise: false,
            parent: None,
            related: Vec::new(),
            merged_into: None,
            restricted: None,
            planned: None,
            severity: None,
            services: Vec::new(),
            services_unmapped: Vec::new(),
            regions: Vec::new(),
            rails: Vec::new(),
            segments: Vec::new(),
            channels: Vec::new(),
            times: None,
            roles: Vec::new(),
            detection: None,
            now: None,
            workaround: None,
            rooms: Vec::new(),
            tickets: Vec::new(),
            links: Vec::new(),
            tags: Vec::new(),
            impact: None,
            reconciliation: None,
            data_breach: None,
            regulatory: Vec::new(),
            causes: None,
            timeline: Vec::new(),
            communications: Vec::new(),
            vendors: Vec::new(),
            actions: Vec::new(),
            checklist: Vec::new(),
            review: None,
            compensation: Vec::new(),
            approvals: Vec::new(),
            waivers: Vec::new(),
            conflicts: Vec::new(),
            x: Extra::default(),
        }
    }

    /// The record as a tree: what is printed and what edits compare.
    pub fn to_tree(&self) -> Tree {
        self.print().unwrap_or(Tree::Map(Vec::new()))
    }

    /// The clocks, empty where none is known.
    pub fn clocks(&self) -> Times {
        self.times.clone().unwrap_or_default()
    }

    /// When it began as far as anything is known: impact, else detection, else the first entry.
    pub fn began(&self) -> Option<crate::units::Instant> {
        let times = self.times.as_ref();
        times
            .and_then(|t| t.impact_started)
            .or_else(|| times.and_then(|t| t.detected))
            .or_else(|| self.planned.as_ref().and_then(|p| p.from))
            .or_else(|| self.timeline.iter().map(|e| e.at).min())
    }

    /// Who holds a role now.
    pub fn holder(&self, role: &str) -> Option<&Role> {
        self.roles.iter().rev().find(|r| r.role == role && r.to.is_none())
    }

    /// Whether it counts as an incident in figures: no drill, no planned work, nothing cancelled or merged away.
    pub fn counts(&self) -> bool {
        !self.exercise
            && self.kind != Some(Kind::Maintenance)
            && !matches!(self.status, Status::Cancelled | Status::Merged)
    }
}

/// Describes the record as JSON Schema (draft 2020-12), for editors.
pub fn json_schema() -> serde_json::Value {
    let mut schema = Record::schema();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "Incident record".into();
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\nstatus: detected\n";

    fn codes(text: &str) -> Vec<String> {
        parse(Source::new("incident.yaml", text)).unwrap_err().into_iter().map(|d| d.code).collect()
    }

    #[test]
    fn all_errors_are_found_in_one_reading() {
        let text = format!(
            "{SMALL}kindd: outage\nimpact:\n  customers: {{ tried: 5, affected: -1 }}\n  direct_loss: 12.345 MXN\ntimes: {{ detected: 2026-11-21 }}\nactions: [{{ kind: prevnt, title: x }}]\n"
        );
        assert_eq!(
            codes(&text),
            ["unknown-key", "bad-count", "bad-money", "bad-time", "unknown-value"]
        );
    }

    #[test]
    fn contradictions_are_errors_with_their_place() {
        let text = format!(
            "{SMALL}times:\n  restored: 2026-11-21T04:00:00-06:00\n  impact_started: 2026-11-21T05:00:00-06:00\nimpact: {{ customers: {{ tried: 5, affected: 6 }} }}\n"
        );
        let found = parse(Source::new("incident.yaml", &text)).unwrap_err();
        let shown: Vec<_> =
            found.0.iter().map(|d| (d.code.as_str(), d.place.as_ref().unwrap().line)).collect();
        assert_eq!(shown, [("time-order", 7), ("affected-above-tried", 9)]);
    }

    #[test]
    fn keys_of_the_users_own_are_kept() {
        let text = format!("{SMALL}x-team: {{ cost: 12.50, list: [a, b] }}\n");
        let parsed = parse(Source::new("incident.yaml", &text)).unwrap();
        assert_eq!(parsed.record.to_tree(), parsed.node.to_tree());
        assert!(codes(&format!("{SMALL}team: 1\n")).contains(&"unknown-key".to_owned()));
    }

    #[test]
    fn a_newer_schema_asks_for_a_newer_program() {
        assert_eq!(codes(&SMALL.replace("schema: 1", "schema: 2")), ["newer-schema"]);
    }

    #[test]
    fn missing_keys_are_named() {
        assert_eq!(codes("schema: 1\n").len(), 4);
    }
}
