//! What a review lacks, and what it should not say.

use super::words::shown;
use super::{Remark, Subject};
use crate::check::Read;
use crate::diag::Source;
use crate::review::{Document, Flaw, timeline_gap as silence};
use crate::units::Span;

/// The codes that `inc pir check` looks for, those about follow-ups with them.
pub const OF_REVIEW: &[&str] = &[
    "review-section-missing",
    "review-section-empty",
    "blameful",
    "review-figure",
    "no-impact-statement",
    "timeline-gap",
    "only-be-careful",
    "sensitive-text",
    "action-without-owner",
    "action-without-due",
    "action-without-kind",
    "unclear-due",
    "no-review",
];

macro_rules! looks {
    ($($name:ident => $flaw:ident),* $(,)?) => {
        $(pub(super) fn $name(s: &Subject<'_>, text: &Read<'_>) -> Vec<Remark> {
            look(s, text, Flaw::$flaw)
        })*
    };
}

looks! {
    section_missing => SectionMissing,
    section_empty => SectionEmpty,
    blameful => Blameful,
    figure => Figure,
    no_impact => NoImpact,
}

/// The review's path, where there is one to be judged: an approved one is frozen.
fn path(s: &Subject<'_>) -> Option<String> {
    let review = s.record.review.as_ref().filter(|r| r.frozen_at.is_none())?;
    let path = format!("{}/{}", s.record.id.folder(), review.file.as_deref()?);
    s.texts.contains(&path.as_str()).then_some(path)
}

fn look(s: &Subject<'_>, read: &Read<'_>, flaw: Flaw) -> Vec<Remark> {
    let Some(path) = path(s) else { return Vec::new() };
    let Some(text) = read(&path) else { return Vec::new() };
    let source = Source::new(&path, &text);
    let document = Document::read(source);
    let owed = s.around.reviews_owed.get(&s.record.id).cloned().unwrap_or_default();
    let rules = &s.around.reviews;
    let found = rules.judge(&document, s.record, &owed, s.around.zone, s.around.now);
    let of = found.into_iter().filter(|finding| finding.flaw == flaw);
    of.map(|finding| Remark {
        routes: Vec::new(),
        message: format!("pir.md: {}", finding.message),
        help: finding.help,
        clause: finding.clause,
        place: Some(source.place(finding.range)),
    })
    .collect()
}

pub(super) fn timeline_gap(s: &Subject<'_>, _: &Read<'_>) -> Vec<Remark> {
    let most = path(s).and_then(|_| s.around.reviews_owed.get(&s.record.id)?.gap);
    let Some((place, since, silent)) = most.and_then(|most| silence(s.record, most)) else {
        return Vec::new();
    };
    let field = place.map_or_else(|| "times.restored".to_owned(), |n| format!("timeline.{n}.at"));
    let minutes = |span: Span| span.seconds() / 60;
    let most = most.map_or(0, minutes);
    let since = since.in_zone(&s.around.zone).get().format("%H:%M").to_string();
    let message = format!(
        "the timeline says nothing for {} min from {since}, and {most} min are the most",
        minutes(silent)
    );
    let help = format!("what was tried, or waited for? inc note {} --at TIME WORDS", s.id());
    vec![Remark::at([field.as_str(), "timeline"], message).help(help)]
}

pub(super) fn only_be_careful(s: &Subject<'_>, _: &Read<'_>) -> Vec<Remark> {
    if path(s).is_none() {
        return Vec::new();
    }
    let Some((place, action)) = s.around.reviews.only_exhortations(s.record) else {
        return Vec::new();
    };
    let field = format!("actions.{place}.title");
    let message =
        format!("follow-ups only ask people to be better, as `{}` does", shown(&action.title));
    let help = "what would make the right thing easy for somebody tired and new? inc actions add WORDS --kind prevent";
    vec![Remark::at([field.as_str()], message).help(help)]
}
