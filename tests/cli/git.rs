//! Every state that a repository can be in when somebody is paged.

use crate::common::Computer;

fn subject(c: &Computer) -> String {
    c.git("log -1 --format=%s").trim_end().to_owned()
}

#[test]
fn a_repository_without_a_commit() {
    let c = Computer::repository();
    c.write("inc.toml", "company = \"Example Pay\"\n");
    let id = c.open("\"Card payments declined\"");
    assert_eq!(c.commits(), 1);
    assert_eq!(c.git("status --short"), "?? inc.toml\n");
    c.inc("ack").exits(0);
    c.inc(&format!("log {id}")).exits(0).prints("acknowledged");
}

#[test]
fn what_else_lies_about_stays_as_it_is() {
    let c = Computer::workspace();
    c.write("service.c", "one\n");
    c.write("staged-later.txt", "one\n");
    c.git("add -A");
    c.git("commit -q -m \"a service\"");
    c.write("service.c", "one\ntwo\n");
    c.write("new.c", "untracked\n");
    c.write("staged.c", "staged\n");
    c.git("add staged.c");
    c.write("staged.c", "staged\nand changed again\n");
    c.git("rm -q --cached staged-later.txt");
    let state = |c: &Computer| (c.git("status --short"), c.git("diff --cached"), c.git("diff"));
    let before = state(&c);
    c.open("\"Card payments declined\"");
    for line in ["ack", "note \"a word\"", "restore", "undo"] {
        c.inc(line).exits(0);
        assert_eq!(state(&c), before, "after inc {line}");
    }
    let touched = c.git("log --format= --name-only HEAD~4..HEAD");
    assert!(
        touched.lines().filter(|l| !l.is_empty()).all(|l| l.starts_with("incidents/")),
        "{touched}"
    );
}

#[test]
fn a_worktree_and_a_detached_head() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let tree = c.base().join("tree");
    c.git(&format!("worktree add -q {} -b second", tree.display()));
    c.inc_in(&tree, "ack").exits(0);
    assert_eq!(c.git_in(&tree, "status --short"), "");
    assert_eq!(c.git("log -1 --format=%s second"), format!("INC-20261121-{id}: acknowledged\n"));
    assert_eq!(subject(&c), format!("INC-20261121-{id}: opened"));

    c.git("checkout -q --detach");
    let ran = c.inc("ack").exits(0).says("detached");
    assert!(ran.stdout.contains("acknowledged"));
    assert_eq!(subject(&c), format!("INC-20261121-{id}: acknowledged"));
    c.is_clean();
}

#[test]
fn a_submodule() {
    let inner = Computer::workspace();
    let c = Computer::repository();
    c.git("commit -q --allow-empty -m start");
    c.git(&format!(
        "-c protocol.file.allow=always submodule --quiet add {} incidents-of-us",
        inner.here.display()
    ));
    c.git("commit -q -m \"incidents as a submodule\"");
    let dir = c.here.join("incidents-of-us");
    c.inc_in(&dir, "open \"Card payments declined\"").exits(0);
    c.inc_in(&dir, "ack").exits(0);
    assert_eq!(c.git_in(&dir, "status --short"), "");
    assert!(c.git_in(&dir, "log -1 --format=%s").contains("acknowledged"));
    c.inc_in(&dir, "log").exits(0).prints("acknowledged");
    c.inc_in(&dir, "undo").exits(0);
}

#[test]
fn a_sha256_repository() {
    let c = Computer::empty();
    c.git("init -q -b main --object-format=sha256");
    c.inc("init").exits(0);
    let id = c.open("\"Card payments declined\"");
    c.inc("ack").exits(0);
    c.inc(&format!("log {id}")).exits(0).prints("acknowledged");
    c.inc("undo").exits(0);
    c.is_clean();
    assert_eq!(c.git("rev-parse HEAD").trim().len(), 64);
}

#[test]
fn without_git_at_all() {
    let c = Computer::empty();
    c.write("inc.toml", "company = \"Example Pay\"\n[git]\ncommit = \"never\"\n");
    // A PATH without git: nothing may ask for it.
    let bin = c.base().join("bin");
    std::fs::create_dir(&bin).unwrap();
    c.set("PATH", &bin);
    let opened = c.inc("open \"Card payments declined\" --quiet").exits(0);
    assert_eq!(opened.stderr, "");
    let id = opened.stdout.trim();
    for line in ["ack", "note \"a word\"", "show", "list", "", "restore", "check"] {
        let ran = c.inc(line).exits(0);
        assert!(!ran.stderr.contains("git"), "inc {line}: {}", ran.stderr);
    }
    c.inc("log").exits(3);
    assert!(c.read(format!("incidents/2026/11/{id}/incident.yaml")).contains("status: restored"));
    assert!(!c.here.join(".git").exists());
    // Words that cannot be applied are kept here too.
    let path = format!("incidents/2026/11/{id}/incident.yaml");
    let whole = c.read(&path);
    c.write(&path, "nonsense\n");
    let ran = c.inc(&format!("note {id} \"not lost\"")).exits(2).says("kept in ");
    let kept = ran.stderr.split("kept in ").nth(1).unwrap().lines().next().unwrap();
    assert_eq!(c.read(kept).trim(), "not lost");
    c.write(&path, whole);
    c.inc("retry").exits(0);
    assert!(c.read(&path).contains("text: not lost"));
}

#[test]
fn no_git_where_git_is_wanted() {
    let c = Computer::workspace();
    let bin = c.base().join("bin");
    std::fs::create_dir(&bin).unwrap();
    c.set("PATH", &bin);
    c.inc("list").exits(0);
    let ran = c.inc("open \"Card payments declined\"").exits(3).says("git");
    assert!(ran.stderr.contains("= help:"), "{}", ran.stderr);
}

#[test]
fn in_no_repository_where_git_is_wanted() {
    let c = Computer::empty();
    c.write("inc.toml", "company = \"Example Pay\"\n");
    c.inc("list").exits(0);
    c.inc("open \"Card payments declined\"").exits(3).says("git init");
}

#[test]
fn staged_only() {
    let c = Computer::workspace();
    let toml = c.read("inc.toml").replace("commit = \"each\"", "commit = \"stage\"");
    c.write("inc.toml", toml);
    c.git("commit -q -a -m \"stage only\"");
    let before = c.commits();
    let id = c.open("\"Card payments declined\"");
    c.inc("ack").exits(0);
    assert_eq!(c.commits(), before);
    let status = c.git("status --short");
    assert_eq!(status, format!("A  incidents/2026/11/INC-20261121-{id}/incident.yaml\n"));
}

#[test]
fn the_live_branch_is_written_while_the_checkout_is_elsewhere() {
    let c = Computer::workspace();
    let toml = c.read("inc.toml").replace("# branch = \"incidents\"", "branch = \"main\"");
    c.write("inc.toml", toml);
    c.git("commit -q -a -m \"the live branch\"");
    c.git("checkout -q -b feature");
    c.write("service.c", "unfinished\n");
    let before = (c.git("rev-parse HEAD"), c.git("status --short"));
    let opened = c.inc("open \"Card payments declined\" --quiet").exits(0);
    let id = opened.stdout.trim().to_owned();
    c.inc("ack").exits(0);
    c.inc("show").exits(0).says("live branch main");
    c.inc("log").exits(0).prints("acknowledged");
    c.inc("list").exits(0).prints(&id);
    assert_eq!(
        (c.git("rev-parse HEAD"), c.git("status --short")),
        before,
        "the checkout is theirs"
    );
    assert_eq!(c.git("log -1 --format=%s main"), format!("{id}: acknowledged\n"));
    // Nobody is locked out of the branch.
    c.git("stash -q -u");
    c.git("checkout -q main");
    c.is_clean();
    assert!(c.here.join(format!("incidents/2026/11/{id}/incident.yaml")).exists());
    c.inc("note \"in the checkout now\"").exits(0);
    c.is_clean();
    c.git("checkout -q feature");
    c.inc("note \"and elsewhere again\"").exits(0);
    assert_eq!(c.git("rev-list --count main..HEAD").trim(), "0");
    let text = c.git(&format!("show main:incidents/2026/11/{id}/incident.yaml"));
    assert!(text.contains("in the checkout now") && text.contains("and elsewhere again"), "{text}");
}

#[test]
fn a_hook_that_refuses_loses_no_word() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    c.program(".git/hooks/pre-commit", "echo 'no commits before coffee' >&2; exit 1");
    let before = c.git("diff --cached --name-only");
    let ran = c.inc("note \"the switch answers\"").exits(3).says("no commits before coffee");
    assert!(ran.stderr.contains("= help:"), "{}", ran.stderr);
    assert!(c.record(&id).contains("text: the switch answers"), "the words stand in the file");
    assert_eq!(c.git("diff --cached --name-only"), before, "the index is as before");
    assert!(c.kept().is_empty(), "what stands in the file is not kept twice");
    c.inc("ack").exits(3);
    std::fs::remove_file(c.here.join(".git/hooks/pre-commit")).unwrap();
    c.inc("note \"coffee\"").exits(0);
    c.is_clean();
    let text = c.record(&id);
    for words in ["the switch answers", "acknowledged", "coffee"] {
        assert_eq!(text.matches(&format!("text: {words}")).count(), 1, "{text}");
    }
    // A hook of the user's own runs, and sees what is committed.
    c.program(".git/hooks/pre-commit", "git diff --cached --name-only >../seen");
    c.inc("note \"seen\"").exits(0);
    assert!(c.read("../seen").contains(&id), "{}", c.read("../seen"));
}

#[test]
fn a_new_record_that_a_hook_refuses_is_there_all_the_same() {
    let c = Computer::workspace();
    let hook = c.program(".git/hooks/pre-commit", "exit 1");
    c.inc("open \"Card payments declined\"").exits(3);
    let listed = c.inc("list --format ids").exits(0).stdout;
    assert_eq!(listed.lines().count(), 1, "{listed}");
    std::fs::remove_file(hook).unwrap();
    c.inc("ack").exits(0);
    c.is_clean();
}

#[test]
fn during_a_merge_it_is_written_and_said() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    c.write("service.c", "base\n");
    c.git("add -A");
    c.git("commit -q -m base");
    c.git("checkout -q -b other");
    c.write("service.c", "theirs\n");
    c.git("commit -q -a -m theirs");
    c.git("checkout -q main");
    c.write("service.c", "ours\n");
    c.git("commit -q -a -m ours");
    let mut merge = c.command("git", &c.here);
    merge.args(["merge", "-q", "other"]);
    assert_eq!(c.finish(merge, b"").code, 1, "a conflict");
    c.inc("note \"in the middle\"").exits(3).says("merge");
    assert_eq!(c.record(&id).matches("text: in the middle").count(), 1);
    assert!(c.kept().is_empty(), "what stands in the file is not kept twice: {:?}", c.kept());
    c.inc("show").exits(0).prints("in the middle");
    c.git("merge --abort");
    assert!(c.record(&id).contains("text: in the middle"), "aborting the merge loses no word");
    c.inc("note \"after\"").exits(0);
    c.is_clean();
}

#[test]
fn nobody_is_known_to_git() {
    let c = Computer::workspace();
    for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"]
    {
        c.unset(name);
    }
    c.unset("INC_AUTHOR");
    c.git("config user.useConfigOnly true");
    let ran = c.inc("open \"Card payments declined\"");
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("user.email"), "{}", ran.stderr);
}

#[test]
fn a_locked_index_is_gits_no() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    c.write(".git/index.lock", "");
    let ran = c.inc("note \"not lost\"");
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    std::fs::remove_file(c.here.join(".git/index.lock")).unwrap();
    c.inc("note \"after\"").exits(0);
    c.inc("retry").exits(0);
    let text = c.record(&id);
    assert_eq!(text.matches("text: not lost").count(), 1, "{text}");
    c.is_clean();
}

#[test]
fn two_engineers_at_once_both_keep_their_words() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let children: Vec<_> = (0..4)
        .map(|n| {
            let mut command = c.command(env!("CARGO_BIN_EXE_inc"), &c.here);
            command.args(["note", &id, &format!("word {n}")]).env("INC_SEED", n.to_string());
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    let text = c.record(&id);
    for n in 0..4 {
        assert_eq!(text.matches(&format!("text: word {n}")).count(), 1, "{text}");
    }
    c.is_clean();
}

#[test]
fn a_repository_of_somebody_else() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let owned = [".git", "."]
        .iter()
        .all(|p| std::os::unix::fs::chown(c.here.join(p), Some(65_534), Some(65_534)).is_ok());
    if !owned {
        println!("skipped: this user may not give files away");
        return;
    }
    c.inc("list").exits(0).prints(&id);
    let ran = c.inc("note \"not lost\"").exits(3).says("safe.directory");
    assert!(
        ran.stderr.contains("= help:") || ran.stderr.contains("if you trust it"),
        "{}",
        ran.stderr
    );
}

/// The machine dies between the write and the commit: the next command completes it.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_write_is_completed() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let before = c.commits();
    // The hook's parent is git, whose parent is inc.
    let hook =
        c.program(".git/hooks/pre-commit", "kill -9 $(cut -d' ' -f4 /proc/$PPID/stat) $PPID");
    let ran = c.inc("note \"the last words\"");
    assert_eq!(ran.code, -1, "killed: {}{}", ran.stdout, ran.stderr);
    std::fs::remove_file(hook).unwrap();
    let _ = std::fs::remove_file(c.here.join(".git/index.lock"));
    c.inc("").exits(0);
    c.inc("ack").exits(0);
    c.is_clean();
    let text = c.record(&id);
    assert_eq!(text.matches("text: the last words").count(), 1, "{text}");
    assert_eq!(c.commits(), before + 2, "{}", c.git("log --oneline"));
}

#[test]
fn a_shallow_clone_and_a_pushed_branch() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let clone = c.base().join("clone");
    c.git(&format!("clone -q --depth 1 file://{} {}", c.here.display(), clone.display()));
    c.inc_in(&clone, "ack").exits(0).prints(&id);
    let log = c.inc_in(&clone, "log").exits(0).prints("acknowledged").prints("cut off");
    assert!(
        !log.stdout.contains("+ Card payments"),
        "nobody is said to have typed it: {}",
        log.stdout
    );
    c.inc_in(&clone, "audit").exits(0).prints("Edits made without inc: none");
    c.inc_in(&clone, "undo").exits(0);
    assert_eq!(c.git_in(&clone, "status --short"), "");
}
