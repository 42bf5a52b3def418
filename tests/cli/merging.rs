//! Records that meet: every way in which git brings two lines of work together.

use std::path::Path;

use crate::common::{Computer, Ran, Scene, split};

/// A workspace in which git finds `inc` on the PATH, as it does on people's machines.
fn with_inc_on_path(c: &Computer) {
    let inc = Path::new(env!("CARGO_BIN_EXE_inc"));
    let path = std::env::var("PATH").unwrap_or_default();
    c.set("PATH", format!("{}:{path}", inc.parent().unwrap().display()));
}

fn workspace() -> Computer {
    let c = Computer::workspace();
    with_inc_on_path(&c);
    c
}

/// Git, whatever it answers.
fn git(c: &Computer, line: &str) -> Ran {
    let mut command = c.command("git", &c.here);
    command.args(split(line));
    c.finish(command, b"")
}

/// An incident that `main` and `other` both worked on: a note on each, a link on `other`.
fn parted() -> (Computer, String) {
    let c = workspace();
    let id = c.open("\"Card payments declined\" --service card-auth");
    c.git("checkout -q -b other");
    c.inc("note \"from the train\"").exits(0);
    c.inc("link https://graphs.example/1").exits(0);
    c.git("checkout -q main");
    c.inc("note \"from the office\"").exits(0);
    c.inc("ack").exits(0);
    (c, id)
}

fn has_both(c: &Computer, id: &str) {
    let text = c.record(id);
    for words in ["from the train", "from the office", "graphs.example", "status: responding"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(!text.contains("<<<<") && !text.contains("conflicts:"), "{text}");
    c.inc(&format!("show {id}")).exits(0);
    c.is_clean();
}

#[test]
fn a_merge() {
    let (c, id) = parted();
    c.git("merge -q --no-edit other");
    has_both(&c, &id);
    // The other way round it is the same file, byte for byte.
    let here = c.record(&id);
    c.git("checkout -q other");
    c.git("merge -q --no-edit main~1");
    has_both(&c, &id);
    assert_eq!(c.record(&id), here);
}

#[test]
fn a_rebase() {
    let (c, id) = parted();
    c.git("rebase -q other");
    has_both(&c, &id);
    assert_eq!(
        c.git("log --format=%s -2"),
        format!("INC-20261121-{id}: acknowledged\nINC-20261121-{id}: noted\n")
    );
}

#[test]
fn a_cherry_pick() {
    let (c, id) = parted();
    c.git("cherry-pick other~1 other");
    has_both(&c, &id);
}

#[test]
fn a_stash_that_pops() {
    let (c, id) = parted();
    let text = c
        .record(&id)
        .replace("title: Card payments declined", "title: Card payments declined, also in shops");
    c.write(c.record_path(&id), text);
    c.git("stash -q");
    c.git("merge -q --no-edit other");
    c.inc("note \"after the stash\"").exits(0);
    c.git("stash pop -q");
    let text = c.record(&id);
    for words in
        ["title: Card payments declined, also in shops", "after the stash", "from the train"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn a_pull_into_a_clone_that_installs_it_by_itself() {
    let (c, id) = parted();
    let clone = c.base().join("clone");
    c.git("checkout -q other");
    c.git(&format!("clone -q -b main {} {}", c.here.display(), clone.display()));
    let told = "git merges records by meaning in this clone";
    c.inc_in(&clone, "note \"from the clone\"").exits(0).says(told);
    let again = c.inc_in(&clone, "note \"again\"").exits(0);
    assert!(!again.stderr.contains(told), "{}", again.stderr);
    c.git_in(&clone, "pull -q --no-rebase --no-edit origin other");
    let text =
        std::fs::read_to_string(clone.join(c.record_path(&id).strip_prefix(&c.here).unwrap()))
            .unwrap();
    for words in ["from the train", "from the office", "from the clone", "again"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn a_workspace_in_a_folder_of_a_repository() {
    let c = Computer::repository();
    with_inc_on_path(&c);
    c.git("commit -q --allow-empty -m start");
    let dir = c.here.join("ops/incidents here");
    c.inc_with(&["init".into(), dir.display().to_string()], b"").exits(0);
    c.inc_in(&dir, "open \"Card payments declined\"").exits(0);
    c.git("checkout -q -b other");
    c.inc_in(&dir, "note \"from the train\"").exits(0);
    c.git("checkout -q main");
    c.inc_in(&dir, "note \"from the office\"").exits(0);
    c.git("merge -q --no-edit other");
    c.inc_in(&dir, "show").exits(0).prints("from the train").prints("from the office");
}

#[test]
fn a_field_that_both_changed() {
    let mut s = Scene::on("conflict", workspace());
    s.types("open --quiet \"Card payments declined\" --service card-auth").exits(0);
    let id = s.only();
    s.git("checkout -q -b other");
    s.inc("update \"the switch is down\" --next 20m").exits(0);
    s.git("checkout -q main");
    s.inc("update \"the route to the switch is down\" --next 40m").exits(0);
    let merge = git(&s, "merge --no-edit other");
    assert_eq!(merge.code, 1, "{}{}", merge.stdout, merge.stderr);
    let text = s.record(&id);
    assert!(!text.contains("<<<<"), "{text}");
    s.remark("git stopped; the record can be read, and says what is open");
    s.types("");
    s.types("check --tier basic");
    s.types("resolve-conflict").exits(2);
    s.types("resolve-conflict --field now.doing --take 1").exits(2);
    s.types("resolve-conflict --take 2 --dry-run").exits(0);
    s.types("resolve-conflict --take 2").exits(0);
    assert_eq!(s.git("diff --name-only --diff-filter=U"), "");
    s.git("commit -q --no-edit");
    s.is_clean();
    s.types("show").exits(0);
    s.remark("settled again there is nothing to do");
    s.types("resolve-conflict").exits(0);
    s.inc("note \"life goes on\"").exits(0);
    s.is_clean();
    s.ends();
}

#[test]
fn a_merge_by_lines_is_mended_by_meaning() {
    let (c, id) = parted();
    c.unset("PATH");
    c.set("PATH", "/usr/local/bin:/usr/bin:/bin");
    let merge = git(&c, "merge --no-edit other");
    assert_eq!(merge.code, 1, "{}", merge.stderr);
    assert!(c.record(&id).contains("<<<<<<<"));
    c.inc(&format!("note {id} \"does not fit now\"")).exits(2);
    c.inc(&format!("resolve-conflict {id}")).exits(0).prints("merged by meaning");
    c.git("commit -q --no-edit");
    has_both(&c, &id);
}

#[test]
fn markers_that_somebody_committed_are_mended() {
    let (c, id) = parted();
    c.set("PATH", "/usr/local/bin:/usr/bin:/bin");
    git(&c, "merge --no-edit other");
    c.git("add -A");
    c.git("commit -q -m \"merged in a hurry\"");
    let before = c.commits();
    c.inc(&format!("resolve-conflict {id}")).exits(0).prints("merged by meaning");
    assert_eq!(c.commits(), before + 1);
    has_both(&c, &id);
}

#[test]
fn two_incidents_with_one_id() {
    let c = workspace();
    c.git("checkout -q -b other");
    let id = c.open("\"Card payments declined\"");
    let path = c.record_path(&id);
    c.git("checkout -q main");
    let other = c.git(&format!("show other:{}", path.strip_prefix(&c.here).unwrap().display()));
    let uid = other.lines().find_map(|l| l.strip_prefix("uid: ")).unwrap();
    let mine = other
        .replace(uid, "00000000000000000000000001")
        .replace("Card payments declined", "Transfers late");
    c.write(&path, mine);
    c.git("add -A");
    c.git("commit -q -m \"drawn twice\"");
    let merge = git(&c, "merge --no-edit other");
    assert_eq!(merge.code, 1);
    merge.says("two incidents have the id");
    let ran =
        c.inc(&format!("resolve-conflict INC-20261121-{id}")).exits(0).prints("was INC-20261121-");
    let new = ran.stdout.split(' ').next().unwrap().to_owned();
    c.git("commit -q --no-edit");
    c.is_clean();
    c.inc(&format!("show {id}")).exits(0).prints("Transfers late");
    c.inc(&format!("show {new}")).exits(0).prints("Card payments declined").prints("renamed from");
}

/// Two people draft two messages, and by chance both are called the same: same clock, same seed.
fn one_name_for_two_messages(c: &Computer, theirs: &Path, id: &str) -> String {
    let draft = |stage: &str, at: &str| {
        c.clock("04:00");
        let line = format!("comms draft {id} --stage {stage} --channel push --locale en --at {at}");
        line
    };
    c.inc_in(theirs, &draft("initial", "03:50")).exits(0);
    c.inc(&draft("update", "03:51")).exits(0);
    let listed = c.record(id);
    let file = listed.lines().find_map(|l| l.trim().strip_prefix("file: ")).unwrap().to_owned();
    assert!(
        theirs
            .join(c.record_path(id).strip_prefix(&c.here).unwrap())
            .parent()
            .unwrap()
            .join(&file)
            .exists()
    );
    file
}

/// Both messages are there, each in the file that its entry names, and only there.
fn both_messages(c: &Computer, id: &str) {
    let record = c.inc(&format!("show {id} --format json")).exits(0).json();
    let messages = record["incident"]["record"]["communications"]
        .as_array()
        .unwrap_or_else(|| panic!("{record:#}"));
    assert_eq!(messages.len(), 2, "{messages:#?}");
    let folder = c.record_path(id).parent().unwrap().to_owned();
    let mut files = std::collections::BTreeSet::new();
    for message in messages {
        let (file, stage) = (message["file"].as_str().unwrap(), message["stage"].as_str().unwrap());
        let text = c.read(folder.join(file));
        assert!(text.starts_with(&format!("---\nstage: {stage}\n")), "{file}: {text}");
        assert!(file.contains(message["id"].as_str().unwrap()), "{file}");
        assert!(!text.contains("<<<<"), "{text}");
        files.insert(file.to_owned());
    }
    assert_eq!(files.len(), 2);
    assert_eq!(std::fs::read_dir(folder.join("communications")).unwrap().count(), 2);
    c.is_clean();
    c.inc("check --only missing-file,file-outside").exits(0);
}

#[test]
fn two_messages_with_one_id_keep_their_words_in_a_merge() {
    for committed in [false, true] {
        let c = workspace();
        let id =
            c.open("\"Card payments declined\" --service card-auth --kind outage --since 03:02");
        c.inc("update \"Half of the card payments fail\" --next 90m --tried 1000 --affected 400")
            .exits(0);
        let theirs = c.base().join("theirs");
        c.git(&format!("worktree add -q {} -b other", theirs.display()));
        let file = one_name_for_two_messages(&c, &theirs, &id);
        let merge = git(&c, "merge --no-edit other");
        assert_eq!(merge.code, 1, "{}{}", merge.stdout, merge.stderr);
        if committed {
            c.git("add -A");
            c.git("commit -q --no-edit");
        }
        c.inc(&format!("resolve-conflict {id} --dry-run")).exits(0).prints("+++ b/incidents/");
        let ran = c.inc(&format!("resolve-conflict {id}")).exits(0);
        ran.prints(&format!("{file} was two messages"));
        if !committed {
            c.git("commit -q --no-edit");
        }
        both_messages(&c, &id);
        c.inc(&format!("resolve-conflict {id}")).exits(0).says("nothing is in conflict");
    }
}

#[test]
fn two_messages_with_one_id_keep_their_words_in_a_sync() {
    let c = workspace();
    let id = c.open("\"Card payments declined\" --service card-auth --kind outage --since 03:02");
    c.inc("update \"Half of the card payments fail\" --next 90m --tried 1000 --affected 400")
        .exits(0);
    let remote = c.base().join("remote");
    c.git(&format!("clone -q --bare . {}", remote.display()));
    c.git("remote add origin ../remote");
    let theirs = c.base().join("theirs");
    c.git(&format!("clone -q ../remote {}", theirs.display()));
    one_name_for_two_messages(&c, &theirs, &id);
    c.inc_in(&theirs, "sync").exits(0);
    c.inc("sync").exits(0).says("for two things; each has a file now");
    both_messages(&c, &id);
    c.inc_in(&theirs, "sync").exits(0);
    assert_eq!(c.git("rev-parse HEAD"), c.git_in(&theirs, "rev-parse HEAD"));
    assert_eq!(c.git_in(&theirs, "status --short"), "");
    c.git("fsck --strict --no-dangling");
    assert!(!c.here.join(".git/inc/.inc-new-graft").exists());
}

/// Two people work on one problem: what can be brought together is, and what cannot is kept with
/// both values until somebody says which is right.
#[test]
fn problems_meet_in_a_merge_and_in_a_sync() {
    let c = workspace();
    let id = c.open("\"Wallet tokens expired\" --service card-auth");
    c.inc(&format!("problems open \"Tokens expire unnoticed\" -i {id} --owner ana")).exits(0);
    let remote = c.base().join("remote");
    c.git(&format!("clone -q --bare . {}", remote.display()));
    c.git("remote add origin ../remote");
    let theirs = c.base().join("theirs");
    c.git(&format!("clone -q ../remote {}", theirs.display()));
    let there = |line: &str| c.inc_in(&theirs, line);
    there("problems update --state known_error --cause \"nobody renews them\" --owner beto")
        .exits(0);
    c.inc("problems update --action \"Alert a week before\" --due 2026-12-15 --owner carla")
        .exits(0);
    there("sync").exits(0);
    let ran = c.inc("sync").exits(0).prints("both sides are kept: inc problems show");
    assert!(ran.stdout.contains("PRB-20261121-"), "{}", ran.stdout);
    let shown = c.inc("problems show").exits(0).prints("In conflict: owner: `beto` or `carla`");
    let shown = shown.prints("Alert a week before").prints("nobody renews them");
    shown.prints("--owner VALUE");
    c.inc("problems list").exits(0).prints("IN CONFLICT Tokens expire");
    c.inc("check --only unresolved-conflict").exits(1).prints("changed `owner` differently");
    c.inc("problems update --owner beto").exits(0);
    c.inc("check --only unresolved-conflict").exits(0);
    c.inc("sync").exits(0);
    there("sync").exits(0);
    assert_eq!(c.git("rev-parse HEAD"), c.git_in(&theirs, "rev-parse HEAD"));
    // The same in a merge that git makes.
    c.git("checkout -q -b other");
    c.inc("problems update --workaround \"renew by hand\"").exits(0);
    c.git("checkout -q main");
    c.inc("problems update --state fixed").exits(0);
    c.git("merge -q --no-edit other");
    let text = c.inc("problems show --format json").exits(2).says("no problem is open");
    drop(text);
    let json = c.inc("problems list --all --format json").exits(0).json();
    let problem = &json["problems"][0];
    assert_eq!(
        (&problem["state"], &problem["workaround"]),
        (&"fixed".into(), &"renew by hand".into())
    );
    assert_eq!(problem["conflicts"].as_array().map(Vec::len), Some(0));
}
