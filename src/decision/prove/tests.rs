mod every_type;
mod properties;

use super::*;
use crate::decision::{
    Answer, Decision, FactSet, Hit, Known, Names, NoFacts, Output, Status, Table, Type, Value,
    decide, decide_asked, decide_each, load,
};
use crate::units::Decimal;

fn table(text: &str) -> Table {
    let loaded = load(Source::new("t.toml", text), "t", &NoFacts);
    loaded.unwrap_or_else(|e| panic!("{e}\n{text}")).tables.remove(0)
}

fn messages(text: &str) -> Vec<String> {
    prove(&table(text)).findings.into_iter().map(|f| f.message).collect()
}

#[test]
fn a_gap_is_a_readable_box() {
    let text = r#"hit = "first"
complete = true
[inputs.customers_affected_percent]
type = "percent"
min = "0%"
max = "100%"
[inputs.lost_value]
type = "money"
min = "0 MXN"
[[rule]]
id = "many"
when = { customers_affected_percent = ">= 5%" }
then = { s = 1 }
[[rule]]
id = "few"
when = { customers_affected_percent = "< 1%" }
then = { s = 2 }
[[rule]]
id = "cheap"
when = { lost_value = "<= 500000 MXN" }
then = { s = 3 }
"#;
    assert_eq!(
        messages(text),
        ["no rule for: customers_affected_percent in [1%..5%), lost_value > 500000.00 MXN"]
    );
}

#[test]
fn neighbours_of_discrete_types_leave_no_gap() {
    let rules = |ty: &str, a: &str, b: &str| {
        format!(
            "hit = \"unique\"\ncomplete = true\n[inputs.n]\ntype = \"{ty}\"\n[[rule]]\nid = \"a\"\n\
             when = {{ n = \"{a}\" }}\nthen = {{ x = 1 }}\n[[rule]]\nid = \"b\"\n\
             when = {{ n = \"{b}\" }}\nthen = {{ x = 2 }}\n"
        )
    };
    assert!(messages(&rules("integer", "<= 5", ">= 6")).is_empty());
    assert!(messages(&rules("money", "<= 5.00 MXN", ">= 5.01 MXN")).is_empty());
    assert!(messages(&rules("duration", "<= 5m", ">= 5m1s")).is_empty());
    assert!(messages(&rules("date", "<= 2026-11-21", ">= 2026-11-22")).is_empty());
    assert_eq!(messages(&rules("number", "<= 5", ">= 6")), ["no rule for: n in (5..6)"]);
    assert_eq!(messages(&rules("percent", "<= 5%", ">= 6%")), ["no rule for: n in (5%..6%)"]);
    assert_eq!(messages(&rules("integer", "< 5", "> 5")), ["no rule for: n = 5"]);
    assert_eq!(messages(&rules("integer", "<= 5", ">= 7")), ["no rule for: n = 6"]);
    assert_eq!(messages(&rules("integer", "<= 5", ">= 8")), ["no rule for: n in (5..8)"]);
    assert_eq!(messages(&rules("integer", "<= 5", ">= 5")), ["rules a and b both hold for: n = 5"]);
    assert_eq!(
        messages(&rules("text", "a, b", "not(b, c)")),
        ["no rule for: n = c", "rules a and b both hold for: n = a"]
    );
    assert_eq!(messages(&rules("boolean", "true", "not(true, false)")).len(), 3);
}

#[test]
fn lists_and_null_have_words_of_their_own() {
    let text = r#"hit = "first"
complete = true
[inputs.v]
type = "list of text"
[inputs.n]
type = "integer"
[[rule]]
id = "a"
when = { v = "cards", n = "not(null)" }
then = { x = 1 }
[[rule]]
id = "b"
when = { v = "payments, credit" }
then = { x = 2 }
[[rule]]
id = "c"
when = { v = "all(not(cards))" }
then = { x = 3 }
"#;
    assert_eq!(
        messages(text),
        [
            "no rule for: v empty",
            "no rule for: v has cards and without credit or payments, n unknown"
        ]
    );
}

#[test]
fn between_neighbours_there_is_no_element_of_a_list() {
    let rules = |ty: &str, a: &str, b: &str| {
        format!(
            "hit = \"unique\"\ncomplete = true\n[inputs.l]\ntype = \"list of {ty}\"\n[[rule]]\n\
             id = \"a\"\nwhen = {{ l = \"not(<= {a}, > {b})\" }}\nthen = {{ x = 1 }}\n[[rule]]\n\
             id = \"b\"\nwhen = {{ l = \"all(not({b}))\" }}\nthen = {{ x = 2 }}\n"
        )
    };
    // The first holds for lists of nothing but `b`, the second for lists without it.
    assert_eq!(
        messages(&rules("integer", "1", "2")),
        ["no rule for: l has < 1 or 1 or > 2 and has 2"]
    );
    assert_eq!(
        messages(&rules("date", "2026-11-20", "2026-11-21")),
        ["no rule for: l has < 2026-11-20 or 2026-11-20 or > 2026-11-21 and has 2026-11-21"]
    );
    // Between two numbers there is a third.
    assert_eq!(messages(&rules("number", "1", "2")).len(), 2);
}

#[test]
fn what_cannot_occur_is_no_gap() {
    let text = r#"hit = "unique"
complete = true
[inputs.affected]
type = "integer"
min = 0
[inputs.tried]
type = "integer"
min = 0
[[rule]]
id = "nobody"
when = { tried = 0, affected = 0 }
then = { x = 1 }
[[rule]]
id = "some"
when = { tried = "> 0" }
then = { x = 2 }
"#;
    assert_eq!(messages(text), ["no rule for: affected > 0, tried = 0"]);
    let with = format!(
        "{text}[[impossible]]\nwhen = {{ affected = \"> 0\", tried = 0 }}\nwhy = \"who did not try\"\n"
    );
    assert!(messages(&with).is_empty());
}

#[test]
fn rules_that_cannot_decide_are_named() {
    let text = r#"hit = "first"
[inputs.n]
type = "integer"
min = 0
[[rule]]
id = "small"
when = { n = "< 10" }
then = { x = 1 }
[[rule]]
id = "large"
when = { n = ">= 8" }
then = { x = 2 }
[[rule]]
id = "masked"
when = { n = "[5..20]" }
then = { x = 3 }
[[rule]]
id = "again"
when = { n = "< 10" }
then = { x = 1 }
[[rule]]
id = "always"
when = { n = ">= 0" }
then = { x = 4 }
"#;
    assert_eq!(
        messages(text),
        [
            "rules small and again ask and give the same",
            "rule masked can never decide: small, large come first wherever it holds",
            "rule always can never decide: small, large, masked come first wherever it holds",
            "every value of `n` passes `>= 0` of rule always",
        ]
    );
    let overlaps = prove(&table(text)).overlaps;
    assert_eq!(overlaps[0].message, "rules small and large both hold for: n in [8..10)");
}

#[test]
fn the_json_has_the_box_by_input() {
    let text = "hit = \"unique\"\ncomplete = true\n[inputs.n]\ntype = \"boolean\"\n[[rule]]\n\
                id = \"a\"\nwhen = { n = true }\nthen = { x = 1 }\n";
    assert_eq!(
        prove(&table(text)).to_json(),
        r#"{"table":"t","proved":true,"boxes":3,"findings":[{"code":"gap","level":"error","message":"no rule for: n = false","rules":[],"box":[{"input":"n","is":"= false"}]}],"overlaps":[],"more":0}"#
    );
}

#[test]
fn a_proof_that_would_explode_stops() {
    // Each rule leaves out one thing of twenty-six inputs: the gap's complement has no few boxes.
    let mut text = String::from("hit = \"collect\"\ncomplete = true\n");
    for i in 0..26 {
        text.push_str(&format!("[inputs.i{i}]\ntype = \"integer\"\nmin = 0\nmax = 9\n"));
    }
    for r in 0..400_u64 {
        let mut when = Vec::new();
        for i in 0..26_u64 {
            let mixed = (r + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(i as u32 * 5 + 3);
            if mixed % 5 == 0 {
                when.push(format!("i{i} = \"not({})\"", mixed / 7 % 10));
            }
        }
        when.push(format!("i0 = \"{}\"", r % 10));
        when.dedup_by_key(|w| w.split(' ').next().map(str::to_owned));
        when.retain(|w| !w.starts_with("i0 = \"not"));
        text.push_str(&format!(
            "[[rule]]\nid = \"r{r}\"\nwhen = {{ {} }}\nthen = {{ x = {r} }}\n",
            when.join(", ")
        ));
    }
    let proof = prove(&table(&text));
    assert!(proof.boxes <= cover::MAX_CELLS);
    assert_eq!(proof.proved, !proof.findings.iter().any(|f| f.code == "unproved"));
}

#[test]
fn a_table_that_may_only_tighten_is_not_looser() {
    let company = table(
        r#"hit = "first"
[outputs.severity]
values = ["SEV1", "SEV2", "SEV3"]
stricter = "first"
[inputs.share]
type = "percent"
min = "0%"
[[rule]]
id = "quarter"
when = { share = ">= 25%" }
then = { severity = "SEV1" }
[[rule]]
id = "some"
when = { share = ">= 5%" }
then = { severity = "SEV2" }
"#,
    );
    let vertical = |share: &str, level: &str| {
        table(&format!(
            "hit = \"first\"\n[inputs.share]\ntype = \"percent\"\nmin = \"0%\"\n[inputs.cards]\n\
             type = \"boolean\"\n[[rule]]\nid = \"cards\"\nwhen = {{ share = \"{share}\", cards = true }}\n\
             then = {{ severity = \"{level}\" }}\n"
        ))
    };
    assert!(looser(&company, &vertical(">= 10%", "SEV1"), &Output::is_stricter).is_empty());
    assert!(looser(&company, &vertical("< 25%", "SEV2"), &Output::is_stricter).is_empty());
    assert!(looser(&company, &vertical("< 5%", "SEV3"), &Output::is_stricter).is_empty());
    let found = looser(&company, &vertical(">= 10%", "SEV2"), &Output::is_stricter);
    assert_eq!(
        found[0].message,
        "rule cards gives severity SEV2 where rule quarter of t gives SEV1: share >= 25%, cards = true"
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn type_of_an_input_is_known() {
    let table = table(
        "hit = \"first\"\n[inputs.a]\ntype = \"list of date\"\n[[rule]]\nid = \"r\"\nthen = { x = 1 }\n",
    );
    assert_eq!(table.inputs[0].ty, Type::List(Box::new(Type::Date)));
    assert!(prove(&table).holds());
}

#[test]
fn wide_lists_and_long_tables_end() {
    // A thousand words in one list's tests: a thousand yes/no questions.
    let mut text =
        String::from("hit = \"unique\"\ncomplete = true\n[inputs.l]\ntype = \"list of text\"\n");
    for r in 0..1_000 {
        text.push_str(&format!(
            "[[rule]]\nid = \"r{r}\"\nwhen = {{ l = \"w{r}, w{}\" }}\nthen = {{ x = {r} }}\n",
            (r * 7 + 1) % 1_000
        ));
    }
    let started = std::time::Instant::now();
    let proof = prove(&table(&text));
    assert!(proof.findings.iter().any(|f| f.code == "overlap"));
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
