//! The answer that a hit policy makes of the rules that hold.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::decide::Entry;
use super::table::{Hit, Table};
use super::value::Value;
use crate::units::{Decimal, Money, Percent, Span};

/// Which rules make an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Made {
    Nothing,
    Clash(Vec<u32>),
    Rules(Vec<u32>),
    Totals(Entry, Vec<u32>),
}

/// An output, as far as outputs are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Rules contradict each other.
    Clash,
    /// The numbers of the rules' outputs; none where nothing holds.
    Outputs(Vec<u32>),
    /// Aggregated values.
    Totals(Entry),
}

/// The answer that the policy makes of the rules that hold (ascending).
pub(super) fn make(table: &Table, yes: &[u32]) -> Made {
    let plan = &table.plan;
    let Some(first) = yes.first() else { return Made::Nothing };
    match table.hit {
        Hit::Unique if yes.len() > 1 => Made::Clash(yes.to_vec()),
        Hit::Any if yes.iter().any(|r| plan.same[*r as usize] != plan.same[*first as usize]) => {
            Made::Clash(yes.to_vec())
        }
        Hit::Unique | Hit::Any => Made::Rules(yes.to_vec()),
        Hit::First => Made::Rules(vec![*first]),
        Hit::Priority => {
            let best = plan.order.iter().find(|rule| yes.binary_search(rule).is_ok());
            Made::Rules(best.into_iter().copied().collect())
        }
        Hit::RuleOrder | Hit::Collect => Made::Rules(distinct(table, yes.to_vec())),
        Hit::OutputOrder => {
            let mut rules = yes.to_vec();
            if rules.len() > 1 {
                let mut places = vec![0_usize; plan.order.len()];
                for (place, rule) in plan.order.iter().enumerate() {
                    places[*rule as usize] = place;
                }
                rules.sort_by_key(|r| places[*r as usize]);
            }
            Made::Rules(distinct(table, rules))
        }
        Hit::CollectSum | Hit::CollectMin | Hit::CollectMax | Hit::CollectCount => {
            total(table, yes)
        }
    }
}

fn distinct(table: &Table, mut rules: Vec<u32>) -> Vec<u32> {
    if table.distinct {
        let mut seen = HashSet::new();
        rules.retain(|r| seen.insert(table.plan.same[*r as usize]));
    }
    rules
}

fn total(table: &Table, yes: &[u32]) -> Made {
    let mut makers = Vec::new();
    let entry = (0..table.outputs.len())
        .map(|output| {
            let values = || {
                let found = yes.iter().filter_map(move |r| {
                    table.rules[*r as usize].then[output].as_ref().map(|v| (*r, v))
                });
                let mut seen = HashSet::new();
                found.filter(move |(_, v)| !table.distinct || seen.insert(*v))
            };
            match table.hit {
                Hit::CollectCount => {
                    makers.extend_from_slice(yes);
                    let count = if table.distinct { values().count() } else { yes.len() };
                    Some(Value::Integer(Decimal::from(count)))
                }
                Hit::CollectSum => {
                    makers.extend(values().map(|(r, _)| r));
                    let mut values = values().map(|(_, v)| v);
                    let first = values.next()?.clone();
                    values.try_fold(first, |sum, v| add(&sum, v))
                }
                _ => {
                    let wanted = match table.hit {
                        Hit::CollectMin => Ordering::Less,
                        _ => Ordering::Greater,
                    };
                    let best = values()
                        .map(|(_, v)| v)
                        .reduce(|best, v| if v.compare(best) == Some(wanted) { v } else { best })?;
                    makers.extend(values().filter(|(_, v)| *v == best).map(|(r, _)| r));
                    Some(best.clone())
                }
            }
        })
        .collect();
    makers.sort_unstable();
    makers.dedup();
    Made::Totals(entry, makers)
}

/// The exact sum of two values of one kind; `None` where it does not fit.
fn add(a: &Value, b: &Value) -> Option<Value> {
    Some(match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => Value::Integer(exact_sum(*a, *b)?),
        (Value::Number(a), Value::Number(b)) => Value::Number(exact_sum(*a, *b)?),
        (Value::Percent(a), Value::Percent(b)) => Value::Percent(Percent(exact_sum(a.0, b.0)?)),
        (Value::Money(a), Value::Money(b)) => {
            let amount = exact_sum(a.amount, b.amount)?;
            (a.currency == b.currency).then(|| Value::Money(Money::new(amount, a.currency)))?
        }
        (Value::Duration(a), Value::Duration(b)) => {
            Value::Duration(Span::from_seconds(a.seconds().checked_add(b.seconds())?))
        }
        _ => return None,
    })
}

/// Decimal addition rounds where the digits do not fit; a sum that lost some is no sum.
fn exact_sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let sum = a.checked_add(b)?;
    (sum.checked_sub(a)? == b && sum.checked_sub(b)? == a).then_some(sum)
}
