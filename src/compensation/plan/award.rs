//! What one customer gets.

use crate::compensation::amount::Fault;

/// Which rules of an award table held: at most 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct RuleSet([u64; 4]);

impl RuleSet {
    /// Adds a rule by its place in the table.
    pub fn add(&mut self, place: u16) {
        if let Some(word) = self.0.get_mut(usize::from(place / 64)) {
            *word |= 1 << (place % 64);
        }
    }

    /// Whether a rule held.
    pub fn has(&self, place: u16) -> bool {
        self.0.get(usize::from(place / 64)).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    /// How many held.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether none did.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// Their places, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u16> {
        let words = self.0;
        (0_u16..256).filter(move |place| {
            words.get(usize::from(place / 64)).is_some_and(|word| word & (1 << (place % 64)) != 0)
        })
    }

    /// The first of them.
    pub fn first(&self) -> Option<u16> {
        self.iter().next()
    }
}

/// What one customer gets under one form. Of days and points, `minor` counts those.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Award {
    /// The place of the form in the policy.
    pub form: u8,
    /// The amount with its tax, in minor units, after minimum, maximum and rounding.
    pub minor: i64,
    /// The part of it that is tax.
    pub tax: i64,
    /// What it would be without minimum and maximum.
    pub before: i64,
    /// The day on which it has to be there, as days since 1970-01-01.
    pub due: Option<i32>,
    /// The rules that it comes from: under `largest` and `smallest` the one that won.
    pub rules: RuleSet,
}

/// What a policy says of one row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The rule that excludes the customer, by its place; [`super::Compiled::exclusion`] says why.
    pub excluded: Option<u16>,
    /// Every rule that held; none held where it is empty, and nothing is owed.
    pub rules: RuleSet,
    /// An award for each form that some rule gives, zero or more, in the order of the forms.
    pub awards: Vec<Award>,
    /// For each award, the part of each rule in minor units, where several rules made it up.
    /// They add up to the award.
    pub parts: Vec<Part>,
}

/// What one rule adds to an award that several make up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The place of the form.
    pub form: u8,
    /// The place of the rule.
    pub rule: u16,
    /// Its part in minor units.
    pub minor: i64,
}

impl Outcome {
    /// Nothing held, nothing is owed.
    pub const NOTHING: Outcome =
        Outcome { excluded: None, rules: RuleSet([0; 4]), awards: Vec::new(), parts: Vec::new() };

    pub(super) fn clear(&mut self) {
        self.excluded = None;
        self.rules = RuleSet::default();
        self.awards.clear();
        self.parts.clear();
    }
}

/// Why a row has no award, which is never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// An amount has no value.
    Amount(Fault),
    /// Two rules hold where at most one may.
    Conflict(u16, u16),
}

impl From<Fault> for RowFault {
    fn from(fault: Fault) -> Self {
        RowFault::Amount(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_added() {
        let mut rules = RuleSet::default();
        assert!(rules.is_empty());
        for place in [0, 63, 64, 255] {
            rules.add(place);
        }
        rules.add(256);
        assert_eq!(rules.iter().collect::<Vec<_>>(), [0, 63, 64, 255]);
        assert_eq!((rules.len(), rules.first()), (4, Some(0)));
        assert!(rules.has(64) && !rules.has(65) && !rules.has(256));
    }
}
