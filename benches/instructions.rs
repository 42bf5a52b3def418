//! Does one hot thing a number of times, for `benches/instructions` to count under callgrind.
//!
//! `instructions WHAT ROUNDS`: one generated record is parsed, edited, decided, or its card is read.
//! The script takes the difference of two numbers of rounds, so that the preparation drops out.

use std::hint::black_box;

use inc::diag::Source;
use inc::incident::lifecycle::Act;
use inc::incident::{EntryKind, Record};
use inc::register::Card;
use inc::reports::company::Company;
use inc::units::{Currency, Instant};
use include_dir::{Dir, DirEntry, include_dir};

static STANDARDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../standards");

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|w| !w.starts_with('-')).collect();
    let rounds: usize = words.get(1).and_then(|w| w.parse().ok()).unwrap_or(1);
    let record: Record = inc::sample::incidents(1, 1).next().unwrap();
    let text = inc::edit::to_yaml(&record.to_tree());
    let now: Instant = "2026-11-21T14:00:00-06:00".parse().unwrap();
    match words.first().map_or("all", String::as_str) {
        "parse" => parse(&text, rounds),
        "edit" => edit(&record, &text, now, rounds),
        "decide" => decide(&record, now, rounds),
        "card" => card(&record, rounds),
        _ => {
            parse(&text, rounds);
            edit(&record, &text, now, rounds);
            decide(&record, now, rounds);
            card(&record, rounds);
        }
    }
}

fn parse(text: &str, rounds: usize) {
    for _ in 0..rounds {
        black_box(inc::incident::parse(Source::new("incident.yaml", black_box(text))).unwrap());
    }
}

fn edit(record: &Record, text: &str, now: Instant, rounds: usize) {
    for _ in 0..rounds {
        let mut changed = record.clone();
        let mut random = || 7;
        let mut act = Act { by: "ana", at: now, random: &mut random };
        changed.add_entry(&mut act, EntryKind::Note, "the switch answers again", false);
        let (old, new) = (record.to_tree(), changed.to_tree());
        black_box(inc::edit::rewrite(Source::new("incident.yaml", text), &old, &new).unwrap());
    }
}

fn decide(record: &Record, now: Instant, rounds: usize) {
    let (standard, _) =
        inc::standard::load(&files(&STANDARDS), &inc::facts::catalogue(Currency::MXN));
    let zone = chrono_tz::America::Mexico_City;
    let company = Company {
        standard: &standard,
        zone,
        currency: Currency::MXN,
        register: None,
        documents: None,
    };
    for _ in 0..rounds {
        black_box(company.decide(black_box(record), now).unwrap());
    }
}

fn card(record: &Record, rounds: usize) {
    let row = Card::write(record, None);
    for _ in 0..rounds {
        black_box(Card::read(black_box(&row)).unwrap());
    }
}

fn files(dir: &'static Dir<'static>) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => found.extend(files(dir)),
            DirEntry::File(file) => found.push((
                format!("standards/{}", file.path().display()),
                file.contents_utf8().unwrap_or_default(),
            )),
        }
    }
    found
}
