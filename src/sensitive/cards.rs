//! Card numbers: an issuer's range, one of its lengths, and Luhn's check digit.

use super::context::{Verdict, Verdicts};
use super::lexemes::{Lexemes, groups, stands_alone};

/// First digits from, first digits to, lengths.
type Issuer = (&'static str, &'static str, &'static [usize]);

/// What a number may be that nothing names.
///
/// ISO/IEC 7812-1 gives the form; the ranges are those that the networks publish. Maestro's wide
/// ranges are left to their known prefixes: half of all references would lie in them.
const ISSUERS: &[Issuer] = &[
    ("4", "4", &[16]),
    ("51", "55", &[16]),
    ("2221", "2720", &[16]),
    ("34", "34", &[15]),
    ("37", "37", &[15]),
    ("300", "305", &[14]),
    ("309", "309", &[14]),
    ("36", "36", &[14]),
    ("38", "39", &[14]),
    ("6011", "6011", &[16]),
    ("644", "649", &[16]),
    ("65", "65", &[16]),
    ("3528", "3589", &[16]),
    ("62", "62", &[16]),
    // Carnet, Mexico.
    ("286900", "286900", &[16]),
    ("502275", "502275", &[16]),
    ("506199", "506299", &[16]),
    ("606333", "606333", &[16]),
    ("627318", "627318", &[16]),
    ("627535", "627535", &[16]),
    ("636318", "636318", &[16]),
    ("636379", "636379", &[16]),
    ("639388", "639388", &[16]),
    ("639484", "639484", &[16]),
    ("639559", "639559", &[16]),
    // Elo and Hipercard, Brazil; Maestro.
    ("504175", "504175", &[16]),
    ("506699", "506778", &[16]),
    ("509000", "509999", &[16]),
    ("606282", "606282", &[16]),
    ("5018", "5018", &[16]),
    ("5020", "5020", &[16]),
    ("5038", "5038", &[16]),
    ("5893", "5893", &[16]),
    ("6304", "6304", &[16]),
    ("6759", "6763", &[16]),
];

/// What a number may be that is called a card, or printed as one: cards that are seldom seen, in
/// ranges and lengths where references are common.
const SELDOM: &[Issuer] = &[
    ("4", "4", &[13, 19]),
    ("300", "305", &[16, 17, 18, 19]),
    ("309", "309", &[16, 17, 18, 19]),
    ("36", "36", &[16, 17, 18, 19]),
    ("38", "39", &[16, 17, 18, 19]),
    ("6011", "6011", &[17, 18, 19]),
    ("644", "649", &[17, 18, 19]),
    ("65", "65", &[17, 18, 19]),
    ("3528", "3589", &[17, 18, 19]),
    ("62", "62", &[17, 18, 19]),
    ("81", "81", &[16, 17, 18, 19]),
    ("2200", "2204", &[16, 17, 18, 19]),
    ("5018", "5018", &[13, 18, 19]),
    ("5020", "5020", &[13, 18, 19]),
    ("6304", "6304", &[13, 18, 19]),
    ("6759", "6763", &[13, 18, 19]),
];

/// Numbers that the networks and processors publish for tests: never a reference, whatever it says.
const PUBLISHED: &[&str] = &[
    "4242424242424242",
    "4111111111111111",
    "4012888888881881",
    "4000056655665556",
    "4000000000000002",
    "4222222222222",
    "5555555555554444",
    "5105105105105100",
    "5200828282828210",
    "5454545454545454",
    "5555444433331111",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "378734493671000",
    "6011111111111117",
    "6011000990139424",
    "6011981111111113",
    "30569309025904",
    "38520000023237",
    "36227206271667",
    "3056930009020004",
    "3530111333300000",
    "3566002020360505",
    "6200000000000005",
    "6200000000000047",
];

/// How numbers are printed on cards, in groups.
const GROUPS: &[&[usize]] =
    &[&[4, 4, 4, 4, 3], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 3], &[6, 13]];

/// Luhn's test: every second digit from the right doubled, the sum a multiple of ten.
pub(super) fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let digit = u32::from(b - b'0');
            let doubled = digit * 2;
            match i % 2 {
                0 => digit,
                _ if doubled > 9 => doubled - 9,
                _ => doubled,
            }
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

/// Whether digits are a card number by themselves; `called` when something says that they are one.
pub(super) fn is_card(digits: &str, called: bool) -> bool {
    let issued = |(from, to, lengths): &Issuer| {
        let first = digits.get(..from.len());
        lengths.contains(&digits.len()) && first.is_some_and(|f| *from <= f && f <= *to)
    };
    let known = ISSUERS.iter().any(issued)
        || (called && SELDOM.iter().any(issued))
        || PUBLISHED.contains(&digits);
    (13..=19).contains(&digits.len()) && known && luhn(digits)
}

/// The last run of the card number that begins at run `first`.
pub(super) fn card(t: &Lexemes<'_>, first: usize, verdicts: &Verdicts) -> Option<usize> {
    let digits = t.number(first)?;
    let verdict = verdicts.of(first);
    if (13..=19).contains(&digits.len()) {
        let called = verdict == Verdict::Card;
        return (is_card(digits, called) && one_run(t, first, digits, verdict)).then_some(first);
    }
    if digits.len() > 8 {
        return None;
    }
    in_groups(t, first, verdict)
}

fn one_run(t: &Lexemes<'_>, i: usize, digits: &str, verdict: Verdict) -> bool {
    if PUBLISHED.contains(&digits) {
        return true;
    }
    if t.gap_before(i).ends_with(['+', '$', '€', '£']) {
        return false;
    }
    match verdict {
        Verdict::Card => true,
        Verdict::Reference | Verdict::Grouped => false,
        Verdict::Open | Verdict::Account => !t.joined(i, i),
    }
}

fn in_groups(t: &Lexemes<'_>, first: usize, verdict: Verdict) -> Option<usize> {
    const MOST: usize = 6;
    let (found, separator) = groups(t, first, MOST);
    let separator = separator.filter(|_| found.len() > 1)?;
    let supported = verdict == Verdict::Card;
    let last = |count: usize| first + count - 1;
    for pattern in GROUPS {
        let fits = found.len() >= pattern.len()
            && found.iter().zip(*pattern).all(|(group, length)| group.len() == *length);
        if !fits {
            continue;
        }
        let digits = found[..pattern.len()].concat();
        if !is_card(&digits, true) {
            continue;
        }
        let last = last(pattern.len());
        // References are seldom written in fours, and cards are: only a strong name stands against it.
        let plausible = verdict != Verdict::Grouped && stands_alone(t, first, last, separator);
        if supported || plausible || PUBLISHED.contains(&digits.as_str()) {
            return Some(last);
        }
    }
    let starts =
        first == 0 || t.separator(first - 1) != Some(separator) || t.number(first - 1).is_none();
    (supported && starts)
        .then(|| (2..=found.len()).find(|count| is_card(&found[..*count].concat(), true)).map(last))
        .flatten()
}
