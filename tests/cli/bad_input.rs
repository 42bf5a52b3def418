//! Bad input is normal input: a clear error, exit 2 or 3, nothing lost, no panic.

use std::fmt::Write as _;
use std::io::{Seek as _, SeekFrom, Write as _};

use crate::common::Computer;

const PATH: &str = "incidents/2026/11/INC-20261121-7QKM/incident.yaml";

const GOOD: &str = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\n\
                    title: Card payments declined\nstatus: detected\n\
                    times:\n  detected: 2026-11-21T03:05:00-06:00\n";

/// A workspace with one good record beside the bad one.
fn beside(bytes: &[u8]) -> Computer {
    let c = Computer::workspace();
    c.open("\"The good one\"");
    c.write(PATH, bytes);
    c
}

/// What holds of every unreadable record.
fn is_refused(c: &Computer, what: &str, said: &str) {
    let before = std::fs::read(c.here.join(PATH)).ok();
    let head = c.git("rev-parse HEAD");
    let ran = c.inc("show 7QKM").exits(2);
    assert!(ran.stderr.contains(said), "{what}: no `{said}` in\n{}", ran.stderr);
    assert!(ran.stderr.contains("INC-20261121-7QKM"), "{what}: names no file\n{}", ran.stderr);
    let listed = c.inc("list").exits(2);
    assert!(listed.stdout.contains("The good one"), "{what}: hides the others");
    assert!(listed.stderr.contains(said), "{what}: list says\n{}", listed.stderr);
    let shortest = |text: &str| text.len() < 4_000;
    assert!(shortest(&listed.stderr), "{what}: {} bytes of complaint", listed.stderr.len());
    let noted = c.inc("note 7QKM \"the words\"").exits(2);
    assert!(noted.stderr.contains("kept in"), "{what}: the words are gone\n{}", noted.stderr);
    c.inc("restore 7QKM").exits(2);
    c.inc("check").exits(1);
    c.inc("").exits(0);
    assert_eq!(std::fs::read(c.here.join(PATH)).ok(), before, "{what}: the file is as it was");
    assert_eq!(c.git("rev-parse HEAD"), head, "{what}: nothing was committed");
    // The others can be worked on all the same.
    c.inc("open \"Another\"").exits(0);
}

#[test]
fn texts_that_are_no_record() {
    let deep = format!("{GOOD}x-deep: {}{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let mut bomb = GOOD.replace(
        "schema: 1\n",
        "schema: 1\nx-a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n",
    );
    for (from, to) in ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"].iter().map(|p| p.split_at(1))
    {
        let many = vec![format!("*{from}"); 9].join(", ");
        let _ = writeln!(bomb, "x-{to}: &{to} [{many}]");
    }
    let duplicate = format!("{GOOD}title: Twice\n");
    let tabs = GOOD.replace("  detected:", "\tdetected:");
    let two = format!("{GOOD}---\n{GOOD}");
    let cases: [(&str, &[u8], &str); 13] = [
        ("empty", b"", "empty"),
        ("only blanks", b" \n\n", "empty"),
        ("binary", b"\x00\x01\x02\x89PNG\r\n\x1a\n\x00\x00", "error["),
        ("invalid UTF-8", b"schema: 1\ntitle: caf\xe9\n", "UTF-8"),
        ("a list", b"- one\n- two\n", "error["),
        ("not YAML", b"schema: [\n", "error["),
        ("deep nesting", deep.as_bytes(), "recursion limit"),
        ("alias bomb", bomb.as_bytes(), "error["),
        ("duplicate key", duplicate.as_bytes(), "title"),
        ("tab", tabs.as_bytes(), "tab"),
        ("two documents", two.as_bytes(), "document"),
        ("unknown key", b"schema: 1\nttle: x\n", "title"),
        ("html", b"<!DOCTYPE html><html><body>404</body></html>", "error["),
    ];
    for (what, bytes, said) in cases {
        let c = beside(bytes);
        is_refused(&c, what, said);
    }
}

#[test]
fn an_id_that_does_not_match_its_folder() {
    let c = beside(GOOD.replace("7QKM", "8888").as_bytes());
    is_refused(&c, "id and folder", "8888");
}

#[test]
fn two_folders_with_one_uid() {
    let c = beside(GOOD.as_bytes());
    let twin = "incidents/2026/11/INC-20261121-8888/incident.yaml";
    c.write(twin, GOOD.replace("7QKM", "8888"));
    let ran = c.inc("list").exits(2);
    assert!(ran.stderr.contains("7QKM") && ran.stderr.contains("8888"), "{}", ran.stderr);
    assert!(ran.stdout.contains("The good one"));
    c.inc("check").exits(1);
}

#[test]
fn a_hundred_megabytes() {
    let c = Computer::workspace();
    c.open("\"The good one\"");
    // A hole costs no disk: what counts is that nobody reads it into memory.
    c.write(PATH, GOOD);
    let mut file = std::fs::OpenOptions::new().write(true).open(c.here.join(PATH)).unwrap();
    file.seek(SeekFrom::Start(100 * 1024 * 1024)).unwrap();
    file.write_all(b"\n").unwrap();
    drop(file);
    let started = std::time::Instant::now();
    let ran = c.inc("list").exits(2);
    assert!(ran.stderr.contains("large") && ran.stderr.contains("7QKM"), "{}", ran.stderr);
    assert!(ran.stdout.contains("The good one"));
    c.inc("show 7QKM").exits(2).says("large");
    c.inc("note 7QKM \"the words\"").exits(2).says("kept in");
    c.inc("check").exits(1);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn long_texts_within_the_limits() {
    let c = Computer::workspace();
    let title = "x".repeat(10_000);
    let ran = c.inc(&format!("open {title}")).exits(2).says("title-too-long").says("kept in ");
    assert!(ran.stderr.contains("10000 characters; it may have 500"), "{}", ran.stderr);
    assert_eq!(c.read(&c.kept()[0]).trim(), title, "words are never lost");
    std::fs::remove_file(&c.kept()[0]).unwrap();
    c.inc(&format!("open {}", "ñ".repeat(500))).exits(0);
    c.inc(&format!("update --title {title}")).exits(2).says("title-too-long");
    // A record from elsewhere may have one, and is read.
    let path = c.record_path("");
    let text = c.read(&path);
    let elsewhere: String =
        text.lines()
            .map(|l| {
                if l.starts_with("title:") { format!("title: {title}\n") } else { format!("{l}\n") }
            })
            .collect();
    c.write(&path, elsewhere);
    c.inc("show").exits(0);
    assert!(c.inc("list").exits(0).stdout.lines().all(|l| l.chars().count() < 12_000));
    c.inc("").exits(0);
    c.inc("check").prints("long-title");
    c.inc("note \"in plain words\"").exits(0);
    // A note is no document.
    let long = "y".repeat(1024 * 1024);
    let ran = c.inc_with(&["note".into(), "-".into()], long.as_bytes());
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let binary = c.inc_with(&["note".into(), "-".into()], b"\xff\xfe\x00 words");
    assert!(binary.code == 2 || binary.code == 0, "{}", binary.stderr);
    c.is_clean();
}

#[test]
fn a_title_with_newlines_is_one_line_in_git() {
    let c = Computer::workspace();
    let args = ["open", "Cards\n\nCo-signed: nobody\n", "--quiet"].map(String::from);
    c.inc_with(&args, b"").exits(0);
    let subject = c.git("log -1 --format=%s");
    assert!(subject.contains(": opened") && subject.lines().count() == 1, "{subject}");
    c.inc("ack").exits(0);
    c.is_clean();
}

#[test]
fn a_folder_in_place_of_the_file() {
    let c = beside(GOOD.as_bytes());
    std::fs::remove_file(c.here.join(PATH)).unwrap();
    std::fs::create_dir(c.here.join(PATH)).unwrap();
    let ran = c.inc("show 7QKM");
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    let ran = c.inc("list");
    assert!(ran.stdout.contains("The good one"), "{}{}", ran.stdout, ran.stderr);
    c.inc("note 7QKM \"the words\"").exits(2);
    // And a folder of records that is a file.
    let c = Computer::workspace();
    c.write("incidents", "a file\n");
    let ran = c.inc("open \"Card payments declined\"");
    assert!(ran.code == 2 || ran.code == 3, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(c.read("incidents"), "a file\n");
}

#[test]
fn links_out_of_the_workspace_are_not_followed() {
    let c = beside(GOOD.as_bytes());
    let outside = c.base().join("outside.yaml");
    std::fs::write(&outside, GOOD).unwrap();
    std::fs::remove_file(c.here.join(PATH)).unwrap();
    std::os::unix::fs::symlink(&outside, c.here.join(PATH)).unwrap();
    let ran = c.inc("show 7QKM").exits(2);
    assert!(!ran.stdout.contains("Card payments declined"), "{}", ran.stdout);
    c.inc("note 7QKM \"the words\"").exits(2);
    c.inc("restore 7QKM").exits(2);
    let ran = c.inc("list");
    assert!(!ran.stdout.contains("7QKM"), "{}", ran.stdout);
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), GOOD);

    // A folder that leads out.
    let c = Computer::workspace();
    let away = c.base().join("away");
    std::fs::create_dir_all(&away).unwrap();
    std::fs::create_dir_all(c.here.join("incidents/2026")).unwrap();
    std::os::unix::fs::symlink(&away, c.here.join("incidents/2026/11")).unwrap();
    let ran = c.inc("open \"Card payments declined\"");
    assert!(ran.code == 2 || ran.code == 3, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(std::fs::read_dir(&away).unwrap().count(), 0, "nothing is written outside");
}

#[test]
fn a_path_in_an_id() {
    let c = beside(GOOD.as_bytes());
    for id in [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "*",
        "INC-20261121-7QKM/../x",
        "%00",
        "🦀",
        "é",
    ] {
        for command in ["show", "ack", "restore", "log", "brief", "edit", "resolve"] {
            let ran = c.inc_with(&[command.into(), id.into()], b"");
            assert_eq!(ran.code, 2, "inc {command} {id}\n{}{}", ran.stdout, ran.stderr);
        }
    }
    let far = "9".repeat(100_000);
    c.inc_with(&["show".into(), far], b"").exits(2);
}

#[test]
fn numbers_and_times_that_are_none() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let before = c.record(&id);
    for flags in [
        "--tried -1",
        "--tried 1.5",
        "--tried 99999999999999999999999",
        "--affected 10 --tried 5",
        "--lost-value -3",
        "--lost-value 12,50",
        "--lost-value \"1 PESOS\"",
        "--lost-value 1e99",
        "--failing 101%",
        "--failing -1%",
        "--failing half",
        "--next -5m",
        "--next 0m",
        "--next soon",
        "--next 99999999999h",
        "--harm nonsense",
        "--status closed",
        "--status burning",
        "--kind outtage",
        "--impact-started 23:59",
        "--detected 2026-13-41T00:00:00Z",
        "--title \"\"",
    ] {
        let ran = c.inc(&format!("update {flags}"));
        assert_eq!(ran.code, 2, "inc update {flags}\n{}{}", ran.stdout, ran.stderr);
        assert_eq!(c.record(&id), before, "inc update {flags}");
    }
    c.is_clean();
}

#[test]
fn a_file_that_may_not_be_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let folder = c.record_path(&id).parent().unwrap().to_owned();
    let probe = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode));
    probe(0o555).unwrap();
    if std::fs::write(folder.join("probe"), "").is_ok() {
        std::fs::remove_file(folder.join("probe")).unwrap();
        probe(0o755).unwrap();
        println!("skipped: this user may write anywhere (root)");
        return;
    }
    let ran = c.inc("note \"the words\"");
    probe(0o755).unwrap();
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    ran.says("kept in");
    c.inc("retry").exits(0);
    assert!(c.record(&id).contains("text: the words"));
}

#[test]
fn an_import_of_rubbish() {
    let c = Computer::workspace();
    let rubbish: [(&str, &[u8]); 6] = [
        ("empty.json", b""),
        ("binary.json", b"\x00\xff\xfe"),
        ("list.json", b"[7]"),
        ("deep.json", &[b'['; 100_000]),
        ("wrong.json", b"{\"incidents\": 7}"),
        ("bad.md", b"---\ntitle: [\n---\n"),
    ];
    for (name, bytes) in rubbish {
        c.write(format!("../history/{name}"), bytes);
        let kind = if name.ends_with("json") { "statuspage" } else { "cstate" };
        let ran = c.inc(&format!("import {kind} ../history/{name}"));
        assert_eq!(ran.code, 2, "{name}: {}{}", ran.stdout, ran.stderr);
        c.is_clean();
    }
    c.inc("import statuspage ../nowhere").exits(2).says("nowhere");
    c.inc("import cstate inc.toml").exits(2);
}

#[test]
fn a_hostile_template_and_a_hostile_standard() {
    let c = Computer::workspace();
    c.open("\"Card payments declined\" --service card-auth --kind outage");
    c.write("templates/communication/push/initial.es-MX.hbs", "{{#if titel}}x{{/if}}");
    let ran = c.inc("comms draft --stage initial --channel push");
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stderr.contains("titel") && ran.stderr.contains("initial.es-MX.hbs:1"),
        "{}",
        ran.stderr
    );
}
