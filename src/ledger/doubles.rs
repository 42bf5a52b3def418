//! Customers who have the same twice, because two incidents turned out to be one.

use std::collections::BTreeMap;

use super::amount::Unit;
use super::entry::{SoFar, entries};
use super::line::Line;
use super::shelf::{Ledger, Scope};
use crate::diag::Diagnostic;

/// One customer who has a form of a policy from several incidents of one family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Double {
    /// The customer.
    pub customer: String,
    /// The policy.
    pub policy: String,
    /// Its basis.
    pub basis: String,
    /// The form.
    pub form: String,
    /// What it is counted in.
    pub unit: Unit,
    /// What each incident gave, minor units.
    pub incidents: Vec<(String, i128)>,
    /// What is beyond the largest of them.
    pub excess: i128,
    /// What of that is credited already, and would have to be taken back; the rest can be
    /// cancelled.
    pub posted: i128,
}

/// Finds the doubles of a family, by its incidents.
///
/// # Errors
/// When files of the ledger are missing or were changed.
pub fn doubles(
    ledger: &Ledger<'_>,
    family: &[String],
    mut see: impl FnMut(Double) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    let wanted = Scope::Incidents(family);
    for part in ledger.width(wanted).parts() {
        let mut has: BTreeMap<(String, String, String, String), BTreeMap<String, SoFar>> =
            BTreeMap::new();
        for entry in entries(ledger.lines(part, wanted)?)? {
            let Line { terms, customer, form, .. } = &entry.line;
            if !family.contains(&terms.incident) {
                continue;
            }
            let key = (customer.clone(), terms.policy.clone(), terms.basis.clone(), form.clone());
            let by_incident = has.entry(key).or_default();
            by_incident.entry(terms.incident.clone()).or_default().add(&entry);
        }
        for ((customer, policy, basis, form), by_incident) in has {
            let given: Vec<(String, i128, i128)> = by_incident
                .iter()
                .filter(|(_, so_far)| so_far.counted > 0)
                .map(|(incident, so_far)| (incident.clone(), so_far.counted, so_far.posted))
                .collect();
            if given.len() < 2 {
                continue;
            }
            let all: i128 = given.iter().map(|(_, counted, _)| counted).sum();
            let posted: i128 = given.iter().map(|(_, _, posted)| posted).sum();
            let largest = given.iter().map(|(_, counted, _)| *counted).max().unwrap_or(0);
            let units = by_incident.values().flat_map(|so_far| so_far.units.iter());
            let unit = units.min().cloned().unwrap_or_else(|| Unit::Form(form.clone()));
            see(Double {
                customer,
                policy,
                basis,
                form,
                unit,
                excess: all - largest,
                // What is credited beyond the largest; what is not credited is cancelled first.
                posted: (posted - largest).max(0),
                incidents: given
                    .into_iter()
                    .map(|(incident, counted, _)| (incident, counted))
                    .collect(),
            })?;
        }
    }
    Ok(())
}
