//! Takes back a command by a new commit.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::error::{Result, StoreError};
use super::git::LogQuery;
use super::{Before, Change, READ_LIMIT, Store, Transaction};

/// The trailer that names the command line of a commit; whoever commits puts it in the body.
pub const COMMAND_TRAILER: &str = "Inc-Command";

/// The trailer that says that a command was told its author or its time by hand.
pub const PRETENDED_TRAILER: &str = "Inc-Pretended";

/// The trailer that names the commit that was undone.
const UNDOES_TRAILER: &str = "Inc-Undoes";

/// How far back a command is looked for.
const FARTHEST: usize = 200;

/// A command that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undoable {
    /// Its commit.
    pub commit: String,
    /// The commit's first line.
    pub subject: String,
    /// The command line, from the trailer.
    pub command: String,
    /// The files as they are, and as they would be.
    pub files: Vec<Change>,
}

impl Undoable {
    /// The transaction that takes it back; `body` gets the trailer that says so.
    pub fn transaction(&self, subject: &str, body: &str) -> Transaction {
        let body = body.trim_end();
        // Trailers are one paragraph: those of the body and ours must not be torn apart.
        let last = body.rsplit("\n\n").next().unwrap_or_default();
        let trailers = !last.is_empty()
            && last.lines().all(|l| {
                l.split_once(": ").is_some_and(|(k, _)| !k.is_empty() && !k.contains(' '))
            });
        let gap = if body.is_empty() {
            ""
        } else if trailers {
            "\n"
        } else {
            "\n\n"
        };
        Transaction {
            files: self.files.clone(),
            subject: subject.to_owned(),
            body: format!("{body}{gap}{UNDOES_TRAILER}: {}", self.commit),
            ..Transaction::default()
        }
    }
}

impl Store {
    /// The last command of the person with this address, if it can be taken back.
    ///
    /// Commands already undone, and undoing itself, are passed over.
    ///
    /// # Errors
    /// [`StoreError::Undo`] when there is none, or its files have changed since.
    pub fn undoable(&self, email: &str) -> Result<Undoable> {
        let git = self.git()?;
        let query = LogQuery {
            path: Some(&self.prefix),
            containing: Some(COMMAND_TRAILER),
            limit: Some(FARTHEST),
            ..LogQuery::default()
        };
        let mut undone = HashSet::new();
        for logged in git.log(&query)? {
            if let Some(commit) = trailer(&logged.body, UNDOES_TRAILER) {
                undone.insert(commit.to_owned());
                continue;
            }
            let Some(command) = trailer(&logged.body, COMMAND_TRAILER) else { continue };
            if undone.contains(&logged.commit) || !logged.author.email.eq_ignore_ascii_case(email) {
                continue;
            }
            if logged.merge {
                return Err(StoreError::Undo(format!("{} is a merge", short(&logged.commit))));
            }
            let files =
                self.turned_round(&logged.commit, logged.parent.as_deref(), &logged.subject)?;
            return Ok(Undoable {
                commit: logged.commit.clone(),
                subject: logged.subject.clone(),
                command: command.to_owned(),
                files,
            });
        }
        Err(StoreError::Undo(format!("there is no command by {email} that is not undone yet")))
    }

    /// The changes that take a commit back.
    fn turned_round(
        &self,
        commit: &str,
        parent: Option<&str>,
        subject: &str,
    ) -> Result<Vec<Change>> {
        let git = self.git()?;
        let paths = git.changed(commit)?;
        let wanted: Vec<(&str, &Path)> = paths.iter().map(|p| (commit, p.as_path())).collect();
        let after = git.blobs(&wanted, READ_LIMIT)?;
        let before = match parent {
            Some(parent) => {
                let wanted: Vec<(&str, &Path)> =
                    paths.iter().map(|p| (parent, p.as_path())).collect();
                git.blobs(&wanted, READ_LIMIT)?
            }
            None => vec![None; paths.len()],
        };
        let mut files = Vec::new();
        for ((path, after), before) in paths.iter().zip(after).zip(before) {
            let Ok(rel) = path.strip_prefix(&self.prefix).map(PathBuf::from) else {
                return Err(StoreError::Undo(format!(
                    "`{subject}` also changed {}, outside the workspace",
                    path.display()
                )));
            };
            let now = self.read(&rel)?;
            if !super::history::same_text(now.as_deref(), after.as_deref()) {
                return Err(StoreError::Undo(format!(
                    "{} has changed since `{subject}`",
                    rel.display()
                )));
            }
            files.push(Change { path: rel, before: Before::from(now), after: before });
        }
        Ok(files)
    }
}

/// The value of a trailer in a message's last paragraph.
pub fn trailer<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let last = body.trim_end().rsplit("\n\n").next()?;
    last.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailer_stands_in_the_last_paragraph() {
        let body = "Inc-Command: fake\n\nwords\n\nInc-Command: inc note 7QKM\nX: y\n";
        assert_eq!(trailer(body, COMMAND_TRAILER), Some("inc note 7QKM"));
        assert_eq!(trailer("Inc-Command: fake\n\nwords", COMMAND_TRAILER), None);
    }

    #[test]
    fn trailers_stay_together() {
        let undoable = Undoable {
            commit: "abc".into(),
            subject: "s".into(),
            command: "c".into(),
            files: Vec::new(),
        };
        let body = |b| undoable.transaction("s", b).body;
        assert_eq!(body(""), "Inc-Undoes: abc");
        assert_eq!(body("words"), "words\n\nInc-Undoes: abc");
        assert_eq!(
            body("w\n\nInc-Command: inc undo"),
            "w\n\nInc-Command: inc undo\nInc-Undoes: abc"
        );
    }
}
