//! Finds the records of a workspace.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Store;
use super::cache::{Cursor, Mark, Recall};
use super::disk::{Item, Kind, Stat};
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

/// Folders this high are walked side by side: those of the years and of the months.
const SIDE_BY_SIDE: usize = 2;

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
        Ok(self.walk(dir.as_ref(), name, None)?.0)
    }

    /// Walks below `dir`; with a recall, folders that are as they were are not read.
    pub(super) fn walk(
        &self,
        dir: &Path,
        name: Option<&str>,
        recall: Option<&Recall>,
    ) -> Result<(Listing, Vec<Mark>)> {
        let mut walk = Walk::new(self, name, recall, dir);
        let (full, stat) = if dir.as_os_str().is_empty() {
            let root = self.place.root();
            let stat = self.disk.stat(root).map_err(|e| StoreError::io("list", root, e))?;
            (root.to_owned(), Some(stat))
        } else {
            self.place.find(dir)?
        };
        match stat {
            None => {}
            Some(stat) if stat.kind == Kind::Directory => walk.folder(dir, &full, 0),
            Some(_) => {
                return Err(StoreError::NotAFile { path: dir.to_owned(), what: "not a directory" });
            }
        }
        Ok((walk.listing, walk.marks))
    }

    /// The names of the folders exactly `deep` levels below `dir`, in no order, without looking
    /// into them.
    ///
    /// Finding one record by its name among ten thousand takes reading the folders of the months,
    /// not ten thousand folders. Links and hidden folders are left out; what cannot be listed is
    /// passed over, because [`Store::list`] names it.
    ///
    /// # Errors
    /// When `dir` leaves the workspace or the disk refuses it.
    pub fn folder_names(&self, dir: impl AsRef<Path>, deep: usize) -> Result<Vec<OsString>> {
        let (full, stat) = self.place.find(dir.as_ref())?;
        if stat.is_none_or(|stat| stat.kind != Kind::Directory) {
            return Ok(Vec::new());
        }
        let names = |folder: &PathBuf| -> Vec<OsString> {
            let items = self.disk.list(folder).unwrap_or_default();
            let folders = items.into_iter().filter(|item| {
                item.kind == Kind::Directory && !item.name.as_encoded_bytes().starts_with(b".")
            });
            folders.map(|item| item.name).collect()
        };
        let mut level = vec![full];
        for _ in 1..deep {
            let below = level
                .iter()
                .flat_map(|folder| names(folder).into_iter().map(|name| folder.join(name)));
            level = below.collect();
        }
        Ok(level.par_iter().flat_map_iter(names).collect())
    }
}

/// A walk under way.
#[derive(Debug)]
struct Walk<'s> {
    store: &'s Store,
    name: Option<&'s str>,
    /// What was kept of the files, if anybody asks, and how far this walk is in it.
    recall: Option<(&'s Recall, Cursor)>,
    /// What was found, in the order of paths.
    listing: Listing,
    /// What the recall knows of each file.
    marks: Vec<Mark>,
}

impl<'s> Walk<'s> {
    fn new(
        store: &'s Store,
        name: Option<&'s str>,
        recall: Option<&'s Recall>,
        dir: &Path,
    ) -> Self {
        let recall = recall.map(|recall| (recall, recall.begin(dir)));
        Walk { store, name, recall, listing: Listing::default(), marks: Vec::new() }
    }

    /// The folders among some items, walked side by side, each by itself.
    fn below(&self, items: &[Item], rel: &Path, full: &Path, depth: usize) -> Vec<Walk<'s>> {
        let folders: Vec<&Item> = items.iter().filter(|item| self.is_entered(item)).collect();
        if depth >= SIDE_BY_SIDE || folders.len() < 2 {
            return Vec::new();
        }
        let (store, name, recall) = (self.store, self.name, self.recall.map(|(recall, _)| recall));
        let walked = folders.par_iter().map(|item| {
            let path = rel.join(&item.name);
            let mut walk = Walk::new(store, name, recall, &path);
            walk.folder(&path, &full.join(&item.name), depth + 1);
            walk
        });
        walked.collect()
    }

    /// Whether an item is a folder that is looked into.
    fn is_entered(&self, item: &Item) -> bool {
        item.kind == Kind::Directory
            && !item.name.as_encoded_bytes().starts_with(b".")
            && self.name.is_none_or(|name| item.name != name)
    }

    fn join(&mut self, part: Walk<'_>) {
        self.listing.files.extend(part.listing.files);
        self.listing.problems.extend(part.listing.problems);
        self.marks.extend(part.marks);
    }

    fn folder(&mut self, rel: &Path, full: &Path, depth: usize) {
        let disk = &*self.store.disk;
        // Looked at before its names are read: a name that comes in between changes it.
        let looked = self.recall.as_ref().and_then(|_| disk.stat(full).ok());
        if let (Some((recall, at)), Some(stat), Some(name)) = (&mut self.recall, &looked, self.name)
        {
            let path = rel.join(name);
            if recall.knows(at, &path, rel, stat)
                && let Ok(file) = disk.stat(&full.join(name))
                && file.kind == Kind::File
            {
                self.marks.push(recall.mark(at, &path, &file, Some(stat)));
                self.listing.files.push(Found { path, stat: file });
                return;
            }
        }
        let mut items = match disk.list(full) {
            Ok(items) => items,
            Err(e) => {
                self.listing.problems.push(StoreError::io("list", rel, e));
                return;
            }
        };
        items.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let files_alone = items.iter().all(|item| item.kind == Kind::File);
        let looked = looked.filter(|_| files_alone);
        let mut below = self.below(&items, rel, full, depth).into_iter();
        for item in items {
            if item.name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let wanted = self.name.is_none_or(|name| item.name == name);
            let path = rel.join(&item.name);
            let inner = full.join(&item.name);
            match item.kind {
                Kind::Directory if wanted && self.name.is_some() => {
                    let what = "a directory";
                    self.listing.problems.push(StoreError::NotAFile { path, what });
                }
                Kind::Directory if depth >= DEEPEST => {
                    let why = "it lies too deep";
                    self.listing.problems.push(StoreError::Path { path, why });
                }
                Kind::Directory => match below.next() {
                    Some(part) => self.join(part),
                    None => self.folder(&path, &inner, depth + 1),
                },
                Kind::File | Kind::Link if wanted => match disk.stat(&inner) {
                    Ok(stat) if stat.kind == Kind::Link && self.name.is_none() => {}
                    Ok(stat) => self.found(path, stat, looked.as_ref()),
                    Err(e) => self.listing.problems.push(StoreError::io("read", &path, e)),
                },
                Kind::Link => self.skipped_link(path, &inner),
                Kind::Special if wanted && self.name.is_some() => {
                    let what = "a pipe, a socket or a device";
                    self.listing.problems.push(StoreError::NotAFile { path, what });
                }
                Kind::File | Kind::Special => {}
            }
        }
    }

    fn found(&mut self, path: PathBuf, stat: Stat, folder: Option<&Stat>) {
        if let Some((recall, at)) = &mut self.recall {
            self.marks.push(recall.mark(at, &path, &stat, folder));
        }
        self.listing.files.push(Found { path, stat });
    }

    /// A linked folder could hold records twice, or lead out of the workspace: it is named.
    fn skipped_link(&mut self, path: PathBuf, full: &Path) {
        let disk = &self.store.disk;
        let target = disk.canonical(full).and_then(|t| disk.stat(&t));
        if target.is_ok_and(|stat| stat.kind == Kind::Directory) {
            let what = "a symbolic link to a directory, which is not followed";
            self.listing.problems.push(StoreError::NotAFile { path, what });
        }
    }
}
