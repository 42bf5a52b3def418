//! What is read, and what is refused.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use inc::store::{Store, StoreError};

use crate::common::{Scratch, put};

const RECORD: &str = "incidents/a/incident.yaml";

#[test]
fn a_file_and_no_file() {
    let store = &Scratch::repository();
    let store = store.store();
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: a\n");
    assert_eq!(store.read("incidents/b/incident.yaml").unwrap(), None);
    assert_eq!(store.read("incidents/a/incident.yaml/x").map_err(|e| e.exit_code()), Err(2));
}

#[test]
fn nothing_outside_the_workspace() {
    let scratch = Scratch::repository();
    std::fs::write(scratch.base().join("secret"), "s").unwrap();
    symlink(scratch.base().join("secret"), scratch.root().join("incidents/a/out.yaml")).unwrap();
    symlink(scratch.base(), scratch.root().join("incidents/up")).unwrap();
    symlink("../../.git/config", scratch.root().join("incidents/a/git.yaml")).unwrap();
    symlink("incident.yaml", scratch.root().join("incidents/a/in.yaml")).unwrap();
    let store = scratch.store();
    for path in [
        "../secret",
        "/etc/passwd",
        "incidents/../../secret",
        "./incidents",
        "",
        ".git/config",
        "incidents/a/.GIT/config",
        "incidents/a/out.yaml",
        "incidents/up/secret",
        "incidents/a/git.yaml",
        "incidents/a\nb",
    ] {
        let error = store.read(path).unwrap_err();
        assert!(matches!(error, StoreError::Path { .. }), "{path}: {error}");
        assert_eq!(error.exit_code(), 2);
    }
    assert_eq!(store.read("incidents/a/in.yaml").unwrap().unwrap(), b"title: a\n");
}

#[test]
fn a_hostile_name_is_escaped_in_the_message() {
    let scratch = Scratch::repository();
    let error = scratch.store().read("a\u{1b}[2J").unwrap_err().to_string();
    assert_eq!(error, "path not allowed: a\\u{1b}[2J: it holds control characters");
}

#[test]
fn what_is_no_file_is_said() {
    let scratch = Scratch::repository();
    std::fs::create_dir_all(scratch.root().join("incidents/d/incident.yaml")).unwrap();
    let store = scratch.store();
    let error = store.read("incidents/d/incident.yaml").unwrap_err();
    assert_eq!(error.to_string(), "not a file: incidents/d/incident.yaml is a directory");
    let listing = store.list("incidents", Some("incident.yaml")).unwrap();
    assert_eq!(listing.files.len(), 1);
    assert_eq!(listing.problems[0].to_string(), error.to_string());
}

#[test]
fn a_large_file_is_not_read() {
    let scratch = Scratch::repository();
    let file = std::fs::File::create(scratch.root().join("big")).unwrap();
    file.set_len(100_000_000).unwrap();
    let error = scratch.store().read("big").unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { size: 100_000_000, .. }), "{error}");
}

#[test]
fn a_listing_names_links_and_goes_on() {
    let scratch = Scratch::repository();
    scratch.file("incidents/2026/11/b/incident.yaml", "b");
    scratch.file("incidents/2026/11/b/.hidden/incident.yaml", "no");
    scratch.file("incidents/2026/11/b/pir.md", "p");
    symlink("2026", scratch.root().join("incidents/2027")).unwrap();
    let store = scratch.store();
    let listing = store.list("incidents", Some("incident.yaml")).unwrap();
    let paths: Vec<&Path> = listing.files.iter().map(|f| f.path.as_path()).collect();
    assert_eq!(
        paths,
        [Path::new("incidents/2026/11/b/incident.yaml"), Path::new("incidents/a/incident.yaml")]
    );
    assert_eq!(listing.files[0].stat.size, 1);
    assert!(listing.problems[0].to_string().contains("incidents/2027 is a symbolic link"));
    assert_eq!(store.list("incidents", None).unwrap().files.len(), 3);
    assert!(store.list("nowhere", None).unwrap().files.is_empty());
}

fn both(test: impl Fn(Scratch)) {
    for plumbing in [false, true] {
        test(Scratch { plumbing, ..Scratch::repository() });
    }
}

#[test]
fn history_with_and_without_libgit2() {
    both(|scratch| {
        let store = scratch.store();
        put(&store, RECORD, "title: b\n", "INC-1: second");
        put(&store, "other.yaml", "x\n", "another file");
        put(&store, RECORD, "title: ñ\n", "INC-1: third");
        scratch.git(&["rm", "-q", RECORD]);
        scratch.git(&["commit", "-q", "-m", "gone\n\nwhy\nand how"]);
        let history = store.history(RECORD).unwrap();
        let seen: Vec<(&str, Option<&[u8]>)> =
            history.iter().map(|r| (r.subject.as_str(), r.text.as_deref())).collect();
        assert_eq!(
            seen,
            [
                ("gone", None),
                ("INC-1: third", Some("title: ñ\n".as_bytes())),
                ("INC-1: second", Some(b"title: b\n")),
                ("first", Some(b"title: a\n")),
            ]
        );
        assert_eq!(history[0].body, "why\nand how\n");
        assert_eq!(history[0].author.to_string(), "Ana Prueba <ana@example.com>");
        assert!(history[0].time.is_some() && !history[0].signed);
        assert_eq!(store.read_at("HEAD~1", RECORD).unwrap().unwrap(), "title: ñ\n".as_bytes());
        assert_eq!(store.read_at("HEAD", RECORD).unwrap(), None);
        assert_eq!(
            store.list_at("HEAD~1", "").unwrap(),
            [PathBuf::from(RECORD), PathBuf::from("other.yaml")]
        );
        assert_eq!(store.list_at("HEAD~1", "incidents").unwrap(), [PathBuf::from(RECORD)]);
        assert!(store.list_at("HEAD", "incidents").unwrap().is_empty());
        assert_eq!(store.branch().unwrap().as_deref(), Some("main"));
        assert!(store.history("never.yaml").unwrap().is_empty());
    });
}

#[test]
fn revisions_are_not_options() {
    both(|scratch| {
        let store = scratch.store();
        for rev in ["--output=x", "nope", "", "HEAD:incidents", "a\nb", "-"] {
            let error = store.read_at(rev, RECORD).unwrap_err();
            assert!(matches!(error, StoreError::Revision(_)), "{rev}: {error}");
        }
        assert!(scratch.text("x").is_none());
    });
}

#[test]
fn a_repository_without_a_commit() {
    for plumbing in [false, true] {
        let scratch = Scratch { plumbing, ..Scratch::unborn() };
        let store = scratch.store();
        assert_eq!(store.branch().unwrap().as_deref(), Some("main"));
        assert_eq!(store.head().unwrap().commit, None);
        assert!(store.history(RECORD).unwrap().is_empty());
        assert!(matches!(store.read_at("HEAD", RECORD), Err(StoreError::Revision(_))));
    }
}

#[test]
fn dirty_files() {
    both(|scratch| {
        scratch.file("b.yaml", "b\n");
        scratch.git(&["add", "b.yaml"]);
        let store = scratch.store();
        let rels = [Path::new(RECORD), Path::new("b.yaml"), Path::new("none")];
        assert_eq!(store.dirty(&rels).unwrap(), [PathBuf::from("b.yaml")]);
        scratch.file(RECORD, "title: a\r\n");
        assert!(store.dirty(&rels[..1]).unwrap().is_empty());
        std::fs::remove_file(scratch.root().join(RECORD)).unwrap();
        assert_eq!(store.dirty(&rels[..1]).unwrap(), [PathBuf::from(RECORD)]);
    });
}

#[test]
fn a_workspace_in_a_folder_of_a_repository() {
    both(|scratch| {
        scratch.file("team/ops/inc.toml", "");
        let store = scratch.open(&scratch.root().join("team/ops"), scratch.settings());
        put(&store, "incidents/x/incident.yaml", "x\n", "x");
        assert_eq!(scratch.git(&["ls-files", "team"]), "team/ops/incidents/x/incident.yaml");
        assert_eq!(store.history("incidents/x/incident.yaml").unwrap().len(), 1);
        assert_eq!(
            store.list_at("HEAD", "").unwrap(),
            [PathBuf::from("incidents/x/incident.yaml")]
        );
    });
}

#[test]
fn reading_a_hostile_repository_runs_nothing() {
    both(|scratch| {
        let trap = scratch.base().join("trap");
        let run = format!("touch {}; true", trap.display());
        let script = scratch.base().join("run");
        std::fs::write(&script, format!("#!/bin/sh\n{run}\n")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&script, mode).unwrap();
        let script = script.to_str().unwrap();
        for key in [
            "core.fsmonitor",
            "core.pager",
            "core.editor",
            "core.sshCommand",
            "diff.external",
            "diff.x.textconv",
            "filter.x.clean",
            "filter.x.smudge",
            "filter.x.process",
            "gpg.program",
            "pager.log",
            "uploadpack.packObjectsHook",
        ] {
            scratch.git(&["config", key, script]);
        }
        scratch.git(&["config", "log.showSignature", "true"]);
        for hook in ["post-checkout", "post-index-change", "reference-transaction", "pre-commit"] {
            scratch.hook(hook, &run);
        }
        scratch.file(".gitattributes", "* diff=x filter=x\n");
        scratch.file(RECORD, "title: changed\n");
        let store = scratch.store();
        store.read(RECORD).unwrap();
        store.list("incidents", None).unwrap();
        store.history(RECORD).unwrap();
        store.read_at("HEAD", RECORD).unwrap();
        store.list_at("HEAD", "").unwrap();
        store.dirty(&[Path::new(RECORD)]).unwrap();
        store.user().unwrap();
        store.undoable("ana@example.com").unwrap_err();
        store.recover().unwrap();
        assert!(!trap.exists());
    });
}

#[test]
fn sha256_and_reftable_repositories() {
    for args in [["--object-format=sha256"], ["--ref-format=reftable"]] {
        let scratch = Scratch::empty();
        scratch.git(&["init", "-q", args[0]]);
        let store = scratch.store();
        put(&store, RECORD, "a\n", "a");
        let written = put(&store, RECORD, "b\n", "b");
        assert_eq!(written.commit, store.head().unwrap().commit);
        assert_eq!(store.history(RECORD).unwrap().len(), 2);
        assert_eq!(store.read_at("HEAD~1", RECORD).unwrap().unwrap(), b"a\n");
        assert_eq!(store.list_at("HEAD", "").unwrap(), [PathBuf::from(RECORD)]);
        assert_eq!(scratch.status(), "");
    }
}

#[test]
fn no_repository() {
    let scratch = Scratch::empty();
    scratch.file(RECORD, "a");
    let store = Store::open(&scratch.root(), scratch.settings()).unwrap();
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"a");
    let error = store.history(RECORD).unwrap_err();
    assert!(matches!(error, StoreError::NoRepository { .. }), "{error}");
    assert_eq!(error.exit_code(), 3);
}

#[test]
fn a_store_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Store>();
    let scratch = Scratch::repository();
    let store = scratch.store();
    std::thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: a\n"));
            s.spawn(|| assert!(store.read_at("HEAD", RECORD).unwrap().is_some()));
        }
    });
}

#[test]
fn a_history_follows_one_path_only() {
    both(|scratch| {
        scratch.git(&["config", "log.follow", "true"]);
        scratch.git(&["mv", RECORD, "moved.yaml"]);
        scratch.git(&["commit", "-qm", "moved"]);
        let store = scratch.store();
        let subjects: Vec<String> =
            store.history("moved.yaml").unwrap().into_iter().map(|r| r.subject).collect();
        assert_eq!(subjects, ["moved"]);
    });
}
