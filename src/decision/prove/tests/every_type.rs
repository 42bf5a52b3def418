//! The prover against brute force over every type: what a test means is said again here, plainly
//! and over values, so that a mistake in the compiled segments shows.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::decision::Hit;
use crate::decision::unary::{Item, Op};

/// A kind of input: its declaration, and its values in order, no value of the type between two
/// neighbours that a test could tell apart.
struct Kind {
    declared: &'static str,
    values: &'static [&'static str],
    /// Places in `values` that tests are written with.
    edges: &'static [usize],
    ordered: bool,
}

const KINDS: [Kind; 9] = [
    Kind {
        declared: "type = \"integer\"\nmin = 0\nmax = 4",
        values: &["0", "1", "2", "3", "4"],
        edges: &[0, 1, 2, 3, 4],
        ordered: true,
    },
    Kind {
        declared: "type = \"number\"",
        values: &["-1", "0", "0.5", "1", "1.000000000000000000001", "2.5", "2.75", "9"],
        edges: &[1, 3, 5],
        ordered: true,
    },
    Kind {
        declared: "type = \"percent\"\nmin = \"0%\"\nmax = \"100%\"",
        values: &["0%", "0.1%", "1%", "3%", "5%", "50%", "100%"],
        edges: &[0, 2, 4, 6],
        ordered: true,
    },
    Kind {
        declared: "type = \"money\"\nmin = \"0 MXN\"",
        values: &["0.00 MXN", "0.01 MXN", "9.99 MXN", "10.00 MXN", "10.01 MXN", "99.00 MXN"],
        edges: &[0, 1, 3],
        ordered: true,
    },
    Kind {
        declared: "type = \"duration\"\nmin = \"0s\"",
        values: &["0s", "1s", "4m59s", "5m", "5m1s", "2d"],
        edges: &[0, 1, 3],
        ordered: true,
    },
    Kind {
        declared: "type = \"date\"",
        values: &["2026-01-01", "2026-11-20", "2026-11-21", "2026-11-22", "2030-01-01"],
        edges: &[1, 2],
        ordered: true,
    },
    Kind {
        declared: "type = \"timestamp\"",
        values: &[
            "2026-11-21T00:00:00Z",
            "2026-11-21T02:59:59-06:00",
            "2026-11-21T03:00:00-06:00",
            "2026-11-21T09:00:01Z",
            "2027-01-01T00:00:00Z",
        ],
        edges: &[1, 2],
        ordered: true,
    },
    Kind {
        declared: "type = \"text\"",
        values: &["a", "b", "c", "never named"],
        edges: &[0, 1, 2],
        ordered: false,
    },
    Kind {
        declared: "type = \"boolean\"",
        values: &["true", "false"],
        edges: &[0, 1],
        ordered: false,
    },
];

/// Which of [`KINDS`] are elements of lists too: few enough values to try every set of them.
const LISTS: [usize; 3] = [5, 7, 8];

/// An input: a kind, and whether it is a list of it.
#[derive(Debug, Clone, Copy)]
struct Shape {
    kind: usize,
    list: bool,
}

impl Shape {
    fn declared(self) -> String {
        let declared = KINDS[self.kind].declared;
        match self.list {
            // Bounds are of single values.
            true => declared
                .lines()
                .next()
                .unwrap_or_default()
                .replace("type = \"", "type = \"list of "),
            false => declared.to_owned(),
        }
    }
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        4 => (0..KINDS.len()).prop_map(|kind| Shape { kind, list: false }),
        1 => proptest::sample::select(LISTS.to_vec()).prop_map(|kind| Shape { kind, list: true }),
    ]
}

/// Numbers from which a test of any kind is made.
type Draw = (u8, usize, usize, bool, bool);

fn test_of(shape: Shape, (form, a, b, low, high): Draw) -> String {
    let kind = &KINDS[shape.kind];
    let value = |n: usize| kind.values[kind.edges[n % kind.edges.len()]];
    let (x, y) = (a % kind.edges.len(), b % kind.edges.len());
    let (x, y) = (x.min(y), x.max(y));
    let (open, close) = (if low { '[' } else { '(' }, if high { ']' } else { ')' });
    let plain = match form % 8 {
        0 if kind.ordered => format!("< {}", value(a)),
        1 if kind.ordered => format!(">= {}", value(a)),
        2 if kind.ordered && x < y => format!("{open}{}..{}{close}", value(x), value(y)),
        3 if kind.ordered => format!("<= {}, > {}", value(a), value(b)),
        4 => format!("{}, {}", value(a), value(b)),
        5 => return "null".to_owned(),
        6 => format!("!= {}", value(a)),
        _ => value(a).to_owned(),
    };
    match (shape.list, form / 8 % 4) {
        (_, 1) => format!("not({plain})"),
        (true, 2) => format!("all({plain})"),
        (true, 3) => format!("all(not({plain}))"),
        _ => plain,
    }
}

/// What a test means, over values; `None` is the unknown value.
fn holds(test: &Test, value: Option<&Value>) -> bool {
    let passes = |v: &Value| test.items().iter().any(|item| item_holds(item, v));
    let null = test.items().contains(&Item::Null);
    match (test, value) {
        (Test::Any, _) => true,
        (Test::Some(_), None) => null,
        (Test::Not(_), None) => false,
        (Test::All(_) | Test::AllNot(_), None) => false,
        (Test::Some(_), Some(Value::List(all))) => all.iter().any(passes),
        (Test::Not(_), Some(Value::List(all))) => !all.iter().any(passes),
        (Test::All(_), Some(Value::List(all))) => !all.is_empty() && all.iter().all(passes),
        (Test::AllNot(_), Some(Value::List(all))) => !all.is_empty() && !all.iter().any(passes),
        (Test::Some(_) | Test::All(_), Some(one)) => passes(one),
        (Test::Not(_) | Test::AllNot(_), Some(one)) => !passes(one),
    }
}

fn item_holds(item: &Item, value: &Value) -> bool {
    let order = |other: &Value| value.compare(other);
    match item {
        Item::Null | Item::AndBefore(_) => false,
        Item::Is(other) => order(other).map_or(value == other, |o| o.is_eq()),
        Item::Differs(other) => !order(other).map_or(value == other, |o| o.is_eq()),
        Item::Compare(op, other) => order(other).is_some_and(|o| match op {
            Op::Less => o.is_lt(),
            Op::AtMost => o.is_le(),
            Op::More => o.is_gt(),
            Op::AtLeast => o.is_ge(),
        }),
        Item::Range { low, low_closed, high, high_closed } => {
            order(low).is_some_and(|o| o.is_gt() || (*low_closed && o.is_eq()))
                && order(high).is_some_and(|o| o.is_lt() || (*high_closed && o.is_eq()))
        }
    }
}

/// Every value that stands for others, and "unknown" where a rule asks for it.
fn values(table: &Table, input: usize, shape: Shape) -> Vec<Option<Value>> {
    let ty = &table.inputs[input].ty;
    let kind = &KINDS[shape.kind];
    let read = |text: &&str| Value::parse(text, ty.element()).ok();
    let mut all: Vec<Option<Value>> = match shape.list {
        false => kind.values.iter().map(read).collect(),
        true => {
            let some: Vec<Value> = kind.values.iter().filter_map(read).collect();
            (0..1_usize << some.len())
                .map(|set| {
                    let chosen = some.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
                    Some(Value::List(chosen.map(|(_, v)| v.clone()).collect()))
                })
                .collect()
        }
    };
    assert!(all.iter().all(Option::is_some), "{:?}", kind.values);
    if table.plan.inputs[input].asks_null {
        all.push(None);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn the_proof_agrees_with_brute_force_over_every_type(
        shapes in proptest::collection::vec(shape(), 3),
        rules in proptest::collection::vec(
            proptest::collection::vec(
                proptest::option::weighted(0.6, any::<Draw>()),
                3,
            ),
            1..6,
        ),
        unique: bool,
    ) {
        let mut text = format!("hit = \"{}\"\ncomplete = true\n", if unique { "unique" } else { "first" });
        for (i, shape) in shapes.iter().enumerate() {
            text.push_str(&format!("[inputs.i{i}]\n{}\n", shape.declared()));
        }
        for (r, cells) in rules.iter().enumerate() {
            let when: Vec<String> = cells
                .iter()
                .enumerate()
                .filter_map(|(i, draw)| Some(format!("i{i} = \"{}\"", test_of(shapes[i], (*draw)?))))
                .collect();
            text.push_str(&format!(
                "[[rule]]\nid = \"r{r}\"\nwhen = {{ {} }}\nthen = {{ x = {r} }}\n",
                when.join(", ")
            ));
        }
        // A test that no value passes is refused when the table is loaded; so are numbers in quotes
        // for lists of them. What is left is proved.
        let Ok(mut loaded) = load(Source::new("t.toml", &text), "t", &NoFacts) else { return Ok(()) };
        let table = loaded.tables.remove(0);
        let proof = prove(&table);
        prop_assert!(proof.proved && proof.more == 0, "{text}");

        // Inputs that no rule asks about are not in the table's order of the space.
        let order: Vec<usize> = (0..shapes.len())
            .filter_map(|i| table.input(&format!("i{i}")))
            .collect();
        let all: Vec<(usize, Vec<Option<Value>>)> = order
            .iter()
            .map(|input| {
                let shape = shapes[table.inputs[*input].name[1..].parse::<usize>().unwrap()];
                (*input, values(&table, *input, shape))
            })
            .collect();
        let mut points: Vec<Vec<(usize, Option<Value>)>> = vec![Vec::new()];
        for (input, values) in &all {
            points = points
                .iter()
                .flat_map(|point| {
                    values.iter().map(|v| {
                        let mut point = point.clone();
                        point.push((*input, v.clone()));
                        point
                    })
                })
                .collect();
        }
        let mut decides = vec![false; table.rules.len()];
        let mut together: BTreeSet<(String, String)> = BTreeSet::new();
        for point in &points {
            let mut facts = FactSet::new();
            for (input, value) in point {
                if let Some(value) = value {
                    facts.set(table.inputs[*input].fact.as_str(), value.clone());
                }
            }
            let of = |input: usize| {
                point.iter().find(|(i, _)| *i == input).and_then(|(_, v)| v.as_ref())
            };
            let held: Vec<usize> = (0..table.rules.len())
                .filter(|r| table.rules[*r].when.iter().all(|c| holds(&c.test, of(c.input))))
                .collect();
            let decision = decide(&table, &facts);
            let matched: Vec<String> = decision.matched().map(|r| r.id.clone()).collect();
            let plain: Vec<String> = held.iter().map(|r| table.rules[*r].id.clone()).collect();
            prop_assert_eq!(&matched, &plain, "{:?}\n{}", point, text);
            let gap = proof.gaps.iter().any(|g| g.covers(&decision.start));
            prop_assert_eq!(gap, held.is_empty(), "{:?}\n{}", point, text);
            if let Some(first) = held.first() {
                decides[*first] = true;
            }
            for (n, a) in held.iter().enumerate() {
                for b in &held[n + 1..] {
                    together.insert((table.rules[*a].id.clone(), table.rules[*b].id.clone()));
                }
            }
        }
        let pairs = |code: &str| -> BTreeSet<(String, String)> {
            let all = proof.findings.iter().chain(&proof.overlaps).filter(|f| f.code == code);
            all.map(|f| (f.rules[0].clone(), f.rules[1].clone())).collect()
        };
        prop_assert_eq!(&pairs("overlap"), &together, "{}", text);
        if table.hit == Hit::First {
            let named: Vec<bool> = table
                .rules
                .iter()
                .map(|r| {
                    let last = |f: &&Finding| f.code == "masked-rule" && f.rules.last() == Some(&r.id);
                    proof.findings.iter().any(|f| last(&f))
                })
                .collect();
            let never: Vec<bool> = decides.iter().map(|d| !d).collect();
            prop_assert_eq!(named, never, "{}", text);
        }
    }
}
