//! Which customers are in the evidence more than once, in little memory for any number of rows.
//!
//! Each id becomes 64 bits under a key drawn for this run, so that no file can be made to collide.
//! Ids that are equal have equal hashes; whether equal hashes are equal ids, a second look at those
//! few rows tells by 128 bits and, where it reports, by text. What does not fit is spilled: a piece
//! of hashes whose first eight bits agree at a time, so that each part can be sorted by itself.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, SeekFrom};

use super::spill::{Spill, Spilled};

/// Hashes that are held before anything is spilled: 12 MB.
const HELD: usize = 1_500_000;

/// Parts by the first bits of the hash.
const PARTS: usize = 256;

/// Hashes of a part that are written together.
const PIECE: usize = 1024;

/// Repeated hashes that are told apart; a file with more is not a file of one row a customer.
pub(super) const MOST_REPEATED: usize = 500_000;

/// The secret of a run under which ids are hashed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key([u64; 4]);

impl Key {
    /// Draws a key. Nothing that is written depends on it.
    pub(super) fn draw() -> Key {
        let state = RandomState::new();
        Key([1_u8, 2, 3, 4].map(|n| {
            let mut hasher = state.build_hasher();
            hasher.write_u8(n);
            hasher.finish() | 1
        }))
    }

    /// The hash of an id: 64 bits.
    #[inline]
    pub(super) fn hash(&self, id: &str) -> u64 {
        let [a, b, c, _] = self.0;
        absorb(id.as_bytes(), a, b, c)
    }

    /// Another 64 bits, independent of the first.
    pub(super) fn second(&self, id: &str) -> u64 {
        let [a, b, c, d] = self.0;
        absorb(id.as_bytes(), c.rotate_left(23), d, a ^ b.rotate_left(41))
    }
}

/// Multiplies eight bytes at a time into a state, keeping both halves of each product.
#[inline]
fn absorb(bytes: &[u8], a: u64, b: u64, c: u64) -> u64 {
    let mut state = fold(a ^ bytes.len() as u64, b);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word), c).wrapping_add(b);
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    state = fold(state ^ u64::from_le_bytes(last), b);
    fold(state ^ c, a)
}

#[inline]
fn fold(x: u64, y: u64) -> u64 {
    let product = u128::from(x) * u128::from(y);
    let [low, high] = [product as u64, (product >> 64) as u64];
    low ^ high
}

/// Collects hashes of ids.
pub(super) struct Doubles<'s> {
    spill: &'s dyn Spill,
    held: Vec<u64>,
    bound: usize,
    spilled: Option<Parts>,
}

/// Hashes on disk.
struct Parts {
    file: Box<dyn Spilled>,
    /// What is not written yet, by part.
    open: Vec<Vec<u64>>,
    /// Which pieces of the file are whose, in order.
    pieces: Vec<Vec<u32>>,
    written: u32,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Doubles<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doubles").field("held", &self.held.len()).finish_non_exhaustive()
    }
}

/// Hashes that came more than once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Repeated {
    /// They, in order, at most [`MOST_REPEATED`].
    pub(super) hashes: Vec<u64>,
    /// Whether there were more.
    pub(super) more: bool,
}

impl Repeated {
    /// Whether a hash is among them.
    pub(super) fn holds(&self, hash: u64) -> bool {
        self.hashes.binary_search(&hash).is_ok()
    }

    fn add(&mut self, hash: u64) {
        if self.hashes.last() == Some(&hash) {
            return;
        }
        if self.hashes.len() < MOST_REPEATED {
            self.hashes.push(hash);
        } else {
            self.more = true;
        }
    }
}

impl<'s> Doubles<'s> {
    /// Holds a bounded number of hashes, and spills the others.
    pub(super) fn new(spill: &'s dyn Spill) -> Self {
        Doubles::with_bound(spill, HELD)
    }

    fn with_bound(spill: &'s dyn Spill, bound: usize) -> Self {
        Doubles { spill, held: Vec::new(), bound, spilled: None }
    }

    /// Adds the hashes of some rows.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub(super) fn add(&mut self, hashes: &[u64]) -> io::Result<()> {
        if let Some(parts) = &mut self.spilled {
            return parts.add(hashes);
        }
        if self.held.len() + hashes.len() <= self.bound {
            self.held.extend_from_slice(hashes);
            return Ok(());
        }
        let mut parts = Parts::new(self.spill.open()?);
        parts.add(&std::mem::take(&mut self.held))?;
        parts.add(hashes)?;
        self.spilled = Some(parts);
        Ok(())
    }

    /// Says which hashes came more than once.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub(super) fn finish(self) -> io::Result<Repeated> {
        let mut found = Repeated::default();
        let Doubles { mut held, spilled, bound, .. } = self;
        match spilled {
            None => sorted(&mut held, &mut found),
            Some(mut parts) => {
                for part in 0..PARTS {
                    parts.judge(part, bound, &mut held, &mut found)?;
                }
            }
        }
        Ok(found)
    }
}

/// Sorts hashes and notes the repeated ones.
fn sorted(hashes: &mut [u64], found: &mut Repeated) {
    hashes.sort_unstable();
    for pair in hashes.array_windows::<2>() {
        if let [a, b] = pair
            && a == b
        {
            found.add(*a);
        }
    }
}

impl Parts {
    fn new(file: Box<dyn Spilled>) -> Parts {
        let part = || Vec::with_capacity(PIECE);
        Parts {
            file,
            open: std::iter::repeat_with(part).take(PARTS).collect(),
            pieces: vec![Vec::new(); PARTS],
            written: 0,
            bytes: Vec::with_capacity(PIECE * 8),
        }
    }

    fn add(&mut self, hashes: &[u64]) -> io::Result<()> {
        for hash in hashes {
            let part = (hash >> 56) as usize;
            let Some(open) = self.open.get_mut(part) else { continue };
            open.push(*hash);
            if open.len() == PIECE {
                self.bytes.clear();
                self.bytes.extend(open.iter().flat_map(|hash| hash.to_le_bytes()));
                open.clear();
                self.file.write_all(&self.bytes)?;
                if let Some(pieces) = self.pieces.get_mut(part) {
                    pieces.push(self.written);
                }
                self.written = self.written.checked_add(1).ok_or(io::ErrorKind::FileTooLarge)?;
            }
        }
        Ok(())
    }

    /// Reads a part and notes what is repeated; one that is too large for the memory is read
    /// several times, each time a range of it.
    fn judge(
        &mut self,
        part: usize,
        bound: usize,
        held: &mut Vec<u64>,
        found: &mut Repeated,
    ) -> io::Result<()> {
        let (Some(pieces), Some(open)) = (self.pieces.get(part), self.open.get(part)) else {
            return Ok(());
        };
        let count = pieces.len() * PIECE + open.len();
        // Hashes are spread evenly, so a slice of their range holds its share of them.
        let slices = (count * 5 / 4 / bound.max(1) + 1).next_power_of_two();
        let shift = 56 - slices.trailing_zeros();
        for slice in 0..slices as u64 {
            held.clear();
            let is_of_slice = |hash: &u64| ((hash << 8) >> 8) >> shift == slice;
            held.extend(open.iter().filter(|hash| is_of_slice(hash)));
            self.bytes.resize(PIECE * 8, 0);
            for piece in pieces {
                self.file.seek(SeekFrom::Start(u64::from(*piece) * PIECE as u64 * 8))?;
                self.file.read_exact(&mut self.bytes)?;
                let (words, _) = self.bytes.as_chunks::<8>();
                held.extend(words.iter().map(|w| u64::from_le_bytes(*w)).filter(is_of_slice));
            }
            sorted(held, found);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::spill::Memory;
    use super::*;

    fn repeated(ids: &[String], bound: usize) -> Vec<u64> {
        let (key, memory) = (Key([3, 5, 7, 9]), Memory);
        let mut doubles = Doubles::with_bound(&memory, bound);
        for part in ids.chunks(300) {
            let hashes: Vec<u64> = part.iter().map(|id| key.hash(id)).collect();
            doubles.add(&hashes).unwrap();
        }
        let found = doubles.finish().unwrap();
        assert!(!found.more);
        found.hashes
    }

    #[test]
    fn the_same_answer_in_memory_and_from_disk() {
        let mut ids: Vec<String> = (0..50_000).map(|n| format!("C{n:07}")).collect();
        for bound in [usize::MAX / 2, 1_000, 1] {
            assert!(repeated(&ids, bound).is_empty(), "bound {bound}");
        }
        ids.extend(["C0000007", "C0049999", "C0000007"].map(str::to_owned));
        let key = Key([3, 5, 7, 9]);
        let mut expected = [key.hash("C0000007"), key.hash("C0049999")];
        expected.sort_unstable();
        for bound in [usize::MAX / 2, 1_000, 1] {
            assert_eq!(repeated(&ids, bound), expected, "bound {bound}");
        }
    }

    #[test]
    fn hashes_differ_where_ids_do() {
        let key = Key::draw();
        let ids = ["", "\0", "\0\0", "a", "a\0", "aaaaaaaa", "aaaaaaaa\0", "1", "01", "1.0"];
        for (i, a) in ids.iter().enumerate() {
            for b in ids.iter().skip(i + 1) {
                assert_ne!(
                    (key.hash(a), key.second(a)),
                    (key.hash(b), key.second(b)),
                    "{a:?} {b:?}"
                );
            }
        }
        assert_eq!(key.hash("C1"), key.hash(&String::from("C1")));
    }

    #[test]
    fn more_repeats_than_can_be_told_apart_are_said() {
        let memory = Memory;
        let mut doubles = Doubles::new(&memory);
        let hashes: Vec<u64> =
            (0..=MOST_REPEATED as u64).flat_map(|n| [n << 20, n << 20]).collect();
        doubles.add(&hashes).unwrap();
        let found = doubles.finish().unwrap();
        assert_eq!((found.hashes.len(), found.more), (MOST_REPEATED, true));
    }
}
