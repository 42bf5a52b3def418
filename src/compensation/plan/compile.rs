//! What the incident decides, decided before the first row.

use std::sync::Arc;

use super::lower::lower;
use super::{Check, Compiled, FormPlan, Limit, Rule, Setting};
use crate::compensation::amount::{self, Constant, Known as Folded, Node, fold, open_facts};
use crate::compensation::columns::Column;
use crate::compensation::policy::{Combine, Policy, Written};
use crate::decision::{FactSet, Known, Value, decide};

/// Why a policy cannot be applied to an incident yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// Amounts or rules need facts that are not known.
    #[error("these facts are not known yet: {}", .0.join(", "))]
    Open(Vec<String>),
    /// A limit has no value that can be paid.
    #[error("limit {0} has no amount: {1}")]
    Limit(String, String),
    /// A fact is measured in another unit than the policy says.
    #[error("fact {0} is {1}, which the policy cannot use")]
    Fact(String, String),
}

impl Policy {
    /// The policy ready for the rows of one incident.
    ///
    /// # Errors
    /// When facts that it needs are not known.
    pub fn compile(&self, facts: &FactSet, setting: Setting) -> Result<Compiled, NotYet> {
        let zone = self.zone.unwrap_or(setting.zone);
        let mut constants: Vec<Option<Constant>> = Vec::with_capacity(self.facts.len());
        for (name, kind) in &self.facts {
            constants.push(match (name.as_str(), facts.known(name)) {
                ("run_date", Known::Unknown) => {
                    amount::constant(&Value::Date(setting.run_date), *kind)
                }
                (_, Known::Is(value)) => Some(usable(name, value, *kind)?),
                _ => None,
            });
        }
        let names = self.names();
        let outside = Folded {
            facts: &constants,
            lets: &[],
            parameters: &self.parameters,
            calendars: &self.calendars,
            zone,
            names,
        };
        let mut lets: Vec<Node> = Vec::with_capacity(self.lets.len());
        for one in &self.lets {
            let node = fold(one.amount.node.clone(), &Folded { lets: &lets, ..outside });
            lets.push(node);
        }
        let within = Folded { lets: &lets, ..outside };
        let folded = |written: &Written| fold(written.amount.node.clone(), &within);
        let optional = |written: &Option<Written>| written.as_ref().map(folded);
        let forms: Vec<FormPlan> = self
            .forms
            .iter()
            .map(|form| FormPlan {
                due: optional(&form.due),
                min: optional(&form.min),
                max: optional(&form.max),
                tax: optional(&form.tax),
                unit: form.rounding.unit,
                step: form.rounding.step,
            })
            .collect();

        let mut open: Vec<usize> = Vec::new();
        let mut open_names: Vec<String> = Vec::new();
        let rules = self.rules(facts, &lets, &folded, &mut open_names);
        let mut all: Vec<&Node> = Vec::new();
        all.extend(rules.iter().flat_map(|rule| rule.amounts.iter().flatten()));
        all.extend(forms.iter().flat_map(|f| [&f.due, &f.min, &f.max, &f.tax]).flatten());
        let cells = rules.iter().flat_map(|rule| rule.cells.iter().map(|(node, _)| node));
        all.extend(cells);
        let mut used = Vec::new();
        for node in all {
            open_facts(node, &mut open);
            names_used(node, &lets, &mut used);
        }
        for place in used {
            if let Some(node) = lets.get(place) {
                open_facts(node, &mut open);
            }
        }
        let limits = self.limits(facts, &folded, &mut open, &mut open_names)?;
        let named = open.iter().filter_map(|place| self.facts.get(*place)).map(|(n, _)| n.clone());
        open_names.extend(named);
        if !open_names.is_empty() {
            open_names.sort_unstable();
            open_names.dedup();
            return Err(NotYet::Open(open_names));
        }
        let steps = self.columns.iter().map(Column::step).collect();
        let (policy, program) = (Arc::new(self.clone()), None);
        let mut compiled = Compiled { policy, zone, lets, rules, forms, steps, program, limits };
        compiled.program = lower(&compiled).map(Arc::new);
        Ok(compiled)
    }

    /// The rules that may hold for some row.
    fn rules(
        &self,
        facts: &FactSet,
        lets: &[Node],
        folded: &dyn Fn(&Written) -> Node,
        open: &mut Vec<String>,
    ) -> Vec<Rule> {
        let decision = decide(&self.award, facts);
        let mut rules = Vec::new();
        for (at, rule) in self.award.rules.iter().enumerate() {
            let mut cells = Vec::new();
            let mut waits: Vec<String> = Vec::new();
            let mut never = false;
            for (i, condition) in rule.when.iter().enumerate() {
                let Some(input) = self.award.inputs.get(condition.input) else { continue };
                let row = match self.columns.find(&input.name) {
                    Some(column) => Some(Node::Column(column)),
                    None => self.let_names.iter().position(|(name, _)| *name == input.name).map(
                        |place| match lets.get(place) {
                            Some(node @ (Node::Num(..) | Node::Text(_))) => node.clone(),
                            _ => Node::Let(place),
                        },
                    ),
                };
                let check = || Check::of(&condition.test, &input.ty);
                match row {
                    Some(Node::Num(ratio, _)) => never |= !check().holds(amount::Val::Num(ratio)),
                    Some(Node::Text(text)) => never |= !check().holds(amount::Val::Text(&text)),
                    Some(node) => cells.push((node, check())),
                    None => match decision.condition_held(at, i) {
                        Some(holds) => never |= !holds,
                        None => waits.push(input.fact.clone()),
                    },
                }
            }
            if never {
                continue;
            }
            open.append(&mut waits);
            let Some(award) = self.awards.get(at) else { continue };
            let always = cells.is_empty();
            rules.push(Rule {
                place: u16::try_from(at).unwrap_or(u16::MAX),
                cells,
                amounts: award.amounts.iter().map(|a| a.as_ref().map(folded)).collect(),
                excludes: award.exclude.is_some(),
            });
            // Nothing behind it can be the first that holds.
            if always && self.combine == Combine::First {
                break;
            }
        }
        rules
    }

    fn limits(
        &self,
        facts: &FactSet,
        folded: &dyn Fn(&Written) -> Node,
        open: &mut Vec<usize>,
        open_names: &mut Vec<String>,
    ) -> Result<Vec<Limit>, NotYet> {
        let Some(table) = &self.limits else { return Ok(Vec::new()) };
        let decision = decide(table, facts);
        for (_, conditions) in decision.open_rules() {
            let inputs = conditions.iter().filter_map(|c| table.inputs.get(c.input));
            open_names.extend(inputs.map(|input| input.fact.clone()));
        }
        let mut limits = Vec::new();
        for (at, (rule, limit)) in table.rules.iter().zip(&self.limit_rules).enumerate() {
            if decision.held(at) != Some(true) {
                continue;
            }
            let node = folded(&limit.amount);
            open_facts(&node, open);
            let Some(amount) = node.number() else { continue };
            let digits = self.currency.minor_digits();
            let minor = amount.mul(amount::Ratio::whole(10_i128.pow(digits)));
            // What lies between two cents is not paid.
            let minor = minor.and_then(|minor| i64::try_from(minor.floor()).ok());
            let Some(minor) = minor.filter(|minor| *minor >= 0) else {
                let shown = amount::quantity(amount, limit.amount.amount.kind);
                return Err(NotYet::Limit(rule.id.clone(), shown));
            };
            let rule = rule.id.clone();
            limits.push(Limit {
                rule,
                kind: limit.kind,
                minor,
                at: limit.at,
                period: limit.period,
            });
        }
        limits.sort_by_key(|limit| limit.kind);
        Ok(limits)
    }
}

/// A fact's value as the policy counts it.
fn usable(name: &str, value: &Value, kind: amount::Kind) -> Result<Constant, NotYet> {
    let other = |shown: String| NotYet::Fact(name.to_owned(), shown);
    if let (Value::Money(money), amount::Kind::Money(currency)) = (value, kind)
        && money.currency != currency
    {
        return Err(other(money.to_string()));
    }
    amount::constant(value, kind).ok_or_else(|| other(value.to_string()))
}

/// The names of `[let]` that a node needs, and those that these need.
fn names_used(node: &Node, lets: &[Node], used: &mut Vec<usize>) {
    if let Node::Let(place) = node
        && !used.contains(place)
    {
        used.push(*place);
        if let Some(inner) = lets.get(*place) {
            names_used(inner, lets, used);
        }
    }
    node.parts().into_iter().for_each(|part| names_used(part, lets, used));
}
