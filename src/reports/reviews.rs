//! What reviews owe, by the standard's tables.

use std::collections::HashMap;

use super::company::Company;
use crate::incident::{IncidentId, Record, Status};
use crate::review::Owed;
use crate::units::Instant;

/// What the review of each incident owes that has one.
///
/// A stub's review is elsewhere; what was merged or cancelled owes nothing.
pub fn owed<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    company: &Company<'_>,
    now: Instant,
) -> HashMap<IncidentId, Owed> {
    let has_one = |record: &&Record| {
        record.restricted.is_none()
            && !matches!(record.status, Status::Merged | Status::Cancelled)
            && record.review.as_ref().is_some_and(|r| r.file.is_some())
    };
    let records = records.into_iter().filter(has_one);
    records.filter_map(|record| Some((record.id.clone(), owed_by(record, company, now)?))).collect()
}

/// What one incident's review owes, whether there is one or not; none without a standard.
pub fn owed_by(record: &Record, company: &Company<'_>, now: Instant) -> Option<Owed> {
    let decided = company.decide(record, now)?;
    Some(company.policies(record, now)?.review_owed(&decided.facts))
}
