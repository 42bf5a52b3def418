use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Felt, Tally};
use crate::impact::Parameters;
use crate::impact::estimate::Moved as Estimated;
use crate::incident::{ClientImpact, Footprint, Measured, Moved, Record};
use crate::units::{Decimal, Percent};

/// The name of the way of counting, with its version.
pub const COUNTING: &str = "distinct-1";

/// Everything that the counts depend on besides the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// Window, columns, zone, days: as for a measurement.
    pub as_measured: Parameters,
    /// The file of attempts lists the affected alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_affected: bool,
    /// What each file is, in the order of the evidence.
    pub files: Vec<String>,
    /// The clients of the standard, whose own impact is written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<String>,
}

impl Counting {
    /// The text that a record keeps.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads it back.
    ///
    /// # Errors
    ///
    /// In the reader's words.
    pub fn parse(text: &str) -> Result<Counting, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }
}

/// Puts what was counted into a record; what no file says stays as it was.
pub fn note(record: &mut Record, felt: &Felt, counting: &Counting, stamp: Measured) {
    let impact = record.impact_mut();
    if let Some(counted) = &felt.counted {
        if let Some(all) = counted.customers {
            let known = impact.customers.get_or_insert_default();
            known.tried = (!counted.all_affected).then_some(all.tried);
            known.affected = Some(all.affected);
        }
        if let Some(all) = counted.merchants {
            impact.merchants.get_or_insert_default().affected = Some(all.affected);
        }
        if let Some(all) = counted.clients {
            impact.clients_affected = Some(all.affected);
        }
        for new in clients(felt, counting) {
            match impact.clients.iter_mut().find(|known| known.client == new.client) {
                Some(known) => {
                    known.transactions_failed = new.transactions_failed;
                    known.degradation = new.degradation;
                }
                None => impact.clients.push(new),
            }
        }
        for (part, customers) in footprints(felt) {
            match impact.footprint.iter_mut().find(|known| same(known, &part)) {
                Some(known) => known.customers = Some(customers),
                None => impact.footprint.push(part),
            }
        }
    }
    if let Some(contacts) = felt.contacts {
        let known = impact.contacts.get_or_insert_default();
        known.received = u64::try_from(contacts.actual).ok();
        known.expected = contacts.expected.and_then(|n| u64::try_from(n).ok());
    }
    if let Some(complaints) = &felt.complaints {
        let known = impact.complaints.get_or_insert_default();
        (known.formal, known.regulator) = (Some(complaints.formal), Some(complaints.regulator));
    }
    impact.churn = felt.churn().map(|m| kept(&m)).or(impact.churn.take());
    impact.nps = felt.nps().map(|m| kept(&m)).or(impact.nps.take());
    impact.counted = Some(stamp);
}

fn kept(moved: &Estimated) -> Moved {
    let points = |n: i64| Some(Decimal::new(n, 2).normalize());
    Moved {
        affected_before: points(moved.affected.0),
        affected_after: points(moved.affected.1),
        others_before: points(moved.others.0),
        others_after: points(moved.others.1),
        difference: points(moved.difference),
        low: moved.interval.and_then(|i| points(i.0)),
        high: moved.interval.and_then(|i| points(i.1)),
        ..Moved::default()
    }
}

/// The impact on each client that the standard names.
fn clients(felt: &Felt, counting: &Counting) -> Vec<ClientImpact> {
    let Some(counted) = &felt.counted else { return Vec::new() };
    let named = counted.each_client.iter().filter(|(id, ..)| counting.clients.contains(id));
    named
        .map(|(id, rows, failed)| ClientImpact {
            client: id.clone(),
            transactions_failed: Some(*failed),
            degradation: Percent::of((*failed).into(), (*rows).into())
                .filter(|_| !counted.all_affected)
                .map(|p| Percent(p.0.round_dp(2).normalize())),
            ..ClientImpact::default()
        })
        .collect()
}

fn footprints(felt: &Felt) -> Vec<(Footprint, u64)> {
    let Some(counted) = &felt.counted else { return Vec::new() };
    let hit = counted.parts.iter().filter(|(_, value, t)| t.affected > 0 && !value.is_empty());
    hit.filter_map(|(dimension, value, tally): &(String, String, Tally)| {
        let mut part = Footprint { customers: Some(tally.affected), ..Footprint::default() };
        *super::super::parameters::place(&mut part, dimension)? = Some(value.clone());
        Some((part, tally.affected))
    })
    .collect()
}

fn same(a: &Footprint, b: &Footprint) -> bool {
    super::super::parameters::same_part(a, b)
}

/// What a record keeps that counting again does not give, as `field: kept, now`.
pub fn differences(record: &Record, felt: &Felt, counting: &Counting) -> Vec<String> {
    let mut again = record.clone();
    let stamp = record.impact.as_ref().and_then(|i| i.counted.clone()).unwrap_or_default();
    note(&mut again, felt, counting, stamp);
    let of = |record: &Record| -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        if let Some(impact) = record.to_tree().get("impact") {
            flat("impact", &impact.to_json(), &mut all);
        }
        all
    };
    let (kept, now) = (of(record), of(&again));
    let fields: std::collections::BTreeSet<&String> = kept.keys().chain(now.keys()).collect();
    let differing = fields.into_iter().filter(|field| kept.get(*field) != now.get(*field));
    differing
        .map(|field| {
            let word = |all: &BTreeMap<String, String>| {
                all.get(field).cloned().unwrap_or_else(|| "nothing".into())
            };
            format!("{field}: the record has {}, the files give {}", word(&kept), word(&now))
        })
        .collect()
}

fn flat(at: &str, value: &serde_json::Value, all: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(key, value)| flat(&format!("{at}.{key}"), value, all));
        }
        serde_json::Value::Array(items) => {
            (1..)
                .zip(items)
                .for_each(|(n, item): (usize, _)| flat(&format!("{at}[{n}]"), item, all));
        }
        serde_json::Value::String(text) => drop(all.insert(at.to_owned(), text.clone())),
        other => drop(all.insert(at.to_owned(), other.to_string())),
    }
}
