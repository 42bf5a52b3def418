//! What a row costs under a compensation policy: flat code beside the exact evaluator, in one run.
//!
//! `cargo run --release -p inc-benches --bin award -- 2000000` takes the number of rows.

#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::sync::Arc;
use std::time::Instant;

use inc::compensation::{Cell, Compiled, Row, Setting, WorkDays, load};
use inc::decision::{FactSet, NoFacts};
use inc::diag::Source;

const HOURS: &str = r#"
title = "2 % of the failed amount for each started hour, capped by segment"
basis = "goodwill"
currency = "MXN"
[columns.segment]
values = ["basic", "premium", "credit"]
[columns.failed_amount]
type = "money"
[columns.lasted]
type = "duration"
[forms.statement_credit]
min = "10 MXN"
max = "if(segment = 'premium', 500 MXN, 300 MXN)"
[award]
hit = "unique"
[[award.rule]]
id = "hours"
then = { pay = "2% * failed_amount * started(lasted, 1h)" }
"#;

const BANDS: &str = r#"
title = "Bands, three rules added up"
basis = "goodwill"
currency = "MXN"
[columns.segment]
values = ["basic", "premium", "credit"]
[columns.failed_amount]
type = "money"
[columns.lasted]
type = "duration"
[forms.statement_credit]
max = "500 MXN"
[award]
hit = "collect-sum"
[[award.rule]]
id = "band"
then = { pay = "failed_amount * band(lasted, < 1h: 0%, < 2h: 1%, < 8h: 2%, else: 5%)" }
[[award.rule]]
id = "premium"
when = { segment = "premium", lasted = ">= 2h" }
then = { pay = "50 MXN" }
[[award.rule]]
id = "large"
when = { failed_amount = "> 5000 MXN" }
then = { pay = "slices(failed_amount, <= 1000 MXN: 1%, <= 10000 MXN: 0.5%, else: 0.1%)" }
"#;

fn compiled(text: &str) -> Compiled {
    let calendars: Arc<[WorkDays]> = Arc::new([]);
    let (policy, found) =
        load("bench", Source::new("bench.toml", text), None, &NoFacts, &calendars);
    let policy = policy.unwrap_or_else(|| panic!("{found}"));
    let setting = Setting { zone: chrono_tz::UTC, run_date: "2026-11-21".parse().unwrap() };
    policy.compile(&FactSet::new(), setting).unwrap()
}

fn rows(count: usize) -> Vec<[Cell<'static>; 4]> {
    let mut random = fastrand::Rng::with_seed(7);
    let segments = ["basic", "premium", "credit"];
    let row = |random: &mut fastrand::Rng| {
        [
            Cell::Text("c1"),
            Cell::Text(segments[random.usize(..3)]),
            Cell::Money(random.i64(0..2_000_000)),
            Cell::Duration(random.i64(0..40_000)),
        ]
    };
    (0..count).map(|_| row(&mut random)).collect()
}

fn main() {
    let asked = std::env::args().filter_map(|word| word.parse().ok()).next();
    let count: usize = asked.unwrap_or(200_000);
    let rows = rows(count);
    for (name, text) in [("hours", HOURS), ("bands", BANDS)] {
        let compiled = compiled(text);
        let flat = if compiled.is_flat() { "flat" } else { "row by row" };
        let begun = Instant::now();
        let mut batch = compiled.batch();
        let mut many: i128 = 0;
        let mut take = |batch: &mut inc::compensation::Batch<'_>| {
            batch.run();
            for row in 0..batch.len() {
                let outcome = batch.outcome(row).unwrap();
                many += outcome.awards.iter().map(|award| i128::from(award.minor)).sum::<i128>();
            }
            batch.clear();
        };
        for cells in &rows {
            if !batch.push(Row { cells }) {
                take(&mut batch);
                batch.push(Row { cells });
            }
        }
        take(&mut batch);
        let fast = begun.elapsed();
        let begun = Instant::now();
        let mut outcome = inc::compensation::Outcome::default();
        let mut one: i128 = 0;
        for cells in &rows {
            compiled.award_into(Row { cells }, &mut outcome).unwrap();
            one += outcome.awards.iter().map(|award| i128::from(award.minor)).sum::<i128>();
        }
        let slow = begun.elapsed();
        assert_eq!(many, one, "{name}: flat code pays something else");
        let each = |took: std::time::Duration| took.as_nanos() / count.max(1) as u128;
        println!(
            "{name}: {count} rows, {flat} {} ns a row ({:.1} M rows/s), exact evaluator {} ns, ratio {:.1}",
            each(fast),
            1_000.0 / each(fast).max(1) as f64,
            each(slow),
            each(slow) as f64 / each(fast).max(1) as f64,
        );
    }
}
