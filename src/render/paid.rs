//! What is paid out to the readers of a message, in words and figures of one language.

use serde::Serialize;

use super::Locale;
use crate::communication::{Credited, Payout};
use crate::units::Money;

/// What is paid out under one form, as a run decided it and the ledger has it.
#[derive(Debug, Serialize)]
pub struct PayoutWords {
    /// `la devolución`, `la bonificación` …
    pub name: String,
    /// Why it is owed: `restitution`, `regulatory`, `contractual`, `goodwill`; empty where nobody said.
    pub basis: String,
    /// `statement_credit`, `due_date_extension` …; empty where forms are not told apart.
    pub form: String,
    /// Every entry of it is credited. Never said of less.
    pub posted: bool,
    /// Some entries are credited, and others are not.
    pub partly: bool,
    /// How many entries are credited: `4`.
    pub done: Option<String>,
    /// How many entries there are: `397`.
    pub count: Option<String>,
    /// There is one entry.
    pub one: bool,
    /// What they come to: `$1,038,240.00`.
    pub total: Option<String>,
    /// The day by which what is not credited will be, a day to come.
    pub by: Option<String>,
    /// What each customer gets, where all get the same: `$50.00`.
    pub apiece: Option<String>,
    /// Else the smallest amount that a customer gets.
    pub least: Option<String>,
    /// And the largest.
    pub most: Option<String>,
    /// Days or points that each customer gets, where all get the same and the form is no money.
    pub units: Option<String>,
    /// It is one day, or one point.
    pub one_unit: bool,
    /// Else the fewest.
    pub least_units: Option<String>,
    /// And the most.
    pub most_units: Option<String>,
    /// By segment, where there are several and all have names for customers.
    pub segments: Vec<SegmentWords>,
}

/// What customers of one segment get.
#[derive(Debug, Serialize)]
pub struct SegmentWords {
    /// `cuentas premium`; null for all others.
    pub name: Option<String>,
    /// How many entries.
    pub count: String,
    /// There is one entry.
    pub one: bool,
    /// What they come to.
    pub total: Option<String>,
    /// What each customer gets, where all get the same.
    pub apiece: Option<String>,
    /// Else the smallest amount.
    pub least: Option<String>,
    /// And the largest.
    pub most: Option<String>,
}

/// The same for each, or the smallest and the largest.
type Range = (Option<String>, Option<String>, Option<String>);

fn range<T: PartialEq + Copy>(range: Option<(T, T)>, words: impl Fn(T) -> String) -> Range {
    match range {
        Some((least, most)) if least == most => (Some(words(least)), None, None),
        Some((least, most)) => (None, Some(words(least)), Some(words(most))),
        None => (None, None, None),
    }
}

/// A payout in words and figures of a language.
pub(super) fn payout(payout: &Payout, locale: &Locale) -> PayoutWords {
    let count = |n: u64| locale.integer(i64::try_from(n).unwrap_or(i64::MAX));
    let money = |money: Money| locale.money(money);
    let (apiece, least, most) = range(payout.range, money);
    let (units, least_units, most_units) = range(payout.units, count);
    let segments = payout.segments.iter().map(|segment| {
        let (apiece, least, most) = range(segment.range, money);
        SegmentWords {
            name: segment.name.clone(),
            count: count(segment.count),
            one: segment.count == 1,
            // Of one customer it would be theirs alone to know.
            total: segment.total.filter(|_| segment.count > 1).map(money),
            apiece,
            least,
            most,
        }
    });
    PayoutWords {
        name: payout.name.clone().unwrap_or_default(),
        basis: payout.basis.clone(),
        form: payout.form.clone(),
        posted: payout.credited == Credited::All,
        partly: payout.credited == Credited::Some,
        done: payout.posted.map(count),
        count: payout.count.map(count),
        one: payout.count == Some(1),
        total: payout.total.map(money),
        by: payout.due.map(|day| locale.date(day)),
        apiece,
        least,
        most,
        units,
        one_unit: payout.units == Some((1, 1)),
        least_units,
        most_units,
        segments: segments.collect(),
    }
}
