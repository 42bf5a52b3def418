//! `inc decide`: tables and facts of one's own, without a workspace.

use crate::common::{Computer, Ran};

const DISCOUNT: &str = r#"title = "Discount"
hit = "first"

[inputs.customer]
values = ["gold", "silver", "new"]

[inputs.amount]
type = "money"
min = "0 EUR"

[inputs.tags]
type = "list of text"

[outputs.discount]
type = "money"

[[rule]]
id = "gold-large"
when = { customer = "gold", amount = ">= 1000.00 EUR" }
then = { discount = "250.00 EUR" }
why = "Large orders of gold customers."

[[rule]]
id = "campaign"
when = { tags = "campaign, launch" }
then = { discount = "20 EUR" }

[[rule]]
id = "silver"
when = { customer = "silver" }
then = { discount = "5.50 EUR" }
"#;

/// A table, facts on stdin; the answer as JSON.
fn decide(c: &Computer, table: &str, facts: &str) -> Ran {
    c.write("table.toml", table);
    let line = "decide table.toml --facts - --format json";
    c.inc_with(&crate::common::split(line), facts.as_bytes())
}

#[test]
fn the_answer_has_every_member_that_is_documented() {
    let c = Computer::empty();
    let facts = r#"{ "customer": "gold", "amount": "1000.00 EUR", "tags": ["vip"] }"#;
    let ran = decide(&c, DISCOUNT, facts).exits(0);
    assert_eq!(
        ran.stdout.trim_end(),
        r#"{"schema":1,"table":"table","hit":"first","status":"decided","matched":["gold-large"],"decided_by":["gold-large"],"output":{"discount":"250.00 EUR"},"possible":[],"trace":[{"rule":"gold-large","held":true,"cells":[{"input":"customer","value":"gold","test":"gold","held":true},{"input":"amount","value":"1000.00 EUR","test":">= 1000.00 EUR","held":true}]},{"rule":"campaign","held":false,"cells":[{"input":"tags","value":["vip"],"test":"campaign, launch","held":false}]},{"rule":"silver","held":false,"cells":[{"input":"customer","value":"gold","test":"silver","held":false}]}]}"#
    );
    // The facts may lie in a file, and people get lines and a table.
    c.write("facts.json", facts);
    c.inc("decide table.toml --facts facts.json")
        .exits(0)
        .prints("discount = 250.00 EUR")
        .prints("by gold-large: Large orders of gold customers.")
        .prints("gold ✓ gold");
}

#[test]
fn open_no_match_and_conflict_have_their_exit_codes() {
    let c = Computer::empty();
    // Null and absent are unknown, not false.
    let ran = decide(&c, DISCOUNT, r#"{ "customer": "silver", "tags": null }"#).exits(1);
    let told = ran.json();
    assert_eq!(told["status"], "open");
    assert_eq!(told["output"]["discount"], "5.50 EUR");
    assert_eq!(told["possible"][0]["output"]["discount"], "20.00 EUR");
    assert_eq!(told["possible"][0]["needs"], serde_json::json!(["tags"]));
    assert_eq!(told["trace"][1]["held"], serde_json::Value::Null);
    assert_eq!(told["trace"][1]["cells"][0]["value"], serde_json::Value::Null);
    // A list that is known to be empty holds nothing.
    decide(&c, DISCOUNT, r#"{ "customer": "silver", "tags": [] }"#).exits(0);
    let none = decide(&c, DISCOUNT, r#"{ "customer": "new", "tags": [] }"#).exits(1).json();
    assert_eq!((&none["status"], &none["output"]), (&"no-match".into(), &().into()));
    let twice = "hit = \"unique\"\n[inputs.n]\ntype = \"integer\"\n[[rule]]\nid = \"a\"\n\
                 when = { n = \"> 1\" }\nthen = { x = 1 }\n[[rule]]\nid = \"b\"\n\
                 when = { n = \"> 2\" }\nthen = { x = 2 }\n";
    let conflict = decide(&c, twice, r#"{ "n": 3 }"#).exits(2).json();
    assert_eq!(conflict["status"], "conflict");
    assert_eq!(conflict["output"], serde_json::Value::Null);
    assert_eq!(conflict["matched"], serde_json::json!(["a", "b"]));
}

#[test]
fn numbers_keep_every_digit_in_rule_facts_and_output() {
    let c = Computer::empty();
    let table = "hit = \"unique\"\n[inputs.n]\ntype = \"number\"\n[[rule]]\nid = \"a\"\n\
                 when = { n = 12345678901234567890.12 }\nthen = { x = 12345678901234567890.12 }\n\
                 [[rule]]\nid = \"b\"\nwhen = { n = \"12345678901234567890.13\" }\nthen = { x = 0.10 }\n";
    let ran = decide(&c, table, "{ \"n\": 12345678901234567890.12 }").exits(0);
    assert!(ran.stdout.contains("\"output\":{\"x\":12345678901234567890.12}"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\"value\":12345678901234567890.12"), "{}", ran.stdout);
    let ran = decide(&c, table, "{ \"n\": 12345678901234567890.13 }").exits(0);
    assert!(ran.stdout.contains("\"output\":{\"x\":0.10}"), "{}", ran.stdout);
    decide(&c, table, "{ \"n\": 12345678901234567890.14 }").exits(1);
}

#[test]
fn every_type_is_read_in_the_records_notation() {
    let c = Computer::empty();
    let one = |ty: &str, test: &str| {
        format!(
            "hit = \"unique\"\n[inputs.n]\ntype = \"{ty}\"\n[[rule]]\nid = \"a\"\n\
             when = {{ n = \"{test}\" }}\nthen = {{ yes = true }}\n"
        )
    };
    for (ty, test, fact) in [
        ("integer", "[3..4)", "3"),
        ("integer", ">= 1000", "1e3"),
        ("number", "]1..2[", "1.5"),
        ("percent", ">= 12.5%", "\"12.5%\""),
        ("money", "12.50 MXN", "\"12.50 MXN\""),
        ("duration", "[90m..2h]", "\"90m\""),
        ("duration", "[90m..2h]", "\"PT1H30M\""),
        ("duration", "1d", "\"PT24H\""),
        ("timestamp", "> 2026-11-21T03:10:00-06:00", "\"2026-11-21T09:10:01Z\""),
        ("date", "2026-11-21", "\"2026-11-21\""),
        ("text", "not(a, b)", "\"c\""),
        ("boolean", "true", "true"),
        ("list of integer", "> 5", "[1, 9]"),
        ("list of text", "not(a)", "[]"),
        ("list of text", "all(a, b)", "[\"a\", \"b\"]"),
        ("list of date", "all(not(2026-11-21))", "[\"2026-11-22\"]"),
        ("text", "null", "null"),
    ] {
        let ran = decide(&c, &one(ty, test), &format!("{{ \"n\": {fact} }}"));
        assert_eq!(ran.code, 0, "{ty} {test} {fact}\n{}{}", ran.stdout, ran.stderr);
    }
    for (ty, fact, says) in [
        ("integer", "1.5", "no whole number"),
        ("integer", "\"15\"", "text is no integer"),
        ("percent", "12.5", "a bare number is no percent"),
        ("money", "12.5", "a bare number is no money"),
        ("money", "\"12.505 MXN\"", "smallest coin"),
        ("money", "\"1,000 MXN\"", "no exact decimal amount"),
        ("duration", "\"soon\"", "soon"),
        ("timestamp", "\"2026-11-21T03:10:00\"", "offset"),
        ("date", "\"21/11/2026\"", "no date"),
        ("boolean", "\"true\"", "text is no boolean"),
        ("list of text", "\"a\"", "no list"),
        ("list of text", "[null]", "null stands in a list"),
        ("list of text", "[[\"a\"]]", "a list is no text"),
        ("number", "1e400", "exactly"),
        ("number", "123456789012345678901234567890.5", "number"),
        ("text", "{}", "no text"),
    ] {
        let ran = decide(&c, &one(ty, "-"), &format!("{{\n \"n\": {fact} }}")).exits(2);
        assert!(ran.stderr.contains(says), "{ty} {fact}: no `{says}` in\n{}", ran.stderr);
        assert!(
            ran.stderr.contains("\"file\":\"-\",\"line\":2,\"column\":7"),
            "{ty} {fact}\n{}",
            ran.stderr
        );
    }
}

#[test]
fn wrong_tables_and_facts_are_told_with_their_place() {
    let c = Computer::empty();
    for (facts, says) in [
        ("", "the facts do not parse"),
        ("[1]", "the facts do not parse"),
        ("{ \"n\": 1", "the facts do not parse"),
        ("{ \"n\": 1,\n \"n\": 2 }", "`n` comes twice"),
        ("{ \"facts\": {\n \"n\": 1, \"n\": 2 } }", "`n` comes twice"),
        ("{ \"n\": NaN }", "the facts do not parse"),
        ("\u{feff}{ \"n\": 1 }", "the facts do not parse"),
    ] {
        let table = "hit = \"unique\"\n[inputs.n]\ntype = \"integer\"\n[[rule]]\nid = \"a\"\n\
                     when = { n = 1 }\nthen = { x = 1 }\n";
        decide(&c, table, facts).exits(2).says(says);
    }
    let twice = "{ \"facts\": {\n \"customer\": \"gold\",\n \"customer\": \"new\" } }";
    decide(&c, DISCOUNT, twice).exits(2).says("\"line\":3");
    decide(&c, DISCOUNT, r#"{ "custmer": "gold" }"#).exits(1).says("did you mean `customer`?");
    for (table, says) in [
        ("", "no `hit`"),
        ("hit = \"frist\"\n", "did you mean `first`?"),
        ("hit = \"first\"\n[inputs.n]\ntype = \"intger\"\n", "did you mean `integer`?"),
        ("hit = \"first\"\n[[rule]]\nid = \"a\"\nwhen = { n = 1 }\nthen = { x = 1 }\n", "`n`"),
        (
            "hit = \"first\"\n[inputs.n]\ntype = \"integer\"\n[[rule]]\nid = \"a\"\n\
             when = { n = \"5%\" }\nthen = { x = 1 }\n[[rule]]\nid = \"a\"\nthen = { x = 2 }\n",
            "table.toml:6",
        ),
        ("hit = \"first\"\nhit = \"any\"\n", "duplicate key"),
        ("hit = \"collect-sum\"\n[[rule]]\nid = \"a\"\nthen = { x = \"b\" }\n", "cannot aggregate"),
    ] {
        c.write("table.toml", table);
        let ran = c.inc_with(&crate::common::split("decide table.toml --facts -"), b"{}").exits(2);
        assert!(ran.stderr.contains(says), "{table}: no `{says}` in\n{}", ran.stderr);
    }
    c.inc("decide no-such.toml --facts -").exits(2).says("no-such.toml");
}

#[test]
fn every_hit_policy_gives_its_own_form_of_output() {
    let c = Computer::empty();
    let table = |hit: &str, also: &str| {
        format!(
            "hit = \"{hit}\"\n{also}[inputs.n]\ntype = \"integer\"\n[[rule]]\nid = \"a\"\n\
             when = {{ n = \"> 1\" }}\nthen = {{ x = 1.50 }}\n[[rule]]\nid = \"b\"\n\
             when = {{ n = \"> 2\" }}\nthen = {{ x = 3 }}\n[[rule]]\nid = \"c\"\n\
             when = {{ n = \"> 3\" }}\nthen = {{ x = 1.50 }}\n"
        )
    };
    let values = "[outputs.x]\ntype = \"number\"\nvalues = [3, 1.5]\n";
    for (hit, also, n, output) in [
        ("unique", "", 2, r#""output":{"x":1.50}"#),
        ("first", "", 4, r#""output":{"x":1.50}"#),
        ("priority", values, 4, r#""output":{"x":3}"#),
        ("rule-order", "", 4, r#""output":[{"x":1.50},{"x":3},{"x":1.50}]"#),
        ("output-order", values, 4, r#""output":[{"x":3},{"x":1.50},{"x":1.50}]"#),
        ("collect", "distinct = true\n", 4, r#""output":[{"x":1.50},{"x":3}]"#),
        ("collect-sum", "", 4, r#""output":{"x":6.00}"#),
        ("collect-min", "", 4, r#""output":{"x":1.50}"#),
        ("collect-max", "", 4, r#""output":{"x":3}"#),
        ("collect-count", "", 4, r#""output":{"x":3}"#),
        ("collect-count", "distinct = true\n", 4, r#""output":{"x":2}"#),
        ("first", "[outputs.x]\ntype = \"number\"\ndefault = 9\n", 0, r#""output":{"x":9}"#),
        ("collect", "", 0, r#""output":null"#),
        ("unique", "", 0, r#""status":"no-match""#),
    ] {
        let ran = decide(&c, &table(hit, also), &format!("{{ \"n\": {n} }}"));
        assert!(ran.stdout.contains(output), "{hit} {also} {n}: no {output} in\n{}", ran.stdout);
    }
}

#[test]
fn hostile_tables_and_facts_end() {
    let c = Computer::empty();
    let started = std::time::Instant::now();
    let deep = format!("{{ \"tags\": {}1{} }}", "[".repeat(100_000), "]".repeat(100_000));
    decide(&c, DISCOUNT, &deep).exits(2);
    let table = format!("hit = {}", "[".repeat(100_000));
    decide(&c, &table, "{}").exits(2);
    // Many rules over many inputs of which nothing is known.
    let mut wide = String::from("hit = \"first\"\n");
    for i in 0..40 {
        wide.push_str(&format!("[inputs.i{i}]\ntype = \"list of integer\"\n"));
    }
    for r in 0..2_000 {
        let (a, b) = (r % 40, (r * 7 + 1) % 40);
        let other = if a == b { String::new() } else { format!(", i{b} = \"not({r})\"") };
        wide.push_str(&format!(
            "[[rule]]\nid = \"r{r}\"\nwhen = {{ i{a} = \"{r}, > {r}\"{other} }}\nthen = {{ x = {r} }}\n"
        ));
    }
    decide(&c, &wide, "{}").exits(1);
    // A list of which every rule asks something about every word that any rule names.
    for (words, code) in [(500, 1), (3_000, 2)] {
        let mut all = String::from("hit = \"collect-sum\"\n[inputs.l]\ntype = \"list of text\"\n");
        for r in 0..words {
            all.push_str(&format!(
                "[[rule]]\nid = \"r{r}\"\nwhen = {{ l = \"all(w{r}, w{})\" }}\nthen = {{ x = {r} }}\n",
                r + 1
            ));
        }
        decide(&c, &all, "{}").exits(code);
    }
    let long = format!("{{ \"customer\": \"{}\" }}", "x".repeat(4_000_000));
    decide(&c, DISCOUNT, &long).exits(2);
    let many: Vec<String> = (0..200_000).map(|i| format!("\"k{i}\": {i}")).collect();
    decide(&c, DISCOUNT, &format!("{{ {} }}", many.join(", "))).exits(1);
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}
