//! Incidents as rows: the table of `inc list`, and CSV.

use std::io;

use crate::incident::{Kind, Severity, Status};
use crate::register::{Card, Standing};
use crate::units::Instant;

use super::incident::{level_style, rough, wall};
use super::{Align, Cell, Table, csv};
use crate::units::Span;

/// One incident in a list, with the words of its card or record.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Row<'a> {
    /// Id.
    pub id: &'a str,
    /// Title.
    pub title: &'a str,
    /// Status.
    pub status: Status,
    /// Kind, if known.
    pub kind: Option<Kind>,
    /// Level that stands.
    pub severity: Option<Severity>,
    /// Level that the tables give, also where a person declared another.
    pub derived: Option<Severity>,
    /// Whether the level comes from what `open` knew.
    pub provisional: bool,
    /// Services, known and unmapped.
    pub services: Vec<&'a str>,
    /// Who has it.
    pub commander: Option<&'a str>,
    /// Impact start, else detection, else opening.
    pub began: Option<Instant>,
    /// Detection.
    pub detected: Option<Instant>,
    /// Last restore.
    pub restored: Option<Instant>,
    /// Impact start (else detection) to restore or now, in seconds.
    pub duration_s: Option<i64>,
    /// Drill.
    pub exercise: bool,
    /// Fields that a merge left in conflict.
    pub conflicts: usize,
}

impl<'a> Row<'a> {
    /// The row of an incident that is over, from its card and its level.
    pub fn of_card(card: &Card<'a>, standing: &Standing) -> Row<'a> {
        Row {
            id: card.id,
            title: card.title,
            status: card.status,
            kind: card.kind,
            severity: standing.level,
            derived: standing.derived,
            provisional: standing.provisional,
            services: card.services().collect(),
            commander: card.commander,
            began: card.began,
            detected: card.detected,
            restored: card.restored,
            duration_s: card.lasted.map(Span::seconds),
            exercise: card.exercise,
            conflicts: card.conflicts,
        }
    }
}

const CSV_HEADER: &str = "id,title,status,kind,severity,derived,provisional,services,commander,began,detected,restored,duration_s,exercise,conflicts";

/// Writes the rows as CSV with a header; unknown is empty.
///
/// Made for spreadsheets as much as for machines, so free text that would run as a formula is
/// neutralised with an apostrophe.
///
/// # Errors
///
/// The stream's own.
pub fn as_csv(mut stream: impl io::Write, rows: &[Row<'_>]) -> io::Result<()> {
    writeln!(stream, "{CSV_HEADER}")?;
    let mut text = String::new();
    for row in rows {
        text.clear();
        let time = |at: Option<Instant>| at.map_or(String::new(), |at| at.to_string());
        let cells = [
            row.id.to_owned(),
            row.title.to_owned(),
            row.status.to_string(),
            row.kind.map_or(String::new(), |kind| kind.to_string()),
            row.severity.map_or(String::new(), |s| s.to_string()),
            row.derived.map_or(String::new(), |s| s.to_string()),
            row.provisional.to_string(),
            row.services.join(" "),
            row.commander.unwrap_or_default().to_owned(),
            time(row.began),
            time(row.detected),
            time(row.restored),
            row.duration_s.map_or(String::new(), |s| s.to_string()),
            row.exercise.to_string(),
            row.conflicts.to_string(),
        ];
        csv::row(&mut text, csv::Reader::Person, cells.iter().map(String::as_str));
        stream.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// The rows as a table, which takes their place in memory.
pub fn table(rows: Vec<Row<'_>>, now: Instant) -> Table {
    let columns = ["ID", "SEV", "STATUS", "BEGAN", "LASTS", "SERVICES", "TITLE"];
    let mut table =
        Table::new(columns.map(|c| (c, if c == "LASTS" { Align::Right } else { Align::Left })));
    for row in rows {
        let level = row.severity.map_or("?".into(), |s| s.to_string());
        let level = match row.derived.filter(|derived| row.severity != Some(*derived)) {
            Some(derived) => format!("{level} (derived {derived})"),
            None if row.provisional => format!("{level}?"),
            None => level,
        };
        let mark = if row.exercise { "EXERCISE " } else { "" };
        let open = if row.conflicts > 0 { "IN CONFLICT " } else { "" };
        let title = match (mark, open) {
            ("", "") => row.title.into(),
            _ => format!("{mark}{open}{}", row.title).into(),
        };
        let services = match row.services.as_slice() {
            [one] => Cell::from(*one),
            several => several.join(", ").into(),
        };
        table.push([
            Cell::from(row.id),
            Cell::styled(level, level_style(row.severity)),
            row.status.as_str().into(),
            row.began.map_or("not known".into(), |at| wall(at, now)).into(),
            row.duration_s.map_or("-".into(), |s| rough(Span::from_seconds(s))).into(),
            services,
            title,
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_in_titles_are_harmless_in_a_spreadsheet() {
        let row = Row {
            id: "INC-20261121-7QKM",
            title: "=HYPERLINK(\"x\")",
            status: Status::Detected,
            kind: None,
            severity: None,
            derived: None,
            provisional: false,
            services: Vec::new(),
            commander: None,
            began: None,
            detected: None,
            restored: None,
            duration_s: None,
            exercise: false,
            conflicts: 0,
        };
        let mut text = Vec::new();
        as_csv(&mut text, &[row]).unwrap();
        assert!(String::from_utf8(text).unwrap().contains("\"'=HYPERLINK(\"\"x\"\")\""));
    }
}
