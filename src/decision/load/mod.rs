//! Reading tables from TOML: every mistake of a file in one reading, each at its place.
//!
//! First every table's outline is read (its keys, its outputs and their types), then inputs are
//! resolved (declared by the table, a fact, or another table's output), and then tests are read
//! against their inputs' types and compiled.

mod inputs;
mod outline;
mod outputs;
mod parameters;
mod parts;
mod rules;
mod tightening;
mod toml_text;

use std::collections::HashMap;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::chain::Graph;
use super::facts::Names;
use super::table::{Hit, Input, Output, Table, fact_type};
use super::types::{Enumeration, Type};
use super::value::Value;
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};
use outline::Outline;
pub use parts::{PartTable, load_parts};
pub use tightening::{Tightening, load_tightening};
use toml_text::Reading;

/// What the catalogue of facts says of one.
#[derive(Debug, Clone, PartialEq)]
pub struct InputSpec {
    /// Its type; a list where it is one.
    pub ty: Type,
    /// Smallest value that can occur.
    pub min: Option<Value>,
    /// Largest value that can occur.
    pub max: Option<Value>,
    /// Whether there may be no value although everything is known.
    pub absent: bool,
}

impl InputSpec {
    /// A fact without bounds.
    pub fn new(ty: Type) -> Self {
        InputSpec { ty, min: None, max: None, absent: false }
    }

    /// A fact between two values, both possible.
    pub fn between(ty: Type, min: Option<Value>, max: Option<Value>) -> Self {
        InputSpec { ty, min, max, absent: false }
    }
}

/// The facts that tables may ask about.
pub trait Catalogue {
    /// The fact of a name.
    fn input(&self, name: &str) -> Option<InputSpec>;
    /// Every name, for the nearest one to a typo.
    fn names(&self) -> Vec<String>;
    /// The names with the numbers that sets of these facts have.
    fn numbered(&self) -> Arc<Names> {
        Arc::new(Names::new(self.names()))
    }
}

/// No facts: tables declare all of their inputs.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFacts;

impl Catalogue for NoFacts {
    fn input(&self, _: &str) -> Option<InputSpec> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Catalogue for HashMap<String, InputSpec> {
    fn input(&self, name: &str) -> Option<InputSpec> {
        self.get(name).cloned()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.keys().cloned().collect();
        names.sort_unstable();
        names
    }
}

/// Tables that were read, and what is odd about them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The tables, in the order of their files.
    pub tables: Vec<Table>,
    /// Warnings and notes; never an error.
    pub warnings: Diagnostics,
}

/// A file of tables, its name as a table, and the keys of other rooms that it may have.
#[derive(Debug, Clone, Copy)]
pub struct TableFile<'a> {
    /// The text, with the name that is shown.
    pub source: Source<'a>,
    /// The name of the table, where the file holds one: `severity`.
    pub name: &'a str,
    /// Keys of the table and of its rules that belong to other rooms: kept, not warned about.
    pub also: &'a [&'a str],
}

/// The largest file that is read.
pub const MAX_TABLE_BYTES: usize = 16 * 1024 * 1024;

/// Reads the tables of one file: one with `hit` at the top, or several under `[tables.<name>]`.
///
/// # Errors
/// Everything that is wrong in the file, each at its place.
pub fn load(
    source: Source<'_>,
    name: &str,
    catalogue: &dyn Catalogue,
) -> Result<Loaded, Diagnostics> {
    load_all(&[TableFile { source, name, also: &[] }], catalogue)
}

/// Reads several files whose tables may take each other's outputs.
///
/// # Errors
/// Everything that is wrong in all of the files, each at its place.
pub fn load_all(files: &[TableFile<'_>], catalogue: &dyn Catalogue) -> Result<Loaded, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let mut documents: Vec<Option<toml::Spanned<DeTable<'_>>>> = Vec::new();
    for file in files {
        documents.push(parse(file.source, &mut diagnostics));
    }
    let mut readings: Vec<Reading<'_>> = files.iter().map(|f| Reading::new(f.source)).collect();
    let mut outlines: Vec<(usize, Outline<'_>)> = Vec::new();
    for (i, document) in documents.iter().enumerate() {
        let Some(document) = document else { continue };
        let found = outline::read(document, files[i].name, files[i].also, &[], &mut readings[i]);
        outlines.extend(found.into_iter().map(|o| (i, o)));
    }
    let offers = Offers::new(&outlines, &mut readings);
    let mut tables = Vec::new();
    for (i, outline) in outlines {
        let also = files[i].also;
        if let Some(table) = rules::read(outline, &offers, catalogue, also, None, &mut readings[i])
        {
            tables.push(table);
        }
    }
    let names: Vec<(String, usize)> =
        files.iter().enumerate().map(|(i, f)| (f.source.name.to_owned(), i)).collect();
    if !readings.iter().any(Reading::has_errors)
        && !diagnostics.has_errors()
        && let Err(cycle) = Graph::new(&tables)
    {
        for (message, table) in cycle.0 {
            let table = &tables[table];
            let file = names.iter().find(|(name, _)| *name == table.file).map_or(0, |(_, i)| *i);
            readings[file].error("table-cycle", message, table.range, None);
        }
    }
    for reading in readings {
        diagnostics.extend(reading.into_diagnostics());
    }
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    Ok(Loaded { tables, warnings: diagnostics })
}

fn parse<'a>(
    source: Source<'a>,
    diagnostics: &mut Diagnostics,
) -> Option<toml::Spanned<DeTable<'a>>> {
    if source.text.len() > MAX_TABLE_BYTES {
        let place = source.place(TextRange::new(0, 0));
        diagnostics
            .push(Diagnostic::error("table-too-large", "the file is larger than 16 MB").at(place));
        return None;
    }
    match DeTable::parse(source.text) {
        Ok(document) => Some(document),
        Err(e) => {
            let range = e.span().map_or(TextRange::new(0, 0), TextRange::from);
            let message = e.message().trim().replace('\n', "; ");
            diagnostics.push(
                Diagnostic::error("table-syntax", format!("this is no TOML: {message}"))
                    .at(source.place(range)),
            );
            None
        }
    }
}

/// An output of a table, as an input for others.
#[derive(Debug, Clone)]
struct Offer {
    table: String,
    output: String,
    ty: Type,
    min: Option<Value>,
    max: Option<Value>,
    absent: bool,
}

/// What the tables offer each other.
#[derive(Debug, Default)]
struct Offers {
    offers: Vec<Offer>,
    by_output: HashMap<String, Vec<usize>>,
    by_table: HashMap<String, Vec<usize>>,
}

impl Offers {
    fn new(outlines: &[(usize, Outline<'_>)], readings: &mut [Reading<'_>]) -> Self {
        let mut offers = Offers::default();
        for (file, outline) in outlines {
            if offers.by_table.contains_key(&outline.name) {
                let message = format!("two tables are named `{}`", outline.name);
                readings[*file].error("duplicate-table", message, outline.range, None);
                continue;
            }
            offers.add(&Given {
                table: &outline.name,
                hit: outline.hit,
                complete: outline.complete,
                outputs: &outline.outputs,
                then: outline.then.iter().map(Vec::as_slice).collect(),
            });
        }
        offers
    }

    /// What tables that were read already offer.
    fn of(tables: &[Table]) -> Self {
        let mut offers = Offers::default();
        for table in tables {
            offers.add(&Given {
                table: &table.name,
                hit: table.hit,
                complete: table.complete,
                outputs: &table.outputs,
                then: table.rules.iter().map(|rule| rule.then.as_slice()).collect(),
            });
        }
        offers
    }

    fn add(&mut self, given: &Given<'_>) {
        self.by_table.entry(given.table.to_owned()).or_default();
        for output in given.outputs {
            let offer = offer(given, output);
            let at = self.offers.len();
            self.by_output.entry(offer.output.clone()).or_default().push(at);
            self.by_table.entry(offer.table.clone()).or_default().push(at);
            self.offers.push(offer);
        }
    }

    fn table(&self, name: &str) -> Option<impl Iterator<Item = &Offer>> {
        self.by_table.get(name).map(|found| found.iter().map(|i| &self.offers[*i]))
    }

    /// Offers of an output's name by other tables.
    fn named(&self, output: &str, not: &str) -> Vec<&Offer> {
        let found = self.by_output.get(output).map_or(&[][..], Vec::as_slice);
        found.iter().map(|i| &self.offers[*i]).filter(|o| o.table != not).collect()
    }
}

/// What a table gives, as far as others may take it.
struct Given<'g> {
    table: &'g str,
    hit: Hit,
    complete: bool,
    outputs: &'g [Output],
    /// For each rule a value for each output.
    then: Vec<&'g [Option<Value>]>,
}

fn offer(given: &Given<'_>, output: &Output) -> Offer {
    let count = i64::try_from(given.then.len()).unwrap_or(i64::MAX);
    let mut ty = fact_type(given.hit, output);
    // Text that only the rules give is one of what they give.
    let produced = || {
        let place = given.outputs.iter().position(|o| o.name == output.name)?;
        let values = given.then.iter().filter_map(|then| then.get(place)?.as_ref());
        let mut names: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for value in values.chain(&output.default) {
            let name = value.as_text()?;
            if seen.insert(name) {
                names.push(name.to_owned());
            }
        }
        let few = (1..=outline::MAX_VALUES).contains(&names.len());
        few.then(|| Type::Enum(Enumeration::new(names, false)))
    };
    if *ty.element() == Type::Text
        && let Some(names) = produced()
    {
        ty = match ty {
            Type::List(_) => Type::List(Box::new(names)),
            _ => names,
        };
    }
    let is_count = given.hit == Hit::CollectCount;
    let whole = !given.hit.is_list() && !is_count;
    Offer {
        table: given.table.to_owned(),
        output: output.name.clone(),
        ty,
        min: is_count.then(|| Value::integer(0)),
        max: is_count.then(|| Value::integer(count)),
        absent: whole && !given.complete && output.default.is_none(),
    }
}

/// What a TOML value is, in words for a message.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// An input that another table offers.
fn offered(name: &str, offer: &Offer, range: TextRange) -> Input {
    Input {
        name: name.to_owned(),
        fact: format!("{}.{}", offer.table, offer.output),
        from: Some((offer.table.clone(), offer.output.clone())),
        ty: offer.ty.clone(),
        min: offer.min.clone(),
        max: offer.max.clone(),
        only: None,
        absent: offer.absent,
        range,
    }
}

#[cfg(test)]
mod tests;
