//! Talks to a remote, and makes sense of what comes back.

use std::process::Command;

use super::SystemGit;
use super::run::Answer;
use super::sharing::{Fetched, Pushed, Refusal, Sharing as _, Way};
use crate::store::error::Result;

/// Said when a remote takes long.
const SLOW: &str = "git is still talking to the remote";

impl SystemGit {
    pub(super) fn asked_default_branch(&self, remote: &str, way: &Way) -> Result<Option<String>> {
        let answer = self.talk(&["ls-remote", "--symref", "--", remote, "HEAD"], way)?;
        let said = String::from_utf8_lossy(&answer.stdout);
        let named = said.lines().find_map(|l| l.strip_prefix("ref: refs/heads/"));
        let branch = named.and_then(|l| l.split_whitespace().next()).map(str::to_owned);
        Ok(branch.filter(|_| answer.ok))
    }

    pub(super) fn fetched(&self, remote: &str, branches: &[&str], way: &Way) -> Result<Fetched> {
        let mut args = vec!["fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head"];
        args.extend(["--no-recurse-submodules", "--no-auto-maintenance", "--", remote]);
        let specs: Vec<String> =
            branches.iter().map(|b| format!("+refs/heads/{b}:refs/remotes/{remote}/{b}")).collect();
        args.extend(specs.iter().map(String::as_str));
        let answer = self.talk(&args, way)?;
        if answer.ok {
            return Ok(Fetched::Done);
        }
        let missing = answer.stderr.lines().find_map(|line| {
            line.trim().strip_prefix("fatal: couldn't find remote ref refs/heads/")
        });
        Ok(match missing {
            Some(name) => Fetched::Missing(name.trim().to_owned()),
            None => Fetched::Refused(refusal(&answer)),
        })
    }

    pub(super) fn pushed(
        &self,
        remote: &str,
        commit: &str,
        branch: &str,
        way: &Way,
    ) -> Result<Pushed> {
        let spec = format!("{commit}:refs/heads/{branch}");
        let mut args = vec!["push", "--porcelain", "--no-progress", "--no-follow-tags"];
        args.extend(["--recurse-submodules=no", "--no-force", "--", remote, &spec]);
        let answer = self.talk(&args, way)?;
        if answer.ok {
            return Ok(Pushed::Done);
        }
        let printed = String::from_utf8_lossy(&answer.stdout);
        let Some(line) = printed.lines().find(|line| line.starts_with("!\t")) else {
            return Ok(Pushed::Refused(refusal(&answer)));
        };
        // `[rejected]` is git's own no to a step back; a remote that was moved in the middle says
        // that it could not lock or update.
        let moved = ["failed to update ref", "cannot lock ref", "incorrect old value", "to lock"];
        if line.contains("[rejected]") || moved.iter().any(|words| line.contains(words)) {
            return Ok(Pushed::Behind);
        }
        let reason = line.rsplit('(').next().unwrap_or_default().trim_end_matches(')');
        let said = words(&answer.stderr);
        Ok(Pushed::Declined(if said.is_empty() { reason.to_owned() } else { said }))
    }

    /// Runs a command that talks to a remote, with the user's own set-up.
    fn talk(&self, args: &[&str], way: &Way) -> Result<Answer> {
        let runner = self.runner();
        let quiet = if way.attended { None } else { Some(self.unattended_ssh(way)?) };
        runner.patiently(|| {
            let mut full = Vec::new();
            if quiet.is_some() {
                full.extend(["-c", "core.askPass=", "-c", "credential.interactive=false"]);
                // Nobody is there to end a connection that stands still.
                full.extend(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"]);
            }
            full.extend(args);
            let mut command = runner.writing(&full);
            if let Some(ssh) = &quiet {
                ask_nothing(&mut command, ssh.as_deref());
            }
            runner.run_watched(command, b"", Some(SLOW))
        })
    }

    /// The user's ssh, told to ask nothing; none where it is a program that we know nothing of.
    fn unattended_ssh(&self, way: &Way) -> Result<Option<String>> {
        let own = match &way.ssh_command {
            Some(command) => Some(command.clone()),
            None => self.setting("core.sshCommand")?,
        };
        Ok(quiet_ssh(own, way.ssh_program))
    }
}

/// An ssh command line told to ask nothing; none where it is a program that we know nothing of.
fn quiet_ssh(own: Option<String>, other_program: bool) -> Option<String> {
    let command = match own {
        Some(command) => command,
        None if other_program => return None,
        None => "ssh".to_owned(),
    };
    let program = command.split_whitespace().next().unwrap_or_default().trim_matches('"');
    let is_ssh = program.rsplit('/').next() == Some("ssh");
    // Where the user set one of these, theirs stands first and ssh takes the first.
    let options = "-o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15";
    is_ssh.then(|| format!("{command} {options}"))
}

/// Sees to it that nothing is asked: `ssh` is the user's own ssh command line.
pub(super) fn unattended(command: &mut Command, ssh: Option<String>, other_program: bool) {
    let quiet = quiet_ssh(ssh.clone(), other_program).or(ssh);
    ask_nothing(command, quiet.as_deref());
}

fn ask_nothing(command: &mut Command, ssh: Option<&str>) {
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "");
    command.env("SSH_ASKPASS", "").env("GCM_INTERACTIVE", "never");
    if let Some(ssh) = ssh {
        command.env("GIT_SSH_COMMAND", ssh);
    }
}

/// What git said, without its advice.
fn words(said: &str) -> String {
    let lines = said.lines().map(|line| line.strip_prefix("remote:").unwrap_or(line).trim());
    let advice = ["hint:", "error: failed to push some refs", "Please make sure you have"];
    let kept: Vec<&str> = lines
        .filter(|l| !l.is_empty() && !advice.iter().any(|a| l.starts_with(a)))
        .filter(|l| *l != "and the repository exists.")
        .map(|l| l.strip_prefix("fatal: ").or(l.strip_prefix("error: ")).unwrap_or(l))
        .map(|l| l.trim_end_matches('.'))
        .collect();
    // Git's last word on every failure of ssh; whoever said more said it better.
    let last = "Could not read from remote repository";
    let more = kept.iter().any(|l| *l != last);
    let kept: Vec<&str> = kept.into_iter().filter(|l| !more || *l != last).collect();
    without_secrets(&kept.join("; "))
}

/// Which kind of no this is.
fn refusal(answer: &Answer) -> Refusal {
    let said = words(&answer.stderr);
    told(if said.is_empty() { answer.talk() } else { said })
}

/// As [`refusal`], from standard error alone.
pub(super) fn refusal_of(stderr: &str) -> Refusal {
    told(words(stderr))
}

/// Access comes first: ssh ends every refusal with the words of a lost connection.
fn told(said: String) -> Refusal {
    const ACCESS: [&str; 12] = [
        "authentication failed",
        "permission denied",
        "permission to ",
        "could not read username",
        "could not read password",
        "terminal prompts disabled",
        "access denied",
        "returned error: 401",
        "returned error: 403",
        "host key verification failed",
        "repository not found",
        "invalid credentials",
    ];
    const AWAY: [&str; 15] = [
        "could not resolve",
        "connection refused",
        "connection timed out",
        "connection reset",
        "connection closed",
        "operation timed out",
        "operation too slow",
        "network is unreachable",
        "no route to host",
        "failed to connect",
        "couldn't connect",
        "unable to access",
        "does not appear to be a git repository",
        "could not read from remote repository",
        "the remote end hung up",
    ];
    let low = said.to_lowercase();
    if ACCESS.iter().any(|w| low.contains(w)) {
        Refusal::NoAccess(said)
    } else if AWAY.iter().any(|w| low.contains(w)) {
        Refusal::Unreachable(said)
    } else {
        Refusal::Other(said)
    }
}

/// A text without the user names and passwords that stand in addresses.
pub(super) fn without_secrets(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = after
            .find(|c: char| c == '/' || c == '\'' || c == '"' || c.is_whitespace())
            .unwrap_or(after.len());
        let (host, tail) = after.split_at(end);
        clean.push_str(host.rsplit('@').next().unwrap_or(host));
        rest = tail;
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(stderr: &str) -> Refusal {
        refusal(&Answer {
            ok: false,
            code: Some(128),
            stdout: Vec::new(),
            stderr: stderr.to_owned(),
        })
    }

    #[test]
    fn a_no_is_told_from_a_silence() {
        let ssh = "git@host.example: Permission denied (publickey).\n\
                   fatal: Could not read from remote repository.\n\n\
                   Please make sure you have the correct access rights\nand the repository exists.\n";
        let words = "git@host.example: Permission denied (publickey)";
        assert_eq!(said(ssh), Refusal::NoAccess(words.into()));
        let name = "fatal: unable to access 'https://u:secret@h.example/x/': Could not resolve host: h.example\n";
        let words = "unable to access 'https://h.example/x/': Could not resolve host: h.example";
        assert_eq!(said(name), Refusal::Unreachable(words.into()));
        let prompt =
            "fatal: could not read Username for 'https://h.example': terminal prompts disabled\n";
        assert!(matches!(said(prompt), Refusal::NoAccess(_)));
        assert!(matches!(said("fatal: bad object\n"), Refusal::Other(_)));
        assert!(matches!(said(""), Refusal::Other(_)));
    }

    #[test]
    fn addresses_keep_their_host_alone() {
        let clean = |text| without_secrets(text);
        assert_eq!(clean("https://token@h.example/a@b"), "https://h.example/a@b");
        assert_eq!(clean("x ssh://git@h:22/y https://a:b@c"), "x ssh://h:22/y https://c");
        assert_eq!(clean("git@h.example:x.git"), "git@h.example:x.git");
    }
}
