//! A policy's TOML read key by key, everything that is wrong collected with its line.

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::compensation::amount::AmountError;
use crate::diag::{Diagnostic, Diagnostics, Level, Source, TextRange, nearest};

/// More findings than anybody reads.
const MOST_FINDINGS: usize = 100;

/// What was found in one file.
pub(super) struct Reading<'a> {
    pub(super) source: Source<'a>,
    pub(super) found: Diagnostics,
}

/// A text with its place.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) range: TextRange,
}

pub(super) fn range<T>(value: &Spanned<T>) -> TextRange {
    value.span().into()
}

impl<'a> Reading<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Reading { source, found: Diagnostics::default() }
    }

    fn push(
        &mut self,
        level: Level,
        code: &str,
        what: String,
        at: TextRange,
        help: Option<String>,
    ) {
        if self.found.0.len() < MOST_FINDINGS {
            let mut finding = Diagnostic::new(level, code, what).at(self.source.place(at));
            finding.help = help;
            self.found.push(finding);
        }
    }

    pub(super) fn error(
        &mut self,
        code: &str,
        what: impl Into<String>,
        at: TextRange,
        help: impl Into<String>,
    ) {
        let help = help.into();
        self.push(Level::Error, code, what.into(), at, Some(help).filter(|h| !h.is_empty()));
    }

    pub(super) fn warning(
        &mut self,
        code: &str,
        what: impl Into<String>,
        at: TextRange,
        help: impl Into<String>,
    ) {
        self.push(Level::Warning, code, what.into(), at, Some(help.into()));
    }

    /// What is wrong in an amount, at its place in the file.
    pub(super) fn amount(&mut self, of: &str, text: &Text, error: AmountError) {
        let at = self.inside(text, error.range);
        let what = format!("{of}: {}", error.message);
        self.push(Level::Error, error.code, what, at, error.help);
    }

    /// The place of a part of a text, where the TOML is written without escapes.
    fn inside(&self, text: &Text, part: TextRange) -> TextRange {
        let raw = self.source.text.get(text.range.start..text.range.end).unwrap_or("");
        match raw.find(&text.text) {
            Some(at) if !text.text.is_empty() => {
                let start = text.range.start + at;
                TextRange::new(start + part.start, start + part.end)
            }
            _ => text.range,
        }
    }

    /// Keys that are not known, with the nearest one that is.
    pub(super) fn only(&mut self, table: &DeTable<'_>, known: &[&str], of: &str) {
        for (key, _) in table.iter() {
            let name: &str = key.get_ref();
            if known.contains(&name) || name.starts_with("x-") {
                continue;
            }
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys are {}", known.join(", ")),
            };
            self.warning("unknown-key", format!("{of} has no key `{name}`"), range(key), help);
        }
    }

    fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let what = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(
            "wrong-type",
            format!("`{key}` is {what}"),
            range(value),
            format!("expected {expected}"),
        );
    }

    pub(super) fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<Text> {
        let value = table.get(key)?;
        let found = self.as_text(key, value);
        found.map(|text| Text { text, range: range(value) })
    }

    pub(super) fn as_text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(key, value, "a text in quotes");
        }
        text
    }

    /// A text, or the text of a number or a date: what an amount is written as.
    pub(super) fn words(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Text> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', ""),
            DeValue::Float(number) => number.as_str().replace('_', ""),
            DeValue::Datetime(moment) => moment.to_string(),
            DeValue::Boolean(yes) => yes.to_string(),
            _ => {
                self.wrong_type(key, value, "an amount in quotes");
                return None;
            }
        };
        Some(Text { text, range: range(value) })
    }

    pub(super) fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.wrong_type(key, value, "true or false");
        }
        found
    }

    /// A whole number from 0 to `most`.
    pub(super) fn count(&mut self, table: &DeTable<'_>, key: &str, most: u32) -> Option<u32> {
        let value = table.get(key)?;
        let number = value.get_ref().as_integer();
        let found = number.and_then(|n| n.as_str().parse().ok()).filter(|n| *n <= most);
        if found.is_none() {
            let what = format!("`{key}` is no whole number from 0 to {most}");
            self.error("wrong-value", what, range(value), "");
        }
        found
    }

    pub(super) fn day(&mut self, table: &DeTable<'_>, key: &str) -> Option<NaiveDate> {
        let value = table.get(key)?;
        let written = match value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let found = written.parse().ok();
        if found.is_none() {
            self.wrong_type(key, value, "a day such as 2026-11-21");
        }
        found
    }

    pub(super) fn table<'v, 'i>(
        &mut self,
        table: &'v DeTable<'i>,
        key: &str,
    ) -> Option<&'v DeTable<'i>> {
        let value = table.get(key)?;
        self.as_table(key, value)
    }

    pub(super) fn as_table<'v, 'i>(
        &mut self,
        key: &str,
        value: &'v Spanned<DeValue<'i>>,
    ) -> Option<&'v DeTable<'i>> {
        let found = value.get_ref().as_table();
        if found.is_none() {
            self.wrong_type(key, value, "a table");
        }
        found
    }

    /// One of some names.
    pub(super) fn choice<T: Copy>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(table, key)?;
        let found = choices.iter().find(|(name, _)| *name == text.text).map(|(_, choice)| *choice);
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let help = match nearest(&text.text, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("expected one of {}", names.join(", ")),
            };
            let what = format!("`{key}` is `{}`, which it cannot be", text.text);
            self.error("wrong-value", what, text.range, help);
        }
        found
    }
}
