//! Where each remote branch was when it was last seen, so that a rewritten one is noticed.
//!
//! `.git/inc/seen/<remote>/<branch>` holds the commit's name and a line end; a ref of the same
//! name below `refs/inc/seen/` keeps the commit from being swept away.

use std::path::PathBuf;

use super::{Lane, Trouble};
use crate::store::Store;
use crate::store::error::Result;
use crate::store::journal::{PRIVATE, write_whole};

impl Store {
    /// Fails if the remote's branch lost something that was seen on it; else remembers where it is.
    /// `before` is where git last saw it.
    pub(super) fn compare_with_seen(
        &self,
        lane: &Lane,
        before: Option<String>,
        now: Option<&str>,
        accept: bool,
    ) -> Result<()> {
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        let seen = self.seen(&lane.remote, &lane.upstream).or(before);
        if let Some(seen) = seen.filter(|_| !accept) {
            match now {
                None => return Err(Trouble::Gone { label: lane.label(), seen }.into()),
                Some(now) if *now == *seen => {}
                Some(now) => {
                    // A commit that is here no more was dropped with somebody's clean-up, not by
                    // the remote.
                    let known = git.resolve(&seen)?.is_some();
                    if known && !git.is_ancestor(&seen, now)? {
                        let (label, now) = (lane.label(), now.to_owned());
                        return Err(Trouble::Rewritten { label, seen, now }.into());
                    }
                }
            }
        }
        match now {
            Some(now) => self.remember(lane, now),
            None => Ok(()),
        }
    }

    /// Where a remote's branch was when it was last seen by a sync.
    pub fn seen(&self, remote: &str, branch: &str) -> Option<String> {
        let bytes = self.disk.read(&self.seen_path(remote, branch), 1000).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let name = text.trim();
        let whole = name.len() >= 40 && name.bytes().all(|b| b.is_ascii_hexdigit());
        whole.then(|| name.to_owned())
    }

    /// Notes where the remote's branch is.
    pub(super) fn remember(&self, lane: &Lane, commit: &str) -> Result<()> {
        if self.seen(&lane.remote, &lane.upstream).as_deref() == Some(commit) {
            return Ok(());
        }
        let git = self.home.as_ref().ok_or(Trouble::Off)?;
        git.set_ref(&format!("refs/inc/seen/{}", lane.label()), commit)?;
        let path = self.seen_path(&lane.remote, &lane.upstream);
        write_whole(&*self.disk, &path, format!("{commit}\n").as_bytes(), PRIVATE)
    }

    fn seen_path(&self, remote: &str, branch: &str) -> PathBuf {
        self.state.join("seen").join(remote).join(branch)
    }
}
