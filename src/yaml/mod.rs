//! YAML text as a tree that knows its places.
//!
//! Records are read from [`Node`]s: every value keeps the range of bytes that it came from, so
//! that all diagnostics of a file are found in one reading, each at its line, and numbers are read
//! from their text. [`Tree`] is the same without places: what a record prints, and what an edit
//! compares.

mod parse;
mod text;
mod tree;

pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_NODES, parse};
pub use text::text_of;
pub use tree::{Route, Step, Tree, route, route_text};

use crate::diag::TextRange;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its bytes in the text.
    pub range: TextRange,
}

/// A value with places below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Plain (unquoted) text: a number, a boolean, null or a word, as its reader decides.
    Plain(String),
    /// Quoted or block text: always text.
    Quoted(String),
    /// A sequence.
    Seq(Vec<Node>),
    /// A mapping in the order of the text; keys are unique.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub name: String,
    /// Its bytes.
    pub range: TextRange,
}

impl Node {
    /// Whether this is YAML's null: nothing, `~` or `null`, unquoted.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Plain(t) if matches!(t.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text of a scalar, quoted or not; `None` for null and collections.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Plain(_) if self.is_null() => None,
            Value::Plain(t) | Value::Quoted(t) => Some(t),
            Value::Seq(_) | Value::Map(_) => None,
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(k, _)| k.name == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The value at a route.
    pub fn at(&self, route: &[Step]) -> Option<&Node> {
        route.iter().try_fold(self, |node, step| match (step, &node.value) {
            (Step::Key(key), _) => node.get(key),
            (Step::Index(i), Value::Seq(items)) => items.get(*i),
            (Step::Index(_), _) => None,
        })
    }

    /// The nearest place to a route: the value, or the closest parent that exists.
    pub fn nearest(&self, route: &[Step]) -> TextRange {
        (0..=route.len()).rev().find_map(|n| self.at(&route[..n])).unwrap_or(self).range
    }

    /// The tree without places, scalars typed as YAML 1.2's core schema does.
    pub fn to_tree(&self) -> Tree {
        match &self.value {
            Value::Plain(text) => Tree::from_plain(text),
            Value::Quoted(text) => Tree::Text(text.clone()),
            Value::Seq(items) => Tree::Seq(items.iter().map(Node::to_tree).collect()),
            Value::Map(entries) => {
                Tree::Map(entries.iter().map(|(k, v)| (k.name.clone(), v.to_tree())).collect())
            }
        }
    }

    /// What the value is, in words for a message.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
            _ if self.is_null() => "nothing",
            Value::Plain(_) | Value::Quoted(_) => "text",
        }
    }
}
