//! Unary tests: what a cell of a decision table asks of one input (OMG DMN 1.5, S-FEEL).

mod parse;

use std::fmt;

use super::value::Value;
use crate::diag::TextRange;
use crate::units::parse_decimal;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Op {
    fn sign(self) -> &'static str {
        match self {
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::More => ">",
            Op::AtLeast => ">=",
        }
    }
}

/// One alternative of a test.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// `null`: the fact is unknown.
    Null,
    /// `5`: the value itself.
    Is(Value),
    /// `!= 5`: any other known value.
    Differs(Value),
    /// `>= 5`.
    Compare(Op, Value),
    /// `[3..4)`: both ends, and whether each belongs to the range.
    Range {
        /// Lower end.
        low: Value,
        /// Whether the lower end belongs to the range.
        low_closed: bool,
        /// Upper end.
        high: Value,
        /// Whether the upper end belongs to the range.
        high_closed: bool,
    },
    /// `SEV2+`: the value of an ordered enumeration and those before it.
    AndBefore(String),
}

/// A unary test.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// `-`: anything.
    Any,
    /// `a, b`: one of the alternatives; for a list, of some element.
    Some(Vec<Item>),
    /// `not(a, b)`: known, and none of them; for a list, no element is.
    Not(Vec<Item>),
    /// `all(a, b)`: a list with elements, each of which is one of them.
    All(Vec<Item>),
    /// `all(not(a, b))`: a list with elements, none of which is one of them.
    AllNot(Vec<Item>),
}

/// Why a text is no test of a type, and where in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TestError {
    /// A stable name: `test-syntax`, `test-type` or `unknown-value`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where in the text of the test.
    pub range: TextRange,
}

impl Test {
    /// A test for one value, or for one of several.
    pub fn one_of(values: Vec<Value>) -> Test {
        Test::Some(values.into_iter().map(Item::Is).collect())
    }

    /// The alternatives, of whatever form the test is.
    pub fn items(&self) -> &[Item] {
        match self {
            Test::Any => &[],
            Test::Some(items) | Test::Not(items) | Test::All(items) | Test::AllNot(items) => items,
        }
    }

    /// Whether the test asks for `null`.
    pub fn asks_null(&self) -> bool {
        self.items().contains(&Item::Null)
    }

    /// The values that are written in the test.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.items()
            .iter()
            .flat_map(|item| match item {
                Item::Null | Item::AndBefore(_) => [None, None],
                Item::Is(v) | Item::Differs(v) | Item::Compare(_, v) => [Some(v), None],
                Item::Range { low, high, .. } => [Some(low), Some(high)],
            })
            .flatten()
    }
}

/// Whether bare text would read as something else.
fn needs_quotes(text: &str) -> bool {
    let special = |c: char| matches!(c, ',' | '"' | '(' | ')' | '[' | ']' | '{' | '}' | '\\');
    text.is_empty()
        || matches!(text, "-" | "null" | "true" | "false")
        || text.trim() != text
        || text.contains("..")
        || text.contains(|c: char| special(c) || c.is_control())
        || text.starts_with(['<', '>', '=', '!'])
        || parse_decimal(text).is_some()
}

fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A value as a test writes it: text in quotes where it would read as something else.
#[derive(Debug)]
pub(super) struct Literal<'a>(pub(super) &'a Value);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // A trailing `+` could read as "and what stands before it".
            Value::Text(text) if needs_quotes(text) || text.ends_with('+') => {
                f.write_str(&quote(text))
            }
            other => other.fmt(f),
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::Null => f.write_str("null"),
            Item::Is(value) => Literal(value).fmt(f),
            Item::Differs(value) => write!(f, "!= {}", Literal(value)),
            Item::Compare(op, value) => write!(f, "{} {}", op.sign(), Literal(value)),
            Item::Range { low, low_closed, high, high_closed } => {
                let (open, close) =
                    (if *low_closed { '[' } else { '(' }, if *high_closed { ']' } else { ')' });
                write!(f, "{open}{}..{}{close}", Literal(low), Literal(high))
            }
            Item::AndBefore(name) => write!(f, "{name}+"),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = match self {
            Test::Any => return f.write_str("-"),
            Test::Some(_) => ("", ""),
            Test::Not(_) => ("not(", ")"),
            Test::All(_) => ("all(", ")"),
            Test::AllNot(_) => ("all(not(", "))"),
        };
        f.write_str(open)?;
        for (i, item) in self.items().iter().enumerate() {
            write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str(close)
    }
}

#[cfg(test)]
mod tests;
