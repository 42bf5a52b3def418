//! Values and their types: read from their text, printed as they are read, compared exactly.

use std::fmt;

use chrono::NaiveDate;
use serde::ser::{SerializeSeq, Serializer};
use serde_json::value::RawValue;

use super::types::Type;
use crate::units::{Decimal, Instant, Money, Percent, Span, UnitError, parse_decimal};

/// A value, exact, of one of the types.
///
/// The value of an enumeration is text; its [`Type`] knows the names that are possible.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// A whole number.
    Integer(Decimal),
    /// An exact decimal, its digits as written.
    Number(Decimal),
    /// A percentage.
    Percent(Percent),
    /// An amount in its currency.
    Money(Money),
    /// A span of time.
    Duration(Span),
    /// A moment.
    Timestamp(Instant),
    /// A day.
    Date(NaiveDate),
    /// Text, or a value of an enumeration.
    Text(String),
    /// Yes or no.
    Boolean(bool),
    /// Several.
    List(Vec<Value>),
}

impl Value {
    /// A whole number.
    pub fn integer(number: impl Into<i64>) -> Value {
        Value::Integer(Decimal::from(number.into()))
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// Several texts.
    pub fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Value {
        Value::List(texts.into_iter().map(Value::text).collect())
    }

    /// Reads one value in the record's notation: `39m`, `12.5%`, `12.50 MXN`.
    ///
    /// # Errors
    /// When the text is no value of that type; lists are not read from one text.
    pub fn parse(text: &str, ty: &Type) -> Result<Value, UnitError> {
        let decimal = |expected| {
            parse_decimal(text).ok_or_else(|| {
                UnitError::new(format!("`{text}` is no exact decimal number"), expected)
            })
        };
        Ok(match ty {
            Type::Integer => {
                const EXPECTED: &str = "a whole number, such as 1500";
                let number = decimal(EXPECTED)?;
                if !number.fract().is_zero() {
                    return Err(UnitError::new(format!("`{text}` is no whole number"), EXPECTED));
                }
                Value::Integer(number.trunc())
            }
            Type::Number => Value::Number(decimal("a number, such as 12.5")?),
            Type::Percent => Value::Percent(text.parse()?),
            Type::Money(currency) => {
                let money: Money = text.parse()?;
                if let Some(wanted) = currency.filter(|c| *c != money.currency) {
                    return Err(UnitError::new(
                        format!("`{text}` is not in {wanted}"),
                        "an amount in the currency of the input; nothing is converted silently",
                    ));
                }
                if !money.is_whole_minor() {
                    return Err(UnitError::new(
                        format!("`{text}` has a part of the smallest coin"),
                        "an amount with the digits that its currency has",
                    ));
                }
                Value::Money(money)
            }
            Type::Duration => Value::Duration(text.parse()?),
            Type::Timestamp => Value::Timestamp(text.parse::<Instant>()?.floor()),
            Type::Date => Value::Date(text.parse().map_err(|_| {
                UnitError::new(format!("`{text}` is no date"), "a day such as 2026-11-21")
            })?),
            Type::Text => Value::Text(text.to_owned()),
            Type::Boolean => match text {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                _ => {
                    return Err(UnitError::new(format!("`{text}` is no boolean"), "true or false"));
                }
            },
            Type::Enum(names) => match names.position(text) {
                Some(_) => Value::Text(text.to_owned()),
                None => {
                    return Err(UnitError::new(
                        format!("`{text}` is none of {}", names.values.join(", ")),
                        "one of the values that are declared",
                    ));
                }
            },
            Type::List(_) => {
                return Err(UnitError::new(format!("`{text}` is no list"), "a list of values"));
            }
        })
    }

    /// Reads a JSON value in the record's notation; numbers are read from their digits.
    ///
    /// `None` is JSON's null: the value is unknown.
    ///
    /// # Errors
    /// When the JSON is no value of that type.
    pub fn from_json(json: &RawValue, ty: &Type) -> Result<Option<Value>, UnitError> {
        Self::from_json_text(json.get(), ty)
    }

    fn from_json_text(json: &str, ty: &Type) -> Result<Option<Value>, UnitError> {
        let json = json.trim();
        let unreadable = || UnitError::new("this is no JSON", "a JSON value");
        let wrong = |what: &str| {
            let (what, expected) = (format!("{what} is no {ty}"), ty.json_form());
            UnitError::new(what, expected)
        };
        if let Type::List(element) = ty {
            if json == "null" {
                return Ok(None);
            }
            if !json.starts_with('[') {
                return Err(wrong("this"));
            }
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| unreadable())?;
            let values = items.iter().map(|item| {
                Self::from_json_text(item.get(), element)?
                    .ok_or_else(|| UnitError::new("null stands in a list", "known elements only"))
            });
            return values.collect::<Result<_, _>>().map(|v| Some(Value::List(v)));
        }
        Ok(Some(match json.as_bytes().first() {
            Some(b'n') => return Ok(None),
            Some(b't' | b'f') if *ty == Type::Boolean => Value::Boolean(json == "true"),
            Some(b'"') if !matches!(ty, Type::Integer | Type::Number | Type::Boolean) => {
                let text: String = serde_json::from_str(json).map_err(|_| unreadable())?;
                Value::parse(&text, ty)?
            }
            Some(b'-' | b'0'..=b'9') if matches!(ty, Type::Integer | Type::Number) => {
                let plain = plain_digits(json).ok_or_else(|| {
                    UnitError::new(
                        format!("`{json}` has more digits than can be kept exactly"),
                        "at most 28 digits",
                    )
                })?;
                Value::parse(&plain, ty)?
            }
            Some(b't' | b'f') => return Err(wrong("a boolean")),
            Some(b'"') => return Err(wrong("text")),
            Some(b'-' | b'0'..=b'9') => return Err(wrong("a bare number")),
            Some(b'[') => return Err(wrong("a list")),
            _ => return Err(wrong("this")),
        }))
    }

    /// The value as JSON text in the record's notation; numbers keep every digit.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned())
    }

    /// The one text of a value: numbers that are equal have the same.
    pub(super) fn name(&self) -> String {
        match self {
            Value::Integer(d) | Value::Number(d) => d.normalize().to_string(),
            other => other.to_string(),
        }
    }

    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number before its unit: of integers, numbers, percentages, money and seconds.
    pub fn quantity(&self) -> Option<Decimal> {
        match self {
            Value::Integer(d) | Value::Number(d) => Some(*d),
            Value::Percent(p) => Some(p.0),
            Value::Money(m) => Some(m.amount),
            Value::Duration(s) => Some(Decimal::from(s.seconds())),
            _ => None,
        }
    }

    /// Which of two values is smaller, where they are of one ordered kind (and currency).
    pub fn compare(&self, other: &Value) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Value::Integer(a) | Value::Number(a), Value::Integer(b) | Value::Number(b)) => {
                Some(a.cmp(b))
            }
            (Value::Percent(a), Value::Percent(b)) => Some(a.cmp(b)),
            (Value::Money(a), Value::Money(b)) => a.partial_cmp(b),
            (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
            (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
            (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// A JSON or TOML number without exponent or digit groups, digit for digit.
pub(super) fn plain_digits(number: &str) -> Option<String> {
    let number = number.replace('_', "");
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else {
        return Some(number);
    };
    let exponent: i32 = exponent.parse().ok()?;
    let decimal = parse_decimal(mantissa)?;
    // A shift of the point is exact; anything that does not fit is refused, never rounded.
    let scale = i32::try_from(decimal.scale()).ok()?.checked_sub(exponent)?;
    let mut mantissa = decimal.mantissa();
    let scale = match u32::try_from(scale) {
        Ok(scale) => scale,
        Err(_) => {
            let zeros = scale.unsigned_abs();
            mantissa = mantissa.checked_mul(10_i128.checked_pow(zeros)?)?;
            0
        }
    };
    Decimal::try_from_i128_with_scale(mantissa, scale).ok().map(|d| d.to_string())
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Integer(d) | Value::Number(d) => d.fmt(f),
            Value::Percent(p) => p.fmt(f),
            Value::Money(m) => m.fmt(f),
            Value::Duration(s) => s.fmt(f),
            Value::Timestamp(i) => i.fmt(f),
            Value::Date(d) => d.fmt(f),
            Value::Text(t) => f.write_str(t),
            Value::Boolean(b) => b.fmt(f),
            Value::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// Numbers pass through JSON's raw text: write with `serde_json::to_string`, not `to_value`.
impl serde::Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Integer(d) | Value::Number(d) => RawValue::from_string(d.to_string())
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
            Value::Boolean(b) => serializer.serialize_bool(*b),
            Value::List(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(item)?;
                }
                seq.end()
            }
            other => serializer.collect_str(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::types::Enumeration;
    use crate::units::Currency;

    fn json(text: &str, ty: &Type) -> Result<Option<Value>, UnitError> {
        Value::from_json(serde_json::from_str(text).unwrap(), ty)
    }

    #[test]
    fn keeps_every_digit_of_a_number() {
        let digits = "12345678901234567890.12";
        assert_eq!(json(digits, &Type::Number).unwrap().unwrap().to_json(), digits);
        assert_eq!(json("1.50e2", &Type::Number).unwrap().unwrap().to_json(), "150");
        assert_eq!(json("5e0", &Type::Integer).unwrap(), Some(Value::integer(5)));
        assert!(json("1e40", &Type::Number).is_err());
        assert!(json("1.23456789012345678901234567890123", &Type::Number).is_err());
    }

    #[test]
    fn reads_the_notation_of_the_record() {
        for (text, ty) in [
            ("\"39m\"", Type::Duration),
            ("\"12.5%\"", Type::Percent),
            ("\"12.50 MXN\"", Type::Money(Some(Currency::MXN))),
            ("\"2026-11-21T03:10:00-06:00\"", Type::Timestamp),
            ("\"2026-11-21\"", Type::Date),
            ("[\"a\",\"b\"]", Type::List(Box::new(Type::Text))),
            ("true", Type::Boolean),
        ] {
            assert_eq!(json(text, &ty).unwrap().unwrap().to_json(), text);
        }
        assert_eq!(json("null", &Type::Date).unwrap(), None);
    }

    #[test]
    fn refuses_what_has_no_unit_or_another_one() {
        assert!(json("12.5", &Type::Percent).is_err());
        assert!(json("12.5", &Type::Money(None)).is_err());
        assert!(json("\"12.50 USD\"", &Type::Money(Some(Currency::MXN))).is_err());
        assert!(json("\"12.505 MXN\"", &Type::Money(None)).is_err());
        assert!(json("\"5\"", &Type::Number).is_err());
        assert!(json("5.5", &Type::Integer).is_err());
        assert!(json("[null]", &Type::List(Box::new(Type::Integer))).is_err());
        assert!(json("\"x\"", &Type::Enum(Enumeration::new(["a"], false))).is_err());
    }
}
