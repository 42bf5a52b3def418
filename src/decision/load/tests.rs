use std::collections::HashMap;

use super::*;
use crate::decision::{FactSet, Status, decide};

fn errors(text: &str) -> Vec<(String, usize)> {
    let found = load(Source::new("t.toml", text), "t", &NoFacts).unwrap_err();
    found.0.into_iter().map(|d| (d.code, d.place.map_or(0, |p| p.line))).collect()
}

fn loaded(text: &str) -> Loaded {
    load(Source::new("t.toml", text), "t", &NoFacts).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn keeps_what_other_rooms_need() {
    let text = r#"
title = "T"
description = "D"
effective_from = 2027-01-01
hit = "collect"
complete = true
proof = "partial"
policy = "restitution"
[parameters]
rate = { "2025-04-01" = "9.98 GBP" }
[inputs.a]
type = "integer"
[[rule]]
id = "r"
when = { a = 1 }
then = { level = "error", fix = "do it" }
why = "because"
message = "{{a}}"
fix = "fix"
[[impossible]]
when = { a = "< 0" }
why = "counts are not negative"
"#;
    let file = TableFile { source: Source::new("t.toml", text), name: "t", also: &["policy"] };
    let loaded = load_all(&[file], &NoFacts).unwrap();
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    let table = &loaded.tables[0];
    assert_eq!(table.title.as_deref(), Some("T"));
    assert_eq!(table.effective_from.unwrap().to_string(), "2027-01-01");
    assert!(table.complete && table.partial_proof);
    assert_eq!(table.extra[0].0, "policy");
    let rate = table.parameters.as_ref().unwrap().get("rate").unwrap();
    assert_eq!(rate.get("2025-04-01").unwrap().scalar().unwrap(), "9.98 GBP");
    assert_eq!(table.rules[0].why.as_deref(), Some("because"));
    assert_eq!(table.rules[0].message.as_deref(), Some("{{a}}"));
    assert_eq!(table.impossible[0].why.as_deref(), Some("counts are not negative"));
}

#[test]
fn finds_every_mistake_at_its_line() {
    let text = r#"hit = "unique"
[inputs.age]
type = "integer"
min = 0
[inputs.share]
type = "percent"
max = "100%"
[inputs.kind]
values = ["outage", "data"]
[[rule]]
id = "a"
when = { age = "young" }
then = { x = 1 }
[[rule]]
id = "a"
when = { share = 25 }
then = { x = 1 }
[[rule]]
id = "c"
when = { kind = "outrage", agee = 5 }
then = { x = 1 }
[[rule]]
id = "d"
when = { share = "> 150%" }
then = { x = 1 }
[[rule]]
when = { age = "< 0" }
then = { x = 1 }
"#;
    let code = |c: &str, line| (c.to_owned(), line);
    assert_eq!(
        errors(text),
        [
            code("test-type", 12),
            code("duplicate-rule", 15),
            code("test-type", 16),
            code("unknown-value", 20),
            code("unknown-input", 20),
            code("unreachable-value", 24),
            code("missing-key", 26),
            code("unreachable-value", 27),
        ]
    );
}

#[test]
fn points_into_the_test() {
    let text = "hit = \"first\"\n[inputs.a]\ntype = \"integer\"\n[[rule]]\nid = \"r\"\n\
                when = { a = \"1, 2, x\" }\nthen = { y = 1 }\n";
    let found = load(Source::new("t.toml", text), "t", &NoFacts).unwrap_err();
    let place = found.0[0].place.clone().unwrap();
    assert_eq!((place.line, place.column, place.width), (6, 21, 1));
}

#[test]
fn warns_of_unknown_keys_with_the_nearest_one() {
    let loaded = loaded(
        "hit = \"first\"\ntitel = \"x\"\n[[rule]]\nid = \"r\"\nthen = { y = 1 }\nwhi = \"b\"\n",
    );
    let warnings: Vec<String> =
        loaded.warnings.0.iter().map(|d| d.help.clone().unwrap_or_default()).collect();
    assert_eq!(warnings, ["did you mean `title`?", "did you mean `why`?"]);
}

#[test]
fn refuses_what_is_no_table() {
    for (text, code) in [
        ("hit = ", "table-syntax"),
        ("title = \"x\"", "missing-key"),
        ("hit = \"firts\"", "unknown-hit"),
        ("hit = 5", "wrong-type"),
        ("hit = \"priority\"\n[[rule]]\nid = \"r\"\nthen = { x = \"a\" }", "missing-values"),
        ("hit = \"collect-sum\"\n[[rule]]\nid = \"r\"\nthen = { x = \"a\" }", "value-type"),
        ("hit = \"first\"\n[[rule]]\nid = \"r\"", "missing-key"),
        ("hit = \"first\"\n[inputs.a]\ntype = \"intger\"", "unknown-type"),
        ("hit = \"first\"\n[inputs.a]\nfrom = \"b.c\"", "unknown-table"),
        (
            "hit = \"first\"\n[outputs.x]\nvalues = [\"a\"]\n[[rule]]\nid = \"r\"\nthen = { x = \"b\" }",
            "unknown-value",
        ),
    ] {
        assert_eq!(errors(text)[0].0, code, "{text}");
    }
}

#[test]
fn takes_facts_from_the_catalogue() {
    let share = InputSpec::between(
        Type::Percent,
        Some(Value::parse("0%", &Type::Percent).unwrap()),
        Some(Value::parse("100%", &Type::Percent).unwrap()),
    );
    let catalogue: HashMap<String, InputSpec> =
        [("customers_affected_percent".to_owned(), share)].into();
    let text = "hit = \"first\"\n[[rule]]\nid = \"r\"\n\
                when = { customers_affected_percent = \">= 25%\" }\nthen = { severity = \"SEV1\" }\n";
    let source = Source::new("severity.toml", text);
    let loaded = load(source, "severity", &catalogue).unwrap();
    assert_eq!(loaded.tables[0].inputs[0].ty, Type::Percent);
    let typo = text.replace("affected_percent", "afected_percent");
    let found = load(Source::new("severity.toml", &typo), "severity", &catalogue).unwrap_err();
    assert_eq!(found.0[0].help.as_deref(), Some("did you mean `customers_affected_percent`?"));
}

#[test]
fn finds_circles_and_ambiguous_outputs() {
    let text = r#"
[tables.a]
hit = "first"
[[tables.a.rule]]
id = "r"
when = { y = "1" }
then = { x = 1 }
[tables.b]
hit = "first"
[[tables.b.rule]]
id = "r"
when = { x = "1" }
then = { y = 1 }
"#;
    let found = load(Source::new("t.toml", text), "t", &NoFacts).unwrap_err();
    assert_eq!(found.0[0].message, "tables need each other: a takes from b takes from a");
    let twice = text.replace("when = { y = \"1\" }\n", "").replace(
        "[tables.b]",
        "[tables.c]\nhit = \"first\"\n[[tables.c.rule]]\nid = \"r\"\nthen = { x = 2 }\n[tables.b]",
    );
    assert_eq!(errors(&twice)[0].0, "ambiguous-input");
}

#[test]
fn numbers_keep_every_digit() {
    let table = &loaded(
        "hit = \"unique\"\n[inputs.n]\ntype = \"number\"\n[[rule]]\nid = \"r\"\n\
         when = { n = 12345678901234567890.12 }\nthen = { x = 98765432109876543210.125, y = 0x1F, z = 1_000 }\n",
    )
    .tables[0];
    let mut facts = FactSet::new();
    facts.set("n", Value::parse("12345678901234567890.12", &Type::Number).unwrap());
    let decision = decide(table, &facts);
    assert_eq!(decision.value("x").unwrap().to_json(), "98765432109876543210.125");
    assert_eq!(decision.value("y").unwrap().to_json(), "31");
    assert_eq!(decision.value("z").unwrap().to_json(), "1000");
    facts.set("n", Value::parse("12345678901234567890.13", &Type::Number).unwrap());
    assert_eq!(decide(table, &facts).status(), Status::NoMatch);
}

#[test]
fn a_count_that_cannot_be_reached_is_found_across_tables() {
    let text = r#"
[tables.criteria]
hit = "collect-count"
[tables.criteria.inputs.a]
type = "boolean"
[[tables.criteria.rule]]
id = "one"
when = { a = true }
then = { count = "one" }
[tables.major]
hit = "unique"
[[tables.major.rule]]
id = "r"
when = { count = ">= 2" }
then = { major = true }
"#;
    assert_eq!(errors(text), [("unreachable-value".to_owned(), 14)]);
}

#[test]
fn values_may_be_numbers() {
    let text = r#"hit = "priority"
complete = true
[inputs.floors]
type = "integer"
values = [1, 2, 3]
[inputs.tags]
type = "list<text>"
[outputs.discount]
type = "percent"
values = ["10%", "5%", "0.0%"]
[[rule]]
id = "low"
when = { floors = "<= 2" }
then = { discount = "0%" }
[[rule]]
id = "tagged"
when = { tags = "gold" }
then = { discount = "10%" }
[[rule]]
id = "high"
when = { floors = "3" }
then = { discount = "5%" }
"#;
    let table = &loaded(text).tables[0];
    assert!(crate::decision::prove(table).holds());
    let mut facts = FactSet::new();
    facts.set("floors", Value::integer(2));
    facts.set("tags", Value::texts(["gold"]));
    assert_eq!(decide(table, &facts).value("discount").unwrap().to_string(), "10%");
    assert_eq!(errors(&text.replace("= \"3\"", "= \"4\""))[0].0, "unreachable-value");
    assert_eq!(errors(&text.replace("= \"5%\"", "= \"6%\""))[0].0, "unknown-value");
}

mod hostile {
    use proptest::prelude::*;

    use super::*;

    const VALID: &str = r#"hit = "first"
complete = true
[inputs.n]
type = "number"
min = 0
[inputs.v]
type = "list of text"
[outputs.x]
values = ["a", "b"]
[[rule]]
id = "r"
when = { n = "[1..5), not(3)", v = "all(x)" }
then = { x = "a" }
[[impossible]]
when = { n = 7 }
"#;

    proptest! {
        #[test]
        fn no_file_panics(at in 0_usize..230, cut in 0_usize..20, put in "[\\[\\]{}=\",.0-9a-z()<>! -]{0,6}") {
            let mut text = VALID.to_owned();
            let end = (at + cut).min(text.len());
            text.replace_range(at.min(end)..end, &put);
            if let Ok(loaded) = load(Source::new("t.toml", &text), "t", &NoFacts) {
                for table in &loaded.tables {
                    let _ = crate::decision::prove(table);
                    let facts = FactSet::new();
                    let _ = decide(table, &facts).to_json(&facts);
                }
            }
        }
    }

    #[test]
    fn large_files_are_read_in_time() {
        let mut text = String::from("hit = \"collect\"\n[inputs.n]\ntype = \"integer\"\n");
        for i in 0..20_000 {
            text.push_str(&format!(
                "[[rule]]\nid = \"r{i}\"\nwhen = {{ n = \"x{i}\" }}\nthen = {{ y = 1 }}\n"
            ));
        }
        // Every rule is wrong; the first two hundred are told.
        assert_eq!(errors(&text).len(), 201);
    }
}

#[test]
fn parameters_of_several_days_are_of_one_kind() {
    let found = |parameters: &str| {
        let text = format!(
            "hit = \"first\"\n[[rule]]\nid = \"r\"\nthen = {{ x = 1 }}\n[parameters]\n{parameters}\n"
        );
        match load(Source::new("t.toml", &text), "t", &NoFacts) {
            Ok(loaded) => loaded.warnings.0,
            Err(found) => found.0,
        }
    };
    for fine in [
        "rate = { \"2025-04-01\" = \"9.98 GBP\", \"2026-04-01\" = \"10.50 GBP\" }",
        "share = \"2%\"\nlimit = 3",
        "share = { \"2025-04-01\" = \"2%\", \"2026-04-01\" = \"2.5%\" }",
    ] {
        assert_eq!(found(fine), [], "{fine}");
    }
    for (wrong, code, at) in [
        ("rate = { \"2025-13-01\" = \"9.98 GBP\" }", "wrong-value", "2025-13-01"),
        ("rate = { \"2025-04-01\" = \"9.98 GBP\", \"2026-04-01\" = \"10%\" }", "wrong-type", "10%"),
        (
            "rate = { \"2025-04-01\" = \"9.98 GBP\", \"2026-04-01\" = \"9 EUR\" }",
            "wrong-type",
            "9 EUR",
        ),
        ("rate = {}", "wrong-value", "rate"),
    ] {
        let found = found(wrong);
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert_eq!(found[0].code, code, "{wrong}");
        let place = found[0].place.as_ref().unwrap();
        assert!(
            place.text.as_deref().unwrap()[place.column - 1..].contains(at),
            "{wrong}: {place:?}"
        );
    }
}
