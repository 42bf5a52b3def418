//! A compensation run for people and for programs.
//!
//! The file is long because each answer stands here twice, for people and for programs, side by
//! side.

use serde_json::{Value as Json, json};

use super::{Align, Surface, Table};
use crate::compensation::run::{
    Compared, Count, Effect, FormSummary, FormTerms, Side, Summary, Terms, amount_text, total_text,
};
use crate::compensation::{AtLimit, Limit, Step, Working};
use crate::incident::{CompensationRun, Record};

/// Where a run's files lie, and whose it is.
#[derive(Debug, Clone, Default)]
pub struct Whereabouts {
    /// The incident.
    pub incident: Option<String>,
    /// The run's id, where it is stored.
    pub run: Option<String>,
    /// The evidence.
    pub evidence: String,
    /// The file of awards.
    pub awards: Option<String>,
    /// The file of rows put aside.
    pub rejects: Option<String>,
    /// The SHA-256 of the facts that the policy used.
    pub facts_sha256: String,
}

/// The run as a table for people.
pub fn text(summary: &Summary, at: &Whereabouts, surface: Surface) -> String {
    let mut text = format!(
        "{} ({}, version {}): {}\n",
        summary.title, summary.policy, summary.version, summary.basis
    );
    if summary.proposed {
        text.push_str("its figures are proposals that the company has yet to decide\n");
    }
    let mut counts = Table::new([("", Align::Left), ("CUSTOMERS", Align::Right)]);
    counts.push(["read".to_owned(), grouped(summary.read)]);
    counts.push(["get something".to_owned(), grouped(summary.eligible)]);
    for (rule, reason, count) in &summary.excluded {
        counts.push([format!("excluded by {rule}: {reason}"), grouped(*count)]);
    }
    if summary.nothing > 0 {
        counts.push(["no rule gives them anything".to_owned(), grouped(summary.nothing)]);
    }
    for (kind, count) in &summary.rejected {
        counts.push([format!("put aside: {kind}"), grouped(*count)]);
    }
    text.push_str(&format!("\n{}", counts.render(surface)));
    for form in &summary.forms {
        text.push_str(&format!("\n{}", of_form(form, surface)));
    }
    if !summary.limits.is_empty() {
        text.push_str(&format!("\n{}", limits(summary, surface)));
    }
    if !summary.unused.is_empty() {
        let names: Vec<String> = summary.unused.iter().map(|n| super::terminal_safe(n)).collect();
        text.push_str(&format!("\ncolumns that the policy does not read: {}\n", names.join(", ")));
    }
    let mut hashes = Table::new(["", "SHA-256", "WHERE"].map(|name| (name, Align::Left)));
    let safe = super::terminal_safe;
    hashes.push(["policy".to_owned(), summary.policy_sha256.clone(), String::new()]);
    hashes.push(["facts".to_owned(), at.facts_sha256.clone(), String::new()]);
    hashes.push(["evidence".to_owned(), summary.evidence.1.clone(), safe(&at.evidence)]);
    let place = at.awards.as_deref().map(safe).unwrap_or_default();
    hashes.push(["awards".to_owned(), summary.awards.1.clone(), place]);
    text.push_str(&format!("\n{}", hashes.render(surface)));
    if let Some(rejects) = &at.rejects {
        text.push_str(&format!("rows put aside: {}\n", safe(rejects)));
    }
    text
}

fn of_form(form: &FormSummary, surface: Surface) -> String {
    let terms = &form.terms;
    let of = |minor: i128| total_text(minor, terms.digits);
    let unit = if terms.is_money() { terms.currency.as_str() } else { terms.unit };
    let mut table = Table::new([
        (terms.name.clone(), Align::Left),
        ("AWARDS".to_owned(), Align::Right),
        (format!("TOTAL {unit}"), Align::Right),
    ]);
    let mut row = |name: String, count: &Count| {
        table.push([name, grouped(count.awards), of(count.total)]);
    };
    row("all".to_owned(), &form.all);
    for (rule, count) in &form.rules {
        row(format!("rule {rule}"), count);
    }
    for (segment, count) in &form.segments {
        let named = if segment.is_empty() { "without one" } else { segment };
        row(format!("segment {}", super::terminal_safe(named)), count);
    }
    for (end, count) in &form.bands {
        let name = match end {
            Some(end) => format!("up to {}", of(i128::from(*end))),
            None => "more".to_owned(),
        };
        row(name, count);
    }
    let mut text = table.render(surface);
    text.push_str(&format!("largest {} {unit}\n", amount_text(form.largest, terms.digits)));
    if terms.tax {
        text.push_str(&format!("of it tax {} {unit}\n", of(form.tax)));
    }
    text
}

fn limits(summary: &Summary, surface: Surface) -> String {
    let (currency, digits) = &summary.currency;
    let mut table = Table::new([
        ("LIMIT".to_owned(), Align::Left),
        ("RULE".to_owned(), Align::Left),
        (currency.clone(), Align::Right),
        ("TOUCHED".to_owned(), Align::Right),
        ("CUT".to_owned(), Align::Right),
    ]);
    for (limit, effect) in &summary.limits {
        let beyond = match limit.at {
            AtLimit::Stop if effect.cut > 0 => {
                format!("asks: {} over", total_text(effect.cut, *digits))
            }
            AtLimit::Stop => String::new(),
            _ => total_text(effect.cut, *digits),
        };
        table.push([
            limit_name(limit),
            limit.rule.clone(),
            amount_text(limit.minor, *digits),
            grouped(effect.touched),
            beyond,
        ]);
    }
    table.render(surface)
}

fn limit_name(limit: &Limit) -> String {
    match limit.period {
        Some(period) => format!("{} of {period}", limit.kind.name()),
        None => limit.kind.name().to_owned(),
    }
}

/// Digits in groups of three, for people.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The run as a documented object.
pub fn json(summary: &Summary, at: &Whereabouts) -> Json {
    let (currency, digits) = &summary.currency;
    json!({
        "schema": 1,
        "incident": at.incident,
        "run": at.run,
        "policy": {
            "name": summary.policy,
            "version": summary.version,
            "title": summary.title,
            "basis": summary.basis,
            "proposed": summary.proposed,
            "sha256": summary.policy_sha256,
        },
        "facts_sha256": at.facts_sha256,
        "evidence": {
            "path": at.evidence,
            "bytes": summary.evidence.0,
            "sha256": summary.evidence.1,
            "unused_columns": summary.unused,
        },
        "awards": {
            "path": at.awards,
            "bytes": summary.awards.0,
            "sha256": summary.awards.1,
            "count": summary.count(),
        },
        "customers": {
            "read": summary.read,
            "eligible": summary.eligible,
            "excluded": summary.excluded.iter().map(|(rule, reason, count)| {
                json!({ "rule": rule, "reason": reason, "customers": count })
            }).collect::<Vec<_>>(),
            "nothing": summary.nothing,
            "rejected": summary.rejected.iter().map(|(kind, count)| {
                json!({ "kind": kind, "rows": count })
            }).collect::<Vec<_>>(),
            "rejects": at.rejects,
        },
        "currency": currency,
        "total": total_text(summary.money(), *digits),
        "cut": total_text(summary.cut(), *digits),
        "forms": summary.forms.iter().map(form_json).collect::<Vec<_>>(),
        "limits": summary.limits.iter().map(|(limit, effect)| json!({
            "limit": limit.kind.name(),
            "rule": limit.rule,
            "amount": amount_text(limit.minor, *digits),
            "at": limit.at.name(),
            "period": limit.period.map(|period| period.to_string()),
            "touched": effect.touched,
            "cut": total_text(effect.cut, *digits),
        })).collect::<Vec<_>>(),
        "asks": summary.asks,
    })
}

fn form_json(form: &FormSummary) -> Json {
    let terms = &form.terms;
    let count = |name: &str, of: &str, count: &Count| {
        let mut found = counted(count, terms);
        found[name] = json!(of);
        found
    };
    let mut found = counted(&form.all, terms);
    found["form"] = json!(terms.name);
    found["unit"] = json!(terms.unit);
    found["currency"] = json!(terms.is_money().then_some(&terms.currency));
    found["largest"] = json!(amount_text(form.largest, terms.digits));
    found["tax"] = json!(terms.tax.then(|| total_text(form.tax, terms.digits)));
    found["rules"] = form.rules.iter().map(|(rule, c)| count("rule", rule, c)).collect();
    found["segments"] = form.segments.iter().map(|(name, c)| count("segment", name, c)).collect();
    let bands = form.bands.iter().map(|(end, c)| {
        let mut found = counted(c, terms);
        found["up_to"] = json!(end.map(|end| amount_text(end, terms.digits)));
        found
    });
    found["distribution"] = bands.collect();
    found
}

fn counted(count: &Count, terms: &FormTerms) -> Json {
    json!({ "awards": count.awards, "total": total_text(count.total, terms.digits) })
}

/// One customer's working.
#[derive(Debug)]
pub struct Explained<'e> {
    /// The customer.
    pub customer: &'e str,
    /// The line of the evidence.
    pub line: u64,
    /// How the policy came to it.
    pub working: Option<&'e Working>,
    /// The lines of the file of awards.
    pub awards: &'e str,
    /// The policy's terms.
    pub terms: &'e Terms,
    /// What each limit did, to all customers.
    pub effects: &'e [Effect],
}

/// The working for people.
pub fn explained(told: &Explained<'_>, surface: Surface) -> String {
    let safe = super::terminal_safe;
    let mut text = format!("customer {}, line {}\n", safe(told.customer), told.line);
    let Some(working) = told.working else { return text };
    let two = |a: &str, b: &str| Table::new([a, b].map(|name| (name.to_owned(), Align::Left)));
    let mut cells = two("COLUMN", "VALUE");
    for (name, value) in &working.cells {
        cells.push([name.clone(), safe(value)]);
    }
    text.push_str(&format!("\n{}", cells.render(surface)));
    if !working.lets.is_empty() {
        text.push_str(&format!("\n{}", steps("NAME", &working.lets, surface)));
    }
    for rule in &working.rules {
        text.push_str(&format!(
            "\nrule {} {}\n",
            rule.rule,
            if rule.holds { "holds" } else { "does not hold" }
        ));
        for cell in &rule.cells {
            let value = cell.value.as_deref().map(|v| format!(", is {}", safe(v)));
            text.push_str(&format!(
                "  {} {} {}{}\n",
                if cell.holds { "✓" } else { "✗" },
                cell.input,
                cell.test,
                value.unwrap_or_default()
            ));
        }
        if !rule.gives.is_empty() {
            text.push_str(&steps("GIVES", &rule.gives, surface));
        }
        if let Some(why) = rule.why.as_deref().filter(|_| rule.holds) {
            text.push_str(&format!("  {}\n", safe(why)));
        }
    }
    if !working.bounds.is_empty() {
        text.push_str(&format!("\n{}", steps("BOUND", &working.bounds, surface)));
    }
    for rounding in &working.rounding {
        text.push_str(&format!("rounded: {rounding}\n"));
    }
    match &working.outcome {
        Ok(outcome) => {
            for award in &outcome.awards {
                let Some(form) = told.terms.forms.get(usize::from(award.form)) else { continue };
                let of = |minor: i64| amount_text(minor, form.digits);
                text.push_str(&format!(
                    "{}: {} before minimum and maximum, {} after\n",
                    form.name,
                    of(award.before),
                    of(award.minor)
                ));
            }
        }
        Err(why) => text.push_str(&format!("no amount: {}\n", safe(why))),
    }
    for (limit, effect) in told.terms.limits.iter().zip(told.effects) {
        let did = if effect.touched == 0 && effect.cut == 0 { "not reached" } else { "reached" };
        text.push_str(&format!("limit {} ({}): {did}\n", limit.rule, limit_name(limit)));
    }
    let lines = told.awards.lines().map(safe).collect::<Vec<_>>();
    match lines.as_slice() {
        [] => text.push_str("\nno award is written\n"),
        lines => text.push_str(&format!("\nwritten: {}\n", lines.join("\n         "))),
    }
    text
}

fn steps(heading: &str, steps: &[Step], surface: Surface) -> String {
    let mut table =
        Table::new([heading, "AMOUNT", "HERE", "VALUE"].map(|name| (name.to_owned(), Align::Left)));
    for step in steps {
        let value = match &step.value {
            Ok(value) => value.clone(),
            Err(why) => format!("none: {why}"),
        };
        table.push([
            step.name.clone(),
            step.written.clone(),
            step.compiled.clone(),
            super::terminal_safe(&value),
        ]);
    }
    table.render(surface)
}

/// The working as a documented object.
pub fn explained_json(told: &Explained<'_>) -> Json {
    let step = |step: &Step| {
        json!({
            "name": step.name, "written": step.written, "compiled": step.compiled,
            "value": step.value.as_ref().ok(), "fault": step.value.as_ref().err(),
        })
    };
    let working = told.working.map(|working| {
        json!({
            "cells": working.cells.iter().map(|(column, value)| {
                json!({ "column": column, "value": value })
            }).collect::<Vec<_>>(),
            "lets": working.lets.iter().map(step).collect::<Vec<_>>(),
            "rules": working.rules.iter().map(|rule| json!({
                "rule": rule.rule,
                "holds": rule.holds,
                "cells": rule.cells.iter().map(|cell| json!({
                    "input": cell.input, "test": cell.test, "value": cell.value,
                    "holds": cell.holds,
                })).collect::<Vec<_>>(),
                "gives": rule.gives.iter().map(step).collect::<Vec<_>>(),
                "why": rule.why,
            })).collect::<Vec<_>>(),
            "bounds": working.bounds.iter().map(step).collect::<Vec<_>>(),
            "rounding": working.rounding,
            "fault": working.outcome.as_ref().err(),
        })
    });
    json!({
        "schema": 1,
        "customer": told.customer,
        "line": told.line,
        "working": working,
        "limits": told.terms.limits.iter().zip(told.effects).map(|(limit, effect)| json!({
            "rule": limit.rule,
            "limit": limit.kind.name(),
            "reached": effect.touched > 0 || effect.cut > 0,
        })).collect::<Vec<_>>(),
        "awards": told.awards.lines().collect::<Vec<_>>(),
    })
}

/// The runs of a record for people; one of them with all that the record keeps.
pub fn runs(runs: &[&CompensationRun], whole: bool, surface: Surface) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    if let (true, [run]) = (whole, runs) {
        let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
        for (name, value) in fields(run) {
            table.push([name.to_owned(), super::terminal_safe(&value)]);
        }
        return table.render(surface);
    }
    let mut table = Table::new([
        ("RUN", Align::Left),
        ("POLICY", Align::Left),
        ("STATE", Align::Left),
        ("AWARDS", Align::Right),
        ("TOTAL", Align::Right),
        ("BY", Align::Left),
        ("AT", Align::Left),
    ]);
    for run in runs {
        table.push([
            run.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            super::terminal_safe(&run.policy),
            text(&run.state),
            run.count.map(grouped).unwrap_or_default(),
            run.total.map(|total| total.to_string()).unwrap_or_default(),
            super::terminal_safe(&text(&run.by)),
            run.at.map(|at| at.to_string()).unwrap_or_default(),
        ]);
    }
    table.render(surface)
}

/// What a record keeps of a run, name by name.
fn fields(run: &CompensationRun) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let evidence = run.evidence.first();
    let mut all = vec![
        ("run", run.id.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("policy", run.policy.clone()),
        ("version", text(&run.version)),
        ("basis", text(&run.basis)),
        ("state", text(&run.state)),
        ("by", text(&run.by)),
        ("at", run.at.map(|at| at.to_string()).unwrap_or_default()),
        ("customers read", evidence.and_then(|e| e.rows).map(grouped).unwrap_or_default()),
        ("get something", run.customers.map(grouped).unwrap_or_default()),
        ("rows put aside", run.rejected.map(grouped).unwrap_or_default()),
        ("awards", run.count.map(grouped).unwrap_or_default()),
        ("total", run.total.map(|total| total.to_string()).unwrap_or_default()),
    ];
    for form in &run.forms {
        let total = form.total.map(|total| total.to_string());
        let total = total.or_else(|| form.units.map(grouped)).unwrap_or_default();
        let count = form.count.map(grouped).unwrap_or_default();
        all.push(("form", format!("{}: {count} awards, {total}", form.form)));
    }
    all.extend([
        ("cut by limits", run.cut.map(|cut| cut.to_string()).unwrap_or_default()),
        ("limits that ask", run.asks.join(", ")),
        ("policy sha256", text(&run.policy_sha256)),
        ("facts sha256", text(&run.facts_sha256)),
        ("evidence", evidence.map(|e| e.path.clone()).unwrap_or_default()),
        ("evidence sha256", evidence.and_then(|e| e.sha256.clone()).unwrap_or_default()),
        ("awards sha256", text(&run.awards_sha256)),
    ]);
    all.retain(|(_, value)| !value.is_empty());
    all
}

/// The runs of a record as a documented object.
pub fn runs_json(record: &Record, runs: &[&CompensationRun]) -> Json {
    let one = |run: &&CompensationRun| {
        json!({
            "run": run.id.as_ref().map(|id| id.as_str()),
            "policy": run.policy,
            "version": run.version,
            "basis": run.basis,
            "state": run.state,
            "by": run.by,
            "at": run.at.map(|at| at.to_string()),
            "customers": run.customers,
            "rejected": run.rejected,
            "count": run.count,
            "total": run.total.map(|total| total.to_string()),
            "forms": run.forms.iter().map(|form| json!({
                "form": form.form,
                "count": form.count,
                "total": form.total.map(|total| total.to_string()),
                "units": form.units,
            })).collect::<Vec<_>>(),
            "cut": run.cut.map(|cut| cut.to_string()),
            "asks": run.asks,
            "policy_sha256": run.policy_sha256,
            "facts_sha256": run.facts_sha256,
            "evidence": run.evidence.iter().map(|evidence| json!({
                "path": evidence.path, "size": evidence.size, "rows": evidence.rows,
                "sha256": evidence.sha256,
            })).collect::<Vec<_>>(),
            "awards_sha256": run.awards_sha256,
        })
    };
    let listed: Vec<Json> = runs.iter().map(one).collect();
    json!({ "schema": 1, "incident": record.id.as_str(), "runs": listed })
}

/// Runs side by side for people.
pub fn compared(all: &[Compared], surface: Surface) -> String {
    let mut table = Table::new([
        ("INCIDENT", Align::Left),
        ("OF", Align::Left),
        ("AWARDS", Align::Right),
        ("NOW", Align::Right),
        ("TOTAL", Align::Right),
        ("NOW", Align::Right),
        ("DIFFERENCE", Align::Right),
    ]);
    let mut notes = String::new();
    let mut sums: Vec<(String, u32, i128, i128)> = Vec::new();
    for one in all {
        if let Some(why) = &one.missing {
            notes.push_str(&format!("{} run {}: {why}\n", one.incident, one.run));
            continue;
        }
        for (side, which) in [(&one.before, "the policy in force"), (&one.after, "the new one")] {
            if side.policy.is_none() {
                notes.push_str(&format!(
                    "{} run {}: {which} does not apply\n",
                    one.incident, one.run
                ));
            }
        }
        for row in &one.rows {
            let of = |minor: i128| total_text(minor, row.digits);
            let name = match &row.segment {
                None => row.form.clone(),
                Some(segment) => format!("  {}", super::terminal_safe(segment)),
            };
            table.push([
                one.incident.clone(),
                name,
                grouped(row.before.awards),
                grouped(row.after.awards),
                of(row.before.total),
                of(row.after.total),
                signed(row.after.total - row.before.total, row.digits),
            ]);
        }
        let (code, digits) = match (&one.before, &one.after) {
            (Side { policy: None, .. }, after) => after.currency.clone(),
            (before, _) => before.currency.clone(),
        };
        match sums.iter_mut().find(|(known, ..)| *known == code) {
            Some(sum) => {
                sum.2 += one.before.money;
                sum.3 += one.after.money;
            }
            None if !code.is_empty() => {
                sums.push((code, digits, one.before.money, one.after.money));
            }
            None => {}
        }
    }
    let mut text = table.render(surface);
    for (code, digits, before, after) in sums {
        text.push_str(&format!(
            "\nin all {} {code} in force, {} {code} now: {} {code}\n",
            total_text(before, digits),
            total_text(after, digits),
            signed(after - before, digits)
        ));
    }
    let customers =
        |side: fn(&Compared) -> &Side| -> u64 { all.iter().map(|c| side(c).customers).sum() };
    text.push_str(&format!(
        "customers who get something: {} in force, {} now\n",
        grouped(customers(|c| &c.before)),
        grouped(customers(|c| &c.after))
    ));
    text.push_str(&notes);
    text
}

fn signed(minor: i128, digits: u32) -> String {
    let sign = if minor > 0 { "+" } else { "" };
    format!("{sign}{}", total_text(minor, digits))
}

/// Runs side by side as a documented object.
pub fn compared_json(all: &[Compared]) -> Json {
    let side = |side: &Side| {
        json!({
            "policy": side.policy,
            "customers": side.customers,
            "total": side.policy.is_some().then(|| total_text(side.money, side.currency.1)),
            "currency": side.policy.is_some().then_some(&side.currency.0),
        })
    };
    let one = |one: &Compared| {
        json!({
            "incident": one.incident,
            "run": one.run,
            "missing": one.missing,
            "before": side(&one.before),
            "after": side(&one.after),
            "rows": one.rows.iter().map(|row| json!({
                "form": row.form,
                "segment": row.segment,
                "before": { "awards": row.before.awards, "total": total_text(row.before.total, row.digits) },
                "after": { "awards": row.after.awards, "total": total_text(row.after.total, row.digits) },
            })).collect::<Vec<_>>(),
        })
    };
    json!({ "schema": 1, "compared": all.iter().map(one).collect::<Vec<_>>() })
}
