//! One writing command at a time.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant as Moment};

use super::disk::Held;
use super::error::{Result, StoreError};
use super::{Disk, Store};

/// After this long, waiting is said.
const QUIET: Duration = Duration::from_secs(2);

/// The workspace's lock, held over several calls.
#[derive(Debug)]
pub struct Turn {
    ours: Arc<AtomicBool>,
    /// Whether another turn of this store held the lock before, and goes on holding it.
    within: bool,
    _held: Held,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.ours.store(self.within, Ordering::SeqCst);
    }
}

impl Store {
    /// Holds the workspace's lock from reading to writing, until the answer is dropped.
    ///
    /// For a command that others overtook: reading first and locking later, it could be overtaken
    /// for ever. While it is held, this store's own calls do not wait for it.
    ///
    /// # Errors
    /// When another command keeps the lock for longer than the patience.
    pub fn hold(&self) -> Result<Turn> {
        let held = self.lock()?;
        let within = self.holds.swap(true, Ordering::SeqCst);
        Ok(Turn { ours: self.holds.clone(), within, _held: held })
    }

    /// Takes the workspace's lock. A dead holder's lock is let go by the system.
    pub(super) fn lock(&self) -> Result<Held> {
        if self.holds.load(Ordering::SeqCst) {
            return Ok(Held::nothing());
        }
        self.lock_on("lock")
    }

    /// Takes a lock of the workspace by name.
    pub(super) fn lock_on(&self, name: &str) -> Result<Held> {
        let make = |e| StoreError::io("make", &self.state, e);
        self.disk.create_dir_all(&self.state).map_err(make)?;
        let path = self.state.join(name);
        let me = format!("process {}", std::process::id());
        #[allow(
            clippy::disallowed_methods,
            reason = "how long this command waited is said, not written"
        )]
        let started = Moment::now();
        let mut wait = Duration::from_millis(2);
        let mut said = false;
        loop {
            match self.disk.try_lock(&path, &me) {
                Ok(Some(held)) => return Ok(held),
                Ok(None) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(StoreError::io("lock", &path, e)),
            }
            let waited = started.elapsed();
            if waited >= self.settings.patience {
                let holder = holder(&*self.disk, &path);
                return Err(StoreError::Locked { path, holder, waited });
            }
            if waited > QUIET && !said {
                said = true;
                if let Some(notice) = &self.settings.environment.notice {
                    notice(&format!("waiting for {}", holder(&*self.disk, &path)));
                }
            }
            thread::sleep(wait);
            // Short at first for a crowd of quick commands, longer for a hook that takes its time.
            wait = (wait * 3 / 2).min(Duration::from_millis(50));
        }
    }
}

fn holder(disk: &dyn Disk, path: &Path) -> String {
    let text = disk.read(path, 200).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let line: String = text.lines().next().unwrap_or_default().chars().take(80).collect();
    if line.is_empty() || line.chars().any(char::is_control) {
        return "another command".to_owned();
    }
    format!("another command ({line})")
}
