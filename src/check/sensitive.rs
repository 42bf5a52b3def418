//! Texts of a workspace that hold what must not be in git: records, messages, reviews, the standard.
//!
//! A finding says where and what, never the number itself: its words go to logs and annotations.

use rayon::prelude::*;

use super::{CATALOGUE, Finding, LISTED, Options, Read, Remark, Subject, Surroundings, words};
use crate::diag::{Diagnostic, Place, Source};
use crate::sensitive::{Hit, Kind, find, in_tree, mask, unmasked_of};
use crate::yaml::route_text;

pub(super) fn sensitive_text(s: &Subject<'_>, text: &Read<'_>) -> Vec<Remark> {
    let accepted = |kind: Kind| {
        let of = kind.name().map(unmasked_of);
        let why =
            |a: &crate::incident::Approval| a.reason.as_ref().is_some_and(|r| !r.trim().is_empty());
        s.around.unmasked.contains(&kind)
            && s.record.approvals.iter().any(|a| Some(&a.of) == of.as_ref() && why(a))
    };
    let mut remarks = Vec::new();
    for mut spot in in_tree(&s.record.to_tree()) {
        spot.hits.retain(|hit| !accepted(hit.kind));
        if spot.hits.is_empty() {
            continue;
        }
        let (field, _) = mask(&route_text(&spot.route));
        remarks.push(Remark {
            routes: vec![spot.route],
            message: format!("{field} holds what must not be in git: {}", kinds(&spot.hits)),
            help: Some(format!(
                "inc edit {}: write it again, and inc masks it; if it was pushed it is in every clone: tell security",
                s.id()
            )),
            clause: None,
            place: None,
        });
    }
    for path in s.texts {
        remarks.extend(text(path).into_iter().flat_map(|text| in_text(path, &text)));
    }
    remarks
}

/// What stands in a text that is no record, line by line.
pub(super) fn in_text(path: &str, text: &str) -> Vec<Remark> {
    let source = Source::new(path, text);
    let mut lines: Vec<(Place, Vec<Hit>)> = Vec::new();
    let (mut line, mut counted) = (1, 0);
    for hit in find(text) {
        // Counted from hit to hit: a long text is not read again for each.
        line += text[counted..hit.range.start].matches('\n').count();
        counted = hit.range.start;
        if lines.last().is_none_or(|(place, _)| place.line != line) {
            if lines.len() == MOST {
                break;
            }
            let mut place = source.place(hit.range);
            place.text = None;
            lines.push((place, Vec::new()));
        }
        if let Some((_, hits)) = lines.last_mut() {
            hits.push(hit);
        }
    }
    let remark = |(place, hits): (Place, Vec<Hit>)| Remark {
        routes: Vec::new(),
        message: format!(
            "{} holds what must not be in git: {}",
            words::path_shown(path),
            kinds(&hits)
        ),
        help: Some(
            "write the line again without it; if it was pushed it is in every clone: tell security"
                .to_owned(),
        ),
        clause: None,
        place: Some(place),
    };
    lines.into_iter().map(remark).collect()
}

/// What is sensitive in texts that belong to no incident.
pub(super) fn of_texts(
    around: &Surroundings,
    options: &Options,
    text: &(impl Fn(&str) -> Option<String> + Sync),
) -> Vec<Finding> {
    let check = CATALOGUE.iter().find(|c| c.code == "sensitive-text");
    let Some((check, level)) = check.and_then(|c| Some((c, options.level(c)?))) else {
        return Vec::new();
    };
    let finding = |path: &String, remark: Remark| {
        let mut diagnostic = Diagnostic::new(level, check.code, &remark.message);
        diagnostic.place = remark.place;
        diagnostic.help = remark.help;
        Finding {
            check: check.code,
            incident: None,
            path: path.clone(),
            diagnostic,
            clause: None,
            waived: None,
        }
    };
    let found = around.texts.par_iter().flat_map_iter(|path| {
        let remarks = text(path).map(|text| in_text(path, &text)).unwrap_or_default();
        remarks.into_iter().take(LISTED).map(move |remark| finding(path, remark))
    });
    found.collect()
}

/// Lines of one text that are told.
const MOST: usize = 100;

fn kinds(hits: &[Hit]) -> String {
    let mut kinds: Vec<String> = hits.iter().map(|h| h.kind.to_string()).collect();
    kinds.dedup();
    kinds.join(", ")
}

/// Whether a line may not be shown with what was found in it.
pub(super) fn hides(line: &str) -> bool {
    !find(line).is_empty()
}
