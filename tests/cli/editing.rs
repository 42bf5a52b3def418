//! Words are never lost: notes as they are typed, the editor, dry runs, undo, what is kept.

use crate::common::{Computer, Scene};

#[test]
fn words_as_people_type_them() {
    let mut s = Scene::new("words");
    s.writes("open Card payments declined at checkout");
    let id = s.only();
    s.remark("no quotes, no id");
    s.writes("note the switch times out on every third call");
    s.writes(&format!("note {} the vendor is looking", id.to_lowercase()));
    s.writes_with("note -", "from a pipe:\n  two lines, \"quotes\", # no comment\n");
    s.leaves("note").exits(2).says("inc note");
    s.leaves("note \"  \"").exits(2);
    s.remark("a service that the catalogue does not know is kept, with the nearest name");
    s.writes("update --service chekout");
    s.writes("update Kafka: lag grows");
    s.shows(s.record_path(&id));
    s.remark("nothing to say is no update");
    s.leaves("update").exits(2);
    s.remark("without a terminal and without a title it says what is missing");
    s.leaves("open").exits(2).says("inc open");
    s.leaves("open \"\"").exits(2);
    s.ends();
}

#[test]
fn words_survive_every_kind_of_text() {
    let c = Computer::workspace();
    c.open("\"texts\"");
    let texts = [
        "- looks like a list",
        "key: value # and a comment",
        "'single' \"double\" \\backslash\\ {braces} [brackets]",
        "tab\there, and a trailing colon:",
        "ñandú, 支払い, 🏦, \u{202b}עברית\u{202c}",
        "yes",
        "null",
        "0x1F",
        "2026-11-21",
        "line one\n\n  line three, indented\n",
        "%directive @at `tick` !tag &anchor *alias | > ?",
        "bell \u{7}, escape \u{1b}[31m, nul-free",
        "---",
        "...",
    ];
    for text in texts {
        c.inc_with(&["note".into(), "-".into()], text.as_bytes()).exits(0);
        let shown = c.inc("show --format json").exits(0).json();
        let timeline = shown["incident"]["record"]["timeline"].as_array().unwrap();
        assert_eq!(timeline.last().unwrap()["text"], text.trim_end(), "{shown}");
    }
    c.is_clean();
    c.inc("check").exits(0);
}

#[test]
fn a_dry_run_prints_the_difference_and_writes_nothing() {
    let mut s = Scene::new("dry-run");
    s.leaves("open \"Card payments declined\" --dry-run").exits(0);
    s.writes("open \"Card payments declined\" --service card-auth");
    let twin = s.open("\"Cards refused\"");
    let id =
        s.inc("list --format ids --sort began").stdout.lines().last().unwrap()[13..].to_owned();
    for line in [
        "ack ID --dry-run",
        "update ID \"half fail\" --dry-run",
        "note ID \"a note\" --dry-run",
        "role incident_commander ana ID --dry-run",
        "ticket PAY-1 ID --dry-run",
        "room https://meet.example/1 ID --dry-run",
        "link https://graphs.example/1 ID --dry-run",
        "restore ID --dry-run",
        "cancel ID --false-alarm --dry-run",
        "severity confirm ID --dry-run",
        "merge TWIN --into ID --dry-run",
        "pir draft ID --dry-run",
    ] {
        let line = line.replace("ID", &id).replace("TWIN", &twin);
        let before = (s.git("rev-parse HEAD"), s.git("status --short"));
        let ran = s.inc(&line).exits(0);
        assert!(ran.stdout.contains("+++ b/incidents/"), "inc {line}\n{}", ran.stdout);
        assert_eq!((s.git("rev-parse HEAD"), s.git("status --short")), before, "inc {line}");
    }
    s.leaves(&format!("restore {id} --dry-run")).exits(0);
    s.ends();
}

#[test]
fn the_last_command_is_undone_by_a_new_commit() {
    let mut s = Scene::new("undo");
    s.writes("open \"Card payments declined\" --service card-auth");
    s.writes("ack");
    let acknowledged = s.record("");
    s.writes("note \"in the wrong incident\"");
    s.leaves("undo --dry-run").exits(0).prints("-    text: in the wrong incident");
    s.writes("undo");
    assert_eq!(s.record(""), acknowledged);
    s.remark("again: the command before it");
    s.types("undo");
    s.remark("somebody else's command is theirs");
    s.set("GIT_AUTHOR_EMAIL", "luis@example.com");
    s.set("INC_AUTHOR", "Luis Prado <luis@example.com>");
    s.writes("note \"mine\"");
    s.set("INC_AUTHOR", "Ana Robles <ana@example.com>");
    s.types("undo");
    s.ends();
}

#[test]
fn undo_of_nothing_is_refused() {
    let c = Computer::workspace();
    c.write("README.md", "by hand\n");
    c.git("add -A");
    c.git("commit -q -m \"by hand\"");
    let before = c.git("rev-parse HEAD");
    let ran = c.inc("undo");
    assert!(
        ran.code == 2 || ran.stdout.contains("workspace: made"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    if ran.code == 2 {
        assert_eq!(c.git("rev-parse HEAD"), before);
    }
}

#[test]
fn the_editor_keeps_what_does_not_parse() {
    let mut s = Scene::new("edit");
    s.writes("open \"Card payments declined\" --service card-auth");
    let id = s.only();
    let path = s.record_path(&id);
    let good = s.program(
        "../editor-good",
        "sed -i 's/^title:.*/title: Cards and wallets declined/' \"$1\"",
    );
    let bad = s.program("../editor-bad", "sed -i -e 's/^status:.*/status: respnding/' -e 's/^title:.*/title: Cards declined/' \"$1\"");
    let fails = s.program("../editor-fails", "echo words >> \"$1\"; exit 1");
    s.set("GIT_EDITOR", &good);
    s.writes("edit");
    let before = s.record(&id);
    s.set("GIT_EDITOR", "true");
    s.leaves("edit").exits(0).says("nothing changed");
    s.remark("a typo: nothing is written, the text is kept");
    s.set("GIT_EDITOR", &bad);
    s.leaves("edit").exits(2).says("respnding");
    assert_eq!(s.record(&id), before);
    let kept = s.kept();
    assert_eq!(kept.len(), 1, "{kept:?}");
    s.types("retry --list").exits(0);
    s.remark("it is still wrong, and still kept");
    s.leaves("retry").exits(2);
    assert_eq!(s.kept(), kept);
    s.remark("mended by hand");
    let mended = s.read(&kept[0]).replace("respnding", "responding");
    s.write(&kept[0], mended);
    s.writes("retry");
    assert!(s.kept().is_empty());
    assert!(s.record(&id).contains("title: Cards declined\n"));
    s.remark("an editor that fails loses nothing");
    s.set("GIT_EDITOR", &fails);
    let ran = s.computer.inc("edit").exits(3);
    let file = ran.stderr.split("your text is in ").nth(1).unwrap().lines().next().unwrap();
    assert!(s.read(file).ends_with("words\n"));
    s.remark("the id is not to be edited");
    let other = s.program("../editor-id", "sed -i 's/^id:.*/id: INC-20261121-ZZZZ/' \"$1\"");
    s.set("GIT_EDITOR", &other);
    s.leaves("edit").exits(2).says("never changes");
    assert!(path.exists());
    s.ends();
}

#[test]
fn words_for_a_record_that_does_not_parse_are_kept() {
    let mut s = Scene::new("kept");
    s.writes("open \"Card payments declined\" --service card-auth");
    let id = s.only();
    let path = s.record_path(&id);
    let whole = s.record(&id);
    s.write(&path, whole.replace("status: detected", "status: detcted"));
    s.types(&format!("note {id} \"the switch answers again\"")).exits(2).says("kept");
    assert_eq!(s.kept().len(), 1);
    s.remark("still broken: still kept, once");
    s.types("retry").exits(2);
    assert_eq!(s.kept().len(), 1);
    s.write(&path, &whole);
    s.leaves("retry --dry-run").exits(0).prints("+    text: the switch answers again");
    assert_eq!(s.kept().len(), 1);
    s.writes("retry");
    assert!(s.kept().is_empty());
    assert!(s.record(&id).contains("text: the switch answers again"));
    s.remark("no incident is named and several are open");
    s.open("\"Another\"");
    s.leaves("note \"which one\"").exits(2).says("kept");
    s.leaves("update \"which one now\" --next 30m").exits(2).says("kept");
    assert_eq!(s.kept().len(), 2);
    s.leaves("retry").exits(2);
    assert_eq!(s.kept().len(), 2);
    s.types(&format!("retry {id}")).exits(0);
    assert!(s.kept().is_empty());
    let text = s.record(&id);
    assert!(text.contains("which one\n") && text.contains("which one now\n"), "{text}");
    s.remark("no id ends so");
    s.leaves("note INC-20261121-ZZZZ \"to nobody\"").exits(2).says("kept");
    s.ends();
}

#[test]
fn a_change_by_hand_is_committed_before_the_command() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let text =
        c.record(&id).replace("title: Card payments declined", "title: Cards declined # mine");
    c.write(c.record_path(&id), text);
    c.inc("ack").exits(0);
    let log = c.git("log -2 --format=%s");
    assert_eq!(
        log,
        format!("INC-20261121-{id}: acknowledged\nINC-20261121-{id}: edited by hand\n")
    );
    assert!(c.record(&id).contains("title: Cards declined # mine"));
    c.is_clean();
}

#[test]
fn somebody_elses_words_while_the_editor_was_open() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let inc = env!("CARGO_BIN_EXE_inc");
    let here = c.here.display();
    let script = format!(
        "GIT_EDITOR= '{inc}' -C '{here}' note {id} 'from the other shift' >/dev/null || exit 9\n\
         sed -i 's/^title:.*/title: Cards declined/' \"$1\""
    );
    let editor = c.program("../editor", &script);
    c.set("GIT_EDITOR", &editor);
    c.inc("edit").exits(3).says("somebody else");
    assert!(c.record(&id).contains("from the other shift"), "the other's words are there");
    let kept = c.kept();
    assert_eq!(kept.len(), 1);
    assert!(c.read(&kept[0]).contains("title: Cards declined"), "and so are mine");
    c.is_clean();
}

#[test]
fn line_ends_of_another_system_are_kept() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\" --service card-auth");
    let path = c.record_path(&id);
    c.write(&path, c.record(&id).replace('\n', "\r\n"));
    c.git("config core.autocrlf false");
    for line in ["ack", "note \"two\"", "update three --tried 10 --affected 5", "restore"] {
        c.inc(line).exits(0);
        let text = c.record(&id);
        assert_eq!(
            text.matches('\n').count(),
            text.matches("\r\n").count(),
            "inc {line}:\n{text:?}"
        );
    }
    c.is_clean();
}
