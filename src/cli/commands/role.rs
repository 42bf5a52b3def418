//! `inc role`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};

/// Give a role to a person; who held it before is kept
#[derive(Debug, Args)]
pub(crate) struct RoleArgs {
    /// Role, such as incident_commander
    role: String,
    /// Person who takes it
    #[arg(add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::people))]
    person: String,
    /// Incident; left out when exactly one is open
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// What the next person must know
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &RoleArgs) -> Result {
    let id = ctx.which(args.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    ctx.warn_unknown("role", &args.role);
    ctx.warn_unknown("person", &args.person);
    let record = ctx.change(&id, "role", args.writing.dry_run, at, |record, act| {
        record.hand_over(act, &args.role, &args.person, args.note.as_deref());
        Ok(())
    })?;
    ctx.say(&format!("{} · {}: {}", record.id, args.role, args.person))?;
    Ok(Exit::Done)
}
