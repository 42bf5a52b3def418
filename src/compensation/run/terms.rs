//! What a run has to know of a policy to write, count and limit its awards.

use crate::compensation::{Compiled, FormUnit, Limit, LimitKind};

/// Forms, rules and limits of a policy, decided for the incident.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Terms {
    /// Its forms, in its order.
    pub forms: Vec<FormTerms>,
    /// The ids of its award rules, in its order.
    pub rules: Vec<String>,
    /// Its limits, in the order in which they are applied.
    pub limits: Vec<Limit>,
}

/// One form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormTerms {
    /// Its name.
    pub name: String,
    /// The code of its currency; empty where it is no money.
    pub currency: String,
    /// The name of its unit: `money`, `days`, `points`, `done`.
    pub unit: &'static str,
    /// Digits after the point of its amounts.
    pub digits: u32,
    /// Whether its awards tell tax.
    pub tax: bool,
    /// Whether its awards have a day on which they are due.
    pub due: bool,
}

impl FormTerms {
    /// Whether it is money.
    pub fn is_money(&self) -> bool {
        !self.currency.is_empty()
    }
}

impl Terms {
    /// The terms of a compiled policy.
    pub fn of(compiled: &Compiled) -> Terms {
        let policy = compiled.policy();
        let form = |form: &crate::compensation::Form| {
            let money = form.unit == FormUnit::Money;
            FormTerms {
                name: form.name.clone(),
                currency: if money { policy.currency.to_string() } else { String::new() },
                unit: form.unit.name(),
                digits: if money { policy.currency.minor_digits() } else { 0 },
                tax: form.tax.is_some(),
                due: form.due.is_some(),
            }
        };
        Terms {
            forms: policy.forms.iter().map(form).collect(),
            rules: policy.award.rules.iter().map(|rule| rule.id.clone()).collect(),
            limits: compiled.limits.clone(),
        }
    }

    /// Whether some limit looks at more than one customer of the evidence.
    pub fn wait(&self) -> bool {
        self.limits.iter().any(|limit| {
            matches!(
                limit.kind,
                LimitKind::CustomerPeriod | LimitKind::Incident | LimitKind::Budget
            )
        })
    }
}

/// What a limit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effect {
    /// How many customers it touched; of the smallest amount, how many awards.
    pub touched: u64,
    /// What it took off in minor units; where it asks instead, what lies beyond it.
    pub cut: i128,
}

impl Effect {
    /// Adds what it did elsewhere.
    pub fn join(&mut self, other: Effect) {
        self.touched += other.touched;
        self.cut += other.cut;
    }

    /// Adds one.
    pub fn add(&mut self, cut: i128) {
        self.touched += 1;
        self.cut += cut;
    }
}
