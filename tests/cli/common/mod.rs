//! A computer of its own for each test: nothing of the person who runs the tests reaches `inc` or
//! git, the clock steps one minute a command, and ids are drawn from a seed.

mod golden;
mod scene;
pub(crate) mod servers;

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use chrono::{DateTime, FixedOffset, TimeDelta};

pub(crate) use golden::{golden, named_in_sources, same};
pub(crate) use scene::Scene;

/// When the clock of each test starts: 03:10 on a Saturday in Mexico City.
const START: &str = "2026-11-21T03:10:00-06:00";

/// What a command answered.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Ran {
    /// The same, where another exit code would make the rest of the test meaningless.
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked at"), "{}", self.stderr);
        self
    }

    /// The same, with these words on stderr.
    pub(crate) fn says(self, words: &str) -> Ran {
        assert!(self.stderr.contains(words), "no `{words}` in stderr:\n{}", self.stderr);
        self
    }

    /// The same, with these words on stdout.
    pub(crate) fn prints(self, words: &str) -> Ran {
        assert!(self.stdout.contains(words), "no `{words}` in stdout:\n{}", self.stdout);
        self
    }

    /// The answer as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("{e}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }
}

/// One computer: a home, a folder to work in, a clock.
pub(crate) struct Computer {
    dir: tempfile::TempDir,
    /// Where commands run.
    pub(crate) here: PathBuf,
    now: Cell<DateTime<FixedOffset>>,
    variables: RefCell<Vec<(OsString, OsString)>>,
}

impl Computer {
    /// With an empty folder `work`, no repository.
    pub(crate) fn empty() -> Computer {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(base.join("home")).unwrap();
        std::fs::create_dir_all(base.join("tmp")).unwrap();
        let here = base.join("work");
        std::fs::create_dir_all(&here).unwrap();
        let now = Cell::new(DateTime::parse_from_rfc3339(START).unwrap());
        Computer { dir, here, now, variables: RefCell::default() }
    }

    /// With a fresh repository, no commit.
    pub(crate) fn repository() -> Computer {
        let computer = Computer::empty();
        computer.git("init -q -b main");
        computer
    }

    /// With a workspace in `work`, as `inc init` makes it.
    pub(crate) fn workspace() -> Computer {
        static MADE: OnceLock<Vec<(PathBuf, Vec<u8>)>> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let computer = Computer::repository();
            computer.inc("init").exits(0);
            // Commands of these tests are told who types and when; only a sandbox takes that for
            // approvals and overrides.
            let toml =
                computer.read("inc.toml").replacen("\n[git]", "\nsandbox = true\n\n[git]", 1);
            computer.write("inc.toml", &toml);
            computer.git("commit -qa --amend --no-edit");
            let mut files = Vec::new();
            walk(&computer.here, &mut files);
            let mut read = Vec::new();
            for path in files {
                let name = path.strip_prefix(&computer.here).unwrap().to_owned();
                // Sample hooks would be most of the copying, and are never run.
                if path.extension().is_none_or(|e| e != "sample") {
                    read.push((name, std::fs::read(&path).unwrap()));
                }
            }
            read
        });
        let computer = Computer::empty();
        for (name, bytes) in made {
            computer.write(name, bytes);
        }
        std::fs::create_dir_all(computer.here.join(".git/refs/tags")).unwrap();
        // The copied files have other inodes and times than the index remembers.
        computer.git("update-index -q --refresh");
        computer
    }

    /// The folder above `work` and `home`.
    pub(crate) fn base(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// Sets a variable for `inc` and git.
    pub(crate) fn set(&self, name: &str, value: impl Into<OsString>) {
        let mut variables = self.variables.borrow_mut();
        variables.retain(|(n, _)| n != name);
        variables.push((name.into(), value.into()));
    }

    /// Takes a variable away from `inc` and git.
    pub(crate) fn unset(&self, name: &str) {
        let mut variables = self.variables.borrow_mut();
        variables.retain(|(n, _)| n != name);
        variables.push((name.into(), OsString::new()));
    }

    /// Sets the clock: `04:05` today, or a whole time.
    pub(crate) fn clock(&self, at: &str) {
        let text = if at.contains('T') {
            at.to_owned()
        } else {
            self.now.get().format(&format!("%Y-%m-%dT{at}:00%:z")).to_string()
        };
        self.now.set(DateTime::parse_from_rfc3339(&text).unwrap());
    }

    /// Moves the clock.
    pub(crate) fn later(&self, minutes: i64) {
        self.now.set(self.now.get() + TimeDelta::minutes(minutes));
    }

    /// A command in the cleared environment.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>, in_dir: &Path) -> Command {
        let home = self.base().join("home");
        let mut command = Command::new(program);
        command
            .current_dir(in_dir)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("TMPDIR", self.base().join("tmp"))
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_NAME", "Ana Robles")
            .env("GIT_AUTHOR_EMAIL", "ana@example.com")
            .env("GIT_COMMITTER_NAME", "Ana Robles")
            .env("GIT_COMMITTER_EMAIL", "ana@example.com")
            .env("GIT_AUTHOR_DATE", self.now.get().to_rfc3339())
            .env("GIT_COMMITTER_DATE", self.now.get().to_rfc3339())
            .env("INC_SEED", "7")
            .env("INC_NOW", self.now.get().to_rfc3339())
            .env("INC_AUTHOR", "Ana Robles <ana@example.com>");
        for (name, value) in self.variables.borrow().iter() {
            if value.is_empty() {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
        }
        command
    }

    /// Runs `inc` with a line as it is typed; the clock steps a minute.
    pub(crate) fn inc(&self, line: &str) -> Ran {
        self.inc_with(&split(line), b"")
    }

    /// As [`Computer::inc`] in another folder.
    pub(crate) fn inc_in(&self, dir: &Path, line: &str) -> Ran {
        self.start(dir, &split(line), b"")
    }

    /// Runs `inc` with arguments as they are, and with bytes to read.
    pub(crate) fn inc_with(&self, args: &[String], stdin: &[u8]) -> Ran {
        self.start(&self.here, args, stdin)
    }

    fn start(&self, dir: &Path, args: &[String], stdin: &[u8]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_inc"), dir);
        command.args(args);
        let ran = self.finish(command, stdin);
        self.later(1);
        assert!(!ran.stderr.contains("panicked at"), "inc {args:?}\n{}", ran.stderr);
        ran
    }

    /// Runs a prepared command to its end.
    pub(crate) fn finish(&self, mut command: Command, stdin: &[u8]) -> Ran {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        // A command that reads nothing closes its end; that is its right.
        let _ = pipe.write_all(stdin);
        drop(pipe);
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        Ran {
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
            code: status.code().unwrap_or(-1),
        }
    }

    /// Runs git in the working folder; it must succeed.
    pub(crate) fn git(&self, line: &str) -> String {
        self.git_in(&self.here, line)
    }

    /// Runs git in a folder; it must succeed.
    pub(crate) fn git_in(&self, dir: &Path, line: &str) -> String {
        let mut command = self.command("git", dir);
        command.args(split(line));
        let ran = self.finish(command, b"");
        assert_eq!(ran.code, 0, "git {line}\n{}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// A file's text.
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.here.join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// Writes a file, with its folders.
    pub(crate) fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.here.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }

    /// Writes a program that the shell can run; gives its path.
    pub(crate) fn program(&self, path: impl AsRef<Path>, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.here.join(path);
        self.write(&path, format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Opens an incident and gives the ending of its id.
    pub(crate) fn open(&self, rest: &str) -> String {
        let ran = self.inc(&format!("open --quiet {rest}")).exits(0);
        ran.stdout.trim().rsplit('-').next().unwrap().to_owned()
    }

    /// The path of the record whose id ends so.
    pub(crate) fn record_path(&self, ending: &str) -> PathBuf {
        let mut found = Vec::new();
        walk(&self.here.join("incidents"), &mut found);
        found
            .into_iter()
            .find(|p| {
                p.ends_with("incident.yaml")
                    && p.parent().unwrap().to_string_lossy().ends_with(ending)
            })
            .unwrap_or_else(|| panic!("no record ends with {ending}"))
    }

    /// The ending of the only incident's id.
    pub(crate) fn only(&self) -> String {
        let ids = self.inc("list --format ids --exercises").exits(0).stdout;
        assert_eq!(ids.lines().count(), 1, "{ids}");
        ids.trim().rsplit('-').next().unwrap().to_owned()
    }

    /// The text of the record whose id ends so.
    pub(crate) fn record(&self, ending: &str) -> String {
        self.read(self.record_path(ending))
    }

    /// How many commits there are.
    pub(crate) fn commits(&self) -> usize {
        self.git("rev-list --count HEAD").trim().parse().unwrap()
    }

    /// Nothing waits for a commit.
    pub(crate) fn is_clean(&self) {
        assert_eq!(self.git("status --short"), "");
    }

    /// Files that were kept because they could not be written.
    pub(crate) fn kept(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.here.join(".git/inc/kept"), &mut found);
        found.sort();
        found
    }

    /// Text without what differs from machine to machine: paths and git's hashes.
    pub(crate) fn neutral(&self, text: &str) -> String {
        static HASH: OnceLock<regex::Regex> = OnceLock::new();
        let hash = HASH.get_or_init(|| regex::Regex::new(r"\b[0-9a-f]{7,40}\b").unwrap());
        let text = text.replace(&self.here.display().to_string(), "[WORKSPACE]");
        let text = text.replace(&self.base().display().to_string(), "[BASE]");
        // At the start of a line of `inc log`, and where history was rewritten, it is one, whatever
        // its digits.
        static MOVED: OnceLock<regex::Regex> = OnceLock::new();
        let moved = MOVED
            .get_or_init(|| regex::Regex::new(r"(rewritten: |it is at )[0-9]{7,40}\b").unwrap());
        let text = moved.replace_all(&text, "$1[HASH]").into_owned();
        static LOGGED: OnceLock<regex::Regex> = OnceLock::new();
        let logged = LOGGED.get_or_init(|| {
            regex::Regex::new(r"(?m)^[0-9a-f]{7,40}(  [0-9]{4}-[0-9]{2}-[0-9]{2} )").unwrap()
        });
        let text = logged.replace_all(&text, "[HASH]$1").into_owned();
        // A number of only digits is a figure, not a hash.
        hash.replace_all(&text, |found: &regex::Captures<'_>| {
            let digits = found[0].bytes().all(|b| b.is_ascii_digit());
            if digits { found[0].to_owned() } else { "[HASH]".into() }
        })
        .into_owned()
    }
}

/// Every file below a folder; a folder that is not there has none.
pub(crate) fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Splits a line as a shell does, as far as these tests type: spaces, double and single quotes.
pub(crate) fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c == ' ' => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
