//! The standard as it was at another revision, and what was changed since.

use std::path::{Path, PathBuf};

use super::Ctx;
use super::ctx::from_store;
use super::error::{Failure, Result};
use crate::check;
use crate::diag::{Diagnostic, Diagnostics};
use crate::facts;
use crate::register::Register;
use crate::standard::{Standard, day_of, load};

/// What was changed in `standards/` since the branch left another revision.
#[derive(Debug)]
pub(crate) struct Changes {
    /// The commit that it is compared with.
    pub(crate) base: String,
    /// Files that differ, new and removed ones too.
    pub(crate) files: Vec<String>,
}

impl Ctx {
    /// The standard at a revision, or as its files are.
    ///
    /// # Errors
    ///
    /// When git cannot say, or there is no standard on that side.
    pub(crate) fn standard_at(&self, rev: Option<&str>) -> Result<Standard> {
        let files = match rev {
            None => {
                let files = self.standard_files()?;
                self.say_standard();
                files.read.clone()
            }
            Some(rev) => {
                let paths = self.store.list_at(rev, "standards").map_err(from_store)?;
                let toml = |p: &PathBuf| p.extension().is_some_and(|e| e == "toml");
                let paths: Vec<PathBuf> = paths.into_iter().filter(toml).collect();
                let wanted: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
                let texts = self.store.read_many_at(rev, &wanted).map_err(from_store)?;
                let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
                let both = paths.iter().zip(texts);
                both.filter_map(|(path, bytes)| Some((spelled(path), text(bytes?)))).collect()
            }
        };
        let side = rev.unwrap_or("the files as they are");
        if files.is_empty() {
            let d = Diagnostic::error("no-standard", format!("{side}: standards/ holds nothing"));
            return Err(Failure::wrong(d.help("name a revision that has a standard")));
        }
        let (standard, found) = load(&files, &facts::catalogue(self.currency()));
        if found.has_errors() {
            let n = found.0.len();
            self.talk(&format!(
                "{side}: {n} findings in the standard; what is broken judges nothing"
            ));
        }
        Ok(standard)
    }

    /// The branch that changes are compared with: the live one, else the last commit.
    pub(crate) fn live(&self) -> String {
        self.config.git.branch.clone().unwrap_or_else(|| "HEAD".to_owned())
    }

    /// What was changed in the standard since `HEAD` left a revision; none where nothing was, where
    /// there is no git, and where the revision had no standard yet.
    pub(crate) fn standard_changes(&self, rev: &str) -> Option<Changes> {
        let mut files: Vec<String> =
            self.standard_files().ok()?.read.iter().map(|(path, _)| path.clone()).collect();
        // What was taken away is changed too.
        if let Ok(then) = self.store.list_at(rev, "standards") {
            files.extend(
                then.iter()
                    .filter(|p| p.extension().is_some_and(|e| e == "toml"))
                    .map(|path| spelled(path)),
            );
        }
        files.sort_unstable();
        files.dedup();
        let paths: Vec<&Path> = files.iter().map(Path::new).collect();
        let (base, changed) = self.store.changed_since(rev, &paths).ok()?;
        let had_one = !self.store.list_at(&base, "standards").ok()?.is_empty();
        let files: Vec<String> = changed.iter().map(|path| spelled(path)).collect();
        (had_one && !files.is_empty()).then_some(Changes { base, files })
    }

    /// What is to be said of the standard's own files: versions that were in force and were edited,
    /// calendars that end.
    pub(crate) fn standard_findings(
        &self,
        register: &Register,
        changes: Option<&Changes>,
    ) -> Result<Vec<Diagnostic>> {
        let standard = self.standard()?;
        let today = day_of(self.clock.now, self.clock.zone);
        let Diagnostics(mut found) = standard.calendars_ending(today);
        if let Some(changes) = changes {
            let before = self.standard_at(Some(&changes.base))?;
            let counts = register.records.iter().map(|held| &held.record);
            let counts = counts.filter(|record| record.restricted.is_none());
            let days = counts.filter_map(|r| Some(day_of(r.began()?, self.clock.zone)));
            found.extend(standard.frozen(&before, days));
        }
        found.extend(self.holding_findings()?);
        debug_assert!(
            found.iter().all(|d| check::OF_STANDARD.iter().any(|(code, _)| *code == d.code)),
            "a finding of the standard that no check has"
        );
        Ok(found)
    }
}

fn spelled(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
