//! The life of an incident, command by command, with what each writes.

use crate::common::{Computer, Scene};

#[test]
fn from_open_to_close() {
    let mut s = Scene::new("life");
    s.writes(
        "open \"Card payments declined at checkout\" --service card-auth --kind outage \
         --since 03:02 --alert https://alerts.example/771",
    );
    s.shows(s.record_path(""));
    s.writes("ack");
    s.writes("role incident_commander ana");
    s.writes("room https://meet.example/771 --kind bridge");
    s.writes(
        "update \"Half of the card payments fail at the switch\" --next 30m --tried 51360 \
         --affected 12840 --attempted 80000 --failed 40000",
    );
    s.writes("note \"route B answers\" --star");
    s.writes("ticket PAY-4411 --system jira --url https://jira.example/PAY-4411");
    s.writes("ticket C-99812 --vendor conmutador");
    s.writes("link https://graphs.example/card-auth --title \"Approval rate\"");
    s.writes("severity confirm");
    s.types("show").exits(0);
    s.types("brief").exits(0);
    s.clock("03:50");
    s.writes("restore -m \"all traffic on route B\"");
    s.writes("room https://meet.example/771 --close");
    s.clock("06:00");
    s.remark("a refused transition says what is missing and how to supply it");
    s.leaves("resolve").exits(1).says("inc update");
    s.writes(
        "update --root-cause \"certificate of route A expired\" --cause change \
         --trigger \"certificate expired at 03:00\"",
    );
    s.writes("resolve");
    s.clock("2026-11-23T10:00:00-06:00");
    s.leaves("close").exits(2).says("no incident is open");
    let id = s.only();
    s.leaves(&format!("close {id}")).exits(1).says("inc pir draft");
    s.writes(&format!("pir draft {id}"));
    s.writes(&format!(
        "regulatory decide cnbv not_reportable {id} --reason \"restored within the hour\""
    ));
    s.leaves(&format!("close {id}")).exits(1).says("the review is not approved");
    s.writes(&format!("close {id} -m \"review meeting held\" --anyway \"approved on paper\""));
    s.types(&format!("show {id}")).exits(0);
    s.types(&format!("log {id}")).exits(0);
    s.types("").exits(0);
    s.ends();
}

#[test]
fn a_gate_is_passed_anyway_with_a_reason() {
    let mut s = Scene::new("anyway");
    s.writes("open \"SPEI out slow\" --service spei-out --kind degradation");
    s.writes("restore");
    s.leaves("resolve").exits(1);
    s.leaves("resolve --anyway \"\"").exits(2);
    s.writes("resolve --anyway \"the vendor never said why\"");
    s.ends();
}

#[test]
fn what_comes_back_is_a_relapse() {
    let mut s = Scene::new("relapse");
    s.writes("open \"Balances show zero\" --service balance --kind outage --since 03:05");
    s.leaves("relapse").exits(2).says("not restored");
    s.clock("03:40");
    s.writes("restore");
    s.leaves("restore").exits(2).says("inc relapse");
    s.clock("04:10");
    s.writes("relapse -m \"zero again after the cache was warmed\"");
    s.clock("05:00");
    s.writes("restore --at 04:55");
    s.types("show").exits(0).prints("to restore 1 h 50 min");
    s.ends();
}

#[test]
fn a_duplicate_is_merged() {
    let mut s = Scene::new("merge");
    s.writes("open \"Transfers delayed\" --service spei-out --kind degradation");
    let main = s.only();
    s.clock("03:20");
    let twin = s.open("\"SPEI late for payroll\" --service spei-out --kind outage");
    s.writes(&format!("note {twin} \"twelve calls from employers\""));
    s.writes(&format!("link https://calls.example/12 {twin}"));
    s.leaves(&format!("merge {twin} --into {twin}")).exits(2);
    s.writes(&format!("merge {twin} --into {main}"));
    s.remark("the merged one leads to the other");
    s.types(&format!("show {twin}")).exits(0).prints(&main);
    s.leaves(&format!("merge {main} --into {twin}")).exits(2);
    s.leaves(&format!("restore {twin}")).exits(2);
    s.types("list").exits(0);
    s.ends();
}

#[test]
fn a_mistake_is_reopened_within_a_day() {
    let mut s = Scene::new("reopen");
    s.writes("open \"Statements missing\" --service statements --kind degradation");
    let id = s.only();
    s.clock("04:00");
    s.writes("restore");
    s.writes("resolve --anyway \"seen once\"");
    s.clock("2026-11-22T03:59:00-06:00");
    s.writes(&format!("reopen {id} -m \"the second batch is missing too\""));
    s.clock("2026-11-22T05:00:00-06:00");
    s.writes("resolve --anyway \"seen twice\"");
    s.clock("2026-11-23T05:02:00-06:00");
    s.remark("later than a day it is a new incident, related");
    s.leaves(&format!("reopen {id}")).exits(2).says("inc open");
    s.writes(&format!("open \"Statements missing again\" --related {id}"));
    s.ends();
}

#[test]
fn a_handover_keeps_who_held_it() {
    let mut s = Scene::new("handover");
    s.writes("open \"Login fails\" --service app-login --kind degradation");
    s.writes("role incident_commander ana");
    s.clock("07:00");
    s.writes("role incident_commander luis --note \"vendor calls back at 07:30\"");
    s.remark("both in one update");
    s.writes("update --role scribe=ana --role comms=luis --doing \"waiting for the vendor\"");
    s.leaves("update --role scribe").exits(2).says("ROLE=PERSON");
    s.remark("unknown role: said, never refused");
    s.writes("role incident_comander ana");
    s.types("brief").exits(0).prints("luis has it");
    s.types("show").exits(0);
    s.ends();
}

#[test]
fn a_false_alarm_is_cancelled() {
    let mut s = Scene::new("cancel");
    s.writes("open \"Checkout errors\" --service checkout");
    s.leaves("cancel").exits(2).says("--false-alarm");
    s.writes("cancel --false-alarm -m \"the probe's own certificate\"");
    let id = s.only();
    s.leaves(&format!("restore {id}")).exits(2);
    s.types("list --open").exits(0);
    s.types(&format!("show {id}")).exits(0);
    s.ends();
}

#[test]
fn an_exercise_is_marked_and_left_out() {
    let mut s = Scene::new("exercise");
    s.writes("open \"Game day: acquirer down\" --service checkout --kind outage --exercise");
    s.types("list").exits(0);
    s.types("list --exercises").exits(0).prints("Game day");
    s.types("show").exits(0).prints("EXERCISE");
    s.ends();
}

#[test]
fn a_restricted_incident_leaves_a_stub() {
    let mut s = Scene::new("restricted");
    s.remark("no workspace is named for the group");
    s.leaves("open \"Customer data seen by a vendor\" --kind data --restricted security")
        .exits(2)
        .says("[restricted.security]");
    let toml = s.read("inc.toml");
    s.write("inc.toml", format!("{toml}\n[restricted.security]\nworkspace = \"../hidden\"\n"));
    s.git("commit -q -a -m \"workspace: security has its own\"");
    s.remark("settings come with the repository: this machine has not allowed them yet");
    s.leaves("open \"Customer data seen by a vendor\" --kind data --restricted security")
        .exits(2)
        .says("inc trust");
    s.leaves("trust").exits(0);
    s.remark("the workspace that is named is not there");
    s.leaves("open \"Customer data seen by a vendor\" --kind data --restricted security").exits(2);
    let hidden = s.base().join("hidden");
    std::fs::create_dir(&hidden).unwrap();
    s.inc_in(&hidden, "init").exits(0);
    s.remark("both are there");
    s.leaves("open \"Customer data seen\" --kind data --restricted secruity")
        .exits(2)
        .says("security");
    s.writes("open \"Customer data seen by a vendor\" --kind data --restricted security");
    s.shows(s.record_path(""));
    let id = s.only();
    let theirs = s.git_in(&hidden, "log -1 --format=%s");
    assert_eq!(theirs, format!("INC-20261121-{id}: opened\n"));
    s.git("grep -q Restricted");
    let told = s.git("log -p --format=%B -- incidents");
    assert!(!told.contains("Customer data"), "the stub describes: {told}");
    s.types("show").exits(0);
    s.leaves("pir draft").exits(2);
    let shown = s.inc_in(&hidden, &format!("show {id}")).exits(0);
    assert!(shown.stdout.contains("Customer data seen by a vendor"), "{}", shown.stdout);
    s.ends();
}

/// `restored` and later steps on a record that somebody keeps with a comment on every line.
#[test]
fn a_commented_record_keeps_every_comment() {
    let mut s = Scene::new("comments");
    let path = "incidents/2026/11/INC-20261121-7QKM/incident.yaml";
    s.write(path, COMMENTED);
    s.git("add -A");
    s.git("commit -q -m \"by hand\"");
    let comments = COMMENTED.matches('#').count();
    for line in [
        "ack",
        "role incident_commander ana",
        "update \"half fail\" --service checkout --next 30m --tried 1000 --affected 400",
        "note \"route B answers\"",
        "ticket PAY-1 --system jira",
        "room https://meet.example/1",
        "link https://graphs.example/1",
        "restore",
        "relapse",
        "restore",
        "update --root-cause \"expired certificate\" --cause change",
        "resolve --anyway \"told by telephone\"",
    ] {
        s.writes(line);
        let text = s.read(path);
        assert_eq!(text.matches('#').count(), comments, "after inc {line}:\n{text}");
    }
    s.writes("close 7QKM --anyway \"no review is owed to a test\"");
    s.remark("every line that no command owns is as it was");
    s.shows(path);
    let after = s.read(path);
    for line in COMMENTED.lines().filter(|l| !OWNED.iter().any(|o| l.trim_start().starts_with(o))) {
        assert!(after.lines().any(|l| l == line), "lost: {line}\n{after}");
    }
    s.ends();
}

/// Lines of [`COMMENTED`] that the commands of the test may change.
const OWNED: [&str; 6] =
    ["status:", "services:", "situation:", "tried:", "affected:", "next_update_at:"];

const COMMENTED: &str = "\
# Head of the file
schema: 1   # first
id: INC-20261121-7QKM # the name
uid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N # never changes
title: 'Card payments declined' # in single quotes

# A remark between two keys
status: detected # changes
kind: outage # nothing works
services: [card-auth] # flow
regions: # block
  - MX-CMX # the capital
  # after the last region

times: # all with offset
  # before the first time
  impact_started: 2026-11-21T03:02:00-06:00 # from the graph
  detected: 2026-11-21T03:05:00-06:00 # by the alert
  # after the last time
now: # state of play
  situation: \"nobody knows\" # in double quotes
  hypothesis: | # a block
    the certificate

    or the network
impact: # so far
  customers: # who tried
    tried: 100 # too few
    affected: 10 # a tenth
timeline: # in order
- id: TAAA # not indented
  at: 2026-11-21T03:05:00-06:00 # by the alert
  kind: detected # first
  text: >- # folded
    payments
    declined
# before what is ours
x-pager: {id: 7, url: \"https://pager.example/7\"} # ours
# Foot of the file
";

#[test]
fn what_happened_earlier_is_dated_back() {
    let mut s = Scene::new("backdating");
    s.writes(
        "open \"Wallet tokens refused\" --service wallet-tokens --at \"20m ago\" --since 02:40",
    );
    s.writes("ack --at 02:55");
    s.writes("note \"the vendor said it started yesterday\" --at \"yesterday 23:50\"");
    s.writes("restore --at 2026-11-21T09:05:00Z");
    s.remark("the future is refused");
    s.leaves("note \"tomorrow\" --at 23:50").exits(2).says("future");
    s.leaves("open \"Tomorrow\" --since 23:50").exits(2).says("future");
    s.leaves("note \"when\" --at teatime").exits(2).says("20m ago");
    s.remark("a chain that would break is refused");
    s.leaves("resolve --at 02:00 --anyway \"a typo\"").exits(2);
    s.types("show").exits(0);
    s.ends();
}

#[test]
fn a_clock_before_the_incident_is_said() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\" --service card-auth");
    c.clock("02:00");
    // A negative age would be a lie, and a wrong clock is no reason to refuse reading.
    let shown = c.inc(&format!("show {id}")).exits(0);
    assert!(!shown.stdout.replace(" -06:00", "").contains(" -"), "{}", shown.stdout);
    c.inc("list").exits(0);
    c.inc("").exits(0);
    c.inc("ack").exits(2).says("before");
    c.is_clean();
    c.inc("note \"my clock is wrong\"").exits(0);
}
