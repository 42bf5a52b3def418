//! Pushes, and counts what is not pushed yet.

use super::{Heads, Lane, Stranger, Synced, Trouble, Wish};
use crate::store::error::Result;
use crate::store::git::{Outgoing, Pushed};
use crate::store::{CommitMode, Store};

/// What nobody else has yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unshared {
    /// Where it would go, as git names it here: `origin/incidents`.
    pub label: String,
    /// How many commits.
    pub commits: usize,
}

impl Store {
    /// Pushes what the remote lacks; false if somebody else was first.
    pub(super) fn push(
        &self,
        lane: &Lane,
        heads: &Heads,
        wish: &Wish<'_>,
        synced: &mut Synced,
    ) -> Result<bool> {
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        synced.tip = self.tip(lane)?;
        let tip = synced.tip.as_str();
        if heads.theirs.as_deref() == Some(tip) {
            return Ok(true);
        }
        let outgoing = git.outgoing(tip, &lane.remote)?;
        self.refuse_strangers(lane, &outgoing)?;
        match git.push(&lane.remote, tip, &lane.upstream, wish.way)? {
            Pushed::Done => {}
            Pushed::Behind => return Ok(false),
            Pushed::Declined(said) => {
                let (remote, branch) = (lane.remote.clone(), lane.upstream.clone());
                return Err(Trouble::Declined { remote, branch, said }.into());
            }
            Pushed::Refused(refusal) => return Err(Trouble::of(&lane.remote, refusal).into()),
        }
        // Git notes it itself, but not where the clone follows other branches alone.
        if git.resolve(&lane.tracking())?.as_deref() != Some(tip) {
            git.set_ref(&lane.tracking(), tip)?;
        }
        self.remember(lane, tip)?;
        synced.shared = outgoing.len();
        synced.created = heads.theirs.is_none();
        Ok(true)
    }

    /// A push is for the workspace: other work is its author's to publish.
    fn refuse_strangers(&self, lane: &Lane, outgoing: &[Outgoing]) -> Result<()> {
        if self.prefix.as_os_str().is_empty() {
            return Ok(());
        }
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let names: Vec<&str> = outgoing.iter().map(|o| o.commit.as_str()).collect();
        let mut commits = Vec::new();
        for (commit, paths) in git.touched(&names)? {
            let Some(path) = paths.into_iter().find(|p| !p.starts_with(&self.prefix)) else {
                continue;
            };
            let subject = outgoing.iter().find(|o| o.commit == commit);
            let subject = subject.map(|o| o.subject.clone()).unwrap_or_default();
            commits.push(Stranger { commit, subject, path });
        }
        if commits.is_empty() {
            return Ok(());
        }
        let (remote, branch, label) = (lane.remote.clone(), lane.branch.clone(), lane.label());
        Err(Trouble::Strangers { remote, branch, label, commits }.into())
    }

    /// How many commits the remote lacks, as far as it is known here; none where there is nothing
    /// to share with.
    ///
    /// # Errors
    /// When git cannot say.
    pub fn unshared(&self) -> Result<Option<Unshared>> {
        if self.settings.commit == CommitMode::Never || !self.has_remote() {
            return Ok(None);
        }
        let (Ok(lane), Some(git)) = (self.lane(), &self.home) else { return Ok(None) };
        let Some(tip) = git.resolve(&lane.name())? else { return Ok(None) };
        let commits = match git.resolve(&lane.tracking())? {
            Some(theirs) if theirs == tip => 0,
            Some(theirs) => git.ahead(&tip, &theirs)?,
            None => git.outgoing(&tip, &lane.remote)?.len(),
        };
        Ok(Some(Unshared { label: lane.label(), commits }))
    }

    /// The commits that a sync would push as things stand, newest first, and where.
    ///
    /// # Errors
    /// As [`Store::sync`], without asking the remote.
    pub fn outgoing(&self) -> Result<(String, Vec<Outgoing>)> {
        if self.settings.commit == CommitMode::Never {
            return Err(Trouble::Off.into());
        }
        self.git()?;
        let lane = self.lane()?;
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let outgoing = git.outgoing(&self.tip(&lane)?, &lane.remote)?;
        self.refuse_strangers(&lane, &outgoing)?;
        Ok((lane.label(), outgoing))
    }
}
