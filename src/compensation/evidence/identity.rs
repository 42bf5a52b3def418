//! What a customer's id may be: text that is kept as it is, and harms nobody who opens the file.

use crate::sensitive;

/// The longest id in bytes.
pub const LONGEST_ID: usize = 128;

/// The digits of the shortest card number; shorter ids are not looked at.
const SHORTEST_CARD: usize = 13;

/// What is wrong with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadId {
    /// There is none.
    Empty,
    /// It is longer than [`LONGEST_ID`].
    TooLong,
    /// It begins or ends with a space.
    Spaces,
    /// It has a line end, a tab, or another character that cannot be seen.
    Invisible,
    /// A spreadsheet would run it: it begins with one of `= + - @`.
    Runs,
    /// It holds the number of a payment card.
    Card,
}

impl BadId {
    /// What to say of it; never the id itself.
    pub fn words(self) -> &'static str {
        match self {
            BadId::Empty => "is empty",
            BadId::TooLong => "is longer than 128 bytes",
            BadId::Spaces => "begins or ends with a space",
            BadId::Invisible => "has a character that cannot be seen",
            BadId::Runs => {
                "begins with =, +, - or @: a spreadsheet would run it, and ids are never altered"
            }
            BadId::Card => {
                "holds a card number: give the customer's own id, and keep cards out of this file"
            }
        }
    }
}

/// Checks an id.
///
/// # Errors
///
/// The first thing that is wrong with it.
#[inline]
pub(super) fn check(id: &str) -> Result<(), BadId> {
    let bytes = id.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return Err(BadId::Empty);
    };
    // Nearly every id is letters, digits and dashes that begins with a letter or a digit.
    let plain = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if plain && bytes.len() < SHORTEST_CARD && first.is_ascii_alphanumeric() {
        return Ok(());
    }
    if bytes.len() > LONGEST_ID {
        return Err(BadId::TooLong);
    }
    if *first == b' ' || *last == b' ' {
        return Err(BadId::Spaces);
    }
    if !plain && id.chars().any(cannot_be_seen) {
        return Err(BadId::Invisible);
    }
    // Full-width forms run in a spreadsheet as the plain ones do.
    if id.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        return Err(BadId::Runs);
    }
    if bytes.len() >= SHORTEST_CARD && has_card(id) {
        return Err(BadId::Card);
    }
    Ok(())
}

/// Control characters, and what has no width or passes for a space.
fn cannot_be_seen(c: char) -> bool {
    crate::diag::is_odd(c)
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Whether a run of digits, with single spaces or dashes between them, is a card number.
fn has_card(id: &str) -> bool {
    let mut digits = String::new();
    let mut gap = false;
    let whole = |digits: &str| sensitive::is_card_number(digits);
    for c in id.chars() {
        match c {
            '0'..='9' => {
                digits.push(c);
                gap = false;
            }
            ' ' | '-' if !digits.is_empty() && !gap => gap = true,
            _ => {
                if whole(&digits) {
                    return true;
                }
                digits.clear();
                gap = false;
            }
        }
    }
    whole(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_text() {
        for id in ["000123", "C-1", "ñandú 7", "1e3", "a=b", "4111111111111112"] {
            assert_eq!(check(id), Ok(()), "{id}");
        }
    }

    #[test]
    fn what_is_refused() {
        let long = "x".repeat(LONGEST_ID + 1);
        for (id, bad) in [
            ("", BadId::Empty),
            (long.as_str(), BadId::TooLong),
            (" C1", BadId::Spaces),
            ("C1 ", BadId::Spaces),
            ("C\t1", BadId::Invisible),
            ("C\u{200b}1", BadId::Invisible),
            ("C\n1", BadId::Invisible),
            ("=1+1", BadId::Runs),
            ("+52", BadId::Runs),
            ("-1", BadId::Runs),
            ("@sum", BadId::Runs),
            ("＝1", BadId::Runs),
            ("4111111111111111", BadId::Card),
            ("4111 1111 1111 1111", BadId::Card),
            ("C-4111-1111-1111-1111", BadId::Card),
            ("card 5555555555554444 of C1", BadId::Card),
        ] {
            assert_eq!(check(id), Err(bad), "{id}");
        }
    }
}
