//! Every check has its data, its page, and a good and a bad record; no fourth thing, no third.
//!
//! `tests/check/<code>/bad.yaml` is found by that check and by no other, as `bad.txt` shows it;
//! `good.yaml` is found by none, strict ones included. `bad-other.yaml`, `good-other.yaml` and so
//! on stand beside them in the register. `INC_UPDATE=1 cargo test --test check` rewrites the texts.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use inc::check::{self, CATALOGUE, Findings, Names, Options, Surroundings, Tier};
use inc::incident::IncidentId;
use inc::register::Register;

const NOW: &str = "2026-11-21T14:00:00-06:00";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn names(names: &[&str]) -> Option<BTreeSet<String>> {
    Some(names.iter().map(|n| (*n).to_owned()).collect())
}

fn surroundings() -> Surroundings {
    let folder = "incidents/2026/11/INC-20261121-7QKM";
    Surroundings {
        now: NOW.parse().unwrap(),
        names: Names {
            services: names(&["card-auth", "checkout"]),
            people: names(&["ana", "beto"]),
            vendors: names(&["switch-sa"]),
            clients: names(&["tienda-demo"]),
            roles: names(&["incident_commander", "scribe"]),
        },
        files: Some(HashSet::from([
            format!("{folder}/communications/C7QK-push.es-MX.md"),
            format!("{folder}/pir.md"),
        ])),
        tracked: HashSet::from(["evidence/tracked.csv".into(), format!("{folder}/awards.csv")]),
    }
}

const RECORD: &str = "incidents/2026/11/INC-20261121-7QKM/incident.yaml";

/// Runs all checks over `good*.yaml` or `bad*.yaml` of a folder; findings of the record itself.
fn run(folder: &Path, which: &str) -> Findings {
    let mut files: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|e| e == "yaml") && name.starts_with(which) {
            let text = std::fs::read_to_string(&path).unwrap();
            let id: IncidentId =
                text.lines().find_map(|l| l.strip_prefix("id: ")).unwrap().parse().unwrap();
            files.push((id.path(), text));
        }
    }
    let text = |path: &str| files.iter().find(|(p, _)| p == path).map(|(_, text)| text.clone());
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let register = Register::load(&paths, |path| Ok(text(path).unwrap()));
    let options = Options { tier: Tier::Strict, ..Options::default() };
    let mut found = check::run(&register, &surroundings(), &options, text);
    found.findings.retain(|f| f.path == RECORD);
    found
}

#[test]
fn checks_pages_and_records_are_the_same_set() {
    let codes: BTreeSet<String> = CATALOGUE.iter().map(|c| c.code.to_owned()).collect();
    assert_eq!(codes.len(), CATALOGUE.len(), "two checks have one code");
    let listed = |folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        entries
            .map(|e| e.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(listed("docs/checks"), codes, "docs/checks/<code>.md, one for each check");
    assert_eq!(listed("tests/check"), codes, "tests/check/<code>/, one for each check");
}

#[test]
fn every_page_begins_with_what_the_catalogue_says() {
    for check in CATALOGUE {
        let page = check::explain(check.code).unwrap();
        let tier = format!("{:?}", check.tier).to_lowercase();
        let begins =
            format!("# {}\n\n`{}`, tier `{tier}`: {}.\n\n", check.code, check.level, check.summary);
        assert!(page.starts_with(&begins), "docs/checks/{}.md begins with\n{begins}", check.code);
        assert!(page.len() > begins.len() + 40, "{}: why, and what to do", check.code);
    }
}

#[test]
fn good_records_are_found_by_no_check() {
    for check in CATALOGUE {
        let found = run(&root().join("tests/check").join(check.code), "good");
        assert!(found.findings.is_empty(), "{}: {:#?}", check.code, found.findings);
    }
}

#[test]
fn bad_records_are_found_by_their_check_alone() {
    for check in CATALOGUE {
        let folder = root().join("tests/check").join(check.code);
        let found = run(&folder, "bad");
        let by: BTreeSet<&str> = found.findings.iter().map(|f| f.check).collect();
        let shown: String =
            found.findings.iter().map(|f| format!("{}\n\n", f.diagnostic)).collect();
        assert_eq!(by, BTreeSet::from([check.code]), "{}:\n{shown}", check.code);
        golden(&folder.join("bad.txt"), &shown);
    }
}

fn golden(path: &Path, text: &str) {
    if std::env::var_os("INC_UPDATE").is_some() {
        std::fs::write(path, text).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, expected, "{}: INC_UPDATE=1 rewrites it", path.display());
}
