//! Files of the person's outside the workspace: what is imported, what is exported.
//!
//! They are named on the command line, so they may lie anywhere and be links; only their kind and
//! their size are checked.

use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, Kind, RealDisk};
use super::error::{Result, StoreError};
use super::journal::write_whole;

/// Folders below one that is imported; deeper ones are a mistake or an attack.
const DEEPEST: usize = 32;

/// The nearest folder, from `start` upwards, that holds a file of this name.
pub fn find_upward(start: &Path, name: &str) -> Option<PathBuf> {
    let start = RealDisk.canonical(start).ok()?;
    let holds = |dir: &&Path| {
        let file = RealDisk.canonical(&dir.join(name)).and_then(|file| RealDisk.stat(&file));
        file.is_ok_and(|stat| stat.kind == Kind::File)
    };
    start.ancestors().find(holds).map(Path::to_owned)
}

/// A file anywhere, of at most `limit` bytes.
///
/// # Errors
/// When it is not there, is no regular file, is too large, or the disk refuses.
pub fn read_outside(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let fail = |e| StoreError::io("read", path, e);
    let real = RealDisk.canonical(path).map_err(fail)?;
    let stat = RealDisk.stat(&real).map_err(fail)?;
    super::expect_file(path, stat)?;
    let too_large = |size| StoreError::TooLarge { path: path.to_owned(), size, limit };
    if stat.size > limit {
        return Err(too_large(stat.size));
    }
    RealDisk.read(&real, limit).map_err(|e| match e.kind() {
        io::ErrorKind::FileTooLarge => too_large(limit + 1),
        _ => fail(e),
    })
}

/// The regular files below a folder anywhere, in the order of their paths; links below it are not
/// followed, hidden names are left out. A file is its own only entry.
///
/// # Errors
/// When the folder, or one below it, cannot be read.
pub fn list_outside(path: &Path) -> Result<Vec<PathBuf>> {
    let fail = |path: &Path, e| StoreError::io("list", path, e);
    let real = RealDisk.canonical(path).map_err(|e| fail(path, e))?;
    if RealDisk.stat(&real).map_err(|e| fail(path, e))?.kind == Kind::File {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut waiting = vec![(path.to_owned(), 0)];
    while let Some((dir, depth)) = waiting.pop() {
        for item in RealDisk.list(&dir).map_err(|e| fail(&dir, e))? {
            if item.name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let inner = dir.join(item.name);
            match item.kind {
                Kind::File => files.push(inner),
                Kind::Directory if depth < DEEPEST => waiting.push((inner, depth + 1)),
                Kind::Directory => {
                    return Err(StoreError::Path { path: inner, why: "it lies too deep" });
                }
                Kind::Link | Kind::Special => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Writes a file anywhere, whole or not at all; the folder must be there.
///
/// # Errors
/// When something else than a file stands there, or the disk refuses.
pub fn write_outside(path: &Path, bytes: &[u8]) -> Result<()> {
    // A link is written through, as the shell's `>` does.
    let real = RealDisk.canonical(path).unwrap_or_else(|_| here(path));
    if let Ok(stat) = RealDisk.stat(&real) {
        super::expect_file(path, stat)?;
    }
    let dir = real.parent().unwrap_or(Path::new("."));
    RealDisk.stat(dir).map_err(|e| StoreError::io("write", path, e))?;
    let mode = RealDisk.stat(&real).ok().map(|stat| stat.mode);
    write_whole(&RealDisk, &real, bytes, mode)
}

/// A bare name is one of this folder: its parent would be the empty path, which no system call knows.
fn here(path: &Path) -> PathBuf {
    let bare = path.parent().is_some_and(|parent| parent.as_os_str().is_empty());
    if bare { Path::new(".").join(path) } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_one_of_this_folder() {
        assert_eq!(here(Path::new("incidents.db")), Path::new("./incidents.db"));
        for other in ["out/incidents.db", "/incidents.db", "../incidents.db"] {
            assert_eq!(here(Path::new(other)), Path::new(other));
        }
    }

    #[test]
    fn a_workspace_is_found_from_below() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/inc.toml/b")).unwrap();
        std::fs::write(root.join("inc.toml"), "").unwrap();
        assert_eq!(find_upward(&root.join("a/inc.toml/b"), "inc.toml"), Some(root.clone()));
        assert_eq!(find_upward(&root, "no-such-name.toml"), None);
    }

    #[test]
    fn files_anywhere() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x/b.csv");
        assert_eq!(write_outside(&path, b"1").unwrap_err().exit_code(), 3);
        std::fs::create_dir_all(dir.path().join("x/.git")).unwrap();
        std::fs::write(dir.path().join("x/.git/config"), "").unwrap();
        write_outside(&path, b"1").unwrap();
        write_outside(&path, b"22").unwrap();
        write_outside(&dir.path().join("x/a.csv"), b"").unwrap();
        assert_eq!(read_outside(&path, 2).unwrap(), b"22");
        assert!(matches!(read_outside(&path, 1), Err(StoreError::TooLarge { size: 2, .. })));
        assert!(matches!(read_outside(dir.path(), 9), Err(StoreError::NotAFile { .. })));
        let names = list_outside(&dir.path().join("x")).unwrap();
        assert_eq!(names, [dir.path().join("x/a.csv"), path.clone()]);
        assert_eq!(list_outside(&path).unwrap(), [path]);
    }
}
