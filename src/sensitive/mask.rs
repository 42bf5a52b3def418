//! A text without what is sensitive in it; every other word stays.

use std::collections::HashSet;

use super::lexemes::{DOTS, SAYS};
use super::{Hit, Kind, find};

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
    mask_but(text, &[])
}

/// As [`mask`], without the kinds that a person brings back.
pub fn mask_but(text: &str, keep: &[Kind]) -> (String, Vec<Masked>) {
    rounds(text, |text| {
        let mut hits = find(text);
        hits.retain(|hit| !keep.contains(&hit.kind));
        hits
    })
}

/// As [`mask_but`], where `text` was `before`: what stands on lines that were there stays.
pub fn mask_new(text: &str, before: &str, keep: &[Kind]) -> (String, Vec<Masked>) {
    let known: HashSet<&str> = before.lines().collect();
    rounds(text, |text| {
        // Where each new line ends, with its beginning; hits come in the order of the text.
        let mut new: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if !known.contains(line.trim_end_matches('\n').trim_end_matches('\r')) {
                new.push((at + line.len(), at));
            }
            at += line.len();
        }
        let mut hits = find(text);
        hits.retain(|hit| {
            let next = new.partition_point(|(end, _)| *end <= hit.range.start);
            !keep.contains(&hit.kind)
                && new.get(next).is_some_and(|(_, from)| *from < hit.range.end)
        });
        hits
    })
}

fn rounds(text: &str, hits_in: impl Fn(&str) -> Vec<Hit>) -> (String, Vec<Masked>) {
    let mut text = text.to_owned();
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        let hits = hits_in(&text);
        if hits.is_empty() {
            break;
        }
        let mut masked = String::with_capacity(text.len());
        let mut from = 0;
        for hit in hits {
            let one = hit.masked(&text);
            masked.push_str(&text[from..hit.range.start]);
            masked.push_str(&one.words);
            from = hit.range.end;
            all.push(one);
        }
        masked.push_str(&text[from..]);
        text = masked;
    }
    (text, all)
}

impl Hit {
    /// What stands in its place; `text` is the text that it was found in.
    pub fn masked(&self, text: &str) -> Masked {
        let found = text.get(self.range.start..self.range.end).unwrap_or_default();
        Masked { kind: self.kind, words: words(self.kind, found) }
    }
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
