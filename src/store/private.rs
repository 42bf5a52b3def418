//! Files of customers' data outside git: streamed, for their owner alone, whole or not at all.

use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::disk::{Disk as _, RealDisk, Stream, create_private_dir};
use super::error::{Result, StoreError};
use super::{Kind, expect_file};

/// Permission bits of such a file, and of a folder that is made for it.
const OWNER: u32 = 0o600;
const OWNER_FOLDER: u32 = 0o700;

/// A file that is being written; gone when it is dropped before it was sealed.
#[derive(Debug)]
pub struct Unsealed {
    file: tempfile::NamedTempFile,
    target: PathBuf,
}

/// How a file was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// It is new.
    New,
    /// The same bytes were there already.
    Same,
}

/// Begins a file that nobody else may read; folders above it are made for the owner alone.
///
/// # Errors
/// When something stands there that is no file, or the disk refuses.
pub fn begin_private(target: &Path) -> Result<Unsealed> {
    if let Ok(stat) = RealDisk.stat(target) {
        expect_file(target, stat)?;
    }
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_private_folder(dir)?;
    let fail = |e| StoreError::io("write", target, e);
    let mut builder = tempfile::Builder::new();
    builder.prefix(super::disk::UNFINISHED);
    #[cfg(unix)]
    builder.permissions(super::disk::permissions(OWNER));
    let file = builder.tempfile_in(dir).map_err(fail)?;
    Ok(Unsealed { file, target: target.to_owned() })
}

/// Makes a folder, and those above it, that only its owner may enter.
///
/// # Errors
/// When the disk refuses.
pub fn make_private_folder(dir: &Path) -> Result<()> {
    create_private_dir(dir, OWNER_FOLDER).map_err(|e| StoreError::io("create", dir, e))
}

impl Write for Unsealed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

impl Unsealed {
    /// Gives the file its name; one that is there already is never written over.
    ///
    /// `safely` waits until the disk has it.
    ///
    /// # Errors
    /// When another file stands there, or the disk refuses.
    pub fn seal(mut self, safely: bool) -> Result<Sealed> {
        let target = self.target;
        let fail = |e| StoreError::io("write", &target, e);
        if safely {
            self.file.as_file().sync_data().map_err(fail)?;
        }
        if RealDisk.stat(&target).is_ok() {
            let same = same_bytes(&mut self.file, &target).map_err(fail)?;
            return if same { Ok(Sealed::Same) } else { Err(StoreError::Exists { path: target }) };
        }
        match self.file.persist_noclobber(&target) {
            Ok(_) => {}
            Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists { path: target });
            }
            Err(e) => return Err(fail(e.error)),
        }
        if safely {
            let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty());
            RealDisk.sync_dir(dir.unwrap_or(Path::new("."))).map_err(fail)?;
        }
        Ok(Sealed::New)
    }

    /// The bytes from the beginning, to be copied where no file can stand: to a pipe.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn reread(&mut self) -> Result<impl Read + '_> {
        let file = self.file.as_file_mut();
        file.rewind().map_err(|e| StoreError::io("read", &self.target, e))?;
        Ok(file)
    }
}

fn same_bytes(ours: &mut tempfile::NamedTempFile, target: &Path) -> io::Result<bool> {
    let mut theirs = Stream::open(target)?;
    if theirs.size() != Some(ours.as_file().metadata()?.len()) {
        return Ok(false);
    }
    ours.rewind()?;
    let (mut a, mut b) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let n = ours.read(&mut a)?;
        if n == 0 {
            return Ok(true);
        }
        let (a, b) = (a.get(..n).unwrap_or_default(), b.get_mut(..n).unwrap_or_default());
        theirs.read_exact(b)?;
        if a != b {
            return Ok(false);
        }
    }
}

/// Opens a file to be read from its beginning to its end.
///
/// # Errors
/// When it is a folder, or the disk refuses.
pub fn stream(path: &Path) -> Result<Stream> {
    let opened = Stream::open(path).map_err(|e| StoreError::io("read", path, e))?;
    match opened.kind() {
        Kind::Directory => Err(StoreError::NotAFile { path: path.to_owned(), what: "a directory" }),
        _ => Ok(opened),
    }
}

/// A file without a name in a folder, gone when it is dropped.
///
/// # Errors
/// When the disk refuses.
pub fn nameless(dir: &Path) -> io::Result<impl Read + Write + Seek + Send + use<>> {
    tempfile::tempfile_in(dir)
}

/// What came through a pipe, so that it can be read again; gone when it is dropped.
#[derive(Debug)]
pub struct Spooled(tempfile::NamedTempFile);

impl Spooled {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Reads a pipe to its end into a file for its owner alone.
///
/// # Errors
/// When the pipe or the disk refuses.
pub fn spool(dir: &Path, from: &mut dyn Read) -> Result<Spooled> {
    let fail = |e| StoreError::io("write", dir, e);
    let mut builder = tempfile::Builder::new();
    builder.prefix(super::disk::UNFINISHED);
    #[cfg(unix)]
    builder.permissions(super::disk::permissions(OWNER));
    let mut file = builder.tempfile_in(dir).map_err(fail)?;
    io::copy(from, file.as_file_mut()).map_err(fail)?;
    Ok(Spooled(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/x.csv");
        let mut file = begin_private(&path).unwrap();
        file.write_all(b"1,2\n").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(std::fs::read_dir(dir.path().join("a/b")).unwrap().count(), 0);
        let mut file = begin_private(&path).unwrap();
        file.write_all(b"1,2\n").unwrap();
        assert_eq!(file.seal(true).unwrap(), Sealed::New);
        assert_eq!(std::fs::read(&path).unwrap(), b"1,2\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(&dir.path().join("a"))), (0o600, 0o700));
        }
    }

    #[test]
    fn nothing_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        let seal = |bytes: &[u8]| {
            let mut file = begin_private(&path).unwrap();
            file.write_all(bytes).unwrap();
            file.seal(false)
        };
        assert_eq!(seal(b"1").unwrap(), Sealed::New);
        assert_eq!(seal(b"1").unwrap(), Sealed::Same);
        for other in [b"2".as_slice(), b"11", b""] {
            let e = seal(other).unwrap_err();
            assert!(matches!(e, StoreError::Exists { .. }), "{e}");
            assert_eq!((e.exit_code(), e.code()), (2, "file-exists"));
        }
        assert_eq!(std::fs::read(&path).unwrap(), b"1");
        assert!(begin_private(dir.path()).is_err());
    }

    #[test]
    fn reading_from_beginning_to_end() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x"), "12").unwrap();
        let mut text = String::new();
        let mut opened = stream(&dir.path().join("x")).unwrap();
        assert_eq!((opened.size(), opened.kind()), (Some(2), Kind::File));
        opened.read_to_string(&mut text).unwrap();
        assert_eq!(text, "12");
        assert!(matches!(stream(dir.path()), Err(StoreError::NotAFile { .. })));
        assert_eq!(stream(&dir.path().join("none")).unwrap_err().exit_code(), 3);
    }
}
