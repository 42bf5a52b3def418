//! Amounts and rules made into flat code.
//!
//! A value is a whole number over a denominator; the denominator is a constant unless a row
//! divides. What cannot be said so is left to the exact evaluator, row by row.
//!
//! The file is long because each step of the language is lowered beside its neighbours.

use std::sync::Arc;

use super::Compiled;
use super::program::{Arg, Bin, FormOut, From, Ins, Load, Program};
use super::test::{Asks, Check};
use crate::compensation::amount::{
    Band, Compare, Constant, DayCount, Function, Node, Op, Part, Ratio, Slices,
};
use crate::compensation::columns::ColumnType;
use crate::compensation::policy::{Combine, Tax};

/// More columns of memory than a policy needs; beyond it rows go one by one.
const MOST_SLOTS: u16 = 4_000;
/// More stretches of a dated rate than are unrolled.
const MOST_STRETCHES: usize = 64;

/// A value of many rows: `num / den`, and which of them are missing.
#[derive(Clone, Copy)]
struct Low {
    num: Arg,
    /// Above zero.
    den: Arg,
    missing: Option<Arg>,
}

const YES: Arg = Arg::Const(1);
const NO: Arg = Arg::Const(0);

fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.checked_abs().unwrap_or(1).max(1)
}

struct Lower<'c> {
    compiled: &'c Compiled,
    program: Program,
    lets: Vec<Option<Low>>,
    /// Where a fault of a row matters: where the rule holds.
    mask: Option<u16>,
    today: Option<i64>,
    award: Option<Low>,
}

/// The code of a compiled policy; none where it cannot be said in whole numbers.
pub(super) fn lower(compiled: &Compiled) -> Option<Program> {
    let lets = vec![None; compiled.lets.len()];
    let program = Program::default();
    let (mask, today, award) = (None, None, None);
    let mut lower = Lower { compiled, program, lets, mask, today, award };
    lower.columns()?;
    lower.rules()?;
    Some(lower.program)
}

impl Lower<'_> {
    fn slot(&mut self) -> Option<u16> {
        let slot = u16::try_from(self.program.slots).ok().filter(|slot| *slot < MOST_SLOTS)?;
        self.program.slots += 1;
        Some(slot)
    }

    /// A slot for each column that the policy reads, before any result.
    fn columns(&mut self) -> Option<()> {
        let compiled = self.compiled;
        let mut used = Vec::new();
        let mut texts: Vec<(usize, Arc<str>)> = Vec::new();
        let forms = compiled.forms.iter().flat_map(|f| [&f.due, &f.min, &f.max, &f.tax]).flatten();
        let rules = &compiled.rules;
        let amounts = rules.iter().flat_map(|rule| rule.amounts.iter().flatten());
        for node in compiled.lets.iter().chain(forms).chain(amounts) {
            columns_in(node, &mut used, &mut texts);
        }
        for (node, check) in rules.iter().flat_map(|rule| &rule.cells) {
            columns_in(node, &mut used, &mut texts);
            if let (Node::Column(place), Asks::Texts(asked)) = (node, &check.asks) {
                texts.extend(asked.iter().map(|text| (*place, Arc::clone(text))));
            }
        }
        used.sort_unstable();
        used.dedup();
        for column in used {
            let found = compiled.policy.columns.at(column)?;
            let slot = self.slot()?;
            let missing = if found.required { None } else { Some(self.slot()?) };
            let mut known: Vec<Arc<str>> =
                texts.iter().filter(|(of, _)| *of == column).map(|(_, t)| Arc::clone(t)).collect();
            known.sort_unstable();
            known.dedup();
            if known.len() > 64 {
                return None;
            }
            let texts = (found.ty == ColumnType::Text).then_some(known);
            self.program.loads.push(Load { column, slot, missing, texts });
        }
        Some(())
    }

    fn bin(&mut self, op: Bin, a: Arg, b: Arg) -> Option<Arg> {
        if let (Arg::Const(a), Arg::Const(b)) = (a, b) {
            return Some(Arg::Const(match op {
                Bin::Add => a.checked_add(b)?,
                Bin::Sub => a.checked_sub(b)?,
                Bin::Mul => a.checked_mul(b)?,
                Bin::Min => a.min(b),
                Bin::Max => a.max(b),
                Bin::Floor => a.checked_div_euclid(b)?,
                Bin::Ceil => a.checked_div_euclid(b)? + i64::from(a.checked_rem_euclid(b)? != 0),
                Bin::Equal => i64::from(a == b),
                Bin::Less => i64::from(a < b),
                Bin::AtMost => i64::from(a <= b),
                Bin::And => a & b,
                Bin::Or => a | b,
            }));
        }
        match (op, a, b) {
            (Bin::Mul | Bin::Floor | Bin::Ceil, kept, YES)
            | (Bin::Mul, YES, kept)
            | (Bin::Add | Bin::Sub | Bin::Or, kept, NO)
            | (Bin::Add | Bin::Or, NO, kept)
            | (Bin::And, kept, YES)
            | (Bin::And, YES, kept) => return Some(kept),
            (Bin::And, NO, _) | (Bin::And, _, NO) => return Some(NO),
            (Bin::Or, YES, _) | (Bin::Or, _, YES) => return Some(YES),
            _ => {}
        }
        let to = self.slot()?;
        let mask = self.mask;
        self.program.code.push(Ins::Bin { op, to, a, b, mask });
        Some(Arg::Slot(to))
    }

    fn not(&mut self, a: Arg) -> Option<Arg> {
        if let Arg::Const(value) = a {
            return Some(Arg::Const(1 - value));
        }
        let to = self.slot()?;
        self.program.code.push(Ins::Not { to, a });
        Some(Arg::Slot(to))
    }

    fn select(&mut self, mask: Arg, yes: Arg, no: Arg) -> Option<Arg> {
        match mask {
            Arg::Const(0) => return Some(no),
            Arg::Const(_) => return Some(yes),
            Arg::Slot(_) if yes == no => return Some(yes),
            Arg::Slot(_) => {}
        }
        let to = self.slot()?;
        self.program.code.push(Ins::Select { to, mask, yes, no });
        Some(Arg::Slot(to))
    }

    fn positive(&mut self, a: Arg) -> Option<()> {
        match a {
            Arg::Const(value) => (value > 0).then_some(()),
            Arg::Slot(_) => {
                let mask = self.mask;
                self.program.code.push(Ins::Positive { a, mask });
                Some(())
            }
        }
    }

    fn either(&mut self, a: Option<Arg>, b: Option<Arg>) -> Option<Option<Arg>> {
        Some(match (a, b) {
            (Some(a), Some(b)) => Some(self.bin(Bin::Or, a, b)?),
            (a, b) => a.or(b),
        })
    }

    fn constant(&self, ratio: Ratio) -> Option<Low> {
        let num = Arg::Const(i64::try_from(ratio.numerator()).ok()?);
        let den = Arg::Const(i64::try_from(ratio.denominator()).ok()?);
        Some(Low { num, den, missing: None })
    }

    fn times(&mut self, a: Low, b: Low) -> Option<Low> {
        let (mut an, mut ad, mut bn, mut bd) = (a.num, a.den, b.num, b.den);
        // What is constant on both sides of the line is shortened, to leave rows room.
        for (num, den) in [(&mut an, &mut bd), (&mut bn, &mut ad)] {
            if let (Arg::Const(n), Arg::Const(d)) = (*num, *den) {
                let shared = gcd(n, d);
                (*num, *den) = (Arg::Const(n / shared), Arg::Const(d / shared));
            }
        }
        let missing = self.either(a.missing, b.missing)?;
        let num = self.bin(Bin::Mul, an, bn)?;
        Some(Low { num, den: self.bin(Bin::Mul, ad, bd)?, missing })
    }

    fn over(&mut self, a: Low, b: Low) -> Option<Low> {
        let turned = match b.num {
            Arg::Const(n) if n < 0 => {
                let Arg::Const(d) = b.den else { return None };
                Low { num: Arg::Const(d.checked_neg()?), den: Arg::Const(n.checked_neg()?), ..b }
            }
            num => {
                self.positive(num)?;
                Low { num: b.den, den: num, ..b }
            }
        };
        self.times(a, turned)
    }

    /// Two values over one denominator.
    fn alike(&mut self, a: Low, b: Low) -> Option<(Arg, Arg, Arg)> {
        if a.den == b.den {
            return Some((a.num, b.num, a.den));
        }
        if let (Arg::Const(x), Arg::Const(y)) = (a.den, b.den) {
            let shared = gcd(x, y);
            let left = self.bin(Bin::Mul, a.num, Arg::Const(y / shared))?;
            let right = self.bin(Bin::Mul, b.num, Arg::Const(x / shared))?;
            return Some((left, right, Arg::Const((x / shared).checked_mul(y)?)));
        }
        let left = self.bin(Bin::Mul, a.num, b.den)?;
        let right = self.bin(Bin::Mul, b.num, a.den)?;
        Some((left, right, self.bin(Bin::Mul, a.den, b.den)?))
    }

    fn joined(&mut self, op: Bin, a: Low, b: Low) -> Option<Low> {
        let missing = self.either(a.missing, b.missing)?;
        let (x, y, den) = self.alike(a, b)?;
        Some(Low { num: self.bin(op, x, y)?, den, missing })
    }

    fn chosen(&mut self, mask: Arg, yes: Low, no: Low) -> Option<Low> {
        let (x, y, den) = self.alike(yes, no)?;
        let missing = match (yes.missing, no.missing) {
            (None, None) => None,
            (a, b) => Some(self.select(mask, a.unwrap_or(NO), b.unwrap_or(NO))?),
        };
        Some(Low { num: self.select(mask, x, y)?, den, missing })
    }

    fn compare(&mut self, compare: Compare, a: Low, b: Low) -> Option<Low> {
        let missing = self.either(a.missing, b.missing)?;
        let (x, y, _) = self.alike(a, b)?;
        let num = match compare {
            Compare::Equal => self.bin(Bin::Equal, x, y)?,
            Compare::Differs => {
                let same = self.bin(Bin::Equal, x, y)?;
                self.not(same)?
            }
            Compare::Less => self.bin(Bin::Less, x, y)?,
            Compare::AtMost => self.bin(Bin::AtMost, x, y)?,
            Compare::More => self.bin(Bin::Less, y, x)?,
            Compare::AtLeast => self.bin(Bin::AtMost, y, x)?,
        };
        Some(Low { num, den: YES, missing })
    }

    fn whole(&mut self, value: Low) -> Option<Arg> {
        self.bin(Bin::Floor, value.num, value.den)
    }

    fn node(&mut self, node: &Node) -> Option<Low> {
        Some(match node {
            Node::Num(ratio, _) => self.constant(*ratio)?,
            Node::Text(_) | Node::Fact(_) => return None,
            Node::Award(_) => self.award?,
            Node::Column(place) => {
                let step = *self.compiled.steps.get(*place)?;
                let load = self.program.loads.iter().find(|load| load.column == *place)?;
                if load.texts.is_some() {
                    return None;
                }
                let (num, missing) = (Arg::Slot(load.slot), load.missing.map(Arg::Slot));
                let step = self.constant(step)?;
                Low { num, den: step.den, missing }
            }
            Node::Let(place) => self.named(*place)?,
            Node::Not(a) => {
                let a = self.node(a)?;
                Low { num: self.not(a.num)?, ..a }
            }
            Node::Neg(a) => {
                let a = self.node(a)?;
                Low { num: self.bin(Bin::Sub, NO, a.num)?, ..a }
            }
            Node::Binary(op, a, b) => {
                let (a, b) = (self.node(a)?, self.node(b)?);
                match op {
                    Op::Add => self.joined(Bin::Add, a, b)?,
                    Op::Sub => self.joined(Bin::Sub, a, b)?,
                    Op::Mul => self.times(a, b)?,
                    Op::Div | Op::Share => self.over(a, b)?,
                    // What decides before the other side is looked at may leave it missing.
                    Op::And | Op::Or if a.missing.is_some() || b.missing.is_some() => return None,
                    Op::And => self.joined(Bin::And, a, b)?,
                    Op::Or => self.joined(Bin::Or, a, b)?,
                }
            }
            Node::Compare(compare, a, b) => {
                let (a, b) = (self.node(a)?, self.node(b)?);
                self.compare(*compare, a, b)?
            }
            Node::SameText(same, a, b) => {
                let (mask, missing) = self.same_text(a, b)?;
                let num = if *same { mask } else { self.not(mask)? };
                Low { num, den: YES, missing }
            }
            Node::If(condition, yes, no) => {
                let condition = self.node(condition)?;
                let (yes, no) = (self.node(yes)?, self.node(no)?);
                let found = self.chosen(condition.num, yes, no)?;
                Low { missing: self.either(condition.missing, found.missing)?, ..found }
            }
            Node::Min(all) | Node::Max(all) => {
                let op = if matches!(node, Node::Min(_)) { Bin::Min } else { Bin::Max };
                let (first, rest) = all.split_first()?;
                let mut best = self.node(first)?;
                for other in rest {
                    let other = self.node(other)?;
                    best = self.joined(op, best, other)?;
                }
                best
            }
            Node::Units(part, of, unit) => {
                let (of, unit) = (self.node(of)?, self.node(unit)?);
                if matches!(unit.num, Arg::Const(n) if n <= 0) {
                    return None;
                }
                let num = self.bin(Bin::Max, of.num, NO)?;
                let count = self.over(Low { num, ..of }, unit)?;
                match part {
                    Part::Exact => count,
                    Part::Started => {
                        Low { num: self.bin(Bin::Ceil, count.num, count.den)?, den: YES, ..count }
                    }
                    Part::Completed => Low { num: self.whole(count)?, den: YES, ..count },
                }
            }
            Node::Band(band) => self.band(band)?,
            Node::Slices(slices) => self.slices(slices)?,
            Node::Call(function, arguments) => self.call(*function, arguments)?,
            Node::At(place, day) => {
                let day = self.node(day)?;
                self.at(*place, day)?
            }
            Node::Today(place) => {
                let parameter = self.compiled.policy.parameters.get(*place)?;
                match parameter.on(self.today?) {
                    Some(Constant::Num(ratio, _)) => self.constant(*ratio)?,
                    _ => return None,
                }
            }
            Node::EachDay(from, to, rate) => self.each_day(from, to, rate)?,
            Node::Default(value, other) => {
                let (value, other) = (self.node(value)?, self.node(other)?);
                match value.missing {
                    None => value,
                    Some(missing) => {
                        let whole = Low { missing: None, ..value };
                        self.chosen(missing, other, whole)?
                    }
                }
            }
            Node::Known(value) => {
                let missing = match &**value {
                    Node::Column(place) => {
                        let load = self.program.loads.iter().find(|load| load.column == *place)?;
                        load.missing.map(Arg::Slot)
                    }
                    value => self.node(value)?.missing,
                };
                let num = match missing {
                    Some(missing) => self.not(missing)?,
                    None => YES,
                };
                Low { num, den: YES, missing: None }
            }
        })
    }

    /// A name of `[let]`: once, and its faults count wherever it is used.
    fn named(&mut self, place: usize) -> Option<Low> {
        if let Some(known) = self.lets.get(place).copied().flatten() {
            return Some(known);
        }
        let compiled = self.compiled;
        let (mask, today) = (self.mask.take(), self.today.take());
        let found = self.node(compiled.lets.get(place)?)?;
        (self.mask, self.today) = (mask, today);
        *self.lets.get_mut(place)? = Some(found);
        Some(found)
    }

    fn same_text(&mut self, a: &Node, b: &Node) -> Option<(Arg, Option<Arg>)> {
        match (a, b) {
            (Node::Text(a), Node::Text(b)) => Some((Arg::Const(i64::from(a == b)), None)),
            (Node::Column(place), Node::Text(text)) | (Node::Text(text), Node::Column(place)) => {
                let load = self.program.loads.iter().find(|load| load.column == *place)?;
                let code = load.texts.as_ref()?.iter().position(|known| known == text)?;
                let (slot, missing) = (load.slot, load.missing.map(Arg::Slot));
                let code = Arg::Const(i64::try_from(code).ok()?);
                Some((self.bin(Bin::Equal, Arg::Slot(slot), code)?, missing))
            }
            _ => None,
        }
    }

    fn band(&mut self, band: &Band) -> Option<Low> {
        let of = if band.texts { None } else { Some(self.node(&band.of)?) };
        let mut found = self.node(&band.other)?;
        let mut missing = of.and_then(|of| of.missing);
        for (compare, limit, value) in band.arms.iter().rev() {
            let mask = match of {
                Some(of) => {
                    let limit = self.node(limit)?;
                    if limit.missing.is_some() {
                        return None;
                    }
                    self.compare(*compare, Low { missing: None, ..of }, limit)?.num
                }
                None => {
                    let (mask, gone) = self.same_text(&band.of, limit)?;
                    missing = missing.or(gone);
                    match compare {
                        Compare::Equal => mask,
                        Compare::Differs => self.not(mask)?,
                        _ => return None,
                    }
                }
            };
            let value = self.node(value)?;
            found = self.chosen(mask, value, found)?;
        }
        Some(Low { missing: self.either(missing, found.missing)?, ..found })
    }

    fn slices(&mut self, slices: &Slices) -> Option<Low> {
        let of = self.node(&slices.of)?;
        let nothing = self.constant(Ratio::ZERO)?;
        let (mut sum, mut from) = (nothing, nothing);
        for (limit, rate) in &slices.arms {
            let (limit, rate) = (self.node(limit)?, self.node(rate)?);
            let upto = self.joined(Bin::Min, of, limit)?;
            let part = self.joined(Bin::Sub, upto, from)?;
            let part = self.joined(Bin::Max, part, nothing)?;
            let part = self.times(part, rate)?;
            sum = self.joined(Bin::Add, sum, part)?;
            from = self.joined(Bin::Max, from, limit)?;
        }
        let rate = self.node(&slices.other)?;
        let part = self.joined(Bin::Sub, of, from)?;
        let part = self.joined(Bin::Max, part, nothing)?;
        let part = self.times(part, rate)?;
        self.joined(Bin::Add, sum, part)
    }

    fn call(&mut self, function: Function, arguments: &[Node]) -> Option<Low> {
        let a = self.node(arguments.first()?)?;
        let b = match arguments.get(1) {
            Some(b) => self.node(b)?,
            None => self.constant(Ratio::ZERO)?,
        };
        let missing = self.either(a.missing, b.missing)?;
        let (a, b) = (self.whole(a)?, self.whole(b)?);
        if let Function::Days = function {
            return Some(Low { num: self.bin(Bin::Sub, b, a)?, den: YES, missing });
        }
        if let Function::YearFraction(count) = function {
            let den = match count {
                DayCount::Act365 => 365,
                DayCount::Act360 => 360,
                _ => return None,
            };
            let days = self.bin(Bin::Sub, b, a)?;
            let num = self.bin(Bin::Max, days, NO)?;
            return Some(Low { num, den: Arg::Const(den), missing });
        }
        let (to, mask) = (self.slot()?, self.mask);
        self.program.code.push(Ins::Apply { to, function, a, b, mask });
        Some(Low { num: Arg::Slot(to), den: YES, missing })
    }

    fn at(&mut self, place: usize, day: Low) -> Option<Low> {
        let parameter = self.compiled.policy.parameters.get(place)?;
        let mut den: i64 = 1;
        for (_, value) in &parameter.values {
            let Constant::Num(ratio, _) = value else { return None };
            let own = i64::try_from(ratio.denominator()).ok()?;
            den = (den / gcd(den, own)).checked_mul(own)?;
        }
        let mut values = Vec::with_capacity(parameter.values.len());
        for (from, value) in &parameter.values {
            let Constant::Num(ratio, _) = value else { return None };
            let scaled = ratio.mul(Ratio::whole(i128::from(den)))?;
            values.push((from.unwrap_or(i64::MIN), i64::try_from(scaled.numerator()).ok()?));
        }
        let (missing, day) = (day.missing, self.whole(day)?);
        let (to, mask) = (self.slot()?, self.mask);
        self.program.code.push(Ins::Lookup { to, day, values: values.into(), mask });
        Some(Low { num: Arg::Slot(to), den: Arg::Const(den), missing })
    }

    /// The days of each stretch between two changes, times what holds in it.
    fn each_day(&mut self, from: &Node, to: &Node, rate: &Node) -> Option<Low> {
        let (from, to) = (self.node(from)?, self.node(to)?);
        let missing = self.either(from.missing, to.missing)?;
        let (from, to) = (self.whole(from)?, self.whole(to)?);
        let mut walked = Vec::new();
        parameters_in(rate, &mut walked);
        let mut changes: Vec<i64> = Vec::new();
        let mut first = i64::MIN;
        for place in walked {
            let parameter = self.compiled.policy.parameters.get(place)?;
            let days: Vec<i64> = parameter.values.iter().filter_map(|(from, _)| *from).collect();
            first = first.max(*days.first()?);
            changes.extend(days);
        }
        changes.retain(|day| *day >= first);
        changes.sort_unstable();
        changes.dedup();
        if changes.is_empty() {
            changes.push(first);
        }
        if changes.len() > MOST_STRETCHES {
            return None;
        }
        if first > i64::MIN {
            // A day before the first rate is a fault, if there is one at all.
            let early = self.bin(Bin::Less, from, Arg::Const(first - 1))?;
            let some = self.bin(Bin::Less, from, to)?;
            let a = self.bin(Bin::And, early, some)?;
            let mask = self.mask;
            self.program.code.push(Ins::Mark { a, mask });
        }
        let mut sum = self.constant(Ratio::ZERO)?;
        let outer = self.today;
        for (at, start) in changes.iter().enumerate() {
            let low = match *start {
                i64::MIN => from,
                start => self.bin(Bin::Max, from, Arg::Const(start - 1))?,
            };
            let high = match changes.get(at + 1) {
                Some(next) => self.bin(Bin::Min, to, Arg::Const(next - 1))?,
                None => to,
            };
            let days = self.bin(Bin::Sub, high, low)?;
            let num = self.bin(Bin::Max, days, NO)?;
            self.today = Some(*start);
            let rate = self.node(rate)?;
            self.today = outer;
            // Of no days at all a missing rate would not be missed.
            if rate.missing.is_some() {
                return None;
            }
            let part = self.times(Low { num, den: YES, missing: None }, rate)?;
            sum = self.joined(Bin::Add, sum, part)?;
        }
        Some(Low { missing: self.either(missing, sum.missing)?, ..sum })
    }

    fn check(&mut self, node: &Node, check: &Check) -> Option<Arg> {
        let (found, missing) = match (&check.asks, node) {
            (Asks::Texts(texts), Node::Column(place)) => {
                let load = self.program.loads.iter().find(|load| load.column == *place)?;
                let known = load.texts.as_ref()?;
                let mut bits = 0_u64;
                for text in texts {
                    bits |= 1_u64
                        .checked_shl(u32::try_from(known.iter().position(|k| k == text)?).ok()?)?;
                }
                let (code, missing) = (Arg::Slot(load.slot), load.missing.map(Arg::Slot));
                let to = self.slot()?;
                self.program.code.push(Ins::Among { to, code, bits });
                (Arg::Slot(to), missing)
            }
            (Asks::Texts(_), _) => return None,
            (Asks::Spans(spans), node) => {
                let value = self.node(node)?;
                let mut any = NO;
                for span in spans {
                    let mut inside = YES;
                    for (end, closed, open) in [
                        (span.low, Compare::AtLeast, Compare::More),
                        (span.high, Compare::AtMost, Compare::Less),
                    ] {
                        let Some((limit, is_closed)) = end else { continue };
                        let limit = self.constant(limit)?;
                        let compare = if is_closed { closed } else { open };
                        let own = Low { missing: None, ..value };
                        let one = self.compare(compare, own, limit)?.num;
                        inside = self.bin(Bin::And, inside, one)?;
                    }
                    any = self.bin(Bin::Or, any, inside)?;
                }
                (any, value.missing)
            }
        };
        let passes = if check.not { self.not(found)? } else { found };
        match missing {
            None => Some(passes),
            Some(missing) => self.select(missing, Arg::Const(i64::from(check.missing)), passes),
        }
    }

    fn rules(&mut self) -> Option<()> {
        let compiled = self.compiled;
        let combine = compiled.policy.combine;
        let mut held: Vec<Arg> = Vec::with_capacity(compiled.rules.len());
        let mut before = NO;
        for rule in &compiled.rules {
            let mut holds = YES;
            for (node, check) in &rule.cells {
                let one = self.check(node, check)?;
                holds = self.bin(Bin::And, holds, one)?;
            }
            match combine {
                Combine::First => {
                    let free = self.not(before)?;
                    let own = self.bin(Bin::And, holds, free)?;
                    before = self.bin(Bin::Or, before, holds)?;
                    holds = own;
                }
                Combine::Unique => {
                    let a = self.bin(Bin::And, holds, before)?;
                    self.mark(a)?;
                    before = self.bin(Bin::Or, before, holds)?;
                }
                Combine::Sum | Combine::Largest | Combine::Smallest => {}
            }
            held.push(holds);
            self.program.rules.push((rule.place, holds));
        }
        let mut excluded = NO;
        for (rule, holds) in compiled.rules.iter().zip(&held).rev() {
            if rule.excludes {
                let place = Arg::Const(i64::from(rule.place) + 1);
                excluded = self.select(*holds, place, excluded)?;
            }
        }
        self.program.excluded = (excluded != NO).then_some(excluded);
        for form in 0..compiled.forms.len() {
            let out = self.form(form, &held)?;
            self.program.forms.push(out);
        }
        Some(())
    }

    fn mark(&mut self, a: Arg) -> Option<()> {
        match a {
            Arg::Const(0) => Some(()),
            // Every row would be marked.
            Arg::Const(_) => None,
            Arg::Slot(_) => {
                let mask = self.mask;
                self.program.code.push(Ins::Mark { a, mask });
                Some(())
            }
        }
    }

    fn form(&mut self, form: usize, held: &[Arg]) -> Option<FormOut> {
        let compiled = self.compiled;
        let nothing = self.constant(Ratio::ZERO)?;
        let (mut has, mut value, mut winner) = (NO, nothing, NO);
        let mut parts: Vec<(u16, Arg, Low)> = Vec::new();
        for (rule, holds) in compiled.rules.iter().zip(held) {
            let Some(node) = rule.amounts.get(form).and_then(Option::as_ref) else { continue };
            self.mask = match holds {
                Arg::Slot(slot) => Some(*slot),
                Arg::Const(_) => None,
            };
            let amount = self.node(node)?;
            if let Some(missing) = amount.missing {
                self.mark(missing)?;
            }
            let num = self.bin(Bin::Max, amount.num, NO)?;
            // Where the rule does not hold, nobody asked whether its divisor is above zero.
            let den = match amount.den {
                Arg::Const(den) => Arg::Const(den),
                den => self.select(*holds, den, YES)?,
            };
            let amount = Low { num, den, missing: None };
            // From here on a fault is one of all rules together.
            self.mask = None;
            let place = Arg::Const(i64::from(rule.place));
            match compiled.policy.combine {
                Combine::Sum => {
                    parts.push((rule.place, *holds, amount));
                    let own = self.chosen(*holds, amount, nothing)?;
                    value = self.joined(Bin::Add, value, own)?;
                }
                combine => {
                    let better = match combine {
                        Combine::Largest => self.compare(Compare::More, amount, value)?.num,
                        Combine::Smallest => self.compare(Compare::Less, amount, value)?.num,
                        _ => YES,
                    };
                    let none = self.not(has)?;
                    let better = self.bin(Bin::Or, better, none)?;
                    let takes = self.bin(Bin::And, *holds, better)?;
                    value = self.chosen(takes, amount, value)?;
                    winner = self.select(takes, place, winner)?;
                }
            }
            has = self.bin(Bin::Or, has, *holds)?;
        }
        self.mask = match has {
            Arg::Slot(slot) => Some(slot),
            Arg::Const(_) => None,
        };
        let plan = compiled.forms.get(form)?;
        let before = self.rounded(value, form)?;
        let mut bounded = value;
        for (node, op) in [(&plan.min, Bin::Max), (&plan.max, Bin::Min)] {
            if let Some(node) = node {
                let limit = self.filled(node)?;
                bounded = self.joined(op, bounded, limit)?;
            }
        }
        if plan.max.is_some() {
            bounded = Low { num: self.bin(Bin::Max, bounded.num, NO)?, ..bounded };
        }
        let net = self.rounded(bounded, form)?;
        let tax = match (&plan.tax, compiled.policy.tax) {
            (Some(node), Tax::Included | Tax::Added) => {
                self.award = Some(bounded);
                let part = self.filled(node)?;
                self.award = None;
                let num = self.bin(Bin::Max, part.num, NO)?;
                let part = self.rounded(Low { num, ..part }, form)?;
                Some(match compiled.policy.tax {
                    Tax::Included => self.bin(Bin::Min, part, net)?,
                    _ => part,
                })
            }
            _ => None,
        };
        let net = match (tax, compiled.policy.tax) {
            (Some(tax), Tax::Added) => self.bin(Bin::Add, net, tax)?,
            _ => net,
        };
        let due = match &plan.due {
            Some(node) => {
                let day = self.filled(node)?;
                Some(self.whole(day)?)
            }
            None => None,
        };
        let from = match compiled.policy.combine {
            // Parts are compared as whole numbers, which takes one denominator for all rows.
            Combine::Sum if matches!(value.den, Arg::Slot(_)) => return None,
            Combine::Sum => {
                let mut alike = Vec::with_capacity(parts.len());
                for (place, holds, amount) in parts {
                    // Over the denominator of the sum, so that whole numbers compare.
                    let zero = Low { num: NO, den: value.den, missing: None };
                    let (num, _, _) = self.alike(amount, zero)?;
                    alike.push((place, holds, num));
                }
                From::Sum(alike)
            }
            _ => From::One(winner),
        };
        self.mask = None;
        Some(FormOut { has, before, net, tax, due, from })
    }

    /// A value that has to be there.
    fn filled(&mut self, node: &Node) -> Option<Low> {
        let found = self.node(node)?;
        if let Some(missing) = found.missing {
            self.mark(missing)?;
        }
        Some(Low { missing: None, ..found })
    }

    fn rounded(&mut self, value: Low, form: usize) -> Option<Arg> {
        let plan = self.compiled.forms.get(form)?;
        let unit = self.constant(plan.unit)?;
        let steps = self.over(value, unit)?;
        let (to, mode) = (self.slot()?, self.compiled.mode(form));
        self.program.code.push(Ins::Round { to, num: steps.num, den: steps.den, mode });
        self.bin(Bin::Mul, Arg::Slot(to), Arg::Const(plan.step))
    }
}

/// The columns that a node reads, and the texts that they are compared with.
fn columns_in(node: &Node, used: &mut Vec<usize>, texts: &mut Vec<(usize, Arc<str>)>) {
    let mut compared = |a: &Node, b: &Node| {
        if let (Node::Column(place), Node::Text(text)) | (Node::Text(text), Node::Column(place)) =
            (a, b)
        {
            texts.push((*place, Arc::clone(text)));
        }
    };
    match node {
        Node::Column(place) => used.push(*place),
        Node::SameText(_, a, b) => compared(a, b),
        Node::Band(band) if band.texts => {
            band.arms.iter().for_each(|(_, limit, _)| compared(&band.of, limit));
        }
        _ => {}
    }
    node.parts().into_iter().for_each(|part| columns_in(part, used, texts));
}

/// The parameters that are looked up on the day that is walked through.
fn parameters_in(node: &Node, walked: &mut Vec<usize>) {
    if let Node::Today(place) = node
        && !walked.contains(place)
    {
        walked.push(*place);
    }
    node.parts().into_iter().for_each(|part| parameters_in(part, walked));
}
