//! Inputs resolved, tests read against their types, the table put together.
//!
//! The file is long because each way in which a rule can be wrong has its diagnostic here.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::outline::{Outline, declared_type, names};
use super::toml_text::{Reading, literal, natural_type, range, tree};
use super::{Catalogue, Offers, kind, offered};
use crate::decision::plan::Plan;
use crate::decision::table::{Condition, Impossible, Input, Rule, Table};
use crate::decision::unary::{Test, TestError};
use crate::decision::value::{Type, Value};
use crate::diag::{TextRange, nearest};
use crate::units::Currency;
use crate::yaml::Tree;

const RULE_KEYS: [&str; 6] = ["id", "when", "then", "why", "message", "fix"];
const IMPOSSIBLE_KEYS: [&str; 2] = ["when", "why"];
const INPUT_KEYS: [&str; 12] = [
    "type",
    "of",
    "values",
    "min",
    "max",
    "from",
    "list",
    "currency",
    "ordered",
    "description",
    "title",
    "unit",
];

/// Reads the rest of a table; `None` where nothing can be made of it.
pub(super) fn read(
    outline: Outline<'_>,
    offers: &Offers,
    catalogue: &dyn Catalogue,
    also: &[&str],
    reading: &mut Reading<'_>,
) -> Option<Table> {
    let mut inputs = Inputs {
        list: Vec::new(),
        by_name: HashMap::new(),
        table: &outline.name,
        offers,
        catalogue,
    };
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
                "when" => rule.when = inputs.conditions(value, reading),
                "then" => {}
                "why" => rule.why = reading.text(key_name, value),
                "message" => rule.message = reading.text(key_name, value),
                "fix" => rule.fix = reading.text(key_name, value),
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
                "when" => found.when = inputs.conditions(value, reading),
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
        plan,
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

/// The inputs of one table as they become known.
struct Inputs<'a> {
    list: Vec<Input>,
    /// Place of an input, or `None` where its name was found to be unknown.
    by_name: HashMap<String, Option<usize>>,
    table: &'a str,
    offers: &'a Offers,
    catalogue: &'a dyn Catalogue,
}

impl Inputs<'_> {
    fn add(&mut self, input: Option<Input>, name: &str) {
        let at = input.map(|input| {
            self.list.push(input);
            self.list.len() - 1
        });
        self.by_name.insert(name.to_owned(), at);
    }

    /// An input that the table declares: `[inputs.<name>]`.
    fn declare(
        &mut self,
        name: &str,
        at: TextRange,
        value: &Spanned<DeValue<'_>>,
        reading: &mut Reading<'_>,
    ) {
        let Some(spec) = reading.table(name, value) else {
            return self.add(None, name);
        };
        let mut input = Input {
            name: name.to_owned(),
            fact: name.to_owned(),
            from: None,
            ty: Type::Text,
            min: None,
            max: None,
            only: None,
            absent: false,
            range: at,
        };
        let (mut ty, mut values, mut currency, mut list) = (None, None, None, false);
        let ordered =
            spec.get("ordered").and_then(|v| reading.boolean("ordered", v)).unwrap_or(true);
        for (key, value) in spec.iter() {
            let key_name: &str = key.get_ref();
            match key_name {
                "type" if value.get_ref().as_str() == Some("enum") => ty = Some(Type::Text),
                "type" if value.get_ref().as_str() == Some("list") => list = true,
                "of" => ty = declared_type(value, reading),
                "type" => match declared_type(value, reading) {
                    Some(found) => ty = Some(found),
                    None => return self.add(None, name),
                },
                "values" => values = Some(value),
                "list" => list = reading.boolean(key_name, value).unwrap_or(false),
                "currency" => {
                    let code = reading.text(key_name, value).unwrap_or_default();
                    match code.parse::<Currency>() {
                        Ok(found) => currency = Some(found),
                        Err(e) => {
                            let help = Some(format!("expected {}", e.expected));
                            reading.error("wrong-value", e.what, range(value), help);
                        }
                    }
                }
                "from" => {
                    let Some(offer) = self.from(value, reading) else {
                        return self.add(None, name);
                    };
                    input = offered(name, &offer, at);
                    ty = ty.or(Some(offer.ty));
                }
                "min" | "max" | "ordered" | "description" | "title" | "unit" => {}
                _ if key_name.starts_with("x-") => {}
                _ => reading.unknown_key(key_name, &INPUT_KEYS, range(key), "an input"),
            }
        }
        let known = self.catalogue.input(name);
        if ty.is_none() && values.is_none() && !list {
            if let Some(spec) = known {
                (input.min, input.max) = (spec.min, spec.max);
                ty = Some(spec.ty);
            } else {
                let help = Some("write `type = \"number\"`, or another type".to_owned());
                reading.error("missing-key", format!("input `{name}` has no `type`"), at, help);
                return self.add(None, name);
            }
        }
        let mut ty = match (ty, values) {
            (Some(ty), _) => ty,
            (None, Some(values)) => match natural_type(values.get_ref()) {
                Some(Type::List(element)) => *element,
                _ => Type::Text,
            },
            (None, None) => Type::Text,
        };
        if let Some(values) = values {
            list |= matches!(ty, Type::List(_));
            if matches!(ty.element(), Type::Text | Type::Enum(_)) {
                let Some(names) = names(name, values, ordered, reading) else {
                    return self.add(None, name);
                };
                ty = Type::Enum(names);
            } else {
                let all = Type::List(Box::new(ty.element().clone()));
                input.only = match reading.value(&format!("`values` of `{name}`"), values, &all) {
                    Some(Value::List(only)) => Some(only),
                    _ => return self.add(None, name),
                };
            }
        }
        if let Some(currency) = currency {
            ty = match ty {
                Type::Money(_) => Type::Money(Some(currency)),
                Type::List(element) if matches!(*element, Type::Money(_)) => {
                    Type::List(Box::new(Type::Money(Some(currency))))
                }
                other => other,
            };
        }
        if list && !matches!(ty, Type::List(_)) {
            ty = Type::List(Box::new(ty));
        }
        input.ty = ty;
        for (key, bound) in [("min", &mut input.min), ("max", &mut input.max)] {
            if let Some(value) = spec.get(key) {
                if !input.ty.element().has_order() {
                    let message = format!("`{key}` of `{name}`: {} has no order", input.ty);
                    reading.error("wrong-type", message, range(value), None);
                    continue;
                }
                *bound = reading.value(&format!("`{key}` of `{name}`"), value, input.ty.element());
            }
        }
        if let (Some(min), Some(max)) = (&input.min, &input.max)
            && min.compare(max) == Some(std::cmp::Ordering::Greater)
        {
            let message = format!("`min` of `{name}` is above its `max`");
            reading.error("wrong-value", message, at, None);
            input.max = None;
        }
        self.add(Some(input), name);
    }

    /// The output that `from = "table.output"` names.
    fn from(
        &self,
        value: &Spanned<DeValue<'_>>,
        reading: &mut Reading<'_>,
    ) -> Option<super::Offer> {
        let text = reading.text("from", value)?;
        let Some((table, output)) = text.rsplit_once('.') else {
            let help = Some("write `from = \"table.output\"`".to_owned());
            let message = format!("`{text}` names no table and output");
            reading.error("wrong-value", message, range(value), help);
            return None;
        };
        let Some(offers) = self.offers.table(table) else {
            let known = self.offers.by_table.keys().map(String::as_str);
            let help = nearest(table, known).map(|near| format!("did you mean `{near}`?"));
            reading.error("unknown-table", format!("no table `{table}`"), range(value), help);
            return None;
        };
        let offers: Vec<_> = offers.collect();
        if let Some(found) = offers.iter().find(|o| o.output == output) {
            return Some((*found).clone());
        }
        let known: Vec<&str> = offers.iter().map(|o| o.output.as_str()).collect();
        let help = match nearest(output, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its outputs are {}", known.join(", ")),
        };
        let message = format!("table `{table}` has no output `{output}`");
        reading.error("unknown-output", message, range(value), Some(help));
        None
    }

    /// An input that a test names: declared, a fact, or another table's output.
    fn resolve(&mut self, name: &str, at: TextRange, reading: &mut Reading<'_>) -> Option<usize> {
        if let Some(found) = self.by_name.get(name) {
            return *found;
        }
        let input = if let Some(spec) = self.catalogue.input(name) {
            Some(Input {
                name: name.to_owned(),
                fact: name.to_owned(),
                from: None,
                ty: spec.ty,
                min: spec.min,
                max: spec.max,
                only: None,
                absent: false,
                range: at,
            })
        } else {
            match self.offers.named(name, self.table).as_slice() {
                [offer] => Some(offered(name, offer, at)),
                [] => {
                    self.unknown_input(name, at, reading);
                    None
                }
                several => {
                    let tables: Vec<&str> = several.iter().map(|o| o.table.as_str()).collect();
                    let message = format!("several tables give `{name}`: {}", tables.join(", "));
                    let help = format!("write `[inputs.{name}] from = \"{}.{name}\"`", tables[0]);
                    reading.error("ambiguous-input", message, at, Some(help));
                    None
                }
            }
        };
        self.add(input, name);
        self.by_name.get(name).copied().flatten()
    }

    fn unknown_input(&self, name: &str, at: TextRange, reading: &mut Reading<'_>) {
        let facts = self.catalogue.names();
        let known = facts
            .iter()
            .map(String::as_str)
            .chain(self.list.iter().map(|i| i.name.as_str()))
            .chain(self.offers.by_output.keys().map(String::as_str));
        let help = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it: `[inputs.{name}] type = \"…\"`"),
        };
        reading.error("unknown-input", format!("unknown input `{name}`"), at, Some(help));
    }

    /// Gives money without a currency the one that a test names.
    fn note_currency(&mut self, name: &str, value: &Spanned<DeValue<'_>>) {
        let Some(Some(at)) = self.by_name.get(name) else { return };
        let input = &mut self.list[*at];
        if *input.ty.element() != Type::Money(None) {
            return;
        }
        let found = match value.get_ref() {
            DeValue::String(text) => currency_in(text, &input.ty),
            DeValue::Array(items) => {
                items.iter().find_map(|i| currency_in(i.get_ref().as_str()?, &input.ty))
            }
            _ => None,
        };
        if let Some(currency) = found {
            let money = Type::Money(Some(currency));
            input.ty = match input.ty {
                Type::List(_) => Type::List(Box::new(money)),
                _ => money,
            };
        }
    }

    /// The cells of `when`.
    fn conditions(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        reading: &mut Reading<'_>,
    ) -> Vec<Condition> {
        let Some(when) = reading.table("when", value) else { return Vec::new() };
        when_of(self, when, reading)
    }
}

fn when_of(
    inputs: &mut Inputs<'_>,
    when: &DeTable<'_>,
    reading: &mut Reading<'_>,
) -> Vec<Condition> {
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

fn currency_in(text: &str, ty: &Type) -> Option<Currency> {
    let test = Test::parse(text, ty).ok()?;
    test.values().find_map(|v| match v {
        Value::Money(money) => Some(money.currency),
        _ => None,
    })
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
