//! Rows of evidence as a policy sees them: its columns found by name, their cells typed.
//!
//! The file is long because every reading of a row, quick, quoted and bad, gives the same answer,
//! and they are to be seen beside each other.

use std::io::{self, Read};

use memchr::memchr;

use super::blocks::{Block, Blocks, Ending, LONGEST_RECORD, record_end};
use super::cells::Reading;
use super::fields::{Broken, Unquoted, marks, split_record, without_end};
use super::identity::{self, BadId};
use super::problem::{Problem, ProblemKind, shown};
use crate::compensation::{CUSTOMER, Cell, Columns, Compiled, Row, Working};
use crate::diag::{Diagnostic, Diagnostics, harmless};
use crate::units::Currency;

/// The column whose texts the summary tells apart.
pub const SEGMENT: &str = "segment";
/// The column that says which member of the company the customer is.
pub const EMPLOYEE: &str = "employee";
/// A column of currency codes beside the amounts.
const CURRENCY: &str = "currency";

/// The longest cell in bytes.
const LONGEST_CELL: usize = 64 * 1024;

/// Names that a message lists.
const LISTED: usize = 12;

/// The header of a file of evidence, understood.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The names in the file's order.
    names: Vec<String>,
    /// For each of the policy's columns where it stands in the file, if it does, and how it is read.
    columns: Vec<(Option<usize>, Reading)>,
    segment: Option<usize>,
    employee: Option<usize>,
    /// Where currency codes stand, and the only one that may.
    currency: Option<(usize, Currency)>,
    /// Columns of the file that the policy does not read.
    pub unused: Vec<String>,
}

/// One row: typed, or what is wrong with it.
#[derive(Debug)]
pub struct Record<'r> {
    /// The line it begins on.
    pub line: u64,
    /// Its bytes, without the line end.
    pub bytes: &'r [u8],
    /// The customer's id as it stands there, also where the row is bad; empty where the row is cut
    /// into other fields than the header.
    pub id: &'r str,
    /// What was read from it.
    pub read: Result<Customer<'r>, Problem>,
}

/// A row that can be judged.
#[derive(Debug, Clone, Copy)]
pub struct Customer<'r> {
    /// The customer's id.
    pub id: &'r str,
    /// The segment; empty where there is none.
    pub segment: &'r str,
    /// The employee's id; empty where the customer is none.
    pub employee: &'r str,
    /// The policy's columns.
    pub row: Row<'r>,
}

/// What reading needs again and again.
#[derive(Debug, Default)]
pub struct Scratch {
    marks: Vec<u32>,
    fields: Vec<(u32, u32)>,
    unquoted: Unquoted,
}

impl Sheet {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// What is wrong with it; or what the source says.
    pub fn open<R: Read>(
        blocks: &mut Blocks<R>,
        file: &str,
        columns: &Columns,
        currency: Option<Currency>,
    ) -> io::Result<Result<Sheet, Diagnostics>> {
        let first = blocks.first()?;
        Ok(Sheet::of(&first, file, columns, currency))
    }

    fn of(
        first: &Block,
        file: &str,
        columns: &Columns,
        currency: Option<Currency>,
    ) -> Result<Sheet, Diagnostics> {
        let bad = |what: String, help: &str| -> Diagnostics {
            Diagnostic::error("bad-evidence", format!("{file}: {what}")).help(help).into()
        };
        let bytes = first.bytes.as_slice();
        if bytes.is_empty() {
            return Err(bad("the file is empty".into(), "its first line names the columns"));
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(bad("line 1: this is UTF-16".into(), "save it as CSV in UTF-8"));
        }
        // A byte order mark says UTF-8, which it is.
        let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(bad("line 1: the header is not UTF-8".into(), "save it as CSV in UTF-8"));
        };
        if first.ending != Ending::Whole {
            return Err(match memchr(b'\r', bytes) {
                Some(_) => bad(
                    "the lines end with a bare carriage return".into(),
                    "save it with the line ends of Unix or of Windows",
                ),
                None => bad(
                    "line 1: the file ends inside the header, or a quote in it is never closed"
                        .into(),
                    "the first line names the columns, and each customer has a line",
                ),
            });
        }
        let mut unquoted = Unquoted::default();
        if unquoted.cut(without_end(text)).is_err() {
            return Err(bad(
                "line 1: the quotes in the header do not pair".into(),
                "write the columns' names without quotes",
            ));
        }
        let field = |(a, b): &(u32, u32)| slice(&unquoted.text, *a, *b).to_owned();
        let names: Vec<String> = unquoted.fields.iter().map(field).collect();
        Sheet::with_names(names, file, columns, currency)
    }

    fn with_names(
        names: Vec<String>,
        file: &str,
        columns: &Columns,
        currency: Option<Currency>,
    ) -> Result<Sheet, Diagnostics> {
        let mut found = Diagnostics::default();
        let place = |name: &str| names.iter().position(|n| n == name);
        for (i, name) in names.iter().enumerate() {
            if place(name).is_some_and(|first| first < i) {
                let what = format!("line 1: two columns are named {}", shown(name));
                found.push(
                    Diagnostic::error("bad-evidence", format!("{file}: {what}"))
                        .help("leave one out: which of them is meant cannot be known"),
                );
            }
        }
        let mut placed = Vec::new();
        for column in columns {
            let at = place(&column.header);
            if at.is_none() && (column.required || column.name == CUSTOMER) {
                found.push(missing(file, &column.header, &names));
            }
            placed.push((at, Reading::new(column)));
        }
        if !found.is_empty() {
            return Err(found);
        }
        let declared = |at: &usize| placed.iter().any(|(place, _)| *place == Some(*at));
        let codes = place(CURRENCY).filter(|at| !declared(at)).zip(currency);
        let employee = place(header_of(columns, EMPLOYEE));
        let segment = columns.find(SEGMENT).and_then(|_| place(header_of(columns, SEGMENT)));
        let read = |at: &usize| {
            declared(at) || employee == Some(*at) || codes.is_some_and(|(place, _)| place == *at)
        };
        let left = names.iter().enumerate().filter(|(at, _)| !read(at));
        let unused = left.map(|(_, name)| name.clone()).collect();
        Ok(Sheet { columns: placed, segment, employee, currency: codes, unused, names })
    }

    /// Whether rows say which segment a customer is in.
    pub fn has_segment(&self) -> bool {
        self.segment.is_some()
    }

    /// Whether rows say which customers work for the company.
    pub fn has_employee(&self) -> bool {
        self.employee.is_some()
    }

    /// The working of one row, which was read before; none where it cannot be read.
    pub fn working(&self, compiled: &Compiled, record: &[u8]) -> Option<Working> {
        let mut bytes = record.to_vec();
        bytes.push(b'\n');
        let block = Block { bytes, line: 1, ending: Ending::Whole };
        let mut working = None;
        self.rows(&block, &mut Scratch::default(), &mut |record| {
            working = record.read.ok().map(|customer| compiled.explain(customer.row));
        });
        working
    }

    /// Reads the rows of a block, each in turn.
    pub fn rows(&self, block: &Block, scratch: &mut Scratch, each: &mut impl FnMut(Record<'_>)) {
        if block.ending != Ending::Whole {
            let problem = self.unended(block);
            let bytes = block.bytes.strip_suffix(b"\n").unwrap_or(&block.bytes);
            each(Record { line: block.line, bytes, id: "", read: Err(problem) });
            return;
        }
        let mut bytes = block.bytes.as_slice();
        let mut line = block.line;
        while !bytes.is_empty() {
            let wrong = match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.text_rows(text, line, scratch, each);
                    return;
                }
                Err(e) => e.valid_up_to(),
            };
            // The records before the wrong byte are good; the one that holds it is not.
            let mut begin = 0;
            while let Some(end) = record_end(bytes, begin).filter(|end| *end <= wrong) {
                begin = end;
            }
            let (good, rest) = bytes.split_at_checked(begin).unwrap_or((bytes, &[]));
            if let Ok(text) = std::str::from_utf8(good) {
                line = self.text_rows(text, line, scratch, each);
            }
            let end = record_end(rest, 0).unwrap_or(rest.len());
            let (record, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            let column = memchr::memchr_iter(b',', rest.get(..wrong - begin).unwrap_or_default());
            let problem = Problem {
                line,
                column: self.names.get(column.count()).cloned(),
                kind: ProblemKind::Encoding,
                what: "bytes that are not UTF-8, perhaps Latin-1; save the file as UTF-8".into(),
            };
            each(Record { line, bytes: record, id: "", read: Err(problem) });
            line += memchr::memchr_iter(b'\n', record).count() as u64;
            bytes = after;
        }
    }

    /// Reads rows of good text; gives the line after the last.
    fn text_rows(
        &self,
        text: &str,
        line: u64,
        scratch: &mut Scratch,
        each: &mut impl FnMut(Record<'_>),
    ) -> u64 {
        if memchr(b'"', text.as_bytes()).is_some() {
            return self.quoted_rows(text, line, scratch, each);
        }
        let mut cells = Vec::with_capacity(self.columns.len());
        let Scratch { marks: found, fields, .. } = scratch;
        let bytes = text.as_bytes();
        marks(bytes, found);
        let (mut line, mut from, mut begin) = (line, 0, 0);
        fields.clear();
        for mark in found.iter() {
            fields.push((from, *mark));
            from = mark + 1;
            if bytes.get(*mark as usize) != Some(&b'\n') {
                continue;
            }
            if let Some((start, end)) = fields.last_mut()
                && *end > *start
                && bytes.get(*end as usize - 1) == Some(&b'\r')
            {
                *end -= 1;
            }
            let read = self.customer(text, fields, line, &mut cells);
            let end = fields.last().map_or(from, |(_, end)| *end);
            let record = bytes.get(begin..end as usize).unwrap_or_default();
            each(Record { line, bytes: record, id: self.id(text, fields), read });
            fields.clear();
            begin = from as usize;
            line += 1;
        }
        line
    }

    /// The same where some records have quotes.
    fn quoted_rows(
        &self,
        text: &str,
        line: u64,
        scratch: &mut Scratch,
        each: &mut impl FnMut(Record<'_>),
    ) -> u64 {
        let mut spare = Vec::with_capacity(self.columns.len());
        let (mut rest, mut line) = (text, line);
        while !rest.is_empty() {
            let (record, after) = split_record(rest);
            let lines = memchr::memchr_iter(b'\n', record.as_bytes()).count() as u64;
            let mut cells = reused(spare);
            let mut id = "";
            let read = match scratch.unquoted.cut(record) {
                Ok(()) => {
                    let Unquoted { text, fields } = &scratch.unquoted;
                    id = self.id(text, fields);
                    self.customer(text, fields, line, &mut cells)
                }
                Err(broken) => Err(self.broken(broken, line)),
            };
            each(Record { line, bytes: record.as_bytes(), id, read });
            spare = reused(cells);
            line += lines + 1;
            rest = after;
        }
        line
    }

    /// The cell of the customer's id.
    fn id<'t>(&self, text: &'t str, fields: &[(u32, u32)]) -> &'t str {
        let place = self.columns.first().and_then(|(place, _)| *place);
        let field =
            place.and_then(|at| fields.get(at)).filter(|_| fields.len() == self.names.len());
        field.map_or("", |(a, b)| slice(text, *a, *b))
    }

    /// One record's fields to a customer.
    #[inline]
    fn customer<'r, 't: 'r>(
        &self,
        text: &'t str,
        fields: &[(u32, u32)],
        line: u64,
        cells: &'r mut Vec<Cell<'t>>,
    ) -> Result<Customer<'r>, Problem> {
        cells.clear();
        if fields.len() != self.names.len() {
            return Err(self.uneven(text, fields, line));
        }
        let field = |at: Option<usize>| -> &'t str {
            at.and_then(|at| fields.get(at)).map_or("", |(a, b)| slice(text, *a, *b))
        };
        for (i, (place, reading)) in self.columns.iter().enumerate() {
            let Some(at) = place else {
                cells.push(Cell::Missing);
                continue;
            };
            let cell = field(Some(*at));
            if i == 0 {
                identity::check(cell).map_err(|bad| self.bad_id(bad, *at, line))?;
                cells.push(Cell::Text(cell));
                continue;
            }
            if cell.len() > LONGEST_CELL {
                return Err(self.long_cell(cell, *at, line));
            }
            let read = reading.read(cell);
            cells.push(read.map_err(|(kind, what)| self.problem(line, *at, kind, what))?);
        }
        let segment = field(self.segment);
        let employee = field(self.employee);
        for (at, cell) in [(self.segment, segment), (self.employee, employee)] {
            if let Some(at) = at.filter(|_| !cell.is_empty()) {
                self.plain_word(cell, at, line)?;
            }
        }
        if let Some((at, currency)) = self.currency {
            let code = field(Some(at));
            if code != currency.as_str() {
                let what =
                    format!("{}: expected {currency}; nothing is converted silently", shown(code));
                return Err(self.problem(line, at, ProblemKind::Currency, what));
            }
        }
        let id = cells.first().and_then(|cell| cell.text()).unwrap_or_default();
        Ok(Customer { id, segment, employee, row: Row { cells } })
    }

    /// A segment or an employee is written again beside the award, so it keeps the rules of ids.
    fn plain_word(&self, cell: &str, at: usize, line: u64) -> Result<(), Problem> {
        identity::check(cell).map_err(|bad| {
            self.problem(line, at, ProblemKind::Cell, format!("the cell {}", bad.words()))
        })
    }

    #[cold]
    fn problem(&self, line: u64, at: usize, kind: ProblemKind, what: String) -> Problem {
        Problem { line, column: self.names.get(at).cloned(), kind, what }
    }

    #[cold]
    fn bad_id(&self, bad: BadId, at: usize, line: u64) -> Problem {
        let kind = match bad {
            BadId::Empty => ProblemKind::Empty,
            BadId::Card => ProblemKind::Card,
            _ => ProblemKind::Id,
        };
        self.problem(line, at, kind, format!("the customer's id {}", bad.words()))
    }

    #[cold]
    fn long_cell(&self, cell: &str, at: usize, line: u64) -> Problem {
        let what =
            format!("the cell has {} bytes; the longest allowed is {LONGEST_CELL}", cell.len());
        self.problem(line, at, ProblemKind::TooLong, what)
    }

    #[cold]
    fn uneven(&self, text: &str, fields: &[(u32, u32)], line: u64) -> Problem {
        let (has, wanted) = (fields.len(), self.names.len());
        let empty = matches!(fields, [(a, b)] if slice(text, *a, *b).is_empty());
        let what = if empty && wanted > 1 {
            "the line is empty".to_owned()
        } else {
            let more =
                if has > wanted { "; a comma inside a value needs quotes around it" } else { "" };
            format!("{has} fields where the header has {wanted}{more}")
        };
        Problem { line, column: self.names.get(has).cloned(), kind: ProblemKind::Fields, what }
    }

    #[cold]
    fn broken(&self, broken: Broken, line: u64) -> Problem {
        let (at, what) = match broken {
            Broken::AfterQuote(at) => {
                (at, "text after a closing quote; double a quote inside quotes")
            }
            Broken::StrayQuote(at) => {
                (at, "a quote inside a field without quotes; put the field in quotes and double it")
            }
            Broken::Unclosed(at) => (at, "a quote is never closed"),
        };
        self.problem(line, at, ProblemKind::Quotes, what.to_owned())
    }

    #[cold]
    fn unended(&self, block: &Block) -> Problem {
        let text = String::from_utf8_lossy(&block.bytes);
        let at = columns_begun(&text) - 1;
        let unclosed = "a quote is opened and never closed: the rest of the file lies inside it";
        let (kind, what) = match block.ending {
            Ending::CutShort { quoted: true } | Ending::TooLong { unclosed: true, .. } => {
                (ProblemKind::Quotes, unclosed.to_owned())
            }
            Ending::TooLong { bytes, .. } => (
                ProblemKind::TooLong,
                format!("the row has {bytes} bytes; the longest allowed is {LONGEST_RECORD}"),
            ),
            Ending::CutShort { .. } | Ending::Whole => (
                ProblemKind::CutShort,
                "the last line has no line end, so the file may be cut short; end it with one if \
                 it is whole"
                    .to_owned(),
            ),
        };
        self.problem(block.line, at, kind, what)
    }
}

/// A buffer of cells for the next row: nothing of the last one is in it any more.
fn reused<'a>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'a>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Missing).collect()
}

/// What a column of the policy is called in the file.
fn header_of<'c>(columns: &'c Columns, name: &'c str) -> &'c str {
    columns.find(name).and_then(|at| columns.at(at)).map_or(name, |c| c.header.as_str())
}

fn slice(text: &str, from: u32, to: u32) -> &str {
    text.get(from as usize..to as usize).unwrap_or_default()
}

/// How many fields a beginning of a record has, the last one unfinished.
fn columns_begun(text: &str) -> usize {
    let (mut quoted, mut begun) = (false, 1);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => begun += 1,
            _ => {}
        }
    }
    begun
}

fn missing(file: &str, wanted: &str, names: &[String]) -> Diagnostic {
    let what = format!("{file}: line 1: there is no column {wanted}");
    let d = Diagnostic::error("bad-evidence", what);
    let only = names.first().filter(|_| names.len() == 1);
    if let Some(separator) =
        only.and_then(|name| [";", "\t", "|"].into_iter().find(|s| name.contains(s)))
    {
        let separator = if separator == "\t" { "tabs" } else { separator };
        return d.help(format!("the columns are separated by {separator}: export with commas"));
    }
    let known = names.iter().map(String::as_str);
    match crate::diag::nearest(wanted, known) {
        Some(near) => d.help(format!("is {} meant?", shown(near))),
        None => {
            let listed: Vec<String> = names.iter().take(LISTED).map(|n| harmless(n)).collect();
            let more = if names.len() > LISTED { ", …" } else { "" };
            d.help(format!("the file has: {}{more}", listed.join(", ")))
        }
    }
}
