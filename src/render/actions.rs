//! Follow-ups for people, programs and templates.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::csv::{Reader, row};
use super::escape::Escape;
use super::words::{Group, word};
use super::{Align, Locale, Surface, Table, terminal_safe};
use crate::incident::{Action, IncidentId};
use crate::reports::actions::{
    ActionState, Age, Followup, Month, Move, OnTime, Progress, Reminder,
};
use crate::units::{Instant, Percent};

fn id<'a>(one: &'a Followup<'_>) -> &'a str {
    one.action.id.as_ref().map_or("-", |id| id.as_str())
}

fn stands(one: &Followup<'_>) -> String {
    match (one.state, one.days_late) {
        (ActionState::Overdue, Some(1)) => "1 day late".to_owned(),
        (ActionState::Overdue, Some(days)) => format!("{days} days late"),
        (state, _) => state.as_str().to_owned(),
    }
}

/// One row an action.
pub fn table(all: &[Followup<'_>], surface: Surface) -> String {
    let columns = ["ACTION", "INCIDENT", "STATE", "DUE", "OWNER", "KIND", "PRIO", "WHAT"];
    let mut table = Table::new(columns.map(|c| (c, Align::Left)));
    for one in all {
        let moved = match one.action.rescheduled.len() {
            0 => String::new(),
            n => format!(" (moved {n}×)"),
        };
        table.push([
            id(one).to_owned(),
            one.record.id.suffix().to_owned(),
            stands(one),
            one.action
                .due
                .as_deref()
                .map_or("-".to_owned(), |d| format!("{}{moved}", terminal_safe(d))),
            terminal_safe(one.action.owner.as_deref().unwrap_or("-")),
            one.action.kind.map_or("-", |k| k.as_str()).to_owned(),
            terminal_safe(one.action.priority.as_deref().unwrap_or("-")),
            terminal_safe(&one.action.title),
        ]);
    }
    table.render(surface)
}

/// `7QKM A3F0`, one a line; what has no id is left out.
pub fn ids(all: &[Followup<'_>]) -> String {
    all.iter().filter(|one| one.action.id.is_some()).fold(String::new(), |mut out, one| {
        let _ = writeln!(out, "{} {}", one.record.id.suffix(), id(one));
        out
    })
}

/// One row an action, for a spreadsheet.
pub fn csv(all: &[Followup<'_>]) -> String {
    let mut out = String::new();
    row(
        &mut out,
        Reader::Person,
        [
            "action",
            "incident",
            "title",
            "kind",
            "capa",
            "priority",
            "owner",
            "due",
            "first_due",
            "moved",
            "state",
            "days_late",
            "agreed",
            "ended",
            "evidence",
            "ticket",
            "verticals",
        ],
    );
    for one in all {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        let a = one.action;
        let values = [
            a.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            one.record.id.to_string(),
            a.title.clone(),
            a.kind.map(|k| k.as_str().to_owned()).unwrap_or_default(),
            a.kind.map(|k| k.capa().as_str().to_owned()).unwrap_or_default(),
            text(&a.priority),
            text(&a.owner),
            text(&a.due),
            day(one.first_due),
            a.rescheduled.len().to_string(),
            one.state.as_str().to_owned(),
            one.days_late.map(|d| d.to_string()).unwrap_or_default(),
            day(one.agreed),
            day(one.ended),
            a.done.as_ref().and_then(|d| d.evidence.clone()).unwrap_or_default(),
            text(&a.ticket),
            one.verticals.join(" "),
        ];
        row(&mut out, Reader::Person, values.iter().map(String::as_str));
    }
    out
}

fn one_json(one: &Followup<'_>) -> Json {
    let a = one.action;
    json!({
        "id": a.id.as_ref().map(ToString::to_string),
        "incident": one.record.id.as_str(),
        "incident_title": one.record.title,
        "title": a.title,
        "kind": a.kind.map(|k| k.as_str()),
        "capa": a.kind.map(|k| k.capa().as_str()),
        "priority": a.priority,
        "owner": a.owner,
        "due": a.due,
        "first_due": one.first_due.map(|d| d.to_string()),
        "moved": a.rescheduled.len(),
        "state": one.state.as_str(),
        "days_late": one.days_late,
        "agreed": one.agreed.map(|d| d.to_string()),
        "ended": one.ended.map(|d| d.to_string()),
        "evidence": a.done.as_ref().and_then(|d| d.evidence.clone()),
        "dropped_because": a.dropped.as_ref().map(|d| d.reason.clone()),
        "effect_check": a.effect_check.as_ref().map(|e| json!({ "due": e.due, "at": e.at, "result": e.result })),
        "ticket": a.ticket,
        "verticals": one.verticals,
    })
}

/// Schema 1: `{"schema":1,"actions":[{id, incident, incident_title, title, kind, capa, priority,
/// owner, due, first_due, moved, state, days_late, agreed, ended, evidence, dropped_because,
/// effect_check, ticket, verticals}]}`.
pub fn json(all: &[Followup<'_>]) -> Json {
    json!({ "schema": 1, "actions": all.iter().map(one_json).collect::<Vec<_>>() })
}

/// One row a move of the day.
pub fn moves(moves: &[Move], surface: Surface) -> String {
    let columns = ["WHEN", "FROM", "TO", "BY", "COMMIT", "WHY"];
    let mut table = Table::new(columns.map(|c| (c, Align::Left)));
    for one in moves {
        let text = |t: &Option<String>| terminal_safe(t.as_deref().unwrap_or("-"));
        let why = match (&one.reason, one.recorded) {
            (Some(reason), _) => terminal_safe(reason),
            (None, true) => "-".to_owned(),
            (None, false) => "not recorded".to_owned(),
        };
        table.push([
            one.at.map_or("-".to_owned(), |at| at.get().format("%Y-%m-%d %H:%M").to_string()),
            text(&one.from),
            text(&one.to),
            text(&one.by),
            one.commit.as_ref().map_or("-".to_owned(), |c| c.chars().take(9).collect()),
            why,
        ]);
    }
    table.render(surface)
}

/// Schema 1: `{"schema":1,"incident":…,"action":…,"moves":[{from, to, by, at, reason, commit,
/// recorded}]}`.
pub fn moves_json(incident: &IncidentId, action: &Action, moves: &[Move]) -> Json {
    let all = moves.iter().map(|m| {
        json!({
            "from": m.from, "to": m.to, "by": m.by, "at": m.at, "reason": m.reason,
            "commit": m.commit, "recorded": m.recorded,
        })
    });
    json!({
        "schema": 1,
        "incident": incident.as_str(),
        "action": action.id.as_ref().map(ToString::to_string),
        "moves": all.collect::<Vec<_>>(),
    })
}

/// With one decimal.
fn shown(share: Percent) -> String {
    let hundred = crate::units::Decimal::ONE_HUNDRED;
    format!("{}%", (share.fraction() * hundred).round_dp(1).normalize())
}

fn share(share: Option<Percent>) -> String {
    share.map_or_else(|| "-".to_owned(), shown)
}

fn age(age: &Age) -> String {
    match age.to {
        Some(to) => format!("{} to {to} days", age.from),
        None => format!("{} days and more", age.from),
    }
}

/// The report as Markdown, each figure with its definition.
pub fn progress(progress: &Progress<'_>) -> String {
    let mut out = format!("# Follow-ups on {}\n\n## How old open actions are\n\n", progress.today);
    out.push_str("Days since they were agreed; where the record does not say when, since the incident began.\n\n");
    out.push_str("| Age | Open | Overdue |\n| --- | ---: | ---: |\n");
    for one in &progress.ages {
        let _ = writeln!(out, "| {} | {} | {} |", age(one), one.open, one.overdue);
    }
    if progress.without_age > 0 {
        let _ = writeln!(out, "| not known | {} | - |", progress.without_age);
    }
    let _ = writeln!(
        out,
        "\nWithout a day: {}. Without an owner: {}.",
        progress.without_due, progress.without_owner
    );
    if !progress.latest.is_empty() {
        out.push_str("\n## Longest overdue\n\n| Action | Incident | Days late | Owner | What |\n| --- | --- | ---: | --- | --- |\n");
        for one in &progress.latest {
            let cell = |text: &str| Escape::Markdown.apply(&text.replace(['\n', '\r'], " "));
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                cell(id(one)),
                one.record.id.suffix(),
                one.days_late.unwrap_or_default(),
                cell(one.action.owner.as_deref().unwrap_or("-")),
                cell(&one.action.title)
            );
        }
    }
    out.push_str("\n## Burn-up\n\nSums from the beginning to the end of the month.\n\n");
    out.push_str(
        "| Month | Agreed | Done | Dropped | Open |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for m in &progress.months {
        let month = m.first.format("%Y-%m");
        let _ =
            writeln!(out, "| {month} | {} | {} | {} | {} |", m.agreed, m.done, m.dropped, m.open());
    }
    out.push_str("\n## Done in time\n\nOf actions that are done and those whose day has passed: done by the day that stands now, and by the day that was promised first. An action of two verticals counts in each, and once in all.\n\n");
    out.push_str("| Vertical | Counted | In time | Share | As first promised | Share | Not known |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for one in &progress.on_time {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            one.vertical.as_deref().unwrap_or("all"),
            one.judged,
            one.in_time,
            share(one.share()),
            one.as_promised,
            share(one.promised_share()),
            one.unknown
        );
    }
    out
}

/// Schema 1: `{"schema":1,"today":…,"ages":[{from_days, to_days, open, overdue}],"without_age":n,
/// "without_due":n,"without_owner":n,"longest_overdue":[as in list],"months":[{month, agreed, done,
/// dropped, open}],"on_time":[{vertical, counted, in_time, share, as_promised, promised_share,
/// unknown}]}`; vertical is null for all together.
pub fn progress_json(progress: &Progress<'_>) -> Json {
    let ages = progress.ages.iter().map(|a: &Age| {
        json!({ "from_days": a.from, "to_days": a.to, "open": a.open, "overdue": a.overdue })
    });
    let months = progress.months.iter().map(|m: &Month| {
        json!({
            "month": m.first.format("%Y-%m").to_string(),
            "agreed": m.agreed, "done": m.done, "dropped": m.dropped, "open": m.open(),
        })
    });
    let on_time = progress.on_time.iter().map(|o: &OnTime| {
        json!({
            "vertical": o.vertical, "counted": o.judged, "in_time": o.in_time,
            "share": o.share().map(shown), "as_promised": o.as_promised,
            "promised_share": o.promised_share().map(shown), "unknown": o.unknown,
        })
    });
    json!({
        "schema": 1,
        "today": progress.today.to_string(),
        "ages": ages.collect::<Vec<_>>(),
        "without_age": progress.without_age,
        "without_due": progress.without_due,
        "without_owner": progress.without_owner,
        "longest_overdue": progress.latest.iter().map(one_json).collect::<Vec<_>>(),
        "months": months.collect::<Vec<_>>(),
        "on_time": on_time.collect::<Vec<_>>(),
    })
}

/// What `report/reminder.<locale>.md` is given.
pub fn reminder(reminder: &Reminder<'_, '_>, locale: &Locale, now: Instant) -> Json {
    let rows = reminder.actions.iter().map(|one| {
        json!({
            "id": one.action.id.as_ref().map(ToString::to_string),
            "incident": one.record.id.suffix(),
            "incident_title": one.record.title,
            "title": one.action.title,
            "kind": one.action.kind.map(|k| word(locale.language(), Group::Action, k.as_str())),
            "due": one.due.map(|day| locale.date(day)),
            "days_late": one.days_late,
            "moved": one.action.rescheduled.len(),
            "ticket": one.action.ticket,
        })
    });
    let (late, soon): (Vec<Json>, Vec<Json>) =
        rows.partition(|row| row.get("days_late").is_some_and(|d| !d.is_null()));
    json!({
        "locale": locale.tag(),
        "today": locale.date(locale.day(now)),
        "owner": reminder.owner,
        "name": reminder.name,
        "email": reminder.email,
        "chat": reminder.chat,
        "overdue": late,
        "due_soon": soon,
        "count": reminder.actions.len(),
    })
}

/// Schema 1: `{"schema":1,"locale":…,"reminders":[{owner, name, email, chat, actions, text}]}`;
/// owner is null for what nobody has.
pub fn reminders_json(reminders: &[Reminder<'_, '_>], texts: &[String], locale: &str) -> Json {
    let all = reminders.iter().zip(texts).map(|(r, text)| {
        let ids: Vec<String> = r.actions.iter().map(|one| id(one).to_owned()).collect();
        json!({
            "owner": r.owner, "name": r.name, "email": r.email, "chat": r.chat,
            "actions": ids, "text": text,
        })
    });
    json!({ "schema": 1, "locale": locale, "reminders": all.collect::<Vec<_>>() })
}
