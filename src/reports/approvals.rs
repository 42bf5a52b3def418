//! What the standard asks to be approved, and by whom.

use std::collections::BTreeSet;

use super::company::Company;
use crate::approval::{Approver, Need, Of};
use crate::communication::Holding;
use crate::decision::{FactSet, Value};
use crate::facts::Surroundings as _;
use crate::incident::Record;
use crate::units::Instant;

/// The approvals that something of a record needs; none without a standard that asks.
pub fn needs(record: &Record, company: &Company<'_>, now: Instant, of: &Of) -> Vec<Need> {
    let Some(policies) = company.policies(record, now) else { return Vec::new() };
    let facts = policies.decide(company.facts(record, now)).facts;
    policies.approvals(&facts, &inputs(record, company, of, false))
}

/// As [`needs`], for several things of one record; `holding` are the messages whose words are those of
/// a holding statement in force.
pub fn all_needs<'o>(
    record: &Record,
    company: &Company<'_>,
    now: Instant,
    of: impl IntoIterator<Item = &'o Of>,
    holding: &BTreeSet<String>,
) -> Vec<(String, Vec<Need>)> {
    let mut of = of.into_iter().peekable();
    if of.peek().is_none() {
        return Vec::new();
    }
    let Some(policies) = company.policies(record, now) else { return Vec::new() };
    let facts: FactSet = policies.decide(company.facts(record, now)).facts;
    let holds = |of: &Of| matches!(of, Of::Message(id) if holding.contains(id));
    let ask = |of: &Of| policies.approvals(&facts, &inputs(record, company, of, holds(of)));
    of.map(|of| {
        let mut needs = ask(of);
        // Past its approval once, a message also needs whoever reads it afterwards.
        if let Of::Message(id) = of {
            let broken = Of::BreakGlass(id.clone());
            let name = broken.to_string();
            if record.approvals.iter().any(|a| a.of == name) {
                needs.extend(ask(&broken));
            }
        }
        (of.to_string(), needs)
    })
    .collect()
}

/// What the table may ask of a thing that is approved.
fn inputs(
    record: &Record,
    company: &Company<'_>,
    of: &Of,
    holding: bool,
) -> Vec<(&'static str, Value)> {
    let mut inputs = vec![("of", Value::text(of.kind()))];
    match of {
        Of::Message(id) | Of::BreakGlass(id) => {
            let named = |i: &crate::incident::ItemId| i.as_str() == id;
            let message = record.communications.iter().find(|m| m.id.as_ref().is_some_and(named));
            if let Some(message) = message {
                let customers = company.is_customer_facing(&message.channel);
                inputs.push(("customer_facing", Value::Boolean(customers)));
                inputs.push(("holding", Value::Boolean(holding)));
                inputs.push(("channel", Value::text(message.channel.as_str())));
                inputs.push(("stage", Value::text(message.stage.as_str())));
                inputs.push(("data_notice", Value::Boolean(message.stage == "data_notice")));
                if let Some(audience) = &message.audience {
                    inputs.push(("audience", Value::text(audience.as_str())));
                }
            }
        }
        Of::Payout(id) => {
            let named = |i: &crate::incident::ItemId| i.as_str() == id;
            let run = record.compensation.iter().find(|r| r.id.as_ref().is_some_and(named));
            if let Some(run) = run {
                let amount = super::payout::threshold(record, run, company);
                inputs.extend(amount.map(|amount| ("amount", Value::Money(amount))));
                if let Some(basis) = &run.basis {
                    inputs.push(("basis", Value::text(basis.as_str())));
                }
                inputs.push(("claws_back", Value::Boolean(run.claws_back)));
                inputs.push(("collect", Value::Boolean(run.collect)));
                inputs.push(("limit_passed", Value::Boolean(!run.asks.is_empty())));
            }
        }
        Of::Override(step) => inputs.push(("step", Value::text(step.as_str()))),
        Of::Review | Of::Waiver(_) => {}
    }
    inputs
}

/// The approvals that a holding statement needs.
pub fn holding_needs(company: &Company<'_>, holding: &Holding) -> Vec<Need> {
    let Some(policies) = company.standard.newest_policies() else { return Vec::new() };
    let customers = company.is_customer_facing(&holding.channel);
    let inputs = [
        ("of", Value::text("holding")),
        ("channel", Value::text(holding.channel.as_str())),
        ("stage", Value::text(holding.stage.as_str())),
        ("customer_facing", Value::Boolean(customers)),
    ];
    policies.approvals(&FactSet::new(), &inputs)
}

/// people.toml, as approvals read it.
pub fn approvers(company: &Company<'_>) -> Vec<Approver> {
    let people = company.standard.people.iter().map(|person| Approver {
        id: person.id.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        roles: person.roles.clone(),
        key: person.key.clone(),
    });
    people.collect()
}
