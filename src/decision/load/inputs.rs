//! What a table asks about: inputs that it declares, facts, and other tables' outputs.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::DeValue;

use super::outputs::{declared_type, names};
use super::toml_text::{Reading, natural_type, range};
use super::{Catalogue, Offers, offered};
use crate::decision::table::Input;
use crate::decision::types::Type;
use crate::decision::unary::Test;
use crate::decision::value::Value;
use crate::diag::{TextRange, nearest};
use crate::units::Currency;

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

/// The inputs of one table as they become known.
pub(super) struct Inputs<'a> {
    pub(super) list: Vec<Input>,
    /// Place of an input, or `None` where its name was found to be unknown.
    by_name: HashMap<String, Option<usize>>,
    table: &'a str,
    offers: &'a Offers,
    catalogue: &'a dyn Catalogue,
    /// Inputs of the table that this one tightens.
    inherited: &'a [Input],
}

impl<'a> Inputs<'a> {
    pub(super) fn new(
        table: &'a str,
        offers: &'a Offers,
        catalogue: &'a dyn Catalogue,
        inherited: &'a [Input],
    ) -> Self {
        Inputs { list: Vec::new(), by_name: HashMap::new(), table, offers, catalogue, inherited }
    }

    fn add(&mut self, input: Option<Input>, name: &str) {
        let at = input.map(|input| {
            self.list.push(input);
            self.list.len() - 1
        });
        self.by_name.insert(name.to_owned(), at);
    }

    /// An input that the table declares: `[inputs.<name>]`.
    pub(super) fn declare(
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
                input.absent = spec.absent;
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
    pub(super) fn resolve(
        &mut self,
        name: &str,
        at: TextRange,
        reading: &mut Reading<'_>,
    ) -> Option<usize> {
        if let Some(found) = self.by_name.get(name) {
            return *found;
        }
        let input = if let Some(known) = self.inherited.iter().find(|input| input.name == name) {
            Some(Input { range: at, ..known.clone() })
        } else if let Some(spec) = self.catalogue.input(name) {
            Some(Input {
                name: name.to_owned(),
                fact: name.to_owned(),
                from: None,
                ty: spec.ty,
                min: spec.min,
                max: spec.max,
                only: None,
                absent: spec.absent,
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
    pub(super) fn note_currency(&mut self, name: &str, value: &Spanned<DeValue<'_>>) {
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
}

fn currency_in(text: &str, ty: &Type) -> Option<Currency> {
    let test = Test::parse(text, ty).ok()?;
    test.values().find_map(|v| match v {
        Value::Money(money) => Some(money.currency),
        _ => None,
    })
}
