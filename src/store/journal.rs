//! What a command is about to write, safe on disk before the first file changes.
//!
//! The format: a line naming it, a line of JSON, then the new texts one after the other. Written
//! as any other file, it is there whole or not at all; hashes guard it against a bad disk.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::UNFINISHED;
use super::error::{Result, StoreError};
use super::git::Person;
use super::{Disk, READ_LIMIT};
use crate::units::sha256;

const TITLE: &str = "inc journal 1\n";

/// One file of a journal. Paths are from the workspace's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    /// Hash of the text before; none if the file did not exist.
    pub(super) old: Option<String>,
    /// The text after; none if the file goes away.
    pub(super) new: Option<Vec<u8>>,
}

/// A write under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) entries: Vec<Entry>,
    /// The message of the commit.
    pub(super) message: String,
    pub(super) author: Option<Person>,
    /// RFC 3339.
    pub(super) date: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    files: Vec<Line>,
    message: String,
    author: Option<(String, String)>,
    date: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    old: Option<String>,
    new: Option<Text>,
}

#[derive(Serialize, Deserialize)]
struct Text {
    size: usize,
    sha256: String,
}

impl Journal {
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut texts = Vec::new();
        let mut files = Vec::new();
        for Entry { path, old, new } in &self.entries {
            let text = new.as_ref().map(|new| Text { size: new.len(), sha256: sha256(new) });
            let path = path
                .to_str()
                .ok_or_else(|| StoreError::Path { path: path.clone(), why: "it is not UTF-8" })?;
            files.push(Line { path: path.to_owned(), old: old.clone(), new: text });
            texts.extend_from_slice(new.as_deref().unwrap_or_default());
        }
        let author = self.author.clone().map(|p| (p.name, p.email));
        let header =
            Header { files, message: self.message.clone(), author, date: self.date.clone() };
        let header =
            serde_json::to_string(&header).map_err(|e| StoreError::Request(e.to_string()))?;
        let mut bytes = format!("{TITLE}{header}\n").into_bytes();
        bytes.append(&mut texts);
        Ok(bytes)
    }

    /// None if this is not a whole journal.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Journal> {
        let rest = bytes.strip_prefix(TITLE.as_bytes())?;
        let end = rest.iter().position(|b| *b == b'\n')?;
        let (header, mut texts) = (&rest[..end], &rest[end + 1..]);
        let header: Header = serde_json::from_slice(header).ok()?;
        let mut entries = Vec::new();
        for Line { path, old, new } in header.files {
            let new = match new {
                None => None,
                Some(Text { size, sha256: hash }) => {
                    let (text, rest) = texts.split_at_checked(size)?;
                    texts = rest;
                    if sha256(text) != hash {
                        return None;
                    }
                    Some(text.to_vec())
                }
            };
            entries.push(Entry { path: PathBuf::from(path), old, new });
        }
        let author = header.author.map(|(name, email)| Person { name, email });
        texts.is_empty().then_some(Journal {
            entries,
            message: header.message,
            author,
            date: header.date,
        })
    }

    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.entries.iter().map(|e| e.path.clone()).collect()
    }
}

/// What the store keeps for itself may hold words that nobody else should read.
pub(super) const PRIVATE: Option<u32> = Some(0o600);

/// Writes a file whole: beside, safe, renamed over, its name safe.
pub(super) fn write_whole(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
    mode: Option<u32>,
) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    disk.create_dir_all(dir).map_err(|e| StoreError::io("make", dir, e))?;
    let fail = |e| StoreError::io("write", path, e);
    let beside = disk.write_beside(path, bytes, mode).map_err(fail)?;
    if let Err(e) = disk.rename(&beside, path) {
        // Not renamed: the copy must not stay. What counts is the first error.
        let _ = disk.remove(&beside);
        return Err(fail(e));
    }
    disk.sync_dir(dir).map_err(fail)
}

/// A journal on disk: none if there is none, an error's bytes if it is damaged.
pub(super) fn read(disk: &dyn Disk, path: &Path) -> Result<Option<Result<Journal, Vec<u8>>>> {
    match disk.read(path, 4 * READ_LIMIT) {
        Ok(bytes) => Ok(Some(Journal::from_bytes(&bytes).ok_or(bytes))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(StoreError::io("read", path, e)),
    }
}

/// Whether this is the name of a file that was being written.
pub(super) fn is_unfinished(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes())
}

/// Removes what a dead command left beside the files of a folder.
pub(super) fn sweep(disk: &dyn Disk, dir: &Path) {
    for item in disk.list(dir).unwrap_or_default() {
        if is_unfinished(&item.name) {
            // Left over, and in nobody's way if it cannot be removed.
            let _ = disk.remove(&dir.join(item.name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        Journal {
            entries: vec![
                Entry {
                    path: "a/b.yaml".into(),
                    old: Some(sha256(b"x")),
                    new: Some(b"y\n".into()),
                },
                Entry { path: "gone".into(), old: Some(sha256(b"z")), new: None },
                Entry { path: "new".into(), old: None, new: Some(vec![0, 255, b'\n']) },
            ],
            message: "título\n\nbody\n".into(),
            author: Some(Person { name: "Ana".into(), email: "ana@example.com".into() }),
            date: Some("2026-11-21T03:10:00-06:00".into()),
        }
    }

    #[test]
    fn comes_back_as_written() {
        let bytes = journal().to_bytes().unwrap();
        assert_eq!(Journal::from_bytes(&bytes), Some(journal()));
    }

    #[test]
    fn a_damaged_one_is_no_journal() {
        let bytes = journal().to_bytes().unwrap();
        for cut in 0..bytes.len() {
            assert_eq!(Journal::from_bytes(&bytes[..cut]), None, "cut at {cut}");
        }
        let mut flipped = bytes.clone();
        let last = flipped.len() - 1;
        flipped[last] ^= 1;
        assert_eq!(Journal::from_bytes(&flipped), None);
    }
}
