//! The records as tables with documented columns, for people who ask with SQL or a notebook.
//!
//! Each column is defined once: its name, what it means and how it is read. Names and meanings are a
//! contract (docs/manual/tables.md). Not known is an empty cell, never zero. Times are text in the
//! workspace's zone, and again as seconds since 1970, which compare and subtract exactly; money is a
//! whole number of minor units beside its currency.

mod columns;
mod docs;

use rayon::prelude::*;

use super::assessment::{Assessment, assess, level};
use super::company::Company;
use crate::decision::FactSet;
use crate::incident::{IncidentId, Record};
use crate::register::Register;
use crate::units::{Decimal, Instant};

pub use docs::markdown;

/// One value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Not known, or there is none.
    Unknown,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Number(Decimal),
    /// Yes or no.
    Flag(bool),
    /// A number as a calculation printed it.
    Computed(String),
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Words that the tool gives: ids, times, names of lists.
    Word,
    /// Words that people typed: a spreadsheet could take them for a formula.
    Prose,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Number,
    /// Yes or no.
    Flag,
}

impl CellKind {
    /// Its name in the documentation.
    pub fn as_str(self) -> &'static str {
        match self {
            CellKind::Word | CellKind::Prose => "text",
            CellKind::Integer => "integer",
            CellKind::Number => "number",
            CellKind::Flag => "boolean",
        }
    }
}

/// A column: its name, what stands in it and what that means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name; it never changes its meaning.
    pub name: &'static str,
    /// What its cells are.
    pub kind: CellKind,
    /// What it means.
    pub meaning: &'static str,
}

/// A table with its rows.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Which table.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// The tables that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// One row an incident.
    Incidents,
    /// One row a service of an incident.
    Services,
    /// One row a stretch of impact.
    Impact,
    /// One row an entry of a timeline.
    Timeline,
    /// One row a message.
    Communications,
    /// One row an action.
    Actions,
    /// One row a target's clock on an incident.
    Targets,
    /// One row a compensation run.
    Compensation,
    /// One row a known fact of an incident.
    Facts,
}

impl Table {
    /// All of them.
    pub const ALL: [Table; 9] = [
        Table::Incidents,
        Table::Services,
        Table::Impact,
        Table::Timeline,
        Table::Communications,
        Table::Actions,
        Table::Targets,
        Table::Compensation,
        Table::Facts,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Table::Incidents => "incidents",
            Table::Services => "services",
            Table::Impact => "impact",
            Table::Timeline => "timeline",
            Table::Communications => "communications",
            Table::Actions => "actions",
            Table::Targets => "targets",
            Table::Compensation => "compensation",
            Table::Facts => "facts",
        }
    }

    /// What one row of it is.
    pub fn row(self) -> &'static str {
        match self {
            Table::Incidents => {
                "an incident; planned work, drills and false alarms too: `counts` \
                                 says which ones figures count"
            }
            Table::Services => "a service of an incident",
            Table::Impact => {
                "a stretch in which customers felt an incident; stretches of one \
                              incident never overlap"
            }
            Table::Timeline => "an entry of a timeline",
            Table::Communications => "a message, and each time that it went out",
            Table::Actions => "a follow-up",
            Table::Targets => "a target of the standard on an incident that counts",
            Table::Compensation => "a compensation run",
            Table::Facts => "a fact that is known of an incident, decided ones included",
        }
    }

    /// The table of a name.
    pub fn called(name: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.name() == name)
    }

    /// Its columns.
    pub fn columns(self) -> Vec<Column> {
        columns::of(self)
    }
}

/// What the columns of an incident are read from.
#[derive(Debug)]
pub(super) struct One<'a> {
    record: &'a Record,
    register: &'a Register,
    company: &'a Company<'a>,
    now: Instant,
    judged: Option<Assessment>,
    facts: Option<FactSet>,
}

/// Makes a table of all records, in the order of their ids.
pub fn sheet(table: Table, register: &Register, company: &Company<'_>, now: Instant) -> Sheet {
    let rows = |record: &Record| -> Vec<Vec<Cell>> {
        let judged = match table {
            Table::Incidents => Some(level(record, company, now)),
            Table::Targets if left_out(record).is_none() => Some(assess(record, company, now)),
            _ => None,
        };
        let facts = (table == Table::Facts).then(|| match company.decide(record, now) {
            Some(decided) => decided.facts,
            None => company.facts(record, now),
        });
        columns::rows(table, &One { record, register, company, now, judged, facts })
    };
    let made: Vec<Vec<Vec<Cell>>> =
        register.records.par_iter().map(|held| rows(&held.record)).collect();
    let rows = made.into_iter().flatten().collect();
    Sheet { name: table.name(), columns: table.columns(), rows }
}

/// Why no figure counts a record; none where figures do.
pub fn left_out(record: &Record) -> Option<&'static str> {
    use crate::incident::{Kind, Status};
    if record.exercise {
        Some("exercise")
    } else if record.kind == Some(Kind::Maintenance) {
        Some("maintenance")
    } else if record.status == Status::Cancelled {
        Some("cancelled")
    } else if record.status == Status::Merged {
        Some("merged")
    } else if record.parent.is_some() {
        Some("part")
    } else if record.began().is_none() {
        Some("no time")
    } else {
        None
    }
}

/// The incident that a record is counted with: the head of its family, itself where it has none.
pub fn head<'a>(record: &'a Record, register: &'a Register) -> &'a IncidentId {
    let mut at = record;
    // A chain of merges is short; one that goes round in hand-written records ends here.
    for _ in 0..16 {
        let Some(next) = at.merged_into.as_ref().or(at.parent.as_ref()) else { break };
        match register.get(next) {
            Some(held) if held.record.id != record.id => at = &held.record,
            _ => return next,
        }
    }
    &at.id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_its_own_names_and_every_column_says_what_it_means() {
        for table in Table::ALL {
            assert_eq!(Table::called(table.name()), Some(table));
            let columns = table.columns();
            let mut names: Vec<_> = columns.iter().map(|c| c.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), columns.len(), "{} has a column twice", table.name());
            for column in columns {
                assert!(!column.meaning.is_empty(), "{}.{}", table.name(), column.name);
                // What SQL could read as something else would have to be quoted each time.
                let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
                assert!(column.name.bytes().all(plain), "{}", column.name);
            }
        }
        assert_eq!(Table::called("sqlite_master"), None);
    }

    #[test]
    fn families_that_go_round_come_to_an_end() {
        let held = |id: &str, uid: &str, rest: &str| {
            let text = format!(
                "schema: 1\nid: {id}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5{uid}\ntitle: t\nstatus: merged\n{rest}"
            );
            let source = crate::diag::Source::new("i", &text);
            let record = crate::incident::parse(source).unwrap().record;
            crate::register::Held { path: id.to_owned(), record }
        };
        let (a, b) = ("INC-20261121-AAAA", "INC-20261121-BBBB");
        let register = Register {
            records: vec![
                held(a, "1", &format!("merged_into: {b}\n")),
                held(b, "2", &format!("merged_into: {a}\n")),
            ],
            bad: Vec::new(),
        };
        let first = &register.records[0].record;
        assert_eq!(head(first, &register).as_str(), a);
        let gone = held("INC-20261121-CCCC", "3", "merged_into: INC-20261121-ZZZZ\n");
        assert_eq!(head(&gone.record, &register).as_str(), "INC-20261121-ZZZZ");
    }
}
