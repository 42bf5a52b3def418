//! Reads a TOML file key by key and collects everything that is wrong with it.
//!
//! Serde stops at the first error and forgets where values stood; a standard is edited by people
//! who want the whole list, each with its line.
//!
//! The file is long because it has a reader for each kind of value, all with the same habits.

use std::str::FromStr;

use chrono::{NaiveDate, Weekday};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Days, Time, Words};
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};
use crate::units::UnitError;

/// More findings than anybody reads; a hostile file would otherwise cost a line count for each.
const MOST_FINDINGS: usize = 100;

/// Longest id of anything in a standard.
const LONGEST_ID: usize = 64;

/// What was found in one file.
pub(super) struct Log<'a> {
    source: Source<'a>,
    found: Diagnostics,
}

impl<'a> Log<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Log { source, found: Diagnostics::default() }
    }

    /// Keeps a diagnostic, with the place that it is about.
    pub(super) fn add(&mut self, diagnostic: Diagnostic, range: TextRange) {
        if self.found.0.len() < MOST_FINDINGS {
            self.found.push(diagnostic.at(self.source.place(range)));
        }
    }

    pub(super) fn into_found(self) -> Diagnostics {
        self.found
    }
}

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) range: TextRange,
}

/// One TOML table that is being read.
pub(super) struct Section<'s, 'a> {
    table: &'s DeTable<'a>,
    /// What people call it: `services.card-auth`; empty for the whole file.
    name: String,
    /// Where its key stands.
    pub(super) range: TextRange,
    known: Vec<&'static str>,
}

fn range_of<T>(spanned: &Spanned<T>) -> TextRange {
    TextRange::from(spanned.span())
}

impl<'s, 'a> Section<'s, 'a> {
    /// The whole file.
    pub(super) fn root(table: &'s DeTable<'a>) -> Self {
        Section { table, name: String::new(), range: TextRange::new(0, 0), known: Vec::new() }
    }

    fn find(&mut self, key: &'static str) -> Option<&'s Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.table.get(key)
    }

    /// Whether the key is there, of whatever type.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the value of a key stands.
    pub(super) fn place_of(&self, key: &str) -> Option<TextRange> {
        self.table.get(key).map(range_of)
    }

    fn path(&self, key: &str) -> String {
        match self.name.as_str() {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        }
    }

    fn wrong(&self, log: &mut Log<'_>, key: &str, expected: &str, value: &Spanned<DeValue<'_>>) {
        let what = format!("`{}` is {}", self.path(key), kind(value.get_ref()));
        log.add(
            Diagnostic::error("wrong-type", what).help(format!("expected {expected}")),
            range_of(value),
        );
    }

    fn missing(&self, log: &mut Log<'_>, key: &str, expected: &str) {
        let what = match self.name.as_str() {
            "" => format!("`{key}` is missing"),
            name => format!("`{name}` has no `{key}`"),
        };
        let help = format!("add `{key}`, {expected}");
        log.add(Diagnostic::error("missing-key", what).help(help), self.range);
    }

    /// A text, if it is there.
    pub(super) fn text(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<String> {
        self.item(log, key).map(|item| item.text)
    }

    /// A text and its place, if it is there.
    pub(super) fn item(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<Item> {
        let value = self.find(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Item { text: text.to_owned(), range: range_of(value) }),
            None => {
                self.wrong(log, key, "a text in quotes", value);
                None
            }
        }
    }

    /// A text that has to be there; empty where it is not.
    pub(super) fn need_text(&mut self, log: &mut Log<'_>, key: &'static str) -> String {
        if !self.has(key) {
            self.missing(log, key, "a text");
        }
        self.text(log, key).unwrap_or_default()
    }

    /// A quantity written as text, if it is there.
    pub(super) fn quantity<T: FromStr<Err = UnitError>>(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
    ) -> Option<T> {
        let item = self.item(log, key)?;
        item.text
            .parse()
            .map_err(|e: UnitError| {
                let what = format!("`{}`: {}", self.path(key), e.what);
                let help = format!("expected {}", e.expected);
                log.add(Diagnostic::error("wrong-value", what).help(help), item.range);
            })
            .ok()
    }

    /// A yes or no, if it is there.
    pub(super) fn boolean(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<bool> {
        let value = self.find(key)?;
        let answer = value.get_ref().as_bool();
        if answer.is_none() {
            self.wrong(log, key, "true or false", value);
        }
        answer
    }

    /// A whole number within bounds, if it is there.
    pub(super) fn integer(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.find(key)?;
        let Some(number) = value.get_ref().as_integer() else {
            self.wrong(log, key, "a whole number", value);
            return None;
        };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        if let Some(number) = number.filter(|n| bounds.contains(n)) {
            return Some(number);
        }
        let what = format!("`{}` is out of range", self.path(key));
        let help = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        log.add(Diagnostic::error("wrong-value", what).help(help), range_of(value));
        None
    }

    /// A whole number that has to be there; the lower bound where it is not.
    pub(super) fn need_integer(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> i64 {
        if !self.has(key) {
            let expected = format!("a whole number from {} to {}", bounds.start(), bounds.end());
            self.missing(log, key, &expected);
        }
        let least = *bounds.start();
        self.integer(log, key, bounds).unwrap_or(least)
    }

    /// A day, if it is there: a TOML date, or one in quotes.
    pub(super) fn date(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<NaiveDate> {
        let value = self.find(key)?;
        let written = match value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let date = written.parse().ok();
        if date.is_none() {
            self.wrong(log, key, "a day such as 2026-11-21", value);
        }
        date
    }

    /// A time of the day, if it is there.
    pub(super) fn time(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<Time> {
        self.quantity(log, key)
    }

    /// Which days: `every-day` or a calendar's name.
    pub(super) fn days(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
    ) -> Option<(Days, TextRange)> {
        let item = self.item(log, key)?;
        Some((Days::parse(&item.text), item.range))
    }

    /// Days of the week, if they are there.
    pub(super) fn weekdays(&mut self, log: &mut Log<'_>, key: &'static str) -> Vec<Weekday> {
        let mut days = Vec::new();
        for item in self.list(log, key) {
            match item.text.parse() {
                Ok(day) => days.push(day),
                Err(_) => log.add(
                    Diagnostic::error("wrong-value", format!("`{}` is no weekday", item.text))
                        .help("write monday to sunday"),
                    item.range,
                ),
            }
        }
        days
    }

    /// One of some names, if it is there.
    pub(super) fn choice<T: Copy>(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let item = self.item(log, key)?;
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == item.text) {
            return Some(*choice);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let what = format!("`{}` is `{}`, none of {}", self.path(key), item.text, names.join(", "));
        let finding = Diagnostic::error("wrong-value", what).did_you_mean(&item.text, names);
        log.add(finding, item.range);
        None
    }

    /// A list of texts, if it is there.
    pub(super) fn optional_list(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
    ) -> Option<Vec<Item>> {
        let there = self.has(key);
        let list = self.list(log, key);
        there.then_some(list)
    }

    /// A list of texts, empty where it is left out.
    pub(super) fn list(&mut self, log: &mut Log<'_>, key: &'static str) -> Vec<Item> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(log, key, "a list of texts", value);
            return Vec::new();
        };
        let mut items = Vec::new();
        for element in array.iter() {
            match element.get_ref().as_str() {
                Some(text) => items.push(Item { text: text.to_owned(), range: range_of(element) }),
                None => self.wrong(log, key, "texts in quotes", element),
            }
        }
        items
    }

    /// Words per locale, if they are there.
    pub(super) fn words(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<Words> {
        let value = self.find(key)?;
        match value.get_ref() {
            DeValue::Table(table) => {
                let section = Section {
                    table,
                    name: self.path(key),
                    range: range_of(value),
                    known: Vec::new(),
                };
                Some(section.into_words(log))
            }
            _ => {
                self.wrong(log, key, "words per locale: { es-MX = \"…\", en = \"…\" }", value);
                None
            }
        }
    }

    /// Words that have to be there; none where they are not.
    pub(super) fn need_words(&mut self, log: &mut Log<'_>, key: &'static str) -> Words {
        if !self.has(key) {
            self.missing(log, key, "words per locale: { es-MX = \"…\", en = \"…\" }");
        }
        self.words(log, key).unwrap_or_default()
    }

    /// The whole section as words per locale.
    pub(super) fn into_words(self, log: &mut Log<'_>) -> Words {
        let mut words = Words::default();
        for (locale, value) in self.table.iter() {
            match value.get_ref().as_str() {
                Some(text) => words.add(locale.get_ref().as_ref(), text),
                None => self.wrong(log, locale.get_ref(), "a text in quotes", value),
            }
        }
        if words.is_empty() {
            let what = format!("`{}` has no words in any locale", self.name);
            log.add(Diagnostic::error("missing-key", what), self.range);
        }
        words
    }

    /// Every key of this section with its text, whatever it is called.
    pub(super) fn all_texts(&mut self, log: &mut Log<'_>) -> Vec<(String, Item)> {
        let mut found = Vec::new();
        for (key, value) in self.table.iter() {
            match value.get_ref().as_str() {
                Some(text) => {
                    let item = Item { text: text.to_owned(), range: range_of(value) };
                    found.push((key.get_ref().to_string(), item));
                }
                None => self.wrong(log, key.get_ref(), "a text in quotes", value),
            }
        }
        found
    }

    /// Every `[key.<id>]` with its id.
    pub(super) fn sections(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
    ) -> Vec<(String, Section<'s, 'a>)> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(log, key, &format!("tables, one each: [{}.<id>]", self.path(key)), value);
            return Vec::new();
        };
        let prefix = self.path(key);
        Section { table, name: prefix, range: range_of(value), known: Vec::new() }.entries(log)
    }

    /// Every key of this section with its words per locale, whatever it is called.
    pub(super) fn all_words(self, log: &mut Log<'_>) -> Vec<(String, Words)> {
        let mut found = Vec::new();
        for (key, value) in self.table.iter() {
            let name = key.get_ref().as_ref();
            let DeValue::Table(table) = value.get_ref() else {
                self.wrong(log, name, "words per locale: { es-MX = \"…\", en = \"…\" }", value);
                continue;
            };
            let path = format!("{}.{name}", self.name);
            let section = Section { table, name: path, range: range_of(value), known: Vec::new() };
            found.push((name.to_owned(), section.into_words(log)));
        }
        found
    }

    /// Every entry of this section that is a table, with its id.
    pub(super) fn entries(self, log: &mut Log<'_>) -> Vec<(String, Section<'s, 'a>)> {
        let mut sections = Vec::new();
        for (id, value) in self.table.iter() {
            let range = range_of(id);
            let id = id.get_ref().as_ref();
            let DeValue::Table(table) = value.get_ref() else {
                self.wrong(log, id, "a table", value);
                continue;
            };
            if !is_id(id) {
                let shown: String = id.chars().take(LONGEST_ID).collect();
                log.add(
                    Diagnostic::error("wrong-id", format!("`{}` is no id", shown.escape_debug()))
                        .help("use letters, digits, `-` and `_`, at most 64"),
                    range,
                );
                continue;
            }
            let name = self.path(id);
            sections.push((id.to_owned(), Section { table, name, range, known: Vec::new() }));
        }
        sections
    }

    /// One table, if it is there.
    pub(super) fn table(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
    ) -> Option<Section<'s, 'a>> {
        let value = self.find(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(log, key, "a table", value);
            return None;
        };
        Some(Section { table, name: self.path(key), range: range_of(value), known: Vec::new() })
    }

    /// Every `[[key]]`.
    pub(super) fn array(&mut self, log: &mut Log<'_>, key: &'static str) -> Vec<Section<'s, 'a>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(log, key, &format!("tables: [[{}]]", self.path(key)), value);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for element in array.iter() {
            match element.get_ref() {
                DeValue::Table(table) => sections.push(Section {
                    table,
                    name: self.path(key),
                    range: range_of(element),
                    known: Vec::new(),
                }),
                _ => self.wrong(log, key, "a table", element),
            }
        }
        sections
    }

    /// Says which keys nobody asked for; the last thing to do with a section.
    pub(super) fn finish(self, log: &mut Log<'_>) {
        for (key, value) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) || name.starts_with("x-") {
                continue;
            }
            let shown: String = name.chars().take(LONGEST_ID).collect();
            let what = match self.name.as_str() {
                "" => format!("unknown key `{shown}`"),
                section => format!("unknown key `{shown}` in `{section}`"),
            };
            let finding = Diagnostic::error("unknown-key", what)
                .did_you_mean(&shown, self.known.iter().copied());
            // A file of named entries, and one that was written at the top of it.
            let kinds: Vec<&&str> = self.known.iter().filter(|k| **k != "effective_from").collect();
            let finding = match kinds.as_slice() {
                [kind]
                    if self.name.is_empty()
                        && finding.help.is_none()
                        && matches!(value.get_ref(), DeValue::Table(_)) =>
                {
                    finding.help(format!("write [{kind}.{shown}]"))
                }
                _ => finding,
            };
            log.add(finding, range_of(key));
        }
    }
}

/// Whether a text may name something: ids become parts of paths and of commands.
pub(super) fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
