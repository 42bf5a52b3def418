use std::collections::HashMap;

use serde_json::value::RawValue;

use super::table::Table;
use super::types::Type;
use super::value::Value;
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange, nearest};
use crate::yaml::Route;

/// What is known of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Known {
    /// Not yet: it may turn out to be any value of its type.
    #[default]
    Unknown,
    /// That there is none: an upstream table has no rule that holds.
    Absent,
    /// Its value.
    Is(Value),
    /// That it is one of these (`None`: or that there is none).
    OneOf(Vec<Option<Value>>),
}

/// A fact and where it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fact {
    /// What is known of it.
    pub known: Known,
    /// The places of the record that it was read from.
    pub routes: Vec<Route>,
}

/// Facts by name; a name that was never set is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FactSet {
    facts: HashMap<Box<str>, Fact>,
}

impl FactSet {
    /// No fact known.
    pub fn new() -> Self {
        FactSet::default()
    }

    /// Sets a known value.
    pub fn set(&mut self, name: impl Into<Box<str>>, value: Value) {
        self.insert(name, Fact { known: Known::Is(value), routes: Vec::new() });
    }

    /// Sets a known value and the places that it was read from.
    pub fn set_read(&mut self, name: impl Into<Box<str>>, value: Value, routes: Vec<Route>) {
        self.insert(name, Fact { known: Known::Is(value), routes });
    }

    /// Sets a fact, known or not.
    pub fn insert(&mut self, name: impl Into<Box<str>>, fact: Fact) {
        self.facts.insert(name.into(), fact);
    }

    /// A fact, if it was ever set.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.facts.get(name)
    }

    /// What is known of a fact.
    pub fn known(&self, name: &str) -> &Known {
        self.get(name).map_or(&Known::Unknown, |fact| &fact.known)
    }

    /// The value of a fact, if it is known.
    pub fn value(&self, name: &str) -> Option<&Value> {
        match self.known(name) {
            Known::Is(value) => Some(value),
            _ => None,
        }
    }

    /// Every fact that was set, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Fact)> {
        let mut names: Vec<&str> = self.facts.keys().map(AsRef::as_ref).collect();
        names.sort_unstable();
        names.into_iter().filter_map(|name| Some((name, self.facts.get(name)?)))
    }

    /// How many facts were set.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether none was set.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }
}

/// The largest facts file that is read.
pub const MAX_FACTS_BYTES: usize = 16 * 1024 * 1024;

/// A JSON object whose values keep their text; a key that comes twice is an error.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Object<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Entries<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Entries<'a> {
            type Value = Object<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object of facts by name")
            }

            fn visit_map<M: serde::de::MapAccess<'de>>(
                self,
                mut map: M,
            ) -> Result<Object<'a>, M::Error> {
                let mut entries = Vec::new();
                let mut seen = std::collections::HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if !seen.insert(name.clone()) {
                        return Err(serde::de::Error::custom(format!("`{name}` comes twice")));
                    }
                    entries.push((name, value));
                }
                Ok(Object(entries))
            }
        }
        d.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// The facts of a file: its object, or the object `facts` in it, as `inc facts show` prints them.
fn object(source: Source<'_>) -> Result<Object<'_>, Diagnostics> {
    // The inner object is a part of the text: its places are counted from where it begins.
    let parse = |text| {
        serde_json::from_str::<Object<'_>>(text).map_err(|e| {
            let line_start: usize =
                text.split_inclusive('\n').take(e.line().saturating_sub(1)).map(str::len).sum();
            let at = offset(source, text) + line_start + e.column().saturating_sub(1);
            // The reader ends its message with its own line and column.
            let message = e.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            Diagnostics::from(
                Diagnostic::error("facts-syntax", format!("the facts do not parse: {message}"))
                    .at(source.place(TextRange::new(at, at + 1)))
                    .help("write a JSON object: { \"customers_affected\": 1200, … }"),
            )
        })
    };
    let whole = parse(source.text)?;
    let inner = whole.0.iter().find(|(name, _)| name == "facts").map(|(_, raw)| raw.get());
    match inner.filter(|raw| raw.starts_with('{')) {
        Some(raw) => parse(raw),
        None => Ok(whole),
    }
}

/// Where a part of the text begins.
fn offset(source: Source<'_>, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize)
}

/// Reads facts for some tables from a JSON object, each under its own name and in the record's
/// notation; `null` and what is left out are unknown, and names that no table asks for are left.
///
/// The answer of `inc facts show --format json`, an object with `facts`, is read too.
///
/// # Errors
/// When the text is no JSON object, or a value is not of its input's type.
pub fn facts_from_json(source: Source<'_>, tables: &[Table]) -> Result<FactSet, Diagnostics> {
    if source.text.len() > MAX_FACTS_BYTES {
        return Err(Diagnostic::error("facts-too-large", "the facts file is larger than 16 MB")
            .at(source.place(TextRange::new(0, 0)))
            .into());
    }
    let object = object(source)?;

    let mut inputs: HashMap<&str, &Type> = HashMap::new();
    for table in tables {
        for input in table.inputs.iter().filter(|input| input.from.is_none()) {
            inputs.entry(&input.fact).or_insert(&input.ty);
        }
    }
    let mut facts = FactSet::new();
    let mut diagnostics = Diagnostics::default();
    for (name, raw) in &object.0 {
        let Some(ty) = inputs.get(name.as_str()) else { continue };
        match Value::from_json(raw, ty) {
            Ok(Some(value)) => facts.set(name.as_str(), value),
            Ok(None) => {}
            Err(e) => {
                let start = offset(source, raw.get());
                let range = TextRange::new(start, start + raw.get().len());
                diagnostics.push(
                    Diagnostic::error("fact-type", format!("`{name}`: {}", e.what))
                        .at(source.place(range))
                        .help(format!("expected {}", e.expected)),
                );
            }
        }
        if diagnostics.0.len() >= 100 {
            break;
        }
    }
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(facts) }
}

/// Names in a facts file that no table asks for but that are nearly the name of an input which
/// the file leaves out: most likely typed wrong.
pub fn misspelt_facts(text: &str, tables: &[Table]) -> Vec<(String, String)> {
    let Ok(object) = object(Source::new("facts", text)) else { return Vec::new() };
    let asked: Vec<&str> = tables
        .iter()
        .flat_map(|t| t.inputs.iter())
        .filter(|i| i.from.is_none())
        .map(|i| i.fact.as_str())
        .collect();
    let missing: Vec<&str> =
        asked.iter().copied().filter(|n| !object.0.iter().any(|(name, _)| name == n)).collect();
    let unasked = object.0.iter().filter(|(name, _)| !asked.contains(&name.as_str()));
    unasked
        .take(100)
        .filter_map(|(name, _)| {
            Some((name.clone(), nearest(name, missing.iter().copied())?.to_owned()))
        })
        .collect()
}
