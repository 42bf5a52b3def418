//! What every writing command does before it writes: sensitive text is masked, and said so.

use std::collections::HashSet;

use super::config::CommitMode;
use super::ctx::from_store;
use super::error::{self, Result};
use super::{Ctx, edit_failure};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::edit;
use crate::incident::{Approval, ApprovalKind, EntryKind, IncidentId, Record, parse};
use crate::sensitive::{
    Kind, Masked, find, in_tree, mask, mask_new, mask_tree, mask_tree_but, unmasked_of,
};
use crate::store::{Before, Change, StoreError, Transaction};
use crate::units::Instant;
use crate::yaml::{self, Tree};

/// What was masked, each with its field.
pub(crate) type Masks = Vec<(String, Masked)>;

/// How many hits in comments are masked one by one.
const COMMENTS: usize = 200;
/// How many fields one line of talk names.
const NAMED: usize = 5;
/// How often a file is masked again that somebody keeps typing into.
const TRIES: usize = 5;

/// Masks a record of another tool.
///
/// # Errors
///
/// When the masked record is none: a number stood where only a number may.
pub(crate) fn record(new: &Record) -> Result<(Record, Masks)> {
    let (masked, masks) = mask_tree(&new.to_tree(), None);
    if masks.is_empty() {
        return Ok((new.clone(), masks));
    }
    let text = edit::to_yaml(&masked);
    Ok((parse(Source::new(&new.id.path(), &text))?.record, masks))
}

/// Masks a record's text that a person typed, comments too; lines that stood there stay.
///
/// # Errors
///
/// When the text cannot be read, or not be edited.
pub(crate) fn typed(
    path: &str,
    before: &str,
    after: &str,
    keep: &[Kind],
) -> Result<(String, Masks)> {
    let tree = yaml::parse(Source::new(path, after))?.to_tree();
    let old = yaml::parse(Source::new(path, before)).ok().map(|node| node.to_tree());
    let (masked, mut masks) = mask_tree_but(&tree, old.as_ref(), keep);
    let source = Source::new(path, after);
    let mut text = match masks.is_empty() {
        true => after.to_owned(),
        false => edit::rewrite(source, &tree, &masked).map_err(|e| edit_failure(path, &e))?,
    };
    // What is left stands in comments, or in values that the person did not touch: a comment is
    // what can be replaced without changing what the file says.
    let known: HashSet<&str> = before.lines().collect();
    let hits = find(&text);
    for hit in hits.into_iter().rev().take(COMMENTS) {
        let (start, end) = (hit.range.start, hit.range.end);
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = text[from..].lines().next().unwrap_or_default();
        if known.contains(line) || keep.contains(&hit.kind) {
            continue;
        }
        let found = hit.masked(&text);
        let changed = format!("{}{}{}", &text[..start], found.words, &text[end..]);
        let same = yaml::parse(Source::new(path, &changed)).is_ok_and(|n| n.to_tree() == masked);
        if same {
            text = changed;
            masks.push(("a comment".to_owned(), found));
        }
    }
    Ok((text, masks))
}

/// The identifiers that may stand unmasked: the standard permits them, and the record says why.
fn approved(record: &Record, permitted: &[Kind]) -> Vec<Kind> {
    let said = |kind: &Kind| kind.name().is_some_and(|name| says_why(record, name));
    permitted.iter().copied().filter(said).collect()
}

fn says_why(record: &Record, name: &str) -> bool {
    let of = unmasked_of(name);
    let reason = |a: &Approval| a.reason.as_ref().is_some_and(|r| !r.trim().is_empty());
    record.approvals.iter().any(|a| a.of == of && reason(a))
}

impl Ctx {
    /// Keeps why identifiers may stand as typed in what this command writes.
    ///
    /// # Errors
    ///
    /// When the reason is empty.
    pub(crate) fn may_unmask(&self, reason: Option<&str>) -> Result<()> {
        let Some(reason) = reason else { return Ok(()) };
        if reason.trim().is_empty() {
            return Err(Diagnostic::error("no-reason", "--unmask needs a reason").into());
        }
        self.unmask.get_or_init(|| reason.to_owned());
        Ok(())
    }

    /// A reason as the record will say it, for what is hashed or signed before it is written.
    ///
    /// Silent: what is masked is said when it is written.
    ///
    /// # Errors
    ///
    /// When the standard cannot be read.
    pub(crate) fn reason_as_written(&self, reason: &str) -> Result<String> {
        let mut keep = match self.unmask.get() {
            Some(_) => self.standard()?.unmasked.clone(),
            None => Vec::new(),
        };
        keep.retain(|kind| kind.can_unmask());
        let typed = Tree::Map(vec![("reason".to_owned(), Tree::Text(reason.to_owned()))]);
        let (masked, _) = mask_tree_but(&typed, None, &keep);
        Ok(match masked.get("reason") {
            Some(Tree::Text(words)) => words.clone(),
            _ => String::new(),
        })
    }

    /// The kinds that this command leaves as typed; the record gets the reason.
    ///
    /// # Errors
    ///
    /// When the standard cannot be read.
    pub(super) fn unmasked(
        &mut self,
        old: &Tree,
        new: &mut Record,
        at: Instant,
    ) -> Result<Vec<Kind>> {
        let Some(reason) = self.unmask.get().cloned() else { return Ok(Vec::new()) };
        let permitted = self.standard()?.unmasked.clone();
        let (_, masks) = mask_tree(&new.to_tree(), Some(old));
        let mut asked: Vec<(Kind, Vec<String>)> = Vec::new();
        for (field, masked) in masks.into_iter().filter(|(_, m)| m.kind.can_unmask()) {
            match asked.iter_mut().find(|(of, _)| *of == masked.kind) {
                Some((_, fields)) => fields.push(field),
                None => asked.push((masked.kind, vec![field])),
            }
        }
        let (kept, refused): (Vec<_>, Vec<_>) =
            asked.into_iter().partition(|(kind, _)| permitted.contains(kind));
        for (kind, _) in refused {
            let d = Diagnostic::warning(
                "not-unmasked",
                format!("the standard does not let a {kind} stand unmasked"),
            );
            let d = d.help("standards/sensitive.toml lists what may; the number was masked");
            error::print(self.out, &Diagnostics::from(d), self.call.json_errors);
        }
        self.with_act(at, |act| {
            for (kind, fields) in &kept {
                let Some(name) = kind.name() else { continue };
                new.approvals.push(Approval {
                    of: unmasked_of(name),
                    by: act.by.to_owned(),
                    at: Some(act.at),
                    kind: Some(ApprovalKind::Authored),
                    reason: Some(reason.clone()),
                    ..Approval::default()
                });
                let text = format!("{kind} unmasked in {}: {reason}", fields.join(", "));
                new.add_entry(act, EntryKind::Decision, text, false);
            }
        });
        Ok(kept.into_iter().map(|(kind, _)| kind).collect())
    }

    /// Masks what a person typed by hand into a file of an incident, in a commit of its own, before
    /// a command's commit would take it up as it is.
    ///
    /// # Errors
    ///
    /// When it cannot be masked: nothing is committed, and the file stays as it is.
    pub(crate) fn mask_by_hand(&self, id: &IncidentId, path: &str) -> Result<()> {
        if self.config.git.commit == CommitMode::Never {
            return Ok(());
        }
        for _ in 0..TRIES {
            let Some(bytes) = self.store.read(path).map_err(from_store)? else { return Ok(()) };
            // What is no text is refused by whoever reads it next.
            let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
            let source = Source::new(path, &text);
            let record = path.ends_with(".yaml");
            let tree = record.then(|| yaml::parse(source).ok().map(|n| n.to_tree())).flatten();
            if find(&text).is_empty() && tree.as_ref().is_none_or(|t| in_tree(t).is_empty()) {
                return Ok(());
            }
            // Without a commit there is nothing that was there before.
            let before = self.store.read_at("HEAD", path).ok().flatten().unwrap_or_default();
            let before = String::from_utf8_lossy(&before).into_owned();
            let read = if record { parse(source).ok().map(|p| p.record) } else { None };
            let keep = match &read {
                Some(read) => approved(read, &self.standard()?.unmasked),
                None => Vec::new(),
            };
            let masked = match &tree {
                Some(_) => typed(path, &before, &text, &keep),
                None => {
                    let (after, found) = mask_new(&text, &before, &keep);
                    let name = path.rsplit('/').next().unwrap_or(path);
                    Ok((after, found.into_iter().map(|m| (name.to_owned(), m)).collect()))
                }
            };
            let (after, masks) = match masked {
                Ok((after, masks)) => {
                    if read.is_some() && parse(Source::new(path, &after)).is_err() {
                        return Err(cannot_mask(source).into());
                    }
                    (after, masks)
                }
                Err(_) => return Err(cannot_mask(source).into()),
            };
            if masks.is_empty() {
                return Ok(());
            }
            let change = Change {
                path: path.into(),
                before: Before::Text(text.into_bytes()),
                after: Some(after.into_bytes()),
            };
            let subject = format!("{id}: edited by hand");
            let whole =
                Transaction { with_edits: true, ..self.transaction(vec![change], &subject) };
            match self.store.commit(&whole) {
                Ok(written) => {
                    self.talk(&format!("Committed first, edited by hand and masked: {path}."));
                    for note in written.notes {
                        self.talk(&note);
                    }
                }
                // Somebody is still typing.
                Err(StoreError::Changed { .. }) => continue,
                // Masked in the file; the command's own commit says why git refuses.
                Err(error) if error.is_written() => {}
                Err(error) => return Err(from_store(error)),
            }
            self.say_masked(&masks);
            return Ok(());
        }
        Err(Diagnostic::error("changed-meanwhile", format!("{path} is being edited by somebody"))
            .help("try again")
            .into())
    }

    /// Masks a text that belongs to a record: a message, a review, words that are kept.
    pub(crate) fn masked(&self, what: &str, text: &str) -> String {
        let (text, found) = mask(text);
        let masks: Masks = found.into_iter().map(|m| (what.to_owned(), m)).collect();
        self.say_masked(&masks);
        text
    }

    /// Says what was masked, and where.
    pub(crate) fn say_masked(&self, masks: &Masks) {
        let mut said: Vec<(&str, Vec<&str>)> = Vec::new();
        for (field, masked) in masks {
            match said.iter_mut().find(|(words, _)| *words == masked.words) {
                Some((_, fields)) => fields.push(field),
                None => said.push((&masked.words, vec![field])),
            }
        }
        let found = said.into_iter().map(|(words, fields)| {
            let mut named = fields[..fields.len().min(NAMED)].join(", ");
            if fields.len() > NAMED {
                named.push_str(&format!(" and {} more", fields.len() - NAMED));
            }
            Diagnostic::warning("masked", format!("{named}: written as {words}"))
                .help("every other word stands as typed; inc explain masked")
        });
        error::print(self.out, &Diagnostics(found.collect()), self.call.json_errors);
    }
}

/// What stands where it cannot be masked, without showing it.
fn cannot_mask(source: Source<'_>) -> Diagnostic {
    let message =
        format!("{} holds what must not be in git, where no words can stand", source.name);
    let d = Diagnostic::error("cannot-mask", message)
        .help("correct the file by hand; nothing of it was committed");
    match find(source.text).first() {
        Some(hit) => {
            let mut place = source.place(hit.range);
            place.text = None;
            d.at(place)
        }
        None => d,
    }
}
