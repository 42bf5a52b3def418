//! The printed JSON Schema and the parser agree on what a record is.
//!
//! Every sample passes both. Every field of the samples is then bent in small ways, and each bent
//! record is refused by both, taken by both, or differs for one of the reasons listed here.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use inc::diag::{Diagnostics, Source};
use inc::incident;
use jsonschema::Validator;
use serde_json::{Value, json};

/// What only the parser can say: JSON Schema cannot compare fields, or compute.
const PARSER_ONLY: &[(&str, &str)] = &[
    ("bad-schema", "the version of the program is no part of the schema"),
    ("newer-schema", "the version of the program is no part of the schema"),
    ("bad-uid", "a schema that refuses a uid helps nobody who types: nobody types one"),
    ("empty-title", "a title of blanks has a length"),
    ("bad-id", "that the date in an id is a real one"),
    ("bad-money", "how many digits a currency has, and which currencies there are"),
    ("bad-percent", "that a percentage, which is text, is at most 100"),
    ("time-order", "compares two fields"),
    ("window-order", "compares two fields"),
    ("affected-above-tried", "compares two fields"),
    ("tried-above-base", "compares two fields"),
    ("failed-above-attempted", "compares two fields"),
    ("duplicate-item", "compares the items of a list by one key"),
    ("merged-nowhere", "a field that depends on another's value"),
    ("merged-into-itself", "compares two fields"),
    ("own-parent", "compares two fields"),
    ("planned-but-no-maintenance", "a field that depends on another's value"),
];

/// What only the schema says: words that look like numbers or booleans are taken as text by the
/// parser (`ticket: 90021`), and editors advise quotes, since other programs would drop a zero.
fn looks_like_text(bent: &Value) -> bool {
    bent.is_number() || bent.is_boolean()
}

fn samples() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.ends_with("incident.yaml") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("incidents"), &mut found);
    found.sort();
    found
}

fn validator() -> Validator {
    let schema = incident::json_schema();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn json_of(text: &str) -> Value {
    inc::yaml::parse(Source::new("incident.yaml", text)).unwrap().to_tree().to_json()
}

/// JSON is YAML: the parser reads the very text that the schema judges.
fn parse(record: &Value) -> Result<(), Diagnostics> {
    incident::parse(Source::new("incident.yaml", &record.to_string())).map(|_| ())
}

/// Whether both say the same of a record; `bent` is the value that was put into it.
fn compare(
    validator: &Validator,
    record: &Value,
    bent: &Value,
    where_: &str,
) -> Result<(), String> {
    let schema_says =
        validator.validate(record).map_err(|e| format!("{e} at {}", e.instance_path()));
    match (parse(record), schema_says) {
        (Ok(()), Ok(())) | (Err(_), Err(_)) => Ok(()),
        (Err(found), Ok(())) => {
            let unexpected =
                |d: &&inc::diag::Diagnostic| !PARSER_ONLY.iter().any(|(code, _)| *code == d.code);
            match found.0.iter().find(unexpected) {
                None => Ok(()),
                Some(d) => {
                    Err(format!("{where_} = {bent}: the schema takes it, the parser says {d}"))
                }
            }
        }
        (Ok(()), Err(_)) if looks_like_text(bent) => Ok(()),
        (Ok(()), Err(why)) => {
            Err(format!("{where_} = {bent}: the parser takes it, the schema says {why}"))
        }
    }
}

/// All places of a value, as JSON pointers; of a list only the first item, the others are alike.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| !key.starts_with("x-")) {
                places(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                places(first, &format!("{at}/0"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_sample_passes_the_schema() {
    let validator = validator();
    for path in samples() {
        let record = json_of(&std::fs::read_to_string(&path).unwrap());
        let errors: Vec<String> = validator
            .iter_errors(&record)
            .map(|e| format!("{e} at {}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
        parse(&record).unwrap();
    }
}

#[test]
fn bent_records_are_refused_by_both_or_for_a_listed_reason() {
    let validator = validator();
    let (mut bent, mut differ) = (0, Vec::new());
    // What one sample has shown of a field need not be shown by the next.
    let mut seen = HashSet::new();
    for path in samples() {
        let record = json_of(&std::fs::read_to_string(&path).unwrap());
        let mut all = Vec::new();
        places(&record, "", &mut all);
        for place in all.iter().filter(|place| seen.insert((*place).clone())) {
            for value in
                [json!(null), json!("zzz"), json!(5), json!(-1), json!(true), json!([]), json!({})]
            {
                let mut record = record.clone();
                *record.pointer_mut(place).unwrap() = value.clone();
                bent += 1;
                differ.extend(compare(&validator, &record, &value, place).err());
            }
            if let Some((parent, key)) = place.rsplit_once('/') {
                let mut record = record.clone();
                if let Some(Value::Object(map)) = record.pointer_mut(parent) {
                    map.shift_remove(key);
                    bent += 1;
                    differ.extend(compare(&validator, &record, &json!("gone"), place).err());
                }
            }
            for key in ["zzz", "x-zzz"] {
                let mut record = record.clone();
                if let Some(Value::Object(map)) = record.pointer_mut(place) {
                    map.insert(key.to_owned(), json!({ "any": [1, "thing"] }));
                    bent += 1;
                    differ.extend(
                        compare(&validator, &record, &json!("added"), &format!("{place}/{key}"))
                            .err(),
                    );
                }
            }
        }
    }
    differ.sort();
    differ.dedup();
    assert!(bent > 2_000, "only {bent} bent records");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// Values at the edges of their notations, each where it belongs.
#[test]
fn notations_are_judged_alike() {
    let validator = validator();
    let base = json!({
        "schema": 1, "id": "INC-20261121-7QKM", "uid": "01JD7Z3Q6W3F0K2V9C1T4M8B5N",
        "title": "Cards", "status": "detected",
    });
    let times = [
        "2026-11-21T13:00:00-06:00",
        "2026-11-21T13:00:00Z",
        "2026-11-21T13:00:00.5Z",
        "2026-11-21T13:00:00",
        "2026-11-21",
        "2026-11-31T13:00:00Z",
        "13:00",
    ];
    let monies = [
        "12.50 MXN",
        "12 MXN",
        "0 MXN",
        "1,234.50 MXN",
        "-5 MXN",
        "12.505 MXN",
        "12.50",
        "12.50 mxn",
        "MXN 12.50",
        "12. MXN",
        "1e3 MXN",
        "12.50 ZZZ",
        "12.50  MXN",
        " 12.50 MXN",
    ];
    let percents = ["12.5%", "0%", "100%", "100.1%", "-1%", "12.5", "%", "12,5%", "12.5 %", "1e1%"];
    let ids = [
        "INC-20261121-8ZZZ",
        "INC-20261321-8ZZZ",
        "inc-20261121-8zzz",
        "INC-20261121-8ZZU",
        "INC-20261121-8ZZ",
        "../../etc/passwd",
        "",
    ];
    let items = ["C7QK", "a-b", "", "way-too-long-an-id", "C7QK ", "ñ"];
    let mut differ = Vec::new();
    let mut judge = |place: &str, build: &dyn Fn(&Value) -> Value, values: &[&str]| {
        for value in values {
            let value = json!(value);
            let mut record = base.clone();
            let Value::Object(map) = build(&value) else { unreachable!() };
            record.as_object_mut().unwrap().extend(map);
            differ.extend(compare(&validator, &record, &value, place).err());
        }
    };
    judge("detected", &|v| json!({ "times": { "detected": v } }), &times);
    judge("direct_loss", &|v| json!({ "impact": { "direct_loss": v } }), &monies);
    judge(
        "degradation",
        &|v| json!({ "impact": { "clients": [ { "client": "c", "degradation": v } ] } }),
        &percents,
    );
    judge("parent", &|v| json!({ "parent": v }), &ids);
    judge("actions.id", &|v| json!({ "actions": [ { "id": v, "title": "t" } ] }), &items);
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
