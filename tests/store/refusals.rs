//! When git says no: the words are on disk, and the next command commits them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use inc::store::{Settings, StoreError};

use crate::common::{Scratch, put, write};

const RECORD: &str = "incidents/a/incident.yaml";
const NEW: &str = "incidents/n/incident.yaml";

#[test]
fn a_hook_that_refuses() {
    let scratch = Scratch::repository();
    scratch.file("staged", "s");
    scratch.git(&["add", "staged"]);
    scratch.hook("pre-commit", "echo 'no entry today' >&2; exit 1");
    let store = scratch.store();
    let index = scratch.git(&["ls-files", "--stage", "--debug"]);
    for (path, text) in [(RECORD, "title: b\n"), (NEW, "n\n")] {
        let error = store.commit(&write(&store, path, text, &format!("wrote {path}"))).unwrap_err();
        assert_eq!(error.to_string(), "written, but git refused the commit: no entry today");
        assert_eq!((error.exit_code(), error.is_written()), (3, true));
        assert_eq!(scratch.text(path).unwrap(), text);
    }
    // Not even an intent to add is left; times in the index may be refreshed.
    let names = |listed: &str| -> Vec<String> {
        let lines = listed.lines().filter(|l| !l.starts_with(' '));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(names(&scratch.git(&["ls-files", "--stage", "--debug"])), names(&index));

    assert!(store.has_left_overs());
    let notes = store.recover().unwrap();
    assert_eq!(notes.len(), 2);
    assert!(notes[0].contains("Still not committed") && notes[0].contains("no entry today"));

    scratch.unhook("pre-commit");
    let written = put(&store, "other.yaml", "o\n", "other");
    assert_eq!(
        written.notes,
        [
            format!("Committed what had waited: wrote {RECORD}"),
            format!("Committed what had waited: wrote {NEW}")
        ]
    );
    assert_eq!(
        scratch.git(&["log", "--format=%s"]),
        format!("other\nwrote {NEW}\nwrote {RECORD}\nfirst")
    );
    assert_eq!(scratch.git(&["status", "--porcelain"]), "A  staged");
    assert!(!store.has_left_overs());
}

#[test]
fn what_waits_and_is_written_again() {
    let scratch = Scratch::repository();
    scratch.hook("pre-commit", "exit 1");
    let store = scratch.store();
    store.commit(&write(&store, NEW, "1\n", "one")).unwrap_err();
    store.commit(&write(&store, NEW, "2\n", "two")).unwrap_err();
    scratch.unhook("pre-commit");
    put(&store, NEW, "3\n", "three");
    let subjects = scratch.git(&["log", "--format=%s"]);
    assert!(
        subjects.starts_with("three\none\n") || subjects.starts_with("three\ntwo\n"),
        "{subjects}"
    );
    assert_eq!(scratch.status(), "");
    assert!(!store.has_left_overs());
}

#[test]
fn what_waits_and_was_put_back_by_hand_stays_so() {
    let scratch = Scratch::repository();
    scratch.hook("pre-commit", "exit 1");
    let store = scratch.store();
    store.commit(&write(&store, RECORD, "title: b\n", "b")).unwrap_err();
    scratch.unhook("pre-commit");
    scratch.git(&["checkout", "-q", "--", RECORD]);
    assert!(store.recover().unwrap().is_empty());
    assert_eq!(scratch.text(RECORD).unwrap(), "title: a\n");
    assert!(!store.has_left_overs());
}

#[test]
fn a_hook_that_changes_the_file() {
    let scratch = Scratch::repository();
    scratch.hook(
        "pre-commit",
        &format!("for f in {RECORD} {NEW}; do test -f $f && echo '# ok' >> $f && git add $f; done; exit 0"),
    );
    let store = scratch.store();
    let written = put(&store, RECORD, "title: b\n", "b");
    assert_eq!(written.notes, [format!("A hook or a filter of git changed {RECORD}.")]);
    assert_eq!(store.read(RECORD).unwrap().unwrap(), b"title: b\n# ok\n");
    assert_eq!(scratch.status(), "");
    put(&store, RECORD, "title: c\n", "c");
    assert_eq!(scratch.status(), "");
    assert_eq!(scratch.git(&["show", &format!("HEAD:{RECORD}")]), "title: c\n# ok");
}

#[test]
fn what_hooks_say_is_passed_on() {
    let scratch = Scratch::repository();
    scratch.hook("post-commit", "echo 'ticket linked' >&2");
    let written = put(&scratch.store(), RECORD, "title: b\n", "b");
    assert_eq!(written.notes, ["git said: ticket linked"]);
}

#[test]
fn during_a_merge() {
    let scratch = Scratch::repository();
    scratch.git(&["switch", "-q", "-c", "side"]);
    scratch.file("x", "side\n");
    scratch.git(&["add", "x"]);
    scratch.git(&["commit", "-qm", "side"]);
    scratch.git(&["switch", "-q", "main"]);
    scratch.file("x", "main\n");
    scratch.git(&["add", "x"]);
    scratch.git(&["commit", "-qm", "x"]);
    for (args, operation, abort) in [
        (&["merge", "side"][..], "merge", "merge"),
        (&["rebase", "side"], "rebase", "rebase"),
        (&["cherry-pick", "side"], "cherry-pick", "cherry-pick"),
    ] {
        scratch.try_git_in(&scratch.root(), args);
        let status = scratch.status();
        let store = scratch.store();
        let path = format!("{operation}.yaml");
        let error = store.commit(&write(&store, &path, "w\n", "w")).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("written, not committed: a {operation} is in progress")
        );
        assert_eq!((error.exit_code(), error.is_written()), (3, true));
        assert_eq!(scratch.text(&path).unwrap(), "w\n");
        assert_eq!(scratch.status(), format!("{status}\n? {path}"));
        assert!(store.recover().unwrap()[0].contains(operation));
        scratch.git(&[abort, "--abort"]);
        let store = scratch.store();
        assert_eq!(store.recover().unwrap(), ["Committed what had waited: w"]);
        assert_eq!(scratch.status(), "");
    }
}

#[test]
fn git_does_not_know_who() {
    let scratch = Scratch::repository();
    scratch.git(&["config", "--global", "--remove-section", "user"]);
    scratch.git(&["config", "user.useConfigOnly", "true"]);
    let store = scratch.store();
    let error = store.commit(&write(&store, RECORD, "title: b\n", "b")).unwrap_err();
    assert!(error.to_string().contains("git does not know who you are"), "{error}");
    assert!(error.is_written());
    assert!(matches!(store.user(), Err(StoreError::Identity)));
    scratch.git(&["config", "user.name", "Ana"]);
    scratch.git(&["config", "user.email", "ana@example.com"]);
    assert_eq!(store.recover().unwrap(), ["Committed what had waited: b"]);
}

#[test]
fn no_git_program() {
    let scratch = Scratch::repository();
    let mut environment = scratch.environment();
    environment.program = Some("/nowhere/git".into());
    let store = scratch.open(&scratch.root(), Settings { environment, ..scratch.settings() });
    let error = store.commit(&write(&store, RECORD, "title: b\n", "b")).unwrap_err();
    assert!(error.to_string().contains("git is not installed"), "{error}");
    assert_eq!(scratch.text(RECORD).unwrap(), "title: b\n");
    assert_eq!(scratch.store().recover().unwrap(), ["Committed what had waited: b"]);

    let mut environment = scratch.environment();
    (environment.program, environment.plumbing) = (Some("/nowhere/git".into()), true);
    let store = scratch.open(&scratch.root(), Settings { environment, ..scratch.settings() });
    assert!(store.warnings()[0].contains("git is not installed"));
    let error = store.commit(&write(&store, RECORD, "title: c\n", "c")).unwrap_err();
    assert!(matches!(error, StoreError::NoGit), "{error}");
    assert_eq!(scratch.text(RECORD).unwrap(), "title: b\n");
}

#[test]
fn a_signing_key_that_refuses_and_one_that_signs() {
    let scratch = Scratch::repository();
    let gpg = scratch.base().join("gpg");
    std::fs::write(&gpg, "#!/bin/sh\necho 'no card in the reader' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&gpg, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    scratch.git(&["config", "commit.gpgSign", "true"]);
    scratch.git(&["config", "gpg.program", gpg.to_str().unwrap()]);
    let store = scratch.store();
    let error = store.commit(&write(&store, RECORD, "title: b\n", "b")).unwrap_err();
    assert!(error.to_string().contains("no card in the reader"), "{error}");
    let signs = "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED D 1' >&2\n\
                 printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'\n";
    std::fs::write(&gpg, signs).unwrap();
    put(&store, RECORD, "title: c\n", "c");
    let signed: Vec<bool> = store.history(RECORD).unwrap().iter().map(|r| r.signed).collect();
    assert_eq!(signed, [true, true, false]);
}

#[test]
fn an_ignored_file_is_refused_by_git() {
    let scratch = Scratch::repository();
    scratch.file(".gitignore", "*.log\n");
    let store = scratch.store();
    let error = store.commit(&write(&store, "a.log", "x", "x")).unwrap_err();
    assert!(error.to_string().contains("ignored by one of your .gitignore files"), "{error}");
    assert_eq!(scratch.text("a.log").unwrap(), "x");
}

#[test]
fn a_short_lock_of_the_index_is_waited_for() {
    let scratch = Scratch::repository();
    let store = scratch.store();
    let lock = scratch.root().join(".git/index.lock");
    std::fs::write(&lock, "").unwrap();
    let t = write(&store, RECORD, "title: b\n", "b");
    std::thread::scope(|s| {
        s.spawn(|| {
            std::thread::sleep(Duration::from_millis(200));
            std::fs::remove_file(&lock).unwrap();
        });
        store.commit(&t).unwrap();
    });
    assert_eq!(scratch.status(), "");
    std::fs::write(&lock, "").unwrap();
    let error = store.commit(&write(&store, RECORD, "title: c\n", "c")).unwrap_err();
    assert!(error.to_string().contains("index.lock"), "{error}");
    std::fs::remove_file(&lock).unwrap();
    assert_eq!(store.recover().unwrap(), ["Committed what had waited: c"]);
}

#[test]
fn another_command_holds_the_lock() {
    let scratch = Scratch::repository();
    let path = scratch.root().join(".git/inc/lock");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "process 4711\n").unwrap();
    let held = std::fs::File::open(&path).unwrap();
    held.lock().unwrap();
    let settings = Settings { patience: Duration::from_millis(100), ..scratch.settings() };
    let store = scratch.open(&scratch.root(), settings);
    let t = write(&store, RECORD, "title: b\n", "b");
    let error = store.commit(&t).unwrap_err();
    assert!(error.to_string().contains("another command (process 4711)"), "{error}");
    assert_eq!((error.exit_code(), error.is_written()), (3, false));
    // Held no longer: what a dead process wrote into it does not matter.
    drop(held);
    store.commit(&t).unwrap();
}

#[test]
fn a_slow_hook_is_said() {
    let scratch = Scratch::repository();
    scratch.hook("pre-commit", "sleep 0.6");
    let said = Arc::new(Mutex::new(Vec::new()));
    let mut environment = scratch.environment();
    let told = said.clone();
    environment.notice =
        Some(Arc::new(move |words: &str| told.lock().unwrap().push(words.to_owned())));
    environment.patience = Some(Duration::from_millis(150));
    let settings = Settings { environment, ..scratch.settings() };
    let store = scratch.open(&scratch.root(), settings);
    let started = Instant::now();
    put(&store, RECORD, "title: b\n", "b");
    assert!(started.elapsed() > Duration::from_millis(600));
    assert_eq!(
        *said.lock().unwrap(),
        ["git is still committing: a hook or a signing key is waiting"]
    );
}

#[test]
fn a_hook_that_talks_much() {
    let scratch = Scratch::repository();
    scratch.hook("pre-commit", "head -c 3000000 /dev/zero | tr '\\0' x >&2");
    let store = scratch.store();
    let mut t = write(&store, RECORD, "title: b\n", "b");
    t.body = "word ".repeat(100_000);
    store.commit(&t).unwrap();
    assert_eq!(store.history(RECORD).unwrap()[0].body.len(), t.body.len() + 1);
}
