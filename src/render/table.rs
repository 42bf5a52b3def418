//! Tables for people: in a terminal, in a pipe, in Markdown.
//!
//! One table, three forms. A cell's colour is a style that the caller chose; it is written only
//! where the caller says so, and the words are the same without it.
//!
//! All cells lie in one text: a list may have a hundred thousand lines.

use std::borrow::Cow;
use std::io;

use anstyle::{AnsiColor, Color, Effects, Style};
use comfy_table::{Attribute, CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};

use unicode_width::UnicodeWidthStr as _;

use super::{Escape, terminal_safe};

/// Blanks between two columns.
const GAP: usize = 2;

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
pub struct Cell<'a> {
    text: Cow<'a, str>,
    style: Style,
}

impl<'a> Cell<'a> {
    /// A value in a style.
    pub fn styled(text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        Cell { text: text.into(), style }
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cell::styled(text, Style::new())
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cell::styled(text, Style::new())
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
    /// The cells of all rows, one after the other.
    text: String,
    cells: Vec<Slot>,
    /// Each style that a cell has, once.
    styles: Vec<Style>,
}

/// Where a cell ends in the text of all, and the place of its style.
#[derive(Debug, Clone, Copy)]
struct Slot {
    end: u32,
    style: u8,
}

impl Table {
    /// A table without rows, from its columns' titles.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = (T, Align)>) -> Self {
        let columns = columns.into_iter().map(|(title, align)| (title.into(), align)).collect();
        Table { columns, ..Table::default() }
    }

    /// Adds a row; cells beyond the columns are dropped, missing ones are empty.
    pub fn push<'c, C: Into<Cell<'c>>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let rows = self.rows_with(1);
        for cell in cells.into_iter().take(self.columns.len()) {
            let Cell { text, style } = cell.into();
            self.text.push_str(&text);
            let slot = self.slot(style);
            self.cells.push(slot);
        }
        let empty = self.slot(Style::new());
        self.cells.resize(rows * self.columns.len(), empty);
    }

    /// A cell that ends where the text ends now.
    fn slot(&mut self, style: Style) -> Slot {
        let known = self.styles.iter().position(|known| *known == style);
        let place = known.unwrap_or_else(|| {
            self.styles.push(style);
            self.styles.len() - 1
        });
        // Four gigabytes of text, or 256 styles, are no table that anybody prints.
        Slot {
            end: u32::try_from(self.text.len()).unwrap_or(u32::MAX),
            style: u8::try_from(place).unwrap_or(u8::MAX),
        }
    }

    /// How many rows there are with so many more.
    fn rows_with(&self, more: usize) -> usize {
        self.cells.len() / self.columns.len().max(1) + more
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cells of each row.
    fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = (&str, Style)>> {
        let count = self.columns.len().max(1);
        let mut from = 0;
        self.cells.chunks(count).map(move |row| {
            let mut start = from;
            from = row.last().map_or(from, |slot| slot.end as usize);
            row.iter().map(move |slot| {
                let text = self.text.get(start..slot.end as usize).unwrap_or_default();
                start = slot.end as usize;
                (text, self.styles.get(usize::from(slot.style)).copied().unwrap_or_default())
            })
        })
    }

    /// Lines without borders, two spaces between columns, each line ended by `\n`.
    ///
    /// Values are made safe for the terminal in any case: a pipe may end in one.
    pub fn render(&self, surface: Surface) -> String {
        if surface != Surface::default() {
            return self.arranged(surface);
        }
        let mut text = Vec::new();
        // Writing into memory does not fail.
        let _ = self.plain(&mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    /// Writes what [`Table::render`] gives, line by line where it can: a long one is not held whole.
    ///
    /// # Errors
    ///
    /// The stream's own.
    pub fn write(&self, mut stream: impl io::Write, surface: Surface) -> io::Result<()> {
        if surface == Surface::default() {
            return self.plain(stream);
        }
        stream.write_all(self.arranged(surface).as_bytes())
    }

    /// Lines as long as they are: what [`Table::arranged`] makes of a table without width and
    /// colour, which takes several times as long over it.
    fn plain(&self, mut stream: impl io::Write) -> io::Result<()> {
        // A column is one wide at least.
        let mut widths: Vec<usize> =
            self.columns.iter().map(|(title, _)| safe(title).width().max(1)).collect();
        for row in self.rows() {
            for (width, (text, _)) in widths.iter_mut().zip(row) {
                *width = (*width).max(columns_of(&safe(text)));
            }
        }
        let mut line = String::new();
        let titles = self.columns.iter().map(|(title, _)| title.as_str());
        self.line(&mut line, &widths, titles);
        stream.write_all(line.as_bytes())?;
        for row in self.rows() {
            line.clear();
            self.line(&mut line, &widths, row.map(|(text, _)| text));
            stream.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn line<'c>(&self, out: &mut String, widths: &[usize], cells: impl Iterator<Item = &'c str>) {
        for ((text, (_, align)), width) in cells.zip(&self.columns).zip(widths) {
            let text = safe(text);
            let gap = width - columns_of(&text).min(*width);
            let (before, after) = if *align == Align::Right { (gap, 0) } else { (0, gap) };
            out.extend(std::iter::repeat_n(' ', before));
            out.push_str(&text);
            out.extend(std::iter::repeat_n(' ', after + 2));
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }

    /// Lines that fit into a width, or have colours.
    fn arranged(&self, surface: Surface) -> String {
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
        for row in self.rows() {
            let cells = row.zip(&self.columns);
            table.add_row(cells.map(|((text, style), (_, align))| shown(text, style, *align)));
        }
        let last = self.columns.len().saturating_sub(1);
        let room = surface.width.map(|width| self.constraints(usize::from(width.max(20))));
        let mut room = room.unwrap_or_default().into_iter();
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { 2 }));
            if let Some(constraint) = room.next().flatten() {
                column.set_constraint(constraint);
            }
        }
        let mut out = String::new();
        for line in table.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// What keeps words whole in a width: each column as wide as its longest word at least, and
    /// what says nothing that the others do not (bars, empty columns) left out where it takes
    /// their room.
    fn constraints(&self, width: usize) -> Vec<Option<ColumnConstraint>> {
        let longest =
            |text: &str| safe(text).split_whitespace().map(columns_of).max().unwrap_or_default();
        let mut least: Vec<usize> = self.columns.iter().map(|(title, _)| longest(title)).collect();
        let mut drawn = vec![true; self.columns.len()];
        for row in self.rows() {
            let columns = least.iter_mut().zip(&mut drawn).zip(&self.columns);
            for (((least, drawn), (title, _)), (text, _)) in columns.zip(row) {
                *least = (*least).max(longest(text));
                *drawn &=
                    if title.is_empty() { text.chars().all(is_drawn) } else { text.is_empty() };
            }
        }
        let needs = |hides: bool| -> usize {
            let kept = least.iter().zip(&drawn).filter(|(_, drawn)| !(hides && **drawn));
            kept.map(|(least, _)| least + GAP).sum::<usize>().saturating_sub(GAP)
        };
        let hides = needs(false) > width;
        let whole = needs(hides) <= width;
        let constraint = |(index, (least, drawn)): (usize, (&usize, &bool))| {
            if hides && *drawn {
                return Some(ColumnConstraint::Hidden);
            }
            // Where not all words fit, at least the name of the row stays whole.
            let kept = whole || (index == 0 && least + GAP <= width / 3);
            let least = u16::try_from(least + GAP).ok().filter(|_| kept)?;
            Some(ColumnConstraint::LowerBoundary(Width::Fixed(least)))
        };
        least.iter().zip(&drawn).enumerate().map(constraint).collect()
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
        for row in self.rows() {
            out.push_str(&line(row.map(|(text, _)| cell(text)).collect()));
        }
        out
    }
}

/// A text as a terminal may be given it.
fn safe(text: &str) -> Cow<'_, str> {
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if plain { Cow::Borrowed(text) } else { Cow::Owned(terminal_safe(text)) }
}

/// Whether a character is of a bar or a sparkline.
fn is_drawn(c: char) -> bool {
    c == ' ' || ('\u{2581}'..='\u{2593}').contains(&c)
}

/// How many columns of a terminal a text takes.
fn columns_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn plain_lines_are_those_of_the_arranged_table(
            rows in prop::collection::vec(prop::collection::vec(".{0,12}", 0..4), 0..6),
            titles in prop::collection::vec("[A-Zñé ]{0,8}", 1..4),
        ) {
            let aligns = [Align::Left, Align::Right, Align::Left];
            let mut table = Table::new(titles.into_iter().zip(aligns));
            for row in &rows {
                table.push(row.iter().map(String::as_str));
            }
            prop_assert_eq!(table.render(Surface::default()), table.arranged(Surface::default()));
        }
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
    fn words_stay_whole_where_they_fit_and_bars_make_room_for_them() {
        let mut table = Table::new([
            ("SERVICE", Align::Left),
            ("USED", Align::Right),
            ("", Align::Left),
            ("NOTE", Align::Left),
            ("NONE", Align::Left),
        ]);
        table.push(["credit-origination", "160.7%", "███████░░░", "kept by a hair so far", ""]);
        let of = |width| table.render(Surface { width: Some(width), colour: false });
        assert_eq!(
            of(70),
            "SERVICE               USED              NOTE                   NONE\n\
             credit-origination  160.7%  ███████░░░  kept by a hair so far\n"
        );
        assert_eq!(
            of(40),
            "SERVICE               USED  NOTE\n\
             credit-origination  160.7%  kept by a\n                            hair so\n                            far\n"
        );
        assert!(of(24).lines().all(|line| line.chars().count() <= 24));
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
