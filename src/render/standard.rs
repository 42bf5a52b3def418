//! Decision tables and their proofs for people and programs.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::decision::{Condition, Rule, Table};
use crate::diag::Diagnostics;
use crate::standard::Proved;

/// A table as text: what it is for, then each rule with what it asks, what it gives, and why.
///
/// `only` keeps the rule of that id.
pub fn table(table: &Table, only: Option<&str>) -> String {
    let mut text = String::new();
    if only.is_none() {
        let title = table.title.as_deref().unwrap_or(&table.name);
        let _ = writeln!(text, "{title}");
        let from = table.effective_from.map_or(String::new(), |d| format!(", from {d}"));
        let complete = if table.complete { ", complete" } else { "" };
        let hit = table.hit.name();
        let _ = writeln!(text, "{} in {}: hit {hit}{complete}{from}", table.name, table.file);
        if let Some(description) = &table.description {
            let _ = writeln!(text, "{description}");
        }
        let defaults: Vec<String> = table
            .outputs
            .iter()
            .filter_map(|o| Some(format!("{} {}", o.name, o.default.as_ref()?)))
            .collect();
        if !defaults.is_empty() {
            let _ = writeln!(text, "where no rule holds: {}", defaults.join(", "));
        }
        for impossible in &table.impossible {
            let _ = writeln!(text, "cannot occur: {}", asks(table, &impossible.when));
        }
        text.push('\n');
    }
    let rules = table.rules.iter().filter(|rule| only.is_none_or(|id| rule.id == id));
    let rules: Vec<String> = rules.map(|r| rule(table, r)).collect();
    text.push_str(&rules.join("\n"));
    super::escape::terminal_safe_lines(&text)
}

/// What a vertical's table does to the company's: a line before it.
pub fn tightens(vertical: &Table, company: &Table) -> String {
    let text =
        format!("{} tightens {}: the stricter of the two holds\n", vertical.name, company.name);
    super::escape::terminal_safe_lines(&text)
}

fn rule(table: &Table, rule: &Rule) -> String {
    let mut text = format!("{}\n", rule.id);
    let mut line = |label: &str, words: &str| {
        let _ = writeln!(text, "  {label:<6}{words}");
    };
    line("when", &asks(table, &rule.when));
    let gives = table.outputs.iter().zip(&rule.then);
    let gives: Vec<String> =
        gives.filter_map(|(o, v)| Some(format!("{} = {}", o.name, v.as_ref()?))).collect();
    line("then", &gives.join(", "));
    if let Some(why) = &rule.why {
        line("why", why);
    }
    text
}

fn asks(table: &Table, when: &[Condition]) -> String {
    let one = |c: &Condition| Some(format!("{}: {}", table.inputs.get(c.input)?.name, c.test));
    let all: Vec<String> = when.iter().filter_map(one).collect();
    if all.is_empty() { "always".to_owned() } else { all.join(" · ") }
}

/// Diagnostics for people, an empty line between two.
pub fn diagnostics(found: &Diagnostics) -> String {
    let all: Vec<String> = found.0.iter().map(|d| format!("{d}\n")).collect();
    super::escape::terminal_safe_lines(&all.join("\n"))
}

/// What `inc standards check` found, schema 1:
/// `{"schema":1,"diagnostics":[…],"tables":[{"file":…,"table":…,"proved":…,"findings":[…],…}]}`.
pub fn proofs(found: &Diagnostics, proved: &[Proved]) -> Json {
    let diagnostic = |d: &crate::diag::Diagnostic| {
        let place = d.place.as_ref().filter(|p| p.line > 0);
        json!({
            "code": d.code,
            "level": d.level,
            "file": d.place.as_ref().map(|p| &p.file),
            "line": place.map(|p| p.line),
            "column": place.map(|p| p.column),
            "message": d.message,
            "help": d.help,
        })
    };
    let table = |one: &Proved| {
        let mut json = json!(one.proof);
        json["file"] = json!(one.file);
        for (key, placed) in [("findings", &one.findings), ("overlaps", &one.overlaps)] {
            let lines = json[key].as_array_mut().into_iter().flatten().zip(&placed.0);
            for (finding, d) in lines {
                finding["line"] = json!(d.place.as_ref().map(|p| p.line));
            }
        }
        json
    };
    json!({
        "schema": 1,
        "diagnostics": found.0.iter().map(diagnostic).collect::<Vec<_>>(),
        "tables": proved.iter().map(table).collect::<Vec<_>>(),
    })
}

/// What was proved, in one sentence.
pub fn summary(found: &Diagnostics, proved: &[Proved]) -> String {
    let files: std::collections::BTreeSet<&str> = proved.iter().map(|p| p.file.as_str()).collect();
    let wrong = found.0.len() + proved.iter().map(|p| p.findings.0.len()).sum::<usize>();
    let overlaps: usize = proved.iter().map(|p| p.overlaps.0.len()).sum();
    let count = |n: usize, one: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    };
    let said = match wrong {
        0 => "nothing to find fault with".to_owned(),
        n => count(n, "finding"),
    };
    let resolved = match overlaps {
        0 => String::new(),
        1 => "; 1 overlap that the hit policy resolves".to_owned(),
        n => format!("; {n} overlaps that hit policies resolve"),
    };
    let (tables, files) = (count(proved.len(), "table"), count(files.len(), "file"));
    format!("{tables} in {files} proved: {said}{resolved}.")
}
