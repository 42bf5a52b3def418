use chrono::{Datelike, NaiveDate};

use super::reader::{Log, Section};
use super::{Calendar, HasId, Words};
use crate::diag::{Diagnostic, TextRange};

/// What an event means for the facts of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventClass {
    /// Wages arrive.
    Payday,
    /// A sales campaign.
    Campaign,
}

/// A day of each month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthDay {
    /// That day of the month.
    Day(u32),
    /// The last one.
    Last,
}

/// A span of days, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Whether it had been published when it was written down.
    pub announced: bool,
}

/// Days on which the same minutes reach several times the customers (`standards/events.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// What it means.
    pub class: EventClass,
    /// Days of each month.
    pub days: Vec<MonthDay>,
    /// Whether a day that is not worked moves to the working day before.
    pub moves: bool,
    /// The calendar that says which days are worked.
    pub calendar: Option<String>,
    /// Single windows.
    pub windows: Vec<Window>,
    /// Why it is a peak.
    pub why: Option<String>,
    /// Where it is declared.
    pub range: TextRange,
    pub(super) calendar_range: TextRange,
}

impl HasId for Event {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Event {
    /// Whether a day belongs to the event; `None` where the windows or the calendar end earlier.
    pub fn has(&self, day: NaiveDate, calendar: Option<&Calendar>) -> Option<bool> {
        if self.windows.iter().any(|w| (w.from..=w.to).contains(&day)) {
            return Some(true);
        }
        let by_rule = self.has_by_rule(day, calendar);
        if self.windows.is_empty() || by_rule == Some(true) {
            return by_rule;
        }
        let years = self.windows.iter().flat_map(|w| [w.from.year(), w.to.year()]);
        let covered = years.clone().min()? <= day.year() && day.year() <= years.max()?;
        if covered { by_rule } else { None }
    }

    fn has_by_rule(&self, day: NaiveDate, calendar: Option<&Calendar>) -> Option<bool> {
        if self.days.is_empty() {
            return Some(false);
        }
        let this = (day.year(), day.month());
        let next = if this.1 == 12 { (this.0 + 1, 1) } else { (this.0, this.1 + 1) };
        let mut unknown = false;
        // A day of the next month can move back into this one.
        for (year, month) in [this, next] {
            for rule in &self.days {
                let Some(date) = on_month(*rule, year, month) else { continue };
                match (self.moves, calendar) {
                    (true, Some(calendar)) => match calendar.on_or_before(date) {
                        Ok(moved) if moved == day => return Some(true),
                        Ok(_) => {}
                        Err(_) => unknown |= (year, month) == this,
                    },
                    (true, None) => unknown = true,
                    (false, _) if date == day => return Some(true),
                    (false, _) => {}
                }
            }
        }
        (!unknown).then_some(false)
    }
}

fn on_month(rule: MonthDay, year: i32, month: u32) -> Option<NaiveDate> {
    match rule {
        MonthDay::Day(day) => NaiveDate::from_ymd_opt(year, month, day),
        MonthDay::Last => (28..=31).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day)),
    }
}

pub(super) fn read(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    for (id, mut section) in file.sections(log, "events") {
        let range = section.range;
        let class = section.choice(
            log,
            "class",
            &[("payday", EventClass::Payday), ("campaign", EventClass::Campaign)],
        );
        if !section.has("class") {
            log.add(
                Diagnostic::error("missing-key", format!("event `{id}` has no `class`"))
                    .help("write class = \"payday\" or \"campaign\""),
                range,
            );
        }
        let mut days = Vec::new();
        for item in section.list(log, "days") {
            let number = item.text.parse().ok().filter(|d| (1..=31).contains(d));
            match (item.text.as_str(), number) {
                ("last", _) => days.push(MonthDay::Last),
                (_, Some(day)) => days.push(MonthDay::Day(day)),
                _ => log.add(
                    Diagnostic::error(
                        "wrong-value",
                        format!("`{}` is no day of a month", item.text),
                    )
                    .help("write \"1\" to \"31\", or \"last\""),
                    item.range,
                ),
            }
        }
        let moves = section.choice(log, "move", &[("working-day-before", true), ("never", false)]);
        let calendar = section.item(log, "calendar");
        if moves == Some(true) && !section.has("calendar") {
            log.add(
                Diagnostic::error("missing-key", format!("event `{id}` moves without a calendar"))
                    .help("add calendar = \"…\", the name of a file in standards/calendar"),
                range,
            );
        }
        let name = section.need_words(log, "name");
        let why = section.text(log, "why");
        let windows = read_windows(&mut section, log);
        section.finish(log);
        events.push(Event {
            id,
            name,
            class: class.unwrap_or(EventClass::Campaign),
            days,
            moves: moves.unwrap_or(false),
            calendar_range: calendar.as_ref().map_or(range, |item| item.range),
            calendar: calendar.map(|item| item.text),
            windows,
            why,
            range,
        });
    }
    file.finish(log);
    events
}

fn read_windows(section: &mut Section<'_, '_>, log: &mut Log<'_>) -> Vec<Window> {
    let mut windows = Vec::new();
    for mut window in section.array(log, "windows") {
        let range = window.range;
        let (from, to) = (window.date(log, "from"), window.date(log, "to"));
        let announced = window.boolean(log, "announced").unwrap_or(true);
        match (from, to) {
            (Some(from), Some(to)) if from <= to => windows.push(Window { from, to, announced }),
            (Some(from), Some(to)) => log.add(
                Diagnostic::error("wrong-value", format!("a window ends on {to}, before {from}"))
                    .help("swap `from` and `to`"),
                range,
            ),
            _ if window.has("from") && window.has("to") => {}
            _ => log.add(
                Diagnostic::error("missing-key", "a window needs `from` and `to`")
                    .help("write { from = 2026-11-12, to = 2026-11-16 }"),
                range,
            ),
        }
        window.finish(log);
    }
    windows
}
