//! Messages that are owed, due, and what there are texts for: for people and programs.

use serde_json::{Value as Json, json};

use super::incident::{count, rough, wall};
use super::{Align, Cell, Surface, Table, terminal_safe};
use crate::communication::front_matter;
use crate::incident::{Communication, Record};
use crate::reports::owed::{DueItem, DueWhat, MessageState, OwedMessage};
use crate::standard::Duty;
use crate::units::Instant;

/// One row a message: stage, channel, audience and its size, where it stands, by when.
pub fn owed(owed: &[OwedMessage], now: Instant, surface: Surface) -> String {
    let columns = ["STAGE", "CHANNEL", "AUDIENCE", "READERS", "STATE", "DUE", "MESSAGE"];
    let mut table =
        Table::new(columns.map(|c| (c, if c == "READERS" { Align::Right } else { Align::Left })));
    for one in owed {
        let messages: Vec<&str> = one.messages.iter().map(|id| id.as_str()).collect();
        table.push([
            Cell::from(one.stage.as_str()),
            Cell::from(terminal_safe(&one.channel)),
            Cell::from(terminal_safe(&one.audience)),
            Cell::from(one.readers.map_or_else(|| "-".to_owned(), count)),
            Cell::from(state(one)),
            Cell::from(when(one, now)),
            Cell::from(if messages.is_empty() { "-".to_owned() } else { messages.join(" ") }),
        ]);
    }
    table.render(surface)
}

fn state(one: &OwedMessage) -> String {
    match one.state {
        Some(state) => state.to_string(),
        None => one.duty.as_str().to_owned(),
    }
}

fn when(one: &OwedMessage, now: Instant) -> String {
    let quiet = if one.quiet { ", after the quiet hours" } else { "" };
    match (one.due, one.waits_for) {
        (Some(due), _) => format!("{} ({}){quiet}", wall(due, now), distance(due, now)),
        (None, Some(what)) => format!("once there is: {what}"),
        (None, None) => "-".to_owned(),
    }
}

/// `in 12 min`, `5 min late`.
pub fn distance(due: Instant, now: Instant) -> String {
    if now > due {
        format!("{} late", rough(now.since(due)))
    } else {
        format!("in {}", rough(due.since(now)))
    }
}

/// The first lines of a table, as many as a screen holds: what is soonest must not scroll away.
pub fn top(table: &str, rows: Option<usize>) -> String {
    let all = table.lines().count();
    let Some(rows) = rows.filter(|rows| all > *rows) else { return table.to_owned() };
    let shown: Vec<&str> = table.lines().take(rows.max(2)).collect();
    format!("{}\n… {} more lines\n", shown.join("\n"), all - shown.len())
}

/// A message of a record, for programs.
#[derive(Debug, Clone)]
pub struct Told<'r> {
    /// What the record says of it.
    pub message: &'r Communication,
    /// `draft`, `valid`, `withdrawn`, `skipped`.
    pub state: &'static str,
    /// Its file's text, without secrets; none where there is none.
    pub text: Option<String>,
}

/// Schema 1: `{"schema":1,"id":…,"messages":[{id, stage, channel, audience, locale, state, file, text,
/// skipped, sent}]}`; `text` is the body.
pub fn messages_json(record: &Record, told: &[Told<'_>]) -> Json {
    let one = |told: &Told<'_>| {
        let Communication { id, stage, channel, audience, locale, file, sent, skipped, .. } =
            told.message;
        let body = told.text.as_deref().map(|text| front_matter(text).map_or(text, |(_, b)| b));
        let sent: Vec<Json> = sent
            .iter()
            .map(|s| {
                json!({
                    "at": s.at.to_string(), "by": s.by, "to": s.to, "readers": s.size,
                    "status": s.status, "ref": s.ref_, "sha256": s.sha256,
                })
            })
            .collect();
        json!({
            "id": id.as_ref().map(|id| id.as_str()),
            "stage": stage,
            "channel": channel,
            "audience": audience,
            "locale": locale,
            "state": told.state,
            "file": file,
            "text": body.map(str::trim),
            "skipped": skipped.as_ref().map(|s| &s.reason),
            "sent": sent,
        })
    };
    let all: Vec<Json> = told.iter().map(one).collect();
    json!({ "schema": 1, "id": record.id.as_str(), "messages": all })
}

/// Schema 1: `{"schema":1,"id":…,"owed":[{stage, channel, audience, readers, duty, state, due,
/// quiet_hours, waits_for, messages, rule, why}]}`.
pub fn owed_json(record: &Record, owed: &[OwedMessage]) -> Json {
    let all: Vec<Json> = owed.iter().map(one_json).collect();
    json!({ "schema": 1, "id": record.id.as_str(), "owed": all })
}

fn one_json(one: &OwedMessage) -> Json {
    json!({
        "stage": one.stage.as_str(),
        "channel": one.channel,
        "audience": one.audience,
        "readers": one.readers,
        "duty": one.duty.as_str(),
        "state": one.state.map(MessageState::as_str),
        "due": one.due,
        "quiet_hours": one.quiet,
        "waits_for": one.waits_for,
        "messages": one.messages.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "rule": one.rule,
        "why": one.why,
    })
}

/// What is due of several incidents, soonest first: one line each.
pub fn due(items: &[(&Record, DueItem)], now: Instant, surface: Surface) -> String {
    let columns = ["STATE", "WHEN", "INCIDENT", "WHAT", "TO"];
    let mut table = Table::new(columns.map(|c| (c, Align::Left)));
    for (record, item) in items {
        let (what, to) = match &item.what {
            DueWhat::Message(m) => (format!("{} · {}", m.stage, m.channel), m.audience.clone()),
            DueWhat::Promise => ("the next update, as promised".to_owned(), "-".to_owned()),
        };
        table.push([
            item.state.to_string(),
            format!("{} ({})", wall(item.at, now), distance(item.at, now)),
            record.id.suffix().to_owned(),
            terminal_safe(&what),
            terminal_safe(&to),
        ]);
    }
    table.render(surface)
}

/// Schema 1: `{"schema":1,"due":[{id, state, at, promise, message}]}`; `message` as in
/// `comms owed`, null for a promise.
pub fn due_json(items: &[(&Record, DueItem)]) -> Json {
    let all = items.iter().map(|(record, item)| {
        let message = match &item.what {
            DueWhat::Message(message) => one_json(message),
            DueWhat::Promise => Json::Null,
        };
        json!({
            "id": record.id.as_str(),
            "state": item.state.as_str(),
            "at": item.at,
            "promise": item.what == DueWhat::Promise,
            "message": message,
        })
    });
    json!({ "schema": 1, "due": all.collect::<Vec<_>>() })
}

/// What there is for one stage of a channel, locale by locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The channel.
    pub channel: String,
    /// The stage.
    pub stage: String,
    /// It can be owed; else a text is welcome and nobody asks for it.
    pub duty: Duty,
    /// For each locale the template that is used, or none.
    pub templates: Vec<Option<String>>,
}

/// A row a channel and stage, a column a locale: `yes`, or `MISSING` where one can be owed.
pub fn coverage(covered: &[Covered], locales: &[String], surface: Surface) -> String {
    let fixed = ["CHANNEL", "STAGE"].map(str::to_owned);
    let columns = fixed.into_iter().chain(locales.iter().cloned());
    let mut table = Table::new(columns.map(|c| (c, Align::Left)));
    for one in covered {
        let mut row = vec![terminal_safe(&one.channel), one.stage.clone()];
        row.extend(one.templates.iter().map(|template| {
            match (template, one.duty) {
                (Some(_), Duty::Owed) => "yes",
                (Some(_), _) => "yes, never owed",
                (None, Duty::Owed) => "MISSING",
                (None, _) => "-",
            }
            .to_owned()
        }));
        table.push(row);
    }
    table.render(surface)
}

/// Schema 1: `{"schema":1,"locales":[…],"coverage":[{channel, stage, can_be_owed, templates}]}`.
pub fn coverage_json(covered: &[Covered], locales: &[String]) -> Json {
    let all = covered.iter().map(|one| {
        let named = locales.iter().zip(&one.templates);
        let named = named.map(|(locale, template)| (locale.clone(), json!(template)));
        json!({
            "channel": one.channel,
            "stage": one.stage,
            "can_be_owed": one.duty == Duty::Owed,
            "templates": named.collect::<serde_json::Map<_, _>>(),
        })
    });
    json!({ "schema": 1, "locales": locales, "coverage": all.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::top;

    #[test]
    fn what_is_soonest_stays_on_the_screen() {
        let table = "HEAD\none\ntwo\nthree\n";
        assert_eq!(top(table, Some(2)), "HEAD\none\n… 2 more lines\n");
        assert_eq!(top(table, Some(0)), "HEAD\none\n… 2 more lines\n");
        assert_eq!(top(table, Some(4)), table);
        assert_eq!(top(table, None), table);
    }
}
