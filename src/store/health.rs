//! What can be wrong with a repository and with what the store keeps in it, as plain facts.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::commit::operation;
use super::disk::Kind;
use super::error::{Result, StoreError};
use super::git::{LogQuery, Probe, Reached, Way};
use super::{Store, Tree};
use crate::units::Instant;

/// Hooks that a command of ours may set off.
const HOOKS: [&str; 7] = [
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-push",
    "post-checkout",
    "reference-transaction",
];

/// Facts about a workspace's repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// How git merges records here: the value of the attribute `merge`.
    pub merge_attribute: Option<String>,
    /// What git is in the middle of: `merge`, `rebase`.
    pub operation: Option<&'static str>,
    /// Locks of git's index, of a git that runs or of one that died.
    pub index_locks: Vec<PathBuf>,
    /// When the newest commit of the branch that is written to was made.
    pub newest: Option<Instant>,
    /// Whether history was cut off when the repository was cloned.
    pub shallow: bool,
    /// Where hooks are looked for, if somebody set it.
    pub hooks_path: Option<String>,
    /// Hooks that git passes over because they cannot be run.
    pub idle_hooks: Vec<String>,
    /// The branch of the person's checkout; none when `HEAD` is detached.
    pub checkout: Option<String>,
    /// Settings of the repository's own by which a talk to a remote runs a program.
    pub own_programs: Vec<String>,
}

impl Store {
    /// Gathers the facts; `record` is any path at which a record may lie.
    ///
    /// Nothing is written, and nothing that the repository names is run.
    ///
    /// # Errors
    /// When there is no repository, or git cannot say.
    pub fn health(&self, record: &Path) -> Result<Health> {
        let home = self
            .home
            .as_ref()
            .ok_or_else(|| StoreError::NoRepository { root: self.named.clone() })?;
        let git = self.git()?;
        let probe = self.probe();
        let newest = LogQuery { limit: Some(1), ..LogQuery::default() };
        let newest = match git.head()?.commit {
            Some(_) => git.log(&newest)?.into_iter().next().and_then(|c| c.committed),
            None => None,
        };
        let there = |path: &PathBuf| self.disk.stat(path).is_ok();
        let mut locks = vec![home.layout().git_dir.join("index.lock")];
        if self.tree != Tree::Checkout {
            locks.push(git.layout().git_dir.join("index.lock"));
        }
        let hooks_path = home.config("core.hooksPath")?;
        Ok(Health {
            merge_attribute: probe.attribute("merge", &self.git_path(record))?,
            operation: operation(home),
            index_locks: locks.into_iter().filter(there).collect(),
            newest: newest.map(Instant::from),
            shallow: git.is_shallow()?,
            idle_hooks: match &hooks_path {
                Some(_) => Vec::new(),
                None => self.idle_hooks(&home.layout().common_dir.join("hooks")),
            },
            hooks_path,
            checkout: home.head()?.branch,
            own_programs: probe.own_programs()?,
        })
    }

    /// Git in the top folder of the tree that is read.
    fn probe(&self) -> Probe {
        let top = self.git.as_ref().map_or(self.place.root(), |git| git.layout().top.as_path());
        Probe::new(top, &self.settings.environment)
    }

    fn idle_hooks(&self, folder: &Path) -> Vec<String> {
        let idle = |name: &&&str| {
            self.disk
                .stat(&folder.join(name))
                .is_ok_and(|s| s.kind == Kind::File && s.mode & 0o111 == 0)
        };
        HOOKS.iter().filter(idle).map(|name| (*name).to_owned()).collect()
    }

    /// Asks the remote of this name whether it is there: no questions, no longer than `limit`.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn reach(&self, remote: &str, way: &Way, limit: Duration) -> Result<Reached> {
        // Where a sync talks to it: an address may count from there.
        let home = self.home.as_ref().map_or(self.place.root(), |home| home.layout().top.as_path());
        Probe::new(home, &self.settings.environment).reach(remote, way, limit)
    }

    /// Files of the cache that are there and cannot be read.
    pub fn unreadable_cache(&self) -> Vec<PathBuf> {
        self.unreadable_rows()
    }

    /// Removes the files of [`Store::unreadable_cache`].
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn drop_unreadable_cache(&self) -> Result<()> {
        for path in self.unreadable_rows() {
            let folder = self.disk.stat(&path).is_ok_and(|s| s.kind == Kind::Directory);
            let removed =
                if folder { self.disk.remove_dir(&path) } else { self.disk.remove(&path) };
            match removed {
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::io("remove", &path, e));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
