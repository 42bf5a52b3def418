use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveDateTime};

use super::definition::FactCatalogue;
use super::surroundings::Surroundings;
use crate::decision::Catalogue;
use crate::decision::{Fact, FactSet, Known, Origin, Value};
use crate::incident::Record;
use crate::units::{Currency, Decimal, Instant, Money, Span};

/// Names and bounds do not depend on the currency, but for money's.
static BOUNDS: LazyLock<FactCatalogue> = LazyLock::new(|| FactCatalogue::new(Currency::MXN));

/// Facts under way: what they are read from, and what was found so far.
pub(super) struct Draft<'a> {
    pub(super) record: &'a Record,
    pub(super) around: &'a dyn Surroundings,
    pub(super) now: Instant,
    facts: FactSet,
    /// The place in the catalogue behind the fact that was set last.
    next: u32,
}

/// Paths of a record, known beforehand.
pub(super) type Paths = &'static [&'static str];

impl<'a> Draft<'a> {
    pub(super) fn new(record: &'a Record, around: &'a dyn Surroundings, now: Instant) -> Self {
        Draft { record, around, now, facts: FactSet::of(BOUNDS.numbered()), next: 0 }
    }

    pub(super) fn done(self) -> FactSet {
        self.facts
    }

    /// Sets a fact with what it was read from; no value leaves it unknown.
    pub(super) fn put_at(&mut self, name: &'static str, value: Option<Value>, origin: Origin) {
        let Some((number, definition)) = BOUNDS.find_next(name, &mut self.next) else { return };
        let known = match value {
            Some(Value::Money(money)) => self.money(money).map_or(Known::Unknown, Known::Is),
            Some(value) => Known::Is(definition.bounded(value)),
            None => Known::Unknown,
        };
        self.facts.put(number, Fact { known, origin });
    }

    /// Sets a fact that was read from these paths.
    pub(super) fn put(&mut self, name: &'static str, value: Option<Value>, paths: Paths) {
        self.put_at(name, value, Origin::Paths(paths));
    }

    pub(super) fn flag(&mut self, name: &'static str, value: bool, paths: Paths) {
        self.put(name, Some(Value::Boolean(value)), paths);
    }

    pub(super) fn maybe(&mut self, name: &'static str, value: Option<bool>, paths: Paths) {
        self.put(name, value.map(Value::Boolean), paths);
    }

    pub(super) fn count(&mut self, name: &'static str, value: Option<u64>, paths: Paths) {
        self.put(name, value.map(whole), paths);
    }

    pub(super) fn word(&mut self, name: &'static str, value: Option<&str>, paths: Paths) {
        self.put(name, value.map(Value::text), paths);
    }

    pub(super) fn span(&mut self, name: &'static str, value: Option<Span>, paths: Paths) {
        self.put(name, value.map(Value::Duration), paths);
    }

    /// A list that is unknown while it is empty.
    pub(super) fn texts<S: AsRef<str>>(&mut self, name: &'static str, texts: &[S], paths: Paths) {
        let known = (!texts.is_empty()).then(|| self.list(texts));
        self.put(name, known, paths);
    }

    /// Raises a duration that was set before, where another record shows a longer one.
    pub(super) fn at_least(&mut self, name: &'static str, span: Span) {
        let (longest, origin) = match self.facts.get(name) {
            Some(Fact { known: Known::Is(Value::Duration(own)), origin }) => {
                (span.max(*own), origin.clone())
            }
            Some(fact) => (span, fact.origin.clone()),
            None => (span, Origin::default()),
        };
        self.put_at(name, Some(Value::Duration(longest)), origin);
    }

    /// The items of a list that a fact counts, with their places; the list itself where none is.
    pub(super) fn counted(
        &mut self,
        name: &'static str,
        list: Paths,
        places: Vec<usize>,
        field: &'static str,
    ) {
        let count = whole(places.len() as u64);
        self.put_at(name, Some(count), items(list, places, field));
    }

    /// Distinct texts in the order of their first appearance.
    pub(super) fn list<S: AsRef<str>>(&self, texts: &[S]) -> Value {
        let mut seen = std::collections::HashSet::new();
        Value::texts(texts.iter().map(AsRef::as_ref).filter(|t| seen.insert(*t)))
    }

    /// An amount in the company's currency; none without a rate of the standard.
    pub(super) fn money(&self, money: Money) -> Option<Value> {
        let currency = self.around.currency();
        let converted = self.around.convert(money, self.began())?;
        let digits = currency.minor_digits();
        let max = Decimal::from(super::definition::LARGEST_AMOUNT);
        let amount = converted.amount.clamp(Decimal::ZERO, max).round_dp(digits);
        (converted.currency == currency).then(|| Value::Money(Money::new(amount, currency)))
    }

    /// Adds amounts up in the company's currency; none where one of them has no rate.
    pub(super) fn sum(&self, amounts: impl IntoIterator<Item = Money>) -> Option<Value> {
        let zero = Money::new(Decimal::ZERO, self.around.currency());
        let total = amounts.into_iter().try_fold(zero, |total, money| match self.money(money)? {
            Value::Money(money) => total.checked_add(money),
            _ => None,
        });
        total.map(Value::Money)
    }

    /// The wall clock of a moment, in the company's zone.
    pub(super) fn wall(&self, at: Instant) -> NaiveDateTime {
        match self.around.zone() {
            Some(zone) => at.in_zone(&zone).get().naive_local(),
            None => at.get().naive_local(),
        }
    }

    /// The day of a moment, in the company's zone.
    pub(super) fn day(&self, at: Instant) -> NaiveDate {
        self.wall(at).date()
    }

    /// When impact began, else when it was detected: the moment of calendar facts.
    pub(super) fn began(&self) -> Option<Instant> {
        crate::impact::first_start(self.record)
            .or_else(|| self.record.times.as_ref().and_then(|t| t.detected))
    }
}

/// Items of a list, or one of their fields; of no items, the list.
pub(super) fn items(list: Paths, places: Vec<usize>, field: &'static str) -> Origin {
    let path = list.first().copied().unwrap_or_default();
    Origin::items(path, places, field, list)
}

/// A count.
pub(super) fn whole(count: u64) -> Value {
    Value::Integer(Decimal::from(count))
}

/// Time from one moment to a later one; none passed where the order is the other way round.
pub(super) fn passed(from: Instant, to: Instant) -> Span {
    to.since(from).max(Span::ZERO)
}
