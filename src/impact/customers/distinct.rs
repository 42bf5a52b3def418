use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::super::estimate::Sketch;

/// Distinct ids up to which every figure is exact: a million.
pub const EXACT_UP_TO: usize = 1_000_000;

/// Distinct ids that tried, and those of them that were affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Who tried.
    pub tried: u64,
    /// Who was affected.
    pub affected: u64,
    /// Whether the figures are exact; else their standard error is [`Sketch::ERROR`].
    pub exact: bool,
}

/// Distinct ids of a file, in all and by parts: exact while there are few, sketches beyond.
///
/// An id is the first 128 bits of its SHA-256: two of a million meet by chance once in 10²⁷ files.
/// While it is exact each id has a number, and a part is a row of bits, so that memory is an eighth
/// of a byte for each id and part beside some seventy bytes for each id.
#[derive(Debug)]
pub(super) struct Distinct {
    limit: usize,
    numbers: HashMap<u128, u32>,
    /// The 64 bits that sketches take, by number.
    hashes: Vec<u64>,
    /// The whole, then the parts.
    sets: Vec<[Set; 2]>,
    exact: bool,
}

#[derive(Debug, Clone)]
enum Set {
    Bits(Vec<u64>),
    Sketch(Sketch),
}

/// What is known of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It was affected.
    Affected,
    /// It tried, and was not.
    Tried,
    /// It did not come.
    Nobody,
}

fn digest(id: &[u8]) -> (u128, u64) {
    let digest = Sha256::digest(id);
    let (mut name, mut hash) = ([0; 16], [0; 8]);
    name.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    hash.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    (u128::from_be_bytes(name), u64::from_be_bytes(hash))
}

impl Distinct {
    pub(super) fn new(limit: usize) -> Distinct {
        let limit = limit.min(u32::MAX as usize);
        let (numbers, hashes) = (HashMap::new(), Vec::new());
        let mut all = Distinct { limit, numbers, hashes, sets: Vec::new(), exact: true };
        all.part();
        all
    }

    /// Makes room for one more part and gives its place; the whole is at 0.
    pub(super) fn part(&mut self) -> usize {
        let set = if self.exact { Set::Bits(Vec::new()) } else { Set::Sketch(Sketch::default()) };
        self.sets.push([set.clone(), set]);
        self.sets.len() - 1
    }

    /// Adds an id to the whole and to some parts.
    pub(super) fn add(&mut self, id: &[u8], parts: &[usize], affected: bool) {
        let (name, hash) = digest(id);
        let number = match self.numbers.get(&name) {
            Some(number) => Some(*number),
            None if self.exact && self.hashes.len() < self.limit => {
                let number = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
                self.hashes.push(hash);
                self.numbers.insert(name, number);
                Some(number)
            }
            None if self.exact => {
                self.give_up_exactness();
                None
            }
            None => None,
        };
        for place in [0].iter().chain(parts) {
            let Some([tried, hit]) = self.sets.get_mut(*place) else { continue };
            tried.add(number, hash);
            if affected {
                hit.add(number, hash);
            }
        }
    }

    fn give_up_exactness(&mut self) {
        self.exact = false;
        for set in self.sets.iter_mut().flatten() {
            let mut sketch = Sketch::default();
            set.numbers().filter_map(|n| self.hashes.get(n)).for_each(|hash| sketch.add(*hash));
            *set = Set::Sketch(sketch);
        }
        self.numbers = HashMap::new();
        self.hashes = Vec::new();
    }

    pub(super) fn tally(&self, place: usize) -> Tally {
        let [tried, hit] = match self.sets.get(place) {
            Some([tried, hit]) => [tried.count(), hit.count()],
            None => [0, 0],
        };
        // Two sketches err apart from each other; nobody is affected who did not try.
        Tally { tried, affected: hit.min(tried), exact: self.exact }
    }

    /// What is known of an id; none where there were too many to remember each.
    pub(super) fn know(&self, id: &[u8]) -> Option<Known> {
        if !self.exact {
            return None;
        }
        let Some(number) = self.numbers.get(&digest(id).0) else { return Some(Known::Nobody) };
        let hit = self.sets.first().is_some_and(|[_, hit]| hit.holds(*number));
        Some(if hit { Known::Affected } else { Known::Tried })
    }
}

impl Set {
    fn add(&mut self, number: Option<u32>, hash: u64) {
        match (self, number) {
            (Set::Sketch(sketch), _) => sketch.add(hash),
            (Set::Bits(bits), Some(number)) => {
                let (word, bit) = place(number);
                if bits.len() <= word {
                    bits.resize(word + 1, 0);
                }
                if let Some(word) = bits.get_mut(word) {
                    *word |= bit;
                }
            }
            (Set::Bits(_), None) => {}
        }
    }

    fn holds(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        matches!(self, Set::Bits(bits) if bits.get(word).is_some_and(|w| w & bit != 0))
    }

    fn count(&self) -> u64 {
        match self {
            Set::Bits(bits) => bits.iter().map(|word| u64::from(word.count_ones())).sum(),
            Set::Sketch(sketch) => sketch.count(),
        }
    }

    fn numbers(&self) -> impl Iterator<Item = usize> {
        let bits = match self {
            Set::Bits(bits) => bits.as_slice(),
            Set::Sketch(_) => &[],
        };
        let words = bits.iter().enumerate();
        words.flat_map(|(at, word)| {
            (0..64).filter(move |b| word >> b & 1 == 1).map(move |b| at * 64 + b)
        })
    }
}

fn place(number: u32) -> (usize, u64) {
    (usize::try_from(number / 64).unwrap_or(usize::MAX), 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(limit: usize) -> Distinct {
        let mut all = Distinct::new(limit);
        let (north, south) = (all.part(), all.part());
        for n in 0..30_000_u32 {
            let id = format!("C{}", n % 10_000);
            let part = if n % 2 == 0 { north } else { south };
            all.add(id.as_bytes(), &[part], n % 10_000 < 1000);
        }
        all
    }

    #[test]
    fn each_id_counts_once_in_all_and_in_each_part() {
        let all = filled(EXACT_UP_TO);
        assert_eq!(all.tally(0), Tally { tried: 10_000, affected: 1000, exact: true });
        assert_eq!(all.tally(1), Tally { tried: 5000, affected: 500, exact: true });
        assert_eq!(all.know(b"C7"), Some(Known::Affected));
        assert_eq!(all.know(b"C5000"), Some(Known::Tried));
        assert_eq!(all.know(b"D7"), Some(Known::Nobody));
    }

    #[test]
    fn beyond_the_limit_figures_are_near_and_say_so() {
        for limit in [0, 1, 4999, 9999] {
            let all = filled(limit);
            for (place, tried, affected) in [(0, 10_000, 1000), (1, 5000, 500)] {
                let got = all.tally(place);
                assert!(!got.exact, "{limit}");
                for (got, true_) in [(got.tried, tried), (got.affected, affected)] {
                    let off = got.abs_diff(true_) * 1000 / true_;
                    assert!(off < 25, "{limit}: {got} of {true_}");
                }
            }
            assert_eq!(all.know(b"C7"), None);
        }
        assert!(filled(10_000).tally(0).exact);
    }
}
