//! Puts files on a branch of their own, for a pull request, without touching a work tree.
//!
//! Objects are made first and one branch moves last, so that an interrupted proposal is none. The
//! live branch is brought in before, because a code platform's merge button runs no merge driver.

use std::path::{Path, PathBuf};

use super::{Trouble, Wish};
use crate::store::disk::UNFINISHED;
use crate::store::error::{Result, StoreError};
use crate::store::git::{MergedTrees, Pushed, TreeCommit};
use crate::store::journal::{PRIVATE, write_whole};
use crate::store::{CommitMode, Store};

/// What a proposal came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposed {
    /// The branch.
    pub branch: String,
    /// The branch that it is to be merged into.
    pub into: String,
    /// Where the branch is now.
    pub commit: String,
    /// Whether there was no such branch before.
    pub created: bool,
    /// Whether the branch says something new.
    pub changed: bool,
    /// The remote that it was pushed to; none where there is no remote.
    pub remote: Option<String>,
    /// The remote's address without passwords.
    pub address: Option<String>,
}

impl Store {
    /// Puts files, by their paths below the workspace, on a branch, and pushes it where there is a
    /// remote. The checkout, its index and its branch stay as they are.
    ///
    /// # Errors
    /// When the branch is the checkout's own, when it and the live branch cannot be brought together,
    /// when git or the remote refuses; the branch is then as before, but for a push that was refused.
    pub fn propose(
        &mut self,
        branch: &str,
        files: &[(&str, &[u8])],
        message: &str,
        wish: &Wish<'_>,
    ) -> Result<Proposed> {
        if self.settings.commit == CommitMode::Never {
            return Err(Trouble::Off.into());
        }
        self.git()?;
        let _one = self.lock_on("propose.lock")?;
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let head = git.head()?;
        if head.branch.as_deref() == Some(branch) {
            return Err(StoreError::Request(format!("`{branch}` is checked out here")));
        }
        let live = self.settings.branch.clone().or(head.branch).ok_or(Trouble::Detached)?;
        let name = format!("refs/heads/{branch}");
        let live_tip = git.resolve(&format!("refs/heads/{live}"))?.ok_or(Trouble::Detached)?;
        let lane = self.lane().ok();
        let here = git.resolve(&name)?;
        let tip = match (&here, &lane) {
            (Some(tip), _) => Some(tip.clone()),
            (None, Some(lane)) => git.resolve(&format!("refs/remotes/{}/{branch}", lane.remote))?,
            (None, None) => None,
        };
        let (base, parents, tree) = self.base(branch, &live, &live_tip, tip.as_deref(), wish)?;
        let paths: Vec<PathBuf> = files.iter().map(|(path, _)| self.prefix.join(path)).collect();
        let put: Vec<(&Path, &[u8])> =
            paths.iter().zip(files).map(|(path, (_, bytes))| (path.as_path(), *bytes)).collect();
        // A dead git's is swept with whatever else was unfinished.
        let index = self.state.join(format!("{UNFINISHED}propose"));
        let grafted = git.graft(&tree, &put, &index);
        drop(self.disk.remove(&index));
        let tree = grafted?;
        let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
        let commit = TreeCommit {
            tree: &tree,
            parents: &parents,
            message,
            author: wish.author,
            date: wish.date,
        };
        let new = git.commit_tree(&commit)?;
        let changed = parents.len() > 1 || !git.altered(&base, &new)?.is_empty();
        let commit = if changed { new } else { base };
        match &here {
            None => git.make_branch(branch, &commit)?,
            Some(old) if *old == commit => {}
            Some(old) => {
                if !git.move_branch(branch, &commit, old)? {
                    return Err(StoreError::Changed { path: PathBuf::from(branch) });
                }
            }
        }
        let mut proposed = Proposed {
            branch: branch.to_owned(),
            into: live,
            commit,
            created: tip.is_none(),
            changed,
            ..Proposed::default()
        };
        self.push_proposal(&mut proposed, wish)?;
        Ok(proposed)
    }

    /// Takes a proposal's branch along to where its remote has it, if only the remote went on.
    ///
    /// A remote that does not answer changes nothing: the push will say it.
    ///
    /// # Errors
    /// When git fails here.
    pub fn follow_proposal(&mut self, branch: &str, wish: &Wish<'_>) -> Result<()> {
        self.git()?;
        let _one = self.lock_on("propose.lock")?;
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        if git.remotes()?.is_empty() || git.head()?.branch.as_deref() == Some(branch) {
            return Ok(());
        }
        let Ok(lane) = self.lane() else { return Ok(()) };
        drop(git.fetch(&lane.remote, &[branch], wish.way)?);
        let here = git.resolve(&format!("refs/heads/{branch}"))?;
        let there = git.resolve(&format!("refs/remotes/{}/{branch}", lane.remote))?;
        if let (Some(here), Some(there)) = (here, there)
            && here != there
            && git.is_ancestor(&here, &there)?
        {
            git.move_branch(branch, &there, &here)?;
        }
        Ok(())
    }

    /// The branch that proposals are merged into, told while one of them is checked out: the live
    /// branch, else the remote's default branch, else the one that usually is it.
    ///
    /// # Errors
    /// When git fails, or there is no such branch.
    pub fn proposals_go_to(&mut self, wish: &Wish<'_>) -> Result<String> {
        self.git()?;
        if let Some(live) = &self.settings.branch {
            return Ok(live.clone());
        }
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let remotes = git.remotes()?;
        let remote = remotes.iter().find(|r| *r == "origin").or(remotes.first());
        if let Some(remote) = remote {
            let known = match git.default_branch(remote)? {
                None => git.ask_default_branch(remote, wish.way)?,
                known => known,
            };
            if let Some(known) = known {
                return Ok(known);
            }
        }
        for usual in ["main", "master"] {
            if git.resolve(&format!("refs/heads/{usual}"))?.is_some() {
                return Ok(usual.to_owned());
            }
        }
        Err(Trouble::Detached.into())
    }

    /// Whether a branch has all that the live branch says.
    ///
    /// # Errors
    /// When git fails.
    pub fn has_all_of(&self, branch: &str, live: &str) -> Result<bool> {
        let Some(git) = self.home.as_ref() else { return Ok(true) };
        let branch = git.resolve(&format!("refs/heads/{branch}"))?;
        let live = git.resolve(&format!("refs/heads/{live}"))?;
        match (live, branch) {
            (Some(live), Some(branch)) => git.is_ancestor(&live, &branch),
            _ => Ok(true),
        }
    }

    /// Where a proposal's branch is, here or as it was last seen on the remote; none where there is none,
    /// or the live branch has all of it.
    pub fn proposal(&self, branch: &str) -> Option<String> {
        let git = self.home.as_ref()?;
        let live = self.settings.branch.clone().or(git.head().ok()?.branch)?;
        let live = git.resolve(&format!("refs/heads/{live}")).ok()??;
        let here = git.resolve(&format!("refs/heads/{branch}")).ok()?;
        let there = || {
            let remote = self.lane().ok()?.remote;
            git.resolve(&format!("refs/remotes/{remote}/{branch}")).ok()?
        };
        let tip = here.or_else(there)?;
        (!git.is_ancestor(&tip, &live).ok()?).then_some(tip)
    }

    /// Pushes the checkout's own branch, on which the proposal was written.
    ///
    /// # Errors
    /// When there is no such branch, or git or the remote refuses.
    pub fn push_own(&mut self, branch: &str, into: &str, wish: &Wish<'_>) -> Result<Proposed> {
        self.git()?;
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let commit = git.resolve(&format!("refs/heads/{branch}"))?.ok_or(Trouble::Detached)?;
        let mut proposed = Proposed {
            branch: branch.to_owned(),
            into: into.to_owned(),
            commit,
            changed: true,
            ..Proposed::default()
        };
        self.push_proposal(&mut proposed, wish)?;
        Ok(proposed)
    }

    /// What the proposal goes on from: a commit, the parents of the next one, and its tree.
    fn base(
        &self,
        branch: &str,
        live: &str,
        live_tip: &str,
        tip: Option<&str>,
        wish: &Wish<'_>,
    ) -> Result<(String, Vec<String>, String)> {
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let one = |commit: &str| (commit.to_owned(), vec![commit.to_owned()], commit.to_owned());
        let Some(tip) = tip else { return Ok(one(live_tip)) };
        if git.is_ancestor(live_tip, tip)? {
            return Ok(one(tip));
        }
        if git.is_ancestor(tip, live_tip)? {
            // It was merged: what comes now is a new proposal from where the live branch is.
            return Ok(one(live_tip));
        }
        let attributes = self.state.join("attributes");
        if let Some(driver) = wish.driver {
            let line = format!("incident.yaml merge={}\n", driver.name);
            write_whole(&*self.disk, &attributes, line.as_bytes(), PRIVATE)?;
        }
        match git.merge_trees(tip, live_tip, wish.driver, &attributes)? {
            MergedTrees::TooOld => Err(Trouble::TooOld.into()),
            MergedTrees::Tree { tree, conflicts } if conflicts.is_empty() => {
                Ok((tip.to_owned(), vec![tip.to_owned(), live_tip.to_owned()], tree))
            }
            MergedTrees::Tree { conflicts, .. } => Err(Trouble::Clash {
                branch: branch.to_owned(),
                label: live.to_owned(),
                paths: conflicts,
            }
            .into()),
        }
    }

    fn push_proposal(&self, proposed: &mut Proposed, wish: &Wish<'_>) -> Result<()> {
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let remotes = git.remotes()?;
        if remotes.is_empty() {
            return Ok(());
        }
        let remote = match self.lane() {
            Ok(lane) => lane.remote,
            Err(_) if remotes.iter().any(|r| r == "origin") => "origin".to_owned(),
            Err(e) => return Err(e),
        };
        let branch = proposed.branch.clone();
        match git.push(&remote, &proposed.commit, &branch, wish.way)? {
            Pushed::Done => {}
            Pushed::Behind => {
                let said =
                    format!("`{branch}` went on here and there: git switch {branch}, git pull");
                return Err(Trouble::Failed { remote, said }.into());
            }
            Pushed::Declined(said) => return Err(Trouble::Declined { remote, branch, said }.into()),
            Pushed::Refused(refusal) => return Err(Trouble::of(&remote, refusal).into()),
        }
        proposed.address = git.address(&remote)?;
        proposed.remote = Some(remote);
        Ok(())
    }
}
