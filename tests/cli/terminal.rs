//! What asks, asked: commands on a pseudo-terminal, which python brings.

use crate::common::{Computer, Ran, split};

/// Waits for words on the terminal, then types a line; and so on. Prints all that was shown and
/// ends as the command did.
const DRIVER: &str = r#"
import json, os, pty, select, sys, time
steps, args = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(args[0], args)
shown, at, end = b"", 0, time.time() + 60
while time.time() < end:
    while steps and shown.find(steps[0][0].encode(), at) >= 0:
        words, line = steps.pop(0)
        at = shown.find(words.encode(), at) + len(words.encode())
        os.write(terminal, line.encode() if line == "\x04" else line.encode() + b"\r")
    ready, _, _ = select.select([terminal], [], [], 0.2)
    if ready:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
if steps:
    sys.stdout.write("\nnever asked: " + repr(steps))
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
sys.exit(3 if steps else os.waitstatus_to_exitcode(status))
"#;

/// Runs a line on a terminal; none where there is no python to make one, which is said.
pub(crate) fn on_terminal(c: &Computer, line: &str, steps: &[(&str, &str)]) -> Option<Ran> {
    let there = c.command("python3", &c.here).arg("--version").output();
    if there.is_err() {
        assert!(std::env::var_os("CI").is_none(), "no python3, and CI must not skip");
        println!("skipped: no python3 to make a terminal with");
        return None;
    }
    let mut command = c.command("python3", &c.here);
    command.env("TERM", "dumb").args(["-c", DRIVER]).arg(serde_json::to_string(steps).unwrap());
    command.arg(env!("CARGO_BIN_EXE_inc")).args(split(line));
    let ran = c.finish(command, b"");
    c.later(1);
    assert!(!ran.stdout.contains("panicked at"), "{}", ran.stdout);
    Some(ran)
}

/// An incident whose situation, hypothesis and next step two people changed apart.
fn in_conflict() -> (Computer, String) {
    let c = Computer::workspace();
    let inc = std::path::Path::new(env!("CARGO_BIN_EXE_inc"));
    let path = std::env::var("PATH").unwrap_or_default();
    c.set("PATH", format!("{}:{path}", inc.parent().unwrap().display()));
    let id = c.open("\"Card payments declined\" --service card-auth");
    c.git("checkout -q -b other");
    c.inc("update \"the switch is down\" --hypothesis \"a bad release\" --doing waiting").exits(0);
    c.git("checkout -q main");
    c.inc("update \"the route is down\" --hypothesis \"a cut cable\" --doing rerouting").exits(0);
    let mut merge = c.command("git", &c.here);
    merge.args(["merge", "-q", "--no-edit", "other"]);
    assert_eq!(c.finish(merge, b"").code, 1, "a conflict");
    c.git("add -A");
    c.git("commit -q --no-edit");
    (c, id)
}

const ASKED: &str = "Enter leaves it: ";

#[test]
fn a_conflict_is_settled_field_by_field() {
    let (c, id) = in_conflict();
    let before = c.commits();
    let steps = [(ASKED, "2"), (ASKED, "both"), (ASKED, "both sides are right")];
    let Some(ran) = on_terminal(&c, "resolve-conflict", &steps) else { return };
    let ran = ran.exits(0);
    // Each field with its values, numbered, and what stands now.
    ran.clone().prints("now.doing:\n  1     rerouting\n  2     waiting\n  base  (nothing)\n");
    ran.clone().prints("  1     a bad release\n  2     a cut cable\n");
    ran.prints("settled now.situation");
    assert_eq!(c.commits(), before + 1);
    c.is_clean();
    let text = c.record(&id);
    assert!(!text.contains("conflicts:"), "{text}");
    assert!(text.contains("doing: waiting") && text.contains("situation: both sides are right"));
    assert!(text.contains("hypothesis: a bad release; a cut cable"), "{text}");
    // What was not taken is in the timeline, and all of it can be taken back.
    assert!(text.contains("now.doing settled: waiting; not: rerouting"), "{text}");
    assert!(text.contains("settled: a bad release; a cut cable\""), "{text}");
    c.inc("undo").exits(0);
    assert_eq!(c.record(&id).matches("- field:").count(), 3);
}

#[test]
fn an_answer_that_cannot_be_is_asked_again() {
    let (c, id) = in_conflict();
    let text = c.record(&id).replacen("values: [rerouting, waiting]", "values: [\"2\", \"3\"]", 1);
    c.write(c.record_path(&id), text);
    // The value 2, or the second one; Enter leaves a field; the end of input leaves the rest.
    let steps = [(ASKED, "2"), ("unclear-choice", "=2"), (ASKED, ""), (ASKED, "\u{4}")];
    let Some(ran) = on_terminal(&c, "resolve-conflict", &steps) else { return };
    let ran = ran.exits(0);
    ran.prints("still in conflict: now.hypothesis, now.situation");
    assert!(c.record(&id).contains("doing: \"2\""), "{}", c.record(&id));
    let steps = [(ASKED, ""), (ASKED, "")];
    let ran = on_terminal(&c, "resolve-conflict", &steps).unwrap().exits(0);
    ran.prints("nothing was decided");
    c.is_clean();
}

#[test]
fn both_sides_are_edited_into_one() {
    let (c, id) = in_conflict();
    let editor = c.program("../editor", "sed -i 's/; / and /; s/$/, both/' \"$1\"");
    c.set("GIT_EDITOR", editor);
    let steps = [(ASKED, "base"), (ASKED, "edit"), (ASKED, "")];
    let Some(ran) = on_terminal(&c, "resolve-conflict", &steps) else { return };
    ran.exits(0);
    let text = c.record(&id);
    assert!(text.contains("hypothesis: a bad release and a cut cable, both"), "{text}");
    assert!(text.contains("now.doing settled: nothing; not: rerouting | waiting"), "{text}");
}

#[test]
fn a_title_and_a_downgrade_are_asked_for() {
    let c = Computer::workspace();
    let Some(ran) =
        on_terminal(&c, "open --service card-auth", &[("What is wrong? ", "Cards fail")])
    else {
        return;
    };
    ran.exits(0);
    assert!(c.record("").contains("title: Cards fail"));
    let line = "severity override SEV4 --reason \"a test card\"";
    let before = c.commits();
    let ran = on_terminal(&c, line, &[("go on? [y/N] ", "")]).unwrap();
    ran.exits(1).prints("nothing was written");
    assert_eq!(c.commits(), before);
    on_terminal(&c, line, &[("go on? [y/N] ", "y")]).unwrap().exits(0);
    assert_eq!(c.commits(), before + 1);
}
