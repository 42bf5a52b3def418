//! Reads what git's plumbing prints.

use std::ffi::OsStr;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};

use super::{Altered, Logged, MergedTrees, Person};
use crate::units::Instant;

/// One commit for `git log -z`: ten fields, NUL after each; no field can hold a NUL.
pub(super) const LOG_FORMAT: &str =
    "--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%s%x00%b%x00";

const LOG_FIELDS: usize = 10;

/// The commits that `git log` printed in [`LOG_FORMAT`].
pub(super) fn commits(printed: &[u8]) -> Vec<Logged> {
    let text = String::from_utf8_lossy(printed);
    let fields: Vec<&str> = text.split('\0').collect();
    fields
        .chunks(LOG_FIELDS)
        .filter(|commit| commit.len() == LOG_FIELDS)
        .map(|f| {
            let mut parents = f[1].split_whitespace().map(str::to_owned);
            Logged {
                commit: f[0].trim_start().to_owned(),
                parent: parents.next(),
                merge: parents.next().is_some(),
                author: Person { name: f[2].to_owned(), email: f[3].to_owned() },
                time: DateTime::parse_from_rfc3339(f[4]).ok(),
                committer: Person { name: f[5].to_owned(), email: f[6].to_owned() },
                committed: DateTime::parse_from_rfc3339(f[7]).ok(),
                subject: f[8].to_owned(),
                body: f[9].to_owned(),
            }
        })
        .collect()
}

/// Paths that git ended with NUL each.
pub(super) fn paths(printed: &[u8]) -> Vec<PathBuf> {
    printed.split(|b| *b == 0).filter(|p| !p.is_empty()).map(path).collect()
}

/// The regular files in `git ls-tree -z`: `<mode> <type> <id>\t<path>`.
pub(super) fn tree(printed: &[u8]) -> Vec<PathBuf> {
    printed
        .split(|b| *b == 0)
        .filter(|entry| entry.starts_with(b"100"))
        .filter_map(|entry| {
            let tab = entry.iter().position(|b| *b == b'\t')?;
            Some(path(&entry[tab + 1..]))
        })
        .collect()
}

/// The work trees in `git worktree list --porcelain -z`.
pub(super) fn trees(printed: &[u8]) -> Vec<(PathBuf, Option<String>)> {
    let mut trees: Vec<(PathBuf, Option<String>)> = Vec::new();
    for line in printed.split(|b| *b == 0) {
        if let Some(folder) = line.strip_prefix(b"worktree ") {
            trees.push((path(folder), None));
        } else if let Some(branch) = line.strip_prefix(b"branch refs/heads/")
            && let Some(last) = trees.last_mut()
        {
            last.1 = Some(String::from_utf8_lossy(branch).into_owned());
        }
    }
    trees
}

/// One answer of `git cat-file --batch`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Object {
    Missing,
    TooLarge(u64),
    Found(Vec<u8>),
}

/// Reads one answer of `git cat-file --batch`; objects of another type count as missing.
pub(super) fn object(from: &mut impl BufRead, wanted: &str, limit: u64) -> io::Result<Object> {
    let mut header = Vec::new();
    // A name that does not exist is echoed: it is as long as we asked for, so bounded.
    from.read_until(b'\n', &mut header)?;
    let header = String::from_utf8_lossy(&header);
    let mut words = header.trim_end().rsplit(' ');
    let (size, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let Ok(size) = size.parse::<u64>() else {
        // `missing`, `ambiguous`, `dangling`, `excluded`, or the end of the stream.
        return if header.is_empty() {
            Err(io::ErrorKind::UnexpectedEof.into())
        } else {
            Ok(Object::Missing)
        };
    };
    if kind == wanted && size > limit {
        return Ok(Object::TooLarge(size));
    }
    if kind != wanted {
        io::copy(&mut from.take(size + 1), &mut io::sink())?;
        return Ok(Object::Missing);
    }
    let mut bytes = Vec::new();
    from.take(size).read_to_end(&mut bytes)?;
    let mut newline = [0];
    from.read_exact(&mut newline)?;
    Ok(Object::Found(bytes))
}

/// Whether a commit's text has a signature among its headers.
pub(super) fn has_signature(commit: &[u8]) -> bool {
    commit
        .split(|b| *b == b'\n')
        .take_while(|line| !line.is_empty())
        .any(|line| line.starts_with(b"gpgsig"))
}

/// `2026-11-21T03:10:00-06:00` for git's date variables, to the second.
pub(super) fn date(at: Instant) -> String {
    let at: DateTime<FixedOffset> = at.get();
    format!("{} {}", at.timestamp(), at.format("%z"))
}

/// `git merge-tree -z --no-messages`: the tree, then `<mode> <id> <stage>\t<path>` for each side of
/// each path that could not be brought together.
pub(super) fn merged(printed: &[u8]) -> MergedTrees {
    let mut parts = printed.split(|b| *b == 0).filter(|part| !part.is_empty());
    let tree = String::from_utf8_lossy(parts.next().unwrap_or_default()).trim().to_owned();
    let mut conflicts: Vec<PathBuf> = parts.filter_map(after_tab).collect();
    conflicts.sort();
    conflicts.dedup();
    MergedTrees::Tree { tree, conflicts }
}

/// `git diff-tree --raw -z`: `:<mode> <mode> <id> <id> <letter>`, NUL, the path, NUL.
pub(super) fn altered(printed: &[u8]) -> Vec<Altered> {
    let mut parts = printed.split(|b| *b == 0).filter(|part| !part.is_empty());
    let mut found = Vec::new();
    while let (Some(about), Some(name)) = (parts.next(), parts.next()) {
        let letter = about.last().copied().unwrap_or_default();
        found.push(Altered { path: path(name), before: letter != b'A', after: letter != b'D' });
    }
    found
}

/// `git diff-tree --stdin -z --name-only`: the name of a commit, then the paths that it changed;
/// commits without any are left out.
pub(super) fn touched(printed: &[u8], commits: &[&str]) -> Vec<(String, Vec<PathBuf>)> {
    let mut found: Vec<(String, Vec<PathBuf>)> = Vec::new();
    // In the order asked for, so that a file with the name of a commit is a file.
    let mut awaited = commits.iter().peekable();
    for part in printed.split(|b| *b == 0).filter(|part| !part.is_empty()) {
        let text = String::from_utf8_lossy(part);
        let mut ahead = awaited.clone();
        if ahead.any(|commit| **commit == text) {
            awaited = ahead;
            found.push((text.into_owned(), Vec::new()));
        } else if let Some((_, paths)) = found.last_mut() {
            paths.push(path(part));
        }
    }
    found
}

/// The paths that `git read-tree` names: between `'` and `'` in each line, or the first one.
pub(super) fn quoted_paths(said: &str) -> Vec<PathBuf> {
    let named = |line: &str| {
        let (_, rest) = line.split_once('\'')?;
        let (name, _) = rest.rsplit_once('\'')?;
        Some(PathBuf::from(name))
    };
    said.lines().filter_map(named).collect()
}

fn after_tab(line: &[u8]) -> Option<PathBuf> {
    let tab = line.iter().position(|b| *b == b'\t')?;
    Some(path(&line[tab + 1..]))
}

#[cfg(unix)]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    Path::new(OsStr::from_bytes(bytes)).to_owned()
}

#[cfg(not(unix))]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_answers() {
        let mut stream: &[u8] = b"0a1b blob 3\nabc\nHEAD:x y missing\n0a1b tree 2\nzz\n9f blob 9\n";
        let mut next = || object(&mut stream, "blob", 5).unwrap();
        assert_eq!(next(), Object::Found(b"abc".to_vec()));
        assert_eq!(next(), Object::Missing);
        assert_eq!(next(), Object::Missing);
        assert_eq!(next(), Object::TooLarge(9));
    }

    #[test]
    fn the_end_of_the_stream_is_an_error() {
        assert!(object(&mut &b""[..], "blob", 5).is_err());
        assert!(object(&mut &b"0a blob 5\nab"[..], "blob", 5).is_err());
    }

    #[test]
    fn signature_only_among_the_headers() {
        assert!(has_signature(b"tree 1\ngpgsig -----BEGIN\n x\n\nwords"));
        assert!(has_signature(b"tree 1\ngpgsig-sha256 x\n\nwords"));
        assert!(!has_signature(b"tree 1\n\ngpgsig in the words"));
    }

    #[test]
    fn links_and_submodules_are_no_files() {
        let printed = b"100644 blob 1\ta\x00120000 blob 2\tlink\x00160000 commit 3\tsub\x00100755 blob 4\tb c\0";
        assert_eq!(tree(printed), [PathBuf::from("a"), PathBuf::from("b c")]);
    }

    #[test]
    fn a_merge_without_a_work_tree() {
        let printed = b"t1\x00100644 a 1\tx/y z\x00100644 b 2\tx/y z\x00100644 c 3\tb\0";
        let conflicts = vec![PathBuf::from("b"), PathBuf::from("x/y z")];
        assert_eq!(merged(printed), MergedTrees::Tree { tree: "t1".into(), conflicts });
        let clean = MergedTrees::Tree { tree: "t1".into(), conflicts: Vec::new() };
        assert_eq!(merged(b"t1\0"), clean);
    }

    #[test]
    fn what_differs() {
        let printed =
            b":000000 100644 0 1 A\0new\0:100644 000000 1 0 D\0old\0:100644 100755 1 2 M\0b c\0";
        let of = |path: &str, before, after| Altered { path: path.into(), before, after };
        let found = altered(printed);
        assert_eq!(found, [of("new", false, true), of("old", true, false), of("b c", true, true)]);
    }

    #[test]
    fn what_commits_touched() {
        let found = touched(b"c1\0a\0c2\0b\0c1\0", &["c1", "c0", "c2"]);
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(found, [("c1".into(), paths(&["a"])), ("c2".into(), paths(&["b", "c1"]))]);
    }

    #[test]
    fn what_stands_in_the_way() {
        let said = "error: Entry 'it's a' not uptodate. Cannot merge.\nfatal: x\n";
        assert_eq!(quoted_paths(said), [PathBuf::from("it's a")]);
    }

    #[test]
    fn log_fields() {
        let printed = b"h1\0p1 p2\0A\0a@x\x002026-11-21T03:10:00-06:00\0C\0c@x\0?\0s\0b\n\0h2\0\0A\0a@x\0?\0C\0c@x\0?\0s2\0\0";
        let found = commits(printed);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].parent.as_deref(), found[0].merge), (Some("p1"), true));
        assert_eq!((found[1].commit.as_str(), found[1].parent.as_deref()), ("h2", None));
        assert_eq!(found[1].time, None);
    }
}
