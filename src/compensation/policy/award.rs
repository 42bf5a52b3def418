//! `[award]`: what each rule gives, read from the texts of its outcomes.

use toml::de::DeTable;

use super::form::{Form, Written};
use super::reading::{Reading, Text, range};
use crate::compensation::amount::{self, AmountError, Kind, Scope};
use crate::decision::{Hit, Table, Test};
use crate::diag::nearest;

/// How the rules that hold become one award.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Combine {
    /// At most one rule may hold.
    Unique,
    /// The first that holds.
    First,
    /// All of them, added up.
    Sum,
    /// The one that gives most.
    Largest,
    /// The one that gives least.
    Smallest,
}

/// What a rule gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleAward {
    /// For each of the policy's forms the amount, where the rule gives it.
    pub amounts: Vec<Option<Written>>,
    /// Why the customer gets nothing, where the rule says so.
    pub exclude: Option<String>,
}

/// Reads how rules become an award; the table is then proved as one whose rules may all hold.
pub(super) fn combine(table: &mut Table, reading: &mut Reading<'_>) -> Option<Combine> {
    let found = match table.hit {
        Hit::Unique => Combine::Unique,
        Hit::First => Combine::First,
        Hit::CollectSum => Combine::Sum,
        Hit::CollectMax => Combine::Largest,
        Hit::CollectMin => Combine::Smallest,
        other => {
            let what = format!("`{}` says nothing of how awards come together", other.name());
            let help = "write unique, first, collect-sum, collect-max or collect-min";
            reading.error("unknown-hit", what, table.promise, help);
            return None;
        }
    };
    if table.hit.is_total() {
        table.hit = Hit::Collect;
    }
    Some(found)
}

/// The amounts of each rule, in the order of the table's rules.
pub(super) fn awards(
    section: &DeTable<'_>,
    table: &Table,
    forms: &[Form],
    currency: crate::units::Currency,
    scope: &Scope<'_>,
    reading: &mut Reading<'_>,
) -> Vec<RuleAward> {
    let mut all = Vec::new();
    let rules = section.get("rule").and_then(|rules| rules.get_ref().as_array());
    for (at, rule) in rules.into_iter().flat_map(|rules| rules.iter()).enumerate() {
        let filled = filled(table, at, scope);
        let scope = &Scope { filled: &filled, ..*scope };
        let mut award = RuleAward { amounts: vec![None; forms.len()], exclude: None };
        let then = rule.get_ref().as_table().and_then(|rule| rule.get("then"));
        let then = then.and_then(|then| then.get_ref().as_table());
        for (key, value) in then.into_iter().flat_map(|then| then.iter()) {
            let name: &str = key.get_ref();
            if name == "exclude" {
                award.exclude = reading.as_text(name, value);
                continue;
            }
            let place = match name {
                "pay" => Some(0),
                name => forms.iter().position(|form| form.name == name),
            };
            let Some((place, form)) = place.and_then(|at| Some((at, forms.get(at)?))) else {
                let names = forms.iter().map(|form| form.name.as_str()).chain(["pay", "exclude"]);
                let help = match nearest(name, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("declare it: [forms.{name}]"),
                };
                let what = format!("the policy gives no `{name}`");
                reading.error("unknown-form", what, range(key), help);
                continue;
            };
            let Some(text) = reading.words(name, value) else { continue };
            let kind = form.unit.kind(currency);
            let found = written(name, text, kind, scope, reading);
            if let Some(slot) = award.amounts.get_mut(place) {
                if slot.is_some() {
                    let what = format!("`pay` and `{}` are the same form", form.name);
                    reading.error("wrong-value", what, range(key), "write one of them");
                }
                *slot = found;
            }
        }
        let gives = award.amounts.iter().any(Option::is_some);
        if gives && award.exclude.is_some() {
            let what = "a rule that excludes gives nothing else";
            reading.error("wrong-value", what, range(rule), "write two rules");
        }
        all.push(award);
    }
    all
}

/// The columns of which a rule asks something that no empty cell passes.
fn filled(table: &Table, rule: usize, scope: &Scope<'_>) -> Vec<usize> {
    let conditions = table.rules.get(rule).into_iter().flat_map(|rule| &rule.when);
    let asks = conditions.filter(|c| match &c.test {
        Test::Any => false,
        Test::Not(_) | Test::AllNot(_) => true,
        test => !test.asks_null(),
    });
    asks.filter_map(|c| scope.columns.find(&table.inputs.get(c.input)?.name)).collect()
}

/// An amount of a kind, where it can be read.
pub(super) fn written(
    of: &str,
    text: Text,
    kind: Kind,
    scope: &Scope<'_>,
    reading: &mut Reading<'_>,
) -> Option<Written> {
    match amount::read(&text.text, scope).and_then(|found| of_kind(found, kind, &text)) {
        Ok(amount) => Some(Written { amount, text: text.text, range: text.range }),
        Err(error) => {
            reading.amount(&format!("`{of}`"), &text, error);
            None
        }
    }
}

fn of_kind(found: amount::Amount, kind: Kind, text: &Text) -> Result<amount::Amount, AmountError> {
    if found.kind == kind {
        return Ok(found);
    }
    Err(amount::of_another_kind(found.kind, kind, text.text.len()))
}
