//! How a record's structs are read, printed and described: once, by one macro.
//!
//! [`shape!`] turns a list of fields into a struct, its reader (which collects every diagnostic
//! instead of stopping at the first), its printer and its JSON Schema, so that the four cannot
//! disagree. Serde would stop at the first error and lose the places.
//!
//! The file is long because a macro cannot be cut where a reader would like it.

use serde_json::{Value as Json, json};

use crate::diag::{Diagnostic, Diagnostics, Source, TextRange, nearest};
use crate::units::{Decimal, Instant, Money, Percent, Span};
use crate::yaml::{Node, Tree, Value};

/// Most diagnostics of one record that are listed; whoever mends them sees the next ones.
const LISTED: usize = 100;

/// A reading under way: the text, and what was found in it so far.
#[derive(Debug)]
pub struct Reading<'a> {
    source: Source<'a>,
    /// What was found.
    pub found: Diagnostics,
}

impl<'a> Reading<'a> {
    /// Starts reading a text.
    pub fn new(source: Source<'a>) -> Self {
        Reading { source, found: Diagnostics::default() }
    }

    /// Notes an error at a place and goes on.
    pub fn error(&mut self, code: &str, message: impl Into<String>, range: TextRange) {
        self.push(Diagnostic::error(code, message), range);
    }

    /// Whether enough was found to be listed; a hostile text has hundreds of thousands.
    pub fn is_full(&self) -> bool {
        self.found.0.len() >= LISTED
    }

    /// Notes a diagnostic at a place; what comes when it is full is not listed.
    pub fn push(&mut self, diagnostic: Diagnostic, range: TextRange) {
        if self.is_full() {
            return;
        }
        self.found.push(diagnostic.at(self.source.place(range)));
    }

    fn expected<T>(&mut self, what: &str, node: &Node) -> Option<T> {
        let message = format!("expected {what}, found {}", node.kind());
        self.error("wrong-type", message, node.range);
        None
    }
}

/// A type that a record's field can have.
pub trait Field: Sized {
    /// Reads the value; `None` after noting what is wrong.
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self>;

    /// Prints the value; `None` leaves the key out.
    fn print(&self) -> Option<Tree>;

    /// Describes the value as JSON Schema (draft 2020-12).
    fn schema() -> Json;

    /// The value of a key that is not there; `None` makes the key required.
    fn absent() -> Option<Self> {
        None
    }
}

impl<T: Field> Field for Option<T> {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        if node.is_null() { Some(None) } else { T::read(node, reading).map(Some) }
    }

    fn print(&self) -> Option<Tree> {
        self.as_ref().and_then(T::print)
    }

    fn schema() -> Json {
        let inner = T::schema();
        match inner.get("type") {
            Some(Json::String(name)) if inner.get("enum").is_none() => {
                let both = json!([name, "null"]);
                let mut inner = inner;
                inner["type"] = both;
                inner
            }
            _ => json!({ "anyOf": [inner, { "type": "null" }] }),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        match &node.value {
            Value::Seq(items) => {
                let read: Vec<_> = items.iter().map(|item| T::read(item, reading)).collect();
                read.into_iter().collect()
            }
            _ if node.is_null() => Some(Vec::new()),
            Value::Plain(_) | Value::Quoted(_) => {
                let d = Diagnostic::error("wrong-type", "expected a list, found text");
                reading
                    .push(d.help("a list of one is written in brackets: [checkout]"), node.range);
                None
            }
            Value::Map(_) => reading.expected("a list", node),
        }
    }

    fn print(&self) -> Option<Tree> {
        let items: Vec<Tree> = self.iter().filter_map(T::print).collect();
        (!items.is_empty()).then_some(Tree::Seq(items))
    }

    fn schema() -> Json {
        json!({ "type": ["array", "null"], "items": T::schema() })
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<T: Field> Field for Box<T> {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        T::read(node, reading).map(Box::new)
    }

    fn print(&self) -> Option<Tree> {
        (**self).print()
    }

    fn schema() -> Json {
        T::schema()
    }

    fn absent() -> Option<Self> {
        T::absent().map(Box::new)
    }
}

impl Field for String {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        match node.text() {
            Some(text) => Some(text.to_owned()),
            None => reading.expected("text", node),
        }
    }

    fn print(&self) -> Option<Tree> {
        Some(Tree::Text(self.clone()))
    }

    fn schema() -> Json {
        json!({ "type": "string" })
    }
}

impl Field for bool {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        match node.to_tree() {
            Tree::Bool(b) => Some(b),
            Tree::Null => Some(false),
            _ => reading.expected("true or false", node),
        }
    }

    fn print(&self) -> Option<Tree> {
        self.then_some(Tree::Bool(true))
    }

    fn schema() -> Json {
        json!({ "type": ["boolean", "null"] })
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

/// A count: a whole number from zero.
impl Field for u64 {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let Tree::Number(text) = node.to_tree() else {
            return reading.expected("a whole number", node);
        };
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let why = if text.starts_with('-') { "is negative" } else { "is no whole number" };
            let d = Diagnostic::error("bad-count", format!("`{text}` {why}"));
            reading
                .push(d.help("a count is a whole number from 0, digits only: 51360"), node.range);
        }
        parsed
    }

    fn print(&self) -> Option<Tree> {
        Some(Tree::Number(self.to_string()))
    }

    fn schema() -> Json {
        json!({ "type": "integer", "minimum": 0 })
    }
}

impl Field for Decimal {
    fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let parsed = node.text().and_then(crate::units::parse_decimal);
        if parsed.is_none() {
            let message = format!("expected a number, found {}", node.kind());
            let number = Diagnostic::error("bad-number", message);
            reading.push(number.help("digits and a point, such as 1.25"), node.range);
        }
        parsed
    }

    fn print(&self) -> Option<Tree> {
        Some(Tree::Number(self.to_string()))
    }

    fn schema() -> Json {
        json!({ "type": "number" })
    }
}

/// Reads a quantity from text with its own parser, which says what it expected.
macro_rules! quantity {
    ($ty:ty, $code:literal, $schema:expr, $check:expr) => {
        impl Field for $ty {
            fn read(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
                let Some(text) = node.text() else {
                    return reading.expected("text", node);
                };
                let check: fn(&$ty) -> Option<&'static str> = $check;
                match text.parse::<$ty>() {
                    Ok(value) => match check(&value) {
                        None => return Some(value),
                        Some(why) => reading.error($code, format!("`{text}` {why}"), node.range),
                    },
                    Err(error) => reading.push(
                        Diagnostic::error($code, error.what.clone())
                            .help(format!("write {}", error.expected)),
                        node.range,
                    ),
                }
                None
            }

            fn print(&self) -> Option<Tree> {
                Some(Tree::Text(self.to_string()))
            }

            fn schema() -> Json {
                $schema
            }
        }
    };
}

quantity!(Instant, "bad-time", json!({ "type": "string", "format": "date-time" }), |_| None);
quantity!(
    Money,
    "bad-money",
    json!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? +[A-Z]{3}$" }),
    |money| {
        if money.amount.is_sign_negative() && !money.amount.is_zero() {
            Some("is negative; amounts in a record start at zero")
        } else if money.is_whole_minor() {
            None
        } else {
            Some("has more digits after the point than its currency")
        }
    }
);
quantity!(
    Percent,
    "bad-percent",
    json!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%$" }),
    |percent| {
        let outside = percent.0.is_sign_negative() || percent.0 > Decimal::ONE_HUNDRED;
        (outside && !percent.0.is_zero()).then_some("is outside 0% to 100%")
    }
);
quantity!(Span, "bad-duration", json!({ "type": "string" }), |span| {
    (span.seconds() < 0).then_some("is negative")
});

/// Keys of the user's own (`x-…`), kept as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extra(pub Vec<(String, Tree)>);

impl Extra {
    /// The value of an own key.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// Sets an own key.
    pub fn set(&mut self, key: &str, value: Tree) {
        match self.0.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }
}

/// Checks the keys of a mapping against the known ones and collects the user's own.
pub(crate) fn keys(node: &Node, known: &[&str], reading: &mut Reading<'_>) -> Option<Extra> {
    let Value::Map(entries) = &node.value else {
        return reading.expected("a mapping", node);
    };
    let mut extra = Extra::default();
    for (key, value) in entries {
        if key.name.starts_with("x-") {
            extra.0.push((key.name.clone(), value.to_tree()));
        } else if !reading.is_full() && !known.contains(&key.name.as_str()) {
            let near = nearest(&key.name, known.iter().copied());
            let help = match near {
                Some(name) => format!("did you mean `{name}`? keys of your own begin with `x-`"),
                None => {
                    format!("known here: {}; keys of your own begin with `x-`", known.join(", "))
                }
            };
            let d = Diagnostic::error("unknown-key", format!("unknown key `{}`", key.name));
            reading.push(d.help(help), key.range);
        }
    }
    Some(extra)
}

/// Reads one key of a mapping.
pub(crate) fn key<T: Field>(node: &Node, name: &str, reading: &mut Reading<'_>) -> Option<T> {
    match node.get(name) {
        Some(value) => T::read(value, reading),
        None => T::absent().or_else(|| {
            let at = TextRange::new(node.range.start, node.range.start + 1);
            reading.error("missing-key", format!("`{name}` is missing"), at);
            None
        }),
    }
}

/// Describes an object with the known keys; keys of the user's own are open.
pub(crate) fn object(description: &str, fields: Vec<(&'static str, String, Json, bool)>) -> Json {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for (name, description, mut schema, is_required) in fields {
        if let Json::Object(map) = &mut schema
            && !description.is_empty()
        {
            map.insert("description".into(), Json::String(description));
        }
        properties.insert(name.into(), schema);
        if is_required {
            required.push(name);
        }
    }
    json!({
        "type": "object",
        "description": description.trim(),
        "properties": properties,
        "required": required,
        "patternProperties": { "^x-": {} },
        "additionalProperties": false,
    })
}

macro_rules! shape {
    ($(
        $(#[doc = $doc:expr])*
        pub struct $name:ident $([$derive:ident])? {
            $( $(#[doc = $fdoc:expr])* $field:ident $(= $key:literal)? : $ty:ty, )*
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        $(#[derive($derive)])?
        #[allow(missing_docs)]
        pub struct $name {
            $( $(#[doc = $fdoc])* pub $field: $ty, )*
            /// Keys of the user's own.
            pub x: $crate::incident::shape::Extra,
        }

        impl $crate::incident::shape::Field for $name {
            fn read(
                node: &$crate::yaml::Node,
                reading: &mut $crate::incident::shape::Reading<'_>,
            ) -> Option<Self> {
                let known: &[&str] = &[$( shape!(@key $field $($key)?), )*];
                let x = $crate::incident::shape::keys(node, known, reading)?;
                $( let $field = $crate::incident::shape::key::<$ty>(
                    node, shape!(@key $field $($key)?), reading); )*
                Some($name { $( $field: $field?, )* x })
            }

            fn print(&self) -> Option<$crate::yaml::Tree> {
                let mut entries = Vec::new();
                $( if let Some(value) = $crate::incident::shape::Field::print(&self.$field) {
                    entries.push((shape!(@key $field $($key)?).to_owned(), value));
                } )*
                entries.extend(self.x.0.iter().cloned());
                Some($crate::yaml::Tree::Map(entries))
            }

            fn schema() -> serde_json::Value {
                $crate::incident::shape::object(concat!("", $($doc),*), vec![$( (
                    shape!(@key $field $($key)?),
                    concat!("", $($fdoc),*).trim().to_owned(),
                    <$ty as $crate::incident::shape::Field>::schema(),
                    <$ty as $crate::incident::shape::Field>::absent().is_none(),
                ), )*])
            }
        }
    )*};
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
}

/// A closed set of words, each with its variant; unknown words are errors with the nearest one.
macro_rules! words {
    ($(
        $(#[doc = $doc:expr])*
        pub enum $name:ident { $( $(#[doc = $vdoc:expr])* $variant:ident = $word:literal, )* }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum $name { $( $(#[doc = $vdoc])* $variant, )* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [$name] = &[$( $name::$variant, )*];

            /// The word as it stands in a record.
            pub fn as_str(self) -> &'static str {
                match self { $( $name::$variant => $word, )* }
            }

            /// The variant of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::incident::shape::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::from_word(text).ok_or_else(|| $crate::incident::shape::UnknownWord::new(
                    text, Self::ALL.iter().map(|v| v.as_str())))
            }
        }

        impl $crate::incident::shape::Field for $name {
            fn read(
                node: &$crate::yaml::Node,
                reading: &mut $crate::incident::shape::Reading<'_>,
            ) -> Option<Self> {
                let text = <String as $crate::incident::shape::Field>::read(node, reading)?;
                if reading.is_full() {
                    return None;
                }
                match text.parse() {
                    Ok(value) => Some(value),
                    Err($crate::incident::shape::UnknownWord { message, help }) => {
                        let d = $crate::diag::Diagnostic::error("unknown-value", message).help(help);
                        reading.push(d, node.range);
                        None
                    }
                }
            }

            fn print(&self) -> Option<$crate::yaml::Tree> {
                Some($crate::yaml::Tree::Text(self.as_str().to_owned()))
            }

            fn schema() -> serde_json::Value {
                serde_json::json!({
                    "type": "string",
                    "enum": Self::ALL.iter().map(|v| v.as_str()).collect::<Vec<_>>(),
                })
            }
        }
    )*};
}

pub(crate) use {shape, words};

/// A word that is none of the set.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}; {help}")]
pub struct UnknownWord {
    /// Which word.
    pub message: String,
    /// The nearest one, or all of them.
    pub help: String,
}

impl UnknownWord {
    pub(crate) fn new(typed: &str, known: impl Iterator<Item = &'static str>) -> Self {
        let known: Vec<_> = known.collect();
        let help = match nearest(typed, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("one of: {}", known.join(", ")),
        };
        UnknownWord { message: format!("unknown value `{typed}`"), help }
    }
}
