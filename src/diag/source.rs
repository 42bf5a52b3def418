use std::fmt;

/// A half-open range of bytes in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct TextRange {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl TextRange {
    /// A range from `start` up to `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        TextRange { start, end }
    }
}

impl From<std::ops::Range<usize>> for TextRange {
    fn from(range: std::ops::Range<usize>) -> Self {
        TextRange::new(range.start, range.end)
    }
}

/// A text with the name that people know it by.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Path as shown.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// Lines longer than this are cut where they are shown; a 100 MB line helps nobody.
const SHOWN: usize = 160;

impl<'a> Source<'a> {
    /// A named text.
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Source { name, text }
    }

    /// Where a range of bytes lies, with its line.
    pub fn place(&self, range: TextRange) -> Place {
        let start = floor_boundary(self.text, range.start);
        let line = line_ends(&self.text.as_bytes()[..start]) + 1;
        let line_start = self.text[..start].rfind('\n').map_or(0, |i| i + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |i| start + i);
        let end = floor_boundary(self.text, range.end).clamp(start, line_end);
        let column = self.text[line_start..start].chars().count() + 1;
        let shown: String = self.text[line_start..line_end]
            .trim_end_matches('\r')
            .chars()
            .take(SHOWN)
            .map(|c| if c == '\t' { ' ' } else { c })
            .collect();
        let shown = harmless(&shown);
        let width = self.text[start..end].trim_end_matches('\r').chars().count();
        Place {
            file: self.name.to_owned(),
            line,
            column,
            width: width.min(SHOWN.saturating_sub(column).max(1)),
            text: (column <= SHOWN).then_some(shown),
        }
    }
}

/// Counts line ends, in runs that one byte can count rather than in words: every
/// finding of a long record counts again.
fn line_ends(text: &[u8]) -> usize {
    let run = |run: &[u8]| run.iter().map(|b| u8::from(*b == b'\n')).sum::<u8>();
    text.chunks(usize::from(u8::MAX)).map(|part| usize::from(run(part))).sum()
}

/// Whether a character moves the cursor, or turns the direction of the text around it.
pub fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text with every odd character escaped, as it may be printed on a terminal.
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_odd(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A place in a file, with the line to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path as shown.
    pub file: String,
    /// Line, from 1; 0 when the place is the whole file.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Characters to underline.
    pub width: usize,
    /// The line, control characters escaped.
    pub text: Option<String>,
}

impl Place {
    /// A whole file.
    pub fn file(name: impl Into<String>) -> Self {
        Place { file: name.into(), line: 0, column: 0, width: 0, text: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            _ => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_more_lines_than_a_byte_holds() {
        for lines in [0, 1, 254, 255, 256, 511, 70_000] {
            let text = "\n".repeat(lines);
            let place = Source::new("x", &text).place(TextRange::new(lines, lines));
            assert_eq!((place.line, place.column), (lines + 1, 1));
        }
    }

    #[test]
    fn survives_ranges_beyond_the_text_and_inside_letters() {
        let source = Source::new("x", "añb\r\nc");
        assert_eq!(source.place(TextRange::new(2, 3)).column, 2);
        assert_eq!(source.place(TextRange::new(99, 120)).line, 2);
        assert_eq!(source.place(TextRange::new(0, 6)).text.unwrap(), "añb");
    }
}
