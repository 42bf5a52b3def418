//! Every writing command, interrupted at each of its steps: afterwards the workspace is as before or
//! as after, the next command says what it completed and goes on, and no word is lost.
//!
//! The commands run in this process over the disk and the git that fail at the nth step
//! (`store::faults`). The table names every command that writes; a command that is in no list fails
//! the first test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::Exit;
use super::out::heard;
use crate::store::{Fault, Steps, inject};

/// A command that writes, and what has to be there first. `ID` is the ending of the incident's id,
/// `MESSAGE` the message's, `OTHER` the ending of the second incident's id.
struct Writes {
    /// As the reference names it.
    path: &'static str,
    /// What has happened before: lines of `inc`, or `file PATH TEXT`.
    given: &'static [&'static str],
    /// What is typed.
    line: &'static str,
    /// Its words, which must be somewhere whatever happens; empty where it has none.
    words: &'static str,
}

const fn writes(
    path: &'static str,
    given: &'static [&'static str],
    line: &'static str,
    words: &'static str,
) -> Writes {
    Writes { path, given, line, words }
}

const OPEN: &str = "open 'cards fail' --service card-auth --kind outage --since 03:00";
const OTHER: &str = "open 'refused at shops' --service card-auth";
const RESTORED: &str = "restore ID";
const DRAFT: &str = "comms draft ID --stage initial --channel status_page --locale en";
const NUMBERS: &str = "update ID 'half fail' --next 90m --tried 1000 --affected 400";
const ACTION: &str = "actions add ID 'alert on declines' --kind prevent --due 2026-12-01";
const PROBLEM: &str = "problems open 'tokens expire'";
const REVIEW: &str = "pir draft ID --locale en";

const TABLE: &[Writes] = &[
    writes("open", &[OPEN], "open 'the very words'", "the very words"),
    writes("update", &[OPEN], "update ID 'the very words' --next 30m", "the very words"),
    writes("note", &[OPEN], "note ID 'the very words'", "the very words"),
    writes(
        "note",
        &[OPEN, "file incidents/2026/11/IN ID/incident.yaml # typed by hand"],
        "note ID 'the very words'",
        "the very words",
    ),
    writes("ack", &[OPEN], "ack ID", ""),
    writes("restore", &[OPEN], "restore ID", ""),
    writes("relapse", &[OPEN, RESTORED], "relapse ID", ""),
    writes("resolve", &[OPEN, RESTORED], "resolve ID --anyway 'a test'", ""),
    writes(
        "close",
        &[OPEN, RESTORED, "resolve ID --anyway 'a test'"],
        "close ID --anyway 'a test'",
        "",
    ),
    writes("cancel", &[OPEN], "cancel ID --false-alarm", ""),
    writes("merge", &[OPEN, OTHER], "merge OTHER --into ID", ""),
    writes("reopen", &[OPEN, "cancel ID --false-alarm"], "reopen ID", ""),
    writes("role", &[OPEN], "role incident_commander ana ID", ""),
    writes("ticket", &[OPEN], "ticket PAY-1 ID", ""),
    writes("room", &[OPEN], "room https://meet.example/1 ID", ""),
    writes("link", &[OPEN], "link https://graphs.example/1 ID", ""),
    writes("done", &[OPEN], "done take-it ID", ""),
    writes("skip", &[OPEN], "skip take-it ID --reason 'nobody there'", ""),
    writes("edit", &[OPEN], "edit ID", "the very words"),
    writes(
        "resolve-conflict",
        &[
            OPEN,
            "file incidents/2026/11/IN ID/incident.yaml \
             conflicts: [{ field: title, values: [the very words, others] }]",
        ],
        "resolve-conflict ID --field title --take 1",
        "the very words",
    ),
    writes("problems open", &[OPEN], "problems open 'tokens expire' --incident ID", ""),
    writes("problems link", &[OPEN, PROBLEM], "problems link ID", ""),
    writes("problems update", &[OPEN, PROBLEM], "problems update --cause 'nobody renews them'", ""),
    writes("severity confirm", &[OPEN, NUMBERS], "severity confirm ID --yes", ""),
    writes("severity override", &[OPEN], "severity override SEV1 ID --reason 'a test' --yes", ""),
    writes(
        "compensate none",
        &[OPEN],
        "compensate none ID --reason 'the very words'",
        "the very words",
    ),
    writes(
        "regulatory decide",
        &[OPEN],
        "regulatory decide cnbv undecided ID --reason 'a test'",
        "",
    ),
    writes(
        "waiver add",
        &[OPEN],
        "waiver add ID long-title --until 2026-12-31 --reason 'a test'",
        "",
    ),
    writes(
        "waiver approve",
        &[OPEN, "waiver add ID long-title --until 2026-12-31 --reason 'a test'"],
        "waiver approve ID long-title",
        "",
    ),
    writes("comms draft", &[OPEN, NUMBERS], DRAFT, ""),
    writes("comms approve", &[OPEN, NUMBERS, DRAFT], "comms approve ID MESSAGE", ""),
    writes("comms sent", &[OPEN, NUMBERS, DRAFT], "comms sent ID MESSAGE", ""),
    writes(
        "comms skip",
        &[OPEN, NUMBERS],
        "comms skip ID --stage initial --channel status_page --reason 'the very words'",
        "the very words",
    ),
    writes("pir draft", &[OPEN, RESTORED], REVIEW, ""),
    writes(
        "pir refresh",
        &[OPEN, RESTORED, REVIEW, "note ID 'later' --star"],
        "pir refresh ID",
        "",
    ),
    writes("pir approve", &[OPEN, RESTORED, REVIEW], "pir approve ID", ""),
    writes(
        "pir reopen",
        &[OPEN, RESTORED, REVIEW, "pir approve ID"],
        "pir reopen ID --reason 'a test'",
        "",
    ),
    writes(
        "actions add",
        &[OPEN],
        "actions add ID 'the very words' --kind correct --due 2026-12-01",
        "the very words",
    ),
    writes("actions done", &[OPEN, ACTION], "actions done ID 'alert on' --evidence 1a2b3c4", ""),
    writes(
        "actions drop",
        &[OPEN, ACTION],
        "actions drop ID 'alert on' --reason 'the very words'",
        "the very words",
    ),
    writes("actions assign", &[OPEN, ACTION], "actions assign ID 'alert on' --to ana", ""),
    writes(
        "actions reschedule",
        &[OPEN, ACTION],
        "actions reschedule ID 'alert on' --to 2026-12-24 --reason 'the very words'",
        "the very words",
    ),
    writes(
        "actions effect",
        &[OPEN, ACTION, "actions done ID 'alert on' --evidence 1a2b3c4"],
        "actions effect ID 'alert on' --result 'the very words'",
        "the very words",
    ),
    writes(
        "import statuspage",
        &[
            OPEN,
            "file ../page.json {\"incidents\":[{\"id\":\"p1\",\"name\":\"the very words\",\
           \"status\":\"resolved\",\"created_at\":\"2026-11-20T03:00:00Z\",\
           \"resolved_at\":\"2026-11-20T04:00:00Z\",\"incident_updates\":[]}]}",
        ],
        "import statuspage ../page.json",
        "",
    ),
    writes(
        "import cstate",
        &[
            OPEN,
            "file ../cstate/issue.md ---\ntitle: the very words\ndate: 2026-11-20 03:00:00\n\
           resolved: true\nresolvedWhen: 2026-11-20 04:00:00\nseverity: down\naffected: [Cards]\n---\ntext\n",
        ],
        "import cstate ../cstate",
        "",
    ),
    writes("trust", &[OPEN], "trust", ""),
    writes("undo", &[OPEN, "note ID 'taken back'"], "undo", ""),
    writes(
        "retry",
        &[OPEN, "note INC-20261121-ZZZZ 'the very words'"],
        "retry ID",
        "the very words",
    ),
    writes("doctor", &[OPEN, "file .gitattributes -"], "doctor --fix --offline", ""),
    writes(
        "init",
        &[OPEN, "init", "file standards/owed.toml -", "file templates/report/weekly.en.md.hbs -"],
        "init --update",
        "",
    ),
];

/// Commands that write no record, each with where its steps are shown, or why nothing can be lost.
const ELSEWHERE: &[(&str, &str)] = &[
    ("sync", "each step fails in store::sync::faults"),
    ("merge-driver", "writes git's own temporary file; where it fails git merges by lines"),
    (
        "dashboard build",
        "writes no record; a folder of its own, each file whole, made anew by the next build",
    ),
    ("demo", "makes a folder that was not there"),
    ("debug generate", "makes a folder that was not there"),
    ("comms send", "killed between sending and recording in tests/cli/sending.rs"),
    ("comms export", "writes files that a person named, and no record"),
    (
        "pir submit",
        "makes objects and moves one branch last, by compare-and-swap; tests/cli/pir.rs",
    ),
    ("impact measure", "changes one record, by the steps of update"),
    ("impact customers", "changes one record, by the steps of update"),
    ("compensate run", "killed in tests/cli/compensation.rs: files of its own, then one record"),
    ("compensate approve", APPENDS),
    ("ledger clawback", "files of its own, then one record, as compensate run"),
    ("ledger close-period", APPENDS),
    ("ledger confirm", APPENDS),
    ("ledger export", APPENDS),
    ("ledger reissue", APPENDS),
    ("ledger reverse", APPENDS),
    ("ledger write-off", APPENDS),
];

/// How an append of the ledger is shown.
const APPENDS: &str = "each step fails in store::shelves; killed in tests/cli/ledger.rs";

/// Commands that only read.
const READS: &[&str] = &[
    "actions history",
    "actions list",
    "actions remind",
    "actions report",
    "show",
    "brief",
    "list",
    "log",
    "audit",
    "severity show",
    "targets",
    "regulatory show",
    "facts list",
    "facts show",
    "check",
    "standards check",
    "standards explain",
    "standards replay",
    "decide",
    "report weekly",
    "report conformance",
    "report sla",
    "report monthly",
    "report quarterly",
    "report executive",
    "report service",
    "report vertical",
    "report client",
    "report trends",
    "problems list",
    "problems show",
    "problems suggest",
    "similar",
    "export",
    "query",
    "comms check",
    "comms coverage",
    "comms holding",
    "comms owed",
    "comms preview",
    "comms show",
    "due",
    "compensate options",
    "compensate replay",
    "compensate show",
    "compensate verify",
    "impact accuracy",
    "impact show",
    "impact verify",
    "ledger balance",
    "ledger doubles",
    "ledger show",
    "ledger verify",
    "pir check",
    "pir publish",
    "pir summary",
    "schema incident",
    "explain",
    "completions",
    "man",
    "help",
];

/// The leaves of the command tree.
fn leaves(command: &clap::Command, path: &str, found: &mut BTreeSet<String>) {
    let mut subs = command.get_subcommands().filter(|c| c.get_name() != "help" || path.is_empty());
    let mut any = false;
    for sub in subs.by_ref() {
        any = true;
        leaves(sub, format!("{path} {}", sub.get_name()).trim(), found);
    }
    if !any {
        found.insert(path.to_owned());
    }
}

#[test]
fn every_command_is_in_one_list() {
    let mut there = BTreeSet::new();
    leaves(&super::command(), "", &mut there);
    let listed: BTreeSet<String> = TABLE
        .iter()
        .map(|c| c.path)
        .chain(ELSEWHERE.iter().map(|(path, _)| *path))
        .chain(READS.iter().copied())
        .map(str::to_owned)
        .collect();
    assert_eq!(
        there, listed,
        "a command that writes belongs into TABLE, one that reads into READS"
    );
}

/// A workspace in which commands are interrupted.
struct Scene {
    dir: tempfile::TempDir,
    id: String,
    other: String,
    message: String,
}

/// What a command came to.
struct Ran {
    exit: Exit,
    said: String,
}

impl Scene {
    fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git").current_dir(self.work()).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A workspace after what a command needs.
    fn given(command: &Writes) -> Scene {
        let dir = tempfile::tempdir().unwrap();
        let mut scene =
            Scene { dir, id: String::new(), other: String::new(), message: String::new() };
        std::fs::create_dir_all(scene.work()).unwrap();
        for args in [
            &["init", "-q", "-b", "main", "--template="][..],
            &["config", "user.name", "Ana Robles"],
            &["config", "user.email", "ana@example.com"],
            &["config", "commit.gpgSign", "false"],
            &["config", "gc.auto", "0"],
            &["config", "maintenance.auto", "false"],
            &["config", "core.editor", "sed -i 's/^title: .*/title: the very words/'"],
        ] {
            scene.git(args);
        }
        let people = "[people.ana]\nname = \"Ana Robles\"\nemail = \"ana@example.com\"\n";
        for (path, text) in [
            ("inc.toml", "company = \"Example Pay\"\nsandbox = true\nlocales = [\"en\"]\n"),
            ("standards/people.toml", people),
            ("standards/communication.toml", include_str!("../../standards/communication.toml")),
            ("standards/owed.toml", include_str!("../../standards/owed.toml")),
            (".gitattributes", "incidents/**/incident.yaml merge=inc\n"),
        ] {
            scene.file(path, text);
        }
        scene.git(&["add", "."]);
        scene.git(&["commit", "-qm", "a workspace"]);
        for (minute, line) in command.given.iter().enumerate() {
            if let Some(rest) = line.strip_prefix("file ") {
                let rest = rest.replace("IN ID", &format!("INC-20261121-{}", scene.id));
                let (path, text) = rest.split_once(' ').unwrap();
                scene.add_to_file(path, text);
                continue;
            }
            let ran = scene.inc(&format!("03:{:02}", 10 + minute), line);
            let kept = ran.said.contains("[kept]");
            assert!(ran.exit == Exit::Done || kept, "given inc {line}\n{}", ran.said);
            scene.learn(&ran.said);
        }
        scene
    }

    /// Remembers the ids that were drawn.
    fn learn(&mut self, said: &str) {
        let after = |start: &str| {
            let at = said.find(start)? + start.len();
            said.get(at..at + 4).map(str::to_owned)
        };
        if let Some(found) = after("INC-20261121-").filter(|_| self.id.is_empty()) {
            self.id = found;
        } else if let Some(found) = after("INC-20261121-").filter(|f| *f != self.id) {
            self.other = found;
        }
        if let Some(found) = after("communications/") {
            self.message = found;
        }
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Adds a line to a file, or takes the file away.
    fn add_to_file(&self, path: &str, text: &str) {
        if text == "-" {
            let _ = std::fs::remove_file(self.work().join(path));
            self.git(&["commit", "-qam", "taken away", "--allow-empty"]);
            return;
        }
        let before = std::fs::read_to_string(self.work().join(path)).unwrap_or_default();
        self.file(path, &format!("{before}{text}\n"));
    }

    /// A copy of its own, where something may go wrong.
    fn copy(&self) -> Scene {
        let dir = tempfile::tempdir().unwrap();
        copy(self.dir.path(), dir.path());
        let (id, other, message) = (self.id.clone(), self.other.clone(), self.message.clone());
        Scene { dir, id, other, message }
    }

    /// Runs a line as if it were typed at a time.
    fn inc(&self, at: &str, line: &str) -> Ran {
        let line = line
            .replace("OTHER", &self.other)
            .replace("MESSAGE", &self.message)
            .replace(" ID", &format!(" {}", self.id))
            .replace("../", &format!("{}/", self.dir.path().display()));
        let now = format!("2026-11-21T{at}:00-06:00");
        let work = self.work().display().to_string();
        let mut args: Vec<String> = ["inc", "--now", &now, "-C", &work].map(Into::into).to_vec();
        args.extend(words(&line));
        heard::listen();
        let exit = super::run(args.into_iter().map(Into::into).collect(), Some(7));
        Ran { exit, said: heard::heard() }
    }

    /// Every file of the workspace, and what git does not see but a command writes; ids of timeline
    /// entries, which are drawn anew at each try, apart.
    fn state(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        files(&self.work(), &mut found);
        found.retain(|path, _| !path.contains("/.git/") || path.ends_with("/.git/inc/trust"));
        found
            .into_iter()
            .map(|(path, text)| {
                let path = path.replace(&self.dir.path().display().to_string(), "");
                let lines = text.lines().map(|line| match line.starts_with("  - id: T") {
                    true => "  - id: T".to_owned(),
                    false => line.replace(&self.dir.path().display().to_string(), ""),
                });
                (path, lines.map(|line| line + "\n").collect())
            })
            .collect()
    }

    /// How many commits have this subject.
    fn commits(&self, subject: &str) -> usize {
        self.git(&["log", "--format=%s"]).lines().filter(|line| *line == subject).count()
    }

    /// Whether the words stand in a file of the workspace, or are kept for the next command.
    fn holds(&self, words: &str) -> bool {
        let mut found = BTreeMap::new();
        files(&self.work(), &mut found);
        found.retain(|path, _| !path.contains("/.git/") || path.contains("/.git/inc/"));
        found.values().any(|text| text.contains(words))
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files(dir: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            found.insert(path.display().to_string(), text);
        }
    }
}

/// Splits a line at spaces, but for what stands in single quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(i, part)| match i % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

const NEXT: &str = "note ID 'and then'";

/// What a command must come to.
struct Expected {
    before: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
    /// The command's commit, if it makes one, and how many of its subject there are before and after.
    subject: Option<(String, usize, usize)>,
}

/// Runs a command undisturbed, and the next one on either state.
fn expected(command: &Writes, given: &Scene) -> Expected {
    let before = given.copy();
    let next = before.inc("04:30", NEXT);
    assert_eq!(next.exit, Exit::Done, "{}: {}", command.path, next.said);
    let after = given.copy();
    let head = after.git(&["rev-parse", "HEAD"]);
    let ran = after.inc("04:00", command.line);
    assert_eq!(ran.exit, Exit::Done, "inc {}\n{}", command.line, ran.said);
    assert!(command.words.is_empty() || after.holds(command.words), "inc {}", command.line);
    let moved = after.git(&["rev-parse", "HEAD"]) != head;
    let subject = moved.then(|| after.git(&["log", "-1", "--format=%s"]).trim().to_owned());
    let next = after.inc("04:30", NEXT);
    assert_eq!(next.exit, Exit::Done, "after inc {}\n{}", command.line, next.said);
    assert_ne!(before.state(), after.state(), "inc {} writes nothing", command.line);
    let counted = |subject: String| {
        let (b, a) = (before.commits(&subject), after.commits(&subject));
        (subject, b, a)
    };
    let subject = subject.map(counted);
    Expected { before: before.state(), after: after.state(), subject }
}

/// Runs a command with a fault at one step; false when it ended before that step.
fn interrupt(
    command: &Writes,
    given: &Scene,
    expected: &Expected,
    fault: Fault,
    at: usize,
) -> bool {
    let what = format!("inc {}, {fault:?} at step {at}", command.line);
    let scene = given.copy();
    let steps = Steps::new(fault, at);
    inject(Some(steps.clone()));
    let ran = scene.inc("04:00", command.line);
    inject(None);
    if !steps.came_there() {
        assert_eq!(ran.exit, Exit::Done, "{what}: {}", ran.said);
        return false;
    }
    // Whoever hears an answer hears their words, or finds them.
    if !fault.kills() && !command.words.is_empty() && ran.exit != Exit::Done {
        let there = scene.holds(command.words) || ran.said.contains(command.words);
        assert!(there, "{what}: words lost\n{}", ran.said);
    }
    let said_kept = ran.said.contains("[kept]");
    let left_over = {
        let state = scene.work().join(".git/inc");
        state.join("journal").exists()
            || std::fs::read_dir(state.join("waiting")).is_ok_and(|d| d.count() > 0)
    };
    // Where the commit stands already only the note of it is left, and nothing to be said.
    let head = |scene: &Scene| scene.git(&["log", "-1", "--format=%H %s"]).trim().to_owned();
    let committed = head(&scene) != head(given)
        && expected.subject.as_ref().is_some_and(|(subject, ..)| head(&scene).ends_with(subject));
    let next = scene.inc("04:30", NEXT);
    assert_eq!(next.exit, Exit::Done, "{what}: the next command: {}", next.said);
    let (now, said) = (scene.state(), &ran.said);
    let (is_before, is_after) = (now == expected.before, now == expected.after);
    if !is_before && !is_after {
        let odd = |other: &BTreeMap<String, String>| -> Vec<String> {
            let all: BTreeSet<&String> = now.keys().chain(other.keys()).collect();
            all.into_iter().filter(|p| now.get(*p) != other.get(*p)).cloned().collect()
        };
        let (one, two) = (odd(&expected.before), odd(&expected.after));
        panic!(
            "{what}: neither before ({one:?}) nor after ({two:?})\n{said}\n{:#?}",
            now.get(&two[0])
        );
    }
    if ran.exit == Exit::Done && !fault.kills() {
        assert!(is_after, "{what}: done, yet gone\n{said}");
    }
    if !fault.kills() && said_kept {
        assert!(is_before, "{what}: written, and kept as well\n{said}");
    }
    if left_over && is_after && !committed {
        let says = ["Completed", "Committed what had waited", "Committed first"];
        assert!(
            says.iter().any(|s| next.said.contains(s)),
            "{what}: nobody says so: {}",
            next.said
        );
    }
    if let Some((subject, before, after)) = &expected.subject {
        let wanted = if is_after { after } else { before };
        assert_eq!(scene.commits(subject), *wanted, "{what}\n{said}");
    }
    assert_eq!(scene.git(&["status", "--porcelain"]), "", "{what}\n{said}\n{}", next.said);
    true
}

/// Steps of every command, each fifth from where its turn is, each in one way; over the steps and the
/// commands all ways have their turn.
fn sampled(of: usize) {
    each(of, |n, at| match (n + at) % 5 {
        0 => vec![Fault::ALL[(n + at / 5) % Fault::ALL.len()]],
        _ => Vec::new(),
    });
}

/// Interrupts every second command where `faults` says so, until it has no more steps; says of all
/// which went wrong.
fn each(of: usize, faults: impl Fn(usize, usize) -> Vec<Fault>) {
    let (mut points, mut wrong) = (0, Vec::new());
    for (n, command) in TABLE.iter().enumerate().filter(|(n, _)| n % 2 == of) {
        let run = || {
            let given = Scene::given(command);
            let expected = expected(command, &given);
            for at in 0..400 {
                let faults = faults(n, at);
                let there = |fault: &Fault| interrupt(command, &given, &expected, *fault, at);
                if !faults.iter().all(there) {
                    return at;
                }
            }
            panic!("inc {} does not end", command.line);
        };
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
            Ok(steps) => points += steps,
            Err(_) => {
                inject(None);
                wrong.push(command.line);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(points > 200, "only {points} steps");
}

#[test]
fn interrupted_here_and_there() {
    sampled(0);
}

#[test]
fn interrupted_there_and_here() {
    sampled(1);
}

#[test]
#[ignore = "minutes, and many on a slow disk; .ci/run runs it"]
fn interrupted_at_every_step_in_every_way() {
    each(0, |_, _| Fault::ALL.to_vec());
}

#[test]
#[ignore = "minutes, and many on a slow disk; .ci/run runs it"]
fn interrupted_at_every_step_in_every_way_too() {
    each(1, |_, _| Fault::ALL.to_vec());
}
