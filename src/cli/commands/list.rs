//! `inc list`

use clap::{Args, ValueEnum};

use crate::cli::Ctx;
use crate::cli::args::Format;
use crate::cli::error::Result;
use crate::incident::{Severity, Status};
use crate::register::Filter;
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
    let register = ctx.register()?;
    let now = ctx.clock.now;
    let company = ctx.company()?;
    let mut rows: Vec<Row> = Vec::new();
    for held in &register.records {
        let record = &held.record;
        if !filter.matches(record)
            || (!args.status.is_empty() && !args.status.contains(&record.status))
            || (!args.verticals.is_empty() && !ctx.in_verticals(record, &args.verticals)?)
        {
            continue;
        }
        let assessment = level(record, &company, now);
        if levels.is_empty() || assessment.level.is_some_and(|l| levels.contains(&l)) {
            rows.push(render::json::row(record, &assessment, &clocks(record, now), now));
        }
    }
    sort(&mut rows, args.sort);
    rows.truncate(args.limit.unwrap_or(usize::MAX));
    match args.format {
        Format::Json => ctx.say(&render::json::incidents(&rows, &register.bad).to_string())?,
        Format::Csv => ctx.print(&render::rows::as_csv(&rows))?,
        Format::Ids => {
            for row in &rows {
                ctx.say(&row.id)?;
            }
        }
        Format::Table if rows.is_empty() => ctx.talk("no incident matches"),
        Format::Table => ctx.print(&render::rows::table(&rows, now, ctx.out.surface()))?,
    }
    Ok(ctx.left_out(&register))
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
