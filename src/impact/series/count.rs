use super::cells::PARTS;

/// Reads a count: digits, and no fraction but zeros (`94`, `94.0`).
///
/// # Errors
///
/// Why it is none.
pub(in crate::impact) fn count(text: &[u8]) -> Result<i64, &'static str> {
    let (whole, fraction) = split(text);
    if fraction.iter().any(|b| *b != b'0') {
        return Err(match fraction.iter().all(u8::is_ascii_digit) {
            true => "a count has no fraction; means and rates are no counts",
            false => "no number",
        });
    }
    digits(whole)
}

/// Reads an amount into ten-thousandths.
///
/// # Errors
///
/// Why it is none.
pub(in crate::impact) fn amount(text: &[u8]) -> Result<i64, &'static str> {
    let (whole, fraction) = split(text);
    let fraction = match fraction.iter().rposition(|b| *b != b'0') {
        Some(last) => fraction.get(..=last).unwrap_or_default(),
        None => &[],
    };
    if fraction.len() > 4 {
        return Err("an amount has at most four digits after the point");
    }
    let mut parts = if fraction.is_empty() { 0 } else { digits(fraction)? };
    for _ in fraction.len()..4 {
        parts *= 10;
    }
    let whole = digits(whole)?.checked_mul(PARTS);
    whole.and_then(|w| w.checked_add(parts)).ok_or("too large")
}

fn split(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'.', text) {
        Some(point) => {
            (text.get(..point).unwrap_or_default(), text.get(point + 1..).unwrap_or_default())
        }
        None => (text, &[]),
    }
}

fn digits(text: &[u8]) -> Result<i64, &'static str> {
    match text.first() {
        None => return Err("empty"),
        Some(b'-') => return Err("below zero"),
        Some(_) if text.len() > 18 => return Err("too large, or no number"),
        Some(_) => {}
    }
    let mut sum = 0_i64;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return Err("no number");
        }
        sum = sum * 10 + i64::from(digit);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_whole_and_amounts_exact() {
        assert_eq!((count(b"94"), count(b"94.0"), count(b"0")), (Ok(94), Ok(94), Ok(0)));
        assert_eq!(amount(b"1250.5"), Ok(12_505_000));
        assert_eq!(amount(b"0.0001"), Ok(1));
        assert_eq!(amount(b"7.1234000"), Ok(71_234));
    }

    #[test]
    fn what_is_none_says_why() {
        for (text, why) in [
            ("", "empty"),
            ("-3", "below zero"),
            ("3.06", "a count has no fraction; means and rates are no counts"),
            ("1e3", "no number"),
            ("NaN", "no number"),
            ("1.x", "no number"),
            ("9999999999999999999", "too large, or no number"),
        ] {
            assert_eq!(count(text.as_bytes()), Err(why), "{text}");
        }
        assert_eq!(amount(b"0.00001"), Err("an amount has at most four digits after the point"));
        assert_eq!(amount(b"999999999999999999"), Err("too large"));
        assert_eq!(amount(b"-1.00"), Err("below zero"));
    }
}
