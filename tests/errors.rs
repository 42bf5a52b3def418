//! The catalogue of messages: one folder for each diagnostic that reading a record can give, with
//! the record that gives it and the message as people see it; and a page for each diagnostic of
//! the whole library.
//!
//! `INC_UPDATE=1 cargo test --test errors` rewrites the messages.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use inc::check;
use inc::diag::Diagnostic;
use inc::register::Register;
use regex::Regex;

/// Codes that no record can give today, each with its reason.
const NO_RECORD: &[(&str, &str)] = &[
    ("bad-problem", "a problem is no record: tests/cli/problems.rs has it"),
    ("bad-duration", "no field of a record is a duration"),
    ("title-too-long", "commands refuse it; a record from elsewhere that has it is read"),
];

const RECORD: &str = "incidents/2026/11/INC-20261121-7QKM/incident.yaml";
const COPY: &str = "incidents/2026/11/INC-20261121-8ZZZ/incident.yaml";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder of `src`, without its tests.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            sources(&path, found);
        } else if name.ends_with(".rs") && !name.starts_with("tests") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
            found.push((path, code));
        }
    }
}

/// The codes that a text gives to diagnostics: first arguments of what makes one, `code: "…"`, and
/// the arms of a `fn code(&self)`.
fn codes_in(text: &str) -> BTreeSet<String> {
    let code = r#""([a-z][a-z0-9-]*)""#;
    let patterns = [
        format!(r"Diagnostic::(?:error|warning|note)\(\s*{code}"),
        format!(r"Diagnostic::new\(\s*[\w:.]+,\s*{code}"),
        format!(r"\.(?:error|warning|stop|refuse)\(\s*{code}"),
        format!(r"Fault::new\(\s*{code}"),
        format!(r"\bquantity!\(\s*\w+,\s*{code}"),
        format!(r"\bcode: {code}"),
    ];
    let mut found = BTreeSet::new();
    for pattern in patterns {
        let pattern = Regex::new(&pattern).unwrap();
        found.extend(pattern.captures_iter(text).map(|c| c[1].to_owned()));
    }
    let arm = Regex::new(&format!("=> {code}")).unwrap();
    for (at, head) in text.match_indices("fn code(&self) -> &'static str {") {
        let body = &text[at + head.len()..];
        let end = body.find("\n    }\n").unwrap_or(body.len());
        found.extend(arm.captures_iter(&body[..end]).map(|c| c[1].to_owned()));
    }
    found
}

#[test]
fn every_diagnostic_has_a_page_and_every_page_a_diagnostic() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut used: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in &files {
        for code in codes_in(text) {
            let shown = path.strip_prefix(root()).unwrap().display().to_string();
            used.entry(code).or_insert(shown);
        }
    }
    let missing: Vec<String> = used
        .iter()
        .filter(|(code, _)| check::explain(code).is_none())
        .map(|(code, path)| format!("## {code}\n\n(given in {path})\n"))
        .collect();
    assert!(
        missing.is_empty(),
        "add these sections to docs/errors.md: what it means, why it matters, what to do\n\n{}",
        missing.join("\n")
    );
    let mut pages: BTreeMap<&str, usize> = BTreeMap::new();
    for code in check::codes() {
        *pages.entry(code).or_default() += 1;
    }
    let twice: Vec<_> = pages.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "explained twice: {twice:?}");
    let literal = |code: &str| {
        let quoted = format!("\"{code}\"");
        files.iter().any(|(_, text)| text.contains(&quoted))
    };
    let stale: Vec<_> = pages.keys().filter(|code| !literal(code)).collect();
    assert!(stale.is_empty(), "docs/errors.md explains what nothing gives any more: {stale:?}");
}

#[test]
fn every_code_of_reading_a_record_has_its_example() {
    let mut files = Vec::new();
    for folder in ["yaml", "incident", "register"] {
        sources(&root().join("src").join(folder), &mut files);
    }
    let mut codes: BTreeSet<String> = files.iter().flat_map(|(_, text)| codes_in(text)).collect();
    for (code, reason) in NO_RECORD {
        assert!(codes.remove(*code), "{code} is gone, and with it that {reason}");
    }
    let folders = std::fs::read_dir(root().join("tests/errors")).unwrap();
    let examples: BTreeSet<String> =
        folders.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(examples, codes, "tests/errors/<code>/, one for each code");
}

/// What reading gives for the files of an example; two of them are made, not kept.
fn read(code: &str, folder: &Path) -> Vec<Diagnostic> {
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    match code {
        "too-large" => files.insert(RECORD, vec![b'#'; 100 << 20]),
        "not-text" => {
            files.insert(RECORD, b"schema: 1\ntitle: Pagos con retraso, sesi\xf3n\n".to_vec())
        }
        _ => files.insert(RECORD, std::fs::read(folder.join("incident.yaml")).unwrap()),
    };
    if let Ok(copy) = std::fs::read(folder.join("copy.yaml")) {
        files.insert(COPY, copy);
    }
    let paths: Vec<String> = files.keys().map(|p| (*p).to_owned()).collect();
    let register = Register::load(&paths, |path| inc::yaml::text_of(path, files[path].clone()));
    register.bad.into_iter().flat_map(|bad| bad.found).collect()
}

#[test]
fn examples_give_their_message() {
    for entry in std::fs::read_dir(root().join("tests/errors")).unwrap() {
        let folder = entry.unwrap().path();
        let code = folder.file_name().unwrap().to_str().unwrap();
        let found = read(code, &folder);
        let shown: String = found.iter().map(|d| format!("{d}\n\n")).collect();
        let codes: BTreeSet<&str> = found.iter().map(|d| d.code.as_str()).collect();
        assert_eq!(codes, BTreeSet::from([code]), "{shown}");
        let golden = folder.join("message.txt");
        if std::env::var_os("INC_UPDATE").is_some() {
            std::fs::write(&golden, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(shown, expected, "{}: INC_UPDATE=1 rewrites it", golden.display());
        for file in std::fs::read_dir(&folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let known = ["incident.yaml", "copy.yaml", "message.txt"].contains(&name.as_str());
            assert!(known, "nothing reads tests/errors/{code}/{name}");
        }
    }
}

/// Texts of a few megabytes that would take minutes if each error cost the length of the text.
#[test]
fn hostile_texts_give_a_hundred_messages_and_no_more() {
    let head = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: x\nstatus: detected\n";
    let lines = |line: &dyn Fn(usize) -> String| (0..100_000).map(line).collect::<String>();
    let keys = format!("{head}{}", lines(&|i| format!("statsu{i}: 1\n")));
    let doubles = format!("{head}{}", lines(&|_| "tags: []\n".into()));
    let words = format!(
        "{head}impact:\n  journeys:\n{}",
        lines(&|i| format!("  - {{ journey: j{i}, state: dwn{i} }}\n"))
    );
    let long = format!("{head}kind: {}\n", "outage".repeat(1 << 20));
    for text in [keys, doubles, words, long] {
        let register = Register::load(&[RECORD.to_owned()], |_| Ok(text.clone()));
        let found = &register.bad[0].found.0;
        assert!((1..=101).contains(&found.len()), "{}", found.len());
        assert!(found.iter().all(|d| d.to_string().len() < 10_000));
    }
}
