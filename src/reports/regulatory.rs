//! The authorities that may have to be told of one incident, and what was decided of each.

use super::company::Company;
use crate::incident::{Record, Regulatory};
use crate::standard::Regime;
use crate::units::Instant;

/// An authority on one incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Authority {
    /// The regime's id, as record and standard name it.
    pub regime: String,
    /// What the standard says of it; none where it knows no such regime.
    pub standard: Option<Regime>,
    /// Whether the standard names it for this incident.
    pub owed: bool,
    /// What the record says of it; none where nobody was asked.
    pub recorded: Option<Regulatory>,
}

/// Those that the standard names, in its order, then those that only the record does.
pub fn authorities(record: &Record, company: &Company<'_>, now: Instant) -> Vec<Authority> {
    let policies = company.policies(record, now);
    let owed = policies.map_or_else(Vec::new, |policies| {
        policies.regimes(&policies.decide(company.facts(record, now)).facts)
    });
    let known = policies.map(|policies| policies.all_regimes()).unwrap_or_default();
    let recorded = |regime: &str| record.regulatory.iter().find(|r| r.regime == regime).cloned();
    let mut all: Vec<Authority> = owed
        .into_iter()
        .map(|regime| Authority {
            regime: regime.regime.clone(),
            recorded: recorded(&regime.regime),
            standard: Some(regime),
            owed: true,
        })
        .collect();
    for one in &record.regulatory {
        if !all.iter().any(|known| known.regime == one.regime) {
            all.push(Authority {
                regime: one.regime.clone(),
                standard: known.iter().find(|k| k.regime == one.regime).cloned(),
                owed: false,
                recorded: Some(one.clone()),
            });
        }
    }
    all
}
