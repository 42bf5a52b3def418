use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{UnitError, parse_decimal};

/// An ISO 4217 currency code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Mexican pesos, the default of a new workspace.
    pub const MXN: Currency = Currency(*b"MXN");

    /// Number of digits after the point of the currency's minor unit (ISO 4217, table A.1).
    pub fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|l| l.is_ascii_uppercase()) => {
                Ok(Currency([*a, *b, *c]))
            }
            _ => Err(UnitError::new(
                format!("`{text}` is no currency"),
                "three capital letters of ISO 4217, such as MXN",
            )),
        }
    }
}

const EXPECTED: &str = "an amount and its currency, such as \"1250.00 MXN\"";

/// An exact amount in one currency, written `"<decimal> <ISO 4217>"`.
///
/// The digits after the point are kept as typed; an amount with more of them than the currency
/// has minor digits is refused where money is read from a record. Ordering is defined only
/// between amounts of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Money {
    /// The amount in major units.
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
}

impl Money {
    /// Makes an amount.
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Money { amount, currency }
    }

    /// Adds two amounts; `None` when the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        (self.currency == other.currency)
            .then(|| self.amount.checked_add(other.amount))
            .flatten()
            .map(|amount| Money { amount, ..self })
    }

    /// Whether the amount is a whole number of minor units of its currency.
    pub fn is_whole_minor(&self) -> bool {
        self.amount.normalize().scale() <= self.currency.minor_digits()
    }
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.minor_digits();
        let mut amount = self.amount;
        if amount.scale() < digits {
            amount.rescale(digits);
        }
        write!(f, "{amount} {}", self.currency)
    }
}

impl FromStr for Money {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (amount, currency) = text
            .split_once(' ')
            .ok_or_else(|| UnitError::new(format!("`{text}` is no money"), EXPECTED))?;
        let amount = parse_decimal(amount).ok_or_else(|| {
            UnitError::new(format!("`{amount}` is no exact decimal amount"), EXPECTED)
        })?;
        Ok(Money { amount, currency: currency.trim().parse()? })
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_read() {
        for text in ["12.50 MXN", "-0.01 USD", "12345678901234567890.12 MXN", "7 JPY"] {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), text);
        }
        assert_eq!("12 MXN".parse::<Money>().unwrap().to_string(), "12.00 MXN");
    }

    #[test]
    fn refuses_what_is_no_money() {
        for text in ["12.50", "1,234.50 MXN", "$12 MXN", "1e3 MXN", "12 mxn", "12 PESOS", "NaN MXN"]
        {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
    }

    #[test]
    fn currencies_are_never_mixed() {
        let a: Money = "1.00 MXN".parse().unwrap();
        let b: Money = "1.00 USD".parse().unwrap();
        assert_eq!(a.checked_add(b), None);
        assert_eq!(a.partial_cmp(&b), None);
    }
}
