//! Amounts of a record that no rate of the standard brings into the company's currency.

use super::surroundings::Surroundings;
use crate::incident::Record;
use crate::units::{Instant, Money};

/// The amounts that facts are read from and that no rate converts, with their fields; the facts of
/// these fields are unknown.
pub fn without_rate(record: &Record, surroundings: &dyn Surroundings) -> Vec<(String, Money)> {
    let mut amounts: Vec<(String, Option<Money>)> = Vec::new();
    if let Some(impact) = &record.impact {
        for (field, money) in [
            ("revenue_lost", impact.revenue_lost),
            ("direct_loss", impact.direct_loss),
            ("vendor_recovery", impact.vendor_recovery),
        ] {
            amounts.push((format!("impact.{field}"), money));
        }
        if let Some(t) = &impact.transactions {
            for (field, money) in [
                ("attempted_value", t.attempted_value),
                ("declined_business_value", t.declined_business_value),
                ("failed_value", t.failed_value),
                ("lost_value", t.lost_value),
                ("in_doubt_value", t.in_doubt_value),
                ("duplicated_value", t.duplicated_value),
                ("reversed_value", t.reversed_value),
                ("deferred_value", t.deferred_value),
                ("settled_late_value", t.settled_late_value),
            ] {
                amounts.push((format!("impact.transactions.{field}"), money));
            }
        }
        let harm = impact.harm.iter().enumerate();
        amounts.extend(harm.map(|(i, harm)| (format!("impact.harm.{i}.money"), harm.money)));
    }
    let runs = record.compensation.iter().enumerate();
    amounts.extend(runs.map(|(i, run)| (format!("compensation.{i}.total"), run.total)));
    let began = began(record);
    let amounts = amounts.into_iter().filter_map(|(field, money)| Some((field, money?)));
    amounts.filter(|(_, money)| surroundings.convert(*money, began).is_none()).collect()
}

/// The moment whose rate counts: when impact began, else when it was detected.
fn began(record: &Record) -> Option<Instant> {
    crate::impact::first_start(record).or_else(|| record.times.as_ref().and_then(|t| t.detected))
}
