//! Taking a command back.

use inc::store::{Store, StoreError};

use crate::common::{Scratch, put, write};

const RECORD: &str = "incidents/a/incident.yaml";
const ANA: &str = "ana@example.com";

fn command(store: &Store, path: &str, text: &str, words: &str) {
    let mut t = write(store, path, text, words);
    t.body = format!("what changed\n\nInc-Command: inc {words}");
    store.commit(&t).unwrap();
}

fn undo(store: &Store) {
    let last = store.undoable(ANA).unwrap();
    let t = last.transaction(&format!("undo: {}", last.subject), "Inc-Command: inc undo");
    store.commit(&t).unwrap();
}

#[test]
fn the_last_command_then_the_one_before() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    command(&store, RECORD, "title: b\n", "update");
    command(&store, "n/new.yaml", "n\n", "open");
    put(&store, "by-hand.md", "x\n", "no command");
    let last = store.undoable(ANA).unwrap();
    assert_eq!((last.subject.as_str(), last.command.as_str()), ("open", "inc open"));
    undo(&store);
    assert_eq!(scratch.text("n/new.yaml"), None);
    undo(&store);
    assert_eq!(scratch.text(RECORD).unwrap(), "title: a\n");
    assert_eq!(scratch.git(&["log", "-2", "--format=%s"]), "undo: update\nundo: open");
    let error = store.undoable(ANA).unwrap_err();
    assert!(matches!(error, StoreError::Undo(_)), "{error}");
    assert_eq!((scratch.status(), error.exit_code()), (String::new(), 2));
}

#[test]
fn not_somebody_elses() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    command(&store, RECORD, "title: b\n", "update");
    assert!(store.undoable("beto@example.com").is_err());
}

#[test]
fn not_after_the_file_changed() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    command(&store, RECORD, "title: b\n", "update");
    put(&store, RECORD, "title: c\n", "more");
    let error = store.undoable(ANA).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot undo: {RECORD} has changed since `update`"));
}

#[test]
fn in_a_folder_of_a_repository() {
    let scratch = Scratch::repository();
    scratch.file("ops/inc.toml", "");
    let store = scratch.open(&scratch.root().join("ops"), scratch.settings());
    command(&store, "a.yaml", "a\n", "open");
    undo(&store);
    assert_eq!(store.read("a.yaml").unwrap(), None);
}
