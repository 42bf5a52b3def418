//! Finding incidents: endings of ids, the only open one, lists and their filters.

use crate::common::{Computer, Scene};

/// A record as somebody would write it, at its place.
fn put(c: &Computer, ending: &str, rest: &str) {
    let text = format!(
        "schema: 1\nid: INC-20261121-{ending}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M{ending}\n{rest}"
    );
    c.write(format!("incidents/2026/11/INC-20261121-{ending}/incident.yaml"), text);
}

/// Five incidents that differ in all that a list asks for.
fn several() -> Computer {
    let c = Computer::workspace();
    put(
        &c,
        "7QKM",
        "title: Card payments declined\nstatus: responding\nkind: outage\nservices: [card-auth]\ntimes:\n  detected: 2026-11-21T02:00:00-06:00\ntags: [payday]\n",
    );
    put(
        &c,
        "8QKM",
        "title: SPEI slow\nstatus: closed\nkind: degradation\nservices: [spei-out]\ntimes:\n  impact_started: 2026-11-01T10:00:00-06:00\n  restored: 2026-11-01T12:00:00-06:00\n  resolved: 2026-11-01T13:00:00-06:00\n  closed: 2026-11-02T13:00:00-06:00\n  detected: 2026-11-01T10:05:00-06:00\n",
    );
    put(
        &c,
        "9TM0",
        "title: Statements late\nstatus: restored\nkind: degradation\nservices: [statements]\ntimes:\n  impact_started: 2026-11-20T10:00:00-06:00\n  restored: 2026-11-20T10:30:00-06:00\n  detected: 2026-11-20T10:05:00-06:00\ntimeline:\n  - id: TAAA\n    at: 2026-11-20T10:06:00-06:00\n    text: a timeout in the batch\n",
    );
    put(
        &c,
        "ATM1",
        "title: Drill\nstatus: detected\nexercise: true\nservices: [card-auth]\ntimes:\n  detected: 2026-11-21T01:00:00-06:00\n",
    );
    put(
        &c,
        "BTM2",
        "title: Upgrade window\nstatus: detected\nkind: maintenance\nplanned:\n  from: 2026-11-21T01:00:00-06:00\n  to: 2026-11-21T05:00:00-06:00\n",
    );
    c.git("add -A");
    c.git("commit -q -m records");
    c
}

#[test]
fn an_id_is_found_by_its_ending() {
    let mut s = Scene::on("endings", several());
    s.types("show 7qkm --format ids").exits(0).prints("INC-20261121-7QKM");
    s.types("show TM0 --format ids").exits(0).prints("9TM0");
    s.types("show inc-20261121-8qkm --format ids").exits(0).prints("8QKM");
    s.remark("several end so");
    s.types("show QKM").exits(2).says("7QKM").says("8QKM");
    s.remark("none does; the nearest");
    s.types("show 7QKN").exits(2).says("7QKM");
    s.types("show \"\"").exits(2);
    s.types("show ../../etc/passwd").exits(2);
    s.types("note ../../../etc/passwd \"x\"");
    s.remark("two are open");
    s.types("show").exits(2).says("7QKM");
    s.types("ack").exits(2);
    s.ends();
}

#[test]
fn the_only_open_one_needs_no_name() {
    let c = Computer::workspace();
    c.inc("ack").exits(2).says("no incident is open");
    put(&c, "BTM2", "title: Upgrade window\nstatus: detected\nkind: maintenance\n");
    c.inc("ack").exits(2).says("no incident is open");
    let id = c.open("\"Card payments declined\"");
    c.inc("ack").exits(0).says(&id).prints(&id);
    c.open("\"A drill\" --exercise");
    let ran = c.inc("note \"whose?\"");
    assert!(ran.code == 2 || ran.stdout.contains(&id), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn lists_filter_and_sort() {
    let mut s = Scene::on("list", several());
    for line in [
        "list",
        "list --exercises",
        "list --open",
        "list --severity SEV2+",
        "list --severity sev1",
        "list --status closed,restored",
        "list --service card-auth",
        "list --vertical payments",
        "list --since 30d",
        "list --since 2026-11-20 --until 2026-11-21",
        "list --text TIMEOUT",
        "list --tag payday",
        "list --sort severity",
        "list --sort duration",
        "list --sort id -n 2",
        "list --format ids",
        "list --format csv",
        "list --format json",
        "",
    ] {
        s.types(line).exits(0);
    }
    s.remark("what is no filter");
    for line in [
        "list --severity SEV9",
        "list --status burning",
        "list --since soon",
        "list --sort colour",
        "list --sevrity SEV1",
        "list --service nowhere",
    ] {
        s.types(line);
    }
    s.ends();
}

#[test]
fn a_bad_record_hides_no_other() {
    let mut s = Scene::on("bad-record-in-list", several());
    put(&s.computer, "CTM3", "title: [not, a, title]\nstatus: detected\n");
    s.types("list --format ids").exits(2).says("CTM3").prints("7QKM");
    s.types("list --format json").exits(2).prints("CTM3");
    s.remark("whatever it says, bare inc is a status and answers 0");
    s.types("").says("CTM3");
    s.types("show 7QKM --format ids").exits(0);
    s.types("show CTM3").exits(2);
    s.types("check --format json").exits(1);
    s.ends();
}

#[test]
fn brief_is_ten_lines() {
    let c = several();
    let ran = c.inc("brief 7QKM").exits(0);
    assert!(ran.stdout.lines().count() <= 10, "{}", ran.stdout);
}
