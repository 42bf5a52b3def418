//! One row at a time, as the policy reads: what compiled code is held against, and what explains.

use std::cell::Cell as Slot;
use std::cmp::Ordering;

use super::award::{Award, Outcome, Part, RowFault, RuleSet};
use super::{Compiled, Rule};
use crate::compensation::amount::{Env, Fault, Mode, Node, Ratio, Val};
use crate::compensation::columns::Row;
use crate::compensation::policy::{Combine, Tax};

impl Compiled {
    /// What one row is awarded, evaluated exactly as the policy reads.
    ///
    /// Slow beside [`super::Batch`], which gives the same.
    ///
    /// # Errors
    /// Why the row has no award.
    pub fn award(&self, row: Row<'_>) -> Result<Outcome, RowFault> {
        let mut outcome = Outcome::default();
        self.award_into(row, &mut outcome)?;
        Ok(outcome)
    }

    /// [`Compiled::award`] into an outcome that is used again.
    ///
    /// # Errors
    /// Why the row has no award.
    pub fn award_into(&self, row: Row<'_>, outcome: &mut Outcome) -> Result<(), RowFault> {
        outcome.clear();
        // The names of one row live as long as the row, so their memory cannot outlast it.
        let known: Vec<Slot<Option<Result<Val<'_>, Fault>>>> =
            vec![Slot::new(None); self.lets.len()];
        let env = self.env(row, &known);
        let mut held: Vec<&Rule> = Vec::new();
        for rule in &self.rules {
            if !self.holds(rule, &env)? {
                continue;
            }
            outcome.rules.add(rule.place);
            if self.policy.combine == Combine::Unique
                && let Some(other) = held.first()
            {
                return Err(RowFault::Conflict(other.place, rule.place));
            }
            held.push(rule);
            if self.policy.combine == Combine::First {
                break;
            }
        }
        if let Some(rule) = held.iter().find(|rule| rule.excludes) {
            outcome.excluded = Some(rule.place);
            return Ok(());
        }
        for form in 0..self.forms.len() {
            self.give(form, &held, &env, outcome)?;
        }
        Ok(())
    }

    pub(super) fn env<'e, 'r>(
        &'r self,
        row: Row<'r>,
        known: &'e [Slot<Option<Result<Val<'r>, Fault>>>],
    ) -> Env<'e, 'r>
    where
        'r: 'e,
    {
        Env {
            cells: row.cells,
            steps: &self.steps,
            lets: &self.lets,
            known,
            parameters: &self.policy.parameters,
            calendars: &self.policy.calendars,
            zone: self.zone,
            today: Slot::new(0),
            award: Slot::new(Ratio::ZERO),
        }
    }

    pub(super) fn holds<'r>(&self, rule: &'r Rule, env: &Env<'_, 'r>) -> Result<bool, Fault> {
        for (node, check) in &rule.cells {
            let value = env.value(node)?;
            if !check.holds(value) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn give<'r>(
        &'r self,
        form: usize,
        held: &[&'r Rule],
        env: &Env<'_, 'r>,
        outcome: &mut Outcome,
    ) -> Result<(), RowFault> {
        let mut amounts: Vec<(u16, Ratio)> = Vec::new();
        for rule in held {
            if let Some(node) = rule.amounts.get(form).and_then(Option::as_ref) {
                // A rule never takes away.
                amounts.push((rule.place, env.number(node)?.max(Ratio::ZERO)));
            }
        }
        let Some(made) = self.combined(&amounts)? else { return Ok(()) };
        let Some(plan) = self.forms.get(form) else { return Ok(()) };
        let bound = |node: &'r Option<Node>| node.as_ref().map(|n| env.number(n)).transpose();
        let mut value = made.value;
        if let Some(min) = bound(&plan.min)? {
            value = value.max(min);
        }
        if let Some(max) = bound(&plan.max)? {
            value = value.min(max).max(Ratio::ZERO);
        }
        let mode = self.mode(form);
        let rounded = |value: Ratio| whole_steps(value, plan.unit, plan.step, mode);
        let (before, net) = (rounded(made.value)?, rounded(value)?);
        let (mut minor, mut tax) = (net, 0);
        if let Some(node) = &plan.tax {
            env.award.set(value);
            let part = rounded(env.number(node)?.max(Ratio::ZERO))?;
            match self.policy.tax {
                Tax::Added => {
                    tax = part;
                    minor = net.checked_add(part).ok_or(Fault::Overflow)?;
                }
                Tax::Included => tax = part.min(net),
                Tax::None => {}
            }
        }
        let due = match &plan.due {
            None => None,
            Some(node) => {
                let day = env.number(node)?.floor();
                Some(i32::try_from(day).map_err(|_| Fault::NoDay)?)
            }
        };
        let form = u8::try_from(form).unwrap_or(u8::MAX);
        outcome.awards.push(Award { form, minor, tax, before, due, rules: made.rules });
        if self.policy.combine == Combine::Sum && amounts.len() > 1 {
            split(form, minor, &amounts, &mut outcome.parts)?;
        }
        Ok(())
    }

    /// How the amounts of a form are rounded.
    pub(super) fn mode(&self, form: usize) -> Mode {
        self.policy.forms.get(form).map_or(Mode::HalfEven, |form| form.rounding.mode)
    }

    fn combined(&self, amounts: &[(u16, Ratio)]) -> Result<Option<Made>, Fault> {
        let Some((first, value)) = amounts.first().copied() else { return Ok(None) };
        let mut made = Made { value, rules: RuleSet::default() };
        let mut best = first;
        for (place, amount) in amounts.iter().skip(1) {
            let better = match self.policy.combine {
                Combine::Sum => {
                    made.value = made.value.add(*amount).ok_or(Fault::Overflow)?;
                    continue;
                }
                Combine::Largest => amount.cmp(&made.value) == Ordering::Greater,
                Combine::Smallest => amount.cmp(&made.value) == Ordering::Less,
                Combine::Unique | Combine::First => false,
            };
            if better {
                (best, made.value) = (*place, *amount);
            }
        }
        match self.policy.combine {
            Combine::Sum => amounts.iter().for_each(|(place, _)| made.rules.add(*place)),
            _ => made.rules.add(best),
        }
        Ok(Some(made))
    }
}

struct Made {
    value: Ratio,
    rules: RuleSet,
}

/// The one rounding of an award, in minor units.
pub(super) fn whole_steps(value: Ratio, unit: Ratio, step: i64, mode: Mode) -> Result<i64, Fault> {
    let steps = value.div(unit).ok_or(Fault::Overflow)?.round(mode);
    let minor = steps.checked_mul(i128::from(step)).ok_or(Fault::Overflow)?;
    i64::try_from(minor).map_err(|_| Fault::Overflow)
}

/// Splits an award among the rules that made it up, by largest remainder, so that the parts add
/// up; ties go to the rule that stands first.
pub(super) fn split(
    form: u8,
    minor: i64,
    amounts: &[(u16, Ratio)],
    parts: &mut Vec<Part>,
) -> Result<(), Fault> {
    let from = parts.len();
    let mut sum = Ratio::ZERO;
    for (_, amount) in amounts {
        sum = sum.add(*amount).ok_or(Fault::Overflow)?;
    }
    let mut rests: Vec<(usize, Ratio)> = Vec::with_capacity(amounts.len());
    let mut given: i64 = 0;
    for (i, (rule, amount)) in amounts.iter().enumerate() {
        let exact = if sum.is_zero() {
            Ratio::ZERO
        } else {
            let whole = Ratio::whole(i128::from(minor));
            whole.mul(*amount).and_then(|x| x.div(sum)).ok_or(Fault::Overflow)?
        };
        let floor = i64::try_from(exact.floor()).map_err(|_| Fault::Overflow)?;
        given += floor;
        let rest = exact.sub(Ratio::whole(i128::from(floor))).ok_or(Fault::Overflow)?;
        rests.push((i, rest));
        parts.push(Part { form, rule: *rule, minor: floor });
    }
    rests.sort_by(|(i, a), (j, b)| b.cmp(a).then(i.cmp(j)));
    let mut left = minor - given;
    for (i, _) in rests.iter().cycle() {
        if left <= 0 {
            break;
        }
        if let Some(part) = parts.get_mut(from + i) {
            part.minor += 1;
        }
        left -= 1;
    }
    Ok(())
}
