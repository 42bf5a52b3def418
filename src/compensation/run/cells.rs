//! Cells of the files that a run writes.

/// Appends a whole number of minor units with so many digits after the point: `12.50`.
#[inline]
pub(super) fn amount(out: &mut Vec<u8>, minor: i64, digits: u32) {
    let mut text = [b'0'; 24];
    let mut at = text.len();
    let mut rest = minor.unsigned_abs();
    let mut put = |byte: u8| {
        if let Some(slot) = at.checked_sub(1).and_then(|i| text.get_mut(i)) {
            *slot = byte;
            at -= 1;
        }
    };
    for _ in 0..digits.min(8) {
        put(b'0' + (rest % 10) as u8);
        rest /= 10;
    }
    if digits > 0 {
        put(b'.');
    }
    loop {
        put(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if minor < 0 {
        put(b'-');
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
}

/// The same as a text.
pub fn amount_text(minor: i64, digits: u32) -> String {
    let mut out = Vec::new();
    amount(&mut out, minor, digits);
    String::from_utf8(out).unwrap_or_default()
}

/// A total of minor units as a text; it may be larger than one amount.
pub fn total_text(minor: i128, digits: u32) -> String {
    let unit = 10_u128.pow(digits.min(8));
    let sign = if minor < 0 { "-" } else { "" };
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    match digits {
        0 => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{rest:0width$}", width = digits as usize),
    }
}

/// Appends a cell, in quotes where it needs them (RFC 4180); no other byte of it changes.
#[inline]
pub(super) fn text(out: &mut Vec<u8>, cell: &[u8]) {
    if !cell.iter().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_with_their_digits() {
        for (minor, digits, shown) in [
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (1_250, 2, "12.50"),
            (-1_250, 2, "-12.50"),
            (7, 0, "7"),
            (1_005, 3, "1.005"),
            (i64::MAX, 2, "92233720368547758.07"),
            (i64::MIN, 4, "-922337203685477.5808"),
        ] {
            assert_eq!(amount_text(minor, digits), shown);
            assert_eq!(total_text(i128::from(minor), digits), shown);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_need_it() {
        let shown = |cell: &str| {
            let mut out = Vec::new();
            text(&mut out, cell.as_bytes());
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown("C 1"), "C 1");
        assert_eq!(shown("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
