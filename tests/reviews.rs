//! The words of reviews, judged by the default standard: published cases, published reviews, and a
//! corpus of our own with its recall stated.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inc::diag::Source;
use inc::review::{Document, Flaw, Rules};
use inc::units::Currency;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rules() -> Rules {
    let files: Vec<(String, String)> = ["sections", "blameless"]
        .map(|name| format!("standards/{name}.toml"))
        .into_iter()
        .map(|name| (name.clone(), fs::read_to_string(root().join(&name)).unwrap()))
        .collect();
    let (standard, found) = inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN));
    assert_eq!(found.0, []);
    standard.review_rules()
}

fn said(rules: &Rules, text: &str) -> Vec<String> {
    let document = Document::read(Source::new("pir.md", text));
    let found = rules.read_text(&document, None).into_iter();
    found.filter(|f| f.flaw == Flaw::Blameful).map(|f| f.message).collect()
}

fn shared(folder: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(folder);
    let there = path.exists();
    if !there {
        println!("skipped: {} is not there", path.display());
    }
    there.then_some(path)
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, found);
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let meta = ["LICENSE", "SOURCE", "README.md", "index.md"].contains(&name.as_str());
        if !meta && !name.to_lowercase().contains("template") && !name.ends_with(".csv") {
            found.push(path);
        }
    }
}

/// Published reviews: a finding a page at most on average, and no page drowned.
#[test]
fn published_reviews_do_not_drown() {
    let rules = rules();
    let mut all: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for folder in ["dfds_postmortems", "moj_cloud_platform", "mybinder_incidents", "univaf_incidents"] {
        let Some(path) = shared(&format!("data/{folder}")) else { return };
        let mut paths = Vec::new();
        below(&path, &mut paths);
        paths.sort();
        for path in paths {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            let document = Document::read(Source::new("pir.md", &text));
            let mut found = rules.read_text(&document, None);
            if !rules.speaks_of_customers(&document) {
                found.push(rules.without_customers());
            }
            if std::env::var_os("SHOW").is_some() {
                for f in &found {
                    let line = Source::new("x", &text).place(f.range);
                    println!("{folder}|{}|{}|{}|{}", path.file_name().unwrap().to_string_lossy(), line.line, f.message, line.text.unwrap_or_default());
                }
            }
            all.entry(folder).or_default().push(found.len());
        }
    }
    for (folder, counts) in &all {
        let (sum, most) = (counts.iter().sum::<usize>(), counts.iter().max().copied().unwrap_or(0));
        println!("{folder}: {} documents, {sum} findings, at most {most} in one", counts.len());
        assert!(sum <= counts.len(), "{folder}: {sum} findings in {} documents", counts.len());
        assert!(most <= 5, "{folder}: {most} findings in one document");
    }
}
