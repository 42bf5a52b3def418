//! One input as a finite row of segments.
//!
//! Every value that a test names cuts the input's line: into the value itself and the open
//! stretches between. All values of one segment pass the same tests, so that deciding is a look-up
//! and proving is counting. Segments that can occur have the numbers `0..size`; `size` is "no
//! value" (unknown or absent); what lies beyond the input's `min` and `max` follows, so that a
//! fact out of bounds is still judged by the tests as they are written.

mod segments;
mod words;

use std::collections::HashSet;

pub(super) use segments::Segments;

use super::table::Input;
use super::types::Type;
use super::unary::{Item, Op};
use super::value::Value;
use crate::units::Decimal;

#[derive(Debug, Clone)]
enum Line {
    /// `false`, `true`.
    Boolean,
    /// The values of an enumeration, in its order.
    Names(Vec<String>),
    /// The texts that tests name, sorted; any other text comes after them.
    Texts(Vec<String>),
    /// Edges of a type with neighbours, in its smallest unit.
    Whole(Vec<i128>, Vec<Value>),
    /// Edges of a continuous type.
    Exact(Vec<Decimal>, Vec<Value>),
}

/// The segments of one input.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    line: Line,
    ty: Type,
    /// Segments that can occur.
    pub(super) size: u32,
    /// For each cut of the raw line, how many segments before it can occur; empty where all can.
    before: Vec<u32>,
}

/// The whole number that stands for a discrete value.
fn whole(value: &Value) -> Option<i128> {
    Some(match value {
        Value::Integer(d) => d.trunc().mantissa(),
        Value::Money(m) => {
            let digits = m.currency.minor_digits();
            if let Some(missing) = digits.checked_sub(m.amount.scale()) {
                return m.amount.mantissa().checked_mul(10_i128.checked_pow(missing)?);
            }
            let floor = m
                .amount
                .round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::ToNegativeInfinity);
            let missing = digits.checked_sub(floor.scale())?;
            floor.mantissa().checked_mul(10_i128.checked_pow(missing)?)?
        }
        Value::Duration(s) => i128::from(s.seconds()),
        Value::Timestamp(i) => i128::from(i.get().timestamp()),
        Value::Date(d) => {
            use chrono::Datelike;
            i128::from(d.num_days_from_ce())
        }
        _ => return None,
    })
}

fn exact(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(d) | Value::Integer(d) => Some(*d),
        Value::Percent(p) => Some(p.0),
        _ => None,
    }
}

impl Axis {
    /// The axis of an input's values (of a list's elements), cut at `edges`.
    pub(super) fn new<'a>(input: &'a Input, edges: impl Iterator<Item = &'a Value>) -> Axis {
        let ty = input.ty.element().clone();
        let only = input.only.iter().flatten();
        let bounds = [&input.min, &input.max].into_iter().flatten().chain(only.clone());
        match &ty {
            Type::Boolean => Axis { line: Line::Boolean, ty, size: 2, before: Vec::new() },
            Type::Enum(names) => {
                let names = names.values.to_vec();
                let size = u32::try_from(names.len()).unwrap_or(u32::MAX);
                Axis { line: Line::Names(names), ty, size, before: Vec::new() }
            }
            Type::Text => {
                let mut names: Vec<String> =
                    edges.filter_map(Value::as_text).map(str::to_owned).collect();
                names.sort_unstable();
                names.dedup();
                let size = u32::try_from(names.len()).unwrap_or(u32::MAX - 1) + 1;
                Axis { line: Line::Texts(names), ty, size, before: Vec::new() }
            }
            _ if ty.is_discrete() => {
                let mut cuts: Vec<(i128, Value)> =
                    edges.chain(bounds).filter_map(|v| Some((whole(v)?, v.clone()))).collect();
                cuts.sort_by_key(|(at, _)| *at);
                cuts.dedup_by_key(|(at, _)| *at);
                let (at, values): (Vec<_>, Vec<_>) = cuts.into_iter().unzip();
                let min = input.min.as_ref().and_then(whole);
                let max = input.max.as_ref().and_then(whole);
                let only: Option<HashSet<i128>> =
                    input.only.as_ref().map(|_| only.filter_map(whole).collect());
                let occurs = |low: Option<i128>, high: Option<i128>| {
                    let neighbours = match (low, high) {
                        (Some(a), Some(b)) => b.saturating_sub(a) == 1,
                        _ => false,
                    };
                    let allowed = match &only {
                        None => true,
                        Some(only) => low == high && low.is_some_and(|v| only.contains(&v)),
                    };
                    !neighbours && allowed && within(low, high, min, max)
                };
                let before = occurring(&at, occurs);
                Axis::cut(Line::Whole(at, values), ty, before)
            }
            _ => {
                let mut cuts: Vec<(Decimal, Value)> =
                    edges.chain(bounds).filter_map(|v| Some((exact(v)?, v.clone()))).collect();
                cuts.sort_by_key(|(at, _)| *at);
                cuts.dedup_by_key(|(at, _)| *at);
                let (at, values): (Vec<_>, Vec<_>) = cuts.into_iter().unzip();
                let min = input.min.as_ref().and_then(exact);
                let max = input.max.as_ref().and_then(exact);
                let only: Option<HashSet<Decimal>> =
                    input.only.as_ref().map(|_| only.filter_map(exact).collect());
                let before = occurring(&at, |low, high| {
                    let allowed = match &only {
                        None => true,
                        Some(only) => low == high && low.is_some_and(|v| only.contains(&v)),
                    };
                    allowed && within(low, high, min, max)
                });
                Axis::cut(Line::Exact(at, values), ty, before)
            }
        }
    }

    fn cut(line: Line, ty: Type, before: Vec<u32>) -> Axis {
        let size = before.last().copied().unwrap_or(0);
        Axis { line, ty, size, before }
    }

    /// The segment of "no value".
    pub(super) fn null(&self) -> u32 {
        self.size
    }

    /// The segment that a value lies in; `None` for a value of another type or currency.
    pub(super) fn locate(&self, value: &Value) -> Option<u32> {
        let raw = match (&self.line, value) {
            (Line::Boolean, Value::Boolean(b)) => return Some(u32::from(*b)),
            (Line::Names(names), Value::Text(t)) => {
                return names.iter().position(|n| n == t).and_then(|i| u32::try_from(i).ok());
            }
            (Line::Texts(names), Value::Text(t)) => {
                return match names.binary_search_by(|n| n.as_str().cmp(t)) {
                    Ok(i) => u32::try_from(i).ok(),
                    Err(_) => Some(self.size - 1),
                };
            }
            (Line::Whole(at, _), value) => {
                if !self.is_of(value) {
                    return None;
                }
                match at.binary_search(&whole(value)?) {
                    Ok(i) => 2 * i + 1,
                    Err(i) => 2 * i,
                }
            }
            (Line::Exact(at, _), value) => {
                if !self.is_of(value) {
                    return None;
                }
                match at.binary_search(&exact(value)?) {
                    Ok(i) => 2 * i + 1,
                    Err(i) => 2 * i,
                }
            }
            _ => return None,
        };
        let (before, after) = (*self.before.get(raw)?, *self.before.get(raw + 1)?);
        let raw = u32::try_from(raw).ok()?;
        Some(if after > before { before } else { self.size + 1 + raw - before })
    }

    fn is_of(&self, value: &Value) -> bool {
        match (&self.ty, value) {
            (Type::Money(Some(currency)), Value::Money(money)) => money.currency == *currency,
            (Type::Money(None), Value::Money(_))
            | (Type::Integer, Value::Integer(_))
            | (Type::Number, Value::Number(_) | Value::Integer(_))
            | (Type::Percent, Value::Percent(_))
            | (Type::Duration, Value::Duration(_))
            | (Type::Timestamp, Value::Timestamp(_))
            | (Type::Date, Value::Date(_)) => true,
            _ => false,
        }
    }

    /// The segments that one alternative of a test accepts, `null` aside.
    pub(super) fn item(&self, item: &Item) -> Segments {
        match item {
            Item::Null => Segments::default(),
            Item::Is(value) => self.single(value),
            Item::Differs(value) => self.except(&self.single(value)),
            Item::AndBefore(name) => match &self.line {
                Line::Names(names) => {
                    let end = names.iter().position(|n| n == name).map_or(0, |i| i + 1);
                    Segments::new(vec![(0, u32::try_from(end).unwrap_or(self.size))])
                }
                _ => Segments::default(),
            },
            Item::Compare(op, value) => {
                let (Some(edge), end) = (self.edge(value), self.raws()) else {
                    return Segments::default();
                };
                match op {
                    Op::Less => self.stretch(0, edge),
                    Op::AtMost => self.stretch(0, edge + 1),
                    Op::More => self.stretch(edge + 1, end),
                    Op::AtLeast => self.stretch(edge, end),
                }
            }
            Item::Range { low, low_closed, high, high_closed } => {
                let (Some(low), Some(high)) = (self.edge(low), self.edge(high)) else {
                    return Segments::default();
                };
                self.stretch(low + usize::from(!low_closed), high + usize::from(*high_closed))
            }
        }
    }

    /// The segments that some alternative accepts.
    pub(super) fn items(&self, items: &[Item]) -> Segments {
        Segments::new(items.iter().flat_map(|item| self.item(item).0).collect())
    }

    /// Every known value but these.
    pub(super) fn except(&self, segments: &Segments) -> Segments {
        let known = self.known();
        segments.minus(self.total()).and(&known)
    }

    /// Every segment of a known value.
    pub(super) fn known(&self) -> Segments {
        Segments::new(vec![(0, self.size), (self.size + 1, self.total())])
    }

    fn single(&self, value: &Value) -> Segments {
        match self.locate(value) {
            Some(at) => Segments::new(vec![(at, at + 1)]),
            None => Segments::default(),
        }
    }

    /// The raw place of an edge.
    fn edge(&self, value: &Value) -> Option<usize> {
        let found = match &self.line {
            Line::Whole(at, _) => at.binary_search(&whole(value)?).ok()?,
            Line::Exact(at, _) => at.binary_search(&exact(value)?).ok()?,
            _ => return None,
        };
        Some(2 * found + 1)
    }

    fn raws(&self) -> usize {
        self.before.len().saturating_sub(1)
    }

    fn total(&self) -> u32 {
        let outside = u32::try_from(self.raws()).unwrap_or(0).saturating_sub(self.size);
        self.size + 1 + if self.before.is_empty() { 0 } else { outside }
    }

    /// A raw stretch in the numbers of the segments.
    fn stretch(&self, low: usize, high: usize) -> Segments {
        let (Some(a), Some(b)) = (self.before.get(low), self.before.get(high)) else {
            return Segments::default();
        };
        let outside = |raw: usize, before: u32| {
            self.size + 1 + u32::try_from(raw).unwrap_or(u32::MAX / 2) - before
        };
        Segments::new(vec![(*a, *b), (outside(low, *a), outside(high, *b))])
    }

    /// Whether the segments have an order, so that only neighbours make one stretch.
    pub(super) fn is_line(&self) -> bool {
        matches!(self.line, Line::Whole(..) | Line::Exact(..))
    }
}

/// Whether a segment, an edge or the open stretch between two, lies between `min` and `max`.
fn within<T: PartialOrd + Copy>(
    low: Option<T>,
    high: Option<T>,
    min: Option<T>,
    max: Option<T>,
) -> bool {
    // The bounds are edges themselves, so that no stretch crosses them.
    let above = match (min, low) {
        (None, _) => true,
        (Some(min), Some(low)) => low >= min,
        (Some(_), None) => false,
    };
    let below = match (max, high) {
        (None, _) => true,
        (Some(max), Some(high)) => high <= max,
        (Some(_), None) => false,
    };
    above && below
}

/// For each cut of the raw line, how many segments before it can occur.
fn occurring<T: Copy>(edges: &[T], occurs: impl Fn(Option<T>, Option<T>) -> bool) -> Vec<u32> {
    let mut before = Vec::with_capacity(2 * edges.len() + 2);
    let mut count = 0;
    before.push(0);
    for raw in 0..=2 * edges.len() {
        let edge = |i: usize| edges.get(i).copied();
        let found = if raw % 2 == 1 {
            occurs(edge(raw / 2), edge(raw / 2))
        } else {
            occurs((raw / 2).checked_sub(1).and_then(edge), edge(raw / 2))
        };
        count += u32::from(found);
        before.push(count);
    }
    before
}
