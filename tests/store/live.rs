//! The live branch is written whatever the person has checked out.

use inc::store::Tree;

use crate::common::{Scratch, put, write};

const RECORD: &str = "incidents/a/incident.yaml";

fn elsewhere() -> Scratch {
    let scratch = Scratch::repository();
    scratch.git(&["switch", "-q", "-c", "feature"]);
    scratch.file("code.rs", "fn main() {}\n");
    scratch.git(&["add", "code.rs"]);
    scratch
}

#[test]
fn on_the_branch_it_is_the_checkout() {
    let scratch = Scratch::repository();
    let store = scratch.on_branch("main");
    assert_eq!(*store.tree(), Tree::Checkout);
    put(&store, RECORD, "title: b\n", "b");
    assert_eq!(scratch.text(RECORD).unwrap(), "title: b\n");
}

#[test]
fn elsewhere_it_is_the_live_tree() {
    let scratch = elsewhere();
    let status = scratch.status();
    let store = scratch.on_branch("main");
    let path = scratch.root().join(".git/inc/live");
    assert_eq!(*store.tree(), Tree::Live { path: path.clone(), branch: "main".into() });
    assert_eq!(store.root(), path);
    put(&store, RECORD, "title: b\n", "b");
    put(&store, "incidents/n/incident.yaml", "n\n", "n");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "n\nb\nfirst");
    assert_eq!(scratch.status(), status);
    assert_eq!(scratch.text(RECORD).unwrap(), "title: a\n");
    assert_eq!(store.branch().unwrap().as_deref(), Some("main"));
    assert_eq!(store.history(RECORD).unwrap().len(), 2);
    assert!(store.warnings().is_empty());

    // Nobody is locked out of the branch.
    scratch.git(&["commit", "-qm", "code"]);
    scratch.git(&["switch", "-q", "main"]);
    let store = scratch.on_branch("main");
    assert_eq!(*store.tree(), Tree::Checkout);
    put(&store, RECORD, "title: c\n", "c");
    scratch.git(&["switch", "-q", "feature"]);
    let store = scratch.on_branch("main");
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: c\n");
    put(&store, RECORD, "title: d\n", "d");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "d\nc\nn\nb\nfirst");
    assert_eq!(scratch.status(), "");
}

#[test]
fn a_folder_of_a_repository() {
    let scratch = Scratch::repository();
    scratch.file("ops/inc.toml", "");
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "-qm", "ops"]);
    scratch.git(&["switch", "-q", "-c", "feature"]);
    let settings = inc::store::Settings { branch: Some("main".into()), ..scratch.settings() };
    let store = scratch.open(&scratch.root().join("ops"), settings);
    put(&store, "a.yaml", "a\n", "a");
    assert_eq!(scratch.git(&["show", "main:ops/a.yaml"]), "a");
    assert!(store.root().ends_with(".git/inc/live/ops"));
}

#[test]
fn the_branch_moved_by_others() {
    let scratch = elsewhere();
    let store = scratch.on_branch("main");
    put(&store, RECORD, "title: b\n", "b");
    // Somebody's push or fetch moves the branch: files that the store never saw.
    let tree = scratch.base().join("second");
    scratch.git(&["worktree", "add", "-q", "--detach", tree.to_str().unwrap(), "main"]);
    std::fs::write(tree.join(RECORD), "title: theirs\n").unwrap();
    scratch.git_in(&tree, &["commit", "-qam", "theirs"]);
    scratch.git_in(&tree, &["push", "-q", ".", "HEAD:main"]);
    let stale = write(&store, RECORD, "title: mine\n", "mine");
    let error = store.commit(&stale).unwrap_err();
    assert!(error.is_conflict(), "{error}");
    put(&store, RECORD, "title: theirs\nx: 1\n", "both");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "both\ntheirs\nb\nfirst");
}

#[test]
fn the_branch_moved_during_the_commit() {
    let scratch = elsewhere();
    let store = scratch.on_branch("main");
    // While our commit is made, a hook stands in for somebody who moves the branch, once.
    let hook = "test -f .git/moved && exit 0\nd=$(git rev-parse --git-common-dir)\n\
                test -f $d/moved && exit 0\ntouch $d/moved\nunset GIT_INDEX_FILE\n\
                new=$(git commit-tree -p main -m theirs main^{tree})\n\
                git update-ref refs/heads/main $new";
    scratch.hook("pre-commit", hook);
    put(&store, RECORD, "title: b\n", "b");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "b\ntheirs\nfirst");
    assert_eq!(scratch.git_in(store.root(), &["status", "--porcelain"]), "");
}

#[test]
fn a_death_between_the_commit_and_the_branch() {
    let scratch = elsewhere();
    let store = scratch.on_branch("main");
    put(&store, RECORD, "title: b\n", "b");
    let live = store.root().to_owned();
    std::fs::write(live.join(RECORD), "title: c\n").unwrap();
    let before = scratch.git(&["rev-parse", "main"]);
    std::fs::write(scratch.root().join(".git/inc/live-state/publishing"), before).unwrap();
    scratch.git_in(&live, &["commit", "-qam", "c"]);
    std::fs::write(scratch.root().join(".git/worktrees/live/index.lock"), "").unwrap();
    let store = scratch.on_branch("main");
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: c\n");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "c\nb\nfirst");
}

#[test]
fn a_branch_that_was_set_back_stays_so() {
    let scratch = elsewhere();
    put(&scratch.on_branch("main"), RECORD, "title: b\n", "b");
    scratch.git(&["branch", "-f", "main", "main~1"]);
    let store = scratch.on_branch("main");
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: a\n");
    put(&store, RECORD, "title: c\n", "c");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "c\nfirst");
}

#[test]
fn what_git_refused_there_is_committed_next() {
    let scratch = elsewhere();
    let store = scratch.on_branch("main");
    scratch.hook("pre-commit", "exit 1");
    assert!(store.commit(&write(&store, RECORD, "title: b\n", "b")).unwrap_err().is_written());
    scratch.unhook("pre-commit");
    // The next command finds the person on the live branch: the words come along.
    scratch.git(&["commit", "-qm", "code"]);
    scratch.git(&["switch", "-q", "main"]);
    let store = scratch.on_branch("main");
    assert_eq!(store.recover().unwrap(), ["Completed the interrupted write: b"]);
    assert_eq!(scratch.text(RECORD).unwrap(), "title: b\n");
    assert_eq!(scratch.git(&["log", "--format=%s"]), "b\nfirst");
    assert!(!store.has_left_overs());
    scratch.git(&["switch", "-q", "feature"]);
    let store = scratch.on_branch("main");
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: b\n");
    put(&store, RECORD, "title: c\n", "c");
}

#[test]
fn another_work_tree_has_the_branch() {
    let scratch = elsewhere();
    let tree = scratch.base().join("second");
    scratch.git(&["worktree", "add", "-q", tree.to_str().unwrap(), "main"]);
    let store = scratch.on_branch("main");
    assert_eq!(store.root(), tree);
    put(&store, RECORD, "title: b\n", "b");
    assert_eq!(scratch.git_in(&tree, &["status", "--porcelain"]), "");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "b\nfirst");
}

#[test]
fn a_branch_that_only_the_remote_has() {
    let origin = Scratch::repository();
    let scratch = Scratch::empty();
    scratch.git(&["init", "-q", "-b", "feature"]);
    scratch.git(&["fetch", "-q", origin.root().to_str().unwrap(), "main:refs/remotes/origin/main"]);
    scratch.git(&["reset", "-q", "--hard", "origin/main"]);
    let store = scratch.on_branch("main");
    put(&store, RECORD, "title: b\n", "b");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "b\nfirst");
}

#[test]
fn no_such_branch_is_said() {
    let scratch = Scratch::repository();
    let store = scratch.on_branch("records");
    assert_eq!(*store.tree(), Tree::Checkout);
    assert!(store.warnings()[0].contains("`records`"), "{:?}", store.warnings());
}

#[test]
fn the_person_switches_while_a_command_runs() {
    let scratch = Scratch::repository();
    let store = scratch.on_branch("main");
    let t = write(&store, RECORD, "title: b\n", "b");
    scratch.git(&["switch", "-q", "-c", "feature"]);
    let error = store.commit(&t).unwrap_err();
    assert!(error.to_string().contains("run the command again"), "{error}");
    assert_eq!(scratch.text(RECORD).unwrap(), "title: a\n");
}

#[test]
fn a_live_tree_that_was_deleted_comes_back() {
    let scratch = elsewhere();
    put(&scratch.on_branch("main"), RECORD, "title: b\n", "b");
    std::fs::remove_dir_all(scratch.root().join(".git/inc/live")).unwrap();
    let store = scratch.on_branch("main");
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: b\n");
    put(&store, RECORD, "title: c\n", "c");
}

#[test]
fn reading_a_hostile_repository_there_runs_nothing() {
    let scratch = Scratch::repository();
    scratch.file(".gitattributes", "* filter=x\n");
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "-qm", "attributes"]);
    scratch.git(&["switch", "-q", "-c", "feature"]);
    let trap = scratch.base().join("trap");
    let run = format!("touch {}; cat", trap.display());
    for key in ["filter.x.smudge", "filter.x.clean", "filter.x.process", "core.fsmonitor"] {
        scratch.git(&["config", key, &run]);
    }
    scratch.git(&["config", "filter.x.required", "true"]);
    for hook in ["post-checkout", "post-index-change", "reference-transaction"] {
        scratch.hook(hook, &run);
    }
    let store = scratch.on_branch("main");
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: a\n");
    store.history(RECORD).unwrap();
    assert!(!trap.exists());
    scratch.git(&["config", "--remove-section", "filter.x"]);
    scratch.git(&["update-ref", "refs/heads/main", "main~1"]);
    std::fs::remove_file(&trap).ok();
    let store = scratch.on_branch("main");
    assert!(store.read(".gitattributes").unwrap().is_none());
    assert!(!trap.exists());
}

#[test]
fn a_folder_that_the_branch_does_not_have() {
    let scratch = elsewhere();
    scratch.file("ops/inc.toml", "");
    let settings = inc::store::Settings { branch: Some("main".into()), ..scratch.settings() };
    let store = scratch.open(&scratch.root().join("ops"), settings);
    assert!(store.warnings()[0].contains("`main` cannot be read"), "{:?}", store.warnings());
    assert_eq!(store.read("inc.toml").unwrap().unwrap(), b"");
    let error = store.commit(&write(&store, "a.yaml", "a", "a")).unwrap_err();
    assert_eq!((error.exit_code(), error.is_written()), (3, false));
}
