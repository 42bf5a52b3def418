//! Completes what an interrupted command left behind.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{Result, StoreError};
use super::history::same_text;
use super::journal::{self, Entry, Journal, sha256, sweep};
use super::write::{Message, Outcome, operation};
use super::{CommitMode, Store};

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
        self.journals().iter().any(|(_, path)| self.disk.stat(path).is_ok())
            || !self.waiting().is_empty()
    }

    pub(super) fn recover_held(&self) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        for (own, path) in self.journals() {
            match journal::read(&*self.disk, &path)? {
                None => {}
                Some(Ok(journal)) => self.complete(&journal, &path, own, &mut notes)?,
                Some(Err(bytes)) => {
                    let kept = self.keep("journal-damaged", &bytes)?;
                    let kept = kept.display();
                    notes.push(format!("A damaged journal was set aside: {kept}"));
                    self.remove_if_there(&path)?;
                }
            }
        }
        for path in self.waiting() {
            self.commit_waiting(&path, &mut notes)?;
        }
        Ok(notes)
    }

    /// Writes what a journal says where the files still are as they were, keeps the rest.
    fn complete(
        &self,
        journal: &Journal,
        path: &Path,
        own: bool,
        notes: &mut Vec<String>,
    ) -> Result<()> {
        let mut entries = Vec::new();
        let mut folders = BTreeSet::new();
        let mut written = 0;
        for entry in &journal.entries {
            // A journal is a file that others can write: its paths are as foreign as any.
            let (full, stat, now) = self.now(&entry.path)?;
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
        sweep(&*self.disk, path.parent().unwrap_or(Path::new(".")));
        let subject = journal.message.lines().next().unwrap_or_default().to_owned();
        let done = Journal { entries, ..journal.clone() };
        let committed = self.commit_journal(&done, notes)?;
        if written > 0 || committed {
            notes.push(format!("Completed the interrupted write: {subject}"));
        }
        if !own {
            return self.remove_if_there(path);
        }
        // `commit_journal` may have set it aside already.
        self.remove_if_there(path)
    }

    /// Commits a journal's files as far as they differ from `HEAD`; true if a commit was made.
    fn commit_journal(&self, journal: &Journal, notes: &mut Vec<String>) -> Result<bool> {
        let git = match self.settings.commit {
            CommitMode::Each => self.git()?,
            CommitMode::Stage => {
                let paths: Vec<PathBuf> =
                    journal.paths().iter().map(|p| self.git_path(p)).collect();
                if !paths.is_empty() {
                    self.git()?.stage(&paths)?;
                }
                return Ok(false);
            }
            CommitMode::Never => return Ok(false),
        };
        let (paths, new) = self.uncommitted(&journal.paths())?;
        if paths.is_empty() {
            return Ok(false);
        }
        if let Some(operation) = operation(git) {
            self.set_aside()?;
            notes.push(format!("Still not committed: a {operation} is in progress."));
            return Ok(false);
        }
        let date = journal.date.as_deref().and_then(|d| d.parse().ok());
        let message = Message { text: &journal.message, author: journal.author.as_ref(), date };
        match self.commit_paths(git, &message, &paths, &new) {
            Ok(Outcome::Made(said)) => {
                notes.extend(said);
                Ok(true)
            }
            Ok(Outcome::NothingNew) => Ok(false),
            Ok(Outcome::BranchMoved) => {
                // The commit exists and the files are in it: the branch takes them up next time.
                Ok(false)
            }
            Ok(Outcome::Refused(output)) => {
                self.set_aside()?;
                notes.push(format!("Still not committed, git refused: {output}"));
                Ok(false)
            }
            Err(StoreError::Identity) => {
                self.set_aside()?;
                notes.push("Still not committed: git does not know who you are.".to_owned());
                Ok(false)
            }
            Err(e) => Err(e),
        }
    }

    /// Commits what an earlier command wrote and git refused.
    fn commit_waiting(&self, path: &Path, notes: &mut Vec<String>) -> Result<()> {
        let journal = match journal::read(&*self.disk, path)? {
            Some(Ok(journal)) => journal,
            Some(Err(_)) => return self.remove_if_there(path),
            None => return Ok(()),
        };
        let (paths, new) = self.uncommitted(&journal.paths())?;
        if paths.is_empty() {
            return self.remove_if_there(path);
        }
        let git = self.git()?;
        let subject = journal.message.lines().next().unwrap_or_default();
        if let Some(operation) = operation(git) {
            notes.push(format!("Still waits for the {operation} to end: {subject}"));
            return Ok(());
        }
        let date = journal.date.as_deref().and_then(|d| d.parse().ok());
        let message = Message { text: &journal.message, author: journal.author.as_ref(), date };
        match self.commit_paths(git, &message, &paths, &new)? {
            Outcome::Made(said) => {
                notes.push(format!("Committed what had waited: {subject}"));
                notes.extend(said);
                self.remove_if_there(path)
            }
            Outcome::NothingNew => self.remove_if_there(path),
            Outcome::BranchMoved => Ok(()),
            Outcome::Refused(output) => {
                notes.push(format!("Still refused by git: {subject}: {output}"));
                Ok(())
            }
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
        let kept = self.keep(&entry.path.to_string_lossy().replace('/', "__"), new)?;
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
    pub(super) fn set_aside(&self) -> Result<()> {
        let from = self.journal_path();
        let dir = self.own_state().join("waiting");
        let fail = |e| StoreError::io("write", &dir, e);
        self.disk.create_dir_all(&dir).map_err(fail)?;
        let mut number = 1;
        let mut to = dir.join("00001");
        while self.disk.stat(&to).is_ok() {
            number += 1;
            to = dir.join(format!("{number:05}"));
        }
        self.disk.rename(&from, &to).map_err(fail)?;
        self.disk.sync_dir(&dir).map_err(fail)
    }

    pub(super) fn drop_journal(&self) -> Result<()> {
        self.remove_if_there(&self.journal_path())
    }

    fn remove_if_there(&self, path: &Path) -> Result<()> {
        match self.disk.remove(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", path, e)),
            _ => Ok(()),
        }
    }

    /// Journals of writes that git refused, oldest first.
    fn waiting(&self) -> Vec<PathBuf> {
        if self.settings.commit != CommitMode::Each || self.git.is_none() {
            return Vec::new();
        }
        let dir = self.own_state().join("waiting");
        let items = self.disk.list(&dir).unwrap_or_default();
        let plain = |name: &std::ffi::OsStr| !name.as_encoded_bytes().starts_with(b".");
        let mut paths: Vec<PathBuf> =
            items.into_iter().filter(|i| plain(&i.name)).map(|i| dir.join(i.name)).collect();
        paths.sort();
        paths
    }
}
