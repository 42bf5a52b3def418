//! Tables for people: in a terminal, in a pipe, in Markdown.
//!
//! One table, three forms. A cell's colour is a style that the caller chose; it is written only
//! where the caller says so, and the words are the same without it.

use anstyle::{AnsiColor, Color, Effects, Style};
use comfy_table::{Attribute, CellAlignment, ContentArrangement, presets};

use super::{Escape, terminal_safe};

/// On which side the words of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Words.
    #[default]
    Left,
    /// Figures.
    Right,
}

/// One value of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A value in a style.
    pub fn styled(text: impl Into<String>, style: Style) -> Self {
        Cell { text: text.into(), style }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell { text, style: Style::new() }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::from(text.to_owned())
    }
}

/// How much room there is, and whether colours are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surface {
    /// Columns of the terminal; none in a pipe, where lines are as long as they are.
    pub width: Option<u16>,
    /// Whether styles are written as escape sequences.
    pub colour: bool,
}

/// Rows under titled columns.
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows, from its columns' titles.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = (T, Align)>) -> Self {
        let columns = columns.into_iter().map(|(title, align)| (title.into(), align)).collect();
        Table { columns, rows: Vec::new() }
    }

    /// Adds a row; cells beyond the columns are dropped, missing ones are empty.
    pub fn push<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let mut row: Vec<Cell> = cells.into_iter().map(Into::into).collect();
        row.resize(self.columns.len(), Cell::default());
        self.rows.push(row);
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lines without borders, two spaces between columns, each line ended by `\n`.
    ///
    /// Values are made safe for the terminal in any case: a pipe may end in one.
    pub fn render(&self, surface: Surface) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).force_no_tty();
        if surface.colour {
            table.enforce_styling();
        }
        table.set_content_arrangement(match surface.width {
            Some(_) => ContentArrangement::Dynamic,
            None => ContentArrangement::Disabled,
        });
        if let Some(width) = surface.width {
            table.set_width(width.max(20));
        }
        let bold = Style::new().bold();
        table.set_header(self.columns.iter().map(|(title, align)| shown(title, bold, *align)));
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns);
            table.add_row(cells.map(|(cell, (_, align))| shown(&cell.text, cell.style, *align)));
        }
        let last = self.columns.len().saturating_sub(1);
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { 2 }));
        }
        let mut out = String::new();
        for line in table.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// The same rows as a Markdown table.
    pub fn markdown(&self) -> String {
        let cell = |text: &str| {
            Escape::Markdown.apply(&text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut out = line(self.columns.iter().map(|(title, _)| cell(title)).collect());
        let rules = self.columns.iter().map(|(_, align)| match align {
            Align::Left => "---".to_owned(),
            Align::Right => "---:".to_owned(),
        });
        out.push_str(&line(rules.collect()));
        for row in &self.rows {
            out.push_str(&line(row.iter().map(|c| cell(&c.text)).collect()));
        }
        out
    }
}

fn shown(text: &str, style: Style, align: Align) -> comfy_table::Cell {
    let mut cell = comfy_table::Cell::new(terminal_safe(text)).set_alignment(match align {
        Align::Left => CellAlignment::Left,
        Align::Right => CellAlignment::Right,
    });
    if let Some(Color::Ansi(color)) = style.get_fg_color() {
        cell = cell.fg(ansi(color));
    }
    for (effect, attribute) in [
        (Effects::BOLD, Attribute::Bold),
        (Effects::DIMMED, Attribute::Dim),
        (Effects::ITALIC, Attribute::Italic),
        (Effects::UNDERLINE, Attribute::Underlined),
    ] {
        if style.get_effects().contains(effect) {
            cell = cell.add_attribute(attribute);
        }
    }
    cell
}

/// The same sixteen colours under the names of the table's library.
fn ansi(color: AnsiColor) -> comfy_table::Color {
    use comfy_table::Color as Shown;
    match color {
        AnsiColor::Black => Shown::Black,
        AnsiColor::Red => Shown::DarkRed,
        AnsiColor::Green => Shown::DarkGreen,
        AnsiColor::Yellow => Shown::DarkYellow,
        AnsiColor::Blue => Shown::DarkBlue,
        AnsiColor::Magenta => Shown::DarkMagenta,
        AnsiColor::Cyan => Shown::DarkCyan,
        AnsiColor::White => Shown::Grey,
        AnsiColor::BrightBlack => Shown::DarkGrey,
        AnsiColor::BrightRed => Shown::Red,
        AnsiColor::BrightGreen => Shown::Green,
        AnsiColor::BrightYellow => Shown::Yellow,
        AnsiColor::BrightBlue => Shown::Blue,
        AnsiColor::BrightMagenta => Shown::Magenta,
        AnsiColor::BrightCyan => Shown::Cyan,
        AnsiColor::BrightWhite => Shown::White,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table =
            Table::new([("Id", Align::Left), ("Title", Align::Left), ("Customers", Align::Right)]);
        let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
        table.push([
            Cell::styled("INC-20261121-7QKM", red),
            "Cards | declined".into(),
            "12,840".into(),
        ]);
        table.push(["INC-20261121-K4NW", "Pagos\u{1b}[2J lentos 🚨", "7"]);
        table
    }

    #[test]
    fn in_a_pipe_lines_are_plain_and_whole() {
        assert_eq!(
            table().render(Surface::default()),
            "Id                 Title                     Customers\n\
             INC-20261121-7QKM  Cards | declined             12,840\n\
             INC-20261121-K4NW  Pagos\\u{1b}[2J lentos 🚨          7\n"
        );
    }

    #[test]
    fn colours_are_written_only_when_asked_for() {
        let plain = table().render(Surface { width: Some(120), colour: false });
        assert!(!plain.contains('\u{1b}'));
        let coloured = table().render(Surface { width: Some(120), colour: true });
        assert!(coloured.contains("\u{1b}["), "{coloured}");
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string().lines().count(), 3);
    }

    #[test]
    fn a_narrow_terminal_wraps_and_loses_nothing() {
        let out = table().render(Surface { width: Some(40), colour: false });
        assert!(out.lines().all(|l| l.chars().count() <= 40), "{out}");
        assert!(out.contains("12,840"));
    }

    #[test]
    fn markdown_cells_stay_in_their_row() {
        let mut table = Table::new([("A|B", Align::Left), ("N", Align::Right)]);
        table.push(["one\n| two", "1"]);
        table.push(["short"]);
        assert_eq!(
            table.markdown(),
            "| A\\|B | N |\n| --- | ---: |\n| one \\| two | 1 |\n| short |  |\n"
        );
    }
}
