//! `inc comms owed`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::{Answer, Which};
use crate::cli::error::{Exit, Result};
use crate::render::comms as render;
use crate::reports::owed::owed;

/// Show who is owed which message, by when, and which went out
///
/// The table standards/owed.toml decides from severity, harm, channel and audience. `restored` is
/// owed to those who were told that it did not work, and an update where there was a first word.
#[derive(Debug, Args)]
pub(crate) struct OwedArgs {
    #[command(flatten)]
    which: Which,
    /// Show what is allowed and what is forbidden, too
    #[arg(long)]
    all: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(ctx: &mut Ctx, args: &OwedArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let owed = owed(&record, &ctx.company()?, ctx.clock.now, args.all);
    if args.format == Answer::Json {
        ctx.say(&render::owed_json(&record, &owed).to_string())?;
    } else if owed.is_empty() {
        ctx.talk(&format!("{id}: nobody is owed a message now"));
    } else {
        ctx.print(&render::owed(&owed, ctx.clock.now, ctx.out.surface()))?;
    }
    Ok(Exit::Done)
}
