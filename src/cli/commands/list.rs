//! `inc list`

use clap::{Args, ValueEnum};

use crate::cli::Ctx;
use crate::cli::args::Format;
use crate::cli::cards::Ask;
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
    let mut cards = ctx.cards(Ask { wants: &wants, levels: true, records: by_words })?;
    let now = ctx.clock.now;
    // With their places, which are in the order of ids.
    let mut placed: Vec<(usize, Row)> = Vec::new();
    let mut unjudged: Vec<usize> = Vec::new();
    for (place, card) in cards.iter().filter(|(_, card)| wants(card)) {
        match cards.standing(&card).filter(|_| !by_words) {
            Some(standing) => placed.push((place, Row::of_card(&card, &standing))),
            None => unjudged.push(place),
        }
    }
    let records = ctx.records(&mut cards, &unjudged);
    if !records.is_empty() {
        let company = ctx.company()?;
        for (place, record) in records.iter().filter(|(_, record)| filter.finds_words(record)) {
            let assessment = level(record, &company, now);
            let row = render::json::row(record, &assessment, &clocks(record, now), now);
            placed.push((*place, row));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    let asked = |row: &Row| levels.is_empty() || row.severity.is_some_and(|l| levels.contains(&l));
    let mut rows: Vec<Row> =
        placed.into_iter().map(|(_, row)| row).filter(|row| asked(row)).collect();
    sort(&mut rows, args.sort);
    rows.truncate(args.limit.unwrap_or(usize::MAX));
    match args.format {
        Format::Json => ctx.say(&render::json::incidents(&rows, &cards.bad).to_string())?,
        Format::Csv => ctx.print(&render::rows::as_csv(&rows))?,
        Format::Ids => {
            for row in &rows {
                ctx.say(&row.id)?;
            }
        }
        Format::Table if rows.is_empty() => ctx.talk("no incident matches"),
        Format::Table => ctx.print(&render::rows::table(&rows, now, ctx.out.surface()))?,
    }
    Ok(ctx.left_out(&cards.bad))
}

fn sort(rows: &mut [Row], by: Sort) {
    let rank = |row: &Row| row.severity.map_or(Severity::ALL.len(), |s| s as usize);
    match by {
        Sort::Began => rows.sort_by(|a, b| b.began.cmp(&a.began).then_with(|| b.id.cmp(&a.id))),
        Sort::Severity => {
            rows.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| b.began.cmp(&a.began)))
        }
        Sort::Duration => rows.sort_by_key(|row| std::cmp::Reverse(row.duration_s)),
        Sort::Id => rows.sort_by(|a, b| a.id.cmp(&b.id)),
    }
}
