//! One writing command at a time.

use std::io;
use std::path::Path;
use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant as Moment};

use super::disk::Held;
use super::error::{Result, StoreError};
use super::{Disk, Store};

/// After this long, waiting is said.
const QUIET: Duration = Duration::from_secs(2);

/// A place at the head of the queue of writing commands, given up when dropped.
#[derive(Debug)]
pub struct Turn(#[allow(dead_code, reason = "held for its lock")] Arc<Held>);

impl Store {
    /// Waits for this command's turn and keeps it: nobody else writes while it reads and writes.
    ///
    /// For a command whose file was changed under its hands; the first attempt needs none.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when others do not come to an end.
    pub fn turn(&self) -> Result<Turn> {
        let held = self.lock()?;
        *self.kept_turn() = Some((thread::current().id(), Arc::downgrade(&held)));
        Ok(Turn(held))
    }

    /// Takes the workspace's lock, or shares it with the [`Turn`] of this thread. A dead holder's
    /// lock is let go by the system.
    pub(super) fn lock(&self) -> Result<Arc<Held>> {
        let kept = match &*self.kept_turn() {
            Some((thread, held)) if *thread == thread::current().id() => held.upgrade(),
            _ => None,
        };
        kept.map_or_else(|| self.lock_on("lock").map(Arc::new), Ok)
    }

    fn kept_turn(&self) -> MutexGuard<'_, Option<(ThreadId, Weak<Held>)>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a lock of the workspace by its name.
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
