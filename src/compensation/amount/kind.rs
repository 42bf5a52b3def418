//! What a value is measured in: the units that amounts are checked by.

use std::fmt;

use crate::decision::Type;
use crate::units::Currency;

/// What a value of an amount is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Money of one currency.
    Money(Currency),
    /// A plain number.
    Number,
    /// A share of a hundred.
    Percent,
    /// A span of time.
    Duration,
    /// Money for each span of time, such as `250 USD / 30d`.
    MoneyPerTime(Currency),
    /// A number for each span of time, such as `8% / 365d`.
    PerTime,
    /// A moment.
    Instant,
    /// A day.
    Date,
    /// Text.
    Text,
    /// Yes or no.
    Flag,
}

/// A kind that can be multiplied, as powers of its units.
#[derive(Clone, Copy)]
struct Powers {
    money: Option<Currency>,
    time: i8,
    percent: bool,
}

impl Kind {
    /// The kind of a fact or a column of a type; lists have none.
    pub fn of(ty: &Type) -> Option<Kind> {
        Some(match ty {
            Type::Integer | Type::Number => Kind::Number,
            Type::Percent => Kind::Percent,
            Type::Money(currency) => Kind::Money((*currency)?),
            Type::Duration => Kind::Duration,
            Type::Timestamp => Kind::Instant,
            Type::Date => Kind::Date,
            Type::Text | Type::Enum(_) => Kind::Text,
            Type::Boolean => Kind::Flag,
            Type::List(_) => return None,
        })
    }

    /// The type that a value of the kind has as an input of a table; rates have none.
    pub fn input_type(self) -> Option<Type> {
        Some(match self {
            Kind::Money(currency) => Type::Money(Some(currency)),
            Kind::Number => Type::Number,
            Kind::Percent => Type::Percent,
            Kind::Duration => Type::Duration,
            Kind::Instant => Type::Timestamp,
            Kind::Date => Type::Date,
            Kind::Text => Type::Text,
            Kind::Flag => Type::Boolean,
            Kind::MoneyPerTime(_) | Kind::PerTime => return None,
        })
    }

    fn powers(self) -> Option<Powers> {
        let plain = Powers { money: None, time: 0, percent: false };
        Some(match self {
            Kind::Money(currency) => Powers { money: Some(currency), ..plain },
            Kind::Number => plain,
            Kind::Percent => Powers { percent: true, ..plain },
            Kind::Duration => Powers { time: 1, ..plain },
            Kind::MoneyPerTime(currency) => Powers { money: Some(currency), time: -1, ..plain },
            Kind::PerTime => Powers { time: -1, ..plain },
            Kind::Instant | Kind::Date | Kind::Text | Kind::Flag => return None,
        })
    }

    fn from_powers(powers: Powers) -> Option<Kind> {
        Some(match (powers.money, powers.time) {
            (None, 0) if powers.percent => Kind::Percent,
            (None, 0) => Kind::Number,
            (None, 1) => Kind::Duration,
            (None, -1) => Kind::PerTime,
            (Some(currency), 0) => Kind::Money(currency),
            (Some(currency), -1) => Kind::MoneyPerTime(currency),
            _ => return None,
        })
    }

    /// Whether values of the kind can be added to each other, and what they count.
    pub(super) fn adds_up(self) -> bool {
        self.powers().is_some()
    }

    /// Whether values of the kind have an order.
    pub(super) fn has_order(self) -> bool {
        !matches!(self, Kind::Text | Kind::Flag)
    }

    /// The kind of a product, or why there is none and what to write.
    pub(super) fn times(self, other: Kind) -> Result<Kind, (String, &'static str)> {
        let (Some(a), Some(b)) = (self.powers(), other.powers()) else {
            let what = format!("{self} and {other} cannot be multiplied");
            return Err((what, "multiply numbers, percentages, money or durations"));
        };
        if a.money.is_some() && b.money.is_some() {
            let what = format!("{self} times {other} is no amount");
            return Err((what, "multiply money by a number or a percentage"));
        }
        let powers = Powers {
            money: a.money.or(b.money),
            time: a.time + b.time,
            percent: a.percent || b.percent,
        };
        Kind::from_powers(powers).ok_or_else(|| {
            let what = format!("{self} times {other} is no amount");
            (what, "count the units of the duration first: started(duration, 1h), or duration / 1h")
        })
    }

    /// The kind of a quotient, or why there is none and what to write.
    pub(super) fn over(self, other: Kind) -> Result<Kind, (String, &'static str)> {
        let (Some(a), Some(b)) = (self.powers(), other.powers()) else {
            let what = format!("{self} cannot be divided by {other}");
            return Err((what, "divide numbers, percentages, money or durations"));
        };
        let no = |help| Err((format!("{self} divided by {other} is no amount"), help));
        let money = match (a.money, b.money) {
            (money, None) => money,
            (Some(one), Some(by)) if one == by => None,
            (Some(_), Some(_)) => {
                return no("nothing is converted silently: fee / 1 EUR * 1 MXN * rate says how");
            }
            (None, Some(_)) => return no("divide money by money, or money by a number"),
        };
        let percent = a.percent && !b.percent && b.money.is_none() && b.time == 0;
        let powers = Powers { money, time: a.time - b.time, percent };
        match Kind::from_powers(powers) {
            Some(kind) => Ok(kind),
            None => no("divide a duration by a duration, or money by a duration"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Money(currency) => write!(f, "money in {currency}"),
            Kind::Number => f.write_str("a number"),
            Kind::Percent => f.write_str("a percentage"),
            Kind::Duration => f.write_str("a duration"),
            Kind::MoneyPerTime(currency) => write!(f, "money in {currency} per time"),
            Kind::PerTime => f.write_str("a number per time"),
            Kind::Instant => f.write_str("a timestamp"),
            Kind::Date => f.write_str("a date"),
            Kind::Text => f.write_str("text"),
            Kind::Flag => f.write_str("yes or no"),
        }
    }
}
