use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveDateTime};

use super::definition::FactCatalogue;
use super::surroundings::Surroundings;
use crate::decision::{Fact, FactSet, Known, Value};
use crate::incident::Record;
use crate::units::{Currency, Decimal, Instant, Money, Span};
use crate::yaml::{Route, Step};

/// Names and bounds do not depend on the currency, but for money's.
static BOUNDS: LazyLock<FactCatalogue> = LazyLock::new(|| FactCatalogue::new(Currency::MXN));

/// Facts under way: what they are read from, and what was found so far.
pub(super) struct Draft<'a> {
    pub(super) record: &'a Record,
    pub(super) around: &'a dyn Surroundings,
    pub(super) now: Instant,
    facts: FactSet,
}

/// The route of a path such as `impact.periods.2.from`.
pub(super) fn route(path: &str) -> Route {
    let step = |s: &str| s.parse().map_or_else(|_| Step::Key(s.to_owned()), Step::Index);
    path.split('.').map(step).collect()
}

/// The routes of the items of a list, or of one of their fields.
pub(super) fn items(
    list: &str,
    places: impl IntoIterator<Item = usize>,
    field: &str,
) -> Vec<Route> {
    let mut base = route(list);
    let routes = places.into_iter().map(|place| {
        base.push(Step::Index(place));
        let mut item = base.clone();
        base.pop();
        if !field.is_empty() {
            item.push(Step::Key(field.to_owned()));
        }
        item
    });
    routes.collect()
}

impl<'a> Draft<'a> {
    pub(super) fn new(record: &'a Record, around: &'a dyn Surroundings, now: Instant) -> Self {
        Draft { record, around, now, facts: FactSet::new() }
    }

    pub(super) fn done(self) -> FactSet {
        self.facts
    }

    /// Sets a fact with the routes that it was read from; no value leaves it unknown.
    pub(super) fn put_at(&mut self, name: &'static str, value: Option<Value>, routes: Vec<Route>) {
        let known = match value {
            Some(Value::Money(money)) => self.money(money).map_or(Known::Unknown, Known::Is),
            Some(value) => Known::Is(BOUNDS.bounded(name, value)),
            None => Known::Unknown,
        };
        self.facts.insert(name, Fact { known, routes });
    }

    /// Sets a fact that was read from these paths.
    pub(super) fn put(&mut self, name: &'static str, value: Option<Value>, paths: &[&str]) {
        self.put_at(name, value, paths.iter().map(|p| route(p)).collect());
    }

    pub(super) fn flag(&mut self, name: &'static str, value: bool, paths: &[&str]) {
        self.put(name, Some(Value::Boolean(value)), paths);
    }

    pub(super) fn maybe(&mut self, name: &'static str, value: Option<bool>, paths: &[&str]) {
        self.put(name, value.map(Value::Boolean), paths);
    }

    pub(super) fn count(&mut self, name: &'static str, value: Option<u64>, paths: &[&str]) {
        self.put(name, value.map(whole), paths);
    }

    pub(super) fn word(&mut self, name: &'static str, value: Option<&str>, paths: &[&str]) {
        self.put(name, value.map(Value::text), paths);
    }

    pub(super) fn span(&mut self, name: &'static str, value: Option<Span>, paths: &[&str]) {
        self.put(name, value.map(Value::Duration), paths);
    }

    /// A list that is unknown while it is empty.
    pub(super) fn texts<S: AsRef<str>>(&mut self, name: &'static str, texts: &[S], paths: &[&str]) {
        let known = (!texts.is_empty()).then(|| self.list(texts));
        self.put(name, known, paths);
    }

    /// Raises a duration that was set before, where another record shows a longer one.
    pub(super) fn at_least(&mut self, name: &'static str, span: Span) {
        let (longest, routes) = match self.facts.get(name) {
            Some(Fact { known: Known::Is(Value::Duration(own)), routes }) => {
                (span.max(*own), routes.clone())
            }
            Some(fact) => (span, fact.routes.clone()),
            None => (span, Vec::new()),
        };
        self.put_at(name, Some(Value::Duration(longest)), routes);
    }

    /// The items of a list that a fact counts, with their routes; the list itself where none is.
    pub(super) fn counted(
        &mut self,
        name: &'static str,
        list: &'static str,
        places: &[usize],
        field: &str,
    ) {
        let routes = if places.is_empty() {
            vec![route(list)]
        } else {
            items(list, places.iter().copied(), field)
        };
        self.put_at(name, Some(whole(places.len() as u64)), routes);
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

/// A count.
pub(super) fn whole(count: u64) -> Value {
    Value::Integer(Decimal::from(count))
}

/// Time from one moment to a later one; none passed where the order is the other way round.
pub(super) fn passed(from: Instant, to: Instant) -> Span {
    to.since(from).max(Span::ZERO)
}
