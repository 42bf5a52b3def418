//! The live tree: records are written to one branch, whatever the person has checked out.
//!
//! It is a work tree of the same repository in `.git/inc/live`, with a detached `HEAD`, so that
//! git lets the person check the branch out elsewhere; its commits then move the branch, if the
//! branch still is where they began. Where another work tree has the branch checked out already,
//! that one is used.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::Kind;
use super::error::{Result, StoreError};
use super::git::Git;
use super::journal::{PRIVATE, write_whole};
use super::place::Place;
use super::{CommitMode, Store};

/// Which tree is read and written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// The person's own checkout.
    Checkout,
    /// Another work tree, because the checkout is not on the live branch.
    Live {
        /// Its top.
        path: PathBuf,
        /// The live branch.
        branch: String,
    },
}

impl Tree {
    /// The live branch, where it is not the checkout's.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Tree::Checkout => None,
            Tree::Live { branch, .. } => Some(branch),
        }
    }
}

impl Store {
    /// Decides where to work, and says what is unusual about it.
    pub(super) fn choose_tree(&mut self) -> Result<()> {
        let Some(home) = self.home.clone() else { return Ok(()) };
        if self.settings.commit == CommitMode::Never {
            return Ok(());
        }
        let head = home.head()?;
        let tree = match self.wanted_tree(&home, true) {
            Ok(tree) => tree,
            Err(e) => {
                self.warnings.push(format!("the live branch cannot be found: {e}"));
                return Ok(());
            }
        };
        if let (Some(live), Tree::Checkout) = (&self.settings.branch, &tree)
            && head.branch.as_ref() != Some(live)
        {
            self.warnings.push(format!(
                "there is no branch `{live}`, the live branch of inc.toml: working in the checkout"
            ));
        }
        if let Tree::Live { path, branch } = tree {
            if let Err(e) = self.go_to(&home, path, branch.clone()) {
                // Reading goes on where it can; writing there would be on the wrong branch, and
                // is refused by `same_tree`.
                self.warnings.push(format!(
                    "the live branch `{branch}` cannot be read, so this is the checkout: {e}"
                ));
                return Ok(());
            }
        } else if head.branch.is_none() {
            self.warnings.push(
                "HEAD is detached: commits made here belong to no branch; `git switch -c NAME` \
                 gives them one."
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Fails if the tree chosen at the start is no longer the right one; brings a live tree up to
    /// date. The lock must be held.
    pub(super) fn same_tree(&self) -> Result<()> {
        let Some(home) = &self.home else { return Ok(()) };
        if self.settings.commit == CommitMode::Never {
            return Ok(());
        }
        if self.wanted_tree(home, false)? != self.tree {
            let branch = self.settings.branch.as_deref().unwrap_or_default();
            return Err(StoreError::Git {
                command: "switch".to_owned(),
                output: format!(
                    "the checkout moved to or from the live branch `{branch}`, or that branch \
                     cannot be worked on: run the command again"
                ),
            });
        }
        self.catch_up()
    }

    /// Where the settings and the person's checkout say to work.
    fn wanted_tree(&self, home: &Arc<dyn Git>, make: bool) -> Result<Tree> {
        let Some(branch) = self.settings.branch.as_deref() else { return Ok(Tree::Checkout) };
        let head = home.head()?;
        // Without a commit there is nothing to keep apart.
        if head.branch.as_deref() == Some(branch) || head.commit.is_none() {
            return Ok(Tree::Checkout);
        }
        if home.resolve(&format!("refs/heads/{branch}"))?.is_none() {
            // A fresh clone has only the branch that was checked out.
            match home.resolve(&format!("refs/remotes/origin/{branch}"))? {
                Some(commit) if make => home.make_branch(branch, &commit)?,
                Some(_) => {}
                None => return Ok(Tree::Checkout),
            }
        }
        let elsewhere = home.trees()?.into_iter().find(|(_, b)| b.as_deref() == Some(branch));
        let path = match elsewhere {
            Some((path, _)) if self.disk.stat(&path).is_ok() => path,
            _ => self.live_path(),
        };
        Ok(Tree::Live { path, branch: branch.to_owned() })
    }

    fn go_to(&mut self, home: &Arc<dyn Git>, path: PathBuf, branch: String) -> Result<()> {
        let ours = path == self.live_path();
        let before = (self.tree.clone(), self.git.clone());
        self.tree = Tree::Live { path: path.clone(), branch: branch.clone() };
        let opened = (|| {
            if ours && !self.is_ready() {
                let _held = self.lock()?;
                self.make_live(home, &path, &branch)?;
            }
            self.git = Some(home.at(&path)?);
            if self.git()?.head()?.commit != home.resolve(&format!("refs/heads/{branch}"))? {
                let _held = self.lock()?;
                self.catch_up()?;
            }
            let root = path.join(&self.prefix);
            self.disk.canonical(&root).map_err(|e| StoreError::io("open", &root, e))
        })();
        match opened {
            Ok(root) => {
                self.place = Place::new(root, self.disk.clone());
                Ok(())
            }
            Err(e) => {
                (self.tree, self.git) = before;
                Err(e)
            }
        }
    }

    fn make_live(&self, home: &Arc<dyn Git>, path: &Path, branch: &str) -> Result<()> {
        let tip = home
            .resolve(&format!("refs/heads/{branch}"))?
            .ok_or_else(|| StoreError::Revision(branch.to_owned()))?;
        let there = self.disk.stat(&path.join(".git")).is_ok_and(|s| s.kind == Kind::File);
        if !there {
            home.add_tree(path, &tip)?;
        }
        let live = home.at(path)?;
        self.unlock_index(&live)?;
        // Files without a place in an index yet: nothing of anybody's can be lost by force.
        live.move_tree(&tip, !there)?;
        self.mark_ready(true)
    }

    /// Brings the live tree to where its branch is now. The lock must be held.
    pub(super) fn catch_up(&self) -> Result<()> {
        let (Tree::Live { path, branch }, Some(home), Some(live)) =
            (&self.tree, &self.home, &self.git)
        else {
            return Ok(());
        };
        if *path != self.live_path() {
            return Ok(());
        }
        let name = format!("refs/heads/{branch}");
        for _ in 0..5 {
            let tip = home.resolve(&name)?.ok_or_else(|| StoreError::Revision(branch.clone()))?;
            let Some(here) = live.head()?.commit else {
                return Err(StoreError::Revision(format!("{branch} in {}", path.display())));
            };
            let begun = self.publishing()?;
            if here == tip {
                return self.end_publishing();
            }
            self.unlock_index(live)?;
            if let Some(begun) = begun {
                // A command died between its commit and the branch. Without its mark, the branch
                // was set back by a person, who meant it.
                if begun == tip && home.is_ancestor(&tip, &here)? {
                    if home.move_branch(branch, &here, &tip)? {
                        return self.end_publishing();
                    }
                    continue;
                }
                if !home.is_ancestor(&here, &tip)? {
                    // The branch went another way. What was committed here comes again from the
                    // journal; the commit itself stays reachable for those who look for it.
                    home.set_ref(&format!("refs/inc/unpublished/{here}"), &here)?;
                }
            }
            self.mark_ready(false)?;
            // What waits for a commit stays where the branch did not touch it; else it is written
            // again from its journal.
            if live.move_tree(&tip, false).is_err() {
                live.move_tree(&tip, true)?;
            }
            self.mark_ready(true)?;
            return self.end_publishing();
        }
        Err(StoreError::Changed { path: PathBuf::from(branch) })
    }

    /// Marks that a commit in the live tree is about to be made on top of `before`.
    pub(super) fn begin_publishing(&self, before: Option<&str>) -> Result<()> {
        match before {
            Some(before) if self.is_own_tree() => {
                write_whole(&*self.disk, &self.mark(), before.as_bytes(), PRIVATE)
            }
            _ => Ok(()),
        }
    }

    /// Moves the live branch to what was just committed; false if somebody moved it meanwhile.
    pub(super) fn publish(&self, git: &Arc<dyn Git>, before: Option<&str>) -> Result<bool> {
        let (Tree::Live { branch, .. }, Some(home)) = (&self.tree, &self.home) else {
            return Ok(true);
        };
        if !self.is_own_tree() {
            return Ok(true);
        }
        let (Some(new), Some(old)) = (git.head()?.commit, before) else { return Ok(false) };
        let moved = home.move_branch(branch, &new, old)?;
        if moved {
            self.end_publishing()?;
        }
        Ok(moved)
    }

    /// Takes the mark of [`Store::begin_publishing`] away.
    pub(super) fn end_publishing(&self) -> Result<()> {
        if !self.is_own_tree() {
            return Ok(());
        }
        self.remove_if_there(&self.mark())
    }

    fn publishing(&self) -> Result<Option<String>> {
        match self.disk.read(&self.mark(), 1000) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(StoreError::io("read", &self.mark(), e)),
        }
    }

    fn mark(&self) -> PathBuf {
        self.live_state().join("publishing")
    }

    /// Whether the tree that is written is ours alone.
    pub(super) fn is_own_tree(&self) -> bool {
        matches!(&self.tree, Tree::Live { path, .. } if *path == self.live_path())
    }

    /// Where the journal of the tree that is written lies.
    pub(super) fn own_state(&self) -> PathBuf {
        match &self.git {
            _ if self.is_own_tree() => self.live_state(),
            Some(git) => git.layout().git_dir.join("inc"),
            None => self.state.clone(),
        }
    }

    /// Where a journal of the same branch may lie, written before the person switched branches.
    pub(super) fn other_state(&self) -> Option<PathBuf> {
        self.settings.branch.as_ref()?;
        let home = self.home.as_ref()?;
        match &self.tree {
            Tree::Live { .. } => Some(home.layout().git_dir.join("inc")),
            Tree::Checkout if home.head().ok()?.branch == self.settings.branch => {
                Some(self.live_state())
            }
            Tree::Checkout => None,
        }
    }

    pub(super) fn tree_top(&self) -> &Path {
        self.git.as_ref().map_or(self.place.root(), |git| &git.layout().top)
    }

    fn live_path(&self) -> PathBuf {
        self.state.join("live")
    }

    fn live_state(&self) -> PathBuf {
        self.state.join("live-state")
    }

    /// Whether the last move of the live tree came to its end.
    fn is_ready(&self) -> bool {
        self.disk.stat(&self.live_state().join("ready")).is_ok()
            && self.disk.stat(&self.live_path().join(".git")).is_ok()
    }

    fn mark_ready(&self, ready: bool) -> Result<()> {
        let mark = self.live_state().join("ready");
        if ready {
            return write_whole(&*self.disk, &mark, b"", PRIVATE);
        }
        self.remove_if_there(&mark)
    }

    /// Nobody but us works in the live tree, and we hold the lock: an index that is still locked
    /// was locked by a git that died.
    fn unlock_index(&self, live: &Arc<dyn Git>) -> Result<()> {
        let lock = live.layout().git_dir.join("index.lock");
        self.remove_if_there(&lock)
    }
}
