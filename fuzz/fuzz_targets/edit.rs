//! Edits: the first text becomes what the second says, with its own comments and layout, or is
//! refused; it never says something else.
#![no_main]

use inc::diag::Source;
use inc::{edit, yaml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some((old, new)) = text.split_once("\n===\n") else { return };
    let source = Source::new("old.yaml", old);
    let Ok(before) = yaml::parse(source) else { return };
    let Ok(after) = yaml::parse(Source::new("new.yaml", new)) else { return };
    let (before, after) = (before.to_tree(), after.to_tree());
    if let Ok(edited) = edit::rewrite(source, &before, &after) {
        yaml::parse(Source::new("edited.yaml", &edited)).expect("an edited text can be read");
        if before == after {
            assert_eq!(edited, old);
        }
    }
});
