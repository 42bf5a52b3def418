//! Which paths are inside the workspace.

use std::collections::HashSet;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, RwLock};

use super::disk::{Disk, Kind, Stat};
use super::error::{Result, StoreError};

/// The workspace's folder, and the guard at its fence.
#[derive(Debug)]
pub(super) struct Place {
    /// Canonical, so that a link that leaves it shows.
    root: PathBuf,
    disk: Arc<dyn Disk>,
    /// Folders known to be real folders: ten thousand reads ask about `incidents/2026` once.
    known: RwLock<HashSet<PathBuf>>,
}

impl Place {
    /// The fence around `root`, which must be canonical.
    pub(super) fn new(root: PathBuf, disk: Arc<dyn Disk>) -> Self {
        Place { root, disk, known: RwLock::default() }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The full path of `rel`, if it names something inside by its words alone.
    pub(super) fn spell(&self, rel: &Path) -> Result<PathBuf> {
        let refuse = |why| StoreError::Path { path: rel.to_owned(), why };
        let mut parts = 0;
        for part in rel.components() {
            let Component::Normal(name) = part else {
                return Err(refuse(match part {
                    Component::ParentDir => "`..` may leave the workspace",
                    Component::CurDir => "`.` is not a name",
                    _ => "it is absolute",
                }));
            };
            if name.eq_ignore_ascii_case(".git") {
                return Err(refuse("git's own folder is not for records"));
            }
            if name.as_encoded_bytes().iter().any(u8::is_ascii_control) {
                return Err(refuse("it holds control characters"));
            }
            parts += 1;
        }
        if parts == 0 {
            return Err(refuse("it is empty"));
        }
        Ok(self.root.join(rel))
    }

    /// The full path of `rel` and what stands there; every link on the way is checked.
    pub(super) fn find(&self, rel: &Path) -> Result<(PathBuf, Option<Stat>)> {
        let full = self.spell(rel)?;
        if let Some(parent) = rel.parent().filter(|p| !p.as_os_str().is_empty())
            && !self.folder(parent)?
        {
            return Ok((full, None));
        }
        match self.disk.stat(&full) {
            Ok(stat) if stat.kind == Kind::Link => {
                let target = self.follow(rel, &full)?;
                let stat = self.disk.stat(&target).map_err(|e| StoreError::io("read", rel, e))?;
                Ok((target, Some(stat)))
            }
            Ok(stat) => Ok((full, Some(stat))),
            Err(e) if is_absent(&e) => Ok((full, None)),
            Err(e) => Err(StoreError::io("read", rel, e)),
        }
    }

    /// Whether `rel` is a folder inside the workspace; an error if it is a link out of it.
    fn folder(&self, rel: &Path) -> Result<bool> {
        if self.known.read().is_ok_and(|known| known.contains(rel)) {
            return Ok(true);
        }
        if let Some(parent) = rel.parent().filter(|p| !p.as_os_str().is_empty())
            && !self.folder(parent)?
        {
            return Ok(false);
        }
        let full = self.root.join(rel);
        let kind = match self.disk.stat(&full) {
            Ok(stat) => stat.kind,
            Err(e) if is_absent(&e) => return Ok(false),
            Err(e) => return Err(StoreError::io("read", rel, e)),
        };
        let directory = match kind {
            Kind::Directory => true,
            Kind::Link => {
                let target = self.follow(rel, &full)?;
                self.disk.stat(&target).is_ok_and(|s| s.kind == Kind::Directory)
            }
            Kind::File | Kind::Special => false,
        };
        if !directory {
            return Err(StoreError::NotAFile { path: rel.to_owned(), what: "not a directory" });
        }
        if let Ok(mut known) = self.known.write() {
            known.insert(rel.to_owned());
        }
        Ok(true)
    }

    fn follow(&self, rel: &Path, full: &Path) -> Result<PathBuf> {
        let target = self.disk.canonical(full).map_err(|e| StoreError::io("follow", rel, e))?;
        match target.strip_prefix(&self.root) {
            Ok(inner) if !inner.components().any(|c| c.as_os_str() == ".git") => Ok(target),
            _ => Err(StoreError::Path {
                path: rel.to_owned(),
                why: "it is a symbolic link out of the workspace",
            }),
        }
    }
}

/// Nothing there: no such name, or a file where a folder of the path should be.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::RealDisk;
    use super::*;

    proptest! {
        #[test]
        fn no_spelling_leaves_the_root(rel in r"(\.|\.\.|/|a|b|\.git|\PC){0,12}") {
            let place = Place::new(PathBuf::from("/root/of/it"), Arc::new(RealDisk));
            if let Ok(full) = place.spell(Path::new(&rel)) {
                prop_assert!(full.starts_with("/root/of/it"));
                let parts: Vec<_> = full.components().collect();
                prop_assert!(parts.len() > 4 && !parts.contains(&Component::ParentDir));
                prop_assert!(!parts.contains(&Component::Normal(".git".as_ref())));
            }
        }
    }
}
