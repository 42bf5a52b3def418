//! One customer's whole working, in words.

use std::cell::Cell as Slot;

use super::award::{Outcome, RowFault};
use super::{Check, Compiled};
use crate::compensation::amount::{Env, Fault, Kind, Node, Ratio, Val, dates, quantity};
use crate::compensation::columns::{Cell, Row};
use crate::compensation::policy::{FormUnit, Written};

/// One value on the way to an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is called: a name of `[let]`, a form, `min`, `max`, `tax`, `due`.
    pub name: String,
    /// The amount as the policy writes it.
    pub written: String,
    /// The amount with what the incident decides put in.
    pub compiled: String,
    /// Its value, or why there is none.
    pub value: Result<String, String>,
}

/// One cell of a rule beside the value that it asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The input.
    pub input: String,
    /// The test.
    pub test: String,
    /// The row's value; none where the incident decides.
    pub value: Option<String>,
    /// Whether it holds.
    pub holds: bool,
}

/// One rule: its cells, and what it gives where it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleWorking {
    /// Its name.
    pub rule: String,
    /// Whether it holds.
    pub holds: bool,
    /// Its cells.
    pub cells: Vec<Asked>,
    /// What it gives, where it holds.
    pub gives: Vec<Step>,
    /// Why the rule is there.
    pub why: Option<String>,
}

/// A customer's working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Working {
    /// The row: columns with their values.
    pub cells: Vec<(String, String)>,
    /// The names of `[let]`.
    pub lets: Vec<Step>,
    /// The rules of the table.
    pub rules: Vec<RuleWorking>,
    /// Minimum, maximum, tax and due day of each form that is given.
    pub bounds: Vec<Step>,
    /// How it was rounded.
    pub rounding: Vec<String>,
    /// What came of it.
    pub outcome: Result<Outcome, String>,
}

impl Compiled {
    /// The whole working of one row.
    pub fn explain(&self, row: Row<'_>) -> Working {
        let known: Vec<Slot<Option<Result<Val<'_>, Fault>>>> =
            vec![Slot::new(None); self.lets.len()];
        let env = self.env(row, &known);
        let policy = &self.policy;
        let cells = policy.columns.iter().zip(row.cells);
        let cells = cells
            .enumerate()
            .map(|(at, (column, cell))| {
                (column.name.clone(), self.cell_text(*cell, env.cell(at), column.ty.kind()))
            })
            .collect();
        let lets = policy.let_names.iter().zip(&policy.lets).zip(&self.lets);
        let lets =
            lets.map(|(((name, _), written), node)| self.step(name, written, node, &env)).collect();
        let outcome = self.award(row).map_err(|fault| self.fault_text(fault));
        let rules = self.rule_workings(&env, outcome.as_ref().ok());
        let mut bounds = Vec::new();
        let mut rounding = Vec::new();
        for award in outcome.iter().flat_map(|outcome| &outcome.awards) {
            let place = usize::from(award.form);
            let (Some(form), Some(plan)) = (policy.forms.get(place), self.forms.get(place)) else {
                continue;
            };
            for (name, written, node) in [
                ("min", &form.min, &plan.min),
                ("max", &form.max, &plan.max),
                ("tax", &form.tax, &plan.tax),
                ("due", &form.due, &plan.due),
            ] {
                if let (Some(written), Some(node)) = (written, node) {
                    let name = format!("{} {name}", form.name);
                    bounds.push(self.step(&name, written, node, &env));
                }
            }
            let unit = quantity(plan.unit, form.unit.kind(policy.currency));
            if form.unit != FormUnit::Done {
                rounding.push(format!("{}: to {unit}, {}", form.name, form.rounding.mode.name()));
            }
        }
        Working { cells, lets, rules, bounds, rounding, outcome }
    }

    fn rule_workings<'r>(
        &'r self,
        env: &Env<'_, 'r>,
        outcome: Option<&Outcome>,
    ) -> Vec<RuleWorking> {
        let policy = &self.policy;
        let mut all = Vec::new();
        for (at, rule) in policy.award.rules.iter().enumerate() {
            let place = u16::try_from(at).unwrap_or(u16::MAX);
            let planned = self.rules.iter().find(|planned| planned.place == place);
            let holds = outcome.is_some_and(|outcome| outcome.rules.has(place));
            let mut cells = Vec::new();
            for condition in &rule.when {
                let Some(input) = policy.award.inputs.get(condition.input) else { continue };
                let name = &input.name;
                let found = match policy.columns.find(name) {
                    Some(column) => Some((env.cell(column), Kind::of(&input.ty))),
                    None => {
                        let place = policy.let_names.iter().position(|(known, _)| known == name);
                        place.map(|place| (env.named(place), Kind::of(&input.ty)))
                    }
                };
                let check = Check::of(&condition.test, &input.ty);
                let (value, passes) = match found {
                    Some((Ok(value), kind)) => {
                        let kind = kind.unwrap_or(Kind::Number);
                        (Some(value_text(value, kind)), check.holds(value))
                    }
                    Some((Err(fault), _)) => (Some(self.fault_text(fault.into())), false),
                    // The incident decided, and a rule that it excludes is not planned.
                    None => (None, planned.is_some()),
                };
                let (input, test) = (name.clone(), condition.test.to_string());
                cells.push(Asked { input, test, value, holds: passes });
            }
            let mut gives = Vec::new();
            if let (true, Some(planned), Some(award)) = (holds, planned, policy.awards.get(at)) {
                let amounts = award.amounts.iter().zip(&planned.amounts).zip(&policy.forms);
                for ((written, node), form) in amounts {
                    if let (Some(written), Some(node)) = (written, node) {
                        gives.push(self.step(&form.name, written, node, env));
                    }
                }
            }
            let (rule, why) = (rule.id.clone(), rule.why.clone());
            all.push(RuleWorking { rule, holds, cells, gives, why });
        }
        all
    }

    fn step<'r>(&self, name: &str, written: &Written, node: &'r Node, env: &Env<'_, 'r>) -> Step {
        let value = env.value(node).map(|value| value_text(value, written.amount.kind));
        Step {
            name: name.to_owned(),
            written: written.text.clone(),
            compiled: self.policy.names().text(node),
            value: value.map_err(|fault| self.fault_text(fault.into())),
        }
    }

    fn cell_text(&self, cell: Cell<'_>, value: Result<Val<'_>, Fault>, kind: Kind) -> String {
        match (cell, value) {
            (Cell::Missing, _) => "-".to_owned(),
            (_, Ok(value)) => value_text(value, kind),
            (_, Err(fault)) => self.fault_text(fault.into()),
        }
    }

    /// Why a row has no award, in words.
    pub fn fault_text(&self, fault: RowFault) -> String {
        let day = |number: i64| {
            dates::day(number).map_or_else(|| number.to_string(), |day| day.to_string())
        };
        match fault {
            RowFault::Conflict(a, b) => format!(
                "rules {} and {} both hold, and at most one may",
                self.rule_name(usize::from(a)),
                self.rule_name(usize::from(b))
            ),
            RowFault::Amount(fault) => match fault {
                Fault::Overflow => "a number is too large to be held exactly".to_owned(),
                Fault::Zero => "something is divided by nothing".to_owned(),
                Fault::Unit => "a unit that is counted is not above zero".to_owned(),
                Fault::Missing => "a value that the amount needs is missing".to_owned(),
                Fault::Unrated(place, at) => {
                    let name = self.policy.parameters.get(place).map_or("", |p| p.name.as_str());
                    format!("parameter {name} says nothing of {}", day(at))
                }
                Fault::Beyond(place, at) => match self.policy.calendars.get(place) {
                    Some(calendar) => format!(
                        "calendar {} covers {} to {}, and counting from {} leaves it",
                        calendar.name,
                        calendar.from,
                        calendar.to,
                        day(at)
                    ),
                    None => "there is no such calendar".to_owned(),
                },
                Fault::NoDay => "a day lies beyond every calendar".to_owned(),
            },
        }
    }

    /// The compiled policy as text: what the incident left of it.
    pub fn listing(&self) -> Vec<String> {
        let policy = &self.policy;
        let names = policy.names();
        let mut lines = Vec::new();
        for ((name, _), node) in policy.let_names.iter().zip(&self.lets) {
            lines.push(format!("let {name} = {}", names.text(node)));
        }
        for rule in &self.rules {
            let mut when = Vec::new();
            if let Some(written) = policy.award.rules.get(usize::from(rule.place)) {
                for condition in &written.when {
                    if let Some(input) = policy.award.inputs.get(condition.input) {
                        let row = policy.columns.find(&input.name).is_some()
                            || policy.let_names.iter().any(|(name, _)| *name == input.name);
                        if row {
                            when.push(format!("{} {}", input.name, condition.test));
                        }
                    }
                }
            }
            let when = if when.is_empty() { "always".to_owned() } else { when.join(", ") };
            let gives = rule.amounts.iter().zip(&policy.forms).filter_map(|(node, form)| {
                node.as_ref().map(|node| format!("{} = {}", form.name, names.text(node)))
            });
            let mut gives: Vec<String> = gives.collect();
            if rule.excludes {
                gives.push("nothing".to_owned());
            }
            let id = self.rule_name(usize::from(rule.place));
            lines.push(format!("{id}: {when} -> {}", gives.join("; ")));
        }
        for (plan, form) in self.forms.iter().zip(&policy.forms) {
            let bounds =
                [("min", &plan.min), ("max", &plan.max), ("tax", &plan.tax), ("due", &plan.due)];
            for (name, node) in bounds {
                if let Some(node) = node {
                    lines.push(format!("{} {name} = {}", form.name, names.text(node)));
                }
            }
        }
        lines
    }
}

fn value_text(value: Val<'_>, kind: Kind) -> String {
    match value {
        Val::Num(ratio) => quantity(ratio, kind),
        Val::Text(text) => text.to_owned(),
        Val::Missing => "-".to_owned(),
    }
}

/// The number of minor units as people read it: `12.50 MXN`, `3 days`.
pub fn award_text(minor: i64, unit: FormUnit, currency: crate::units::Currency) -> String {
    match unit {
        FormUnit::Money => {
            let den = 10_i128.pow(currency.minor_digits());
            let ratio = Ratio::new(i128::from(minor), den).unwrap_or(Ratio::ZERO);
            quantity(ratio, Kind::Money(currency))
        }
        FormUnit::Days => format!("{minor} days"),
        FormUnit::Points => format!("{minor} points"),
        FormUnit::Done => if minor == 0 { "no" } else { "yes" }.to_owned(),
    }
}
