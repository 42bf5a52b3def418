//! What a customer gets, and in which unit.

use crate::compensation::amount::{Amount, Kind, Mode, Ratio};
use crate::diag::TextRange;
use crate::units::Currency;

/// On which ground something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// The customer's own money: no cap, minimum, budget or grace.
    Restitution,
    /// A law or a regulator says so.
    Regulatory,
    /// A contract says so.
    Contractual,
    /// Nobody has to.
    Goodwill,
}

impl Basis {
    /// The names as policies write them, in the order in which they run.
    pub const NAMES: [(&'static str, Basis); 4] = [
        ("restitution", Basis::Restitution),
        ("regulatory", Basis::Regulatory),
        ("contractual", Basis::Contractual),
        ("goodwill", Basis::Goodwill),
    ];

    /// The name as policies write it.
    pub fn name(self) -> &'static str {
        Basis::NAMES.iter().find(|(_, basis)| *basis == self).map_or("", |(name, _)| name)
    }

    /// Whether an award may be cut, or left out because it is small.
    pub fn may_be_limited(self) -> bool {
        matches!(self, Basis::Contractual | Basis::Goodwill)
    }
}

/// In which unit a form is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormUnit {
    /// Money, in the policy's currency.
    Money,
    /// Days.
    Days,
    /// Points.
    Points,
    /// Something that is done: 1, or 0 where it is not owed.
    Done,
}

impl FormUnit {
    /// The unit's name in files for machines.
    pub fn name(self) -> &'static str {
        match self {
            FormUnit::Money => "money",
            FormUnit::Days => "days",
            FormUnit::Points => "points",
            FormUnit::Done => "done",
        }
    }

    /// What the amount of such a form is measured in.
    pub fn kind(self, currency: Currency) -> Kind {
        match self {
            FormUnit::Money => Kind::Money(currency),
            FormUnit::Days | FormUnit::Points => Kind::Number,
            FormUnit::Done => Kind::Flag,
        }
    }
}

/// The forms that there are, each with its unit.
pub const FORMS: [(&str, FormUnit); 13] = [
    ("statement_credit", FormUnit::Money),
    ("refund_of_charge", FormUnit::Money),
    ("fee_waiver", FormUnit::Money),
    ("late_fee_waiver", FormUnit::Money),
    ("interest_waiver", FormUnit::Money),
    ("due_date_extension", FormUnit::Days),
    ("bureau_correction", FormUnit::Done),
    ("promotion_honoured", FormUnit::Money),
    ("cash_advance_fee_refund", FormUnit::Money),
    ("points", FormUnit::Points),
    ("voucher", FormUnit::Money),
    ("merchant_fee_credit", FormUnit::Money),
    ("contract_sla_credit", FormUnit::Money),
];

/// Who bears it.
pub const FUNDING: [&str; 4] = ["own", "vendor_recovery", "merchant", "promotion"];

/// How an amount becomes a whole number of minor units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounding {
    /// The step, in whole currency; of days and points, in those.
    pub unit: Ratio,
    /// The same step in minor units; of days and points, in those.
    pub step: i64,
    /// Which of two steps.
    pub mode: Mode,
}

/// Where an award is booked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Booking {
    /// The expense account.
    pub account: Option<String>,
    /// The cost centre.
    pub cost_centre: Option<String>,
    /// Who bears it: one of [`FUNDING`].
    pub funding: Option<String>,
}

/// How tax goes with an award. It is taken from what was charged and never computed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tax {
    /// There is none in it.
    #[default]
    None,
    /// The award holds it.
    Included,
    /// It comes on top.
    Added,
}

impl Tax {
    /// The names as policies write them.
    pub const NAMES: [(&'static str, Tax); 3] =
        [("none", Tax::None), ("included", Tax::Included), ("added", Tax::Added)];

    /// The name as policies write it.
    pub fn name(self) -> &'static str {
        Tax::NAMES.iter().find(|(_, tax)| *tax == self).map_or("", |(name, _)| name)
    }
}

/// An amount with the words in which it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The amount.
    pub amount: Amount,
    /// Its text.
    pub text: String,
    /// Where it stands in the file.
    pub range: TextRange,
}

/// One form that a policy gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Its name, one of [`FORMS`].
    pub name: String,
    /// Its unit.
    pub unit: FormUnit,
    /// The day on which it has to be there.
    pub due: Option<Written>,
    /// The least that a customer gets for whom some rule holds.
    pub min: Option<Written>,
    /// The most that a customer gets.
    pub max: Option<Written>,
    /// The part of it that is tax.
    pub tax: Option<Written>,
    /// How it is rounded.
    pub rounding: Rounding,
    /// Where it is booked.
    pub booking: Booking,
    /// Where it is declared.
    pub range: TextRange,
}
