//! `inc actions history`

use std::collections::BTreeSet;

use clap::Args;

use super::{WhichAction, find};
use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::render::actions as render;
use crate::reports::actions::moves;

/// Show how an action's day was moved: by whom, when, why, and what git's history says of it
///
/// A move that the record does not name was made by hand; it is shown as `not recorded`.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    action: WhichAction,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &HistoryArgs) -> Result {
    let found = find(ctx, &args.action)?;
    let mut record = ctx.load(&found.incident)?.record;
    let action = found.of(&mut record)?.clone();
    let (edits, _) = ctx.edits(&BTreeSet::from([found.incident.clone()]), None, None)?;
    let moves = moves(&action, &edits);
    if args.format == "json" {
        ctx.say(&render::moves_json(&found.incident, &action, &moves).to_string())?;
    } else if moves.is_empty() {
        ctx.talk(&format!("{}: its day was never moved", found.name()));
    } else {
        ctx.print(&render::moves(&moves, ctx.out.surface()))?;
    }
    Ok(Exit::Done)
}
