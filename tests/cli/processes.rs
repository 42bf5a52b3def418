//! Many processes on one checkout, and processes that are killed: nothing lost, nothing double.

use std::process::{Child, Stdio};
use std::time::Duration;

use crate::common::Computer;

fn start(c: &Computer, words: &str) -> Child {
    let mut command = c.command(env!("CARGO_BIN_EXE_inc"), &c.here);
    command.env_remove("INC_SEED").args(["note", words]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// How often the words stand in the record.
fn times_noted(record: &str, words: &str) -> usize {
    record.lines().filter(|line| line.trim_end().ends_with(words)).count()
}

fn crowd(processes: usize, notes: usize, incidents: usize) {
    let c = Computer::workspace();
    let ids: Vec<String> =
        (0..incidents).map(|_| c.open("\"Card payments declined\" --service card-auth")).collect();
    let before = c.commits();
    std::thread::scope(|scope| {
        for process in 0..processes {
            let id = &ids[process % incidents];
            let commands: Vec<_> = (0..notes)
                .map(|note| {
                    let mut command = c.command(env!("CARGO_BIN_EXE_inc"), &c.here);
                    command.env_remove("INC_SEED").args(["note", id]);
                    command.arg(format!("process {process} note {note} ends"));
                    command.stdin(Stdio::null()).stdout(Stdio::null());
                    command
                })
                .collect();
            scope.spawn(move || {
                for mut command in commands {
                    let ran = command.output().unwrap();
                    let said = String::from_utf8_lossy(&ran.stderr);
                    assert!(ran.status.success(), "{command:?}\n{said}");
                }
            });
        }
    });
    for process in 0..processes {
        let record = c.record(&ids[process % incidents]);
        for note in 0..notes {
            let words = format!("process {process} note {note} ends");
            assert_eq!(times_noted(&record, &words), 1, "{words}");
        }
    }
    assert_eq!(c.commits() - before, processes * notes);
    assert!(c.kept().is_empty());
    c.is_clean();
    c.git("fsck --strict");
}

#[test]
fn eight_processes_take_their_turn() {
    crowd(8, 6, 1);
}

#[test]
#[ignore = "some minutes; .ci/run runs it"]
fn eight_processes_write_two_hundred_notes_each() {
    // A record of 1,600 entries would make the test one of parsing.
    crowd(8, 200, 4);
}

/// Killed after so many milliseconds, each note is there whole or not at all, and the next
/// command goes on from there.
#[test]
fn a_killed_command_leaves_before_or_after() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let mut written = 0;
    for pause in (0..40).map(|step| step * 3) {
        let words = format!("killed after {pause} milliseconds");
        let mut child = start(&c, &words);
        std::thread::sleep(Duration::from_millis(pause));
        // It may have ended by itself.
        let _ = child.kill();
        child.wait().unwrap();
        // What git was doing when its parent died goes on for a moment.
        while c.here.join(".git/index.lock").exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        c.inc("note \"the next one\"").exits(0);
        let record = c.record(&id);
        let times = times_noted(&record, &words);
        assert!(times <= 1, "{words}: {times} times\n{record}");
        written += times;
        c.is_clean();
    }
    let record = c.record(&id);
    assert_eq!(times_noted(&record, "the next one"), 40, "of {written} killed notes\n{record}");
    c.git("fsck --strict");
}
