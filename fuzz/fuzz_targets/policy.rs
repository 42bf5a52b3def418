//! Compensation policies, their amounts among them: read, compiled where no fact is open, asked.
#![no_main]

use std::sync::Arc;

use inc::compensation::{Cell, Row, Setting, WorkDays, load};
use inc::decision::FactSet;
use inc::diag::Source;
use inc::facts::catalogue;
use inc::units::Currency;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let calendars: Arc<[WorkDays]> = Arc::new([]);
    let source = Source::new("fuzzed.toml", text);
    let facts = catalogue(Currency::MXN);
    let (Some(policy), found) = load("fuzzed", source, None, &facts, &calendars) else { return };
    if found.has_errors() {
        return;
    }
    let run_date = "2026-11-21".parse().expect("a date");
    let setting = Setting { zone: chrono_tz::America::Mexico_City, run_date };
    let Ok(compiled) = policy.compile(&FactSet::new(), setting) else { return };
    // Rows without values: an answer or a fault, and nothing else.
    let cells = vec![Cell::Missing; policy.columns.len()];
    let _ = compiled.award(Row { cells: &cells });
});
