//! `inc actions done`, `drop`, `assign`, `reschedule`, `effect`

use super::{Found, WhichAction, find, future, words};
use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::lifecycle::Act;
use crate::incident::{
    Action, ActionKind, Done, EffectCheck, ItemId, Rescheduled, Skipped, is_evidence,
};
use crate::render::terminal_safe;
use crate::reports::actions::effect_due;

/// Changes the action that is meant; one without an id gets one. `meant` says what was to become of
/// it: should it be refused, that is kept, and a note of it says by itself what was meant.
fn change(
    ctx: &mut Ctx,
    found: &Found,
    writing: &Writing,
    (command, meant): (&str, &str),
    mut change: impl FnMut(&mut Action, &mut Act<'_>) -> Result<()>,
) -> Result<()> {
    let at = writing.at(ctx)?;
    let kept = match (&found.id, meant) {
        (_, "") => String::new(),
        (Some(id), meant) => format!("follow-up {id}, {}, {meant}", found.title),
        (None, meant) => format!("follow-up {}, {meant}", found.title),
    };
    ctx.change_keeping(&found.incident, command, writing.dry_run, at, &kept, |record, act| {
        let ids: Vec<ItemId> = record.actions.iter().filter_map(|a| a.id.clone()).collect();
        let action = found.of(record)?;
        change(action, act)?;
        while action.id.as_ref().is_none_or(|id| found.id.is_none() && ids.contains(id)) {
            action.id = Some(ItemId::new('A', &mut act.random));
        }
        Ok(())
    })?;
    Ok(())
}

/// Refuses what is over.
fn open(action: &Action) -> Result<()> {
    let (what, by, at) = match (&action.done, &action.dropped) {
        (Some(done), _) => ("done", &done.by, done.at),
        (None, Some(dropped)) => ("dropped", &dropped.by, dropped.at),
        (None, None) => return Ok(()),
    };
    let by = terminal_safe(by.as_deref().unwrap_or("somebody"));
    let at = at.map_or(String::new(), |at| format!(" at {at}"));
    let d = Diagnostic::error("noted-already", format!("{by} noted it as {what}{at}"));
    Err(d.help("inc undo takes your last command back; inc edit changes the record by hand").into())
}

pub(super) fn done(
    ctx: &mut Ctx,
    which: &WhichAction,
    evidence: &str,
    writing: &Writing,
) -> Result {
    let evidence = evidence.trim();
    if !is_evidence(evidence) {
        let message = format!("`{}` is neither a link nor a commit", terminal_safe(evidence));
        return Err(Diagnostic::error("no-evidence", message)
            .help(
                "--evidence https://code.example/pull/7, or a commit: 1a2b3c4, repository@1a2b3c4",
            )
            .into());
    }
    let found = find(ctx, which)?;
    let at = writing.at(ctx)?;
    let mut record = ctx.load(&found.incident)?.record;
    let prevents = found.of(&mut record)?.kind == Some(ActionKind::Prevent);
    let due = if prevents { effect_due(&record, &ctx.company()?, at, ctx.clock.now) } else { None };
    let meant = format!("was to be noted as done: {evidence}");
    change(ctx, &found, writing, ("actions done", &meant), |action, act| {
        open(action)?;
        action.done = Some(Done {
            at: Some(act.at),
            by: Some(act.by.to_owned()),
            evidence: Some(evidence.to_owned()),
            ..Done::default()
        });
        if let Some(due) = due {
            let check = action.effect_check.get_or_insert_default();
            check.due.get_or_insert_with(|| due.to_string());
        }
        Ok(())
    })?;
    ctx.say(&format!("{} · {} done", found.incident, found.name()))?;
    if prevents {
        let by = due.map_or_else(|| "in a while".to_owned(), |day| format!("by {day}"));
        let (incident, name) = (found.incident.suffix(), handle(&found));
        ctx.talk(&format!("whether it helped is to be seen {by}: inc actions effect {incident} {name} --result WORDS"));
    }
    Ok(Exit::Done)
}

/// What to type for it.
fn handle(found: &Found) -> String {
    found
        .id
        .as_ref()
        .map_or_else(|| format!("\"{}\"", terminal_safe(&found.title)), ToString::to_string)
}

pub(super) fn drop(ctx: &mut Ctx, which: &WhichAction, reason: &str, writing: &Writing) -> Result {
    let reason = words("--reason", reason)?;
    let found = find(ctx, which)?;
    let meant = format!("was to be dropped: {reason}");
    change(ctx, &found, writing, ("actions drop", &meant), |action, act| {
        open(action)?;
        action.dropped = Some(Skipped {
            by: Some(act.by.to_owned()),
            at: Some(act.at),
            reason: reason.to_owned(),
            ..Skipped::default()
        });
        Ok(())
    })?;
    ctx.say(&format!("{} · {} dropped", found.incident, found.name()))?;
    Ok(Exit::Done)
}

pub(super) fn assign(ctx: &mut Ctx, which: &WhichAction, owner: &str, writing: &Writing) -> Result {
    let owner = words("--to", owner)?;
    ctx.warn_unknown("person", owner);
    let found = find(ctx, which)?;
    let mut before = None;
    change(ctx, &found, writing, ("actions assign", ""), |action, _| {
        open(action)?;
        before = action.owner.replace(owner.to_owned());
        Ok(())
    })?;
    let from = before.map_or(String::new(), |b| format!(", before {}", terminal_safe(&b)));
    let (incident, owner) = (&found.incident, terminal_safe(owner));
    ctx.say(&format!("{incident} · {} is {owner}'s{from}", found.name()))?;
    Ok(Exit::Done)
}

pub(super) fn reschedule(
    ctx: &mut Ctx,
    which: &WhichAction,
    typed: &str,
    reason: &str,
    writing: &Writing,
) -> Result {
    let reason = words("--reason", reason)?;
    let day = super::due(ctx, typed)?;
    future(ctx, day, writing.at(ctx)?)?;
    let found = find(ctx, which)?;
    let (to, mut from, mut times) = (day.to_string(), None, 0);
    let meant = format!("was to be due on {to}: {reason}");
    change(ctx, &found, writing, ("actions reschedule", &meant), |action, act| {
        open(action)?;
        if action.due.as_deref() == Some(to.as_str()) {
            return Err(Diagnostic::error("same-day", format!("it is due on {to} already")).into());
        }
        from = action.due.replace(to.clone());
        action.rescheduled.push(Rescheduled {
            from: from.clone(),
            to: Some(to.clone()),
            by: Some(act.by.to_owned()),
            at: Some(act.at),
            reason: Some(reason.to_owned()),
            ..Rescheduled::default()
        });
        times = action.rescheduled.len();
        Ok(())
    })?;
    let from = from.map_or(String::new(), |f| format!(", before {}", terminal_safe(&f)));
    ctx.say(&format!("{} · {} is due {to}{from}", found.incident, found.name()))?;
    if times > 1 {
        ctx.talk(&format!(
            "moved {times} times: is it still worth doing? inc actions drop says no"
        ));
    }
    Ok(Exit::Done)
}

pub(super) fn effect(
    ctx: &mut Ctx,
    which: &WhichAction,
    result: &str,
    writing: &Writing,
) -> Result {
    let result = words("--result", result)?;
    let found = find(ctx, which)?;
    let meant = format!("its effect was to be noted: {result}");
    change(ctx, &found, writing, ("actions effect", &meant), |action, act| {
        if action.done.is_none() {
            return Err(Diagnostic::error(
                "not-done",
                "it is not done, so it cannot have helped yet",
            )
            .help("inc actions done ACTION --evidence LINK comes first")
            .into());
        }
        let due = action.effect_check.take().and_then(|check| check.due);
        action.effect_check = Some(EffectCheck {
            due,
            at: Some(act.at),
            by: Some(act.by.to_owned()),
            result: Some(result.to_owned()),
            ..EffectCheck::default()
        });
        Ok(())
    })?;
    ctx.say(&format!("{} · effect of {} noted", found.incident, found.name()))?;
    Ok(Exit::Done)
}
