//! Brings two sides of a branch together, and takes the work tree along.
//!
//! The merge itself touches no work tree. In our own live tree the branch moves first and the tree
//! follows, as after every commit there. In a person's checkout files and index move first, because
//! a branch that is ahead of its files would look like somebody had taken everything back; a mark
//! in `joining` lets the next command complete what a dead one began.

use std::path::{Path, PathBuf};

use super::{Heads, Lane, Synced, TRIES, Trouble, Wish};
use crate::store::commit::operation;
use crate::store::error::{Result, StoreError};
use crate::store::git::{Altered, MergedTrees, Stepped, TreeCommit};
use crate::store::history::same_text;
use crate::store::journal::{PRIVATE, sweep, write_whole};
use crate::store::write::Transaction;
use crate::store::{CommitMode, READ_LIMIT, Store};

/// What became of an attempt to move the branch.
enum Moved {
    Yes,
    /// The branch is elsewhere than it was: begin again.
    Again,
}

impl Store {
    /// Brings in what the remote has: its side of the branch, then its default branch.
    pub(super) fn bring(
        &self,
        lane: &Lane,
        heads: &Heads,
        wish: &Wish<'_>,
        synced: &mut Synced,
    ) -> Result<()> {
        let _held = self.lock()?;
        self.same_tree()?;
        synced.notes.extend(self.recover_held()?);
        sweep(&*self.disk, &self.state);
        if let Some(theirs) = &heads.theirs {
            self.join(lane, theirs, &lane.label(), wish, synced)?;
        }
        synced.waiting = None;
        let Some((name, commit)) = &heads.default else { return Ok(()) };
        let label = format!("{}/{name}", lane.remote);
        if !self.concerns_us(lane, commit, &label)? {
            return Ok(());
        }
        match self.join(lane, commit, &label, wish, synced) {
            // Records must not wait until somebody has mended a table of the standard.
            Err(StoreError::Sync(trouble)) => {
                synced.waiting = Some(trouble);
                Ok(())
            }
            done => done,
        }
    }

    /// Whether a branch brings anything that lies in the workspace.
    fn concerns_us(&self, lane: &Lane, theirs: &str, label: &str) -> Result<bool> {
        let (git, ours) = (self.git()?, self.tip(lane)?);
        match git.merge_base(&ours, theirs)? {
            Some(base) if base == theirs => Ok(false),
            Some(base) => {
                let altered = git.altered(&base, theirs)?;
                Ok(altered.iter().any(|a| a.path.starts_with(&self.prefix)))
            }
            None => Err(self.no_base(lane, label)?.into()),
        }
    }

    fn no_base(&self, lane: &Lane, label: &str) -> Result<Trouble> {
        let (branch, label) = (lane.branch.clone(), label.to_owned());
        Ok(match self.git()?.is_shallow()? {
            true => Trouble::Shallow { branch, label },
            false => Trouble::Unrelated { branch, label },
        })
    }

    fn join(
        &self,
        lane: &Lane,
        theirs: &str,
        label: &str,
        wish: &Wish<'_>,
        synced: &mut Synced,
    ) -> Result<()> {
        let git = self.git()?;
        for _ in 0..TRIES {
            let ours = self.tip(lane)?;
            let Some(base) = git.merge_base(&ours, theirs)? else {
                return Err(self.no_base(lane, label)?.into());
            };
            if base == theirs {
                return Ok(());
            }
            if let Some(operation) = operation(git) {
                return Err(Trouble::InProgress { branch: lane.branch.clone(), operation }.into());
            }
            let brought = git.ahead(theirs, &ours)?;
            let (new, conflicts) = if base == ours {
                (theirs.to_owned(), Vec::new())
            } else {
                self.merge(lane, &ours, theirs, label, wish, &mut synced.notes)?
            };
            match self.advance(lane, &ours, &new, label, wish, &mut synced.notes)? {
                Moved::Yes => {
                    synced.brought += brought;
                    synced.conflicts.extend(conflicts);
                    return Ok(());
                }
                Moved::Again => self.catch_up()?,
            }
        }
        Err(StoreError::Changed { path: PathBuf::from(&lane.branch) })
    }

    /// Merges without a work tree; gives the commit, and the records in it that conflict.
    fn merge(
        &self,
        lane: &Lane,
        ours: &str,
        theirs: &str,
        label: &str,
        wish: &Wish<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(String, Vec<PathBuf>)> {
        let git = self.git()?;
        let attributes = self.state.join("attributes");
        if let Some(driver) = wish.driver {
            let line = format!("incident.yaml merge={}\n", driver.name);
            write_whole(&*self.disk, &attributes, line.as_bytes(), PRIVATE)?;
        }
        let merged = git.merge_trees(ours, theirs, wish.driver, &attributes)?;
        let MergedTrees::Tree { tree, conflicts } = merged else {
            return Err(Trouble::TooOld.into());
        };
        let wanted: Vec<(&str, &Path)> =
            conflicts.iter().map(|p| (tree.as_str(), p.as_path())).collect();
        let texts = git.blobs(&wanted, READ_LIMIT)?;
        let (mut records, mut others) = (Vec::new(), Vec::new());
        for (path, text) in conflicts.iter().zip(texts) {
            let inside = path.strip_prefix(&self.prefix).ok();
            match inside.zip(text) {
                Some((rel, text)) if (wish.accepts)(rel, &text) => records.push(rel.to_owned()),
                _ => others.push(path.clone()),
            }
        }
        let (tree, others) = self.part(tree, [ours, theirs], others, wish, notes)?;
        if !others.is_empty() {
            let (branch, label) = (lane.branch.clone(), label.to_owned());
            return Err(Trouble::Clash { branch, label, paths: others }.into());
        }
        let mut message = format!("{}: brought together with {label}\n\n", lane.branch);
        for path in &records {
            message.push_str(&format!("conflict: {}\n", path.display()));
        }
        if !records.is_empty() {
            message.push('\n');
        }
        message.push_str(&format!("Inc-Sync: {label}\n{}", wish.told));
        let commit = TreeCommit {
            tree: &tree,
            parents: &[ours, theirs],
            message: &message,
            author: wish.author,
            date: wish.date,
        };
        Ok((git.commit_tree(&commit)?, records))
    }

    /// Moves the branch, and the tree that it is checked out in.
    fn advance(
        &self,
        lane: &Lane,
        old: &str,
        new: &str,
        label: &str,
        wish: &Wish<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Moved> {
        let git = self.git()?;
        let altered = git.altered(old, new)?;
        let in_the_way = self.in_the_way(old, &altered)?;
        if !in_the_way.is_empty() {
            return self.commit_what_is_in_the_way(&in_the_way, wish, notes);
        }
        let home = self.home.as_ref().ok_or(Trouble::Off)?;
        if self.is_own_tree() {
            if home.move_branch(&lane.branch, new, old)? {
                self.catch_up()?;
                return Ok(Moved::Yes);
            }
            return Ok(Moved::Again);
        }
        let mark = format!("{}\n{old}\n{new}\n{label}\n", lane.branch);
        write_whole(&*self.disk, &self.joining(), mark.as_bytes(), PRIVATE)?;
        if let Stepped::InTheWay(paths) = git.step_tree(old, new)? {
            self.remove_if_there(&self.joining())?;
            return Err(Trouble::InTheWay { paths }.into());
        }
        self.make_safe(&altered)?;
        if home.move_branch(&lane.branch, new, old)? {
            self.remove_if_there(&self.joining())?;
            return Ok(Moved::Yes);
        }
        // A commit by somebody who knows no locks: back, and again from there.
        let back = git.step_tree(new, old)?;
        self.remove_if_there(&self.joining())?;
        match back {
            Stepped::Done => Ok(Moved::Again),
            Stepped::InTheWay(paths) => Err(Trouble::InTheWay { paths }.into()),
        }
    }

    /// Which of these paths are not as the old commit has them. Inside the workspace bytes are
    /// compared; elsewhere only what would be lost for certain, because filters may lie between a
    /// file and its object: git looks at those itself.
    fn in_the_way(&self, old: &str, altered: &[Altered]) -> Result<Vec<PathBuf>> {
        let git = self.git()?;
        let wanted: Vec<(&str, &Path)> = altered.iter().map(|a| (old, a.path.as_path())).collect();
        let mut found = Vec::new();
        // In parts: a first sync may bring ten thousand records.
        for (part, wanted) in altered.chunks(256).zip(wanted.chunks(256)) {
            let inside = |a: &Altered| a.path.starts_with(&self.prefix);
            let asked: Vec<(&str, &Path)> = part
                .iter()
                .zip(wanted)
                .filter_map(|(a, w)| (inside(a) && a.before).then_some(*w))
                .collect();
            let mut texts = git.blobs(&asked, READ_LIMIT)?.into_iter();
            for a in part {
                let full = self.tree_top().join(&a.path);
                if !a.before {
                    if self.disk.stat(&full).is_ok() {
                        found.push(a.path.clone());
                    }
                } else if inside(a)
                    && let Some(Some(text)) = texts.next()
                {
                    // A link, or what cannot be read, is git's to judge.
                    let now = self.disk.read(&full, READ_LIMIT).ok();
                    let gone = self.disk.stat(&full).is_err();
                    if gone || now.is_some_and(|now| !same_text(Some(&now), Some(&text))) {
                        found.push(a.path.clone());
                    }
                }
            }
        }
        Ok(found)
    }

    /// Records that somebody edited by hand are committed first, as every writing command does;
    /// what is no readable record is the person's to finish.
    fn commit_what_is_in_the_way(
        &self,
        paths: &[PathBuf],
        wish: &Wish<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Moved> {
        let (mut records, mut others) = (Vec::new(), Vec::new());
        for path in paths {
            let rel = path.strip_prefix(&self.prefix).ok();
            let now = rel.and_then(|rel| self.now(rel).ok()).and_then(|(_, _, now)| now);
            match rel.zip(now) {
                Some((rel, now)) if (wish.accepts)(rel, &now) => records.push(rel.to_owned()),
                _ => others.push(path.clone()),
            }
        }
        let commits = self.settings.commit == CommitMode::Each;
        if !others.is_empty() || !commits {
            return Err(Trouble::InTheWay { paths: paths.to_vec() }.into());
        }
        let committed = {
            let rels: Vec<&Path> = records.iter().map(PathBuf::as_path).collect();
            self.at_head(&rels)?
        };
        let new: Vec<PathBuf> = records
            .iter()
            .zip(committed)
            .filter(|(_, committed)| committed.is_none())
            .map(|(rel, _)| rel.clone())
            .collect();
        let by_hand = Transaction {
            body: wish.told.to_owned(),
            author: wish.author.cloned(),
            date: wish.date,
            ..Transaction::default()
        };
        match self.commit_by_hand(self.git()?, &by_hand, &records, &new, notes)? {
            Some(false) => Err(Trouble::InTheWay { paths: paths.to_vec() }.into()),
            Some(true) | None => Ok(Moved::Again),
        }
    }

    /// Git does not flush the files that it checks out; a branch must not be ahead of them.
    fn make_safe(&self, altered: &[Altered]) -> Result<()> {
        let top = self.tree_top();
        let mut folders: Vec<PathBuf> = Vec::new();
        for a in altered {
            let full = top.join(&a.path);
            if a.after {
                // A link or a submodule has no bytes of its own to flush.
                drop(self.disk.sync_file(&full));
            }
            folders.extend(full.parent().map(Path::to_owned));
        }
        folders.sort();
        folders.dedup();
        for folder in folders.iter().filter(|folder| self.disk.stat(folder).is_ok()) {
            self.disk.sync_dir(folder).map_err(|e| StoreError::io("write", folder, e))?;
        }
        Ok(())
    }

    /// Where a sync that moves a person's checkout leaves its mark.
    pub(crate) fn joining(&self) -> PathBuf {
        self.own_state().join("joining")
    }

    /// Completes what a dead sync began in a checkout.
    pub(crate) fn recover_joining(&self, notes: &mut Vec<String>) -> Result<()> {
        let path = self.joining();
        let Ok(bytes) = self.disk.read(&path, 4096) else { return Ok(()) };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = text.lines();
        let (Some(branch), Some(old), Some(new), Some(label)) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return self.remove_if_there(&path);
        };
        let (git, home) = (self.git()?, self.home.as_ref().ok_or(Trouble::Off)?);
        let head = git.head()?;
        if head.commit.as_deref() == Some(new) {
            return self.remove_if_there(&path);
        }
        if head.branch.as_deref() != Some(branch) || head.commit.as_deref() != Some(old) {
            notes.push(format!(
                "A sync with {label} was interrupted, and `{branch}` has moved since: inc sync \
                 brings it in again"
            ));
            return self.remove_if_there(&path);
        }
        let altered = git.altered(old, new)?;
        if git.step_tree(old, new)? != Stepped::Done {
            self.put_back_old(old, new, &altered)?;
            if git.step_tree(old, new)? != Stepped::Done {
                notes.push(format!(
                    "A sync with {label} was interrupted, and files have changed since: inc sync \
                     brings it in again"
                ));
                return self.remove_if_there(&path);
            }
        }
        self.make_safe(&altered)?;
        if home.move_branch(branch, new, old)? {
            notes.push(format!("Completed the interrupted sync with {label}"));
        }
        self.remove_if_there(&path)
    }

    /// Files that the dead sync had already written go back to what the index still says; what a
    /// person typed since is left.
    fn put_back_old(&self, old: &str, new: &str, altered: &[Altered]) -> Result<()> {
        let git = self.git()?;
        for a in altered {
            let path = a.path.as_path();
            let texts = git.blobs(&[(old, path), (new, path)], READ_LIMIT)?;
            let [before, after] = texts.as_slice() else { continue };
            let full = self.tree_top().join(path);
            let now = self.disk.read(&full, READ_LIMIT).ok();
            let written = now.is_some() && same_text(now.as_deref(), after.as_deref());
            let gone = now.is_none() && !a.after && self.disk.stat(&full).is_err();
            if !written && !gone {
                continue;
            }
            let fail = |e| StoreError::io("write", path, e);
            match before {
                Some(before) => {
                    let mode = self.disk.stat(&full).ok().map(|stat| stat.mode);
                    write_whole(&*self.disk, &full, before, mode)?;
                }
                None => self.disk.remove(&full).map_err(fail)?,
            }
        }
        Ok(())
    }
}
