//! The only files and the only git: text in, text out.
//!
//! A [`Store`] reads a workspace's files, as they are and as they were, and writes them so that
//! nothing is lost: a lock, a journal, a file beside the file, a rename, one commit by path. The
//! order of these steps is in [`write`](Store::commit); what an interrupted one leaves behind is
//! completed by the next command ([`Store::recover`]).
//!
//! A writing command calls [`Store::recover`] and prints what it says, reads, makes up its
//! [`Transaction`], and calls [`Store::commit`]; after [`StoreError::Changed`] it reads again and
//! makes it up again. Words that it cannot write go to [`Store::keep`], unless the error
//! [is written](StoreError::is_written).
//!
//! The store knows nothing of incidents, reads no clock and no environment but what git needs.

mod cache;
mod commit;
mod disk;
mod error;
mod git;
mod health;
mod history;
mod journal;
mod kept;
mod live;
mod lock;
mod outside;
mod place;
mod private;
mod recover;
mod shelves;
mod site;
mod ssh;
mod state;
mod sync;
mod undo;
mod walk;
mod walked;
mod write;

#[cfg(test)]
mod faults;

#[cfg(test)]
pub(crate) use faults::{Fault, Steps, inject};

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use place::Place;

pub use cache::{Moment, Survey};
pub use disk::{Disk, Held, Item, Kind, RealDisk, Stat, Stream};
pub use error::{Result, StoreError};
pub use git::{
    Altered, CommitRequest, Committed, Driver, Environment, Fetched, Git, Head, Layout, LogQuery,
    Logged, MergedTrees, Notice, Outgoing, Person, Probe, Pushed, Reached, Refusal, Revision,
    Sharing, Stepped, SystemGit, Touch, Touched, TreeCommit, WalkQuery, Way,
};
pub use health::Health;
pub use kept::Kept;
pub use live::Tree;
pub use lock::Turn;
pub use outside::{find_upward, list_outside, read_outside, write_outside};
pub use private::{
    Sealed, Spooled, Unsealed, begin_private, make_private_folder, nameless, spool, stream,
};
pub use shelves::Shelves;
pub use site::{Made, Site};
pub use ssh::{Verdict, ssh_sign, ssh_verify};
pub use sync::{Parts, Proposed, Stranger, Synced, Trouble, Unshared, Wish};
pub use undo::{COMMAND_TRAILER, PRETENDED_TRAILER, Undoable, trailer};
pub use walk::{Found, Listing};
pub use walked::Rewritten;
pub use write::{Before, Change, Transaction, Written};

/// The largest file that [`Store::read`] reads, in bytes.
pub const READ_LIMIT: u64 = 32 * 1024 * 1024;

/// When commands commit (`git.commit` in `inc.toml`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CommitMode {
    /// One commit a command.
    #[default]
    Each,
    /// The files are staged; the person commits.
    Stage,
    /// The files are written, and git is not asked.
    Never,
}

/// How a workspace wants to be written.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When commands commit.
    pub commit: CommitMode,
    /// The live branch: records are written there whatever the person has checked out.
    pub branch: Option<String>,
    /// How git is started.
    pub environment: Environment,
    /// How long to wait for another writing command.
    pub patience: Duration,
    /// Whether rows are kept, and kept rows used.
    pub cache: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            commit: CommitMode::Each,
            branch: None,
            environment: Environment::default(),
            patience: Duration::from_secs(30),
            cache: true,
        }
    }
}

/// A workspace's files and their history.
#[derive(Debug)]
pub struct Store {
    disk: Arc<dyn Disk>,
    /// The repository as seen from the tree that is read and written.
    git: Option<Arc<dyn Git>>,
    /// The same, as seen from the person's checkout.
    home: Option<Arc<dyn Git>>,
    place: Place,
    /// The workspace as the person named it.
    named: PathBuf,
    /// The workspace's folder from the top of the work tree.
    prefix: PathBuf,
    /// Where locks, journals and kept words lie.
    state: PathBuf,
    settings: Settings,
    tree: Tree,
    warnings: Vec<String>,
    /// Whether [`Store::hold`] has the lock.
    holds: Arc<AtomicBool>,
    /// Who commits here, once git was asked; and the question, while git looks.
    user: OnceLock<Person>,
    asked_user: Mutex<Option<JoinHandle<Result<Person>>>>,
}

impl Store {
    /// Opens the workspace in `root`.
    ///
    /// A repository that cannot be used does not stop reading: what needs it fails then, and
    /// [`Store::warnings`] says so now.
    ///
    /// # Errors
    /// When `root` is not a folder, or the live tree cannot be brought up.
    pub fn open(root: &Path, settings: Settings) -> Result<Store> {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let mut warnings = Vec::new();
        let git = match SystemGit::open(root, &settings.environment) {
            Ok(git) => git.map(|git| Arc::new(git) as Arc<dyn Git>),
            Err(e @ StoreError::Io { .. }) => return Err(e),
            Err(e) => {
                if settings.commit != CommitMode::Never {
                    warnings.push(match e.help() {
                        Some(help) => format!("{e}; {help}"),
                        None => e.to_string(),
                    });
                }
                None
            }
        };
        #[cfg(test)]
        let (disk, git) = faults::instead_of(disk, git);
        let mut store = Store::with(root, settings, disk, git)?;
        store.warnings.splice(0..0, warnings);
        Ok(store)
    }

    /// Opens with another disk or another git, for tests.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn with(
        root: &Path,
        settings: Settings,
        disk: Arc<dyn Disk>,
        git: Option<Arc<dyn Git>>,
    ) -> Result<Store> {
        let named = root.to_owned();
        let root = disk.canonical(root).map_err(|e| StoreError::io("open", root, e))?;
        match disk.stat(&root) {
            Ok(stat) if stat.kind == Kind::Directory => {}
            Ok(_) => return Err(StoreError::NotAFile { path: root, what: "not a directory" }),
            Err(e) => return Err(StoreError::io("open", &root, e)),
        }
        let (prefix, state) = match &git {
            Some(git) => {
                let prefix = root.strip_prefix(&git.layout().top).unwrap_or(Path::new(""));
                (prefix.to_owned(), git.layout().common_dir.join("inc"))
            }
            None => (PathBuf::new(), root.join(".inc")),
        };
        let mut store = Store {
            place: Place::new(root, disk.clone()),
            disk,
            home: git.clone(),
            git,
            named,
            prefix,
            state,
            settings,
            tree: Tree::Checkout,
            warnings: Vec::new(),
            holds: Arc::default(),
            user: OnceLock::new(),
            asked_user: Mutex::default(),
        };
        store.choose_tree()?;
        Ok(store)
    }

    /// Makes a git repository in `path`, unless it lies in one already; whether one was made.
    ///
    /// # Errors
    /// When git fails or is not there.
    pub fn create_repository(path: &Path, environment: &Environment) -> Result<bool> {
        if SystemGit::open(path, environment)?.is_some() {
            return Ok(false);
        }
        SystemGit::create(path, environment)?;
        Ok(true)
    }

    /// The folder that is read and written: the workspace's, or its copy in the live tree.
    pub fn root(&self) -> &Path {
        self.place.root()
    }

    /// The workspace's folder from the top of the work tree; empty where it is the top.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// Which tree is read and written.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Sentences for the person, whatever the command: a detached `HEAD`, a repository that cannot
    /// be used.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Where what is not for git is kept: `.git/inc`, or `.inc` without git.
    pub fn state_dir(&self) -> &Path {
        &self.state
    }

    /// The command line of the person's editor, as git knows it; none without git.
    pub fn editor(&self) -> Option<String> {
        self.git.as_ref().and_then(|git| git.editor().ok()).filter(|editor| !editor.is_empty())
    }

    /// A setting of git, wherever it finds it; none where nobody set it, or without git.
    ///
    /// # Errors
    /// When git fails.
    pub fn git_config(&self, name: &str) -> Result<Option<String>> {
        self.git.as_ref().map_or(Ok(None), |git| git.config(name))
    }

    /// Sets one of the repository's own settings of git.
    ///
    /// # Errors
    /// When git fails, or there is no repository.
    pub fn set_git_config(&self, name: &str, value: &str) -> Result<()> {
        self.git()?.set_config(name, value)
    }

    /// Whether the workspace lies in a repository that git can use.
    pub fn has_repository(&self) -> bool {
        self.git.is_some()
    }

    /// Whether commands commit, or stage, in a repository.
    pub fn uses_git(&self) -> bool {
        self.git.is_some() && self.settings.commit != CommitMode::Never
    }

    /// The versions of a file between which an unfinished merge could not choose: the common one,
    /// ours, theirs; all none where there is no such merge.
    ///
    /// # Errors
    /// When git fails, or a version is larger than [`READ_LIMIT`].
    pub fn unmerged(&self, rel: impl AsRef<Path>) -> Result<[Option<Vec<u8>>; 3]> {
        let Some(git) = &self.git else { return Ok([None, None, None]) };
        git.unmerged(&self.git_path(rel.as_ref()), READ_LIMIT)
    }

    /// Adds files to git's index as they are: to an unfinished merge, that they are settled.
    ///
    /// # Errors
    /// When git fails, or there is no repository.
    pub fn stage(&self, rels: &[PathBuf]) -> Result<()> {
        let paths: Vec<PathBuf> = rels.iter().map(|rel| self.git_path(rel)).collect();
        self.git()?.stage(&paths)
    }

    /// A file as it is now; none if there is no such file.
    ///
    /// # Errors
    /// When the path leaves the workspace, is no regular file, is larger than [`READ_LIMIT`], or
    /// the disk refuses.
    pub fn read(&self, rel: impl AsRef<Path>) -> Result<Option<Vec<u8>>> {
        self.read_up_to(rel, READ_LIMIT)
    }

    /// As [`Store::read`], with another limit in bytes.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_up_to(&self, rel: impl AsRef<Path>, limit: u64) -> Result<Option<Vec<u8>>> {
        let rel = rel.as_ref();
        let (full, stat) = self.place.find(rel)?;
        let Some(stat) = stat else { return Ok(None) };
        expect_file(rel, stat)?;
        let too_large = |size| StoreError::TooLarge { path: rel.to_owned(), size, limit };
        if stat.size > limit {
            return Err(too_large(stat.size));
        }
        match self.disk.read(&full, limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) if e.kind() == io::ErrorKind::FileTooLarge => Err(too_large(limit + 1)),
            Err(e) => Err(StoreError::io("read", rel, e)),
        }
    }

    /// Size, times and inode of a file; none if there is no such file.
    ///
    /// # Errors
    /// When the path leaves the workspace, is no regular file, or the disk refuses.
    pub fn stat(&self, rel: impl AsRef<Path>) -> Result<Option<Stat>> {
        let rel = rel.as_ref();
        let (_, stat) = self.place.find(rel)?;
        stat.map(|stat| expect_file(rel, stat).map(|()| stat)).transpose()
    }

    /// The repository, or why there is none.
    fn git(&self) -> Result<&Arc<dyn Git>> {
        if let Some(git) = &self.git {
            return Ok(git);
        }
        // Asked again for the reason, which an error can give only once.
        match SystemGit::open(self.place.root(), &self.settings.environment) {
            Err(e) => Err(e),
            Ok(_) => Err(StoreError::NoRepository { root: self.named.clone() }),
        }
    }

    /// A workspace path as git knows it: from the top of the work tree.
    fn git_path(&self, rel: &Path) -> PathBuf {
        // `a//b` and `a/./b` are the same file to the disk, but not to git's objects.
        self.prefix.join(rel).components().collect()
    }
}

fn expect_file(rel: &Path, stat: Stat) -> Result<()> {
    let what = match stat.kind {
        Kind::File => return Ok(()),
        Kind::Directory => "a directory",
        Kind::Link => "a symbolic link",
        Kind::Special => "a pipe, a socket or a device",
    };
    Err(StoreError::NotAFile { path: rel.to_owned(), what })
}
