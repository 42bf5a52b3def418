//! A record that git could not merge: its sides are brought together by meaning, or told apart.
//!
//! The sides are in git's index while the merge is unfinished, and in the text between markers
//! where somebody committed it so.

use super::Ctx;
use super::ctx::from_store;
use super::error::{Failure, Result};
use crate::diag::{Diagnostic, Source};
use crate::edit;
use crate::incident::{EntryKind, IncidentId, Record, parse};
use crate::merge::{self, Merged, Unmergeable};
use crate::store::{Before, Change};
use crate::units::Instant;

/// The versions of a record between which git could not choose.
struct Sides {
    base: Option<String>,
    ours: String,
    theirs: String,
}

/// Mends a record that git left as two; true if there was something to mend.
///
/// # Errors
///
/// When the sides cannot be brought together, or the store refuses.
pub(crate) fn mend(ctx: &mut Ctx, id: &IncidentId, dry_run: bool, at: Instant) -> Result<bool> {
    let path = id.path();
    let text = ctx.text(&path)?;
    if parse(Source::new(&path, &text)).is_ok() {
        return Ok(false);
    }
    let Some(sides) = sides(ctx, &path, &text)? else { return Ok(false) };
    let base = sides.base.as_deref().map(|text| Source::new("the version before", text));
    let ours = Source::new("our side", &sides.ours);
    let theirs = Source::new("their side", &sides.theirs);
    match merge::merge(base, ours, theirs) {
        Ok(Merged { text: merged, conflicts, notes }) => {
            let change = Change {
                path: path.clone().into(),
                before: Before::Text(text.into_bytes()),
                after: Some(merged.into_bytes()),
            };
            for note in notes {
                ctx.talk(&note);
            }
            if dry_run {
                ctx.show_file_diff(&change)?;
                return Ok(true);
            }
            put(ctx, id, vec![change], "merged by meaning")?;
            ctx.say(&format!("{id} · merged by meaning"))?;
            if !conflicts.is_empty() {
                ctx.talk(&format!("in conflict: {}", conflicts.join(", ")));
            }
            Ok(true)
        }
        Err(Unmergeable::TwoIncidents { .. }) => {
            let (ours, theirs) = (parse(ours)?.record, parse(theirs)?.record);
            let ours_first = ours.uid <= theirs.uid;
            let (older, younger) = match ours_first {
                true => (&sides.ours, (theirs, sides.theirs.as_str())),
                false => (&sides.theirs, (ours, sides.ours.as_str())),
            };
            tell_apart(ctx, id, &text, older, younger, (dry_run, at))?;
            Ok(true)
        }
        Err(why) => {
            let mut found = why.into_diagnostics();
            found.push(
                Diagnostic::error("sides-unmerged", format!("{path}: the sides cannot be merged"))
                    .help(format!("inc edit {id}: keep what is right of both, remove the markers")),
            );
            Err(found.into())
        }
    }
}

/// Tells apart messages of a record that two people wrote under one name; true if there were any.
///
/// # Errors
///
/// When git or the store refuses.
pub(crate) fn part_messages(ctx: &mut Ctx, id: &IncidentId, dry_run: bool) -> Result<bool> {
    let mut parted_any = false;
    let mut named: Vec<String> =
        ctx.load(id)?.record.communications.into_iter().filter_map(|c| c.file).collect();
    named.sort_unstable();
    let twice: Vec<String> =
        named.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
    for file in twice {
        let path = format!("{}/{file}", id.folder());
        let record = ctx.text(&id.path())?;
        let Some(there) = ctx.store.read(&path).map_err(from_store)? else { continue };
        let [_, ours, theirs] = ctx.store.unmerged(&path).map_err(from_store)?;
        let sides = match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some((ours, theirs)),
            _ => merge::unmark(&String::from_utf8_lossy(&there))
                .map(|sides| (sides.ours.into_bytes(), sides.theirs.into_bytes())),
        };
        let Some((ours, theirs)) = sides else { continue };
        let Some(parted) = merge::part(Source::new(&id.path(), &record), &file, [&ours, &theirs])
        else {
            continue;
        };
        let moved = format!("{}/{}", id.folder(), parted.file);
        let change = |path: &str, before: Before, after: Vec<u8>| Change {
            path: path.into(),
            before,
            after: Some(after),
        };
        let changes = vec![
            change(&id.path(), Before::Text(record.into_bytes()), parted.record.into_bytes()),
            change(&path, Before::Text(there), parted.stays),
            change(&moved, Before::Absent, parted.moves),
        ];
        parted_any = true;
        if dry_run {
            changes.iter().try_for_each(|change| ctx.show_file_diff(change))?;
            continue;
        }
        put(ctx, id, changes, "messages told apart")?;
        ctx.say(&format!("{id} · {path} was two messages: the other is {}", parted.file))?;
    }
    Ok(parted_any)
}

fn sides(ctx: &Ctx, path: &str, text: &str) -> Result<Option<Sides>> {
    let [base, ours, theirs] = ctx.store.unmerged(path).map_err(from_store)?;
    if let (Some(ours), Some(theirs)) = (ours, theirs) {
        let read = |bytes: Vec<u8>| crate::yaml::text_of(path, bytes);
        let base = base.filter(|b| !b.is_empty()).map(read).transpose()?;
        return Ok(Some(Sides { base, ours: read(ours)?, theirs: read(theirs)? }));
    }
    if !merge::has_markers(text) {
        return Ok(None);
    }
    let sides = merge::unmark(text).ok_or_else(|| {
        Diagnostic::error(
            "markers-out-of-order",
            format!("{path}: its conflict markers are not in pairs"),
        )
        .help("inc edit: keep what is right of both sides, remove the markers")
    })?;
    Ok(Some(Sides { base: sides.base, ours: sides.ours, theirs: sides.theirs }))
}

/// Gives the younger of two incidents a new id; the older keeps the place.
fn tell_apart(
    ctx: &mut Ctx,
    id: &IncidentId,
    there: &str,
    older: &str,
    (mut younger, text): (Record, &str),
    (dry_run, at): (bool, Instant),
) -> Result<()> {
    let old = younger.clone();
    let other = parse(Source::new("the older incident", older))?.record;
    younger.id = ctx.id_like(id);
    let new = younger.id.clone();
    ctx.with_act(at, |act| {
        let words = format!("renamed from {id}, which another incident was given first");
        younger.add_entry(act, EntryKind::Decision, words, false);
    });
    let renamed = edit::rewrite(
        Source::new("the younger incident", text),
        &old.to_tree(),
        &younger.to_tree(),
    )
    .map_err(|e| super::edit_failure(id.path().as_str(), &e))?;
    let mut changes = vec![
        Change {
            path: id.path().into(),
            before: Before::Text(there.as_bytes().to_vec()),
            after: Some(older.as_bytes().to_vec()),
        },
        Change {
            path: new.path().into(),
            before: Before::Absent,
            after: Some(renamed.into_bytes()),
        },
    ];
    // Messages and reviews that only the younger one names go with it.
    let kept = files(&other);
    for file in files(&younger).into_iter().filter(|f| !kept.contains(f)) {
        let from = format!("{}/{file}", id.folder());
        let Some(bytes) = ctx.store.read(&from).map_err(from_store)? else { continue };
        let after = Some(bytes.clone());
        changes.push(Change { path: from.into(), before: Before::Text(bytes), after: None });
        let to = format!("{}/{file}", new.folder());
        changes.push(Change { path: to.into(), before: Before::Absent, after });
    }
    if dry_run {
        return changes.iter().try_for_each(|change| ctx.show_file_diff(change));
    }
    put(ctx, id, changes, &format!("told apart from {new}"))?;
    ctx.say(&format!("{new} · was {id} too: {}", crate::render::terminal_safe(&younger.title)))
}

/// Files in the incident's folder that a record names.
fn files(record: &Record) -> Vec<String> {
    let messages = record.communications.iter().filter_map(|c| c.file.clone());
    messages.chain(record.review.as_ref().and_then(|r| r.file.clone())).collect()
}

fn put(ctx: &Ctx, id: &IncidentId, changes: Vec<Change>, words: &str) -> Result<()> {
    let paths: Vec<String> =
        changes.iter().map(|c| c.path.to_string_lossy().into_owned()).collect();
    let by_hand = format!("{id}: as git left it");
    let done =
        ctx.commit_files(changes, &format!("{id}: {words}"), "", "resolve-conflict", Some(by_hand));
    match done {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::outside(
            Diagnostic::error("changed-meanwhile", "somebody else changed the record meanwhile")
                .help("run it again"),
        )),
        Err(failure) => finish(ctx, &paths, Err(failure)),
    }
}

/// Tells an unfinished merge that the files are settled; a commit is then the merge's own.
///
/// # Errors
///
/// What the write failed of, unless it only waits for the merge.
pub(crate) fn finish(ctx: &Ctx, paths: &[String], written: Result<()>) -> Result<()> {
    let waits = |f: &Failure| f.written && f.found.0.iter().any(|d| d.code == "commit-waits");
    match written {
        Err(failure) if waits(&failure) => {
            let paths: Vec<_> = paths.iter().map(std::path::PathBuf::from).collect();
            ctx.store.stage(&paths).map_err(from_store)?;
            ctx.talk("the merge under way has it: finish that with git (git status says how)");
            Ok(())
        }
        written => written,
    }
}

/// Tells an unfinished merge that a record without conflicts is settled.
///
/// # Errors
///
/// When git fails.
pub(crate) fn stage_settled(ctx: &Ctx, id: &IncidentId) -> Result<()> {
    let path = id.path();
    let unmerged = ctx.store.unmerged(&path).map_err(from_store)?;
    if unmerged.iter().any(Option::is_some) {
        ctx.store.stage(&[path.into()]).map_err(from_store)?;
        ctx.talk("git is told that the record is settled");
    }
    Ok(())
}
