//! Names and units: a tree as written becomes one that is proved.
//!
//! The file is long because the functions of the language stand together, each with its units.

use std::cell::RefCell;

use super::dates::DayCount;
use super::node::{Amount, Band, Function, Node, Op, Parameter, Part, Slices};
use super::parse::{Argument, Ast, Compare, Is, Sign};
use super::{AmountError, Kind, Ratio};
use crate::compensation::columns::{Columns, value_ratio};
use crate::decision::Value;
use crate::diag::{TextRange, nearest};
use crate::units::Percent;

/// The names that an amount may use.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) columns: &'a Columns,
    pub(crate) lets: &'a [(String, Kind)],
    pub(crate) parameters: &'a [Parameter],
    /// The kind of a fact, if there is one of that name and kind.
    pub(crate) fact: &'a dyn Fn(&str) -> Option<Kind>,
    /// Every fact, for the nearest name.
    pub(crate) fact_names: &'a [String],
    /// The facts that were used, in the order in which they were first met.
    pub(crate) used: &'a RefCell<Vec<(String, Kind)>>,
    /// The calendars that there are.
    pub(crate) calendars: &'a [String],
    /// Whether columns may be used: limits and eligibility see the incident alone.
    pub(crate) rows: bool,
    /// The places of the columns that are never empty here, whatever they may be elsewhere.
    pub(crate) filled: &'a [usize],
    /// What `award` is measured in, where there is one to be asked about.
    pub(crate) award: Option<Kind>,
}

const FUNCTIONS: [&str; 28] = [
    "if",
    "min",
    "max",
    "started",
    "completed",
    "exact",
    "band",
    "slices",
    "days",
    "months",
    "working_days",
    "plus_days",
    "plus_months",
    "plus_working_days",
    "date",
    "start_of_month",
    "start_of_quarter",
    "start_of_year",
    "days_in_month",
    "days_in_quarter",
    "days_in_year",
    "year_fraction",
    "at",
    "each_day",
    "share",
    "default",
    "known",
    "in",
];

/// Where in an amount a name stands.
#[derive(Clone, Copy)]
struct Around {
    /// Whether a missing value is provided for.
    guarded: bool,
    /// Whether a day is walked through.
    each_day: bool,
}

pub(super) fn check(tree: &Ast, scope: &Scope<'_>) -> Result<Amount, AmountError> {
    scope.tree(tree, Around { guarded: false, each_day: false })
}

fn units(what: impl Into<String>, range: TextRange) -> AmountError {
    AmountError::new("amount-units", what, range)
}

fn amount(node: Node, kind: Kind) -> Amount {
    Amount { node, kind }
}

fn boxed(amount: Amount) -> Box<Node> {
    Box::new(amount.node)
}

impl Scope<'_> {
    fn tree(&self, tree: &Ast, around: Around) -> Result<Amount, AmountError> {
        let number = |value: Value, kind| {
            let too_long = || units("the number has too many digits", tree.range);
            Ok(amount(Node::Num(value_ratio(&value).ok_or_else(too_long)?, kind), kind))
        };
        match &tree.is {
            Is::Number(d) => number(Value::Number(*d), Kind::Number),
            Is::Percent(d) => number(Value::Percent(Percent(*d)), Kind::Percent),
            Is::Money(m) => number(Value::Money(*m), Kind::Money(m.currency)),
            Is::Duration(s) => number(Value::Duration(*s), Kind::Duration),
            Is::Date(d) => number(Value::Date(*d), Kind::Date),
            Is::Instant(i) => number(Value::Timestamp(*i), Kind::Instant),
            Is::Flag(yes) => number(Value::Boolean(*yes), Kind::Flag),
            Is::Text(text) => Ok(amount(Node::Text(text.as_str().into()), Kind::Text)),
            Is::Name(name) => self.name(name, tree.range, around),
            Is::Negative(inner) => {
                let inner_range = inner.range;
                let inner = self.tree(inner, around)?;
                if !inner.kind.adds_up() {
                    return Err(units(format!("{} has no negative", inner.kind), inner_range));
                }
                Ok(amount(Node::Neg(Box::new(inner.node)), inner.kind))
            }
            Is::Not(inner) => {
                let inner = self.of_kind(inner, Kind::Flag, around)?;
                Ok(amount(Node::Not(Box::new(inner.node)), Kind::Flag))
            }
            Is::Binary(sign, a, b) => self.binary(*sign, a, b, tree.range, around),
            Is::Call(name, at, arguments) => self.call(name, *at, arguments, tree.range, around),
        }
    }

    fn of_kind(&self, tree: &Ast, kind: Kind, around: Around) -> Result<Amount, AmountError> {
        let found = self.tree(tree, around)?;
        if found.kind == kind {
            return Ok(found);
        }
        Err(another_kind(found.kind, kind, tree.range))
    }

    /// Values of one kind.
    fn alike(&self, trees: &[&Ast], around: Around) -> Result<(Vec<Node>, Kind), AmountError> {
        let mut nodes = Vec::with_capacity(trees.len());
        let mut kind = None;
        for tree in trees {
            let found = match kind {
                None => self.tree(tree, around)?,
                Some(kind) => self.of_kind(tree, kind, around)?,
            };
            kind = Some(found.kind);
            nodes.push(found.node);
        }
        Ok((nodes, kind.unwrap_or(Kind::Number)))
    }

    fn name(&self, name: &str, range: TextRange, around: Around) -> Result<Amount, AmountError> {
        if let Some((place, column)) =
            self.columns.find(name).and_then(|i| Some((i, self.columns.at(i)?)))
        {
            if !self.rows {
                let what = format!("`{name}` is a column, and this is decided once for all rows");
                return Err(AmountError::new("amount-name", what, range)
                    .help("ask about facts of the incident"));
            }
            if !column.required && !around.guarded && !self.filled.contains(&place) {
                let what = format!("`{name}` may be empty");
                return Err(AmountError::new("amount-missing", what, range).help(format!(
                    "say what then: default({name}, …), or ask the rule for `not(null)`"
                )));
            }
            return Ok(amount(Node::Column(place), column.ty.kind()));
        }
        if let Some(kind) = self.award.filter(|_| name == "award") {
            return Ok(amount(Node::Award(kind), kind));
        }
        if let Some(place) = self.lets.iter().position(|(known, _)| known == name) {
            let kind = self.lets.get(place).map_or(Kind::Number, |(_, kind)| *kind);
            return Ok(amount(Node::Let(place), kind));
        }
        if let Some(place) = self.parameters.iter().position(|p| p.name == name)
            && let Some(parameter) = self.parameters.get(place)
        {
            if !parameter.is_dated() {
                let value = parameter.values.first().map(|(_, value)| value.node());
                return Ok(amount(value.unwrap_or(Node::nothing(parameter.kind)), parameter.kind));
            }
            if around.each_day {
                return Ok(amount(Node::Today(place), parameter.kind));
            }
            let what = format!("`{name}` changes by day");
            return Err(AmountError::new("amount-name", what, range)
                .help(format!("say of which day: at({name}, day)")));
        }
        if let Some(kind) = (self.fact)(name) {
            let mut used = self.used.borrow_mut();
            let place = used.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                used.push((name.to_owned(), kind));
                used.len() - 1
            });
            return Ok(amount(Node::Fact(place), kind));
        }
        let what = format!("`{name}` is no column, no name of [let] or [parameters], and no fact");
        let mut known: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        known.extend(self.lets.iter().map(|(name, _)| name.as_str()));
        known.extend(self.parameters.iter().map(|p| p.name.as_str()));
        known.extend(self.fact_names.iter().map(String::as_str));
        let error = AmountError::new("amount-name", what, range);
        Err(match nearest(name, known) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if FUNCTIONS.contains(&name) => error.help(format!("write `{name}(…)`")),
            None => error.help("declare it in [columns], or put a text in quotes"),
        })
    }

    fn binary(
        &self,
        sign: Sign,
        a: &Ast,
        b: &Ast,
        range: TextRange,
        around: Around,
    ) -> Result<Amount, AmountError> {
        let pair =
            |op, a: Amount, b: Amount, kind| Ok(amount(Node::Binary(op, boxed(a), boxed(b)), kind));
        match sign {
            Sign::And | Sign::Or => {
                let op = if sign == Sign::And { Op::And } else { Op::Or };
                let left = self.of_kind(a, Kind::Flag, around)?;
                pair(op, left, self.of_kind(b, Kind::Flag, around)?, Kind::Flag)
            }
            Sign::Compare(compare) => {
                let left = self.tree(a, around)?;
                let right = self.of_kind(b, left.kind, around)?;
                self.comparable(compare, left.kind, range)?;
                Ok(amount(comparison(compare, left, right), Kind::Flag))
            }
            Sign::Mul | Sign::Div => {
                let (left, right) = (self.tree(a, around)?, self.tree(b, around)?);
                let kind = match sign {
                    Sign::Mul => left.kind.times(right.kind),
                    _ => left.kind.over(right.kind),
                };
                let kind = kind.map_err(|(what, help)| units(what, range).help(help))?;
                pair(if sign == Sign::Mul { Op::Mul } else { Op::Div }, left, right, kind)
            }
            Sign::Add | Sign::Sub => {
                let op = if sign == Sign::Add { Op::Add } else { Op::Sub };
                let left = self.tree(a, around)?;
                let right = self.tree(b, around)?;
                let kind = match (op, left.kind, right.kind) {
                    (_, x, y) if x == y && x.adds_up() => x,
                    (_, Kind::Instant, Kind::Duration) => Kind::Instant,
                    (Op::Sub, Kind::Instant, Kind::Instant) => Kind::Duration,
                    (Op::Sub, Kind::Date, Kind::Date) => {
                        return Err(units("a date minus a date has no unit", range).help(
                            "count days: days(from, to), or working_days(from, to, 'calendar')",
                        ));
                    }
                    (_, Kind::Date, _) => {
                        return Err(units(
                            format!("a date and {} cannot be added", right.kind),
                            range,
                        )
                        .help(
                            "write plus_days(date, 3) or plus_working_days(date, 3, 'calendar')",
                        ));
                    }
                    (_, x, y) => {
                        let verb = if op == Op::Add { "added to" } else { "taken from" };
                        let (one, other) = if op == Op::Add { (x, y) } else { (y, x) };
                        let error = units(format!("{one} cannot be {verb} {other}"), range);
                        return Err(mended(error, y, x));
                    }
                };
                pair(op, left, right, kind)
            }
        }
    }

    fn comparable(&self, compare: Compare, kind: Kind, at: TextRange) -> Result<(), AmountError> {
        if kind.has_order() || matches!(compare, Compare::Equal | Compare::Differs) {
            return Ok(());
        }
        Err(units(format!("{kind} has no order for `{}`", compare.sign()), at)
            .help("compare it with = or !="))
    }

    fn call(
        &self,
        name: &str,
        at: TextRange,
        arguments: &[Argument],
        range: TextRange,
        around: Around,
    ) -> Result<Amount, AmountError> {
        if matches!(name, "band" | "slices") {
            return self.ladder(name, arguments, range, around);
        }
        let mut plain = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match argument {
                Argument::Plain(tree) => plain.push(tree),
                Argument::Arm(_, tree, _) | Argument::Else(tree) => {
                    let what = format!("`{name}` has no arms");
                    return Err(AmountError::new("amount-arguments", what, tree.range)
                        .help("`< limit: value` stands in band(…) and slices(…)"));
                }
            }
        }
        let wrong = |form: &str| {
            let what = format!("`{name}` is given {} values", plain.len());
            Err(AmountError::new("amount-arguments", what, range).help(format!("write {form}")))
        };
        let flag = |node| Ok(amount(node, Kind::Flag));
        let dated = |function, trees: &[&Ast], kinds: &[Kind], kind| {
            let nodes: Result<Vec<Node>, AmountError> = trees
                .iter()
                .zip(kinds)
                .map(|(tree, kind)| self.of_kind(tree, *kind, around).map(|a| a.node))
                .collect();
            Ok(amount(Node::Call(function, nodes?), kind))
        };
        let two_days = [Kind::Date, Kind::Date];
        let day_and_count = [Kind::Date, Kind::Number];
        match (name, plain.as_slice()) {
            ("if", [condition, yes, no]) => {
                let condition = self.of_kind(condition, Kind::Flag, around)?;
                let (mut nodes, kind) = self.alike(&[yes, no], around)?;
                let (no, yes) = (nodes.pop(), nodes.pop());
                let value = |node: Option<Node>| Box::new(node.unwrap_or(Node::nothing(kind)));
                Ok(amount(Node::If(boxed(condition), value(yes), value(no)), kind))
            }
            ("if", _) => wrong("if(condition, value, other)"),
            ("min" | "max", [first, _, ..]) => {
                let (nodes, kind) = self.alike(&plain, around)?;
                if !kind.has_order() {
                    return Err(units(format!("{kind} has no order for `{name}`"), first.range));
                }
                let node = if name == "min" { Node::Min(nodes) } else { Node::Max(nodes) };
                Ok(amount(node, kind))
            }
            ("min" | "max", _) => wrong(&format!("{name}(value, value, …)")),
            ("started" | "completed" | "exact", [of, unit]) => {
                let (mut nodes, kind) = self.alike(&[of, unit], around)?;
                if !kind.adds_up() {
                    return Err(units(format!("{kind} is not made of units"), of.range)
                        .help("count a duration, money or a number"));
                }
                let part = match name {
                    "started" => Part::Started,
                    "completed" => Part::Completed,
                    _ => Part::Exact,
                };
                let unit = nodes.pop().unwrap_or(Node::nothing(kind));
                let of = nodes.pop().unwrap_or(Node::nothing(kind));
                Ok(amount(Node::Units(part, Box::new(of), Box::new(unit)), Kind::Number))
            }
            ("started" | "completed" | "exact", _) => wrong(&format!("{name}(duration, 1h)")),
            ("days", [_, _]) => dated(Function::Days, &plain, &two_days, Kind::Number),
            ("months", [_, _]) => dated(Function::Months, &plain, &two_days, Kind::Number),
            ("days" | "months", _) => wrong(&format!("{name}(from, to)")),
            ("plus_days", [_, _]) => dated(Function::PlusDays, &plain, &day_and_count, Kind::Date),
            ("plus_months", [_, _]) => {
                dated(Function::PlusMonths, &plain, &day_and_count, Kind::Date)
            }
            ("plus_days" | "plus_months", _) => wrong(&format!("{name}(date, 3)")),
            ("working_days", [from, to, calendar]) => {
                let function = Function::WorkingDays(self.calendar(calendar)?);
                dated(function, &[from, to], &two_days, Kind::Number)
            }
            ("working_days", _) => wrong("working_days(from, to, 'calendar')"),
            ("plus_working_days", [from, count, calendar]) => {
                let function = Function::PlusWorkingDays(self.calendar(calendar)?);
                dated(function, &[from, count], &day_and_count, Kind::Date)
            }
            ("plus_working_days", _) => wrong("plus_working_days(date, 3, 'calendar')"),
            ("date", [moment]) => dated(Function::DateOf, &[moment], &[Kind::Instant], Kind::Date),
            ("date", _) => wrong("date(timestamp)"),
            ("start_of_month", [day]) => {
                let function = Function::StartOf { months: 1, first_month: 1 };
                dated(function, &[day], &[Kind::Date], Kind::Date)
            }
            ("start_of_month", _) => wrong("start_of_month(date)"),
            ("start_of_quarter" | "start_of_year", [day, rest @ ..]) if rest.len() <= 1 => {
                let months = if name == "start_of_year" { 12 } else { 3 };
                let first_month = match rest.first() {
                    Some(month) => self.month(month)?,
                    None => 1,
                };
                let function = Function::StartOf { months, first_month };
                dated(function, &[day], &[Kind::Date], Kind::Date)
            }
            ("start_of_quarter" | "start_of_year", _) => {
                wrong(&format!("{name}(date), or {name}(date, first month of the year)"))
            }
            ("days_in_month" | "days_in_quarter" | "days_in_year", [day]) => {
                let months = match name {
                    "days_in_month" => 1,
                    "days_in_quarter" => 3,
                    _ => 12,
                };
                dated(Function::DaysIn { months }, &[day], &[Kind::Date], Kind::Number)
            }
            ("days_in_month" | "days_in_quarter" | "days_in_year", _) => {
                wrong(&format!("{name}(date)"))
            }
            ("year_fraction", [from, to, convention]) => {
                let names = DayCount::NAMES.map(|(name, _)| name);
                let named = self.word(convention, &names, "day count")?;
                let count = DayCount::NAMES.get(named).map_or(DayCount::Act365, |(_, c)| *c);
                dated(Function::YearFraction(count), &[from, to], &two_days, Kind::Number)
            }
            ("year_fraction", _) => wrong("year_fraction(from, to, 'act/365')"),
            ("at", [parameter, day]) => {
                let place = match &parameter.is {
                    Is::Name(name) => self.parameters.iter().position(|p| p.name == *name),
                    _ => None,
                };
                let Some((place, found)) = place.and_then(|i| Some((i, self.parameters.get(i)?)))
                else {
                    let what = "`at` looks up a name of [parameters]";
                    return Err(AmountError::new("amount-name", what, parameter.range).help(
                        "write at(rate, day), with rate = { 2026-04-01 = … } in [parameters]",
                    ));
                };
                let day = self.of_kind(day, Kind::Date, around)?;
                Ok(amount(Node::At(place, boxed(day)), found.kind))
            }
            ("at", _) => wrong("at(rate, day)"),
            ("each_day", [from, to, rate]) => {
                let from = self.of_kind(from, Kind::Date, around)?;
                let to = self.of_kind(to, Kind::Date, around)?;
                let range = rate.range;
                let rate = self.tree(rate, Around { each_day: true, ..around })?;
                if !rate.kind.adds_up() {
                    return Err(units(format!("{} cannot be added up by day", rate.kind), range));
                }
                let kind = rate.kind;
                Ok(amount(Node::EachDay(boxed(from), boxed(to), boxed(rate)), kind))
            }
            ("each_day", _) => wrong("each_day(from, to, rate)"),
            ("share", [part, whole]) => {
                let (mut nodes, kind) = self.alike(&[part, whole], around)?;
                if !kind.adds_up() {
                    return Err(units(format!("{kind} has no share"), part.range));
                }
                let whole = Box::new(nodes.pop().unwrap_or(Node::nothing(kind)));
                let part = Box::new(nodes.pop().unwrap_or(Node::nothing(kind)));
                Ok(amount(Node::Binary(Op::Share, part, whole), Kind::Percent))
            }
            ("share", _) => wrong("share(part, whole)"),
            ("default", [value, other]) => {
                let value = self.tree(value, Around { guarded: true, ..around })?;
                let other = self.of_kind(other, value.kind, around)?;
                let kind = value.kind;
                Ok(amount(Node::Default(boxed(value), boxed(other)), kind))
            }
            ("default", _) => wrong("default(value, value where it is not known)"),
            ("known", [value]) => {
                let value = self.tree(value, Around { guarded: true, ..around })?;
                flag(Node::Known(boxed(value)))
            }
            ("known", _) => wrong("known(value)"),
            ("in", [of, _, ..]) => {
                let value = self.tree(of, around)?;
                let mut any: Option<Node> = None;
                for tree in plain.iter().skip(1) {
                    let other = self.of_kind(tree, value.kind, around)?;
                    let one = comparison(Compare::Equal, value.clone(), other);
                    any = Some(match any {
                        None => one,
                        Some(before) => Node::Binary(Op::Or, Box::new(before), Box::new(one)),
                    });
                }
                flag(any.unwrap_or(Node::nothing(Kind::Flag)))
            }
            ("in", _) => wrong("in(value, 'gold', 'silver')"),
            _ => {
                let what = format!("there is no function `{name}`");
                let error = AmountError::new("amount-name", what, at);
                Err(match nearest(name, FUNCTIONS) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help(format!("the functions are {}", FUNCTIONS.join(", "))),
                })
            }
        }
    }

    /// `band(x, < limit: value, …, else: value)` and `slices(x, <= limit: rate, …, else: rate)`.
    fn ladder(
        &self,
        name: &str,
        arguments: &[Argument],
        range: TextRange,
        around: Around,
    ) -> Result<Amount, AmountError> {
        let form = match name {
            "band" => "band(delay, < 1h: 0%, < 2h: 25%, else: 50%)",
            _ => "slices(amount, <= 100 MXN: 10%, <= 1000 MXN: 5%, else: 0%)",
        };
        let wrong = |what: &str, range| {
            Err(AmountError::new("amount-arguments", format!("`{name}` {what}"), range)
                .help(format!("write {form}")))
        };
        let [Argument::Plain(of), arms @ .., Argument::Else(other)] = arguments else {
            return wrong("needs a value first and `else: …` last", range);
        };
        let of_range = of.range;
        let of = self.tree(of, around)?;
        let mut found = Vec::with_capacity(arms.len());
        let mut kind: Option<Kind> = None;
        let mut limits: Vec<Ratio> = Vec::new();
        for arm in arms {
            let (compare, limit, value) = match arm {
                Argument::Arm(compare, limit, value) => (*compare, limit, value),
                Argument::Plain(tree) | Argument::Else(tree) => {
                    return wrong("has a value without its limit", tree.range);
                }
            };
            let at = limit.range;
            let limit = self.of_kind(limit, of.kind, around)?;
            let value = match kind {
                None => self.tree(value, around)?,
                Some(kind) => self.of_kind(value, kind, around)?,
            };
            kind = Some(value.kind);
            self.comparable(compare, of.kind, at)?;
            if name == "slices" {
                if !matches!(compare, Compare::Less | Compare::AtMost) {
                    return wrong("goes upwards: each limit is written with <=", at);
                }
                if let Some(limit) = limit.node.number() {
                    if limits.last().is_some_and(|last| *last >= limit) {
                        return wrong("goes upwards: this limit is no larger than the last", at);
                    }
                    limits.push(limit);
                }
            }
            found.push((compare, limit.node, value.node));
        }
        let other = match kind {
            None => self.tree(other, around)?,
            Some(kind) => self.of_kind(other, kind, around)?,
        };
        if name == "band" {
            let texts = of.kind == Kind::Text;
            let kind = other.kind;
            let band = Band { of: of.node, texts, arms: found, other: other.node };
            return Ok(amount(Node::Band(Box::new(band)), kind));
        }
        if !of.kind.adds_up() {
            return Err(units(format!("{} has no slices", of.kind), of_range));
        }
        let product = of.kind.times(other.kind);
        let kind = product.map_err(|(what, help)| units(what, range).help(help))?;
        let arms = found.into_iter().map(|(_, limit, rate)| (limit, rate)).collect();
        let slices = Slices { of: of.node, arms, other: other.node };
        Ok(amount(Node::Slices(Box::new(slices)), kind))
    }

    /// The place of one of some names that stands as text.
    fn word(&self, tree: &Ast, names: &[&str], what: &str) -> Result<usize, AmountError> {
        let Is::Text(text) = &tree.is else {
            return Err(AmountError::new(
                "amount-arguments",
                format!("the {what} is named by a text"),
                tree.range,
            )
            .help(format!("write it in quotes: '{}'", names.first().unwrap_or(&"name"))));
        };
        names.iter().position(|name| name == text).ok_or_else(|| {
            let error = AmountError::new(
                "amount-name",
                format!("no {what} is called `{text}`"),
                tree.range,
            );
            match nearest(text, names.iter().copied()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None if names.is_empty() => {
                    error.help("add it to the standard: calendar/<name>.toml")
                }
                None => error.help(format!("there are {}", names.join(", "))),
            }
        })
    }

    fn calendar(&self, tree: &Ast) -> Result<usize, AmountError> {
        let names: Vec<&str> = self.calendars.iter().map(String::as_str).collect();
        self.word(tree, &names, "calendar")
    }

    fn month(&self, tree: &Ast) -> Result<u8, AmountError> {
        let number = match &tree.is {
            Is::Number(d) => {
                u8::try_from(*d).ok().filter(|m| (1..=12).contains(m) && d.fract().is_zero())
            }
            _ => None,
        };
        number.ok_or_else(|| {
            AmountError::new("amount-arguments", "the first month is a number", tree.range)
                .help("write 1 to 12")
        })
    }
}

fn comparison(compare: Compare, a: Amount, b: Amount) -> Node {
    if a.kind == Kind::Text {
        return Node::SameText(compare == Compare::Equal, boxed(a), boxed(b));
    }
    Node::Compare(compare, boxed(a), boxed(b))
}

/// That a value is measured in something else than is wanted of it.
pub(super) fn another_kind(found: Kind, wanted: Kind, at: TextRange) -> AmountError {
    mended(units(format!("this is {found}; {wanted} belongs here"), at), found, wanted)
}

/// Adds what to write where a unit was forgotten.
fn mended(error: AmountError, found: Kind, wanted: Kind) -> AmountError {
    match (found, wanted) {
        (Kind::Number, Kind::Money(currency)) | (Kind::Money(currency), Kind::Number) => {
            error.help(format!("write amounts with their currency: 10 {currency}"))
        }
        (Kind::Number, Kind::Percent) | (Kind::Percent, Kind::Number) => error.help(
            "write shares with their sign, such as 5%; share(a, b) makes a percentage of two values",
        ),
        (Kind::Number, Kind::Duration) | (Kind::Duration, Kind::Number) => {
            error.help("write durations with their unit, such as 30m")
        }
        (Kind::Money(_), Kind::Money(_)) => {
            error.help("nothing is converted silently: fee / 1 EUR * 1 MXN * rate says how")
        }
        (Kind::Instant, Kind::Date) => error.help("take its day: date(…)"),
        (Kind::MoneyPerTime(_), Kind::Money(_)) => {
            error.help("multiply by a duration, or count its units: started(duration, 1h)")
        }
        _ => error,
    }
}
