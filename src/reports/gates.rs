//! What is missing before a step of the lifecycle, by the standard.

use super::company::Company;
use crate::incident::Record;
use crate::standard::Missing;
use crate::units::Instant;

/// What a command still lacks; empty where it may pass, and without a standard.
///
/// `record` is the record as it stands; the facts are judged at `at`.
pub fn missing(record: &Record, company: &Company<'_>, command: &str, at: Instant) -> Vec<Missing> {
    let Some(decided) = company.decide(record, at) else { return Vec::new() };
    company.policies(record, at).map(|p| p.missing(command, &decided.facts)).unwrap_or_default()
}
