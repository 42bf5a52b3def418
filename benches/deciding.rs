//! Milliseconds of judging generated incidents by the default standard, step by step.
//!
//! `cargo run --release -p inc-benches --bin deciding -- 10000`: their facts, the severity tables,
//! the other tables, targets, what is to be done (checklist, roles, the gate of `close`) and the
//! standard's own checks, on one core and on two. Medians of five rounds; the last columns are
//! shares of reading the same incidents from their texts in the same run.

use std::path::Path;
use std::time::{Duration, Instant};

use inc::check;
use inc::decision::FactSet;
use inc::diag::Source;
use inc::incident::Record;
use inc::reports::company::Company;
use inc::standard::{Policies, Standard};
use inc::units::Currency;
use rayon::prelude::*;

const ROUNDS: usize = 5;

fn main() {
    let words = std::env::args().skip(1).find(|w| !w.starts_with('-'));
    let count = words.and_then(|w| w.parse().ok()).unwrap_or(1_000);
    let mut files = Vec::new();
    below(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../standards")), &mut files);
    let standard = load(&files);
    // The tables that severity takes from stand in its file.
    let is_list = |text: &str| !text.contains("\nhit = ");
    files.retain(|(path, text)| path.ends_with("/severity.toml") || is_list(text));
    let severity = load(&files);
    let records: Vec<Record> = inc::sample::incidents(count, 1).collect();
    let texts: Vec<String> = records.par_iter().map(|r| inc::edit::to_yaml(&r.to_tree())).collect();
    let judged = Judged { standard: &standard, severity: &severity, records, texts };
    println!("{count} incidents, milliseconds, medians of {ROUNDS} rounds");
    println!(
        "{:<28}{:>10}{:>10}{:>13}{:>13}",
        "", "one core", "two cores", "of reading", "of reading"
    );
    let (one, two) = (judged.on(1), judged.on(2));
    let reading = |steps: &[(&str, f64)]| steps.first().map_or(f64::NAN, |(_, ms)| *ms);
    let row = |name: &str, one_ms: f64, two_ms: f64| {
        let shares = (one_ms / reading(&one), two_ms / reading(&two));
        println!("{name:<28}{one_ms:>10.1}{two_ms:>10.1}{:>13.3}{:>13.3}", shares.0, shares.1);
    };
    for ((name, one), (_, two)) in one.iter().zip(&two) {
        row(name, *one, *two);
    }
    let sum = |steps: &[(&str, f64)], from: usize| steps[from..].iter().map(|(_, ms)| *ms).sum();
    row("sum, facts and all tables", sum(&one, 1), sum(&two, 1));
    row("sum, all tables", sum(&one, 2), sum(&two, 2));
}

/// What is judged, and by what.
struct Judged<'a> {
    standard: &'a Standard,
    /// The same standard with the severity tables alone.
    severity: &'a Standard,
    records: Vec<Record>,
    texts: Vec<String>,
}

impl Judged<'_> {
    /// Milliseconds of each step on so many cores, reading first.
    fn on(&self, cores: usize) -> Vec<(&'static str, f64)> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().unwrap();
        pool.install(|| self.steps())
    }

    fn steps(&self) -> Vec<(&'static str, f64)> {
        let Judged { standard, records, texts, .. } = self;
        let zone = chrono_tz::America::Mexico_City;
        let company =
            Company { standard, zone, currency: Currency::MXN, register: None, documents: None };
        let now: inc::units::Instant = "2026-11-21T14:00:00-06:00".parse().unwrap();
        let (all, severity) = (newest(standard), newest(self.severity));
        let facts: Vec<FactSet> = records.par_iter().map(|r| company.facts(r, now)).collect();
        let decided: Vec<FactSet> = facts.par_iter().map(|f| all.decide(f.clone()).facts).collect();
        let decide = |policies: &Policies| {
            median(|| {
                let facts = facts.clone();
                timed(|| {
                    facts.into_par_iter().map(|f| policies.decide(f).facts.len()).sum::<usize>()
                })
            })
        };
        let (by_severity, by_all) = (decide(severity), decide(all));
        vec![
            (
                "reading the texts",
                median(|| {
                    // A rare generated record gives two of its items one random name, and is refused.
                    let read =
                        |t: &&String| inc::incident::parse(Source::new("incident.yaml", t)).is_ok();
                    timed(|| texts.par_iter().filter(read).count())
                }),
            ),
            (
                "facts",
                median(|| timed(|| records.par_iter().map(|r| company.facts(r, now).len()).sum())),
            ),
            ("severity", by_severity),
            ("other tables", (by_all - by_severity).max(0.0)),
            (
                "targets",
                median(|| timed(|| decided.par_iter().map(|f| all.targets(f).len()).sum())),
            ),
            (
                "checklist, roles, gate",
                median(|| {
                    let owed = |f: &FactSet| {
                        all.checklist(f).len()
                            + all.roles_owed(f).len()
                            + all.missing("close", f).len()
                    };
                    timed(|| decided.par_iter().map(owed).sum())
                }),
            ),
            (
                "own checks",
                median(|| {
                    let both = records.par_iter().zip(&decided);
                    timed(|| both.map(|(r, f)| 1 + check::own(all, f, r).len()).sum())
                }),
            ),
        ]
    }
}

fn load(files: &[(String, String)]) -> Standard {
    let (standard, found) = inc::standard::load(files, &inc::facts::catalogue(Currency::MXN));
    assert!(found.is_empty(), "{found}");
    standard
}

fn newest(standard: &Standard) -> &Policies {
    standard.newest_policies().unwrap()
}

/// How long something took that finds things to do.
fn timed(work: impl FnOnce() -> usize) -> Duration {
    let start = Instant::now();
    assert!(work() > 0, "nothing was found to do");
    start.elapsed()
}

fn median(mut round: impl FnMut() -> Duration) -> f64 {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| round()).collect();
    times.sort_unstable();
    times[ROUNDS / 2].as_secs_f64() * 1000.0
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
