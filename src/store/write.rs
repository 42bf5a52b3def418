//! The write protocol (docs/manual/git.md).
//!
//! lock → what a person changed by hand is committed first → journal → files beside the files →
//! renames → one commit by path → the journal goes. Up to the journal nothing has happened; from
//! the journal on the write will be completed, by this command or by the next one.
//!
//! The file is long because the protocol's steps are only safe in their order, and are read in it.

use std::io;
use std::path::{Path, PathBuf};

use super::commit::{Done, message, operation};
use super::disk::{Kind, Stat};
use super::error::{Result, StoreError};
use super::git::Person;
use super::history::same_text;
use super::journal::{Entry, Journal, PRIVATE, write_whole};
use super::{CommitMode, READ_LIMIT, Store};
use crate::units::{Instant, sha256};

/// What a file must be for a change to apply to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// There is no such file.
    Absent,
    /// The file has exactly these bytes.
    Text(Vec<u8>),
    /// The file has bytes with this SHA-256, in lower-case hex.
    Sha256(String),
}

impl From<Option<Vec<u8>>> for Before {
    /// As [`Store::read`] gave it.
    fn from(read: Option<Vec<u8>>) -> Self {
        read.map_or(Before::Absent, Before::Text)
    }
}

/// One file of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// From the workspace's folder.
    pub path: PathBuf,
    /// What was there when the change was made up.
    pub before: Before,
    /// What will be there; none removes the file.
    pub after: Option<Vec<u8>>,
}

/// Files that change together, in one commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transaction {
    /// Each path once.
    pub files: Vec<Change>,
    /// First line of the commit's message.
    pub subject: String,
    /// The rest of the message, trailers included; may be empty.
    pub body: String,
    /// Instead of git's user, as author and committer.
    pub author: Option<Person>,
    /// Instead of now, as author's and committer's date.
    pub date: Option<Instant>,
    /// Subject of the commit that takes up what a person changed by hand in these files; a plain
    /// one if not given.
    pub by_hand: Option<String>,
    /// Whether what a person changed by hand in these files is part of this commit, instead of one
    /// before it: for a commit that takes something out of it.
    pub with_edits: bool,
}

/// What a write came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The commit; none if nothing changed, or commands do not commit.
    pub commit: Option<String>,
    /// Sentences for the person.
    pub notes: Vec<String>,
}

/// A file of a transaction, looked at under the lock.
struct Looked<'a> {
    change: &'a Change,
    full: PathBuf,
    stat: Option<Stat>,
    now: Option<Vec<u8>>,
}

impl Store {
    /// Writes files and commits them, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when a file is not as `before` says: nothing was written.
    /// [`StoreError::Refused`] and [`StoreError::InProgress`] when the files are written but not
    /// committed; the next writing command commits them. Else nothing was written.
    pub fn commit(&self, transaction: &Transaction) -> Result<Written> {
        self.check(transaction)?;
        let _held = self.lock()?;
        self.same_tree()?;
        let mut notes = self.recover_held()?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.write_held(transaction, &mut notes) {
                // Only in the live tree: its branch was moved by somebody who does not know locks.
                Ok(None) if attempts < 5 => self.catch_up()?,
                Ok(None) => {
                    let path = transaction.files.first().map(|f| f.path.clone());
                    return Err(StoreError::Changed { path: path.unwrap_or_default() });
                }
                Ok(Some(commit)) => {
                    return Ok(Written { commit: commit.made(), notes });
                }
                Err(e) => return Err(e),
            }
        }
    }

    fn check(&self, transaction: &Transaction) -> Result<()> {
        let refuse = |why: &str| Err(StoreError::Request(why.to_owned()));
        if transaction.subject.trim().is_empty() {
            return refuse("the commit has no subject");
        }
        if [&transaction.subject, &transaction.body].iter().any(|text| text.contains('\0')) {
            return refuse("the commit's message holds a NUL");
        }
        if transaction.files.is_empty() {
            return refuse("there is no file in it");
        }
        let mut paths: Vec<&Path> = Vec::new();
        for Change { path, after, .. } in &transaction.files {
            self.place.spell(path)?;
            if path.to_str().is_none() {
                return Err(StoreError::Path { path: path.clone(), why: "it is not UTF-8" });
            }
            if let Some(size) = after.as_ref().map(|a| a.len() as u64).filter(|s| *s > READ_LIMIT) {
                return Err(StoreError::TooLarge { path: path.clone(), size, limit: READ_LIMIT });
            }
            paths.push(path);
        }
        paths.sort_unstable();
        if paths.windows(2).any(|pair| pair[0] == pair[1]) {
            return refuse("one file is in it twice");
        }
        Ok(())
    }

    /// The write itself; `None` if the live branch moved away meanwhile.
    fn write_held(&self, t: &Transaction, notes: &mut Vec<String>) -> Result<Option<Done>> {
        let looked = t.files.iter().map(|c| self.look(c)).collect::<Result<Vec<_>>>()?;
        let changes = || looked.iter().filter(|l| l.now != l.change.after);
        let commits = self.settings.commit == CommitMode::Each;
        let git = match self.settings.commit {
            CommitMode::Never => None,
            CommitMode::Each | CommitMode::Stage => Some(self.git()?),
        };
        let operation = git.and_then(operation);
        let mut fresh = Vec::new();
        if let Some(git) = git.filter(|_| commits) {
            let rels: Vec<&Path> = looked.iter().map(|l| l.change.path.as_path()).collect();
            let committed = self.at_head(&rels)?;
            let known = committed.iter().zip(&rels).filter(|(c, _)| c.is_none());
            fresh = known.map(|(_, rel)| rel.to_path_buf()).collect();
            let by_hand: Vec<PathBuf> = looked
                .iter()
                .zip(&committed)
                .filter(|(l, committed)| !same_text(l.now.as_deref(), committed.as_deref()))
                .map(|(l, _)| l.change.path.clone())
                .collect();
            if !by_hand.is_empty() && operation.is_none() && !t.with_edits {
                let new: Vec<PathBuf> =
                    fresh.iter().filter(|p| by_hand.contains(p)).cloned().collect();
                match self.commit_by_hand(git, t, &by_hand, &new, notes)? {
                    Some(true) => {
                        fresh.retain(|path| !new.contains(path));
                        // What a person took away is gone from the index now, too.
                        let gone = |l: &&Looked<'_>| {
                            l.now.is_none()
                                && l.change.after.is_some()
                                && by_hand.contains(&l.change.path)
                        };
                        fresh.extend(looked.iter().filter(gone).map(|l| l.change.path.clone()));
                    }
                    Some(false) => {}
                    None => return Ok(None),
                }
            }
        }
        if changes().next().is_none() {
            notes.push("Nothing to change.".to_owned());
            return Ok(Some(Done::Unchanged));
        }
        let journal = Journal {
            entries: changes()
                .map(|l| Entry {
                    path: l.change.path.clone(),
                    old: l.now.as_deref().map(sha256),
                    new: l.change.after.clone(),
                })
                .collect(),
            message: message(&t.subject, &t.body),
            author: t.author.clone(),
            date: t.date.map(|at| at.to_string()),
        };
        if let Err(e) =
            write_whole(&*self.disk, &self.journal_path(), &journal.to_bytes()?, PRIVATE)
        {
            return Err(self.give_up(e, &journal));
        }
        let changed: Vec<&Looked<'_>> = changes().collect();
        if let Err(e) = self.put(&changed) {
            if self.is_as_before(&changed) {
                return Err(self.give_up(e, &journal));
            }
            return Err(StoreError::Interrupted { why: e.to_string(), paths: journal.paths() });
        }
        // From here on the write is safe: whatever fails, the next command completes it.
        self.finish(git, &journal, &fresh, operation, notes).map_err(|e| {
            if e.is_written() {
                return e;
            }
            StoreError::Interrupted { why: e.to_string(), paths: journal.paths() }
        })
    }

    /// Nothing was written, so the journal must go: it would repeat what the caller is told has
    /// failed. If it cannot go, the write will be completed after all.
    fn give_up(&self, e: StoreError, journal: &Journal) -> StoreError {
        if self.drop_journal().is_ok() || self.disk.stat(&self.journal_path()).is_err() {
            return e;
        }
        StoreError::Interrupted { why: e.to_string(), paths: journal.paths() }
    }

    /// Looks at a file and compares it with what the change expects.
    fn look<'a>(&self, change: &'a Change) -> Result<Looked<'a>> {
        let path = &change.path;
        let (full, stat, now) = self.now(path)?;
        let as_expected = match (&change.before, &now) {
            (Before::Absent, None) => true,
            (Before::Text(text), Some(now)) => text == now,
            (Before::Sha256(hash), Some(now)) => *hash == sha256(now),
            _ => false,
        };
        if !as_expected {
            return Err(StoreError::Changed { path: path.clone() });
        }
        if stat.is_some_and(|s| s.mode != 0 && s.mode & 0o200 == 0) {
            // A rename would go over it all the same; who made it read-only meant it.
            let source = io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only");
            return Err(StoreError::io("write", path, source));
        }
        Ok(Looked { change, full, stat, now })
    }

    /// A file as it is, for writing: no link on the way, nothing but a regular file.
    pub(super) fn now(&self, path: &Path) -> Result<(PathBuf, Option<Stat>, Option<Vec<u8>>)> {
        let full = self.place.spell(path)?;
        let link =
            || StoreError::NotAFile { path: path.to_owned(), what: "behind a symbolic link" };
        // What does not exist yet cannot be a link: the nearest folder that exists decides.
        let mut folder = full.parent();
        while let Some(here) = folder {
            match self.disk.stat(here) {
                Ok(stat) if stat.kind == Kind::Directory => match self.disk.canonical(here) {
                    Ok(real) if real == here => break,
                    Ok(_) => return Err(link()),
                    Err(e) => return Err(StoreError::io("read", here, e)),
                },
                Ok(stat) if stat.kind == Kind::Link => return Err(link()),
                Ok(_) => {
                    let what = "below something that is not a directory";
                    return Err(StoreError::NotAFile { path: path.to_owned(), what });
                }
                Err(e)
                    if matches!(
                        e.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) =>
                {
                    folder = here.parent();
                }
                Err(e) => return Err(StoreError::io("read", here, e)),
            }
        }
        let stat = match self.disk.stat(&full) {
            Ok(stat) => stat,
            Err(e)
                if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
            {
                return Ok((full, None, None));
            }
            Err(e) => return Err(StoreError::io("read", path, e)),
        };
        super::expect_file(path, stat)?;
        let now = self.disk.read(&full, READ_LIMIT).map_err(|e| match e.kind() {
            io::ErrorKind::FileTooLarge => {
                StoreError::TooLarge { path: path.to_owned(), size: stat.size, limit: READ_LIMIT }
            }
            _ => StoreError::io("read", path, e),
        })?;
        Ok((full, Some(stat), Some(now)))
    }

    /// Puts all new texts in place, or, if that fails, none.
    fn put(&self, looked: &[&Looked<'_>]) -> Result<()> {
        let mut ready = Vec::new();
        let mut made = Vec::new();
        // The full disk shows here, before any file has changed.
        for l in looked {
            match self.prepare(l, &mut made) {
                Ok(beside) => ready.push(beside),
                Err(e) => {
                    self.clean(&ready, &made);
                    return Err(e);
                }
            }
        }
        for (done, (l, beside)) in looked.iter().zip(&ready).enumerate() {
            let put = match beside {
                Some(beside) => self.disk.rename(beside, &l.full),
                None => self.disk.remove(&l.full),
            };
            if let Err(e) = put {
                looked[..done].iter().rev().for_each(|l| self.put_back(l));
                self.clean(&ready[done..], &made);
                return Err(StoreError::io("write", &l.change.path, e));
            }
        }
        let mut dirs: Vec<&Path> = looked.iter().filter_map(|l| l.full.parent()).collect();
        dirs.extend(made.iter().filter_map(|dir| dir.parent()));
        dirs.sort_unstable();
        dirs.dedup();
        for dir in dirs {
            if let Err(e) = self.disk.sync_dir(dir) {
                looked.iter().rev().for_each(|l| self.put_back(l));
                self.clean(&[], &made);
                return Err(StoreError::io("write", dir, e));
            }
        }
        Ok(())
    }

    /// Writes the new text beside the file; `made` gets the folders that it had to make.
    fn prepare(&self, l: &Looked<'_>, made: &mut Vec<PathBuf>) -> Result<Option<PathBuf>> {
        let Some(after) = &l.change.after else { return Ok(None) };
        let fail = |e| StoreError::io("write", &l.change.path, e);
        if l.stat.is_none()
            && let Some(dir) = l.full.parent()
        {
            let missing = |dir: &&Path| self.disk.stat(dir).is_err();
            made.extend(dir.ancestors().take_while(missing).map(Path::to_owned));
            self.disk.create_dir_all(dir).map_err(fail)?;
        }
        let mode = l.stat.map(|s| s.mode).filter(|mode| *mode != 0);
        self.disk.write_beside(&l.full, after, mode).map(Some).map_err(fail)
    }

    /// Takes away what was prepared. Something failed already: what cannot be taken away is swept
    /// by the next command.
    fn clean(&self, ready: &[Option<PathBuf>], made: &[PathBuf]) {
        for beside in ready.iter().flatten() {
            drop(self.disk.remove(beside));
        }
        for dir in made {
            drop(self.disk.remove_dir(dir));
        }
    }

    /// Takes back a file that was put in place before another one failed. If this fails too, the
    /// text is whole, old or new, and the journal stays.
    fn put_back(&self, l: &Looked<'_>) {
        match &l.now {
            None => drop(self.disk.remove(&l.full)),
            Some(old) => {
                let mode = l.stat.map(|s| s.mode).filter(|mode| *mode != 0);
                if let Ok(beside) = self.disk.write_beside(&l.full, old, mode) {
                    drop(self.disk.rename(&beside, &l.full));
                }
            }
        }
    }

    /// Whether all is as it was looked at.
    fn is_as_before(&self, looked: &[&Looked<'_>]) -> bool {
        looked.iter().all(|l| match (self.disk.read(&l.full, READ_LIMIT), &l.now) {
            (Ok(bytes), Some(now)) => bytes == *now,
            (Err(e), None) => e.kind() == io::ErrorKind::NotFound,
            _ => false,
        })
    }
}
