use proptest::prelude::*;

use super::*;
use crate::decision::{Answer, FactSet, NoFacts, Status, Table, Type, Value, decide, load};
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
    assert!(looser(&company, &vertical(">= 10%", "SEV1")).is_empty());
    assert!(looser(&company, &vertical("< 25%", "SEV2")).is_empty());
    assert!(looser(&company, &vertical("< 5%", "SEV3")).is_empty());
    let found = looser(&company, &vertical(">= 10%", "SEV2"));
    assert_eq!(
        found[0].message,
        "rule cards gives severity SEV2 where rule quarter of t gives SEV1: share >= 25%, cards = true"
    );
    assert_eq!(found.len(), 1);
}

/// A cell's test of one of the four inputs, as text.
fn cell(input: usize) -> BoxedStrategy<Option<String>> {
    let int = 0_i64..5;
    let number = prop_oneof![
        int.clone().prop_map(|a| format!("< {a}.5")),
        int.clone().prop_map(|a| format!(">= {a}")),
        (int.clone(), 1_i64..3).prop_map(|(a, d)| format!("({a}..{}]", a + d)),
        (int.clone(), int.clone()).prop_map(|(a, b)| format!("{a}, {b}")),
        int.clone().prop_map(|a| format!("not({a})")),
        Just("null".to_owned()),
    ];
    let whole = prop_oneof![
        int.clone().prop_map(|a| format!("<= {a}")),
        int.clone().prop_map(|a| format!("> {}", a - 1)),
        (int.clone(), 0_i64..3).prop_map(|(a, d)| format!("[{a}..{}]", a + d)),
        (int.clone(), int).prop_map(|(a, b)| format!("not({a}, {b})")),
    ];
    let name = prop_oneof![Just("a"), Just("b"), Just("c")];
    let names = prop_oneof![
        name.clone().prop_map(str::to_owned),
        name.clone().prop_map(|n| format!("{n}+")),
        name.clone().prop_map(|n| format!("not({n})")),
    ];
    let item = prop_oneof![Just("x"), Just("y")];
    let list = prop_oneof![
        item.clone().prop_map(str::to_owned),
        Just("x, y".to_owned()),
        item.clone().prop_map(|n| format!("not({n})")),
        item.clone().prop_map(|n| format!("all({n})")),
        item.prop_map(|n| format!("all(not({n}))")),
        Just("null".to_owned()),
    ];
    match input {
        0 => proptest::option::weighted(0.5, number).boxed(),
        1 => proptest::option::weighted(0.5, whole).boxed(),
        2 => proptest::option::weighted(0.5, names).boxed(),
        _ => proptest::option::weighted(0.3, list).boxed(),
    }
}

const INPUTS: [&str; 4] = ["n", "w", "e", "l"];

/// The text of a random table, without its policy.
fn any_rules() -> impl Strategy<Value = String> {
    let rule = (cell(0), cell(1), cell(2), cell(3), 0_u8..4);
    let when = |cells: [Option<String>; 4]| {
        let parts: Vec<String> = INPUTS
            .iter()
            .zip(cells)
            .filter_map(|(n, c)| c.map(|c| format!("{n} = \"{c}\"")))
            .collect();
        format!("{{ {} }}", parts.join(", "))
    };
    let never = (cell(0), cell(1), cell(2));
    (proptest::collection::vec(rule, 1..7), proptest::option::of(never)).prop_map(
        move |(rules, impossible)| {
            let mut text = String::from(
                "complete = true\n[outputs.x]\nvalues = [\"p\", \"q\", \"r\", \"s\"]\n\
                 [inputs.n]\ntype = \"number\"\n[inputs.w]\ntype = \"integer\"\nmin = 0\nmax = 4\n\
                 [inputs.e]\nvalues = [\"a\", \"b\", \"c\"]\n[inputs.l]\ntype = \"list of text\"\n",
            );
            for (i, (n, w, e, l, out)) in rules.into_iter().enumerate() {
                let then = ["p", "q", "r", "s"][out as usize];
                let when = when([n, w, e, l]);
                text.push_str(&format!(
                    "[[rule]]\nid = \"r{i}\"\nwhen = {when}\nthen = {{ x = \"{then}\", y = {out} }}\n"
                ));
            }
            if let Some((n, w, e)) = impossible
                && [&n, &w, &e].into_iter().any(Option::is_some)
            {
                let when = when([n, w, e, None]);
                text.push_str(&format!("[[impossible]]\nwhen = {when}\n"));
            }
            text
        },
    )
}

fn loaded(text: &str) -> Option<Table> {
    // A random test may be one that no value passes, which loading refuses.
    load(Source::new("t.toml", text), "t", &NoFacts).ok().map(|mut l| l.tables.remove(0))
}

/// For each input the values that stand for all: every edge and a value between.
fn values(table: &Table) -> Vec<Vec<Option<Value>>> {
    let numbers = (-4..28).map(|n| Some(Value::Number(Decimal::new(n * 25, 2))));
    let wholes = (0..5_i64).map(|n| Some(Value::integer(n)));
    let names = ["a", "b", "c"].map(|n| Some(Value::text(n)));
    let lists: Vec<Option<Value>> =
        [&[][..], &["x"], &["y"], &["z"], &["x", "y"], &["x", "z"], &["y", "z"], &["x", "y", "z"]]
            .iter()
            .map(|l| Some(Value::texts(l.iter().copied())))
            .collect();
    let mut all = vec![numbers.collect(), wholes.collect(), names.to_vec(), lists];
    for (i, name) in INPUTS.iter().enumerate() {
        let input = table.input(name).unwrap();
        if table.plan.inputs[input].asks_null {
            let own: &mut Vec<Option<Value>> = &mut all[i];
            own.push(None);
        }
    }
    all
}

fn points(values: &[Vec<Option<Value>>]) -> Vec<Vec<Option<Value>>> {
    values.iter().fold(vec![Vec::new()], |points, values| {
        let extend = |point: &Vec<Option<Value>>| {
            values.iter().map(|v| point.iter().cloned().chain([v.clone()]).collect()).collect()
        };
        points
            .iter()
            .flat_map(|p: &Vec<Option<Value>>| -> Vec<Vec<Option<Value>>> { extend(p) })
            .collect()
    })
}

fn facts(point: &[Option<Value>]) -> FactSet {
    let mut facts = FactSet::new();
    for (name, value) in INPUTS.iter().zip(point) {
        if let Some(value) = value {
            facts.set(*name, value.clone());
        }
    }
    facts
}

proptest! {
    // Each case looks at thousands of points; `PROPTEST_CASES` still asks for more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 8))]

    #[test]
    fn the_proof_agrees_with_every_point(rules in any_rules()) {
        let Some(table) = loaded(&format!("hit = \"first\"\n{rules}")) else { return Ok(()) };
        let proof = prove(&table);
        prop_assert!(proof.proved && proof.more == 0);
        let mut decisive = vec![false; table.rules.len()];
        let mut together = std::collections::BTreeSet::new();
        for point in points(&values(&table)) {
            let decision = decide(&table, &facts(&point));
            let matched: Vec<String> = decision.matched().map(|r| r.id.clone()).collect();
            let gap = proof.gaps.iter().any(|g| g.covers(&decision.start));
            if decision.impossible().is_some() {
                prop_assert!(!gap || matched.is_empty());
                continue;
            }
            prop_assert_eq!(gap, matched.is_empty(), "{:?}\n{}", point, rules);
            if let Some(first) = matched.first() {
                decisive[table.rules.iter().position(|r| r.id == *first).unwrap()] = true;
            }
            for (i, a) in matched.iter().enumerate() {
                for b in &matched[i + 1..] {
                    together.insert((a.clone(), b.clone()));
                }
            }
        }
        let pairs = |code: &str| -> std::collections::BTreeSet<(String, String)> {
            let all = proof.findings.iter().chain(&proof.overlaps).filter(|f| f.code == code);
            all.map(|f| (f.rules[0].clone(), f.rules[1].clone())).collect()
        };
        let (found, same) = (pairs("overlap"), pairs("duplicate-rule"));
        let missing: Vec<_> =
            together.difference(&found).filter(|pair| !same.contains(*pair)).collect();
        prop_assert!(missing.is_empty(), "{missing:?}\n{rules}");
        prop_assert!(found.is_subset(&together), "{found:?} {together:?}\n{rules}");
        for (i, rule) in table.rules.iter().enumerate() {
            let named = proof.findings.iter().any(|f| {
                matches!(f.code, "masked-rule" | "duplicate-rule")
                    && f.rules.last() == Some(&rule.id)
            });
            prop_assert_eq!(named, !decisive[i], "{}\n{}", rule.id, rules);
        }
    }

    #[test]
    fn decided_is_what_every_completion_gives(
        rules in any_rules(),
        hit in proptest::sample::select(Hit::ALL.to_vec()),
        distinct in any::<bool>(),
        unknown in proptest::collection::vec(any::<bool>(), 4),
        pick in proptest::collection::vec(any::<u32>(), 4),
    ) {
        // Totals need a number: the text output is left out.
        let rules = match hit {
            Hit::CollectSum | Hit::CollectMin | Hit::CollectMax => {
                let mut rules = rules.replace("[outputs.x]\nvalues = [\"p\", \"q\", \"r\", \"s\"]\n", "");
                for name in ["p", "q", "r", "s"] {
                    rules = rules.replace(&format!("x = \"{name}\", "), "");
                }
                rules
            }
            _ => rules,
        };
        let text = format!("hit = \"{}\"\ndistinct = {distinct}\n{rules}", hit.name());
        let Some(table) = loaded(&text) else { return Ok(()) };
        let values = values(&table);
        let known: Vec<Vec<Option<Value>>> = values
            .iter()
            .enumerate()
            .map(|(i, all)| {
                // Where `null` is asked, unknown is a value and not a question.
                match unknown[i] {
                    true if all.contains(&None) => vec![None],
                    true => all.clone(),
                    false => vec![all[pick[i] as usize % all.len()].clone()],
                }
            })
            .collect();
        let asked: Vec<Option<Value>> =
            known.iter().map(|k| if k.len() == 1 { k[0].clone() } else { None }).collect();
        let decision = decide(&table, &facts(&asked));
        let key = |d: &crate::decision::Decision<'_>| {
            let mut output = d.output();
            if let (Hit::Collect, Answer::Many(entries)) = (hit, &mut output) {
                entries.sort_by_key(|e| format!("{e:?}"));
            }
            (d.status(), format!("{output:?}"))
        };
        let mut seen = std::collections::BTreeSet::new();
        let mut outputs = Vec::new();
        for point in points(&known) {
            let complete = decide(&table, &facts(&point));
            prop_assert_ne!(complete.status(), Status::Open);
            if known.iter().any(|k| k.len() > 1) && complete.impossible().is_some() {
                continue;
            }
            let (status, output) = key(&complete);
            if seen.insert((status.name(), output.clone())) {
                outputs.push((status, output));
            }
        }
        match outputs.as_slice() {
            [] => {}
            [one] => prop_assert_eq!(&key(&decision), one, "{}\n{:?}", text, asked),
            several => {
                prop_assert_eq!(decision.status(), Status::Open, "{}\n{:?}", text, asked);
                if hit != Hit::CollectSum {
                    let outlook = decision.possible();
                    let listed = outlook.outcomes.len() + outlook.more
                        + usize::from(outlook.current_reachable);
                    prop_assert_eq!(listed, several.len(), "{}\n{:?}", text, asked);
                }
            }
        }
    }
}

#[test]
fn type_of_an_input_is_known() {
    let table = table(
        "hit = \"first\"\n[inputs.a]\ntype = \"list of date\"\n[[rule]]\nid = \"r\"\nthen = { x = 1 }\n",
    );
    assert_eq!(table.inputs[0].ty, Type::List(Box::new(Type::Date)));
    assert!(prove(&table).holds());
}
