//! A disk and a git that fail at the nth step, and the proof that no step loses anything.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::disk::{Held, Item, UNFINISHED};
use super::error::Result;
use super::git::{
    Altered, CommitRequest, Committed, Driver, Fetched, Layout, LogQuery, Logged, MergedTrees,
    Outgoing, Pushed, Sharing, Stepped, Touch, TreeCommit, WalkQuery, Way,
};
use super::*;

use Scene::{EditedByHand, NewFile, OneFile, ThreeFiles};

/// How a step fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This once; the command goes on and cleans up.
    Once,
    /// This and all that follow: the disk is full or gone for good.
    FromHere,
    /// The process dies before the step.
    Death,
    /// The process dies in the middle of the step, or right after it where it has no middle.
    DeathWithin,
    /// The power goes before the step: no rename and no removal stands whose folder was not flushed.
    PowerCut,
    /// From here on nothing may be written.
    ReadOnly,
}

impl Fault {
    /// Every kind.
    pub(crate) const ALL: [Fault; 6] = [
        Fault::Once,
        Fault::FromHere,
        Fault::Death,
        Fault::DeathWithin,
        Fault::PowerCut,
        Fault::ReadOnly,
    ];

    /// Whether nobody hears an answer.
    pub(crate) fn kills(self) -> bool {
        matches!(self, Fault::Death | Fault::DeathWithin | Fault::PowerCut)
    }
}

/// The steps of one command, and where it fails.
#[derive(Debug)]
pub(crate) struct Steps {
    pub(super) taken: AtomicUsize,
    pub(super) fails_at: usize,
    pub(super) fault: Fault,
    /// Names that are not safe on disk yet: the folder's, and what stood there before.
    loose: Mutex<Vec<(PathBuf, Option<Vec<u8>>)>>,
}

thread_local! {
    static INJECTED: RefCell<Option<Arc<Steps>>> = const { RefCell::new(None) };
}

/// From here on stores that this thread opens fail so; none: not any more.
pub(crate) fn inject(steps: Option<Arc<Steps>>) {
    INJECTED.set(steps);
}

/// The disk and the git that fail, where they were injected.
pub(super) fn instead_of(
    disk: Arc<dyn Disk>,
    git: Option<Arc<dyn Git>>,
) -> (Arc<dyn Disk>, Option<Arc<dyn Git>>) {
    match INJECTED.with_borrow(Clone::clone) {
        None => (disk, git),
        Some(steps) => {
            let git = git.map(|git| Arc::new(FaultyGit(steps.clone(), git)) as Arc<dyn Git>);
            (Arc::new(FaultyDisk(steps)), git)
        }
    }
}

/// What a step does.
enum Fate {
    Goes,
    Fails,
    DiesWithin,
}

impl Steps {
    pub(crate) fn new(fault: Fault, fails_at: usize) -> Arc<Steps> {
        Arc::new(Steps { taken: AtomicUsize::new(0), fails_at, fault, loose: Mutex::default() })
    }

    /// Whether the command came to the step that fails.
    pub(crate) fn came_there(&self) -> bool {
        self.taken.load(Ordering::SeqCst) > self.fails_at
    }

    fn next(&self) -> Fate {
        let step = self.taken.fetch_add(1, Ordering::SeqCst);
        if step == self.fails_at && self.fault == Fault::PowerCut {
            self.cut_power();
        }
        match self.fault {
            _ if step < self.fails_at => Fate::Goes,
            Fault::Once if step > self.fails_at => Fate::Goes,
            Fault::DeathWithin if step == self.fails_at => Fate::DiesWithin,
            _ => Fate::Fails,
        }
    }

    /// Reading fails only in a process that is dead.
    fn alive(&self) -> io::Result<()> {
        let dead = self.came_there() && self.fault.kills();
        if dead { Err(self.broken()) } else { Ok(()) }
    }

    fn broken(&self) -> io::Error {
        match self.fault {
            Fault::ReadOnly => io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "read-only"),
            _ => io::Error::new(io::ErrorKind::StorageFull, "no space left on device"),
        }
    }

    /// Remembers what a name stood for, until its folder is flushed.
    fn loosens(&self, path: &Path) {
        if self.fault == Fault::PowerCut {
            let before = std::fs::read(path).ok();
            self.loose.lock().unwrap().push((path.to_owned(), before));
        }
    }

    fn flushed(&self, dir: &Path) {
        self.loose.lock().unwrap().retain(|(path, _)| path.parent() != Some(dir));
    }

    fn cut_power(&self) {
        for (path, before) in self.loose.lock().unwrap().drain(..).rev() {
            match before {
                Some(bytes) => std::fs::write(&path, bytes).unwrap(),
                None => drop(std::fs::remove_file(&path)),
            }
        }
    }

    fn run<T>(&self, step: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.next() {
            Fate::Goes => step(),
            Fate::Fails => Err(self.broken()),
            Fate::DiesWithin => step().and(Err(self.broken())),
        }
    }

    fn ask<T>(&self, step: impl FnOnce() -> Result<T>) -> Result<T> {
        let dead = || StoreError::io("run git in", Path::new("test"), self.broken());
        match self.next() {
            Fate::Goes => step(),
            Fate::Fails => Err(dead()),
            Fate::DiesWithin => step().and(Err(dead())),
        }
    }

    fn look<T>(&self, step: impl FnOnce() -> Result<T>) -> Result<T> {
        self.alive().map_err(|e| StoreError::io("run git in", Path::new("test"), e))?;
        step()
    }
}

#[derive(Debug)]
pub(super) struct FaultyDisk(pub(super) Arc<Steps>);

impl Disk for FaultyDisk {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        self.0.alive()?;
        RealDisk.read(path, limit)
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        self.0.alive()?;
        RealDisk.stat(path)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        self.0.alive()?;
        RealDisk.canonical(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Item>> {
        self.0.alive()?;
        RealDisk.list(dir)
    }

    fn write_beside(&self, target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<PathBuf> {
        match self.0.next() {
            Fate::Goes => RealDisk.write_beside(target, bytes, mode),
            Fate::Fails => Err(self.0.broken()),
            Fate::DiesWithin => {
                // Some of the bytes reach the disk: none, one, half, all but one, by the step.
                let all = bytes.len();
                let some = [all / 2, 0, 1, all.saturating_sub(1)];
                let some = some[self.0.fails_at % some.len()].min(all);
                RealDisk.write_beside(target, &bytes[..some], mode)?;
                Err(self.0.broken())
            }
        }
    }

    fn write_loosely(&self, target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<PathBuf> {
        self.0.run(|| RealDisk.write_loosely(target, bytes, mode))
    }

    fn time_in(&self, dir: &Path) -> io::Result<i128> {
        self.0.run(|| RealDisk.time_in(dir))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.run(|| {
            self.0.loosens(to);
            RealDisk.rename(from, to)
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.run(|| {
            self.0.loosens(path);
            RealDisk.remove(path)
        })
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.0.run(|| RealDisk.remove_dir(path))
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        self.0.run(|| RealDisk.create_dir_all(path))
    }

    fn create_private_dir(&self, path: &Path) -> io::Result<()> {
        self.0.run(|| RealDisk.create_private_dir(path))
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.0.run(|| RealDisk.sync_file(path))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.0.run(|| RealDisk.sync_dir(path).inspect(|()| self.0.flushed(path)))
    }

    fn try_lock(&self, path: &Path, holder: &str) -> io::Result<Option<Held>> {
        self.0.run(|| RealDisk.try_lock(path, holder))
    }
}

#[derive(Debug)]
pub(super) struct FaultyGit(Arc<Steps>, Arc<dyn Git>);

impl Sharing for FaultyGit {
    fn setting(&self, key: &str) -> Result<Option<String>> {
        self.0.look(|| self.1.setting(key))
    }

    fn remotes(&self) -> Result<Vec<String>> {
        self.0.look(|| self.1.remotes())
    }

    fn upstream(&self, branch: &str) -> Result<Option<(String, String)>> {
        self.0.look(|| self.1.upstream(branch))
    }

    fn address(&self, remote: &str) -> Result<Option<String>> {
        self.0.look(|| self.1.address(remote))
    }

    fn default_branch(&self, remote: &str) -> Result<Option<String>> {
        self.0.look(|| self.1.default_branch(remote))
    }

    fn ask_default_branch(&self, remote: &str, way: &Way) -> Result<Option<String>> {
        self.0.look(|| self.1.ask_default_branch(remote, way))
    }

    fn fetch(&self, remote: &str, branches: &[&str], way: &Way) -> Result<Fetched> {
        self.0.ask(|| self.1.fetch(remote, branches, way))
    }

    fn push(&self, remote: &str, commit: &str, branch: &str, way: &Way) -> Result<Pushed> {
        self.0.ask(|| self.1.push(remote, commit, branch, way))
    }

    fn ahead(&self, one: &str, other: &str) -> Result<usize> {
        self.0.look(|| self.1.ahead(one, other))
    }

    fn outgoing(&self, tip: &str, remote: &str) -> Result<Vec<Outgoing>> {
        self.0.look(|| self.1.outgoing(tip, remote))
    }

    fn touched(&self, commits: &[&str]) -> Result<Vec<(String, Vec<PathBuf>)>> {
        self.0.look(|| self.1.touched(commits))
    }

    fn is_shallow(&self) -> Result<bool> {
        self.0.look(|| self.1.is_shallow())
    }

    fn merge_trees(
        &self,
        ours: &str,
        theirs: &str,
        driver: Option<&Driver>,
        attributes: &Path,
    ) -> Result<MergedTrees> {
        self.0.ask(|| self.1.merge_trees(ours, theirs, driver, attributes))
    }

    fn graft(&self, tree: &str, files: &[(&Path, &[u8])], index: &Path) -> Result<String> {
        self.0.ask(|| self.1.graft(tree, files, index))
    }

    fn commit_tree(&self, commit: &TreeCommit<'_>) -> Result<String> {
        self.0.ask(|| self.1.commit_tree(commit))
    }

    fn altered(&self, old: &str, new: &str) -> Result<Vec<Altered>> {
        self.0.look(|| self.1.altered(old, new))
    }

    fn step_tree(&self, old: &str, new: &str) -> Result<Stepped> {
        self.0.ask(|| self.1.step_tree(old, new))
    }
}

impl Git for FaultyGit {
    fn layout(&self) -> &Layout {
        self.1.layout()
    }

    fn head(&self) -> Result<Head> {
        self.0.look(|| self.1.head())
    }

    fn resolve(&self, rev: &str) -> Result<Option<String>> {
        self.0.look(|| self.1.resolve(rev))
    }

    fn blobs(&self, wanted: &[(&str, &Path)], limit: u64) -> Result<Vec<Option<Vec<u8>>>> {
        self.0.look(|| self.1.blobs(wanted, limit))
    }

    fn files(&self, commit: &str, dir: &Path) -> Result<Vec<PathBuf>> {
        self.0.look(|| self.1.files(commit, dir))
    }

    fn log(&self, query: &LogQuery<'_>) -> Result<Vec<Logged>> {
        self.0.look(|| self.1.log(query))
    }

    fn walk(&self, query: &WalkQuery<'_>) -> Result<Vec<Touch>> {
        self.0.look(|| self.1.walk(query))
    }

    fn named(&self, names: &[&str], limit: u64) -> Result<Vec<Option<Vec<u8>>>> {
        self.0.look(|| self.1.named(names, limit))
    }

    fn signed(&self, commits: &[&str]) -> Result<Vec<bool>> {
        self.0.look(|| self.1.signed(commits))
    }

    fn changed(&self, commit: &str) -> Result<Vec<PathBuf>> {
        self.0.look(|| self.1.changed(commit))
    }

    fn user(&self) -> Result<Person> {
        self.0.look(|| self.1.user())
    }

    fn editor(&self) -> Result<String> {
        self.0.look(|| self.1.editor())
    }

    fn config(&self, name: &str) -> Result<Option<String>> {
        self.0.look(|| self.1.config(name))
    }

    fn unmerged(&self, path: &Path, limit: u64) -> Result<[Option<Vec<u8>>; 3]> {
        self.0.look(|| self.1.unmerged(path, limit))
    }

    fn set_config(&self, name: &str, value: &str) -> Result<()> {
        self.0.ask(|| self.1.set_config(name, value))
    }

    fn trees(&self) -> Result<Vec<(PathBuf, Option<String>)>> {
        self.0.look(|| self.1.trees())
    }

    fn in_index(&self, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
        self.0.look(|| self.1.in_index(paths))
    }

    fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>> {
        self.0.look(|| self.1.merge_base(one, other))
    }

    fn is_ancestor(&self, older: &str, newer: &str) -> Result<bool> {
        self.0.look(|| self.1.is_ancestor(older, newer))
    }

    fn intend(&self, paths: &[PathBuf]) -> Result<()> {
        self.0.ask(|| self.1.intend(paths))
    }

    fn forget(&self, paths: &[PathBuf]) -> Result<()> {
        self.0.ask(|| self.1.forget(paths))
    }

    fn stage(&self, paths: &[PathBuf]) -> Result<()> {
        self.0.ask(|| self.1.stage(paths))
    }

    fn refresh(&self, paths: &[PathBuf]) -> Result<()> {
        self.0.ask(|| self.1.refresh(paths))
    }

    fn commit(&self, request: &CommitRequest<'_>) -> Result<Committed> {
        self.0.ask(|| self.1.commit(request))
    }

    fn move_branch(&self, branch: &str, new: &str, old: &str) -> Result<bool> {
        self.0.ask(|| self.1.move_branch(branch, new, old))
    }

    fn set_ref(&self, name: &str, commit: &str) -> Result<()> {
        self.0.ask(|| self.1.set_ref(name, commit))
    }

    fn make_branch(&self, branch: &str, at: &str) -> Result<()> {
        self.0.ask(|| self.1.make_branch(branch, at))
    }

    fn add_tree(&self, path: &Path, commit: &str) -> Result<()> {
        self.0.ask(|| self.1.add_tree(path, commit))
    }

    fn move_tree(&self, commit: &str, force: bool) -> Result<()> {
        self.0.ask(|| self.1.move_tree(commit, force))
    }

    fn at(&self, tree: &Path) -> Result<Arc<dyn Git>> {
        let inner = self.0.look(|| self.1.at(tree))?;
        Ok(Arc::new(FaultyGit(self.0.clone(), inner)))
    }
}

/// A repository with a record, staged and untracked files of a person's own.
pub(super) struct Scratch(pub(super) tempfile::TempDir);

pub(super) const RECORD: &str = "incidents/a/incident.yaml";
const SECOND: &str = "incidents/b/incident.yaml";
pub(super) const NEW: &str = "incidents/2026/11/n/incident.yaml";

impl Scratch {
    pub(super) fn new(live: bool) -> Scratch {
        let scratch = Scratch(tempfile::tempdir().unwrap());
        scratch.file(RECORD, "title: a\n");
        scratch.file(SECOND, "title: b\n");
        scratch.file("code", "1\n");
        for args in [
            &["init", "-q", "-b", "main", "--template="][..],
            &["add", "."],
            &["commit", "-qm", "first"],
        ] {
            scratch.git(args);
        }
        if live {
            scratch.git(&["switch", "-qc", "feature"]);
        }
        scratch.file("code", "2\n");
        scratch.file("staged", "s\n");
        scratch.git(&["add", "staged"]);
        scratch.file("untracked", "u\n");
        scratch
    }

    pub(super) fn file(&self, rel: &str, text: &str) {
        let path = self.0.path().join(rel);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn variables() -> Vec<(std::ffi::OsString, std::ffi::OsString)> {
        let config = "user.name=Ana user.email=ana@example.com gc.auto=0 maintenance.auto=false";
        let mut variables: Vec<(String, String)> = Vec::new();
        for (n, (key, value)) in config.split(' ').filter_map(|c| c.split_once('=')).enumerate() {
            variables.push((format!("GIT_CONFIG_KEY_{n}"), key.into()));
            variables.push((format!("GIT_CONFIG_VALUE_{n}"), value.into()));
        }
        let count = (variables.len() / 2).to_string();
        variables.push(("GIT_CONFIG_COUNT".into(), count));
        variables.push(("GIT_CONFIG_GLOBAL".into(), "/dev/null".into()));
        variables.push(("GIT_CONFIG_NOSYSTEM".into(), "1".into()));
        variables.into_iter().map(|(k, v)| (k.into(), v.into())).collect()
    }

    pub(super) fn git(&self, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(self.0.path()).args(args).envs(Self::variables());
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
            command.env_remove(name);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn settings(live: bool) -> Settings {
        Settings {
            environment: Environment { variables: Self::variables(), ..Environment::default() },
            branch: live.then(|| "main".to_owned()),
            patience: Duration::from_millis(20),
            ..Settings::default()
        }
    }

    pub(super) fn store(&self, live: bool) -> Store {
        Store::open(self.0.path(), Self::settings(live)).unwrap()
    }

    pub(super) fn faulty(&self, live: bool, steps: &Arc<Steps>) -> Result<Store> {
        let settings = Self::settings(live);
        let git = SystemGit::open(self.0.path(), &settings.environment)?.unwrap();
        let git: Arc<dyn Git> = Arc::new(FaultyGit(steps.clone(), Arc::new(git)));
        Store::with(self.0.path(), settings, Arc::new(FaultyDisk(steps.clone())), Some(git))
    }

    pub(super) fn unfinished(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut dirs = vec![self.0.path().to_owned()];
        while let Some(dir) = dirs.pop() {
            for item in RealDisk.list(&dir).unwrap() {
                let path = dir.join(&item.name);
                if item.name.to_string_lossy().starts_with(UNFINISHED) {
                    found.push(path);
                } else if item.kind == Kind::Directory {
                    dirs.push(path);
                }
            }
        }
        found
    }
}

#[derive(Debug, Clone, Copy)]
enum Scene {
    OneFile,
    NewFile,
    ThreeFiles,
    EditedByHand,
}

/// Path, text before, text after.
type Text = (&'static str, Option<&'static str>, Option<&'static str>);

impl Scene {
    fn files(self) -> Vec<Text> {
        let one = (RECORD, Some("title: a\n"), Some("title: changed\n"));
        let new = (NEW, None, Some("title: new\n"));
        match self {
            Scene::OneFile => vec![one],
            Scene::NewFile => vec![new],
            Scene::ThreeFiles => vec![one, new, (SECOND, Some("title: b\n"), None)],
            Scene::EditedByHand => {
                vec![(RECORD, Some("title: by hand\n"), Some("title: by hand\nx: 1\n"))]
            }
        }
    }

    fn transaction(self) -> Transaction {
        let text = |t: Option<&str>| t.map(|t| t.as_bytes().to_vec());
        let change = |(path, before, after): (&str, _, _)| Change {
            path: path.into(),
            before: text(before).into(),
            after: text(after),
        };
        Transaction {
            files: self.files().into_iter().map(change).collect(),
            subject: "the command".into(),
            ..Transaction::default()
        }
    }
}

/// Runs one scene with a fault at one step; false when the scene ended before that step.
fn run(scene: Scene, live: bool, fault: Fault, fails_at: usize) -> bool {
    let what = format!("{scene:?}, live {live}, {fault:?} at {fails_at}");
    let scratch = Scratch::new(live);
    let tree = scratch.store(live).root().to_owned();
    if matches!(scene, Scene::EditedByHand) {
        std::fs::write(tree.join(RECORD), "title: by hand\n").unwrap();
    }
    let read = |path: &str| std::fs::read_to_string(tree.join(path)).ok();
    let status =
        || scratch.git(&["status", "--porcelain", "-uall", "--", "code", "staged", "untracked"]);
    let steps = Steps::new(fault, fails_at);
    let result = scratch.faulty(live, &steps).and_then(|s| s.commit(&scene.transaction()));
    let over = steps.taken.load(Ordering::SeqCst) <= fails_at;

    for (path, before, after) in scene.files() {
        let now = read(path);
        assert!(now.as_deref() == before || now.as_deref() == after, "{what}: {path}: {now:?}");
    }

    let after = scratch.store(live);
    after.recover().unwrap_or_else(|e| panic!("{what}: {e}"));
    let is = |text: fn(&Text) -> Option<&'static str>| {
        scene.files().iter().all(|f| read(f.0).as_deref() == text(f))
    };
    let (all_before, all_after) = (is(|f| f.1), is(|f| f.2));
    assert!(all_before || all_after, "{what}: half of it");
    match &result {
        Ok(_) => assert!(all_after, "{what}: done, yet gone"),
        Err(e) if e.is_written() => assert!(all_after, "{what}: said to be written: {e}"),
        // Of a dead command nobody heard an answer.
        Err(_) if fault.kills() => {}
        Err(e) => assert!(all_before, "{what}: would be applied twice: {e}"),
    }
    let subjects = scratch.git(&["log", "--format=%s", "main"]);
    let times = subjects.lines().filter(|s| *s == "the command").count();
    assert_eq!(times, usize::from(all_after), "{what}: {subjects}");
    let person = " M code\nA  staged\n?? untracked\n";
    assert_eq!(status(), person, "{what}: somebody's own changes");
    assert!(scratch.unfinished().is_empty(), "{what}");
    assert!(!after.has_left_overs(), "{what}");
    // The next command works, on whatever was left.
    let text = after.read(RECORD).unwrap();
    let next = Change { path: RECORD.into(), before: text.into(), after: Some(b"next\n".to_vec()) };
    let next = Transaction { files: vec![next], subject: "next".into(), ..Transaction::default() };
    after.commit(&next).unwrap_or_else(|e| panic!("{what}: {e}"));
    let tracked =
        scratch.git(&["-C", tree.to_str().unwrap(), "status", "--porcelain", "incidents"]);
    assert_eq!(tracked, "", "{what}");
    !over
}

fn every_step(live: bool, fault: Fault, scenes: &[Scene]) {
    for scene in scenes {
        let steps = (0..200).take_while(|step| run(*scene, live, fault, *step)).count();
        assert!((8..100).contains(&steps), "{scene:?} took {steps} steps");
    }
}

#[test]
fn a_step_that_fails_once() {
    every_step(false, Fault::Once, &[ThreeFiles, EditedByHand]);
}

#[test]
fn a_disk_that_stays_full() {
    every_step(false, Fault::FromHere, &[NewFile, EditedByHand]);
}

#[test]
fn a_death_before_each_step() {
    every_step(false, Fault::Death, &[ThreeFiles, EditedByHand]);
}

#[test]
fn a_death_within_each_step() {
    every_step(false, Fault::DeathWithin, &[OneFile, ThreeFiles]);
}

#[test]
fn a_power_cut_before_each_step() {
    every_step(false, Fault::PowerCut, &[ThreeFiles, EditedByHand]);
}

#[test]
fn a_death_in_the_live_tree() {
    every_step(true, Fault::DeathWithin, &[ThreeFiles]);
}

#[test]
fn a_failure_in_the_live_tree() {
    every_step(true, Fault::Once, &[OneFile]);
}
