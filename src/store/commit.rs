//! The commit at the end of a write: by path, with the person's hooks and keys, and with the
//! index and every other change left as they are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{Result, StoreError};
use super::git::{CommitRequest, Committed, Git, Person};
use super::history::same_text;
use super::journal::Journal;
use super::undo::{PRETENDED_TRAILER, trailer};
use super::write::Transaction;
use super::{CommitMode, Store};
use crate::units::Instant;

impl Store {
    /// Commits, or stages, or leaves what is written, and ends the journal.
    pub(super) fn finish(
        &self,
        git: Option<&Arc<dyn Git>>,
        journal: &Journal,
        fresh: &[PathBuf],
        operation: Option<&'static str>,
        notes: &mut Vec<String>,
    ) -> Result<Option<Done>> {
        let paths = journal.paths();
        let done = match (git, self.settings.commit) {
            (Some(git), CommitMode::Each) => {
                if let Some(operation) = operation {
                    self.set_aside(&self.journal_path())?;
                    return Err(StoreError::InProgress { operation, paths });
                }
                let date = journal.date.as_deref().and_then(|d| d.parse().ok());
                let new: Vec<PathBuf> =
                    fresh.iter().filter(|f| paths.contains(f)).cloned().collect();
                let message =
                    Message { text: &journal.message, author: journal.author.as_ref(), date };
                match self.commit_paths(git, &message, &paths, &new) {
                    Ok(Outcome::Made(said)) => {
                        notes.extend(said);
                        if let Err(e) = self.settle(git, journal, notes) {
                            notes.push(format!("git's index could not be brought up to date: {e}"));
                        }
                        Done::Committed(git.head()?.commit.unwrap_or_default())
                    }
                    Ok(Outcome::NothingNew) => Done::Unchanged,
                    Ok(Outcome::BranchMoved) => {
                        self.drop_journal()?;
                        return Ok(None);
                    }
                    Ok(Outcome::Refused(output)) => {
                        self.set_aside(&self.journal_path())?;
                        return Err(StoreError::Refused { output, paths });
                    }
                    Err(e) => return Err(e),
                }
            }
            (Some(git), CommitMode::Stage) => {
                let paths: Vec<PathBuf> = paths.iter().map(|p| self.git_path(p)).collect();
                git.stage(&paths)?;
                notes.push("Staged, not committed: `git commit` is yours.".to_owned());
                Done::Unchanged
            }
            _ => Done::Unchanged,
        };
        self.drop_journal()?;
        Ok(Some(done))
    }

    /// Commits what a person changed by hand, so that the command's own commit shows only what
    /// the command did. True if a commit was made; none if the live branch moved.
    pub(super) fn commit_by_hand(
        &self,
        git: &Arc<dyn Git>,
        t: &Transaction,
        paths: &[PathBuf],
        new: &[PathBuf],
        notes: &mut Vec<String>,
    ) -> Result<Option<bool>> {
        let names: Vec<_> = paths.iter().map(|p| p.to_string_lossy()).collect();
        let subject = match (&t.by_hand, names.as_slice()) {
            (Some(subject), _) => subject.clone(),
            (None, [one]) => format!("{one}: edited by hand"),
            (None, several) => format!("{} files: edited by hand", several.len()),
        };
        // How the command was told who and when holds for this commit too.
        let told = trailer(&t.body, PRETENDED_TRAILER);
        let body = told.map_or_else(String::new, |told| format!("{PRETENDED_TRAILER}: {told}"));
        let text = message(&subject, &body);
        let message = Message { text: &text, author: t.author.as_ref(), date: t.date };
        match self.commit_paths(git, &message, paths, new)? {
            Outcome::Made(said) => {
                notes.push(format!("Committed first, edited by hand: {}.", names.join(", ")));
                notes.extend(said);
                Ok(Some(true))
            }
            Outcome::NothingNew => Ok(Some(false)),
            Outcome::BranchMoved => {
                // The live tree goes where the branch is now: what was typed there must not go.
                for path in paths {
                    if let (_, _, Some(now)) = self.now(path)? {
                        let name = path.to_string_lossy().replace('/', "__");
                        let kept = self.keep(name.trim_start_matches('.'), &now)?;
                        notes.push(format!(
                            "{} was edited by hand while its branch moved: kept in {}",
                            path.display(),
                            kept.display()
                        ));
                    }
                }
                Ok(None)
            }
            // The command's own commit takes it up, or is refused for the same reason and says so.
            Outcome::Refused(_) => Ok(Some(false)),
        }
    }

    /// One commit of these paths; `new` are those that `HEAD` does not have. Refused, it leaves
    /// the index as it was.
    pub(super) fn commit_paths(
        &self,
        git: &Arc<dyn Git>,
        message: &Message<'_>,
        paths: &[PathBuf],
        new: &[PathBuf],
    ) -> Result<Outcome> {
        let from_top = |paths: &[PathBuf]| -> Vec<PathBuf> {
            paths.iter().map(|p| self.git_path(p)).collect()
        };
        let paths = from_top(paths);
        let mut intended = Vec::new();
        if !new.is_empty() {
            intended = from_top(new);
            let known = git.in_index(&intended)?;
            // A removed file cannot be intended; one that only the index knows needs no intent.
            let there = |p: &Path| self.disk.stat(&self.tree_top().join(p)).is_ok();
            intended.retain(|path| !known.contains(path) && there(path));
        }
        if !intended.is_empty()
            && let Err(e) = git.intend(&intended)
        {
            return refused(e);
        }
        let request = CommitRequest {
            message: message.text,
            paths: &paths,
            author: message.author,
            date: message.date,
        };
        let before = git.head()?.commit;
        self.begin_publishing(before.as_deref())?;
        let outcome = git.commit(&request);
        if !matches!(outcome, Ok(Committed::Made(_))) {
            if !intended.is_empty() {
                git.forget(&intended)?;
            }
            self.end_publishing()?;
        }
        let committed = match outcome {
            Ok(committed) => committed,
            Err(e) => return refused(e),
        };
        match committed {
            Committed::Made(said) => {
                if !self.publish(git, before.as_deref())? {
                    return Ok(Outcome::BranchMoved);
                }
                let said = (!said.is_empty()).then(|| format!("git said: {said}"));
                Ok(Outcome::Made(said))
            }
            Committed::NothingNew => Ok(Outcome::NothingNew),
            Committed::Refused(output) => Ok(Outcome::Refused(output)),
        }
    }

    /// A hook may have committed other bytes than were written: git then leaves the index with
    /// ours, which would show as staged changes that nobody made.
    fn settle(&self, git: &Arc<dyn Git>, journal: &Journal, notes: &mut Vec<String>) -> Result<()> {
        let rels: Vec<&Path> = journal.entries.iter().map(|e| e.path.as_path()).collect();
        let committed = self.at_head(&rels)?;
        let other: Vec<PathBuf> = journal
            .entries
            .iter()
            .zip(committed)
            .filter(|(entry, committed)| !same_text(entry.new.as_deref(), committed.as_deref()))
            .map(|(entry, _)| entry.path.clone())
            .collect();
        if other.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = other.iter().map(|p| p.to_string_lossy()).collect();
        notes.push(format!("A hook or a filter of git changed {}.", names.join(", ")));
        let paths: Vec<PathBuf> = other.iter().map(|p| self.git_path(p)).collect();
        git.refresh(&paths)
    }
}

/// What became of a write.
pub(super) enum Done {
    Committed(String),
    Unchanged,
}

impl Done {
    pub(super) fn made(self) -> Option<String> {
        match self {
            Done::Committed(commit) => Some(commit),
            Done::Unchanged => None,
        }
    }
}

/// What must be mended before git commits; other errors go on as they are.
fn refused(e: StoreError) -> Result<Outcome> {
    match e {
        StoreError::Git { output, .. } => Ok(Outcome::Refused(output)),
        e @ (StoreError::Identity | StoreError::NoGit) => {
            let help = e.help().map(|help| format!("; {help}")).unwrap_or_default();
            Ok(Outcome::Refused(format!("{e}{help}")))
        }
        e => Err(e),
    }
}

/// What became of a commit.
pub(super) enum Outcome {
    Made(Option<String>),
    NothingNew,
    Refused(String),
    BranchMoved,
}

/// A commit's words.
pub(super) struct Message<'a> {
    pub(super) text: &'a str,
    pub(super) author: Option<&'a Person>,
    pub(super) date: Option<Instant>,
}

/// The whole message of a commit: one line, an empty one, the body.
pub(super) fn message(subject: &str, body: &str) -> String {
    let words = subject.split(char::is_control).map(str::trim).filter(|w| !w.is_empty());
    let subject = words.collect::<Vec<_>>().join(" ");
    match body.trim_matches('\n') {
        "" => format!("{subject}\n"),
        body => format!("{subject}\n\n{body}\n"),
    }
}

/// What git is in the middle of, during which a commit by path is not possible.
pub(super) fn operation(git: &Arc<dyn Git>) -> Option<&'static str> {
    let dir = &git.layout().git_dir;
    [
        ("MERGE_HEAD", "merge"),
        ("rebase-merge", "rebase"),
        ("rebase-apply", "rebase"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
    ]
    .into_iter()
    .find(|(mark, _)| dir.join(mark).symlink_metadata().is_ok())
    .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(message("a\r\nb\u{1b}[31m", "x\ny\n"), "a b [31m\n\nx\ny\n");
        assert_eq!(message("a", "\n"), "a\n");
    }
}
