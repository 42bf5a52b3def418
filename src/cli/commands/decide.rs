//! `inc decide`

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::{self, Exit, Failure, Result};
use crate::cli::{Call, files};
use crate::decision::{Graph, Status, Table, facts_from_json, load, misspelt_facts};
use crate::diag::{Diagnostic, Source};
use crate::facts;
use crate::render::Align;
use crate::units::Currency;

/// Decide a table of your own from a facts file, without a workspace
///
/// The table declares its inputs, or takes facts of the catalogue (`inc facts list`). Exits 0 when
/// the decision is made, 1 when it is open or no rule holds, 2 when table or facts are wrong or
/// rules contradict each other.
#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    /// Decision table, TOML
    table: PathBuf,
    /// Facts as JSON; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    facts: String,
    /// Which table, where the file holds several
    #[arg(long = "table", value_name = "NAME")]
    name: Option<String>,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(call: Call, args: &DecideArgs) -> Result {
    let path = args.table.display().to_string();
    let text = files::read_named(&path)?;
    let stem =
        args.table.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let catalogue = facts::catalogue(Currency::MXN);
    let loaded = load(Source::new(&path, &text), &stem, &catalogue)?;
    error::print(call.out, &loaded.warnings, call.json_errors);
    let tables = loaded.tables;
    let typed = files::read_named(&args.facts)?;
    let facts = facts_from_json(Source::new(&args.facts, &typed), &tables)?;
    for (typed, meant) in misspelt_facts(&typed, &tables) {
        let d = Diagnostic::warning("unknown-fact", format!("no table asks for `{typed}`"));
        error::print(
            call.out,
            &d.help(format!("did you mean `{meant}`?")).into(),
            call.json_errors,
        );
    }
    let graph = Graph::new(&tables).map_err(|_| {
        Diagnostic::error("table-cycle", format!("{path}: tables take from each other in a circle"))
    })?;
    let decisions = graph.decide_all(&tables, &facts);
    let wanted = wanted(&tables, &graph, args.name.as_deref(), &path)?;
    let Some(decision) = decisions.get(&wanted.name) else {
        return Err(Diagnostic::error(
            "no-such-table",
            format!("{path} holds no table `{}`", wanted.name),
        )
        .into());
    };
    let known = decisions.facts(&facts);
    if args.format == "json" {
        call.out.answer(&format!("{}\n", decision.to_json(&known)))?;
    } else {
        for line in decision.summary() {
            call.out.answer(&format!("{line}\n"))?;
        }
        let rows = decision.trace_rows(&known);
        let mut rows = rows.into_iter();
        if let Some(heading) = rows.next() {
            let mut table =
                crate::render::Table::new(heading.into_iter().map(|h| (h, Align::Left)));
            for row in rows {
                table.push(row);
            }
            call.out.answer(&format!("\n{}", table.render(call.out.surface())))?;
        }
    }
    Ok(match decision.status() {
        Status::Decided => Exit::Done,
        Status::NoMatch | Status::Open => Exit::No,
        Status::Conflict => Exit::Wrong,
    })
}

/// The table that is meant: the named one, or the last that nothing else takes from.
fn wanted<'t>(
    tables: &'t [Table],
    graph: &Graph,
    name: Option<&str>,
    path: &str,
) -> std::result::Result<&'t Table, Failure> {
    let names = || tables.iter().map(|t| t.name.as_str());
    match name {
        Some(name) => tables.iter().find(|t| t.name == name).ok_or_else(|| {
            let d = Diagnostic::error("no-such-table", format!("{path} holds no table `{name}`"))
                .help(format!("it holds: {}", names().collect::<Vec<_>>().join(", ")));
            d.did_you_mean(name, names()).into()
        }),
        None => match graph.last().as_slice() {
            [one] => Ok(&tables[*one]),
            _ => Err(Diagnostic::error("which-table", format!("{path} holds several tables"))
                .help(format!("name one: --table {}", names().collect::<Vec<_>>().join(" | ")))
                .into()),
        },
    }
}
