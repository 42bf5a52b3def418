use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, LazyLock};

use super::catalogue::GROUPS;
use crate::decision::{Catalogue, Enumeration, InputSpec, Names, Type, Value};
use crate::units::{Currency, Decimal, Instant, Money, Percent, Span};

/// The words that a fact can have, in order.
pub(super) type Vocabulary = fn() -> Vec<&'static str>;

/// The kind of a fact's value, from which its type, its unit and its bounds follow.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Whole number, from 0; its unit.
    Count(&'static str),
    /// Whole number within bounds; its unit.
    Within(i64, i64, &'static str),
    /// Exact decimal, from 0; its unit.
    Number(&'static str),
    /// 0 % to 100 %.
    Share,
    /// Amount in the company's currency, from 0.
    Money,
    /// Time that passed, from 0.
    Span,
    /// Time until something; negative once it has passed.
    SpanUntil,
    /// A moment.
    Moment,
    /// Any text.
    Text,
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(Vocabulary),
    /// One of these words, the highest first.
    Level(Vocabulary),
    /// Any number of texts.
    Texts,
    /// Any number of these words.
    Words(Vocabulary),
    /// Any number of whole numbers within bounds.
    Wholes(i64, i64),
}

/// A fact as it stands in the catalogue's rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether every record has a value.
    pub(super) always: bool,
    pub(super) meaning: &'static str,
    pub(super) origin: &'static str,
}

/// One fact: what it is, and what it can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name in tables and answers.
    pub name: &'static str,
    /// The part of the catalogue that it stands in.
    pub group: &'static str,
    /// Its type.
    pub ty: Type,
    /// What it is counted in; empty where nothing is counted.
    pub unit: String,
    /// What it means.
    pub meaning: &'static str,
    /// The fields that it comes from.
    pub origin: &'static str,
    /// Smallest value that can occur.
    pub min: Option<Value>,
    /// Largest value that can occur; of a list, of its elements.
    pub max: Option<Value>,
    /// Whether every record has a value; every other fact is unknown until the record holds it.
    pub never_unknown: bool,
}

impl Definition {
    /// The name of its type: `integer`, `text`, `enumeration`, `list of text`.
    pub fn type_name(&self) -> String {
        let name = |ty: &Type| match ty {
            Type::Enum(_) => "enumeration".to_owned(),
            Type::Money(_) => "money".to_owned(),
            other => other.to_string(),
        };
        match &self.ty {
            Type::List(element) => format!("list of {}", name(element)),
            other => name(other),
        }
    }

    /// The values of an enumeration, in order.
    pub fn values(&self) -> Option<&[String]> {
        match self.ty.element() {
            Type::Enum(names) => Some(&names.values),
            _ => None,
        }
    }

    /// Brings a value that no real incident has (a mistyped year, a 20-digit amount) to the
    /// nearest bound, so that what is proved for the bounds holds for every record.
    pub(super) fn bounded(&self, value: Value) -> Value {
        use std::cmp::Ordering::{Greater, Less};
        match (&self.min, &self.max) {
            (Some(min), _) if value.compare(min) == Some(Less) => min.clone(),
            (_, Some(max)) if value.compare(max) == Some(Greater) => max.clone(),
            _ => value,
        }
    }
}

/// Years that a record's times can have: four digits.
const LONGEST: Span = Span::from_seconds(10_000 * 366 * 86_400);

/// Larger amounts than any company has; keeps sums in the smallest coin exact.
pub(super) const LARGEST_AMOUNT: i64 = 999_999_999_999_999;

/// Larger numbers than any count; keeps arithmetic on bounds exact.
const LARGEST_NUMBER: i64 = 1_000_000_000_000_000_000;

static FIRST_MOMENT: LazyLock<Option<Instant>> =
    LazyLock::new(|| "0001-01-01T00:00:00Z".parse().ok());
static LAST_MOMENT: LazyLock<Option<Instant>> =
    LazyLock::new(|| "9999-12-31T23:59:59Z".parse().ok());

impl Kind {
    fn ty(self, currency: Currency) -> Type {
        let words = |values: Vocabulary, ordered| Type::Enum(Enumeration::new(values(), ordered));
        match self {
            Kind::Count(_) | Kind::Within(..) => Type::Integer,
            Kind::Number(_) => Type::Number,
            Kind::Share => Type::Percent,
            Kind::Money => Type::Money(Some(currency)),
            Kind::Span | Kind::SpanUntil => Type::Duration,
            Kind::Moment => Type::Timestamp,
            Kind::Text => Type::Text,
            Kind::Flag => Type::Boolean,
            Kind::Word(values) => words(values, false),
            Kind::Level(values) => words(values, true),
            Kind::Texts => Type::List(Box::new(Type::Text)),
            Kind::Words(values) => Type::List(Box::new(words(values, false))),
            Kind::Wholes(..) => Type::List(Box::new(Type::Integer)),
        }
    }

    fn unit(self, currency: Currency) -> String {
        match self {
            Kind::Count(unit) | Kind::Within(_, _, unit) | Kind::Number(unit) => unit.to_owned(),
            Kind::Share => "%".to_owned(),
            Kind::Money => currency.to_string(),
            Kind::Span | Kind::SpanUntil => "s".to_owned(),
            _ => String::new(),
        }
    }

    /// Smallest and largest value; of a list, of its elements.
    fn bounds(self, currency: Currency) -> (Option<Value>, Option<Value>) {
        let (min, max) = match self {
            Kind::Count(_) => (Value::integer(0), Value::Integer(Decimal::from(u64::MAX))),
            Kind::Within(min, max, _) | Kind::Wholes(min, max) => {
                (Value::integer(min), Value::integer(max))
            }
            Kind::Number(_) => {
                (Value::Number(Decimal::ZERO), Value::Number(Decimal::from(LARGEST_NUMBER)))
            }
            Kind::Share => {
                let percent = |d| Value::Percent(Percent(d));
                (percent(Decimal::ZERO), percent(Decimal::ONE_HUNDRED))
            }
            Kind::Money => {
                let money = |d| Value::Money(Money::new(d, currency));
                (money(Decimal::ZERO), money(Decimal::from(LARGEST_AMOUNT)))
            }
            Kind::Span => (Value::Duration(Span::ZERO), Value::Duration(LONGEST)),
            Kind::SpanUntil => {
                let earliest = Span::from_seconds(-LONGEST.seconds());
                (Value::Duration(earliest), Value::Duration(LONGEST))
            }
            Kind::Moment => {
                return (FIRST_MOMENT.map(Value::Timestamp), LAST_MOMENT.map(Value::Timestamp));
            }
            Kind::Text
            | Kind::Flag
            | Kind::Word(_)
            | Kind::Level(_)
            | Kind::Texts
            | Kind::Words(_) => return (None, None),
        };
        (Some(min), Some(max))
    }
}

/// The catalogue of all facts, in the order of its documentation.
#[derive(Debug, Clone)]
pub struct FactCatalogue {
    definitions: Vec<Definition>,
    places: HashMap<&'static str, u32, BuildHasherDefault<NameHasher>>,
}

/// Hashes the catalogue's names, which nobody outside can choose: facts are set by name, and ten
/// thousand records have two million.
#[derive(Debug, Clone, Copy, Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte));
            let mixed = (self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            self.0 = mixed ^ (mixed >> 32);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The numbers of the facts in sets of them, which do not depend on the currency.
static NAMES: LazyLock<Arc<Names>> = LazyLock::new(|| {
    let rows = GROUPS.iter().flat_map(|(_, rows)| rows.iter());
    Arc::new(Names::new(rows.map(|row| row.name)))
});

impl FactCatalogue {
    pub(super) fn new(currency: Currency) -> FactCatalogue {
        let definitions: Vec<Definition> = GROUPS
            .iter()
            .flat_map(|(group, rows)| rows.iter().map(move |row| (*group, row)))
            .map(|(group, row)| {
                let (min, max) = row.kind.bounds(currency);
                Definition {
                    name: row.name,
                    group,
                    ty: row.kind.ty(currency),
                    unit: row.kind.unit(currency),
                    meaning: row.meaning,
                    origin: row.origin,
                    min,
                    max,
                    never_unknown: row.always,
                }
            })
            .collect();
        let places = (0..).zip(&definitions).map(|(i, d)| (d.name, i)).collect();
        FactCatalogue { definitions, places }
    }

    /// A fact by its name.
    pub fn get(&self, name: &str) -> Option<&Definition> {
        self.find(name).map(|(_, definition)| definition)
    }

    /// A fact by its name, with its number.
    pub(super) fn find(&self, name: &str) -> Option<(u32, &Definition)> {
        let number = *self.places.get(name)?;
        Some((number, self.definitions.get(number as usize)?))
    }

    /// As [`FactCatalogue::find`], for facts that are mostly asked for in the catalogue's order:
    /// `next` is where the last one was found, and most often the place before this one's.
    pub(super) fn find_next(&self, name: &str, next: &mut u32) -> Option<(u32, &Definition)> {
        let here = self.definitions.get(*next as usize).filter(|fact| fact.name == name);
        let (number, fact) = match here {
            Some(fact) => (*next, fact),
            None => self.find(name)?,
        };
        *next = number.saturating_add(1);
        Some((number, fact))
    }

    /// All facts, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter()
    }
}

impl Catalogue for FactCatalogue {
    fn input(&self, name: &str) -> Option<InputSpec> {
        let fact = self.get(name)?;
        Some(InputSpec::between(fact.ty.clone(), fact.min.clone(), fact.max.clone()))
    }

    fn names(&self) -> Vec<String> {
        self.definitions.iter().map(|fact| fact.name.to_owned()).collect()
    }

    fn numbered(&self) -> Arc<Names> {
        Arc::clone(&NAMES)
    }
}
