//! `[columns]` and `[facts]`: what a policy asks of the evidence, and of the incident besides.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reading::{Reading, range};
use crate::compensation::columns::{CUSTOMER, Column, ColumnType, Columns, standard_digits};
use crate::decision::{Enumeration, InputSpec, Value};
use crate::diag::{TextRange, nearest};
use crate::units::Currency;

/// The most columns that are read of a row.
const MOST_COLUMNS: usize = 200;

const COLUMN_KEYS: [&str; 10] = [
    "type",
    "values",
    "currency",
    "digits",
    "min",
    "max",
    "required",
    "header",
    "title",
    "description",
];
const FACT_KEYS: [&str; 7] = ["type", "values", "currency", "min", "max", "title", "description"];

/// Whether a text may name a column, a fact, a parameter or a part of an amount.
pub(super) fn is_name(text: &str) -> bool {
    let words = ["and", "or", "not", "else", "true", "false"];
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !words.contains(&text)
}

pub(super) fn name_error(name: &str, at: TextRange, reading: &mut Reading<'_>) {
    let shown: String = name.chars().take(64).collect();
    reading.error(
        "wrong-value",
        format!("`{}` is no name that an amount can use", shown.escape_debug()),
        at,
        "use letters, digits and `_`; another name in the file stands in `header`",
    );
}

pub(super) fn columns(
    root: &DeTable<'_>,
    currency: Currency,
    reading: &mut Reading<'_>,
) -> Columns {
    let mut all = Vec::new();
    let table = reading.table(root, "columns");
    for (key, value) in table.into_iter().flat_map(|t| t.iter()) {
        let (name, at) = (key.get_ref().to_string(), range(key));
        let Some(spec) = reading.as_table(&name, value) else { continue };
        if !is_name(&name) {
            name_error(&name, at, reading);
            continue;
        }
        reading.only(spec, &COLUMN_KEYS, &format!("column `{name}`"));
        let Some(found) = declared(&name, spec, at, currency, reading) else { continue };
        let mut column = Column::new(&name, found.ty);
        column.range = at;
        column.values = found.values;
        (column.min, column.max) = (found.min, found.max);
        column.required = reading.flag(spec, "required").unwrap_or(true);
        if let Some(header) = reading.text(spec, "header") {
            column.header = header.text;
        }
        if let Some(digits) = reading.count(spec, "digits", 12) {
            let least = match found.ty {
                ColumnType::Number | ColumnType::Percent => 0,
                ColumnType::Money(currency) => currency.minor_digits(),
                _ => {
                    let what = format!("`{name}` is {} and has no digits", found.ty.name());
                    reading.error("wrong-value", what, at, "");
                    continue;
                }
            };
            if digits < least {
                let what = format!("`{name}` has fewer digits than its currency");
                reading.error("wrong-value", what, at, format!("write at least {least}"));
            }
            column.digits = digits.max(least);
        } else {
            column.digits = standard_digits(found.ty);
        }
        if name == CUSTOMER && (found.ty != ColumnType::Text || !column.required) {
            let what = format!("`{CUSTOMER}` is text and always there");
            reading.error("wrong-value", what, at, "ids keep their leading zeros");
            continue;
        }
        all.push(column);
    }
    if all.len() > MOST_COLUMNS {
        let at = root.get("columns").map_or(TextRange::default(), range);
        let what = format!("more than {MOST_COLUMNS} columns are declared");
        reading.error("wrong-value", what, at, "declare those that the policy uses");
    }
    Columns::new(all)
}

/// Facts that a policy declares: told by `--facts`, or by nobody.
pub(super) fn facts(
    root: &DeTable<'_>,
    currency: Currency,
    reading: &mut Reading<'_>,
) -> HashMap<String, InputSpec> {
    let mut all = HashMap::new();
    let table = reading.table(root, "facts");
    for (key, value) in table.into_iter().flat_map(|t| t.iter()) {
        let (name, at) = (key.get_ref().to_string(), range(key));
        let Some(spec) = reading.as_table(&name, value) else { continue };
        if !is_name(&name) {
            name_error(&name, at, reading);
            continue;
        }
        reading.only(spec, &FACT_KEYS, &format!("fact `{name}`"));
        let Some(found) = declared(&name, spec, at, currency, reading) else { continue };
        let mut column = Column::new(&name, found.ty);
        column.values = found.values;
        all.insert(name, InputSpec::between(column.input_type(), found.min, found.max));
    }
    all
}

struct Declared {
    ty: ColumnType,
    values: Option<Enumeration>,
    min: Option<Value>,
    max: Option<Value>,
}

fn declared(
    name: &str,
    spec: &DeTable<'_>,
    at: TextRange,
    currency: Currency,
    reading: &mut Reading<'_>,
) -> Option<Declared> {
    let own = match reading.text(spec, "currency") {
        None => currency,
        Some(text) => match text.text.parse::<Currency>() {
            Ok(own) => own,
            Err(e) => {
                reading.error(
                    "wrong-value",
                    e.what,
                    text.range,
                    format!("expected {}", e.expected),
                );
                return None;
            }
        },
    };
    let values = values(name, spec, reading)?;
    let types = [
        ("text", ColumnType::Text),
        ("boolean", ColumnType::Flag),
        ("integer", ColumnType::Count),
        ("number", ColumnType::Number),
        ("money", ColumnType::Money(own)),
        ("percent", ColumnType::Percent),
        ("duration", ColumnType::Duration),
        ("timestamp", ColumnType::Instant),
        ("date", ColumnType::Date),
    ];
    let ty = match reading.text(spec, "type") {
        None if values.is_some() => ColumnType::Text,
        None => {
            let what = format!("`{name}` has no `type`");
            reading.error("missing-key", what, at, "write `type = \"money\"`, or another type");
            return None;
        }
        Some(text) => match types.iter().find(|(known, _)| *known == text.text) {
            Some((_, ty)) => *ty,
            None => {
                let names = types.map(|(name, _)| name);
                let help = match nearest(&text.text, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the types are {}", names.join(", ")),
                };
                reading.error(
                    "unknown-type",
                    format!("`{}` is no type", text.text),
                    text.range,
                    help,
                );
                return None;
            }
        },
    };
    if values.is_some() && ty != ColumnType::Text {
        reading.error("wrong-value", format!("`values` of `{name}` are texts"), at, "");
        return None;
    }
    let mut bound = |key: &str| {
        let value = spec.get(key)?;
        let text = reading.words(key, value)?;
        let input = Column::new(name, ty).input_type();
        if !input.has_order() {
            let what = format!("`{key}` of `{name}`: {} has no order", ty.name());
            reading.error("wrong-type", what, text.range, "");
            return None;
        }
        match Value::parse(&text.text, &input) {
            Ok(value) => Some(value),
            Err(e) => {
                let what = format!("`{key}` of `{name}`: {}", e.what);
                reading.error("value-type", what, text.range, format!("expected {}", e.expected));
                None
            }
        }
    };
    let (min, max) = (bound("min"), bound("max"));
    if let (Some(least), Some(most)) = (&min, &max)
        && least.compare(most) == Some(std::cmp::Ordering::Greater)
    {
        reading.error("wrong-value", format!("`min` of `{name}` is above its `max`"), at, "");
    }
    Some(Declared { ty, values, min, max })
}

/// `values`, where they are declared; `None` where they are wrong.
#[allow(clippy::option_option, reason = "wrong is not the same as not there")]
fn values(
    name: &str,
    spec: &DeTable<'_>,
    reading: &mut Reading<'_>,
) -> Option<Option<Enumeration>> {
    let Some(value) = spec.get("values") else { return Some(None) };
    let texts = |items: &[Spanned<DeValue<'_>>]| -> Option<Vec<String>> {
        items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
    };
    let found = value.get_ref().as_array().and_then(|items| {
        let items: Vec<Spanned<DeValue<'_>>> = items.iter().cloned().collect();
        texts(&items)
    });
    match found {
        Some(names) if !names.is_empty() && names.len() <= 1_000 => {
            Some(Some(Enumeration::new(names, true)))
        }
        _ => {
            let what = format!("`values` of `{name}` is no list of texts");
            let help = "write some, such as [\"gold\", \"retail\"]";
            reading.error("wrong-type", what, range(value), help);
            None
        }
    }
}
