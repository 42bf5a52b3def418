//! Segments in words.

use super::{Axis, Line, Segments};
use crate::decision::unary::Literal;
use crate::decision::value::Value;
use crate::units::{Decimal, Money, Span};

impl Axis {
    /// Words for the segments `low..high` that can occur: `in [1%..5%)`, `> 5`, `= a`; `None`
    /// where they are all there are.
    pub(in crate::decision) fn words(&self, low: u32, high: u32) -> Option<String> {
        if low == 0 && high == self.size {
            return None;
        }
        let names = |names: &[String], other: bool| {
            let mut parts: Vec<String> = (low..high)
                .filter_map(|i| names.get(i as usize))
                .map(|n| Literal(&Value::Text(n.clone())).to_string())
                .collect();
            if other && high == self.size {
                parts.push("any other".to_owned());
            }
            match parts.as_slice() {
                [one] => format!("= {one}"),
                several => format!("in {}", several.join(", ")),
            }
        };
        Some(match &self.line {
            Line::Boolean => format!("= {}", low == 1),
            Line::Names(n) => names(n, false),
            Line::Texts(n) => names(n, true),
            Line::Whole(at, values) => {
                let near = |from: usize, to: usize| (at[to] - at[from] == 2).then_some(from);
                self.stretch_words(low, high, values, near)
            }
            Line::Exact(_, values) => self.stretch_words(low, high, values, |_, _| None),
        })
    }

    /// `alone` says whether exactly one value lies between two edges.
    fn stretch_words(
        &self,
        low: u32,
        high: u32,
        values: &[Value],
        alone: impl Fn(usize, usize) -> Option<usize>,
    ) -> String {
        let first = self.before.partition_point(|b| *b <= low).saturating_sub(1);
        let last = self.before.partition_point(|b| *b < high).saturating_sub(1);
        // Raw 2i+1 is edge i; raw 2i is the stretch below it.
        let lower = (low > 0).then(|| match first % 2 {
            1 => (first / 2, true),
            _ => (first / 2 - 1, false),
        });
        let upper = (high < self.size).then_some((last / 2, last % 2 == 1));
        let show = |i: usize| values.get(i).map_or_else(String::new, ToString::to_string);
        if first == last && first % 2 == 1 {
            return format!("= {}", show(first / 2));
        }
        match (lower, upper) {
            (None, None) => "is anything".to_owned(),
            (Some((a, false)), Some((b, false))) if alone(a, b).is_some() => {
                match values.get(a).and_then(successor) {
                    Some(value) => format!("= {value}"),
                    None => format!("in ({}..{})", show(a), show(b)),
                }
            }
            (Some((a, closed)), None) => {
                format!("{} {}", if closed { ">=" } else { ">" }, show(a))
            }
            (None, Some((b, closed))) => {
                format!("{} {}", if closed { "<=" } else { "<" }, show(b))
            }
            (Some((a, left)), Some((b, right))) => format!(
                "in {}{}..{}{}",
                if left { '[' } else { '(' },
                show(a),
                show(b),
                if right { ']' } else { ')' }
            ),
        }
    }

    /// Words for several stretches of segments that can occur; `None` where they are all.
    pub(in crate::decision) fn set_words(&self, set: &Segments) -> Option<String> {
        if set.0 == [(0, self.size)] {
            return None;
        }
        // Of names, the shorter side is said.
        let rest = set.minus(self.size);
        let left_out = rest.count(0, self.size);
        if !self.is_line() && self.size > 2 && left_out < set.count(0, self.size) {
            let words = self.set_words(&rest)?;
            if !words.contains("any other") {
                return Some(match words.strip_prefix("= ") {
                    Some(one) => format!("!= {one}"),
                    None => format!("not {words}"),
                });
            }
        }
        let words = set.0.iter().filter_map(|(low, high)| self.words(*low, *high));
        let parts: Vec<String> = words.collect();
        match parts.as_slice() {
            [one] => Some(one.clone()),
            several if self.is_line() => Some(several.join(" or ")),
            several => {
                let bare = |part: &String| {
                    let rest = part.strip_prefix("= ").or_else(|| part.strip_prefix("in "));
                    rest.unwrap_or(part).to_owned()
                };
                Some(format!("in {}", several.iter().map(bare).collect::<Vec<_>>().join(", ")))
            }
        }
    }
}

/// The next value of a discrete type.
fn successor(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Integer(d) => Value::Integer(d.checked_add(Decimal::ONE)?),
        Value::Money(m) => {
            let coin = Decimal::new(1, m.currency.minor_digits());
            Value::Money(Money::new(m.amount.checked_add(coin)?, m.currency))
        }
        Value::Duration(s) => Value::Duration(Span::from_seconds(s.seconds().checked_add(1)?)),
        Value::Timestamp(i) => Value::Timestamp(i.plus(Span::from_seconds(1))),
        Value::Date(d) => Value::Date(d.succ_opt()?),
        _ => return None,
    })
}
