//! A text without what is sensitive in it; every other word stays.

use super::lexemes::{DOTS, SAYS};
use super::{Kind, find};

/// One thing that was masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// What it was.
    pub kind: Kind,
    /// What stands in its place: `•••• 1111 (masked: card number)`.
    pub words: String,
}

/// How often a masked text is looked at again: masking a secret may lay a number beside it bare.
const ROUNDS: usize = 6;

/// Puts words in the place of everything sensitive.
///
/// A masked text is left as it is.
pub fn mask(text: &str) -> (String, Vec<Masked>) {
    let mut text = text.to_owned();
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        let hits = find(&text);
        if hits.is_empty() {
            break;
        }
        let mut masked = String::with_capacity(text.len());
        let mut from = 0;
        for hit in hits {
            let words = words(hit.kind, &text[hit.range.start..hit.range.end]);
            masked.push_str(&text[from..hit.range.start]);
            masked.push_str(&words);
            from = hit.range.end;
            all.push(Masked { kind: hit.kind, words });
        }
        masked.push_str(&text[from..]);
        text = masked;
    }
    (text, all)
}

/// The words in the place of a hit.
fn words(kind: Kind, text: &str) -> String {
    let mut words = DOTS.to_owned();
    if kind.keeps_tail() {
        let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        words.push(' ');
        words.extend(&digits[digits.len().saturating_sub(4)..]);
    }
    words.push_str(SAYS);
    words.push_str(&kind.to_string());
    words.push(')');
    words
}
