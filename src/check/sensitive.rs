//! Texts of a record that hold what must not be in git.
//!
//! A finding says where and what, never the number itself: its words go to logs and annotations.

use super::{Remark, Subject};
use crate::sensitive::{in_tree, mask};
use crate::yaml::route_text;

pub(super) fn sensitive_text(s: &Subject<'_>) -> Vec<Remark> {
    in_tree(&s.record.to_tree())
        .into_iter()
        .map(|spot| {
            let (field, _) = mask(&route_text(&spot.route));
            let mut kinds: Vec<String> = spot.hits.iter().map(|h| h.kind.to_string()).collect();
            kinds.dedup();
            Remark {
                routes: vec![spot.route],
                message: format!("{field} holds what must not be in git: {}", kinds.join(", ")),
                help: Some(format!(
                    "inc edit {}: write it again, and inc masks it; if it was pushed it is in every clone: tell security",
                    s.id()
                )),
            }
        })
        .collect()
}

/// Whether a line may not be shown with what was found in it.
pub(super) fn hides(line: &str) -> bool {
    !crate::sensitive::find(line).is_empty()
}
