//! Many files' history at once, for evidence.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::Store;
use super::error::{Result, StoreError};
use super::git::{Person, Touch, Touched, WalkQuery};
use crate::units::Instant;

/// One file of an old version is not read beyond this, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// All texts that are asked for together; more would not fit into memory everywhere.
const TOGETHER: usize = 512 * 1024 * 1024;

/// A branch of another machine, where it was when it was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The remote.
    pub remote: String,
    /// The branch.
    pub branch: String,
    /// Its head as it was last seen here.
    pub seen: String,
    /// Where the branch is now; none where it is gone.
    pub now: Option<String>,
}

impl Store {
    /// The commits that changed files below a folder, newest first; with `paths`, only those files.
    ///
    /// With a time, those whose author's or committer's date lies in `[since, until)`. A merge
    /// counts with what neither of its sides had.
    ///
    /// # Errors
    /// When a path leaves the workspace, or there is no repository.
    pub fn touches(
        &self,
        below: &Path,
        paths: Option<&[&Path]>,
        since: Option<Instant>,
        until: Option<Instant>,
    ) -> Result<Vec<Touch>> {
        let git = self.git()?;
        let Some(head) = git.head()?.commit else { return Ok(Vec::new()) };
        if !below.as_os_str().is_empty() {
            self.place.spell(below)?;
        }
        let paths = match paths {
            Some(paths) => Some(
                paths
                    .iter()
                    .map(|rel| self.place.spell(rel).map(|_| self.git_path(rel)))
                    .collect::<Result<Vec<PathBuf>>>()?,
            ),
            None => None,
        };
        let query = WalkQuery {
            from: &head,
            below: &self.git_path(below),
            paths: paths.as_deref(),
            since,
            until,
        };
        let mut touches = git.walk(&query)?;
        for touch in &mut touches {
            let inside = |file: Touched| {
                let path = file.path.strip_prefix(&self.prefix).ok()?.to_owned();
                Some(Touched { path, ..file })
            };
            touch.files = std::mem::take(&mut touch.files).into_iter().filter_map(inside).collect();
        }
        touches.retain(|touch| !touch.files.is_empty());
        Ok(touches)
    }

    /// Texts by the names that [`Store::touches`] gives them.
    ///
    /// # Errors
    /// When git cannot say, or all of them together are more than fits.
    pub fn texts(&self, names: &[&str]) -> Result<Vec<Option<Vec<u8>>>> {
        let git = self.git()?;
        let (mut texts, mut size) = (Vec::with_capacity(names.len()), 0_usize);
        for part in names.chunks(1024) {
            let part = git.named(part, LARGEST)?;
            size += part.iter().flatten().map(Vec::len).sum::<usize>();
            if size > TOGETHER {
                let (size, limit) = (size as u64, TOGETHER as u64);
                return Err(StoreError::TooLarge { path: "incidents".into(), size, limit });
            }
            texts.extend(part);
        }
        Ok(texts)
    }

    /// Which of these commits carry a signature; not whether it is good.
    ///
    /// # Errors
    /// When git cannot say.
    pub fn signed(&self, commits: &[&str]) -> Result<Vec<bool>> {
        self.git()?.signed(commits)
    }

    /// Commits before which history is cut off: those at the edge of a shallow clone.
    ///
    /// # Errors
    /// When git's list of them cannot be read.
    pub fn cut_off(&self) -> Result<HashSet<String>> {
        let Some(git) = &self.git else { return Ok(HashSet::new()) };
        let path = git.layout().common_dir.join("shallow");
        match self.disk.read(&path, LARGEST) {
            Ok(bytes) => {
                Ok(String::from_utf8_lossy(&bytes).lines().map(|l| l.trim().to_owned()).collect())
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(HashSet::new()),
            Err(e) => Err(StoreError::io("read", &path, e)),
        }
    }

    /// Branches that no longer hold the commit at which they were last seen: somebody pushed with
    /// force, or removed them.
    ///
    /// # Errors
    /// When the notes of what was seen cannot be read, or git cannot say.
    pub fn rewritten(&self) -> Result<Vec<Rewritten>> {
        let Some(git) = &self.git else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let seen = self.state.join("seen");
        let mut waiting = vec![(seen.clone(), 0_usize)];
        while let Some((folder, depth)) = waiting.pop() {
            let items = match self.disk.list(&folder) {
                Ok(items) => items,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(StoreError::io("read", &folder, e)),
            };
            for item in items {
                let path = folder.join(&item.name);
                if item.kind == super::Kind::Directory && depth < 16 {
                    waiting.push((path, depth + 1));
                    continue;
                }
                let Ok(named) = path.strip_prefix(&seen) else { continue };
                let named = named.to_string_lossy().replace('\\', "/");
                let Some((remote, branch)) = named.split_once('/') else { continue };
                let bytes =
                    self.disk.read(&path, 256).map_err(|e| StoreError::io("read", &path, e))?;
                let commit = String::from_utf8_lossy(&bytes).trim().to_owned();
                let hex = commit.len() >= 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
                if !hex {
                    continue;
                }
                let now = git.resolve(&format!("refs/remotes/{remote}/{branch}"))?;
                let known = git.resolve(&commit)?.is_some();
                let holds = match &now {
                    Some(now) if known => git.is_ancestor(&commit, now)?,
                    _ => false,
                };
                if !holds {
                    let (remote, branch) = (remote.to_owned(), branch.to_owned());
                    found.push(Rewritten { remote, branch, seen: commit, now });
                }
            }
        }
        found.sort_by(|a, b| (&a.remote, &a.branch).cmp(&(&b.remote, &b.branch)));
        Ok(found)
    }

    /// A setting of git's.
    ///
    /// # Errors
    /// When git cannot say.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        match &self.git {
            Some(git) => git.config(name),
            None => Ok(None),
        }
    }

    /// Who changed each of these files, each person once.
    ///
    /// # Errors
    /// As [`Store::touches`].
    pub fn writers(&self, paths: &[&Path]) -> Result<Vec<(PathBuf, Vec<Person>)>> {
        let touches = self.touches(Path::new(""), Some(paths), None, None)?;
        let mut writers: Vec<(PathBuf, Vec<Person>)> =
            paths.iter().map(|p| (p.to_path_buf(), Vec::new())).collect();
        for touch in touches {
            for file in &touch.files {
                let of = writers.iter_mut().find(|(path, _)| *path == file.path);
                if let Some((_, people)) = of
                    && !people.contains(&touch.commit.author)
                {
                    people.push(touch.commit.author.clone());
                }
            }
        }
        Ok(writers)
    }
}
