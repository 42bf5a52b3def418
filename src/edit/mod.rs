//! YAML text to YAML text, every other byte kept.
//!
//! A command changes a typed record; [`rewrite`] turns the difference of the two records into the
//! smallest change of the text that a person wrote: comments, order of keys, quoting, blank lines
//! and line ends stay. [`diff`] finds the changes, [`apply`] makes them and proves the result: it
//! must read back as exactly the old text's values with the changes made, and bytes may differ
//! only on lines that the changes own. What cannot be proven is refused, and nothing is written.
//! [`to_yaml`] prints what is new.

mod batch;
mod change;
mod comments;
mod flow;
mod habits;
mod layout;
mod lines;
mod patch;
mod print;
mod scalar;
mod value;

pub use change::{Change, diff};
pub use comments::{Comment, Stands, add_comments, comments, counted};
pub use print::{to_yaml, to_yaml_with_header};

use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};
use crate::yaml::{self, Tree, route_text};
use layout::Layout;

/// Why a text was not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is not YAML that can be read.
    #[error("{0}")]
    Unreadable(Diagnostics),
    /// The change cannot be made in this text without touching something else.
    #[error("{0}")]
    Refused(Box<Diagnostic>),
    /// The changed text would not say what it should.
    #[error("{diagnostic}")]
    Unproven {
        /// What differs, and where.
        diagnostic: Box<Diagnostic>,
        /// The text that was not written.
        attempt: String,
    },
}

impl EditError {
    /// The error as diagnostics.
    pub fn into_diagnostics(self) -> Diagnostics {
        match self {
            EditError::Unreadable(found) => found,
            EditError::Refused(d) | EditError::Unproven { diagnostic: d, .. } => (*d).into(),
        }
    }
}

fn refused(source: Source<'_>, range: TextRange, message: String, help: &str) -> EditError {
    let mut d = Diagnostic::error("cannot-edit", message).at(source.place(range));
    if !help.is_empty() {
        d = d.help(help);
    }
    EditError::Refused(Box::new(d))
}

/// Changes a text as a record changed: from `old`, what the text was read as, to `new`.
///
/// The text may hold more than `old` does (`x-` keys, explicit nulls, empty lists, defaults), and
/// in another order; what `old` and `new` agree on is left alone.
///
/// # Errors
///
/// The text does not parse, its lists are not those of `old`, a change would reach other places
/// (anchors, merges), or the result does not prove right.
pub fn rewrite(source: Source<'_>, old: &Tree, new: &Tree) -> Result<String, EditError> {
    let root = yaml::parse(source).map_err(EditError::Unreadable)?;
    let changes = diff(old, new);
    if let Some(route) = change::stranger(old, new, &root.to_tree()) {
        let message = format!(
            "cannot change `{}`: the text here is not what was read before",
            route_text(&route)
        );
        return Err(refused(source, root.nearest(&route), message, "read the record again"));
    }
    apply_to(source, root.to_tree(), &changes)
}

/// Makes changes in a text, in their order.
///
/// # Errors
///
/// As [`rewrite`]; also a route that leads nowhere.
pub fn apply(source: Source<'_>, changes: &[Change]) -> Result<String, EditError> {
    let root = yaml::parse(source).map_err(EditError::Unreadable)?;
    apply_to(source, root.to_tree(), changes)
}

fn apply_to(source: Source<'_>, before: Tree, changes: &[Change]) -> Result<String, EditError> {
    let mut wanted = before;
    let mut open = Vec::new();
    for change in changes {
        if change::is_made(&wanted, change) {
            continue;
        }
        if change::apply_to_tree(&mut wanted, change).is_none() {
            let message = format!("there is no `{}` to change", route_text(change.route()));
            return Err(refused(source, TextRange::new(0, 0), message, ""));
        }
        open.push(change.clone());
    }
    match make(source, &open, &wanted, usize::MAX) {
        // Changes that got in each other's way may still be made one after the other.
        Err(_) if open.len() > 1 => make(source, &open, &wanted, 1),
        made => made,
    }
}

/// A carriage return without its line feed: YAML ends a line there, editors and git do not.
fn lone_return(text: &str) -> Option<usize> {
    text.match_indices('\r').map(|(at, _)| at).find(|at| !text[at + 1..].starts_with('\n'))
}

/// Makes changes, at most so many in one reading, and proves that the text says what it should.
fn make(
    source: Source<'_>,
    changes: &[Change],
    wanted: &Tree,
    at_once: usize,
) -> Result<String, EditError> {
    if let Some(at) = lone_return(source.text).filter(|_| !changes.is_empty()) {
        let message = "a line of this file ends in a carriage return alone".to_owned();
        let help = "save the file with line feeds (LF, or CR LF) at its line ends";
        return Err(refused(source, TextRange::new(at, at + 1), message, help));
    }
    let mut text = source.text.to_owned();
    let mut rest = changes;
    while !rest.is_empty() {
        let now = Source::new(source.name, &text);
        let Some(layout) = Layout::read(&text) else {
            return Err(unproven(source, changes, "would not be YAML any more", text));
        };
        let (patches, made) = batch::take(now, &layout, rest, at_once)?;
        let Some(next) = splice(&text, &patches) else {
            return Err(unproven(source, changes, "would be changed twice in one place", text));
        };
        rest = &rest[made..];
        text = next;
    }
    match yaml::parse(Source::new(source.name, &text)) {
        Ok(node) if change::same(&node.to_tree(), wanted) => Ok(text),
        Ok(_) => Err(unproven(source, changes, "would say something else than it should", text)),
        Err(_) => Err(unproven(source, changes, "would not be YAML any more", text)),
    }
}

fn splice(text: &str, patches: &[patch::Patch]) -> Option<String> {
    let added: usize = patches.iter().map(|p| p.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut at = 0;
    for patch in patches {
        out.push_str(text.get(at..patch.start)?);
        out.push_str(&patch.text);
        at = patch.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

fn unproven(source: Source<'_>, changes: &[Change], what: &str, attempt: String) -> EditError {
    let routes: Vec<String> =
        changes.iter().map(|c| format!("`{}`", route_text(c.route()))).collect();
    let diagnostic = Diagnostic::error(
        "cannot-edit",
        format!("nothing was written: with {} changed, the text {what}", routes.join(", ")),
    )
    .at(crate::diag::Place::file(source.name))
    .help("change it by hand (`inc edit`), or write that part of the file in a plainer style");
    EditError::Unproven { diagnostic: Box::new(diagnostic), attempt }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
