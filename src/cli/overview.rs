//! The small screens after `open` and `update`.

use std::fmt::Write as _;

use super::Ctx;
use super::error::Result;
use super::out::{BOLD, DIM, styled};
use crate::incident::Record;
use crate::render::incident::{beside, level_style, wall};
use crate::render::outlook::phrases;
use crate::render::terminal_safe;
use crate::reports::Assessment;
use crate::units::Instant;

/// After `open`: id, severity with its rule, who must be told by when, what to type next.
pub(crate) fn opened(ctx: &Ctx, record: &Record) -> Result<String> {
    if let Some(stub) = &record.restricted {
        let place = ctx.config.restricted.get(&stub.group).map(|r| ctx.root().join(&r.workspace));
        let place = place.map_or_else(String::new, |p| p.display().to_string());
        return Ok(format!(
            "{}  details are in the workspace of {}; here is a stub\n {}  inc -C {place} show {}",
            styled(BOLD, &record.id),
            terminal_safe(&stub.group),
            styled(DIM, "next"),
            record.id.suffix()
        ));
    }
    let assessment = ctx.assess(record)?;
    let suffix = record.id.suffix();
    let mut text = String::new();
    let mark = if record.exercise { "EXERCISE · " } else { "" };
    let _ = writeln!(text, "{}  {mark}{}", styled(BOLD, &record.id), terminal_safe(&record.title));
    let now = ctx.clock.now;
    severity(&mut text, &assessment, now);
    for clock in due_soon(record, &assessment) {
        if let Some(due) = clock.due {
            let _ = writeln!(
                text,
                " {}  {} by {} ({})",
                styled(DIM, "due "),
                clock.name.replace(['_', '-'], " "),
                wall(due, now),
                beside(due, now)
            );
        }
    }
    let _ = writeln!(text, " {}  inc ack {suffix}", styled(DIM, "next"));
    if record.services.is_empty() && record.services_unmapped.is_empty() {
        let _ = writeln!(text, "       inc update {suffix} --service SERVICE --kind outage");
    } else {
        let _ = writeln!(text, "       inc update {suffix} \"what is known\" --next 30m");
    }
    let _ = write!(text, "       inc comms draft {suffix} --stage initial");
    Ok(text)
}

fn due_soon<'a>(
    record: &Record,
    assessment: &'a Assessment,
) -> impl Iterator<Item = &'a crate::reports::TargetClock> {
    let running = assessment.clocks.iter().filter(|c| c.is_actionable(record));
    let mut running: Vec<_> = running.collect();
    running.sort_by_key(|c| c.due);
    running.into_iter().take(5)
}

fn severity(text: &mut String, assessment: &Assessment, now: Instant) {
    let level = styled(level_style(assessment.level), assessment.level_text());
    match (&assessment.rule, &assessment.why) {
        (Some(rule), Some(why)) => {
            let _ = writeln!(text, " {level} by {rule}: {why}");
        }
        _ => {
            let _ = writeln!(text, " {level}");
        }
    }
    for phrase in phrases(assessment, now).into_iter().take(2) {
        let _ = writeln!(text, "       {}", styled(DIM, phrase));
    }
}

/// The same as JSON.
pub(crate) fn opened_json(ctx: &Ctx, record: &Record) -> Result<String> {
    let assessment = ctx.assess(record)?;
    let timings = crate::timing::clocks(record, ctx.clock.now);
    Ok(crate::render::json::incident(record, &assessment, &timings, ctx.clock.now).to_string())
}

/// After `update`: the level as it stands, and what is due next.
pub(crate) fn updated(ctx: &Ctx, record: &Record) -> Result<String> {
    let assessment = ctx.assess(record)?;
    let now = ctx.clock.now;
    let level = styled(level_style(assessment.level), assessment.level_text());
    let mut text = format!("{} · updated · {level}", record.id);
    if let Some(next) = record.now.as_ref().and_then(|n| n.next_update_at) {
        let _ = write!(text, " · next update {} ({})", wall(next, now), beside(next, now));
    }
    Ok(text)
}
