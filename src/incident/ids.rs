//! Names of incidents and of their items: random, short, sayable over a phone.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde_json::{Value as Json, json};

use super::shape::{Field, Reading};
use crate::units::{Instant, UnitError};
use crate::yaml::{Node, Tree};

/// Crockford's base 32: no I, L, O, U, so that nobody mishears or misreads them.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn is_crockford(byte: u8) -> bool {
    CROCKFORD.contains(&byte)
}

/// Random letters of Crockford's alphabet from a source of 5-bit numbers.
fn letters(count: usize, mut random: impl FnMut() -> u8) -> String {
    (0..count).map(|_| char::from(CROCKFORD[usize::from(random() & 31)])).collect()
}

/// An incident's name, `INC-<yyyymmdd>-<4 of Crockford base32>`.
///
/// The date is that of opening in the workspace's zone and never changes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentId(String);

impl IncidentId {
    /// Makes a name from the date of opening and a source of random 5-bit numbers.
    pub fn new(date: NaiveDate, random: impl FnMut() -> u8) -> Self {
        let (y, m, d) = (date.year(), date.month(), date.day());
        IncidentId(format!("INC-{y:04}{m:02}{d:02}-{}", letters(4, random)))
    }

    /// Another name of the same date.
    #[must_use]
    pub fn redrawn(&self, random: impl FnMut() -> u8) -> Self {
        IncidentId(format!("{}{}", &self.0[..13], letters(4, random)))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The four random letters at its end.
    pub fn suffix(&self) -> &str {
        &self.0[13..]
    }

    /// Folder of the record below the workspace: `incidents/2026/11/INC-20261121-7QKM`.
    pub fn folder(&self) -> String {
        format!("incidents/{}/{}/{}", &self.0[4..8], &self.0[8..10], self.0)
    }

    /// Path of the record below the workspace.
    pub fn path(&self) -> String {
        format!("{}/incident.yaml", self.folder())
    }
}

impl fmt::Debug for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for IncidentId {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let valid = || {
            let (date, suffix) = text.strip_prefix("INC-")?.split_once('-')?;
            let well_formed = date.len() == 8
                && date.bytes().all(|b| b.is_ascii_digit())
                && suffix.len() == 4
                && suffix.bytes().all(is_crockford);
            let number = |range: std::ops::Range<usize>| date.get(range)?.parse::<u32>().ok();
            well_formed.then_some(())?;
            NaiveDate::from_ymd_opt(number(0..4)?.try_into().ok()?, number(4..6)?, number(6..8)?)
        };
        valid().map(|_| IncidentId(text.to_owned())).ok_or_else(|| {
            UnitError::new(
                format!("`{text}` is no incident's id"),
                "INC-<yyyymmdd>-<4 letters>, such as INC-20261121-7QKM",
            )
        })
    }
}

impl Field for IncidentId {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let text = String::read(node, reading)?;
        text.parse().map_err(|e: UnitError| reading.error("bad-id", e.to_string(), node.range)).ok()
    }

    fn print(&self) -> Option<Tree> {
        Some(Tree::Text(self.0.clone()))
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^INC-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{4}$" })
    }
}

/// A list item's name inside its record: a letter and three of Crockford's base 32, `C7QK`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(String);

impl ItemId {
    /// Makes a name with the letter of its kind.
    pub fn new(letter: char, random: impl FnMut() -> u8) -> Self {
        ItemId(format!("{letter}{}", letters(3, random)))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ItemId {
    type Err = UnitError;

    /// Hand-written items may have names of their own: up to 16 letters, digits and hyphens.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let fits = (1..=16).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fits {
            Ok(ItemId(text.to_owned()))
        } else {
            Err(UnitError::new(
                format!("`{text}` is no item's id"),
                "a letter and three more, such as C7QK",
            ))
        }
    }
}

impl Field for ItemId {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let text = String::read(node, reading)?;
        text.parse().map_err(|e: UnitError| reading.error("bad-id", e.to_string(), node.range)).ok()
    }

    fn print(&self) -> Option<Tree> {
        Some(Tree::Text(self.0.clone()))
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^[0-9A-Za-z-]{1,16}$" })
    }
}

/// Makes a ULID: 48 bits of milliseconds, 80 random bits, in Crockford's base 32 (26 letters).
pub fn ulid(at: Instant, random: impl FnMut() -> u8) -> String {
    let millis = u64::try_from(at.get().timestamp_millis()).unwrap_or(0);
    let time: String = (0..10)
        .rev()
        .map(|i| char::from(CROCKFORD[usize::try_from((millis >> (5 * i)) & 31).unwrap_or(0)]))
        .collect();
    time + &letters(16, random)
}

/// Whether a text is a ULID.
pub fn is_ulid(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(is_crockford) && text.as_bytes()[0] <= b'7'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_date_and_folder() {
        let mut n = 0;
        let id = IncidentId::new(NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(), || {
            n += 7;
            n
        });
        assert_eq!(id.as_str(), "INC-20261121-7ENW");
        assert_eq!(id.path(), "incidents/2026/11/INC-20261121-7ENW/incident.yaml");
        assert_eq!(id.suffix(), "7ENW");
    }

    #[test]
    fn only_real_dates_and_clear_letters_are_names() {
        for text in [
            "INC-20261321-7QKM",
            "INC-20261121-7QKL",
            "INC-20261121-7QK",
            "../../etc/passwd",
            "INC-2026112\u{661}-7QKM",
        ] {
            assert!(text.parse::<IncidentId>().is_err(), "{text}");
        }
        assert!("INC-20261121-7QKM".parse::<IncidentId>().is_ok());
    }

    #[test]
    fn a_ulid_begins_with_its_time() {
        let uid = ulid("2026-11-21T03:10:00-06:00".parse().unwrap(), || 3);
        assert!(is_ulid(&uid), "{uid}");
        assert!(uid < ulid("2026-11-21T03:10:01-06:00".parse().unwrap(), || 0));
    }
}
