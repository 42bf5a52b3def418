//! Reports as pages: sections of words and tables with a definition beside every figure.
//!
//! A report becomes a [`Page`] in one language, and a page becomes Markdown or HTML through a
//! template, or JSON, CSV and a table for the terminal as it stands here.

mod figure;
pub mod overview;
pub mod trends;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::weekly::PeriodWords;
use super::{Align, Language, Locale, Surface, Table, csv};
use crate::reports::Period;
use crate::reports::context::LeftOut;
use crate::units::Instant;

pub use figure::Figure;

/// A report in one language.
#[derive(Debug)]
pub struct Page<'a> {
    /// Its name as it is typed: `trends`.
    pub report: &'static str,
    /// Whose: the service, vertical, client or incident that it is about.
    pub of: Option<String>,
    /// The language.
    pub locale: &'a Locale,
    /// The heading.
    pub title: String,
    /// The days that it is about.
    pub period: Option<&'a Period>,
    /// The moment at which open things are judged.
    pub as_of: Instant,
    /// Whether the period is not over yet.
    pub running: bool,
    /// What a reader who reads on no further has to know, in plain words.
    pub head: Vec<String>,
    /// The rest.
    pub sections: Vec<Section>,
}

/// Words, a table and how its figures are defined.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its name in JSON and CSV.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// Paragraphs before the table.
    pub words: Vec<String>,
    /// The table's columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Figure>>,
    /// What the figures are: formula and source.
    pub definitions: Vec<String>,
}

/// A column of a section's table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in JSON and CSV; the same in every language.
    pub id: &'static str,
    /// Its title.
    pub title: String,
    /// Whether figures stand in it.
    pub right: bool,
}

impl Section {
    /// A section without a table.
    pub fn new(id: &'static str, title: impl Into<String>) -> Section {
        Section { id, title: title.into(), ..Section::default() }
    }

    /// With columns of words and, marked by a leading `#`, of figures.
    #[must_use]
    pub fn columns(mut self, columns: &[(&'static str, &str)]) -> Section {
        let column = |(id, title): &(&'static str, &str)| match title.strip_prefix('#') {
            Some(title) => Column { id, title: title.to_owned(), right: true },
            None => Column { id, title: (*title).to_owned(), right: false },
        };
        self.columns = columns.iter().map(column).collect();
        self
    }

    /// With a paragraph.
    #[must_use]
    pub fn says(mut self, words: impl Into<String>) -> Section {
        self.words.push(words.into());
        self
    }

    /// With a definition.
    #[must_use]
    pub fn defines(mut self, words: impl Into<String>) -> Section {
        self.definitions.push(words.into());
        self
    }
}

/// One of two texts, by the language.
pub(in crate::render) fn say(
    locale: &Locale,
    es: impl Into<String>,
    en: impl Into<String>,
) -> String {
    match locale.language() {
        Language::Es => es.into(),
        Language::En => en.into(),
    }
}

/// The names of services in a language, by id.
pub type Names = BTreeMap<String, String>;

impl Page<'_> {
    /// The period in words.
    fn period_words(&self) -> Option<PeriodWords> {
        self.period.map(|period| super::weekly::period(period, self.locale))
    }

    /// What a template is given.
    pub fn data(&self) -> Json {
        let text = |figure: &Figure| figure.words(self.locale);
        let sections = self.sections.iter().map(|section| {
            let rows = section.rows.iter().map(|row| {
                json!({ "cells": row.iter().map(text).collect::<Vec<_>>() })
            });
            let columns = section.columns.iter();
            json!({
                "id": section.id,
                "title": section.title,
                "words": section.words,
                "columns": columns.map(|c| json!({ "title": c.title, "right": c.right })).collect::<Vec<_>>(),
                "rows": rows.collect::<Vec<_>>(),
                "definitions": section.definitions,
            })
        });
        json!({
            "locale": self.locale.tag(),
            "report": self.report,
            "of": self.of,
            "title": self.title,
            "period": self.period_words(),
            "running": self.running,
            "as_of": self.locale.moment(self.as_of),
            "zone": self.locale.zone_name(),
            "head": self.head,
            "sections": sections.collect::<Vec<_>>(),
        })
    }

    /// The report, schema 1: `{"schema":1,"report":…,"period":{…},"summary":[…],"sections":{ID:{"rows":
    /// [{COLUMN:…}],"definitions":[…]}}}`.
    pub fn json(&self) -> Json {
        let section = |section: &Section| {
            let row = |row: &Vec<Figure>| -> Json {
                let cells = section.columns.iter().zip(row);
                Json::Object(cells.map(|(c, figure)| (c.id.to_owned(), figure.json())).collect())
            };
            let rows: Vec<Json> = section.rows.iter().map(row).collect();
            let words =
                json!({ "words": section.words, "rows": rows, "definitions": section.definitions });
            (section.id.to_owned(), words)
        };
        json!({
            "schema": 1,
            "report": self.report,
            "of": self.of,
            "period": self.period.map(|period| json!({
                "label": period.label,
                "first": period.first.to_string(),
                "last": period.last.to_string(),
            })),
            "as_of": self.as_of.to_string(),
            "running": self.running,
            "summary": self.head,
            "sections": Json::Object(self.sections.iter().map(section).collect()),
        })
    }

    /// The report as CSV, a line a cell: `report,of,period,section,row,column,value`.
    ///
    /// Its tables have columns of their own; one line a cell fits them all.
    pub fn csv(&self) -> String {
        let mut text = String::new();
        let header = ["report", "of", "period", "section", "row", "column", "value"];
        csv::row(&mut text, csv::Reader::Machine, header);
        let period = self.period.map_or("", |period| period.label.as_str());
        for section in &self.sections {
            for (number, row) in section.rows.iter().enumerate() {
                for (column, figure) in section.columns.iter().zip(row) {
                    let (number, value) = ((number + 1).to_string(), figure.plain());
                    let of = self.of.as_deref().unwrap_or_default();
                    let cells = [self.report, of, period, section.id, &number, column.id, &value];
                    csv::row(&mut text, csv::Reader::Person, cells);
                }
            }
        }
        text
    }

    /// The report for a terminal.
    pub fn table(&self, surface: Surface) -> String {
        let mut text = format!("{}\n", self.title);
        for words in &self.head {
            let _ = write!(text, "\n{}\n", super::escape::terminal_safe_lines(words));
        }
        for section in &self.sections {
            let _ = write!(text, "\n{}\n", section.title.to_uppercase());
            for words in &section.words {
                let _ = writeln!(text, "{}", super::escape::terminal_safe_lines(words));
            }
            if section.rows.is_empty() {
                continue;
            }
            let side = |right| if right { Align::Right } else { Align::Left };
            let mut table =
                Table::new(section.columns.iter().map(|c| (c.title.clone(), side(c.right))));
            for row in &section.rows {
                table.push(row.iter().map(|figure| figure.words(self.locale)));
            }
            text.push_str(&table.render(surface));
        }
        text
    }

    /// Says when it was counted, where that is not the end of its period.
    pub(super) fn stamp(mut self) -> Self {
        let zone = self.locale.zone_name();
        let mut words =
            say(self.locale, format!("Zona horaria: {zone}."), format!("Time zone: {zone}."));
        if self.running {
            let at = self.locale.moment(self.as_of);
            words.push_str(&say(
                self.locale,
                format!(" El periodo no ha terminado: las cifras son al {at}."),
                format!(" The period is not over: figures are as of {at}."),
            ));
        }
        self.head.push(words);
        self
    }
}

/// What no figure counts, as a section.
pub(super) fn left_out(locale: &Locale, left_out: &LeftOut) -> Section {
    let title = say(locale, "Lo que no se contó", "What was not counted");
    let what = say(locale, "Qué", "What");
    let count = say(locale, "#Cuántos", "#How many");
    let which = say(locale, "Cuáles", "Which");
    let mut section = Section::new("left_out", title).columns(&[
        ("what", what.as_str()),
        ("count", count.as_str()),
        ("which", which.as_str()),
    ]);
    let ids: Vec<String> = left_out.without_time.iter().map(ToString::to_string).collect();
    let rows: [(&str, &str, usize, &[String]); 6] = [
        ("Simulacros", "Drills", left_out.exercises, &[]),
        ("Falsas alarmas", "False alarms", left_out.cancelled, &[]),
        ("Registros unidos a otro", "Records merged into another", left_out.merged, &[]),
        (
            "Partes de otro incidente, que cuentan con él",
            "Parts of another incident, counted with it",
            left_out.parts,
            &[],
        ),
        ("Registros sin ninguna hora", "Records without any time", ids.len(), &ids),
        (
            "Archivos que no se pudieron leer",
            "Files that could not be read",
            left_out.unreadable.len(),
            &left_out.unreadable,
        ),
    ];
    for (es, en, count, which) in rows.into_iter().filter(|row| row.2 > 0) {
        let which = if which.is_empty() { Figure::None } else { Figure::Text(which.join(", ")) };
        section.rows.push(vec![Figure::Text(say(locale, es, en)), Figure::Count(count), which]);
    }
    if section.rows.is_empty() {
        section.words.push(say(
            locale,
            "Nada: todos los registros del periodo están en las cifras.",
            "Nothing: every record of the period is in the figures.",
        ));
    }
    section
}
