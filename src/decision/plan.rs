//! A table compiled: every input's values as numbered segments, every test as ranges of them.

use std::collections::HashMap;

use super::axis::{Axis, Segments};
use super::shortlist::Shortlist;
use super::table::{Condition, Hit, Impossible, Input, Output, Rule};
use super::types::Type;
use super::unary::{Item, Test};
use super::value::Value;

/// One independent question of a table: an input, or for a list "has it an element like this?".
#[derive(Debug, Clone)]
pub(super) struct Dimension {
    /// The input that it belongs to.
    pub(super) input: usize,
    /// Segments that a known value can lie in; this number itself is "no value".
    pub(super) size: u32,
    /// Whether "no value" is a value of its own in proofs.
    pub(super) null: bool,
    /// What the segments mean.
    pub(super) asks: Asks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// The value of the input.
    Value,
    /// Whether the list is known (segment 0) or there is none (segment 1).
    Known,
    /// Whether the list lacks (0) or has (1) an element of a class.
    Has(u32),
}

/// How the values of one input become segments.
#[derive(Debug, Clone)]
pub(super) struct InputPlan {
    pub(super) axis: Axis,
    /// The input's first dimension.
    pub(super) first: usize,
    /// For a list: the class of each element segment, and the segments of each class.
    pub(super) classes: Option<Classes>,
    /// Whether some test asks for `null`, so that "unknown" is a value.
    pub(super) asks_null: bool,
}

/// The elements of a list, put together where no test tells them apart.
#[derive(Debug, Clone)]
pub(super) struct Classes {
    pub(super) of: Vec<u32>,
    pub(super) members: Vec<Vec<u32>>,
}

/// What must hold in one dimension, or in one of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// The segment lies in one range.
    Range { dim: u32, low: u32, high: u32 },
    /// The segment lies in one of several ranges.
    In { dim: u32, set: Segments },
    /// One of these yes/no dimensions says yes.
    AnyOf { dims: Box<[u32]> },
}

impl Cell {
    /// How many questions it asks.
    fn size(&self) -> usize {
        match self {
            Cell::AnyOf { dims } => dims.len(),
            Cell::Range { .. } | Cell::In { .. } => 1,
        }
    }
}

/// One rule's cells, with the condition that each came from.
#[derive(Debug, Clone, Default)]
pub(super) struct RulePlan {
    pub(super) cells: Vec<(u32, Cell)>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) dims: Vec<Dimension>,
    pub(super) inputs: Vec<InputPlan>,
    pub(super) rules: Vec<RulePlan>,
    pub(super) impossible: Vec<RulePlan>,
    /// A number for each rule's outputs; equal where the outputs are.
    pub(super) same: Vec<u32>,
    /// The number of the default outputs, where there are any.
    pub(super) nothing: Option<u32>,
    /// The rules in the order in which the policy looks at them.
    pub(super) order: Vec<u32>,
    /// For each place in one dimension, the rules of `order` that may hold there.
    pub(super) shortlist: Option<Shortlist>,
    /// How many times the work of a plain rule one of these takes, on average: a test of a list is
    /// a question for each value that the table's other tests name.
    pub(super) weight: usize,
    /// Whether it was given up because there would be more than [`MAX_CELLS`].
    pub(super) too_wide: bool,
}

/// How many questions all rules of a table ask, those about a list's elements one by one.
pub(super) const MAX_CELLS: usize = 2_000_000;
/// How many of them a plain rule asks.
const PLAIN: usize = 8;

/// A test that no value of its input passes.
#[derive(Debug)]
pub(super) struct NeverTrue {
    pub(super) range: crate::diag::TextRange,
    pub(super) input: usize,
    pub(super) what: String,
}

impl Plan {
    pub(super) fn new(
        hit: Hit,
        inputs: &[Input],
        outputs: &[Output],
        rules: &[Rule],
        impossible: &[Impossible],
    ) -> (Plan, Vec<NeverTrue>) {
        let mut plan = Plan::default();
        let mut never = Vec::new();
        let mut by_input: Vec<Vec<&Condition>> = vec![Vec::new(); inputs.len()];
        let conditions = rules.iter().flat_map(|r| &r.when);
        for condition in conditions.chain(impossible.iter().flat_map(|i| &i.when)) {
            by_input[condition.input].push(condition);
        }
        for (i, (input, conditions)) in inputs.iter().zip(&by_input).enumerate() {
            plan.add_input(i, input, conditions, &mut never);
        }
        let compile = |plan: &Plan, when: &[Condition]| {
            let mut cells = Vec::new();
            for (i, condition) in when.iter().enumerate() {
                let of = u32::try_from(i).unwrap_or(u32::MAX);
                plan.compile(condition, &mut |cell| cells.push((of, cell)));
            }
            cells.shrink_to_fit();
            RulePlan { cells }
        };
        let whens = rules.iter().map(|r| &r.when).chain(impossible.iter().map(|i| &i.when));
        let (mut compiled, mut total) = (Vec::with_capacity(rules.len()), 0_usize);
        for when in whens {
            if total > MAX_CELLS {
                plan.too_wide = true;
                break;
            }
            let one = compile(&plan, when);
            total += one.cells.iter().map(|(_, cell)| cell.size()).sum::<usize>();
            compiled.push(one);
        }
        plan.weight = (total / (PLAIN * compiled.len().max(1))).max(1);
        plan.impossible = compiled.split_off(rules.len().min(compiled.len()));
        plan.rules = compiled;
        plan.number_outputs(hit, outputs, rules);
        plan.shortlist = if plan.too_wide { None } else { Shortlist::new(&plan) };
        (plan, never)
    }

    fn add_input(
        &mut self,
        i: usize,
        input: &Input,
        conditions: &[&Condition],
        never: &mut Vec<NeverTrue>,
    ) {
        let axis = Axis::new(input, conditions.iter().flat_map(|c| c.test.values()));
        for condition in conditions {
            for item in condition.test.items().iter().filter(|item| **item != Item::Null) {
                if axis.item(item).count(0, axis.size) == 0 {
                    never.push(NeverTrue {
                        range: condition.range,
                        input: i,
                        what: item.to_string(),
                    });
                }
            }
        }
        let asks_null = conditions.iter().any(|c| c.test.asks_null());
        let null = asks_null || input.absent;
        let first = self.dims.len();
        let mut classes = None;
        if matches!(input.ty, Type::List(_)) {
            let found = element_classes(&axis, conditions);
            self.dims.push(Dimension { input: i, size: 1, null, asks: Asks::Known });
            for (class, members) in found.members.iter().enumerate() {
                let asks = Asks::Has(u32::try_from(class).unwrap_or(u32::MAX));
                // Between neighbours, and out of bounds, there is no element to have.
                let size = if members.iter().any(|s| *s < axis.size) { 2 } else { 1 };
                self.dims.push(Dimension { input: i, size, null: false, asks });
            }
            classes = Some(found);
        } else {
            self.dims.push(Dimension { input: i, size: axis.size, null, asks: Asks::Value });
        }
        self.inputs.push(InputPlan { axis, first, classes, asks_null });
    }

    /// The cells of one condition.
    fn compile(&self, condition: &Condition, emit: &mut dyn FnMut(Cell)) {
        let input = &self.inputs[condition.input];
        let axis = &input.axis;
        let first = u32::try_from(input.first).unwrap_or(u32::MAX);
        let test = &condition.test;
        if *test == Test::Any {
            return;
        }
        let accepted = axis.items(test.items());
        let Some(classes) = &input.classes else {
            let set = match test {
                Test::Not(_) => axis.except(&accepted),
                _ if test.asks_null() => {
                    let mut ranges = accepted.0;
                    ranges.push((axis.null(), axis.null() + 1));
                    Segments::new(ranges)
                }
                _ => accepted,
            };
            emit(in_set(first, set));
            return;
        };
        let known = |at| Cell::Range { dim: first, low: at, high: at + 1 };
        if test.asks_null() {
            return emit(known(u32::from(!matches!(test, Test::Not(_)))));
        }
        emit(known(0));
        let inside = |class: &Vec<u32>| class.first().is_some_and(|s| accepted.has(*s));
        let dims = |wanted: bool| {
            let all = classes.members.iter().zip(first + 1..);
            all.filter(move |(m, _)| inside(m) == wanted).map(|(_, dim)| dim)
        };
        let (none_of, any_of): (Vec<u32>, Option<Vec<u32>>) = match test {
            Test::Any => return,
            Test::Some(_) => (Vec::new(), Some(dims(true).collect())),
            Test::Not(_) => (dims(true).collect(), None),
            Test::All(_) => (dims(false).collect(), Some(dims(true).collect())),
            Test::AllNot(_) => (dims(true).collect(), Some(dims(false).collect())),
        };
        for dim in none_of {
            emit(Cell::Range { dim, low: 0, high: 1 });
        }
        if let Some(dims) = any_of {
            emit(match dims.as_slice() {
                [dim] => Cell::Range { dim: *dim, low: 1, high: 2 },
                _ => Cell::AnyOf { dims: dims.into() },
            });
        }
    }

    fn number_outputs(&mut self, hit: Hit, outputs: &[Output], rules: &[Rule]) {
        let mut numbers: HashMap<Vec<Option<Value>>, u32> = HashMap::new();
        let mut number = |then: Vec<Option<Value>>| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(then).or_insert(next)
        };
        if outputs.iter().any(|o| o.default.is_some()) {
            self.nothing = Some(number(outputs.iter().map(|o| o.default.clone()).collect()));
        }
        self.same = rules.iter().map(|r| number(r.then.clone())).collect();
        self.order = (0..u32::try_from(rules.len()).unwrap_or(u32::MAX)).collect();
        if matches!(hit, Hit::Priority | Hit::OutputOrder) {
            let places = |rule: u32| -> Vec<usize> {
                let then = &rules[rule as usize].then;
                let ranked = outputs.iter().zip(then).filter_map(|(o, v)| {
                    o.values.as_ref()?;
                    Some(v.as_ref().and_then(|v| o.place(v)).unwrap_or(usize::MAX))
                });
                ranked.collect()
            };
            self.order.sort_by_cached_key(|rule| (places(*rule), *rule));
        }
    }
}

fn in_set(dim: u32, set: Segments) -> Cell {
    match set.0.as_slice() {
        [] => Cell::Range { dim, low: 0, high: 0 },
        [(low, high)] => Cell::Range { dim, low: *low, high: *high },
        _ => Cell::In { dim, set },
    }
}

/// Puts element segments together that every test treats alike.
///
/// Two segments get one class when the same tests accept them, compared by a 128-bit mark.
fn element_classes(axis: &Axis, conditions: &[&Condition]) -> Classes {
    let known = axis.known();
    let total = known.0.last().map_or(0, |(_, end)| *end) as usize;
    let mut marks = vec![0_u128; total.max(axis.size as usize)];
    for (i, condition) in conditions.iter().enumerate() {
        let mark = mark(i as u64);
        for (low, high) in axis.items(condition.test.items()).0 {
            for segment in low..high {
                if let Some(found) = marks.get_mut(segment as usize) {
                    *found ^= mark;
                }
            }
        }
    }
    let (mut members, mut numbers) = (Vec::<Vec<u32>>::new(), HashMap::new());
    let mut of = vec![0; marks.len()];
    for (segment, mark) in marks.iter().enumerate() {
        if segment == axis.null() as usize {
            continue;
        }
        let class = *numbers.entry(*mark).or_insert_with(|| {
            members.push(Vec::new());
            members.len() - 1
        });
        members[class].push(u32::try_from(segment).unwrap_or(u32::MAX));
        of[segment] = u32::try_from(class).unwrap_or(u32::MAX);
    }
    Classes { of, members }
}

/// Spreads a number over 128 bits (two rounds of SplitMix64's finisher).
fn mark(number: u64) -> u128 {
    let spread = |seed: u64| {
        let mut x = number.wrapping_add(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    };
    u128::from(spread(1)) << 64 | u128::from(spread(0x1234_5678))
}
