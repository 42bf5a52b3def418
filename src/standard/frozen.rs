//! Versions that have judged incidents stay as they were, so that the past is judged alike for ever.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Policies, Standard};
use crate::decision::{Rule, Table, Value};
use crate::diag::{Diagnostic, Diagnostics, Place, TextRange};

impl Standard {
    /// What was changed in versions that have judged incidents, besides titles and why a rule is
    /// there: as each table was in `before`, for incidents that began on `days`.
    ///
    /// A version that came later and judges incidents of before changes the past too.
    pub fn frozen(
        &self,
        before: &Standard,
        days: impl IntoIterator<Item = NaiveDate>,
    ) -> Diagnostics {
        let mut counts: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for day in days {
            *counts.entry(day).or_default() += 1;
        }
        let mut judged: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut other: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for (day, incidents) in counts {
            let Some(then) = before.policies(day) else { continue };
            let now = self.policies(day);
            for table in tables(then) {
                *judged.entry((&table.file, &table.name)).or_default() += incidents;
                let replaced = now.and_then(|now| tables(now).find(|t| t.name == table.name));
                if let Some(replaced) = replaced.filter(|t| t.file != table.file) {
                    let files = (replaced.file.as_str(), table.file.as_str(), table.name.as_str());
                    *other.entry(files).or_default() += incidents;
                }
            }
        }
        let mut found = Diagnostics::default();
        for ((file, name), incidents) in judged {
            let Some(was) = table(before, file, name) else { continue };
            let (what, range) = match table(self, file, name) {
                Some(is) => match difference(was, is) {
                    Some((what, range)) => (what, Some(range)),
                    None => continue,
                },
                None => (format!("table {name} is gone"), None),
            };
            found.push(self.finding(file, &format!("{}, and {what}", has(incidents)), range));
        }
        // One line a file: its tables come and go together.
        let mut told = BTreeSet::new();
        for ((file, instead, _), incidents) in other {
            if told.insert(file) {
                let what = format!("{}, which {instead} has judged", judges(incidents));
                found.push(self.finding(file, &what, None));
            }
        }
        found
    }

    fn finding(&self, file: &str, what: &str, range: Option<TextRange>) -> Diagnostic {
        let name = file.rsplit('/').next().unwrap_or(file);
        let base = name.split('.').next().unwrap_or(name);
        let finding =
            Diagnostic::warning("frozen-standard", format!("{name} {what}")).help(format!(
                "leave it as it was, and write {base}.YYYY-MM-DD.toml with its own effective_from"
            ));
        match range {
            Some(range) => self.placed(finding, file, range),
            None => finding.at(Place::file(file)),
        }
    }
}

fn table<'s>(standard: &'s Standard, file: &str, name: &str) -> Option<&'s Table> {
    let mut all = standard.versions().iter().flat_map(tables);
    all.find(|t| t.file == file && t.name == name)
}

fn tables(policies: &Policies) -> impl Iterator<Item = &Table> {
    policies.all().chain(policies.verticals().iter().map(|t| &t.table))
}

fn has(incidents: usize) -> String {
    match incidents {
        1 => "has judged 1 incident".to_owned(),
        n => format!("has judged {n} incidents"),
    }
}

fn judges(incidents: usize) -> String {
    match incidents {
        1 => "judges 1 incident".to_owned(),
        n => format!("judges {n} incidents"),
    }
}

/// The first thing that two versions of a table do not decide alike: what, and where it is now.
fn difference(was: &Table, is: &Table) -> Option<(String, TextRange)> {
    let name = &is.name;
    if was.effective_from != is.effective_from {
        let day = |d: Option<NaiveDate>| d.map_or("always".to_owned(), |d| d.to_string());
        let what = format!(
            "table {name} now holds from {} instead of {}",
            day(is.effective_from),
            day(was.effective_from)
        );
        return Some((what, is.range));
    }
    if (was.hit, was.distinct) != (is.hit, is.distinct) {
        let (was, is_hit) = (was.hit.name(), is.hit.name());
        return Some((format!("the policy of {name} is now {is_hit} instead of {was}"), is.range));
    }
    if was.parameters != is.parameters {
        return Some((format!("parameters of {name} are others now"), is.range));
    }
    for output in &is.outputs {
        let same = was.outputs.iter().find(|o| o.name == output.name).is_some_and(|o| {
            (&o.ty, &o.values, &o.default, o.stricter)
                == (&output.ty, &output.values, &output.default, output.stricter)
        });
        if !same {
            return Some((
                format!("output {} of {name} is another now", output.name),
                output.range,
            ));
        }
    }
    if let Some(gone) = was.outputs.iter().find(|o| is.output(&o.name).is_none()) {
        return Some((format!("output {} of {name} is gone", gone.name), is.range));
    }
    if let Some(gone) = was.rules.iter().find(|rule| is.rule(&rule.id).is_none()) {
        return Some((format!("rule {} of {name} is gone", gone.id), is.range));
    }
    for (place, rule) in is.rules.iter().enumerate() {
        let Some(old) = was.rule(&rule.id) else {
            return Some((format!("rule {} of {name} is new", rule.id), rule.range));
        };
        if was.rules.get(place).is_none_or(|r| r.id != rule.id) {
            return Some((format!("rule {} of {name} stands elsewhere now", rule.id), rule.range));
        }
        let (asked, asks) = (asks(was, old), asks(is, rule));
        if asked != asks {
            return Some((
                format!("rule {} of {name} asks something else now", rule.id),
                rule.range,
            ));
        }
        for output in &is.outputs {
            let (gave, gives) = (gives(was, old, &output.name), gives(is, rule, &output.name));
            if gave != gives {
                let word = |v: Option<&Value>| v.map_or("nothing".to_owned(), Value::to_string);
                let what = format!(
                    "rule {} of {name} now gives {} {} instead of {}",
                    rule.id,
                    output.name,
                    word(gives),
                    word(gave)
                );
                return Some((what, rule.range));
            }
        }
    }
    let cannot = |table: &Table| {
        let all = table.impossible.iter().map(|i| conditions(table, &i.when));
        all.collect::<BTreeSet<_>>()
    };
    (cannot(was) != cannot(is))
        .then(|| (format!("what cannot occur in {name} is another now"), is.range))
}

/// What a rule asks, by input: how the input is read, and the test.
fn asks(table: &Table, rule: &Rule) -> (BTreeSet<(String, String, String)>, Option<String>) {
    (conditions(table, &rule.when), rule.message.clone().or(rule.fix.clone()))
}

fn conditions(
    table: &Table,
    when: &[crate::decision::Condition],
) -> BTreeSet<(String, String, String)> {
    let one = |condition: &crate::decision::Condition| {
        let input = table.inputs.get(condition.input)?;
        Some((input.fact.clone(), input.ty.to_string(), condition.test.to_string()))
    };
    when.iter().filter_map(one).collect()
}

fn gives<'t>(table: &Table, rule: &'t Rule, output: &str) -> Option<&'t Value> {
    rule.then.get(table.output(output)?)?.as_ref()
}
