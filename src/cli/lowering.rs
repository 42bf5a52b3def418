//! What a person sees before a level is lowered: what is no longer owed, and the month so far.

use super::Ctx;
use super::error::Result;
use crate::incident::Record;
use crate::render::what_if;
use crate::reports::objectives::month;
use crate::reports::what_if::lowering;

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Go on; what is skipped, for the end of the entry that says why, empty where nothing is lowered.
    Go(String),
    /// The person said no.
    Stop,
}

/// Shows on stderr what a change of severity lowers; asks where `ask` says so and somebody can answer.
///
/// # Errors
///
/// When the standard or the records cannot be listed.
pub(crate) fn show(ctx: &Ctx, before: &Record, after: &Record, ask: bool) -> Result<Answer> {
    let now = ctx.clock.now;
    let company = ctx.company()?;
    let Some(lowered) = lowering(before, after, &company, now) else {
        return Ok(Answer::Go(String::new()));
    };
    let month = month(&ctx.register_quietly()?, before, &company, now);
    ctx.talk(what_if::preview(&lowered, month.as_ref(), now).trim_end());
    if ask && ctx.can_ask() && !agrees(ctx) {
        ctx.talk("nothing was written");
        return Ok(Answer::Stop);
    }
    Ok(Answer::Go(format!("; {}", what_if::line(&lowered))))
}

/// Whether the person at the terminal wants to go on; silence is no.
fn agrees(ctx: &Ctx) -> bool {
    let typed = ctx.asked("go on? [y/N] ").unwrap_or_default();
    matches!(typed.to_lowercase().as_str(), "y" | "yes")
}
