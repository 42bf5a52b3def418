//! The catalogue as a page of documentation.

use std::fmt::Write as _;

use super::definition::{Definition, FactCatalogue};

/// Writes the catalogue as Markdown: `docs/facts.md`.
pub fn markdown(catalogue: &FactCatalogue) -> String {
    let mut page = String::from(HEAD);
    let mut group = "";
    for fact in catalogue.iter() {
        if fact.group != group {
            group = fact.group;
            let _ = write!(
                page,
                "\n## {group}\n\n| fact | type | unit | meaning | read from |\n|---|---|---|---|---|\n"
            );
        }
        row(&mut page, fact);
    }
    page
}

fn row(page: &mut String, fact: &Definition) {
    let always = if fact.never_unknown { "; never unknown" } else { "" };
    let values = match (fact.values(), &fact.min, &fact.max) {
        (Some(values), ..) => format!(": {}", values.join(", ")),
        (None, Some(min), Some(max)) if fact.unit.is_empty() && min.quantity().is_some() => {
            format!(", {min} to {max}")
        }
        _ => String::new(),
    };
    let _ = writeln!(
        page,
        "| `{}` | {}{values} | {} | {}{always} | {} |",
        fact.name,
        fact.type_name(),
        fact.unit,
        fact.meaning,
        fact.origin,
    );
}

const HEAD: &str = "\
# Facts

What decision tables may ask about an incident. `inc facts list` prints this catalogue, `inc facts
show ID` the values of one incident. This page is made from the catalogue; do not edit it.

A fact is *unknown* until the record holds what it needs: unknown is never zero. Facts marked
\"never unknown\" have a value for every record. Durations and timestamps are floored to the second.
Money is in the company's currency; an amount in another one is converted by a rate of the standard,
and unknown where there is none. Percentages run from 0% to 100%; a share of nothing is unknown.

A list fact passes a test when one of its elements does; `all(...)` asks every one. *Now* is the
moment of asking. The first start of impact is `times.impact_started`, else the first period; an
open period runs to the restore, or to now while it lasts.

**Sustained failure** is the longest stretch at or above a share of failing attempts, over the
services of one tier. A period without a service counts for every service of the record. What was
measured stands; \"no time\" takes a measurement of every named service of the tier, or a record
whose services are all known and none of that tier. Everything else is unknown.
";
