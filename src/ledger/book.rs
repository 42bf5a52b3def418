//! What git holds of the ledger: its head, and one line for each append, chained by hash.
//!
//! The lines of the ledger themselves hold customers and stay outside git. What is not in the log
//! has not happened: files of an append that was interrupted before its commit are not read.
//!
//! The file is long because writing the log and believing it are two halves of one format.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::amount::{Sums, Unit, read_minor, show_minor};
use super::line::{Line, State};
use super::month::Month;
use crate::diag::{Diagnostic, Place};
use crate::units::Instant;
use crate::units::sha256;

/// Where the head lies, below the workspace.
pub const HEAD: &str = "ledger/head.toml";
/// Where the log lies.
pub const LOG: &str = "ledger/log.csv";

const LOG_COLUMNS: [&str; 11] =
    ["seq", "at", "by", "what", "period", "folder", "lines", "sha256", "runs", "batch", "chain"];

/// What an append is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// A run's awards, approved.
    Approve,
    /// A batch for the core.
    Export,
    /// The core's answers.
    Confirm,
    /// Entries cancelled before they were posted.
    Reverse,
    /// Refused entries, to be sent again.
    Reissue,
    /// Refused entries, given up.
    WriteOff,
    /// Amounts taken back from customers, approved.
    Clawback,
    /// A period closed; it has no lines.
    Close,
}

impl What {
    /// All of them.
    const ALL: [What; 8] = [
        What::Approve,
        What::Export,
        What::Confirm,
        What::Reverse,
        What::Reissue,
        What::WriteOff,
        What::Clawback,
        What::Close,
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            What::Approve => "approve",
            What::Export => "export",
            What::Confirm => "confirm",
            What::Reverse => "reverse",
            What::Reissue => "reissue",
            What::WriteOff => "write-off",
            What::Clawback => "clawback",
            What::Close => "close",
        }
    }
}

/// One append, as the log says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Its number, from 1.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// What it is.
    pub what: What,
    /// The accounting period.
    pub period: Month,
    /// Its folder below the ledger's root; empty without lines.
    pub folder: String,
    /// How many lines.
    pub lines: u64,
    /// The SHA-256 of its list of files.
    pub sha256: String,
    /// The runs whose entries are in it: `INC-…/K7QK`.
    pub runs: Vec<String>,
    /// The batch, of an export and its answers.
    pub batch: String,
    /// The hash that binds it to all before.
    pub chain: String,
}

impl Append {
    fn cells(&self) -> [String; 10] {
        [
            self.seq.to_string(),
            self.at.to_string(),
            self.by.clone(),
            self.what.as_str().to_owned(),
            self.period.to_string(),
            self.folder.clone(),
            self.lines.to_string(),
            self.sha256.clone(),
            self.runs.join(" "),
            self.batch.clone(),
        ]
    }

    fn link(&self, before: &str) -> String {
        sha256(format!("{before}\n{}", self.cells().join("\u{1f}")).as_bytes())
    }

    /// Whether entries of one of these incidents are in it.
    pub fn is_of(&self, incidents: &[String]) -> bool {
        self.runs
            .iter()
            .filter_map(|run| run.split_once('/'))
            .any(|(incident, _)| incidents.iter().any(|i| i == incident))
    }
}

/// What was approved, cancelled, posted and given up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Movements(pub BTreeMap<(String, Unit), Movement>);

/// The movements of one basis and unit, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Movement {
    /// What became owed.
    pub approved: i128,
    /// What was cancelled.
    pub reversed: i128,
    /// What was credited.
    pub posted: i128,
    /// What was given up.
    pub written_off: i128,
}

impl Movement {
    /// Counts one line.
    pub fn add(&mut self, state: State, total: i64) {
        let sum = match state {
            State::Approved => &mut self.approved,
            State::Reversed => &mut self.reversed,
            State::Posted => &mut self.posted,
            State::WrittenOff => &mut self.written_off,
            // On their way: still owed.
            State::Exported | State::Rejected | State::Reissued => return,
        };
        *sum = sum.saturating_add(total.into());
    }

    /// Adds another one.
    pub fn merge(&mut self, other: &Movement) {
        self.approved = self.approved.saturating_add(other.approved);
        self.reversed = self.reversed.saturating_add(other.reversed);
        self.posted = self.posted.saturating_add(other.posted);
        self.written_off = self.written_off.saturating_add(other.written_off);
    }

    /// What is still owed of it.
    pub fn open(&self) -> i128 {
        let gone = self.reversed.saturating_add(self.posted).saturating_add(self.written_off);
        self.approved.saturating_sub(gone)
    }
}

impl Movements {
    /// Counts one line.
    pub fn add(&mut self, line: &Line) {
        let key = (line.terms.basis.clone(), line.unit());
        self.0.entry(key).or_default().add(line.state, line.total);
    }

    /// Adds others.
    pub fn merge(&mut self, other: &Movements) {
        for (key, movement) in &other.0 {
            self.0.entry(key.clone()).or_default().merge(movement);
        }
    }

    /// What is still owed, by unit.
    pub fn open(&self) -> Sums {
        let mut sums = Sums::default();
        self.0.iter().for_each(|((_, unit), movement)| sums.add(unit, movement.open()));
        sums
    }
}

/// The ledger's head and log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// The appends, oldest first.
    pub log: Vec<Append>,
    /// How many entries were ever approved.
    pub entries: u64,
    /// Every period up to this one is closed.
    pub closed: Option<Month>,
    /// The movements of all lines.
    pub moved: Movements,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadFile {
    schema: u64,
    appends: u64,
    lines: u64,
    entries: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed: Option<String>,
    sha256: String,
    #[serde(default, rename = "total")]
    totals: Vec<TotalFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TotalFile {
    basis: String,
    unit: String,
    approved: String,
    reversed: String,
    posted: String,
    written_off: String,
}

/// An append that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// What it is.
    pub what: What,
    /// The accounting period.
    pub period: Month,
    /// The batch, of an export and its answers.
    pub batch: String,
}

/// The files of an append, as they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filed {
    /// The folder below the ledger's root.
    pub folder: String,
    /// How many lines.
    pub lines: u64,
    /// How many of them are new entries.
    pub entries: u64,
    /// The SHA-256 of the list of files.
    pub sha256: String,
    /// The runs whose entries are in it.
    pub runs: Vec<String>,
    /// What they moved.
    pub moved: Movements,
}

impl Book {
    /// Reads head and log; a ledger that has neither is empty.
    ///
    /// # Errors
    /// When they do not fit each other, hold the marks of a merge, or were edited.
    pub fn read(head: Option<&str>, log: Option<&str>) -> Result<Book, Diagnostic> {
        let (head, log) = match (head, log) {
            (None, None) => return Ok(Book::default()),
            (Some(head), Some(log)) => (head, log),
            (None, _) => return Err(mismatch(HEAD, 1, "is missing beside the log")),
            (_, None) => return Err(mismatch(LOG, 1, "is missing beside the head")),
        };
        for (name, text) in [(HEAD, head), (LOG, log)] {
            let marked = |line: &str| {
                ["<<<<<<< ", ">>>>>>> ", "======="].iter().any(|mark| line.starts_with(mark))
            };
            if let Some(at) = text.lines().position(marked) {
                let d = Diagnostic::error(
                    "ledger-conflict",
                    "two people appended to the ledger, and a head is never merged",
                );
                return Err(d.at(place(name, at + 1)).help(
                    "keep one side of ledger/ whole, then inc compensate approve appends the \
                     other side's runs again",
                ));
            }
        }
        let file: HeadFile = toml::from_str(head).map_err(|e| {
            let at = e.span().map_or(1, |span| {
                head.get(..span.start).map_or(1, |before| before.lines().count().max(1))
            });
            mismatch(HEAD, at, &format!("cannot be read: {}", e.message()))
        })?;
        let mut book = Book { entries: file.entries, ..Book::default() };
        book.read_log(log)?;
        for total in &file.totals {
            let unit = Unit::read(&total.unit);
            let amount = |text: &str| {
                let read = read_minor(text, unit.digits()).map(i128::from);
                read.ok_or_else(|| mismatch(HEAD, 1, &format!("holds `{text}`, no amount")))
            };
            let movement = Movement {
                approved: amount(&total.approved)?,
                reversed: amount(&total.reversed)?,
                posted: amount(&total.posted)?,
                written_off: amount(&total.written_off)?,
            };
            book.moved.0.insert((total.basis.clone(), unit), movement);
        }
        book.closed = file.closed.as_deref().and_then(|text| text.parse().ok());
        let closes = book.log.iter().filter(|a| a.what == What::Close).map(|a| a.period).max();
        let appends = u64::try_from(book.log.len()).unwrap_or(u64::MAX);
        let fits = file.schema == 1
            && file.appends == appends
            && file.lines == book.lines()
            && file.sha256 == book.chain()
            && book.closed == closes;
        if fits { Ok(book) } else { Err(mismatch(HEAD, 1, "does not fit ledger/log.csv")) }
    }

    fn read_log(&mut self, text: &str) -> Result<(), Diagnostic> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for (at, row) in reader.records().enumerate() {
            let row = row.map_err(|e| mismatch(LOG, at + 1, &e.to_string()))?;
            if at == 0 {
                if row.iter().ne(LOG_COLUMNS) {
                    return Err(mismatch(LOG, 1, "has other columns"));
                }
                continue;
            }
            let read = || {
                let cell = |place: usize| row.get(place);
                Some(Append {
                    seq: cell(0)?.parse().ok()?,
                    at: cell(1)?.parse().ok()?,
                    by: cell(2)?.to_owned(),
                    what: What::ALL.into_iter().find(|w| Some(w.as_str()) == cell(3))?,
                    period: cell(4)?.parse().ok()?,
                    folder: cell(5)?.to_owned(),
                    lines: cell(6)?.parse().ok()?,
                    sha256: cell(7)?.to_owned(),
                    runs: cell(8)?.split_whitespace().map(str::to_owned).collect(),
                    batch: cell(9)?.to_owned(),
                    chain: cell(10)?.to_owned(),
                })
            };
            let append = read().ok_or_else(|| mismatch(LOG, at + 1, "holds no append"))?;
            let next = u64::try_from(self.log.len()).unwrap_or(u64::MAX).saturating_add(1);
            if append.seq != next || append.chain != append.link(self.chain()) {
                return Err(mismatch(LOG, at + 1, "breaks the chain: the log was edited"));
            }
            self.log.push(append);
        }
        Ok(())
    }

    /// The hash of all appends.
    pub fn chain(&self) -> &str {
        self.log.last().map_or("", |append| append.chain.as_str())
    }

    /// How many lines the ledger has.
    pub fn lines(&self) -> u64 {
        self.log.iter().fold(0, |sum, append| sum.saturating_add(append.lines))
    }

    /// Refuses a period that is closed.
    ///
    /// # Errors
    /// When it is.
    pub fn must_be_open(&self, period: Month) -> Result<(), Diagnostic> {
        match self.closed {
            Some(closed) if period <= closed => {
                let message = format!("the accounting period {period} is closed");
                Err(Diagnostic::error("period-closed", message).help(format!(
                    "corrections go into an open period: --period {}",
                    closed.next()
                )))
            }
            _ => Ok(()),
        }
    }

    /// The folder of the next append; two people who append at once get two folders.
    pub fn next_folder(&self, made: &Made) -> String {
        let seq = self.log.len() + 1;
        let Made { at, by, what, batch, .. } = made;
        let words = [self.chain(), &at.to_string(), by, what.as_str(), batch].join("\u{1f}");
        let tag = sha256(words.as_bytes());
        format!("{}/{seq:06}-{}", made.period, tag.get(..8).unwrap_or_default())
    }

    /// The book with one append more.
    ///
    /// # Errors
    /// When the period is closed.
    pub fn with(&self, made: &Made, filed: &Filed) -> Result<Book, Diagnostic> {
        self.must_be_open(made.period)?;
        let mut book = self.clone();
        let mut append = Append {
            seq: u64::try_from(self.log.len()).unwrap_or(u64::MAX).saturating_add(1),
            at: made.at,
            by: made.by.clone(),
            what: made.what,
            period: made.period,
            folder: filed.folder.clone(),
            lines: filed.lines,
            sha256: filed.sha256.clone(),
            runs: filed.runs.clone(),
            batch: made.batch.clone(),
            chain: String::new(),
        };
        append.chain = append.link(self.chain());
        book.log.push(append);
        book.entries = book.entries.saturating_add(filed.entries);
        book.moved.merge(&filed.moved);
        if made.what == What::Close {
            book.closed = Some(made.period);
        }
        Ok(book)
    }

    /// The head's file.
    ///
    /// # Errors
    /// When a sum is larger than the file can hold, which no ledger reaches.
    pub fn head_text(&self) -> Result<String, Diagnostic> {
        let total = |((basis, unit), m): (&(String, Unit), &Movement)| {
            let show = |minor| show_minor(minor, unit.digits());
            TotalFile {
                basis: basis.clone(),
                unit: unit.to_string(),
                approved: show(m.approved),
                reversed: show(m.reversed),
                posted: show(m.posted),
                written_off: show(m.written_off),
            }
        };
        let file = HeadFile {
            schema: 1,
            appends: u64::try_from(self.log.len()).unwrap_or(u64::MAX),
            lines: self.lines(),
            entries: self.entries,
            closed: self.closed.map(|month| month.to_string()),
            sha256: self.chain().to_owned(),
            totals: self.moved.0.iter().map(total).collect(),
        };
        let text = toml::to_string(&file)
            .map_err(|e| Diagnostic::error("ledger-unwritable", e.to_string()))?;
        Ok(format!(
            "# The head of the compensation ledger. Written by inc, never by hand, never merged:\n\
             # docs/manual/finance.md says what to do with a conflict.\n{text}"
        ))
    }

    /// The log's file.
    ///
    /// # Errors
    /// As [`Book::head_text`].
    pub fn log_text(&self) -> Result<String, Diagnostic> {
        let fail = |e: String| Diagnostic::error("ledger-unwritable", e);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(LOG_COLUMNS).map_err(|e| fail(e.to_string()))?;
        for append in &self.log {
            let cells = append.cells();
            let cells = cells.iter().chain([&append.chain]);
            writer.write_record(cells).map_err(|e| fail(e.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|e| fail(e.to_string()))?;
        String::from_utf8(bytes).map_err(|e| fail(e.to_string()))
    }

    /// The name of the next batch.
    pub fn next_batch(&self, period: Month) -> String {
        let made = self.log.iter().filter(|a| a.what == What::Export).count() + 1;
        format!("B-{period}-{made:04}")
    }

    /// The append that approved a run.
    pub fn approval_of(&self, run: &str) -> Option<&Append> {
        let approves = |a: &&Append| matches!(a.what, What::Approve | What::Clawback);
        self.log.iter().filter(approves).find(|a| a.runs.iter().any(|r| r == run))
    }
}

fn place(name: &str, line: usize) -> Place {
    let mut place = Place::file(name);
    place.line = line;
    place
}

fn mismatch(name: &str, line: usize, why: &str) -> Diagnostic {
    let mut message = name.to_owned();
    let _ = write!(message, " {why}");
    Diagnostic::error("ledger-conflict", message)
        .at(place(name, line))
        .help("take both files of ledger/ from one commit: git checkout COMMIT -- ledger")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Currency;

    fn made(what: What, period: &str) -> Made {
        Made {
            at: "2026-11-22T10:00:00-06:00".parse().unwrap(),
            by: "ana".into(),
            what,
            period: period.parse().unwrap(),
            batch: String::new(),
        }
    }

    fn two() -> Book {
        let mut filed = Filed { lines: 3, entries: 3, sha256: "aa".into(), ..Filed::default() };
        filed.folder = Book::default().next_folder(&made(What::Approve, "2026-11"));
        filed.runs = vec!["INC-20261121-7QKM/K7QK".into()];
        let unit = Unit::Money(Currency::MXN);
        let movement = Movement { approved: 1250, ..Movement::default() };
        filed.moved.0.insert(("goodwill".into(), unit), movement);
        let one = Book::default().with(&made(What::Approve, "2026-11"), &filed).unwrap();
        one.with(&made(What::Close, "2026-11"), &Filed::default()).unwrap()
    }

    #[test]
    fn a_book_reads_back() {
        let book = two();
        let (head, log) = (book.head_text().unwrap(), book.log_text().unwrap());
        assert_eq!(Book::read(Some(&head), Some(&log)).unwrap(), book);
        assert!(head.contains("approved = \"12.50\""), "{head}");
        assert_eq!(Book::read(None, None).unwrap(), Book::default());
        assert_eq!(book.moved.open().to_string(), "12.50 MXN");
        assert!(book.approval_of("INC-20261121-7QKM/K7QK").is_some());
    }

    #[test]
    fn what_was_edited_or_merged_is_seen() {
        let book = two();
        let (head, log) = (book.head_text().unwrap(), book.log_text().unwrap());
        for (head, log) in [
            (Some(head.as_str()), None),
            (None, Some(log.as_str())),
            (Some(head.as_str()), Some(log.replace(",3,", ",4,").as_str())),
            (Some(head.replace("appends = 2", "appends = 1").as_str()), Some(log.as_str())),
            (Some(head.replace("2026-11\"", "2026-10\"").as_str()), Some(log.as_str())),
            (Some("<<<<<<< ours\n"), Some(log.as_str())),
            (Some("schema = [\n"), Some(log.as_str())),
        ] {
            assert_eq!(Book::read(head, log).unwrap_err().code, "ledger-conflict");
        }
    }

    #[test]
    fn a_closed_period_takes_nothing_more() {
        let book = two();
        let refused = book.with(&made(What::Approve, "2026-11"), &Filed::default()).unwrap_err();
        assert_eq!(refused.code, "period-closed");
        assert!(book.with(&made(What::Approve, "2026-12"), &Filed::default()).is_ok());
    }
}
