//! History as evidence, and what was known at a time.

use crate::common::Computer;

#[test]
fn an_audit_tells_what_stands_out() {
    let c = Computer::workspace();
    let id = c.open("\"Cards declined\" --service card-auth");
    c.inc(&format!("note {id} \"first sign\"")).exits(0);
    c.inc(&format!("cancel {id} --false-alarm -m \"a test ran\"")).exits(0);
    let path = c.record_path(&id);
    c.write(&path, c.read(&path).replace("title: Cards declined", "title: Cards were fine"));
    c.git("commit -qam \"a better title\"");
    let json = c.inc("audit --period 2026-11 --format json").exits(0).json();
    let counts = &json["counts"];
    assert_eq!(counts["edits"], 4, "{counts}");
    assert_eq!((&counts["after_closing"], &counts["outside_inc"]), (&1.into(), &1.into()));
    assert_eq!(counts["set_by_hand"], 3, "{counts}");
    let last = &json["edits"][0];
    assert_eq!(last["fields"][0]["field"], "title");
    assert_eq!(last["fields"][0]["to"], "Cards were fine");
    assert_eq!((&last["person"], &last["command"]), (&"ana".into(), &serde_json::Value::Null));
    assert_eq!(json["edits"][1]["command"], "cancel");
    let text = c.inc("audit").exits(0);
    text.prints("Edits after closing: 1").prints("Edits made without inc: 1").prints("none");
    let csv = c.inc("audit --format csv").exits(0).stdout;
    let header = "part,incident,at,committed_at,person,author,email,commit,signed,command,field,from,to,marks\r\n";
    assert!(csv.starts_with(header), "{csv}");
    assert!(csv.contains(",title,Cards declined,Cards were fine,after-closing outside-inc\r\n"));
    let none = c.inc("audit --period 2025-01 --format json").exits(0).json();
    assert_eq!(none["counts"]["edits"], 0);
    c.inc("audit --period soon").exits(2).says("bad-period");
    c.inc(&format!("audit {id} --format json")).exits(0);
}

#[test]
fn rewritten_history_is_found_by_what_was_seen() {
    let c = Computer::workspace();
    let bare = c.base().join("bare");
    c.git_in(&c.base(), &format!("init -q --bare {}", bare.display()));
    c.git(&format!("remote add origin {}", bare.display()));
    let id = c.open("\"Cards declined\"");
    c.git("push -q origin main");
    let seen = c.git("rev-parse HEAD");
    c.write(".git/inc/seen/origin/main", &seen);
    c.inc(&format!("note {id} more")).exits(0);
    c.git("push -q origin main");
    c.inc("audit").exits(0).prints("History rewritten after it was seen here: none");
    c.git("reset -q --hard HEAD~2");
    c.git("push -q --force origin main");
    let ran = c.inc("audit").exits(0);
    ran.prints("History rewritten after it was seen here: 1").prints("origin/main: was at");
}

#[test]
fn what_was_known_then() {
    let c = Computer::workspace();
    let id = c.open("\"Cards declined\" --service card-auth --kind outage");
    c.clock("04:00");
    c.inc(&format!("update {id} worse --affected 60000 --tried 90000")).exits(0);
    c.clock("05:00");
    c.inc(&format!("restore {id}")).exits(0);
    c.clock("08:00");
    let now = c.inc(&format!("show {id}")).exits(0).stdout;
    assert!(now.contains("60,000") || now.contains("60000"), "{now}");
    let then = c.inc(&format!("show {id} --as-of 03:30")).exits(0);
    assert!(then.stdout.starts_with("As of 2026-11-21 03:30 -06:00: commit "), "{}", then.stdout);
    assert!(!then.stdout.contains("60,000") && !then.stdout.contains("worse"), "{}", then.stdout);
    let json = c.inc(&format!("show {id} --as-of 2026-11-21T04:30 --format json")).exits(0).json();
    assert_eq!(json["as_of"]["at"], "2026-11-21T04:30:00-06:00");
    assert!(json.to_string().contains("responding") || json.to_string().contains("detected"));
    for command in ["brief", "targets", "severity show"] {
        c.inc(&format!("{command} {id} --as-of 03:30")).exits(0).prints("As of 2026-11-21 03:30");
    }
    c.inc(&format!("facts show {id} --as-of 03:30")).exits(0).says("As of 2026-11-21 03:30");
    c.inc(&format!("show {id} --as-of \"2026-11-20 10:00\"")).exits(2).says("not-recorded-then");
    c.inc(&format!("show {id} --as-of 23:00")).exits(2).says("future-time");
}
