//! Incidents like this one, how each was restored, and groups that could be one problem.

use std::collections::BTreeSet;

use super::trends::Joined;
use crate::alike::{Corpus, Terms};
use crate::incident::{EntryKind, IncidentId, Record};
use crate::register::Card;
use crate::timing;
use crate::units::{Instant, Span};

/// From how alike on, of 1000, incidents are proposed as one problem.
///
/// Chosen on three real histories; docs/decisions.md has the judged sample.
pub const THRESHOLD: u16 = 550;

/// A group of two and of twelve: beyond this one, more incidents do not make it more likely.
const LARGE: usize = 6;
/// Words of one text that are compared: what stands in the first sentences tells it, and what every
/// notice ends with would make all alike.
const READ: usize = 60;
/// Less is chance.
const LEAST: u16 = 100;
/// Titles that name planned work: it is repeated on purpose, and is no problem.
const PLANNED: [&str; 12] = [
    "brownout",
    "maintenance",
    "upgrade",
    "upgraded",
    "migration",
    "migrate",
    "migrated",
    "scheduled",
    "mantenimiento",
    "migracion",
    "actualizacion",
    "programado",
];

/// An incident like another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    /// Its id.
    pub id: IncidentId,
    /// Its title; none when its details live elsewhere.
    pub title: Option<String>,
    /// When it began.
    pub began: Option<Instant>,
    /// How alike, from 0 to 1000.
    pub score: u16,
    /// What both share, what tells most first.
    pub shared: Vec<String>,
    /// How long it took to restore; none while it lasts, or where nobody wrote it down.
    pub took: Option<Span>,
    /// How it was restored, in the words of its record.
    pub how: Option<String>,
}

/// Incidents that could have one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The incidents, oldest first, with their titles.
    pub incidents: Vec<(IncidentId, Option<String>)>,
    /// How alike they are, from 0 to 1000.
    pub score: u16,
    /// What most of them share: services, cause, change, vendor.
    pub shared: Vec<String>,
    /// Words that most of them share.
    pub words: Vec<String>,
}

/// What a card tells: title, services, tags, kind.
pub fn terms_of_card(card: &Card<'_>) -> Terms {
    let kind = card.kind.map(|kind| kind.as_str());
    Terms::default().text(card.title, 2).terms("service", card.services(), 2).terms("kind", kind, 1)
}

/// What a record tells: also its causes, change, vendors, what was hit, and the first notes.
pub fn terms_of_record(record: &Record) -> Terms {
    let services = record.services.iter().chain(&record.services_unmapped);
    let kind = record.kind.map(|kind| kind.as_str());
    let mut terms = Terms::default()
        .terms("service", services.map(String::as_str), 2)
        .terms("kind", kind, 1)
        .terms("vendor", record.vendors.iter().map(|v| v.vendor.as_str()), 2);
    if record.restricted.is_some() {
        return terms;
    }
    terms = terms.text(&record.title, 2);
    if let Some(causes) = &record.causes {
        terms = terms.terms("cause", causes.category.as_deref(), 2);
        let texts = [&causes.trigger, &causes.change, &causes.detection_gap].into_iter().flatten();
        for text in texts.chain(&causes.root_causes).chain(&causes.contributing) {
            terms = terms.text(opening(text), 1);
        }
    }
    if let Some(summary) = record.impact.as_ref().and_then(|impact| impact.summary.as_deref()) {
        terms = terms.text(opening(summary), 1);
    }
    for situation in record.now.iter().flat_map(|now| [&now.situation, &now.hypothesis]).flatten() {
        terms = terms.text(situation, 1);
    }
    for entry in record.timeline.iter().filter(|entry| tells(entry.kind)).take(12) {
        terms = terms.text(opening(&entry.text), 1);
    }
    terms
}

/// The first words of a text.
fn opening(text: &str) -> &str {
    let mut spaces = text.char_indices().filter(|(_, c)| c.is_whitespace());
    let end = spaces.nth(READ).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

/// Entries that somebody wrote about the incident, and not about who does what.
fn tells(kind: Option<EntryKind>) -> bool {
    !matches!(
        kind,
        Some(
            EntryKind::Status
                | EntryKind::Handover
                | EntryKind::Severity
                | EntryKind::Escalation
                | EntryKind::Communication
        )
    )
}

/// How an incident was restored: what was done last before it was, else the workaround, else the
/// entry of that moment.
pub fn how_restored(record: &Record) -> Option<String> {
    if record.restricted.is_some() {
        return None;
    }
    let restored = record.times.as_ref()?.restored?;
    let before = || record.timeline.iter().filter(|entry| entry.at <= restored);
    let did = |entry: &&crate::incident::Entry| {
        matches!(entry.kind, Some(EntryKind::Mitigation | EntryKind::Change))
    };
    let last = before().filter(did).max_by_key(|entry| entry.at).map(|entry| entry.text.clone());
    let workaround = || record.workaround.as_ref().map(|w| w.text.clone());
    let around = || {
        let near = |entry: &&crate::incident::Entry| {
            tells(entry.kind) && (entry.at.since(restored).seconds()).abs() <= 30 * 60
        };
        let told = record.timeline.iter().filter(near);
        told.min_by_key(|entry| entry.at.since(restored).seconds().abs()).map(|e| e.text.clone())
    };
    last.or_else(workaround).or_else(around)
}

/// The past incidents most like one, of records that a first look found: best first.
pub fn like(record: &Record, others: &[&Record], now: Instant, most: usize) -> Vec<Like> {
    let own = terms_of_record(record);
    let all = std::iter::once(own.clone()).chain(others.iter().map(|other| terms_of_record(other)));
    let corpus = Corpus::new(all);
    let near = corpus.nearest(&own, others.len() + 1).into_iter();
    let found = near.filter(|near| near.score >= LEAST).filter_map(|near| {
        let other = *others.get(near.at.checked_sub(1)?)?;
        Some(Like {
            id: other.id.clone(),
            title: other.restricted.is_none().then(|| other.title.clone()),
            began: other.began(),
            score: near.score,
            shared: corpus.shared(0, near.at).into_iter().take(5).map(str::to_owned).collect(),
            took: timing::to_restore(other, now).took(),
            how: how_restored(other),
        })
    });
    found.take(most).collect()
}

/// Groups of incidents that could be one problem and are not joined by one yet, best first.
pub fn suggest(records: &[&Record], joined: &Joined) -> Vec<Suggestion> {
    let unplanned = |record: &&&Record| !is_planned(&record.title);
    let records: Vec<&Record> = records.iter().filter(unplanned).copied().collect();
    let corpus = Corpus::new(records.iter().map(|record| terms_of_record(record)));
    let of = |record: &Record| joined.get(&record.id).cloned().unwrap_or_default();
    let mut found = Vec::new();
    for group in corpus.groups(THRESHOLD) {
        let members: Vec<&Record> =
            group.members.iter().filter_map(|at| records.get(*at)).copied().collect();
        let mut problems = members.iter().map(|record| of(record));
        let first = problems.next().unwrap_or_default();
        let common: BTreeSet<String> =
            problems.fold(first, |all, next| all.intersection(&next).cloned().collect());
        if !common.is_empty() {
            continue;
        }
        let (named, words): (Vec<&str>, Vec<&str>) =
            corpus.common(&group.members).into_iter().partition(|term| term.contains(':'));
        let named = named.into_iter().filter(|term| !term.starts_with("kind:"));
        let title = |record: &&Record| record.restricted.is_none().then(|| record.title.clone());
        found.push(Suggestion {
            incidents: members.iter().map(|r| (r.id.clone(), title(r))).collect(),
            score: group.score,
            shared: named.map(str::to_owned).collect(),
            words: words.into_iter().take(6).map(str::to_owned).collect(),
        });
    }
    // The larger of two that are equally alike says more.
    found.sort_by_key(|s| (std::cmp::Reverse(weight(s)), s.incidents.clone()));
    found
}

/// Whether a title names planned work; an update to a version is, an update centre is none.
fn is_planned(title: &str) -> bool {
    let words: BTreeSet<String> = crate::alike::words(title).collect();
    let has = |word: &str| words.contains(word);
    let number = |word: &str| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        word.split_once('.').is_some_and(|(a, b)| digits(a) && b.split('.').all(digits))
    };
    let version = || has("version") || title.split_whitespace().any(number);
    PLANNED.into_iter().any(has) || ((has("update") || has("updating")) && version())
}

/// A group of many that are alike comes before a pair that is a little more so.
fn weight(suggestion: &Suggestion) -> usize {
    usize::from(suggestion.score) * suggestion.incidents.len().min(LARGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planned_work_is_told_by_its_title() {
        for title in [
            "Update the cluster to Kubernetes 1.26",
            "AKS version update",
            "Mantenimiento programado del portal",
            "Certificates migrated to the new authority",
            "Brownout of old APIs (2)",
        ] {
            assert!(is_planned(title), "{title}");
        }
        for title in
            ["Update centre down", "Cards refused after version 4", "1.5 % of payments fail"]
        {
            assert!(!is_planned(title), "{title}");
        }
    }
}
