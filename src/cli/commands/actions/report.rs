//! `inc actions report`

use clap::Args;

use super::list::known_verticals;
use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::incident::Record;
use crate::render::actions as render;
use crate::reports::actions::{Asked, MOST_MONTHS, followups, progress};

/// Show how follow-ups go: ageing, burn-up month by month, share done in time by vertical
///
/// In time is by the day that stands now; as promised, by the day that was promised first. Counted
/// are actions that are done and those whose day has passed; dropped ones are not.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Only of these verticals of the standard
    #[arg(long = "vertical", value_name = "VERTICAL", value_delimiter = ',')]
    verticals: Vec<String>,
    /// How many months the burn-up goes back
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_MONTHS)))]
    months: u32,
    /// Markdown, or a documented JSON object
    #[arg(long, value_parser = ["md", "json"], default_value = "md")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ReportArgs) -> Result {
    known_verticals(ctx, &args.verticals)?;
    let register = ctx.register()?;
    let records: Vec<&Record> = register.records.iter().map(|held| &held.record).collect();
    let asked = Asked { all: true, verticals: args.verticals.clone(), ..Asked::default() };
    let now = ctx.clock.now;
    let all = followups(records, &ctx.company()?, &asked, now);
    let progress = progress(&all, now.get().date_naive(), args.months);
    if args.format == "json" {
        ctx.say(&render::progress_json(&progress).to_string())?;
    } else {
        ctx.print(&render::progress(&progress))?;
    }
    Ok(ctx.left_out(&register.bad))
}
