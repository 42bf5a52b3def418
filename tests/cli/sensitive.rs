//! A card number that somebody types is nowhere in the repository afterwards.

use std::path::Path;

use crate::common::{Computer, walk};

/// Of Visa's range, passes Luhn's test, published by nobody.
const CARD: &str = "4539148803436467";
const SPACED: &str = "4539 1488 0343 6467";
const MASKED: &str = "•••• 6467 (masked: card number)";

/// No file of the workspace or of git's state, and no version in history, holds the number.
fn nowhere(c: &Computer) {
    let history = c.git("log -p --all --format=%B");
    let mut texts = vec![("history".to_owned(), history)];
    let mut files = Vec::new();
    walk(&c.here, &mut files);
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        texts.push((file.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    for (name, text) in texts {
        assert!(!text.contains(CARD) && !text.contains(SPACED), "{name} holds the number");
    }
}

#[test]
fn typed_numbers_do_not_land() {
    let c = Computer::workspace();
    c.inc(&format!("open \"card {CARD} declined\" --tag pan-{CARD}"))
        .exits(0)
        .prints(MASKED)
        .says("warning[masked]");
    let id = c.only();
    c.inc(&format!("note pagó con {SPACED} ayer")).exits(0).says(MASKED);
    c.inc(&format!("update the card {CARD} fails")).exits(0).says(MASKED);
    c.inc_with(&["note".into(), "-".into()], format!("tarjeta:\n  {CARD}\n").as_bytes()).exits(0);
    c.inc(&format!("note --dry-run tarjeta {CARD}")).exits(0).says(MASKED).prints(MASKED);
    let record = c.record(&id);
    assert_eq!(record.matches(MASKED).count(), 7, "{record}");
    assert!(record.contains("ayer"), "{record}");
    c.inc("check --only sensitive-text").exits(0);
    c.is_clean();
    nowhere(&c);
}

#[test]
fn references_stay_as_they_are_typed() {
    let c = Computer::workspace();
    let id = c.open("payments");
    c.inc(&format!("note \"folio {CARD}, RRN 453914880343, RFC VSM140430NQA\"")).exits(0);
    let record = c.record(&id);
    assert!(record.contains(&format!("folio {CARD}, RRN 453914880343, RFC VSM140430NQA")));
}

#[test]
fn the_editor_is_no_way_around() {
    let c = Computer::workspace();
    let id = c.open("payments");
    let add = format!(
        "sed -i -e 's/^title: .*/title: \"card {CARD} fails\" # {SPACED}/' \
         -e '1a # PAN {CARD}' \"$1\""
    );
    c.set("EDITOR", c.program("../editor", &add).display().to_string());
    c.inc(&format!("edit {id}")).exits(0).says(MASKED).says("a comment");
    let record = c.record(&id);
    assert!(record.contains(&format!("title: \"card {MASKED} fails\" # {MASKED}")), "{record}");
    assert!(record.contains(&format!("# PAN {MASKED}")), "{record}");
    c.inc("check --only sensitive-text").exits(0);
    // What is no record is kept, and masked too.
    let broken = format!("printf 'title: [ {CARD}\\n' > \"$1\"");
    c.set("EDITOR", c.program("../editor", &broken).display().to_string());
    c.inc(&format!("edit {id}")).exits(2).says(MASKED);
    assert_eq!(c.kept().len(), 1);
    nowhere(&c);
}

#[test]
fn kept_words_are_masked() {
    let c = Computer::workspace();
    c.inc(&format!("note ZZZZ tarjeta {CARD}")).says(MASKED);
    c.open("one");
    c.open("two");
    c.inc(&format!("note tarjeta {CARD} otra vez")).exits(2).says(MASKED);
    assert!(!c.kept().is_empty());
    for file in c.kept() {
        assert!(c.read(&file).contains(MASKED));
    }
    nowhere(&c);
}

#[test]
fn imports_are_masked_and_stay_the_same() {
    let c = Computer::workspace();
    let source = c.here.parent().unwrap().join("issues");
    c.write(
        source.join("2026-05-04-cards.md"),
        format!(
            "---\ntitle: Card {CARD} declined\ndate: 2026-05-04 09:30:00\nresolved: true\n\
             resolvedWhen: 2026-05-04 11:00:00\nseverity: disrupted\naffected:\n  - Cards\n\
             section: issue\n---\nPayments with {SPACED} fail.\n"
        ),
    );
    let line = format!("import cstate {}", Path::new(&source).display());
    c.inc(&line).exits(0).says(MASKED);
    assert!(c.record(&c.only()).contains(&format!("Card {MASKED} declined")));
    nowhere(&c);
    let commits = c.commits();
    c.inc(&line).exits(0);
    assert_eq!(c.commits(), commits, "nothing new the second time");
}

#[test]
fn a_mended_record_does_not_say_the_number_again() {
    let c = Computer::workspace();
    let id = c.open("payments");
    let path = c.record_path(&id);
    let text = c.read(&path).replace("title: payments", &format!("title: \"PAN {CARD}\""));
    c.write(&path, text);
    c.git("add -A");
    c.git("commit -q -m by-hand");
    let found = c.inc("check --only sensitive-text").exits(1);
    found.clone().prints("title holds what must not be in git: card number");
    assert!(!found.stdout.contains(CARD) && !found.stderr.contains(CARD), "{}", found.stdout);
    let mend = format!("sed -i 's/PAN {CARD}/PAN, removed/' \"$1\"");
    c.set("EDITOR", c.program("../editor", &mend).display().to_string());
    c.inc(&format!("edit {id}")).exits(0);
    let message = c.git("log -1 --format=%B");
    assert!(message.contains(MASKED) && !message.contains(CARD), "{message}");
}
