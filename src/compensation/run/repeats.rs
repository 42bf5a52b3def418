//! The second look at customers whose hashes came more than once.

use super::doubles::{Key, Repeated};

/// Which of the repeated hashes are repeated customers, by 128 bits of their ids.
#[derive(Debug)]
pub(super) struct Repeats {
    key: Key,
    repeated: Repeated,
    /// For each hash what was seen under it.
    seen: Vec<Seen>,
}

/// The first row under a hash.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    second: u64,
    line: u64,
    times: u32,
}

impl Repeats {
    /// Nothing seen yet.
    pub(super) fn new(key: Key, repeated: Repeated) -> Repeats {
        let seen = vec![Seen::default(); repeated.hashes.len()];
        Repeats { key, repeated, seen }
    }

    /// The key under which ids are hashed.
    pub(super) fn key(&self) -> Key {
        self.key
    }

    /// Whether the hash of an id is worth a second look.
    #[inline]
    pub(super) fn suspects(&self, hash: u64) -> bool {
        self.repeated.holds(hash)
    }

    /// Looks at a row of the file, in its order; gives the line of the customer's first row where
    /// this is another one.
    pub(super) fn look(&mut self, id: &str, line: u64) -> Option<u64> {
        let (hash, second) = (self.key.hash(id), self.key.second(id));
        let place = self.repeated.hashes.binary_search(&hash).ok()?;
        let seen = self.seen.get_mut(place)?;
        if seen.times == 0 {
            *seen = Seen { second, line, times: 1 };
            return None;
        }
        // Two ids under one hash: the first keeps its place, the other came once.
        if seen.second != second {
            return None;
        }
        seen.times = seen.times.saturating_add(1);
        Some(seen.line)
    }

    /// Whether a customer is in the file more than once; gives the line of the first row.
    pub(super) fn find(&self, id: &str, hash: u64) -> Option<u64> {
        let place = self.repeated.hashes.binary_search(&hash).ok()?;
        let seen = self.seen.get(place)?;
        (seen.times > 1 && seen.second == self.key.second(id)).then_some(seen.line)
    }

    /// Whether there are more repeated customers than can be told apart.
    pub(super) fn more(&self) -> bool {
        self.repeated.more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_hashes_of_different_customers_are_no_repeat() {
        let key = Key::draw();
        let hashes = vec![key.hash("C1")];
        let mut repeats = Repeats::new(key, Repeated { hashes, more: false });
        assert_eq!(repeats.look("C1", 2), None);
        assert_eq!(repeats.look("C2", 3), None);
        assert_eq!(repeats.find("C1", key.hash("C1")), None);
        assert_eq!(repeats.look("C1", 9), Some(2));
        assert_eq!(repeats.find("C1", key.hash("C1")), Some(2));
        assert_eq!(repeats.find("C2", key.hash("C2")), None);
    }
}
