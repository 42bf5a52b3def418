//! The form of a file of rows: a header, then one row a file, in the order of a walk.

use std::path::is_separator;

use crate::store::disk::{Kind, Stat};

const TITLE: &[u8; 16] = b"inc cache 0001\n\n";

/// Title, number of the rows' form, digest of the older file, digest of the rows, count.
pub(super) const HEADER: usize = TITLE.len() + 4 * 8;

/// Size, times and inode of the file; times and inode of its folder; lengths of path and row.
const FIXED: usize = 7 * 8 + 2 * 4;

/// A file changes unseen only within one tick of the file system's clock; the coarsest tick in use
/// is two seconds (FAT).
const TICK_NS: i128 = 2_000_000_000;

/// The numbers by which a change of a file, or of the names in a folder, is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::store) struct Key {
    size: u64,
    mtime_ns: i64,
    ctime_ns: i64,
    inode: u64,
}

impl Key {
    /// None where the system tells less than is needed.
    pub(super) fn of(stat: &Stat) -> Option<Key> {
        let number = |ns: i128| i64::try_from(ns).ok().filter(|ns| *ns != 0);
        Some(Key {
            // What a folder's size means is the file system's own affair.
            size: if stat.kind == Kind::File { stat.size } else { 0 },
            mtime_ns: number(stat.mtime_ns)?,
            ctime_ns: number(stat.ctime_ns)?,
            inode: Some(stat.inode).filter(|inode| *inode != 0)?,
        })
    }

    /// Whether what it stands for was at rest at a moment of the file system's clock.
    pub(super) fn rests(&self, moment: i128) -> bool {
        let newest = i128::from(self.mtime_ns.max(self.ctime_ns));
        moment.checked_sub(newest).is_some_and(|age| age >= TICK_NS)
    }
}

/// One file of rows, as read; rows in the order of their paths.
#[derive(Debug, Default)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    /// Where each row begins.
    pub(super) at: Vec<usize>,
    pub(super) digest: u64,
}

/// Where a row lies: in the newer file or not, and at which place.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct RowAt {
    pub(super) newer: bool,
    pub(super) place: u32,
}

impl Rows {
    /// `None` if this is not a whole file of rows of this form.
    pub(super) fn read(bytes: Vec<u8>, form: u64, older: Option<u64>) -> Option<Rows> {
        let mut header = Reader(bytes.get(..HEADER)?);
        (header.take(TITLE.len())? == TITLE).then_some(())?;
        (header.number()? == form).then_some(())?;
        (header.number()? == older.unwrap_or(0)).then_some(())?;
        let (said, count) = (header.number()?, usize::try_from(header.number()?).ok()?);
        let rows = bytes.get(HEADER..)?;
        (digest(rows) == said).then_some(())?;
        let mut at = Vec::with_capacity(count.min(rows.len() / FIXED));
        let mut reader = Reader(rows);
        while !reader.0.is_empty() {
            at.push(bytes.len() - reader.0.len());
            reader.take(7 * 8)?;
            let (path, row) = (reader.length()?, reader.length()?);
            reader.take(path)?;
            reader.take(row)?;
        }
        (at.len() == count).then_some(Rows { bytes, at, digest: said })
    }

    /// Whether this is a whole file of rows, of whatever form.
    pub(super) fn is_whole(bytes: Vec<u8>) -> bool {
        let numbers = bytes.get(TITLE.len()..HEADER).and_then(|numbers| {
            let mut reader = Reader(numbers);
            Some((reader.number()?, reader.number()?))
        });
        numbers.is_some_and(|(form, older)| Rows::read(bytes, form, Some(older)).is_some())
    }

    /// The header of rows of this form, which follow it; `older` is the digest of the file that
    /// they add to.
    pub(super) fn header(form: u64, older: Option<u64>, rows: &[u8], count: u64) -> Vec<u8> {
        let numbers = [form, older.unwrap_or(0), digest(rows), count].map(u64::to_le_bytes);
        TITLE.iter().copied().chain(numbers.into_iter().flatten()).collect()
    }

    /// The place of the first row whose path is not before this one.
    pub(super) fn first_from(&self, path: &[u8]) -> usize {
        let before = |at: &usize| {
            let kept = self.path(*at).unwrap_or_default();
            by_components(kept, path).is_lt()
        };
        self.at.partition_point(before)
    }

    fn path(&self, at: usize) -> Option<&[u8]> {
        let mut reader = Reader(self.bytes.get(at..)?);
        reader.take(7 * 8)?;
        let (path, _) = (reader.length()?, reader.length()?);
        reader.take(path)
    }

    pub(super) fn get(&self, place: usize) -> Option<Row<'_>> {
        let mut reader = Reader(self.bytes.get(*self.at.get(place)?..)?);
        let file = reader.key()?;
        let folder = Key { size: 0, ..reader.times()? };
        let (path, row) = (reader.length()?, reader.length()?);
        Some(Row { file, folder, path: reader.take(path)?, row: reader.take(row)? })
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) file: Key,
    /// All zero where the folder holds more than files.
    pub(super) folder: Key,
    pub(super) path: &'a [u8],
    pub(super) row: &'a [u8],
}

impl Row<'_> {
    pub(super) fn write(&self, bytes: &mut Vec<u8>) -> Option<()> {
        let Key { size, mtime_ns, ctime_ns, inode } = self.file;
        for number in [size, mtime_ns.cast_unsigned(), ctime_ns.cast_unsigned(), inode] {
            bytes.extend(number.to_le_bytes());
        }
        let Key { mtime_ns, ctime_ns, inode, .. } = self.folder;
        for number in [mtime_ns.cast_unsigned(), ctime_ns.cast_unsigned(), inode] {
            bytes.extend(number.to_le_bytes());
        }
        for part in [self.path, self.row] {
            bytes.extend(u32::try_from(part.len()).ok()?.to_le_bytes());
        }
        bytes.extend(self.path);
        bytes.extend(self.row);
        Some(())
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.take(4)?.try_into().ok()?)).ok()
    }

    fn times(&mut self) -> Option<Key> {
        let mtime_ns = self.number()?.cast_signed();
        let ctime_ns = self.number()?.cast_signed();
        Some(Key { size: 0, mtime_ns, ctime_ns, inode: self.number()? })
    }

    fn key(&mut self) -> Option<Key> {
        let size = self.number()?;
        Some(Key { size, ..self.times()? })
    }
}

/// A sum that a bad disk or a cut file does not leave as it was.
fn digest(bytes: &[u8]) -> u64 {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(MIX).rotate_left(29);
    let mut sum = mix(MIX, bytes.len() as u64);
    let mut words = bytes.chunks_exact(8);
    for word in words.by_ref() {
        sum = mix(sum, word.try_into().map_or(0, u64::from_le_bytes));
    }
    for byte in words.remainder() {
        sum = mix(sum, u64::from(*byte));
    }
    mix(sum, sum >> 32)
}

/// The order in which a walk meets paths: folder by folder, by name.
pub(super) fn by_components(one: &[u8], other: &[u8]) -> std::cmp::Ordering {
    let plain = |byte: &u8| if is_separator(char::from(*byte)) { 0 } else { *byte };
    one.iter().map(plain).cmp(other.iter().map(plain))
}
