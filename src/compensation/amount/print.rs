//! Amounts as text: what was folded, in the language itself.

use super::dates;
use super::node::{Band, Function, Node, Op, Parameter, Part};
use super::{Kind, Ratio, WorkDays};
use crate::compensation::columns::Columns;
use crate::units::{Instant, Span};

/// The names behind the places of an amount.
#[derive(Clone, Copy)]
pub(crate) struct Names<'n> {
    pub(crate) columns: &'n Columns,
    pub(crate) lets: &'n [(String, Kind)],
    pub(crate) facts: &'n [(String, Kind)],
    pub(crate) parameters: &'n [Parameter],
    pub(crate) calendars: &'n [WorkDays],
}

/// How tightly an operator holds its sides.
const SUM: u8 = 3;
const PRODUCT: u8 = 4;
const ATOM: u8 = 5;

impl Names<'_> {
    /// The amount in the language.
    pub(crate) fn text(&self, node: &Node) -> String {
        self.within(node, 0)
    }

    fn list(&self, nodes: &[Node]) -> String {
        nodes.iter().map(|node| self.text(node)).collect::<Vec<_>>().join(", ")
    }

    fn within(&self, node: &Node, holds: u8) -> String {
        let (text, own) = self.bare(node);
        if own < holds { format!("({text})") } else { text }
    }

    fn bare(&self, node: &Node) -> (String, u8) {
        let infix = |a: &Node, sign: &str, b: &Node, own: u8| {
            (format!("{} {sign} {}", self.within(a, own), self.within(b, own + 1)), own)
        };
        match node {
            Node::Num(ratio, kind) => literal(*ratio, *kind),
            Node::Text(text) => (format!("'{text}'"), ATOM),
            Node::Column(place) => {
                (self.columns.at(*place).map_or_else(String::new, |c| c.name.clone()), ATOM)
            }
            Node::Let(place) => {
                (self.lets.get(*place).map_or_else(String::new, |(name, _)| name.clone()), ATOM)
            }
            Node::Fact(place) => {
                (self.facts.get(*place).map_or_else(String::new, |(name, _)| name.clone()), ATOM)
            }
            Node::Today(place) => (self.parameter(*place), ATOM),
            Node::Award(_) => ("award".to_owned(), ATOM),
            Node::Not(a) => (format!("not {}", self.within(a, ATOM)), 2),
            Node::Neg(a) => (format!("-{}", self.within(a, ATOM)), PRODUCT),
            Node::Binary(op, a, b) => match op {
                Op::Or => infix(a, "or", b, 0),
                Op::And => infix(a, "and", b, 1),
                Op::Add => infix(a, "+", b, SUM),
                Op::Sub => infix(a, "-", b, SUM),
                Op::Mul => infix(a, "*", b, PRODUCT),
                Op::Div => infix(a, "/", b, PRODUCT),
                Op::Share => (format!("share({}, {})", self.text(a), self.text(b)), ATOM),
            },
            Node::Compare(compare, a, b) => {
                let sign = compare.sign();
                (format!("{} {sign} {}", self.within(a, SUM), self.within(b, SUM)), 2)
            }
            Node::SameText(same, a, b) => {
                let sign = if *same { "=" } else { "!=" };
                (format!("{} {sign} {}", self.text(a), self.text(b)), 2)
            }
            Node::If(a, b, c) => {
                (format!("if({}, {}, {})", self.text(a), self.text(b), self.text(c)), ATOM)
            }
            Node::Min(all) => (format!("min({})", self.list(all)), ATOM),
            Node::Max(all) => (format!("max({})", self.list(all)), ATOM),
            Node::Units(part, of, unit) => {
                let name = match part {
                    Part::Started => "started",
                    Part::Completed => "completed",
                    Part::Exact => "exact",
                };
                (format!("{name}({}, {})", self.text(of), self.text(unit)), ATOM)
            }
            Node::Band(band) => (self.band(band), ATOM),
            Node::Slices(slices) => {
                let mut text = format!("slices({}", self.text(&slices.of));
                for (limit, rate) in &slices.arms {
                    text.push_str(&format!(", <= {}: {}", self.text(limit), self.text(rate)));
                }
                (format!("{text}, else: {})", self.text(&slices.other)), ATOM)
            }
            Node::Call(function, arguments) => (self.call(*function, arguments), ATOM),
            Node::At(place, day) => {
                (format!("at({}, {})", self.parameter(*place), self.text(day)), ATOM)
            }
            Node::EachDay(from, to, rate) => {
                let (from, to) = (self.text(from), self.text(to));
                (format!("each_day({from}, {to}, {})", self.text(rate)), ATOM)
            }
            Node::Default(a, b) => (format!("default({}, {})", self.text(a), self.text(b)), ATOM),
            Node::Known(a) => (format!("known({})", self.text(a)), ATOM),
        }
    }

    fn parameter(&self, place: usize) -> String {
        self.parameters.get(place).map_or_else(String::new, |p| p.name.clone())
    }

    fn band(&self, band: &Band) -> String {
        let mut text = format!("band({}", self.text(&band.of));
        for (compare, limit, value) in &band.arms {
            let (limit, value) = (self.text(limit), self.text(value));
            text.push_str(&format!(", {} {limit}: {value}", compare.sign()));
        }
        format!("{text}, else: {})", self.text(&band.other))
    }

    fn call(&self, function: Function, arguments: &[Node]) -> String {
        let list = self.list(arguments);
        let calendar = |place: usize| {
            self.calendars.get(place).map_or_else(String::new, |c| format!("'{}'", c.name))
        };
        match function {
            Function::Days => format!("days({list})"),
            Function::Months => format!("months({list})"),
            Function::PlusDays => format!("plus_days({list})"),
            Function::PlusMonths => format!("plus_months({list})"),
            Function::DateOf => format!("date({list})"),
            Function::StartOf { months: 1, .. } => format!("start_of_month({list})"),
            Function::StartOf { months, first_month } => {
                let name = if months == 12 { "start_of_year" } else { "start_of_quarter" };
                match first_month {
                    1 => format!("{name}({list})"),
                    month => format!("{name}({list}, {month})"),
                }
            }
            Function::DaysIn { months: 1 } => format!("days_in_month({list})"),
            Function::DaysIn { months: 3 } => format!("days_in_quarter({list})"),
            Function::DaysIn { .. } => format!("days_in_year({list})"),
            Function::YearFraction(count) => format!("year_fraction({list}, '{}')", count.name()),
            Function::WorkingDays(place) => format!("working_days({list}, {})", calendar(place)),
            Function::PlusWorkingDays(place) => {
                format!("plus_working_days({list}, {})", calendar(place))
            }
        }
    }
}

fn literal(ratio: Ratio, kind: Kind) -> (String, u8) {
    let whole = || i64::try_from(ratio.floor()).ok();
    let shown = quantity(ratio, kind);
    match kind {
        Kind::Duration | Kind::Instant | Kind::Date if whole().is_none() => (shown, ATOM),
        Kind::MoneyPerTime(_) | Kind::PerTime => (shown, PRODUCT),
        _ if ratio.is_negative() => (shown, PRODUCT),
        _ => (shown, ATOM),
    }
}

/// A value with its unit, as people read it.
pub(crate) fn quantity(ratio: Ratio, kind: Kind) -> String {
    let whole = i64::try_from(ratio.floor()).ok().filter(|_| ratio.denominator() == 1);
    let times = |factor: i128| {
        ratio.mul(Ratio::whole(factor)).map_or_else(|| ratio.decimal(), Ratio::decimal)
    };
    match kind {
        Kind::Money(currency) => {
            let mut text = ratio.decimal();
            let digits = currency.minor_digits() as usize;
            let have = text.split_once('.').map_or(0, |(_, fraction)| fraction.chars().count());
            if have < digits && !text.ends_with('…') {
                if have == 0 {
                    text.push('.');
                }
                text.push_str(&"0".repeat(digits - have));
            }
            format!("{text} {currency}")
        }
        Kind::Number | Kind::Text => ratio.decimal(),
        Kind::Percent => format!("{}%", times(100)),
        Kind::Duration => match whole {
            Some(seconds) => Span::from_seconds(seconds).to_string(),
            None => format!("{}s", ratio.decimal()),
        },
        Kind::MoneyPerTime(currency) => format!("{} {currency} / 1h", times(3_600)),
        Kind::PerTime => format!("{} / 1h", times(3_600)),
        Kind::Instant => whole
            .and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0))
            .map_or_else(|| ratio.decimal(), |at| Instant::from(at.fixed_offset()).to_string()),
        Kind::Date => {
            whole.and_then(dates::day).map_or_else(|| ratio.decimal(), |day| day.to_string())
        }
        Kind::Flag => (!ratio.is_zero()).to_string(),
    }
}
