//! Follow-ups from agreeing on them to seeing whether they helped.

use crate::common::{Computer, Scene};

#[test]
fn an_action_from_agreed_to_helped() {
    let mut s = Scene::new("actions");
    let id = s.open("\"Cards declined\" --service card-auth --kind outage");
    s.types(&format!(
        "actions add {id} Alert on the share of declines --kind prevent --owner ana --priority p2"
    ));
    s.types(&format!("actions add {id} Give the doubled charges back --kind recover --owner bety --due 2026-11-25"));
    s.types(&format!("actions add {id} Tidy the runbook"));
    s.types("actions list");
    s.types("actions reschedule Give --to 2w --reason 'the bank answers on Monday'");
    s.types("actions history Give");
    s.types("actions done Alert --evidence 'I did it'");
    s.types("actions done Alert --evidence https://code.example/pull/7");
    s.types("actions done Alert --evidence https://code.example/pull/7");
    s.types("actions effect Tidy --result 'none'");
    s.types("actions effect Alert --result 'it fired in nine minutes'");
    s.types("actions drop Tidy --reason 'it goes away in January'");
    s.types("actions list --all --format ids");
    s.types("actions done Nothing --evidence 1a2b3c4");
    s.types("actions reschedule Give --to yesterday --reason x");
    s.types("actions reschedule Give --to 2020-01-01 --reason x");
    s.types("actions list --vertical paymnts");
    s.ends();
}

#[test]
fn resolve_waits_for_recover_actions_alone() {
    let c = Computer::workspace();
    let id = c.open("\"Cards declined\" --service card-auth --kind outage");
    c.inc(&format!("actions add {id} Bring the queue back --kind recover")).exits(0);
    c.inc(&format!("restore {id}")).exits(0);
    let no = c.inc(&format!("resolve {id}"));
    assert_eq!(no.code, 1);
    let no = no.says("an action that brings service or money back is still open");
    no.says("inc actions done");
    c.inc("actions done Bring --evidence 1a2b3c4").exits(0);
    let still = c.inc(&format!("resolve {id}"));
    assert!(!still.stderr.contains("an action that brings"), "{}", still.stderr);
}

#[test]
fn who_owes_what_is_told_in_both_languages() {
    let mut s = Scene::new("actions-owed");
    let id = s.open("\"Cards declined\" --service card-auth --kind outage");
    for line in [
        "Alert on declines --kind detect --owner ana --due 2026-11-23",
        "Write the runbook --kind process --due 2026-11-24",
        "Test the fail-over --kind prevent --owner ana --due 2026-11-30",
    ] {
        s.computer.inc(&format!("actions add {id} {line}")).exits(0);
    }
    s.computer.inc("actions reschedule Alert --to 2026-11-25 --reason 'waiting for data'").exits(0);
    s.computer.clock("2026-11-28T09:00:00-06:00");
    s.types("actions list --overdue");
    s.types("actions list --owner ana --due 2d");
    s.types("actions list --owner '' --format csv");
    s.types("actions remind --locale es-MX");
    s.types("actions remind --owner ana --locale en");
    s.types("actions report --months 3");
    let json = s.computer.inc("actions report --format json").exits(0).json();
    assert_eq!(json["on_time"][0]["counted"], 2);
    let json = s.computer.inc("actions remind --format json").exits(0).json();
    assert_eq!(json["reminders"].as_array().unwrap().len(), 2);
    s.ends();
}

/// A day that was moved by hand is in git's history, and said not to be recorded.
#[test]
fn a_move_by_hand_is_found_in_history() {
    let c = Computer::workspace();
    let id = c.open("\"Cards declined\" --service card-auth");
    c.inc(&format!("actions add {id} Alert --kind detect --due 2026-11-25")).exits(0);
    let path = c.record_path(&id);
    c.write(&path, c.read(&path).replacen("2026-11-25", "2026-12-25", 1));
    c.git("commit -qam later");
    let moves = c.inc("actions history Alert --format json").exits(0).json();
    assert_eq!(moves["moves"][0]["from"], "2026-11-25");
    assert_eq!(moves["moves"][0]["recorded"], false);
    c.inc("actions history Alert").prints("not recorded");
}
