use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::sync::Trouble;

/// What the store could not do. Every variant says where; [`StoreError::help`] says what next.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The path leaves the workspace, or is not one that the store writes.
    #[error("path not allowed: {path}: {why}", path = shown(path))]
    Path {
        /// The path as it was asked for.
        path: PathBuf,
        /// Which rule it breaks.
        why: &'static str,
    },
    /// Something else stands where a file was expected.
    #[error("not a file: {path} is {what}", path = shown(path))]
    NotAFile {
        /// Where.
        path: PathBuf,
        /// What stands there, with its article.
        what: &'static str,
    },
    /// The file is larger than the store reads.
    #[error("file too large: {path} has {size} bytes, the limit is {limit}", path = shown(path))]
    TooLarge {
        /// Where.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file stands there that must not be written over.
    #[error("file exists: {path}", path = shown(path))]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// The request makes no sense: an empty subject, one path twice.
    #[error("cannot write this: {0}")]
    Request(String),
    /// No such revision.
    #[error("unknown revision `{0}`")]
    Revision(String),
    /// The last command cannot be undone.
    #[error("cannot undo: {0}")]
    Undo(String),
    /// Somebody changed the file since it was read: read it again and apply the change again.
    #[error("changed by somebody else meanwhile: {path}", path = shown(path))]
    Changed {
        /// Which file.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("cannot {action} {path}: {source}", path = shown(path))]
    Io {
        /// What was tried: `read`, `write`.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another writing command holds the lock.
    #[error("the workspace is locked by {holder}: waited {} s for {path}", waited.as_secs(), path = shown(path))]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, as far as the lock file says.
        holder: String,
        /// How long this command waited.
        waited: Duration,
    },
    /// There is no `git` program.
    #[error("git is not installed, or not on the PATH")]
    NoGit,
    /// The workspace is in no git repository.
    #[error("not in a git repository: {root}", root = shown(root))]
    NoRepository {
        /// The workspace.
        root: PathBuf,
    },
    /// Git does not trust the repository's owner (`safe.directory`).
    #[error("git refuses this repository because another user owns it: {root}", root = shown(root))]
    Unsafe {
        /// The workspace.
        root: PathBuf,
    },
    /// Git does not know who commits.
    #[error("git does not know who you are: user.name and user.email are not set")]
    Identity,
    /// Git refused the commit (a hook, a signing key): the files are written, not committed.
    #[error("written, but git refused the commit: {output}")]
    Refused {
        /// What git or the hook said, as it said it.
        output: String,
        /// The files that wait for a commit.
        paths: Vec<PathBuf>,
    },
    /// The disk failed half-way and again when taking back: the next command completes the write.
    #[error("interrupted half-way: {why}")]
    Interrupted {
        /// What failed.
        why: String,
        /// The files of the write.
        paths: Vec<PathBuf>,
    },
    /// A merge, rebase or the like is under way: the files are written, not committed.
    #[error("written, not committed: a {operation} is in progress")]
    InProgress {
        /// `merge`, `rebase`, `cherry-pick`, `revert`.
        operation: &'static str,
        /// The files that wait for a commit.
        paths: Vec<PathBuf>,
    },
    /// Sharing with others met an obstacle.
    #[error(transparent)]
    Sync(#[from] Trouble),
    /// Another git command failed.
    #[error("`git {command}` failed: {output}")]
    Git {
        /// The subcommand.
        command: String,
        /// What git said.
        output: String,
    },
}

impl StoreError {
    /// The process's exit code: 2 where the request or a file is wrong, 3 where git, the disk or
    /// a lock refused (docs/manual/exit-codes.md).
    pub fn exit_code(&self) -> u8 {
        match self {
            StoreError::Path { .. }
            | StoreError::NotAFile { .. }
            | StoreError::TooLarge { .. }
            | StoreError::Exists { .. }
            | StoreError::Request(_)
            | StoreError::Revision(_)
            | StoreError::Undo(_) => 2,
            StoreError::Sync(trouble) if trouble.is_set_up() => 2,
            _ => 3,
        }
    }

    /// Whether the write is safe although the command failed: the next command commits it, so
    /// the words must not be kept for a second try.
    pub fn is_written(&self) -> bool {
        matches!(
            self,
            StoreError::Refused { .. }
                | StoreError::InProgress { .. }
                | StoreError::Interrupted { .. }
        )
    }

    /// Whether reading again and applying the change again may succeed.
    pub fn is_conflict(&self) -> bool {
        matches!(self, StoreError::Changed { .. })
    }

    /// Stable name, for `inc explain`.
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::Path { .. } => "path-not-allowed",
            StoreError::NotAFile { .. } => "not-a-file",
            StoreError::TooLarge { .. } => "file-too-large",
            StoreError::Exists { .. } => "file-exists",
            StoreError::Request(_) => "bad-write",
            StoreError::Revision(_) => "unknown-revision",
            StoreError::Undo(_) => "cannot-undo",
            StoreError::Changed { .. } => "changed-meanwhile",
            StoreError::Io { .. } => "disk",
            StoreError::Locked { .. } => "locked",
            StoreError::NoGit => "no-git",
            StoreError::NoRepository { .. } => "no-repository",
            StoreError::Unsafe { .. } => "unsafe-repository",
            StoreError::Identity => "no-identity",
            StoreError::Refused { .. } => "commit-refused",
            StoreError::Interrupted { .. } => "interrupted",
            StoreError::InProgress { .. } => "commit-waits",
            StoreError::Sync(trouble) => trouble.code(),
            StoreError::Git { .. } => "git",
        }
    }

    /// What to do next, where there is something.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            StoreError::Path { .. } => "name a file inside the workspace".into(),
            StoreError::NotAFile { .. } => "move it away, then run the command again".into(),
            StoreError::Exists { .. } => {
                "name another file; amounts that somebody may have approved are not written over"
                    .into()
            }
            StoreError::Changed { .. } => "run the command again".into(),
            StoreError::Locked { .. } => {
                "wait for the other `inc` to end, or end it, then run the command again".into()
            }
            StoreError::NoGit => {
                "install git, or set `git.commit = \"never\"` in inc.toml to work without it".into()
            }
            StoreError::NoRepository { .. } => "run `git init` there, or set `git.commit = \
                 \"never\"` in inc.toml to work without git"
                .into(),
            StoreError::Unsafe { root } => format!(
                "if you trust it, run `git config --global --add safe.directory {}`",
                root.display()
            ),
            StoreError::Identity => "run `git config --global user.name \"Your Name\"` and \
                 `git config --global user.email you@example.com`"
                .into(),
            StoreError::Refused { .. } => {
                "mend what git complains about; the next command commits the files first".into()
            }
            StoreError::InProgress { operation, .. } => {
                format!("finish or abort the {operation}; the next command commits the files first")
            }
            StoreError::Interrupted { .. } => "the next command completes it".into(),
            StoreError::Sync(trouble) => trouble.help(),
            StoreError::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "free some space on the disk, then run the command again".into()
            }
            StoreError::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "check who owns the file and its folder".into()
            }
            _ => return None,
        })
    }

    /// What the disk refused, at which path.
    pub fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        StoreError::Io { action, path: path.to_owned(), source }
    }
}

/// A path for people: control characters escaped, so that a hostile name cannot move the cursor.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy()
        .chars()
        .flat_map(|c| {
            let escape = c.is_control();
            let plain = (!escape).then_some(c);
            plain.into_iter().chain(c.escape_default().filter(move |_| escape))
        })
        .collect()
}

/// The result of what the store does.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
