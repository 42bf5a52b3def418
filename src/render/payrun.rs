//! A compensation run for people and for programs.

use serde_json::{Value as Json, json};

use super::{Align, Surface, Table};
use crate::compensation::run::{Count, FormSummary, FormTerms, Summary, amount_text, total_text};
use crate::compensation::{AtLimit, Limit};

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
