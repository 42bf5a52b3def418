//! `[parameters]`: amounts that change in time, each with the day from which it holds.

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::kind;
use super::toml_text::{Reading, range};
use crate::units::{Decimal, Money, Percent, Span};

/// What a parameter is, as far as its values of several days have to be alike.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sort {
    Money(String),
    Percent,
    Duration,
    Number,
    Other(&'static str),
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Sort::Money(currency) => write!(f, "an amount in {currency}"),
            Sort::Percent => f.write_str("a percentage"),
            Sort::Duration => f.write_str("a duration"),
            Sort::Number => f.write_str("a number"),
            Sort::Other(what) => f.write_str(what),
        }
    }
}

/// Says what is wrong with the parameters of a table; they are kept as written.
///
/// A parameter is a value, or a table of days with a value each: `{ "2025-04-01" = "9.98 GBP" }`.
pub(super) fn check(parameters: &Spanned<DeValue<'_>>, reading: &mut Reading<'_>) {
    let Some(parameters) = reading.table("parameters", parameters) else { return };
    for (name, value) in parameters.iter() {
        if let DeValue::Table(days) = value.get_ref() {
            dated(name.get_ref(), days, range(name), reading);
        }
    }
}

fn dated(name: &str, days: &DeTable<'_>, at: crate::diag::TextRange, reading: &mut Reading<'_>) {
    if days.is_empty() {
        let help = Some("write a day and a value: { \"2025-04-01\" = \"9.98 GBP\" }".to_owned());
        reading.error("wrong-value", format!("parameter `{name}` has no value"), at, help);
    }
    let mut first: Option<Sort> = None;
    for (day, value) in days.iter() {
        if day.get_ref().parse::<NaiveDate>().is_err() {
            let message = format!("`{}` in parameter `{name}` is no day", day.get_ref());
            let help = Some("write the day from which the value holds, as 2025-04-01".to_owned());
            reading.error("wrong-value", message, range(day), help);
        }
        let sort = sort(value.get_ref());
        match &first {
            None => first = Some(sort),
            Some(known) if *known != sort => {
                let message =
                    format!("parameter `{name}` is {known} on one day and {sort} on another");
                let help = Some("give it one kind of value on all days".to_owned());
                reading.error("wrong-type", message, range(value), help);
            }
            Some(_) => {}
        }
    }
}

fn sort(value: &DeValue<'_>) -> Sort {
    let Some(text) = value.as_str() else {
        return match value {
            DeValue::Integer(_) | DeValue::Float(_) => Sort::Number,
            other => Sort::Other(kind(other)),
        };
    };
    if let Ok(money) = text.parse::<Money>() {
        Sort::Money(money.currency.to_string())
    } else if text.parse::<Percent>().is_ok() {
        Sort::Percent
    } else if text.parse::<Decimal>().is_ok() {
        Sort::Number
    } else if text.parse::<Span>().is_ok() {
        Sort::Duration
    } else {
        Sort::Other("text")
    }
}
