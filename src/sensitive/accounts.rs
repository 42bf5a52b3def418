//! Bank accounts: CLABE and IBAN.

use super::context::{Verdict, Verdicts};
use super::lexemes::{Lexemes, Separator, Shape, groups, stands_alone};

/// Institutions of Mexico's payment systems, by the first three digits (Banxico's catalogue).
///
/// A number that is called an account needs none of them: banks are founded.
#[rustfmt::skip]
const BANKS: &[u16] = &[
    2, 6, 9, 12, 14, 19, 21, 30, 32, 36, 37, 42, 44, 58, 59, 60, 62, 72, 102, 103, 106, 108, 110,
    112, 113, 116, 124, 126, 127, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140,
    141, 143, 145, 147, 148, 149, 150, 151, 152, 154, 155, 156, 157, 158, 159, 160, 166, 167, 168,
    600, 601, 602, 605, 606, 607, 608, 610, 614, 615, 616, 617, 618, 619, 620, 621, 622, 623, 626,
    627, 628, 629, 630, 631, 632, 633, 634, 636, 637, 638, 640, 642, 646, 647, 648, 649, 651, 652,
    653, 655, 656, 659, 661, 670, 674, 677, 679, 680, 683, 684, 685, 686, 689, 699, 703, 706, 710,
    714, 715, 720, 721, 722, 723, 725, 727, 728, 729, 730, 732, 734, 738, 901, 902,
];

/// How a CLABE is written in groups: bank, branch, account, check digit; or in fours.
const GROUPS: &[&[usize]] =
    &[&[3, 3, 11, 1], &[4, 4, 4, 4, 2], &[3, 3, 3, 3, 3, 3], &[6, 6, 6], &[3, 3, 12], &[3, 15]];

/// The control digit: weights 3, 7, 1, each product's last digit, what their sum lacks to ten.
fn control_digit(digits: &str) -> u8 {
    let weights = [3, 7, 1].into_iter().cycle();
    let sum: u16 =
        digits.bytes().take(17).zip(weights).map(|(b, w)| u16::from(b - b'0') * w % 10).sum();
    b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// Whether digits are a CLABE by themselves; `called` when something says that they are an account.
pub(super) fn is_clabe(digits: &str, called: bool) -> bool {
    let bank = || digits[..3].parse::<u16>().ok();
    digits.len() == 18
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (called || bank().is_some_and(|bank| BANKS.contains(&bank)))
        && &digits[3..6] >= "010"
        && digits.as_bytes()[17] == control_digit(digits)
}

/// The last run of the CLABE that begins at run `first`.
pub(super) fn clabe(t: &Lexemes<'_>, first: usize, verdicts: &Verdicts) -> Option<usize> {
    let digits = t.number(first)?;
    let supported = verdicts.of(first) == Verdict::Account;
    if digits.len() == 18 {
        let named = matches!(verdicts.of(first), Verdict::Reference | Verdict::Grouped);
        let plausible = !named && !t.joined(first, first) && !t.gap_before(first).ends_with('+');
        return (is_clabe(digits, supported) && (supported || plausible)).then_some(first);
    }
    if digits.len() > 6 {
        return None;
    }
    let (found, separator) = groups(t, first, 6);
    let separator = separator?;
    GROUPS.iter().find_map(|pattern| {
        let fits = found.len() >= pattern.len()
            && found.iter().zip(*pattern).all(|(group, length)| group.len() == *length);
        let last = first + pattern.len() - 1;
        let plausible = || {
            supported
                || (verdicts.of(first) == Verdict::Open && stands_alone(t, first, last, separator))
        };
        (fits && is_clabe(&found[..pattern.len()].concat(), supported) && plausible())
            .then_some(last)
    })
}

/// Countries of the IBAN registry and the length of theirs.
const COUNTRIES: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// The length of an IBAN that begins so; `None` when none does.
fn iban_length(start: &str) -> Option<usize> {
    let bytes = start.as_bytes();
    let form =
        bytes.len() >= 4 && bytes[..4].is_ascii() && bytes[2..4].iter().all(u8::is_ascii_digit);
    let country = form.then(|| start[..2].to_ascii_uppercase())?;
    COUNTRIES.iter().find(|(c, _)| *c == country).map(|(_, length)| *length)
}

/// Countries whose accounts are digits alone.
#[rustfmt::skip]
const DIGITS: &[&str] = &[
    "AE", "AT", "BA", "BE", "CR", "CZ", "DE", "DK", "EE", "ES", "FI", "FO", "GL", "HR", "HU", "IL",
    "IS", "LT", "ME", "NO", "PL", "PT", "RS", "SE", "SI", "SK", "TN", "VA", "XK",
];

/// Countries whose accounts are a bank's letters, so many, and digits.
const LETTERS_FIRST: &[(&str, usize)] =
    &[("GB", 4), ("IE", 4), ("NL", 4), ("VG", 4), ("IQ", 4), ("SV", 4), ("GE", 2)];

/// Whether the account of an IBAN looks as its country's do, where that is one of the simple forms.
fn fits_country(country: &str, account: &str) -> bool {
    let letters = match LETTERS_FIRST.iter().find(|(c, _)| *c == country) {
        Some((_, letters)) => *letters,
        None if DIGITS.contains(&country) => 0,
        None => return true,
    };
    account.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() == (i >= letters))
}

/// Whether a text is an IBAN by itself: its country's length and form, and remainder 1 of 97.
pub(super) fn is_iban(text: &str) -> bool {
    if iban_length(text) != Some(text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let (start, rest) = text.split_at(4);
    if !fits_country(&start[..2].to_ascii_uppercase(), rest) {
        return false;
    }
    let remainder = rest.bytes().chain(start.bytes()).fold(0_u32, |sum, b| {
        let value = char::from(b).to_digit(36).unwrap_or(0);
        (sum * if value < 10 { 10 } else { 100 } + value) % 97
    });
    remainder == 1
}

/// The last run of the IBAN that begins at run `first`: in one run, or in fours.
pub(super) fn iban(t: &Lexemes<'_>, first: usize) -> Option<usize> {
    let word = t.word(first);
    let length = iban_length(word)?;
    if word.len() == length {
        return is_iban(word).then_some(first);
    }
    if word.len() != 4 {
        return None;
    }
    let mut whole = word.to_owned();
    let mut i = first;
    while whole.len() < length {
        let parted = matches!(t.separator(i), Some(Separator::Space | Separator::Joint('-')));
        if !parted || matches!(t.shape(i + 1), Shape::Masked { .. }) {
            return None;
        }
        i += 1;
        let group = t.word(i);
        if group.len() != 4.min(length - whole.len()) {
            return None;
        }
        whole.push_str(group);
    }
    is_iban(&whole).then_some(i)
}
