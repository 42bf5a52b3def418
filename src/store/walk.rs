//! Finds the records of a workspace.

use std::path::{Path, PathBuf};

use super::Store;
use super::disk::{Kind, Stat};
use super::error::{Result, StoreError};

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path from the workspace's folder.
    pub path: PathBuf,
    /// Its size, times and inode: the key of a cache.
    pub stat: Stat,
}

/// What a walk found, and what it could not look at.
#[derive(Debug, Default)]
pub struct Listing {
    /// In the order of their paths.
    pub files: Vec<Found>,
    /// What stood in the way: unreadable folders, links, a folder with a file's name.
    pub problems: Vec<StoreError>,
}

/// Records lie four folders deep; a tree this deep is a mistake or an attack.
const DEEPEST: usize = 32;

impl Store {
    /// Every file named `name` below `dir`, or every file if no name is given.
    ///
    /// Links are not followed, but a linked file is listed, so that reading it says what is wrong
    /// with it. Hidden folders are left out. A folder that does not exist holds nothing; an empty
    /// `dir` is the workspace.
    ///
    /// # Errors
    /// Only for `dir` itself; what is wrong below is in [`Listing::problems`].
    pub fn list(&self, dir: impl AsRef<Path>, name: Option<&str>) -> Result<Listing> {
        let dir = dir.as_ref();
        let mut listing = Listing::default();
        let found = if dir.as_os_str().is_empty() {
            let root = self.place.root();
            let stat = self.disk.stat(root).map_err(|e| StoreError::io("list", root, e))?;
            (root.to_owned(), Some(stat))
        } else {
            self.place.find(dir)?
        };
        let full = match found {
            (_, None) => return Ok(listing),
            (full, Some(stat)) if stat.kind == Kind::Directory => full,
            (_, Some(_)) => {
                return Err(StoreError::NotAFile { path: dir.to_owned(), what: "not a directory" });
            }
        };
        let mut waiting = vec![(dir.to_owned(), full, 0)];
        while let Some((rel, full, depth)) = waiting.pop() {
            let items = match self.disk.list(&full) {
                Ok(items) => items,
                Err(e) => {
                    listing.problems.push(StoreError::io("list", &rel, e));
                    continue;
                }
            };
            for item in items {
                if item.name.as_encoded_bytes().starts_with(b".") {
                    continue;
                }
                let wanted = name.is_none_or(|name| item.name == name);
                let path = rel.join(&item.name);
                let inner = full.join(&item.name);
                match item.kind {
                    Kind::Directory if wanted && name.is_some() => {
                        let what = "a directory";
                        listing.problems.push(StoreError::NotAFile { path, what });
                    }
                    Kind::Directory if depth >= DEEPEST => {
                        let why = "it lies too deep";
                        listing.problems.push(StoreError::Path { path, why });
                    }
                    Kind::Directory => waiting.push((path, inner, depth + 1)),
                    Kind::File | Kind::Link if wanted => match self.disk.stat(&inner) {
                        Ok(stat) if stat.kind == Kind::Link && name.is_none() => {}
                        Ok(stat) => listing.files.push(Found { path, stat }),
                        Err(e) => listing.problems.push(StoreError::io("read", &path, e)),
                    },
                    Kind::Link => self.skipped_link(path, &inner, &mut listing),
                    Kind::Special if wanted && name.is_some() => {
                        let what = "a pipe, a socket or a device";
                        listing.problems.push(StoreError::NotAFile { path, what });
                    }
                    Kind::File | Kind::Special => {}
                }
            }
        }
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }

    /// The folders exactly `deep` levels below `dir`, in no order, without looking into them.
    ///
    /// Finding one record by its name among ten thousand takes reading the folders of the months,
    /// not ten thousand folders. Links and hidden folders are left out; what cannot be listed is
    /// passed over, because [`Store::list`] names it.
    ///
    /// # Errors
    /// When `dir` leaves the workspace or the disk refuses it.
    pub fn folders(&self, dir: impl AsRef<Path>, deep: usize) -> Result<Vec<PathBuf>> {
        let dir = dir.as_ref();
        let (full, stat) = self.place.find(dir)?;
        if stat.is_none_or(|stat| stat.kind != Kind::Directory) {
            return Ok(Vec::new());
        }
        let mut level = vec![(dir.to_owned(), full)];
        for _ in 0..deep {
            let mut next = Vec::new();
            for (rel, full) in &level {
                let Ok(items) = self.disk.list(full) else { continue };
                let below = items.into_iter().filter(|item| {
                    item.kind == Kind::Directory && !item.name.as_encoded_bytes().starts_with(b".")
                });
                next.extend(below.map(|item| (rel.join(&item.name), full.join(&item.name))));
            }
            level = next;
        }
        Ok(level.into_iter().map(|(rel, _)| rel).collect())
    }

    /// A linked folder could hold records twice, or lead out of the workspace: it is named.
    fn skipped_link(&self, path: PathBuf, full: &Path, listing: &mut Listing) {
        let target = self.disk.canonical(full).and_then(|t| self.disk.stat(&t));
        if target.is_ok_and(|stat| stat.kind == Kind::Directory) {
            let what = "a symbolic link to a directory, which is not followed";
            listing.problems.push(StoreError::NotAFile { path, what });
        }
    }
}
