//! What the level of an open incident could still become, and what that takes.

use std::cmp::Reverse;

use super::assessment::word;
use super::company::Company;
use crate::decision::{Condition, FactSet, Item, Op, Rule, Status, Table, Test, Value};
use crate::incident::{Record, Severity};
use crate::standard::{Decided, Policies};
use crate::units::{Instant, Span};

/// How far ahead is looked for what time alone brings.
const AHEAD: Span = Span::from_minutes(24 * 60);

/// What the level could still become.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Ways to a higher level, the next one first, then in the order of the tables.
    pub ways: Vec<Way>,
    /// The lower level that stands once somebody confirms a provisional one from numbers.
    pub confirmed: Option<Severity>,
    /// The higher level that comes by itself while customers still feel it, and when.
    pub lasting: Option<(Severity, Instant)>,
}

/// A rule that would raise the level, and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The level that would stand.
    pub level: Severity,
    /// The rule's table.
    pub table: String,
    /// The rule.
    pub rule: String,
    /// Why the rule is there.
    pub why: Option<String>,
    /// What it asks of facts that are not known.
    pub needs: Vec<Need>,
}

/// What a rule asks of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The input, by its name in the table.
    pub input: String,
    /// What is asked of it.
    pub test: Test,
}

impl Way {
    fn new(level: Severity, table: &Table, rule: &Rule, open: &[&Condition]) -> Self {
        let needs = open.iter().filter_map(|condition| {
            let input = table.inputs.get(condition.input)?.name.clone();
            Some(Need { input, test: condition.test.clone() })
        });
        Way {
            level,
            table: table.name.clone(),
            rule: rule.id.clone(),
            why: rule.why.clone(),
            needs: needs.collect(),
        }
    }

    /// Whether whatever opens this way opens the other one as well, to a level as high.
    fn is_within(&self, other: &Way) -> bool {
        let met = |asked: &Need| self.needs.iter().any(|own| own.implies(asked));
        other.level <= self.level && other.needs.iter().all(met)
    }
}

impl Need {
    fn implies(&self, other: &Need) -> bool {
        let at_least = |test: &Test| match test {
            Test::Some(items) => match items.as_slice() {
                [Item::Compare(Op::AtLeast, value)] => Some(value.clone()),
                _ => None,
            },
            _ => None,
        };
        let higher = at_least(&self.test).zip(at_least(&other.test));
        let higher = higher.and_then(|(own, other)| own.compare(&other));
        self.input == other.input
            && (self.test == other.test || higher.is_some_and(std::cmp::Ordering::is_ge))
    }
}

/// Looks ahead from what is decided at `now`; `facts` are those that were decided from.
pub(super) fn outlook(
    record: &Record,
    company: &Company<'_>,
    policies: &Policies,
    facts: &FactSet,
    decided: &Decided<'_>,
    now: Instant,
) -> Outlook {
    let derived = word(decided.facts.value("severity_derived"));
    let mut confirming = facts.clone();
    confirming.set("severity_confirmed", Value::Boolean(true));
    let confirmed = word(policies.derived(&confirming).as_ref());
    Outlook {
        ways: ways(policies, facts, decided, derived),
        confirmed: confirmed.filter(|level| derived.is_some_and(|now| *level > now)),
        lasting: derived.and_then(|level| lasting(record, company, policies, level, now)),
    }
}

/// The rules that could still hold and would raise the level, each tried by deciding the tables
/// with it. What another way says already is left out.
fn ways(
    policies: &Policies,
    facts: &FactSet,
    decided: &Decided<'_>,
    derived: Option<Severity>,
) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for decision in decided.severity.iter().filter(|d| d.status() == Status::Open) {
        let table = decision.table();
        for (rule, open) in decision.open_rules() {
            // What another table passes on is told at that table.
            let passed_on = |c: &&Condition| {
                table.inputs.get(c.input).is_some_and(|input| input.from.is_some())
            };
            if open.iter().any(passed_on) {
                continue;
            }
            let level = word(policies.severity_if(facts, &table.name, rule).as_ref());
            if let Some(level) = level.filter(|level| derived.is_none_or(|now| *level < now)) {
                ways.push(Way::new(level, table, rule, &open));
            }
        }
    }
    let said = |(i, way): (usize, &Way)| {
        let twice = |(j, other): (usize, &Way)| {
            i != j && way.is_within(other) && (j < i || !other.is_within(way))
        };
        !ways.iter().enumerate().any(twice)
    };
    let keep: Vec<bool> = ways.iter().enumerate().map(said).collect();
    let mut kept = keep.iter();
    ways.retain(|_| kept.next().copied().unwrap_or(true));
    ways.sort_by_key(|way| Reverse(way.level));
    ways
}

/// The level that comes by itself, by halving the time ahead down to the second.
fn lasting(
    record: &Record,
    company: &Company<'_>,
    policies: &Policies,
    level: Severity,
    now: Instant,
) -> Option<(Severity, Instant)> {
    if !record.status.is_burning() {
        return None;
    }
    let raised = |seconds: i64| {
        let at = now.plus(Span::from_seconds(seconds));
        let then = word(policies.derived(&company.facts(record, at)).as_ref());
        then.filter(|then| *then < level).map(|then| (then, at))
    };
    let (mut before, mut after) = (0, AHEAD.seconds());
    let mut found = raised(after)?;
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        match raised(middle) {
            Some(earlier) => (found, after) = (earlier, middle),
            None => before = middle,
        }
    }
    Some(found)
}
