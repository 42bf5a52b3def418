//! Tables of verticals (`standards/verticals/<vertical>/<table>.toml`), applied beside the company's.
//!
//! For an incident of that vertical the stricter of the two answers stands, output by output; of
//! several verticals the strictest. A list becomes longer. So a vertical never loosens, whatever its
//! table says: what would be looser has no effect, and the proof finds it ([`super::proofs`]).

use std::sync::Arc;

use super::Target;
use crate::decision::{
    Decision, FactSet, Graph, Known, Names, Output, Stricter, Table, Tightening, Value, decide,
};

/// A vertical's table.
#[derive(Debug, Clone)]
pub struct VerticalTable {
    /// The vertical.
    pub vertical: String,
    /// The company's table that it tightens.
    pub of: String,
    /// The table itself, under its whole name: `verticals/processing/targets`.
    pub table: Table,
}

/// What a vertical's table says of one record.
#[derive(Debug, Clone)]
pub struct Tightened<'t> {
    /// The table.
    pub by: &'t VerticalTable,
    /// Its decision.
    pub decision: Decision<'t>,
    /// The outputs that are its answer rather than the company's.
    pub outputs: Vec<&'t str>,
}

/// All tables of verticals of one version of the standard.
#[derive(Debug, Clone, Default)]
pub(super) struct VerticalTables(Vec<VerticalTable>);

impl VerticalTables {
    pub(super) fn new(found: Vec<Tightening>) -> Self {
        let one = |Tightening { of, table }| {
            let vertical = table.name.split('/').nth(1).unwrap_or_default().to_owned();
            VerticalTable { vertical, of, table }
        };
        VerticalTables(found.into_iter().map(one).collect())
    }

    /// The same tables, which find their facts by the numbers that `names` gives.
    pub(super) fn numbered(
        mut self,
        names: impl FnOnce(&[VerticalTable]) -> Arc<Names>,
    ) -> (Self, Arc<Names>) {
        let names = names(&self.0);
        self.0.iter_mut().for_each(|t| t.table.number(&names));
        (self, names)
    }

    pub(super) fn all(&self) -> &[VerticalTable] {
        &self.0
    }

    /// Those that tighten a table of the company, whatever the incident.
    pub(super) fn tightening<'t>(&'t self, of: &str) -> impl Iterator<Item = &'t VerticalTable> {
        self.0.iter().filter(move |t| t.of == of)
    }

    /// Those that tighten a table of the company for an incident of these facts.
    pub(super) fn of<'t>(&'t self, of: &str, facts: &FactSet) -> Vec<&'t VerticalTable> {
        if self.tightening(of).next().is_none() {
            return Vec::new();
        }
        let Some(Value::List(verticals)) = facts.value("verticals") else { return Vec::new() };
        let hit =
            |t: &&VerticalTable| verticals.iter().any(|v| v.as_text() == Some(t.vertical.as_str()));
        self.tightening(of).filter(hit).collect()
    }

    /// The stricter of the company's answer and those of the verticals, output by output; empty
    /// where no vertical has a say. `today` is the company's answer.
    pub(super) fn apply<'t>(
        &'t self,
        company: &'t Table,
        facts: &FactSet,
        today: impl Fn(usize) -> Known,
    ) -> (Vec<Known>, Vec<Tightened<'t>>) {
        let tables = self.of(&company.name, facts);
        if tables.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let mut known: Vec<Known> = (0..company.outputs.len()).map(today).collect();
        let mut tightened = Vec::new();
        for by in tables {
            let decision = decide(&by.table, facts);
            let taken = match company.hit.is_list() {
                true => lengthen(company, &mut known, &decision),
                false => {
                    let value = |known: &Known| match known {
                        Known::Is(value) => Some(value.clone()),
                        _ => None,
                    };
                    let mut row: Vec<Option<Value>> = known.iter().map(value).collect();
                    let taken = tighten(company, &mut row, &decision);
                    for (known, value) in known.iter_mut().zip(row) {
                        if let Some(value) = value {
                            *known = Known::Is(value);
                        }
                    }
                    taken
                }
            };
            let names = taken.into_iter().filter_map(|place| company.outputs.get(place));
            let outputs = names.map(|output| output.name.as_str()).collect();
            tightened.push(Tightened { by, decision, outputs });
        }
        (known, tightened)
    }
}

/// The company's tables as they depend on each other with those of verticals beside them: a table
/// is decided after everything that one of its verticals takes from.
pub(super) fn dependent(tables: &[Table], verticals: &[Tightening]) -> Vec<Table> {
    let with = |table: &Table| {
        let mut table = table.clone();
        let beside = verticals.iter().filter(|t| t.of == table.name);
        let inputs = beside.flat_map(|t| &t.table.inputs).filter(|input| input.from.is_some());
        let inputs: Vec<_> = inputs.cloned().collect();
        table.inputs.extend(inputs);
        table
    };
    tables.iter().map(with).collect()
}

/// The order of some tables, in which each stands after those that it and its verticals take from.
pub(super) fn order(tables: &[Table], verticals: &VerticalTables) -> Graph {
    let takes = |t: &VerticalTable| t.table.inputs.iter().any(|input| input.from.is_some());
    // Circles were reported when the tables were read.
    if !verticals.0.iter().any(takes) {
        return Graph::new(tables).unwrap_or_default();
    }
    let tightening =
        verticals.0.iter().map(|t| Tightening { of: t.of.clone(), table: t.table.clone() });
    Graph::new(&dependent(tables, &tightening.collect::<Vec<_>>())).unwrap_or_default()
}

/// Adds a vertical's entries to the company's list; gives the outputs that became longer.
fn lengthen(company: &Table, known: &mut [Known], decision: &Decision<'_>) -> Vec<usize> {
    let mut longer = Vec::new();
    for (place, (output, known)) in company.outputs.iter().zip(known).enumerate() {
        let more = decision.values(&output.name);
        let Known::Is(Value::List(all)) = known else { continue };
        if !more.is_empty() {
            all.extend(more.into_iter().cloned());
            longer.push(place);
        }
    }
    longer
}

/// Puts a vertical's answer in the place of the company's where it is stricter; gives the places of
/// those outputs. An output that has no order, such as a message, goes with those that have one.
pub(super) fn tighten(
    company: &Table,
    row: &mut [Option<Value>],
    decision: &Decision<'_>,
) -> Vec<usize> {
    let nothing = row.iter().all(Option::is_none);
    let mut taken = Vec::new();
    for (place, (output, now)) in company.outputs.iter().zip(row.iter()).enumerate() {
        let Some(new) = decision.value(&output.name) else { continue };
        let stricter = match now {
            None => nothing || output.has_strictness(),
            Some(now) => output.has_strictness() && is_stricter(output, new, now),
        };
        if stricter {
            taken.push(place);
        }
    }
    if !taken.is_empty() {
        let more = company.outputs.iter().enumerate().filter(|(place, output)| {
            let given = decision.value(&output.name).is_some();
            given && !output.has_strictness() && !taken.contains(place)
        });
        let more: Vec<usize> = more.map(|(place, _)| place).collect();
        taken.extend(more);
    }
    for place in &taken {
        if let (Some(output), Some(cell)) = (company.outputs.get(*place), row.get_mut(*place)) {
            *cell = decision.value(&output.name).cloned();
        }
    }
    taken
}

/// Whether the first of two values of an output is the stricter one; times such as `3wd mx-bank` are
/// compared as times where the output says that lower is stricter.
pub(super) fn is_stricter(output: &Output, a: &Value, b: &Value) -> bool {
    let target = |value: &Value| value.as_text()?.parse::<Target>().ok();
    if output.stricter == Some(Stricter::Lower)
        && let (Some(a), Some(b)) = (target(a), target(b))
    {
        return a.is_stricter(&b);
    }
    output.is_stricter(a, b)
}

/// Of entries for the same thing the strictest: the company's, then those of verticals.
pub(super) fn strictest<T>(
    all: Vec<(T, bool)>,
    same: impl Fn(&T, &T) -> bool,
    is_stricter: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for (one, of_vertical) in all {
        match kept.iter_mut().find(|k| of_vertical && same(k, &one)) {
            Some(known) if is_stricter(&one, known) => *known = one,
            Some(_) => {}
            None => kept.push(one),
        }
    }
    kept
}
