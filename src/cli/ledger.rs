//! The ledger as commands meet it: git's head and log, the files under the evidence root, the lock.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Ctx;
use super::ctx::from_store;
use super::error::{Failure, Result};
use crate::diag::Diagnostic;
use crate::incident::IncidentId;
use crate::ledger::{self, Book, ByRun, Filed, HEAD, LOG, Ledger, Made, Month, Shelf, What};
use crate::store::{Before, Change, Shelves, StoreError, Turn, nameless};
use crate::units::Instant;

/// Where customers' data lies below the evidence root.
const FOLDER: &str = "ledger";

/// Rows of a part that wait in memory before they go to the disk.
const WAITING: usize = 64 * 1024;

/// The ledger, opened.
#[derive(Debug)]
pub(crate) struct Till {
    /// What git says.
    pub(crate) book: Book,
    /// The files.
    pub(crate) shelves: OnDisk,
    head: Option<Vec<u8>>,
    log: Option<Vec<u8>>,
    /// Held from reading the head until the new one is committed.
    _turn: Option<Turn>,
}

impl Till {
    /// The ledger to read.
    pub(crate) fn ledger(&self) -> Ledger<'_> {
        Ledger::new(&self.book, &self.shelves)
    }

    /// The files of git that an append changes, and the book with it.
    pub(crate) fn appended(&self, made: &Made, filed: &Filed) -> Result<(Book, Vec<Change>)> {
        let book = self.book.with(made, filed).map_err(from_ledger)?;
        let change = |path: &str, before: &Option<Vec<u8>>, after: String| Change {
            path: path.into(),
            before: Before::from(before.clone()),
            after: Some(after.into_bytes()),
        };
        let head = change(HEAD, &self.head, book.head_text().map_err(from_ledger)?);
        let log = change(LOG, &self.log, book.log_text().map_err(from_ledger)?);
        Ok((book, vec![head, log]))
    }
}

/// A failure of the ledger with its exit code: what lies outside git is 3, a gate is 1.
pub(crate) fn from_ledger(d: Diagnostic) -> Failure {
    match d.code.as_str() {
        "ledger-lacks" | "ledger-changed" | "ledger-broken" | "disk" => Failure::outside(d),
        "period-closed" | "entered-already" => Failure::no(d),
        _ => Failure::wrong(d),
    }
}

fn from_disk(e: StoreError) -> Diagnostic {
    let d = Diagnostic::error(e.code(), e.to_string());
    match e.help() {
        Some(help) => d.help(help),
        None => d,
    }
}

/// The shelves as the ledger knows them.
#[derive(Debug)]
pub(crate) struct OnDisk(Shelves);

impl Shelf for OnDisk {
    fn read(&self, path: &str) -> std::result::Result<Option<Vec<u8>>, Diagnostic> {
        self.0.read(path).map_err(from_disk)
    }

    fn has(&self, path: &str) -> std::result::Result<bool, Diagnostic> {
        self.0.has(path).map_err(from_disk)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> std::result::Result<(), Diagnostic> {
        self.0.write(path, bytes).map_err(from_disk)
    }
}

/// A file that nobody else sees.
trait Hidden: Read + Write + Seek {}

impl<F: Read + Write + Seek> Hidden for F {}

/// Rows in memory, and those before them in a file.
type Rows = (Vec<u8>, Option<Box<dyn Hidden>>);

/// Rows that wait below the evidence root, parted by customer, in files without names.
pub(crate) struct Waiting {
    dir: PathBuf,
    parts: Vec<Rows>,
}

impl Waiting {
    /// Waits in a folder.
    pub(crate) fn new(dir: &Path) -> Waiting {
        Waiting { dir: dir.to_owned(), parts: Vec::new() }
    }
}

impl ledger::Spill for Waiting {
    fn add(&mut self, part: usize, bytes: &[u8]) -> std::result::Result<(), Diagnostic> {
        if self.parts.len() <= part {
            self.parts.resize_with(part + 1, Default::default);
        }
        let Some((rows, file)) = self.parts.get_mut(part) else { return Ok(()) };
        rows.extend_from_slice(bytes);
        if rows.len() < WAITING {
            return Ok(());
        }
        let fail = |e| from_disk(StoreError::io("write", &self.dir, e));
        if file.is_none() {
            *file = Some(Box::new(nameless(&self.dir).map_err(fail)?));
        }
        if let Some(file) = file {
            file.write_all(rows).map_err(fail)?;
            rows.clear();
        }
        Ok(())
    }

    fn take(&mut self, part: usize) -> std::result::Result<Vec<u8>, Diagnostic> {
        let Some((rows, file)) = self.parts.get_mut(part).map(std::mem::take) else {
            return Ok(Vec::new());
        };
        let fail = |e| from_disk(StoreError::io("read", &self.dir, e));
        let mut bytes = Vec::new();
        if let Some(mut file) = file {
            file.seek(SeekFrom::Start(0)).map_err(fail)?;
            file.read_to_end(&mut bytes).map_err(fail)?;
        }
        bytes.extend(rows);
        Ok(bytes)
    }
}

impl Ctx {
    /// Where customers' data lies, if this machine trusts what the workspace says of it.
    ///
    /// # Errors
    ///
    /// When inc.toml names no folder, or nobody trusts it here.
    pub(crate) fn customers_root(&self) -> Result<PathBuf> {
        let Some(root) = &self.config.evidence.root else {
            let message = "inc.toml does not say where customers' data lies";
            return Err(Diagnostic::error("no-evidence-root", message)
                .help("[evidence] root = \"/a/folder/outside/the/repository\", then inc trust")
                .into());
        };
        if !self.is_trusted() {
            let d = Diagnostic::error("not-trusted", "this machine keeps no customers' data yet");
            return Err(d.help("inc trust shows what inc.toml names, and allows it").into());
        }
        Ok(self.root().join(root))
    }

    /// Opens the ledger to look at it.
    pub(crate) fn till(&self) -> Result<Till> {
        self.open_till(None)
    }

    /// Opens the ledger to append to it: alone, and with all of its files here.
    ///
    /// # Errors
    ///
    /// Also when files of the ledger are missing: exit code 3.
    pub(crate) fn till_for_writing(&mut self) -> Result<Till> {
        let turn = self.store.hold().map_err(from_store)?;
        // Another command may have died between its files and its commit.
        for note in self.store.recover().map_err(from_store)? {
            self.talk(&note);
        }
        let till = self.open_till(Some(turn))?;
        till.ledger().must_be_whole().map_err(from_ledger)?;
        Ok(till)
    }

    fn open_till(&self, turn: Option<Turn>) -> Result<Till> {
        let shelves = OnDisk(Shelves::open(self.customers_root()?.join(FOLDER)));
        let (head, log, book) = self.book()?;
        Ok(Till { book, shelves, head, log, _turn: turn })
    }

    /// Head and log as git holds them, and what they say.
    #[expect(clippy::type_complexity, reason = "two texts and what they say, in one place")]
    pub(crate) fn book(&self) -> Result<(Option<Vec<u8>>, Option<Vec<u8>>, Book)> {
        let read = |path: &str| self.store.read(path).map_err(from_store);
        let (head, log) = (read(HEAD)?, read(LOG)?);
        let text = |bytes: &Option<Vec<u8>>| {
            bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        let book =
            Book::read(text(&head).as_deref(), text(&log).as_deref()).map_err(from_ledger)?;
        Ok((head, log, book))
    }

    /// What is wrong with the ledger, as `inc check` says it: a head that is none, files that are
    /// missing where this machine has the others.
    pub(crate) fn ledger_findings(&self) -> Vec<Diagnostic> {
        let book = match self.book() {
            Ok((.., book)) => book,
            Err(failure) => return failure.found.0,
        };
        let Ok(root) = self.customers_root() else { return Vec::new() };
        let shelves = OnDisk(Shelves::open(root.join(FOLDER)));
        let whole = Ledger::new(&book, &shelves).must_be_whole();
        let missing = whole.err().filter(|d| d.code == "ledger-lacks");
        missing.map(|d| d.at(crate::diag::Place::file(HEAD))).into_iter().collect()
    }

    /// The accounting period that is asked for, or this month.
    pub(crate) fn accounting_period(&self, typed: Option<&str>) -> Result<Month> {
        match typed {
            Some(typed) => typed.parse().map_err(|e: crate::units::UnitError| {
                Diagnostic::error("bad-period", e.what).help(format!("write {}", e.expected)).into()
            }),
            None => Ok(Month::of(self.today())),
        }
    }

    /// Today, in the workspace's zone.
    pub(crate) fn today(&self) -> chrono::NaiveDate {
        self.clock.now.in_zone(&self.clock.zone).get().date_naive()
    }

    /// An append by whoever types, now.
    pub(crate) fn making(&self, what: What, period: Month) -> Made {
        Made { at: self.clock.now, by: self.author_id(), what, period, batch: String::new() }
    }

    /// Commits an append, and tells the records of its runs.
    pub(crate) fn commit_append(
        &mut self,
        subject: &str,
        command: &str,
        dry_run: bool,
        files: Vec<Change>,
        runs: &ByRun,
        sent: &[String],
    ) -> Result<()> {
        let at: Instant = self.clock.now;
        let mut ids: Vec<IncidentId> = Vec::new();
        for name in runs.keys().chain(sent) {
            let id = name.split_once('/').and_then(|(id, _)| id.parse::<IncidentId>().ok());
            if let Some(id) = id.filter(|id| !ids.contains(id)) {
                // What the core did is so, whether or not a record can be read.
                match self.load(&id) {
                    Ok(parsed) if parsed.record.restricted.is_none() => ids.push(id),
                    Ok(_) => {}
                    Err(_) => self.talk(&format!("{id} cannot be read; it is not told")),
                }
            }
        }
        self.change_many(&ids, subject, command, dry_run, files, |record| {
            let id = record.id.to_string();
            for run in &mut record.compensation {
                let own = run.id.as_ref().map(|own| format!("{id}/{own}")).unwrap_or_default();
                if sent.contains(&own) {
                    ledger::note_sent(run);
                }
                if let Some(moved) = runs.get(&own) {
                    ledger::note_moved(run, moved, at);
                }
            }
        })
    }
}
