//! Git, as the store needs it: read through libgit2 or plumbing, written by the user's `git`.

mod fast;
mod parse;
mod probe;
mod remote;
mod run;
mod sharing;
mod system;
mod walk;

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};

use super::error::Result;
use crate::units::Instant;

pub use probe::{Probe, Reached};
pub use run::{Environment, Notice};
pub use sharing::{
    Altered, Driver, Fetched, MergedTrees, Outgoing, Pushed, Refusal, Sharing, Stepped, TreeCommit,
    Way,
};
pub use system::SystemGit;

/// Where a repository's parts lie; all paths are canonical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The top of the work tree.
    pub top: PathBuf,
    /// The folder of this work tree's `HEAD` and index.
    pub git_dir: PathBuf,
    /// The folder that all work trees of the repository share.
    pub common_dir: PathBuf,
}

/// Where `HEAD` is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The commit; none before the first one.
    pub commit: Option<String>,
    /// The branch; none when `HEAD` is detached.
    pub branch: Option<String>,
}

/// A name and an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Person {
    /// As git shows it.
    pub name: String,
    /// Without the angle brackets.
    pub email: String,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

/// One commit that changed a file, with the file as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its full name.
    pub commit: String,
    /// Who wrote the change.
    pub author: Person,
    /// When it was written; none if the commit's date is not one.
    pub time: Option<Instant>,
    /// Who made the commit.
    pub committer: Person,
    /// The first line of the message.
    pub subject: String,
    /// The rest of the message.
    pub body: String,
    /// Whether the commit carries a signature; not whether the signature is good.
    pub signed: bool,
    /// The file in that commit; none where it was removed.
    pub text: Option<Vec<u8>>,
}

/// A commit found by its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its full name.
    pub commit: String,
    /// Its first parent; none for the first commit.
    pub parent: Option<String>,
    /// Whether it joins several lines of work.
    pub merge: bool,
    /// Who wrote it.
    pub author: Person,
    /// When.
    pub time: Option<DateTime<FixedOffset>>,
    /// Who committed it.
    pub committer: Person,
    /// When; a rebase changes this and leaves [`Logged::time`].
    pub committed: Option<DateTime<FixedOffset>>,
    /// The first line of the message.
    pub subject: String,
    /// The rest of the message.
    pub body: String,
}

/// What to commit.
#[derive(Debug, Clone)]
pub struct CommitRequest<'a> {
    /// The whole message, committed as it is.
    pub message: &'a str,
    /// Paths from the top of the work tree; nothing else is committed.
    pub paths: &'a [PathBuf],
    /// Instead of the user's own name, as author and committer.
    pub author: Option<&'a Person>,
    /// Instead of now.
    pub date: Option<Instant>,
}

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// Made; with what hooks said.
    Made(String),
    /// The files are as in `HEAD` already.
    NothingNew,
    /// Refused by a hook, the signing key or git itself.
    Refused(String),
}

/// Which commits [`Git::log`] gives.
#[derive(Debug, Clone, Default)]
pub struct LogQuery<'a> {
    /// From which commit back; `HEAD` if none.
    pub from: Option<&'a str>,
    /// Only those that changed this path.
    pub path: Option<&'a Path>,
    /// Only those with this in the message.
    pub containing: Option<&'a str>,
    /// At most so many.
    pub limit: Option<usize>,
}

/// Which commits [`Git::walk`] gives.
#[derive(Debug, Clone)]
pub struct WalkQuery<'a> {
    /// From which commit back.
    pub from: &'a str,
    /// The folder, from the top of the work tree; empty for all.
    pub below: &'a Path,
    /// Only these files; all below the folder if not given.
    pub paths: Option<&'a [PathBuf]>,
    /// Only commits written or committed then or later.
    pub since: Option<Instant>,
    /// Only commits written or committed before.
    pub until: Option<Instant>,
}

/// A commit with the files that it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The commit.
    pub commit: Logged,
    /// The files; of a merge, those that are like neither side.
    pub files: Vec<Touched>,
}

/// A file that a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Its path.
    pub path: PathBuf,
    /// The names of its texts before, one for each parent; none where it was not there.
    pub before: Vec<Option<String>>,
    /// The name of its text; none where it was removed.
    pub after: Option<String>,
}

/// One repository, seen from one work tree. Paths are from the top of the work tree.
pub trait Git: Sharing + Send + Sync + fmt::Debug {
    /// Where its parts lie.
    fn layout(&self) -> &Layout;
    /// Where `HEAD` is.
    fn head(&self) -> Result<Head>;
    /// The commit that `rev` names.
    fn resolve(&self, rev: &str) -> Result<Option<String>>;
    /// Each file as it was in a commit; none where there was no such file.
    fn blobs(&self, wanted: &[(&str, &Path)], limit: u64) -> Result<Vec<Option<Vec<u8>>>>;
    /// The regular files below a folder in a commit, in the order of their paths.
    fn files(&self, commit: &str, dir: &Path) -> Result<Vec<PathBuf>>;
    /// Commits, newest first.
    fn log(&self, query: &LogQuery<'_>) -> Result<Vec<Logged>>;
    /// Commits with what they changed, newest first.
    fn walk(&self, query: &WalkQuery<'_>) -> Result<Vec<Touch>>;
    /// Texts by their own names, as [`Git::walk`] gives them.
    fn named(&self, names: &[&str], limit: u64) -> Result<Vec<Option<Vec<u8>>>>;
    /// Which of these commits carry a signature.
    fn signed(&self, commits: &[&str]) -> Result<Vec<bool>>;
    /// The regular files that a commit changed against its first parent.
    fn changed(&self, commit: &str) -> Result<Vec<PathBuf>>;
    /// Who commits here.
    fn user(&self) -> Result<Person>;
    /// The command line of the person's editor.
    fn editor(&self) -> Result<String>;
    /// A setting, wherever git finds it; none where nobody set it.
    fn config(&self, name: &str) -> Result<Option<String>>;
    /// The versions of a file between which an unfinished merge could not choose: the common one,
    /// ours, theirs.
    fn unmerged(&self, path: &Path, limit: u64) -> Result<[Option<Vec<u8>>; 3]>;
    /// Work trees of this repository: their folder and their branch.
    fn trees(&self) -> Result<Vec<(PathBuf, Option<String>)>>;

    /// Sets one of the repository's own settings.
    fn set_config(&self, name: &str, value: &str) -> Result<()>;
    /// Which of these paths the index knows.
    fn in_index(&self, paths: &[PathBuf]) -> Result<Vec<PathBuf>>;
    /// Tells the index that these files will be added.
    fn intend(&self, paths: &[PathBuf]) -> Result<()>;
    /// Takes back [`Git::intend`].
    fn forget(&self, paths: &[PathBuf]) -> Result<()>;
    /// Adds these files to the index, removals too.
    fn stage(&self, paths: &[PathBuf]) -> Result<()>;
    /// Sets these paths in the index to what `HEAD` has.
    fn refresh(&self, paths: &[PathBuf]) -> Result<()>;
    /// Commits these paths alone.
    fn commit(&self, request: &CommitRequest<'_>) -> Result<Committed>;
    /// Moves a branch if it still is at `old`; false if it is not.
    fn move_branch(&self, branch: &str, new: &str, old: &str) -> Result<bool>;
    /// The best commit from which both come; none where they share nothing.
    fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>>;
    /// Whether one commit is another's ancestor, or the same.
    fn is_ancestor(&self, older: &str, newer: &str) -> Result<bool>;
    /// Makes a commit reachable by a name.
    fn set_ref(&self, name: &str, commit: &str) -> Result<()>;
    /// Makes a branch where there is none.
    fn make_branch(&self, branch: &str, at: &str) -> Result<()>;
    /// Makes a work tree with a detached `HEAD`; runs no hook and no filter.
    fn add_tree(&self, path: &Path, commit: &str) -> Result<()>;
    /// Moves a work tree's detached `HEAD` and its files; runs no hook and no filter.
    fn move_tree(&self, commit: &str, force: bool) -> Result<()>;
    /// The repository as seen from another of its work trees.
    fn at(&self, tree: &Path) -> Result<std::sync::Arc<dyn Git>>;
}
