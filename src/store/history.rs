//! Files as they were.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use super::error::{Result, StoreError};
use super::git::{Head, LogQuery, Person, Revision};
use super::{READ_LIMIT, Store};

/// All texts of one history together; more would not fit into memory everywhere.
const HISTORY_LIMIT: usize = 256 * 1024 * 1024;

/// One text of a history, in bytes.
const PART_LIMIT: u64 = 4 * 1024 * 1024;

impl Store {
    /// A file as it was at a revision; none if it did not exist there.
    ///
    /// # Errors
    /// When the path leaves the workspace, the revision is unknown, or there is no repository.
    pub fn read_at(&self, rev: &str, rel: impl AsRef<Path>) -> Result<Option<Vec<u8>>> {
        let found = self.read_many_at(rev, &[rel.as_ref()])?;
        Ok(found.into_iter().next().flatten())
    }

    /// Many files as they were at a revision, in the order asked for.
    ///
    /// # Errors
    /// As [`Store::read_at`].
    pub fn read_many_at(&self, rev: &str, rels: &[&Path]) -> Result<Vec<Option<Vec<u8>>>> {
        let commit = self.commit_of(rev)?;
        let paths = rels
            .iter()
            .map(|rel| self.place.spell(rel).map(|_| self.git_path(rel)))
            .collect::<Result<Vec<_>>>()?;
        let wanted: Vec<(&str, &Path)> =
            paths.iter().map(|path| (commit.as_str(), path.as_path())).collect();
        self.git()?.blobs(&wanted, READ_LIMIT)
    }

    /// The regular files below a folder at a revision, in the order of their paths. An empty
    /// `rel` is the workspace.
    ///
    /// # Errors
    /// As [`Store::read_at`].
    pub fn list_at(&self, rev: &str, rel: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
        let rel = rel.as_ref();
        if !rel.as_os_str().is_empty() {
            self.place.spell(rel)?;
        }
        let commit = self.commit_of(rev)?;
        let files = self.git()?.files(&commit, &self.git_path(rel))?;
        let inside = |file: PathBuf| file.strip_prefix(&self.prefix).ok().map(Path::to_owned);
        Ok(files.into_iter().filter_map(inside).collect())
    }

    /// The commits that changed a file, newest first, with the file as each left it.
    ///
    /// # Errors
    /// When the path leaves the workspace, or there is no repository.
    pub fn history(&self, rel: impl AsRef<Path>) -> Result<Vec<Revision>> {
        let rel = rel.as_ref();
        self.place.spell(rel)?;
        let (git, path) = (self.git()?, self.git_path(rel));
        let commits = git.log(&LogQuery { path: Some(&path), ..LogQuery::default() })?;
        let names: Vec<&str> = commits.iter().map(|c| c.commit.as_str()).collect();
        let signed = git.signed(&names)?;
        let mut texts = Vec::with_capacity(commits.len());
        let mut size = 0;
        // In parts, so that a long history of a large file ends before the memory does.
        for part in commits.chunks(64) {
            let wanted: Vec<(&str, &Path)> =
                part.iter().map(|c| (c.commit.as_str(), path.as_path())).collect();
            let part = git.blobs(&wanted, PART_LIMIT)?;
            size += part.iter().flatten().map(Vec::len).sum::<usize>();
            if size > HISTORY_LIMIT {
                let (size, limit) = (size as u64, HISTORY_LIMIT as u64);
                return Err(StoreError::TooLarge { path: rel.to_owned(), size, limit });
            }
            texts.extend(part);
        }
        let revisions = commits.into_iter().zip(texts.into_iter().zip(signed));
        Ok(revisions
            .map(|(logged, (text, signed))| Revision {
                commit: logged.commit,
                author: logged.author,
                time: logged.time.map(Into::into),
                committer: logged.committer,
                subject: logged.subject,
                body: logged.body,
                signed,
                text,
            })
            .collect())
    }

    /// The commit that a revision names.
    ///
    /// # Errors
    /// When it names none, or there is no repository.
    pub fn resolve(&self, rev: &str) -> Result<String> {
        self.commit_of(rev)
    }

    /// Which of these files differ from what they were where `HEAD` left a revision; new and
    /// removed ones do. Also the commit that they were compared with.
    ///
    /// # Errors
    /// When the revision is unknown, it shares no commit with `HEAD`, or there is no repository.
    pub fn changed_since(&self, rev: &str, rels: &[&Path]) -> Result<(String, Vec<PathBuf>)> {
        let other = self.commit_of(rev)?;
        let head = self.head()?.commit.unwrap_or_else(|| other.clone());
        let base = self.git()?.merge_base(&head, &other)?;
        let base = base.ok_or_else(|| StoreError::Revision(rev.to_owned()))?;
        let committed = self.read_many_at(&base, rels)?;
        let mut changed = Vec::new();
        for (rel, committed) in rels.iter().zip(committed) {
            if !same_text(self.read(rel)?.as_deref(), committed.as_deref()) {
                changed.push(rel.to_path_buf());
            }
        }
        Ok((base, changed))
    }

    /// Where `HEAD` is in the tree that is read; empty without git.
    ///
    /// # Errors
    /// When git cannot say.
    pub fn head(&self) -> Result<Head> {
        self.git.as_ref().map_or_else(|| Ok(Head::default()), |git| git.head())
    }

    /// The branch that is written to; none when detached, or without git.
    ///
    /// # Errors
    /// When git cannot say.
    pub fn branch(&self) -> Result<Option<String>> {
        match self.tree.branch() {
            Some(branch) => Ok(Some(branch.to_owned())),
            None => Ok(self.head()?.branch),
        }
    }

    /// The branch that the person's checkout is on; none when detached, or where git cannot say.
    pub fn checked_out(&self) -> Option<String> {
        self.home.as_ref()?.head().ok()?.branch
    }

    /// Who git says commits here.
    ///
    /// # Errors
    /// When nobody is set, or there is no repository.
    pub fn user(&self) -> Result<Person> {
        if let Some(person) = self.user.get() {
            return Ok(person.clone());
        }
        let asked = self.asked_user.lock().ok().and_then(|mut asked| asked.take());
        let answer = match asked.map(JoinHandle::join) {
            Some(Ok(answer)) => answer,
            _ => self.git()?.user(),
        };
        let person = answer?;
        Ok(self.user.get_or_init(|| person).clone())
    }

    /// Begins to ask git who commits here, which [`Store::user`] will tell: git takes its time to
    /// start, and there is a record to read meanwhile.
    pub fn expect_user(&self) {
        let (Some(git), Ok(mut asked)) = (self.git.clone(), self.asked_user.lock()) else { return };
        if asked.is_none() && self.user.get().is_none() {
            *asked = Some(thread::spawn(move || git.user()));
        }
    }

    /// Which of these files differ from the last commit; new and removed ones do.
    ///
    /// # Errors
    /// When a path leaves the workspace or cannot be read, or there is no repository.
    pub fn dirty(&self, rels: &[&Path]) -> Result<Vec<PathBuf>> {
        let committed = self.at_head(rels)?;
        let mut dirty = Vec::new();
        for (rel, committed) in rels.iter().zip(committed) {
            let now = self.read(rel)?;
            if !same_text(now.as_deref(), committed.as_deref()) {
                dirty.push(rel.to_path_buf());
            }
        }
        Ok(dirty)
    }

    /// These files as the last commit has them.
    pub(super) fn at_head(&self, rels: &[&Path]) -> Result<Vec<Option<Vec<u8>>>> {
        let git = self.git()?;
        let Some(head) = git.head()?.commit else { return Ok(vec![None; rels.len()]) };
        let paths = rels
            .iter()
            .map(|rel| self.place.spell(rel).map(|_| self.git_path(rel)))
            .collect::<Result<Vec<_>>>()?;
        let wanted: Vec<(&str, &Path)> =
            paths.iter().map(|path| (head.as_str(), path.as_path())).collect();
        git.blobs(&wanted, READ_LIMIT)
    }

    fn commit_of(&self, rev: &str) -> Result<String> {
        self.git()?.resolve(rev)?.ok_or_else(|| StoreError::Revision(rev.to_owned()))
    }
}

/// Whether a file and its committed text are the same, as git with `autocrlf` sees it: asking git
/// itself would run the filters that a repository names.
pub(super) fn same_text(file: Option<&[u8]>, committed: Option<&[u8]>) -> bool {
    match (file, committed) {
        (None, None) => true,
        (Some(file), Some(committed)) => {
            file == committed
                || (file.contains(&b'\r') && !committed.contains(&b'\r') && {
                    let mut lines = file.to_vec();
                    let mut next = file.iter().skip(1).chain([&0]);
                    lines.retain(|b| next.next() != Some(&b'\n') || *b != b'\r');
                    lines == committed
                })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::same_text;

    #[test]
    fn line_endings_do_not_make_a_difference() {
        assert!(same_text(Some(b"a\r\nb\r\n"), Some(b"a\nb\n")));
        assert!(same_text(Some(b"a\r\n"), Some(b"a\r\n")));
        assert!(!same_text(Some(b"a\rb\n"), Some(b"ab\n")));
        assert!(!same_text(Some(b"a\n"), Some(b"a\r\n")));
        assert!(!same_text(Some(b"a"), None));
        assert!(same_text(None, None));
    }
}
