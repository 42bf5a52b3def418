//! A folder of files that are made anew each time: written where they differ, and what was not
//! made this time goes.
//!
//! The folder is ours when it was empty, or when a file in it says so. Whatever else lies in it
//! stays: only the folders that are named are kept as they were made.

use std::collections::HashSet;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use super::disk::{Disk, Kind, RealDisk};
use super::error::{Result, StoreError};

/// Folders below one another; what lies deeper was never made by us.
const DEEPEST: usize = 8;

/// What became of the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// All files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Those that were not there, or other.
    pub written: usize,
    /// Those from before that are not made any more, and are gone.
    pub removed: usize,
}

#[derive(Debug, Default)]
struct State {
    put: HashSet<PathBuf>,
    folders: HashSet<PathBuf>,
    made: Made,
}

/// A folder that is being made.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    disk: RealDisk,
    state: Mutex<State>,
}

impl Site {
    /// Opens a folder, which is made where it is not there; `mark` is the name of the file that
    /// says whose it is, `says` what stands in it. None where it is somebody else's.
    ///
    /// # Errors
    ///
    /// When something else than a folder stands there, or the disk refuses.
    pub fn open(dir: &Path, mark: &str, says: &str) -> Result<Option<Site>> {
        let disk = RealDisk;
        match disk.canonical(dir).and_then(|real| disk.stat(&real)) {
            Ok(stat) if stat.kind == Kind::Directory => {}
            Ok(_) => {
                return Err(StoreError::NotAFile { path: dir.to_owned(), what: "no folder" });
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                disk.create_dir_all(dir).map_err(|e| StoreError::io("make", dir, e))?;
            }
            Err(e) => return Err(StoreError::io("read", dir, e)),
        }
        let root = disk.canonical(dir).map_err(|e| StoreError::io("read", dir, e))?;
        let site = Site { root, disk, state: Mutex::default() };
        let marked = site.root.join(mark);
        let is_ours = matches!(disk.stat(&marked), Ok(stat) if stat.kind == Kind::File);
        if !is_ours {
            let held = disk.list(&site.root).map_err(|e| StoreError::io("list", dir, e))?;
            if !held.is_empty() {
                return Ok(None);
            }
        }
        site.put(mark, says.as_bytes())?;
        Ok(Some(site))
    }

    /// Puts a file at a path of plain names, unless the same one is there.
    ///
    /// # Errors
    ///
    /// When the path leaves the folder, something else stands in its way, or the disk refuses.
    pub fn put(&self, rel: &str, bytes: &[u8]) -> Result<()> {
        let path = Path::new(rel);
        if !path.components().all(|c| matches!(c, Component::Normal(_))) {
            return Err(StoreError::Path { path: path.to_owned(), why: "it leaves the folder" });
        }
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            self.folder(folder)?;
        }
        let full = self.root.join(path);
        let there = self.disk.stat(&full).ok();
        let limit = bytes.len() as u64;
        let same = there.is_some_and(|stat| stat.kind == Kind::File && stat.size == limit)
            && self.disk.read(&full, limit).is_ok_and(|old| old == bytes);
        if !same {
            let fail = |e| StoreError::io("write", &full, e);
            let mode = there.filter(|stat| stat.kind == Kind::File).map(|stat| stat.mode);
            let new = self.disk.write_loosely(&full, bytes, mode).map_err(fail)?;
            self.disk.rename(&new, &full).map_err(|e| {
                let _ = self.disk.remove(&new);
                fail(e)
            })?;
        }
        let mut state = self.state();
        if state.put.insert(path.to_owned()) {
            state.made.files += 1;
            state.made.bytes += limit;
            state.made.written += usize::from(!same);
        }
        Ok(())
    }

    /// Makes a folder below the root; a link that leads elsewhere is not followed.
    fn folder(&self, rel: &Path) -> Result<()> {
        if self.state().folders.contains(rel) {
            return Ok(());
        }
        let mut below = PathBuf::new();
        for part in rel.components() {
            below.push(part);
            let full = self.root.join(&below);
            match self.disk.stat(&full) {
                Ok(stat) if stat.kind == Kind::Directory => {}
                Ok(_) => {
                    return Err(StoreError::Path { path: full, why: "no folder stands there" });
                }
                Err(_) => {
                    self.disk.create_dir_all(&full).map_err(|e| StoreError::io("make", &full, e))?
                }
            }
            self.state().folders.insert(below.clone());
        }
        Ok(())
    }

    /// Takes away what was not put this time from these folders, empty folders with it.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn finish(self, folders: &[&str]) -> Result<Made> {
        for folder in folders {
            self.clear(Path::new(folder), 0)?;
        }
        Ok(self.state().made)
    }

    fn clear(&self, rel: &Path, depth: usize) -> Result<()> {
        let full = self.root.join(rel);
        match self.disk.stat(&full) {
            Ok(stat) if stat.kind == Kind::Directory && depth < DEEPEST => {}
            _ => return Ok(()),
        }
        let mut left = false;
        for item in self.disk.list(&full).map_err(|e| StoreError::io("list", &full, e))? {
            let inner = rel.join(&item.name);
            if item.kind == Kind::Directory {
                self.clear(&inner, depth + 1)?;
                left = left || self.disk.stat(&self.root.join(&inner)).is_ok();
            } else if self.state().put.contains(&inner) {
                left = true;
            } else {
                let old = self.root.join(&inner);
                self.disk.remove(&old).map_err(|e| StoreError::io("remove", &old, e))?;
                self.state().made.removed += 1;
            }
        }
        if !left {
            self.disk.remove_dir(&full).map_err(|e| StoreError::io("remove", &full, e))?;
        }
        Ok(())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = ".mark";

    fn made(dir: &Path, files: &[(&str, &str)]) -> Made {
        let site = Site::open(dir, MARK, "ours\n").unwrap().unwrap();
        for (path, text) in files {
            site.put(path, text.as_bytes()).unwrap();
        }
        site.finish(&["a", "b"]).unwrap()
    }

    #[test]
    fn what_is_the_same_stays_and_what_is_old_goes() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("new/site");
        let first = made(&root, &[("a/1", "one"), ("a/deep/2", "two"), ("index", "i")]);
        assert_eq!((first.files, first.written, first.removed, first.bytes), (4, 4, 0, 12));
        std::fs::write(root.join("CNAME"), "mine").unwrap();
        let second = made(&root, &[("a/1", "one"), ("index", "j")]);
        assert_eq!((second.files, second.written, second.removed), (3, 1, 1));
        assert!(!root.join("a/deep").exists(), "empty folders go");
        assert_eq!(std::fs::read_to_string(root.join("CNAME")).unwrap(), "mine");
    }

    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("thesis.txt"), "words").unwrap();
        assert!(Site::open(dir.path(), MARK, "").unwrap().is_none());
        assert!(!dir.path().join(MARK).exists());
        let file = dir.path().join("thesis.txt");
        assert_eq!(Site::open(&file, MARK, "").unwrap_err().code(), "not-a-file");
    }

    #[test]
    fn no_path_and_no_link_leads_out() {
        let dir = tempfile::tempdir().unwrap();
        let (root, other) = (dir.path().join("site"), dir.path().join("other"));
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("kept"), "kept").unwrap();
        let site = Site::open(&root, MARK, "").unwrap().unwrap();
        for path in ["../x", "/x", "a/../../x"] {
            assert_eq!(site.put(path, b"").unwrap_err().code(), "path-not-allowed", "{path}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&other, root.join("a")).unwrap();
            assert!(site.put("a/1", b"").is_err());
            site.finish(&["a"]).unwrap();
            assert!(other.join("kept").exists());
        }
    }
}
