//! A scratch repository that nothing of the person's own git reaches.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use inc::store::{Before, Change, CommitMode, Environment, Settings, Store, Transaction, Written};

pub(crate) struct Scratch {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) plumbing: bool,
}

impl Scratch {
    /// A folder, no repository yet.
    pub(crate) fn empty() -> Scratch {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("home")).unwrap();
        std::fs::create_dir_all(dir.path().join("work")).unwrap();
        let config = "[user]\n name = Ana Prueba\n email = ana@example.com\n[init]\n \
                      defaultBranch = main\n[gc]\n auto = 0\n[maintenance]\n auto = false\n";
        std::fs::write(dir.path().join("home/config"), config).unwrap();
        Scratch { dir, plumbing: false }
    }

    /// A repository with one commit of one record.
    pub(crate) fn repository() -> Scratch {
        let scratch = Scratch::unborn();
        scratch.file("incidents/a/incident.yaml", "title: a\n");
        scratch.git(&["add", "."]);
        scratch.git(&["commit", "-q", "-m", "first"]);
        scratch
    }

    /// A repository without a commit.
    pub(crate) fn unborn() -> Scratch {
        let scratch = Scratch::empty();
        scratch.git(&["init", "-q"]);
        scratch
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().join("work").canonicalize().unwrap()
    }

    pub(crate) fn base(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    fn variables(&self) -> Vec<(OsString, OsString)> {
        let home = self.dir.path().join("home");
        vec![
            ("HOME".into(), home.clone().into()),
            ("XDG_CONFIG_HOME".into(), home.join("xdg").into()),
            ("GIT_CONFIG_GLOBAL".into(), home.join("config").into()),
            ("GIT_CONFIG_NOSYSTEM".into(), "1".into()),
            ("GIT_TERMINAL_PROMPT".into(), "0".into()),
        ]
    }

    pub(crate) fn environment(&self) -> Environment {
        let without = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME"];
        Environment {
            variables: self.variables(),
            without: without.map(OsString::from).to_vec(),
            plumbing: self.plumbing,
            ..Environment::default()
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings { environment: self.environment(), ..Settings::default() }
    }

    pub(crate) fn store(&self) -> Store {
        self.open(&self.root(), self.settings())
    }

    pub(crate) fn with_mode(&self, commit: CommitMode) -> Store {
        self.open(&self.root(), Settings { commit, ..self.settings() })
    }

    pub(crate) fn on_branch(&self, branch: &str) -> Store {
        self.open(&self.root(), Settings { branch: Some(branch.into()), ..self.settings() })
    }

    pub(crate) fn open(&self, root: &Path, settings: Settings) -> Store {
        Store::open(root, settings).unwrap()
    }

    pub(crate) fn file(&self, rel: &str, text: &str) {
        let path = self.root().join(rel);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn text(&self, rel: &str) -> Option<String> {
        std::fs::read_to_string(self.root().join(rel)).ok()
    }

    /// Makes a hook of git's.
    pub(crate) fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.root().join(".git/hooks").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn unhook(&self, name: &str) {
        std::fs::remove_file(self.root().join(".git/hooks").join(name)).unwrap();
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let (ok, said) = self.try_git_in(&self.root(), args);
        assert!(ok, "git {args:?}: {said}");
        said
    }

    pub(crate) fn git_in(&self, dir: &Path, args: &[&str]) -> String {
        let (ok, said) = self.try_git_in(dir, args);
        assert!(ok, "git {args:?}: {said}");
        said
    }

    pub(crate) fn try_git_in(&self, dir: &Path, args: &[&str]) -> (bool, String) {
        let mut command = Command::new("git");
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_AUTHOR_NAME"] {
            command.env_remove(name);
        }
        let output = command.current_dir(dir).args(args).envs(self.variables()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).trim_end().to_owned())
    }

    /// `git status`, with the index's own view of each file.
    pub(crate) fn status(&self) -> String {
        self.git(&["status", "--porcelain=v2", "--untracked-files=all"])
    }
}

/// A change of one file from what it holds now.
pub(crate) fn write(store: &Store, rel: &str, text: &str, subject: &str) -> Transaction {
    let before = Before::from(store.read(rel).unwrap());
    let change = Change { path: rel.into(), before, after: Some(text.into()) };
    Transaction { files: vec![change], subject: subject.into(), ..Transaction::default() }
}

pub(crate) fn put(store: &Store, rel: &str, text: &str, subject: &str) -> Written {
    store.commit(&write(store, rel, text, subject)).unwrap()
}
