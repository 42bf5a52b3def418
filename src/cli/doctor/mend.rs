//! What `inc doctor --fix` repairs: what is local, and can be made again.

use super::workspace::{SCHEMA, Schema, compared};
use crate::cli::Ctx;
use crate::cli::commands::init;
use crate::cli::ctx::from_store;
use crate::cli::driver::{self, Installed};
use crate::cli::error::{Failure, Result};
use crate::diag::Diagnostic;
use crate::store::{Before, Change};

/// Repairs what can be repaired; says what it did.
///
/// # Errors
///
/// When git or the disk refuses.
pub(crate) fn mend(ctx: &Ctx) -> Result<Vec<String>> {
    ctx.recover();
    let mut done = Vec::new();
    let mut changes = Vec::new();
    if ctx.store.uses_git() {
        let there = ctx.store.read(driver::ATTRIBUTES).map_err(from_store)?;
        let text = there.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        if let Some(text) = driver::attributes(text.as_deref()) {
            changes.push(Change {
                path: driver::ATTRIBUTES.into(),
                before: there.into(),
                after: Some(text.into_bytes()),
            });
            done.push(format!("{} asks to merge records by meaning", driver::ATTRIBUTES));
        }
    }
    if matches!(compared(ctx)?, Schema::Missing | Schema::Outdated) {
        changes.extend(schema(ctx)?);
        done.push(format!("{SCHEMA} is this program's"));
    }
    if !ctx.store.unreadable_cache().is_empty() {
        ctx.store.drop_unreadable_cache().map_err(from_store)?;
        done.push("the cache is gone, and is made again".to_owned());
    }
    if !changes.is_empty()
        && !ctx.commit_files(changes, "workspace: mended by inc doctor", "", "doctor", None)?
    {
        return Err(Failure::outside(
            Diagnostic::error("changed-meanwhile", "files changed while they were written")
                .help("run inc doctor --fix again"),
        ));
    }
    // Asked after the commit, with the attribute in place; a line that somebody wrote is theirs.
    if driver::installed(ctx)? == Installed::Missing {
        driver::install(ctx)?;
        done.push("git merges records by meaning in this clone (merge.inc.driver)".to_owned());
    }
    Ok(done)
}

/// This program's schema, and the note of what it wrote.
fn schema(ctx: &Ctx) -> Result<Vec<Change>> {
    let text = init::schema_text();
    let there = ctx.store.read(SCHEMA).map_err(from_store)?;
    let noted = ctx.store.read(init::WRITTEN).map_err(from_store)?;
    let mut changes = Vec::new();
    if let Some(noted) = noted {
        let own = format!("{}  {SCHEMA}", init::hash(&text));
        let old = String::from_utf8_lossy(&noted).into_owned();
        let ending = format!("  {SCHEMA}");
        let mut lines: Vec<&str> = old.lines().filter(|l| !l.ends_with(&ending)).collect();
        lines.push(&own);
        lines.sort_by_key(|line| line.split_once("  ").map(|(_, path)| path));
        let new: String = lines.iter().map(|line| format!("{line}\n")).collect();
        changes.push(Change {
            path: init::WRITTEN.into(),
            before: Before::Text(noted),
            after: Some(new.into_bytes()),
        });
    }
    changes.push(Change {
        path: SCHEMA.into(),
        before: there.into(),
        after: Some(text.into_bytes()),
    });
    Ok(changes)
}
