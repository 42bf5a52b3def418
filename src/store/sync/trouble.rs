//! What can stand in the way of sharing.

use std::path::{Path, PathBuf};

use crate::store::error::shown;
use crate::store::git::Refusal;

/// How many names a message lists before it counts the rest.
const SHOWN: usize = 5;

/// Why nothing was shared, or not everything. Whatever it is, what was written here is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The workspace works without git.
    #[error("this workspace works without git, so there is nothing to share with")]
    Off,
    /// There is no remote.
    #[error("there is no remote to share with")]
    NoRemote,
    /// There are several remotes, and none is the branch's.
    #[error("`{branch}` could go to any of {}", remotes.join(", "))]
    ManyRemotes {
        /// The branch.
        branch: String,
        /// The remotes.
        remotes: Vec<String>,
    },
    /// `HEAD` is detached, and no live branch is set.
    #[error("HEAD is detached: what is committed here belongs to no branch")]
    Detached,
    /// The live branch is neither here nor there.
    #[error("there is no branch `{branch}`, neither here nor on {remote}")]
    NoBranch {
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
    },
    /// There is no commit yet.
    #[error("there is no commit to share yet")]
    Unborn,
    /// The remote did not answer.
    #[error("off-line: {remote} cannot be reached: {said}")]
    Offline {
        /// The remote.
        remote: String,
        /// Git's words.
        said: String,
    },
    /// The remote lets nobody in with these credentials.
    #[error("{remote} lets you not in: {said}")]
    NoAccess {
        /// The remote.
        remote: String,
        /// Git's words.
        said: String,
    },
    /// Git failed in another way while it talked to the remote.
    #[error("sharing with {remote} failed: {said}")]
    Failed {
        /// The remote.
        remote: String,
        /// Git's words.
        said: String,
    },
    /// The remote's branch is protected, or a hook there refuses.
    #[error("{remote} declined the push to `{branch}`: {said}")]
    Declined {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// The hook's words.
        said: String,
    },
    /// Somebody else was first, every time.
    #[error("others were faster {tries} times in a row on {label}")]
    Raced {
        /// The branch as git names it here, `origin/incidents`.
        label: String,
        /// How often it was tried.
        tries: usize,
    },
    /// The two sides share no commit.
    #[error("`{branch}` and {label} have no commit in common")]
    Unrelated {
        /// The branch.
        branch: String,
        /// The other one.
        label: String,
    },
    /// The two sides share no commit that this clone has.
    #[error("this clone is shallow: where `{branch}` and {label} parted is not in it")]
    Shallow {
        /// The branch.
        branch: String,
        /// The other one.
        label: String,
    },
    /// A merge or the like is under way in the checkout of the branch.
    #[error("a {operation} is in progress where `{branch}` is checked out")]
    InProgress {
        /// The branch.
        branch: String,
        /// `merge`, `rebase`, `cherry-pick`, `revert`.
        operation: &'static str,
    },
    /// The remote's branch was there and is gone.
    #[error("{label} is gone; it was at {}", short(seen))]
    Gone {
        /// The branch as git names it here.
        label: String,
        /// Where it was last.
        seen: String,
    },
    /// The remote's branch no longer holds what it held.
    #[error(
        "the history of {label} was rewritten: {} is no longer in it, it is at {}",
        short(seen),
        short(now)
    )]
    Rewritten {
        /// The branch as git names it here.
        label: String,
        /// Where it was last.
        seen: String,
        /// Where it is.
        now: String,
    },
    /// Both sides changed the same lines of files that are no records.
    #[error("`{branch}` and {label} both changed {}", listed(paths))]
    Clash {
        /// The branch.
        branch: String,
        /// The other one.
        label: String,
        /// The files, from the top of the work tree.
        paths: Vec<PathBuf>,
    },
    /// What comes in would go over changes that are not committed.
    #[error("others changed what is changed here and not committed: {}", listed(paths))]
    InTheWay {
        /// The files, from the top of the work tree.
        paths: Vec<PathBuf>,
    },
    /// A push would carry commits that have nothing to do with the workspace.
    #[error("a push to {label} would carry commits that touch other files than the workspace's: {}", commits.iter().take(SHOWN).map(Stranger::words).collect::<Vec<_>>().join("; "))]
    Strangers {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// The branch as git names it here.
        label: String,
        /// Those commits, newest first.
        commits: Vec<Stranger>,
    },
    /// Git is older than 2.38.
    #[error("this git is too old to share with: 2.38 or later is needed")]
    TooOld,
}

/// A commit that touches files outside the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Its full name.
    pub commit: String,
    /// The first line of its message.
    pub subject: String,
    /// One such file, from the top of the work tree.
    pub path: PathBuf,
}

impl Stranger {
    fn words(&self) -> String {
        let subject: String = self.subject.chars().filter(|c| !c.is_control()).take(60).collect();
        format!("{} {subject} ({})", short(&self.commit), shown(&self.path))
    }
}

impl Trouble {
    /// What a remote's silence or refusal means.
    pub(super) fn of(remote: &str, refusal: Refusal) -> Trouble {
        let remote = remote.to_owned();
        match refusal {
            Refusal::Unreachable(said) => Trouble::Offline { remote, said },
            Refusal::NoAccess(said) => Trouble::NoAccess { remote, said },
            Refusal::Other(said) => Trouble::Failed { remote, said },
        }
    }

    /// Whether the set-up is what is wrong, not the moment.
    pub(crate) fn is_set_up(&self) -> bool {
        matches!(
            self,
            Trouble::Off
                | Trouble::NoRemote
                | Trouble::ManyRemotes { .. }
                | Trouble::Detached
                | Trouble::NoBranch { .. }
                | Trouble::Unborn
        )
    }

    /// Stable name, for `inc explain`.
    pub fn code(&self) -> &'static str {
        match self {
            Trouble::Off => "git-off",
            Trouble::NoRemote => "no-remote",
            Trouble::ManyRemotes { .. } => "many-remotes",
            Trouble::Detached => "detached-head",
            Trouble::NoBranch { .. } => "no-live-branch",
            Trouble::Unborn => "no-commit",
            Trouble::Offline { .. } => "off-line",
            Trouble::NoAccess { .. } => "no-access",
            Trouble::Failed { .. } => "sync-failed",
            Trouble::Declined { .. } => "push-declined",
            Trouble::Raced { .. } => "push-raced",
            Trouble::Unrelated { .. } => "unrelated-histories",
            Trouble::Shallow { .. } => "shallow-clone",
            Trouble::InProgress { .. } => "sync-waits",
            Trouble::Gone { .. } => "branch-gone",
            Trouble::Rewritten { .. } => "history-rewritten",
            Trouble::Clash { .. } => "sync-clash",
            Trouble::InTheWay { .. } => "sync-in-the-way",
            Trouble::Strangers { .. } => "foreign-commits",
            Trouble::TooOld => "old-git",
        }
    }

    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            Trouble::Off => "set `git.commit = \"each\"` in inc.toml to work with git".into(),
            Trouble::NoRemote => {
                "`git remote add origin ADDRESS` names one; then run inc sync again".into()
            }
            Trouble::ManyRemotes { branch, .. } => {
                format!("`git config branch.{branch}.remote REMOTE` says which")
            }
            Trouble::Detached => {
                "`git switch -c NAME` makes a branch, or name a live branch in inc.toml: \
                 git.branch = \"incidents\""
                    .into()
            }
            Trouble::NoBranch { branch, .. } => {
                format!("`git branch {branch}` makes it from where you are; inc sync shares it")
            }
            Trouble::Unborn => "inc init makes the first one".into(),
            Trouble::Offline { .. } => {
                "nothing is lost: inc sync shares it when the remote can be reached".into()
            }
            Trouble::NoAccess { remote, .. } => format!(
                "nothing is lost; see that `git fetch {remote}` works: inc uses the same keys and \
                 credentials"
            ),
            Trouble::Failed { .. } => "nothing is lost; run inc sync again".into(),
            Trouble::Declined { .. } => {
                "nothing is lost; where a branch takes pull requests alone, records go to a branch \
                 of their own: git.branch = \"incidents\" in inc.toml"
                    .into()
            }
            Trouble::Raced { .. } => "nothing is lost; run inc sync again".into(),
            Trouble::Unrelated { label, .. } => format!(
                "see that {label} is the right branch of the right repository; nothing was changed"
            ),
            Trouble::Shallow { .. } => "`git fetch --unshallow` brings the rest".into(),
            Trouble::InProgress { operation, .. } => {
                format!("finish or abort the {operation}, then run inc sync again")
            }
            Trouble::Gone { .. } => {
                "nothing of yours is changed; inc sync --accept-rewritten puts the branch back \
                 with all that is here"
                    .into()
            }
            Trouble::Rewritten { .. } => {
                "nothing of yours is changed; find out who did it and why. inc sync \
                 --accept-rewritten goes on from there and brings in again what is here"
                    .into()
            }
            Trouble::Clash { branch, label, .. } => format!(
                "nothing was changed; bring these files together by hand: `git switch {branch}`, \
                 `git merge {label}`, mend them, `git commit`; then inc sync"
            ),
            Trouble::InTheWay { .. } => {
                "nothing was changed; commit them, or put them aside with `git stash`, then run \
                 inc sync again"
                    .into()
            }
            Trouble::Strangers { remote, branch, .. } => {
                format!("nothing was pushed; they are yours to push: `git push {remote} {branch}`")
            }
            Trouble::TooOld => "update git".into(),
        }
    }
}

/// The beginning of a commit's name, as people say it.
pub(crate) fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

fn listed(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().take(SHOWN).map(|p| shown(Path::new(p))).collect();
    let more = match paths.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", names.join(", "))
}
