//! What the standard asks of an incident, as people and pull requests see it.

use serde_json::Value;

use crate::common::Computer;

#[test]
fn a_branch_is_checked_for_what_it_changed() {
    let c = Computer::workspace();
    let old = c.open("\"Old one\" --service card-auth");
    c.git("switch -q -c change");
    let path = c.record_path(&old);
    // Not this branch's: a mistake that main has.
    let other = c.open("\"Another\" --service checkout");
    c.git("add -A");
    c.git("switch -q main");
    c.git("switch -q change");
    let nothing = c.inc("check --changed HEAD").exits(0);
    assert_eq!(nothing.stdout, "");
    c.write(&path, c.read(&path).replace("services: [card-auth]", "services: [card-aut]"));
    let found = c.inc("check --changed HEAD --only unknown-service").exits(0);
    found.clone().prints("card-aut").prints("did you mean");
    assert!(!found.stdout.contains(&other), "{}", found.stdout);
    let line = c.read(&path).lines().position(|l| l.contains("card-aut")).unwrap() + 1;

    let json = c.inc("check --changed HEAD --only unknown-service --format json").exits(0).json();
    let one = &json["findings"][0];
    assert_eq!(json["findings"].as_array().unwrap().len(), 1);
    assert_eq!((&one["line"], &one["code"]), (&line.into(), &"unknown-service".into()));
    assert_eq!(json["checked"], 1);

    let github = c.inc("check --changed HEAD --only unknown-service --format github").exits(0);
    let shown = path.strip_prefix(&c.here).unwrap().display().to_string();
    github.prints(&format!("::warning file={shown},line={line},"));

    let sarif = c.inc("check --changed HEAD --only unknown-service --format sarif").exits(0).json();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "unknown-service");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], shown);
    assert_eq!(place["region"]["startLine"], line);

    c.inc("check --changed no-such-revision").exits(2);
    let talk = |c: &Computer| c.inc("check --changed HEAD --only unknown-service").exits(0);
    assert!(!talk(&c).stdout.contains("replay:"));
    c.write("standards/clocks.toml", c.read("standards/clocks.toml") + "# ours\n");
    talk(&c).prints("replay: the standard was changed");
}

#[test]
fn an_error_in_what_a_branch_changed_answers_no() {
    let c = Computer::workspace();
    let id = c.open("payments --service card-auth");
    let path = c.record_path(&id);
    c.write(&path, c.read(&path).replace("status: ", "statsu: "));
    let found = c.inc("check --changed").exits(1);
    found.prints("did you mean `status`?");
    let json = c.inc("check --changed --format json").exits(1).json();
    assert_eq!(json["findings"][0]["check"], "unreadable-record");
    c.inc("check --changed --format github").exits(1).prints("::error file=incidents/");
}

#[test]
fn the_checklist_is_shown_done_and_skipped() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments fail\" --service card-auth --kind outage --since 02:50");
    c.inc("").exits(0).prints("stop-retries");
    c.inc(&format!("show {id}")).exits(0).prints("stop-retries").prints("Stop automatic retries");
    c.inc("done stop-retries --evidence https://tickets.example/OPS-1")
        .exits(0)
        .prints("stop-retries done");
    let record = c.record(&id);
    assert!(record.contains("item: stop-retries"), "{record}");
    assert!(record.contains("evidence: https://tickets.example/OPS-1"), "{record}");
    c.inc("done stop-retries").exits(2).says("noted stop-retries as done");
    c.inc("skip stop-retries --reason no").exits(2).says("noted stop-retries as done");
    c.inc("skip pause-campaigns").exits(2).says("--reason");
    c.inc("skip pause-campaigns --reason \" \"").exits(2).says("--reason needs words");
    c.inc("skip pause-campaigns --reason \"none runs at night\"").exits(0).prints("skipped");
    assert!(c.record(&id).contains("reason: none runs at night"));
    c.inc("done stop-retires").exits(2).says("did you mean `stop-retries`?");
    let shown = c.inc(&format!("show {id}")).exits(0).stdout;
    let of = |item: &str| shown.lines().find(|l| l.contains(item)).unwrap_or_default().to_owned();
    assert!(
        of("pause-campaigns").contains("skipped") || shown.contains("none runs at night"),
        "{shown}"
    );
    c.inc(&format!("log {id}")).exits(0).prints("checklist");
    c.is_clean();
    // What was noted can be taken back.
    c.inc("undo").exits(0);
    assert!(!c.record(&id).contains("none runs at night"));
}

#[test]
fn every_code_is_explained() {
    let c = Computer::workspace();
    let codes = c.inc("explain").exits(0).stdout;
    assert!(codes.lines().count() > 150, "{codes}");
    for own in ["quiet", "severity-unconfirmed"] {
        assert!(codes.lines().any(|l| l == own), "{own}");
    }
    for code in codes.lines() {
        let page = c.inc(&format!("explain {code}")).exits(0).stdout;
        assert!(page.lines().count() >= 3, "{code}: {page}");
    }
}

#[test]
fn a_finding_says_line_clause_and_command() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments fail\" --service card-auth --kind outage --since 02:50");
    c.later(10 * 60);
    let json = c.inc("check --format json").json();
    let findings = json["findings"].as_array().unwrap();
    assert!(findings.len() >= 3, "{json}");
    let (mut own, lines) = (0, c.record(&id).lines().count());
    for found in findings {
        let code = found["code"].as_str().unwrap();
        let line = found["line"].as_u64().unwrap_or_default();
        assert!(line >= 1 && line <= lines as u64, "{found}");
        let help = found["help"].as_str().unwrap_or_default();
        // What is mended in the standard is no command.
        let mends = help.contains("inc ") && help.contains(&id) || help.contains("standards/");
        assert!(mends, "{code}: {help}");
        c.inc(&format!("explain {code}")).exits(0);
        if let Some(clause) = found["clause"].as_str() {
            own += 1;
            let (file, rule) = clause.split_once('#').unwrap();
            assert!(c.read(file).contains(&format!("id = \"{rule}\"")), "{clause}");
        }
    }
    assert!(own >= 1, "{json}");
    let table = c.inc("check").stdout;
    assert!(table.contains("asked for by standards/checks.toml#"), "{table}");
}

#[test]
fn customer_data_in_git_is_a_finding() {
    let c = Computer::workspace();
    let id = c.open("payments --service card-auth");
    let path = c.record_path(&id);
    let measured = "impact:\n  measured:\n    at: 2026-11-21T03:00:00-06:00\n    method: count\n    \
                    evidence:\n      - { path: evidence/affected.csv, rows: 2 }\n";
    c.write(&path, format!("{}{measured}", c.read(&path)));
    c.inc("check --only evidence-in-git").exits(0);
    c.write("evidence/affected.csv", "customer,amount\n1,2\n");
    c.git("add -A");
    c.git("commit -q -m by-hand");
    let found = c.inc("check --only evidence-in-git --format json").exits(1).json();
    let one: &Value = &found["findings"][0];
    let line = c.read(&path).lines().position(|l| l.contains("affected.csv")).unwrap() + 1;
    assert_eq!(one["line"], line);
    assert!(one["help"].as_str().unwrap().contains("git rm --cached evidence/affected.csv"));
}

#[test]
fn a_gap_is_told_where_the_table_promises_to_have_none() {
    let c = Computer::workspace();
    let text = c.read("standards/targets.toml");
    let rule = text.find("[[rule]]").unwrap();
    let next = rule + 1 + text[rule + 1..].find("[[rule]]").unwrap();
    c.write("standards/targets.toml", format!("{}{}", &text[..rule], &text[next..]));
    let line = text.lines().position(|l| l.starts_with("complete = true")).unwrap() + 1;
    let found = c.inc("standards check").exits(1);
    found.prints(&format!("standards/targets.toml:{line}:1")).prints("no rule for: ");
    c.inc("explain gap").exits(0);
}

#[test]
fn what_is_wrong_with_the_standard_is_said_once() {
    let c = Computer::workspace();
    c.open("\"Card payments declined\" --service card-auth");
    // Not committed, so that what the branch changed is judged too.
    c.write("standards/clocks.toml", c.read("standards/clocks.toml") + "nonsense = true\n");
    for line in
        ["standards check", "check", "check --changed", "list", "severity show", "report weekly"]
    {
        let ran = c.inc(line);
        let both = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(both.matches("`nonsense`").count(), 1, "inc {line}\n{both}");
    }
    let json = c.inc("standards check --format json").exits(1);
    assert_eq!(json.stdout.matches("`nonsense`").count(), 1, "{}", json.stdout);
    assert_eq!(json.stderr, "");
    c.git("checkout -q -b ours");
    c.git("commit -qam ours");
    let ran = c.inc("standards check").exits(1);
    assert_eq!(format!("{}{}", ran.stdout, ran.stderr).matches("`nonsense`").count(), 1);
}

#[test]
fn check_reads_the_templates() {
    let c = Computer::workspace();
    let path = "templates/communication/status_page/initial.en.hbs";
    let good = c.read(path);
    c.inc("check").exits(0);
    c.write(path, format!("{good}{{{{titel}}}}{{{{#if}}}}\n"));
    let found = c.inc("check").exits(1);
    found.prints("error[template-").prints(path);
    let json = c.inc("check --format json").exits(1).json();
    assert_eq!(json["findings"][0]["check"], "template", "{json:#}");
    // An incident answers for no template, a branch for those that it changed.
    let id = c.open("\"Card payments declined\" --service card-auth");
    c.inc(&format!("check {id}")).exits(0);
    c.inc("check --changed").exits(1).prints(path);
    c.git("commit -qam \"a template\"");
    c.inc("check --changed HEAD").exits(0);
    c.inc("check").exits(1);
}
