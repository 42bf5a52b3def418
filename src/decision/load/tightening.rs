//! Tables that may only tighten others: they take over what those say of their inputs and outputs.

use super::toml_text::Reading;
use super::{Catalogue, Offers, TableFile, outline, parse, rules};
use crate::decision::table::{Hit, Table};
use crate::diag::{Diagnostics, nearest};

/// A table, and the name of the one that it tightens.
#[derive(Debug, Clone)]
pub struct Tightening {
    /// The name of the table that is tightened: `targets`.
    pub of: String,
    /// The table, under its whole name: `verticals/processing/targets`.
    pub table: Table,
}

/// Reads a file whose tables tighten tables that were read already, each the one of its own name.
///
/// The file's name is its whole name (`verticals/processing/targets`); its last part is that of the
/// table where it holds one. What a table does not declare it inherits, so that it needs no more than
/// its rules; all other outputs of `company` are there to ask about.
///
/// # Errors
/// Everything that is wrong in the file, each at its place.
pub fn load_tightening(
    file: TableFile<'_>,
    company: &[Table],
    catalogue: &dyn Catalogue,
) -> Result<(Vec<Tightening>, Diagnostics), Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let Some(document) = parse(file.source, &mut diagnostics) else { return Err(diagnostics) };
    let mut reading = Reading::new(file.source);
    let (folder, base) = file.name.rsplit_once('/').unwrap_or(("", file.name));
    let offers = Offers::of(company);
    let mut found = Vec::new();
    for outline in outline::read(&document, base, file.also, company, &mut reading) {
        let of = outline.name.clone();
        let at = outline.range;
        let Some(tightened) = company.iter().find(|table| table.name == of) else {
            let names = company.iter().map(|table| table.name.as_str());
            let help = match nearest(&of, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "it has the name of the table that it tightens".to_owned(),
            };
            let message = format!("the company has no table `{of}`");
            reading.error("tightens-nothing", message, at, Some(help));
            continue;
        };
        let read =
            rules::read(outline, &offers, catalogue, file.also, Some(tightened), &mut reading);
        let Some(mut table) = read else { continue };
        comparable(tightened, &table, catalogue, &mut reading);
        table.name = format!("{folder}/{of}");
        found.push(Tightening { of, table });
    }
    diagnostics.extend(reading.into_diagnostics());
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok((found, diagnostics)) }
}

/// Says why two tables cannot be held against each other.
fn comparable(
    company: &Table,
    table: &Table,
    catalogue: &dyn Catalogue,
    reading: &mut Reading<'_>,
) {
    let class = |hit: Hit| (hit.is_single(), hit.is_list());
    if class(company.hit) != class(table.hit) {
        let message = format!(
            "`{}` is no way to tighten {}, whose policy is `{}`",
            table.hit.name(),
            company.name,
            company.hit.name()
        );
        let help =
            Some("one rule's answer is compared with one rule's, a list is added".to_owned());
        reading.error("not-comparable", message, table.range, help);
    }
    if !company.hit.is_list() && !company.outputs.iter().any(|o| o.has_strictness()) {
        let message = format!("no output of {} says which value is stricter", company.name);
        let help = Some("write `stricter = \"lower\"` or \"higher\" in its [outputs]".to_owned());
        reading.error("not-comparable", message, table.range, help);
    }
    for output in &table.outputs {
        if company.output(&output.name).is_none() {
            let names = company.outputs.iter().map(|o| o.name.as_str());
            let help = nearest(&output.name, names).map(|near| format!("did you mean `{near}`?"));
            let message = format!("{} has no output `{}`", company.name, output.name);
            reading.error("unknown-output", message, output.range, help);
        }
    }
    for input in &table.inputs {
        let known = input.from.is_some()
            || catalogue.input(&input.fact).is_some()
            || company.inputs.iter().any(|i| i.fact == input.fact);
        if !known {
            let message =
                format!("`{}` is no fact, and {} does not ask it", input.name, company.name);
            let help = Some("ask about facts and what the company's table asks".to_owned());
            reading.error("unknown-input", message, input.range, help);
        }
    }
}
