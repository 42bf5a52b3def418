//! What machines and terminals get: JSON, exit codes, colours, closed pipes.

use serde_json::Value;

use crate::common::Computer;

fn one() -> (Computer, String) {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\" --service card-auth --kind outage --since 03:02");
    (c, id)
}

#[test]
fn json_answers_are_objects_with_a_schema() {
    let (c, id) = one();
    for line in [
        "list --format json",
        "show --format json",
        "log --format json",
        "facts list --format json",
        "facts show --format json",
        "check --format json",
        "open another --format json",
        "open third --format json --dry-run",
        "import statuspage history.json --format json",
    ] {
        c.write("history.json", "{\"page\":{},\"incidents\":[]}");
        let line = line.replace("show", &format!("show {id}")).replace("log", &format!("log {id}"));
        let ran = c.inc(&line);
        assert!(ran.code <= 1, "inc {line}: {}\n{}", ran.code, ran.stderr);
        if !line.contains("--dry-run") {
            assert_eq!(ran.json()["schema"], 1, "inc {line}");
        }
    }
    let shown = c.inc(&format!("show {id} --format json")).json();
    assert!(shown["incident"]["id"].as_str().unwrap().ends_with(&id), "{shown}");
    let facts = c.inc(&format!("facts show {id} --format json")).exits(0);
    c.write("facts.json", &facts.stdout);
    c.inc("decide standards/severity.toml --facts facts.json");
}

#[test]
fn errors_are_json_where_json_was_asked_for() {
    let (c, id) = one();
    for (line, code) in [
        ("show ZZZZ --format json", 2),
        ("list --format json --severity SEV9", 2),
        ("list --format json --since soon", 2),
        ("list --format=json --no-such-flag", 2),
        ("show --format json a b c", 2),
    ] {
        let ran = c.inc(line).exits(code);
        assert_eq!(ran.stdout, "", "inc {line}");
        for said in ran.stderr.lines() {
            let said: Value = serde_json::from_str(said)
                .unwrap_or_else(|e| panic!("inc {line}: {e}\n{}", ran.stderr));
            assert_eq!(said["schema"], 1, "inc {line}");
        }
    }
    c.write(c.record_path(&id), "schema: 1\nid: [\n");
    let ran = c.inc("list --format json").exits(2);
    assert_eq!(ran.json()["schema"], 1);
    for said in ran.stderr.lines() {
        assert!(serde_json::from_str::<Value>(said).is_ok(), "{}", ran.stderr);
    }
}

#[test]
fn exit_codes_say_what_kind_of_no_it_was() {
    let (c, id) = one();
    for (line, code) in [
        ("--help", 0),
        ("--version", 0),
        ("help", 0),
        ("help open", 0),
        ("help -k topics", 0),
        ("help -k nothing", 2),
        ("help nothing", 2),
        ("", 0),
        ("list", 0),
        ("show", 0),
        ("check", 0),
        ("restore", 0),
        ("resolve", 1),
        ("restore", 2),
        ("frobnicate", 2),
        ("show ZZZZ", 2),
        ("undo extra", 2),
        ("explain nothing-of-this-name", 2),
        ("explain unknown-key", 0),
        ("schema incident", 0),
        ("schema nothing", 2),
        ("--now yesterday list", 2),
        ("-C /nonexistent list", 2),
    ] {
        let ran = c.inc(line);
        assert_eq!(ran.code, code, "inc {line}\n{}{}", ran.stdout, ran.stderr);
        let quiet = code == 0 || !ran.stderr.is_empty();
        assert!(quiet, "inc {line} fails without a word");
    }
    // A gate's no is 1, and so is the answer of a check.
    c.write(c.record_path(&id), "nonsense\n");
    c.inc("check").exits(1);
    c.inc("list").exits(2);
}

#[test]
fn a_typed_command_is_nearly_right() {
    let c = Computer::workspace();
    c.inc("opne x").exits(2).says("open");
    c.inc("list --opne").exits(2).says("--open");
    c.inc("open x --kind outtage").exits(2).says("outage");
    c.inc("help opne").exits(2).says("open");
}

#[test]
fn a_closed_pipe_is_quiet() {
    let (c, id) = one();
    let long = "a line of a long timeline\n".repeat(2_000);
    for _ in 0..3 {
        c.inc_with(&["note".into(), id.clone(), "-".into()], long.as_bytes()).exits(0);
    }
    for line in ["list", "show", "log", "facts list", "help", "man", "completions bash"] {
        let line = line.replace("show", &format!("show {id}")).replace("log", &format!("log {id}"));
        let mut command = c.command("sh", &c.here);
        let script = format!("{{ \"$INC\" {line}; echo $? >code; }} | head -c 0");
        command.arg("-c").arg(script).env("INC", env!("CARGO_BIN_EXE_inc"));
        let ran = c.finish(command, b"");
        assert_eq!((ran.stderr.as_str(), c.read("code").trim()), ("", "0"), "inc {line}");
    }
}

#[test]
fn colour_is_for_those_who_want_it() {
    let (c, _) = one();
    let escaped = |c: &Computer, line: &str| c.inc(line).exits(0).stdout.contains('\u{1b}');
    assert!(!escaped(&c, "list"), "a pipe gets none");
    assert!(escaped(&c, "list --color always"));
    assert!(!escaped(&c, "list --color never"));
    c.set("CLICOLOR_FORCE", "1");
    assert!(escaped(&c, "list"), "CLICOLOR_FORCE");
    c.set("NO_COLOR", "1");
    c.unset("CLICOLOR_FORCE");
    assert!(!escaped(&c, "list"), "NO_COLOR");
    assert!(!escaped(&c, "list --format json --color always"), "no colour in JSON");
    assert!(!escaped(&c, "list --format csv --color always"), "no colour in CSV");
    assert!(!escaped(&c, "list --format ids --color always"), "no colour in ids");
    assert!(!escaped(&c, "help open"), "help in a pipe");
}

/// A title that would clear the screen, ring, and start another line.
#[test]
fn control_characters_never_reach_the_terminal() {
    let c = Computer::workspace();
    let title = "Cards \u{1b}[2J\u{7}down\nINC-20261121-FAKE fine \u{202e}gnol\u{9b}31m";
    let args = ["open", title, "--service", "\u{1b}]0;owned\u{7}"].map(String::from);
    let mut said = vec![c.inc_with(&args, b"").exits(0)];
    let id = c.inc("list --format ids").stdout.trim()[13..].to_owned();
    let hostile = ["note", "x\u{1b}[31m\rover\u{8}"].map(String::from);
    said.push(c.inc_with(&hostile, b"").exits(0));
    for line in ["", "list", "show", "brief", "log", "ack", "check", "targets", "show ZZZZ"] {
        said.push(c.inc(line));
    }
    said.push(c.inc_with(&["show".into(), "\u{1b}[31m".into()], b"").exits(2));
    said.push(c.inc_with(&["note".into(), "x".into(), "--at".into(), "\u{1b}[31m".into()], b""));
    said.push(c.inc_with(&["\u{1b}[31m".into()], b""));
    said.push(c.inc_with(&["list".into(), "--severity".into(), "\u{1b}[31m".into()], b""));
    for ran in &said {
        for text in [&ran.stdout, &ran.stderr] {
            let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
            assert_eq!(bad, None, "{text:?}");
            let fake = text.lines().any(|l| l.starts_with("INC-20261121-FAKE"));
            assert!(!fake, "a title makes a line of its own: {text}");
        }
    }
    // The record and JSON hold the title as it was typed.
    let shown = c.inc(&format!("show {id} --format json")).exits(0).json();
    assert_eq!(shown["incident"]["title"], title, "{shown}");
}

#[test]
fn quiet_answers_are_bare() {
    let c = Computer::workspace();
    let ran = c.inc("open \"Card payments declined\" --quiet").exits(0);
    assert_eq!(ran.stderr, "");
    assert!(ran.stdout.starts_with("INC-20261121-") && ran.stdout.len() == 18, "{}", ran.stdout);
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let run = || {
        let (c, _) = one();
        c.inc("ack").exits(0);
        (
            c.record(""),
            c.inc("show").stdout,
            c.git("rev-parse HEAD^{tree}"),
            c.git("log -1 --format=%H"),
        )
    };
    assert_eq!(run(), run());
}

#[test]
fn a_pager_is_for_terminals_only() {
    let (c, _) = one();
    let pager = c.program("../pager", "echo paged; cat");
    c.set("GIT_PAGER", &pager);
    c.set("PAGER", &pager);
    assert!(!c.inc("show").exits(0).stdout.contains("paged"));
}

/// Whatever state a record is in, no command panics, and each says what it could not do.
#[test]
fn every_command_answers_in_every_state() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\" --service card-auth");
    let commands = [
        "show",
        "brief",
        "log",
        "targets",
        "severity show",
        "facts show",
        "check",
        "ack",
        "restore",
        "relapse",
        "resolve",
        "close",
        "reopen",
        "cancel --false-alarm",
        "pir refresh",
        "pir draft",
        "comms draft --stage restored",
        "comms draft --stage initial",
    ];
    for step in ["ack", "restore", "resolve --anyway why", "close --anyway why"] {
        for line in commands {
            let (verb, flags) = line
                .split_once(" --")
                .map_or((line, String::new()), |(v, f)| (v, format!(" --{f}")));
            let dry = if matches!(verb, "show" | "brief" | "log" | "targets" | "check")
                || verb.ends_with("show")
            {
                ""
            } else {
                " --dry-run"
            };
            let ran = c.inc(&format!("{verb} {id}{flags}{dry}"));
            assert!((0..=2).contains(&ran.code), "{step}: inc {line}: {}", ran.code);
            assert!(
                ran.code == 0 || !(ran.stderr.is_empty() && ran.stdout.is_empty()),
                "{step}: inc {line}"
            );
            let wordless =
                ran.code == 2 && !ran.stderr.contains("= help:") && !ran.stderr.contains("error:");
            assert!(!wordless, "{step}: inc {line} does not say what to do:\n{}", ran.stderr);
        }
        let (verb, flags) =
            step.split_once(" --").map_or((step, String::new()), |(v, f)| (v, format!(" --{f}")));
        c.inc(&format!("{verb} {id}{flags}")).exits(0);
        c.is_clean();
    }
}
