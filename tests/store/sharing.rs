//! Several clones of one bare remote share a branch.

use std::path::{Path, PathBuf};

use inc::store::{
    CommitMode, Driver, Settings, Store, StoreError, Synced, Transaction, Tree, Trouble, Way, Wish,
};

use crate::common::{Scratch, put, write};

const A: &str = "incidents/a/incident.yaml";
const B: &str = "incidents/b/incident.yaml";

/// A bare remote, and clones of it side by side.
struct Clones {
    scratch: Scratch,
    branch: Option<&'static str>,
}

impl Clones {
    /// One clone, `ana`, with one record on `main`, pushed.
    fn new(branch: Option<&'static str>) -> Clones {
        let scratch = Scratch::empty();
        let clones = Clones { scratch, branch };
        let base = clones.base();
        clones.scratch.git_in(&base, &["init", "-q", "--bare", "-b", "main", "remote"]);
        clones.scratch.git_in(&base, &["clone", "-q", "remote", "ana"]);
        let ana = clones.at("ana");
        clones.file("ana", A, "title: a\n");
        clones.file("ana", "standards/x.toml", "one\ntwo\nthree\n");
        clones.file("ana", "code.c", "1\n");
        clones.scratch.git_in(&ana, &["add", "."]);
        clones.scratch.git_in(&ana, &["commit", "-qm", "first"]);
        clones.scratch.git_in(&ana, &["push", "-q", "origin", "main"]);
        clones
    }

    fn clone(&self, name: &str) {
        self.scratch.git_in(&self.base(), &["clone", "-q", "remote", name]);
    }

    fn base(&self) -> PathBuf {
        self.scratch.base()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.base().join(name)
    }

    fn file(&self, name: &str, rel: &str, text: &str) {
        let path = self.at(name).join(rel);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn git(&self, name: &str, args: &[&str]) -> String {
        self.scratch.git_in(&self.at(name), args)
    }

    fn settings(&self) -> Settings {
        Settings { branch: self.branch.map(str::to_owned), ..self.scratch.settings() }
    }

    fn store(&self, name: &str) -> Store {
        self.scratch.open(&self.at(name), self.settings())
    }

    fn put(&self, name: &str, rel: &str, text: &str) {
        put(&self.store(name), rel, text, &format!("{name}: {rel}"));
    }

    fn sync(&self, name: &str) -> Result<Synced, StoreError> {
        sync(&mut self.store(name), None, false)
    }

    fn trouble(&self, name: &str) -> Trouble {
        match self.sync(name) {
            Err(StoreError::Sync(trouble)) => trouble,
            other => panic!("{other:?}"),
        }
    }

    /// A program that git runs at `hooks/<hook>` of a repository.
    fn hook(&self, repository: &str, hook: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.at(repository).join("hooks").join(hook);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Nobody pushes to main but the hosting's merge button.
    fn protect_main(&self) {
        let script = "while read old new ref; do\n  if test $ref = refs/heads/main; then\n    \
                      echo 'main takes pull requests alone' >&2; exit 1\n  fi\ndone";
        self.hook("remote", "pre-receive", script);
    }

    /// What a merged pull request does: main moves on the remote.
    fn merge_pull_request(&self, rel: &str, text: &str) {
        let tree = self.at("reviewer");
        self.scratch
            .git_in(&self.at("remote"), &["worktree", "add", "-q", tree.to_str().unwrap(), "main"]);
        self.file("reviewer", rel, text);
        self.git("reviewer", &["add", "."]);
        self.git("reviewer", &["commit", "-qm", "pull request"]);
        self.git("remote", &["worktree", "remove", "--force", tree.to_str().unwrap()]);
    }
}

fn sync(store: &mut Store, driver: Option<&Driver>, rewritten: bool) -> Result<Synced, StoreError> {
    let way = Way::default();
    let accepts = |path: &Path, bytes: &[u8]| {
        path.ends_with("incident.yaml") && !bytes.windows(7).any(|w| w == b"<<<<<<<")
    };
    store.sync(&Wish {
        way: &way,
        driver,
        parts: &|_, _, _| None,
        accepts: &accepts,
        rewritten,
        author: None,
        date: None,
        told: "Inc-Pretended: time\n",
    })
}

/// Both sides' lines, and a conflict: what a merge driver does that cannot decide.
fn both() -> Driver {
    let command = "git merge-file --union %A %O %B; exit 1".to_owned();
    Driver { name: "inc".to_owned(), command }
}

#[test]
fn two_clones_end_with_the_same() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", A, "title: changed\n");
    c.put("beto", B, "title: b\n");
    let synced = c.sync("ana").unwrap();
    assert_eq!((synced.brought, synced.shared, synced.label.as_str()), (0, 1, "origin/main"));
    let synced = c.sync("beto").unwrap();
    assert_eq!((synced.brought, synced.shared), (1, 2), "with the commit that brings together");
    let synced = c.sync("ana").unwrap();
    assert_eq!((synced.brought, synced.shared), (2, 0));
    assert_eq!(c.git("ana", &["rev-parse", "HEAD"]), c.git("beto", &["rev-parse", "HEAD"]));
    for name in ["ana", "beto"] {
        assert_eq!(c.git(name, &["status", "--porcelain"]), "");
        assert_eq!(c.store(name).read(A).unwrap().unwrap(), b"title: changed\n");
        assert_eq!(c.store(name).read(B).unwrap().unwrap(), b"title: b\n");
        assert_eq!(c.store(name).unshared().unwrap().unwrap().commits, 0);
        assert!(!c.store(name).has_left_overs());
        let synced = c.sync(name).unwrap();
        assert_eq!((synced.brought, synced.shared), (0, 0));
    }
    let parents = c.git("beto", &["log", "-1", "--format=%s%n%b%P"]);
    assert!(parents.starts_with("main: brought together with origin/main\n"), "{parents}");
    let trailers = "Inc-Sync: origin/main\nInc-Pretended: time";
    assert!(parents.contains(trailers), "{parents}");
}

#[test]
fn what_is_not_the_workspaces_stays_byte_for_byte() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("beto", A, "title: theirs\n");
    c.put("beto", B, "title: b\n");
    c.sync("beto").unwrap();
    c.put("ana", "incidents/c/incident.yaml", "title: c\n");
    c.git("ana", &["branch", "other"]);
    c.file("ana", "staged", "staged\n");
    c.git("ana", &["add", "staged"]);
    c.file("ana", "staged", "staged, and more\n");
    c.file("ana", "code.c", "1\nunfinished\n");
    c.file("ana", "untracked", "u\n");
    let state = || {
        let files = ["staged", "code.c", "untracked", "standards/x.toml"];
        let texts = files.map(|f| std::fs::read(c.at("ana").join(f)).unwrap());
        let diffs = [&["diff"][..], &["diff", "--cached"], &["status", "--porcelain"]];
        let refs = ["other", "ORIG_HEAD", "FETCH_HEAD"]
            .map(|r| c.scratch.try_git_in(&c.at("ana"), &["rev-parse", "--verify", "-q", r]));
        let config = std::fs::read(c.at("ana/.git/config")).unwrap();
        (texts, diffs.map(|args| c.git("ana", args)), refs, config)
    };
    let before = state();
    let synced = c.sync("ana").unwrap();
    assert_eq!(synced.brought, 2);
    assert_eq!(state(), before);
    assert_eq!(c.store("ana").read(A).unwrap().unwrap(), b"title: theirs\n");
    assert_eq!(c.git("ana", &["stash", "list"]), "");
}

#[test]
fn records_have_a_branch_of_their_own_where_main_is_protected() {
    let c = Clones::new(Some("incidents"));
    c.clone("beto");
    c.protect_main();
    c.git("ana", &["branch", "incidents", "origin/main"]);
    c.file("ana", "code.c", "1\nunfinished\n");
    let head = c.git("ana", &["rev-parse", "HEAD", "main"]);
    c.put("ana", A, "title: changed\n");
    let synced = c.sync("ana").unwrap();
    assert!(synced.created);
    assert_eq!((synced.shared, synced.label.as_str()), (1, "origin/incidents"));
    assert_eq!(c.git("ana", &["rev-parse", "HEAD", "main"]), head);
    assert_eq!(c.git("ana", &["status", "--porcelain"]), " M code.c");

    // A clone that has only main: the live branch comes with the first sync.
    let mut beto = c.store("beto");
    assert_eq!(*beto.tree(), Tree::Checkout);
    sync(&mut beto, None, false).unwrap();
    assert!(matches!(beto.tree(), Tree::Live { .. }));
    assert_eq!(beto.read(A).unwrap().unwrap(), b"title: changed\n");
    put(&beto, B, "title: b\n", "b");
    c.put("ana", A, "title: again\n");
    c.sync("ana").unwrap();
    c.sync("beto").unwrap();
    c.sync("ana").unwrap();
    assert_eq!(
        c.git("ana", &["rev-parse", "incidents"]),
        c.git("beto", &["rev-parse", "incidents"])
    );
    assert_eq!(c.store("ana").read(B).unwrap().unwrap(), b"title: b\n");
    assert_eq!(c.git("beto", &["rev-parse", "HEAD", "main"]), head);
    assert_eq!(c.git("beto", &["status", "--porcelain"]), "");

    // The standard changes on main by pull request, and reaches the live branch.
    c.merge_pull_request("standards/x.toml", "one\ntwo\nthree\nfour\n");
    let synced = c.sync("beto").unwrap();
    assert_eq!(synced.waiting, None);
    assert_eq!(c.git("beto", &["show", "incidents:standards/x.toml"]), "one\ntwo\nthree\nfour");
    c.sync("ana").unwrap();
    assert_eq!(
        c.store("ana").read("standards/x.toml").unwrap().unwrap(),
        b"one\ntwo\nthree\nfour\n"
    );
    assert_eq!(
        c.git("remote", &["rev-parse", "incidents"]),
        c.git("ana", &["rev-parse", "incidents"])
    );
    assert_eq!(c.git("ana", &["rev-parse", "HEAD", "main"]), head);
}

#[test]
fn one_branch_that_is_protected_says_what_to_do() {
    let c = Clones::new(None);
    c.protect_main();
    c.put("ana", A, "title: b\n");
    let error = c.sync("ana").unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("push-declined", 3));
    assert!(error.to_string().contains("main takes pull requests alone"), "{error}");
    assert!(error.help().unwrap().contains("git.branch"), "{:?}", error.help());
    assert_eq!(c.store("ana").unshared().unwrap().unwrap().commits, 1);
}

#[test]
fn off_line_everything_is_kept() {
    let c = Clones::new(None);
    c.put("ana", A, "title: b\n");
    std::fs::rename(c.at("remote"), c.at("away")).unwrap();
    let error = c.sync("ana").unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("off-line", 3));
    c.put("ana", A, "title: c\n");
    assert_eq!(c.store("ana").unshared().unwrap().unwrap().commits, 2);
    std::fs::rename(c.at("away"), c.at("remote")).unwrap();
    assert_eq!(c.sync("ana").unwrap().shared, 2);
}

#[test]
fn somebody_else_is_first() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", A, "title: b\n");
    c.put("beto", B, "title: b\n");
    // Between ana's fetch and her push, beto pushes: git runs this before it pushes.
    let script = format!(
        "test -f ../pushed && exit 0\ntouch ../pushed\nunset GIT_DIR\ngit -C {} push -q origin main",
        c.at("beto").display()
    );
    c.hook("ana/.git", "pre-push", &script);
    let synced = c.sync("ana").unwrap();
    assert!(c.at("pushed").exists());
    assert_eq!((synced.brought, synced.shared), (1, 2));
    assert_eq!(c.git("remote", &["rev-parse", "main"]), c.git("ana", &["rev-parse", "main"]));
    assert_eq!(c.store("ana").read(B).unwrap().unwrap(), b"title: b\n");
}

#[test]
fn somebody_else_is_always_first() {
    let c = Clones::new(None);
    c.put("ana", A, "title: b\n");
    let script = "unset GIT_DIR GIT_INDEX_FILE\ncd ../remote\n\
                  new=$(git commit-tree -p main -m theirs main^{tree})\n\
                  git update-ref refs/heads/main $new";
    c.hook("ana/.git", "pre-push", script);
    assert!(matches!(c.trouble("ana"), Trouble::Raced { tries: 10, .. }));
    std::fs::remove_file(c.at("ana/.git/hooks/pre-push")).unwrap();
    c.sync("ana").unwrap();
    assert_eq!(c.git("remote", &["show", "main:incidents/a/incident.yaml"]), "title: b");
}

#[test]
fn a_rewritten_remote_is_refused() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", A, "title: evidence\n");
    c.sync("ana").unwrap();
    let seen = c.git("ana", &["rev-parse", "main"]);
    let noted = std::fs::read_to_string(c.at("ana/.git/inc/seen/origin/main")).unwrap();
    assert_eq!(noted, format!("{seen}\n"), "for the audit");
    c.put("beto", B, "title: b\n");
    c.git("beto", &["push", "-qf", "origin", "main"]);
    c.put("ana", "incidents/c/incident.yaml", "title: c\n");
    for _ in 0..2 {
        let trouble = c.trouble("ana");
        assert!(matches!(&trouble, Trouble::Rewritten { seen: s, .. } if *s == seen), "{trouble}");
        assert_eq!(c.git("remote", &["rev-parse", "main"]), c.git("beto", &["rev-parse", "main"]));
    }
    assert_eq!(c.store("ana").seen("origin", "main"), Some(seen));
    sync(&mut c.store("ana"), None, true).unwrap();
    assert_eq!(c.git("remote", &["show", "main:incidents/a/incident.yaml"]), "title: evidence");
    assert_eq!(c.git("remote", &["show", "main:incidents/b/incident.yaml"]), "title: b");
    c.sync("beto").unwrap();
}

#[test]
fn a_remote_that_was_set_back_or_deleted_is_refused() {
    let c = Clones::new(None);
    c.put("ana", A, "title: evidence\n");
    c.sync("ana").unwrap();
    c.git("remote", &["update-ref", "refs/heads/main", "main~1"]);
    assert!(matches!(c.trouble("ana"), Trouble::Rewritten { .. }));
    c.git("remote", &["update-ref", "-d", "refs/heads/main"]);
    let error = c.sync("ana").unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("branch-gone", 3));
    let synced = sync(&mut c.store("ana"), None, true).unwrap();
    assert!(synced.created);
    assert_eq!(c.git("remote", &["show", "main:incidents/a/incident.yaml"]), "title: evidence");
}

#[test]
fn what_a_person_must_bring_together_leaves_all_as_it_was() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", "standards/x.toml", "one\nTWO\nthree\n");
    c.sync("ana").unwrap();
    c.put("beto", "standards/x.toml", "one\n2\nthree\n");
    c.file("beto", "code.c", "unfinished\n");
    let before = c.git("beto", &["rev-parse", "HEAD"]);
    let trouble = c.trouble("beto");
    let Trouble::Clash { paths, .. } = &trouble else { panic!("{trouble}") };
    assert_eq!(*paths, [PathBuf::from("standards/x.toml")]);
    assert!(trouble.help().contains("git merge origin/main"), "{}", trouble.help());
    assert_eq!(c.git("beto", &["rev-parse", "HEAD"]), before);
    assert_eq!(c.git("beto", &["status", "--porcelain"]), " M code.c");
}

#[test]
fn a_standard_that_clashes_keeps_no_record_back() {
    let c = Clones::new(Some("incidents"));
    c.git("ana", &["branch", "incidents"]);
    c.sync("ana").unwrap();
    c.put("ana", "standards/x.toml", "one\nTWO\nthree\n");
    c.put("ana", A, "title: b\n");
    c.merge_pull_request("standards/x.toml", "one\n2\nthree\n");
    let synced = c.sync("ana").unwrap();
    assert!(matches!(synced.waiting, Some(Trouble::Clash { .. })), "{synced:?}");
    assert_eq!(synced.shared, 2);
    assert_eq!(c.git("remote", &["show", "incidents:incidents/a/incident.yaml"]), "title: b");
}

#[test]
fn a_pull_request_that_touches_no_file_of_the_workspace_is_not_merged() {
    let c = Clones::new(Some("incidents"));
    c.file("ana", "ops/inc.toml", "");
    c.git("ana", &["add", "."]);
    c.git("ana", &["commit", "-qm", "ops"]);
    c.git("ana", &["push", "-q"]);
    c.git("ana", &["branch", "incidents"]);
    let store = || c.scratch.open(&c.at("ana/ops"), c.settings());
    sync(&mut store(), None, false).unwrap();
    c.merge_pull_request("code.c", "2\n");
    let synced = sync(&mut store(), None, false).unwrap();
    assert_eq!((synced.brought, synced.shared), (0, 0));
    // One that does brings the others along; they are on the remote already, so nobody's work is
    // published by it.
    c.merge_pull_request("ops/standards/x.toml", "x\n");
    let synced = sync(&mut store(), None, false).unwrap();
    assert_eq!((synced.brought, synced.waiting), (2, None));
    assert_eq!(c.git("remote", &["show", "incidents:code.c"]), "2");
}

#[test]
fn a_conflict_in_a_record_is_shared_with_it() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", A, "title: one\n");
    c.sync("ana").unwrap();
    c.put("beto", A, "title: two\n");
    // With git's own merge it would be a file with markers: no record, so a person is needed.
    assert!(matches!(c.trouble("beto"), Trouble::Clash { .. }));
    let synced = sync(&mut c.store("beto"), Some(&both()), false).unwrap();
    assert_eq!(synced.conflicts, [PathBuf::from(A)]);
    assert_eq!(
        c.git("remote", &["show", "main:incidents/a/incident.yaml"]),
        "title: two\ntitle: one"
    );
    assert!(c.git("beto", &["log", "-1", "--format=%b"]).contains(&format!("conflict: {A}")));
}

#[test]
fn a_record_that_one_removed_and_another_wrote_to_stays() {
    let c = Clones::new(None);
    c.clone("beto");
    c.git("ana", &["rm", "-q", A]);
    c.git("ana", &["commit", "-qm", "removed"]);
    c.sync("ana").unwrap();
    c.put("beto", A, "title: a\nwords: of beto\n");
    let synced = c.sync("beto").unwrap();
    assert_eq!(synced.conflicts, [PathBuf::from(A)]);
    assert_eq!(
        c.git("remote", &["show", "main:incidents/a/incident.yaml"]),
        "title: a\nwords: of beto"
    );
}

#[test]
fn changes_that_are_not_committed_are_never_written_over() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", "standards/x.toml", "one\ntwo\nthree\nfour\n");
    c.put("ana", "pir.md", "review\n");
    c.put("ana", A, "title: a\ntheirs: 1\n");
    c.sync("ana").unwrap();

    c.file("beto", "standards/x.toml", "one, unfinished\n");
    let trouble = c.trouble("beto");
    assert!(
        matches!(&trouble, Trouble::InTheWay { paths } if paths.contains(&"standards/x.toml".into())),
        "{trouble}"
    );
    c.git("beto", &["checkout", "-q", "standards/x.toml"]);

    c.file("beto", "pir.md", "mine, untracked\n");
    c.file("beto", ".git/info/exclude", "pir.md\n");
    let trouble = c.trouble("beto");
    assert!(
        matches!(&trouble, Trouble::InTheWay { paths } if paths == &[PathBuf::from("pir.md")]),
        "{trouble}"
    );
    assert_eq!(std::fs::read_to_string(c.at("beto/pir.md")).unwrap(), "mine, untracked\n");
    std::fs::remove_file(c.at("beto/pir.md")).unwrap();

    // Staged, and the file put back: only git sees it.
    c.file("beto", "standards/x.toml", "staged\n");
    c.git("beto", &["add", "standards/x.toml"]);
    c.file("beto", "standards/x.toml", "one\ntwo\nthree\n");
    assert!(matches!(c.trouble("beto"), Trouble::InTheWay { .. }));
    c.git("beto", &["reset", "-q", "--hard"]);

    // A record that was edited by hand is committed first, as every command does.
    c.file("beto", A, "mine: 1\ntitle: a\n");
    let synced = sync(&mut c.store("beto"), Some(&both()), false).unwrap();
    assert!(synced.notes[0].contains("edited by hand"), "{:?}", synced.notes);
    let text = c.git("remote", &["show", "main:incidents/a/incident.yaml"]);
    assert!(text.contains("mine: 1") && text.contains("theirs: 1"), "{text}");
    assert_eq!(c.git("beto", &["status", "--porcelain"]), "");
}

#[test]
fn a_push_carries_the_workspace_alone() {
    let c = Clones::new(None);
    c.file("ana", "ops/inc.toml", "");
    c.git("ana", &["add", "."]);
    c.git("ana", &["commit", "-qm", "ops"]);
    c.git("ana", &["push", "-q"]);
    let store = || c.scratch.open(&c.at("ana/ops"), c.settings());
    put(&store(), A, "title: b\n", "record");
    assert_eq!(sync(&mut store(), None, false).unwrap().shared, 1);
    c.file("ana", "code.c", "2\n");
    c.git("ana", &["commit", "-qam", "half of a feature"]);
    put(&store(), A, "title: c\n", "record");
    let error = sync(&mut store(), None, false).unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("foreign-commits", 3));
    assert!(error.to_string().contains("half of a feature (code.c)"), "{error}");
    assert_eq!(store().outgoing().unwrap_err().code(), "foreign-commits");
    assert_eq!(c.git("remote", &["rev-parse", "main"]), c.git("ana", &["rev-parse", "main~2"]));
    c.git("ana", &["push", "-q"]);
    assert_eq!(sync(&mut store(), None, false).unwrap().shared, 0);
}

#[test]
fn the_set_up_is_named_when_it_is_wrong() {
    let c = Clones::new(None);
    c.git("ana", &["remote", "rename", "origin", "one"]);
    c.git("ana", &["remote", "add", "two", "../remote"]);
    c.git("ana", &["config", "--unset", "branch.main.remote"]);
    assert!(matches!(c.trouble("ana"), Trouble::ManyRemotes { .. }));
    c.git("ana", &["config", "branch.main.remote", "two"]);
    assert_eq!(c.sync("ana").unwrap().label, "two/main");
    c.git("ana", &["switch", "-q", "--detach"]);
    assert_eq!(c.trouble("ana"), Trouble::Detached);
    c.git("ana", &["remote", "remove", "one"]);
    c.git("ana", &["remote", "remove", "two"]);
    c.git("ana", &["switch", "-q", "main"]);
    assert_eq!(c.trouble("ana"), Trouble::NoRemote);
    assert_eq!(c.store("ana").unshared().unwrap(), None);
    let settings = Settings { commit: CommitMode::Never, ..c.settings() };
    let error = sync(&mut c.scratch.open(&c.at("ana"), settings), None, false).unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("git-off", 2));

    let c = Clones::new(Some("records"));
    let error = c.sync("ana").unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("no-live-branch", 2));
    c.git("ana", &["branch", "records"]);
    assert!(c.sync("ana").unwrap().created);
    c.scratch.git_in(&c.base(), &["init", "-q", "empty"]);
    c.git("empty", &["remote", "add", "origin", "../nowhere"]);
    assert!(matches!(c.trouble("empty"), Trouble::Offline { .. }));
}

#[test]
fn histories_that_have_nothing_in_common() {
    let c = Clones::new(None);
    c.scratch.git_in(&c.base(), &["init", "-q", "other"]);
    c.git("other", &["commit", "-q", "--allow-empty", "-m", "other"]);
    c.git("other", &["remote", "add", "origin", "../remote"]);
    let error = c.sync("other").unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("unrelated-histories", 3));

    c.put("ana", A, "title: 2\n");
    c.put("ana", A, "title: 3\n");
    c.sync("ana").unwrap();
    let url = format!("file://{}", c.at("remote").display());
    c.scratch.git_in(&c.base(), &["clone", "-q", "--depth", "1", &url, "shallow"]);
    c.put("shallow", B, "title: b\n");
    c.put("ana", A, "title: 4\n");
    c.sync("ana").unwrap();
    // What parted within the clone's depth is brought together as anywhere.
    c.sync("shallow").unwrap();
    c.git("shallow", &["checkout", "-q", "--orphan", "x"]);
    c.git("shallow", &["commit", "-q", "-m", "cut off"]);
    c.git("shallow", &["branch", "-M", "x", "main"]);
    assert!(matches!(c.trouble("shallow"), Trouble::Shallow { .. }));
}

#[test]
fn during_a_merge_of_ones_own_it_waits() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("beto", B, "title: b\n");
    c.sync("beto").unwrap();
    c.git("ana", &["switch", "-qc", "side"]);
    c.file("ana", "code.c", "side\n");
    c.git("ana", &["commit", "-qam", "side"]);
    c.git("ana", &["switch", "-q", "main"]);
    c.file("ana", "code.c", "main\n");
    c.git("ana", &["commit", "-qam", "main"]);
    assert!(!c.scratch.try_git_in(&c.at("ana"), &["merge", "-q", "side"]).0);
    let before = c.git("ana", &["status", "--porcelain"]);
    let error = c.sync("ana").unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("sync-waits", 3));
    assert_eq!(c.git("ana", &["status", "--porcelain"]), before);
    c.git("ana", &["merge", "--abort"]);
    c.sync("ana").unwrap();
}

#[test]
fn a_signing_key_signs_what_brings_together() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", A, "title: b\n");
    c.sync("ana").unwrap();
    c.put("beto", B, "title: b\n");
    let key = c.base().join("key");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no ssh-keygen");
        return;
    }
    for (name, value) in [
        ("gpg.format", "ssh"),
        ("user.signingKey", key.to_str().unwrap()),
        ("commit.gpgSign", "true"),
    ] {
        c.git("beto", &["config", name, value]);
    }
    c.sync("beto").unwrap();
    assert!(c.git("beto", &["cat-file", "commit", "HEAD"]).contains("\ngpgsig "));
}

#[test]
fn an_interrupted_sync_is_completed() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", A, "title: theirs\n");
    c.put("ana", B, "title: b\n");
    c.sync("ana").unwrap();
    c.file("beto", "code.c", "unfinished\n");
    let store = c.store("beto");
    let old = c.git("beto", &["rev-parse", "HEAD"]);
    c.git("beto", &["fetch", "-q"]);
    let new = c.git("beto", &["rev-parse", "origin/main"]);
    let mark = c.at("beto/.git/inc/joining");
    let die = || {
        std::fs::create_dir_all(mark.parent().unwrap()).unwrap();
        std::fs::write(&mark, format!("main\n{old}\n{new}\norigin/main\n")).unwrap();
    };
    // Dead in the middle of git's writing: some files are new, the index is old.
    die();
    c.file("beto", A, "title: theirs\n");
    c.file("beto", B, "title: b\n");
    assert!(store.has_left_overs());
    assert_eq!(store.recover().unwrap(), ["Completed the interrupted sync with origin/main"]);
    assert_eq!(c.git("beto", &["rev-parse", "HEAD"]), new);
    assert_eq!(c.git("beto", &["status", "--porcelain"]), " M code.c");
    // Dead before git wrote anything.
    c.git("beto", &["stash", "-q"]);
    c.git("beto", &["reset", "-q", "--hard", &old]);
    die();
    put(&store, "incidents/c/incident.yaml", "c\n", "c");
    assert_eq!(c.git("beto", &["log", "--format=%s", "-2"]), format!("c\nana: {B}"));
    // Somebody went on typing: their words stay, and the next sync brings the rest.
    c.git("beto", &["reset", "-q", "--hard", &old]);
    die();
    c.file("beto", A, "title: mine\n");
    assert!(store.recover().unwrap()[0].contains("inc sync brings it in again"));
    assert_eq!(std::fs::read_to_string(c.at("beto").join(A)).unwrap(), "title: mine\n");
    assert!(!store.has_left_overs());
}

#[test]
fn stage_only_brings_in_and_pushes_what_the_person_committed() {
    let c = Clones::new(None);
    c.clone("beto");
    c.put("ana", A, "title: b\n");
    c.sync("ana").unwrap();
    let settings = Settings { commit: CommitMode::Stage, ..c.settings() };
    let mut beto = c.scratch.open(&c.at("beto"), settings);
    let t = Transaction { subject: "b".into(), ..write(&beto, B, "title: b\n", "b") };
    beto.commit(&t).unwrap();
    assert_eq!(sync(&mut beto, None, false).unwrap().brought, 1);
    assert_eq!(c.git("beto", &["status", "--porcelain"]), format!("A  {B}"));
}

/// Reading by plumbing alone gives the same.
#[test]
fn without_libgit2() {
    let mut c = Clones::new(None);
    c.scratch.plumbing = true;
    c.clone("beto");
    c.put("ana", A, "title: b\n");
    c.put("beto", B, "title: b\n");
    assert_eq!(c.store("ana").unshared().unwrap().unwrap().commits, 1);
    c.sync("ana").unwrap();
    assert_eq!(c.sync("beto").unwrap().shared, 2);
}
