//! What is written and committed, and what is left alone.

use crate::common::{Scratch, put, write};
use inc::store::StoreError;

const RECORD: &str = "incidents/a/incident.yaml";

#[test]
fn a_change_is_one_commit() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    let written = put(&store, RECORD, "title: b\n", "INC-1: b");
    assert_eq!(written.commit.as_deref(), Some(scratch.git(&["rev-parse", "HEAD"]).as_str()));
    assert_eq!(written.notes, [""; 0]);
    assert_eq!(scratch.git(&["log", "--format=%s %an"]), "INC-1: b Ana Prueba\nfirst Ana Prueba");
    assert_eq!(scratch.status(), "");
    assert!(!scratch.root().join(".git/inc/journal").exists());
}

#[test]
fn a_stale_change_is_refused() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    let stale = write(&store, RECORD, "title: b\n", "b");
    put(&store, RECORD, "title: c\n", "c");
    let error = store.commit(&stale).unwrap_err();
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    assert_eq!(scratch.text(RECORD).unwrap(), "title: c\n");
}
