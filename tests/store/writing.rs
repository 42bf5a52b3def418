//! What is written and committed, and what is left alone.

use std::os::unix::fs::{PermissionsExt, symlink};

use inc::store::{
    Before, Change, CommitMode, Environment, Settings, Store, StoreError, Transaction,
};

use crate::common::{Scratch, put, write};

const RECORD: &str = "incidents/a/incident.yaml";

#[test]
fn a_change_is_one_commit() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    let written = put(&store, RECORD, "title: b\n", "INC-1: b");
    assert_eq!(written.commit.as_deref(), Some(scratch.git(&["rev-parse", "HEAD"]).as_str()));
    assert_eq!(written.notes, [""; 0]);
    assert_eq!(scratch.git(&["log", "--format=%s %an"]), "INC-1: b Ana Prueba\nfirst Ana Prueba");
    assert_eq!(scratch.status(), "");
    assert!(!scratch.root().join(".git/inc/journal").exists());
}

#[test]
fn a_stale_change_is_refused() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    let stale = write(&store, RECORD, "title: b\n", "b");
    put(&store, RECORD, "title: c\n", "c");
    let error = store.commit(&stale).unwrap_err();
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    assert!(error.is_conflict() && !error.is_written());
    assert_eq!(scratch.text(RECORD).unwrap(), "title: c\n");
    let new = Transaction {
        files: vec![Change {
            path: RECORD.into(),
            before: Before::Absent,
            after: Some(b"x".to_vec()),
        }],
        subject: "s".into(),
        ..Transaction::default()
    };
    assert!(store.commit(&new).unwrap_err().is_conflict());
}

#[test]
fn the_message_and_the_author() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    let mut t = write(&store, RECORD, "title: b\n", "INC-1: título\nwith a line");
    t.body = "# not a comment\n\n  indented\n\nInc-Command: inc note".into();
    t.author = Some(inc::store::Person { name: "Beto".into(), email: "b@example.com".into() });
    t.date = Some("2026-11-21T03:10:00-06:00".parse().unwrap());
    store.commit(&t).unwrap();
    assert_eq!(
        scratch.git(&["log", "-1", "--format=%an %ae %aI|%cn %cI|%B"]),
        "Beto b@example.com 2026-11-21T03:10:00-06:00|Beto 2026-11-21T03:10:00-06:00|\
         INC-1: título with a line\n\n# not a comment\n\n  indented\n\nInc-Command: inc note"
    );
}

#[test]
fn one_file_has_many_spellings() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    put(&store, "incidents//a/./incident.yaml", "title: b\n", "b");
    put(&store, "incidents/./n//incident.yaml", "n\n", "n");
    put(&store, "incidents/n/incident.yaml", "n2\n", "n2");
    assert_eq!(scratch.git(&["log", "--format=%s"]), "n2\nn\nb\nfirst");
    assert_eq!(store.list("incidents/", None).unwrap().files.len(), 2);
    assert_eq!(store.list_at("HEAD", "incidents/").unwrap().len(), 2);
    assert_eq!(store.history("incidents//n/incident.yaml").unwrap().len(), 2);
}

#[test]
fn the_first_commit_and_new_folders() {
    let scratch = Scratch::unborn();
    let store = scratch.store();
    put(&store, "incidents/2026/11/x/incident.yaml", "x\n", "one");
    put(&store, RECORD, "y\n", "two");
    assert_eq!(scratch.git(&["log", "--format=%s"]), "two\none");
    assert_eq!(scratch.status(), "");
}

#[test]
fn several_files_and_a_removal_in_one_commit() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    put(&store, "b.yaml", "b\n", "b");
    let change = |path: &str, before: Option<&str>, after: Option<&str>| Change {
        path: path.into(),
        before: before.map(|b| b.as_bytes().to_vec()).into(),
        after: after.map(|a| a.as_bytes().to_vec()),
    };
    let t = Transaction {
        files: vec![
            change(RECORD, Some("title: a\n"), Some("title: c\n")),
            change("b.yaml", Some("b\n"), None),
            change("c/d.md", None, Some("d\n")),
        ],
        subject: "three".into(),
        ..Transaction::default()
    };
    store.commit(&t).unwrap();
    let changed = scratch.git(&["show", "--format=", "--name-status"]);
    assert_eq!(changed, "D\tb.yaml\nA\tc/d.md\nM\tincidents/a/incident.yaml");
    assert_eq!(scratch.status(), "");
}

#[test]
fn the_index_and_other_changes_stay_as_they_are() {
    let scratch = Scratch::repository();
    for name in ["staged", "half", "changed", "gone"] {
        scratch.file(name, "1\n");
    }
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "-qm", "more"]);
    scratch.file("staged", "2\n");
    scratch.file("half", "2\n");
    scratch.file("new", "new\n");
    scratch.git(&["add", "staged", "half", "new"]);
    scratch.file("half", "3\n");
    scratch.file("changed", "2\n");
    scratch.file("untracked", "u\n");
    scratch.file("intended", "i\n");
    scratch.git(&["add", "-N", "intended"]);
    scratch.git(&["rm", "-q", "--cached", "gone"]);
    let (status, index) = (scratch.status(), scratch.git(&["diff", "--cached"]));
    let store = scratch.store();
    put(&store, RECORD, "title: b\n", "b");
    put(&store, "incidents/n/incident.yaml", "n\n", "n");
    assert_eq!(scratch.status(), status);
    assert_eq!(scratch.git(&["diff", "--cached"]), index);
    assert_eq!(
        scratch.git(&["show", "--format=", "--name-only", "HEAD", "HEAD~1"]),
        "incidents/n/incident.yaml\nincidents/a/incident.yaml"
    );
}

#[test]
fn a_commit_takes_something_out_of_what_was_edited_by_hand() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    scratch.file(RECORD, "title: a secret\n");
    scratch.file("typed.yaml", "a secret\n");
    for path in [RECORD, "typed.yaml"] {
        let mut t = write(&store, path, "title: masked\n", "INC-1: edited by hand");
        t.with_edits = true;
        let written = store.commit(&t).unwrap();
        assert_eq!(written.notes, [""; 0]);
    }
    assert_eq!(
        scratch.git(&["log", "--format=%s"]),
        "INC-1: edited by hand\nINC-1: edited by hand\nfirst"
    );
    assert!(!scratch.git(&["log", "-p", "--all"]).contains("secret"));
    assert_eq!(scratch.status(), "");
}

#[test]
fn what_was_edited_by_hand_is_committed_first() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    scratch.file(RECORD, "title: by hand\n");
    let mut t = write(&store, RECORD, "title: by hand\nx: 1\n", "INC-1: x");
    t.by_hand = Some("INC-1: edited by hand".into());
    let written = store.commit(&t).unwrap();
    assert_eq!(written.notes, ["Committed first, edited by hand: incidents/a/incident.yaml."]);
    assert_eq!(scratch.git(&["log", "--format=%s"]), "INC-1: x\nINC-1: edited by hand\nfirst");
    assert_eq!(scratch.git(&["show", "--format=", "--numstat"]), format!("1\t0\t{RECORD}"));

    scratch.file("typed.yaml", "t\n");
    put(&store, "typed.yaml", "t\nu\n", "u");
    assert_eq!(scratch.git(&["log", "-2", "--format=%s"]), "u\ntyped.yaml: edited by hand");
    assert_eq!(scratch.status(), "");
}

#[test]
fn an_edit_by_hand_alone_is_committed_too() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    scratch.file(RECORD, "title: by hand\n");
    let written = put(&store, RECORD, "title: by hand\n", "nothing of its own");
    assert_eq!(written.commit, None);
    assert_eq!(scratch.status(), "");
    let again = put(&store, RECORD, "title: by hand\n", "nothing");
    assert_eq!((again.commit, again.notes), (None, vec!["Nothing to change.".to_owned()]));
}

#[test]
fn what_was_taken_away_by_hand_is_written_again() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    std::fs::remove_file(scratch.root().join(RECORD)).unwrap();
    let t = write(&store, RECORD, "title: again\n", "INC-1: again");
    store.commit(&t).unwrap();
    let path = format!("{RECORD}: edited by hand");
    assert_eq!(scratch.git(&["log", "--format=%s"]), format!("INC-1: again\n{path}\nfirst"));
    assert_eq!(scratch.text(RECORD).unwrap(), "title: again\n");
    assert_eq!(scratch.status(), "");
}

#[test]
fn permissions_stay() {
    let scratch = Scratch::repository();
    let path = scratch.root().join(RECORD);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    let store = scratch.store();
    put(&store, RECORD, "title: b\n", "b");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    put(&store, "new.yaml", "n\n", "n");
    scratch.file("by-shell", "");
    let mode =
        |rel: &str| std::fs::metadata(scratch.root().join(rel)).unwrap().permissions().mode();
    assert_eq!(mode("new.yaml"), mode("by-shell"));

    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
    let error = store.commit(&write(&store, RECORD, "c", "c")).unwrap_err();
    assert_eq!(error.to_string(), "cannot write incidents/a/incident.yaml: the file is read-only");
}

#[test]
fn nothing_is_written_through_links_or_into_git() {
    let scratch = Scratch::repository();
    std::fs::write(scratch.base().join("outside"), "o").unwrap();
    symlink(scratch.base(), scratch.root().join("up")).unwrap();
    symlink(scratch.base().join("outside"), scratch.root().join("link")).unwrap();
    symlink("incidents", scratch.root().join("inside")).unwrap();
    let store = scratch.store();
    let try_it = |path: &str, before: Before| {
        let change = Change { path: path.into(), before, after: Some(b"x".to_vec()) };
        let t = Transaction { files: vec![change], subject: "s".into(), ..Transaction::default() };
        store.commit(&t).unwrap_err()
    };
    for path in ["../x", "/tmp/x", ".git/hooks/pre-commit", "a/../../x", "", "a/.Git/x"] {
        assert!(matches!(try_it(path, Before::Absent), StoreError::Path { .. }), "{path}");
    }
    for path in
        ["up/x", "up/new/x", "inside/a/incident.yaml", "incidents", "incidents/a/incident.yaml/x"]
    {
        let error = try_it(path, Before::Absent);
        assert!(matches!(error, StoreError::NotAFile { .. }), "{path}: {error}");
    }
    assert!(matches!(try_it("link", Before::Text(b"o".to_vec())), StoreError::NotAFile { .. }));
    assert_eq!(std::fs::read(scratch.base().join("outside")).unwrap(), b"o");
    assert!(!scratch.base().join("x").exists());
}

#[test]
fn senseless_transactions() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    let good = write(&store, RECORD, "x", "s");
    let twice =
        Transaction { files: vec![good.files[0].clone(), good.files[0].clone()], ..good.clone() };
    let none = Transaction { files: vec![], ..good.clone() };
    let unnamed = Transaction { subject: " \n".into(), ..good.clone() };
    let nul = Transaction { body: "a\0b".into(), ..good };
    for t in [twice, none, unnamed, nul] {
        assert_eq!(store.commit(&t).unwrap_err().code(), "bad-write");
    }
}

#[test]
fn without_git() {
    let scratch = Scratch::empty();
    let settings = Settings { commit: CommitMode::Never, ..scratch.settings() };
    let store = scratch.open(&scratch.root(), settings);
    let written = put(&store, RECORD, "x\n", "x");
    assert_eq!((written.commit, written.notes.len()), (None, 0));
    assert_eq!(scratch.text(RECORD).unwrap(), "x\n");
    assert!(store.keep("words.txt", b"w").unwrap().ends_with(".inc/kept/words.txt"));
    assert!(store.warnings().is_empty() && store.head().unwrap().commit.is_none());
    assert_eq!(store.list("", None).unwrap().files.len(), 1);

    let each = scratch.store();
    let error = each.commit(&write(&each, RECORD, "y\n", "y")).unwrap_err();
    assert!(matches!(error, StoreError::NoRepository { .. }), "{error}");
    assert!(error.help().unwrap().contains("git.commit = \"never\""));
    assert_eq!(scratch.text(RECORD).unwrap(), "x\n");
}

#[test]
fn never_and_stage_in_a_repository() {
    let scratch = Scratch::repository();
    put(&scratch.with_mode(CommitMode::Never), RECORD, "title: b\n", "b");
    assert!(scratch.status().contains(".M"));
    let staging = scratch.with_mode(CommitMode::Stage);
    scratch.file("other", "o");
    put(&staging, RECORD, "title: c\n", "c");
    put(&staging, "new.yaml", "n\n", "n");
    assert_eq!(
        scratch.git(&["status", "--porcelain"]),
        format!("M  {RECORD}\nA  new.yaml\n?? other")
    );
    assert_eq!(scratch.git(&["log", "--format=%s"]), "first");
}

#[test]
fn in_a_linked_work_tree() {
    let scratch = Scratch::repository();
    let tree = scratch.base().join("second");
    scratch.git(&["worktree", "add", "-q", "-b", "side", tree.to_str().unwrap()]);
    let store = scratch.open(&tree, scratch.settings());
    put(&store, RECORD, "title: side\n", "side");
    put(&store, "new.yaml", "n\n", "new");
    assert_eq!(scratch.git(&["log", "--format=%s", "side"]), "new\nside\nfirst");
    assert_eq!(scratch.git_in(&tree, &["status", "--porcelain"]), "");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "first");
    assert_eq!(scratch.status(), "");
}

#[test]
fn in_a_submodule() {
    for plumbing in [false, true] {
        let inner = Scratch::repository();
        let mut scratch = Scratch::repository();
        scratch.plumbing = plumbing;
        let url = inner.root();
        let url = url.to_str().unwrap();
        scratch.git(&[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            url,
            "ops",
        ]);
        scratch.git(&["commit", "-qm", "submodule"]);
        let store = scratch.open(&scratch.root().join("ops"), scratch.settings());
        put(&store, RECORD, "title: sub\n", "in the submodule");
        let log = scratch.git_in(&scratch.root().join("ops"), &["log", "--format=%s"]);
        assert_eq!(log, "in the submodule\nfirst");
        assert!(scratch.root().join(".git/modules/ops/inc/lock").exists());
        assert!(scratch.status().contains("ops"));
    }
}

#[test]
fn a_detached_head_is_said() {
    let scratch = Scratch::repository();
    scratch.git(&["switch", "-q", "--detach"]);
    let store = scratch.store();
    assert!(store.warnings()[0].starts_with("HEAD is detached"));
    let written = put(&store, RECORD, "title: b\n", "b");
    assert!(written.commit.is_some());
    assert_eq!(store.branch().unwrap(), None);
}

#[test]
fn another_owner() {
    let scratch = Scratch { plumbing: true, ..Scratch::repository() };
    let mut environment = scratch.environment();
    environment.variables.push(("GIT_TEST_ASSUME_DIFFERENT_OWNER".into(), "1".into()));
    let store = scratch.open(&scratch.root(), Settings { environment, ..scratch.settings() });
    assert!(store.warnings()[0].contains("another user owns it"), "{:?}", store.warnings());
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: a\n");
    let error = store.commit(&write(&store, RECORD, "x", "x")).unwrap_err();
    assert!(matches!(error, StoreError::Unsafe { .. }), "{error}");
    assert!(error.help().unwrap().contains("git config --global --add safe.directory"));
    assert_eq!(error.exit_code(), 3);
}

#[test]
fn a_bare_repository_has_no_files() {
    let scratch = Scratch::empty();
    scratch.git(&["init", "-q", "--bare"]);
    let store = scratch.store();
    let error = store.commit(&write(&store, RECORD, "x", "x")).unwrap_err();
    assert!(error.to_string().contains("no work tree"), "{error}");
}

#[test]
fn a_repository_is_made_once() {
    let scratch = Scratch::empty();
    let environment: Environment = scratch.environment();
    assert!(Store::create_repository(&scratch.root(), &environment).unwrap());
    assert!(!Store::create_repository(&scratch.root(), &environment).unwrap());
    let inner = scratch.root().join("inner");
    std::fs::create_dir(&inner).unwrap();
    assert!(!Store::create_repository(&inner, &environment).unwrap());
}

#[test]
fn line_endings_that_git_converts() {
    let scratch = Scratch::repository();
    scratch.git(&["config", "core.autocrlf", "true"]);
    let store = scratch.store();
    put(&store, RECORD, "title: b\r\n", "crlf");
    put(&store, RECORD, "title: c\r\n", "again");
    assert_eq!(scratch.git(&["log", "--format=%s"]), "again\ncrlf\nfirst");
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: c\r\n");
    assert_eq!(scratch.status(), "");
}

#[test]
fn the_editor_is_gits() {
    let scratch = Scratch::repository();
    scratch.git(&["config", "core.editor", "vi -n"]);
    let mut environment = scratch.environment();
    environment.without.push("GIT_EDITOR".into());
    let store = scratch.open(&scratch.root(), Settings { environment, ..scratch.settings() });
    assert_eq!(store.editor().as_deref(), Some("vi -n"));
    assert_eq!(store.state_dir(), scratch.root().join(".git/inc"));
}

#[test]
fn kept_words() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    let first = store.keep("note.txt", b"one").unwrap();
    let second = store.keep("note.txt", b"two").unwrap();
    assert!(first.ends_with(".git/inc/kept/note.txt") && second.ends_with("note-2.txt"));
    let names: Vec<String> = store.kept().unwrap().into_iter().map(|k| k.name).collect();
    assert_eq!(names, ["note.txt", "note-2.txt"]);
    assert_eq!(store.read_kept("note.txt").unwrap(), b"one");
    assert_eq!(store.take("note.txt").unwrap(), b"one");
    assert_eq!(store.kept().unwrap().len(), 1);
    assert_eq!(store.take("note.txt").unwrap_err().exit_code(), 3);
    for name in ["../x", "a/b", "", ".hidden", "/x", "a\nb"] {
        assert!(matches!(store.keep(name, b"x"), Err(StoreError::Path { .. })), "{name}");
    }
}
