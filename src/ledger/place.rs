//! Where a customer's lines lie: parts by the hash of the customer's id.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::units::hex;

/// The place of a customer: the first 32 bits of the SHA-256 of the id.
pub fn place_of(customer: &str) -> u32 {
    let hash = Sha256::digest(customer.as_bytes());
    hash.iter().take(4).fold(0, |place, byte| place << 8 | u32::from(*byte))
}

/// How finely lines are parted: hexadecimal digits of the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Width(u32);

impl Width {
    /// One part.
    pub const WHOLE: Width = Width(0);

    /// The width at which a part of so many lines has a few megabytes at most.
    pub fn for_lines(lines: u64) -> Width {
        match lines {
            0..=16_384 => Width(0),
            16_385..=262_144 => Width(1),
            262_145..=8_388_608 => Width(2),
            _ => Width(3),
        }
    }

    /// All parts of this width, in order.
    pub fn parts(self) -> impl Iterator<Item = Part> {
        (0..1 << (4 * self.0)).map(move |number| Part { width: self, number })
    }

    /// The part in which a place lies.
    pub fn part_of(self, place: u32) -> Part {
        let number = if self.0 == 0 { 0 } else { place >> (32 - 4 * self.0) };
        Part { width: self, number }
    }
}

/// One part of all customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    width: Width,
    number: u32,
}

impl Part {
    /// Its place among the parts of its width, from 0.
    pub fn number(self) -> usize {
        usize::try_from(self.number).unwrap_or(usize::MAX)
    }

    /// Whether a customer's place lies in it.
    pub fn holds(self, place: u32) -> bool {
        self.width.part_of(place) == self
    }

    /// Whether the two have customers in common.
    pub fn meets(self, other: Part) -> bool {
        let (fine, coarse) = if self.width >= other.width { (self, other) } else { (other, self) };
        fine.number >> (4 * (fine.width.0 - coarse.width.0)) == coarse.number
    }

    /// Reads the name of a part's file, without its ending.
    pub fn read(name: &str) -> Option<Part> {
        if name == "all" {
            return Some(Part { width: Width(0), number: 0 });
        }
        let width = u32::try_from(name.len()).ok().filter(|n| (1..=3).contains(n))?;
        let plain = name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = plain.then(|| u32::from_str_radix(name, 16).ok())??;
        Some(Part { width: Width(width), number })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.width.0 {
            0 => f.write_str("all"),
            digits => {
                write!(f, "{:0width$x}", self.number, width = usize::try_from(digits).unwrap_or(1))
            }
        }
    }
}

/// The name of what is owed to a customer by a run under a form: always the same for the same, so
/// that a repeat is seen. Begins with the customer's place.
pub fn entry_id(incident: &str, run: &str, customer: &str, form: &str) -> String {
    let mut hasher = Sha256::new();
    for word in [incident, run, customer, form] {
        hasher.update(word.as_bytes());
        // No word holds it, so no two lists of words run together.
        hasher.update([0x1f]);
    }
    let hash = hasher.finalize();
    let rest = hash.get(..8).unwrap_or_default();
    format!("{:08x}{}", place_of(customer), hex(rest))
}

/// The place that an entry's name begins with.
pub(super) fn place_in_id(id: &str) -> Option<u32> {
    let lower = id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (id.len() == 24 && lower).then(|| u32::from_str_radix(id.get(..8)?, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_every_width_hold_each_place_once() {
        for lines in [1, 20_000, 300_000, 10_000_000] {
            let width = Width::for_lines(lines);
            for place in [0, 1, 0x3f00_0000, 0x8000_0000, u32::MAX] {
                let holding: Vec<Part> = width.parts().filter(|p| p.holds(place)).collect();
                assert_eq!(holding, [width.part_of(place)]);
                assert_eq!(Part::read(&holding[0].to_string()), Some(holding[0]));
            }
        }
        assert_eq!(Width::for_lines(10_000_000).parts().count(), 4096);
    }

    #[test]
    fn parts_meet_where_they_share_customers() {
        let part = |name| Part::read(name).unwrap();
        assert!(part("all").meets(part("3f")));
        assert!(part("3f").meets(part("3")) && part("3").meets(part("3f")));
        assert!(!part("3f").meets(part("4")) && !part("3f").meets(part("3e")));
        for bad in ["", "ALL", "g", "3F", "3f0a", "../x"] {
            assert_eq!(Part::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_lead_back_to_the_place() {
        let id = entry_id("INC-20261121-7QKM", "K7QK", "00012", "statement_credit");
        assert_eq!(place_in_id(&id), Some(place_of("00012")));
        assert_ne!(id, entry_id("INC-20261121-7QKM", "K7QK", "0001", "2statement_credit"));
        assert_eq!(place_in_id("zz"), None);
        assert_eq!(place_in_id(&"é".repeat(12)), None);
    }
}
