//! Deciding: one definition for every hit policy.
//!
//! A decision is *decided* when every completion of the unknown facts gives the same output, and
//! *open* otherwise. Completions are counted in boxes of segments ([`super::axis`]), so that the
//! definition is computed as it reads, up to a stated number of boxes.
//!
//! The file is long because the hit policies share this one definition and are read against it.

use std::cmp::Ordering;

use super::facts::{FactSet, Known};
use super::plan::Plan;
use super::space::{End, Held, Region, Space};
use super::table::{Hit, Impossible, Rule, Table, fact_type};
use super::value::{Type, Value};
use crate::units::{Decimal, Money, Percent, Span};

/// How many boxes of unknown facts are looked at before a decision counts as open.
pub const MAX_BOXES: u32 = 10_000;

/// How many outcomes of an open decision are listed.
pub const MAX_OUTCOMES: usize = 16;

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Every completion of the unknown facts gives this output.
    Decided,
    /// No rule holds, and no output has a default.
    NoMatch,
    /// Unknown facts could still change the output.
    Open,
    /// Several rules hold where the policy allows one, or where they should agree.
    Conflict,
}

impl Status {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Status::Decided => "decided",
            Status::NoMatch => "no-match",
            Status::Open => "open",
            Status::Conflict => "conflict",
        }
    }
}

/// Values for [`Table::outputs`], in their order; `None` where there is none.
pub type Entry = Vec<Option<Value>>;

/// The output of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// No rule holds, or the rules contradict each other.
    Nothing,
    /// The outputs of one rule, or the aggregated ones.
    One(Entry),
    /// One entry for each rule.
    Many(Vec<Entry>),
}

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

/// Which rules make an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Made {
    Nothing,
    Clash(Vec<u32>),
    Rules(Vec<u32>),
    Totals(Entry, Vec<u32>),
}

/// What a table says about some facts.
#[derive(Debug, Clone)]
pub struct Decision<'t> {
    table: &'t Table,
    status: Status,
    made: Made,
    matched: Vec<u32>,
    space: Space<'t>,
    start: Region,
}

/// Decides a table from facts by name.
pub fn decide<'t>(table: &'t Table, facts: &FactSet) -> Decision<'t> {
    decide_with(table, |input| facts.known(&table.inputs[input].fact))
}

/// Decides a table from what is known of each of its inputs.
pub(super) fn decide_with<'t, 'f>(
    table: &'t Table,
    known: impl Fn(usize) -> &'f Known,
) -> Decision<'t> {
    let mut space = Space::new(&table.plan);
    let mut start: Region = Vec::with_capacity(table.plan.dims.len());
    for input in 0..table.plan.inputs.len() {
        place(&table.plan, input, known(input), &mut start, &mut space.points);
    }
    let plan = &table.plan;
    let ordered = matches!(table.hit, Hit::First | Hit::Priority);
    let (mut matched, mut alive, mut undecided) = (Vec::new(), Vec::new(), false);
    for rule in &plan.order {
        match space.rule(&plan.rules[*rule as usize], &start) {
            Held::No => {}
            Held::Yes => {
                matched.push(*rule);
                alive.push(*rule);
            }
            Held::Partly(_) => {
                // What stands behind a rule that holds for certain changes nothing.
                if !(ordered && !matched.is_empty()) {
                    alive.push(*rule);
                    undecided = true;
                }
            }
        }
    }
    matched.sort_unstable();
    let made = make(table, &matched);
    let mut decision = Decision { table, status: Status::Open, made, matched, space, start };
    match undecided {
        false => decision.status = decision.status_of(&decision.made),
        true => decision.settle(alive, ordered),
    }
    decision
}

/// Puts an input's dimensions where what is known of it says.
fn place(
    plan: &Plan,
    input: usize,
    known: &Known,
    start: &mut Region,
    points: &mut Vec<Option<Box<[u32]>>>,
) {
    let compiled = &plan.inputs[input];
    let size = plan.dims[compiled.first].size;
    let pin = |at: u32| (at, at + 1);
    let Some(classes) = &compiled.classes else {
        let span = match known {
            Known::Is(value) => match compiled.axis.locate(value) {
                Some(segment) => pin(segment),
                // A value of another type or currency says nothing about this input.
                None => unknown(compiled.asks_null, size),
            },
            Known::Unknown => unknown(compiled.asks_null, size),
            Known::Absent => pin(size),
            Known::OneOf(values) => {
                let mut segments: Vec<u32> = values
                    .iter()
                    .filter_map(|v| match v {
                        Some(value) => compiled.axis.locate(value),
                        None => Some(size),
                    })
                    .collect();
                segments.sort_unstable();
                segments.dedup();
                match segments.as_slice() {
                    [] => unknown(compiled.asks_null, size),
                    [one] => pin(*one),
                    several => {
                        let count = several.len();
                        points.resize(plan.dims.len(), None);
                        points[compiled.first] = Some(segments.into());
                        (0, u32::try_from(count).unwrap_or(u32::MAX))
                    }
                }
            }
        };
        start.push(span);
        return;
    };
    let count = classes.members.len();
    match known {
        Known::Is(Value::List(values)) => {
            start.push(pin(0));
            let first = start.len();
            start.resize(first + count, (0, 1));
            for value in values {
                match compiled.axis.locate(value) {
                    Some(segment) => {
                        start[first + classes.of[segment as usize] as usize] = pin(1);
                    }
                    None => {
                        start[first - 1] = unknown(compiled.asks_null, size);
                        start[first..].fill((0, 2));
                        break;
                    }
                }
            }
        }
        Known::Absent => {
            start.push(pin(size));
            start.resize(start.len() + count, (0, 1));
        }
        _ if compiled.asks_null => {
            start.push(pin(size));
            start.resize(start.len() + count, (0, 1));
        }
        _ => {
            start.push((0, size));
            start.resize(start.len() + count, (0, 2));
        }
    }
}

fn unknown(asks_null: bool, size: u32) -> (u32, u32) {
    if asks_null { (size, size + 1) } else { (0, size.max(1)) }
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
        let mut seen = std::collections::HashSet::new();
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
                let mut seen = std::collections::HashSet::new();
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

impl<'t> Decision<'t> {
    /// The table that was asked.
    pub fn table(&self) -> &'t Table {
        self.table
    }

    /// What became of it.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Whether every completion of the unknown facts gives this output.
    pub fn is_decided(&self) -> bool {
        self.status == Status::Decided
    }

    /// Every rule that holds for certain.
    pub fn matched(&self) -> impl Iterator<Item = &'t Rule> {
        let table = self.table;
        self.matched.iter().map(move |r| &table.rules[*r as usize])
    }

    /// The rules that made the output.
    pub fn decided_by(&self) -> impl Iterator<Item = &'t Rule> {
        let table = self.table;
        self.makers().iter().map(move |r| &table.rules[*r as usize])
    }

    /// The box of everything that the facts may still be.
    #[cfg(test)]
    pub(super) fn start(&self) -> &Region {
        &self.start
    }

    /// Places in [`Table::rules`] of the rules that made the output.
    pub(super) fn makers(&self) -> &[u32] {
        match &self.made {
            Made::Nothing | Made::Clash(_) => &[],
            // The output holds whatever comes; rules that may not hold did not make it.
            Made::Rules(rules) | Made::Totals(_, rules) => match self.status {
                Status::Decided if !rules.iter().all(|r| self.matched.contains(r)) => &[],
                _ => rules,
            },
        }
    }

    /// The output; of an open decision, what holds while unknown tests do not hold.
    pub fn output(&self) -> Answer {
        self.answer(&self.made)
    }

    /// The value of one output, where one rule (or an aggregate) makes the answer.
    pub fn value(&self, output: &str) -> Option<&Value> {
        let place = self.table.output(output)?;
        match &self.made {
            Made::Clash(_) => None,
            Made::Nothing => self.table.outputs[place].default.as_ref(),
            Made::Totals(entry, _) => entry[place].as_ref(),
            Made::Rules(rules) => match rules.as_slice() {
                [rule, ..] if self.table.hit.is_single() => {
                    self.table.rules[*rule as usize].then[place].as_ref()
                }
                _ => None,
            },
        }
    }

    /// The values of one output, one for each rule that gives one, where the answer is a list.
    pub fn values(&self, output: &str) -> Vec<&Value> {
        let (Some(place), Made::Rules(rules)) = (self.table.output(output), &self.made) else {
            return self.value(output).into_iter().collect();
        };
        let then = rules.iter().filter_map(|r| self.table.rules[*r as usize].then[place].as_ref());
        match self.table.hit.is_list() {
            true => then.collect(),
            false => self.value(output).into_iter().collect(),
        }
    }

    fn answer(&self, made: &Made) -> Answer {
        let entry = |rule: &u32| self.table.rules[*rule as usize].then.clone();
        match made {
            Made::Clash(_) => Answer::Nothing,
            Made::Nothing if self.table.plan.nothing.is_some() => {
                let defaults = self.table.outputs.iter().map(|o| o.default.clone()).collect();
                match self.table.hit.is_list() {
                    true => Answer::Many(vec![defaults]),
                    false => Answer::One(defaults),
                }
            }
            Made::Nothing => Answer::Nothing,
            Made::Totals(entry, _) => Answer::One(entry.clone()),
            Made::Rules(rules) if self.table.hit.is_list() => {
                Answer::Many(rules.iter().map(entry).collect())
            }
            Made::Rules(rules) => rules.first().map_or(Answer::Nothing, |r| Answer::One(entry(r))),
        }
    }

    fn status_of(&self, made: &Made) -> Status {
        match made {
            Made::Clash(_) => Status::Conflict,
            Made::Nothing if self.table.plan.nothing.is_none() => Status::NoMatch,
            _ => Status::Decided,
        }
    }

    /// Whether two answers give the same output.
    fn same(&self, a: &Made, b: &Made) -> bool {
        if let (Made::Clash(_), Made::Clash(_)) = (a, b) {
            return true;
        }
        if matches!(a, Made::Clash(_)) || matches!(b, Made::Clash(_)) {
            return false;
        }
        let plan = &self.table.plan;
        let numbers = |made: &Made| -> Option<Vec<u32>> {
            let mut numbers = match made {
                Made::Rules(rules) => match self.table.hit.is_single() {
                    true => rules.iter().take(1).map(|r| plan.same[*r as usize]).collect(),
                    false => rules.iter().map(|r| plan.same[*r as usize]).collect::<Vec<_>>(),
                },
                Made::Nothing => plan.nothing.into_iter().collect(),
                _ => return None,
            };
            // What `collect` lists has no order.
            if self.table.hit == Hit::Collect {
                numbers.sort_unstable();
            }
            Some(numbers)
        };
        match (numbers(a), numbers(b)) {
            (Some(a), Some(b)) => a == b,
            _ => self.answer(a) == self.answer(b),
        }
    }

    /// Settles whether unknown facts matter.
    fn settle(&mut self, alive: Vec<u32>, ordered: bool) {
        let mut only: Option<Made> = None;
        let mut budget = MAX_BOXES;
        let end =
            self.space.explore(self.start.clone(), alive, ordered, &mut budget, &mut |_, held| {
                let made = make(self.table, &ascending(held, ordered));
                match &only {
                    None => only = Some(made),
                    Some(first) => return self.same(first, &made),
                }
                true
            });
        if end == End::Whole
            && let Some(made) = only
        {
            self.status = self.status_of(&made);
            // Keep the rules that hold for certain as the ones that decided, where they do.
            if !self.same(&self.made, &made) {
                self.made = made;
            }
        }
    }

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
        found.sort_by(|(a, _, _), (b, _, _)| order_of(a).cmp(&order_of(b)));
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
            .map(|input| super::boxes::input_words(self.table, *input, region, &self.space.points))
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

    /// Whether a condition of a rule holds: `None` while unknown facts decide it.
    pub(super) fn condition_held(&self, rule: usize, condition: usize) -> Option<bool> {
        let mut held = Some(true);
        for (of, cell) in &self.table.plan.rules[rule].cells {
            if *of as usize != condition {
                continue;
            }
            match self.space.cell(cell, &self.start) {
                Held::No => return Some(false),
                Held::Yes => {}
                Held::Partly(_) => held = None,
            }
        }
        held
    }

    /// Whether a rule holds: `None` while unknown facts decide it.
    pub fn held(&self, rule: usize) -> Option<bool> {
        match self.space.rule(self.table.plan.rules.get(rule)?, &self.start) {
            Held::No => Some(false),
            Held::Yes => Some(true),
            Held::Partly(_) => None,
        }
    }

    /// The `[[impossible]]` combination that the facts are in, if they are.
    pub fn impossible(&self) -> Option<&'t Impossible> {
        let table = self.table;
        let found =
            table.plan.impossible.iter().position(|i| {
                !i.cells.is_empty() && self.space.rule(i, &self.start) == Held::Yes
            })?;
        table.impossible.get(found)
    }

    /// The inputs whose values the deciding rules ask about, by their place in the table.
    pub fn deciding_inputs(&self) -> Vec<usize> {
        let rules = self.makers().iter().map(|r| &self.table.rules[*r as usize]);
        let mut inputs: Vec<usize> =
            rules.flat_map(|r| r.when.iter().map(|condition| condition.input)).collect();
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }
}

/// A list's elements, or the value alone.
fn flat(value: Value) -> Vec<Value> {
    match value {
        Value::List(values) => values,
        value => vec![value],
    }
}

fn ascending(held: &[u32], ordered: bool) -> Vec<u32> {
    let mut rules: Vec<u32> =
        if ordered { held.iter().take(1).copied().collect() } else { held.to_vec() };
    rules.sort_unstable();
    rules
}

fn order_of(made: &Made) -> (bool, Vec<u32>) {
    match made {
        Made::Nothing => (true, Vec::new()),
        Made::Clash(rules) | Made::Rules(rules) | Made::Totals(_, rules) => (false, rules.clone()),
    }
}
