//! Facts: what tables ask about, by name.

mod json;
mod names;
mod origin;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use json::{MAX_FACTS_BYTES, facts_from_json, facts_of_types, misspelt_facts};
pub use names::Names;
use origin::Facts;
pub use origin::{ListItems, Origin};

use super::table::Table;
use super::value::Value;
use crate::yaml::Route;

/// What is known of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Known {
    /// Not yet: it may turn out to be any value of its type.
    #[default]
    Unknown,
    /// That there is none: an upstream table has no rule that holds.
    Absent,
    /// Its value.
    Is(Value),
    /// That it is one of these (`None`: or that there is none).
    OneOf(Vec<Option<Value>>),
}

/// A fact and where it was read.
#[derive(Debug, Clone, Default)]
pub struct Fact {
    /// What is known of it.
    pub known: Known,
    /// The places of the record that it was read from.
    pub origin: Origin,
}

/// Facts by name; a name that was never set is unknown.
///
/// Sets that were made for the same [`Names`] hold a fact at the same number.
#[derive(Debug, Clone, Default)]
pub struct FactSet {
    names: Arc<Names>,
    /// For each number the place of its fact in `facts`, or [`UNSET`].
    places: Vec<u32>,
    /// Every fact that was ever set; one that was set anew stands behind the one before, which
    /// other facts may have been decided from.
    facts: Vec<Fact>,
    /// Places in `facts`: what [`Origin::Facts`] counts in.
    asked: Vec<u32>,
}

/// The place of a fact that was never set: no set is as large.
const UNSET: u32 = u32::MAX;

impl FactSet {
    /// No fact known.
    pub fn new() -> Self {
        FactSet::default()
    }

    /// No fact known yet, of these names.
    pub fn of(names: Arc<Names>) -> Self {
        let places = vec![UNSET; names.len()];
        let facts = Vec::with_capacity(names.len());
        FactSet { names, places, facts, asked: Vec::new() }
    }

    /// The numbers that the facts have.
    pub(super) fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// The same facts under other numbers; names that `names` lacks are numbered after them.
    #[must_use]
    pub fn renumbered(mut self, names: &Arc<Names>) -> FactSet {
        if names.agree_with(&self.names) {
            self.places.resize(names.len(), UNSET);
            self.names = Arc::clone(names);
            return self;
        }
        let mut all = FactSet {
            names: Arc::clone(names),
            places: vec![UNSET; names.len()],
            facts: self.facts,
            asked: self.asked,
        };
        let set = (0..).zip(&self.places).filter(|(_, place)| **place != UNSET);
        for (number, place) in set {
            if let Some(name) = self.names.name(number) {
                let number = all.number(name);
                all.stand(number, *place);
            }
        }
        all
    }

    /// Sets a known value.
    pub fn set(&mut self, name: &str, value: Value) {
        self.insert(name, Fact { known: Known::Is(value), origin: Origin::default() });
    }

    /// Sets a fact, known or not.
    pub fn insert(&mut self, name: &str, fact: Fact) {
        let number = self.number(name);
        self.put(number, fact);
    }

    /// Sets a fact by its number; a number that no name has is left.
    pub fn put(&mut self, number: u32, fact: Fact) {
        let place = u32::try_from(self.facts.len()).unwrap_or(UNSET);
        self.facts.push(fact);
        self.stand(number, place);
    }

    /// Lets a number stand for the fact of another one.
    pub(crate) fn put_same(&mut self, number: u32, other: u32) {
        if let Some(place) = self.place(other) {
            self.stand(number, place);
        }
    }

    fn stand(&mut self, number: u32, place: u32) {
        if self.places.len() < self.names.len() {
            self.places.resize(self.names.len(), UNSET);
        }
        if let Some(at) = self.places.get_mut(number as usize) {
            *at = place;
        }
    }

    /// The number of a name, which it has from now on.
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.names.number(name) {
            return number;
        }
        // Numbers that tables know are left as they are.
        if Arc::get_mut(&mut self.names).is_none() {
            self.names = self.names.with(std::iter::empty::<&str>());
        }
        Arc::get_mut(&mut self.names).map_or(UNSET, |names| names.add(name))
    }

    fn place(&self, number: u32) -> Option<u32> {
        self.places.get(number as usize).copied().filter(|place| *place != UNSET)
    }

    /// A fact, if it was ever set.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.at(self.names.number(name)?)
    }

    /// A fact by its number.
    pub fn at(&self, number: u32) -> Option<&Fact> {
        self.facts.get(self.place(number)? as usize)
    }

    /// What is known of a fact.
    pub fn known(&self, name: &str) -> &Known {
        self.get(name).map_or(&Known::Unknown, |fact| &fact.known)
    }

    /// The value of a fact, if it is known.
    pub fn value(&self, name: &str) -> Option<&Value> {
        match self.known(name) {
            Known::Is(value) => Some(value),
            _ => None,
        }
    }

    /// The origin of what a table decides from some of its inputs, as they stand now.
    pub(super) fn origin_of(
        &mut self,
        table: &Table,
        inputs: impl IntoIterator<Item = usize>,
    ) -> Origin {
        let end = |asked: &[u32]| u32::try_from(asked.len()).unwrap_or(u32::MAX);
        let from = end(&self.asked);
        for input in inputs {
            let number = table.number_of(input, &self.names);
            self.asked.extend(number.and_then(|number| self.place(number)));
        }
        Origin::Facts(Facts(from..end(&self.asked)))
    }

    /// What two decisions were made from, and the fact of a name.
    pub(crate) fn origin_of_both(&mut self, one: &Origin, other: &Origin, name: &str) -> Origin {
        let from = self.asked.len();
        for origin in [one, other] {
            if let Origin::Facts(Facts(range)) = origin {
                let range = range.start as usize..range.end as usize;
                let places = self.asked.get(range).map(<[u32]>::to_vec).unwrap_or_default();
                self.asked.extend(places);
            }
        }
        let named = self.names.number(name).and_then(|number| self.place(number));
        self.asked.extend(named);
        let end = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Origin::Facts(Facts(end(from)..end(self.asked.len())))
    }

    /// The places of the record that a fact was read from; of a decided one, those of the facts
    /// that its deciding rules ask about, sorted, each once.
    pub fn routes(&self, name: &str) -> Vec<Route> {
        self.routes_within(name, usize::MAX).unwrap_or_default()
    }

    /// The places of [`FactSet::routes`]; none where they are more than `most`.
    pub fn routes_within(&self, name: &str, most: usize) -> Option<Vec<Route>> {
        let mut routes = Vec::new();
        let Some(fact) = self.get(name) else { return Some(routes) };
        let Origin::Facts(first) = &fact.origin else {
            if fact.origin.count() > most {
                return None;
            }
            fact.origin.write(&mut routes);
            return Some(routes);
        };
        let mut seen = vec![false; self.facts.len()];
        let mut open = vec![first];
        while let Some(Facts(range)) = open.pop() {
            for place in self.asked.get(range.start as usize..range.end as usize).unwrap_or(&[]) {
                let Some(fact) = self.facts.get(*place as usize) else { continue };
                if std::mem::replace(&mut seen[*place as usize], true) {
                    continue;
                }
                match &fact.origin {
                    Origin::Facts(more) => open.push(more),
                    read => read.write(&mut routes),
                }
                // Facts share places; what is left of too many may yet be few enough.
                if routes.len() > most {
                    routes.sort();
                    routes.dedup();
                    if routes.len() > most {
                        return None;
                    }
                }
            }
        }
        routes.sort();
        routes.dedup();
        Some(routes)
    }

    /// Every fact that was set, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Fact)> {
        let numbers = (0..).zip(&self.places).map(|(number, _)| number);
        let mut all: Vec<(&str, &Fact)> =
            numbers.filter_map(|n| Some((self.names.name(n)?, self.at(n)?))).collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all.into_iter()
    }

    /// How many facts were set.
    pub fn len(&self) -> usize {
        self.places.iter().filter(|place| **place != UNSET).count()
    }

    /// Whether none was set.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
