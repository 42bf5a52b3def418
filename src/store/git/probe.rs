//! Questions about git itself and its settings, also where there is no repository.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::remote::{refusal_of, unattended};
use super::run::{Environment, Runner};
use super::{Person, Refusal, Way};
use crate::store::error::{Result, StoreError};

/// How often a running git is looked after.
const TICK: Duration = Duration::from_millis(50);

/// What a remote says in a moment that it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// It answers.
    Yes,
    /// It answers no, or not at all; git's words.
    No(Refusal),
    /// It did not answer in time.
    Slow,
}

/// Git in a folder, whether or not a repository holds it.
#[derive(Debug)]
pub struct Probe {
    runner: Runner,
}

impl Probe {
    /// Asks git in a folder that must exist.
    pub fn new(folder: &Path, environment: &Environment) -> Probe {
        Probe { runner: Runner { folder: folder.to_owned(), environment: environment.clone() } }
    }

    /// Git's version as it says it: `2.47.1`.
    ///
    /// # Errors
    /// When there is no git.
    pub fn version(&self) -> Result<String> {
        let answer = self.runner.ask(&["--version"])?;
        let line = answer.line();
        Ok(line.strip_prefix("git version ").unwrap_or(&line).to_owned())
    }

    /// Who commits, as far as somebody said it and git does not guess.
    ///
    /// # Errors
    /// When nobody said it, or there is no git.
    pub fn committer(&self) -> Result<Person> {
        let args = ["-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"];
        let answer = self.runner.ask(&args)?;
        if !answer.ok {
            return Err(StoreError::Identity);
        }
        let line = answer.line();
        let (name, rest) = line.split_once(" <").unwrap_or((line.as_str(), ""));
        let email = rest.split_once('>').map_or(rest, |(email, _)| email);
        Ok(Person { name: name.to_owned(), email: email.to_owned() })
    }

    /// The command line of the person's editor.
    ///
    /// # Errors
    /// When git knows none, or there is no git.
    pub fn editor(&self) -> Result<String> {
        let editor = self.runner.read(&["var", "GIT_EDITOR"])?;
        Ok(String::from_utf8_lossy(&editor).trim().to_owned())
    }

    /// The value of an attribute in force for a path from the top of the work tree.
    ///
    /// # Errors
    /// When git fails.
    pub fn attribute(&self, name: &str, path: &Path) -> Result<Option<String>> {
        let path = path.to_string_lossy();
        let answer = self.runner.read(&["check-attr", "-z", name, "--", path.as_ref()])?;
        let value = String::from_utf8_lossy(&answer).split('\0').nth(2).map(str::to_owned);
        Ok(value.filter(|v| !matches!(v.as_str(), "unspecified" | "unset" | "")))
    }

    /// Settings of the repository's own by which talking to a remote runs a program.
    ///
    /// # Errors
    /// When git fails.
    pub fn own_programs(&self) -> Result<Vec<String>> {
        let args = ["config", "--local", "--includes", "--name-only", "--list"];
        let listed = self.runner.read(&args)?;
        let listed = String::from_utf8_lossy(&listed);
        let mut found: Vec<String> =
            listed.lines().filter(|name| runs_a_program(name)).map(str::to_owned).collect();
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Asks a remote for its `HEAD`, without questions and no longer than `limit`.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn reach(&self, remote: &str, way: &Way, limit: Duration) -> Result<Reached> {
        let own = match &way.ssh_command {
            Some(command) => Some(command.clone()),
            None => {
                let answer = self.runner.ask(&["config", "--get", "core.sshCommand"])?;
                answer.ok.then(|| answer.line())
            }
        };
        let full = [
            "-c",
            "core.askPass=",
            "-c",
            "credential.interactive=false",
            "-c",
            "protocol.ext.allow=never",
            "ls-remote",
            "--quiet",
            "--",
            remote,
            "HEAD",
        ];
        let mut command = self.runner.writing(&full);
        unattended(&mut command, own, way.ssh_program);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        // A group of its own, so that what git starts ends with it.
        command.process_group(0);
        let mut child = self.runner.start(command)?;
        let (send, said) = mpsc::channel();
        if let Some(pipe) = child.stderr.take() {
            // Not joined: a helper that outlives git may keep the pipe open.
            thread::spawn(move || {
                let mut words = Vec::new();
                // What cannot be read is not said.
                let _ = pipe.take(64 * 1024).read_to_end(&mut words);
                let _ = send.send(words);
            });
        }
        let broken = |e| StoreError::io("run git in", &self.runner.folder, e);
        let mut waited = Duration::ZERO;
        let status = loop {
            if let Some(status) = child.try_wait().map_err(broken)? {
                break status;
            }
            if waited >= limit {
                let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
                if let Some(group) = group {
                    // Refused where all of it has just ended.
                    let _ =
                        rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
                }
                child.wait().map_err(broken)?;
                return Ok(Reached::Slow);
            }
            thread::sleep(TICK);
            waited += TICK;
        };
        if status.success() {
            return Ok(Reached::Yes);
        }
        let words = said.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        Ok(Reached::No(refusal_of(&String::from_utf8_lossy(&words))))
    }
}

/// Whether a setting, by its name as git lists it, names a program that a talk to a remote runs.
fn runs_a_program(name: &str) -> bool {
    let name = name.to_lowercase();
    let ends = [".uploadpack", ".vcs", ".helper"];
    matches!(name.as_str(), "core.sshcommand" | "core.gitproxy" | "core.askpass" | "ssh.variant")
        || name.starts_with("protocol.")
        || (ends.iter().any(|end| name.ends_with(end))
            && (name.starts_with("remote.") || name.starts_with("credential.")))
}

#[cfg(test)]
mod tests {
    use super::super::SystemGit;
    use super::*;

    #[test]
    fn settings_that_run_something_are_known() {
        for name in ["core.sshCommand", "remote.origin.uploadpack", "credential.helper"] {
            assert!(runs_a_program(name), "{name}");
        }
        for name in ["remote.origin.url", "user.email", "merge.inc.driver"] {
            assert!(!runs_a_program(name), "{name}");
        }
    }

    #[test]
    fn a_remote_that_is_silent_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let probe = Probe::new(dir.path(), &Environment::default());
        let limit = Duration::from_millis(300);
        let slow = Way { ssh_command: Some("sleep 60;".into()), ..Way::default() };
        assert_eq!(probe.reach("ssh://h.example/x", &slow, limit).unwrap(), Reached::Slow);
        let missing = dir.path().join("none").display().to_string();
        let long = Duration::from_secs(20);
        let answer = probe.reach(&missing, &Way::default(), long).unwrap();
        assert!(matches!(answer, Reached::No(Refusal::Unreachable(_))), "{answer:?}");
        SystemGit::create(dir.path(), &Environment::default()).unwrap();
        assert_eq!(probe.reach(".", &Way::default(), long).unwrap(), Reached::Yes);
    }
}
