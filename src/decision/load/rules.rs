//! Inputs resolved, tests read against their types, the table put together.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::DeValue;

use super::inputs::Inputs;
use super::outline::Outline;
use super::toml_text::{Reading, literal, range, tree};
use super::{Catalogue, Offers, kind};
use crate::decision::plan::{MAX_CELLS, Plan};
use crate::decision::table::{Condition, Impossible, Rule, Table};
use crate::decision::types::Type;
use crate::decision::unary::{Test, TestError};
use crate::diag::{TextRange, nearest};
use crate::yaml::Tree;

const RULE_KEYS: [&str; 7] = ["id", "when", "then", "why", "message", "fix", "asks"];
const IMPOSSIBLE_KEYS: [&str; 2] = ["when", "why"];
/// Reads the rest of a table; `None` where nothing can be made of it.
pub(super) fn read(
    outline: Outline<'_>,
    offers: &Offers,
    catalogue: &dyn Catalogue,
    also: &[&str],
    tightened: Option<&Table>,
    reading: &mut Reading<'_>,
) -> Option<Table> {
    let inherited = tightened.map_or(&[][..], |table| &table.inputs);
    let mut inputs = Inputs::new(&outline.name, offers, catalogue, inherited);
    for (key, value) in outline.inputs.into_iter().flat_map(|i| i.iter()) {
        inputs.declare(key.get_ref(), range(key), value, reading);
    }
    // Money without a currency gets that of its tests, before they are read.
    let whens = outline.rules.iter().chain(&outline.impossible).filter_map(|(t, _)| t.get("when"));
    for when in whens {
        for (key, value) in when.get_ref().as_table().into_iter().flat_map(|t| t.iter()) {
            inputs.resolve(key.get_ref(), range(key), reading);
            inputs.note_currency(key.get_ref(), value);
        }
    }

    let mut rules = Vec::with_capacity(outline.rules.len());
    let mut ids: HashMap<String, TextRange> = HashMap::new();
    for ((table, at), then) in outline.rules.iter().zip(outline.then) {
        let mut rule = Rule {
            id: String::new(),
            when: Vec::new(),
            then,
            why: None,
            message: None,
            fix: None,
            extra: Vec::new(),
            range: *at,
        };
        for (key, value) in table.iter() {
            let key_name: &str = key.get_ref();
            match key_name {
                "id" => {
                    rule.id = reading.text(key_name, value).unwrap_or_default();
                    rule.range = range(value);
                }
                "when" => rule.when = conditions(&mut inputs, value, reading),
                "then" => {}
                "why" => rule.why = reading.text(key_name, value),
                "message" => rule.message = reading.text(key_name, value),
                "fix" => rule.fix = reading.text(key_name, value),
                // Which conditions a check asks for: the engine decides nothing by it.
                "asks" => rule.extra.push((key_name.to_owned(), tree(value.get_ref()))),
                _ => extra(key, value, &RULE_KEYS, "a rule", also, &mut rule.extra, reading),
            }
        }
        if rule.id.is_empty() {
            let help = Some("write `id = \"…\"`; traces and findings name it".to_owned());
            reading.error("missing-key", "the rule has no `id`", *at, help);
        } else if ids.insert(rule.id.clone(), rule.range).is_some() {
            let message = format!("two rules have the id `{}`", rule.id);
            reading.error("duplicate-rule", message, rule.range, None);
        }
        rules.push(rule);
    }
    let mut impossible = Vec::new();
    for (table, at) in &outline.impossible {
        let mut found = Impossible { when: Vec::new(), why: None, range: *at };
        for (key, value) in table.iter() {
            match &**key.get_ref() {
                "when" => found.when = conditions(&mut inputs, value, reading),
                "why" => found.why = reading.text("why", value),
                other => {
                    reading.unknown_key(other, &IMPOSSIBLE_KEYS, range(key), "[[impossible]]");
                }
            }
        }
        if found.when.is_empty() {
            let message = "[[impossible]] needs a `when` that excludes something";
            reading.error("missing-key", message, *at, None);
        }
        impossible.push(found);
    }
    let inputs = inputs.list;
    let (plan, never) = Plan::new(outline.hit, &inputs, &outline.outputs, &rules, &impossible);
    if plan.too_wide {
        let message = format!(
            "table `{}` asks more than {MAX_CELLS} questions about the elements of lists",
            outline.name
        );
        let help = Some("name fewer values in its lists' tests, or split the table".to_owned());
        reading.error("table-too-wide", message, outline.range, help);
    }
    for never in never {
        let input = &inputs[never.input];
        let bounds = match (&input.min, &input.max) {
            (Some(min), Some(max)) => format!(" from {min} to {max}"),
            (Some(min), None) => format!(" from {min} up"),
            (None, Some(max)) => format!(" up to {max}"),
            (None, None) => String::new(),
        };
        let message =
            format!("no value of `{}` passes `{}` ({}{bounds})", input.name, never.what, input.ty);
        let help = Some("change the test, or the bounds of the input".to_owned());
        reading.error("unreachable-value", message, never.range, help);
    }
    Some(Table {
        name: outline.name,
        file: reading.source.name.to_owned(),
        title: outline.title,
        description: outline.description,
        effective_from: outline.effective_from,
        hit: outline.hit,
        distinct: outline.distinct,
        complete: outline.complete,
        partial_proof: outline.partial_proof,
        inputs,
        outputs: outline.outputs,
        rules,
        impossible,
        parameters: outline.parameters,
        extra: outline.extra,
        range: outline.range,
        promise: outline.promise,
        plan,
        numbered: None,
    })
}

fn extra(
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    known: &[&str],
    of: &str,
    also: &[&str],
    kept: &mut Vec<(String, Tree)>,
    reading: &mut Reading<'_>,
) {
    let name: &str = key.get_ref();
    if !also.contains(&name) && !name.starts_with("x-") {
        reading.unknown_key(name, known, range(key), of);
    }
    kept.push((name.to_owned(), tree(value.get_ref())));
}

/// The cells of `when`.
fn conditions(
    inputs: &mut Inputs<'_>,
    value: &Spanned<DeValue<'_>>,
    reading: &mut Reading<'_>,
) -> Vec<Condition> {
    let Some(when) = reading.table("when", value) else { return Vec::new() };
    let mut conditions = Vec::with_capacity(when.len());
    for (key, value) in when.iter() {
        let name: &str = key.get_ref();
        let Some(input) = inputs.resolve(name, range(key), reading) else { continue };
        let ty = inputs.list[input].ty.clone();
        if let Some(test) = test(name, value, &ty, reading) {
            conditions.push(Condition { input, test, range: range(value) });
        }
    }
    conditions
}

/// One cell's test: text is a unary test, any other TOML value means what it looks like.
fn test(
    name: &str,
    value: &Spanned<DeValue<'_>>,
    ty: &Type,
    reading: &mut Reading<'_>,
) -> Option<Test> {
    let literals: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
        DeValue::String(text) => {
            return match Test::parse(text, ty) {
                Ok(test) => Some(test),
                Err(e) => {
                    let at = inside(reading.source.text, range(value), text, &e);
                    reading.error(e.code, format!("`{name}`: {}", e.message), at, e.help);
                    None
                }
            };
        }
        DeValue::Table(_) => {
            let message = format!("`{name}` is {}; a test is expected", kind(value.get_ref()));
            reading.error("wrong-type", message, range(value), None);
            return None;
        }
        DeValue::Array(items) if items.is_empty() => {
            let message = format!("`{name}`: a list without values passes nothing");
            reading.error("test-syntax", message, range(value), None);
            return None;
        }
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut values = Vec::with_capacity(literals.len());
    for item in literals {
        match literal(item, ty.element()) {
            Ok(value) => values.push(value),
            Err(e) => {
                let names = match ty.element() {
                    Type::Enum(names) => Some(names),
                    _ => None,
                };
                let near = names.zip(item.get_ref().as_str()).and_then(|(names, text)| {
                    nearest(text, names.values.iter().map(String::as_str))
                });
                let code = if names.is_some() { "unknown-value" } else { "test-type" };
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("expected {}", e.expected),
                };
                let message = format!("`{name}`: {}", e.what);
                reading.error(code, message, range(item), Some(help));
            }
        }
    }
    (!values.is_empty()).then(|| Test::one_of(values))
}

/// The place of a mistake inside a test, where the TOML text is written without escapes.
fn inside(text: &str, whole: TextRange, test: &str, error: &TestError) -> TextRange {
    let quoted = text.get(whole.start + 1..whole.end.saturating_sub(1));
    if quoted == Some(test) && error.range.start < error.range.end {
        TextRange::new(whole.start + 1 + error.range.start, whole.start + 1 + error.range.end)
    } else {
        whole
    }
}
