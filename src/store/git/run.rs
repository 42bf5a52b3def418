//! Runs the user's `git`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the store is the room that starts git"
)]

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use super::Person;
use crate::store::error::{Result, StoreError};
use crate::units::Instant;

/// What is said while something takes long.
pub type Notice = Arc<dyn Fn(&str) + Send + Sync>;

/// How the `git` program is started.
#[derive(Clone, Default)]
pub struct Environment {
    /// Variables set for git beside the user's own.
    pub variables: Vec<(OsString, OsString)>,
    /// Variables that git must not see.
    pub without: Vec<OsString>,
    /// Another program than `git`.
    pub program: Option<OsString>,
    /// Reads by plumbing alone, never by libgit2.
    pub plumbing: bool,
    /// Told when a commit takes long.
    pub notice: Option<Notice>,
    /// After how long a commit takes long; five seconds if not given.
    pub patience: Option<Duration>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values of variables may be secrets.
        let names: Vec<_> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("Environment")
            .field("variables", &names)
            .field("without", &self.without)
            .field("program", &self.program)
            .field("plumbing", &self.plumbing)
            .finish_non_exhaustive()
    }
}

/// Variables by which a surrounding git (a hook, `rebase --exec`) points its children to its own
/// repository and index. The workspace is named by its folder alone.
const POINTERS: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_LITERAL_PATHSPECS",
];

/// Settings by which a repository that came from elsewhere could make reading run a program or
/// reach for the network.
const QUIET: [&str; 16] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
    "-c",
    "protocol.allow=never",
    "-c",
    "submodule.recurse=false",
    "-c",
    "core.pager=cat",
    "-c",
    "core.quotePath=false",
    "-c",
    "log.follow=false",
];

/// Git says this much at most; the rest is read and thrown away.
const MOST_TALK: u64 = 256 * 1024;

/// What git answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) ok: bool,
    pub(super) code: Option<i32>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl Answer {
    pub(super) fn line(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim_end_matches('\n').to_owned()
    }

    /// Everything said, trimmed, for people.
    pub(super) fn talk(&self) -> String {
        let stdout = String::from_utf8_lossy(&self.stdout);
        let parts = [self.stderr.trim(), stdout.trim()];
        let said: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        match (said.is_empty(), self.code) {
            (false, _) => said.join("\n"),
            (true, Some(code)) => format!("it said nothing and ended with status {code}"),
            (true, None) => "it was killed".to_owned(),
        }
    }
}

/// The user's `git` in one folder.
#[derive(Debug, Clone)]
pub(super) struct Runner {
    pub(super) folder: PathBuf,
    pub(super) environment: Environment,
}

impl Runner {
    fn command(&self) -> Command {
        let program = self.environment.program.as_deref().unwrap_or(OsStr::new("git"));
        let mut command = Command::new(program);
        command.current_dir(&self.folder).stdin(Stdio::null());
        for name in POINTERS {
            command.env_remove(name);
        }
        for name in &self.environment.without {
            command.env_remove(name);
        }
        command.envs(self.environment.variables.iter().map(|(k, v)| (k, v)));
        // Messages are recognised by their English words.
        command.env("LC_ALL", "C");
        command
    }

    /// A command that only reads; nothing that the repository names is run.
    pub(super) fn reading<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = self.command();
        command
            .args(["--no-pager", "--literal-pathspecs", "--no-replace-objects"])
            .args(QUIET)
            .args(args)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1");
        command
    }

    /// A command that writes, with the user's hooks, filters and keys.
    pub(super) fn writing<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = self.command();
        command
            .args(["--no-pager", "--literal-pathspecs"])
            .args(["-c", "core.fsync=committed,loose-object"])
            // Texts are UTF-8; a repository with another encoding would label them wrongly.
            .args(["-c", "i18n.commitEncoding=UTF-8"])
            .args(args);
        command
    }

    /// Reads, and fails if git fails.
    pub(super) fn read<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<u8>> {
        let answer = self.run(self.reading(args), b"")?;
        self.expect(args, answer).map(|answer| answer.stdout)
    }

    /// Reads, and leaves it to the caller what a failure means.
    pub(super) fn ask<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Answer> {
        self.run(self.reading(args), b"")
    }

    /// Writes, waiting for another git's lock a little, and fails if git fails.
    pub(super) fn write<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<u8>> {
        let answer = self.patiently(|| self.run(self.writing(args), b""))?;
        self.expect(args, answer).map(|answer| answer.stdout)
    }

    pub(super) fn expect<S: AsRef<OsStr>>(&self, args: &[S], answer: Answer) -> Result<Answer> {
        if answer.ok {
            return Ok(answer);
        }
        let command = args
            .iter()
            .map(|a| a.as_ref().to_string_lossy())
            .find(|a| !a.starts_with('-') && !a.contains('='));
        Err(self.failure(command.as_deref().unwrap_or_default(), &answer))
    }

    /// The error behind what git said.
    pub(super) fn failure(&self, command: &str, answer: &Answer) -> StoreError {
        let said = &answer.stderr;
        if said.contains("dubious ownership") {
            return StoreError::Unsafe { root: self.folder.clone() };
        }
        if is_identity(said) {
            return StoreError::Identity;
        }
        StoreError::Git { command: command.to_owned(), output: answer.talk() }
    }

    /// Tries again while another git holds the index or a reference: 50 ms, then twice as long,
    /// five times in all.
    pub(super) fn patiently(&self, mut attempt: impl FnMut() -> Result<Answer>) -> Result<Answer> {
        let mut wait = Duration::from_millis(50);
        loop {
            let answer = attempt()?;
            if answer.ok || !is_lock(&answer.stderr) || wait > Duration::from_millis(800) {
                return Ok(answer);
            }
            thread::sleep(wait);
            wait *= 2;
        }
    }

    pub(super) fn run(&self, command: Command, input: &[u8]) -> Result<Answer> {
        self.run_watched(command, input, None)
    }

    /// Runs to the end; after the patience is over, `watch` is said once.
    pub(super) fn run_watched(
        &self,
        mut command: Command,
        input: &[u8],
        watch: Option<&str>,
    ) -> Result<Answer> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        let mut child = self.start(command)?;
        let broken = |e| StoreError::io("run git in", &self.folder, e);
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let done = mpsc::channel::<()>();
        let watcher = watch.zip(self.environment.notice.clone()).map(|(words, notice)| {
            let (words, ended) = (words.to_owned(), done.1);
            let patience = self.environment.patience.unwrap_or(Duration::from_secs(5));
            // Not joined: it ends when the sender is dropped, which is before this returns.
            thread::spawn(move || {
                if ended.recv_timeout(patience) == Err(mpsc::RecvTimeoutError::Timeout) {
                    notice(&words);
                }
            })
        });
        let (stdout, stderr) = thread::scope(|scope| {
            // All three pipes at once: a hook that talks much must not wait for us for ever.
            let talk = scope.spawn(move || {
                let mut said = Vec::new();
                stderr.map_or(Ok(said.clone()), |mut pipe| {
                    pipe.by_ref().take(MOST_TALK).read_to_end(&mut said)?;
                    io::copy(&mut pipe, &mut io::sink())?;
                    Ok(said)
                })
            });
            if let Some(mut pipe) = stdin {
                scope.spawn(move || {
                    // Git may end before it has read all, and then says why by itself.
                    let _ = pipe.write_all(input);
                });
            }
            let mut answer = Vec::new();
            let read = stdout.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut answer));
            let talk: io::Result<Vec<u8>> =
                talk.join().unwrap_or_else(|_| Err(io::Error::other("reading stopped")));
            (read.map(|_| answer), talk)
        });
        let status = child.wait().map_err(broken)?;
        drop(done.0);
        drop(watcher);
        Ok(Answer {
            ok: status.success(),
            code: status.code(),
            stdout: stdout.map_err(broken)?,
            stderr: String::from_utf8_lossy(&stderr.map_err(broken)?).into_owned(),
        })
    }

    /// Starts git; the caller reads.
    pub(super) fn start(&self, mut command: Command) -> Result<Child> {
        command.spawn().map_err(|e| match e.kind() {
            // A missing folder gives the same error as a missing program.
            io::ErrorKind::NotFound if self.folder.is_dir() => StoreError::NoGit,
            _ => StoreError::io("run git in", &self.folder, e),
        })
    }

    pub(super) fn in_folder(&self, folder: &Path) -> Runner {
        Runner { folder: folder.to_owned(), environment: self.environment.clone() }
    }
}

/// Names another author and another date than the user and now.
pub(super) fn dress(command: &mut Command, author: Option<&Person>, date: Option<Instant>) {
    if let Some(Person { name, email }) = author {
        command.env("GIT_AUTHOR_NAME", name).env("GIT_AUTHOR_EMAIL", email);
        command.env("GIT_COMMITTER_NAME", name).env("GIT_COMMITTER_EMAIL", email);
    }
    if let Some(at) = date {
        let date = super::parse::date(at);
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
    }
}

fn is_lock(said: &str) -> bool {
    said.contains("index.lock") || said.contains("cannot lock ref") || said.contains("HEAD.lock")
}

pub(super) fn is_identity(said: &str) -> bool {
    ["Please tell me who you are", "empty ident name", "unable to auto-detect email"]
        .iter()
        .any(|words| said.contains(words))
}
