//! `inc doctor`: what is looked at, what is repaired, and that one trouble hides no other.

use crate::common::{Computer, Ran, Scene};

/// A workspace on a machine where nothing is to mend.
fn healthy() -> Computer {
    let c = Computer::workspace();
    c.set("LC_ALL", "C.UTF-8");
    c.set("GIT_EDITOR", "cat");
    c
}

/// State and words of a check; panics where there is no such check.
fn check(ran: &Ran, name: &str) -> (String, String) {
    let answer = ran.json();
    let checks = answer["checks"].as_array().unwrap();
    let found = checks.iter().find(|c| c["name"] == name);
    let found = found.unwrap_or_else(|| panic!("no check `{name}` in {answer:#}"));
    (found["state"].as_str().unwrap().to_owned(), found["says"].as_str().unwrap().to_owned())
}

fn state(ran: &Ran, name: &str) -> String {
    check(ran, name).0
}

#[test]
fn a_healthy_workspace_has_nothing_to_mend() {
    let c = healthy();
    let ran = c.inc("doctor --format json").exits(0);
    let answer = ran.json();
    assert_eq!(answer["schema"], 1);
    for name in
        ["git", "identity", "editor", "locale", "inc.toml", "branch", "driver", "clock", "standard"]
    {
        assert_eq!(state(&ran, name), "ok", "{name}: {answer:#}");
    }
    for name in ["schema", "people", "trust", "cache"] {
        assert_eq!(state(&ran, name), "ok", "{name}: {answer:#}");
    }
    // Alone is no illness.
    assert_eq!(state(&ran, "remote"), "note");
    c.inc("doctor").exits(0).prints("git remote add origin URL");
    c.inc("doctor --fix").exits(0).says("nothing that inc doctor could mend");
    assert_eq!(c.git("status --porcelain"), "");
}

#[test]
fn whoever_git_does_not_know_is_told_what_to_type() {
    let c = healthy();
    for name in ["NAME", "EMAIL"] {
        c.unset(&format!("GIT_AUTHOR_{name}"));
        c.unset(&format!("GIT_COMMITTER_{name}"));
    }
    c.inc("doctor").exits(1).prints("git was not told who you are").prints("user.email");
    c.git("config user.name \"Ana Robles\"");
    c.git("config user.email ana@example.com");
    let ran = c.inc("doctor --format json").exits(0);
    assert!(check(&ran, "identity").1.contains("Ana Robles <ana@example.com>"));
}

#[test]
fn the_merge_driver_and_the_schema_are_repaired() {
    let c = healthy();
    c.git("config --unset merge.inc.driver");
    c.git("rm -q --cached .gitattributes");
    std::fs::remove_file(c.here.join(".gitattributes")).unwrap();
    // Another version of the program wrote this one.
    let path = "standards/incident.schema.json";
    let ours = c.read(path);
    let older = ours.replacen('{', "{\n  \"$comment\": \"older\",", 1);
    c.write(path, &older);
    let hash = |file: &str| {
        let mut command = c.command("sha256sum", &c.here);
        command.arg(file);
        c.finish(command, b"").stdout.split_whitespace().next().unwrap_or_default().to_owned()
    };
    let noted = c.read("standards/.defaults");
    let lines = noted.lines().map(|line| match line.ends_with(path) {
        true => format!("{}  {path}\n", hash(path)),
        false => format!("{line}\n"),
    });
    let changed: String = lines.collect();
    c.write("standards/.defaults", changed);
    c.git("commit -qam older");
    let ran = c.inc("doctor --format json").exits(1);
    assert_eq!((state(&ran, "driver").as_str(), state(&ran, "schema").as_str()), ("mend", "mend"));
    let ran = c.inc("doctor --fix --format json").exits(0).says("mended: .gitattributes");
    assert_eq!((state(&ran, "driver").as_str(), state(&ran, "schema").as_str()), ("ok", "ok"));
    assert_eq!(c.read(path), ours);
    assert_eq!(c.read("standards/.defaults"), noted);
    assert_eq!(c.git("status --porcelain"), "");
    assert!(c.git("log -1 --format=%B").contains("Inc-Command: doctor"));
    // In a clone the attribute is there, and the setting is not.
    c.git("config --unset merge.inc.driver");
    c.inc("doctor").exits(1).prints("inc doctor --fix");
    c.inc("doctor --fix").exits(0).says("mended: git merges records by meaning");
    // A line of somebody's own is reported, and stays.
    c.git("config merge.inc.driver true");
    c.inc("doctor --fix").exits(1).prints("not inc's own line: true");
    assert_eq!(c.git("config merge.inc.driver"), "true\n");
    // So is a schema that somebody changed.
    c.git("config --unset merge.inc.driver");
    c.write(path, &older);
    c.inc("doctor --fix").exits(0).prints("changed by hand");
    assert_eq!(c.read(path), older);
}

#[test]
fn broken_settings_hide_nothing_else() {
    let c = healthy();
    c.git("config --unset merge.inc.driver");
    let toml = c.read("inc.toml").replacen("company", "compani", 1);
    c.write("inc.toml", toml);
    let ran = c.inc("doctor --format json").exits(1);
    let (state_of, says) = check(&ran, "inc.toml");
    assert_eq!(state_of, "mend");
    assert!(says.contains("compani") && says.contains("line"), "{says}");
    assert_eq!(state(&ran, "driver"), "mend");
    assert_eq!(state(&ran, "standard"), "ok");
    c.inc("doctor --fix").exits(1).says("before inc.toml can be read");
    assert_eq!(c.git("status --porcelain"), " M inc.toml\n");
    c.write("inc.toml", "requires = \">= 99.0\"\n");
    c.inc("doctor").exits(1).prints("requires inc >= 99.0").prints("update inc");
}

#[test]
fn a_remote_that_is_gone_is_said_and_can_be_left_out() {
    let c = healthy();
    let remote = c.base().join("remote");
    c.git(&format!("init -q --bare -b main {}", remote.display()));
    c.git("remote add origin ../remote");
    c.inc("sync").exits(0);
    let ran = c.inc("doctor --format json").exits(0);
    assert!(check(&ran, "remote").1.contains("answers"));
    c.open("\"Card payments declined\"");
    let ran = c.inc("doctor --format json").exits(0);
    assert!(check(&ran, "shared").1.contains("1 commit not on origin/main"));
    std::fs::rename(&remote, c.base().join("away")).unwrap();
    c.inc("doctor").exits(1).prints("cannot be reached").prints("git remote set-url origin URL");
    let ran = c.inc("doctor --offline --format json").exits(0);
    assert!(check(&ran, "remote").1.contains("not asked"));
    // A program that the repository names is not run because somebody looks.
    c.git("config core.sshCommand \"touch ../ran;\"");
    c.git("remote set-url origin ssh://host.example/x");
    let ran = c.inc("doctor --format json").exits(0);
    assert!(check(&ran, "remote").1.contains("core.sshcommand"));
    assert!(!c.base().join("ran").exists());
}

#[test]
fn outside_a_workspace_the_machine_is_looked_at() {
    let c = Computer::empty();
    c.set("LC_ALL", "es_MX.UTF-8");
    c.set("GIT_EDITOR", "no-such-editor --wait");
    let ran = c.inc("doctor --format json").exits(1);
    assert_eq!(state(&ran, "workspace"), "note");
    assert_eq!(state(&ran, "git"), "ok");
    assert_eq!(state(&ran, "locale"), "ok");
    let (state_of, says) = check(&ran, "editor");
    assert_eq!(state_of, "mend");
    assert!(says.contains("no-such-editor"), "{says}");
    c.set("GIT_EDITOR", "cat");
    c.inc("doctor").exits(0).prints("inc init");
}

#[test]
fn what_stands_in_the_way_of_a_commit_is_named() {
    let c = healthy();
    c.open("\"Card payments declined\"");
    c.write(".git/index.lock", "");
    c.write(".git/MERGE_HEAD", c.git("rev-parse HEAD"));
    c.write(".git/inc/kept/words.txt", "the switch answers");
    c.clock("2026-11-19T03:10:00-06:00");
    c.set("LC_ALL", "C");
    let ran = c.inc("doctor --format json").exits(1);
    assert_eq!(state(&ran, "lock"), "mend");
    assert!(check(&ran, "unfinished").1.contains("a merge"));
    assert!(check(&ran, "kept").1.contains("1 text"));
    assert_eq!(state(&ran, "locale"), "note");
    let (state_of, says) = check(&ran, "clock");
    assert_eq!(state_of, "note");
    assert!(says.contains("the newest commit is of 2026-11-21"), "{says}");
}

#[test]
fn a_cache_that_cannot_be_read_is_deleted() {
    let c = healthy();
    c.open("\"Card payments declined\"");
    c.inc("list").exits(0);
    let mut folders = std::fs::read_dir(c.here.join(".git/inc/cache")).unwrap();
    let rows = folders.next().unwrap().unwrap().path().join("rows");
    std::fs::write(&rows, "cut").unwrap();
    let ran = c.inc("doctor --format json").exits(1);
    assert_eq!(state(&ran, "cache"), "mend");
    c.inc("doctor --fix").exits(0).says("mended: the cache is gone");
    assert!(!rows.exists());
}

#[test]
fn a_folder_of_evidence_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let c = healthy();
    let toml = c.read("inc.toml") + "\n[evidence]\nroot = \"../evidence\"\n";
    c.write("inc.toml", toml);
    c.inc("doctor").exits(1).prints("mkdir -m 700");
    let folder = c.base().join("evidence");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    c.inc("doctor").exits(1).prints("chmod 700");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let ran = c.inc("doctor --format json").exits(0);
    assert_eq!((state(&ran, "evidence").as_str(), state(&ran, "trust").as_str()), ("ok", "note"));
}

/// A git of this version on the PATH, which else is the machine's own.
fn git_of_version(c: &Computer, version: &str) {
    let path = std::env::var("PATH").unwrap_or_default();
    let script = format!(
        "for a in \"$@\"; do case $a in version|--version) echo \"git version {version}\"; exit;; esac; \
         done\nPATH='{path}' exec git \"$@\""
    );
    c.program("../bin/git", &script);
    c.set("PATH", format!("{}:{path}", c.base().join("bin").display()));
}

#[test]
fn what_is_looked_at_and_how_each_is_mended() {
    let mut s = Scene::on("doctor", healthy());
    s.set("GIT_EDITOR", ":");
    git_of_version(&s, "2.50.0");
    s.remark("nothing to mend");
    s.leaves("doctor").exits(0);
    s.remark("much to mend");
    git_of_version(&s, "2.20.1");
    s.git("config --unset merge.inc.driver");
    s.git("config core.hooksPath .githooks");
    s.git("remote add origin ../nowhere");
    s.set("GIT_EDITOR", "no-such-editor");
    s.set("LC_ALL", "C");
    for name in ["NAME", "EMAIL"] {
        s.unset(&format!("GIT_AUTHOR_{name}"));
        s.unset(&format!("GIT_COMMITTER_{name}"));
    }
    let schema = s.read("standards/incident.schema.json");
    std::fs::remove_file(s.here.join("standards/incident.schema.json")).unwrap();
    s.types("doctor --offline").exits(1);
    s.types("doctor --fix --offline").exits(1).says("mended: ");
    assert_eq!(s.read("standards/incident.schema.json"), schema);
    s.ends();
}

#[test]
fn an_old_git_shares_nothing_and_does_all_else() {
    let c = healthy();
    git_of_version(&c, "2.37.9");
    let ran = c.inc("doctor --format json").exits(1);
    let (state_of, says) = check(&ran, "git");
    assert_eq!(state_of, "mend");
    assert!(says.contains("2.37.9") && says.contains("2.38"), "{says}");
    c.open("\"Card payments declined\"");
    c.is_clean();
    git_of_version(&c, "of its own");
    assert_eq!(state(&c.inc("doctor --format json").exits(0), "git"), "ok");
    let empty = c.base().join("empty");
    std::fs::create_dir(&empty).unwrap();
    c.set("PATH", &empty);
    let ran = c.inc("doctor --format json").exits(1);
    assert_eq!(state(&ran, "git"), "mend");
    c.inc("doctor").exits(1).prints("install git");
}

#[test]
fn a_shallow_clone_is_told_what_it_lacks() {
    let c = healthy();
    c.open("\"Card payments declined\"");
    c.inc("ack").exits(0);
    let shallow = c.base().join("cut");
    c.git(&format!("clone -q --depth 1 file://{} {}", c.here.display(), shallow.display()));
    let ran = c.inc_in(&shallow, "doctor");
    ran.clone().prints("cut off by a shallow clone").prints("git fetch --unshallow");
    let json = c.inc_in(&shallow, "doctor --format json");
    assert_eq!(check(&json, "history").0, "note");
    c.git_in(&shallow, "fetch -q --unshallow");
    assert!(!c.inc_in(&shallow, "doctor").stdout.contains("shallow"));
}

#[test]
fn hooks_that_git_passes_over_are_named() {
    let c = healthy();
    c.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    c.program(".git/hooks/commit-msg", "exit 0");
    c.inc("doctor").exits(0).prints("may not be run: pre-commit").prints("chmod +x");
    c.git("config core.hooksPath ../hooks");
    let ran = c.inc("doctor --format json").exits(0);
    assert_eq!(
        check(&ran, "hooks"),
        ("note".into(), "they are looked for in ../hooks (core.hooksPath)".into())
    );
}

#[test]
fn a_rewritten_remote_is_said_until_somebody_accepts_it() {
    let c = healthy();
    let remote = c.base().join("remote");
    c.git(&format!("init -q --bare -b main {}", remote.display()));
    c.git("remote add origin ../remote");
    c.open("\"Card payments declined\"");
    c.inc("sync").exits(0);
    c.git_in(&remote, "update-ref refs/heads/main main~1");
    c.git("fetch -q origin");
    let ran = c.inc("doctor --format json").exits(1);
    let (state_of, says) = check(&ran, "rewritten");
    assert_eq!(state_of, "mend");
    assert!(says.contains("origin/main lost commits"), "{says}");
    c.inc("doctor --fix").exits(1).prints("inc sync --accept-rewritten");
    c.inc("sync --accept-rewritten").exits(0);
    assert!(!c.inc("doctor").exits(0).stdout.contains("rewritten"));
}

#[test]
fn a_remote_beside_the_repository_is_reached_from_the_live_tree_too() {
    let c = healthy();
    let toml = c.read("inc.toml").replace("# branch = \"incidents\"", "branch = \"incidents\"");
    c.write("inc.toml", toml);
    c.git("commit -qam \"the live branch\"");
    c.git("branch incidents");
    c.git(&format!("clone -q --bare . {}", c.base().join("remote").display()));
    c.git("remote add origin ../remote");
    c.open("\"Card payments declined\"");
    c.inc("sync").exits(0);
    let ran = c.inc("doctor --format json").exits(0);
    assert_eq!(check(&ran, "remote"), ("ok".into(), "origin (../remote) answers".into()));
}
