//! An incident for people: the page of `inc show`, the ten lines of `inc brief`.
//!
//! The file is long because both pages choose from the same words and columns.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::incident::{Entry, Record, Severity};
use crate::reports::checklist::ItemState;
use crate::reports::{ClockState, assessment::Assessment};
use crate::timing::Timings;
use crate::units::{Instant, Span};

use super::{outlook, terminal_safe};

/// Columns of the labels on the left.
const LABEL: usize = 12;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The style of a level: what burns is red.
pub fn level_style(level: Option<Severity>) -> Style {
    let colour = match level {
        Some(Severity::Sev1) => AnsiColor::Red,
        Some(Severity::Sev2) => AnsiColor::Yellow,
        Some(Severity::Sev3) => AnsiColor::Cyan,
        Some(Severity::Sev4) | None => return DIM,
    };
    Style::new().bold().fg_color(Some(anstyle::Color::Ansi(colour)))
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A span as people read it: the two largest units, `1 h 20 min`.
pub fn rough(span: Span) -> String {
    let seconds = span.seconds().unsigned_abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => "less than a minute".into(),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

/// A moment beside now: `20 min ago`, `in 5 min`.
pub fn beside(at: Instant, now: Instant) -> String {
    let away = now.since(at);
    match away.seconds() {
        s if s < 0 => format!("in {}", rough(away)),
        s if s < 60 => "just now".into(),
        _ => format!("{} ago", rough(away)),
    }
}

/// A moment on the wall, with its offset; the date only where it differs from now's.
pub fn wall(at: Instant, now: Instant) -> String {
    let (at, now) = (at.get(), now.get());
    let same_day = at.date_naive() == now.with_timezone(at.offset()).date_naive();
    let form = if same_day { "%H:%M %:z" } else { "%Y-%m-%d %H:%M %:z" };
    at.format(form).to_string()
}

/// A count with thousands separated: `12,840`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One line under the title: level, status, how long, who.
pub fn headline(
    record: &Record,
    assessment: &Assessment,
    timings: &Timings,
    now: Instant,
) -> String {
    let mut parts = vec![
        styled(level_style(assessment.level), &assessment.level_text()),
        record.status.to_string(),
    ];
    if let Some(kind) = record.kind {
        parts.push(kind.to_string());
    }
    match (record.status.is_burning(), record.clocks().detected, timings.to_restore.took()) {
        (true, Some(detected), _) => parts.push(format!("detected {}", beside(detected, now))),
        (false, _, Some(span)) => parts.push(format!("restored after {}", rough(span))),
        _ => {}
    }
    parts.push(match record.holder("incident_commander") {
        Some(role) => format!("{} has it", terminal_safe(&role.person)),
        None if record.status.is_open() => {
            styled(level_style(Some(Severity::Sev2)), "nobody has it")
        }
        None => return parts.join(" · "),
    });
    parts.join(" · ")
}

/// The whole page.
pub fn page(record: &Record, assessment: &Assessment, timings: &Timings, now: Instant) -> String {
    let mut page = Page { text: String::new(), now };
    let mark = if record.exercise { "EXERCISE · " } else { "" };
    let _ = writeln!(
        page.text,
        "{}  {mark}{}",
        styled(BOLD, record.id.as_str()),
        styled(BOLD, &terminal_safe(&record.title))
    );
    let _ = writeln!(page.text, "{}", headline(record, assessment, timings, now));
    if let Some(into) = &record.merged_into {
        page.line("merged", &format!("its words are in {into}: inc show {}", into.suffix()));
    }
    if let Some(stub) = &record.restricted {
        let group = terminal_safe(&stub.group);
        page.line("restricted", &format!("details are in the workspace of {group}"));
    }
    page.text.push('\n');
    page.severity(record, assessment);
    page.scope(record);
    page.clocks(record, timings);
    page.people(record);
    page.impact(record);
    page.play(record);
    page.due(record, assessment);
    page.checklist(record, assessment);
    page.elsewhere(record);
    page.timeline(&record.timeline);
    page.text
}

struct Page {
    text: String,
    now: Instant,
}

impl Page {
    fn line(&mut self, label: &str, value: &str) {
        let _ = writeln!(self.text, " {}  {value}", styled(DIM, &format!("{label:<LABEL$}")));
    }

    fn list(&mut self, label: &str, values: &[String]) {
        if !values.is_empty() {
            self.line(label, &terminal_safe(&values.join(", ")));
        }
    }

    fn at(&self, at: Instant) -> String {
        format!("{} ({})", wall(at, self.now), beside(at, self.now))
    }

    fn severity(&mut self, record: &Record, assessment: &Assessment) {
        if let Some(rule) = &assessment.rule {
            let why = assessment.why.as_deref().unwrap_or_default();
            let level = match assessment.overrides() {
                Some(derived) => format!("derived {derived}"),
                None => assessment.level_text(),
            };
            self.line("severity", &format!("{level} by {rule}: {why}"));
        }
        if let Some(declared) = declared(record) {
            self.line("declared", &declared);
        }
        for phrase in outlook::phrases(assessment, self.now) {
            self.line("", &phrase);
        }
    }

    fn scope(&mut self, record: &Record) {
        self.list("services", &record.services);
        self.list("unmapped", &record.services_unmapped);
        self.list("regions", &record.regions);
        self.list("tags", &record.tags);
    }

    fn clocks(&mut self, record: &Record, timings: &Timings) {
        let t = record.clocks();
        let chain = [
            ("started", t.impact_started),
            ("detected", t.detected),
            ("acknowledged", t.acknowledged),
            ("restored", t.restored),
            ("watch until", t.monitoring_until),
            ("resolved", t.resolved),
            ("closed", t.closed),
        ];
        for (label, at) in chain {
            if let Some(at) = at {
                let text = self.at(at);
                self.line(label, &text);
            }
        }
        let spans = [
            ("to detect", timings.to_detect),
            ("to acknowledge", timings.to_acknowledge),
            ("to restore", timings.to_restore),
            ("to resolve", timings.to_resolve),
        ];
        let known: Vec<_> = spans
            .iter()
            .filter_map(|(name, s)| s.took().map(|s| format!("{name} {}", rough(s))))
            .collect();
        if !known.is_empty() {
            self.line("took", &known.join(" · "));
        }
    }

    fn people(&mut self, record: &Record) {
        for role in record.roles.iter().filter(|r| r.to.is_none()) {
            let since =
                role.from.map_or(String::new(), |at| format!(" since {}", wall(at, self.now)));
            let name = match role.role.as_str() {
                "incident_commander" => "incident manager".to_owned(),
                other => terminal_safe(other).replace('_', " "),
            };
            self.line("who", &format!("{name}: {}{since}", terminal_safe(&role.person)));
        }
    }

    fn impact(&mut self, record: &Record) {
        let Some(impact) = &record.impact else { return };
        if let Some(summary) = &impact.summary {
            self.line("impact", &terminal_safe(summary));
        }
        if let Some(c) = &impact.customers {
            let text = match (c.affected, c.tried) {
                (Some(a), Some(t)) => format!("{} of {} customers who tried", count(a), count(t)),
                (Some(a), None) => format!("{} customers affected", count(a)),
                (None, Some(t)) => {
                    format!("{} customers tried; how many could not is not known", count(t))
                }
                (None, None) => String::new(),
            };
            if !text.is_empty() {
                self.line("customers", &text);
            }
        }
        if let Some(t) = &impact.transactions {
            let counts = [
                ("attempted", t.attempted),
                ("failed", t.failed),
                ("lost", t.lost),
                ("in doubt", t.in_doubt),
                ("duplicated", t.duplicated),
            ];
            let mut parts: Vec<_> =
                counts.iter().filter_map(|(n, v)| v.map(|v| format!("{} {n}", count(v)))).collect();
            parts.extend(t.lost_value.map(|m| format!("{m} lost")));
            if !parts.is_empty() {
                self.line("payments", &parts.join(" · "));
            }
        }
        for harm in &impact.harm {
            let customers =
                harm.customers.map_or(String::new(), |n| format!(", {} customers", count(n)));
            let money = harm.money.map_or(String::new(), |m| format!(", {m}"));
            let spreading = if harm.spreading { ", still spreading" } else { "" };
            self.line("harm", &format!("{}{customers}{money}{spreading}", harm.kind));
        }
        for period in &impact.periods {
            let to = period.to.map_or("now".into(), |to| wall(to, self.now));
            let share = period.degradation.map_or(String::new(), |d| format!(" at {d}"));
            self.line("window", &format!("{} → {to}{share}", wall(period.from, self.now)));
        }
    }

    fn play(&mut self, record: &Record) {
        if let Some(now) = &record.now {
            let fields = [
                ("situation", &now.situation),
                ("hypothesis", &now.hypothesis),
                ("doing", &now.doing),
                ("need", &now.need),
            ];
            for (label, value) in fields {
                if let Some(value) = value {
                    self.line(label, &terminal_safe(value));
                }
            }
        }
        if let Some(workaround) = &record.workaround {
            self.line("workaround", &terminal_safe(&workaround.text));
        }
        if let Some(at) = record.now.as_ref().and_then(|n| n.next_update_at) {
            let text = self.at(at);
            self.line("next update", &text);
        }
    }

    /// What is to do; what is done is a figure, its words stand in the timeline.
    fn checklist(&mut self, record: &Record, assessment: &Assessment) {
        const SHOWN: usize = 6;
        let items = &assessment.checklist;
        let open: Vec<_> = items.iter().filter(|i| i.state == ItemState::ToDo).collect();
        for item in open.iter().take(SHOWN) {
            let due = item.due.map_or(String::new(), |due| format!(", {}", beside(due, self.now)));
            let words = terminal_safe(item.words.get("en"));
            let role = terminal_safe(&item.role).replace('_', " ");
            self.line("to do", &format!("{}: {words} ({role}{due})", terminal_safe(&item.item)));
        }
        if !open.is_empty() {
            let of = format!("{} of {} noted", items.len() - open.len(), items.len());
            let hint = format!("{of}: inc done ITEM {}", record.id.suffix());
            self.line(
                "",
                &match open.len().saturating_sub(SHOWN) {
                    0 => hint,
                    more => format!("and {more} more; {hint}"),
                },
            );
        }
    }

    fn due(&mut self, record: &Record, assessment: &Assessment) {
        const SHOWN: usize = 8;
        let open = assessment.clocks.iter().filter(|c| c.is_actionable(record));
        let late =
            assessment.clocks.iter().filter(|c| c.state == ClockState::Missed && c.done.is_some());
        let rest = open.clone().count().saturating_sub(SHOWN);
        for clock in open.take(SHOWN).chain(late) {
            let due = clock.due.map_or("when is not known".into(), |at| self.at(at));
            let late = match (clock.state, clock.done) {
                (ClockState::Missed, None) => styled(level_style(Some(Severity::Sev1)), " overdue"),
                (ClockState::Missed, Some(_)) => " done late".into(),
                _ => String::new(),
            };
            self.line("due", &format!("{} by {due}{late}", clock.name.replace(['_', '-'], " ")));
        }
        if rest > 0 {
            self.line("", &format!("and {rest} later: inc targets"));
        }
    }

    fn elsewhere(&mut self, record: &Record) {
        for room in record.rooms.iter().filter(|r| r.closed_at.is_none()) {
            let kind = room.kind.map_or("room", |k| k.as_str());
            self.line("room", &format!("{kind} {}", terminal_safe(&room.url)));
        }
        for ticket in &record.tickets {
            let system = ticket.system.as_deref().unwrap_or("ticket");
            self.line("ticket", &terminal_safe(&format!("{system} {}", ticket.ref_)));
        }
        for vendor in &record.vendors {
            let ticket = vendor.ticket.as_deref().unwrap_or("no ticket");
            self.line("vendor", &terminal_safe(&format!("{} · {ticket}", vendor.vendor)));
        }
        for link in &record.links {
            let title = link.title.as_deref().map_or(String::new(), |t| format!("{t}: "));
            self.line("link", &terminal_safe(&format!("{title}{}", link.url)));
        }
        for action in record.actions.iter().filter(|a| a.done.is_none() && a.dropped.is_none()) {
            let owner = action.owner.as_deref().unwrap_or("nobody");
            let due = action.due.as_deref().map_or(String::new(), |d| format!(", due {d}"));
            self.line("action", &terminal_safe(&format!("{} ({owner}{due})", action.title)));
        }
        for conflict in &record.conflicts {
            let shown = |v: &String| if v.is_empty() { "(nothing)".to_owned() } else { v.clone() };
            let values = conflict.values.iter().map(shown).collect::<Vec<_>>().join(" | ");
            self.line("conflict", &terminal_safe(&format!("{}: {values}", conflict.field)));
        }
    }

    fn timeline(&mut self, entries: &[Entry]) {
        if entries.is_empty() {
            return;
        }
        self.text.push('\n');
        // As wide as the widest: entries of other days carry their date.
        let columns = entries.iter().map(|e| {
            let by = terminal_safe(e.by.as_deref().unwrap_or("-"));
            (wall(e.at, self.now), beside(e.at, self.now), by)
        });
        let columns: Vec<_> = columns.collect();
        let width = |text: fn(&(String, String, String)) -> &str| {
            columns.iter().map(|c| text(c).chars().count()).max().unwrap_or(0)
        };
        let (at_width, ago_width, by_width) = (width(|c| &c.0), width(|c| &c.1), width(|c| &c.2));
        for (entry, (at, ago, by)) in entries.iter().zip(&columns) {
            let star = if entry.star { "*" } else { " " };
            let kind = entry.kind.map_or("", |k| k.as_str());
            let head =
                format!("{star} {at:>at_width$}  {ago:<ago_width$}  {kind:<13} {by:<by_width$}  ");
            let indent = " ".repeat(head.chars().count() + 1);
            let mut lines = entry.text.trim_end().lines();
            let first = lines.next().unwrap_or_default();
            let _ = writeln!(self.text, " {}{}", styled(DIM, &head), terminal_safe(first));
            for line in lines {
                let _ = writeln!(self.text, "{indent}{}", terminal_safe(line));
            }
        }
    }
}

/// Ten lines for the one who joins at minute 40.
pub fn brief(record: &Record, assessment: &Assessment, timings: &Timings, now: Instant) -> String {
    let unknown = || "not said yet".to_owned();
    let said = |text: Option<&String>| text.map_or_else(unknown, |t| terminal_safe(t));
    let play = record.now.clone().unwrap_or_default();
    let customers = record.impact.as_ref().and_then(|i| i.customers.as_ref());
    let felt = match customers.map(|c| (c.affected, c.tried)) {
        Some((Some(a), Some(t))) => format!("{} of {} customers who tried", count(a), count(t)),
        Some((Some(a), None)) => format!("{} customers", count(a)),
        _ => record
            .impact
            .as_ref()
            .and_then(|i| i.summary.clone())
            .map_or("not measured yet".into(), |s| terminal_safe(&s)),
    };
    let next = match play.next_update_at {
        Some(at) => format!("{} ({})", wall(at, now), beside(at, now)),
        None => "not promised".into(),
    };
    let late =
        assessment.clocks.iter().find(|c| c.state == ClockState::Missed && c.is_actionable(record));
    let due = late
        .or_else(|| {
            assessment
                .clocks
                .iter()
                .find(|c| c.state == ClockState::Running && c.is_actionable(record))
        })
        .map_or_else(
            || "nothing".to_owned(),
            |c| {
                format!(
                    "{} {}",
                    c.name.replace(['_', '-'], " "),
                    c.due.map_or(String::new(), |at| beside(at, now))
                )
            },
        );
    let last = record.timeline.last().map_or_else(unknown, |e| {
        let first = e.text.lines().next().unwrap_or_default();
        format!(
            "{} {}: {}",
            wall(e.at, now),
            terminal_safe(e.by.as_deref().unwrap_or("-")),
            terminal_safe(first)
        )
    });
    let rows = [
        (
            "severity",
            assessment.level_text()
                + &why(record, assessment).map_or(String::new(), |w| format!(": {w}")),
        ),
        ("customers", felt),
        ("situation", said(play.situation.as_ref())),
        ("hypothesis", said(play.hypothesis.as_ref())),
        ("doing", said(play.doing.as_ref())),
        ("need", said(play.need.as_ref())),
        ("next update", next),
        ("last entry", last),
        ("due first", due),
    ];
    let mut text = format!(
        "{}  {} · {}\n",
        styled(BOLD, record.id.as_str()),
        terminal_safe(&record.title),
        headline(record, assessment, timings, now)
    );
    for (label, value) in rows {
        let _ = writeln!(text, " {}  {value}", styled(DIM, &format!("{label:<LABEL$}")));
    }
    text
}

/// Why the level stands: the rule's reason, or the person's who declared another.
fn why(record: &Record, assessment: &Assessment) -> Option<String> {
    let declared = record.severity.as_ref().filter(|s| s.declared.is_some());
    match assessment.overrides() {
        Some(_) => Some(terminal_safe(declared?.reason.as_deref()?)),
        None => assessment.why.clone(),
    }
}

/// The level that a person declared, with who and why.
fn declared(record: &Record) -> Option<String> {
    let note = record.severity.as_ref()?;
    let level = note.declared?;
    let by = terminal_safe(note.by.as_deref().unwrap_or("somebody"));
    let reason = terminal_safe(note.reason.as_deref().unwrap_or("no reason given"));
    let then = note.derived.filter(|then| *then != level);
    let then = then.map_or(String::new(), |then| format!(", when the facts gave {then}"));
    Some(format!("{level} by {by}{then}: {reason}"))
}

/// Severity with its reason, what could still change it, and who said otherwise.
pub fn severity(record: &Record, assessment: &Assessment, now: Instant) -> String {
    let planned = record.kind == Some(crate::incident::Kind::Maintenance);
    let level = match planned {
        true => "planned work has no severity".to_owned(),
        false => outlook::sentence(assessment, now),
    };
    let level = styled(level_style(assessment.level), &level);
    let mut text = format!("{}  {level}\n", record.id);
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, " {}  {value}", styled(DIM, &format!("{label:<LABEL$}")));
    };
    if let Some(rule) = &assessment.rule {
        line("by", rule);
    }
    if let Some(why) = &assessment.why {
        line("why", why);
    }
    if let Some(declared) = declared(record) {
        line("declared", &declared);
    }
    if let Some(note) = &record.severity {
        if let Some(peak) = &note.peak {
            line("peak", &peak.level.to_string());
        }
        if let Some(stamp) = &note.confirmed {
            line("confirmed", &terminal_safe(stamp.by.as_deref().unwrap_or("somebody")));
        }
    }
    for (level, way) in outlook::further(assessment) {
        line(&format!("{level} also"), &format!("once {way}"));
    }
    text
}

/// The clocks of the standard's targets as a table.
pub fn targets(assessment: &Assessment, now: Instant, surface: super::Surface) -> String {
    use super::{Align, Cell, Table};
    let mut table =
        Table::new(["TARGET", "WITHIN", "DUE", "DONE", "STATE"].map(|c| (c, Align::Left)));
    for clock in &assessment.clocks {
        let time = |at: Option<Instant>| at.map_or("-".into(), |at| wall(at, now));
        let style = match clock.state {
            ClockState::Missed => level_style(Some(Severity::Sev1)),
            ClockState::Met => Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green))),
            ClockState::Running | ClockState::Unknown => Style::new(),
        };
        let within = match &clock.vertical {
            Some(vertical) => format!("{} ({})", clock.target, terminal_safe(vertical)),
            None => clock.target.clone(),
        };
        table.push([
            Cell::from(clock.name.replace(['_', '-'], " ")),
            within.into(),
            time(clock.due).into(),
            time(clock.done).into(),
            Cell::styled(clock.state.as_str(), style),
        ]);
    }
    table.render(surface)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_beside_now() {
        let now: Instant = "2026-11-21T03:30:00-06:00".parse().unwrap();
        assert_eq!(beside(now.plus(Span::from_minutes(-80)), now), "1 h 20 min ago");
        assert_eq!(beside(now.plus(Span::from_minutes(5)), now), "in 5 min");
        assert_eq!(
            wall("2026-11-20T23:50:00-06:00".parse().unwrap(), now),
            "2026-11-20 23:50 -06:00"
        );
        assert_eq!(count(1_234_567), "1,234,567");
    }
}
