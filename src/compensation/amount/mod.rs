//! The language of amounts: typed, total, without loops.
//!
//! `max(10 MXN, min(500 MXN, 2% * failed_amount * started(duration - 30m, 1h)))` is read
//! ([`read`]), its units are proved (money times money is no amount), and it is evaluated in exact
//! fractions. Rounding happens once, outside.

mod check;
pub(crate) mod dates;
mod eval;
mod fold;
mod kind;
mod lex;
mod node;
mod parse;
mod print;
mod ratio;
#[cfg(test)]
mod tests;

pub(crate) use check::Scope;
pub use dates::{DayCount, WorkDays};
pub use eval::Fault;
pub(crate) use eval::{Env, Val, apply};
pub(crate) use fold::{Known, constant, fold, open_facts};
pub use kind::Kind;
pub use node::{Amount, Parameter};
pub(crate) use node::{Band, Constant, Function, Node, Op, Part, Slices};
pub use parse::Compare;
pub(crate) use print::{Names, quantity};
pub use ratio::{Mode, Ratio};

use crate::diag::TextRange;

/// Why a text is no amount, and where in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AmountError {
    /// A stable name, such as `amount-units`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where in the text of the amount.
    pub range: TextRange,
    /// What to do.
    pub help: Option<String>,
}

impl AmountError {
    fn new(code: &'static str, message: impl Into<String>, range: TextRange) -> AmountError {
        AmountError { code, message: message.into(), range, help: None }
    }

    fn help(mut self, help: impl Into<String>) -> AmountError {
        self.help = Some(help.into());
        self
    }

    fn moved(mut self, by: usize) -> AmountError {
        self.range = TextRange::new(self.range.start + by, self.range.end + by);
        self
    }
}

/// Reads an amount and proves its units.
///
/// # Errors
/// The first thing that is wrong, with its place in the text.
pub(crate) fn read(text: &str, scope: &Scope<'_>) -> Result<Amount, AmountError> {
    check::check(&parse::parse(text)?, scope)
}

/// Reads a value that no name changes: `30m`, `12.50 MXN`, `2 * 5%`.
///
/// # Errors
/// When it is none, or has no value.
pub(crate) fn read_constant(text: &str) -> Result<(Constant, Kind), AmountError> {
    let (columns, used) = (super::Columns::default(), std::cell::RefCell::default());
    let scope = Scope {
        columns: &columns,
        lets: &[],
        parameters: &[],
        fact: &|_| None,
        fact_names: &[],
        used: &used,
        calendars: &[],
        rows: false,
        filled: &[],
        award: None,
    };
    let amount = read(text, &scope)?;
    match fold::constant_value(&amount.node, &[], &[], chrono_tz::UTC) {
        Some(Constant::Num(ratio, _)) => Ok((Constant::Num(ratio, amount.kind), amount.kind)),
        Some(text) => Ok((text, amount.kind)),
        None => {
            let whole = TextRange::new(0, text.len());
            Err(AmountError::new("amount-value", "this has no value", whole)
                .help("it divides by nothing, or its number does not fit"))
        }
    }
}

/// That an amount is measured in something else than is wanted of it.
pub(crate) fn of_another_kind(found: Kind, wanted: Kind, length: usize) -> AmountError {
    check::another_kind(found, wanted, TextRange::new(0, length))
}
