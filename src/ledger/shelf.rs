//! The ledger's files: read whole and checked against what git says of them, written part by part.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::book::{Append, Book, Filed, Made};
use super::line::{Line, State, read_lines, write_lines};
use super::place::{Part, Width, place_of};
use crate::diag::Diagnostic;
use crate::units::sha256;

/// The list of an append's files, as `sha256sum -c` reads it.
const LIST: &str = "SHA256SUMS";

/// Where the ledger's files lie; paths are below its root, with `/`.
pub trait Shelf {
    /// A file's bytes; none if there is no such file.
    ///
    /// # Errors
    /// When the disk refuses.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Diagnostic>;

    /// Whether there is such a file.
    ///
    /// # Errors
    /// When the disk refuses.
    fn has(&self, path: &str) -> Result<bool, Diagnostic>;

    /// Writes a file that nobody else may read, safe on disk.
    ///
    /// # Errors
    /// When the disk refuses.
    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Diagnostic>;
}

/// Where rows wait, parted by customer, while a file is read that is larger than the memory.
pub trait Spill {
    /// Adds bytes to a part.
    ///
    /// # Errors
    /// When the disk refuses.
    fn add(&mut self, part: usize, bytes: &[u8]) -> Result<(), Diagnostic>;

    /// All bytes of a part, in the order in which they were added.
    ///
    /// # Errors
    /// When the disk refuses.
    fn take(&mut self, part: usize) -> Result<Vec<u8>, Diagnostic>;
}

/// One file of an append.
#[derive(Debug, Clone)]
struct File {
    part: Part,
    path: String,
    sha256: String,
}

/// Which lines are read: those of some runs, whatever else their appends hold.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'s> {
    /// All lines.
    All,
    /// Of these runs, `INC-…/K7QK`.
    Runs(&'s [String]),
    /// Of all runs of these incidents.
    Incidents(&'s [String]),
    /// Of one append.
    Append(u64),
}

impl Scope<'_> {
    /// Whether an append can hold such lines.
    pub fn wants(self, append: &Append) -> bool {
        match self {
            Scope::All => true,
            Scope::Runs(runs) => append.runs.iter().any(|run| runs.contains(run)),
            Scope::Incidents(incidents) => append.is_of(incidents),
            Scope::Append(seq) => append.seq == seq,
        }
    }

    fn holds(self, line: &Line) -> bool {
        match self {
            Scope::All | Scope::Append(_) => true,
            Scope::Runs(runs) => runs.iter().any(|run| {
                run.strip_suffix(&line.terms.run).and_then(|run| run.strip_suffix('/'))
                    == Some(&line.terms.incident)
            }),
            Scope::Incidents(incidents) => incidents.contains(&line.terms.incident),
        }
    }
}

/// The ledger as it is read: what git says, and the files.
pub struct Ledger<'a> {
    /// What git says.
    pub book: &'a Book,
    shelf: &'a dyn Shelf,
    lists: RefCell<HashMap<String, Vec<File>>>,
}

impl std::fmt::Debug for Ledger<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("book", self.book).finish_non_exhaustive()
    }
}

impl<'a> Ledger<'a> {
    /// The ledger of a book.
    pub fn new(book: &'a Book, shelf: &'a dyn Shelf) -> Self {
        Ledger { book, shelf, lists: RefCell::default() }
    }

    /// How many lines the files here lack, by the log; a file that is there may still be another
    /// one, which [`Ledger::lines`] finds.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn lacks(&self) -> Result<u64, Diagnostic> {
        let mut lacking: u64 = 0;
        for append in self.book.log.iter().filter(|a| a.lines > 0) {
            let whole = match self.files(append) {
                Ok(files) => {
                    let mut whole = true;
                    for file in &files {
                        whole = whole && self.shelf.has(&file.path)?;
                    }
                    whole
                }
                Err(e) if e.code == "ledger-lacks" => false,
                Err(e) => return Err(e),
            };
            if !whole {
                lacking = lacking.saturating_add(append.lines);
            }
        }
        Ok(lacking)
    }

    /// Refuses to go on where files are missing: who paid without them could pay twice.
    ///
    /// # Errors
    /// When lines are missing, or the disk refuses.
    pub fn must_be_whole(&self) -> Result<(), Diagnostic> {
        match self.lacks()? {
            0 => Ok(()),
            lacking => Err(lacks(lacking)),
        }
    }

    fn files(&self, append: &Append) -> Result<Vec<File>, Diagnostic> {
        if append.lines == 0 {
            return Ok(Vec::new());
        }
        if let Some(files) = self.lists.borrow().get(&append.folder) {
            return Ok(files.clone());
        }
        let path = format!("{}/{LIST}", append.folder);
        let bytes = self.shelf.read(&path)?.ok_or_else(|| lacks(append.lines))?;
        if sha256(&bytes) != append.sha256 {
            return Err(changed(&path));
        }
        let text = String::from_utf8(bytes).map_err(|_| changed(&path))?;
        let mut files = Vec::new();
        for line in text.lines() {
            let (sha256, name) = line.split_once("  ").ok_or_else(|| changed(&path))?;
            let part = name.strip_suffix(".csv").and_then(Part::read);
            let part = part.ok_or_else(|| changed(&path))?;
            let path = format!("{}/{name}", append.folder);
            files.push(File { part, path, sha256: sha256.to_owned() });
        }
        self.lists.borrow_mut().insert(append.folder.clone(), files.clone());
        Ok(files)
    }

    /// The width at which lines are read part by part.
    pub fn width(&self, scope: Scope<'_>) -> Width {
        let appends = self.book.log.iter().filter(|a| scope.wants(a));
        Width::for_lines(appends.fold(0, |sum: u64, a| sum.saturating_add(a.lines)))
    }

    /// Shows the lines of an append that are meant, file by file, until somebody has enough: what
    /// adds up needs no order and reads each file once.
    ///
    /// # Errors
    /// When a file is missing, is not the one that git says, or the disk refuses; inside, the
    /// reader's own.
    pub fn each<E>(
        &self,
        append: &Append,
        scope: Scope<'_>,
        mut see: impl FnMut(&Line) -> Result<(), E>,
    ) -> Result<Result<(), E>, Diagnostic> {
        for file in self.files(append)? {
            let read = read_lines(&file.path, &self.bytes(append, &file)?)?;
            for line in read.iter().filter(|line| scope.holds(line)) {
                if let Err(e) = see(line) {
                    return Ok(Err(e));
                }
            }
        }
        Ok(Ok(()))
    }

    fn bytes(&self, append: &Append, file: &File) -> Result<Vec<u8>, Diagnostic> {
        let bytes = self.shelf.read(&file.path)?.ok_or_else(|| lacks(append.lines))?;
        match sha256(&bytes) == file.sha256 {
            true => Ok(bytes),
            false => Err(changed(&file.path)),
        }
    }

    /// The lines of a part that are meant, in the order in which they were appended.
    ///
    /// # Errors
    /// When a file is missing, is not the one that git says, or the disk refuses.
    pub fn lines(&self, part: Part, scope: Scope<'_>) -> Result<Vec<Line>, Diagnostic> {
        let mut lines = Vec::new();
        for append in self.book.log.iter().filter(|a| scope.wants(a)) {
            for file in self.files(append)?.iter().filter(|file| file.part.meets(part)) {
                let read = read_lines(&file.path, &self.bytes(append, file)?)?;
                let own = |l: &Line| scope.holds(l) && part.holds(place_of(&l.customer));
                lines.extend(read.into_iter().filter(own));
            }
        }
        Ok(lines)
    }
}

fn lacks(lines: u64) -> Diagnostic {
    let message = format!("this ledger lacks {lines} entries that git says were made");
    Diagnostic::error("ledger-lacks", message).help(
        "get the ledger's files from where they were appended; evidence.root in inc.toml says \
         where they lie",
    )
}

fn changed(path: &str) -> Diagnostic {
    Diagnostic::error("ledger-changed", format!("{path} of the ledger is not as it was appended"))
        .help("the ledger's files are never edited; put back the file from a copy")
}

/// An append while it is written, part after part. Until git's log has it, it has not happened.
pub struct Pen<'a> {
    shelf: Option<&'a dyn Shelf>,
    filed: Filed,
    list: String,
    runs: BTreeSet<String>,
}

impl std::fmt::Debug for Pen<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pen").field("filed", &self.filed).finish_non_exhaustive()
    }
}

impl<'a> Pen<'a> {
    /// Begins an append; without a shelf nothing is written, and the answer is what would be.
    pub fn new(book: &Book, made: &Made, shelf: Option<&'a dyn Shelf>) -> Self {
        let filed = Filed { folder: book.next_folder(made), ..Filed::default() };
        Pen { shelf, filed, list: String::new(), runs: BTreeSet::new() }
    }

    /// Names a run that the append is of, whether it has lines of it or none.
    pub fn name_run(&mut self, run: String) {
        self.runs.insert(run);
    }

    /// Writes the lines of a part; each part once, in order.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&mut self, part: Part, lines: &[Line]) -> Result<(), Diagnostic> {
        if lines.is_empty() {
            return Ok(());
        }
        let bytes = write_lines(lines)?;
        let name = format!("{part}.csv");
        self.list.push_str(&format!("{}  {name}\n", sha256(&bytes)));
        if let Some(shelf) = self.shelf {
            shelf.write(&format!("{}/{name}", self.filed.folder), &bytes)?;
        }
        for line in lines {
            self.filed.moved.add(line);
            self.filed.entries += u64::from(line.state == State::Approved);
            let name = line.terms.run_name();
            if !self.runs.contains(&name) {
                self.runs.insert(name);
            }
        }
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        self.filed.lines = self.filed.lines.saturating_add(count);
        Ok(())
    }

    /// Ends the append: the list of its files makes them one.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<Filed, Diagnostic> {
        self.filed.runs = self.runs.into_iter().collect();
        if self.filed.lines == 0 {
            self.filed.folder.clear();
            return Ok(self.filed);
        }
        self.filed.sha256 = sha256(self.list.as_bytes());
        if let Some(shelf) = self.shelf {
            shelf.write(&format!("{}/{LIST}", self.filed.folder), self.list.as_bytes())?;
        }
        Ok(self.filed)
    }
}

/// Rows in memory, where they are few; tests use it too.
#[derive(Debug, Default)]
pub struct InMemory(HashMap<usize, Vec<u8>>);

impl Spill for InMemory {
    fn add(&mut self, part: usize, bytes: &[u8]) -> Result<(), Diagnostic> {
        self.0.entry(part).or_default().extend_from_slice(bytes);
        Ok(())
    }

    fn take(&mut self, part: usize) -> Result<Vec<u8>, Diagnostic> {
        Ok(self.0.remove(&part).unwrap_or_default())
    }
}
