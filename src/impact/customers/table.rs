use std::io::{BufRead, Read as _};

use super::super::series::SeriesError;
use super::super::series::lines::header;

/// The longest line: one that does not end is no CSV file.
const LONGEST: u64 = 1 << 20;
/// One bad row in so many is borne and said.
const BAD_IN: u64 = 100;
/// Bad rows that are kept as examples.
const EXAMPLES: usize = 5;

/// A CSV file, a line at a time, with what is bad in it.
pub(super) struct Table<R> {
    input: R,
    /// What stands between two columns.
    pub(super) delimiter: u8,
    /// The names of the columns.
    pub(super) names: Vec<String>,
    line: Vec<u8>,
    number: u64,
    /// Rows below the header.
    pub(super) rows: u64,
    bad: u64,
    /// The first bad rows: the line and why.
    pub(super) first_bad: Vec<(u64, String)>,
}

impl<R: BufRead> Table<R> {
    /// Reads the header.
    pub(super) fn open(mut input: R) -> Result<Table<R>, SeriesError> {
        let mut line = Vec::new();
        if !read_line(&mut input, &mut line, 1)? {
            return Err(SeriesError::Empty);
        }
        let (delimiter, names) = header(trimmed(&line));
        let first_bad = Vec::new();
        Ok(Table { input, delimiter, names, line, number: 1, rows: 0, bad: 0, first_bad })
    }

    /// Where a column stands.
    pub(super) fn find(&self, name: &str) -> Result<Option<usize>, SeriesError> {
        let named = self.names.iter().enumerate().filter(|(_, n)| !name.is_empty() && *n == name);
        let mut places = named.map(|(place, _)| place);
        match (places.next(), places.next()) {
            (_, Some(_)) => Err(SeriesError::TwoColumns(name.to_owned())),
            (place, None) => Ok(place),
        }
    }

    /// Where a column stands that must be there.
    pub(super) fn need(&self, name: &str, role: &'static str) -> Result<usize, SeriesError> {
        self.find(name)?.ok_or_else(|| self.missing(name, role))
    }

    pub(super) fn missing(&self, name: &str, role: &'static str) -> SeriesError {
        let there = self.names.iter().take(30).cloned().collect();
        SeriesError::NoColumn { wanted: name.to_owned(), role, there }
    }

    /// Hands each row that is not empty to `take`, which may say why it is bad.
    pub(super) fn each(
        &mut self,
        mut take: impl FnMut(&[u8]) -> Result<(), Row>,
    ) -> Result<(), SeriesError> {
        loop {
            self.number += 1;
            if !read_line(&mut self.input, &mut self.line, self.number)? {
                break;
            }
            let line = trimmed(&self.line);
            if line.is_empty() {
                continue;
            }
            self.rows += 1;
            match take(line) {
                Ok(()) => {}
                Err(Row::Fatal(error)) => return Err(error),
                Err(Row::Bad(why)) => {
                    self.bad += 1;
                    if self.first_bad.len() < EXAMPLES {
                        self.first_bad.push((self.number, why.to_owned()));
                    }
                }
            }
        }
        if self.rows == 0 {
            return Err(SeriesError::NoRows);
        }
        match self.first_bad.first() {
            Some((line, why)) if self.bad * BAD_IN > self.rows => Err(SeriesError::Bad {
                bad: self.bad,
                rows: self.rows,
                line: *line,
                why: why.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// What is to be said about bad rows that were borne.
    pub(super) fn said(&self, what: &str) -> Option<String> {
        let (line, why) = self.first_bad.first()?;
        Some(format!(
            "{}, {} of {} rows: not readable and left out (line {line}: {why})",
            what, self.bad, self.rows
        ))
    }
}

/// So many rows.
pub(super) fn rows(n: u64) -> String {
    if n == 1 { "1 row".to_owned() } else { format!("{n} rows") }
}

/// Why a row is not counted.
pub(super) enum Row {
    Bad(&'static str),
    Fatal(SeriesError),
}

impl From<&'static str> for Row {
    fn from(why: &'static str) -> Row {
        Row::Bad(why)
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn read_line(
    input: &mut impl BufRead,
    line: &mut Vec<u8>,
    number: u64,
) -> Result<bool, SeriesError> {
    line.clear();
    let read = input.by_ref().take(LONGEST + 1).read_until(b'\n', line);
    let read = read.map_err(|e| SeriesError::Io(e.to_string()))?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LONGEST {
        return Err(SeriesError::LongLine(number));
    }
    Ok(read > 0)
}

/// Reads yes or no, in English or Spanish, or a number: more than none is yes.
pub(super) fn yes(text: &[u8]) -> Result<bool, &'static str> {
    let word = String::from_utf8_lossy(text).to_lowercase();
    match word.as_str() {
        "yes" | "true" | "y" | "t" | "si" | "sí" | "affected" => Ok(true),
        "no" | "false" | "n" | "f" => Ok(false),
        "" => Err("empty where yes or no is wanted"),
        _ => super::super::series::count::count(text)
            .map(|n| n > 0)
            .map_err(|_| "neither yes nor no, nor a number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_has_many_words() {
        for (word, is) in [("Yes", true), ("SÍ", true), ("3", true), ("0", false), ("no", false)] {
            assert_eq!(yes(word.as_bytes()), Ok(is), "{word}");
        }
        assert!(yes(b"").is_err() && yes(b"maybe").is_err() && yes(b"-1").is_err());
    }

    #[test]
    fn a_line_that_does_not_end_is_told() {
        let long = vec![b'x'; (1 << 20) + 5];
        assert!(matches!(Table::open(long.as_slice()), Err(SeriesError::LongLine(1))));
        let mut table = Table::open(&b"a,b\r\n\n1,2\n3"[..]).unwrap();
        assert_eq!((table.need("b", "b"), table.find("c")), (Ok(1), Ok(None)));
        let mut rows = Vec::new();
        table
            .each(|line| {
                rows.push(String::from_utf8_lossy(line).into_owned());
                Ok(())
            })
            .unwrap();
        assert_eq!(rows, ["1,2", "3"]);
    }
}
