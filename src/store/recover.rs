//! Completes what an interrupted command left behind.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::commit::{Message, Outcome, operation};
use super::disk::Item;
use super::error::{Result, StoreError};
use super::history::same_text;
use super::journal::{self, Entry, Journal, is_unfinished, sweep};
use super::{CommitMode, Store};
use crate::units::sha256;

/// What became of the commit of a journal.
enum Ended {
    /// In `HEAD`, by this or by somebody.
    Committed { now: bool },
    /// Must be tried again by a later command; says why.
    Waits(String),
    /// The live branch moved away.
    BranchMoved,
}

impl Store {
    /// Completes an interrupted write and commits what git refused earlier; says what it did.
    /// Every [`Store::commit`] does this first.
    ///
    /// # Errors
    /// When the lock cannot be had, or the disk refuses.
    pub fn recover(&self) -> Result<Vec<String>> {
        if !self.has_left_overs() {
            return Ok(Vec::new());
        }
        let _held = self.lock()?;
        self.same_tree()?;
        self.recover_held()
    }

    /// Whether an earlier command left something to complete.
    pub fn has_left_overs(&self) -> bool {
        let states = [Some(self.own_state()), self.other_state()];
        states.into_iter().flatten().any(|state| {
            let begun = |item: &Item| {
                is_unfinished(&item.name) || item.name == "journal" || item.name == "joining"
            };
            self.disk.list(&state).is_ok_and(|items| items.iter().any(begun))
                || !self.waiting(&state).is_empty()
        })
    }

    pub(super) fn recover_held(&self) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        let own = self.own_state();
        // A command that died while it wrote its journal has begun nothing else.
        sweep(&*self.disk, &own);
        self.recover_joining(&mut notes)?;
        self.recover_one(&own.join("journal"), &mut notes)?;
        for path in self.waiting(&own) {
            if self.is_own_tree() {
                // Nobody takes a change back by hand here: if it is gone, the branch moved over it.
                self.recover_one(&path, &mut notes)?;
            } else {
                self.commit_waiting(&path, &mut notes)?;
            }
        }
        if let Some(other) = self.other_state() {
            self.recover_one(&other.join("journal"), &mut notes)?;
            for path in self.waiting(&other) {
                self.recover_one(&path, &mut notes)?;
            }
        }
        Ok(notes)
    }

    /// Completes one journal, or sets it aside if it is none.
    fn recover_one(&self, path: &Path, notes: &mut Vec<String>) -> Result<()> {
        match journal::read(&*self.disk, path)? {
            None => Ok(()),
            Some(Ok(journal)) => self.complete(&journal, path, notes),
            Some(Err(bytes)) => {
                let kept = self.keep("journal-damaged", &bytes)?;
                notes.push(format!("A damaged journal was set aside in {}", kept.display()));
                self.remove_if_there(path)
            }
        }
    }

    /// Writes what a journal says where the files still are as they were, keeps the rest.
    fn complete(&self, journal: &Journal, path: &Path, notes: &mut Vec<String>) -> Result<()> {
        let subject = journal.message.lines().next().unwrap_or_default();
        for _ in 0..5 {
            let (done, written) = self.write_again(journal, notes)?;
            match self.commit_journal(&done, written > 0)? {
                Ended::Committed { now } => {
                    if now || written > 0 {
                        notes.push(format!("Completed the interrupted write: {subject}"));
                    }
                    return self.remove_if_there(path);
                }
                Ended::Waits(why) => {
                    notes.push(format!("Still not committed: {subject}: {why}"));
                    let waiting = self.own_state().join("waiting");
                    return if path.starts_with(&waiting) { Ok(()) } else { self.set_aside(path) };
                }
                Ended::BranchMoved => self.catch_up()?,
            }
        }
        notes.push(format!("Still not committed, the branch keeps moving: {subject}"));
        Ok(())
    }

    /// Writes the files that are as they were before the journal; gives the journal of those
    /// that are as it wants them now, and how many it wrote.
    fn write_again(&self, journal: &Journal, notes: &mut Vec<String>) -> Result<(Journal, usize)> {
        let mut entries = Vec::new();
        let mut folders = BTreeSet::new();
        let mut written = 0;
        for entry in &journal.entries {
            // A journal is a file that others can write: its paths are as foreign as any.
            let (full, stat, now) = match self.now(&entry.path) {
                Ok(found) => found,
                Err(e) if e.exit_code() == 2 => {
                    self.keep_entry(entry, notes)?;
                    continue;
                }
                Err(e) => return Err(e),
            };
            folders.extend(full.parent().map(Path::to_owned));
            if now != entry.new {
                if now.as_deref().map(sha256) != entry.old {
                    self.keep_entry(entry, notes)?;
                    continue;
                }
                self.put_entry(entry, &full, stat.map(|s| s.mode))?;
                written += 1;
            }
            entries.push(entry.clone());
        }
        for folder in &folders {
            sweep(&*self.disk, folder);
        }
        Ok((Journal { entries, ..journal.clone() }, written))
    }

    /// Commits a journal's files as far as they differ from `HEAD`.
    fn commit_journal(&self, journal: &Journal, written: bool) -> Result<Ended> {
        let git = match self.settings.commit {
            CommitMode::Each => self.git()?,
            CommitMode::Stage => {
                let paths: Vec<PathBuf> =
                    journal.paths().iter().map(|p| self.git_path(p)).collect();
                if written && !paths.is_empty() {
                    self.git()?.stage(&paths)?;
                }
                return Ok(Ended::Committed { now: false });
            }
            CommitMode::Never => return Ok(Ended::Committed { now: false }),
        };
        let (paths, new) = self.uncommitted(&journal.paths())?;
        if paths.is_empty() {
            return Ok(Ended::Committed { now: false });
        }
        if let Some(operation) = operation(git) {
            return Ok(Ended::Waits(format!("a {operation} is in progress")));
        }
        let date = journal.date.as_deref().and_then(|d| d.parse().ok());
        let message = Message { text: &journal.message, author: journal.author.as_ref(), date };
        Ok(match self.commit_paths(git, &message, &paths, &new)? {
            Outcome::Made(_) => Ended::Committed { now: true },
            Outcome::NothingNew => Ended::Committed { now: false },
            Outcome::BranchMoved => Ended::BranchMoved,
            Outcome::Refused(output) => Ended::Waits(output),
        })
    }

    /// Commits what an earlier command wrote and git refused. Files that a person put back since
    /// are left so.
    fn commit_waiting(&self, path: &Path, notes: &mut Vec<String>) -> Result<()> {
        let Some(Ok(journal)) = journal::read(&*self.disk, path)? else {
            return self.remove_if_there(path);
        };
        let subject = journal.message.lines().next().unwrap_or_default();
        match self.commit_journal(&journal, false)? {
            Ended::Committed { now } => {
                if now {
                    notes.push(format!("Committed what had waited: {subject}"));
                }
                self.remove_if_there(path)
            }
            Ended::Waits(why) => {
                notes.push(format!("Still not committed: {subject}: {why}"));
                Ok(())
            }
            Ended::BranchMoved => Ok(()),
        }
    }

    /// Which of these files differ from `HEAD`, and which of those `HEAD` does not have.
    fn uncommitted(&self, paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
        let rels: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        let (mut differ, mut new) = (Vec::new(), Vec::new());
        for (rel, committed) in rels.iter().zip(self.at_head(&rels)?) {
            let (_, _, now) = self.now(rel)?;
            if !same_text(now.as_deref(), committed.as_deref()) {
                differ.push(rel.to_path_buf());
                if committed.is_none() {
                    new.push(rel.to_path_buf());
                }
            }
        }
        Ok((differ, new))
    }

    fn keep_entry(&self, entry: &Entry, notes: &mut Vec<String>) -> Result<()> {
        let name = entry.path.display();
        let Some(new) = &entry.new else {
            notes.push(format!("{name} was to be removed, but has changed since: left alone."));
            return Ok(());
        };
        let plain = entry.path.to_string_lossy().replace(['/', '\\'], "__");
        let kept = self.keep(plain.trim_start_matches('.'), new)?;
        notes.push(format!(
            "{name} has changed since an interrupted write; what it would have written is kept in {}",
            kept.display()
        ));
        Ok(())
    }

    fn put_entry(&self, entry: &Entry, full: &Path, mode: Option<u32>) -> Result<()> {
        let fail = |e| StoreError::io("write", &entry.path, e);
        let dir = full.parent().unwrap_or(Path::new("."));
        match &entry.new {
            None => self.disk.remove(full).map_err(fail)?,
            Some(new) => {
                self.disk.create_dir_all(dir).map_err(fail)?;
                let mode = mode.filter(|mode| *mode != 0);
                let beside = self.disk.write_beside(full, new, mode).map_err(fail)?;
                self.disk.rename(&beside, full).map_err(fail)?;
            }
        }
        self.disk.sync_dir(dir).map_err(fail)
    }

    /// The journal of the tree that is written.
    pub(super) fn journal_path(&self) -> PathBuf {
        self.own_state().join("journal")
    }

    /// Keeps the journal of a write that git refused, for the next command.
    pub(super) fn set_aside(&self, journal: &Path) -> Result<()> {
        let dir = self.own_state().join("waiting");
        let fail = |e| StoreError::io("write", &dir, e);
        self.disk.create_dir_all(&dir).map_err(fail)?;
        let last = self.waiting(&self.own_state()).pop();
        let last = last.and_then(|p| p.file_name()?.to_str()?.parse::<u64>().ok()).unwrap_or(0);
        self.disk.rename(journal, &dir.join(format!("{:08}", last + 1))).map_err(fail)?;
        self.disk.sync_dir(&dir).map_err(fail)
    }

    pub(super) fn drop_journal(&self) -> Result<()> {
        self.remove_if_there(&self.journal_path())
    }

    pub(super) fn remove_if_there(&self, path: &Path) -> Result<()> {
        match self.disk.remove(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", path, e)),
            _ => Ok(()),
        }
    }

    /// Journals of writes that git refused, oldest first.
    fn waiting(&self, state: &Path) -> Vec<PathBuf> {
        if self.settings.commit != CommitMode::Each || self.git.is_none() {
            return Vec::new();
        }
        let dir = state.join("waiting");
        let items = self.disk.list(&dir).unwrap_or_default();
        let plain = |name: &std::ffi::OsStr| !name.as_encoded_bytes().starts_with(b".");
        let mut paths: Vec<PathBuf> =
            items.into_iter().filter(|i| plain(&i.name)).map(|i| dir.join(i.name)).collect();
        paths.sort();
        paths
    }
}
