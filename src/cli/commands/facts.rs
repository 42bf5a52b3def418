//! `inc facts`

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::as_of::AsOf;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::facts::{Answer, Listing, catalogue, without_rate};
use crate::render::{Align, Table};

/// Named, typed values that decision tables ask about
#[derive(Debug, Args)]
pub(crate) struct FactsArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// The catalogue: name, type, unit, meaning, where it comes from
    List {
        /// For people, or a documented JSON object
        #[arg(long, value_parser = ["table", "json"], default_value = "table")]
        format: String,
    },
    /// The facts of one incident; the JSON is a facts file for `inc decide`
    Show {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        as_of: AsOf,
        /// Unknown facts too
        #[arg(long)]
        all: bool,
        /// For people, or a documented JSON object
        #[arg(long, value_parser = ["table", "json"], default_value = "table")]
        format: String,
    },
}

pub(crate) fn run(ctx: &mut Ctx, args: &FactsArgs) -> Result {
    match &args.verb {
        Verb::List { format } => list(ctx, format == "json"),
        Verb::Show { which, as_of, all, format } => show(ctx, which, as_of, *all, format == "json"),
    }
}

fn list(ctx: &Ctx, json: bool) -> Result {
    let catalogue = catalogue(ctx.currency());
    if json {
        ctx.say(&json_text(&Listing::new(&catalogue))?)?;
        return Ok(Exit::Done);
    }
    let mut table =
        Table::new(["FACT", "TYPE", "UNIT", "MEANING", "FROM"].map(|c| (c, Align::Left)));
    for fact in catalogue.iter() {
        table.push([
            fact.name.to_string(),
            fact.type_name(),
            fact.unit.to_string(),
            fact.meaning.to_string(),
            fact.origin.to_string(),
        ]);
    }
    ctx.print_paged(&table.render(ctx.out.surface()))?;
    Ok(Exit::Done)
}

fn show(ctx: &mut Ctx, which: &Which, as_of: &AsOf, all: bool, json: bool) -> Result {
    let id = ctx.which(which.id.as_deref())?;
    let (loaded, then) = ctx.load_as_of(&id, as_of)?;
    let record = loaded.record;
    if let Some(then) = then {
        // Beside the answer: that is a facts file, and has its own `at`.
        ctx.talk(&then.heading());
    }
    let company = ctx.company()?;
    let facts = match company.decide(&record, ctx.clock.now) {
        Some(decided) => decided.facts,
        None => company.facts(&record, ctx.clock.now),
    };
    let catalogue = catalogue(ctx.currency());
    if json {
        ctx.say(&json_text(&Answer::new(&record.id, ctx.clock.now, &catalogue, &facts))?)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["FACT", "VALUE", "MEANING"].map(|c| (c, Align::Left)));
    for fact in catalogue.iter() {
        match facts.value(fact.name.as_ref()) {
            Some(value) => {
                table.push([fact.name.to_string(), value.to_string(), fact.meaning.to_string()])
            }
            None if all => {
                table.push([fact.name.to_string(), "not known".into(), fact.meaning.to_string()])
            }
            None => {}
        }
    }
    ctx.print_paged(&table.render(ctx.out.surface()))?;
    for (field, money) in without_rate(&record, &company) {
        ctx.talk(&format!(
            "{field} is {money}, and standards/rates.toml has no rate for it: not known in {}",
            ctx.currency()
        ));
    }
    Ok(Exit::Done)
}

fn json_text(value: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|e| Diagnostic::error("json", e.to_string()))?)
}
