//! `inc due`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Answer;
use crate::cli::cards::Ask;
use crate::cli::error::{Exit, Result};
use crate::incident::Record;
use crate::register::Card;
use crate::render::comms as render;
use crate::reports::owed::{DueItem, MessageState, due};

/// Show which messages are overdue, due next and promised, soonest first
///
/// Of every open incident, or of one. `--next 30m` in an update is a promise. Exits 1 when something
/// is late. --watch shows it anew every ten seconds until you stop it.
#[derive(Debug, Args)]
pub(crate) struct DueArgs {
    /// Incident; every open one by default
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    id: Option<String>,
    /// Go on showing it, counting down
    #[arg(long)]
    watch: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

/// How often a watch looks again, in seconds.
const EVERY: u64 = 10;

pub(crate) fn run(ctx: &mut Ctx, args: &DueArgs) -> Result {
    loop {
        let late = show(ctx, args)?;
        if !args.watch || ctx.clock.fixed {
            return Ok(if late { Exit::No } else { Exit::Done });
        }
        std::thread::sleep(std::time::Duration::from_secs(EVERY));
        ctx.look_again();
    }
}

/// Shows what is due; whether something is late.
fn show(ctx: &Ctx, args: &DueArgs) -> Result<bool> {
    let records = records(ctx, args.id.as_deref())?;
    let company = ctx.company()?;
    let now = ctx.clock.now;
    let mut items: Vec<(&Record, DueItem)> = records
        .iter()
        .flat_map(|record| due(record, &company, now).into_iter().map(move |item| (record, item)))
        .collect();
    items.sort_by_key(|(_, item)| item.at);
    let late = items.iter().any(|(_, item)| item.state == MessageState::Overdue);
    let watching = args.watch && !ctx.clock.fixed;
    if watching && ctx.out.is_terminal() {
        // The top of the screen, and an empty screen below it.
        ctx.print("\u{1b}[H\u{1b}[2J")?;
    }
    if args.format == Answer::Json {
        ctx.say(&render::due_json(&items).to_string())?;
    } else if items.is_empty() {
        ctx.talk("nothing is due");
    } else {
        let table = render::due(&items, now, ctx.out.surface());
        let rows = ctx.out.height().filter(|_| watching).map(|rows| rows.saturating_sub(3));
        ctx.print(&render::top(&table, rows))?;
    }
    if watching && ctx.out.is_terminal() {
        let clock = now.in_zone(&ctx.clock.zone).get().format("%H:%M:%S");
        ctx.talk(&format!("as of {clock}, looked at every {EVERY} s; Ctrl-C ends it"));
    }
    Ok(late)
}

/// The named incident, or every one in which something can be due: the open ones, and those that
/// were restored or resolved and still owe a word.
fn records(ctx: &Ctx, asked: Option<&str>) -> Result<Vec<Record>> {
    if asked.is_some() {
        let id = ctx.which(asked)?;
        return Ok(vec![ctx.load(&id)?.record]);
    }
    let open = |card: &Card<'_>| card.status.is_open();
    let cards = ctx.cards(Ask { wants: &open, levels: false, records: false, beside: None })?;
    let ids: Vec<_> =
        cards.iter().filter(|(_, c)| open(c)).filter_map(|(_, c)| c.id.parse().ok()).collect();
    ids.iter().map(|id| Ok(ctx.load(id)?.record)).collect()
}
