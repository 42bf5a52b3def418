//! What an open decision could still become, and what it passes on to other tables.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::answer::{Key, Made, make};
use super::boxes;
use super::decide::{Answer, Decision, Entry, MAX_BOXES, Status, ascending};
use super::facts::Known;
use super::space::{End, Held, Region};
use super::table::{Hit, fact_type};
use super::types::Type;
use super::value::Value;
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

/// How many rules are listed one by one beyond the bound.
const MAX_APPROXIMATE: usize = 1_000;

/// An answer, the inputs that it needs, and a box in which it comes about.
type Outcome = (Made, Vec<usize>, Region);

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
        let mut found: HashMap<Key, Outcome> = HashMap::new();
        let mut budget = boxes;
        let mut reachable = false;
        let current = self.key(&self.made);
        let end = self.space.explore(
            self.start.clone(),
            alive.clone(),
            ordered,
            &mut budget,
            &mut |region, held| {
                let made = make(self.table, &ascending(held, ordered));
                let key = self.key(&made);
                if key == current {
                    reachable = true;
                    return true;
                }
                let needs = self.narrowed(region);
                match found.get_mut(&key) {
                    Some(known) if known.1.len() > needs.len() => {
                        *known = (made, needs, region.clone());
                    }
                    Some(_) => {}
                    None => {
                        found.insert(key, (made, needs, region.clone()));
                    }
                }
                found.len() <= enough
            },
        );
        let approximate = end == End::Bound;
        let mut found: Vec<Outcome> = found.into_values().collect();
        if approximate {
            found = self.rule_by_rule(&alive);
            reachable = true;
        }
        if self.table.hit == Hit::CollectSum {
            if approximate {
                self.bounds_of_sums(&alive, &mut found);
            }
            self.extremes(&mut found, reachable);
        }
        found.sort_by_cached_key(|(made, _, _)| order_of(made));
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
    fn rule_by_rule(&self, alive: &[u32]) -> Vec<Outcome> {
        let mut found: HashMap<Key, Outcome> = HashMap::new();
        let current = self.key(&self.made);
        for rule in alive.iter().filter(|r| !self.matched.contains(r)).take(MAX_APPROXIMATE) {
            let mut held = self.matched.clone();
            held.push(*rule);
            held.sort_unstable();
            let made = match self.table.hit {
                Hit::First | Hit::Priority => Made::Rules(vec![*rule]),
                _ => make(self.table, &held),
            };
            let key = self.key(&made);
            if key != current {
                let needs = self.open_inputs(*rule);
                found.entry(key).or_insert_with(|| (made, needs, self.start.clone()));
            }
        }
        found.into_values().collect()
    }

    /// The inputs that a rule still waits for.
    fn open_inputs(&self, rule: u32) -> Vec<usize> {
        let cells = self.table.plan.rules[rule as usize].cells.iter();
        let open = cells
            .filter(|(_, cell)| matches!(self.space.cell(cell, &self.start), Held::Partly(_)))
            .map(|(of, _)| self.table.rules[rule as usize].when[*of as usize].input);
        let mut inputs: Vec<usize> = open.collect();
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }

    /// Beyond the bound, sums lie between those with every loss and those with every gain.
    fn bounds_of_sums(&self, alive: &[u32], found: &mut Vec<Outcome>) {
        let is_loss = |value: &Value| value.quantity().is_some_and(|q| q.is_sign_negative());
        for losses in [true, false] {
            let mut entry: Entry = vec![None; self.table.outputs.len()];
            for (output, total) in entry.iter_mut().enumerate() {
                let mut rules: Vec<u32> = alive
                    .iter()
                    .copied()
                    .filter(|rule| {
                        let value = self.table.rules[*rule as usize].then[output].as_ref();
                        self.matched.contains(rule) || value.is_some_and(|v| is_loss(v) == losses)
                    })
                    .collect();
                rules.sort_unstable();
                if let Made::Totals(all, _) = make(self.table, &rules) {
                    *total = all.get(output).cloned().flatten();
                }
            }
            found.push((Made::Totals(entry, Vec::new()), Vec::new(), self.start.clone()));
        }
    }

    /// Of sums, the smallest and the largest are enough.
    fn extremes(&self, found: &mut Vec<Outcome>, reachable: bool) {
        let mut needs: Vec<usize> = found.iter().flat_map(|(_, n, _)| n.clone()).collect();
        needs.sort_unstable();
        needs.dedup();
        let current = reachable.then_some(&self.made);
        let mades = found.iter().map(|(made, _, _)| made).chain(current);
        let entries: Vec<Entry> = mades
            .filter_map(|made| match self.answer(made) {
                Answer::One(entry) => Some(entry),
                _ => None,
            })
            .collect();
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
        let outcome =
            |entry, rank| (Made::Totals(entry, vec![rank]), needs.clone(), self.start.clone());
        let mut rest = vec![outcome(low.clone(), 0)];
        if high != low {
            rest.push(outcome(high, 1));
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
                self.one_output(output).map_or(Known::Absent, Known::Is)
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
                    return self.bounds(output);
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

    /// One output of the answer, the others not made.
    fn one_output(&self, output: usize) -> Option<Value> {
        let then = |rule: &u32| self.table.rules[*rule as usize].then[output].as_ref();
        let default = self.table.outputs[output].default.as_ref();
        let list = |values: &mut dyn Iterator<Item = &Value>| {
            Some(Value::List(values.cloned().flat_map(flat).collect()))
        };
        match &self.made {
            Made::Rules(rules) if self.table.hit.is_list() => {
                list(&mut rules.iter().filter_map(then))
            }
            Made::Nothing if self.table.hit.is_list() => list(&mut default.into_iter()),
            Made::Nothing if self.table.hit == Hit::CollectCount && !self.table.has_default() => {
                Some(Value::Integer(Decimal::ZERO))
            }
            Made::Rules(rules) => then(rules.first()?).cloned(),
            Made::Totals(entry, _) => entry.get(output)?.clone(),
            Made::Nothing => default.cloned(),
            Made::Clash(_) => None,
        }
    }

    /// More than can come about, but nothing less: what needs no boxes to be found.
    fn bounds(&self, output: usize) -> Known {
        let plan = &self.table.plan;
        let possible = || {
            (0..plan.rules.len())
                .filter(|rule| self.space.rule(&plan.rules[*rule], &self.start) != Held::No)
        };
        let given = |rule: usize| self.table.rules[rule].then.get(output)?.as_ref();
        if self.table.hit.is_single() {
            let mut values: Vec<Option<Value>> =
                vec![self.table.outputs.get(output).and_then(|o| o.default.clone())];
            let mut seen: HashSet<Option<&Value>> = HashSet::new();
            for rule in possible() {
                let value = given(rule);
                if seen.insert(value) {
                    values.push(value.cloned());
                }
                if values.len() > 4 * MAX_OUTCOMES {
                    return Known::Unknown;
                }
            }
            return Known::OneOf(values);
        }
        let count = |rules: &mut dyn Iterator<Item = usize>| match self.table.distinct {
            true => rules.filter_map(given).collect::<HashSet<_>>().len(),
            false => rules.count(),
        };
        let least = count(&mut self.matched.iter().map(|r| *r as usize));
        let most = count(&mut possible());
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
