//! What a table answers: outputs, declared or only given by its rules.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::outline::{MAX_VALUES, Outline};
use super::toml_text::{Reading, common_type, literal, natural_type, range};
use crate::decision::table::{Hit, Output, Stricter};
use crate::decision::types::{Enumeration, Type};
use crate::decision::value::Value;
use crate::diag::{TextRange, nearest};
use crate::units::Currency;

const OUTPUT_KEYS: [&str; 7] =
    ["type", "values", "default", "stricter", "description", "currency", "title"];

/// The outputs, declared or only given by rules, and the rules' values for them.
pub(super) fn outputs<'v>(
    outline: &mut Outline<'v>,
    declared: Option<&'v DeTable<'v>>,
    inherited: &[Output],
    reading: &mut Reading<'_>,
) {
    let mut given: Vec<HashMap<&str, &Spanned<DeValue<'v>>>> = Vec::new();
    let mut names: Vec<(String, TextRange)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (key, _) in declared.into_iter().flat_map(|d| d.iter()) {
        known.insert(key.get_ref().to_string(), names.len());
        names.push((key.get_ref().to_string(), range(key)));
    }
    let declared_names: Vec<String> = names.iter().map(|(n, _)| n.clone()).collect();
    for (rule, at) in &outline.rules {
        let mut values = HashMap::new();
        match rule.get("then") {
            None => {
                let help = Some("write `then = { … }`".to_owned());
                reading.error("missing-key", "the rule has no `then`", *at, help);
            }
            Some(then) => {
                for (key, value) in reading.table("then", then).into_iter().flat_map(|t| t.iter()) {
                    let name: &str = key.get_ref();
                    if !known.contains_key(name) {
                        let near = nearest(name, declared_names.iter().map(String::as_str));
                        if let Some(near) = near {
                            let help = Some(format!("did you mean `{near}`?"));
                            let message = format!("output `{name}` is not declared");
                            reading.warning("unknown-output", message, range(key), help);
                        }
                        known.insert(name.to_owned(), names.len());
                        names.push((name.to_owned(), range(key)));
                    }
                    values.insert(name, value);
                }
            }
        }
        given.push(values);
    }
    outline.then = vec![Vec::with_capacity(names.len()); given.len()];
    for (name, at) in names {
        let spec = declared.and_then(|d| d.get(name.as_str()));
        let all: Vec<&Spanned<DeValue<'_>>> =
            given.iter().filter_map(|g| g.get(name.as_str()).copied()).collect();
        let output = match inherited.iter().find(|o| o.name == name) {
            // The other table's default is not this one's answer.
            Some(known) if spec.is_none() => Output { default: None, range: at, ..known.clone() },
            _ => output(&name, at, spec, &all, reading),
        };
        for (then, given) in outline.then.iter_mut().zip(&given) {
            let value = given
                .get(name.as_str())
                .and_then(|value| given_value(&name, value, &output, reading));
            then.push(value);
        }
        outline.outputs.push(output);
    }
    for output in &mut outline.outputs {
        let place = known.get(&output.name).copied().unwrap_or_default();
        one_currency(output, outline.then.iter().filter_map(|t| t.get(place)?.as_ref()));
    }
}

fn given_value(
    name: &str,
    value: &Spanned<DeValue<'_>>,
    output: &Output,
    reading: &mut Reading<'_>,
) -> Option<Value> {
    let text = value.get_ref().as_str();
    if let (Type::Enum(names), Some(text)) = (&output.ty, text)
        && names.position(text).is_none()
    {
        let known = names.values.iter().map(String::as_str);
        let help = nearest(text, known).map(|near| format!("did you mean `{near}`?"));
        let message = format!("`{text}` is none of the values of output `{name}`");
        reading.error("unknown-value", message, range(value), help);
        return None;
    }
    let found = reading.value(&format!("output `{name}`"), value, &output.ty)?;
    if let Some(names) = &output.values
        && !matches!(found, Value::List(_))
        && output.place(&found).is_none()
    {
        let message = format!("`{found}` is none of the values of output `{name}`");
        let help = Some(format!("the values are {}", names.values.join(", ")));
        reading.error("unknown-value", message, range(value), help);
        return None;
    }
    Some(found)
}

/// An output of money has a currency where all its amounts have the same.
fn one_currency<'a>(output: &mut Output, given: impl Iterator<Item = &'a Value>) {
    if output.ty != Type::Money(None) {
        return;
    }
    let mut currencies: Vec<Currency> = given
        .cloned()
        .chain(output.default.clone())
        .filter_map(|v| match v {
            Value::Money(money) => Some(money.currency),
            _ => None,
        })
        .collect();
    currencies.sort_unstable();
    currencies.dedup();
    if let [only] = currencies.as_slice() {
        output.ty = Type::Money(Some(*only));
    }
}

fn output(
    name: &str,
    at: TextRange,
    spec: Option<&Spanned<DeValue<'_>>>,
    given: &[&Spanned<DeValue<'_>>],
    reading: &mut Reading<'_>,
) -> Output {
    let mut output = Output {
        name: name.to_owned(),
        ty: Type::Text,
        values: None,
        default: None,
        stricter: None,
        range: at,
    };
    let spec = spec.and_then(|spec| reading.table(name, spec));
    let (mut ty, mut default, mut values) = (None, None, None);
    for (key, value) in spec.into_iter().flat_map(|s| s.iter()) {
        let key_name: &str = key.get_ref();
        match key_name {
            "type" => ty = declared_type(value, reading),
            "values" => values = Some(value),
            "default" => default = Some(value),
            "stricter" => {
                output.stricter = match reading.text(key_name, value).as_deref() {
                    Some("lower") => Some(Stricter::Lower),
                    Some("higher") => Some(Stricter::Higher),
                    Some("first") => Some(Stricter::First),
                    None => None,
                    Some(other) => {
                        let help = Some("expected \"lower\", \"higher\" or \"first\"".to_owned());
                        let message = format!("`{other}` is no way to be stricter");
                        reading.error("wrong-value", message, range(value), help);
                        None
                    }
                };
            }
            "currency" | "description" | "title" => {}
            _ if key_name.starts_with("x-") => {}
            _ => reading.unknown_key(key_name, &OUTPUT_KEYS, range(key), "an output"),
        }
    }
    let natural = || {
        let mut found: Option<Type> = None;
        for value in given.iter().copied().chain(default) {
            let Some(next) = natural_type(value.get_ref()) else { return Err(value) };
            found = Some(match found {
                None => next,
                Some(known) => common_type(known, next).ok_or(value)?,
            });
        }
        Ok(found.unwrap_or(Type::Text))
    };
    let is_text = |values: &Spanned<DeValue<'_>>| {
        let items = values.get_ref().as_array().into_iter().flat_map(|a| a.iter());
        items.into_iter().all(|item| item.get_ref().as_str().is_some())
    };
    if let Some(values) = values {
        output.values = match &ty {
            None | Some(Type::Text) if is_text(values) => names(name, values, true, reading),
            Some(ty) => literal_names(name, values, ty, reading),
            None => {
                ty = natural_type(values.get_ref()).map(|t| t.element().clone());
                ty.as_ref().and_then(|ty| literal_names(name, values, ty, reading))
            }
        };
    }
    output.ty = match (&output.values, ty) {
        (Some(names), None | Some(Type::Text)) => {
            // A list of values where the rules give lists.
            match given.first().map(|v| v.get_ref()) {
                Some(DeValue::Array(_)) => Type::List(Box::new(Type::Enum(names.clone()))),
                _ => Type::Enum(names.clone()),
            }
        }
        (_, Some(ty)) => ty,
        (None, None) => natural().unwrap_or_else(|value| {
            let message = format!("the rules give different kinds of value for `{name}`");
            let help = Some(format!("declare one type in [outputs.{name}]"));
            reading.error("value-type", message, range(value), help);
            Type::Text
        }),
    };
    if let Some(default) = default {
        output.default = given_value(name, default, &output, reading);
    }
    output
}

/// The values of an output that is no text, in their order, by the text that they print.
fn literal_names(
    of: &str,
    value: &Spanned<DeValue<'_>>,
    ty: &Type,
    reading: &mut Reading<'_>,
) -> Option<Enumeration> {
    let list = Type::List(Box::new(ty.element().clone()));
    match reading.value(&format!("`values` of `{of}`"), value, &list)? {
        Value::List(found) if (1..=MAX_VALUES).contains(&found.len()) => {
            Some(Enumeration::new(found.iter().map(Value::name), true))
        }
        _ => {
            let message = format!("`values` of `{of}` has none, or more than {MAX_VALUES}");
            reading.error("wrong-value", message, range(value), None);
            None
        }
    }
}

/// The names of an enumeration.
pub(super) fn names(
    of: &str,
    value: &Spanned<DeValue<'_>>,
    ordered: bool,
    reading: &mut Reading<'_>,
) -> Option<Enumeration> {
    let list = Type::List(Box::new(Type::Text));
    let found = match literal(value, &list) {
        Ok(Value::List(found)) if !found.is_empty() => found,
        _ => {
            let help = Some("write a list of texts, such as [\"low\", \"high\"]".to_owned());
            let message = format!("`values` of `{of}` is no list of texts");
            reading.error("wrong-type", message, range(value), help);
            return None;
        }
    };
    if found.len() > MAX_VALUES {
        let message = format!("`{of}` has {} values; at most {MAX_VALUES} are read", found.len());
        let help = Some("declare it as text".to_owned());
        reading.error("too-many-values", message, range(value), help);
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in found.iter().filter_map(Value::as_text) {
        if !seen.insert(name) {
            let message = format!("`{name}` stands twice in `values` of `{of}`");
            reading.error("duplicate-value", message, range(value), None);
        } else {
            names.push(name.to_owned());
        }
    }
    Some(Enumeration::new(names, ordered))
}

/// A type by its name.
pub(super) fn declared_type(
    value: &Spanned<DeValue<'_>>,
    reading: &mut Reading<'_>,
) -> Option<Type> {
    let name = reading.text("type", value)?;
    let found = Type::parse(&name);
    if found.is_none() {
        let help = match nearest(&name, Type::NAMES) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the types are {}, and `list of` each", Type::NAMES.join(", ")),
        };
        let message = format!("`{name}` is no type");
        reading.error("unknown-type", message, range(value), Some(help));
    }
    found
}

/// Policies that order or add up outputs need outputs that can be.
pub(super) fn ordered_outputs(outline: &Outline<'_>, reading: &mut Reading<'_>) {
    let policy = outline.hit.name();
    match outline.hit {
        Hit::Priority | Hit::OutputOrder
            if !outline.outputs.is_empty()
                && outline.outputs.iter().all(|o| o.values.is_none()) =>
        {
            let help = Some("write `values = [...]` in the order that counts".to_owned());
            let message = format!("`{policy}` needs an output that declares its `values`");
            reading.error("missing-values", message, outline.range, help);
        }
        Hit::CollectSum | Hit::CollectMin | Hit::CollectMax => {
            for output in &outline.outputs {
                let fits = match (&output.ty, outline.hit) {
                    (Type::Integer | Type::Number | Type::Percent | Type::Duration, _) => true,
                    (Type::Money(currency), _) => currency.is_some(),
                    (Type::Timestamp | Type::Date, hit) => hit != Hit::CollectSum,
                    _ => false,
                };
                if !fits {
                    let what = match &output.ty {
                        Type::Money(None) => "amounts of several currencies".to_owned(),
                        other => other.to_string(),
                    };
                    let message = format!("`{policy}` cannot aggregate `{}`: {what}", output.name);
                    reading.error("value-type", message, output.range, None);
                }
            }
        }
        _ => {}
    }
}
