//! What every writing command does before it writes: sensitive text is masked, and said so.

use std::collections::HashSet;

use super::error::{self, Result};
use super::{Ctx, edit_failure};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::edit;
use crate::incident::{Record, parse};
use crate::sensitive::{Masked, find, mask, mask_tree};
use crate::yaml;

/// What was masked, each with its field.
pub(crate) type Masks = Vec<(String, Masked)>;

/// How many hits in comments are masked one by one.
const COMMENTS: usize = 200;
/// How many fields one line of talk names.
const NAMED: usize = 5;

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
pub(crate) fn typed(path: &str, before: &str, after: &str) -> Result<(String, Masks)> {
    let tree = yaml::parse(Source::new(path, after))?.to_tree();
    let old = yaml::parse(Source::new(path, before)).ok().map(|node| node.to_tree());
    let (masked, mut masks) = mask_tree(&tree, old.as_ref());
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
        if known.contains(line) {
            continue;
        }
        let (words, found) = mask(&text[start..end]);
        let changed = format!("{}{words}{}", &text[..start], &text[end..]);
        let same = yaml::parse(Source::new(path, &changed)).is_ok_and(|n| n.to_tree() == masked);
        if same {
            text = changed;
            masks.extend(found.into_iter().map(|m| ("a comment".to_owned(), m)));
        }
    }
    Ok((text, masks))
}

impl Ctx {
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
