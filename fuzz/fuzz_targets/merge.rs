//! The merge driver: base, ours and theirs, divided by lines of `===`. Both directions give the same
//! bytes, what is merged is a record, and a side that changed nothing changes nothing.
#![no_main]

use inc::diag::Source;
use inc::{incident, merge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut parts = text.splitn(3, "\n===\n");
    let (Some(base), Some(ours), Some(theirs)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let (base, ours, theirs) =
        (Source::new("base", base), Source::new("ours", ours), Source::new("theirs", theirs));
    if let Ok(merged) = merge::merge(Some(base), ours, theirs) {
        if [base, ours, theirs].iter().all(|s| incident::parse(*s).is_ok()) {
            let read = incident::parse(Source::new("merged", &merged.text));
            read.unwrap_or_else(|found| panic!("{found}\n{}", merged.text));
        }
    }
    if let Ok(same) = merge::merge(Some(base), ours, ours) {
        assert_eq!(same.text, ours.text);
    }
    if let Ok(same) = merge::merge(Some(base), ours, base) {
        assert_eq!(same.text, ours.text);
    }
});
