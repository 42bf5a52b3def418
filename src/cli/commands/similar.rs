//! `inc similar`

use clap::Args;
use rayon::prelude::*;

use crate::alike::Corpus;
use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::cards::Ask;
use crate::cli::error::Result;
use crate::incident::Record;
use crate::register::Card;
use crate::render::problems as shown;
use crate::reports::likeness::{like, terms_of_card};

/// How many records are looked at closely, of those whose title and services are most alike.
const CLOSELY: usize = 40;

/// Show past incidents like this one, and how each was restored
///
/// Titles, services and kinds of all incidents are compared first; of the forty most alike the whole
/// record is read: causes, change, vendors, notes. Words weigh more the rarer they are.
#[derive(Debug, Args)]
pub(crate) struct SimilarArgs {
    #[command(flatten)]
    which: Which,
    /// At most so many
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 5)]
    limit: usize,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &SimilarArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let wants = |card: &Card<'_>| card.counts() && card.id != id.as_str();
    let mut cards =
        ctx.cards(Ask { wants: &wants, levels: false, records: false, beside: None })?;
    let wanted: Vec<_> = cards.iter().filter(|(_, card)| wants(card)).collect();
    let places: Vec<_> = wanted.iter().map(|(place, _)| *place).collect();
    let terms: Vec<_> = wanted.par_iter().map(|(_, card)| terms_of_card(card)).collect();
    let own = crate::register::Card::write(&record, None);
    let own = Card::read(&own).map(|card| terms_of_card(&card)).unwrap_or_default();
    let near = Corpus::new(terms).nearest(&own, CLOSELY.max(args.limit));
    let closest: Vec<usize> =
        near.into_iter().filter_map(|near| places.get(near.at).copied()).collect();
    let records = ctx.records(&mut cards, &closest);
    let others: Vec<&Record> = records.values().collect();
    let found = like(&record, &others, ctx.clock.now, args.limit);
    if args.format == "json" {
        ctx.say(&shown::similar_json(&id, &found).to_string())?;
    } else if found.is_empty() {
        ctx.talk(&format!("no incident is like {id}"));
    } else {
        ctx.print_paged(&shown::similar(&found, ctx.clock.now))?;
    }
    Ok(ctx.left_out(&cards.bad))
}
