//! Histories of other tools: an even first byte is cState, an odd one Statuspage.
#![no_main]

use std::collections::BTreeMap;

use inc::import::{Draft, Options, cstate, statuspage};
use inc::{diag::Source, edit, incident};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (which, bytes) = input;
    let (services, severities) = (BTreeMap::new(), BTreeMap::new());
    let zone = chrono_tz::America::Mexico_City;
    let options = Options { zone, services: &services, severities: &severities };
    let drafts: Vec<Draft> = if which % 2 == 0 {
        cstate::read("2026-11-21-cards.md", bytes, &options).into_iter().collect()
    } else {
        statuspage::read("incidents.json", bytes, &options).drafts
    };
    for draft in drafts {
        let printed = edit::to_yaml(&draft.record.to_tree());
        let read = incident::parse(Source::new("draft.yaml", &printed));
        read.unwrap_or_else(|found| panic!("{found}\n{printed}"));
    }
});
