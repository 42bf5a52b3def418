//! `inc impact accuracy`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::cli::series::{self, Columns};
use crate::diag::Diagnostic;
use crate::impact::Grids;
use crate::impact::estimate::trials;
use crate::impact::series::{Ask, Measure};
use crate::render;

/// Try the method on a series: cut holes of known size into it and compare
///
/// Holes of 10, 30, 60 and 100 % depth, ten minutes to twelve hours long, at night, at peak, at a
/// weekend and on holidays of the calendar are cut out, one at a time, and measured. Errors are
/// shares of what the window was expected to hold; the noise floor is the same method's error on
/// other windows of the same kinds, without a hole. Calendars that do not cover the years of a
/// series give no holidays: name them by --holiday. Run it on your own series before you believe its intervals.
#[derive(Debug, Args)]
pub(crate) struct AccuracyArgs {
    /// The series, one or more
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    series: Vec<String>,
    /// Holes of each kind
    #[arg(long, value_name = "COUNT", default_value = "20", value_parser = clap::value_parser!(u16).range(1..=1000))]
    places: u16,
    /// A calendar of the standard for holidays; its business calendar by default
    #[arg(long, value_name = "ID")]
    calendar: Option<String>,
    /// A day that is a holiday where the series comes from; repeat it for more
    #[arg(long, value_name = "DATE", conflicts_with = "calendar")]
    holiday: Vec<chrono::NaiveDate>,
    /// Show every kind of hole
    #[arg(long)]
    each: bool,
    #[command(flatten)]
    columns: Columns,
    /// How the answer is written
    #[arg(long, value_parser = ["table", "json", "csv"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &AccuracyArgs) -> Result {
    let mapped = args.columns.read(ctx)?;
    let company = ctx.company()?;
    let calendar = match &args.calendar {
        None => company.standard.business_calendar(),
        Some(id) => Some(company.standard.calendars.get(id).ok_or_else(|| {
            Diagnostic::error("no-such-calendar", format!("no calendar is called `{id}`"))
                .did_you_mean(id, company.standard.calendars.ids())
        })?),
    };
    let kind = |day: chrono::NaiveDate| {
        let listed = args.holiday.contains(&day);
        let kept = || calendar.is_some_and(|c| c.is_holiday(day) == Ok(true));
        match listed || (args.holiday.is_empty() && kept()) {
            true => crate::impact::estimate::DayKind::Holiday,
            false => crate::impact::estimate::DayKind::Ordinary,
        }
    };
    let mut all = Vec::new();
    for path in &args.series {
        let ask = Ask { width: mapped.bin, by: Some(Vec::new()), ..Ask::default() };
        let (read, _) = series::load(path, &mapped.mapping, &ask)?;
        let grids = Grids::new(&read, None, i64::MAX, mapped.mapping.zone, &kind);
        let measure = match read.measures.contains(&Measure::Succeeded) {
            true => Measure::Succeeded,
            false => Measure::Attempted,
        };
        let Some(grids) = grids else { continue };
        let grid = grids.grid(&read.total, measure, &|_| false);
        let name = path.rsplit('/').next().unwrap_or(path);
        all.push((name.to_owned(), trials(&grid, usize::from(args.places))));
    }
    match args.format.as_str() {
        "json" => ctx.say(&render::impact::trials_json(&all).to_string())?,
        "csv" => ctx.print(&render::impact::trials_csv(&all))?,
        _ => ctx.print_paged(&render::impact::trials_table(&all, args.each, ctx.out.surface()))?,
    }
    Ok(Exit::Done)
}
