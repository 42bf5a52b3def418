//! What an incident already decides of an amount, decided once.

use std::cell::Cell as Slot;

use chrono_tz::Tz;

use super::dates::WorkDays;
use super::eval::{Env, Val};
use super::node::{Constant, Function, Node, Op, Parameter};
use super::print::Names;
use super::{Kind, Ratio};

/// Puts the known facts in and evaluates what no row changes.
///
/// A fact that is not known stays; [`open_facts`] tells whether it matters.
pub(crate) fn fold(node: Node, known: &Known<'_>) -> Node {
    let node = node.with(&mut |part| fold(part, known));
    let node = match node {
        Node::Fact(place) => match known.facts.get(place) {
            Some(Some(constant)) => return constant.node(),
            _ => return Node::Fact(place),
        },
        Node::Let(place) => match known.lets.get(place) {
            Some(constant @ (Node::Num(..) | Node::Text(_))) => return constant.clone(),
            _ => return Node::Let(place),
        },
        Node::If(condition, yes, no) => match condition.number() {
            Some(holds) if holds.is_zero() => *no,
            Some(_) => *yes,
            None => Node::If(condition, yes, no),
        },
        Node::Binary(op @ (Op::And | Op::Or), a, b) => match (op, a.number(), b.number()) {
            (Op::And, Some(yes), _) if !yes.is_zero() => *b,
            (Op::And, _, Some(yes)) if !yes.is_zero() => *a,
            (Op::Or, Some(no), _) if no.is_zero() => *b,
            (Op::Or, _, Some(no)) if no.is_zero() => *a,
            _ => Node::Binary(op, a, b),
        },
        other => other,
    };
    if matches!(node, Node::Num(..) | Node::Text(_)) || changes(&node) {
        return node;
    }
    let kind = known.names.kind(&node);
    let found = constant_value(&node, known.parameters, known.calendars, known.zone);
    match (found, kind) {
        (Some(Constant::Num(ratio, _)), kind) => Node::Num(ratio, kind),
        (Some(Constant::Text(text)), _) => Node::Text(text),
        (None, _) => node,
    }
}

/// What is known before the first row.
#[derive(Clone, Copy)]
pub(crate) struct Known<'k> {
    /// For each fact of the policy its value, where it is known.
    pub(crate) facts: &'k [Option<Constant>],
    /// The names of `[let]` before this one, folded.
    pub(crate) lets: &'k [Node],
    pub(crate) parameters: &'k [Parameter],
    pub(crate) calendars: &'k [WorkDays],
    pub(crate) zone: Tz,
    pub(crate) names: Names<'k>,
}

/// Whether a row, or the day that is walked through, changes the value.
fn changes(node: &Node) -> bool {
    match node {
        Node::Column(_) | Node::Let(_) | Node::Today(_) | Node::Award(_) => true,
        // The days of a constant rate are counted as those of any other.
        Node::EachDay(from, to, rate) => changes(from) || changes(to) || moves(rate),
        node => node.parts().into_iter().any(changes),
    }
}

fn moves(rate: &Node) -> bool {
    match rate {
        Node::Column(_) | Node::Let(_) | Node::Award(_) => true,
        node => node.parts().into_iter().any(moves),
    }
}

pub(super) fn constant_value(
    node: &Node,
    parameters: &[Parameter],
    calendars: &[WorkDays],
    zone: Tz,
) -> Option<Constant> {
    let (today, award) = (Slot::new(0), Slot::new(Ratio::ZERO));
    let (cells, steps, lets, known) = (&[], &[], &[], &[]);
    let env = Env { cells, steps, lets, known, parameters, calendars, zone, today, award };
    match env.value(node) {
        Ok(Val::Num(ratio)) => Some(Constant::Num(ratio, Kind::Number)),
        Ok(Val::Text(text)) => Some(Constant::Text(text.into())),
        _ => None,
    }
}

/// The facts, by their places, without which a folded amount has no value.
pub(crate) fn open_facts(node: &Node, open: &mut Vec<usize>) {
    match node {
        Node::Fact(place) if !open.contains(place) => open.push(*place),
        Node::Default(_, other) => open_facts(other, open),
        Node::Known(_) => {}
        node => node.parts().into_iter().for_each(|part| open_facts(part, open)),
    }
}

impl Names<'_> {
    /// The kind of a node.
    pub(crate) fn kind(&self, node: &Node) -> Kind {
        match node {
            Node::Num(_, kind) => *kind,
            Node::Text(_) => Kind::Text,
            Node::Award(kind) => *kind,
            Node::Column(place) => self.columns.at(*place).map_or(Kind::Number, |c| c.ty.kind()),
            Node::Let(place) => self.lets.get(*place).map_or(Kind::Number, |(_, kind)| *kind),
            Node::Fact(place) => self.facts.get(*place).map_or(Kind::Number, |(_, kind)| *kind),
            Node::Not(_) | Node::Compare(..) | Node::SameText(..) | Node::Known(_) => Kind::Flag,
            Node::Neg(a) | Node::Default(a, _) => self.kind(a),
            Node::Binary(op, a, b) => {
                let (a, b) = (self.kind(a), self.kind(b));
                match op {
                    Op::And | Op::Or => Kind::Flag,
                    Op::Share => Kind::Percent,
                    Op::Sub if a == Kind::Instant && b == Kind::Instant => Kind::Duration,
                    Op::Add | Op::Sub => a,
                    Op::Mul => a.times(b).unwrap_or(Kind::Number),
                    Op::Div => a.over(b).unwrap_or(Kind::Number),
                }
            }
            Node::If(_, a, _) | Node::EachDay(_, _, a) => self.kind(a),
            Node::Min(all) | Node::Max(all) => all.first().map_or(Kind::Number, |a| self.kind(a)),
            Node::Units(..) => Kind::Number,
            Node::Band(band) => self.kind(&band.other),
            Node::Slices(slices) => {
                self.kind(&slices.of).times(self.kind(&slices.other)).unwrap_or(Kind::Number)
            }
            Node::Call(function, _) => match function {
                Function::Days
                | Function::Months
                | Function::DaysIn { .. }
                | Function::YearFraction(_)
                | Function::WorkingDays(_) => Kind::Number,
                Function::PlusDays
                | Function::PlusMonths
                | Function::DateOf
                | Function::StartOf { .. }
                | Function::PlusWorkingDays(_) => Kind::Date,
            },
            Node::At(place, _) | Node::Today(place) => {
                self.parameters.get(*place).map_or(Kind::Number, |p| p.kind)
            }
        }
    }
}

/// A fact's value as a constant of the language.
pub(crate) fn constant(value: &crate::decision::Value, kind: Kind) -> Option<Constant> {
    if let crate::decision::Value::Text(text) = value {
        return (kind == Kind::Text).then(|| Constant::Text(text.as_str().into()));
    }
    let ratio: Ratio = crate::compensation::columns::value_ratio(value)?;
    (kind != Kind::Text).then_some(Constant::Num(ratio, kind))
}
