//! Findings as people, programs, pull requests and code scanners read them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::check::{self, Finding, Findings};
use crate::diag::{Diagnostic, Level, Place};

/// Findings for people, each with its line, an empty line between two.
pub fn text(findings: &Findings) -> String {
    let all: Vec<String> = findings.findings.iter().map(|f| format!("{}\n", told(f))).collect();
    all.join("\n")
}

/// A finding as it is told: the command that mends it, and the rule that asks for it.
fn told(finding: &Finding) -> Diagnostic {
    let mut told = finding.diagnostic.clone();
    told.help = match (told.help, &finding.clause) {
        (Some(help), Some(clause)) => Some(format!("{help}; asked for by {clause}")),
        (None, Some(clause)) => Some(format!("asked for by {clause}")),
        (help, None) => help,
    };
    told
}

/// What was looked at and found, in one sentence.
pub fn summary(findings: &Findings) -> String {
    let count = |n: usize, one: &str, many: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    let records = count(findings.checked, "record", "records");
    let mut parts: Vec<String> = [
        (Level::Error, "error", "errors"),
        (Level::Warning, "warning", "warnings"),
        (Level::Note, "note", "notes"),
    ]
    .into_iter()
    .map(|(level, one, many)| (findings.count(level), one, many))
    .filter(|(n, ..)| *n > 0)
    .map(|(n, one, many)| count(n, one, many))
    .collect();
    if parts.is_empty() {
        parts.push("nothing to find fault with".into());
    }
    if !findings.waived.is_empty() {
        parts.push(format!("{} waived", findings.waived.len()));
    }
    format!("{records} checked: {}.", parts.join(", "))
}

/// Findings as JSON, schema 1; a place that is unknown is null.
///
/// `{"schema":1,"checked":n,"findings":[{code, check, level, incident, file, line, column,
/// message, help, clause}],"waived":[the same with "reason"]}`
pub fn json(findings: &Findings) -> Json {
    let one = |finding: &Finding| {
        let d = &finding.diagnostic;
        let (line, column) = position(finding).map_or((None, None), |(l, c)| (Some(l), Some(c)));
        let mut object = json!({
            "code": d.code,
            "check": finding.check,
            "level": d.level,
            "incident": finding.incident.as_ref().map(|id| id.as_str()),
            "file": finding.path,
            "line": line,
            "column": column,
            "message": d.message,
            "help": d.help,
            "clause": finding.clause,
        });
        if let Some(reason) = &finding.waived {
            object["reason"] = Json::String(reason.clone());
        }
        object
    };
    json!({
        "schema": 1,
        "checked": findings.checked,
        "findings": findings.findings.iter().map(one).collect::<Vec<_>>(),
        "waived": findings.waived.iter().map(one).collect::<Vec<_>>(),
    })
}

/// Findings as workflow commands that GitHub shows beside the lines of a pull request.
///
/// `prefix` leads from the repository's root to the workspace: empty, or `ops/`.
pub fn github(findings: &Findings, prefix: &str) -> String {
    let mut text = String::new();
    for finding in &findings.findings {
        let d = told(finding);
        let command = match d.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let _ = write!(text, "::{command} file={}", property(&format!("{prefix}{}", finding.path)));
        if let Some((line, column)) = position(finding) {
            let end = column + width(finding);
            let _ = write!(text, ",line={line},endLine={line},col={column},endColumn={end}");
        }
        let help = d.help.as_ref().map_or(String::new(), |help| format!("\nhelp: {help}"));
        let message = escape(&format!("{}{help}", d.message));
        let _ = writeln!(text, ",title={}::{message}", property(&d.code));
    }
    text
}

/// A notice beside a file of a pull request, without a line.
pub(super) fn notice(file: &str, title: &str, message: &str) -> String {
    format!("::notice file={},title={}::{}\n", property(file), property(title), escape(message))
}

/// Findings as SARIF 2.1.0 for code scanners; what a waiver accepts is there, suppressed.
///
/// `prefix` leads from the repository's root to the workspace, `version` is the program's.
pub fn sarif(findings: &Findings, prefix: &str, version: &str) -> Json {
    let all = || findings.findings.iter().chain(&findings.waived);
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rules: Vec<Json> = Vec::new();
    for finding in all() {
        let code = finding.diagnostic.code.as_str();
        numbers.entry(code).or_insert_with(|| {
            rules.push(rule(code));
            rules.len() - 1
        });
    }
    let result = |finding: &Finding| {
        let d = told(finding);
        let uri = uri(&format!("{prefix}{}", finding.path));
        let mut physical = json!({
            "artifactLocation": { "uri": uri, "uriBaseId": "%SRCROOT%" },
        });
        if let Some((line, column)) = position(finding) {
            physical["region"] = json!({
                "startLine": line,
                "startColumn": column,
                "endColumn": column + width(finding),
            });
        }
        let help = d.help.as_ref().map_or(String::new(), |help| format!("; {help}"));
        let mut result = json!({
            "ruleId": d.code,
            "ruleIndex": numbers.get(d.code.as_str()),
            "level": d.level,
            "message": { "text": format!("{}{help}", d.message) },
            "locations": [ { "physicalLocation": physical } ],
        });
        if let Some(reason) = &finding.waived {
            result["suppressions"] = json!([ { "kind": "inSource", "justification": reason } ]);
        }
        result
    };
    let results: Vec<Json> = all().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [ {
            "tool": { "driver": { "name": "inc", "version": version, "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                "%SRCROOT%": { "description": { "text": "the root of the repository" } },
            },
            "results": results,
        } ],
    })
}

fn rule(code: &str) -> Json {
    let mut rule = json!({ "id": code });
    if let Some(check) = check::find(code) {
        rule["shortDescription"] = json!({ "text": check.summary });
        rule["defaultConfiguration"] = json!({ "level": check.level });
    }
    if let Some(page) = check::explain(code) {
        rule["help"] = json!({ "text": page, "markdown": page });
    }
    rule
}

/// Line and column, unless the finding is about the whole file.
fn position(finding: &Finding) -> Option<(usize, usize)> {
    let place = finding.diagnostic.place.as_ref()?;
    (place.line > 0).then_some((place.line, place.column.max(1)))
}

fn width(finding: &Finding) -> usize {
    finding.diagnostic.place.as_ref().map_or(1, |place: &Place| place.width.max(1))
}

/// A message of a workflow command: one line.
fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command: also without the signs that end it.
fn property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

/// A relative path as a URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Source, TextRange};

    fn found() -> Findings {
        let source = Source::new("incidents/ñ:1/incident.yaml", "a: 1\nservices: [x, y]\n");
        let diagnostic = Diagnostic::warning("unknown-service", "service `x`: 100%,\nreally")
            .at(source.place(TextRange::new(16, 17)))
            .help("add it");
        let finding = Finding {
            check: "unknown-service",
            incident: None,
            path: source.name.into(),
            diagnostic,
            clause: None,
            waived: None,
        };
        let waived = Finding { waived: Some("known".into()), ..finding.clone() };
        let whole = Finding {
            check: "unreadable-record",
            diagnostic: Diagnostic::error("empty", "the file is empty").at(Place::file("x")),
            ..finding.clone()
        };
        Findings { findings: vec![finding, whole], waived: vec![waived], checked: 3 }
    }

    #[test]
    fn workflow_commands_are_one_line_each_and_escaped() {
        assert_eq!(
            github(&found(), "ops/"),
            "::warning file=ops/incidents/ñ%3A1/incident.yaml,line=2,endLine=2,col=12,endColumn=13,title=unknown-service::service `x`: 100%25,%0Areally%0Ahelp: add it\n\
             ::error file=ops/incidents/ñ%3A1/incident.yaml,title=empty::the file is empty\n"
        );
    }

    #[test]
    fn json_says_null_where_the_place_is_unknown() {
        let json = json(&found());
        assert_eq!(json["schema"], 1);
        assert_eq!(json["findings"][0]["line"], 2);
        assert_eq!(json["findings"][0]["level"], "warning");
        assert_eq!(json["findings"][1]["line"], Json::Null);
        assert_eq!(json["waived"][0]["reason"], "known");
    }

    #[test]
    fn sarif_names_each_rule_once_and_keeps_what_is_waived() {
        let sarif = sarif(&found(), "", "0.1.0");
        let run = &sarif["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        assert_eq!(results[2]["ruleIndex"], 0);
        assert_eq!(results[2]["suppressions"][0]["justification"], "known");
        let physical = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "incidents/%C3%B1%3A1/incident.yaml");
        assert_eq!(physical["region"]["startColumn"], 12);
        assert!(results[1]["locations"][0]["physicalLocation"].get("region").is_none());
    }

    #[test]
    fn the_last_line_sums_up() {
        assert_eq!(summary(&found()), "3 records checked: 1 error, 1 warning, 1 waived.");
        let clean = Findings { checked: 1, ..Findings::default() };
        assert_eq!(summary(&clean), "1 record checked: nothing to find fault with.");
        assert_eq!(text(&clean), "");
        assert!(text(&found()).contains("= help: add it\n\nerror[empty]"));
    }
}
