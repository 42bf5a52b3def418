//! Two runs over the same evidence, side by side.

use std::collections::BTreeMap;

use super::{Count, Summary};

/// What one incident's run comes to with one policy and with another.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The incident.
    pub incident: String,
    /// The run whose evidence was taken.
    pub run: String,
    /// With the first.
    pub before: Side,
    /// With the second.
    pub after: Side,
    /// By form and segment.
    pub rows: Vec<ComparedRow>,
    /// Why there is nothing to compare.
    pub missing: Option<String>,
}

/// One side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// The policy with its version; none where it does not apply.
    pub policy: Option<String>,
    /// Customers who get something.
    pub customers: u64,
    /// The money of all forms, in minor units.
    pub money: i128,
    /// The code of its currency, and its digits.
    pub currency: (String, u32),
}

/// One form, or one segment of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedRow {
    /// The form.
    pub form: String,
    /// The segment; none for the whole form.
    pub segment: Option<String>,
    /// Digits of its amounts.
    pub digits: u32,
    /// With the first.
    pub before: Count,
    /// With the second.
    pub after: Count,
}

impl Side {
    fn of(summary: Option<&Summary>) -> Side {
        let Some(summary) = summary else { return Side::default() };
        Side {
            policy: Some(format!("{} {}", summary.policy, summary.version)),
            customers: summary.eligible,
            money: summary.money(),
            currency: summary.currency.clone(),
        }
    }
}

impl Compared {
    /// Puts two summaries side by side; none is a policy that does not apply.
    pub fn new(
        incident: &str,
        run: &str,
        before: Option<&Summary>,
        after: Option<&Summary>,
    ) -> Compared {
        type Key = (String, Option<String>);
        let mut rows: BTreeMap<Key, (u32, Count, Count)> = BTreeMap::new();
        for (summary, is_after) in [(before, false), (after, true)] {
            for form in summary.iter().flat_map(|summary| &summary.forms) {
                let segments =
                    form.segments.iter().map(|(name, count)| (Some(name.clone()), *count));
                for (segment, count) in std::iter::once((None, form.all)).chain(segments) {
                    let key = (form.terms.name.clone(), segment);
                    let row = rows.entry(key).or_default();
                    row.0 = form.terms.digits;
                    if is_after {
                        row.2 = count;
                    } else {
                        row.1 = count;
                    }
                }
            }
        }
        let row = |((form, segment), (digits, before, after)): (Key, (u32, Count, Count))| {
            ComparedRow { form, segment, digits, before, after }
        };
        Compared {
            incident: incident.to_owned(),
            run: run.to_owned(),
            before: Side::of(before),
            after: Side::of(after),
            rows: rows.into_iter().map(row).collect(),
            missing: None,
        }
    }

    /// Nothing to compare, and why.
    pub fn without(incident: &str, run: &str, why: &str) -> Compared {
        Compared { missing: Some(why.to_owned()), ..Compared::new(incident, run, None, None) }
    }
}
