//! `inc room`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::{Room, RoomKind};

/// Say where the responders talk, or that they left
#[derive(Debug, Args)]
pub(crate) struct RoomArgs {
    /// Link of the bridge, chat or video room
    url: String,
    /// Incident; left out when exactly one is open
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// What it is
    #[arg(long, value_name = "KIND", default_value = "bridge", value_parser = crate::cli::word::<RoomKind>)]
    kind: RoomKind,
    /// Everybody left
    #[arg(long)]
    close: bool,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &RoomArgs) -> Result {
    let id = ctx.which(args.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let record = ctx.change(&id, "room", args.writing.dry_run, at, |record, act| {
        let open = record.rooms.iter_mut().find(|r| r.url == args.url && r.closed_at.is_none());
        match (open, args.close) {
            (Some(room), true) => room.closed_at = Some(act.at),
            (None, true) => {
                return Err(Diagnostic::error(
                    "no-room",
                    format!("no open room has the link {}", args.url),
                )
                .into());
            }
            (Some(_), false) => {}
            (None, false) => record.rooms.push(Room {
                kind: Some(args.kind),
                url: args.url.clone(),
                opened_at: Some(act.at),
                ..Room::default()
            }),
        }
        Ok(())
    })?;
    let verb = if args.close { "closed" } else { "open" };
    ctx.say(&format!("{} · {} {verb}: {}", record.id, args.kind, args.url))?;
    Ok(Exit::Done)
}
