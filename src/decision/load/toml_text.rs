//! TOML values with their places and their exact text.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::kind;
use crate::decision::types::Type;
use crate::decision::value::{Value, plain_digits};
use crate::diag::{Diagnostic, Diagnostics, Level, Source, TextRange, nearest};
use crate::units::UnitError;
use crate::yaml::Tree;

/// Diagnostics of one file are listed up to here; the next ones are only counted.
const MAX_DIAGNOSTICS: usize = 200;

/// One file being read, and what was found in it.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) source: Source<'a>,
    found: Diagnostics,
    more: usize,
    errors: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Reading { source, found: Diagnostics::default(), more: 0, errors: false }
    }

    fn push(
        &mut self,
        level: Level,
        code: &str,
        message: String,
        range: TextRange,
        help: Option<String>,
    ) {
        self.errors |= level == Level::Error;
        if self.found.0.len() >= MAX_DIAGNOSTICS {
            self.more += 1;
            return;
        }
        let mut diagnostic = Diagnostic::new(level, code, message).at(self.source.place(range));
        diagnostic.help = help;
        self.found.push(diagnostic);
    }

    pub(super) fn error(
        &mut self,
        code: &str,
        message: impl Into<String>,
        range: TextRange,
        help: Option<String>,
    ) {
        self.push(Level::Error, code, message.into(), range, help);
    }

    /// A key that is not known here: a warning, with the nearest one that is.
    pub(super) fn unknown_key(&mut self, key: &str, known: &[&str], range: TextRange, of: &str) {
        let near = nearest(key, known.iter().copied());
        let help = near.map(|near| format!("did you mean `{near}`?"));
        self.push(Level::Warning, "unknown-key", format!("{of} has no key `{key}`"), range, help);
    }

    pub(super) fn warning(
        &mut self,
        code: &str,
        message: impl Into<String>,
        range: TextRange,
        help: Option<String>,
    ) {
        self.push(Level::Warning, code, message.into(), range, help);
    }

    pub(super) fn has_errors(&self) -> bool {
        self.errors
    }

    pub(super) fn into_diagnostics(self) -> Diagnostics {
        let mut found = self.found;
        found.0.sort_by_key(|d| d.place.as_ref().map_or((0, 0), |p| (p.line, p.column)));
        if self.more > 0 {
            let level = if self.errors { Level::Error } else { Level::Warning };
            let message = format!("{} more of this file are not shown", self.more);
            let place = self.source.place(TextRange::new(0, 0));
            found.push(Diagnostic::new(level, "more-diagnostics", message).at(place));
        }
        found
    }

    /// Text, or an error that names the key.
    pub(super) fn text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        match value.get_ref().as_str() {
            Some(text) => Some(text.to_owned()),
            None => {
                let message = format!("`{key}` is {}; text is expected", kind(value.get_ref()));
                self.error("wrong-type", message, range(value), None);
                None
            }
        }
    }

    /// `true` or `false`, or an error that names the key.
    pub(super) fn boolean(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            let message = format!("`{key}` is {}; expected true or false", kind(value.get_ref()));
            self.error("wrong-type", message, range(value), None);
        }
        found
    }

    /// A table, or an error that names the key.
    pub(super) fn table<'v, 'i>(
        &mut self,
        key: &str,
        value: &'v Spanned<DeValue<'i>>,
    ) -> Option<&'v DeTable<'i>> {
        let found = value.get_ref().as_table();
        if found.is_none() {
            let message = format!("`{key}` is {}; a table is expected", kind(value.get_ref()));
            self.error("wrong-type", message, range(value), None);
        }
        found
    }

    /// An array of tables, or an error that names the key.
    pub(super) fn tables<'v, 'i>(
        &mut self,
        key: &str,
        value: &'v Spanned<DeValue<'i>>,
    ) -> Vec<(&'v DeTable<'i>, TextRange)> {
        let Some(items) = value.get_ref().as_array() else {
            let message = format!("`{key}` is {}; write `[[{key}]]`", kind(value.get_ref()));
            self.error("wrong-type", message, range(value), None);
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items.iter() {
            if let Some(table) = self.table(key, item) {
                found.push((table, range(item)));
            }
        }
        found
    }

    /// A literal of a type.
    pub(super) fn value(
        &mut self,
        of: &str,
        value: &Spanned<DeValue<'_>>,
        ty: &Type,
    ) -> Option<Value> {
        match literal(value, ty) {
            Ok(value) => Some(value),
            Err(e) => {
                let expected = Some(format!("expected {}", e.expected));
                self.error("value-type", format!("{of}: {}", e.what), range(value), expected);
                None
            }
        }
    }
}

/// The place of a value.
pub(super) fn range<T>(value: &Spanned<T>) -> TextRange {
    value.span().into()
}

/// The digits of a TOML number, decimal and exact; `None` for infinities and what is no number.
fn digits(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => plain_digits(number.as_str()),
        DeValue::Integer(number) => {
            let plain = number.as_str().replace('_', "");
            let plain = plain.trim_start_matches('+');
            i128::from_str_radix(plain, number.radix()).ok().map(|n| n.to_string())
        }
        DeValue::Float(number) => plain_digits(number.as_str()),
        _ => None,
    }
}

/// The value that a TOML value is, as a literal of a type.
pub(super) fn literal(value: &Spanned<DeValue<'_>>, ty: &Type) -> Result<Value, UnitError> {
    let wrong = || UnitError {
        what: format!("{} is no {ty}", kind(value.get_ref())),
        expected: match ty {
            Type::Integer => "a whole number without quotes",
            Type::Number => "a number without quotes",
            Type::Percent => "text such as \"12.5%\"",
            Type::Money(_) => "text such as \"12.50 MXN\"",
            Type::Duration => "text such as \"39m\"",
            Type::Timestamp => "a moment with its offset, such as 2026-11-21T03:10:00-06:00",
            Type::Date => "a day such as 2026-11-21",
            Type::Text | Type::Enum(_) => "text in quotes",
            Type::Boolean => "true or false",
            Type::List(_) => "a list",
        },
    };
    match (value.get_ref(), ty) {
        (DeValue::Array(items), Type::List(element)) => {
            items.iter().map(|i| literal(i, element)).collect::<Result<_, _>>().map(Value::List)
        }
        (DeValue::Boolean(b), Type::Boolean) => Ok(Value::Boolean(*b)),
        (number @ (DeValue::Integer(_) | DeValue::Float(_)), Type::Integer | Type::Number) => {
            Value::parse(&digits(number).ok_or_else(wrong)?, ty)
        }
        (DeValue::Datetime(moment), Type::Date | Type::Timestamp) => {
            Value::parse(&moment.to_string(), ty)
        }
        (DeValue::String(_), Type::Integer | Type::Number | Type::Boolean | Type::List(_)) => {
            Err(wrong())
        }
        (DeValue::String(text), ty) => Value::parse(text, ty),
        _ => Err(wrong()),
    }
}

/// The type that a TOML value reads as.
pub(super) fn natural_type(value: &DeValue<'_>) -> Option<Type> {
    Some(match value {
        DeValue::String(_) => Type::Text,
        DeValue::Integer(_) => Type::Integer,
        DeValue::Float(_) => Type::Number,
        DeValue::Boolean(_) => Type::Boolean,
        DeValue::Datetime(d) if d.offset.is_some() => Type::Timestamp,
        DeValue::Datetime(d) if d.time.is_none() => Type::Date,
        DeValue::Array(items) => {
            let mut element = None;
            for item in items.iter() {
                let found = natural_type(item.get_ref())?;
                element = Some(match element {
                    None => found,
                    Some(known) => common_type(known, found)?,
                });
            }
            Type::List(Box::new(element.unwrap_or(Type::Text)))
        }
        DeValue::Datetime(_) | DeValue::Table(_) => return None,
    })
}

/// The one type that two natural types have in common: whole numbers are numbers.
pub(super) fn common_type(a: Type, b: Type) -> Option<Type> {
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Type::Integer, Type::Number) | (Type::Number, Type::Integer) => Some(Type::Number),
        (Type::List(a), Type::List(b)) => Some(Type::List(Box::new(common_type(*a, *b)?))),
        _ => None,
    }
}

/// A TOML value as a tree, numbers as written.
pub(super) fn tree(value: &DeValue<'_>) -> Tree {
    match value {
        DeValue::String(text) => Tree::Text(text.to_string()),
        number @ (DeValue::Integer(_) | DeValue::Float(_)) => match digits(number) {
            Some(digits) => Tree::Number(digits),
            None => Tree::Text(match number {
                DeValue::Integer(n) => n.as_str().to_owned(),
                DeValue::Float(n) => n.as_str().to_owned(),
                _ => String::new(),
            }),
        },
        DeValue::Boolean(b) => Tree::Bool(*b),
        DeValue::Datetime(moment) => Tree::Text(moment.to_string()),
        DeValue::Array(items) => Tree::Seq(items.iter().map(|i| tree(i.get_ref())).collect()),
        DeValue::Table(table) => Tree::Map(
            table.iter().map(|(k, v)| (k.get_ref().to_string(), tree(v.get_ref()))).collect(),
        ),
    }
}
