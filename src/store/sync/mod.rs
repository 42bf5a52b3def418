//! Shares one branch with others: fetch, bring together, push, and again if somebody was first.
//!
//! The branch is the live branch, or the checkout's. Talking to the remote holds no lock that a
//! writing command waits for; bringing together holds it, and is local. Nothing is ever forced: a
//! push only goes forward, a remote whose history was rewritten is refused, and what cannot be
//! brought together leaves everything as it was.

mod join;
mod parts;
mod propose;
mod seen;
mod share;
mod trouble;

#[cfg(test)]
mod faults;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::disk::Held;
use super::error::{Result, StoreError};
use super::git::{Driver, Fetched, Person, Way};
use super::{CommitMode, Store, Tree};
use crate::units::Instant;

pub use propose::Proposed;
pub use share::Unshared;
pub use trouble::{Stranger, Trouble};

/// How often somebody else may be first.
const TRIES: usize = 10;

/// Tells apart two files that both sides made under one name, given as the path, the texts of our
/// side and of theirs, and the merged files by their paths: the files as they are to be. `None` where
/// they are two versions of one thing, which a person must bring together.
pub type Parts<'a> = dyn Fn(&Path, [&[u8]; 2], &dyn Fn(&Path) -> Option<Vec<u8>>) -> Option<Vec<(PathBuf, Vec<u8>)>>
    + 'a;

/// What is wanted of a sync.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// How git may talk to the remote.
    pub way: &'a Way,
    /// The program that merges records.
    pub driver: Option<&'a Driver>,
    /// Whether a file of the workspace, with these bytes, is a record that can be read: such a one
    /// may be committed although its two sides conflict, or as a person left it.
    pub accepts: &'a dyn Fn(&Path, &[u8]) -> bool,
    /// Two files that both sides made under one name, told apart.
    pub parts: &'a Parts<'a>,
    /// Goes on although the remote's branch was rewritten or deleted.
    pub rewritten: bool,
    /// Instead of git's user, as author and committer of a merge.
    pub author: Option<&'a Person>,
    /// Instead of now.
    pub date: Option<Instant>,
    /// The trailer that says so of both, with its line end; empty where neither was told.
    pub told: &'a str,
}

impl std::fmt::Debug for Wish<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wish").field("rewritten", &self.rewritten).finish_non_exhaustive()
    }
}

/// What a sync came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// The branch that is shared.
    pub branch: String,
    /// The remote that it is shared with.
    pub remote: String,
    /// The branch there as git names it here, `origin/incidents`.
    pub label: String,
    /// How many commits of others came in.
    pub brought: usize,
    /// How many commits went out.
    pub shared: usize,
    /// Whether the remote had no such branch before.
    pub created: bool,
    /// Records whose two sides conflict, from the workspace's folder; they say so themselves.
    pub conflicts: Vec<PathBuf>,
    /// What kept the default branch from being merged; all else is shared.
    pub waiting: Option<Trouble>,
    /// Where the branch is now.
    pub tip: String,
    /// Sentences for the person.
    pub notes: Vec<String>,
}

/// Which branch goes where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lane {
    /// The branch here.
    branch: String,
    /// The remote.
    remote: String,
    /// The branch there.
    upstream: String,
}

impl Lane {
    fn name(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    fn tracking(&self) -> String {
        format!("refs/remotes/{}/{}", self.remote, self.upstream)
    }

    fn label(&self) -> String {
        format!("{}/{}", self.remote, self.upstream)
    }
}

/// What a fetch found.
struct Heads {
    /// The branch on the remote; none if it has no such branch.
    theirs: Option<String>,
    /// Name and commit of the remote's default branch, where it is another one.
    default: Option<(String, String)>,
}

impl Store {
    /// Fetches, brings together and pushes the live branch, or the checkout's.
    ///
    /// # Errors
    /// [`StoreError::Sync`] says what stood in the way; what was written here is kept whatever it
    /// is, and files, index and branches of the person's are as before.
    pub fn sync(&mut self, wish: &Wish<'_>) -> Result<Synced> {
        if self.settings.commit == CommitMode::Never {
            return Err(Trouble::Off.into());
        }
        self.git()?;
        let _one = self.lock_on("sync.lock")?;
        let lane = self.lane()?;
        let mut synced = Synced {
            branch: lane.branch.clone(),
            remote: lane.remote.clone(),
            label: lane.label(),
            ..Synced::default()
        };
        for attempt in 0..TRIES {
            if attempt > 0 {
                thread::sleep(pause(attempt));
            }
            let heads = self.look_there(&lane, wish)?;
            self.adopt(&lane, &heads)?;
            self.bring(&lane, &heads, wish, &mut synced)?;
            if self.push(&lane, &heads, wish, &mut synced)? {
                return Ok(synced);
            }
        }
        Err(Trouble::Raced { label: lane.label(), tries: TRIES }.into())
    }

    /// A background sync's turn; none while another one has it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn take_turn(&self) -> Result<Option<Held>> {
        let path = self.state.join("sync-turn.lock");
        let fail = |e| StoreError::io("lock", &path, e);
        self.disk.create_dir_all(&self.state).map_err(fail)?;
        self.disk.try_lock(&path, &format!("process {}", std::process::id())).map_err(fail)
    }

    /// Whether a branch is at this commit.
    pub fn tip_is(&self, branch: &str, commit: &str) -> bool {
        let name = format!("refs/heads/{branch}");
        let tip = self.home.as_ref().and_then(|git| git.resolve(&name).ok().flatten());
        tip.as_deref() == Some(commit)
    }

    /// Whether there is a remote at all.
    pub fn has_remote(&self) -> bool {
        let remotes = self.home.as_ref().map(|git| git.remotes());
        remotes.and_then(Result::ok).is_some_and(|remotes| !remotes.is_empty())
    }

    /// The remote and the branch on it that [`Store::sync`] shares with, and the remote's address
    /// without passwords.
    ///
    /// # Errors
    /// When there is none, or it is not clear which.
    pub fn shares_with(&self) -> Result<(String, String, Option<String>)> {
        let lane = self.lane()?;
        let address = self.git()?.address(&lane.remote)?;
        Ok((lane.remote, lane.upstream, address))
    }

    fn lane(&self) -> Result<Lane> {
        let home = self.home.as_ref().ok_or(Trouble::Off)?;
        let live = self.settings.branch.clone();
        let branch = match &live {
            Some(live) => live.clone(),
            None => home.head()?.branch.ok_or(Trouble::Detached)?,
        };
        let remotes = home.remotes()?;
        let follows = home.upstream(&branch)?.filter(|(remote, _)| remotes.contains(remote));
        let remote = match (&follows, remotes.as_slice()) {
            (Some((remote, _)), _) => remote.clone(),
            (None, []) => return Err(Trouble::NoRemote.into()),
            (None, [one]) => one.clone(),
            (None, many) if many.iter().any(|r| r == "origin") => "origin".to_owned(),
            (None, _) => return Err(Trouble::ManyRemotes { branch, remotes }.into()),
        };
        // A live branch goes to the branch of its name: `git branch incidents origin/main` makes
        // one that follows main, and records must not go there.
        let upstream = match follows {
            Some((_, upstream)) if live.is_none() => upstream,
            _ => branch.clone(),
        };
        let plain = |name: &str| !name.split('/').any(|p| p.is_empty() || p == "." || p == "..");
        if ![&remote, &branch, &upstream].iter().all(|name| plain(name)) {
            return Err(StoreError::Request(format!("`{remote}/{upstream}` is no branch's name")));
        }
        Ok(Lane { branch, remote, upstream })
    }

    /// Fetches, and compares with what was seen last.
    fn look_there(&self, lane: &Lane, wish: &Wish<'_>) -> Result<Heads> {
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let (remote, way) = (lane.remote.as_str(), wish.way);
        let mut default = None;
        if self.settings.branch.is_some() {
            default = git.default_branch(remote)?;
            if default.is_none() {
                default = git.ask_default_branch(remote, way)?;
            }
            default = default.filter(|name| *name != lane.upstream && *name != lane.branch);
        }
        let before = git.resolve(&lane.tracking())?;
        let mut there = true;
        loop {
            let mut branches = Vec::new();
            branches.extend(there.then_some(lane.upstream.as_str()));
            branches.extend(default.as_deref());
            if branches.is_empty() {
                break;
            }
            match git.fetch(remote, &branches, way)? {
                Fetched::Done => break,
                Fetched::Missing(name) if there && name == lane.upstream => there = false,
                Fetched::Missing(name) if default.as_deref() == Some(&*name) => default = None,
                Fetched::Missing(name) => {
                    let said = format!("there is no branch `{name}`");
                    return Err(Trouble::Failed { remote: remote.into(), said }.into());
                }
                Fetched::Refused(refusal) => return Err(Trouble::of(remote, refusal).into()),
            }
        }
        let theirs = if there { git.resolve(&lane.tracking())? } else { None };
        self.compare_with_seen(lane, before, theirs.as_deref(), wish.rewritten)?;
        let default = match default {
            Some(name) => {
                git.resolve(&format!("refs/remotes/{remote}/{name}"))?.map(|commit| (name, commit))
            }
            None => None,
        };
        Ok(Heads { theirs, default })
    }

    /// Makes the live branch here where only the remote has it, and goes to work there.
    fn adopt(&mut self, lane: &Lane, heads: &Heads) -> Result<()> {
        let home = self.home.clone().ok_or(Trouble::Off)?;
        if home.resolve(&lane.name())?.is_none() {
            match &heads.theirs {
                Some(theirs) => home.make_branch(&lane.branch, theirs)?,
                None if home.head()?.commit.is_none() => return Err(Trouble::Unborn.into()),
                None => {
                    let (branch, remote) = (lane.branch.clone(), lane.remote.clone());
                    return Err(Trouble::NoBranch { branch, remote }.into());
                }
            }
        }
        let on_it = home.head()?.branch.as_ref() == Some(&lane.branch);
        if self.tree == Tree::Checkout && !on_it {
            self.warnings.clear();
            self.choose_tree()?;
            if self.tree == Tree::Checkout {
                let why = self.warnings.pop().unwrap_or_default();
                return Err(StoreError::Git { command: "worktree".into(), output: why });
            }
        }
        Ok(())
    }

    /// Where the branch is here.
    fn tip(&self, lane: &Lane) -> Result<String> {
        let home = self.home.as_ref().ok_or(Trouble::Off)?;
        home.resolve(&lane.name())?.ok_or_else(|| Trouble::Unborn.into())
    }
}

/// Longer each time, and never the same for two who collided.
fn pause(attempt: usize) -> Duration {
    let most = 40_u64 << attempt.min(4);
    Duration::from_millis(most / 2 + fastrand::u64(0..most))
}
