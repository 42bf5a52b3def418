//! `inc show`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::{Format, Which};
use crate::cli::error::{Exit, Result};
use crate::render;
use crate::timing::clocks;

/// Show an incident: header, clocks, who, impact, what is due, the timeline
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    which: Which,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ShowArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let loaded = ctx.load(&id)?;
    let record = &loaded.record;
    let now = ctx.clock.now;
    let assessment = ctx.assess(record)?;
    let timings = clocks(record, now);
    match args.format {
        Format::Json => {
            ctx.say(&render::json::incident(record, &assessment, &timings, now).to_string())?
        }
        Format::Ids => ctx.say(record.id.as_str())?,
        Format::Csv => {
            let row = render::json::row(record, &assessment, &timings, now);
            ctx.print(&render::rows::as_csv(&[row]))?;
        }
        Format::Table => {
            ctx.say_tree();
            ctx.print_paged(&render::incident::page(record, &assessment, &timings, now))?;
        }
    }
    Ok(Exit::Done)
}
