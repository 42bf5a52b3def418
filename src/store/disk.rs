//! The only place that touches the file system.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the room that std::fs is reserved for"
)]

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, whatever it points to.
    Link,
    /// A pipe, a socket, a device.
    Special,
}

/// What the file system says about a file, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// Last change of the content, nanoseconds since 1970.
    pub mtime_ns: i128,
    /// Last change of the content or the attributes, nanoseconds since 1970.
    pub ctime_ns: i128,
    /// Number of the inode; 0 where the system has none.
    pub inode: u64,
    /// Permission bits; 0 where the system has none.
    pub mode: u32,
}

/// One name in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: OsString,
    /// What it is, links not followed.
    pub kind: Kind,
}

/// A lock on a file, let go when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct Held(#[allow(dead_code, reason = "held for its lock")] Option<File>);

impl Held {
    /// Holds nothing, where the lock is ours already.
    pub(super) fn nothing() -> Held {
        Held(None)
    }
}

/// Every file operation that the store does. The double that fails at the nth step stands in for
/// it in tests.
pub trait Disk: Send + Sync + fmt::Debug {
    /// The whole file; refuses to go on past `limit` bytes with `FileTooLarge`.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;
    /// What stands at `path`, links not followed.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    /// The path without links.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;
    /// The names in a directory, in no order.
    fn list(&self, dir: &Path) -> io::Result<Vec<Item>>;
    /// A new file beside `target` with these bytes, safely on disk; gives its path.
    fn write_beside(&self, target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<PathBuf>;
    /// As [`Disk::write_beside`], but a power cut may lose it: for what can be made again.
    fn write_loosely(&self, target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<PathBuf>;
    /// Now, by the clock that gives the files of a folder their times, nanoseconds since 1970.
    fn time_in(&self, dir: &Path) -> io::Result<i128>;
    /// Moves a file over another, atomically.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Removes a directory if it is empty.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes a directory and those above it.
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;
    /// Makes a directory and those above it; those that are new are for their owner alone.
    fn create_private_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes a file that another program wrote safe on disk.
    fn sync_file(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a directory safe on disk.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Takes the lock on a file if nobody holds it, and leaves `holder` in it.
    fn try_lock(&self, path: &Path, holder: &str) -> io::Result<Option<Held>>;
}

/// The beginning of the name of a file that is being written; the target's name follows.
pub(super) const UNFINISHED: &str = ".inc-new-";

/// The real file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(meta.len().min(limit)).unwrap_or(0) + 1);
        // The size may lie (a file that grows): the limit holds for what is really read.
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(bytes)
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let meta = fs::symlink_metadata(path)?;
        Ok(stat_of(&meta))
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Item>> {
        fs::read_dir(dir)?
            .map(|item| {
                let item = item?;
                Ok(Item { name: item.file_name(), kind: kind_of(item.file_type()?) })
            })
            .collect()
    }

    fn write_beside(&self, target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<PathBuf> {
        write_new(target, bytes, mode, true)
    }

    fn write_loosely(&self, target: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<PathBuf> {
        write_new(target, bytes, mode, false)
    }

    fn time_in(&self, dir: &Path) -> io::Result<i128> {
        let nameless = tempfile::tempfile_in(dir)?;
        Ok(stat_of(&nameless.metadata()?).mtime_ns)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn create_private_dir(&self, path: &Path) -> io::Result<()> {
        create_private_dir(path, 0o700)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_data()
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        // Only Unix can open a directory to make its names durable.
        #[cfg(unix)]
        File::open(path)?.sync_all()?;
        #[cfg(not(unix))]
        let _ = path;
        Ok(())
    }

    fn try_lock(&self, path: &Path, holder: &str) -> io::Result<Option<Held>> {
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(e),
        }
        // Who holds it is for the message of those who wait: a full disk must not stop the lock.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| {
            let line = format!("{holder}\n");
            file.write_all(line.as_bytes())
        });
        Ok(Some(Held(Some(file))))
    }
}

/// A file, or a pipe, that is read from its beginning to its end.
#[derive(Debug)]
pub struct Stream {
    file: File,
    kind: Kind,
    size: u64,
}

impl Stream {
    pub(super) fn open(path: &Path) -> io::Result<Stream> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        Ok(Stream { file, kind: kind_of(meta.file_type()), size: meta.len() })
    }

    /// What it is: a file can be opened again, a pipe cannot.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its size in bytes; none of what has none.
    pub fn size(&self) -> Option<u64> {
        (self.kind == Kind::File).then_some(self.size)
    }
}

impl Read for Stream {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.file.read(to)
    }
}

/// Makes a folder and those above it; those that are new get the permission bits.
pub(super) fn create_private_dir(dir: &Path, mode: u32) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder.create(dir)
}

/// Permission bits for `tempfile`.
#[cfg(unix)]
pub(super) fn permissions(mode: u32) -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(mode)
}

/// Writes a file beside `target`; `safely` waits until the disk has it.
fn write_new(target: &Path, bytes: &[u8], mode: Option<u32>, safely: bool) -> io::Result<PathBuf> {
    let dir = target.parent().unwrap_or(Path::new("."));
    let mut prefix = OsString::from(UNFINISHED);
    // A name may have 255 bytes; the ending is for people, the prefix is what recovery knows.
    prefix.push(target.file_name().filter(|n| n.len() < 200).unwrap_or_default());
    prefix.push("-");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // 0666 is cut by the umask, as for every file that a person makes.
        builder.permissions(fs::Permissions::from_mode(mode.unwrap_or(0o666)));
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = builder.tempfile_in(dir)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    if let Some(mode) = mode {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(mode & 0o7777))?;
    }
    if safely {
        file.as_file().sync_data()?;
    }
    let (_, path) = file.keep().map_err(|e| e.error)?;
    Ok(path)
}

fn kind_of(kind: fs::FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Directory
    } else if kind.is_symlink() {
        Kind::Link
    } else {
        Kind::Special
    }
}

fn stat_of(meta: &fs::Metadata) -> Stat {
    let since_1970 = |time: SystemTime| match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => after.as_nanos().cast_signed(),
        Err(before) => -before.duration().as_nanos().cast_signed(),
    };
    let mtime_ns = meta.modified().map_or(0, since_1970);
    let kind = kind_of(meta.file_type());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let ctime_ns = i128::from(meta.ctime()) * 1_000_000_000 + i128::from(meta.ctime_nsec());
        Stat {
            kind,
            size: meta.len(),
            mtime_ns,
            ctime_ns,
            inode: meta.ino(),
            mode: meta.mode() & 0o7777,
        }
    }
    #[cfg(not(unix))]
    Stat { kind, size: meta.len(), mtime_ns, ctime_ns: mtime_ns, inode: 0, mode: 0 }
}
