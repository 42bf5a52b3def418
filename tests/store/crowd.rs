//! Many at once: nothing is lost.

use std::process::Command;
use std::thread;

use inc::store::{Before, Change, Store, Transaction};

use crate::common::Scratch;

const LOG: &str = "incidents/a/log.yaml";

/// Adds a line, again and again until nobody was faster.
fn append(store: &Store, line: &str) {
    loop {
        let old = store.read(LOG).unwrap().unwrap_or_default();
        let mut new = old.clone();
        new.extend_from_slice(format!("{line}\n").as_bytes());
        let before = if old.is_empty() { Before::Absent } else { Before::Text(old) };
        let change = Change { path: LOG.into(), before, after: Some(new) };
        let t =
            Transaction { files: vec![change], subject: line.to_owned(), ..Transaction::default() };
        match store.commit(&t) {
            Ok(_) => return,
            Err(e) if e.is_conflict() => {}
            Err(e) => panic!("{e}"),
        }
    }
}

fn expect_all(scratch: &Scratch, writers: usize, each: usize) {
    let text = scratch.text(LOG).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    let mut wanted: Vec<String> =
        (0..writers).flat_map(|w| (0..each).map(move |n| format!("{w}-{n:02}"))).collect();
    wanted.sort_unstable();
    assert_eq!(lines, wanted);
    let commits = scratch.git(&["rev-list", "--count", "HEAD"]);
    assert_eq!(commits, (writers * each + 1).to_string());
    assert_eq!(scratch.status(), "");
}

#[test]
fn eight_threads_lose_nothing() {
    let scratch = Scratch::repository();
    thread::scope(|s| {
        for writer in 0..8 {
            let scratch = &scratch;
            s.spawn(move || {
                let store = scratch.store();
                (0..25).for_each(|n| append(&store, &format!("{writer}-{n:02}")));
            });
        }
    });
    expect_all(&scratch, 8, 25);
}

/// Not a test of its own: what each process of the next test does.
#[test]
fn one_of_many() {
    let Ok(base) = std::env::var("STORE_TEST_CROWD") else { return };
    let (root, writer) = base.rsplit_once('|').unwrap();
    let store = Store::open(root.as_ref(), inc::store::Settings::default()).unwrap();
    (0..10).for_each(|n| append(&store, &format!("{writer}-{n:02}")));
}

#[test]
fn four_processes_and_a_person_lose_nothing() {
    let scratch = Scratch::repository();
    let me = std::env::current_exe().unwrap();
    let root = scratch.root();
    let mut children: Vec<_> = (0..4)
        .map(|writer| {
            Command::new(&me)
                .args(["--exact", "crowd::one_of_many"])
                .envs(scratch.environment().variables)
                .env("STORE_TEST_CROWD", format!("{}|{writer}", root.display()))
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    // A person who stages and refreshes beside them, with git's own locks.
    while children.iter_mut().any(|c| c.try_wait().unwrap().is_none()) {
        scratch.try_git_in(&root, &["status"]);
        thread::sleep(std::time::Duration::from_millis(5));
    }
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    expect_all(&scratch, 4, 10);
}
