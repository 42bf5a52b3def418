//! Files that are written once, for their owner alone, in a folder outside git.
//!
//! A file is there whole or not at all, safe on disk before the answer; what gives it a meaning is
//! a commit that names its hash. Nothing is ever removed or changed here.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::disk::{Disk, Kind, RealDisk};
use super::error::{Result, StoreError};
use super::journal::PRIVATE;

/// Bytes of such a file; a larger one is none of ours.
const LIMIT: u64 = 1 << 30;

/// A folder of such files.
#[derive(Debug)]
pub struct Shelves {
    root: PathBuf,
    disk: Arc<dyn Disk>,
}

impl Shelves {
    /// The files below a folder, which need not be there yet.
    pub fn open(root: PathBuf) -> Shelves {
        Shelves::with(root, Arc::new(RealDisk))
    }

    /// The same on another disk, for tests.
    pub(super) fn with(root: PathBuf, disk: Arc<dyn Disk>) -> Shelves {
        Shelves { root, disk }
    }

    /// Where they lie.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file; none if there is no such file.
    ///
    /// # Errors
    /// When the path leaves the folder, is no regular file, or the disk refuses.
    pub fn read(&self, rel: &str) -> Result<Option<Vec<u8>>> {
        let path = self.path(rel)?;
        match self.disk.read(&path, LIMIT) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(StoreError::io("read", &path, e)),
        }
    }

    /// Whether there is such a file.
    ///
    /// # Errors
    /// When the path leaves the folder, or the disk refuses.
    pub fn has(&self, rel: &str) -> Result<bool> {
        let path = self.path(rel)?;
        match self.disk.stat(&path) {
            Ok(stat) => Ok(stat.kind == Kind::File),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(StoreError::io("read", &path, e)),
        }
    }

    /// Writes a file.
    ///
    /// # Errors
    /// When the path leaves the folder, or the disk refuses.
    pub fn write(&self, rel: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(rel)?;
        let dir = path.parent().unwrap_or(&self.root);
        // A folder's name is safe when the folder above it is.
        let missing: Vec<PathBuf> = dir
            .ancestors()
            .take_while(|dir| self.disk.stat(dir).is_err())
            .map(Path::to_owned)
            .collect();
        self.disk.create_private_dir(dir).map_err(|e| StoreError::io("make", dir, e))?;
        let fail = |e| StoreError::io("write", &path, e);
        let beside = self.disk.write_beside(&path, bytes, PRIVATE).map_err(fail)?;
        if let Err(e) = self.disk.rename(&beside, &path) {
            // What counts is the first error.
            let _ = self.disk.remove(&beside);
            return Err(fail(e));
        }
        self.disk.sync_dir(dir).map_err(fail)?;
        for dir in missing.iter().filter_map(|dir| dir.parent()) {
            self.disk.sync_dir(dir).map_err(fail)?;
        }
        Ok(())
    }

    /// The paths come from files of a repository: none of them may lead elsewhere.
    fn path(&self, rel: &str) -> Result<PathBuf> {
        let path = Path::new(rel);
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if rel.is_empty() || !path.components().all(plain) || rel.chars().any(char::is_control) {
            let why = "it leads out of its folder";
            return Err(StoreError::Path { path: path.to_owned(), why });
        }
        Ok(self.root.join(path))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::super::faults::{Fault, Scratch, Steps};
    use super::super::{Before, Change, Transaction};
    use super::*;

    const HEAD: &str = "ledger/head";

    /// One append as commands make it: files of two parts, then the head that names them.
    fn append(store: &super::super::Store, shelves: &Shelves, name: &str) -> Result<()> {
        let _turn = store.hold()?;
        store.recover()?;
        let before = store.read(HEAD)?;
        let head = String::from_utf8(before.clone().unwrap_or_default()).unwrap();
        if head.lines().any(|line| line == name) {
            return Ok(());
        }
        for part in ["0.csv", "1.csv", "list"] {
            shelves.write(&format!("2026-11/{name}/{part}"), name.as_bytes())?;
        }
        let change = Change {
            path: HEAD.into(),
            before: Before::from(before),
            after: Some(format!("{head}{name}\n").into_bytes()),
        };
        let subject = name.to_owned();
        store.commit(&Transaction { files: vec![change], subject, ..Transaction::default() })?;
        Ok(())
    }

    /// Whether every file that the head names is whole.
    fn whole(scratch: &Scratch, shelves: &Shelves, what: &str) -> Vec<String> {
        let head = std::fs::read_to_string(scratch.0.path().join(HEAD)).unwrap_or_default();
        for name in head.lines() {
            for part in ["0.csv", "1.csv", "list"] {
                let bytes = shelves.read(&format!("2026-11/{name}/{part}")).unwrap();
                assert_eq!(bytes.as_deref(), Some(name.as_bytes()), "{what}: {name}/{part}");
            }
        }
        head.lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_append_that_dies_at_any_step_is_there_whole_or_can_be_made_again() {
        for fault in [Fault::Once, Fault::Death, Fault::DeathWithin, Fault::FromHere] {
            for fails_at in 0.. {
                let what = format!("{fault:?} at {fails_at}");
                let scratch = Scratch::new(false);
                let root = scratch.0.path().join("../").canonicalize().unwrap();
                let root = root
                    .join(format!("{}-ledger", scratch.0.path().file_name().unwrap().display()));
                let real = Shelves::open(root.clone());
                append(&scratch.store(false), &real, "first").unwrap();
                let steps = Steps::new(fault, fails_at);
                let disk: Arc<dyn Disk> = Arc::new(super::super::faults::FaultyDisk(steps.clone()));
                let faulty = Shelves::with(root.clone(), disk);
                let done =
                    scratch.faulty(false, &steps).and_then(|s| append(&s, &faulty, "second"));
                let over = steps.taken.load(Ordering::SeqCst) <= fails_at;
                let names = whole(&scratch, &real, &what);
                assert!(done.is_err() || names == ["first", "second"], "{what}");
                append(&scratch.store(false), &real, "second")
                    .unwrap_or_else(|e| panic!("{what}: {e}"));
                assert_eq!(whole(&scratch, &real, &what), ["first", "second"], "{what}");
                std::fs::remove_dir_all(&root).unwrap();
                if over {
                    break;
                }
            }
        }
    }

    #[test]
    fn files_are_their_owners_alone_and_stay_in_their_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let shelves = Shelves::open(dir.path().join("evidence/ledger"));
        assert_eq!(shelves.read("2026-11/a/all.csv").unwrap(), None);
        shelves.write("2026-11/a/all.csv", b"x").unwrap();
        assert_eq!(shelves.read("2026-11/a/all.csv").unwrap().unwrap(), b"x");
        assert!(shelves.has("2026-11/a/all.csv").unwrap() && !shelves.has("2026-11/a").unwrap());
        let mode = |path: &str| {
            let path = dir.path().join(path);
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode("evidence/ledger/2026-11/a/all.csv"), 0o600);
        assert_eq!(mode("evidence/ledger/2026-11"), 0o700);
        for bad in ["../x", "/x", "", "a/../x", "a\n"] {
            assert!(matches!(shelves.read(bad), Err(StoreError::Path { .. })), "{bad}");
            assert!(shelves.write(bad, b"").is_err());
        }
    }
}
