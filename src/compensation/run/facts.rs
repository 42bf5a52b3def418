//! The facts that a policy uses, and what they were when it ran.

use std::collections::BTreeMap;

use crate::compensation::Policy;
use crate::decision::{FactSet, Known, Type, facts_of_types};
use crate::diag::{Diagnostics, Source};
use crate::units::sha256;

/// The names and types of all facts that a policy may use; columns of its rows are none.
fn used(policy: &Policy) -> BTreeMap<&str, Type> {
    let mut used = BTreeMap::new();
    for table in policy.tables() {
        for input in &table.inputs {
            if policy.columns.find(&input.name).is_none() {
                used.insert(input.fact.as_str(), input.ty.clone());
            }
        }
    }
    for (name, kind) in &policy.facts {
        if let Some(ty) = kind.input_type() {
            used.entry(name.as_str()).or_insert(ty);
        }
    }
    used
}

/// Reads the facts that a policy uses from a facts file.
///
/// # Errors
///
/// When the file is no JSON object, or a value is not of its type.
pub fn facts_for(policy: &Policy, source: Source<'_>) -> Result<FactSet, Diagnostics> {
    facts_of_types(source, &used(policy).into_iter().collect())
}

/// The facts that a policy uses, one a line, as they were.
fn stated(policy: &Policy, facts: &FactSet) -> String {
    let line = |(name, _): (&str, Type)| match facts.known(name) {
        Known::Is(value) => format!("{name} = {value}\n"),
        _ => format!("{name} is not known\n"),
    };
    used(policy).into_iter().map(line).collect()
}

/// The SHA-256 of the facts that a policy uses.
pub fn facts_sha256(policy: &Policy, facts: &FactSet) -> String {
    sha256(stated(policy, facts).as_bytes())
}
