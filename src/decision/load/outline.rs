//! The outline of a table: its keys, its outputs with their types, its rules unread.

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::outputs::{ordered_outputs, outputs};
use super::parameters;
use super::toml_text::{Reading, range, tree};
use crate::decision::table::{Hit, Output, Table};
use crate::decision::types::Type;
use crate::decision::value::Value;
use crate::diag::{TextRange, nearest};
use crate::yaml::Tree;

const TABLE_KEYS: [&str; 12] = [
    "title",
    "description",
    "hit",
    "complete",
    "distinct",
    "proof",
    "effective_from",
    "inputs",
    "outputs",
    "rule",
    "impossible",
    "parameters",
];
const FILE_KEYS: [&str; 5] = ["title", "description", "effective_from", "parameters", "tables"];
/// The longest enumeration; its values are looked up one by one.
pub(super) const MAX_VALUES: usize = 1_000;

/// A table before its inputs are resolved.
#[derive(Debug)]
pub(super) struct Outline<'v> {
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) effective_from: Option<NaiveDate>,
    pub(super) hit: Hit,
    pub(super) distinct: bool,
    pub(super) complete: bool,
    pub(super) partial_proof: bool,
    pub(super) parameters: Option<Tree>,
    pub(super) extra: Vec<(String, Tree)>,
    pub(super) inputs: Option<&'v DeTable<'v>>,
    pub(super) outputs: Vec<Output>,
    pub(super) rules: Vec<(&'v DeTable<'v>, TextRange)>,
    /// For each rule a value for each output.
    pub(super) then: Vec<Vec<Option<Value>>>,
    pub(super) impossible: Vec<(&'v DeTable<'v>, TextRange)>,
    pub(super) range: TextRange,
    pub(super) promise: TextRange,
}

/// Reads the outlines of the tables of a file.
///
/// A table of the name of one in `tightened` inherits what that one says of its outputs.
pub(super) fn read<'v>(
    document: &'v Spanned<DeTable<'v>>,
    name: &str,
    also: &[&str],
    tightened: &[Table],
    reading: &mut Reading<'_>,
) -> Vec<Outline<'v>> {
    let root = document.get_ref();
    let start = root.iter().next().map_or(TextRange::new(0, 0), |(key, _)| range(key));
    let Some(tables) = root.get("tables") else {
        if !root.contains_key("hit") {
            let help =
                "write `hit = \"first\"` at the top, or `[tables.<name>]` for several tables";
            reading.error("missing-key", "the table has no `hit`", start, Some(help.to_owned()));
            return Vec::new();
        }
        return vec![table(root, name, start, also, tightened, Gives::Values, reading)];
    };
    let mut common = Vec::new();
    for (key, value) in root.iter() {
        let key_name: &str = key.get_ref();
        if key_name == "parameters" {
            parameters::check(value, reading);
        }
        if FILE_KEYS.contains(&key_name) {
            continue;
        }
        if !also.contains(&key_name) && !key_name.starts_with("x-") {
            reading.unknown_key(key_name, &FILE_KEYS, range(key), "a file of several tables");
        }
        common.push((key_name.to_owned(), tree(value.get_ref())));
    }
    let Some(tables) = reading.table("tables", tables) else { return Vec::new() };
    let mut outlines = Vec::new();
    for (key, value) in tables.iter() {
        if let Some(inner) = reading.table(key.get_ref(), value) {
            let (name, at) = (key.get_ref(), range(key));
            let mut outline = table(inner, name, at, also, tightened, Gives::Values, reading);
            // What the file says once holds for each of its tables.
            if outline.effective_from.is_none() {
                outline.effective_from = root.get("effective_from").and_then(|v| day(v, reading));
            }
            if outline.parameters.is_none() {
                outline.parameters = root.get("parameters").map(|v| tree(v.get_ref()));
            }
            outline.extra.extend(common.iter().cloned());
            outlines.push(outline);
        }
    }
    outlines
}

fn day(value: &Spanned<DeValue<'_>>, reading: &mut Reading<'_>) -> Option<NaiveDate> {
    match reading.value("`effective_from`", value, &Type::Date)? {
        Value::Date(day) => Some(day),
        _ => None,
    }
}

/// What the outputs of a table's rules are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// Values, which the hit policy adds up or orders.
    Values,
    /// Texts of another room, which that room adds up or orders.
    Texts,
}

/// The outline of one table.
pub(super) fn table<'v>(
    table: &'v DeTable<'v>,
    name: &str,
    at: TextRange,
    also: &[&str],
    tightened: &[Table],
    gives: Gives,
    reading: &mut Reading<'_>,
) -> Outline<'v> {
    let mut outline = Outline {
        name: name.to_owned(),
        title: None,
        description: None,
        effective_from: None,
        hit: Hit::Unique,
        distinct: false,
        complete: false,
        partial_proof: false,
        parameters: None,
        extra: Vec::new(),
        inputs: None,
        outputs: Vec::new(),
        rules: Vec::new(),
        then: Vec::new(),
        impossible: Vec::new(),
        range: at,
        promise: at,
    };
    let (mut declared, mut has_hit, mut hit_at) = (None, false, at);
    for (key, value) in table.iter() {
        let key_name: &str = key.get_ref();
        match key_name {
            "title" => outline.title = reading.text(key_name, value),
            "description" => outline.description = reading.text(key_name, value),
            "effective_from" => outline.effective_from = day(value, reading),
            "complete" => {
                outline.complete = reading.boolean(key_name, value).unwrap_or(false);
                outline.promise = TextRange::new(range(key).start, range(value).end);
            }
            "distinct" => outline.distinct = reading.boolean(key_name, value).unwrap_or(false),
            "hit" => {
                has_hit = true;
                hit_at = TextRange::new(range(key).start, range(value).end);
                if let Some(policy) = reading.text(key_name, value) {
                    match Hit::parse(&policy) {
                        Some(hit) => outline.hit = hit,
                        None => unknown_hit(&policy, range(value), reading),
                    }
                }
            }
            "proof" => match reading.text(key_name, value).as_deref() {
                Some("partial") => outline.partial_proof = true,
                Some("full") | None => {}
                Some(other) => {
                    let help = Some("expected \"full\" or \"partial\"".to_owned());
                    let message = format!("`{other}` is no kind of proof");
                    reading.error("wrong-value", message, range(value), help);
                }
            },
            "inputs" => outline.inputs = reading.table(key_name, value),
            "outputs" => declared = reading.table(key_name, value),
            "rule" => outline.rules = reading.tables(key_name, value),
            "impossible" => outline.impossible = reading.tables(key_name, value),
            "parameters" => {
                parameters::check(value, reading);
                outline.parameters = Some(tree(value.get_ref()));
            }
            _ => {
                if !also.contains(&key_name) && !key_name.starts_with("x-") {
                    reading.unknown_key(key_name, &TABLE_KEYS, range(key), "a table");
                }
                outline.extra.push((key_name.to_owned(), tree(value.get_ref())));
            }
        }
    }
    if outline.promise == at {
        outline.promise = hit_at;
    }
    if !has_hit {
        let help = Some("write `hit = \"unique\"`, or another hit policy".to_owned());
        reading.error("missing-key", format!("table `{name}` has no `hit`"), at, help);
    }
    let inherited = tightened.iter().find(|t| t.name == name).map(|t| t.outputs.as_slice());
    outputs(&mut outline, declared, inherited.unwrap_or_default(), reading);
    if gives == Gives::Values {
        ordered_outputs(&outline, reading);
    }
    outline
}

fn unknown_hit(policy: &str, range: TextRange, reading: &mut Reading<'_>) {
    let names = Hit::ALL.map(Hit::name);
    let help = match nearest(policy, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the hit policies are {}", names.join(", ")),
    };
    reading.error("unknown-hit", format!("`{policy}` is no hit policy"), range, Some(help));
}
