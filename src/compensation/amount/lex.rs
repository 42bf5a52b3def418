//! The words of an amount: literals with their units, names, signs.

use super::AmountError;
use crate::diag::TextRange;
use crate::units::{Currency, Decimal, Instant, Money, Span, parse_decimal};

/// The longest amount that is read.
const LONGEST: usize = 4_000;

/// A word with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) range: TextRange,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    Number(Decimal),
    Percent(Decimal),
    Money(Money),
    Duration(Span),
    Date(chrono::NaiveDate),
    Instant(Instant),
    Text(String),
    Name(String),
    Sign(&'static str),
    End,
}

/// Signs, the longer ones first.
const SIGNS: [&str; 15] =
    ["<=", ">=", "!=", "==", "<", ">", "=", "+", "-", "*", "/", "(", ")", ",", ":"];

pub(super) fn words(text: &str) -> Result<Vec<Token>, AmountError> {
    if text.len() > LONGEST {
        return Err(AmountError::new(
            "amount-syntax",
            format!("the amount is longer than {LONGEST} characters"),
            TextRange::new(0, 0),
        )
        .help("name parts of it in [let]"));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (word, length) = one(rest).map_err(|e| e.moved(at))?;
        tokens.push(Token { word, range: TextRange::new(at, at + length) });
        at += length;
    }
    tokens.push(Token { word: Word::End, range: TextRange::new(text.len(), text.len()) });
    Ok(tokens)
}

fn one(rest: &str) -> Result<(Word, usize), AmountError> {
    let first = rest.chars().next().unwrap_or(' ');
    if first.is_ascii_digit() {
        return literal(rest);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
        return Ok((Word::Name(rest[..length].to_owned()), length));
    }
    if matches!(first, '"' | '\'') {
        let inside = rest.get(1..).unwrap_or("");
        let Some(end) = inside.find(first) else {
            let whole = TextRange::new(0, rest.len());
            return Err(AmountError::new("amount-syntax", "the text has no end", whole)
                .help(format!("close it with {first}")));
        };
        return Ok((Word::Text(inside[..end].to_owned()), end + 2));
    }
    if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return Ok((Word::Sign(sign), sign.len()));
    }
    let range = TextRange::new(0, first.len_utf8());
    let what = format!("`{}` means nothing in an amount", first.escape_debug());
    let error = AmountError::new("amount-syntax", what, range);
    Err(match first {
        '$' | '€' | '£' => error.help("write the currency after the number: 12.50 MXN"),
        '%' => error.help("write the sign at its number: 2%"),
        _ => error,
    })
}

/// How many bytes of the beginning pass.
fn run(text: &str, passes: impl Fn(char) -> bool) -> usize {
    text.find(|c| !passes(c)).unwrap_or(text.len())
}

fn literal(rest: &str) -> Result<(Word, usize), AmountError> {
    if let Some(found) = moment(rest)? {
        return Ok(found);
    }
    let digits = run(rest, |c| c.is_ascii_digit() || c == '.');
    let number = &rest[..digits];
    let range = TextRange::new(0, digits);
    let Some(value) = parse_decimal(number) else {
        return Err(AmountError::new(
            "amount-syntax",
            format!("`{number}` is no exact decimal number"),
            range,
        )
        .help("write digits, with one point: 1234.50"));
    };
    let after = &rest[digits..];
    if after.starts_with('%') {
        return Ok((Word::Percent(value), digits + 1));
    }
    let word = run(after, |c| c.is_ascii_alphanumeric() || c == '_');
    if word > 0 {
        let whole = &rest[..digits + word];
        let range = TextRange::new(0, whole.len());
        if after[..word].starts_with('_') {
            return Err(AmountError::new(
                "amount-syntax",
                format!("`{whole}` is no number"),
                range,
            )
            .help("write digits without separators: 1234.50"));
        }
        if let Ok(currency) = after[..word].parse::<Currency>() {
            return Err(AmountError::new(
                "amount-syntax",
                format!("`{whole}` is no amount"),
                range,
            )
            .help(format!("write a space before the currency: {number} {currency}")));
        }
        return match whole.parse::<Span>() {
            Ok(span) => Ok((Word::Duration(span), whole.len())),
            Err(e) => Err(AmountError::new("amount-syntax", e.what, range)
                .help(format!("expected {}, or an operator after the number", e.expected))),
        };
    }
    let gap = run(after, |c| c == ' ');
    let code = &after[gap..];
    let length = run(code, |c| c.is_ascii_alphanumeric() || c == '_');
    if gap > 0
        && let Ok(currency) = code[..length].parse::<Currency>()
    {
        return Ok((Word::Money(Money::new(value, currency)), digits + gap + length));
    }
    Ok((Word::Number(value), digits))
}

/// A day or a moment: four digits, a hyphen, two digits, a hyphen, two digits.
fn moment(rest: &str) -> Result<Option<(Word, usize)>, AmountError> {
    let shape = |text: &str| {
        text.len() >= 10
            && text.bytes().take(10).enumerate().all(|(i, b)| match i {
                4 | 7 => b == b'-',
                _ => b.is_ascii_digit(),
            })
    };
    if !shape(rest) {
        return Ok(None);
    }
    let length = match rest.as_bytes().get(10) {
        Some(b'T') => {
            run(rest, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | ':' | '.'))
        }
        _ => 10,
    };
    let text = &rest[..length];
    let range = TextRange::new(0, length);
    let wrong = |what: String| Err(AmountError::new("amount-syntax", what, range));
    if length == 10 {
        return match text.parse() {
            Ok(day) => Ok(Some((Word::Date(day), length))),
            Err(_) => wrong(format!("`{text}` is no day of the calendar")),
        };
    }
    match text.parse::<Instant>() {
        Ok(moment) => Ok(Some((Word::Instant(moment.floor()), length))),
        Err(e) => Err(AmountError::new("amount-syntax", e.what, range)
            .help(format!("expected {}", e.expected))),
    }
}
