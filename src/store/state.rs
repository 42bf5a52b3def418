//! Small files of the tool's own beside locks and journals: what was trusted, how sharing went.

use std::io;
use std::path::PathBuf;

use super::Store;
use super::error::{Result, StoreError};
use super::journal::{PRIVATE, write_whole};

/// Such a file in bytes; a larger one is none of ours.
const LIMIT: u64 = 1024 * 1024;

impl Store {
    /// A file of the tool's own; none if there is no such file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn own_file(&self, name: &'static str) -> Result<Option<Vec<u8>>> {
        let path = self.own_path(name);
        match self.disk.read(&path, LIMIT) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(StoreError::io("read", &path, e)),
        }
    }

    /// Writes a file of the tool's own, or removes it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put_own_file(&self, name: &'static str, bytes: Option<&[u8]>) -> Result<()> {
        let path = self.own_path(name);
        match bytes {
            Some(bytes) => write_whole(&*self.disk, &path, bytes, PRIVATE),
            None => self.remove_if_there(&path),
        }
    }

    /// Where such a file lies.
    pub fn own_path(&self, name: &'static str) -> PathBuf {
        self.state.join(name)
    }
}
