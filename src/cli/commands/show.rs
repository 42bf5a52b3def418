//! `inc show`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Format;
use crate::cli::as_of::{OneIncident, Then};
use crate::cli::error::{Exit, Result};
use crate::render;
use crate::timing::clocks;

/// Show an incident: header, clocks, who, impact, what is due, the timeline
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    one: OneIncident,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ShowArgs) -> Result {
    let (record, then) = args.one.load(ctx)?;
    let record = &record;
    let now = ctx.clock.now;
    let assessment = ctx.assess(record)?;
    let timings = clocks(record, now);
    match args.one.format {
        Format::Json => {
            let answer = render::json::incident(record, &assessment, &timings, now);
            ctx.say(&Then::mark(then.as_ref(), answer).to_string())?
        }
        Format::Ids => ctx.say(record.id.as_str())?,
        Format::Csv => {
            let row = render::json::row(record, &assessment, &timings, now);
            ctx.out.answer_in_parts(|stream| render::rows::as_csv(stream, &[row]))?;
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
