//! Files of customers: one worker and three come to the same, and awards add up to their sum.
#![no_main]

use std::io::{self, Read};
use std::sync::{Arc, LazyLock};

use inc::compensation::run::{
    Evidence, Memory, NoEarlier, Order, Ran, Sinks, Stopped, Terms, run,
};
use inc::compensation::{Compiled, Setting, WorkDays, load};
use inc::decision::FactSet;
use inc::diag::Source;
use inc::facts::catalogue;
use inc::units::Currency;
use libfuzzer_sys::fuzz_target;

const POLICY: &str = r#"
title = "A share of what failed"
basis = "goodwill"
currency = "MXN"
[columns.segment]
values = ["gold", "retail"]
[columns.failed_amount]
type = "money"
[columns.lasted]
type = "duration"
[forms.statement_credit]
min = "10 MXN"
max = "500 MXN"
[award]
hit = "first"
[[award.rule]]
id = "all"
then = { pay = "2% * failed_amount * started(lasted, 1h)" }
"#;

static COMPILED: LazyLock<Compiled> = LazyLock::new(|| {
    let calendars: Arc<[WorkDays]> = Arc::new([]);
    let source = Source::new("policy.toml", POLICY);
    let (policy, found) = load("policy", source, None, &catalogue(Currency::MXN), &calendars);
    let policy = policy.unwrap_or_else(|| panic!("{found}"));
    let run_date = "2026-11-21".parse().expect("a date");
    let setting = Setting { zone: chrono_tz::America::Mexico_City, run_date };
    policy.compile(&FactSet::new(), setting).expect("no fact is open")
});

struct Bytes<'b>(&'b [u8]);

impl Evidence for Bytes<'_> {
    fn name(&self) -> &str {
        "customers.csv"
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(self.0))
    }
}

fn go(bytes: &[u8], workers: usize, reject: bool) -> Result<(Ran, Vec<u8>, Vec<u8>), Stopped> {
    let terms = Terms::of(&COMPILED);
    let order = Order { compiled: &COMPILED, terms: &terms, workers, explain: None };
    let (mut awards, mut rejects) = (Vec::new(), Vec::new());
    let aside = reject.then_some(&mut rejects as &mut dyn io::Write);
    let sinks = Sinks { awards: &mut awards, rejects: aside, spill: &Memory, earlier: &NoEarlier };
    let ran = run(&order, &Bytes(bytes), sinks)?;
    Ok((ran, awards, rejects))
}

fuzz_target!(|input: (bool, bool, &[u8])| {
    let (reject, headed, rest) = input;
    let mut bytes = Vec::new();
    if headed {
        bytes.extend_from_slice(b"customer_id,segment,failed_amount,lasted\n");
    }
    bytes.extend_from_slice(rest);
    match (go(&bytes, 1, reject), go(&bytes, 3, reject)) {
        (Ok((one, awards, rejects)), Ok((three, same, aside))) => {
            assert_eq!((&awards, &rejects), (&same, &aside));
            assert_eq!(one.awards_sha256, three.awards_sha256);
            let written = String::from_utf8(awards).expect("awards are text");
            let cents = written.lines().skip(1).map(|line| {
                let amount = line.split(',').nth(1).unwrap_or_default();
                amount.replace('.', "").parse::<i128>().unwrap_or_else(|_| panic!("{line}"))
            });
            let total: i128 = one.tally.forms.iter().map(|form| form.all.total).sum();
            // An id may hold commas, in quotes; then the columns are not where they are looked for.
            if !written.contains('"') {
                assert_eq!(cents.sum::<i128>(), total, "{written}");
            }
        }
        (Err(_), Err(_)) => {}
        (one, three) => panic!("{:?} {:?}", one.err(), three.err()),
    }
});
