//! A record: any text is read or refused, and what is read is printed and read again as the same.
#![no_main]

use inc::diag::Source;
use inc::{edit, incident};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(read) = incident::parse(Source::new("incident.yaml", text)) else { return };
    let printed = edit::to_yaml(&read.record.to_tree());
    let again = incident::parse(Source::new("printed.yaml", &printed));
    let again = again.unwrap_or_else(|found| panic!("{found}\n{printed}"));
    assert_eq!(again.record, read.record, "{printed}");
});
