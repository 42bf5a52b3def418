//! Sharing as the command line sees it: after a command, in `inc` alone, and how the last one went.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};

use super::config::{CommitMode, PushMode};
use super::ctx::from_store;
use super::error::{Failure, Result};
use super::{Ctx, driver, environment, files};
use crate::diag::Source;
use crate::incident::{parse, parse_problem};
use crate::merge;
use crate::store::{Proposed, Store, StoreError, Synced, Way, Wish};
use crate::units::Instant;

/// How the last sync went, in `.git/inc/`.
const LAST: &str = "sync.json";

/// What background syncs say, in `.git/inc/`.
const LOG: &str = "sync.log";

/// The log begins anew past this many bytes.
const LOG_LIMIT: u64 = 256 * 1024;

/// How the last sync went.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Last {
    /// When.
    at: String,
    /// Since when none has worked; none if the last one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// The code of what stood in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Shares in the background what a command wrote. It never delays the command and never fails it:
/// what goes wrong is shown by the next `inc`.
pub(crate) fn after(ctx: &Ctx) {
    if !ctx.committed.load(Ordering::Relaxed) || !pushes(ctx) || !ctx.is_trusted() {
        return;
    }
    // What cannot be started now is started by the next command.
    let _ = start(ctx);
}

fn pushes(ctx: &Ctx) -> bool {
    ctx.config.git.push == PushMode::Each
        && ctx.config.git.commit == CommitMode::Each
        && ctx.store.has_remote()
}

fn start(ctx: &Ctx) -> std::io::Result<()> {
    #[allow(clippy::disallowed_methods, reason = "sharing goes on in this very program")]
    let program = std::env::current_exe()?;
    let log = files::append(&ctx.store.own_path(LOG), LOG_LIMIT)?;
    let root = std::path::absolute(ctx.root())?;
    let child = Command::new(program)
        .arg("-C")
        .arg(&root)
        .args(["sync", "--background"])
        .current_dir(&root)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?;
    // Not waited for: it goes on when this command is over.
    drop(child);
    Ok(())
}

/// Leaves the terminal's session: closing the terminal, or Ctrl-C in it, is not meant for a
/// background sync, and nothing that it starts can ask there.
pub(crate) fn leave_session() {
    // Refused only to the leader of a group, which has left already.
    let _ = rustix::process::setsid();
}

/// How git may talk to a remote, as the environment says.
pub(crate) fn way(attended: bool) -> Way {
    Way {
        attended,
        ssh_command: environment("GIT_SSH_COMMAND"),
        ssh_program: environment("GIT_SSH").is_some(),
    }
}

impl Ctx {
    /// Syncs, and notes how it went.
    pub(crate) fn sync(&mut self, attended: bool, rewritten: bool) -> Result<Synced> {
        let way = way(attended);
        let driver = driver::own();
        let author = environment("INC_AUTHOR").and_then(|_| self.author());
        let told = self.pretence();
        let wish = Wish {
            way: &way,
            driver: driver.as_ref(),
            accepts: &is_record,
            parts: &part_messages,
            rewritten,
            author: author.as_ref(),
            date: self.clock.fixed.then_some(self.clock.now),
            told: &told,
        };
        let done = self.store.sync(&wish);
        let trouble = match &done {
            Ok(synced) => synced.waiting.clone().map(StoreError::Sync),
            Err(_) => None,
        };
        self.note_last(done.as_ref().err().or(trouble.as_ref()));
        done.map_err(from_store)
    }

    /// Puts files on a branch for a pull request; the checkout stays as it is.
    pub(crate) fn propose(
        &mut self,
        branch: &str,
        files: &[(&str, &[u8])],
        message: &str,
    ) -> Result<Proposed> {
        self.wishing(|store, wish| store.propose(branch, files, message, wish))
    }

    /// Takes a branch for a pull request along to where others have it.
    pub(crate) fn follow_proposal(&mut self, branch: &str) -> Result<()> {
        self.wishing(|store, wish| store.follow_proposal(branch, wish))
    }

    /// The branch that pull requests are merged into.
    pub(crate) fn proposals_go_to(&mut self) -> Result<String> {
        self.wishing(|store, wish| store.proposals_go_to(wish))
    }

    /// Pushes the branch that is checked out, for a pull request.
    pub(crate) fn push_own(&mut self, branch: &str, into: &str) -> Result<Proposed> {
        self.wishing(|store, wish| store.push_own(branch, into, wish))
    }

    fn wishing<T>(
        &mut self,
        ask: impl FnOnce(&mut Store, &Wish<'_>) -> std::result::Result<T, StoreError>,
    ) -> Result<T> {
        let way = way(true);
        let driver = driver::own();
        let author = environment("INC_AUTHOR").and_then(|_| self.author());
        let told = self.pretence();
        let wish = Wish {
            way: &way,
            driver: driver.as_ref(),
            accepts: &is_record,
            parts: &part_messages,
            rewritten: false,
            author: author.as_ref(),
            date: self.clock.fixed.then_some(self.clock.now),
            told: &told,
        };
        ask(&mut self.store, &wish).map_err(from_store)
    }

    fn note_last(&self, trouble: Option<&StoreError>) {
        let at = self.clock.now.to_string();
        let before = self.last_sync().and_then(|last| last.since);
        let since = trouble.map(|_| before.unwrap_or_else(|| at.clone()));
        let code = trouble.map(|e| e.code().to_owned());
        let message = trouble.map(ToString::to_string);
        let last = Last { at, since, code, message };
        if let Ok(text) = serde_json::to_vec(&last) {
            // A note about the past; a disk that refuses it shows itself elsewhere.
            let _ = self.store.put_own_file(LAST, Some(&text));
        }
    }

    /// How the last sync went; none before the first one.
    fn last_sync(&self) -> Option<Last> {
        let bytes = self.store.own_file(LAST).ok()??;
        serde_json::from_slice(&bytes).ok()
    }

    /// For `inc` alone: what nobody else has yet, and why.
    pub(crate) fn sharing_lines(&self) -> Vec<String> {
        let Ok(Some(unshared)) = self.store.unshared() else { return Vec::new() };
        let last = self.last_sync();
        let failing = last.as_ref().and_then(|last| {
            let since: Instant = last.since.as_ref()?.parse().ok()?;
            Some((since, last))
        });
        let n = unshared.commits;
        let commits = if n == 1 { "1 commit".to_owned() } else { format!("{n} commits") };
        let mut lines = Vec::new();
        if n > 0 {
            let why = match &failing {
                Some((since, last)) if last.code.as_deref() == Some("off-line") => {
                    format!("off-line since {}", since.get().format("%Y-%m-%d %H:%M"))
                }
                Some((since, _)) => {
                    format!("failing since {}", since.get().format("%Y-%m-%d %H:%M"))
                }
                None if self.config.git.push == PushMode::Never => {
                    "git.push is never; inc sync shares them".to_owned()
                }
                None if !self.is_trusted() => {
                    "inc sync shares them; after inc trust, every command does".to_owned()
                }
                None => "under way".to_owned(),
            };
            lines.push(format!("not yet shared with {}: {commits} ({why})", unshared.label));
        }
        let off_line = |last: &Last| last.code.as_deref() == Some("off-line");
        match failing {
            Some((since, last)) if off_line(last) && n == 0 => lines.push(format!(
                "off-line since {}: what others wrote since then is not here",
                since.get().format("%Y-%m-%d %H:%M")
            )),
            Some((_, last)) if !off_line(last) => {
                let message = last.message.as_deref().unwrap_or("it did not work");
                let message = crate::render::terminal_safe(message);
                lines.push(format!("the last sync failed: {message}"));
            }
            _ => {}
        }
        lines
    }
}

/// Whether bytes are a record or a problem that can be read: such a one may be committed with a
/// conflict in it.
fn is_record(path: &Path, bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let name = path.to_string_lossy().replace('\\', "/");
    let source = Source::new(&name, text);
    if path.file_name().is_some_and(|name| name == "incident.yaml") {
        return path.starts_with("incidents") && parse(source).is_ok();
    }
    path.starts_with("problems") && parse_problem(source).is_ok()
}

/// Two messages that drew one id on two laptops, and so were written under one name.
fn part_messages(
    path: &Path,
    sides: [&[u8]; 2],
    merged: &dyn Fn(&Path) -> Option<Vec<u8>>,
) -> Option<Vec<(PathBuf, Vec<u8>)>> {
    let folder = path.ancestors().nth(2).filter(|folder| folder.starts_with("incidents"))?;
    let file = path.strip_prefix(folder).ok()?.to_string_lossy().replace('\\', "/");
    let record = folder.join("incident.yaml");
    let bytes = merged(&record)?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let parted = merge::part(Source::new(&record.display().to_string(), text), &file, sides)?;
    let moved = folder.join(&parted.file);
    Some(vec![
        (record, parted.record.into_bytes()),
        (path.to_owned(), parted.stays),
        (moved, parted.moves),
    ])
}

/// A failure in one line, for the log.
pub(crate) fn one_line(failure: &Failure) -> String {
    let all: Vec<String> =
        failure.found.0.iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
    all.join("; ")
}
