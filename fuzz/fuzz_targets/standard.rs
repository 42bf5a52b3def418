//! A file of a standard: the first byte says which, the rest is its text.
#![no_main]

use inc::{facts, standard, units::Currency};
use libfuzzer_sys::fuzz_target;

const FILES: [&str; 16] = [
    "services", "people", "roles", "clients", "vendors", "glossary", "communication", "events",
    "calendar/mx-bank", "clocks", "severity", "targets", "checks", "checklist", "regulatory", "lifecycle",
];

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let path = format!("standards/{}.toml", FILES[usize::from(which) % FILES.len()]);
    let (standard, _) = standard::load(&[(path, text)], &facts::catalogue(Currency::MXN));
    standard.proofs();
});
