//! Incidents and customer minutes by what they have in common, largest first (Pareto).

use std::collections::{BTreeMap, BTreeSet};

use crate::incident::Record;
use crate::reports::company::Company;
use crate::reports::context::Sum;
use crate::units::{Decimal, Instant, Percent};

/// What incidents are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Category of the cause.
    Cause,
    /// Service line.
    Service,
    /// Vertical.
    Vertical,
    /// Vendor with a ticket.
    Vendor,
    /// Type of the change that caused it.
    Change,
}

impl By {
    /// All of them, in the order of the report.
    pub const ALL: [By; 5] = [By::Cause, By::Service, By::Vertical, By::Vendor, By::Change];

    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            By::Cause => "cause",
            By::Service => "service",
            By::Vertical => "vertical",
            By::Vendor => "vendor",
            By::Change => "change",
        }
    }
}

/// One key's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The cause, the service …; none where the records do not say.
    pub key: Option<String>,
    /// Incidents with it.
    pub incidents: usize,
    /// Their customers × minutes.
    pub customer_minutes: Sum,
    /// Incidents of this row and those above it, among the incidents of all rows with a key.
    pub cumulative: Option<Percent>,
}

/// All keys, most incidents first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakdown {
    /// What is counted by.
    pub by: By,
    /// The rows; the one without a key is last.
    pub rows: Vec<Share>,
    /// How many of the first rows make four fifths of the incidents; none where no key is known.
    pub vital: Option<usize>,
}

/// Counts by one thing; an incident with several keys counts in each.
pub(in crate::reports) fn breakdown(
    by: By,
    of_period: &[(Instant, &Record)],
    company: &Company<'_>,
    minutes: impl Fn(&Record) -> Option<Decimal>,
) -> Breakdown {
    let mut found: BTreeMap<Option<String>, (usize, Sum)> = BTreeMap::new();
    for (_, record) in of_period {
        let keys = keys(by, record, company);
        let felt = minutes(record);
        let keys: Vec<Option<String>> = match keys {
            None => vec![None],
            Some(keys) => keys.into_iter().map(Some).collect(),
        };
        for key in keys {
            let (count, sum) = found.entry(key).or_default();
            *count += 1;
            sum.add(felt);
        }
    }
    let mut rows: Vec<Share> = found
        .into_iter()
        .map(|(key, (incidents, customer_minutes))| Share {
            key,
            incidents,
            customer_minutes,
            cumulative: None,
        })
        .collect();
    rows.sort_by(|a, b| {
        let weight = |row: &Share| {
            let sizes = (row.incidents, row.customer_minutes.known);
            (row.key.is_none(), std::cmp::Reverse(sizes))
        };
        weight(a).cmp(&weight(b)).then_with(|| a.key.cmp(&b.key))
    });
    let whole: usize = rows.iter().filter(|row| row.key.is_some()).map(|row| row.incidents).sum();
    let (mut sum, mut vital) = (0, None);
    for (place, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.key.is_some()) {
        sum += row.incidents;
        row.cumulative = Percent::of(Decimal::from(sum), Decimal::from(whole));
        if vital.is_none() && sum * 5 >= whole * 4 {
            vital = Some(place + 1);
        }
    }
    Breakdown { by, rows, vital }
}

/// The keys of a record; `None` where it does not say, nothing where it says that there is none.
fn keys(by: By, record: &Record, company: &Company<'_>) -> Option<BTreeSet<String>> {
    let some = |keys: BTreeSet<String>| (!keys.is_empty()).then_some(keys);
    match by {
        By::Cause => super::category(record).map(|cause| BTreeSet::from([cause.to_owned()])),
        By::Service => {
            some(record.services.iter().chain(&record.services_unmapped).cloned().collect())
        }
        By::Vertical => {
            let services = record.services.iter().filter_map(|s| company.standard.service(s));
            some(services.map(|service| service.vertical.clone()).collect())
        }
        // No ticket with a vendor means that no vendor was needed.
        By::Vendor => Some(record.vendors.iter().map(|ticket| ticket.vendor.clone()).collect()),
        By::Change => change(record),
    }
}

/// The first word of the change that is named, without its number: `deploy 2026.10.08-2` is a
/// deploy, `CHG-1234` a CHG. An incident whose cause is known to be another has none.
fn change(record: &Record) -> Option<BTreeSet<String>> {
    let causes = record.causes.as_ref()?;
    if let Some(change) = &causes.change {
        let word = change.trim().split(|c: char| c.is_whitespace() || c == ':').next()?;
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || "-_#.".contains(c));
        if !word.is_empty() {
            return Some(BTreeSet::from([word.to_lowercase()]));
        }
    }
    match causes.category.as_deref() {
        Some("change" | "configuration") | None => None,
        Some(_) => Some(BTreeSet::new()),
    }
}
