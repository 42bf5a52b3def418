//! `inc list`

use clap::{Args, ValueEnum};

use crate::cli::Ctx;
use crate::cli::args::Format;
use crate::cli::cards::{Ask, Cards};
use crate::cli::error::Result;
use crate::incident::{Severity, Status};
use crate::register::{Card, Filter};
use crate::render::{self, rows::Row};
use crate::reports::assessment::level;
use crate::timing::clocks;

/// List incidents; exercises are left out unless --exercises asks for them
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those whose responders are still needed
    #[arg(long)]
    open: bool,
    /// Levels: SEV1, or SEV2+ for SEV2 and worse
    #[arg(long, value_name = "LEVEL", value_delimiter = ',')]
    severity: Vec<String>,
    /// Status
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = crate::cli::word::<Status>)]
    status: Vec<Status>,
    /// Service
    #[arg(short, long = "service", value_name = "SERVICE", value_delimiter = ',',
        add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::services))]
    services: Vec<String>,
    /// Vertical of the standard
    #[arg(long = "vertical", value_name = "VERTICAL", value_delimiter = ',')]
    verticals: Vec<String>,
    /// Began at or after: a time, a date, or a span before now (30d)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Began before
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Words anywhere in title, summary, timeline or causes
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// Tag
    #[arg(long = "tag", value_delimiter = ',')]
    tags: Vec<String>,
    /// Exercises too
    #[arg(long)]
    exercises: bool,
    /// Order: newest first by default
    #[arg(long, value_enum, default_value = "began")]
    sort: Sort,
    /// At most so many
    #[arg(short = 'n', long, value_name = "COUNT")]
    limit: Option<usize>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// Newest first
    Began,
    /// Worst first
    Severity,
    /// Longest first
    Duration,
    /// By id
    Id,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ListArgs) -> Result {
    let levels = args.severity.iter().map(|l| ctx.levels(l)).collect::<Result<Vec<_>>>()?.concat();
    let filter = Filter {
        open: args.open,
        services: args.services.clone(),
        tags: args.tags.clone(),
        since: args.since.as_deref().map(|t| ctx.clock.read_since(t)).transpose()?,
        until: args.until.as_deref().map(|t| ctx.clock.read_since(t)).transpose()?,
        text: args.text.clone(),
        exercises: args.exercises,
    };
    let verticals = match args.verticals.as_slice() {
        [] => None,
        asked => Some((ctx.standard()?, asked)),
    };
    let in_verticals = |card: &Card<'_>| {
        verticals.is_none_or(|(standard, asked)| {
            let mut services = card.known_services().filter_map(|s| standard.service(s));
            services.any(|service| asked.contains(&service.vertical))
        })
    };
    let wants = |card: &Card<'_>| {
        filter.admits(card)
            && (args.status.is_empty() || args.status.contains(&card.status))
            && in_verticals(card)
    };
    let by_words = filter.text.is_some();
    let beside = || drop(ctx.standard_quietly());
    let ask = Ask { wants: &wants, levels: true, records: by_words, beside: Some(&beside) };
    let mut cards = ctx.cards(ask)?;
    let now = ctx.clock.now;
    let standing = |cards: &Cards, card: &Card<'_>| cards.standing(card).filter(|_| !by_words);
    let wanted = |cards: &Cards| -> Vec<usize> {
        let unjudged = |card: &Card<'_>| wants(card) && standing(cards, card).is_none();
        cards.iter().filter(|(_, card)| unjudged(card)).map(|(place, _)| place).collect()
    };
    let unjudged = wanted(&cards);
    let records = ctx.records(&mut cards, &unjudged);
    let company = if records.is_empty() { None } else { Some(ctx.company()?) };
    // In the order of ids, as the cards are.
    let rows = cards.iter().filter(|(_, card)| wants(card)).filter_map(|(place, card)| {
        if let Some(standing) = standing(&cards, &card) {
            return Some(Row::of_card(&card, &standing));
        }
        let record = records.get(&place).filter(|record| filter.finds_words(record))?;
        let assessment = level(record, company.as_ref()?, now);
        Some(render::json::row(record, &assessment, &clocks(record, now), now))
    });
    let asked = |row: &Row<'_>| {
        levels.is_empty() || row.severity.is_some_and(|level| levels.contains(&level))
    };
    let mut kept: Vec<Row<'_>> = Vec::with_capacity(cards.len());
    kept.extend(rows.filter(asked));
    let mut rows = kept;
    sort(&mut rows, args.sort);
    rows.truncate(args.limit.unwrap_or(usize::MAX));
    match args.format {
        Format::Json => ctx.out.answer_in_parts(|stream| {
            render::json::incidents(&mut *stream, &rows, &cards.bad)?;
            writeln!(stream)
        })?,
        Format::Csv => ctx.out.answer_in_parts(|stream| render::rows::as_csv(stream, &rows))?,
        Format::Ids => ctx.out.answer_in_parts(|stream| {
            rows.iter().try_for_each(|row| writeln!(stream, "{}", row.id))
        })?,
        Format::Table if rows.is_empty() => ctx.talk("no incident matches"),
        Format::Table => {
            let (table, surface) = (render::rows::table(rows, now), ctx.out.surface());
            ctx.out.answer_in_parts(|stream| table.write(stream, surface))?;
        }
    }
    Ok(ctx.left_out(&cards.bad))
}

fn sort(rows: &mut [Row<'_>], by: Sort) {
    let rank = |row: &Row<'_>| row.severity.map_or(Severity::ALL.len(), |s| s as usize);
    // Ids last, so that nothing is equal and no room is needed to keep an order.
    let id = |a: &Row<'_>, b: &Row<'_>| a.id.cmp(b.id);
    match by {
        Sort::Began => rows.sort_unstable_by(|a, b| b.began.cmp(&a.began).then_with(|| id(b, a))),
        Sort::Severity => rows.sort_unstable_by(|a, b| {
            rank(a).cmp(&rank(b)).then_with(|| b.began.cmp(&a.began)).then_with(|| id(a, b))
        }),
        Sort::Duration => {
            rows.sort_unstable_by(|a, b| b.duration_s.cmp(&a.duration_s).then_with(|| id(a, b)))
        }
        Sort::Id => rows.sort_unstable_by(id),
    }
}
