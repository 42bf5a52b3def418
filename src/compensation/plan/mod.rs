//! A policy and an incident's facts, made ready for ten million rows.
//!
//! What the incident decides is decided once ([`Policy::compile`]): rules that cannot hold are
//! gone, facts are constants, amounts are folded. What is left is asked of each row.

mod award;
mod batch;
mod compile;
mod explain;
mod lower;
mod plain;
mod program;
mod test;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

pub use award::{Award, Outcome, Part, RowFault, RuleSet};
pub use batch::{Batch, ROWS};
pub use compile::NotYet;
pub use explain::{Asked, RuleWorking, Step, Working, award_text};
pub(crate) use test::Check;

use super::amount::{Node, Ratio};
use super::policy::{AtLimit, LimitKind, Policy};
use crate::units::Span;

/// When and where a run is.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The zone in which moments become days, where the policy names none.
    pub zone: Tz,
    /// The day of the run, for due dates: the fact `run_date`.
    pub run_date: NaiveDate,
}

/// A policy compiled for one incident.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub(crate) policy: Arc<Policy>,
    pub(crate) zone: Tz,
    /// The names of `[let]`, folded.
    pub(crate) lets: Vec<Node>,
    /// The rules that may hold, in the order of the table.
    pub(crate) rules: Vec<Rule>,
    pub(crate) forms: Vec<FormPlan>,
    /// What one step of each column is worth.
    pub(crate) steps: Vec<Ratio>,
    /// The rules and amounts as flat code, where they can be said so.
    program: Option<Arc<program::Program>>,
    /// The limits that hold for the incident, in the order in which they are applied.
    pub limits: Vec<Limit>,
}

/// A rule of the award table, what the incident decides of it decided.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Its place in the table.
    pub(crate) place: u16,
    /// What is asked of the row.
    pub(crate) cells: Vec<(Node, Check)>,
    /// For each form the amount.
    pub(crate) amounts: Vec<Option<Node>>,
    /// Whether the customer gets nothing.
    pub(crate) excludes: bool,
}

/// A form's amounts, folded.
#[derive(Debug, Clone)]
pub(crate) struct FormPlan {
    pub(crate) due: Option<Node>,
    pub(crate) min: Option<Node>,
    pub(crate) max: Option<Node>,
    pub(crate) tax: Option<Node>,
    /// What a rounding step is worth, in whole currency.
    pub(crate) unit: Ratio,
    /// The same in minor units.
    pub(crate) step: i64,
}

/// A limit that holds for the incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The rule that says so.
    pub rule: String,
    /// What it is about.
    pub kind: LimitKind,
    /// How much, in minor units.
    pub minor: i64,
    /// What happens there.
    pub at: AtLimit,
    /// The rolling period of a limit of customer and period.
    pub period: Option<Span>,
}

impl Compiled {
    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether rows go through flat code, many at once; else they go one by one.
    pub fn is_flat(&self) -> bool {
        self.program.is_some()
    }

    /// The name of a rule by its place in the award table.
    pub fn rule_name(&self, place: usize) -> &str {
        self.policy.award.rules.get(place).map_or("", |rule| rule.id.as_str())
    }

    /// Why a rule excludes.
    pub fn exclusion(&self, place: usize) -> &str {
        let award = self.policy.awards.get(place);
        award.and_then(|award| award.exclude.as_deref()).unwrap_or("")
    }
}
