use std::collections::BTreeMap;

use chrono_tz::Tz;

/// Why a transaction did not succeed, as far as availability goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It succeeded.
    Approved,
    /// The customer's or the merchant's business: no funds, a wrong PIN, a fraud rule.
    Business,
    /// Something did not work.
    Technical,
}

impl Reason {
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Reason> {
        match word {
            "approved" => Some(Reason::Approved),
            "business" => Some(Reason::Business),
            "technical" => Some(Reason::Technical),
            _ => None,
        }
    }
}

/// What the column of values adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ValueOf {
    /// The value of what succeeded.
    #[default]
    Succeeded,
    /// The value of what was attempted.
    Attempted,
}

/// Which column of a file is what; columns are found by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// When: RFC 3339, `2026-11-21 03:10:00`, or seconds or milliseconds of the epoch.
    pub timestamp: String,
    /// How many were attempted.
    pub attempted: String,
    /// How many succeeded.
    pub succeeded: String,
    /// How many were declined for business reasons.
    pub declined_business: String,
    /// How many failed for technical ones.
    pub declined_technical: String,
    /// Their value.
    pub value: String,
    /// How many, in files that have a row for each reason.
    pub count: String,
    /// The reason, such as a response code of ISO 8583.
    pub reason: String,
    /// Who tried, in evidence of customers.
    pub customer: String,
    /// The shop at which they tried.
    pub merchant: String,
    /// Whether they were affected: yes or no, or how many of their attempts failed.
    pub affected: String,
    /// Before or after the incident, in a panel of customers.
    pub period: String,
    /// Whether a customer left in that time.
    pub churned: String,
    /// What a customer answered, from 0 to 10.
    pub score: String,
    /// How many contacts came.
    pub contacts: String,
    /// What kind of complaint a row is.
    pub complaint: String,
    /// The incident that a complaint is about.
    pub incident: String,
    /// What `value` adds up.
    pub value_of: ValueOf,
    /// Dimensions with their columns.
    pub dimensions: Vec<(String, String)>,
    /// What reasons mean.
    pub reasons: BTreeMap<String, Reason>,
    /// The zone of times without an offset.
    pub zone: Tz,
}

/// The dimensions that a record's footprint knows.
const DIMENSIONS: [&str; 7] =
    ["service", "rail", "channel", "region", "segment", "product", "client"];

/// Response codes of ISO 8583 (1987) as examples: who declined, and whether it was the money or the
/// machine. A company's own table goes before them.
const ISO_8583: [(&str, Reason); 25] = [
    ("00", Reason::Approved),
    ("08", Reason::Approved),
    ("10", Reason::Approved),
    ("11", Reason::Approved),
    ("04", Reason::Business),
    ("05", Reason::Business),
    ("14", Reason::Business),
    ("33", Reason::Business),
    ("41", Reason::Business),
    ("43", Reason::Business),
    ("51", Reason::Business),
    ("54", Reason::Business),
    ("55", Reason::Business),
    ("57", Reason::Business),
    ("59", Reason::Business),
    ("61", Reason::Business),
    ("62", Reason::Business),
    ("65", Reason::Business),
    ("75", Reason::Business),
    ("06", Reason::Technical),
    ("68", Reason::Technical),
    ("90", Reason::Technical),
    ("91", Reason::Technical),
    ("92", Reason::Technical),
    ("96", Reason::Technical),
];

impl Mapping {
    /// The mapping of a file whose columns have our names, with times of a zone.
    pub fn new(zone: Tz) -> Mapping {
        let named = |name: &str| name.to_owned();
        Mapping {
            timestamp: named("timestamp"),
            attempted: named("attempted"),
            succeeded: named("succeeded"),
            declined_business: named("declined_business"),
            declined_technical: named("declined_technical"),
            value: named("value"),
            count: named("count"),
            reason: named("reason"),
            customer: named("customer"),
            merchant: named("merchant"),
            affected: named("affected"),
            period: named("period"),
            churned: named("churned"),
            score: named("score"),
            contacts: named("contacts"),
            complaint: named("complaint"),
            incident: named("incident"),
            value_of: ValueOf::Succeeded,
            dimensions: DIMENSIONS.map(|d| (named(d), named(d))).to_vec(),
            reasons: ISO_8583.map(|(code, reason)| (named(code), reason)).into(),
            zone,
        }
    }

    /// Puts a column in the place of a role: `attempted`, `value`, or a dimension, which is added
    /// where it is new; false for an empty column.
    pub fn put(&mut self, role: &str, column: &str) -> bool {
        if column.is_empty() || role.is_empty() {
            return false;
        }
        let place = match role {
            "timestamp" => &mut self.timestamp,
            "attempted" => &mut self.attempted,
            "succeeded" => &mut self.succeeded,
            "declined_business" => &mut self.declined_business,
            "declined_technical" => &mut self.declined_technical,
            "value" => &mut self.value,
            "count" => &mut self.count,
            "reason" => &mut self.reason,
            "customer" => &mut self.customer,
            "merchant" => &mut self.merchant,
            "affected" => &mut self.affected,
            "period" => &mut self.period,
            "churned" => &mut self.churned,
            "score" => &mut self.score,
            "contacts" => &mut self.contacts,
            "complaint" => &mut self.complaint,
            "incident" => &mut self.incident,
            other => match self.dimensions.iter().position(|(name, _)| name == other) {
                Some(at) => match self.dimensions.get_mut(at) {
                    Some((_, place)) => place,
                    None => return false,
                },
                None => {
                    self.dimensions.push((other.to_owned(), column.to_owned()));
                    return true;
                }
            },
        };
        column.clone_into(place);
        // A column is one thing: `value` that holds the attempts is no money.
        for (name, place) in [
            ("attempted", &mut self.attempted),
            ("succeeded", &mut self.succeeded),
            ("value", &mut self.value),
            ("count", &mut self.count),
        ] {
            if name != role && place.as_str() == column {
                place.clear();
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_one_role() {
        let mut mapping = Mapping::new(chrono_tz::UTC);
        assert!(mapping.put("attempted", "value"));
        assert_eq!((mapping.attempted.as_str(), mapping.value.as_str()), ("value", ""));
        assert!(mapping.put("region", "estado") && mapping.put("shop", "tienda"));
        assert!(mapping.dimensions.contains(&("region".into(), "estado".into())));
        assert!(mapping.dimensions.contains(&("shop".into(), "tienda".into())));
        assert!(!mapping.put("region", ""));
    }

    #[test]
    fn no_code_is_listed_twice() {
        assert_eq!(Mapping::new(chrono_tz::UTC).reasons.len(), ISO_8583.len());
    }
}
