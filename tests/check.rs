//! Every check has its data, its page, and a good and a bad record; no fourth thing, no third.
//!
//! `tests/check/<code>/bad.yaml` is found by that check and by no other, as `bad.txt` shows it;
//! `good.yaml` is found by none, strict ones included. `bad-other.yaml`, `good-other.yaml` and so
//! on stand beside them in the register, and problems beside the records that they join. `INC_UPDATE=1 cargo test --test check` rewrites the texts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use inc::approval::{Added, Apart, Approver, Evidence, Need, Signature, Writer};
use inc::check::{self, CATALOGUE, Findings, Names, Options, Surroundings, Tier};
use inc::diag::Level;
use inc::incident::{ApprovalKind, IncidentId};
use inc::register::Register;
use inc::reports::company::Company;
use inc::units::Currency;

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
            format!("{folder}/communications/C8QK-push.en.md"),
            format!("{folder}/pir.md"),
        ])),
        tracked: HashSet::from(["evidence/tracked.csv".into(), format!("{folder}/awards.csv")]),
        texts: Vec::new(),
        standing: Vec::new(),
        standard: Vec::new(),
        templates: Vec::new(),
        problems: Vec::new(),
        unmasked: Vec::new(),
        approvals: approvals(folder),
        runs_entered: Some(HashSet::from(["INC-20261121-7QKM/K111".into()])),
        policies: [("goodwill".into(), HashSet::from(["abc".into()]))].into(),
        house: house(),
        reviews: reviews(),
        reviews_owed: [("INC-20261121-7QKM".parse().unwrap(), review_owed())].into(),
        zone: chrono_tz::America::Mexico_City,
    }
}

/// What the default standard says of reviews.
fn reviews() -> inc::review::Rules {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let files: Vec<(String, String)> = ["sections", "blameless"]
        .map(|n| format!("standards/{n}.toml"))
        .into_iter()
        .map(|name| (name.clone(), read(&name)))
        .collect();
    inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN)).0.review_rules()
}

/// Three sections, and two hours of silence at most.
fn review_owed() -> inc::review::Owed {
    let section = |id: &str| inc::review::SectionOwed {
        section: id.to_owned(),
        why: Some("because".to_owned()),
        clause: format!("standards/review.toml#{id}"),
    };
    inc::review::Owed {
        sections: ["summary", "impact", "causes"].map(section).to_vec(),
        gap: Some(inc::units::Span::from_minutes(120)),
    }
}

/// What the default standard says of words, with one supplier.
fn house() -> inc::communication::proof::House {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let mut files: Vec<(String, String)> = ["communication", "glossary", "services"]
        .map(|n| format!("standards/{n}.toml"))
        .into_iter()
        .map(|name| (name.clone(), read(&name)))
        .collect();
    let vendors = "[vendors.nimbus-switch]\nname = \"Nimbus Switch (fictitious)\"\n";
    files.push(("standards/vendors.toml".to_owned(), vendors.to_owned()));
    inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN)).0.house()
}

/// What git and `ssh-keygen` would say: beto added the first approval of the record, ana the
/// second, the third is in no commit; signatures in the first two places are good.
fn approvals(folder: &str) -> Evidence {
    let id: IncidentId = "INC-20261121-7QKM".parse().unwrap();
    let person = |id: &str, roles: &[&str], key: Option<&str>| Approver {
        id: id.to_owned(),
        name: id.to_owned(),
        email: Some(format!("{id}@example.com")),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        key: key.map(str::to_owned),
    };
    let by = |id: &str| Added::By {
        commit: "c0ffee0000".to_owned(),
        author: Writer { name: id.to_owned(), email: format!("{id}@example.com") },
        pretended: false,
    };
    let need = |role: &str, apart, proof| Need {
        role: role.to_owned(),
        apart: Some(apart),
        proof,
        after: None,
        rule: "rule".to_owned(),
        why: None,
    };
    let (authored, signed) = (ApprovalKind::Authored, ApprovalKind::Signed);
    let needs = [
        ("review", need("incident_commander", Apart::Facilitator, authored)),
        ("C7QK", need("scribe", Apart::Author, signed)),
        ("waiver:no-incident-commander", need("communications_lead", Apart::Author, authored)),
        ("break_glass:C7QK", need("communications_lead", Apart::Author, authored)),
    ];
    Evidence {
        people: vec![
            person("ana", &["scribe"], None),
            person("beto", &["scribe"], None),
            person("carla", &["communications_lead", "scribe"], Some("ssh-ed25519 AAAA")),
        ],
        sandbox: false,
        hosted: None,
        files: [
            (format!("{folder}/pir.md"), "1".repeat(64)),
            (format!("{folder}/communications/C7QK-push.es-MX.md"), "2".repeat(64)),
        ]
        .into(),
        writers: Default::default(),
        added: [by("beto"), by("ana"), Added::Uncommitted]
            .into_iter()
            .enumerate()
            .map(|(place, added)| ((id.clone(), place), added))
            .collect(),
        signatures: [((id.clone(), 0), Signature::Good), ((id.clone(), 1), Signature::Good)].into(),
        needs: needs.map(|(of, need)| ((id.clone(), of.to_owned()), vec![need])).into(),
    }
}

const RECORD: &str = "incidents/2026/11/INC-20261121-7QKM/incident.yaml";

/// Runs all checks over `good*.yaml` or `bad*.yaml` of a folder; findings of the record itself.
fn run(folder: &Path, which: &str) -> Findings {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut around = surroundings();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|e| e == "yaml") && name.starts_with(which) {
            let text = std::fs::read_to_string(&path).unwrap();
            let id = text.lines().find_map(|l| l.strip_prefix("id: ")).unwrap();
            if id.starts_with("PRB-") {
                let path = format!("problems/{id}.yaml");
                let read = inc::incident::parse_problem(inc::diag::Source::new(&path, &text));
                around.problems.push(check::ProblemFile { path: path.clone(), read });
                files.push((path, text));
            } else {
                files.push((id.parse::<IncidentId>().unwrap().path(), text));
            }
        }
    }
    let text = |path: &str| {
        let record = files.iter().find(|(p, _)| p == path).map(|(_, text)| text.clone());
        // The text of a message stands beside its record: bad-C7QK-push.es-MX.md.
        let name = path.rsplit('/').next().unwrap_or_default();
        record.or_else(|| std::fs::read_to_string(folder.join(format!("{which}-{name}"))).ok())
    };
    let paths = files.iter().map(|(path, _)| path.clone());
    let paths: Vec<String> = paths.filter(|path| !path.starts_with("problems/")).collect();
    let register = Register::load(&paths, |path| Ok(text(path).unwrap()));
    let options = Options { tier: Tier::Strict, ..Options::default() };
    let mut found = check::run(&register, &around, &options, text);
    let own = RECORD.trim_end_matches("incident.yaml");
    found.findings.retain(|f| f.path.starts_with(own) || f.path.starts_with("problems/"));
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

/// Files below a folder, by their path below the repository.
fn below(folder: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            below(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

/// The repository's own records against its own standard, as `inc check` judges them.
fn own_records(tier: Tier) -> Findings {
    let read = |path: &String| std::fs::read_to_string(root().join(path)).unwrap();
    let (mut files, mut standards) = (Vec::new(), Vec::new());
    below("incidents", &mut files);
    below("standards", &mut standards);
    let paths: Vec<String> =
        files.iter().filter(|p| p.ends_with("/incident.yaml")).cloned().collect();
    let register = Register::load(&paths, |path| Ok(read(&path.to_owned())));
    let texts: Vec<(String, String)> = standards
        .iter()
        .filter(|path| path.ends_with(".toml"))
        .map(|path| (path.clone(), read(path)))
        .collect();
    let (standard, wrong) = inc::standard::load(&texts, &inc::facts::catalogue(Currency::MXN));
    assert!(wrong.is_empty(), "{wrong}");
    let ids = |ids: Vec<&str>| Some(ids.into_iter().map(str::to_owned).collect());
    let around = Surroundings {
        now: NOW.parse().unwrap(),
        names: Names {
            services: ids(standard.services.ids().collect()),
            people: ids(standard.people.ids().collect()),
            vendors: ids(standard.vendors.ids().collect()),
            clients: ids(standard.clients.ids().collect()),
            roles: ids(standard.roles.ids().collect()),
        },
        files: Some(files.into_iter().collect()),
        tracked: HashSet::new(),
        texts: Vec::new(),
        unmasked: Vec::new(),
        approvals: Evidence::default(),
        house: standard.house(),
        reviews: standard.review_rules(),
        reviews_owed: HashMap::new(),
        zone: chrono_tz::America::Mexico_City,
        standing: Vec::new(),
        standard: Vec::new(),
        templates: Vec::new(),
        problems: Vec::new(),
        runs_entered: Some(Default::default()),
        policies: Default::default(),
    };
    let company = Company {
        standard: &standard,
        zone: chrono_tz::America::Mexico_City,
        currency: Currency::MXN,
        register: Some(&register),
        documents: None,
    };
    let own = check::own_codes(standard.newest_policies().unwrap());
    let options = Options { tier, own, ..Options::default() };
    let now = around.now;
    check::run_with(
        &register,
        &around,
        &options,
        |path| Some(read(&path.to_owned())),
        |record| {
            let policies = company.policies(record, now).unwrap();
            check::own(policies, &company.decide(record, now).unwrap().facts, record)
        },
    )
}

#[test]
fn the_repositorys_own_records_have_no_error_of_structure() {
    let found = own_records(Tier::Strict);
    let errors: Vec<_> = found
        .findings
        .iter()
        .filter(|f| f.check != "standard" && f.diagnostic.level == Level::Error)
        .map(|f| f.diagnostic.to_string())
        .collect();
    assert!(found.checked >= 15);
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn the_standards_own_checks_run_and_can_be_waived() {
    let found = own_records(Tier::Basic);
    assert!(found.findings.iter().any(|f| f.check == "standard"));
    let waived: BTreeSet<_> = found.waived.iter().map(|f| f.diagnostic.code.as_str()).collect();
    assert_eq!(waived, BTreeSet::from(["authority-undecided", "run-not-in-ledger"]));
    let about_waivers = ["idle-waiver", "expired-waiver", "incomplete-waiver"];
    assert!(!found.findings.iter().any(|f| about_waivers.contains(&f.check)));
}

#[test]
fn a_review_that_is_not_there_is_one_finding() {
    let found = own_records(Tier::Basic);
    let about: Vec<_> = found
        .findings
        .iter()
        .filter(|f| f.diagnostic.code.contains("review"))
        .map(|f| (f.path.as_str(), f.diagnostic.code.as_str()))
        .collect();
    assert!(about.iter().any(|(_, code)| *code == "no-review"), "{about:?}");
    let records: BTreeSet<_> = about.iter().map(|(path, _)| path).collect();
    assert_eq!(records.len(), about.len(), "{about:?}");
}

#[test]
fn a_workspace_sets_levels_and_asks_for_single_checks() {
    let folder = root().join("tests/check/overdue-update");
    let text = std::fs::read_to_string(folder.join("bad.yaml")).unwrap();
    let register = Register::load(&[RECORD.to_owned()], |_| Ok(text.clone()));
    let run = |options: &Options| {
        let found = check::run(&register, &surroundings(), options, |_| Some(text.clone()));
        let codes = found.findings.iter().map(|f| (f.check, f.diagnostic.level));
        codes.collect::<Vec<_>>()
    };
    let level = |level| Options {
        levels: [("overdue-update".to_owned(), level)].into(),
        ..Options::default()
    };
    let only = |code: &str| Options { only: vec![code.to_owned()], ..Options::default() };
    assert_eq!(run(&Options::default()), [("overdue-update", Level::Warning)]);
    assert_eq!(run(&level(Some(Level::Error))), [("overdue-update", Level::Error)]);
    assert_eq!(run(&level(None)), []);
    assert_eq!(run(&only("overdue-update")), [("overdue-update", Level::Warning)]);
    assert_eq!(run(&only("no-detection-source")), []);
    let unknown = only("overdue-updat").unknown_codes();
    assert_eq!(unknown[0].help.as_deref(), Some("did you mean `overdue-update`?"));
    assert!(only("unknown-key").unknown_codes().is_empty());
    let nobody = Options { incidents: Some(BTreeSet::new()), ..Options::default() };
    assert_eq!(run(&nobody), []);
}

/// A freshly opened incident is left alone; ten thousand names in one record are a few findings.
#[test]
fn precise_where_it_is_new_and_short_where_it_is_hostile() {
    let head = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\nstatus: detected\n";
    let fresh = format!("{head}times: {{ detected: 2026-11-21T13:59:00-06:00 }}\n");
    let entries: String = (0..10_000)
        .map(|i| format!("  - {{ at: 2031-01-01T00:00:00Z, by: p{i}, text: x }}\n"))
        .collect();
    let hostile = format!("{fresh}timeline:\n{entries}");
    let run = |text: &str| {
        let register = Register::load(&[RECORD.to_owned()], |_| Ok(text.to_owned()));
        let options = Options { tier: Tier::Strict, ..Options::default() };
        check::run(&register, &surroundings(), &options, |_| Some(text.to_owned())).findings
    };
    assert_eq!(run(&fresh), []);
    let found = run(&hostile);
    assert_eq!(found.len(), 40);
    assert!(found.iter().any(|f| f.diagnostic.message.ends_with("and 9980 more like this")));
}
