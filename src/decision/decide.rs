//! Deciding: one definition for every hit policy.
//!
//! A decision is *decided* when every completion of the unknown facts gives the same output, and
//! *open* otherwise. Completions are counted in boxes of segments ([`super::axis`]), so that the
//! definition is computed as it reads, up to a stated number of boxes.
//!
//! The file is long because the hit policies share this one definition and are read against it.

use super::answer::{Key, Made, make};
use super::facts::{FactSet, Known, Origin};
use super::plan::Plan;
use super::space::{End, Held, Region, Space};
use super::table::{Condition, Hit, Impossible, Rule, Table};
use super::value::Value;

/// How many boxes of unknown facts are looked at before a decision counts as open.
pub const MAX_BOXES: u32 = 10_000;

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

/// What a table says about some facts.
#[derive(Debug, Clone)]
pub struct Decision<'t> {
    pub(super) table: &'t Table,
    pub(super) status: Status,
    pub(super) made: Made,
    /// The rules that hold for certain, ascending; where the first one decides, that one.
    pub(super) matched: Vec<u32>,
    pub(super) space: Space<'t>,
    pub(super) start: Region,
}

/// Decides a table from facts.
pub fn decide<'t>(table: &'t Table, facts: &FactSet) -> Decision<'t> {
    decide_with(table, |input| table.known(input, facts))
}

/// Decides a table that is told some inputs besides the facts, such as a `command`.
pub fn decide_asked<'t>(
    table: &'t Table,
    facts: &FactSet,
    asked: &[(&str, Known)],
) -> Decision<'t> {
    let own = |input: usize| {
        let fact = table.inputs[input].fact.as_str();
        asked.iter().find(|(name, _)| *name == fact).map(|(_, known)| known)
    };
    decide_with(table, |input| own(input).unwrap_or_else(|| table.known(input, facts)))
}

/// Decides a table once for each value of one of its inputs, such as a `target`; what is known of
/// the other inputs is looked at once.
pub fn decide_each<'t, 'v>(
    table: &'t Table,
    facts: &FactSet,
    input: usize,
    values: impl IntoIterator<Item = &'v Known>,
) -> Vec<Decision<'t>> {
    let (space, start) = placed(table, |other| match other == input {
        true => &Known::Unknown,
        false => table.known(other, facts),
    });
    let Some(own) = table.plan.inputs.get(input) else { return Vec::new() };
    let each = values.into_iter().map(|value| {
        let mut space = space.clone();
        let mut region: Region = Vec::with_capacity(start.len());
        region.extend_from_slice(&start[..own.first]);
        place(&table.plan, input, value, &mut region, &mut space.points);
        region.extend_from_slice(&start[region.len()..]);
        decide_placed(table, space, region)
    });
    each.collect()
}

/// Decides a table from what is known of each of its inputs.
pub(super) fn decide_with<'t, 'f>(
    table: &'t Table,
    known: impl Fn(usize) -> &'f Known,
) -> Decision<'t> {
    let (space, start) = placed(table, known);
    decide_placed(table, space, start)
}

/// The box of a table's space in which the facts are.
fn placed<'t, 'f>(table: &'t Table, known: impl Fn(usize) -> &'f Known) -> (Space<'t>, Region) {
    let mut space = Space::new(&table.plan);
    let mut start: Region = Vec::with_capacity(table.plan.dims.len());
    for input in 0..table.plan.inputs.len() {
        place(&table.plan, input, known(input), &mut start, &mut space.points);
    }
    (space, start)
}

fn decide_placed<'t>(table: &'t Table, space: Space<'t>, start: Region) -> Decision<'t> {
    let plan = &table.plan;
    let ordered = matches!(table.hit, Hit::First | Hit::Priority);
    // Rules that hold for certain, and from the first one that may hold and may not, both kinds.
    let (mut matched, mut alive) = (Vec::new(), Vec::new());
    for rule in space.worth_asking(&start) {
        match space.rule(&plan.rules[*rule as usize], &start) {
            Held::No => {}
            Held::Yes => {
                matched.push(*rule);
                if !alive.is_empty() {
                    alive.push(*rule);
                } else if ordered {
                    // It decides: what stands behind it changes nothing.
                    break;
                }
            }
            Held::Partly(_) => {
                if !ordered || matched.is_empty() {
                    if alive.is_empty() {
                        alive.extend_from_slice(&matched);
                    }
                    alive.push(*rule);
                }
            }
        }
    }
    matched.sort_unstable();
    let made = make(table, &matched);
    let mut decision = Decision { table, status: Status::Open, made, matched, space, start };
    if alive.is_empty() {
        decision.status = decision.status_of(&decision.made);
    } else if !decision.surely_open(&alive) {
        decision.settle(alive, ordered);
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
    let open = plan.dims.iter().skip(compiled.first + 1).take(count).map(|dim| (0, dim.size));
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
                        start.truncate(first);
                        start.extend(open);
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
            start.extend(open);
        }
    }
}

fn unknown(asks_null: bool, size: u32) -> (u32, u32) {
    if asks_null { (size, size + 1) } else { (0, size.max(1)) }
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
    pub fn matched(&self) -> impl Iterator<Item = &'t Rule> + '_ {
        // Deciding by the first rule stops there, and never looked at those behind it.
        let all = matches!(self.table.hit, Hit::First | Hit::Priority);
        let rules = self.table.rules.iter().enumerate();
        let held = move |rule: usize| match (all, u32::try_from(rule)) {
            (false, Ok(rule)) => self.matched.binary_search(&rule).is_ok(),
            _ => self.held(rule) == Some(true),
        };
        rules.filter(move |(place, _)| held(*place)).map(|(_, rule)| rule)
    }

    /// The rules that made the output.
    pub fn decided_by(&self) -> impl Iterator<Item = &'t Rule> {
        let table = self.table;
        self.makers().iter().map(move |r| &table.rules[*r as usize])
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

    pub(super) fn answer(&self, made: &Made) -> Answer {
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

    /// What tells outputs apart: equal for answers that give the same output.
    pub(super) fn key(&self, made: &Made) -> Key {
        let plan = &self.table.plan;
        let number = |rule: &u32| plan.same[*rule as usize];
        let mut numbers: Vec<u32> = match made {
            Made::Clash(_) => return Key::Clash,
            Made::Totals(entry, _) => return Key::Totals(entry.clone()),
            Made::Nothing if self.table.hit.is_total() => {
                return match self.answer(made) {
                    Answer::One(entry) => Key::Totals(entry),
                    _ => Key::Outputs(Vec::new()),
                };
            }
            Made::Nothing => plan.nothing.into_iter().collect(),
            Made::Rules(rules) if self.table.hit.is_single() => {
                rules.first().map(number).into_iter().collect()
            }
            Made::Rules(rules) => rules.iter().map(number).collect(),
        };
        // What `collect` lists has no order.
        if self.table.hit == Hit::Collect {
            numbers.sort_unstable();
        }
        Key::Outputs(numbers)
    }

    /// Whether the decision is seen to be open without looking at boxes.
    ///
    /// A rule that may hold and may not, and whose output no other rule gives, changes what is
    /// listed; under an ordered policy so does the first one. What cannot occur could forbid
    /// one of the two, so that tables with `[[impossible]]` are looked at closely.
    fn surely_open(&self, alive: &[u32]) -> bool {
        let plan = &self.table.plan;
        if !plan.impossible.is_empty() {
            return false;
        }
        let alone = |rule: &u32| {
            let number = plan.same[*rule as usize];
            alive.iter().filter(|other| plan.same[**other as usize] == number).count() == 1
        };
        match self.table.hit {
            Hit::First | Hit::Priority => alive
                .first()
                .is_some_and(|r| alone(r) && plan.nothing != Some(plan.same[*r as usize])),
            Hit::RuleOrder | Hit::OutputOrder | Hit::Collect => {
                plan.nothing.is_none()
                    && alive.len() <= 64
                    && alive.iter().any(|r| self.matched.binary_search(r).is_err() && alone(r))
            }
            _ => false,
        }
    }

    /// Settles whether unknown facts matter.
    fn settle(&mut self, alive: Vec<u32>, ordered: bool) {
        let mut only: Option<(Key, Made)> = None;
        let mut budget = MAX_BOXES;
        let end =
            self.space.explore(self.start.clone(), alive, ordered, &mut budget, &mut |_, held| {
                let made = make(self.table, &ascending(held, ordered));
                let key = self.key(&made);
                match &only {
                    None => only = Some((key, made)),
                    Some((first, _)) => return *first == key,
                }
                true
            });
        if end == End::Whole
            && let Some((key, made)) = only
        {
            self.status = self.status_of(&made);
            // Keep the rules that hold for certain as the ones that decided, where they do.
            if self.key(&self.made) != key {
                self.made = made;
            }
        }
    }

    /// Whether a condition of a rule holds, by their places: `None` while unknown facts decide it,
    /// and where there is no such rule.
    pub fn condition_held(&self, rule: usize, condition: usize) -> Option<bool> {
        let mut held = Some(true);
        for (of, cell) in &self.table.plan.rules.get(rule)?.cells {
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

    /// The rules that may still come to make the output, each with the conditions that unknown
    /// facts decide.
    ///
    /// Under an ordered policy those behind a rule that holds for certain can make nothing.
    pub fn open_rules(&self) -> Vec<(&'t Rule, Vec<&'t Condition>)> {
        let table = self.table;
        let ordered = matches!(table.hit, Hit::First | Hit::Priority);
        let mut open = Vec::new();
        for place in table.plan.order.iter().map(|place| *place as usize) {
            let Some(rule) = table.rules.get(place) else { continue };
            match self.held(place) {
                Some(true) if ordered => break,
                Some(_) => {}
                None => {
                    let left = rule.when.iter().enumerate();
                    let left = left.filter(|(i, _)| self.condition_held(place, *i).is_none());
                    open.push((rule, left.map(|(_, condition)| condition).collect()));
                }
            }
        }
        open
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

    /// The origin of the outputs in the set of facts that was judged: the facts that the deciding
    /// rules ask about.
    pub fn origin(&self, facts: &mut FactSet) -> Origin {
        let rules = self.makers().iter().map(|r| &self.table.rules[*r as usize]);
        let inputs = rules.flat_map(|rule| rule.when.iter().map(|condition| condition.input));
        facts.origin_of(self.table, inputs)
    }
}

pub(super) fn ascending(held: &[u32], ordered: bool) -> Vec<u32> {
    let mut rules: Vec<u32> =
        if ordered { held.iter().take(1).copied().collect() } else { held.to_vec() };
    rules.sort_unstable();
    rules
}
