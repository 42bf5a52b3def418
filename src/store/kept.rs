//! Words that could not be written where they belong are kept, never lost.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::disk::Kind;
use super::error::{Result, StoreError};
use super::journal::{PRIVATE, write_whole};
use super::{READ_LIMIT, Store};

/// A kept text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name, for [`Store::take`].
    pub name: String,
    /// Where it lies, for the person.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Written when, nanoseconds since 1970.
    pub mtime_ns: i128,
}

impl Store {
    /// Keeps bytes under a name, or under the name and a number if it is taken; gives the path.
    ///
    /// # Errors
    /// When the name is not a plain file name, or the disk refuses.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.kept_path(name)?;
        let taken = |path: &Path| self.disk.stat(path).is_ok();
        let mut free = path.clone();
        let mut number = 2;
        while taken(&free) {
            let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
            let dot = if ending.is_empty() { "" } else { "." };
            free = path.with_file_name(format!("{stem}-{number}{dot}{ending}"));
            number += 1;
        }
        write_whole(&*self.disk, &free, bytes, PRIVATE)?;
        Ok(free)
    }

    /// What is kept, oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn kept(&self) -> Result<Vec<Kept>> {
        let dir = self.state.join("kept");
        let items = match self.disk.list(&dir) {
            Ok(items) => items,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(StoreError::io("list", &dir, e)),
        };
        let mut kept = Vec::new();
        for item in items {
            let (Kind::File, Some(name)) = (item.kind, item.name.to_str()) else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = dir.join(name);
            let stat = self.disk.stat(&path).map_err(|e| StoreError::io("read", &path, e))?;
            let (size, mtime_ns) = (stat.size, stat.mtime_ns);
            kept.push(Kept { name: name.to_owned(), path, size, mtime_ns });
        }
        kept.sort_by(|a, b| (a.mtime_ns, &a.name).cmp(&(b.mtime_ns, &b.name)));
        Ok(kept)
    }

    /// A kept text, left where it is.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be read.
    pub fn read_kept(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.kept_path(name)?;
        self.disk.read(&path, READ_LIMIT).map_err(|e| StoreError::io("read", &path, e))
    }

    /// A kept text, which is kept no longer.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be read or removed.
    pub fn take(&self, name: &str) -> Result<Vec<u8>> {
        let bytes = self.read_kept(name)?;
        let path = self.kept_path(name)?;
        self.disk.remove(&path).map_err(|e| StoreError::io("remove", &path, e))?;
        Ok(bytes)
    }

    fn kept_path(&self, name: &str) -> Result<PathBuf> {
        let path = Path::new(name);
        let mut parts = path.components();
        let plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
        if !plain || name.starts_with('.') || name.chars().any(char::is_control) {
            let why = "a kept text has a plain file name";
            return Err(StoreError::Path { path: path.to_owned(), why });
        }
        Ok(self.state.join("kept").join(path))
    }
}
