//! A repository from a stranger: looking at its incidents runs nothing that it names.

use std::path::{Path, PathBuf};

use crate::common::Computer;

/// Settings of git by which a repository can have a program run, with what they need around them.
const SETTINGS: &[(&str, &str)] = &[
    ("core.fsmonitor", "TRAP"),
    ("core.pager", "TRAP"),
    ("pager.log", "TRAP"),
    ("pager.diff", "TRAP"),
    ("pager.show", "TRAP"),
    ("core.sshCommand", "TRAP"),
    ("core.gitProxy", "PROGRAM"),
    ("core.askPass", "PROGRAM"),
    ("core.alternateRefsCommand", "TRAP"),
    ("credential.helper", "!TRAP"),
    ("diff.external", "TRAP"),
    ("diff.trap.command", "TRAP"),
    ("diff.trap.textconv", "TRAP"),
    ("filter.trap.clean", "TRAP"),
    ("filter.trap.smudge", "TRAP"),
    ("filter.trap.process", "TRAP"),
    ("filter.trap.required", "true"),
    ("merge.trap.driver", "TRAP"),
    ("merge.inc.driver", "TRAP"),
    ("gpg.program", "PROGRAM"),
    ("gpg.ssh.program", "PROGRAM"),
    ("log.showSignature", "true"),
    ("trailer.sign.command", "TRAP"),
    ("uploadpack.packObjectsHook", "TRAP"),
    ("remote.origin.uploadpack", "TRAP"),
    ("remote.origin.receivepack", "TRAP"),
    ("remote.origin.vcs", "trap"),
    ("protocol.ext.allow", "always"),
    ("submodule.recurse", "true"),
    ("alias.log", "!TRAP"),
    ("alias.status", "!TRAP"),
    ("alias.cat-file", "!TRAP"),
    ("alias.config", "!TRAP"),
    ("alias.rev-list", "!TRAP"),
    ("core.hooksPath", "HOOKS"),
    ("maintenance.auto", "true"),
    ("user.signingKey", "key::TRAP"),
];

/// All hooks that git knows.
const HOOKS: &[&str] = &[
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-rewrite",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "prepare-commit-msg",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
];

/// What only looks.
const LOOKING: &[&str] = &[
    "",
    "list",
    "list --all --format json",
    "show ID",
    "show ID --format json",
    "show ID --as-of 2026-11-21T03:12:00-06:00",
    "brief ID",
    "log",
    "log ID",
    "log ID --format json",
    "audit --period 2026-11",
    "check",
    "check --changed HEAD~1",
    "severity show ID",
    "targets ID",
    "regulatory show ID",
    "facts show ID",
    "facts list",
    "standards check",
    "standards explain severity",
    "standards replay --from HEAD~1",
    "report weekly --week 2026-W47",
    "report conformance --period 2026-11",
    "explain quiet",
    "help -k git",
    "trust --show",
    "doctor --offline",
    "doctor",
    "sync --dry-run",
    "retry --list",
    "note ID words --dry-run",
    "undo --dry-run",
    "completions bash",
];

/// A workspace that was made to run a program wherever git can, and the file that the program writes.
fn trapped() -> (Computer, String, PathBuf) {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\" --service card-auth --kind outage --since 03:00");
    c.inc("note \"the switch answers\"").exits(0);
    c.inc("comms draft --stage initial --channel push --locale en --dry-run");
    let ran = c.base().join("ran");
    let trap =
        c.program("../trap", &format!("echo \"$0 $*\" >>'{}'; cat 2>/dev/null", ran.display()));
    c.write(
        ".gitattributes",
        "* filter=trap diff=trap merge=trap\nincidents/**/incident.yaml merge=inc\n",
    );
    c.git("add -A");
    c.git("commit -qm \"attributes of a stranger\"");
    // A commit that says it is signed: whoever verifies it starts a program.
    let commit = c.git("cat-file commit HEAD");
    let (head, words) = commit.split_once("\n\n").unwrap();
    let mut command = c.command("git", &c.here);
    command.args(["hash-object", "-t", "commit", "-w", "--stdin"]);
    let signature = " -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----";
    let signed = format!("{head}\ngpgsig{signature}\n\n{words}");
    let name = c.finish(command, signed.as_bytes()).stdout;
    c.git(&format!("update-ref refs/heads/main {}", name.trim()));
    c.git("remote add origin ssh://nowhere.invalid/x");
    c.git("update-ref refs/remotes/origin/main HEAD~1");
    let hooks = c.base().join("hooks");
    for hook in HOOKS {
        let script = format!("exec '{}' hook {hook}", trap.display());
        c.program(format!("../hooks/{hook}"), &script);
        c.program(format!(".git/hooks/{hook}"), &script);
    }
    for (key, value) in SETTINGS {
        // Each trap says by which setting it was reached.
        let program = c.program(format!("../{key}"), &format!("exec '{}' {key}", trap.display()));
        let value = value
            .replace("PROGRAM", &program.display().to_string())
            .replace("TRAP", &format!("{} {key}", trap.display()))
            .replace("HOOKS", &hooks.display().to_string());
        let mut command = c.command("git", &c.here);
        command.args(["config", key, &value]);
        assert_eq!(c.finish(command, b"").code, 0, "{key}");
    }
    // Whatever was run while the traps were set does not count; and every file looks changed.
    let _ = std::fs::remove_file(&ran);
    let touch = std::fs::File::open(c.record_path(&id)).unwrap();
    touch.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(5)).unwrap();
    (c, id, ran)
}

fn caught(ran: &Path) -> String {
    std::fs::read_to_string(ran).unwrap_or_default()
}

#[test]
fn looking_at_a_strangers_repository_runs_nothing() {
    let (c, id, ran) = trapped();
    for line in LOOKING {
        let line = line.replace("ID", &id);
        let answer = c.inc(&line);
        assert!(answer.code <= 3, "inc {line}: {}", answer.stderr);
        assert_eq!(caught(&ran), "", "inc {line} ran a program of the repository");
    }
    // The cache and the complete path through git's own program look no further either.
    c.set("INC_CACHE", "off");
    for line in ["list", "report weekly --week 2026-W47", "check"] {
        c.inc(line);
        assert_eq!(caught(&ran), "", "inc {line} without the cache");
    }
    // The traps are real: plain git walks into them.
    let mut status = c.command("git", &c.here);
    status.args(["status", "--short"]);
    c.finish(status, b"");
    let mut log = c.command("git", &c.here);
    log.args(["--no-pager", "-c", "alias.log=", "log", "-1", "--show-signature"]);
    c.finish(log, b"");
    let found = caught(&ran);
    for trap in ["filter.trap", "gpg.program"] {
        assert!(found.contains(trap), "{trap} was no trap: {found}");
    }
}

#[test]
fn a_repository_that_git_alone_can_read_runs_nothing_either() {
    let c = Computer::empty();
    c.git("init -q -b main --object-format=sha256");
    c.inc("init").exits(0);
    let id = c.open("\"Card payments declined\"");
    let ran = c.base().join("ran");
    let trap = c.program("../trap", &format!("echo \"$0 $*\" >>'{}'; cat", ran.display()));
    c.write(".gitattributes", "* filter=trap diff=trap\n");
    for key in [
        "core.fsmonitor",
        "core.pager",
        "filter.trap.clean",
        "filter.trap.smudge",
        "diff.trap.textconv",
        "diff.external",
        "gpg.program",
    ] {
        c.git(&format!("config {key} {}", trap.display()));
    }
    c.program(".git/hooks/reference-transaction", &format!("exec '{}'", trap.display()));
    let _ = std::fs::remove_file(&ran);
    for line in LOOKING {
        let line = line.replace("ID", &id);
        c.inc(&line);
        assert_eq!(caught(&ran), "", "inc {line}");
    }
}

#[test]
fn git_behind_a_link_and_settings_that_point_elsewhere() {
    let (c, id, ran) = trapped();
    // A work tree that lies elsewhere, and settings brought in from a file of the repository.
    let elsewhere = c.base().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("secret"), "a secret\n").unwrap();
    c.write("settings", format!("[core]\n\tfsmonitor = {}\n", c.base().join("trap").display()));
    c.git("config include.path ../settings");
    for line in [format!("show {id}"), "list".to_owned(), "check".to_owned()] {
        c.inc(&line);
        assert_eq!(caught(&ran), "", "inc {line}");
    }
    c.git(&format!("config core.worktree {}", elsewhere.display()));
    for line in [format!("show {id}"), "list".to_owned(), "check".to_owned(), "log".to_owned()] {
        let answer = c.inc(&line);
        assert!(!answer.stdout.contains("a secret") && answer.code <= 3, "{}", answer.stdout);
        assert_eq!(caught(&ran), "", "inc {line}");
    }
}

/// On a terminal long answers go through a pager: the person's own, never the repository's.
#[test]
fn the_pager_is_the_persons_own() {
    let (c, id, ran) = trapped();
    let own = c.base().join("own");
    let pager = c.program("../pager", &format!("cat; touch '{}'", own.display()));
    for (set, value) in [("", ""), ("PAGER", pager.to_str().unwrap())] {
        if !set.is_empty() {
            c.set(set, value);
        } else {
            c.set("PAGER", "cat");
        }
        let Some(shown) = crate::terminal::on_terminal(&c, &format!("log {id}"), &[]) else {
            return;
        };
        assert!(shown.stdout.contains("the switch answers"), "{}", shown.stdout);
        assert_eq!(caught(&ran), "");
    }
    assert!(own.exists(), "the person's own pager is used");
}
