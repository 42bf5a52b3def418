//! Histories that really happened, imported by the program into a new workspace.
//!
//! They lie beside the repository; without them a test says so and passes, unless
//! `INC_REQUIRE_SHARED` is set.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::Computer;

fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("INC_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found.canonicalize().unwrap());
    }
    assert!(std::env::var_os("INC_REQUIRE_SHARED").is_none(), "no {}", found.display());
    println!("skipped: no {}", found.display());
    None
}

/// Incidents and planned work by the year that they began in, in the workspace's zone.
fn by_year(c: &Computer) -> (BTreeMap<String, usize>, BTreeMap<String, usize>) {
    let list = c.inc("list --format json").exits(0).json();
    let (mut incidents, mut planned) = (BTreeMap::new(), BTreeMap::new());
    for row in list["incidents"].as_array().unwrap() {
        let counts = if row["kind"] == "maintenance" { &mut planned } else { &mut incidents };
        let began = row["began"].as_str().unwrap_or("????");
        *counts.entry(began[..4].to_owned()).or_insert(0) += 1;
    }
    (incidents, planned)
}

fn imports_once(c: &Computer, line: &str) {
    let before = c.commits();
    c.inc(line).exits(0);
    assert_eq!(c.commits(), before + 1, "one commit a run");
    c.is_clean();
    let head = c.git("rev-parse HEAD");
    c.later(60 * 24);
    let again = c.inc(line).exits(0);
    assert_eq!(
        c.git("rev-parse HEAD"),
        head,
        "the second import commits nothing:\n{}",
        again.stdout
    );
    c.is_clean();
}

#[test]
fn the_history_of_jenkins() {
    let Some(dir) = shared("data/jenkins_status") else { return };
    let c = Computer::workspace();
    imports_once(&c, &format!("import cstate {}", dir.display()));
    // The source's own files, counted by the date in their front matter.
    let mut files = Vec::new();
    crate::common::walk(&dir, &mut files);
    let issues = files.iter().filter(|f| {
        f.extension().is_some_and(|e| e == "md")
            && std::fs::read_to_string(f).is_ok_and(|t| t.starts_with("---"))
    });
    let (mut source, mut maintenance) = (BTreeMap::new(), 0);
    for path in issues {
        if path.file_stem().is_some_and(|s| s == "_index" || s == "README") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let date = text.lines().find_map(|l| l.strip_prefix("date:"));
        let Some(date) = date else { continue };
        let year = date.trim().trim_matches(['"', '\'']).get(..4).unwrap().to_owned();
        *source.entry(year).or_insert(0) += 1;
        maintenance += 1;
    }
    let (incidents, planned) = by_year(&c);
    let mut all = incidents.clone();
    for (year, n) in &planned {
        *all.entry(year.clone()).or_insert(0) += n;
    }
    assert_eq!(all.values().sum::<usize>(), maintenance, "every issue is there, none invented");
    assert_eq!(maintenance, 297);
    println!("source {source:?}\nincidents {incidents:?}\nplanned {planned:?}");
    assert!(planned.values().sum::<usize>() > 0 && incidents.values().sum::<usize>() > 0);
    assert_eq!(all, source, "counts by year");
    // The same counts from the reports, quarter by quarter.
    for (year, count) in &incidents {
        let quarters = (1..=4).map(|q| {
            let line = format!("report weekly --period {year}-Q{q} --format json");
            let report = c.inc(&line).exits(0).json();
            assert_eq!(report["schema"], 1);
            let listed = report["incidents"].as_array().unwrap().len();
            assert_eq!(report["totals"]["incidents"], listed, "{year}-Q{q}");
            listed
        });
        assert_eq!(quarters.sum::<usize>(), *count, "reports of {year}");
    }
}

#[test]
fn a_history_of_statuspage() {
    let Some(file) = shared("payloads/statuspage/history_incidents.json") else { return };
    let c = Computer::workspace();
    imports_once(&c, &format!("import statuspage {}", file.display()));
    let source: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let source = source["incidents"].as_array().unwrap();
    let list = c.inc("list --format json").exits(0).json();
    let rows = list["incidents"].as_array().unwrap();
    assert_eq!(rows.len(), source.len(), "every incident is there, none invented");
    let titles: Vec<_> = rows.iter().map(|r| r["title"].as_str().unwrap()).collect();
    for incident in source {
        let name = incident["name"].as_str().unwrap();
        assert!(titles.contains(&name), "no {name}");
    }
}

#[test]
fn a_dry_run_of_an_import_writes_nothing() {
    let c = Computer::workspace();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import/cstate");
    let ran = c.inc(&format!("import cstate {} --dry-run", dir.display()));
    assert_eq!(ran.code, 2, "one of the fixtures has no time");
    c.is_clean();
    assert!(!c.here.join("incidents").exists());
    let ran = c.inc(&format!("import cstate {}", dir.display())).exits(2).says("no-time");
    assert!(ran.stdout.contains('2'), "{}", ran.stdout);
    c.is_clean();
    assert_eq!(c.inc("list --format ids").exits(0).stdout.lines().count(), 2);
}
