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

/// Published reviews: less than a finding a page, and no page drowned.
#[test]
fn published_reviews_do_not_drown() {
    let rules = rules();
    let mut all: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for folder in
        ["dfds_postmortems", "moj_cloud_platform", "mybinder_incidents", "univaf_incidents"]
    {
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
                    println!(
                        "{folder}|{}|{}|{}|{}",
                        path.file_name().unwrap().to_string_lossy(),
                        line.line,
                        f.message,
                        line.text.unwrap_or_default()
                    );
                }
            }
            all.entry(folder).or_default().push(found.len());
        }
    }
    let (documents, sum) =
        all.values().flatten().fold((0, 0), |(n, sum), found| (n + 1, sum + found));
    assert!(sum < documents, "{sum} findings in {documents} documents");
    for (folder, counts) in &all {
        let (sum, most) = (counts.iter().sum::<usize>(), counts.iter().max().unwrap());
        println!("{folder}: {} documents, {sum} findings, at most {most} in one", counts.len());
        assert!(sum <= 2 * counts.len(), "{folder}: {sum} findings in {} documents", counts.len());
        assert!(*most <= 3, "{folder}: {most} findings in one document");
    }
}

/// shared/vectors/blameless_language.yaml: each case as it says; no exceptions.
#[test]
fn published_cases_are_judged_as_they_say() {
    let Some(path) = shared("vectors/blameless_language.yaml") else { return };
    let text = fs::read_to_string(path).unwrap();
    let node = inc::yaml::parse(Source::new("vectors", &text)).unwrap();
    let rules = rules();
    let inc::yaml::Value::Seq(cases) = &node.get("cases").unwrap().value else {
        panic!("no cases")
    };
    assert_eq!(cases.len(), 18);
    let mut wrong = Vec::new();
    for case in cases {
        let id = case.get("id").unwrap().text().unwrap().to_owned();
        let text = case.get("input").unwrap().get("text").unwrap().text().unwrap();
        let flag = case.get("expected").unwrap().get("flag").unwrap();
        let flag = matches!(flag.to_tree(), inc::yaml::Tree::Bool(true));
        let found = said(&rules, text);
        if found.is_empty() == flag {
            wrong.push(format!("{id}: `{text}` {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Sentences that blame, written for this; and sentences beside them that do not.
#[test]
fn seeded_blame_is_found_and_its_neighbours_are_not() {
    let rules = rules();
    let text = fs::read_to_string(root().join("tests/reviews/blame.tsv")).unwrap();
    let mut counts: BTreeMap<(String, bool), (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let mut columns = line.splitn(3, '\t');
        let (language, kind, words) =
            (columns.next().unwrap(), columns.next().unwrap(), columns.next().unwrap());
        let blames = kind == "blames";
        let found = !said(&rules, words).is_empty();
        let count = counts.entry((language.to_owned(), blames)).or_default();
        count.0 += usize::from(found);
        count.1 += 1;
        if found != blames {
            missed.push(format!("{language} {kind}: {words}"));
        }
    }
    println!("{counts:?}\n{missed:#?}");
    for language in ["en", "es"] {
        let (found, all) = counts[&(language.to_owned(), true)];
        assert!(all >= 30, "{language}: {all} sentences");
        assert!(found * 100 >= all * 90, "{language}: recall {found} of {all}: {missed:#?}");
        let (found, all) = counts[&(language.to_owned(), false)];
        assert!(
            all >= 20 && found * 20 <= all,
            "{language}: {found} of {all} harmless ones: {missed:#?}"
        );
    }
}

/// shared/vectors/pir_templates.yaml: what each published template asks for is a sections.toml, a
/// review.toml and a document that passes; taking one section away is found.
#[test]
fn published_templates_can_each_be_expressed() {
    let Some(path) = shared("vectors/pir_templates.yaml") else { return };
    let text = fs::read_to_string(path).unwrap();
    let node = inc::yaml::parse(Source::new("vectors", &text)).unwrap();
    let inc::yaml::Value::Seq(cases) = &node.get("cases").unwrap().value else {
        panic!("no cases")
    };
    let mut judged = 0;
    for case in cases {
        let id = case.get("id").unwrap().text().unwrap();
        let Some(asked) = case.get("expected").and_then(|e| e.get("required_sections")) else {
            continue;
        };
        let inc::yaml::Value::Seq(asked) = &asked.value else { panic!("{id}") };
        let titles: Vec<&str> = asked.iter().filter_map(|n| n.text()).collect();
        let mut sections = String::new();
        let mut table = "effective_from = 2024-01-01\n[tables.review-sections]\ntitle = \"Sections\"\nhit = \"rule-order\"\n[tables.review-sections.outputs.section]\ntype = \"text\"\n".to_owned();
        for (n, title) in titles.iter().enumerate() {
            let quoted = title.replace('"', "\\\"");
            sections.push_str(&format!("[sections.s{n}]\ntitle = {{ en = \"{quoted}\" }}\n"));
            table.push_str(&format!(
                "[[tables.review-sections.rule]]\nid = \"s{n}\"\nthen = {{ section = \"s{n}\" }}\n"
            ));
        }
        let files = [("standards/sections.toml", sections), ("standards/review.toml", table)];
        let (standard, found) = inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN));
        assert_eq!(found.0, [], "{id}");
        let rules = standard.review_rules();
        let policies = standard.newest_policies().unwrap();
        let owed = policies.review_owed(&inc::decision::FactSet::default());
        assert_eq!(owed.sections.len(), titles.len(), "{id}");
        let record = inc::incident::parse(Source::new(
            "incident.yaml",
            "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\nstatus: detected\n",
        ))
        .unwrap()
        .record;
        let now = "2026-11-22T10:00:00-06:00".parse().unwrap();
        let judge = |document: &str| {
            let document = Document::read(Source::new("pir.md", document));
            let found = rules.judge(&document, &record, &owed, chrono_tz::UTC, now);
            found.into_iter().map(|f| f.flaw).collect::<Vec<_>>()
        };
        let whole = |without: Option<usize>, empty: Option<usize>| {
            titles.iter().enumerate().filter(|(n, _)| Some(*n) != without).fold(
                String::new(),
                |text, (n, title)| {
                    let words =
                        if Some(n) == empty { "<!-- prompt -->" } else { "Something was said." };
                    format!("{text}## {title}\n\n{words}\n\n")
                },
            )
        };
        assert_eq!(judge(&whole(None, None)), [], "{id}");
        for (n, title) in titles.iter().enumerate() {
            assert_eq!(judge(&whole(Some(n), None)), [Flaw::SectionMissing], "{id}: {title}");
            assert_eq!(judge(&whole(None, Some(n))), [Flaw::SectionEmpty], "{id}: {title}");
        }
        judged += 1;
    }
    assert_eq!(judged, 10);
}

/// The cases that are not about sections: when a review is due and which times are measured hold here;
/// the three of status, meeting and rows of a table have their reason in docs/decisions.md.
#[test]
fn schedules_and_times_of_published_templates_hold() {
    const REASONED: [&str; 3] = ["pd-status", "pd-review-24h", "pd-impact-table"];
    let Some(path) = shared("vectors/pir_templates.yaml") else { return };
    let text = fs::read_to_string(path).unwrap();
    let node = inc::yaml::parse(Source::new("vectors", &text)).unwrap();
    let inc::yaml::Value::Seq(cases) = &node.get("cases").unwrap().value else {
        panic!("no cases")
    };
    let files: Vec<(String, String)> = ["clocks", "calendar/mx-bank", "calendar/mx-labour"]
        .map(|name| format!("standards/{name}.toml"))
        .into_iter()
        .filter_map(|name| Some((name.clone(), fs::read_to_string(root().join(&name)).ok()?)))
        .collect();
    let (standard, found) = inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN));
    assert_eq!(found.0, []);
    let friday = "2026-05-08T10:00:00-06:00".parse().unwrap();
    let due = |target: &str| {
        let zone = chrono_tz::America::Mexico_City;
        let at = standard.due(&target.parse().unwrap(), "24x7", friday, zone).unwrap().unwrap();
        // A working day ends at midnight, which the next day calls its own.
        (at.get() - chrono::TimeDelta::seconds(1)).date_naive().to_string()
    };
    let decisions = fs::read_to_string(root().join("docs/decisions.md")).unwrap();
    let mut judged = 0;
    for case in cases {
        let id = case.get("id").unwrap().text().unwrap();
        let expected = case.get("expected").unwrap();
        if expected.get("required_sections").is_some() {
            continue;
        }
        judged += 1;
        let text = |key: &str| expected.get(key).unwrap().text().unwrap().to_owned();
        match id {
            "pd-schedule-sev1" => assert_eq!(due("3d"), text("meeting_by")),
            "pd-schedule-sev2" => assert_eq!(due("5wd mx-bank"), text("meeting_by")),
            // Both pages can be written; a table has one rule for a level, and so says one day.
            "pd-schedule-conflict" => assert_ne!(due("5wd mx-bank"), due("3d")),
            "kehoe-ttd" => {
                let record = inc::incident::parse(Source::new(
                    "incident.yaml",
                    "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\nstatus: resolved\ntimes:\n  impact_started: 2026-11-21T10:00:00-06:00\n  detected: 2026-11-21T10:07:00-06:00\n  restored: 2026-11-21T10:40:00-06:00\n  resolved: 2026-11-21T12:10:00-06:00\n",
                ))
                .unwrap()
                .record;
                let now = "2026-11-22T10:00:00-06:00".parse().unwrap();
                let times = inc::timing::clocks(&record, now);
                let minutes = |lapse: inc::timing::Lapse| lapse.took().unwrap().seconds() / 60;
                let wanted = |key: &str| text(key).parse::<i64>().unwrap();
                assert_eq!(minutes(times.to_detect), wanted("ttd_minutes"));
                assert_eq!(minutes(times.to_restore), wanted("ttm_minutes"));
                // Ours counts from detection, as its definition beside the figure says.
                assert_eq!(
                    minutes(times.to_detect) + minutes(times.to_resolve),
                    wanted("ttr_minutes")
                );
            }
            other => {
                assert!(REASONED.contains(&other), "{other}");
                assert!(decisions.contains(other), "{other} has no reason in docs/decisions.md");
            }
        }
    }
    assert_eq!(judged, 7);
}
