use std::sync::Arc;

use super::*;
use crate::compensation::amount::WorkDays;
use crate::compensation::columns::{Cell, Row};
use crate::compensation::policy::load;
use crate::decision::{FactSet, NoFacts};
use crate::diag::Source;

fn policy(text: &str) -> Policy {
    let calendars: Arc<[WorkDays]> = Arc::new([]);
    let (policy, found) = load("test", Source::new("test.toml", text), None, &NoFacts, &calendars);
    policy.unwrap_or_else(|| panic!("{found}"))
}

fn setting() -> Setting {
    Setting { zone: chrono_tz::America::Mexico_City, run_date: "2026-11-21".parse().unwrap() }
}

fn compiled(text: &str) -> Compiled {
    policy(text).compile(&FactSet::new(), setting()).unwrap()
}

const HOURS: &str = r#"
title = "Two percent for each started hour"
basis = "goodwill"
currency = "MXN"

[columns.failed_amount]
type = "money"
[columns.lasted]
type = "duration"

[forms.statement_credit]
min = "10 MXN"
max = "500 MXN"

[award]
hit = "unique"
[[award.rule]]
id = "hours"
then = { pay = "2% * failed_amount * started(lasted - 30m, 1h)" }
"#;

#[test]
fn a_percentage_for_each_started_hour() {
    let compiled = compiled(HOURS);
    let mut batch = compiled.batch();
    for (amount, seconds, minor, before) in [
        (100_000, 30 * 60 + 1, 2_000, 2_000),
        (100_000, 90 * 60, 2_000, 2_000),
        (100_000, 90 * 60 + 1, 4_000, 4_000),
        (100, 3_600, 1_000, 2),
        (10_000_000, 36_000, 50_000, 2_000_000),
        (12_525, 3_600, 1_000, 250),
    ] {
        let cells = [Cell::Text("c1"), Cell::Money(amount), Cell::Duration(seconds)];
        let outcome = compiled.award(Row { cells: &cells }).unwrap();
        assert_eq!((outcome.awards[0].minor, outcome.awards[0].before), (minor, before));
        assert!(batch.push(Row { cells: &cells }));
        batch.run();
        assert_eq!(batch.outcome(0).unwrap(), &outcome);
        batch.clear();
    }
}

/// Amounts of a kind, nested so deep, over the columns of [`random_policy`].
mod random {
    use proptest::prelude::*;
    use proptest::sample::select;

    fn of(leaves: &'static [&'static str]) -> BoxedStrategy<String> {
        select(leaves).prop_map(str::to_owned).boxed()
    }

    pub(super) fn money(depth: u32) -> BoxedStrategy<String> {
        let leaf = of(&["fee", "10 MXN", "0.07 MXN", "default(bonus, 3 MXN)", "at(rate, since)"]);
        if depth == 0 {
            return leaf;
        }
        let m = || money(depth - 1);
        prop_oneof![
            2 => leaf,
            2 => (m(), m(), select(&["+", "-"][..])).prop_map(|(a, b, s)| format!("({a} {s} {b})")),
            2 => (percent(depth - 1), m()).prop_map(|(p, m)| format!("{p} * {m}")),
            1 => (m(), number(depth - 1)).prop_map(|(m, n)| format!("({m}) * ({n})")),
            1 => (m(), number(depth - 1)).prop_map(|(m, n)| format!("({m}) / ({n})")),
            1 => (flag(depth - 1), m(), m()).prop_map(|(f, a, b)| format!("if({f}, {a}, {b})")),
            1 => (select(&["min", "max"][..]), m(), m()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            1 => (m(), m(), m()).prop_map(|(a, b, c)| {
                format!("band(lasted, < 1h: {a}, <= 3h: {b}, else: {c})")
            }),
            1 => (m(), m()).prop_map(|(a, b)| format!("band(segment, = 'gold': {a}, else: {b})")),
            1 => m().prop_map(|m| format!("slices({m}, <= 100 MXN: 10%, <= 250.50 MXN: 5%, else: 1%)")),
            1 => percent(depth - 1).prop_map(|p| format!("{p} * each_day(since, until, rate)")),
            1 => m().prop_map(|m| format!("{m} * 8% / 365d * lasted")),
            1 => m().prop_map(|m| format!("({m}) * year_fraction(since, until, 'act/360')")),
        ]
        .boxed()
    }

    pub(super) fn number(depth: u32) -> BoxedStrategy<String> {
        let leaf = of(&[
            "tries",
            "3",
            "0.5",
            "started(lasted - 30m, 1h)",
            "completed(lasted, 45m)",
            "exact(lasted, 1h)",
            "days(since, until)",
            "working_days(since, until, 'test')",
            "months(since, until)",
            "hours",
        ]);
        if depth == 0 {
            return leaf;
        }
        let n = || number(depth - 1);
        prop_oneof![
            3 => leaf,
            1 => (n(), n(), select(&["+", "-", "*"][..])).prop_map(|(a, b, s)| format!("({a} {s} {b})")),
            1 => (money(depth - 1), money(depth - 1)).prop_map(|(a, b)| format!("({a}) / ({b})")),
            1 => (n(), n()).prop_map(|(a, b)| format!("completed({a}, {b})")),
            1 => (flag(depth - 1), n(), n()).prop_map(|(f, a, b)| format!("if({f}, {a}, {b})")),
        ]
        .boxed()
    }

    fn percent(depth: u32) -> BoxedStrategy<String> {
        let leaf = of(&["2%", "0.125%", "share(tries, 7)", "(100% - share(lasted, 1d))"]);
        if depth == 0 {
            return leaf;
        }
        prop_oneof![
            2 => leaf,
            1 => (number(depth - 1), number(depth - 1)).prop_map(|(a, b)| format!("share({a}, {b})")),
        ]
        .boxed()
    }

    pub(super) fn flag(depth: u32) -> BoxedStrategy<String> {
        let leaf = of(&[
            "tries > 3",
            "segment = 'gold'",
            "segment != 'basic'",
            "lasted >= 2h",
            "known(bonus)",
            "long",
            "since < until",
            "date(seen) > since",
        ]);
        if depth == 0 {
            return leaf;
        }
        let f = || flag(depth - 1);
        prop_oneof![
            3 => leaf,
            1 => (f(), f(), select(&["and", "or"][..])).prop_map(|(a, b, s)| format!("({a} {s} {b})")),
            1 => f().prop_map(|f| format!("not ({f})")),
            1 => (money(depth - 1), money(depth - 1)).prop_map(|(a, b)| format!("({a}) >= ({b})")),
        ]
        .boxed()
    }

    pub(super) fn when() -> BoxedStrategy<String> {
        let cell = of(&[
            "segment = \"gold, basic\"",
            "segment = \"not(gold)\"",
            "tries = \"> 2\"",
            "tries = \"[0..5)\"",
            "tries = \"1, 3, 7\"",
            "lasted = \"!= 1h\"",
            "bonus = \"null\"",
            "bonus = \"not(null)\"",
            "bonus = \"> 2 MXN, null\"",
            "hours = \">= 2.5\"",
            "long = true",
            "part = \"<= 33.3%\"",
            "since = \"< 2026-06-01\"",
        ]);
        proptest::collection::vec(cell, 0..3)
            .prop_map(|mut cells| {
                cells.sort();
                cells.dedup_by_key(|cell| cell.split(' ').next().map(str::to_owned));
                cells.join(", ")
            })
            .boxed()
    }
}

/// A policy with rules that were made up.
fn random_policy(hit: &str, mode: &str, bounds: &str, rules: &[(String, String)]) -> String {
    let mut text = format!(
        r#"
title = "Random"
basis = "goodwill"
currency = "MXN"
rounding = {{ mode = "{mode}" }}
tax = "included"

[parameters]
rate = {{ "2020-01-01" = "8 MXN", "2026-03-01" = "9.98 MXN", "2026-07-15" = "10.345 MXN" }}

[columns.fee]
type = "money"
[columns.bonus]
type = "money"
digits = 4
required = false
[columns.tries]
type = "integer"
[columns.lasted]
type = "duration"
[columns.segment]
type = "text"
[columns.since]
type = "date"
[columns.until]
type = "date"
[columns.seen]
type = "timestamp"

[let]
hours = "exact(lasted, 1h)"
long = "lasted > 4h and tries > 1"
part = "share(tries, 9)"

[forms.statement_credit]
{bounds}
tax = "award * 16 / 116"
due = "plus_working_days(since, 2, 'test')"

[award]
hit = "{hit}"
"#
    );
    for (at, (when, pay)) in rules.iter().enumerate() {
        let when = if when.is_empty() { String::new() } else { format!("when = {{ {when} }}\n") };
        let rule = format!("[[award.rule]]\nid = \"r{at}\"\n{when}then = {{ pay = \"{pay}\" }}\n");
        text.push_str(&rule);
    }
    text
}

fn random_compiled(text: &str) -> Compiled {
    let weekend = [chrono::Weekday::Sat, chrono::Weekday::Sun];
    let days = WorkDays::new("test", 2019, 2027, &weekend, |_| false);
    let calendars: Arc<[WorkDays]> = Arc::new([days]);
    let (policy, found) = load("test", Source::new("test.toml", text), None, &NoFacts, &calendars);
    let policy = policy.unwrap_or_else(|| panic!("{text}\n{found}"));
    policy.compile(&FactSet::new(), setting()).unwrap()
}

mod properties {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// Numbers of the size that evidence has, and some that do not fit.
    fn number() -> BoxedStrategy<i64> {
        prop_oneof![
            8 => -5_i64..2_000,
            8 => 0_i64..1_000_000,
            1 => Just(0),
            1 => Just(i64::MAX),
            1 => Just(i64::MIN),
            1 => any::<i64>(),
        ]
        .boxed()
    }

    type Made = (i64, Option<i64>, i64, i64, &'static str, i32, i32, i64);

    fn row() -> BoxedStrategy<Made> {
        let day = || 20_000_i32..21_000;
        (
            number(),
            proptest::option::of(number()),
            number(),
            number(),
            select(&["gold", "basic", "retail", ""][..]),
            day(),
            day(),
            number(),
        )
            .boxed()
    }

    fn cells(row: &Made) -> [Cell<'static>; 9] {
        [
            Cell::Text("c1"),
            Cell::Money(row.0),
            row.1.map_or(Cell::Missing, Cell::Money),
            Cell::Count(row.2),
            Cell::Duration(row.3),
            Cell::Text(row.4),
            Cell::Date(row.5),
            Cell::Date(row.6),
            Cell::Instant(row.7),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Flat code gives what the exact evaluator gives, faults included.
        #[test]
        fn flat_code_is_the_policy(
            hit in select(&["unique", "first", "collect-sum", "collect-max", "collect-min"][..]),
            mode in select(&["half-even", "half-up", "half-down", "up", "down"][..]),
            bounds in select(&["", "min = \"1 MXN\"", "max = \"50% * fee\"", "min = \"5 MXN\"\nmax = \"500 MXN\""][..]),
            rules in proptest::collection::vec((random::when(), random::money(3)), 1..4),
            rows in proptest::collection::vec(row(), 1..40),
        ) {
            let text = random_policy(hit, mode, bounds, &rules);
            let compiled = random_compiled(&text);
            let mut batch = compiled.batch();
            for row in &rows {
                batch.push(Row { cells: &cells(row) });
            }
            batch.run();
            for (at, row) in rows.iter().enumerate() {
                let plain = compiled.award(Row { cells: &cells(row) });
                prop_assert_eq!(batch.outcome(at).cloned(), plain.clone(), "{}\n{:?}", text, row);
                let Ok(outcome) = plain else { continue };
                for award in &outcome.awards {
                    prop_assert!(award.minor >= 0 && award.tax >= 0 && award.tax <= award.minor);
                    let parts = outcome.parts.iter().filter(|part| part.form == award.form);
                    let sum: i64 = parts.map(|part| part.minor).sum();
                    prop_assert!(outcome.parts.is_empty() || sum == award.minor);
                    if bounds.contains("500 MXN") {
                        prop_assert!((500..=50_000).contains(&award.minor));
                    }
                }
            }
        }

        /// Under tables that only grow, a longer outage never pays less.
        #[test]
        fn longer_never_pays_less(
            amount in 0_i64..10_000_000,
            short in 0_i64..200_000,
            more in 0_i64..200_000,
        ) {
            let compiled = compiled(HOURS);
            let paid = |seconds| {
                let cells = [Cell::Text("c1"), Cell::Money(amount), Cell::Duration(seconds)];
                compiled.award(Row { cells: &cells }).unwrap().awards[0].minor
            };
            prop_assert!(paid(short) <= paid(short + more));
        }
    }
}

#[test]
fn usual_policies_are_flat() {
    assert!(compiled(HOURS).is_flat());
    let rules = [
        ("segment = \"gold\"".to_owned(), "fee / tries".to_owned()),
        ("tries = \"> 2\"".to_owned(), "each_day(since, until, rate)".to_owned()),
        (String::new(), "band(segment, = 'gold': fee, else: default(bonus, 0 MXN))".to_owned()),
    ];
    assert!(random_compiled(&random_policy("first", "up", "", &rules)).is_flat());
}

#[test]
fn a_row_that_does_not_fit_is_done_exactly_or_refused() {
    let compiled = compiled(HOURS);
    let mut batch = compiled.batch();
    for (amount, seconds) in [(i64::MAX, 7_200), (i64::MAX, i64::MAX), (100_000, 7_200)] {
        let cells = [Cell::Text("c1"), Cell::Money(amount), Cell::Duration(seconds)];
        assert!(batch.push(Row { cells: &cells }));
    }
    batch.run();
    // Beyond 64 bits before the cap; beyond them also without it.
    assert_eq!(batch.outcome(0).unwrap().awards[0].minor, 50_000);
    assert_eq!(batch.outcome(1), Err(RowFault::Amount(crate::compensation::Fault::Overflow)));
    assert_eq!(batch.outcome(2).unwrap().awards[0].minor, 4_000);
    let cells = [Cell::Text("c1"), Cell::Missing, Cell::Duration(1)];
    batch.clear();
    batch.push(Row { cells: &cells });
    batch.run();
    assert_eq!(batch.outcome(0), Err(RowFault::Amount(crate::compensation::Fault::Missing)));
}
