//! A cell of a table as a question about one value, ready to be asked of ten million rows.

use std::sync::Arc;

use crate::compensation::amount::{Ratio, Val};
use crate::compensation::columns::value_ratio;
use crate::decision::{Item, Op, Test, Type, Value};

/// What a cell asks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Check {
    pub(crate) asks: Asks,
    /// Whether none of the alternatives may hold.
    pub(crate) not: bool,
    /// Whether a missing value passes.
    pub(crate) missing: bool,
}

/// The alternatives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asks {
    Texts(Vec<Arc<str>>),
    Spans(Vec<Span>),
}

/// The numbers between two ends, each with whether it belongs to them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) low: Option<(Ratio, bool)>,
    pub(crate) high: Option<(Ratio, bool)>,
}

impl Span {
    fn at(ratio: Ratio) -> Span {
        Span { low: Some((ratio, true)), high: Some((ratio, true)) }
    }

    fn has(&self, value: Ratio) -> bool {
        let above = self.low.is_none_or(|(low, closed)| value > low || (closed && value == low));
        above && self.high.is_none_or(|(high, closed)| value < high || (closed && value == high))
    }
}

impl Check {
    /// What a test asks of an input of a type; lists are asked elsewhere.
    pub(crate) fn of(test: &Test, ty: &Type) -> Check {
        let not = matches!(test, Test::Not(_) | Test::AllNot(_));
        let missing = !not && (test.asks_null() || *test == Test::Any);
        let texts = matches!(ty, Type::Text | Type::Enum(_));
        let mut check = Check {
            asks: if texts { Asks::Texts(Vec::new()) } else { Asks::Spans(Vec::new()) },
            not: not || *test == Test::Any,
            missing,
        };
        for item in test.items() {
            check.add(item, ty);
        }
        check
    }

    fn add(&mut self, item: &Item, ty: &Type) {
        let not = self.not;
        match &mut self.asks {
            Asks::Texts(texts) => match item {
                Item::Is(Value::Text(text)) => texts.push(text.as_str().into()),
                Item::Differs(Value::Text(text)) => {
                    // The other texts cannot be listed; the values of the column can.
                    if let Type::Enum(names) = ty {
                        let others = names.values.iter().filter(|name| *name != text);
                        texts.extend(others.map(|name| Arc::from(name.as_str())));
                    } else if !not && texts.is_empty() {
                        texts.push(text.as_str().into());
                        self.not = true;
                    }
                }
                Item::AndBefore(name) => {
                    if let Type::Enum(names) = ty {
                        let end = names.position(name).map_or(0, |at| at + 1);
                        texts.extend(names.values.iter().take(end).map(|n| Arc::from(n.as_str())));
                    }
                }
                _ => {}
            },
            Asks::Spans(spans) => {
                let ratio = |value: &Value| value_ratio(value).unwrap_or(Ratio::ZERO);
                match item {
                    Item::Is(value) => spans.push(Span::at(ratio(value))),
                    Item::Differs(value) => {
                        let edge = Some((ratio(value), false));
                        spans.push(Span { low: None, high: edge });
                        spans.push(Span { low: edge, high: None });
                    }
                    Item::Compare(op, value) => {
                        let edge = ratio(value);
                        spans.push(match op {
                            Op::Less => Span { low: None, high: Some((edge, false)) },
                            Op::AtMost => Span { low: None, high: Some((edge, true)) },
                            Op::More => Span { low: Some((edge, false)), high: None },
                            Op::AtLeast => Span { low: Some((edge, true)), high: None },
                        });
                    }
                    Item::Range { low, low_closed, high, high_closed } => spans.push(Span {
                        low: Some((ratio(low), *low_closed)),
                        high: Some((ratio(high), *high_closed)),
                    }),
                    Item::Null | Item::AndBefore(_) => {}
                }
            }
        }
    }

    /// Whether a value passes.
    pub(crate) fn holds(&self, value: Val<'_>) -> bool {
        let found = match (&self.asks, value) {
            (_, Val::Missing) => return self.missing,
            (Asks::Texts(texts), Val::Text(text)) => texts.iter().any(|known| **known == *text),
            (Asks::Spans(spans), Val::Num(value)) => spans.iter().any(|span| span.has(value)),
            _ => return false,
        };
        found != self.not
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Enumeration;

    fn holds(test: &str, ty: &Type, value: Val<'_>) -> bool {
        Check::of(&Test::parse(test, ty).unwrap(), ty).holds(value)
    }

    #[test]
    fn tests_mean_what_tables_mean() {
        let two = Val::Num(Ratio::whole(2));
        let number = Type::Number;
        for (test, wanted) in [
            ("2", true),
            ("!= 2", false),
            ("> 1.5", true),
            ("[2..3)", true),
            ("(2..3]", false),
            ("1, 2", true),
            ("not(2)", false),
            ("-", true),
            ("null", false),
        ] {
            assert_eq!(holds(test, &number, two), wanted, "{test}");
        }
        assert!(holds("null", &number, Val::Missing));
        assert!(holds("-", &number, Val::Missing));
        assert!(!holds("not(2)", &number, Val::Missing));
        assert!(!holds("< 5", &number, Val::Missing));
        let level = Type::Enum(Enumeration::new(["A", "B", "C"], true));
        assert!(holds("B+", &level, Val::Text("A")));
        assert!(!holds("B+", &level, Val::Text("C")));
        assert!(holds("!= B", &level, Val::Text("C")));
        assert!(holds("!= x", &Type::Text, Val::Text("y")));
        assert!(!holds("!= x", &Type::Text, Val::Text("x")));
        assert!(holds("not(x, y)", &Type::Text, Val::Text("z")));
    }
}
