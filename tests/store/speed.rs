//! How much a safe write costs above a bare commit. Run by hand:
//! `cargo test --release --test store speed -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use crate::common::{Scratch, put};

const RECORDS: usize = 10_000;
const ROUNDS: usize = 21;

fn record(n: usize) -> String {
    format!("incidents/2026/{:02}/INC-{n:05}/incident.yaml", n % 12 + 1)
}

fn text(n: usize, round: usize) -> String {
    format!("id: INC-{n:05}\nround: {round}\n{}", "note: some words of the record\n".repeat(120))
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

#[test]
#[ignore = "measures; nothing to assert on a busy machine"]
fn speed() {
    let scratch = Scratch::unborn();
    (0..RECORDS).for_each(|n| scratch.file(&record(n), &text(n, 0)));
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "-qm", "all"]);
    scratch.git(&["gc", "-q"]);
    let setting = "core.fsync=committed,loose-object";
    let (mut bare, mut ours, mut bare_new, mut ours_new) = (vec![], vec![], vec![], vec![]);
    let (mut raw, mut walk, mut read) = (vec![], vec![], vec![]);
    for round in 1..=ROUNDS {
        let (one, two) = (record(round), record(round + 5000));
        let started = Instant::now();
        scratch.file(&one, &text(1, round));
        scratch.git(&["-c", setting, "commit", "-qm", "note", "--", &one]);
        bare.push(started.elapsed());

        let started = Instant::now();
        put(&scratch.store(), &two, &text(2, round), "note");
        ours.push(started.elapsed());

        let (one, two) = (record(RECORDS + round), record(RECORDS + 5000 + round));
        let started = Instant::now();
        scratch.file(&one, &text(1, round));
        scratch.git(&["add", "-N", "--", &one]);
        scratch.git(&["-c", setting, "commit", "-qm", "open", "--", &one]);
        bare_new.push(started.elapsed());

        let started = Instant::now();
        put(&scratch.store(), &two, &text(2, round), "open");
        ours_new.push(started.elapsed());

        let store = scratch.store();
        let started = Instant::now();
        let files = store.list("incidents", Some("incident.yaml")).unwrap().files;
        walk.push(started.elapsed());
        let started = Instant::now();
        for file in &files {
            std::fs::read(scratch.root().join(&file.path)).unwrap();
        }
        raw.push(started.elapsed());
        let started = Instant::now();
        for file in &files {
            store.read(&file.path).unwrap().unwrap();
        }
        read.push(started.elapsed());
    }
    let line = |what: &str, ours: Vec<Duration>, bare: Vec<Duration>| {
        let (ours, bare) = (median(ours), median(bare));
        println!("{what:24} {ours:8.1} ms  {bare:8.1} ms  ratio {:.2}", ours / bare);
    };
    println!("{RECORDS} records, median of {ROUNDS}: the store, then the bare commands");
    line("change of one record", ours, bare);
    line("a new record", ours_new, bare_new);
    line("read all, read bare", read, raw.clone());
    line("find all, read bare", walk, raw);
}
