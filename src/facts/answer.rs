use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::definition::{Definition, FactCatalogue};
use crate::decision::{FactSet, Known, Value};
use crate::incident::IncidentId;
use crate::units::Instant;

/// The facts of one incident as JSON: a valid facts file for `decide` and `compensate`.
///
/// Every fact of the catalogue in its order, in the record's notation; unknown is null. Write it
/// with `serde_json::to_string`: a detour through `serde_json::Value` loses digits of numbers.
#[derive(Debug, Clone, Serialize)]
pub struct Answer<'a> {
    schema: u8,
    id: &'a str,
    now: Instant,
    facts: Values<'a>,
}

#[derive(Debug, Clone)]
struct Values<'a> {
    catalogue: &'a FactCatalogue,
    facts: &'a FactSet,
}

impl<'a> Answer<'a> {
    /// The answer for one incident.
    pub fn new(
        id: &'a IncidentId,
        now: Instant,
        catalogue: &'a FactCatalogue,
        facts: &'a FactSet,
    ) -> Self {
        Answer { schema: 1, id: id.as_str(), now: now.floor(), facts: Values { catalogue, facts } }
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for fact in self.catalogue.iter() {
            map.serialize_entry(fact.name, &self.facts.value(fact.name))?;
        }
        // What tables decided stands behind what was read.
        let read = |name: &str| self.catalogue.get(name).is_some();
        for (name, fact) in self.facts.iter().filter(|(name, _)| !read(name)) {
            match &fact.known {
                Known::Is(value) => map.serialize_entry(name, value)?,
                _ => map.serialize_entry(name, &None::<Value>)?,
            }
        }
        map.end()
    }
}

/// The catalogue as JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Listing<'a> {
    schema: u8,
    facts: Vec<Listed<'a>>,
}

#[derive(Debug, Clone, Serialize)]
struct Listed<'a> {
    name: &'a str,
    group: &'a str,
    #[serde(rename = "type")]
    ty: String,
    values: Option<&'a [String]>,
    unit: Option<&'a str>,
    meaning: &'a str,
    origin: &'a str,
    min: &'a Option<Value>,
    max: &'a Option<Value>,
    never_unknown: bool,
}

impl<'a> Listing<'a> {
    /// The listing of a catalogue.
    pub fn new(catalogue: &'a FactCatalogue) -> Self {
        Listing { schema: 1, facts: catalogue.iter().map(Listed::new).collect() }
    }
}

impl<'a> Listed<'a> {
    fn new(fact: &'a Definition) -> Self {
        Listed {
            name: fact.name,
            group: fact.group,
            ty: fact.type_name(),
            values: fact.values(),
            unit: (!fact.unit.is_empty()).then_some(&fact.unit),
            meaning: fact.meaning,
            origin: fact.origin,
            min: &fact.min,
            max: &fact.max,
            never_unknown: fact.never_unknown,
        }
    }
}
