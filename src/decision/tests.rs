mod unknown;

use super::*;
use crate::diag::Source;

fn tables(text: &str) -> Vec<Table> {
    load(Source::new("t.toml", text), "t", &NoFacts).unwrap_or_else(|e| panic!("{e}")).tables
}

/// Status, matched, decided_by and output of a table about JSON facts.
fn told(tables: &[Table], facts: &str) -> (String, Vec<String>, Vec<String>, String) {
    let set =
        facts_from_json(Source::new("facts.json", facts), tables).unwrap_or_else(|e| panic!("{e}"));
    let graph = Graph::new(tables).unwrap();
    let decisions = graph.decide_all(tables, &set);
    let last = decisions.list.last().unwrap();
    let json: serde_json::Value = serde_json::from_str(&last.to_json(&set)).unwrap();
    let ids = |key: &str| {
        let list = json[key].as_array().unwrap().iter();
        list.map(|v| v.as_str().unwrap().to_owned()).collect()
    };
    (
        json["status"].as_str().unwrap().to_owned(),
        ids("matched"),
        ids("decided_by"),
        json["output"].to_string(),
    )
}

fn case(hit: &str, outputs: &str) -> Vec<Table> {
    // Overlapping rules over one number: small holds below 10, even below 20, any always.
    tables(&format!(
        r#"hit = "{hit}"
{outputs}
[inputs.n]
type = "integer"
[[rule]]
id = "small"
when = {{ n = "< 10" }}
then = {{ x = "low", y = 1 }}
[[rule]]
id = "middle"
when = {{ n = "< 20" }}
then = {{ x = "high", y = 5 }}
[[rule]]
id = "known"
when = {{ n = "[0..30]" }}
then = {{ x = "low", y = 3 }}
"#
    ))
}

#[test]
fn each_hit_policy() {
    let values = "[outputs.x]\nvalues = [\"high\", \"low\"]";
    let n5 = r#"{"n": 5}"#;
    let all = ["small", "middle", "known"].map(str::to_owned).to_vec();
    for (hit, decided_by, output) in [
        ("first", vec!["small"], r#"{"x":"low","y":1}"#),
        ("priority", vec!["middle"], r#"{"x":"high","y":5}"#),
        (
            "rule-order",
            vec!["small", "middle", "known"],
            r#"[{"x":"low","y":1},{"x":"high","y":5},{"x":"low","y":3}]"#,
        ),
        (
            "output-order",
            vec!["middle", "small", "known"],
            r#"[{"x":"high","y":5},{"x":"low","y":1},{"x":"low","y":3}]"#,
        ),
        (
            "collect",
            vec!["small", "middle", "known"],
            r#"[{"x":"low","y":1},{"x":"high","y":5},{"x":"low","y":3}]"#,
        ),
        ("collect-count", vec!["small", "middle", "known"], r#"{"x":3,"y":3}"#),
    ] {
        let found = told(&case(hit, values), n5);
        assert_eq!(
            found,
            (
                "decided".to_owned(),
                all.clone(),
                decided_by.iter().map(|s| (*s).to_owned()).collect(),
                output.to_owned()
            ),
            "{hit}"
        );
    }
    for hit in ["unique", "any"] {
        let found = told(&case(hit, ""), n5);
        assert_eq!(found, ("conflict".to_owned(), all.clone(), vec![], "null".to_owned()));
    }
    let found = told(&case("unique", ""), r#"{"n": 25}"#);
    assert_eq!(found.3, r#"{"x":"low","y":3}"#);
    assert_eq!(told(&case("first", ""), r#"{"n": 99}"#).0, "no-match");
    let distinct = told(&case("collect-count", "distinct = true"), n5);
    assert_eq!(distinct.3, r#"{"x":2,"y":3}"#);
}

fn amounts(hit: &str) -> Vec<Table> {
    tables(&format!(
        r#"hit = "{hit}"
[inputs.n]
type = "integer"
[outputs.pay]
type = "money"
[[rule]]
id = "a"
when = {{ n = "> 0" }}
then = {{ pay = "100.10 EUR" }}
[[rule]]
id = "b"
when = {{ n = "> 5" }}
then = {{ pay = "149.90 EUR" }}
[[rule]]
id = "c"
when = {{ n = "> 50" }}
then = {{ pay = "1.00 EUR" }}
"#
    ))
}

#[test]
fn aggregates_are_exact() {
    for (hit, pay, by) in [
        ("collect-sum", "250.00 EUR", vec!["a", "b"]),
        ("collect-min", "100.10 EUR", vec!["a"]),
        ("collect-max", "149.90 EUR", vec!["b"]),
    ] {
        let found = told(&amounts(hit), r#"{"n": 7}"#);
        assert_eq!(found.3, format!("{{\"pay\":\"{pay}\"}}"));
        assert_eq!(found.2, by);
    }
    let open = told(&amounts("collect-sum"), "{}");
    assert_eq!((open.0.as_str(), open.3.as_str()), ("open", "null"));
}

#[test]
fn sums_that_are_open_say_the_least_and_the_most() {
    let tables = amounts("collect-sum");
    let decision = decide(&tables[0], &FactSet::new());
    let outlook = decision.possible();
    let shown: Vec<String> = outlook.outcomes.iter().map(|p| format!("{:?}", p.output)).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(shown[0].contains("100.10") && shown[1].contains("251.00"), "{shown:?}");
}

#[test]
fn tests_on_lists() {
    let tables = tables(
        r#"hit = "rule-order"
[inputs.v]
type = "list of text"
[[rule]]
id = "some"
when = { v = ["cards", "payments"] }
then = { x = 1 }
[[rule]]
id = "none"
when = { v = "not(cards)" }
then = { x = 2 }
[[rule]]
id = "every"
when = { v = "all(cards, credit)" }
then = { x = 3 }
[[rule]]
id = "without"
when = { v = "all(not(cards))" }
then = { x = 4 }
"#,
    );
    for (facts, ids) in [
        (r#"{"v":["cards","savings"]}"#, vec!["some"]),
        (r#"{"v":["cards"]}"#, vec!["some", "every"]),
        (r#"{"v":["credit"]}"#, vec!["none", "every", "without"]),
        (r#"{"v":[]}"#, vec!["none"]),
        (r#"{"v":["x","payments"]}"#, vec!["some", "none", "without"]),
    ] {
        let found = told(&tables, facts);
        assert_eq!(
            (found.0.as_str(), found.1),
            ("decided", ids.iter().map(|s| (*s).to_owned()).collect()),
            "{facts}"
        );
    }
    assert_eq!(told(&tables, "{}").0, "open");
}

#[test]
fn defaults_answer_when_no_rule_holds() {
    let tables = tables(
        r#"hit = "unique"
[inputs.a]
type = "integer"
[outputs.s]
default = "none"
[[rule]]
id = "r"
when = { a = "> 5" }
then = { s = "some" }
"#,
    );
    let found = told(&tables, r#"{"a":1}"#);
    assert_eq!(found, ("decided".into(), vec![], vec![], r#"{"s":"none"}"#.into()));
    assert_eq!(told(&tables, "{}").0, "open");
}

#[test]
fn the_json_is_the_contract() {
    let tables = tables(
        r#"hit = "first"
[inputs.t]
type = "duration"
[inputs.lost]
type = "money"
[[rule]]
id = "long"
when = { t = ">= 30m", lost = "> 10 MXN" }
then = { n = 12345678901234567890.12, pay = "x" }
"#,
    );
    let facts = facts_from_json(Source::new("f", r#"{"t":"PT39M"}"#), &tables).unwrap();
    assert_eq!(
        decide(&tables[0], &facts).to_json(&facts),
        r#"{"schema":1,"table":"t","hit":"first","status":"open","matched":[],"decided_by":[],"output":null,"possible":[{"output":{"n":12345678901234567890.12,"pay":"x"},"needs":["lost"]}],"trace":[{"rule":"long","held":null,"cells":[{"input":"t","value":"39m","test":">= 30m","held":true},{"input":"lost","value":null,"test":"> 10.00 MXN","held":null}]}]}"#
    );
}

#[test]
fn facts_files_say_what_is_wrong_and_where() {
    let tables = amounts("collect-sum");
    let read = |text: &str| facts_from_json(Source::new("f.json", text), &tables);
    let error = read("{\"other\": 1,\n \"n\": \"x\"}").unwrap_err().0.remove(0);
    assert_eq!(error.place.unwrap().line, 2);
    assert!(read("[]").is_err());
    assert!(read("{\"n\": 1").is_err());
    assert!(read("{\"n\": 1, \"n\": 2}").is_err());
    assert!(read("{\"n\": 1.5}").is_err());
    assert_eq!(
        read("{\"schema\":1,\"facts\":{\"n\": 7}}").unwrap().value("n"),
        Some(&Value::integer(7))
    );
}
