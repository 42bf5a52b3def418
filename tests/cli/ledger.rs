//! From an approved run to the books: nobody is paid twice, and every peso is somewhere.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::{Computer, Ran};

const PEOPLE: &str = r#"[people.ana]
name = "Ana Robles"
email = "ana@example.com"
roles = ["scribe"]

[people.beto]
name = "Beto Luna"
email = "beto@example.com"
roles = ["support_lead"]

[people.carla]
name = "Carla Mena"
email = "carla@example.com"
roles = ["compensation_owner"]

[people.eva]
name = "Eva Paz"
email = "eva@example.com"
roles = ["compensation_owner"]

[people.dora]
name = "Dora Nava"
email = "dora@example.com"
roles = ["scribe"]
"#;

fn types_as(c: &Computer, who: &str) {
    let name = match who {
        "ana" => "Ana Robles",
        "beto" => "Beto Luna",
        "carla" => "Carla Mena",
        "dora" => "Dora Nava",
        "eva" => "Eva Paz",
        other => other,
    };
    c.set("INC_AUTHOR", format!("{name} <{who}@example.com>"));
    for part in ["AUTHOR", "COMMITTER"] {
        c.set(&format!("GIT_{part}_NAME"), name);
        c.set(&format!("GIT_{part}_EMAIL"), format!("{who}@example.com"));
    }
}

/// A computer whose workspace has people and a trusted evidence root, and an incident.
fn scene() -> (Computer, String) {
    let c = Computer::workspace();
    c.write("standards/people.toml", PEOPLE);
    c.write("inc.toml", c.read("inc.toml") + "\n[evidence]\nroot = \"../evidence\"\n");
    c.git("commit -qam people");
    c.inc("trust").exits(0).prints("evidence");
    let id = c.open("\"Cards declined\" --service card-auth --kind degradation");
    c.inc(&format!("restore {id}")).exits(0);
    (c, id)
}

fn whole_id(c: &Computer, id: &str) -> String {
    c.record_path(id).parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
}

/// The policy that gives what the evidence says.
fn policy(c: &Computer, basis: &str, form: &str) {
    let path = format!("standards/compensation/{basis}.toml");
    if c.here.join(&path).exists() {
        return;
    }
    let text = format!(
        "title = \"As the evidence says\"\nbasis = \"{basis}\"\ncurrency = \"MXN\"\n\
         effective_from = 2024-01-01\naccount = \"5220-{basis}\"\ncost_centre = \"4100\"\n\n\
         [columns.credit]\ntype = \"money\"\nmin = \"0 MXN\"\n\n[forms.{form}]\n\n\
         [award]\nhit = \"unique\"\ncomplete = true\n\n\
         [[award.rule]]\nid = \"all\"\nthen = {{ pay = \"credit\" }}\n"
    );
    c.write(path, text);
    c.git("add -A");
    c.git("commit -qm policy");
}

/// Makes a run as ana and calls it `name`; `rows` are customer, cents, form.
fn run(c: &Computer, id: &str, name: &str, basis: &str, rows: &[(&str, i64, &str)]) {
    let mut customers = "customer_id,credit\n".to_owned();
    for (customer, cents, _) in rows {
        customers += &format!("{customer},{}.{:02}\n", cents / 100, cents % 100);
    }
    types_as(c, "ana");
    policy(c, basis, rows[0].2);
    run_on(c, id, name, basis, &customers);
}

fn run_on(c: &Computer, id: &str, name: &str, basis: &str, customers: &str) {
    let before = c.record(id);
    let file = c.base().join("customers.csv");
    c.write(&file, customers);
    c.inc(&format!("compensate run {id} --policy {basis} --customers {}", file.display())).exits(0);
    // Tests name their runs; the draw is another one each time.
    let path = c.record_path(id);
    let record = c.read(&path);
    let ids = |text: &str| -> Vec<String> {
        let found = text.match_indices("id: K").map(|(at, _)| text[at + 4..at + 8].to_owned());
        found.collect()
    };
    let drawn = ids(&record).into_iter().find(|drawn| !ids(&before).contains(drawn)).unwrap();
    c.write(&path, record.replace(&format!("id: {drawn}"), &format!("id: {name}")));
    let folder = c.base().join(format!("evidence/{}/compensation", whole_id(c, id)));
    std::fs::rename(folder.join(format!("{drawn}.csv")), folder.join(format!("{name}.csv")))
        .unwrap();
    c.git("commit -qam run");
}

fn approve(c: &Computer, id: &str, name: &str) -> Ran {
    types_as(c, "beto");
    c.inc(&format!("compensate approve {id} {name}"))
}

/// Sends what is ready; the batch's name and its rows.
fn send(c: &Computer) -> (String, Vec<Vec<String>>) {
    types_as(c, "dora");
    let ran = c.inc("ledger export --batch").exits(0);
    let name = ran.stdout.split(' ').next().unwrap().to_owned();
    let rows = batch(c, &name);
    (name, rows)
}

fn batch(c: &Computer, name: &str) -> Vec<Vec<String>> {
    let text = c.read(c.base().join(format!("evidence/batches/{name}.csv")));
    text.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect()).collect()
}

/// The core credits all of a batch.
fn posted(c: &Computer, name: &str, rows: &[Vec<String>]) -> PathBuf {
    let mut text = "key,state,amount,currency,date,reference,reason\n".to_owned();
    for row in rows {
        text += &format!("{},posted,{},{},2026-11-24,r{},\n", row[0], row[2], row[3], &row[0][..6]);
    }
    let path = c.base().join(format!("answer-{name}.csv"));
    c.write(&path, text);
    path
}

fn total(c: &Computer, month: &str) -> (String, String) {
    let rows = c.inc(&format!("ledger balance --month {month} --format json")).exits(0).json();
    let cell = |name: &str| rows["rows"][0][name].as_str().map(str::to_owned).unwrap_or_default();
    (cell("opening"), cell("closing"))
}

#[test]
fn from_approval_to_the_books() {
    let (c, id) = scene();
    run(
        &c,
        &id,
        "K001",
        "goodwill",
        &[("77001", 1250, "statement_credit"), ("77002", 500, "statement_credit")],
    );
    types_as(&c, "carla");
    c.inc(&format!("compensate approve {id} K001")).exits(1).says("approver-without-role");
    types_as(&c, "beto");
    c.inc(&format!("compensate approve {id} KZZZ")).exits(2).says("no-such-run").says("K001");
    let dry = c.inc(&format!("compensate approve {id} K001 --dry-run")).exits(0);
    dry.prints("ledger/head.toml");
    assert!(!c.base().join("evidence/ledger").exists());
    approve(&c, &id, "K001")
        .exits(0)
        .prints("approved compensation run K001 as support_lead")
        .prints("run K001 is in the ledger: 2 entries, 17.50 MXN");
    approve(&c, &id, "K001").exits(1).says("approved-already");
    c.is_clean();
    let whole = whole_id(&c, &id);
    let file = c.read(format!("ledger/runs/{whole}-goodwill-1.toml"));
    assert!(file.contains("role = \"support_lead\""), "{file}");
    let record = c.record(&id);
    assert!(
        record.contains("state: approved") && record.contains("entered: 17.50 MXN"),
        "{record}"
    );
    let log = c.read("ledger/log.csv") + &c.read("ledger/head.toml") + &file + &record;
    assert!(!log.contains("77001"), "a customer is in git: {log}");

    // Whoever approved it does not release it.
    c.inc("ledger export --batch").exits(1).says("self-release");
    let (name, rows) = send(&c);
    assert_eq!(rows.len(), 2);
    c.inc("ledger export --batch").exits(0).prints("nothing is ready");
    let again = c.base().join("again.csv");
    c.inc(&format!("ledger export --batch {name} --out {}", again.display())).exits(0);
    let first = c.read(c.base().join(format!("evidence/batches/{name}.csv")));
    assert_eq!(c.read(again), first);
    c.inc("ledger export --batch B-9").exits(2).says("no-such-batch");

    let answers = posted(&c, &name, &rows[..1]);
    let path = answers.display();
    c.inc(&format!("ledger confirm {name} {path}"))
        .exits(1)
        .prints("missing")
        .says("got no answer");
    let answers = posted(&c, &name, &rows);
    c.inc(&format!("ledger confirm {name} {}", answers.display())).exits(0).prints("posted");
    let before = c.commits();
    c.inc(&format!("ledger confirm {name} {}", answers.display()))
        .exits(0)
        .prints("answered before");
    assert_eq!(c.commits(), before, "the same answers change nothing");
    let record = c.record(&id);
    assert!(record.contains("state: posted") && record.contains("posted: 17.50 MXN"), "{record}");
    assert_eq!(total(&c, "2026-11"), ("0.00".into(), "0.00".into()));
    c.inc(&format!("ledger show {id}")).exits(0).prints("posted").prints("17.50 MXN");
    c.inc("ledger show --format csv").exits(0).prints("id,state,customer").prints(",goodwill,");
    c.inc("ledger verify").exits(0).prints("2 entries in 6 lines of 4 appends");
    c.is_clean();
    let facts = c.inc(&format!("facts show {id} --format json")).json().to_string();
    assert!(facts.contains("\"compensation_total\":\"17.50 MXN\""), "{facts}");
}

#[test]
fn a_second_run_pays_the_difference_alone() {
    let (c, id) = scene();
    let credit = "statement_credit";
    run(&c, &id, "K001", "goodwill", &[("001", 1000, credit), ("002", 1000, credit)]);
    approve(&c, &id, "K001").exits(0);
    run(
        &c,
        &id,
        "K002",
        "goodwill",
        &[("001", 1500, credit), ("002", 700, credit), ("003", 200, credit)],
    );
    approve(&c, &id, "K002")
        .exits(0)
        .prints("2 entries, 7.00 MXN; 1 of them the difference")
        .says("1 customers have more than this run gives, by -3.00 MXN")
        .says("who they are:");
    let facts = c.inc(&format!("facts show {id} --format json")).json().to_string();
    assert!(facts.contains("\"compensation_total\":\"27.00 MXN\""), "{facts}");
    // What is not sent is cancelled; a later run then pays what it gives.
    types_as(&c, "carla");
    c.inc(&format!("ledger reverse {id} --run K001 --customer 002 --reason \"lower\""))
        .exits(0)
        .prints("1 entry cancelled, 10.00 MXN");
    c.inc(&format!("ledger reverse {id} --run K001 --customer 002 --reason again"))
        .exits(1)
        .says("nothing-to-move");
    run(&c, &id, "K003", "goodwill", &[("001", 1500, credit), ("002", 700, credit)]);
    approve(&c, &id, "K003").exits(0).prints("1 entry, 7.00 MXN").prints("1 have it already");
    let (name, rows) = send(&c);
    c.inc(&format!("ledger confirm {name} {}", posted(&c, &name, &rows).display())).exits(0);
    // Credited too much: proposed, approved by somebody else, and by default not collected.
    run(&c, &id, "K004", "goodwill", &[("001", 1200, credit), ("002", 700, credit)]);
    approve(&c, &id, "K004").exits(0).prints("0 entries");
    types_as(&c, "eva");
    let ran = c.inc(&format!("ledger clawback {id} --lower K004 --reason \"wrong evidence\""));
    let ran = ran.exits(0).prints("takes back -5.00 MXN from 2 customers");
    let back = ran.stdout.split("run ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    c.inc(&format!("compensate approve {id} {back}")).exits(1).says("self-approval");
    types_as(&c, "carla");
    c.inc(&format!("compensate approve {id} {back}")).exits(0).prints("2 entries, -5.00 MXN");
    assert_eq!(total(&c, "2026-11"), ("0.00".into(), "0.00".into()));
    c.inc("ledger verify").exits(0);
}

#[test]
fn restitution_waits_for_the_reconciliation_and_for_finance() {
    let (c, id) = scene();
    run(&c, &id, "K001", "restitution", &[("001", 1000, "refund_of_charge")]);
    types_as(&c, "carla");
    c.inc(&format!("compensate approve {id} K001")).exits(1).says("not-reconciled");
    let path = c.record_path(&id);
    c.write(&path, c.read(&path) + "reconciliation: { status: done }\n");
    c.git("commit -qam reconciled");
    c.inc(&format!("compensate approve {id} K001")).exits(0).prints("as compensation_owner");
}

#[test]
fn large_goodwill_needs_finance_too() {
    let (c, id) = scene();
    run(&c, &id, "K001", "goodwill", &[("001", 6_000_000, "statement_credit")]);
    approve(&c, &id, "K001").exits(0).prints("still missing: compensation_owner");
    assert!(!c.here.join("ledger").exists(), "nothing is owed before the last approval");
    types_as(&c, "carla");
    c.inc(&format!("compensate approve {id} K001")).exits(0).prints("in the ledger: 1 entry");
}

#[test]
fn awards_that_changed_or_name_the_approver_are_refused() {
    let (c, id) = scene();
    run(&c, &id, "K001", "goodwill", &[("001", 1000, "statement_credit")]);
    let whole = whole_id(&c, &id);
    let path = c.base().join(format!("evidence/{whole}/compensation/K001.csv"));
    let awards = c.read(&path);
    c.write(&path, awards.replace("10.00", "90.00"));
    approve(&c, &id, "K001").exits(1).says("run-differs");
    c.write(&path, awards);
    types_as(&c, "ana");
    let customers = "customer_id,credit,employee\n001,10.00,BETO@example.com\n";
    run_on(&c, &id, "K002", "goodwill", customers);
    approve(&c, &id, "K002").exits(1).says("own-award");
}

#[test]
fn whoever_last_changed_the_policy_does_not_approve_its_first_run() {
    let (c, id) = scene();
    types_as(&c, "beto");
    policy(&c, "goodwill", "statement_credit");
    run(&c, &id, "K001", "goodwill", &[("001", 1000, "statement_credit")]);
    approve(&c, &id, "K001").exits(1).says("own-policy");
}

#[test]
fn closed_periods_and_untrusted_machines_refuse() {
    let (c, id) = scene();
    run(&c, &id, "K001", "goodwill", &[("001", 1000, "statement_credit")]);
    approve(&c, &id, "K001").exits(0);
    c.inc("ledger close-period 2026-11").exits(1).says("period-open");
    c.clock("2026-12-03T09:00:00-06:00");
    c.inc("ledger close-period 2026-11").exits(0).prints("2026-11 is closed");
    assert!(c.read("ledger/periods/2026-11.csv").contains("10.00"));
    run(&c, &id, "K002", "goodwill", &[("002", 1000, "statement_credit")]);
    types_as(&c, "beto");
    c.inc(&format!("compensate approve {id} K002 --period 2026-11")).exits(1).says("period-closed");
    c.inc(&format!("compensate approve {id} K002")).exits(0);
    assert_eq!(total(&c, "2026-11"), ("0.00".into(), "10.00".into()));
    assert_eq!(total(&c, "2026-12"), ("10.00".into(), "20.00".into()));
    c.inc("ledger balance --month 2026-13").exits(2).says("bad-period");
    c.inc("trust --revoke").exits(0);
    c.inc("ledger balance").exits(2).says("not-trusted").says("inc trust");
}

#[test]
fn a_ledger_that_lacks_files_or_has_others_stops() {
    let (c, id) = scene();
    run(&c, &id, "K001", "goodwill", &[("001", 1000, "statement_credit")]);
    approve(&c, &id, "K001").exits(0);
    run(&c, &id, "K002", "goodwill", &[("001", 2000, "statement_credit")]);
    let root = c.base().join("evidence/ledger/2026-11");
    let append = std::fs::read_dir(&root).unwrap().next().unwrap().unwrap().path();
    let file = append.join("all.csv");
    let text = c.read(&file);
    std::fs::remove_file(&file).unwrap();
    approve(&c, &id, "K002").exits(3).says("this ledger lacks 1 entries");
    c.write(&file, text.replace("10.00", "11.00"));
    c.inc("ledger verify").exits(3).says("ledger-changed");
    approve(&c, &id, "K002").exits(3).says("ledger-changed");
    c.write(&file, text);
    approve(&c, &id, "K002").exits(0).prints("10.00 MXN");
    let log = c.read("ledger/log.csv");
    c.write("ledger/log.csv", log.replace("beto", "carla"));
    c.inc("ledger verify").exits(2).says("ledger-conflict").says("breaks the chain");
    c.inc("check").exits(1).prints("ledger-conflict");
    c.write("ledger/log.csv", format!("<<<<<<< ours\n{log}"));
    c.inc("ledger verify").exits(2).says("never merged");
}

#[test]
fn a_run_whose_append_was_lost_is_entered_without_another_approval() {
    let (c, id) = scene();
    run(&c, &id, "K001", "goodwill", &[("001", 1000, "statement_credit")]);
    approve(&c, &id, "K001").exits(0);
    // The other side of a conflict was kept: theirs has another append, or none.
    c.git("rm -rq ledger");
    c.git("commit -qm \"kept the other side\"");
    c.inc("check").exits(1).prints("run-not-in-ledger");
    approve(&c, &id, "K001").exits(0).prints("run K001 is in the ledger: 1 entry");
    c.inc("ledger verify").exits(0).prints("1 entries");
}

#[test]
fn merged_incidents_list_their_doubles() {
    let (c, one) = scene();
    let two = c.open("\"Cards declined again\" --service card-auth --kind degradation");
    let credit = "statement_credit";
    run(&c, &one, "K001", "goodwill", &[("001", 1000, credit), ("002", 1000, credit)]);
    run(&c, &two, "K001", "goodwill", &[("001", 800, credit)]);
    approve(&c, &one, "K001").exits(0);
    approve(&c, &two, "K001").exits(0);
    let (name, rows) = send(&c);
    c.inc(&format!("ledger confirm {name} {}", posted(&c, &name, &rows).display())).exits(0);
    c.inc(&format!("ledger doubles {one}")).exits(0).prints("nobody has anything twice");
    c.inc(&format!("merge {two} --into {one}"))
        .exits(0)
        .says("1 customer has the same twice, 8.00 MXN too much, 8.00 MXN of it credited")
        .says("inc ledger doubles");
    c.inc(&format!("ledger doubles {one} --format csv")).exits(0).prints("001,goodwill");
    c.inc(&format!("ledger clawback {one} --doubles --policy goodwill --reason merged"))
        .exits(0)
        .prints("takes back -8.00 MXN from 1 customers");
    run(&c, &one, "K009", "goodwill", &[("001", 1000, credit)]);
    approve(&c, &one, "K009").exits(0).prints("0 entries");
}

/// Whether a program that checks journals is here; where CI needs it, it must be.
fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok();
    let required = std::env::var_os("INC_REQUIRE_HLEDGER").is_some();
    assert!(there || !required, "{program} is not installed: apt-get install {program}");
    if !there {
        println!("notice: {program} is not here, so its check was left out");
    }
    there
}

#[test]
fn the_books_balance_by_another_programs_count() {
    let (c, id) = scene();
    let credit = "statement_credit";
    run(&c, &id, "K001", "goodwill", &[("001", 1250, credit), ("002", 333, credit)]);
    approve(&c, &id, "K001").exits(0);
    let (name, rows) = send(&c);
    c.inc(&format!("ledger confirm {name} {}", posted(&c, &name, &rows[..1]).display())).exits(1);
    let journal = c.base().join("books.journal");
    c.inc(&format!("ledger export --format hledger --out {}", journal.display())).exits(0);
    c.inc("ledger export --format beancount")
        .exits(0)
        .prints("open Liabilities:Compensation:Goodwill");
    let rows = c.inc("ledger export --format csv").exits(0);
    let (mut debit, mut credit) = (0, 0);
    for line in rows.stdout.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap_or(0);
        debit += cents(cells[11]);
        credit += cents(cells[12]);
    }
    assert_eq!(debit, credit);
    assert!(debit > 0);
    if has("hledger") {
        let hledger = |args: &[&str]| {
            let ran = Command::new("hledger").arg("-f").arg(&journal).args(args).output().unwrap();
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            String::from_utf8(ran.stdout).unwrap()
        };
        hledger(&["check", "--strict"].map(|a| if a == "--strict" { "balanced" } else { a }));
        let owed = hledger(&["balance", "Liabilities", "--no-total", "-O", "csv"]);
        let (_, closing) = total(&c, "2026-11");
        assert!(owed.contains(&format!("-{closing} MXN")), "{owed}: {closing}");
    }
}

/// Kills a command after so long, as somebody who pulls the plug; whether it was still running.
fn killed(c: &Computer, line: &[&str], after: Duration) -> bool {
    let mut command = c.command(env!("CARGO_BIN_EXE_inc"), &c.here);
    command.args(line).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(after);
    let running = child.try_wait().unwrap().is_none();
    child.kill().ok();
    child.wait().unwrap();
    c.later(1);
    running
}

#[test]
#[ignore = "takes a while: .ci/run runs it"]
fn killed_at_any_moment_nothing_is_lost_and_nothing_paid_twice() {
    let (c, id) = scene();
    let customers: Vec<String> = (0..400).map(|n| format!("{n:05}")).collect();
    let mut died = 0;
    for round in 0..12_u64 {
        let cents = 1000 + i64::try_from(round).unwrap() * 10;
        let rows: Vec<(&str, i64, &str)> =
            customers.iter().map(|c| (c.as_str(), cents, "statement_credit")).collect();
        let name = format!("K{round:03}");
        run(&c, &id, &name, "goodwill", &rows);
        types_as(&c, "beto");
        let after = Duration::from_millis(5 + round * 17);
        died += usize::from(killed(&c, &["compensate", "approve", &id, &name], after));
        let ran = c.inc(&format!("compensate approve {id} {name}"));
        assert!(ran.code == 0 || ran.stderr.contains("approved-already"), "{}", ran.stderr);
        types_as(&c, "dora");
        died += usize::from(killed(&c, &["ledger", "export", "--batch"], after));
        c.inc("ledger export --batch").exits(0);
        let log = c.read("ledger/log.csv");
        let newest = log.lines().rfind(|line| line.contains(",export,")).unwrap();
        let batch_name = newest.split(',').nth(9).unwrap().to_owned();
        c.inc(&format!("ledger export --batch {batch_name}")).exits(0);
        let answers = posted(&c, &batch_name, &batch(&c, &batch_name));
        let answers = answers.to_str().unwrap();
        died += usize::from(killed(&c, &["ledger", "confirm", &batch_name, answers], after));
        c.inc(&format!("ledger confirm {batch_name} {answers}")).exits(0);
        c.inc("ledger verify").exits(0).prints("open: 0.00 MXN");
        let show = c.inc("ledger show --format csv").exits(0);
        let paid: i64 = show
            .stdout
            .lines()
            .skip(1)
            .filter(|line| line.contains(",posted,"))
            .map(|line| line.split(',').nth(6).unwrap().replace('.', "").parse::<i64>().unwrap())
            .sum();
        assert_eq!(paid, cents * 400, "round {round}");
    }
    println!("{died} of 36 commands died");
    assert!(died > 5);
    c.is_clean();
}

const A_HUNDRED_A_YEAR: &str = "title = \"At most 100 pesos in a year\"\nbasis = \"goodwill\"\ncurrency = \"MXN\"\n\
         effective_from = 2024-01-01\naccount = \"5220\"\ncost_centre = \"4100\"\n\n\
         [columns.credit]\ntype = \"money\"\nmin = \"0 MXN\"\n\n[forms.statement_credit]\n\n\
         [award]\nhit = \"unique\"\ncomplete = true\n\n\
         [[award.rule]]\nid = \"all\"\nthen = { pay = \"credit\" }\n\n[limits]\nhit = \"collect\"\n\n\
         [[limits.rule]]\nid = \"a-year\"\n\
         then = { limit = \"customer-period\", period = \"365d\", amount = \"100 MXN\", at = \"cut\" }\n";

#[test]
fn a_limit_over_a_rolling_period_counts_what_other_incidents_gave() {
    let (c, first) = scene();
    types_as(&c, "ana");
    c.write("standards/compensation/goodwill.toml", A_HUNDRED_A_YEAR);
    c.git("add -A");
    c.git("commit -qm policy");
    run(&c, &first, "K111", "goodwill", &[("C1", 7_000, "statement_credit")]);
    let second = c.open("\"Cards declined again\" --service card-auth --kind degradation");
    c.inc(&format!("restore {second}")).exits(0);
    // Two runs that know nothing of each other yet.
    run(&c, &second, "K222", "goodwill", &[("C1", 7_000, "statement_credit")]);
    approve(&c, &first, "K111").exits(0);
    // Both together pass the limit, so the second is another run by now.
    approve(&c, &second, "K222").exits(1);
    let again = [("C1", 7_000, "statement_credit"), ("C2", 7_000, "statement_credit")];
    run(&c, &second, "K333", "goodwill", &again);
    let awards = c.base().join(format!("evidence/{}/compensation/K333.csv", whole_id(&c, &second)));
    let awards = c.read(awards);
    assert!(awards.contains("C1,30.00,MXN") && awards.contains("C2,70.00,MXN"), "{awards}");
    approve(&c, &second, "K333").exits(0);
    // What was entered since does not change what was right then.
    c.inc(&format!("compensate verify {first} K111")).exits(0);
    c.inc(&format!("compensate verify {second} K333")).exits(0);
}

#[test]
fn of_two_approvals_at_once_the_second_counts_what_the_first_gave() {
    let (c, first) = scene();
    types_as(&c, "ana");
    c.write("standards/compensation/goodwill.toml", A_HUNDRED_A_YEAR);
    c.git("add -A");
    c.git("commit -qm policy");
    run(&c, &first, "K111", "goodwill", &[("C1", 7_000, "statement_credit")]);
    let second = c.open("\"Cards declined again\" --service card-auth --kind degradation");
    c.inc(&format!("restore {second}")).exits(0);
    run(&c, &second, "K222", "goodwill", &[("C1", 7_000, "statement_credit")]);
    types_as(&c, "beto");
    let lock = std::fs::File::open(c.here.join(".git/inc/lock")).unwrap();
    lock.lock().unwrap();
    // Each computes its run over a ledger without the other, and waits for its turn.
    let approving = [(&first, "K111"), (&second, "K222")].map(|(id, name)| {
        let mut command = c.command(env!("CARGO_BIN_EXE_inc"), &c.here);
        command.args(["compensate", "approve", id, name]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    });
    std::thread::sleep(std::time::Duration::from_secs(2));
    lock.unlock().unwrap();
    let codes = approving.map(|mut child| child.wait().unwrap().code().unwrap());
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 1).count(), 1, "{codes:?}");
    assert_eq!(c.git("ls-files ledger/runs").lines().count(), 1);
}
