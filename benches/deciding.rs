//! Milliseconds of judging generated incidents by the default standard, step by step.
//!
//! `cargo bench --bench deciding -- 10000`: reading their texts, their facts, deciding the tables,
//! targets, and the standard's own checks, each on all cores; medians of five rounds.

use std::path::Path;
use std::time::Instant;

use inc::check;
use inc::diag::Source;
use inc::incident::Record;
use inc::reports::company::Company;
use inc::units::Currency;
use rayon::prelude::*;

fn main() {
    let words = std::env::args().skip(1).find(|w| !w.starts_with('-'));
    let count = words.and_then(|w| w.parse().ok()).unwrap_or(1_000);
    let mut files = Vec::new();
    below(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/standards")), &mut files);
    let (standard, found) = inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN));
    assert!(found.is_empty(), "{found}");
    let zone = chrono_tz::America::Mexico_City;
    let company = Company { standard: &standard, zone, currency: Currency::MXN, register: None };
    let now: inc::units::Instant = "2026-11-21T14:00:00-06:00".parse().unwrap();
    let records: Vec<Record> = inc::sample::incidents(count, 1).collect();
    let texts: Vec<String> = records.par_iter().map(|r| inc::edit::to_yaml(&r.to_tree())).collect();
    println!("incidents {count} threads {}", rayon::current_num_threads());
    median("reading", || {
        // A rare generated record gives two of its items one random name, and is refused.
        let read = |t: &&String| inc::incident::parse(Source::new("incident.yaml", t)).is_ok();
        texts.par_iter().filter(read).count()
    });
    median("facts", || records.par_iter().filter(|r| !company.facts(r, now).is_empty()).count());
    let facts: Vec<_> = records.par_iter().map(|r| company.facts(r, now)).collect();
    let policies = standard.newest_policies().unwrap();
    median("deciding", || {
        facts.par_iter().filter(|f| !policies.decide(f).facts.is_empty()).count()
    });
    let decided: Vec<_> = facts.par_iter().map(|f| policies.decide(f).facts).collect();
    median("targets", || decided.par_iter().map(|f| policies.targets(f).len()).sum());
    median("checks", || {
        let both = records.par_iter().zip(&decided);
        both.map(|(r, f)| 1 + check::own(policies, f, r).len()).sum()
    });
}

fn median(name: &str, mut work: impl FnMut() -> usize) {
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            assert!(work() > 0, "{name} found nothing to do");
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name} {:.1} ms", times[times.len() / 2]);
}

fn below(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((path.display().to_string(), text));
        }
    }
}
