//! What an open decision could still become, and what it passes on to other tables.

use std::cmp::Ordering;

use super::answer::{Made, make};
use super::boxes;
use super::decide::{Answer, Decision, Entry, MAX_BOXES, Status, ascending};
use super::facts::Known;
use super::space::{End, Held, Region};
use super::table::{Hit, fact_type};
use super::value::{Type, Value};
use crate::units::Decimal;

/// How many outcomes of an open decision are listed.
pub const MAX_OUTCOMES: usize = 16;

/// What an open decision could become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possible {
    /// The output that it would have.
    pub output: Answer,
    /// The unknown inputs that would have to be known for it, by their place in the table.
    pub needs: Vec<usize>,
    /// What they would have to be, in words: `attempts_failing >= 50%`.
    pub once: String,
}

/// All that an open decision could become.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlook {
    /// The outcomes, in the order of the rules that make them.
    pub outcomes: Vec<Possible>,
    /// How many more were found.
    pub more: usize,
    /// Whether the bound was reached, so that outcomes may be missing or not be reachable.
    pub approximate: bool,
    /// Whether the output shown now is one of those that can come about.
    pub current_reachable: bool,
}

impl Decision<'_> {
    /// What an open decision could become; empty for any other.
    pub fn possible(&self) -> Outlook {
        if self.status != Status::Open {
            return Outlook::default();
        }
        self.outlook(MAX_BOXES, usize::MAX)
    }

    fn outlook(&self, boxes: u32, enough: usize) -> Outlook {
        let plan = &self.table.plan;
        let ordered = matches!(self.table.hit, Hit::First | Hit::Priority);
        let alive: Vec<u32> = plan
            .order
            .iter()
            .copied()
            .filter(|r| self.space.rule(&plan.rules[*r as usize], &self.start) != Held::No)
            .collect();
        let mut found: Vec<(Made, Vec<usize>, Region)> = Vec::new();
        let mut budget = boxes;
        let mut reachable = false;
        let end = self.space.explore(
            self.start.clone(),
            alive.clone(),
            ordered,
            &mut budget,
            &mut |region, held| {
                let made = make(self.table, &ascending(held, ordered));
                if self.same(&made, &self.made) {
                    reachable = true;
                    return true;
                }
                let needs = self.narrowed(region);
                match found.iter_mut().find(|(m, _, _)| self.same(m, &made)) {
                    Some(known) if known.1.len() > needs.len() => {
                        *known = (made, needs, region.clone())
                    }
                    Some(_) => {}
                    None => found.push((made, needs, region.clone())),
                }
                found.len() <= enough
            },
        );
        let approximate = end == End::Bound;
        if approximate {
            found = self.rule_by_rule(&alive);
            reachable = true;
        }
        if self.table.hit == Hit::CollectSum {
            self.extremes(&mut found);
        }
        found.sort_by_key(|(made, _, _)| order_of(made));
        let more = found.len().saturating_sub(MAX_OUTCOMES);
        found.truncate(MAX_OUTCOMES);
        let outcomes = found
            .into_iter()
            .map(|(made, needs, region)| Possible {
                output: self.answer(&made),
                once: self.once(&needs, &region),
                needs,
            })
            .collect();
        Outlook { outcomes, more, approximate, current_reachable: reachable }
    }

    /// The inputs that a box says more of than is known.
    fn narrowed(&self, region: &Region) -> Vec<usize> {
        let dims = self.table.plan.dims.iter().zip(region.iter().zip(&self.start));
        let mut needs: Vec<usize> =
            dims.filter(|(_, (now, start))| now != start).map(|(dim, _)| dim.input).collect();
        needs.dedup();
        needs
    }

    fn once(&self, needs: &[usize], region: &Region) -> String {
        let parts: Vec<String> = needs
            .iter()
            .map(|input| boxes::input_words(self.table, *input, region, &self.space.points))
            .collect();
        parts.join(", ")
    }

    /// Beyond the bound: each rule that may hold, beside those that do.
    fn rule_by_rule(&self, alive: &[u32]) -> Vec<(Made, Vec<usize>, Region)> {
        let plan = &self.table.plan;
        let mut found: Vec<(Made, Vec<usize>, Region)> = Vec::new();
        for rule in alive.iter().filter(|r| !self.matched.contains(r)).take(1_000) {
            let mut held = self.matched.clone();
            held.push(*rule);
            held.sort_unstable();
            let made = match self.table.hit {
                Hit::First | Hit::Priority => Made::Rules(vec![*rule]),
                _ => make(self.table, &held),
            };
            let mut needs: Vec<usize> = Vec::new();
            for (of, cell) in &plan.rules[*rule as usize].cells {
                if matches!(self.space.cell(cell, &self.start), Held::Partly(_)) {
                    needs.push(self.table.rules[*rule as usize].when[*of as usize].input);
                }
            }
            needs.sort_unstable();
            needs.dedup();
            if !self.same(&made, &self.made) && !found.iter().any(|(m, _, _)| self.same(m, &made)) {
                found.push((made, needs, self.start.clone()));
            }
        }
        found
    }

    /// Of sums, the smallest and the largest are enough.
    fn extremes(&self, found: &mut Vec<(Made, Vec<usize>, Region)>) {
        let needs: Vec<usize> = {
            let mut all: Vec<usize> = found.iter().flat_map(|(_, n, _)| n.clone()).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let entry = |made: &Made| match self.answer(made) {
            Answer::One(entry) => entry,
            _ => vec![None; self.table.outputs.len()],
        };
        let entries: Vec<Entry> = found.iter().map(|(m, _, _)| entry(m)).collect();
        let pick = |wanted: Ordering| -> Entry {
            (0..self.table.outputs.len())
                .map(|o| {
                    let values = entries.iter().filter_map(|e| e[o].as_ref());
                    values
                        .reduce(|best, v| if v.compare(best) == Some(wanted) { v } else { best })
                        .cloned()
                })
                .collect()
        };
        if found.is_empty() {
            return;
        }
        let (low, high) = (pick(Ordering::Less), pick(Ordering::Greater));
        let mut rest =
            vec![(Made::Totals(low.clone(), Vec::new()), needs.clone(), self.start.clone())];
        if high != low {
            rest.push((Made::Totals(high, Vec::new()), needs, self.start.clone()));
        }
        *found = rest;
    }

    /// What is known of one output, as a fact for another table.
    ///
    /// No rule that holds makes an empty list, a count of 0, and otherwise an absent value.
    pub fn fact(&self, output: usize) -> Known {
        let Some(declared) = self.table.outputs.get(output) else { return Known::Unknown };
        let of = |answer: &Answer| -> Option<Value> {
            match answer {
                Answer::One(entry) => entry.get(output).cloned().flatten(),
                Answer::Many(entries) => {
                    let found = entries.iter().filter_map(|e| e.get(output).cloned().flatten());
                    Some(Value::List(found.flat_map(flat).collect()))
                }
                Answer::Nothing if self.table.hit == Hit::CollectCount => {
                    Some(Value::Integer(Decimal::ZERO))
                }
                Answer::Nothing if self.table.hit.is_list() => Some(Value::List(Vec::new())),
                Answer::Nothing => None,
            }
        };
        match self.status {
            Status::Conflict => Known::Unknown,
            Status::Decided | Status::NoMatch => {
                of(&self.output()).map_or(Known::Absent, Known::Is)
            }
            Status::Open => {
                // A list is too many questions to be passed on as alternatives.
                if matches!(fact_type(self.table.hit, declared), Type::List(_))
                    || self.table.hit == Hit::CollectSum
                {
                    return Known::Unknown;
                }
                let outlook = self.outlook(MAX_BOXES / 10, MAX_OUTCOMES);
                if outlook.approximate || outlook.more > 0 || outlook.outcomes.len() >= MAX_OUTCOMES
                {
                    return self.counts(output);
                }
                let current = outlook.current_reachable.then(|| of(&self.output()));
                let mut values: Vec<Option<Value>> = current.into_iter().collect();
                for outcome in &outlook.outcomes {
                    let value = of(&outcome.output);
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                match values.as_slice() {
                    [None] => Known::Absent,
                    [Some(only)] => Known::Is(only.clone()),
                    _ => Known::OneOf(values),
                }
            }
        }
    }

    /// Every count between the rules that hold and those that may: a bound that needs no boxes.
    fn counts(&self, output: usize) -> Known {
        let plan = &self.table.plan;
        let possible = (0..plan.rules.len())
            .filter(|rule| self.space.rule(&plan.rules[*rule], &self.start) != Held::No);
        let given = |rule: usize| self.table.rules[rule].then.get(output)?.as_ref();
        let count = |rules: &mut dyn Iterator<Item = usize>| match self.table.distinct {
            true => rules.filter_map(given).collect::<std::collections::HashSet<_>>().len(),
            false => rules.count(),
        };
        let least = count(&mut self.matched.iter().map(|r| *r as usize));
        let most = count(&mut possible.into_iter());
        if self.table.hit != Hit::CollectCount || most - least > 4 * MAX_OUTCOMES {
            return Known::Unknown;
        }
        let all = least..=most;
        Known::OneOf(all.map(|n| Some(Value::Integer(Decimal::from(n)))).collect())
    }
}

/// A list's elements, or the value alone.
fn flat(value: Value) -> Vec<Value> {
    match value {
        Value::List(values) => values,
        value => vec![value],
    }
}

fn order_of(made: &Made) -> (bool, Vec<u32>) {
    match made {
        Made::Nothing => (true, Vec::new()),
        Made::Clash(rules) | Made::Rules(rules) | Made::Totals(_, rules) => (false, rules.clone()),
    }
}
