//! Tables of records as CSV, JSON, JSON lines, Markdown and for the terminal; `inc query`'s answers.

use serde_json::{Map, Value as Json, json};

use super::{Align, Surface, Table, csv};
use crate::reports::sheets::{self, Cell, CellKind, Sheet};
use crate::sql::Answer;

/// A table as CSV with a header; unknown is empty.
///
/// What people typed is neutralised where a spreadsheet would run it; everything else is as it is.
pub fn as_csv(sheet: &Sheet) -> String {
    let mut text = String::new();
    csv::row(&mut text, csv::Reader::Machine, sheet.columns.iter().map(|c| c.name));
    for row in &sheet.rows {
        let cells = row.iter().zip(&sheet.columns).map(|(cell, column)| {
            let reader = if column.kind == CellKind::Prose {
                csv::Reader::Person
            } else {
                csv::Reader::Machine
            };
            (reader, words(cell))
        });
        csv::mixed_row(&mut text, cells);
    }
    text
}

/// Tables as one object: `{"schema":1,"tables":{"incidents":[{…}],…}}`.
pub fn as_json(sheets: &[Sheet]) -> Json {
    let tables: Map<String, Json> = sheets
        .iter()
        .map(|sheet| (sheet.name.to_owned(), sheet.rows.iter().map(|r| object(sheet, r)).collect()))
        .collect();
    json!({ "schema": 1, "tables": tables })
}

/// A table as lines of JSON, each an object that names its table: `{"table":"incidents","id":…}`.
pub fn as_lines(sheet: &Sheet) -> String {
    let mut text = String::new();
    for row in &sheet.rows {
        let mut line = Map::new();
        line.insert("table".to_owned(), sheet.name.into());
        if let Json::Object(cells) = object(sheet, row) {
            line.extend(cells);
        }
        text.push_str(&Json::Object(line).to_string());
        text.push('\n');
    }
    text
}

/// An answer as a table for people.
pub fn table(answer: &Answer, surface: Surface) -> String {
    grid(answer).render(surface)
}

/// An answer as a table in Markdown.
pub fn markdown(answer: &Answer) -> String {
    grid(answer).markdown()
}

/// An answer as CSV, for people: text that a spreadsheet would run is neutralised.
pub fn answer_csv(answer: &Answer) -> String {
    let mut text = String::new();
    csv::row(&mut text, csv::Reader::Person, answer.columns.iter().map(String::as_str));
    for row in &answer.rows {
        let cells: Vec<String> = row.iter().map(words).collect();
        csv::row(&mut text, csv::Reader::Person, cells.iter().map(String::as_str));
    }
    text
}

/// An answer, schema 1: `{"schema":1,"columns":[…],"rows":[[…]],"more":false}`.
pub fn answer_json(answer: &Answer) -> Json {
    let rows: Vec<Vec<Json>> =
        answer.rows.iter().map(|row| row.iter().map(value).collect()).collect();
    json!({ "schema": 1, "columns": answer.columns, "rows": rows, "more": answer.more })
}

/// An answer as lines of JSON, an object each; of columns with one name the last stands.
pub fn answer_lines(answer: &Answer) -> String {
    let mut text = String::new();
    for row in &answer.rows {
        let cells = answer.columns.iter().cloned().zip(row.iter().map(value));
        text.push_str(&Json::Object(cells.collect()).to_string());
        text.push('\n');
    }
    text
}

/// What tables and columns there are.
pub fn catalogue(surface: Surface) -> String {
    let titles = ["TABLE", "COLUMN", "TYPE", "MEANING"].map(|title| (title, Align::Left));
    let mut table = Table::new(titles);
    for sheet in sheets::Table::ALL {
        for column in sheet.columns() {
            table.push([sheet.name(), column.name, column.kind.as_str(), column.meaning]);
        }
    }
    table.render(surface)
}

fn grid(answer: &Answer) -> Table {
    let figures = |place: usize| {
        let mut known = answer.rows.iter().filter_map(|row| row.get(place));
        known.all(|cell| !matches!(cell, Cell::Text(_)))
    };
    let titles = answer.columns.iter().enumerate();
    let columns = titles.map(|(place, title)| {
        (title.clone(), if figures(place) { Align::Right } else { Align::Left })
    });
    let mut table = Table::new(columns);
    for row in &answer.rows {
        table.push(row.iter().map(words));
    }
    table
}

fn object(sheet: &Sheet, row: &[Cell]) -> Json {
    let cells = sheet.columns.iter().zip(row);
    Json::Object(cells.map(|(column, cell)| (column.name.to_owned(), value(cell))).collect())
}

fn value(cell: &Cell) -> Json {
    match cell {
        Cell::Unknown => Json::Null,
        Cell::Text(text) => text.clone().into(),
        Cell::Integer(number) => (*number).into(),
        Cell::Number(number) => number.to_string().into(),
        Cell::Flag(yes) => (*yes).into(),
        // Infinity is no number of JSON.
        Cell::Computed(number) => serde_json::from_str(number).unwrap_or(Json::Null),
    }
}

fn words(cell: &Cell) -> String {
    match cell {
        Cell::Unknown => String::new(),
        Cell::Text(text) | Cell::Computed(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(yes) => u8::from(*yes).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_right_and_infinity_is_null() {
        let answer = Answer {
            columns: vec!["service".into(), "n".into()],
            rows: vec![
                vec![Cell::Text("=cards".into()), Cell::Computed("1.5".into())],
                vec![Cell::Unknown, Cell::Computed("inf".into())],
            ],
            more: true,
        };
        assert_eq!(
            table(&answer, Surface::default()),
            "service    n\n=cards   1.5\n         inf\n"
        );
        assert_eq!(
            answer_json(&answer).to_string(),
            r#"{"schema":1,"columns":["service","n"],"rows":[["=cards",1.5],[null,null]],"more":true}"#
        );
        assert_eq!(answer_csv(&answer), "service,n\r\n\"'=cards\",1.5\r\n,inf\r\n");
        assert_eq!(answer_lines(&answer).lines().next(), Some(r#"{"service":"=cards","n":1.5}"#));
    }
}
