//! Titles: they become commit subjects, list lines and the first words of a message.

use super::{Remark, Subject};
use crate::diag::is_odd;

/// Characters of a title that lists and subject lines show.
const SUBJECT_LINE: usize = 120;

pub(super) fn long_title(s: &Subject<'_>) -> Vec<Remark> {
    let length = s.record.title.chars().count();
    if length <= SUBJECT_LINE {
        return Vec::new();
    }
    vec![
        Remark::at(
            ["title"],
            format!("the title has {length} characters; lists show {SUBJECT_LINE}"),
        )
        .help(format!("inc edit {}: the rest belongs into impact.summary or a note", s.id())),
    ]
}

pub(super) fn odd_title(s: &Subject<'_>) -> Vec<Remark> {
    let Some(c) = s.record.title.chars().find(|c| is_odd(*c)) else { return Vec::new() };
    let message = format!("the title holds {}, which is shown escaped", c.escape_default());
    vec![
        Remark::at(["title"], message)
            .help(format!("inc edit {}: one line of plain words", s.id())),
    ]
}
