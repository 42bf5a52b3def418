//! What sharing with others asks of git: remotes, fetching, merging without a work tree, pushing.

use std::path::{Path, PathBuf};

use super::{Person, SystemGit};
use crate::store::error::Result;
use crate::units::Instant;

/// How git may talk to a remote: with the user's own credentials, keys and proxies always, with
/// questions only where somebody is there to answer.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// Whether a person can be asked for a password or a passphrase.
    pub attended: bool,
    /// `GIT_SSH_COMMAND`, where it is set.
    pub ssh_command: Option<String>,
    /// Whether `GIT_SSH` is set: a program of the user's that takes no options of ours.
    pub ssh_program: bool,
}

/// Why a remote did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No network, no such host, no such place.
    Unreachable(String),
    /// The remote answers, and does not let this user in.
    NoAccess(String),
    /// Git's own words.
    Other(String),
}

/// What became of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Every branch asked for is under its tracking name.
    Done,
    /// The remote has no branch of this name; nothing was fetched.
    Missing(String),
    /// The remote did not answer.
    Refused(Refusal),
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The remote branch is where it was asked to go.
    Done,
    /// The remote branch has moved: fetch, bring together, push again.
    Behind,
    /// A hook or a protected branch says no.
    Declined(String),
    /// The remote did not answer.
    Refused(Refusal),
}

/// A program that merges one kind of file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// Its name, as `.gitattributes` says it.
    pub name: String,
    /// Its command line for the shell, with git's place-holders.
    pub command: String,
}

/// What became of a merge of two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergedTrees {
    /// A tree, and the paths in it whose two sides could not be brought together.
    Tree {
        /// The tree's name.
        tree: String,
        /// From the top of the work tree.
        conflicts: Vec<PathBuf>,
    },
    /// This git cannot merge without a work tree: it is older than 2.38.
    TooOld,
}

/// A commit that is made of a tree.
#[derive(Debug, Clone)]
pub struct TreeCommit<'a> {
    /// The tree.
    pub tree: &'a str,
    /// First the one that is gone on from.
    pub parents: &'a [&'a str],
    /// The whole message.
    pub message: &'a str,
    /// Instead of the user's own name, as author and committer.
    pub author: Option<&'a Person>,
    /// Instead of now.
    pub date: Option<Instant>,
}

/// A path that differs between two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Altered {
    /// From the top of the work tree.
    pub path: PathBuf,
    /// Whether the older one has it.
    pub before: bool,
    /// Whether the newer one has it.
    pub after: bool,
}

/// What became of moving a work tree from one commit to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stepped {
    /// Index and files are as in the new commit; what differed elsewhere differs as before.
    Done,
    /// Nothing was changed: these have changes that are not committed. Empty where git named none.
    InTheWay(Vec<PathBuf>),
}

/// A commit that a push would carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its full name.
    pub commit: String,
    /// The first line of its message.
    pub subject: String,
}

/// What sharing asks of git, beside [`Git`](super::Git).
pub trait Sharing {
    /// A setting of git's; none where it is not set.
    fn setting(&self, key: &str) -> Result<Option<String>>;
    /// Names of the remotes.
    fn remotes(&self) -> Result<Vec<String>>;
    /// The remote and the branch on it that a branch follows, if its settings say so.
    fn upstream(&self, branch: &str) -> Result<Option<(String, String)>>;
    /// Where a remote is, without passwords.
    fn address(&self, remote: &str) -> Result<Option<String>>;
    /// The branch that the remote's `HEAD` names, as far as it is known here.
    fn default_branch(&self, remote: &str) -> Result<Option<String>>;
    /// Asks the remote which branch its `HEAD` names; none where it does not say.
    fn ask_default_branch(&self, remote: &str, way: &Way) -> Result<Option<String>>;
    /// Brings branches of a remote under their tracking names, whatever stood there.
    fn fetch(&self, remote: &str, branches: &[&str], way: &Way) -> Result<Fetched>;
    /// Moves a remote's branch forward to a commit; never back.
    fn push(&self, remote: &str, commit: &str, branch: &str, way: &Way) -> Result<Pushed>;
    /// How many commits one has that the other lacks.
    fn ahead(&self, one: &str, other: &str) -> Result<usize>;
    /// The commits that no branch of the remote has, as far as it is known here; newest first.
    fn outgoing(&self, tip: &str, remote: &str) -> Result<Vec<Outgoing>>;
    /// The paths that each of these commits changed; a merge's are those that it has from no side.
    fn touched(&self, commits: &[&str]) -> Result<Vec<(String, Vec<PathBuf>)>>;
    /// Whether history was cut off when the repository was cloned.
    fn is_shallow(&self) -> Result<bool>;
    /// Merges two commits without touching a work tree. `attributes` is a file of attributes that
    /// hold where the repository's own say nothing.
    fn merge_trees(
        &self,
        ours: &str,
        theirs: &str,
        driver: Option<&Driver>,
        attributes: &Path,
    ) -> Result<MergedTrees>;
    /// A tree with some files put into it, by their paths from the top; gives its name. `index` is
    /// a file that is not there yet, for git to work in.
    fn graft(&self, tree: &str, files: &[(&Path, &[u8])], index: &Path) -> Result<String>;
    /// Makes a commit, signed if the user signs; gives its name. No branch moves.
    fn commit_tree(&self, commit: &TreeCommit<'_>) -> Result<String>;
    /// The paths that differ between two commits.
    fn altered(&self, old: &str, new: &str) -> Result<Vec<Altered>>;
    /// Moves index and files from one commit to another as far as they differ; not `HEAD`.
    fn step_tree(&self, old: &str, new: &str) -> Result<Stepped>;
}

impl Sharing for SystemGit {
    fn setting(&self, key: &str) -> Result<Option<String>> {
        let answer = self.runner().ask(&["config", "--get", key])?;
        match answer.code {
            Some(0) => Ok(Some(answer.line())),
            // 1 is not set; 2 is set several times over, and the last one counts, which `--get`
            // prints; what else fails is told apart by no caller.
            _ => Ok(None),
        }
    }

    fn remotes(&self) -> Result<Vec<String>> {
        if let Some(remotes) = self.fast(super::fast::remotes) {
            return Ok(remotes);
        }
        let listed = self.runner().read(&["remote"])?;
        Ok(String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect())
    }

    fn upstream(&self, branch: &str) -> Result<Option<(String, String)>> {
        let (remote, merge) = (format!("branch.{branch}.remote"), format!("branch.{branch}.merge"));
        let asked = self.fast(|r| super::fast::settings(r, [&remote, &merge]));
        let [remote, merge] = match asked {
            Some(found) => found,
            None => [self.setting(&remote)?, self.setting(&merge)?],
        };
        let branch = merge.and_then(|m| m.strip_prefix("refs/heads/").map(str::to_owned));
        Ok(remote.zip(branch))
    }

    fn address(&self, remote: &str) -> Result<Option<String>> {
        let answer = self.runner().ask(&["remote", "get-url", "--", remote])?;
        Ok(answer.ok.then(|| super::remote::without_secrets(&answer.line())))
    }

    fn default_branch(&self, remote: &str) -> Result<Option<String>> {
        let name = format!("refs/remotes/{remote}/HEAD");
        let answer = self.runner().ask(&["symbolic-ref", "--quiet", &name])?;
        let prefix = format!("refs/remotes/{remote}/");
        Ok(answer.line().strip_prefix(&prefix).filter(|_| answer.ok).map(str::to_owned))
    }

    fn ask_default_branch(&self, remote: &str, way: &Way) -> Result<Option<String>> {
        self.asked_default_branch(remote, way)
    }

    fn fetch(&self, remote: &str, branches: &[&str], way: &Way) -> Result<Fetched> {
        self.fetched(remote, branches, way)
    }

    fn push(&self, remote: &str, commit: &str, branch: &str, way: &Way) -> Result<Pushed> {
        self.pushed(remote, commit, branch, way)
    }

    fn ahead(&self, one: &str, other: &str) -> Result<usize> {
        if let Some(ahead) = self.fast(|r| super::fast::ahead(r, one, other)) {
            return Ok(ahead);
        }
        let range = format!("{other}..{one}");
        let counted = self.runner().read(&["rev-list", "--count", &range, "--"])?;
        Ok(String::from_utf8_lossy(&counted).trim().parse().unwrap_or(0))
    }

    fn outgoing(&self, tip: &str, remote: &str) -> Result<Vec<Outgoing>> {
        let known = format!("--remotes={remote}");
        let args = ["log", "--no-color", "--no-show-signature", "--encoding=UTF-8", "-z"];
        let rest = ["--format=%H%x00%s", tip, "--not", &known, "--"];
        let args: Vec<&str> = args.into_iter().chain(rest).collect();
        let printed = self.runner().read(&args)?;
        let printed = String::from_utf8_lossy(&printed);
        let fields: Vec<&str> = printed.split('\0').collect();
        Ok(fields
            .chunks_exact(2)
            .map(|f| Outgoing { commit: f[0].trim().to_owned(), subject: f[1].to_owned() })
            .collect())
    }

    fn touched(&self, commits: &[&str]) -> Result<Vec<(String, Vec<PathBuf>)>> {
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        let args = ["diff-tree", "--stdin", "-r", "-c", "-z", "--root", "--name-only"];
        let rest = ["--no-renames", "--no-ext-diff", "--no-textconv"];
        let args: Vec<&str> = args.into_iter().chain(rest).collect();
        let input: String = commits.iter().map(|c| format!("{c}\n")).collect();
        let answer = self.runner().run(self.runner().reading(&args), input.as_bytes())?;
        let answer = self.runner().expect(&args, answer)?;
        Ok(super::parse::touched(&answer.stdout, commits))
    }

    fn is_shallow(&self) -> Result<bool> {
        let answer = self.runner().read(&["rev-parse", "--is-shallow-repository"])?;
        Ok(answer.starts_with(b"true"))
    }

    fn merge_trees(
        &self,
        ours: &str,
        theirs: &str,
        driver: Option<&Driver>,
        attributes: &Path,
    ) -> Result<MergedTrees> {
        // Records look alike: a removed one and a new one would pass for a renamed one, and words
        // would land in the wrong incident.
        let mut args: Vec<std::ffi::OsString> =
            ["-c", "merge.renames=false", "-c", "core.quotePath=false"].map(Into::into).to_vec();
        if let Some(Driver { name, command }) = driver {
            let mut file = std::ffi::OsString::from("core.attributesFile=");
            file.push(attributes);
            args.extend(["-c".into(), format!("merge.{name}.driver={command}").into()]);
            args.extend(["-c".into(), file]);
        }
        args.extend(["merge-tree", "--write-tree", "-z", "--no-messages"].map(Into::into));
        args.extend([ours, theirs].map(Into::into));
        let answer = self.runner().run(self.runner().writing(&args), b"")?;
        match answer.code {
            Some(0 | 1) => Ok(super::parse::merged(&answer.stdout)),
            Some(129) => Ok(MergedTrees::TooOld),
            _ => Err(self.runner().failure("merge-tree", &answer)),
        }
    }

    fn graft(&self, tree: &str, files: &[(&Path, &[u8])], index: &Path) -> Result<String> {
        let run = |args: &[&str], input: &[u8]| {
            let mut command = self.runner().writing(args);
            command.env("GIT_INDEX_FILE", index);
            let answer = self.runner().run(command, input)?;
            self.runner().expect(args, answer)
        };
        run(&["read-tree", tree], b"")?;
        let mut listed = Vec::new();
        for (path, bytes) in files {
            let blob = run(&["hash-object", "-w", "--no-filters", "--stdin"], bytes)?.line();
            listed.extend(format!("100644 {blob}\t").into_bytes());
            listed.extend(path.as_os_str().as_encoded_bytes());
            listed.push(0);
        }
        run(&["update-index", "-z", "--index-info"], &listed)?;
        Ok(run(&["write-tree"], b"")?.line())
    }

    fn commit_tree(&self, commit: &TreeCommit<'_>) -> Result<String> {
        let mut args = vec!["commit-tree"];
        // Unlike `git commit`, it signs only when told to.
        let signs = self.runner().ask(&["config", "--type=bool", "--get", "commit.gpgSign"])?;
        if signs.line() == "true" {
            args.push("-S");
        }
        for parent in commit.parents {
            args.extend(["-p", parent]);
        }
        args.extend(["-F", "-", commit.tree]);
        let mut command = self.runner().writing(&args);
        super::run::dress(&mut command, commit.author, commit.date);
        let words = "git is still committing: a signing key is waiting";
        let answer = self.runner().run_watched(command, commit.message.as_bytes(), Some(words))?;
        Ok(self.runner().expect(&args, answer)?.line())
    }

    fn altered(&self, old: &str, new: &str) -> Result<Vec<Altered>> {
        let args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", old, new];
        Ok(super::parse::altered(&self.runner().read(&args)?))
    }

    fn step_tree(&self, old: &str, new: &str) -> Result<Stepped> {
        let args = ["-c", "submodule.recurse=false", "read-tree", "-m", "-u", old, new];
        let attempt = || self.runner().run(self.runner().writing(&args), b"");
        let mut answer = self.runner().patiently(attempt)?;
        if !answer.ok && answer.stderr.contains("not uptodate") {
            // Perhaps only touched: the index then remembers other times than the file has.
            let refresh = ["update-index", "-q", "--refresh"];
            self.runner().run(self.runner().writing(&refresh), b"")?;
            answer = self.runner().patiently(attempt)?;
        }
        if answer.ok {
            return Ok(Stepped::Done);
        }
        let words =
            ["not uptodate", "would be overwritten", "would lose untracked", "Cannot merge"];
        if words.iter().any(|w| answer.stderr.contains(w)) {
            return Ok(Stepped::InTheWay(super::parse::quoted_paths(&answer.stderr)));
        }
        Err(self.runner().failure("read-tree", &answer))
    }
}
