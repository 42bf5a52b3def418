//! Files outside the workspace that a person names, and the editor's own.

#![allow(
    clippy::disallowed_methods,
    reason = "outside the workspace there is no store; these files are the person's"
)]

use std::path::Path;

use crate::diag::Diagnostic;

use super::error::Failure;

/// Reads a text file.
pub(crate) fn read(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

/// Reads a file that the command line names, or standard input for `-`.
pub(crate) fn read_named(path: &str) -> Result<String, Failure> {
    let problem = |e: std::io::Error| {
        Failure::wrong(Diagnostic::error(
            "cannot-read",
            format!("{path}: {}", e.to_string().to_lowercase()),
        ))
    };
    if path == "-" {
        return std::io::read_to_string(std::io::stdin()).map_err(problem);
    }
    read(Path::new(path)).map_err(problem)
}

/// Writes a text file.
pub(crate) fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

/// Files directly in a folder with one of the endings, sorted; a file names itself.
pub(crate) fn below(path: &Path, endings: &[&str]) -> std::io::Result<Vec<std::path::PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(dir) = waiting.pop() {
        for entry in std::fs::read_dir(&dir)? {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if kind.is_dir() && !hidden {
                waiting.push(path);
            } else if kind.is_file()
                && path.extension().is_some_and(|e| endings.iter().any(|w| e == *w))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes a folder with its parents.
pub(crate) fn make_folder(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Reads a file's bytes.
pub(crate) fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// Opens a file to read it as a stream, or standard input for `-`.
pub(crate) fn stream(path: &str) -> std::io::Result<Box<dyn std::io::Read + Send>> {
    if path == "-" {
        return Ok(Box::new(std::io::stdin()));
    }
    let file = std::fs::File::open(path)?;
    // A folder opens, and says only when it is read that it is none.
    if file.metadata()?.is_dir() {
        return Err(std::io::Error::other("is a folder"));
    }
    Ok(Box::new(file))
}

/// Opens a file to add to it; one that has grown past `limit` bytes begins anew.
pub(crate) fn append(path: &Path, limit: u64) -> std::io::Result<std::fs::File> {
    let full = std::fs::metadata(path).is_ok_and(|meta| meta.len() > limit);
    std::fs::OpenOptions::new().create(true).append(!full).write(true).truncate(full).open(path)
}

/// Whether a path is a file that this user's system may run.
pub(crate) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// The permission bits of a folder; none where there is no folder.
pub(crate) fn folder_mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let meta = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_dir)?;
    Some(meta.permissions().mode() & 0o777)
}

/// What tells this build of the program from others: where it lies, its size and its time.
pub(crate) fn own_program() -> String {
    let found = std::env::current_exe().and_then(|path| Ok((std::fs::metadata(&path)?, path)));
    found.map_or_else(
        |_| String::new(),
        |(meta, path)| format!("{} {} {:?}", path.display(), meta.len(), meta.modified().ok()),
    )
}
