//! Reports as pages: sections of words and tables with a definition beside every figure.
//!
//! A report becomes a [`Page`] in one language, and a page becomes Markdown or HTML through a
//! template, or JSON, CSV and a table for the terminal as it stands here.

pub mod account;
pub mod compensated;
pub mod conformance;
pub mod daily;
mod figure;
pub mod overview;
pub mod sla;
pub mod trends;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::weekly::PeriodWords;
use super::{Align, Language, Locale, Surface, Table, chart, csv};
use crate::reports::Period;
use crate::reports::context::LeftOut;
use crate::units::{Decimal, Instant, Percent};

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
    /// What the JSON has besides, typed: an object.
    pub more: Json,
}

/// Words, a table and how its figures are defined.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its name in JSON and CSV.
    pub id: &'static str,
    /// Whose it is, where there are several of one name.
    pub key: Option<String>,
    /// Its heading.
    pub title: String,
    /// Paragraphs before the table.
    pub words: Vec<String>,
    /// The table's columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Figure>>,
    /// Names of the rows in JSON and CSV, where they have some.
    pub keys: Vec<String>,
    /// What a terminal draws beside each row.
    pub marks: Vec<Mark>,
    /// What the figures are: formula and source.
    pub definitions: Vec<String>,
}

/// What a terminal draws beside a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// Values one after the other, the last one now.
    Course(Vec<Option<Decimal>>),
    /// A part of a whole.
    Part(Percent),
}

impl Mark {
    fn drawn(&self) -> String {
        match self {
            Mark::None => String::new(),
            Mark::Course(values) => chart::spark(values),
            Mark::Part(share) => chart::bar(*share, BAR),
        }
    }
}

/// Columns of a bar.
const BAR: usize = 12;

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
    pub fn columns<T: AsRef<str>>(mut self, columns: &[(&'static str, T)]) -> Section {
        let column = |(id, title): &(&'static str, T)| {
            let title = title.as_ref();
            let right = title.strip_prefix('#');
            Column { id, title: right.unwrap_or(title).to_owned(), right: right.is_some() }
        };
        self.columns = columns.iter().map(column).collect();
        self
    }

    fn name(&self) -> String {
        match &self.key {
            Some(key) => format!("{} {key}", self.id),
            None => self.id.to_owned(),
        }
    }

    /// Adds a row with its name and what a terminal draws beside it.
    pub fn row(&mut self, key: impl Into<String>, cells: Vec<Figure>, mark: Mark) {
        self.rows.push(cells);
        self.keys.push(key.into());
        self.marks.push(mark);
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
            let row = |(place, row): (usize, &Vec<Figure>)| -> Json {
                let key =
                    section.keys.get(place).map(|key| ("key".to_owned(), key.as_str().into()));
                let cells = section.columns.iter().zip(row);
                let cells = cells.map(|(c, figure)| (c.id.to_owned(), figure.json()));
                Json::Object(key.into_iter().chain(cells).collect())
            };
            let rows: Vec<Json> = section.rows.iter().enumerate().map(row).collect();
            let words =
                json!({ "words": section.words, "rows": rows, "definitions": section.definitions });
            (section.name(), words)
        };
        let mut all = json!({
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
        });
        if let (Some(all), Some(more)) = (all.as_object_mut(), self.more.as_object()) {
            all.extend(more.clone());
        }
        all
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
                    let named = section.keys.get(number).cloned();
                    let number = named.unwrap_or_else(|| (number + 1).to_string());
                    let value = figure.plain();
                    let of = self.of.as_deref().unwrap_or_default();
                    let name = section.name();
                    let cells = [self.report, of, period, &name, &number, column.id, &value];
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
            // Blocks are for eyes: what reads a pipe has the figures.
            let drawn = surface.width.is_some() && section.marks.iter().any(|m| *m != Mark::None);
            let columns = section.columns.iter().map(|c| (c.title.clone(), side(c.right)));
            let beside = drawn.then(|| (String::new(), Align::Left));
            let mut table = Table::new(columns.chain(beside));
            for (place, row) in section.rows.iter().enumerate() {
                let mark = section.marks.get(place).filter(|_| drawn).map(Mark::drawn);
                table.push(row.iter().map(|figure| figure.words(self.locale)).chain(mark));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn page(locale: &Locale) -> Page<'_> {
        let mut section = Section::new("figures", "Figures").columns(&[
            ("figure", "Figure"),
            ("value", "#Value"),
            ("band", "#Band"),
        ]);
        let ends = (Figure::Count(1), Figure::Count(7));
        section.row(
            "incidents",
            vec![Figure::Text("Incidents".into()), Figure::Count(3), Figure::Range(ends.into())],
            Mark::Course(vec![Some(Decimal::ONE), None, Some(Decimal::from(7))]),
        );
        section.row(
            "lost",
            vec![Figure::Text("Lost".into()), Figure::Unknown, Figure::None],
            Mark::Part(Percent(Decimal::from(50))),
        );
        Page {
            report: "weekly",
            of: None,
            locale,
            title: "A week".into(),
            period: None,
            as_of: "2026-11-22T00:00:00-06:00".parse().unwrap(),
            running: false,
            head: vec!["Words.".into()],
            sections: vec![section],
            more: json!({ "typed": 1 }),
        }
    }

    #[test]
    fn a_terminal_draws_and_a_pipe_does_not() {
        let locale = Locale::new("en", chrono_tz::UTC).unwrap();
        let page = page(&locale);
        let blocks = |text: &str| text.contains(['▁', '█', '░']);
        let wide = Surface { width: Some(120), ..Surface::default() };
        assert!(blocks(&page.table(wide)));
        let piped = page.table(Surface::default());
        assert!(!blocks(&piped) && piped.contains("1 – 7"), "{piped}");
        assert!(!blocks(&page.data().to_string()) && !blocks(&page.csv()));
    }

    #[test]
    fn unknown_is_null_and_never_zero() {
        let locale = Locale::new("en", chrono_tz::UTC).unwrap();
        let page = page(&locale);
        let json = page.json();
        let rows = &json["sections"]["figures"]["rows"];
        assert_eq!((&rows[1]["key"], &rows[1]["value"]), (&"lost".into(), &Json::Null));
        assert_eq!(rows[0]["band"], json!({ "least": 1, "most": 7 }));
        assert_eq!(json["typed"], 1);
        assert!(page.csv().contains("weekly,,,figures,lost,value,\r\n"), "{:?}", page.csv());
        assert!(page.csv().contains("figures,incidents,band,1..7"), "{:?}", page.csv());
        assert!(page.table(Surface::default()).contains("not known"));
    }
}
