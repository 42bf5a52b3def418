//! Decisions from facts of which some are not known.

use super::*;

#[test]
fn unknown_facts_are_three_valued() {
    let tables = tables(
        r#"hit = "first"
[inputs.a]
type = "percent"
[inputs.b]
type = "integer"
[[rule]]
id = "top"
when = { a = ">= 50%" }
then = { s = "X" }
[[rule]]
id = "mid"
when = { b = ">= 5" }
then = { s = "Y" }
[[rule]]
id = "rest"
then = { s = "Z" }
"#,
    );
    let open = told(&tables, "{}");
    assert_eq!(open.0, "open");
    assert_eq!(open.1, ["rest"]);
    assert_eq!(open.3, r#"{"s":"Z"}"#);
    let decision = decide(&tables[0], &FactSet::new());
    let outlook = decision.possible();
    assert_eq!(outlook.outcomes[0].needs, [0]);
    assert_eq!(outlook.outcomes[0].once, "a >= 50%");
    assert_eq!(outlook.outcomes[1].needs, [0, 1]);
    assert_eq!(outlook.outcomes[1].once, "a < 50%, b >= 5");
    assert!(outlook.current_reachable && !outlook.approximate);
    let open: Vec<(&str, usize)> =
        decision.open_rules().iter().map(|(rule, left)| (rule.id.as_str(), left.len())).collect();
    assert_eq!(open, [("top", 1), ("mid", 1)]);
    // What stands behind a rule that holds for certain can make nothing.
    let mut known = FactSet::new();
    known.set("b", Value::integer(9));
    let sure = decide(&tables[0], &known);
    assert_eq!(sure.open_rules().iter().map(|(rule, _)| &rule.id).collect::<Vec<_>>(), ["top"]);
    // A fact that no longer matters is not needed.
    assert_eq!(told(&tables, r#"{"a": "75%"}"#).0, "decided");
    assert_eq!(told(&tables, r#"{"a": "7%", "b": null}"#).0, "open");
}

#[test]
fn decided_when_every_completion_agrees() {
    let tables = tables(
        r#"hit = "unique"
[inputs.a]
type = "integer"
[[rule]]
id = "low"
when = { a = "<= 5" }
then = { s = 1 }
[[rule]]
id = "high"
when = { a = ">= 6" }
then = { s = 1 }
"#,
    );
    let found = told(&tables, "{}");
    assert_eq!(found, ("decided".into(), vec![], vec![], r#"{"s":1}"#.into()));
}

#[test]
fn null_holds_when_the_fact_is_unknown_and_is_never_open() {
    let tables = tables(
        r#"hit = "unique"
[inputs.a]
type = "integer"
[[rule]]
id = "unknown"
when = { a = "null" }
then = { s = "u" }
[[rule]]
id = "five"
when = { a = "5" }
then = { s = "f" }
[[rule]]
id = "other"
when = { a = "not(5)" }
then = { s = "o" }
"#,
    );
    for (facts, id) in [("{}", "unknown"), (r#"{"a":5}"#, "five"), (r#"{"a":6}"#, "other")] {
        let found = told(&tables, facts);
        assert_eq!((found.0.as_str(), found.1), ("decided", vec![id.to_owned()]), "{facts}");
    }
}

#[test]
fn open_decisions_are_passed_on_as_alternatives() {
    let tables = tables(
        r#"
[tables.level]
hit = "first"
[tables.level.inputs.a]
type = "integer"
[tables.level.inputs.b]
type = "boolean"
[[tables.level.rule]]
id = "b"
when = { b = true }
then = { level = "high" }
[[tables.level.rule]]
id = "a"
when = { a = "> 5" }
then = { level = "middle" }
[[tables.level.rule]]
id = "rest"
then = { level = "low" }
[tables.urgent]
hit = "unique"
[[tables.urgent.rule]]
id = "yes"
when = { level = "high, middle" }
then = { urgent = true }
[[tables.urgent.rule]]
id = "no"
when = { level = "low" }
then = { urgent = false }
"#,
    );
    assert_eq!(told(&tables, r#"{"a": 9}"#).0, "decided");
    assert_eq!(told(&tables, r#"{"a": 9}"#).3, r#"{"urgent":true}"#);
    assert_eq!(told(&tables, r#"{"a": 1}"#).0, "open");
}

#[test]
fn an_upstream_table_without_a_match_gives_no_value() {
    let tables = tables(
        r#"
[tables.share]
hit = "first"
[tables.share.inputs.a]
type = "integer"
[[tables.share.rule]]
id = "r"
when = { a = "> 5" }
then = { share_level = "SEV1" }
[tables.all]
hit = "first"
[[tables.all.rule]]
id = "one"
when = { share_level = "SEV1" }
then = { measured = "SEV1" }
"#,
    );
    assert_eq!(told(&tables, r#"{"a": 1}"#).0, "no-match");
    assert_eq!(told(&tables, r#"{"a": 7}"#).0, "decided");
    assert_eq!(told(&tables, "{}").0, "open");
}

#[test]
fn what_cannot_occur_is_no_completion() {
    let tables = tables(
        r#"hit = "first"
[inputs.affected]
type = "integer"
min = 0
[inputs.tried]
type = "integer"
min = 0
[[rule]]
id = "none"
when = { tried = "0" }
then = { s = "nobody" }
[[rule]]
id = "some"
when = { affected = "> 0" }
then = { s = "some" }
[[rule]]
id = "ok"
then = { s = "ok" }
[[impossible]]
when = { affected = "> 0", tried = "0" }
why = "who did not try is not affected"
"#,
    );
    assert_eq!(told(&tables, r#"{"affected": 3}"#).0, "decided");
    assert_eq!(told(&tables, r#"{"affected": 3}"#).3, r#"{"s":"some"}"#);
    let mut facts = FactSet::new();
    facts.set("affected", Value::integer(3));
    facts.set("tried", Value::integer(0));
    assert!(decide(&tables[0], &facts).impossible().is_some());
}

#[test]
fn an_open_collection_has_bounded_outcomes() {
    let mut text = String::from("hit = \"collect\"\n");
    for i in 0..40 {
        text.push_str(&format!("[inputs.i{i}]\ntype = \"boolean\"\n"));
    }
    for i in 0..40 {
        text.push_str(&format!(
            "[[rule]]\nid = \"r{i}\"\nwhen = {{ i{i} = true }}\nthen = {{ x = {i} }}\n"
        ));
    }
    let tables = tables(&text);
    let decision = decide(&tables[0], &FactSet::new());
    assert_eq!(decision.status(), Status::Open);
    let outlook = decision.possible();
    assert_eq!(outlook.outcomes.len(), MAX_OUTCOMES);
    assert!(outlook.approximate && outlook.more == 24, "{}", outlook.more);
    assert_eq!(outlook.outcomes[0].needs, [0]);
}
