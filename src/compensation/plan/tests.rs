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
