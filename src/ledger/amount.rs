//! Amounts as the ledger holds them: whole minor units, exact, never wrapped.

use std::collections::BTreeMap;
use std::fmt;

use crate::units::{Currency, Decimal, Money};

/// What an amount is counted in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Minor units of a currency.
    Money(Currency),
    /// Whole units of a form that is no money: days, points.
    Form(String),
}

impl Unit {
    /// Digits after the point.
    pub fn digits(&self) -> u32 {
        match self {
            Unit::Money(currency) => currency.minor_digits(),
            Unit::Form(_) => 0,
        }
    }

    /// Reads what [`Unit`] prints.
    pub fn read(text: &str) -> Unit {
        text.parse().map_or_else(|_| Unit::Form(text.to_owned()), Unit::Money)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unit::Money(currency) => f.pad(currency.as_str()),
            Unit::Form(form) => f.pad(form),
        }
    }
}

/// Reads an amount of at most so many digits after the point, in minor units; `None` for anything
/// else than plain digits, and beyond what 64 bits hold.
pub fn read_minor(text: &str, digits: u32) -> Option<i64> {
    let (negative, plain) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let all = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let dangling = plain.ends_with('.') || whole.is_empty();
    let places = usize::try_from(digits).ok()?;
    if dangling || !all(whole) || !all(fraction) || fraction.len() > places {
        return None;
    }
    let mut minor: i64 = 0;
    let padding = std::iter::repeat_n(b'0', places - fraction.len());
    for byte in whole.bytes().chain(fraction.bytes()).chain(padding) {
        let digit = i64::from(byte - b'0');
        minor = minor.checked_mul(10)?.checked_add(digit)?;
    }
    Some(if negative { -minor } else { minor })
}

/// An amount with its digits after the point, as [`read_minor`] reads it.
pub fn show_minor(minor: i128, digits: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let places = usize::try_from(digits).unwrap_or(0);
    let plain = format!("{:0width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, fraction) = plain.split_at(plain.len() - places);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Sums by unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums(pub BTreeMap<Unit, i128>);

impl Sums {
    /// Adds an amount in minor units.
    pub fn add(&mut self, unit: &Unit, minor: i128) {
        match self.0.get_mut(unit) {
            Some(sum) => *sum = sum.saturating_add(minor),
            None => drop(self.0.insert(unit.clone(), minor)),
        }
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: &Sums) {
        other.0.iter().for_each(|(unit, minor)| self.add(unit, *minor));
    }

    /// The sum in a currency as money, where there is exactly one currency.
    pub fn money(&self) -> Option<Money> {
        let mut money = self.0.iter().filter_map(|(unit, minor)| match unit {
            Unit::Money(currency) => Some((*currency, *minor)),
            Unit::Form(_) => None,
        });
        match (money.next(), money.next()) {
            (Some((currency, minor)), None) => as_money(minor, currency),
            _ => None,
        }
    }

    /// Whether nothing was added but zeros.
    pub fn is_zero(&self) -> bool {
        self.0.values().all(|minor| *minor == 0)
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("0");
        }
        let shown = self.0.iter().map(|(unit, minor)| {
            let amount = show_minor(*minor, unit.digits());
            format!("{amount} {unit}")
        });
        f.write_str(&shown.collect::<Vec<_>>().join(", "))
    }
}

/// Minor units as money; `None` beyond what a decimal holds.
pub fn as_money(minor: i128, currency: Currency) -> Option<Money> {
    let amount = Decimal::try_from_i128_with_scale(minor, currency.minor_digits()).ok()?;
    Some(Money::new(amount, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_back_to_the_cent() {
        for (text, digits, minor) in [
            ("12.50", 2, 1250),
            ("-0.01", 2, -1),
            ("7", 0, 7),
            ("92233720368547758.07", 2, i64::MAX),
            ("1.234", 3, 1234),
        ] {
            assert_eq!(read_minor(text, digits), Some(minor), "{text}");
            assert_eq!(show_minor(minor.into(), digits), text);
        }
        assert_eq!(read_minor("12.5", 2), Some(1250));
        assert_eq!(read_minor("12", 2), Some(1200));
    }

    #[test]
    fn what_is_no_plain_amount_is_refused() {
        for text in
            ["", "-", ".5", "1.", "1.234", "1,234.50", "$1", "1e3", "NaN", " 1", "+1", "--1", "١"]
        {
            assert_eq!(read_minor(text, 2), None, "{text}");
        }
        assert_eq!(read_minor("92233720368547758.08", 2), None);
        assert_eq!(read_minor("1.5", 0), None);
    }

    #[test]
    fn sums_keep_units_apart() {
        let mut sums = Sums::default();
        sums.add(&Unit::read("MXN"), 1250);
        sums.add(&Unit::read("points"), 3);
        sums.add(&Unit::read("MXN"), 1);
        assert_eq!(sums.to_string(), "12.51 MXN, 3 points");
        assert_eq!(sums.money().unwrap().to_string(), "12.51 MXN");
    }
}
