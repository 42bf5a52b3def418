//! The `git` program and libgit2 behind one trait.
//!
//! The file is long because it is one trait over one program, call by call.

use std::ffi::{OsStr, OsString};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use git2::Repository;

use super::fast::{self, Opened};
use super::parse::{self, Object};
use super::run::{Environment, Runner, dress, is_identity};
use super::{
    CommitRequest, Committed, Git, Head, Layout, LogQuery, Logged, Person, Touch, WalkQuery,
};
use crate::store::error::{Result, StoreError};

/// The user's `git`, with libgit2 beside it for reading where that works.
pub struct SystemGit {
    runner: Runner,
    layout: Layout,
    fast: Option<Mutex<Box<Repository>>>,
}

impl std::fmt::Debug for SystemGit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SystemGit")
            .field("layout", &self.layout)
            .field("libgit2", &self.fast.is_some())
            .finish_non_exhaustive()
    }
}

impl SystemGit {
    /// The repository that holds `folder`, if there is one.
    ///
    /// # Errors
    /// When there may be one, but git refuses it or is not there to be asked.
    pub fn open(folder: &Path, environment: &Environment) -> Result<Option<SystemGit>> {
        let folder =
            folder.canonicalize().map_err(|e| StoreError::io("open the folder", folder, e))?;
        let runner = Runner { folder: folder.clone(), environment: environment.clone() };
        if !environment.plumbing {
            match fast::open(&folder) {
                Opened::Yes(repository, layout) => {
                    let runner = runner.in_folder(&layout.top);
                    return Ok(Some(SystemGit {
                        runner,
                        layout,
                        fast: Some(Mutex::new(repository)),
                    }));
                }
                Opened::NoRepository => return Ok(None),
                Opened::AskGit => {}
            }
        }
        let args = ["rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir"];
        let answer = runner.ask(&args)?;
        if !answer.ok {
            if answer.stderr.contains("not a git repository") {
                return Ok(None);
            }
            if answer.stderr.contains("must be run in a work tree") {
                return Err(StoreError::Git {
                    command: "rev-parse".into(),
                    output: "the repository has no work tree: clone it, and work in the clone"
                        .into(),
                });
            }
            return Err(runner.failure("rev-parse", &answer));
        }
        let mut lines = answer.stdout.split(|b| *b == b'\n').map(parse::path);
        let mut next = || {
            let path = folder.join(lines.next().unwrap_or_default());
            path.canonicalize().map_err(|e| StoreError::io("open the repository", &path, e))
        };
        let layout = Layout { top: next()?, git_dir: next()?, common_dir: next()? };
        let runner = runner.in_folder(&layout.top);
        Ok(Some(SystemGit { runner, layout, fast: None }))
    }

    /// Makes a repository in `folder`.
    ///
    /// # Errors
    /// When git fails or is not there.
    pub fn create(folder: &Path, environment: &Environment) -> Result<()> {
        let runner = Runner { folder: folder.to_owned(), environment: environment.clone() };
        runner.write(&["init", "--quiet"]).map(drop)
    }

    pub(super) fn runner(&self) -> &Runner {
        &self.runner
    }

    pub(super) fn fast<T>(&self, ask: impl FnOnce(&Repository) -> Option<T>) -> Option<T> {
        let repository = self.fast.as_ref()?.lock().ok()?;
        ask(&repository)
    }

    /// Objects of one type, by any name that `git cat-file` takes.
    fn objects(&self, names: &[Vec<u8>], kind: &str, limit: u64) -> Result<Vec<Object>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = self.runner.reading(&["cat-file", "--batch"]);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::null());
        let mut child = self.runner.start(command)?;
        let broken = |e| StoreError::io("read git objects of", &self.layout.top, e);
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let answers = thread::scope(|scope| {
            if let Some(mut pipe) = stdin {
                scope.spawn(move || {
                    for name in names {
                        if pipe.write_all(name).and_then(|()| pipe.write_all(b"\n")).is_err() {
                            break;
                        }
                    }
                });
            }
            let mut answers = Vec::new();
            if let Some(pipe) = stdout {
                let mut pipe = BufReader::new(pipe);
                for _ in names {
                    match parse::object(&mut pipe, kind, limit) {
                        Ok(large @ Object::TooLarge(_)) => {
                            answers.push(Ok(large));
                            break;
                        }
                        Ok(object) => answers.push(Ok(object)),
                        Err(e) => {
                            answers.push(Err(e));
                            break;
                        }
                    }
                }
                // Dropping the pipe ends a git that still has much to say.
            }
            answers
        });
        child.wait().map_err(broken)?;
        answers.into_iter().collect::<std::io::Result<_>>().map_err(broken)
    }

    fn paths(&self, args: &[&str], paths: &[PathBuf]) -> Vec<OsString> {
        let args = args.iter().map(OsString::from).chain([OsString::from("--")]);
        args.chain(paths.iter().map(|p| p.clone().into_os_string())).collect()
    }
}

/// After each commit git starts another process that looks whether the repository should be tidied.
const TIDIES_ITSELF: &str = "maintenance.auto=false";

/// One commit in sixteen looks for all: the repository grows by a few objects a commit, and what
/// git waits for are thousands.
fn is_time_to_tidy(message: &str) -> bool {
    let sum = message.bytes().fold(0_u8, |sum, byte| sum.rotate_left(3) ^ byte);
    sum.is_multiple_of(16)
}

impl Git for SystemGit {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn head(&self) -> Result<Head> {
        if let Some(head) = self.fast(fast::head) {
            return Ok(head);
        }
        let branch = self.runner.ask(&["symbolic-ref", "--quiet", "HEAD"])?;
        let commit = self.runner.ask(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
        let named = branch.line();
        Ok(Head {
            commit: commit.ok.then(|| commit.line()),
            branch: named.strip_prefix("refs/heads/").map(str::to_owned),
        })
    }

    fn resolve(&self, rev: &str) -> Result<Option<String>> {
        if rev.is_empty() || rev.chars().any(char::is_control) {
            return Ok(None);
        }
        if let Some(commit) = self.fast(|r| fast::resolve(r, rev)) {
            return Ok(Some(commit));
        }
        let wanted = format!("{rev}^{{commit}}");
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", wanted.as_str()];
        let answer = self.runner.ask(&args)?;
        Ok(answer.ok.then(|| answer.line()).filter(|line| !line.is_empty()))
    }

    fn blobs(&self, wanted: &[(&str, &Path)], limit: u64) -> Result<Vec<Option<Vec<u8>>>> {
        let known = self.fast(|r| {
            wanted.iter().map(|(commit, path)| fast::blob(r, commit, path, limit)).collect()
        });
        if let Some(blobs) = known {
            return Ok(blobs);
        }
        let names: Vec<Vec<u8>> = wanted
            .iter()
            .map(|(commit, path)| {
                let mut name = commit.as_bytes().to_vec();
                name.push(b':');
                name.extend_from_slice(path.as_os_str().as_encoded_bytes());
                name
            })
            .collect();
        let objects = self.objects(&names, "blob", limit)?;
        objects
            .into_iter()
            .zip(wanted)
            .map(|(object, (_, path))| match object {
                Object::Found(bytes) => Ok(Some(bytes)),
                Object::Missing => Ok(None),
                Object::TooLarge(size) => {
                    Err(StoreError::TooLarge { path: path.to_path_buf(), size, limit })
                }
            })
            .collect()
    }

    fn files(&self, commit: &str, dir: &Path) -> Result<Vec<PathBuf>> {
        if let Some(files) = self.fast(|r| fast::files(r, commit, dir)) {
            return Ok(files);
        }
        let mut args: Vec<&OsStr> = ["ls-tree", "-r", "-z", "--full-tree", commit, "--"]
            .into_iter()
            .map(OsStr::new)
            .collect();
        if !dir.as_os_str().is_empty() {
            args.push(dir.as_os_str());
        }
        let mut files = parse::tree(&self.runner.read(&args)?);
        files.retain(|file| file.starts_with(dir));
        files.sort();
        Ok(files)
    }

    fn log(&self, query: &LogQuery<'_>) -> Result<Vec<Logged>> {
        let from = match query.from {
            Some(from) => from.to_owned(),
            None => match self.head()?.commit {
                Some(head) => head,
                None => return Ok(Vec::new()),
            },
        };
        let mut args: Vec<OsString> =
            ["log", "--no-color", "--no-show-signature", "--encoding=UTF-8", parse::LOG_FORMAT]
                .map(OsString::from)
                .to_vec();
        if let Some(limit) = query.limit {
            args.push(format!("--max-count={limit}").into());
        }
        if let Some(words) = query.containing {
            args.push("--fixed-strings".into());
            args.push(format!("--grep={words}").into());
        }
        args.push(from.into());
        args.push("--".into());
        if let Some(path) = query.path.filter(|p| !p.as_os_str().is_empty()) {
            args.push(path.as_os_str().to_owned());
        }
        Ok(parse::commits(&self.runner.read(&args)?))
    }

    fn walk(&self, query: &WalkQuery<'_>) -> Result<Vec<Touch>> {
        super::walk::walk(&self.runner, query)
    }

    fn named(&self, names: &[&str], limit: u64) -> Result<Vec<Option<Vec<u8>>>> {
        let ids: Vec<Vec<u8>> = names.iter().map(|n| n.as_bytes().to_vec()).collect();
        let mut texts = Vec::with_capacity(ids.len());
        for object in self.objects(&ids, "blob", limit)? {
            texts.push(match object {
                Object::Found(bytes) => Some(bytes),
                Object::Missing => None,
                Object::TooLarge(size) => {
                    return Err(StoreError::TooLarge { path: PathBuf::new(), size, limit });
                }
            });
        }
        Ok(texts)
    }

    fn signed(&self, commits: &[&str]) -> Result<Vec<bool>> {
        let names: Vec<Vec<u8>> = commits.iter().map(|c| c.as_bytes().to_vec()).collect();
        let objects = self.objects(&names, "commit", u64::from(u32::MAX))?;
        Ok(objects
            .iter()
            .map(|o| matches!(o, Object::Found(bytes) if parse::has_signature(bytes)))
            .collect())
    }

    fn changed(&self, commit: &str) -> Result<Vec<PathBuf>> {
        let args = ["diff-tree", "-r", "-z", "--root", "--no-commit-id", "--name-only"];
        let rest = ["--no-renames", "--no-ext-diff", "--no-textconv", commit];
        let args: Vec<&str> = args.into_iter().chain(rest).collect();
        Ok(parse::paths(&self.runner.read(&args)?))
    }

    fn user(&self) -> Result<Person> {
        let answer = self.runner.ask(&["var", "GIT_AUTHOR_IDENT"])?;
        if !answer.ok {
            return Err(self.runner.failure("var", &answer));
        }
        let line = answer.line();
        let (name, rest) = line.split_once(" <").unwrap_or((line.as_str(), ""));
        let email = rest.split_once('>').map_or(rest, |(email, _)| email);
        Ok(Person { name: name.to_owned(), email: email.to_owned() })
    }

    fn editor(&self) -> Result<String> {
        let editor = self.runner.read(&["var", "GIT_EDITOR"])?;
        Ok(String::from_utf8_lossy(&editor).trim_end_matches('\n').to_owned())
    }

    fn config(&self, name: &str) -> Result<Option<String>> {
        if let Some(value) = self.fast(|r| fast::config(r, name)) {
            return Ok(value);
        }
        let answer = self.runner.ask(&["config", "--get", name])?;
        match answer.code {
            Some(0) => Ok(Some(answer.line())),
            Some(1) => Ok(None),
            _ => Err(self.runner.failure("config", &answer)),
        }
    }

    fn unmerged(&self, path: &Path, limit: u64) -> Result<[Option<Vec<u8>>; 3]> {
        let name = |stage: u8| {
            let mut name = format!(":{stage}:").into_bytes();
            name.extend_from_slice(path.as_os_str().as_encoded_bytes());
            name
        };
        let objects = self.objects(&[name(1), name(2), name(3)], "blob", limit)?;
        let mut versions = [None, None, None];
        for (version, object) in versions.iter_mut().zip(objects) {
            *version = match object {
                Object::Found(bytes) => Some(bytes),
                Object::Missing => None,
                Object::TooLarge(size) => {
                    return Err(StoreError::TooLarge { path: path.to_owned(), size, limit });
                }
            };
        }
        Ok(versions)
    }

    fn set_config(&self, name: &str, value: &str) -> Result<()> {
        self.runner.write(&["config", "--local", name, value]).map(drop)
    }

    fn trees(&self) -> Result<Vec<(PathBuf, Option<String>)>> {
        Ok(parse::trees(&self.runner.read(&["worktree", "list", "--porcelain", "-z"])?))
    }

    fn in_index(&self, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let args = self.paths(&["ls-files", "-z", "--full-name"], paths);
        Ok(parse::paths(&self.runner.read(&args)?))
    }

    fn intend(&self, paths: &[PathBuf]) -> Result<()> {
        self.runner.write(&self.paths(&["add", "--intent-to-add"], paths)).map(drop)
    }

    fn forget(&self, paths: &[PathBuf]) -> Result<()> {
        self.runner.write(&self.paths(&["update-index", "--force-remove"], paths)).map(drop)
    }

    fn stage(&self, paths: &[PathBuf]) -> Result<()> {
        self.runner.write(&self.paths(&["add", "--all"], paths)).map(drop)
    }

    fn refresh(&self, paths: &[PathBuf]) -> Result<()> {
        self.runner.write(&self.paths(&["reset", "--quiet"], paths)).map(drop)
    }

    fn commit(&self, request: &CommitRequest<'_>) -> Result<Committed> {
        let args = ["-c", TIDIES_ITSELF, "commit", "--quiet", "--file=-", "--cleanup=verbatim"];
        let from = if is_time_to_tidy(request.message) { 2 } else { 0 };
        let args = self.paths(&args[from..], request.paths);
        let answer = self.runner.patiently(|| {
            let mut command = self.runner.writing(&args);
            dress(&mut command, request.author, request.date);
            let words = "git is still committing: a hook or a signing key is waiting";
            self.runner.run_watched(command, request.message.as_bytes(), Some(words))
        })?;
        if answer.ok {
            return Ok(Committed::Made(answer.stderr.trim().to_owned()));
        }
        if is_identity(&answer.stderr) {
            return Err(StoreError::Identity);
        }
        let said = String::from_utf8_lossy(&answer.stdout);
        let nothing =
            ["nothing to commit", "nothing added to commit", "no changes added to commit"];
        if answer.code == Some(1) && nothing.iter().any(|words| said.contains(words)) {
            return Ok(Committed::NothingNew);
        }
        Ok(Committed::Refused(answer.talk()))
    }

    fn move_branch(&self, branch: &str, new: &str, old: &str) -> Result<bool> {
        let name = format!("refs/heads/{branch}");
        let args = ["update-ref", "-m", "inc: live tree", &name, new, old];
        let answer = self.runner.run(self.runner.writing(&args), b"")?;
        if answer.ok {
            return Ok(true);
        }
        // Refused because it moved, or because another process has it locked this moment.
        if answer.stderr.contains("cannot lock ref") || answer.stderr.contains("cannot update ref")
        {
            return Ok(false);
        }
        Err(self.runner.failure("update-ref", &answer))
    }

    fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>> {
        let answer = self.runner.ask(&["merge-base", one, other])?;
        match answer.code {
            Some(0) => {
                let text = String::from_utf8_lossy(&answer.stdout);
                Ok(text.lines().next().map(|line| line.trim().to_owned()))
            }
            Some(1) => Ok(None),
            _ => Err(self.runner.failure("merge-base", &answer)),
        }
    }

    fn is_ancestor(&self, older: &str, newer: &str) -> Result<bool> {
        let args = ["merge-base", "--is-ancestor", older, newer];
        let answer = self.runner.ask(&args)?;
        match answer.code {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(self.runner.failure("merge-base", &answer)),
        }
    }

    fn set_ref(&self, name: &str, commit: &str) -> Result<()> {
        self.runner.write(&["update-ref", name, commit]).map(drop)
    }

    fn make_branch(&self, branch: &str, at: &str) -> Result<()> {
        self.runner.write(&["branch", "--", branch, at]).map(drop)
    }

    fn add_tree(&self, path: &Path, commit: &str) -> Result<()> {
        let mut args: Vec<OsString> =
            ["worktree", "add", "--quiet", "--force", "--detach", "--no-checkout"]
                .map(OsString::from)
                .to_vec();
        args.push(path.as_os_str().to_owned());
        args.push(commit.into());
        self.runner.read(&args).map(drop)
    }

    fn move_tree(&self, commit: &str, force: bool) -> Result<()> {
        // A repository that came from elsewhere may name programs as filters.
        let listed =
            self.runner.ask(&["config", "--name-only", "-z", "--get-regexp", r"^filter\."])?;
        let mut args: Vec<OsString> = Vec::new();
        for name in listed.stdout.split(|b| *b == 0).filter(|n| !n.is_empty()) {
            let off = if name.ends_with(b".required") { "=false" } else { "=" };
            args.push("-c".into());
            args.push(format!("{}{off}", String::from_utf8_lossy(name)).into());
        }
        args.extend(["checkout", "--quiet", "--detach"].map(OsString::from));
        if force {
            args.push("--force".into());
        }
        args.push(commit.into());
        args.push("--".into());
        self.runner.read(&args).map(drop)
    }

    fn at(&self, tree: &Path) -> Result<Arc<dyn Git>> {
        match SystemGit::open(tree, &self.runner.environment)? {
            Some(git) => Ok(Arc::new(git)),
            None => Err(StoreError::NoRepository { root: tree.to_owned() }),
        }
    }
}
