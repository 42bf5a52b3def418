//! Which incident somebody means, and which ones a list asks for.

use crate::incident::{IncidentId, Record};
use crate::units::Instant;

/// The id in a record's path, if the path is a record's.
pub fn id_of_path(path: &str) -> Option<IncidentId> {
    let folder = path.strip_suffix("/incident.yaml")?;
    folder.rsplit('/').next()?.parse().ok()
}

/// Nobody, or more than one, answers to a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFound {
    /// What was asked for.
    pub asked: String,
    /// Who could be meant; empty when nobody.
    pub candidates: Vec<IncidentId>,
}

/// Finds the incident that a whole id, or any unambiguous ending of one, names; in any case.
///
/// # Errors
///
/// [`NotFound`] with the candidates when the ending is ambiguous.
pub fn find<'a>(
    asked: &str,
    ids: impl IntoIterator<Item = &'a IncidentId>,
) -> Result<IncidentId, NotFound> {
    let wanted = asked.trim().to_ascii_uppercase();
    let usable =
        !wanted.is_empty() && wanted.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let mut candidates: Vec<IncidentId> =
        ids.into_iter().filter(|id| usable && id.as_str().ends_with(&wanted)).cloned().collect();
    candidates.sort();
    candidates.dedup();
    match candidates.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(NotFound { asked: asked.to_owned(), candidates }),
    }
}

/// What a list asks for; everything by default.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those whose responders are still needed.
    pub open: bool,
    /// Any of these services.
    pub services: Vec<String>,
    /// Any of these tags.
    pub tags: Vec<String>,
    /// Began at or after.
    pub since: Option<Instant>,
    /// Began before.
    pub until: Option<Instant>,
    /// Words that stand anywhere in title, summary, timeline or causes; case does not count.
    pub text: Option<String>,
    /// Exercises too.
    pub exercises: bool,
}

impl Filter {
    /// Whether the words that are asked for stand in a record; a card does not hold them all.
    pub fn finds_words(&self, record: &Record) -> bool {
        self.text.as_ref().is_none_or(|text| has_words(record, &text.to_lowercase()))
    }
}

fn has_words(record: &Record, wanted: &str) -> bool {
    let causes = record.causes.as_ref();
    let lists = causes.iter().flat_map(|c| c.root_causes.iter().chain(&c.contributing));
    let singles = causes.iter().flat_map(|c| [&c.trigger, &c.category, &c.detection_gap]).flatten();
    let summary = record.impact.iter().filter_map(|i| i.summary.as_ref());
    let now =
        record.now.iter().flat_map(|n| [&n.situation, &n.hypothesis, &n.doing, &n.need]).flatten();
    std::iter::once(&record.title)
        .chain(record.timeline.iter().map(|e| &e.text))
        .chain(lists)
        .chain(singles)
        .chain(summary)
        .chain(now)
        .any(|text| text.to_lowercase().contains(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_name_incidents_in_any_case() {
        let ids: Vec<IncidentId> = ["INC-20261121-7QKM", "INC-20261121-8QKM", "INC-20261120-AAAA"]
            .iter()
            .map(|t| t.parse().unwrap())
            .collect();
        assert_eq!(find("7qkm", &ids).unwrap(), ids[0]);
        assert_eq!(find("20261120-aaaa", &ids).unwrap(), ids[2]);
        assert_eq!(find("qkm", &ids).unwrap_err().candidates.len(), 2);
        for nobody in ["", "../../etc/passwd", "zzzz", "%"] {
            assert!(find(nobody, &ids).unwrap_err().candidates.is_empty(), "{nobody}");
        }
    }
}
