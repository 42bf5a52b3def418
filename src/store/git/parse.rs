//! Reads what git's plumbing prints.

use std::ffi::OsStr;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};

use super::{Logged, Person};
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
    fn log_fields() {
        let printed = b"h1\0p1 p2\0A\0a@x\x002026-11-21T03:10:00-06:00\0C\0c@x\0?\0s\0b\n\0h2\0\0A\0a@x\0?\0C\0c@x\0?\0s2\0\0";
        let found = commits(printed);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].parent.as_deref(), found[0].merge), (Some("p1"), true));
        assert_eq!((found[1].commit.as_str(), found[1].parent.as_deref()), ("h2", None));
        assert_eq!(found[1].time, None);
    }
}
