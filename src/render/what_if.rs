//! What another level would change: as a table, as a preview before it is lowered, as one line of
//! the record, as JSON.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::incident::{beside, level_style};
use super::{Align, Cell, Surface, Table, terminal_safe};
use crate::reports::ClockState;
use crate::reports::objectives::{Accumulated, Month};
use crate::reports::what_if::{About, Comparison, Duty, Row};
use crate::units::Instant;

/// Duties at the level that stands and at the next ones; what is done all the same is left out.
pub fn table(comparison: &Comparison, surface: Surface) -> String {
    let Some(stands) = comparison.levels.first() else { return String::new() };
    let mut heads = vec!["WHAT IF".to_owned(), format!("{stands} (NOW)")];
    heads.extend(comparison.levels.iter().skip(1).map(ToString::to_string));
    let mut table = Table::new(heads.iter().map(|head| (head.as_str(), Align::Left)));
    let mut left_out = 0;
    for row in &comparison.rows {
        if row.is_moot() {
            left_out += 1;
            continue;
        }
        let mut cells = vec![Cell::from(label(row))];
        cells.extend(row.at.iter().map(cell));
        table.push(cells);
    }
    let mut text = table.render(surface);
    if left_out > 0 {
        let what = if left_out == 1 { "duty is" } else { "duties are" };
        let _ = writeln!(text, "{left_out} more {what} done, in time or late at every level");
    }
    text
}

fn label(row: &Row) -> String {
    let name = words(&row.name);
    match row.about {
        About::Verdict | About::Target | About::Communication => name,
        About::Authority => format!("tell {}?", terminal_safe(&row.name)),
        About::Role => format!("role {name}"),
        About::Item => format!("to do {}", terminal_safe(&row.name)),
    }
}

fn words(name: &str) -> String {
    terminal_safe(name).replace(['_', '-'], " ")
}

fn cell(duty: &Option<Duty>) -> Cell<'_> {
    let Some(duty) = duty else { return "-".into() };
    let asks = terminal_safe(&duty.asks);
    match duty.state {
        Some(ClockState::Missed) => Cell::styled(
            format!("{asks}, missed"),
            level_style(Some(crate::incident::Severity::Sev1)),
        ),
        Some(ClockState::Met) => format!("{asks}, met").into(),
        Some(ClockState::Running | ClockState::Unknown) | None => asks.into(),
    }
}

/// What is lost when a level is lowered, for whoever is about to do it.
pub fn preview(lowered: &Comparison, month: Option<&Month>, now: Instant) -> String {
    let (Some(from), Some(to)) = (lowered.levels.first(), lowered.levels.last()) else {
        return String::new();
    };
    let mut text = format!("{from} → {to}\n");
    let mut line = |label: &str, values: &[String]| {
        if !values.is_empty() {
            let _ = writeln!(text, "  {label:<14}  {}", values.join(", "));
        }
    };
    for (label, names) in skipped(lowered) {
        line(label, &names);
    }
    let later: Vec<String> = lowered
        .postponed()
        .map(|(row, stood, last)| {
            let missed = if stood.state == Some(ClockState::Missed) { ", missed now" } else { "" };
            let due = last.due.map_or(String::new(), |due| format!(", due {}", beside(due, now)));
            let (then, was) = (terminal_safe(&last.asks), terminal_safe(&stood.asks));
            format!("{} {then} instead of {was}{missed}{due}", words(&row.name))
        })
        .collect();
    for (i, one) in later.into_iter().enumerate() {
        line(if i == 0 { "later" } else { "" }, &[one]);
    }
    for (i, one) in
        month.into_iter().flat_map(|m| m.services.iter().map(move |s| (m, s))).enumerate()
    {
        line(if i == 0 { "objective" } else { "" }, &[accumulated(one.0, one.1)]);
    }
    if text.lines().count() == 1 {
        text.push_str("  nothing that is still owed changes\n");
    }
    text
}

/// The names of what is no longer owed, by what they are.
fn skipped(lowered: &Comparison) -> Vec<(&'static str, Vec<String>)> {
    let of = |about: About| lowered.skipped(about).map(|row| row.name.clone()).collect::<Vec<_>>();
    let said = |names: Vec<String>| names.iter().map(|name| words(name)).collect::<Vec<_>>();
    let kept = |names: Vec<String>| names.iter().map(|name| terminal_safe(name)).collect();
    let groups: [(&'static str, Vec<String>); 6] = [
        ("no longer", said(of(About::Verdict))),
        ("authorities", kept(of(About::Authority))),
        ("targets", said(of(About::Target))),
        ("messages", said(of(About::Communication))),
        ("roles", said(of(About::Role))),
        ("to do", kept(of(About::Item))),
    ];
    groups.into_iter().filter(|(_, names)| !names.is_empty()).collect()
}

/// `card-auth: 38.5 of the 21.6 min that 99.95 % leaves in 2026-11; 12 without this incident`.
fn accumulated(month: &Month, of: &Accumulated) -> String {
    let Accumulated { service, target, allowed, minutes, without, unknown } = of;
    let gap = match unknown {
        0 => String::new(),
        1 => "; those of one incident are not known".to_owned(),
        more => format!("; those of {more} incidents are not known"),
    };
    format!(
        "{}: {minutes} of the {allowed} min that {} % leaves in {}; {without} without this incident{gap}",
        terminal_safe(service),
        target.0.normalize(),
        month.period.label,
    )
}

/// The same for the record, in one line: `no review; skips 1 target (watch), 2 roles (…)`.
pub fn line(lowered: &Comparison) -> String {
    let mut parts = Vec::new();
    for verdict in lowered.skipped(About::Verdict) {
        parts.push(match verdict.name.as_str() {
            "major_incident" => "no longer a major incident".to_owned(),
            "review_owed" => "no review".to_owned(),
            other => format!("no longer {}", words(other)),
        });
    }
    let counted = [
        (About::Target, "target"),
        (About::Communication, "message"),
        (About::Role, "role"),
        (About::Item, "checklist item"),
        (About::Authority, "question to an authority"),
    ];
    let skipped = counted.into_iter().filter_map(|(about, one)| {
        let names: Vec<String> = lowered.skipped(about).map(|row| words(&row.name)).collect();
        (!names.is_empty()).then(|| format!("{} ({})", of(names.len(), one), some(&names)))
    });
    let skipped: Vec<String> = skipped.collect();
    if !skipped.is_empty() {
        parts.push(format!("skips {}", skipped.join(", ")));
    }
    let later: Vec<String> = lowered.postponed().map(|(row, ..)| words(&row.name)).collect();
    if !later.is_empty() {
        parts.push(format!("later: {}", some(&later)));
    }
    if parts.is_empty() { "nothing owed changes".into() } else { parts.join("; ") }
}

/// The first names, and how many more there are.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let first = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

fn of(n: usize, one: &str) -> String {
    match (n, one) {
        (1, _) => format!("1 {one}"),
        (_, "question to an authority") => format!("{n} questions to authorities"),
        _ => format!("{n} {one}s"),
    }
}

/// `{"up":CHANGE,"down":CHANGE}`; null where there is no level, or nothing to compare.
pub fn json(comparison: Option<&Comparison>) -> Json {
    let at = |place: Option<usize>| {
        let (comparison, place) = comparison.zip(place)?;
        Some(change(comparison, place))
    };
    json!({
        "up": at(comparison.and_then(Comparison::up)),
        "down": at(comparison.and_then(Comparison::down)),
    })
}

fn change(comparison: &Comparison, place: usize) -> Json {
    let of = |abouts: &[About], known: &dyn Fn(&Row, Json, Json) -> Json| -> Json {
        let rows = comparison.rows.iter().filter(|row| abouts.contains(&row.about));
        let changed = rows.filter_map(|row| {
            let (stood, then) = (row.at.first()?, row.at.get(place)?);
            (stood != then).then(|| known(row, duty(stood.as_ref()), duty(then.as_ref())))
        });
        changed.collect()
    };
    let named =
        |row: &Row, now: Json, then: Json| json!({ "name": row.name, "now": now, "then": then });
    json!({
        "level": comparison.levels.get(place).map(|level| level.as_str()),
        "verdicts": of(&[About::Verdict], &named),
        "authorities": of(&[About::Authority], &named),
        "targets": of(&[About::Target, About::Communication], &named),
        "roles": of(&[About::Role], &named),
        "checklist": of(&[About::Item], &named),
    })
}

fn duty(duty: Option<&Duty>) -> Json {
    duty.map_or(
        Json::Null,
        |d| json!({ "asks": d.asks, "due": d.due, "state": d.state, "done": d.done }),
    )
}
