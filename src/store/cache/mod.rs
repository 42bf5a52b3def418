//! Rows that follow from files' bytes, kept so that a file that did not change need not be read.
//!
//! The files are always right: a row counts only while size, times and inode of its file are those
//! that it was made from, and whatever is wrong with the cache (gone, cut, older, locked away) means
//! that the file is read. What a row says is its maker's business; here it is bytes and the number
//! of their form.
//!
//! Two files: `rows`, and `rows.newer` with what changed since, so that one changed record among a
//! hundred thousand does not write all of them again. Each is written beside and renamed over, and
//! is read in one go: readers and writers never wait for each other, and the last writer wins.

mod rows;

use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Kind, Stat};
use super::error::Result;
use super::journal::{PRIVATE, sweep};
use super::walk::Listing;
use super::{Disk, Store};
use crate::units::sha256;
use rows::{HEADER, Key, Row, RowAt, Rows, by_components};

/// More than a million records' rows; a larger file is not ours.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;

/// Newer rows beyond this share of all are written with the others.
const NEWER_SHARE: usize = 16;

/// What was kept.
#[derive(Debug, Default)]
pub(super) struct Recall {
    older: Rows,
    newer: Rows,
}

/// How far a walk is in the older and in the newer rows of a [`Recall`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor([usize; 2]);

impl Recall {
    fn read(disk: &dyn Disk, older: &Path, newer: &Path, form: u64) -> Recall {
        let read = |path: &Path, of: Option<u64>| {
            let bytes = disk.read(path, LARGEST).ok()?;
            Rows::read(bytes, form, of)
        };
        let Some(older) = read(older, None) else { return Recall::default() };
        let newer = read(newer, Some(older.digest)).unwrap_or_default();
        Recall { older, newer }
    }

    /// Where the rows of a folder begin.
    pub(super) fn begin(&self, folder: &Path) -> Cursor {
        let folder = folder.as_os_str().as_encoded_bytes();
        Cursor([&self.older, &self.newer].map(|rows| rows.first_from(folder)))
    }

    fn row(&self, at: RowAt) -> Option<Row<'_>> {
        let rows = if at.newer { &self.newer } else { &self.older };
        rows.get(at.place as usize)
    }

    /// The row of a path, if it is the first that is not before `from`; asked in the order of the
    /// walk.
    fn find(&self, at: &mut Cursor, path: &Path, from: &Path) -> Option<RowAt> {
        let [path, from] = [path, from].map(|p| p.as_os_str().as_encoded_bytes());
        // The newer one counts.
        for newer in [true, false] {
            let rows = if newer { &self.newer } else { &self.older };
            let next = &mut at.0[usize::from(newer)];
            while let Some(row) = rows.get(*next) {
                if by_components(row.path, from).is_lt() {
                    *next += 1;
                } else if row.path == path {
                    return Some(RowAt { newer, place: u32::try_from(*next).ok()? });
                } else {
                    break;
                }
            }
        }
        None
    }

    /// Whether a folder still holds what it held when the row of the file in it was made, which
    /// was that file and nothing that could hold another.
    pub(super) fn knows(&self, at: &mut Cursor, file: &Path, within: &Path, folder: &Stat) -> bool {
        let Some(at) = self.find(at, file, within) else { return false };
        let kept = self.row(at).map(|row| row.folder).filter(|key| *key != Key::default());
        kept.is_some() && kept == Key::of(folder)
    }

    /// What is known of a file that stands in a folder; `folder` where it holds files alone.
    pub(super) fn mark(
        &self,
        at: &mut Cursor,
        file: &Path,
        stat: &Stat,
        folder: Option<&Stat>,
    ) -> Mark {
        let folder = folder.and_then(Key::of);
        let found = self.find(at, file, file);
        let row = found.and_then(|at| Some((at, self.row(at)?)));
        let row = row.filter(|(_, row)| Some(row.file) == Key::of(stat));
        let worn = row.is_some_and(|(_, row)| folder.is_some_and(|key| key != row.folder));
        Mark { row: row.map(|(at, _)| at), folder, worn }
    }
}

/// What the cache knows of one file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    row: Option<RowAt>,
    folder: Option<Key>,
    /// The row holds, but what it says of the folder does not.
    worn: bool,
}

/// Files as they are now, each with the row that was kept of it.
#[derive(Debug)]
pub struct Survey {
    /// What was found, and what was in the way.
    pub listing: Listing,
    marks: Vec<Mark>,
    /// The rows alone, once the survey is settled.
    rows: Vec<Option<RowAt>>,
    recall: Recall,
    form: u64,
    /// Where rows are kept; nowhere if the cache is off.
    place: Option<PathBuf>,
}

/// A moment of the file system's clock.
#[derive(Debug, Clone, Copy)]
pub struct Moment(i128);

impl Survey {
    /// The row of the file at this place in the listing, if the file is as it was then.
    pub fn row(&self, place: usize) -> Option<&[u8]> {
        let at = match self.rows.get(place) {
            Some(at) => *at,
            None => self.marks.get(place)?.row,
        };
        Some(self.recall.row(at?)?.row)
    }

    /// Lets go of all but the rows: nothing can be kept by this survey any more.
    pub fn settle(&mut self) {
        self.rows = self.marks.iter().map(|mark| mark.row).collect();
        self.marks = Vec::new();
        self.listing.files = Vec::new();
    }

    /// Whether rows should be kept again although none is missing.
    pub fn is_worn(&self) -> bool {
        self.marks.iter().any(|mark| mark.worn)
    }
}

impl Store {
    /// Finds files as [`Store::list`] does, with the rows that are kept of them.
    ///
    /// `form` numbers the form of the rows: those of another form are not given. With the cache
    /// off there are none.
    ///
    /// # Errors
    /// As [`Store::list`].
    pub fn survey(&self, dir: impl AsRef<Path>, name: &str, form: u64) -> Result<Survey> {
        let place = self.cache_dir();
        let recall = place.as_ref().map(|place| {
            let (older, newer) = names(place);
            Recall::read(&*self.disk, &older, &newer, form)
        });
        let (listing, marks) = self.walk(dir.as_ref(), Some(name), recall.as_ref())?;
        let recall = recall.unwrap_or_default();
        Ok(Survey { listing, marks, rows: Vec::new(), recall, form, place })
    }

    /// Now, by the clock that files get their times from; taken after a survey and before what
    /// it found is read. None where nothing can be kept.
    pub fn moment(&self, survey: &Survey) -> Option<Moment> {
        let place = survey.place.as_ref()?;
        // Without git the folder comes with the first command that writes: reading makes none.
        if self.git.is_none() {
            self.disk.stat(&self.state).ok()?;
        }
        self.disk.create_dir_all(place).ok()?;
        self.disk.time_in(place).ok().map(Moment)
    }

    /// Keeps rows for the files at these places in the survey's listing.
    ///
    /// The bytes that a row was made from were read after `moment`. What cannot be kept is not:
    /// a cache is nobody's error.
    pub fn keep_rows(&self, survey: &Survey, moment: Moment, fresh: &[(usize, Vec<u8>)]) {
        // What it could not write, the next command makes again.
        let _ = self.try_to_keep(survey, moment, fresh);
    }

    fn try_to_keep(
        &self,
        survey: &Survey,
        Moment(moment): Moment,
        fresh: &[(usize, Vec<u8>)],
    ) -> Option<()> {
        let (older, newer) = names(survey.place.as_ref()?);
        let recall = &survey.recall;
        let mut new: Vec<Option<&[u8]>> = vec![None; survey.marks.len()];
        for (place, row) in fresh {
            *new.get_mut(*place)? = Some(row);
        }
        let changed = survey.marks.iter().zip(&new).filter(|(mark, new)| {
            new.is_some() || mark.worn || mark.row.is_some_and(|row| row.newer)
        });
        let few = changed.count() <= recall.older.at.len() / NEWER_SHARE;
        let mut bytes = vec![0; HEADER];
        let mut count: u64 = 0;
        for ((found, mark), new) in survey.listing.files.iter().zip(&survey.marks).zip(new) {
            let old = mark.row.and_then(|at| Some((at.newer, recall.row(at)?)));
            if few && new.is_none() && !mark.worn && !old.is_some_and(|(newer, _)| newer) {
                continue;
            }
            let Some(file) = Key::of(&found.stat) else { continue };
            let row = match (new, old) {
                // Another write within the same tick would not show.
                (Some(_), _) if found.stat.kind != Kind::File || !file.rests(moment) => continue,
                (Some(row), _) => row,
                (None, Some((_, old))) => old.row,
                (None, None) => continue,
            };
            let folder = match (mark.folder, old) {
                (Some(folder), _) if folder.rests(moment) => folder,
                (Some(folder), Some((_, old))) if folder == old.folder => folder,
                _ => Key::default(),
            };
            let path = found.path.as_os_str().as_encoded_bytes();
            Row { file, folder, path, row }.write(&mut bytes)?;
            count += 1;
        }
        let of = few.then_some(recall.older.digest);
        let header = Rows::header(survey.form, of, bytes.get(HEADER..)?, count);
        bytes.get_mut(..HEADER)?.copy_from_slice(&header);
        let target = if few { &newer } else { &older };
        sweep(&*self.disk, target.parent()?);
        self.put_rows(target, &bytes).ok()?;
        if !few {
            // It belongs to rows that are gone.
            let _ = self.disk.remove(&newer);
        }
        Some(())
    }

    fn put_rows(&self, target: &Path, bytes: &[u8]) -> io::Result<()> {
        let beside = self.disk.write_loosely(target, bytes, PRIVATE)?;
        self.disk.rename(&beside, target).inspect_err(|_| {
            let _ = self.disk.remove(&beside);
        })
    }

    /// Files of the cache that are there and can never be read: they cost every command the time
    /// that the cache would save.
    pub(super) fn unreadable_rows(&self) -> Vec<PathBuf> {
        let Some(place) = self.cache_dir() else { return Vec::new() };
        let (older, newer) = names(&place);
        let broken = |path: &PathBuf| match self.disk.read(path, LARGEST) {
            Ok(bytes) => !Rows::is_whole(bytes),
            Err(e) => e.kind() != io::ErrorKind::NotFound,
        };
        [older, newer].into_iter().filter(broken).collect()
    }

    /// A folder for each workspace of a repository: several may share one `.git`.
    fn cache_dir(&self) -> Option<PathBuf> {
        if !self.settings.cache {
            return None;
        }
        let mut name = sha256(self.prefix.as_os_str().as_encoded_bytes());
        name.truncate(12);
        Some(self.own_state().join("cache").join(name))
    }
}

fn names(place: &Path) -> (PathBuf, PathBuf) {
    (place.join("rows"), place.join("rows.newer"))
}

#[cfg(test)]
mod tests;
