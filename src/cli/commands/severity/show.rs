//! `inc severity show`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Format;
use crate::cli::as_of::{OneIncident, Then};
use crate::cli::error::{Exit, Result};
use crate::render;
use crate::reports::what_if::neighbours;

/// Show the level, the rule that decided, what could still change it, and what another one asks for
///
/// Below the level stands what the next one up and the next one down would change: targets, roles,
/// the checklist, who must be told, the review. The tables of the standard are decided again for it.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    one: OneIncident,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ShowArgs) -> Result {
    let (record, then) = args.one.load(ctx)?;
    let assessment = ctx.assess(&record)?;
    let now = ctx.clock.now;
    let beside = neighbours(&record, &ctx.company()?, now);
    if args.one.format == Format::Json {
        let answer = serde_json::json!({
            "schema": 1,
            "id": record.id.as_str(),
            "severity": render::json::severity(&record, &assessment),
            "what_if": render::what_if::json(beside.as_ref()),
        });
        ctx.say(&Then::mark(then.as_ref(), answer).to_string())?;
        return Ok(Exit::Done);
    }
    if let Some(then) = then {
        ctx.say(&then.heading())?;
    }
    let mut text = render::incident::severity(&record, &assessment, now);
    if let Some(beside) = beside.filter(|beside| !beside.rows.is_empty()) {
        text.push('\n');
        text.push_str(&render::what_if::table(&beside, ctx.out.surface()));
    }
    ctx.print(&text)?;
    Ok(Exit::Done)
}
