//! Reading through libgit2, which saves starting a process.
//!
//! `None` means "ask git itself": libgit2 cannot open every repository (SHA-256, reftable, partial
//! clones), so whatever it does not answer is answered by plumbing.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Repository, RepositoryOpenFlags, TreeWalkMode};

use super::{Head, Layout};

/// What opening said.
pub(super) enum Opened {
    Yes(Box<Repository>, Layout),
    NoRepository,
    AskGit,
}

/// Opens the repository that holds `folder`, which is canonical.
pub(super) fn open(folder: &Path) -> Opened {
    let none: [&Path; 0] = [];
    let repository = match Repository::open_ext(folder, RepositoryOpenFlags::empty(), none) {
        Ok(repository) => repository,
        Err(e) if e.code() == ErrorCode::NotFound => return Opened::NoRepository,
        Err(_) => return Opened::AskGit,
    };
    let canonical = |path: &Path| path.canonicalize().ok();
    let layout = repository.workdir().and_then(canonical).and_then(|top| {
        Some(Layout {
            top,
            git_dir: canonical(repository.path())?,
            common_dir: canonical(repository.commondir())?,
        })
    });
    match layout {
        Some(layout) => Opened::Yes(Box::new(repository), layout),
        None => Opened::AskGit,
    }
}

pub(super) fn head(repository: &Repository) -> Option<Head> {
    match repository.head() {
        Ok(head) => {
            let commit = head.peel_to_commit().ok()?.id().to_string();
            let branch = head.is_branch().then(|| head.shorthand().ok().map(str::to_owned));
            match branch {
                Some(None) => None,
                branch => Some(Head { commit: Some(commit), branch: branch.flatten() }),
            }
        }
        Err(e) if e.code() == ErrorCode::UnbornBranch => {
            let head = repository.find_reference("HEAD").ok()?;
            let branch = head.symbolic_target().ok().flatten()?.strip_prefix("refs/heads/")?;
            Some(Head { commit: None, branch: Some(branch.to_owned()) })
        }
        Err(_) => None,
    }
}

/// The commit of a branch, or of a full name; other revisions are left to git.
pub(super) fn resolve(repository: &Repository, rev: &str) -> Option<String> {
    if let Ok(id) = Oid::from_str(rev)
        && rev.len() == 40
    {
        return repository.find_commit(id).ok().map(|c| c.id().to_string());
    }
    let name = if rev.starts_with("refs/") { rev.to_owned() } else { return None };
    let commit = repository.find_reference(&name).ok()?.peel_to_commit().ok()?;
    Some(commit.id().to_string())
}

/// Names of the remotes.
pub(super) fn remotes(repository: &Repository) -> Option<Vec<String>> {
    let names = repository.remotes().ok()?;
    names.iter().map(|name| name.ok().flatten().map(str::to_owned)).collect()
}

/// Settings of the repository; none where one is not set.
pub(super) fn settings<const N: usize>(
    repository: &Repository,
    keys: [&str; N],
) -> Option<[Option<String>; N]> {
    let config = repository.config().ok()?.snapshot().ok()?;
    Some(keys.map(|key| config.get_string(key).ok()))
}

/// How many commits one has that the other lacks.
pub(super) fn ahead(repository: &Repository, one: &str, other: &str) -> Option<usize> {
    let (one, other) = (Oid::from_str(one).ok()?, Oid::from_str(other).ok()?);
    repository.graph_ahead_behind(one, other).ok().map(|(ahead, _)| ahead)
}

/// `Some(None)` where the commit has no such file.
#[expect(clippy::option_option, reason = "no answer, and the answer that nothing is there")]
pub(super) fn blob(
    repository: &Repository,
    commit: &str,
    path: &Path,
    limit: u64,
) -> Option<Option<Vec<u8>>> {
    let tree = repository.find_commit(Oid::from_str(commit).ok()?).ok()?.tree().ok()?;
    let entry = match tree.get_path(path) {
        Ok(entry) => entry,
        Err(e) if e.code() == ErrorCode::NotFound => return Some(None),
        Err(_) => return None,
    };
    if entry.kind() != Some(ObjectType::Blob) {
        return Some(None);
    }
    let (size, _) = repository.odb().ok()?.read_header(entry.id()).ok()?;
    // Too large: git says so with its own words.
    if size as u64 > limit {
        return None;
    }
    Some(Some(repository.find_blob(entry.id()).ok()?.content().to_vec()))
}

/// The regular files below `dir`, in the order of their paths.
pub(super) fn files(repository: &Repository, commit: &str, dir: &Path) -> Option<Vec<PathBuf>> {
    let mut tree = repository.find_commit(Oid::from_str(commit).ok()?).ok()?.tree().ok()?;
    if !dir.as_os_str().is_empty() {
        match tree.get_path(dir) {
            Ok(entry) if entry.kind() == Some(ObjectType::Tree) => {
                tree = repository.find_tree(entry.id()).ok()?;
            }
            Ok(_) => return Some(Vec::new()),
            Err(e) if e.code() == ErrorCode::NotFound => return Some(Vec::new()),
            Err(_) => return None,
        }
    }
    let mut files = Vec::new();
    let mut readable = true;
    tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
        if entry.filemode() & 0o170_000 == 0o100_000 {
            let Ok(name) = entry.name() else {
                // Not UTF-8: git's own listing has the bytes.
                readable = false;
                return git2::TreeWalkResult::Abort;
            };
            files.push(dir.join(folder).join(name));
        }
        git2::TreeWalkResult::Ok
    })
    .ok()?;
    readable.then(|| {
        files.sort();
        files
    })
}

/// `Some(None)` where nobody set it.
#[expect(clippy::option_option, reason = "no answer, and the answer that nothing is there")]
pub(super) fn config(repository: &Repository, name: &str) -> Option<Option<String>> {
    let settings = repository.config().ok()?.snapshot().ok()?;
    match settings.get_string(name) {
        Ok(value) => Some(Some(value)),
        Err(e) if e.code() == ErrorCode::NotFound => Some(None),
        Err(_) => None,
    }
}
