//! Proof and decision against every point of small random tables.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;

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
    filled(FactSet::new(), point)
}

fn filled(mut facts: FactSet, point: &[Option<Value>]) -> FactSet {
    for (name, value) in INPUTS.iter().zip(point) {
        if let Some(value) = value {
            facts.set(name, value.clone());
        }
    }
    facts
}

/// Facts that numbers find, in another order than the tables' inputs.
fn numbered(point: &[Option<Value>]) -> FactSet {
    let names = Names::new(["e", "other", "w", "l", "n"]);
    filled(FactSet::of(Arc::new(names)), point)
}

proptest! {
    #[test]
    fn every_way_of_deciding_gives_the_same_answer(
        rules in any_rules(),
        hit in proptest::sample::select(Hit::ALL.to_vec()),
        points in proptest::collection::vec(any::<proptest::sample::Index>(), 12),
        unknown in 0_usize..16,
    ) {
        let text = format!("hit = \"{}\"\n{rules}", hit.name());
        let Some(mut plain) = loaded(&text) else { return Ok(()) };
        let mut fast = plain.clone();
        plain.plan.shortlist = None;
        let values = values(&plain);
        for index in points {
            let mut point: Vec<Option<Value>> =
                values.iter().map(|own| own[index.index(own.len())].clone()).collect();
            for (input, value) in point.iter_mut().enumerate() {
                *value = value.take().filter(|_| unknown & (1 << input) == 0);
            }
            let (named, numbered) = (facts(&point), numbered(&point));
            let told = |decision: &Decision<'_>| {
                let known: Vec<_> = (0..2).map(|output| decision.fact(output)).collect();
                (decision.to_json(&named), format!("{known:?}"))
            };
            let expected = told(&decide(&plain, &named));
            prop_assert_eq!(&told(&decide(&fast, &named)), &expected, "{}", text);
            fast.number(numbered.names());
            prop_assert_eq!(&told(&decide(&fast, &numbered)), &expected, "{}", text);
            for (input, name) in INPUTS.iter().enumerate() {
                let known = point[input].clone().map_or(Known::Unknown, Known::Is);
                let mut without = point.clone();
                without[input] = None;
                let (place, without) = (fast.input(name).unwrap(), facts(&without));
                let asked = decide_asked(&fast, &without, &[(*name, known.clone())]);
                prop_assert_eq!(&told(&asked), &expected, "{}", text);
                for each in decide_each(&fast, &without, place, &[known.clone(), known]) {
                    prop_assert_eq!(&told(&each), &expected, "{}", text);
                }
            }
        }
    }
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
