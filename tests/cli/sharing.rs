//! `inc sync`, `inc trust`, and what commands share by themselves.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::common::{Computer, Ran, Scene};

/// A workspace in `work`, its bare remote beside it; nothing is on the remote yet.
fn with_remote(c: &Computer) -> PathBuf {
    let remote = c.base().join("remote");
    c.git(&format!("init -q --bare -b main {}", remote.display()));
    c.git("remote add origin ../remote");
    remote
}

/// A clone beside it, after everything was shared.
fn clone(c: &Computer, name: &str) -> PathBuf {
    let dir = c.base().join(name);
    c.git(&format!("clone -q ../remote {}", dir.display()));
    dir
}

/// Waits until something has happened in the background.
fn until(what: &str, happened: impl Fn() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn tip(c: &Computer, dir: &Path, branch: &str) -> String {
    let mut command = c.command("git", dir);
    command.args(["rev-parse", "-q", "--verify", branch]);
    let ran: Ran = c.finish(command, b"");
    ran.stdout.trim().to_owned()
}

#[test]
fn an_evening_with_a_remote() {
    let mut s = Scene::new("sync");
    s.remark("alone");
    s.leaves("sync").exits(2).says("git remote add");
    with_remote(&s);
    s.remark("the first time makes the branch there");
    s.types("sync").exits(0);
    s.types("sync").exits(0);
    s.open("\"Card payments declined\"");
    s.inc("note \"the switch answers\"").exits(0);
    s.types("").exits(0).prints("not yet shared with origin/main: 2 commits");
    s.leaves("sync --dry-run").exits(0).prints("noted");
    s.remark("off-line");
    std::fs::rename(s.base().join("remote"), s.base().join("away")).unwrap();
    s.types("sync").exits(3).says("off-line");
    s.types("").exits(0).prints("off-line since");
    s.remark("back");
    std::fs::rename(s.base().join("away"), s.base().join("remote")).unwrap();
    s.types("sync").exits(0);
    s.remark("another one writes, and so does this one");
    let beto = clone(&s, "beto");
    s.set("INC_SEED", "8");
    s.inc_in(&beto, "open \"Transfers late\"").exits(0);
    s.inc_in(&beto, "sync").exits(0);
    let id = s.record_path("").parent().unwrap().to_string_lossy().into_owned();
    s.inc(&format!("note {} \"and again\"", &id[id.len() - 4..])).exits(0);
    s.types("sync").exits(0).prints("1 commit from it, 2 commits to it");
    s.inc_in(&beto, "sync").exits(0);
    assert_eq!(tip(&s, &beto, "HEAD"), tip(&s, &s.here, "HEAD"));
    s.is_clean();
    s.remark("somebody forces a push");
    s.git("push -q -f origin HEAD~1:main");
    s.types("sync").exits(3).says("history of origin/main was rewritten");
    s.types("").exits(0).prints("rewritten");
    s.types("sync --accept-rewritten").exits(0);
    assert_eq!(tip(&s, &s.base().join("remote"), "main"), tip(&s, &s.here, "HEAD"));
    s.ends();
}

#[test]
fn what_the_settings_name_takes_effect_after_trust() {
    let mut s = Scene::new("trust");
    s.leaves("trust --show").exits(0).prints("names nothing");
    with_remote(&s);
    s.inc("sync").exits(0);
    s.leaves("trust --show").exits(0).prints("not trusted");
    s.open("\"Card payments declined\"");
    assert!(!s.here.join(".git/inc/sync.log").exists(), "pushed without trust");
    s.leaves("trust").exits(0);
    s.leaves("trust --show").exits(0).prints("trusted");
    s.remark("the settings change: it asks again");
    let toml = s.read("inc.toml");
    s.write("inc.toml", format!("{toml}\n[evidence]\nroot = \"/srv/evidence\"\n"));
    s.git("commit -q -a -m \"workspace: evidence\"");
    s.leaves("trust --show").exits(0).prints("has changed since");
    s.inc("ack").exits(0);
    assert!(!s.here.join(".git/inc/sync.log").exists(), "pushed with settings nobody looked at");
    s.leaves("trust").exits(0);
    s.leaves("trust --revoke").exits(0);
    s.leaves("trust --show").exits(0).prints("not trusted");
    s.remark("no automatic push is wished for");
    s.write("inc.toml", toml.replace("commit = \"each\"", "push = \"never\"\ncommit = \"each\""));
    s.git("commit -q -a -m \"workspace: no push\"");
    s.leaves("trust").exits(0);
    s.inc("note \"a word\"").exits(0);
    assert!(!s.here.join(".git/inc/sync.log").exists(), "pushed although it is never wished for");
    s.types("").exits(0).prints("git.push is never");
    s.ends();
}

#[test]
fn a_log_of_two_writers_lays_nothing_at_the_wrong_door() {
    let c = Computer::workspace();
    with_remote(&c);
    let id = c.open("\"Card payments declined\"");
    c.inc("sync").exits(0);
    let beto = clone(&c, "beto");
    c.git_in(&beto, "config user.name Beto");
    c.inc_in(&beto, "note \"seen by Beto\"").exits(0);
    c.inc("note \"seen here\"").exits(0);
    c.inc("sync").exits(0);
    c.inc_in(&beto, "sync").exits(0);
    let log = c.inc_in(&beto, &format!("log {id}")).exits(0);
    assert_eq!(log.stdout.matches("seen by Beto").count(), 1, "{}", log.stdout);
    assert_eq!(log.stdout.matches("seen here").count(), 1, "{}", log.stdout);
    assert!(!log.stdout.contains(": - "), "nobody took anything away: {}", log.stdout);
    assert!(log.stdout.contains("brought two sides together"), "{}", log.stdout);
}

#[test]
fn each_command_shares_by_itself() {
    let c = Computer::workspace();
    let remote = with_remote(&c);
    c.inc("sync").exits(0);
    c.inc("trust").exits(0);
    let id = c.open("\"Card payments declined\"");
    until("the push", || tip(&c, &remote, "main") == tip(&c, &c.here, "HEAD"));
    // Off-line the commands go on, and `inc` says since when.
    std::fs::rename(&remote, c.base().join("away")).unwrap();
    let noted = c.inc("note \"on the train\"").exits(0);
    assert_eq!(noted.stderr.lines().count(), 1, "{}", noted.stderr);
    until("the failure", || {
        let last = std::fs::read_to_string(c.here.join(".git/inc/sync.json"));
        last.is_ok_and(|text| text.contains("off-line"))
    });
    c.inc("").exits(0).prints("not yet shared with origin/main: 1 commit (off-line since");
    assert!(c.read(".git/inc/sync.log").contains("off-line"), "{}", c.read(".git/inc/sync.log"));
    std::fs::rename(c.base().join("away"), &remote).unwrap();
    c.inc(&format!("ack {id}")).exits(0);
    until("the push", || tip(&c, &remote, "main") == tip(&c, &c.here, "HEAD"));
    until("the note of it", || !c.inc("").exits(0).stdout.contains("off-line"));
    c.is_clean();
}

/// Many commands at once, each with a sync behind it, and another clone that pushes too.
#[test]
fn a_crowd_with_syncs_in_the_background() {
    let c = Computer::workspace();
    let remote = with_remote(&c);
    let id = c.open("\"Card payments declined\"");
    c.inc("sync").exits(0);
    c.inc("trust").exits(0);
    let beto = clone(&c, "beto");
    c.set("INC_SEED", "99");
    let other = c.inc_in(&beto, "open --quiet \"Transfers late\"").exits(0).stdout;
    let children: Vec<_> = (0..4)
        .map(|n| {
            let script = format!(
                "for i in 1 2 3 4 5; do \"$INC\" note {id} \"word {n}-$i\" || exit 1; done"
            );
            let mut command = c.command("sh", &c.here);
            command.args(["-c", &script]).env("INC", env!("CARGO_BIN_EXE_inc"));
            command.env("INC_SEED", n.to_string());
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for n in 0..4 {
        c.inc_in(&beto, &format!("note {} \"theirs {n}\"", other.trim())).exits(0);
        c.inc_in(&beto, "sync").exits(0);
    }
    for child in children {
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    c.inc("sync").exits(0);
    c.inc_in(&beto, "sync").exits(0);
    let text = c.git_in(
        &remote,
        &format!("show main:{}", c.record_path(&id).strip_prefix(&c.here).unwrap().display()),
    );
    for n in 0..4 {
        for i in 1..=5 {
            assert_eq!(text.matches(&format!("text: word {n}-{i}\n")).count(), 1, "{text}");
        }
    }
    let theirs = c.inc(&format!("show {}", other.trim())).exits(0).stdout;
    assert!((0..4).all(|n| theirs.contains(&format!("theirs {n}"))), "{theirs}");
    until("quiet", || {
        let ours = tip(&c, &c.here, "HEAD");
        tip(&c, &remote, "main") == ours && !c.here.join(".git/inc/joining").exists()
    });
    c.is_clean();
    c.git_in(&remote, "fsck --strict --no-dangling");
}

#[test]
fn the_live_branch_is_shared_while_the_checkout_is_elsewhere() {
    let c = Computer::workspace();
    let remote = with_remote(&c);
    let toml = c.read("inc.toml").replace("# branch = \"incidents\"", "branch = \"incidents\"");
    c.write("inc.toml", toml);
    c.git("commit -q -a -m \"the live branch\"");
    c.git("push -q origin main");
    c.program(
        "../remote/hooks/pre-receive",
        "while read o n ref; do test $ref != refs/heads/main || { echo 'pull requests alone' >&2; \
         exit 1; }; done",
    );
    c.inc("sync").exits(2).says("git branch incidents");
    c.git("branch incidents");
    c.write("service.c", "unfinished\n");
    let before = (c.git("rev-parse HEAD main"), c.git("status --short"));
    let id = c.open("\"Card payments declined\"");
    c.inc("sync").exits(0).prints("incidents · origin/incidents: 1 commit made there");
    let beto = clone(&c, "beto");
    // Nobody has to know that there is a branch: the first sync finds it.
    c.inc_in(&beto, "sync").exits(0);
    c.set("INC_SEED", "8");
    c.inc_in(&beto, &format!("note {id} \"from the other laptop\"")).exits(0);
    c.inc_in(&beto, "sync").exits(0);
    c.inc("sync").exits(0).prints("1 commit from it");
    c.inc("show").exits(0).prints("from the other laptop");
    assert_eq!((c.git("rev-parse HEAD main"), c.git("status --short")), before);
    assert_eq!(tip(&c, &remote, "incidents"), tip(&c, &c.here, "incidents"));
}

#[test]
fn programs_read_what_a_sync_and_a_trust_came_to() {
    let c = Computer::workspace();
    with_remote(&c);
    let made = c.inc("sync --format json").exits(0).json();
    assert_eq!((&made["schema"], &made["created"]), (&1.into(), &true.into()), "{made:#}");
    let id = c.open("\"Card payments declined\"");
    let waits = c.inc("sync --dry-run --format json").exits(0).json();
    assert_eq!(waits["remote"], "origin/main");
    assert_eq!(waits["commits"].as_array().unwrap().len(), 1);
    assert!(waits["commits"][0]["subject"].as_str().unwrap().ends_with(&format!("{id}: opened")));
    let beto = clone(&c, "beto");
    c.inc("update \"the switch is down\"").exits(0);
    let done = c.inc("sync --format json").exits(0).json();
    assert_eq!((&done["branch"], &done["shared"]), (&"main".into(), &2.into()), "{done:#}");
    assert!(done["waiting"].is_null() && done["conflicts"].as_array().unwrap().is_empty());
    // Both sides change one field: the answer names the incident.
    c.inc_in(&beto, "sync").exits(0);
    c.inc_in(&beto, "update \"the route is down\"").exits(0);
    c.inc_in(&beto, "sync").exits(0);
    c.inc("update \"the cable is cut\"").exits(0);
    let done = c.inc("sync --format json").exits(0).json();
    assert_eq!(done["conflicts"], serde_json::json!([format!("INC-20261121-{id}")]), "{done:#}");
    assert_eq!(done["brought"], 1);
    std::fs::rename(c.base().join("remote"), c.base().join("away")).unwrap();
    let off = c.inc("sync --format json").exits(3);
    let said: serde_json::Value = serde_json::from_str(off.stderr.trim()).unwrap();
    assert_eq!(said["errors"][0]["code"], "off-line", "{said:#}");

    let shown = c.inc("trust --show --format json").exits(0).json();
    assert_eq!((&shown["trusted"], &shown["changed"]), (&false.into(), &false.into()));
    assert_eq!(shown["names"][0]["what"], "push", "{shown:#}");
    assert_eq!(c.inc("trust --format json").exits(0).json()["trusted"], true);
    let toml = c.read("inc.toml");
    c.write("inc.toml", toml + "# looked at by nobody\n");
    let shown = c.inc("trust --show --format json").exits(0).json();
    assert_eq!((&shown["trusted"], &shown["changed"]), (&false.into(), &true.into()));
    assert_eq!(c.inc("trust --revoke --format json").exits(0).json()["changed"], false);
}
