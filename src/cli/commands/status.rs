//! `inc` alone: to incidents what `git status` is to files.

use std::fmt::Write as _;

use crate::cli::Ctx;
use crate::cli::cards::Ask;
use crate::cli::error::Result;
use crate::cli::out::{DIM, styled};
use crate::incident::{Kind, Record};
use crate::register::Card;
use crate::render::incident::{beside, headline};
use crate::render::terminal_safe;
use crate::reports::checklist::ItemState;
use crate::reports::decisions_needed;
use crate::reports::{ClockState, assessment::Assessment};
use crate::timing::clocks;

pub(crate) fn run(ctx: &mut Ctx) -> Result {
    let needed = |card: &Card<'_>| card.status.is_open();
    let ask = Ask { wants: &needed, levels: false, records: true, beside: None };
    let mut cards = ctx.cards(ask)?;
    let places: Vec<usize> =
        cards.iter().filter(|(_, card)| needed(card)).map(|(place, _)| place).collect();
    let records = ctx.records(&mut cards, &places);
    let now = ctx.clock.now;
    let mut open: Vec<(&Record, Assessment)> = Vec::new();
    for record in records.values() {
        open.push((record, ctx.assess(record)?));
    }
    // What counts first, the worst on top; planned work and drills stand below, out of the figures.
    let rank = |r: &Record, a: &Assessment| (!r.counts(), r.exercise, a.level.is_none(), a.level);
    open.sort_by(|(a, x), (b, y)| (rank(a, x), &a.id).cmp(&(rank(b, y), &b.id)));
    let mut text = String::new();
    ctx.say_tree();
    let burning = open.iter().filter(|(r, _)| r.status.is_burning() && r.counts()).count();
    let apart = open.iter().filter(|(r, _)| !r.counts()).count();
    match open.len() - apart {
        0 if apart > 0 => text.push_str("nothing is open but planned work and exercises\n"),
        0 => text.push_str("nothing is open\n"),
        n => {
            let _ = writeln!(text, "{n} open, {burning} still felt by customers");
        }
    }
    for (record, assessment) in &open {
        let planned = if record.kind == Some(Kind::Maintenance) { "PLANNED · " } else { "" };
        let mark = if record.exercise { "EXERCISE · " } else { planned };
        let _ = writeln!(text, "\n{}  {mark}{}", record.id, terminal_safe(&record.title));
        let _ = writeln!(text, "  {}", headline(record, assessment, &clocks(record, now), now));
        // Duties and decisions are where the details are.
        if let Some(stub) = &record.restricted {
            let group = terminal_safe(&stub.group);
            let _ = writeln!(
                text,
                "  {}  details are in the workspace of {group}",
                styled(DIM, "elsewhere")
            );
            continue;
        }
        for (label, line) in duties(record, assessment, now) {
            let _ = writeln!(text, "  {}  {line}", styled(DIM, format!("{label:<8}")));
        }
    }
    let kept = ctx.store.kept().map_err(crate::cli::ctx::from_store)?;
    if !kept.is_empty() {
        let _ = writeln!(text, "\n{} kept words wait: inc retry", kept.len());
    }
    if ctx.store.has_left_overs() {
        text.push_str(
            "\nan interrupted write waits: the next writing command completes it, or inc retry\n",
        );
    }
    let sharing = ctx.sharing_lines();
    if !sharing.is_empty() {
        let _ = writeln!(text, "\n{}", sharing.join("\n"));
    }
    if !open.is_empty() {
        text.push_str("\ninc show ID for one of them · inc list for all\n");
    } else {
        text.push_str("inc open \"what is wrong\" opens an incident\n");
    }
    ctx.print(&text)?;
    ctx.left_out(&cards.bad);
    // Bare `inc` is 0 whatever it says (docs/manual/exit-codes.md); a bad record was named on stderr.
    Ok(crate::cli::error::Exit::Done)
}

fn duties(
    record: &Record,
    assessment: &Assessment,
    now: crate::units::Instant,
) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for clock in &assessment.clocks {
        let Some(due) = clock.due.filter(|_| clock.is_actionable(record)) else { continue };
        let name = clock.name.replace(['_', '-'], " ");
        match clock.state {
            ClockState::Missed => {
                lines.push((due, "overdue", format!("{name}, was due {}", beside(due, now))))
            }
            ClockState::Running => lines.push((due, "due", format!("{name} {}", beside(due, now)))),
            ClockState::Met | ClockState::Unknown => {}
        }
    }
    if let Some(next) = record.now.as_ref().and_then(|n| n.next_update_at) {
        let label = if next < now { "overdue" } else { "promised" };
        lines.push((next, label, format!("next update {}", beside(next, now))));
    }
    lines.sort();
    let mut lines: Vec<_> =
        lines.into_iter().take(4).map(|(_, label, line)| (label, line)).collect();
    lines.extend(to_do(record, assessment).map(|line| ("to do", line)));
    lines.extend(decisions_needed(record, assessment).into_iter().map(|d| ("decide", d)));
    lines
}

/// The next items of the checklist, on one line.
fn to_do(record: &Record, assessment: &Assessment) -> Option<String> {
    const SHOWN: usize = 3;
    let open = assessment.checklist.iter().filter(|i| i.state == ItemState::ToDo);
    let names: Vec<String> = open.map(|i| terminal_safe(&i.item)).collect();
    if names.is_empty() || !record.status.is_burning() {
        return None;
    }
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    Some(format!("{first}{more}: inc done ITEM {}", record.id.suffix()))
}
