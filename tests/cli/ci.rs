//! The shell steps of examples/ci run against a scratch repository, as a runner would run them.

use std::path::Path;

use inc::diag::Source;
use inc::yaml::{Node, Value, parse};

use crate::common::Computer;

fn file(name: &str) -> Node {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    parse(Source::new(name, &text)).unwrap()
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Seq(items) => items,
        _ => &[],
    }
}

/// The shell steps of a job, as GitHub Actions runs them.
fn github(job: &str) -> Vec<String> {
    let all = file("github.yml");
    let job = all.get("jobs").unwrap().get(job).unwrap().clone();
    items(job.get("steps").unwrap())
        .iter()
        .filter(|step| step.get("name").and_then(Node::text) != Some(INSTALL))
        .filter_map(|step| step.get("run").and_then(Node::text).map(str::to_owned))
        .collect()
}

const INSTALL: &str = "Install inc";

/// How each file gets inc: the step of every job, and what GitLab does before all of them.
fn installs() -> Vec<String> {
    let all = file("github.yml");
    let jobs = all.get("jobs").unwrap();
    let mut found: Vec<String> = ["check", "weekly", "overdue"]
        .into_iter()
        .flat_map(|job| items(jobs.get(job).unwrap().get("steps").unwrap()))
        .filter(|step| step.get("name").and_then(Node::text) == Some(INSTALL))
        .filter_map(|step| step.get("run").and_then(Node::text).map(str::to_owned))
        .collect();
    let all = file("gitlab.yml");
    let before = all.get("default").unwrap().get("before_script").unwrap().clone();
    found.extend(items(&before).iter().filter_map(|line| line.text().map(str::to_owned)));
    found
}

/// The lines of a job, as GitLab CI runs them.
fn gitlab(job: &str) -> Vec<String> {
    let all = file("gitlab.yml");
    let job = all.get(job).unwrap().clone();
    items(job.get("script").unwrap())
        .iter()
        .filter_map(|line| line.text().map(str::to_owned))
        .collect()
}

/// A repository with a remote, an incident with a review on its branch, and an overdue action; the
/// branch.
fn scratch() -> (Computer, String) {
    let c = Computer::workspace();
    let remote = c.base().join("remote");
    c.git(&format!("init -q --bare -b main {}", remote.display()));
    c.git(&format!("remote add origin {}", remote.display()));
    let id = c.open("\"Cards declined\" --service card-auth --kind outage --since 02:40");
    c.inc(&format!("restore {id}")).exits(0);
    c.inc(&format!(
        "actions add {id} Alert on declines --kind detect --owner ana --due 2026-11-22"
    ))
    .exits(0);
    c.inc(&format!("pir draft {id} --locale en")).exits(0);
    c.git("push -q -u origin main");
    let path = c.record_path(&id);
    let branch =
        format!("review/{}", path.parent().unwrap().file_name().unwrap().to_str().unwrap());
    let text = c.read(path.with_file_name("pir.md"));
    c.write(
        path.with_file_name("pir.md"),
        text.replacen("## Summary\n", "## Summary\n\nThe operator failed to look.\n", 1),
    );
    c.inc(&format!("pir submit {id}")).exits(0);
    c.clock("2026-11-30T09:00:00-06:00");
    (c, branch)
}

/// Runs a step as a runner does: `bash -e`, inc on the PATH.
fn step(c: &Computer, script: &str) -> (i32, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_inc")).parent().unwrap().display().to_string();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = c.command("bash", &c.here);
    command.args(["-eo", "pipefail", "-c", script]).env("PATH", path);
    let ran = c.finish(command, b"");
    (ran.code, format!("{}{}", ran.stdout, ran.stderr))
}

fn passes(c: &Computer, script: &str) -> String {
    let (code, said) = step(c, script);
    assert_eq!(code, 0, "{script}\n{said}");
    said
}

#[test]
fn github_checks_a_pull_request() {
    let (c, branch) = scratch();
    c.git(&format!("switch -q --detach {branch}"));
    c.set("BASE", "origin/main");
    c.set("HEAD_REF", branch.clone());
    let steps = github("check");
    let [check, replay, summary] = steps.as_slice() else { panic!("{steps:?}") };
    let said = passes(&c, check);
    assert!(said.contains("::warning file=incidents/") && said.contains("blameful"), "{said}");
    assert!(passes(&c, replay).contains("as it was"));
    let said = passes(&c, summary);
    assert!(said.starts_with("<!-- inc:summary INC-"), "{said}");
    // A change of the standard is replayed over every incident.
    c.git("switch -q -c tune main");
    let path = "standards/targets.toml";
    c.write(path, c.read(path).replacen("due = \"5m\"", "due = \"4m\"", 1));
    c.git("commit -qam tune");
    let said = passes(&c, replay);
    assert!(!said.contains("as it was"), "{said}");
}

#[test]
fn github_reports_on_mondays_and_reminds_in_the_morning() {
    let (c, _) = scratch();
    for script in github("weekly") {
        passes(&c, &script);
    }
    assert!(c.read("weekly.md").contains("# Follow-ups on 2026-11-30"));
    for script in github("overdue") {
        assert!(passes(&c, &script).contains("Alert on declines"));
    }
    assert!(
        c.read("reminders.md").contains("Ana Robles") || c.read("reminders.md").contains("ana")
    );
}

#[test]
fn gitlab_runs_the_same() {
    let (c, branch) = scratch();
    c.set("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
    c.set("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", branch.clone());
    c.git(&format!("switch -q --detach {branch}"));
    passes(&c, &gitlab("check").join("\n"));
    assert!(c.read("findings.sarif").contains("blameful"));
    passes(&c, &gitlab("replay").join("\n"));
    passes(&c, &gitlab("summary").join("\n"));
    assert!(c.read("summary.md").starts_with("<!-- inc:summary INC-"));
    c.git("switch -q main");
    passes(&c, &gitlab("weekly").join("\n"));
    passes(&c, &gitlab("overdue").join("\n"));
    assert!(c.read("overdue.txt").contains("Alert on declines"));
}

#[test]
#[cfg(unix)]
fn inc_is_built_from_the_source_that_the_variables_name() {
    use std::os::unix::fs::PermissionsExt as _;
    let c = Computer::workspace();
    let bin = c.base().join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let cargo = bin.join("cargo");
    std::fs::write(&cargo, "#!/bin/sh\necho \"cargo $*\"\n").unwrap();
    std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    let scripts = installs();
    assert_eq!(scripts.len(), 4);
    for script in scripts {
        // Whoever has inc builds nothing.
        assert!(!passes(&c, &script).contains("cargo"));
        let built = |variables: &[(&str, &str)]| {
            let mut command = c.command("bash", &c.here);
            command.args(["-eo", "pipefail", "-c", &script]);
            command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
            command.envs(variables.iter().copied());
            let ran = c.finish(command, b"");
            (ran.code, ran.stdout, ran.stderr)
        };
        let source = ("INC_SOURCE", "https://git.example/inc.git");
        let (code, said, _) = built(&[source, ("INC_REV", "1a2b3c4")]);
        assert_eq!(
            (code, said.trim()),
            (0, "cargo install --locked --git https://git.example/inc.git --rev 1a2b3c4 inc")
        );
        let (code, said, _) = built(&[]);
        assert_eq!((code, said.trim()), (0, "cargo install --locked --path ."));
        let (code, said, why) = built(&[source]);
        assert!(code != 0 && said.is_empty() && why.contains("INC_REV"), "{said}{why}");
    }
}
