//! What a run of an import found, counted.

use std::collections::BTreeMap;

use super::draft::Draft;
use crate::incident::IncidentId;

/// Incidents and planned work, apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Incidents.
    pub incidents: usize,
    /// Planned maintenances.
    pub maintenance: usize,
}

/// What a run found; the counts add up to the source's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// All of them.
    pub total: Counts,
    /// By the year in which the source says that it began.
    pub by_year: BTreeMap<i32, Counts>,
    /// Names of services that the table maps, each with the number of incidents that name it.
    pub mapped: BTreeMap<String, usize>,
    /// Names that it does not; they are kept in `services_unmapped`.
    pub unmapped: BTreeMap<String, usize>,
    /// What contradicts itself: the record, the incident's name in the source, and the words.
    pub contradictions: Vec<(IncidentId, String, String)>,
}

impl Summary {
    /// Counts drafts, one for each incident ([`super::combine`] them first).
    pub fn of(drafts: &[Draft]) -> Self {
        let mut summary = Summary::default();
        for draft in drafts {
            for counts in [&mut summary.total, summary.by_year.entry(draft.year).or_default()] {
                match draft.is_maintenance() {
                    true => counts.maintenance += 1,
                    false => counts.incidents += 1,
                }
            }
            for (name, _) in &draft.mapped {
                *summary.mapped.entry(name.clone()).or_default() += 1;
            }
            for name in &draft.unmapped {
                *summary.unmapped.entry(name.clone()).or_default() += 1;
            }
            let said = draft.contradictions.iter();
            summary.contradictions.extend(
                said.map(|text| (draft.record.id.clone(), draft.source_id.clone(), text.clone())),
            );
        }
        summary
    }
}
