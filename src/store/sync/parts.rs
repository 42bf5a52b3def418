//! Files that both sides of a merge made under one name, for two things.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Wish;
use crate::store::disk::UNFINISHED;
use crate::store::error::Result;
use crate::store::{READ_LIMIT, Store};

impl Store {
    /// Gives files that both sides made under one name, for two things, a name each; gives the
    /// tree, and the paths where it is not so.
    pub(super) fn part(
        &self,
        tree: String,
        [ours, theirs]: [&str; 2],
        paths: Vec<PathBuf>,
        wish: &Wish<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(String, Vec<PathBuf>)> {
        let git = self.git()?;
        let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
        let mut others = Vec::new();
        for path in paths {
            let sides = git.blobs(&[(ours, &path), (theirs, &path)], READ_LIMIT)?;
            let now = |rel: &Path| {
                let merged = || git.blobs(&[(&tree, &self.git_path(rel))], READ_LIMIT).ok();
                files.get(rel).cloned().or_else(|| merged()?.into_iter().next()?)
            };
            let parted = match (path.strip_prefix(&self.prefix), sides.as_slice()) {
                (Ok(rel), [Some(ours), Some(theirs)]) => (wish.parts)(rel, [ours, theirs], &now),
                _ => None,
            };
            match parted {
                Some(parted) => {
                    let names = parted.iter().map(|(path, _)| path.display().to_string());
                    notes.push(format!(
                        "Both sides made {}, for two things; each has a file now: {}",
                        path.display(),
                        names.collect::<Vec<_>>().join(", ")
                    ));
                    files.extend(parted);
                }
                None => others.push(path),
            }
        }
        // What cannot be brought together leaves everything as it was.
        if files.is_empty() || !others.is_empty() {
            return Ok((tree, others));
        }
        let full: Vec<(PathBuf, &[u8])> =
            files.iter().map(|(rel, bytes)| (self.git_path(rel), bytes.as_slice())).collect();
        let full: Vec<(&Path, &[u8])> = full.iter().map(|(p, b)| (p.as_path(), *b)).collect();
        // A dead git's is swept with whatever else was unfinished.
        let index = self.state.join(format!("{UNFINISHED}graft"));
        let grafted = git.graft(&tree, &full, &index);
        drop(self.disk.remove(&index));
        Ok((grafted?, others))
    }
}
