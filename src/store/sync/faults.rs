//! A sync that fails at its nth step: nothing is lost, and the next one completes it.

use std::sync::atomic::Ordering;

use super::{Way, Wish};
use crate::store::faults::{Fault, NEW, RECORD, Scratch, Steps};
use crate::store::{Result, Store, Synced};

fn sync(store: &mut Store) -> Result<Synced> {
    let way = Way::default();
    store.sync(&Wish {
        way: &way,
        driver: None,
        parts: &|_, _, _| None,
        accepts: &|_, _| true,
        rewritten: false,
        author: None,
        date: None,
        told: "",
    })
}

/// A repository with a record of its own, and a remote on which somebody changed another one.
fn two_sides(live: bool) -> (Scratch, tempfile::TempDir) {
    let scratch = Scratch::new(live);
    let beside = tempfile::tempdir().unwrap();
    let path = |name: &str| beside.path().join(name).display().to_string();
    let (remote, other) = (path("remote"), path("other"));
    scratch.git(&["clone", "-q", "--bare", ".", &remote]);
    scratch.git(&["--git-dir", &remote, "symbolic-ref", "HEAD", "refs/heads/main"]);
    scratch.git(&["remote", "add", "origin", &remote]);
    scratch.git(&["clone", "-q", &remote, &other]);
    std::fs::write(beside.path().join("other").join(RECORD), "title: theirs\n").unwrap();
    scratch.git(&["-C", &other, "commit", "-qam", "theirs"]);
    scratch.git(&["-C", &other, "push", "-q", "origin", "main"]);
    let store = scratch.store(live);
    let change = crate::store::Change {
        path: NEW.into(),
        before: crate::store::Before::Absent,
        after: Some(b"title: ours\n".to_vec()),
    };
    let ours = crate::store::Transaction {
        files: vec![change],
        subject: "ours".into(),
        ..crate::store::Transaction::default()
    };
    store.commit(&ours).unwrap();
    (scratch, beside)
}

/// One sync with a fault at one step; false when it ended before that step.
fn run(live: bool, fault: Fault, fails_at: usize) -> bool {
    let what = format!("live {live}, {fault:?} at {fails_at}");
    let (scratch, _beside) = two_sides(live);
    let status =
        || scratch.git(&["status", "--porcelain", "-uall", "--", "code", "staged", "untracked"]);
    let before = scratch.git(&["rev-parse", "main"]);
    let steps = Steps::new(fault, fails_at);
    let result = scratch.faulty(live, &steps).and_then(|mut store| sync(&mut store));
    let over = steps.taken.load(Ordering::SeqCst) <= fails_at;
    assert!(result.is_ok() || !over, "{what}: {result:?}");

    let mut after = scratch.store(live);
    after.recover().unwrap_or_else(|e| panic!("{what}: {e}"));
    let now = scratch.git(&["rev-parse", "main"]);
    if now != before {
        let parents = scratch.git(&["rev-list", "--parents", "-1", "main"]);
        assert!(parents.contains(before.trim()), "{what}: a step, not a jump");
    }
    let person = " M code\nA  staged\n?? untracked\n";
    assert_eq!(status(), person, "{what}: somebody's own changes");
    let tree = after.root().display().to_string();
    let records = || scratch.git(&["-C", &tree, "status", "--porcelain", "incidents"]);
    assert_eq!(records(), "", "{what}");
    assert!(!after.has_left_overs(), "{what}");

    // The next one completes it.
    sync(&mut after).unwrap_or_else(|e| panic!("{what}: {e}"));
    assert_eq!(after.read(RECORD).unwrap().unwrap(), b"title: theirs\n", "{what}");
    assert_eq!(after.read(NEW).unwrap().unwrap(), b"title: ours\n", "{what}");
    assert_eq!(after.unshared().unwrap().unwrap().commits, 0, "{what}");
    let subjects = scratch.git(&["log", "--format=%s", "origin/main"]);
    for subject in ["ours", "theirs"] {
        assert_eq!(subjects.lines().filter(|s| *s == subject).count(), 1, "{what}: {subjects}");
    }
    assert!(scratch.unfinished().is_empty(), "{what}: {:?}", scratch.unfinished());
    assert_eq!((records(), status().as_str()), (String::new(), person), "{what}");
    !over
}

fn every_step(live: bool, fault: Fault) {
    let steps = (0..200).take_while(|step| run(live, fault, *step)).count();
    assert!((8..100).contains(&steps), "{steps} steps");
}

#[test]
fn a_death_within_each_step_of_a_sync() {
    every_step(false, Fault::DeathWithin);
}

#[test]
fn a_death_within_each_step_of_a_sync_in_the_live_tree() {
    every_step(true, Fault::DeathWithin);
}

#[test]
fn a_step_of_a_sync_that_fails_once() {
    every_step(false, Fault::Once);
}
