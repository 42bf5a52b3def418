//! Amounts evaluated as they read: one row, exact fractions, every fault told.

use std::cell::Cell as Slot;
use std::cmp::Ordering;

use chrono::DateTime;
use chrono_tz::Tz;

use super::Ratio;
use super::dates::{self, WorkDays};
use super::node::{Constant, Function, Node, Op, Parameter, Part};
use crate::compensation::columns::Cell;

/// Why a row has no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A number does not fit into 128 bits, or an amount into 64.
    Overflow,
    /// Something is divided by nothing.
    Zero,
    /// A unit that is counted is not above zero.
    Unit,
    /// A value that the amount needs is missing.
    Missing,
    /// A dated parameter says nothing of a day: its place, and the day's number.
    Unrated(usize, i64),
    /// A day lies beyond the years of a calendar: its place, and the day's number.
    Beyond(usize, i64),
    /// A day that no calendar has.
    NoDay,
}

/// What an amount is evaluated from.
pub(crate) struct Env<'e, 'r> {
    pub(crate) cells: &'r [Cell<'r>],
    /// What one step of each column is worth.
    pub(crate) steps: &'e [Ratio],
    pub(crate) lets: &'r [Node],
    /// The names of `[let]` that were evaluated for this row: each once.
    pub(crate) known: &'e [Slot<Option<Result<Val<'r>, Fault>>>],
    pub(crate) parameters: &'r [Parameter],
    pub(crate) calendars: &'e [WorkDays],
    pub(crate) zone: Tz,
    /// The day that `each_day` is at.
    pub(crate) today: Slot<i64>,
    /// The award whose tax is evaluated.
    pub(crate) award: Slot<Ratio>,
}

/// A value; of a number its kind is known from the amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Val<'r> {
    Num(Ratio),
    Text(&'r str),
    Missing,
}

type Found<'r> = Result<Val<'r>, Fault>;

fn fits(found: Option<Ratio>) -> Result<Ratio, Fault> {
    found.ok_or(Fault::Overflow)
}

/// The number of a value; what is missing ends the evaluation of what needs it.
macro_rules! number {
    ($value:expr) => {
        match $value {
            Val::Num(ratio) => ratio,
            _ => return Ok(Val::Missing),
        }
    };
}

impl<'r> Env<'_, 'r> {
    /// The value of an amount, which has to be there.
    pub(crate) fn number(&self, node: &'r Node) -> Result<Ratio, Fault> {
        match self.value(node)? {
            Val::Num(ratio) => Ok(ratio),
            _ => Err(Fault::Missing),
        }
    }

    pub(crate) fn value(&self, node: &'r Node) -> Found<'r> {
        Ok(match node {
            Node::Num(ratio, _) => Val::Num(*ratio),
            Node::Text(text) => Val::Text(text),
            Node::Column(place) => self.cell(*place)?,
            Node::Let(place) => return self.named(*place),
            Node::Fact(_) => Val::Missing,
            Node::Award(_) => Val::Num(self.award.get()),
            Node::Not(a) => Val::Num(Ratio::flag(number!(self.value(a)?).is_zero())),
            Node::Neg(a) => Val::Num(fits(number!(self.value(a)?).neg())?),
            Node::Binary(op, a, b) => return self.binary(*op, a, b),
            Node::Compare(compare, a, b) => {
                let (a, b) = (number!(self.value(a)?), number!(self.value(b)?));
                Val::Num(Ratio::flag(compare.holds(a.cmp(&b))))
            }
            Node::SameText(same, a, b) => match (self.value(a)?, self.value(b)?) {
                (Val::Text(a), Val::Text(b)) => Val::Num(Ratio::flag((a == b) == *same)),
                _ => Val::Missing,
            },
            Node::If(condition, yes, no) => {
                let holds = !number!(self.value(condition)?).is_zero();
                return self.value(if holds { yes } else { no });
            }
            Node::Min(all) => return self.extreme(all, Ordering::Less),
            Node::Max(all) => return self.extreme(all, Ordering::Greater),
            Node::Units(part, of, unit) => {
                let (of, unit) = (number!(self.value(of)?), number!(self.value(unit)?));
                if unit <= Ratio::ZERO {
                    return Err(Fault::Unit);
                }
                if of <= Ratio::ZERO {
                    return Ok(Val::Num(Ratio::ZERO));
                }
                let count = fits(of.div(unit))?;
                Val::Num(match part {
                    Part::Started => Ratio::whole(count.ceil()),
                    Part::Completed => Ratio::whole(count.floor()),
                    Part::Exact => count,
                })
            }
            Node::Band(band) => {
                let of = self.value(&band.of)?;
                for (compare, limit, value) in &band.arms {
                    let order = match (of, self.value(limit)?) {
                        (Val::Num(of), Val::Num(limit)) => of.cmp(&limit),
                        (Val::Text(of), Val::Text(limit)) => of.cmp(limit),
                        _ => return Ok(Val::Missing),
                    };
                    if compare.holds(order) {
                        return self.value(value);
                    }
                }
                if of == Val::Missing {
                    return Ok(Val::Missing);
                }
                return self.value(&band.other);
            }
            Node::Slices(slices) => {
                let of = number!(self.value(&slices.of)?);
                let (mut sum, mut from) = (Ratio::ZERO, Ratio::ZERO);
                for (limit, rate) in &slices.arms {
                    let limit = number!(self.value(limit)?);
                    let part = fits(of.min(limit).sub(from))?.max(Ratio::ZERO);
                    let rate = number!(self.value(rate)?);
                    sum = fits(sum.add(fits(part.mul(rate))?))?;
                    from = from.max(limit);
                }
                let part = fits(of.sub(from))?.max(Ratio::ZERO);
                let rate = number!(self.value(&slices.other)?);
                Val::Num(fits(sum.add(fits(part.mul(rate))?))?)
            }
            Node::Call(function, arguments) => return self.call(*function, arguments),
            Node::At(parameter, day) => {
                let day = whole(number!(self.value(day)?))?;
                return self.on(*parameter, day);
            }
            Node::Today(parameter) => return self.on(*parameter, self.today.get()),
            Node::EachDay(from, to, rate) => {
                let from = whole(number!(self.value(from)?))?;
                let to = whole(number!(self.value(to)?))?;
                return self.each_day(from, to, rate);
            }
            Node::Default(value, other) => match self.value(value)? {
                Val::Missing => return self.value(other),
                known => known,
            },
            Node::Known(value) => Val::Num(Ratio::flag(self.value(value)? != Val::Missing)),
        })
    }

    pub(crate) fn cell(&self, place: usize) -> Found<'r> {
        let cell = self.cells.get(place).copied().unwrap_or(Cell::Missing);
        if let Some(text) = cell.text() {
            return Ok(Val::Text(text));
        }
        let (Some(whole), Some(step)) = (cell.whole(), self.steps.get(place)) else {
            return Ok(Val::Missing);
        };
        Ok(Val::Num(fits(Ratio::whole(i128::from(whole)).mul(*step))?))
    }

    /// A name of `[let]`.
    pub(crate) fn named(&self, place: usize) -> Found<'r> {
        let (Some(node), Some(known)) = (self.lets.get(place), self.known.get(place)) else {
            return Ok(Val::Missing);
        };
        if let Some(found) = known.get() {
            return found;
        }
        let found = self.value(node);
        known.set(Some(found));
        found
    }

    fn binary(&self, op: Op, a: &'r Node, b: &'r Node) -> Found<'r> {
        let a = number!(self.value(a)?);
        match op {
            Op::And if a.is_zero() => return Ok(Val::Num(Ratio::ZERO)),
            Op::Or if !a.is_zero() => return Ok(Val::Num(Ratio::ONE)),
            _ => {}
        }
        let b = number!(self.value(b)?);
        Ok(Val::Num(match op {
            Op::And | Op::Or => Ratio::flag(!b.is_zero()),
            Op::Add => fits(a.add(b))?,
            Op::Sub => fits(a.sub(b))?,
            Op::Mul => fits(a.mul(b))?,
            Op::Div | Op::Share if b.is_zero() => return Err(Fault::Zero),
            Op::Div | Op::Share => fits(a.div(b))?,
        }))
    }

    fn extreme(&self, all: &'r [Node], wanted: Ordering) -> Found<'r> {
        let mut best: Option<Ratio> = None;
        for node in all {
            let value = number!(self.value(node)?);
            if best.is_none_or(|best| value.cmp(&best) == wanted) {
                best = Some(value);
            }
        }
        Ok(best.map_or(Val::Missing, Val::Num))
    }

    fn on(&self, parameter: usize, day: i64) -> Found<'r> {
        let found = self.parameters.get(parameter).and_then(|p| p.on(day));
        match found {
            Some(Constant::Num(ratio, _)) => Ok(Val::Num(*ratio)),
            Some(Constant::Text(text)) => Ok(Val::Text(text)),
            None => Err(Fault::Unrated(parameter, day)),
        }
    }

    /// The days between two changes of a parameter are alike, so they are counted and not walked.
    fn each_day(&self, from: i64, to: i64, rate: &'r Node) -> Found<'r> {
        let outer = self.today.get();
        let (mut sum, mut day) = (Ratio::ZERO, from.saturating_add(1));
        while day <= to {
            let changes = self.parameters.iter().flat_map(|p| &p.values);
            let next = changes.filter_map(|(since, _)| *since).filter(|since| *since > day).min();
            let last = next.map_or(to, |next| to.min(next - 1));
            self.today.set(day);
            let found = self.value(rate);
            self.today.set(outer);
            let days = Ratio::whole(i128::from(last) - i128::from(day) + 1);
            sum = fits(sum.add(fits(number!(found?).mul(days))?))?;
            day = last.saturating_add(1);
            if last == i64::MAX {
                break;
            }
        }
        Ok(Val::Num(sum))
    }

    fn call(&self, function: Function, arguments: &'r [Node]) -> Found<'r> {
        let argument = |place: usize| match arguments.get(place) {
            Some(node) => self.value(node),
            None => Ok(Val::Missing),
        };
        let a = whole(number!(argument(0)?))?;
        let b = match arguments.len() {
            0 | 1 => 0,
            _ => whole(number!(argument(1)?))?,
        };
        if let Function::YearFraction(count) = function {
            return Ok(Val::Num(count.fraction(a, b).ok_or(Fault::NoDay)?));
        }
        let found = apply(function, a, b, self.calendars, self.zone)?;
        Ok(Val::Num(Ratio::whole(i128::from(found))))
    }
}

/// The largest whole number that is not above a value.
fn whole(value: Ratio) -> Result<i64, Fault> {
    i64::try_from(value.floor()).map_err(|_| Fault::Overflow)
}

/// A function of whole numbers: days as numbers, moments in seconds.
pub(crate) fn apply(
    function: Function,
    a: i64,
    b: i64,
    calendars: &[WorkDays],
    zone: Tz,
) -> Result<i64, Fault> {
    let calendar = |place: usize| calendars.get(place).ok_or(Fault::Beyond(place, a));
    let found = match function {
        Function::Days => b.checked_sub(a),
        Function::Months => dates::months_between(a, b),
        Function::PlusDays => a.checked_add(b).filter(|day| dates::day(*day).is_some()),
        Function::PlusMonths => dates::plus_months(a, b),
        Function::DateOf => DateTime::from_timestamp(a, 0)
            .map(|moment| i64::from(dates::number(moment.with_timezone(&zone).date_naive()))),
        Function::StartOf { months, first_month } => {
            dates::start_of(a, i64::from(months), i64::from(first_month))
        }
        Function::DaysIn { months } => {
            let start = dates::start_of(a, i64::from(months), 1).ok_or(Fault::NoDay)?;
            dates::plus_months(start, i64::from(months)).map(|end| end - start)
        }
        Function::WorkingDays(place) => {
            let found = calendar(place)?.count(a, b);
            return found.ok_or(Fault::Beyond(place, b));
        }
        Function::PlusWorkingDays(place) => {
            let found = calendar(place)?.plus(a, b);
            return found.ok_or(Fault::Beyond(place, a));
        }
        Function::YearFraction(_) => None,
    };
    found.ok_or(Fault::NoDay)
}
