//! Facts files: JSON objects of facts by name.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::FactSet;
use crate::decision::table::Table;
use crate::decision::types::Type;
use crate::decision::value::Value;
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange, nearest};

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
    let mut inputs: HashMap<&str, Type> = HashMap::new();
    for table in tables {
        for input in table.inputs.iter().filter(|input| input.from.is_none()) {
            inputs.entry(&input.fact).or_insert_with(|| input.ty.clone());
        }
    }
    facts_of_types(source, &inputs)
}

/// Reads facts of these names and types, as [`facts_from_json`] does.
///
/// # Errors
/// When the text is no JSON object, or a value is not of its type.
pub fn facts_of_types(
    source: Source<'_>,
    inputs: &HashMap<&str, Type>,
) -> Result<FactSet, Diagnostics> {
    if source.text.len() > MAX_FACTS_BYTES {
        return Err(Diagnostic::error("facts-too-large", "the facts file is larger than 16 MB")
            .at(source.place(TextRange::new(0, 0)))
            .into());
    }
    let object = object(source)?;
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
