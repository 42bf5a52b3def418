use std::fmt;
use std::sync::Arc;

use crate::units::Currency;

/// The values that an enumeration has, and whether their order means something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Enumeration {
    /// The values in the order of their declaration; the first is the highest.
    pub values: Arc<[String]>,
    /// Whether `X+` (X and what stands before it) may be asked.
    pub ordered: bool,
}

impl Enumeration {
    /// An enumeration of these values.
    pub fn new<S: Into<String>>(values: impl IntoIterator<Item = S>, ordered: bool) -> Self {
        Enumeration { values: values.into_iter().map(Into::into).collect(), ordered }
    }

    /// The place of a value, from 0.
    pub fn position(&self, value: &str) -> Option<usize> {
        self.values.iter().position(|v| v == value)
    }
}

/// What kind of value a fact or an output has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Whole numbers.
    Integer,
    /// Exact decimals.
    Number,
    /// Shares of a hundred, written with `%`.
    Percent,
    /// Amounts; of one currency where it is known.
    Money(Option<Currency>),
    /// Spans of time in whole seconds.
    Duration,
    /// Moments with offset, in whole seconds.
    Timestamp,
    /// Days of the calendar.
    Date,
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// One of a list of names.
    Enum(Enumeration),
    /// Any number of values of one type.
    List(Box<Type>),
}

impl Type {
    /// The names of the types as tables write them.
    pub const NAMES: [&'static str; 9] = [
        "integer",
        "number",
        "percent",
        "money",
        "duration",
        "timestamp",
        "date",
        "text",
        "boolean",
    ];

    /// Reads a type's name: one of [`Type::NAMES`], or `list of <name>` (`list<name>`, `[name]`).
    pub fn parse(name: &str) -> Option<Type> {
        let name = name.trim();
        let bracketed = |open, close| name.strip_prefix(open)?.strip_suffix(close);
        let element = name.strip_prefix("list of ");
        if let Some(element) =
            element.or_else(|| bracketed("list<", ">")).or_else(|| bracketed("[", "]"))
        {
            return match Type::parse(element)? {
                Type::List(_) => None,
                element => Some(Type::List(Box::new(element))),
            };
        }
        Some(match name {
            "integer" => Type::Integer,
            "number" => Type::Number,
            "percent" => Type::Percent,
            "money" => Type::Money(None),
            "duration" => Type::Duration,
            "timestamp" => Type::Timestamp,
            "date" => Type::Date,
            "text" => Type::Text,
            "boolean" => Type::Boolean,
            _ => return None,
        })
    }

    /// The type of a list's elements; the type itself where it is no list.
    pub fn element(&self) -> &Type {
        match self {
            Type::List(element) => element,
            other => other,
        }
    }

    /// Whether `<` and ranges mean something.
    pub fn has_order(&self) -> bool {
        !matches!(self, Type::Text | Type::Boolean | Type::Enum(_) | Type::List(_))
    }

    /// Whether there is a next value: no value lies between two neighbours.
    pub fn is_discrete(&self) -> bool {
        !matches!(self, Type::Number | Type::Percent)
    }

    /// How JSON writes a value of the type, for messages.
    pub(super) fn json_form(&self) -> &'static str {
        match self {
            Type::Integer => "a JSON number without fraction, such as 1500",
            Type::Number => "a JSON number, such as 12.5",
            Type::Percent => "text such as \"12.5%\"",
            Type::Money(_) => "text such as \"12.50 MXN\"",
            Type::Duration => "text such as \"39m\" or \"PT39M\"",
            Type::Timestamp => "text such as \"2026-11-21T03:10:00-06:00\"",
            Type::Date => "text such as \"2026-11-21\"",
            Type::Text | Type::Enum(_) => "text in quotes",
            Type::Boolean => "true or false",
            Type::List(_) => "a JSON array",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Integer => f.write_str("integer"),
            Type::Number => f.write_str("number"),
            Type::Percent => f.write_str("percent"),
            Type::Money(None) => f.write_str("money"),
            Type::Money(Some(currency)) => write!(f, "money in {currency}"),
            Type::Duration => f.write_str("duration"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Date => f.write_str("date"),
            Type::Text => f.write_str("text"),
            Type::Boolean => f.write_str("boolean"),
            Type::Enum(e) => write!(f, "one of {}", e.values.join(", ")),
            Type::List(element) => write!(f, "list of {element}"),
        }
    }
}
