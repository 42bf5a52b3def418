//! The company's standard end to end: verticals, waivers, frozen versions, replays, rates, authorities.

use crate::common::Computer;

const WAIVERS: &str = "standards/waivers.toml";

/// Adds a file and commits it on the live branch.
fn committed(c: &Computer, path: &str, text: &str) {
    c.write(path, text);
    c.git("add -A");
    c.git("commit -q -m standard");
}

fn changed(c: &Computer, path: &str, from: &str, to: &str) {
    let text = c.read(path);
    assert!(text.contains(from), "{path} has no {from}");
    c.write(path, text.replacen(from, to, 1));
}

#[test]
fn a_vertical_tightens_and_says_so() {
    let c = Computer::workspace();
    let id = c.open("\"Checkout errors\" --service checkout --kind degradation");
    c.inc(&format!("severity override SEV3 {id} --reason \"one shop\"")).exits(0);
    c.inc(&format!("targets {id}")).exits(0).prints("2h (processing)");
    let json = c.inc(&format!("targets {id} --format json")).exits(0).json();
    let of = |name: &str| {
        let all = json["targets"].as_array().unwrap();
        all.iter().find(|t| t["name"] == name).unwrap()["vertical"].clone()
    };
    assert_eq!(of("client-notice"), "processing");
    assert!(of("acknowledge").is_null());
    c.inc("standards explain targets client-notice-sev3")
        .exits(0)
        .prints("then  due = 4h")
        .prints("verticals/processing/targets tightens targets")
        .prints("then  due = 2h");
    c.inc("standards explain verticals/processing/targets")
        .exits(0)
        .prints("Targets of processing");
    c.write(
        "standards/verticals/processing/provisional.toml",
        "hit = \"first\"\n[[rule]]\nid = \"always-worst\"\nwhen = { tier = 1 }\nthen = { level = \"SEV1\" }\n",
    );
    let other = c.open("\"Checkout slow\" --service checkout --kind degradation");
    c.inc(&format!("severity show {other}"))
        .exits(0)
        .prints("SEV1 provisional")
        .prints("always-worst (verticals/processing/provisional)");
    c.inc("standards check").exits(0);
    changed(&c, "standards/verticals/processing/provisional.toml", "SEV1", "SEV4");
    c.inc("standards check").exits(1).prints("looser-rule");
    c.inc(&format!("severity show {other}")).exits(0).prints("SEV2 provisional");
}

#[test]
fn a_major_incident_closes_when_somebody_has_answered_for_each_authority() {
    let c = Computer::workspace();
    let id = c.open("\"SPEI out is down\" --service spei-out --kind outage --since 03:00");
    c.inc("").exits(0).prints(&format!(
        "inc regulatory decide cnbv,banco-de-mexico DECISION {id} --reason WORDS"
    ));
    c.inc(&format!("regulatory show {id}"))
        .exits(0)
        .prints("nobody has decided")
        .prints("none verified");
    c.inc(&format!("severity confirm {id}")).exits(0);
    c.inc(&format!("restore {id}")).exits(0);
    c.inc(&format!("resolve {id} --anyway \"a test\"")).exits(0);
    c.inc(&format!("pir draft {id}")).exits(0);
    c.inc(&format!("close {id}"))
        .exits(1)
        .says("close-with-unasked-authority")
        .says("whether cnbv, banco-de-mexico must be told")
        .says(&format!("inc regulatory decide REGIME DECISION {id} --reason WORDS"));
    c.inc(&format!("regulatory decide cnbv not_reportable {id} --reason \"\"")).exits(2);
    c.inc(&format!("regulatory decide cnvb not_reportable {id} --reason \"typo\" --dry-run"))
        .exits(0)
        .says("did you mean `cnbv`?");
    c.inc(&format!("regulatory decide cnbv not_reportable {id} --reason \"under an hour\""))
        .exits(0)
        .prints("cnbv: not reportable");
    c.inc(&format!("close {id}")).exits(1).says("whether banco-de-mexico must be told");
    c.inc(&format!("regulatory decide banco-de-mexico undecided {id} --reason \"asking\""))
        .exits(0);
    c.inc(&format!("close {id}")).exits(1).says("close-with-undecided-authority");
    c.inc(&format!(
        "regulatory decide banco-de-mexico reportable {id} --reason \"SPEI was down\" --due 2026-11-25T12:00:00-06:00"
    ))
    .exits(0);
    let json = c.inc(&format!("regulatory show {id} --format json")).exits(0).json();
    assert_eq!(json["regimes"][0]["decision"], "not_reportable");
    assert_eq!(json["regimes"][0]["by"], "ana");
    assert_eq!(json["regimes"][1]["due"], "2026-11-25T12:00:00-06:00");
    let last = c.inc(&format!("close {id}")).exits(1).says("close-with-unapproved-review");
    assert!(last.stderr.contains("1 missing"), "{}", last.stderr);
    let record = c.record(&id);
    assert!(record.contains("cnbv: not reportable: under an hour"), "{record}");
    c.is_clean();
}

#[test]
fn an_authority_without_a_verified_deadline_is_said() {
    let c = Computer::workspace();
    let id = c.open("\"SPEI out is down\" --service spei-out --kind outage");
    let line = format!("check {id} --only unverified-deadline");
    c.inc(&line).exits(0).prints("no verified deadline for this regime: cnbv, banco-de-mexico");
    c.inc(&format!("regulatory decide cnbv,banco-de-mexico not_reportable {id} --reason short"))
        .exits(0);
    assert_eq!(c.inc(&line).exits(0).stdout, "");
    changed(
        &c,
        "standards/regulatory.toml",
        "deadline = \"none\", source = \"\", verified_by = \"\", verified_on = \"\"",
        "deadline = \"2h\", source = \"a text\", verified_by = \"ana\", verified_on = \"2026-11-01\"",
    );
    c.inc(&format!("regulatory decide cnbv reportable {id} --reason long")).exits(0);
    assert_eq!(c.inc(&line).exits(0).stdout, "");
    let record = c.record(&id);
    assert!(record.contains("clock_starts_at: 2026-11-21T03:10:00-06:00"), "{record}");
    assert!(record.contains("due: 2026-11-21T05:10:00-06:00"), "{record}");
}

#[test]
fn a_waiver_of_the_standard_accepts_for_a_while() {
    let c = Computer::workspace();
    let id = c.open("\"Login fails\" --service app-login --kind degradation --at 02:00");
    let line = "check --only not-acknowledged,expired-waiver,idle-waiver";
    c.inc(line).exits(0).prints("not-acknowledged");
    let waiver = |code: &str, more: &str, until: &str| {
        format!(
            "[[waiver]]\ncode = \"{code}\"\n{more}by = \"ana\"\nat = 2026-11-01\nuntil = {until}\n\
             reason = \"the pager is being replaced\"\n"
        )
    };
    c.write(WAIVERS, waiver("not-acknowledged", "", "2026-11-21"));
    let ran = c.inc(line).exits(0).says("1 waived");
    assert_eq!(ran.stdout, "");
    let json = c.inc(&format!("{line} --format json")).exits(0).json();
    assert_eq!(json["waived"][0]["reason"], "the pager is being replaced");
    for (more, waives) in [
        ("service = \"app-login\"\n", true),
        ("service = \"balance\"\n", false),
        ("vertical = \"credit\"\n", false),
        (&format!("incident = \"{id}\"\n"), true),
        ("incident = \"ZZZZ\"\n", false),
    ] {
        c.write(WAIVERS, waiver("not-acknowledged", more, "2026-11-21"));
        let ran = c.inc(line).exits(0);
        assert_eq!(
            !ran.stdout.contains("warning[not-acknowledged]"),
            waives,
            "{more}{}",
            ran.stdout
        );
        assert_eq!(ran.stdout.contains("idle-waiver"), !waives, "{more}{}", ran.stdout);
    }
    // Of one incident nobody can say that a waiver matches nothing.
    assert!(!c.inc(&format!("{line} {id}")).exits(0).stdout.contains("idle-waiver"));
    c.write(WAIVERS, waiver("not-acknowledged", "", "2026-11-20"));
    c.inc(line)
        .exits(0)
        .prints("warning[not-acknowledged]")
        .prints("warning[expired-waiver]: the waiver of `not-acknowledged` ended 2026-11-20")
        .prints("--> standards/waivers.toml:5:9");
    c.write(WAIVERS, waiver("not-acknowleged", "", "2026-12-20"));
    c.inc(line).exits(0).prints("did you mean `not-acknowledged`?");
    let github = c.inc(&format!("{line} --format github")).exits(0).stdout;
    assert!(github.contains("::warning file=standards/waivers.toml,line=2,"), "{github}");
    c.write(WAIVERS, "[[waiver]]\ncode = \"no-review\"\n");
    c.inc("check").exits(1).says("a waiver has no `until`");
}

#[test]
fn a_version_that_was_in_force_is_frozen_and_a_pull_request_shows_what_changes() {
    let c = Computer::workspace();
    c.open("\"Card payments declined\" --service card-auth --kind outage");
    let before = c.inc("check --only frozen-standard").exits(0);
    assert_eq!(before.stdout, "");
    c.git("checkout -q -b stricter");
    let targets = "standards/targets.toml";
    changed(&c, targets, "why = \"Until somebody has it", "why = \"As long as nobody has it");
    assert_eq!(c.inc("check --only frozen-standard").exits(0).stdout, "");
    changed(&c, targets, "due = \"5m\"", "due = \"4m\"");
    // Before it is committed, a check compares with the last commit.
    c.inc("check --only frozen-standard")
        .exits(0)
        .prints("targets.toml has judged 1 incident, and rule acknowledge-sev1 of targets now gives due 4m instead of 5m")
        .prints("--> standards/targets.toml:")
        .prints("targets.YYYY-MM-DD.toml");
    c.inc("standards check").exits(0).prints("frozen-standard");
    assert!(!c.inc("check --only frozen-standard").exits(0).stdout.contains("replay:"));
    c.git("commit -q -a -m stricter");
    assert_eq!(c.inc("check --only frozen-standard").exits(0).stdout, "");
    let line = "check --changed main --only frozen-standard";
    let shown = c.inc(line).exits(0).prints("warning[frozen-standard]").stdout;
    assert!(
        shown.contains("replay: the standard was changed, and 1 of 1 incident come"),
        "{shown}"
    );
    assert!(shown.contains("target acknowledge: 5m, "), "{shown}");
    assert!(shown.contains("Card payments declined"), "{shown}");
    let json = c.inc(&format!("{line} --format json")).exits(0).json();
    assert_eq!(json["findings"][0]["code"], "frozen-standard");
    assert_eq!(json["findings"][0]["file"], "standards/targets.toml");
    assert_eq!(json["replay"]["changed"][0]["differences"][0]["name"], "acknowledge");
    assert_eq!(json["replay"]["sums"][0]["incidents"], 1);
    let github = c.inc(&format!("{line} --format github")).exits(0).stdout;
    let notices: Vec<&str> = github.lines().filter(|l| l.starts_with("::notice")).collect();
    assert_eq!(notices.len(), 1, "{github}");
    let begin = "::notice file=standards/targets.toml,title=standard-replay::";
    assert!(notices[0].starts_with(begin), "{github}");
    c.inc(&format!("{line} --format sarif")).exits(0);
    // The workspace decides how bad it is.
    let config = c.read("inc.toml");
    let level = |word: &str| {
        c.write("inc.toml", format!("{config}\n[check.levels]\nfrozen-standard = \"{word}\"\n"));
    };
    level("error");
    c.inc(line).exits(1).prints("error[frozen-standard]");
    level("off");
    assert!(!c.inc(line).exits(0).stdout.contains("frozen-standard"));
}

#[test]
fn what_a_branch_changes_is_read_from_the_checkout_where_another_branch_is_the_live_one() {
    let c = Computer::workspace();
    changed(&c, "inc.toml", "# branch = \"incidents\"", "branch = \"main\"");
    c.git("commit -q -a -m live");
    c.open("\"Card payments declined\" --service card-auth --kind outage");
    c.git("checkout -q -b stricter");
    changed(&c, "standards/targets.toml", "due = \"5m\"", "due = \"4m\"");
    c.git("commit -q -a -m stricter");
    c.inc("check --changed --only frozen-standard")
        .exits(0)
        .prints("warning[frozen-standard]")
        .prints("replay: the standard was changed, and 1 of 1 incident come");
    c.inc("standards explain targets acknowledge-sev1").exits(0).prints("due = 4m");
    c.inc("standards check").exits(0).prints("frozen-standard");
}

#[test]
fn levels_codes_and_tiers_choose_what_is_checked() {
    let c = Computer::workspace();
    let id = c.open("\"Login fails\" --service app-login --kind degradation --at 02:00");
    c.inc("check --only not-acknowledged").exits(0).prints("warning[not-acknowledged]");
    c.inc("check --only not-acknowleged").exits(2).says("did you mean `not-acknowledged`?");
    let config = c.read("inc.toml");
    let levels = |text: &str| c.write("inc.toml", format!("{config}\n[check.levels]\n{text}\n"));
    levels("not-acknowledged = \"error\"");
    c.inc("check").exits(1).prints("error[not-acknowledged]");
    levels("not-acknowledged = \"off\"\ncommunications-lead-missing = \"error\"");
    let ran = c.inc("check").exits(1);
    assert!(!ran.stdout.contains("[not-acknowledged]"), "{}", ran.stdout);
    assert!(ran.stdout.contains("error[communications-lead-missing]"), "{}", ran.stdout);
    levels("not-acknowledgd = \"off\"");
    c.inc("check").exits(2).says("did you mean `not-acknowledged`?");
    levels("not-acknowledged = \"loud\"");
    c.inc("check").exits(2).says("write error, warning, note or off");
    c.write("inc.toml", &config);
    c.inc(&format!("restore {id}")).exits(0);
    let basic = c.inc("check").stdout;
    let strict = c.inc("check --tier strict").stdout;
    assert!(!basic.contains("[no-detection-source]"), "{basic}");
    assert!(strict.contains("[no-detection-source]"), "{strict}");
    c.inc("check --only no-detection-source").exits(0).prints("[no-detection-source]");
}

#[test]
fn calendars_that_end_and_currencies_without_a_rate_are_said() {
    let c = Computer::workspace();
    let id = c.open("\"Acquirer down\" --service card-auth --kind outage --since 03:00");
    assert_eq!(c.inc("check --only calendar-ends,no-rate").exits(0).stdout, "");
    c.inc(&format!("update {id} --attempted 10 --failed 5")).exits(0);
    let path = c.record_path(&id);
    let record = c.record(&id);
    c.write(
        &path,
        record.replacen("    failed: 5\n", "    failed: 5\n    lost_value: 1000.00 USD\n", 1),
    );
    c.inc("check --only no-rate")
        .exits(0)
        .prints("note[no-rate]: 1000.00 USD counts as not known: there is no rate of USD in MXN")
        .prints("lost_value: 1000.00 USD");
    let shown = c.inc(&format!("facts show {id}")).exits(0).says("has no rate for it");
    assert!(!shown.stdout.contains("lost_value"), "{}", shown.stdout);
    committed(
        &c,
        "standards/rates.toml",
        "[[rate]]\nfrom = \"USD\"\nis = \"18.35 MXN\"\non = 2026-11-20\nsource = \"Banco de México, FIX\"\n",
    );
    assert_eq!(c.inc("check --only no-rate").exits(0).stdout, "");
    c.inc(&format!("facts show {id}")).exits(0).prints("18350.00 MXN");
    c.clock("2030-11-15T12:00:00-06:00");
    c.inc("check --only calendar-ends")
        .exits(0)
        .prints("calendar `mx-bank` ends on 2030-12-31, in 46 days")
        .prints("--> standards/calendar/mx-bank.toml:");
}
