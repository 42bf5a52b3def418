//! An amount, checked: a tree whose names are places and whose units are proved.

use std::sync::Arc;

use super::dates::DayCount;
use super::parse::Compare;
use super::{Kind, Ratio};

/// An amount whose units are proved.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    pub(crate) node: Node,
    /// What its value is measured in.
    pub kind: Kind,
}

/// One step of an amount. Money is in whole currency, percentages are fractions, time is in
/// seconds, dates are days since 1970; yes is 1 and no is 0.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Num(Ratio, Kind),
    Text(Arc<str>),
    /// A column of the evidence, by its place.
    Column(usize),
    /// A name of `[let]`, by its place.
    Let(usize),
    /// A fact of the incident, by its place among those that the policy uses.
    Fact(usize),
    /// The award itself before its rounding, in the amount that is its tax.
    Award(Kind),
    Not(Box<Node>),
    Neg(Box<Node>),
    Binary(Op, Box<Node>, Box<Node>),
    Compare(Compare, Box<Node>, Box<Node>),
    /// Two texts are the same (`true`), or are not.
    SameText(bool, Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    Min(Vec<Node>),
    Max(Vec<Node>),
    /// How many units are in a value, which counts as nothing below zero.
    Units(Part, Box<Node>, Box<Node>),
    /// The value of the first arm that holds.
    Band(Box<Band>),
    /// Each part of a value at the rate of its slice.
    Slices(Box<Slices>),
    Call(Function, Vec<Node>),
    /// What a dated parameter says on a day.
    At(usize, Box<Node>),
    /// What a dated parameter says on the day that [`Node::EachDay`] is at.
    Today(usize),
    /// The sum over the days after the first, up to and with the second.
    EachDay(Box<Node>, Box<Node>, Box<Node>),
    /// The first value, or where it is not known the second.
    Default(Box<Node>, Box<Node>),
    Known(Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    /// Part of a whole, as a percentage.
    Share,
    And,
    Or,
}

/// Which units of a value count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Also one that has only begun.
    Started,
    /// Whole ones.
    Completed,
    /// Parts of one as well.
    Exact,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Band {
    pub(crate) of: Node,
    /// Whether texts are compared.
    pub(crate) texts: bool,
    pub(crate) arms: Vec<(Compare, Node, Node)>,
    pub(crate) other: Node,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slices {
    pub(crate) of: Node,
    /// The end of each slice, and its rate.
    pub(crate) arms: Vec<(Node, Node)>,
    pub(crate) other: Node,
}

/// Functions whose values are whole numbers of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    /// Days after one day, up to and with another; negative where that one is earlier.
    Days,
    /// Completed months between two days.
    Months,
    PlusDays,
    PlusMonths,
    /// The day of a moment in the policy's zone.
    DateOf,
    /// The first day of a span of so many months, counted from a month of the year.
    StartOf {
        months: u8,
        first_month: u8,
    },
    /// How many days the span of so many months has that a day lies in.
    DaysIn {
        months: u8,
    },
    YearFraction(DayCount),
    /// Worked days after one day, up to and with another, by a calendar's place.
    WorkingDays(usize),
    PlusWorkingDays(usize),
}

/// A named constant of a policy, or one for each day from which it changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is measured in.
    pub kind: Kind,
    /// Its values: from the day on, oldest first; one without a day holds always.
    pub(crate) values: Vec<(Option<i64>, Constant)>,
}

/// A value that does not change from row to row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Constant {
    Num(Ratio, Kind),
    Text(Arc<str>),
}

impl Constant {
    pub(crate) fn node(&self) -> Node {
        match self {
            Constant::Num(ratio, kind) => Node::Num(*ratio, *kind),
            Constant::Text(text) => Node::Text(Arc::clone(text)),
        }
    }
}

impl Parameter {
    /// Whether it changes by day.
    pub fn is_dated(&self) -> bool {
        self.values.iter().any(|(from, _)| from.is_some())
    }

    /// What it says on a day; none before its first day.
    pub(crate) fn on(&self, day: i64) -> Option<&Constant> {
        let after = self.values.partition_point(|(from, _)| from.is_none_or(|from| from <= day));
        after.checked_sub(1).and_then(|at| self.values.get(at)).map(|(_, value)| value)
    }
}

impl Node {
    /// Nothing, of a kind.
    pub(crate) fn nothing(kind: Kind) -> Node {
        Node::Num(Ratio::ZERO, kind)
    }

    /// The number of a constant.
    pub(crate) fn number(&self) -> Option<Ratio> {
        match self {
            Node::Num(ratio, _) => Some(*ratio),
            _ => None,
        }
    }

    /// Everything that the node is directly made of.
    pub(crate) fn parts(&self) -> Vec<&Node> {
        match self {
            Node::Num(..)
            | Node::Text(_)
            | Node::Column(_)
            | Node::Let(_)
            | Node::Fact(_)
            | Node::Award(_)
            | Node::Today(_) => Vec::new(),
            Node::Not(a) | Node::Neg(a) | Node::At(_, a) | Node::Known(a) => vec![a],
            Node::Binary(_, a, b)
            | Node::Compare(_, a, b)
            | Node::SameText(_, a, b)
            | Node::Units(_, a, b)
            | Node::Default(a, b) => vec![a, b],
            Node::If(a, b, c) | Node::EachDay(a, b, c) => vec![a, b, c],
            Node::Min(all) | Node::Max(all) | Node::Call(_, all) => all.iter().collect(),
            Node::Band(band) => {
                let arms = band.arms.iter().flat_map(|(_, limit, value)| [limit, value]);
                std::iter::once(&band.of).chain(arms).chain([&band.other]).collect()
            }
            Node::Slices(slices) => {
                let arms = slices.arms.iter().flat_map(|(limit, rate)| [limit, rate]);
                std::iter::once(&slices.of).chain(arms).chain([&slices.other]).collect()
            }
        }
    }

    /// The same node, every part of it changed.
    pub(crate) fn with(self, change: &mut dyn FnMut(Node) -> Node) -> Node {
        let mut boxed = |node: Box<Node>| Box::new(change(*node));
        match self {
            Node::Not(a) => Node::Not(boxed(a)),
            Node::Neg(a) => Node::Neg(boxed(a)),
            Node::At(place, a) => Node::At(place, boxed(a)),
            Node::Known(a) => Node::Known(boxed(a)),
            Node::Binary(op, a, b) => Node::Binary(op, boxed(a), boxed(b)),
            Node::Compare(compare, a, b) => Node::Compare(compare, boxed(a), boxed(b)),
            Node::SameText(same, a, b) => Node::SameText(same, boxed(a), boxed(b)),
            Node::Units(part, a, b) => Node::Units(part, boxed(a), boxed(b)),
            Node::Default(a, b) => Node::Default(boxed(a), boxed(b)),
            Node::If(a, b, c) => Node::If(boxed(a), boxed(b), boxed(c)),
            Node::EachDay(a, b, c) => Node::EachDay(boxed(a), boxed(b), boxed(c)),
            Node::Min(all) => Node::Min(all.into_iter().map(change).collect()),
            Node::Max(all) => Node::Max(all.into_iter().map(change).collect()),
            Node::Call(function, all) => {
                Node::Call(function, all.into_iter().map(change).collect())
            }
            Node::Band(band) => {
                let Band { of, texts, arms, other } = *band;
                let of = change(of);
                let arms =
                    arms.into_iter().map(|(c, limit, value)| (c, change(limit), change(value)));
                let arms = arms.collect();
                Node::Band(Box::new(Band { of, texts, arms, other: change(other) }))
            }
            Node::Slices(slices) => {
                let Slices { of, arms, other } = *slices;
                let of = change(of);
                let arms = arms.into_iter().map(|(limit, rate)| (change(limit), change(rate)));
                let arms = arms.collect();
                Node::Slices(Box::new(Slices { of, arms, other: change(other) }))
            }
            leaf => leaf,
        }
    }
}
