//! Policies: who is owed what and why, as data that a product manager writes.
//!
//! A policy is one TOML file in `standards/compensation/`: its basis, its columns, and three
//! decision tables, *eligibility* (the incident), *award* (each customer), *limits* (all of them).

mod award;
mod columns;
mod form;
mod limits;
mod load;
mod reading;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

pub use award::{Combine, RuleAward};
pub use form::{Basis, Booking, FORMS, FUNDING, Form, FormUnit, Rounding, Tax, Written};
pub use limits::{AtLimit, LimitKind, LimitRule};
pub use load::load;

use super::amount::{Kind, Names, Parameter, WorkDays};
use super::columns::Columns;
use crate::decision::{Answer, Decision, FactSet, InputSpec, Status, Table, Value, decide};
use crate::units::Currency;

/// One version of a policy, read and checked.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its name: of the file, without version and ending.
    pub name: String,
    /// The file that it was read from, as shown.
    pub file: String,
    /// The file's text, whose hash a run records.
    pub text: Arc<str>,
    /// A heading for people.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// On which ground it pays.
    pub basis: Basis,
    /// The currency of its money.
    pub currency: Currency,
    /// The first day on which an incident's impact may start.
    pub effective_from: Option<NaiveDate>,
    /// The zone in which moments become days; the company's where it is left out.
    pub zone: Option<Tz>,
    /// Whether the company has yet to decide its figures (`figures = "proposed"`).
    pub proposed: bool,
    /// How tax goes with its awards.
    pub tax: Tax,
    /// What the evidence has to hold.
    pub columns: Columns,
    /// Its named constants.
    pub parameters: Vec<Parameter>,
    /// The facts that its amounts use, with their kinds.
    pub facts: Vec<(String, Kind)>,
    /// Facts that it declares besides those of the record.
    pub own_facts: HashMap<String, InputSpec>,
    /// What it gives; `pay` is the first.
    pub forms: Vec<Form>,
    /// Who is asked: decided once for the incident. Without it, every incident is eligible.
    pub eligibility: Option<Table>,
    /// What each customer gets.
    pub award: Table,
    /// How the rules that hold become one award.
    pub combine: Combine,
    /// What each rule of [`Policy::award`] gives, in their order.
    pub awards: Vec<RuleAward>,
    /// What all awards together may not go beyond.
    pub limits: Option<Table>,
    /// What each rule of the limits table says, in their order.
    pub limit_rules: Vec<LimitRule>,
    pub(crate) lets: Vec<Written>,
    pub(crate) let_names: Vec<(String, Kind)>,
    pub(crate) calendars: Arc<[WorkDays]>,
}

/// Whether a policy applies to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eligibility {
    /// It does, by this rule; by none where the policy has no table.
    Applies(Option<String>),
    /// It does not: the rule, if one says so, and the reason.
    Excluded(Option<String>, String),
    /// These facts are not known and decide it.
    Open(Vec<String>),
    /// These rules contradict each other.
    Conflict(Vec<String>),
}

impl Policy {
    /// The tables of the policy, to be proved.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.eligibility.iter().chain([&self.award]).chain(&self.limits)
    }

    /// What runs and ledgers call this version: its day, or `1` for one without.
    pub fn version(&self) -> String {
        self.effective_from.map_or_else(|| "1".to_owned(), |day| day.to_string())
    }

    /// The place of a form by its name; `pay` is the first.
    pub fn form(&self, name: &str) -> Option<usize> {
        match name {
            "pay" => Some(0),
            name => self.forms.iter().position(|form| form.name == name),
        }
    }

    /// The amounts of the policy as they read, names filled in.
    pub(crate) fn names(&self) -> Names<'_> {
        Names {
            columns: &self.columns,
            lets: &self.let_names,
            facts: &self.facts,
            parameters: &self.parameters,
            calendars: &self.calendars,
        }
    }

    /// The decision of the eligibility table, to be explained.
    pub fn decide_eligibility(&self, facts: &FactSet) -> Option<Decision<'_>> {
        self.eligibility.as_ref().map(|table| decide(table, facts))
    }

    /// Whether the policy applies to an incident of these facts.
    pub fn eligibility(&self, facts: &FactSet) -> Eligibility {
        let Some(table) = &self.eligibility else { return Eligibility::Applies(None) };
        let decision = decide(table, facts);
        let rules: Vec<&str> = decision.decided_by().map(|rule| rule.id.as_str()).collect();
        let by = rules.first().map(|id| (*id).to_owned());
        match (decision.status(), decision.output()) {
            (Status::Open, _) => Eligibility::Open(open_inputs(&decision)),
            (Status::Conflict, _) => {
                Eligibility::Conflict(rules.into_iter().map(str::to_owned).collect())
            }
            (Status::Decided, Answer::One(_))
                if decision.value("eligible") == Some(&Value::Boolean(true)) =>
            {
                Eligibility::Applies(by)
            }
            (Status::Decided, _) => {
                let reason = decision.value("reason").and_then(Value::as_text);
                Eligibility::Excluded(by, reason.unwrap_or("no reason is given").to_owned())
            }
            (Status::NoMatch, _) => {
                Eligibility::Excluded(None, "no rule of the policy is about it".to_owned())
            }
        }
    }
}

/// The facts that an open decision waits for, in the order of the table.
fn open_inputs(decision: &Decision<'_>) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for (_, conditions) in decision.open_rules() {
        for condition in conditions {
            if let Some(input) = decision.table().inputs.get(condition.input)
                && !open.contains(&input.fact)
            {
                open.push(input.fact.clone());
            }
        }
    }
    open
}

#[cfg(test)]
mod tests;
