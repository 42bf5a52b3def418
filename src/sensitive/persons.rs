//! Ids of persons: CURP, and the RFC of a natural person.

use super::lexemes::{Lexemes, folded};

/// Whether a date is one; February has 29 days, since the century is not written.
fn is_date(digits: &str) -> bool {
    let part = |from: usize| digits.get(from..from + 2).and_then(|d| d.parse::<u8>().ok());
    let (Some(month), Some(day)) = (part(2), part(4)) else { return false };
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) && (1..=days).contains(&day)
}

/// The states of a CURP; NE is "born abroad".
const STATES: &[&str] = &[
    "AS", "BC", "BS", "CC", "CL", "CM", "CS", "CH", "DF", "CX", "DG", "GT", "GR", "HG", "JC", "MC",
    "MN", "MS", "NT", "NL", "OC", "PL", "QT", "QR", "SP", "SL", "SR", "TC", "TS", "TL", "VZ", "YN",
    "ZS", "NE",
];

/// The value of a letter in check digits: Ñ stands between N and O.
fn value(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => u32::from(c) - 48,
        'A'..='N' => u32::from(c) - 55,
        'Ñ' => 24,
        'O'..='Z' => u32::from(c) - 54,
        _ => return None,
    })
}

/// Whether a text is a CURP: letters, date, sex, state, consonants and check digit.
pub(super) fn is_curp(text: &str) -> bool {
    let text = text.to_uppercase();
    let chars: Vec<char> = text.chars().collect();
    if chars.len() != 18 {
        return false;
    }
    let letter = |i: usize| chars[i].is_ascii_uppercase() || chars[i] == 'Ñ';
    let string = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    let consonant = |i: usize| letter(i) && !"AEIOU".contains(chars[i]);
    let form = (0..4).all(letter)
        && is_date(&string(4, 10))
        && matches!(chars[10], 'H' | 'M' | 'X')
        && STATES.contains(&string(11, 13).as_str())
        && (13..16).all(consonant)
        && chars[17].is_ascii_digit();
    let sum: Option<u32> =
        (0_u32..17).zip(&chars).map(|(i, c)| value(*c).map(|v| v * (18 - i))).sum();
    form && sum.is_some_and(|sum| Some((10 - sum % 10) % 10) == chars[17].to_digit(10))
}

/// Whether run `i` is a CURP.
pub(super) fn curp(t: &Lexemes<'_>, i: usize) -> bool {
    let word = t.word(i);
    (18..=24).contains(&word.len()) && is_curp(word)
}

/// How sure it is that a text is the RFC of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// Form and date: in need of the word RFC beside it.
    Form,
    /// The check digit too.
    Checked,
}

/// Reads a text as the RFC of a person, ten characters without what the tax office adds, or 13.
pub(super) fn personal_rfc(text: &str) -> Option<Sure> {
    let text = text.to_uppercase();
    let chars: Vec<char> = text.chars().collect();
    let named =
        chars.len() >= 10 && chars[..4].iter().all(|c| c.is_ascii_uppercase() || "Ñ&".contains(*c));
    if !named || !is_date(&chars[4..10].iter().collect::<String>()) {
        return None;
    }
    // The generic ids that stand for everybody.
    if matches!(text.as_str(), "XAXX010101000" | "XEXX010101000") {
        return None;
    }
    match &chars[10..] {
        [] => Some(Sure::Form),
        [a, b, check] if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() => {
            let sum: Option<u32> =
                (0_u32..12).zip(&chars).map(|(i, c)| rfc_value(*c).map(|v| v * (13 - i))).sum();
            let expected = match (11 - sum? % 11) % 11 {
                10 => 'A',
                digit => char::from_digit(digit, 10)?,
            };
            let form = check.is_ascii_digit() || *check == 'A';
            form.then_some(if *check == expected { Sure::Checked } else { Sure::Form })
        }
        _ => None,
    }
}

/// The value of a letter in the RFC's check digit: & stands between N and O, Ñ is last.
fn rfc_value(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => u32::from(c) - 48,
        'A'..='N' => u32::from(c) - 55,
        '&' => 24,
        'O'..='Z' => u32::from(c) - 54,
        ' ' => 37,
        'Ñ' => 38,
        _ => return None,
    })
}

/// The last run of the personal RFC that begins at run `i`: in one run, or in two or three.
pub(super) fn rfc(t: &Lexemes<'_>, i: usize) -> Option<usize> {
    // Longer words are none, and are not worth folding.
    if t.word(i).len() > 17 {
        return None;
    }
    let runs = i..(i + 3).min(t.len());
    // Its date has six digits, which most words lack; nothing is joined or folded for those.
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    if runs.clone().map(|j| digits(t.word(j))).sum::<usize>() < 6 {
        return None;
    }
    let called = || (i.saturating_sub(3)..i).any(|j| folded_is_rfc(t.word(j)));
    let mut whole = String::new();
    let mut longest = None;
    for last in runs {
        if last > i && t.separator(last - 1).is_none() {
            break;
        }
        let word = t.word(last);
        if word.len() > 17 {
            break;
        }
        whole.push_str(word);
        let Some(sure) = personal_rfc(&whole) else { continue };
        // In small letters, and in groups, it is too often a word, a date and a number.
        let written = !whole.chars().any(char::is_lowercase);
        if (sure == Sure::Checked && written) || called() {
            longest = Some(last);
        }
    }
    longest
}

fn folded_is_rfc(word: &str) -> bool {
    word.len() <= 24 && matches!(folded(word).as_str(), "rfc" | "rfcs" | "contribuyente")
}
