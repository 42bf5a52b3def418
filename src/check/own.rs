//! The checks that a company writes itself: the standard's table `checks`.
//!
//! Each rule that holds is a finding: `level`, `code`, `message` and `fix` are the table's outputs,
//! and the finding points to the fields that the rule's facts were read from.

use std::collections::BTreeSet;

use super::catalogue;
use super::remark::Remark;
use super::words::shown;
use crate::decision::{FactSet, Rule, Table, Value, decide};
use crate::diag::Level;
use crate::incident::{Kind, Record, Status};
use crate::standard::Policies;
use crate::yaml::{Route, route, route_text};

/// Name of the table.
const TABLE: &str = "checks";

/// A fact that was read from more fields than this, such as the level, points nowhere in
/// particular.
const SPECIFIC: usize = 4;

/// What a rule of the standard's own checks says of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The rule's code, or its id.
    pub code: String,
    /// How bad the standard says it is.
    pub level: Level,
    pub(super) remark: Remark,
}

fn text<'t>(table: &Table, rule: &'t Rule, output: &str) -> Option<&'t str> {
    rule.then.get(table.output(output)?)?.as_ref()?.as_text()
}

fn code<'t>(table: &Table, rule: &'t Rule) -> &'t str {
    text(table, rule, "code").unwrap_or(&rule.id)
}

/// Every table of checks: the company's, and those of verticals.
fn tables(policies: &Policies) -> impl Iterator<Item = &Table> {
    let beside = policies.verticals().iter().filter(|t| t.of == TABLE).map(|t| &t.table);
    policies.table(TABLE).into_iter().chain(beside)
}

/// The codes that the standard's own checks give, but for those that are built in.
pub fn own_codes(policies: &Policies) -> BTreeSet<String> {
    let rules = tables(policies).flat_map(|t| t.rules.iter().map(move |r| (t, r)));
    let codes = rules.map(|(table, rule)| code(table, rule));
    codes.filter(|code| catalogue::find(code).is_none()).map(str::to_owned).collect()
}

/// Why the standard asks for what a code of its own names.
pub fn explain_own(policies: &Policies, wanted: &str) -> Option<String> {
    let (table, rule) = tables(policies)
        .find_map(|t| Some((t, t.rules.iter().find(|rule| code(t, rule) == wanted)?)))?;
    let message = rule.message.as_deref().or(text(table, rule, "message")).unwrap_or(wanted);
    let why = rule.why.as_deref().unwrap_or("The standard does not say why.");
    Some(format!("# {wanted}\n\nThe standard's own check ({}): {message}.\n\n{why}\n", table.file))
}

/// What the standard's own checks say of a record; `facts` are those of [`Policies::decide`].
///
/// A stub describes nothing, planned work is no incident, and what was merged or cancelled owes
/// nothing: the table is not asked about them. A rule whose code is built in is left to that check.
/// Where a vertical gives a code of the company's, the graver of the two stands.
pub fn own(policies: &Policies, facts: &FactSet, record: &Record) -> Vec<Own> {
    let beside = record.restricted.is_some()
        || record.kind == Some(Kind::Maintenance)
        || matches!(record.status, Status::Merged | Status::Cancelled);
    if beside {
        return Vec::new();
    }
    let mut all: Vec<Own> = Vec::new();
    for (place, table) in policies.tables(TABLE, facts).into_iter().enumerate() {
        for one in of_table(table, facts, record) {
            match all.iter_mut().find(|known| place > 0 && known.code == one.code) {
                Some(known) if one.level > known.level => *known = one,
                Some(_) => {}
                None => all.push(one),
            }
        }
    }
    all
}

fn of_table(table: &Table, facts: &FactSet, record: &Record) -> Vec<Own> {
    let decision = decide(table, facts);
    let mut all = Vec::new();
    for rule in decision.decided_by() {
        let code = code(table, rule);
        if catalogue::find(code).is_some() {
            continue;
        }
        let level = match text(table, rule, "level") {
            Some("error") => Level::Error,
            Some("note") => Level::Note,
            _ => Level::Warning,
        };
        let inputs = rule.when.iter().filter_map(|cell| table.inputs.get(cell.input));
        let mut read: Vec<Vec<Route>> =
            inputs.filter_map(|input| facts.routes_within(&input.fact, SPECIFIC)).collect();
        read.sort_by_key(|routes| routes.len());
        let mut routes: Vec<Route> = read.concat();
        // That it is no drill and no import is why it is asked, never what is wrong.
        routes.retain(|r| !matches!(route_text(r).as_str(), "exercise" | "x-import"));
        routes.push(route("status"));
        let message = rule.message.as_deref().or(text(table, rule, "message")).unwrap_or(code);
        let value = |name: &str| {
            let fact = table.input(name).and_then(|i| table.inputs.get(i)).map(|i| i.fact.as_str());
            facts.value(fact.unwrap_or(name)).map(|value| match value {
                Value::List(items) => {
                    items.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")
                }
                value => value.to_string(),
            })
        };
        let fix = rule.fix.as_deref().or(text(table, rule, "fix"));
        let help = fix.map(|fix| with_id(fix, record.id.suffix()));
        let clause = Some(format!("{}#{}", table.file, rule.id));
        let message = filled(message, value);
        let remark = Remark { routes, message, help, clause, place: None };
        all.push(Own { code: code.to_owned(), level, remark });
    }
    all
}

/// A command of the standard with its `ID` filled in.
fn with_id(fix: &str, id: &str) -> String {
    let words = fix.split(' ').map(|word| if word == "ID" { id } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// A message with the facts in double braces filled in; what is not known is said so.
fn filled(message: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, from)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, after)) = from.split_once("}}") else {
            out.push_str("{{");
            rest = from;
            continue;
        };
        match value(name.trim()) {
            Some(value) => out.push_str(&shown(&value)),
            None => out.push_str("not known"),
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_commands_are_filled_in() {
        let value = |name: &str| (name == "a").then(|| "5".to_owned());
        assert_eq!(filled("{{a}} of {{ b }}, {{a", value), "5 of not known, {{a");
        assert_eq!(
            with_id("inc role ID incident_commander IDA", "7QKM"),
            "inc role 7QKM incident_commander IDA"
        );
    }
}
