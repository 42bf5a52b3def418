//! What each commit did to each record, each compared with what it was made from.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::Ctx;
use super::ctx::from_store;
use super::error::Result;
use crate::history::audit::{Changed, Commit, Edit, edits};
use crate::incident::IncidentId;
use crate::register::id_of_path;
use crate::store::{COMMAND_TRAILER, PRETENDED_TRAILER, Touch, trailer};
use crate::units::Instant;

/// Versions whose texts are held in memory together.
const TOGETHER: usize = 2_000;

impl Ctx {
    /// What commits of a period did to records, newest first, and how many commits they are; to
    /// all records if `ids` is empty.
    ///
    /// # Errors
    ///
    /// When git cannot say, or there is no repository.
    pub(crate) fn edits(
        &self,
        ids: &BTreeSet<IncidentId>,
        from: Option<Instant>,
        to: Option<Instant>,
    ) -> Result<(Vec<Edit>, usize)> {
        let (changed, commits) = walked(self, ids, from, to)?;
        let mut all = Vec::with_capacity(changed.len());
        for part in changed.chunks(TOGETHER) {
            all.extend(edits(part, &texts(self, part)?));
        }
        Ok((all, commits))
    }
}

/// What commits of the period changed in records, by the names of the texts; in one walk.
fn walked(
    ctx: &Ctx,
    ids: &BTreeSet<IncidentId>,
    from: Option<Instant>,
    to: Option<Instant>,
) -> Result<(Vec<Changed>, usize)> {
    let own: Vec<String> = ids.iter().map(IncidentId::path).collect();
    let paths: Vec<&Path> = own.iter().map(Path::new).collect();
    let paths = (!ids.is_empty()).then_some(paths.as_slice());
    let below = Path::new("incidents");
    let touches = ctx.store.touches(below, paths, from, to).map_err(from_store)?;
    let record = |path: &Path| id_of_path(&path.to_string_lossy().replace('\\', "/"));
    let touches: Vec<Touch> = touches
        .into_iter()
        .map(|mut touch| {
            touch.files.retain(|file| record(&file.path).is_some());
            touch
        })
        .filter(|touch| !touch.files.is_empty())
        .collect();
    let names: Vec<&str> = touches.iter().map(|t| t.commit.commit.as_str()).collect();
    let signed = ctx.store.signed(&names).map_err(from_store)?;
    let cut_off = ctx.store.cut_off().map_err(from_store)?;
    let standard = ctx.standard()?;
    let mut changed = Vec::new();
    for (touch, signed) in touches.iter().zip(signed) {
        let c = &touch.commit;
        let person = standard.person_called(&c.author.email).map(|p| p.id.clone());
        let commit = Commit {
            id: c.commit.clone(),
            author: c.author.name.clone(),
            email: c.author.email.clone(),
            person,
            at: c.time.map(Instant::from),
            committed_at: c.committed.map(Instant::from),
            subject: c.subject.clone(),
            command: trailer(&c.body, COMMAND_TRAILER).map(str::to_owned),
            pretended: trailer(&c.body, PRETENDED_TRAILER).map(str::to_owned),
            signed,
            merge: c.merge,
            cut_off: cut_off.contains(&c.commit),
        };
        for file in &touch.files {
            let Some(incident) = record(&file.path) else { continue };
            changed.push(Changed {
                incident,
                commit: commit.clone(),
                before: file.before.clone(),
                after: file.after.clone(),
            });
        }
    }
    Ok((changed, touches.len()))
}

/// The texts that these changes are about.
fn texts(ctx: &Ctx, changed: &[Changed]) -> Result<HashMap<String, String>> {
    let names: BTreeSet<&str> = changed
        .iter()
        .flat_map(|c| c.before.iter().chain([&c.after]).flatten())
        .map(String::as_str)
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    let texts = ctx.store.texts(&names).map_err(from_store)?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let named = names.into_iter().map(str::to_owned).zip(texts);
    Ok(named.filter_map(|(name, bytes)| Some((name, text(bytes?)))).collect())
}
