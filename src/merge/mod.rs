//! Two changed texts of one record or problem, and the text that both came from, to one text.
//!
//! A record is merged as a record, not as lines (docs/manual/git.md): timeline entries and other
//! listed items by what they are known by, additions and removals as sets, `status` the later in
//! the lifecycle, `next_update_at` the later, everything else field by field. A field that both
//! sides changed differently keeps its value from before, and both new ones stand under
//! `conflicts` until somebody [settles](settle) them. The result is one side's text with the
//! changes of the other made in it by [`crate::edit`], comments of both kept; which side carries
//! is told by the texts alone, so that the result is the same whichever is called ours.

mod clash;
mod conflict;
mod document;
mod files;
mod known;
mod lists;
mod markers;
mod rules;
mod schema;
mod settle;
mod text;
mod tree;

pub use files::{Parted, part};
pub use markers::{Unmarked, has_markers, unmark};
pub use settle::{Choice, both, decision, read_choice, settle, settled_since};

use document::Document;

use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::incident::{Problem, Record};

/// Largest text that is merged by meaning, in bytes; a record of a year-long incident has 200 kB.
pub const MAX_BYTES: usize = 4 << 20;

/// What a merge came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text.
    pub text: String,
    /// Fields that this merge left in conflict; those that a side brought along are not among them.
    pub conflicts: Vec<String>,
    /// What was decided for the person, in sentences.
    pub notes: Vec<String>,
}

impl Merged {
    fn plain(text: &str) -> Merged {
        Merged { text: text.to_owned(), conflicts: Vec::new(), notes: Vec::new() }
    }
}

/// Why texts are not merged by meaning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unmergeable {
    /// One of the texts is no record.
    #[error("{0}")]
    Unreadable(Diagnostics),
    /// They are two incidents that were given one name.
    #[error("two incidents have the id {id}: {older} and {younger}")]
    TwoIncidents {
        /// The id.
        id: String,
        /// The uid of the one that was made first.
        older: String,
        /// The other one's uid.
        younger: String,
    },
    /// Together they would not be a record, or could not be written into the text.
    #[error("{0}")]
    Refused(Diagnostics),
}

impl Unmergeable {
    /// The reason as diagnostics.
    pub fn into_diagnostics(self) -> Diagnostics {
        match self {
            Unmergeable::Unreadable(found) | Unmergeable::Refused(found) => found,
            Unmergeable::TwoIncidents { ref id, .. } => {
                Diagnostic::error("two-incidents", self.to_string())
                    .help(format!("inc resolve-conflict {id} gives the younger one a new id"))
                    .into()
            }
        }
    }
}

/// Merges two texts of a record; `base` is the text that both came from, if there was one.
///
/// # Errors
///
/// [`Unmergeable`]: nothing was merged, and another merge has to keep the words.
pub fn merge(
    base: Option<Source<'_>>,
    ours: Source<'_>,
    theirs: Source<'_>,
) -> Result<Merged, Unmergeable> {
    merge_as::<Record>(base, ours, theirs)
}

/// Merges two texts of a problem, as [`merge`] does of a record.
///
/// # Errors
///
/// [`Unmergeable`]: nothing was merged, and another merge has to keep the words.
pub fn merge_problem(
    base: Option<Source<'_>>,
    ours: Source<'_>,
    theirs: Source<'_>,
) -> Result<Merged, Unmergeable> {
    merge_as::<Problem>(base, ours, theirs)
}

fn merge_as<D: Document>(
    base: Option<Source<'_>>,
    ours: Source<'_>,
    theirs: Source<'_>,
) -> Result<Merged, Unmergeable> {
    let same = |a: Source<'_>, b: Source<'_>| a.text == b.text;
    // Whoever changed nothing has nothing to say, whatever the other's text is.
    if same(ours, theirs) || base.is_some_and(|base| same(base, theirs)) {
        return Ok(Merged::plain(ours.text));
    }
    if base.is_some_and(|base| same(base, ours)) {
        return Ok(Merged::plain(theirs.text));
    }
    for source in base.into_iter().chain([ours, theirs]) {
        if source.text.len() > MAX_BYTES {
            let message =
                format!("{}: {} bytes are too many to merge", source.name, source.text.len());
            let d = Diagnostic::error("over-the-limit", message);
            return Err(Unmergeable::Refused(d.into()));
        }
    }
    let read = |source: Source<'_>| D::read(source).map_err(Unmergeable::Unreadable);
    let base = base.map(|source| Ok((source, read(source)?))).transpose()?;
    let (ours, theirs) = ((ours, read(ours)?), (theirs, read(theirs)?));
    for other in base.iter().chain([&theirs]) {
        ours.1.is_one_with(&other.1, base.is_none())?;
    }
    let merging = tree::merge(base.as_ref().map(|(_, b)| b), &ours.1, &theirs.1)?;
    let base_text = base.as_ref().map(|(source, _)| *source);
    let text = text::write(base_text, (ours.0, &ours.1), (theirs.0, &theirs.1), &merging.document)?;
    Ok(Merged { text, conflicts: merging.conflicts, notes: merging.notes })
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
