//! `inc show`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::{Format, Which};
use crate::cli::as_of::{AsOf, Then};
use crate::cli::error::{Exit, Result};
use crate::render;
use crate::timing::clocks;

/// Show an incident: header, clocks, who, impact, what is due, the timeline
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    as_of: AsOf,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ShowArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let (loaded, then) = ctx.load_as_of(&id, &args.as_of)?;
    let record = &loaded.record;
    let now = ctx.clock.now;
    let assessment = ctx.assess(record)?;
    let timings = clocks(record, now);
    match args.format {
        Format::Json => {
            let answer = render::json::incident(record, &assessment, &timings, now);
            ctx.say(&Then::mark(then.as_ref(), answer).to_string())?
        }
        Format::Ids => ctx.say(record.id.as_str())?,
        Format::Csv => {
            let row = render::json::row(record, &assessment, &timings, now);
            ctx.print(&render::rows::as_csv(&[row]))?;
        }
        Format::Table => {
            ctx.say_tree();
            let heading = then.map_or_else(String::new, |then| then.heading() + "\n\n");
            let page = render::incident::page(record, &assessment, &timings, now);
            ctx.print_paged(&(heading + &page))?;
        }
    }
    Ok(Exit::Done)
}
