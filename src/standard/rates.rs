use chrono::NaiveDate;

use super::reader::{Log, Section};
use crate::diag::{Diagnostic, TextRange};
use crate::units::{Currency, Decimal, Money};

/// What one unit of a currency is worth in another from a day on (`rates.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// The currency.
    pub from: Currency,
    /// What one unit of it is worth.
    pub is: Money,
    /// The day from which it holds, until the next one.
    pub on: NaiveDate,
    /// Who published it.
    pub source: String,
    /// Where it is written.
    pub range: TextRange,
}

/// Reads every `[[rate]]`.
pub(super) fn read(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Vec<Rate> {
    let mut rates: Vec<Rate> = Vec::new();
    for mut section in file.array(log, "rate") {
        let range = section.range;
        let from = section.quantity::<Currency>(log, "from");
        let is = section.quantity::<Money>(log, "is");
        let on = section.date(log, "on");
        let source = section.need_text(log, "source");
        for (key, example) in
            [("from", "from = \"USD\""), ("is", "is = \"18.35 MXN\""), ("on", "on = 2026-11-20")]
        {
            if !section.has(key) {
                log.add(
                    Diagnostic::error("missing-key", format!("a rate has no `{key}`"))
                        .help(format!("add it, such as {example}")),
                    range,
                );
            }
        }
        section.finish(log);
        let (Some(from), Some(is), Some(on)) = (from, is, on) else { continue };
        let wrong = if is.amount <= Decimal::ZERO {
            Some(format!("one {from} is worth {is}"))
        } else if is.currency == from {
            Some(format!("a rate from {from} to itself"))
        } else {
            let same = |r: &Rate| r.from == from && r.is.currency == is.currency && r.on == on;
            rates.iter().any(same).then(|| format!("two rates of {from} for {on}"))
        };
        match wrong {
            Some(what) => log.add(
                Diagnostic::error("wrong-value", what)
                    .help("write what one unit is worth in another currency, once a day"),
                range,
            ),
            None => rates.push(Rate { from, is, on, source, range }),
        }
    }
    file.finish(log);
    rates.sort_by_key(|rate| rate.on);
    rates
}

/// What an amount is worth in a currency on a day: by the newest rate that is not later; none
/// without a rate, and where the product does not fit.
pub(super) fn convert(
    rates: &[Rate],
    money: Money,
    into: Currency,
    day: NaiveDate,
) -> Option<Money> {
    if money.currency == into {
        return Some(money);
    }
    let of = |r: &&Rate| r.from == money.currency && r.is.currency == into && r.on <= day;
    let rate = rates.iter().rev().find(of)?;
    Some(Money::new(money.amount.checked_mul(rate.is.amount)?, into))
}
