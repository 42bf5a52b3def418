//! One value of a page: as words of a language, as JSON, as plain text.

use serde_json::Value as Json;

use crate::render::{Language, Locale};
use crate::reports::context::{MoneySum, Sum};
use crate::units::{Decimal, Instant, Money, Percent, Span};

/// A value of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// Not known: never zero.
    Unknown,
    /// There is none to have.
    None,
    /// Words.
    Text(String),
    /// A count.
    Count(usize),
    /// A number.
    Number(Decimal),
    /// A share.
    Share(Percent),
    /// How long.
    Span(Span),
    /// When.
    Moment(Instant),
    /// Amounts, one a currency.
    Money(Vec<Money>),
}

impl Figure {
    /// A figure that may not be known.
    pub fn known<T>(value: Option<T>, figure: fn(T) -> Figure) -> Figure {
        value.map_or(Figure::Unknown, figure)
    }

    /// The words of something that people may have left open.
    pub fn words_of(value: Option<&str>) -> Figure {
        value.map_or(Figure::Unknown, |text| Figure::Text(text.to_owned()))
    }

    /// A sum: not known where it is known of none.
    pub fn sum(sum: &Sum) -> Figure {
        if sum.counted == 0 && sum.unknown > 0 {
            Figure::Unknown
        } else {
            Figure::Number(sum.known)
        }
    }

    /// A sum of money: not known where it is known of none.
    pub fn money(sum: &MoneySum) -> Figure {
        match (sum.counted, sum.unknown) {
            (0, 0) => Figure::Number(Decimal::ZERO),
            (0, _) => Figure::Unknown,
            _ => Figure::Money(sum.known.clone()),
        }
    }

    /// As a reader of the language has it.
    pub(in crate::render) fn words(&self, locale: &Locale) -> String {
        match self {
            Figure::Unknown if locale.language() == Language::Es => "no se sabe".to_owned(),
            Figure::Unknown => "not known".to_owned(),
            Figure::None => "—".to_owned(),
            Figure::Text(text) => text.clone(),
            Figure::Count(n) => locale.decimal(Decimal::from(*n)),
            Figure::Number(n) => {
                let digits = if n.abs() < Decimal::from(100) { 2 } else { 0 };
                locale.decimal(n.round_dp(digits).normalize())
            }
            Figure::Share(share) => locale.percent(Percent(share.0.round_dp(1).normalize())),
            Figure::Span(span) => locale.span(*span),
            Figure::Moment(at) => locale.moment(*at),
            Figure::Money(all) => {
                all.iter().map(|m| locale.money_named(*m)).collect::<Vec<_>>().join(" + ")
            }
        }
    }

    pub(super) fn json(&self) -> Json {
        match self {
            Figure::Unknown | Figure::None => Json::Null,
            Figure::Text(text) => text.clone().into(),
            Figure::Count(n) => (*n).into(),
            Figure::Span(span) => span.seconds().into(),
            Figure::Number(_) | Figure::Share(_) | Figure::Moment(_) => self.plain().into(),
            Figure::Money(all) => all.iter().map(|m| Json::from(m.to_string())).collect(),
        }
    }

    /// As a program reads it; unknown is empty.
    pub(super) fn plain(&self) -> String {
        match self {
            Figure::Unknown | Figure::None => String::new(),
            Figure::Text(text) => text.clone(),
            Figure::Count(n) => n.to_string(),
            Figure::Number(n) => n.round_dp(6).normalize().to_string(),
            Figure::Share(share) => format!("{}%", share.0.round_dp(4).normalize()),
            Figure::Span(span) => span.seconds().to_string(),
            Figure::Moment(at) => at.to_string(),
            Figure::Money(all) => {
                all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ")
            }
        }
    }
}
