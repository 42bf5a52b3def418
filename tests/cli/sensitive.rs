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

/// A bank account with its control digit, published in every description of the form.
const CLABE: &str = "032180000118359719";

#[test]
fn what_is_typed_into_a_record_by_hand_is_masked_before_it_is_committed() {
    let c = Computer::workspace();
    let id = c.open("payments");
    let path = c.record_path(&id);
    let typed = c.read(&path).replace(
        "title: payments",
        &format!("title: \"payments, PAN {CARD}\" # seen as {SPACED}\nsummary: x"),
    );
    let typed = typed.replace("summary: x\n", "tags: [night]\n# password=Hunter2-x\n");
    c.write(&path, typed);
    let commits = c.commits();
    c.inc("note it goes on").exits(0).says(MASKED).says("edited by hand and masked");
    assert_eq!(c.commits(), commits + 2, "what was typed by hand has a commit of its own");
    let subject = c.git("log -2 --format=%s");
    assert!(subject.lines().nth(1).unwrap().ends_with("edited by hand"), "{subject}");
    let told = c.git("log -2 --format=%B").matches("Inc-Pretended: author, time").count();
    assert_eq!(told, 2, "each says that it was told who and when");
    let record = c.record(&id);
    assert!(
        record.contains(&format!("title: \"payments, PAN {MASKED}\" # seen as {MASKED}")),
        "{record}"
    );
    assert!(record.contains("tags: [night]") && record.contains("it goes on"), "{record}");
    assert!(!record.contains("Hunter2"), "{record}");
    c.inc("check --only sensitive-text").exits(0);
    c.is_clean();
    nowhere(&c);
}

#[test]
fn a_record_that_does_not_parse_is_masked_line_by_line() {
    let c = Computer::workspace();
    let id = c.open("payments");
    let path = c.record_path(&id);
    let whole = c.read(&path);
    c.write(&path, format!("{whole}broken: [ tarjeta {CARD}\n"));
    let mend = "sed -i '/^broken/d' \"$1\"";
    c.set("EDITOR", c.program("../editor", mend).display().to_string());
    c.inc(&format!("edit {id}")).exits(0).says(MASKED);
    assert_eq!(c.record(&id), whole);
    nowhere(&c);
}

#[test]
fn what_cannot_be_masked_is_refused() {
    let c = Computer::workspace();
    let id = c.open("payments");
    let path = c.record_path(&id);
    let typed = format!("{}impact:\n  customers: {{ affected: {CARD} }}\n", c.read(&path));
    c.write(&path, &typed);
    let commits = c.commits();
    let ran = c.inc("note the words are not lost").exits(2).says("cannot-mask");
    assert!(!ran.stderr.contains(CARD), "{}", ran.stderr);
    assert_eq!((c.commits(), c.read(&path)), (commits, typed.clone()));
    assert_eq!(c.kept().len(), 1);
    c.write(&path, typed.replace(CARD, "12"));
    c.inc("retry").exits(0);
    assert!(c.record(&id).contains("the words are not lost"));
    nowhere(&c);
}

#[test]
fn messages_and_reviews_are_read_too() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments fail\" --service card-auth --kind outage --since 02:50");
    c.inc(&format!("pir draft {id}")).exits(0);
    let review = c.record_path(&id).with_file_name("pir.md");
    c.write(&review, format!("{}\n\nThe card was {SPACED}.\n", c.read(&review)));
    let line = c.read(&review).lines().count();
    let found = c.inc("check --only sensitive-text --format json").exits(1).json();
    let shown = review.strip_prefix(&c.here).unwrap().display().to_string();
    let one = &found["findings"][0];
    assert_eq!((&one["file"], &one["line"]), (&shown.clone().into(), &line.into()));
    let github = c.inc("check --changed HEAD --only sensitive-text --format github").exits(1);
    github.prints(&format!("::error file={shown},line={line},"));
    for ran in [c.inc("check --only sensitive-text"), c.inc(&format!("check {id}"))] {
        assert!(ran.stdout.contains(&format!("{shown}:{line}:")), "{}", ran.stdout);
        assert!(!ran.stdout.contains("0343"), "{}", ran.stdout);
    }
    // A command that writes the review masks what people typed into it, and keeps their words.
    c.inc("update --impact-started 02:45").exits(0);
    c.inc(&format!("pir refresh {id}")).exits(0).says(MASKED);
    assert!(c.read(&review).contains(&format!("The card was {MASKED}.")));
    c.inc("check --only sensitive-text").exits(0);
    nowhere(&c);
    let message = review.with_file_name("communications").join("C0DE-push.en.md");
    c.write(&message, format!("hello\npay with {CARD}\n"));
    c.inc("check --only sensitive-text").exits(1).prints("C0DE-push.en.md:2:");
}

#[test]
fn the_standard_and_the_templates_are_read_too() {
    let c = Computer::workspace();
    c.inc("check --only sensitive-text").exits(0);
    let people = c.read("standards/people.toml");
    c.write("standards/people.toml", format!("{people}# PAN {CARD}\n"));
    c.write(
        "templates/report/ours.en.md.hbs",
        "token = ghp_0123456789abcdefghijABCDEFGHIJ012345\n",
    );
    let found = c.inc("check --only sensitive-text").exits(1);
    let line = people.lines().count() + 1;
    found.clone().prints(&format!("standards/people.toml:{line}:")).prints("ours.en.md.hbs:1:");
    assert!(!found.stdout.contains(CARD) && !found.stdout.contains("ghp_"), "{}", found.stdout);
    let changed = c.inc("check --changed HEAD --only sensitive-text").exits(1);
    changed.prints("standards/people.toml");
}

#[test]
fn identifiers_stand_unmasked_where_the_standard_permits_and_somebody_says_why() {
    let c = Computer::workspace();
    let id = c.open("payments");
    let note =
        format!("note \"devolver a {CLABE}, tarjeta {CARD}\" --unmask \"treasury needs it\"");
    // The default standard permits nothing.
    c.inc(&note).exits(0).says("does not let a CLABE stand unmasked");
    assert!(!c.record(&id).contains(CLABE));
    c.write("standards/sensitive.toml", "unmasked = [\"clabe\"]\n");
    c.git("commit -q -a -m standard");
    c.inc(&note).exits(0).says(MASKED);
    let record = c.record(&id);
    assert!(record.contains(&format!("devolver a {CLABE}, tarjeta {MASKED}")), "{record}");
    assert!(
        record.contains("of: unmasked:clabe") && record.contains("treasury needs it"),
        "{record}"
    );
    c.inc("check --only sensitive-text").exits(0);
    // The reason was for those words; the next ones need their own.
    c.inc(&format!("note otra vez {CLABE}")).exits(0).says("masked: CLABE");
    c.inc(&format!("note otra vez {CLABE} --unmask \"\"")).exits(2).says("--unmask needs a reason");
    let add = format!("sed -i 's/^title: .*/title: \"cuenta {CLABE}\"/' \"$1\"");
    c.set("EDITOR", c.program("../editor", &add).display().to_string());
    c.inc(&format!("edit {id} --unmask \"asked by treasury\"")).exits(0);
    assert!(c.record(&id).contains(&format!("title: \"cuenta {CLABE}\"")));
    // What the standard no longer permits is a finding again.
    c.write("standards/sensitive.toml", "unmasked = []\n");
    c.inc("check --only sensitive-text").exits(1);
    c.write("standards/sensitive.toml", "unmasked = [\"card\"]\n");
    c.inc("check --only sensitive-text").says("nothing that may stand unmasked");
    nowhere(&c);
}
