//! Masking: what is masked is not found again, and everything else stays.
#![no_main]

use inc::sensitive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (masked, what) = sensitive::mask(text);
    if what.is_empty() {
        assert_eq!(masked, text);
    }
    let (again, left) = sensitive::mask(&masked);
    assert!(left.is_empty(), "{masked}\n{again}");
});
