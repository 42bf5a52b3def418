//! Merges: three texts, the one before and two changed ones. Both directions say the same, what they say
//! is a record, and a text merged with itself stays as it is.
#![no_main]

use inc::diag::Source;
use inc::incident;
use inc::merge::{Merged, merge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut parts = text.splitn(3, "\n===\n");
    let (Some(base), Some(ours), Some(theirs)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let [base, ours, theirs] =
        [("base", base), ("ours", ours), ("theirs", theirs)].map(|(n, t)| Source::new(n, t));
    // A side without changes is taken unread: what is said here is said of records.
    if [base, ours, theirs].iter().any(|source| incident::parse(*source).is_err()) {
        return;
    }
    let there = merge(Some(base), ours, theirs);
    let back = merge(Some(base), theirs, ours);
    assert_eq!(there.is_ok(), back.is_ok(), "both directions can be merged, or neither");
    if let (Ok(Merged { text: one, .. }), Ok(Merged { text: other, .. })) = (&there, &back) {
        assert_eq!(one, other, "both directions say the same");
        incident::parse(Source::new("merged", one)).expect("what was merged is a record");
    }
    if let Ok(Merged { text: same, .. }) = merge(Some(base), ours, ours) {
        assert_eq!(same, ours.text, "a text merged with itself stays as it is");
    }
});
