//! The standard of this repository, which is the default of every new workspace, against the
//! catalogue of facts: every table loads, and what it asks about is something that records hold.

use inc::decision::Catalogue;
use inc::units::Currency;
use include_dir::{Dir, DirEntry, include_dir};

static STANDARDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/standards");

fn files(dir: &'static Dir<'static>) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => found.extend(files(dir)),
            DirEntry::File(file) => found.push((
                format!("standards/{}", file.path().display()),
                file.contents_utf8().unwrap_or_default(),
            )),
        }
    }
    found
}

#[test]
fn loads_without_a_single_remark() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, diagnostics) = inc::standard::load(&files(&STANDARDS), &catalogue);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    assert_eq!(standard.versions().len(), 1);
    let policies = standard.newest_policies().expect("the default standard has tables");
    for table in [
        "severity",
        "major-incident",
        "review-owed",
        "priority",
        "targets",
        "transitions",
        "gates",
        "checks",
        "checklist",
        "roles-owed",
        "approvals",
        "regimes",
        "dora-major",
    ] {
        assert!(policies.table(table).is_some(), "{table}");
    }
}

#[test]
fn every_input_is_a_fact_another_table_or_declared() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, _) = inc::standard::load(&files(&STANDARDS), &catalogue);
    let policies = standard.newest_policies().expect("the default standard has tables");
    let asked: Vec<String> = policies
        .all()
        .flat_map(|table| table.inputs.iter().map(move |input| (table, input)))
        .filter(|(_, input)| input.from.is_none() && catalogue.input(&input.fact).is_none())
        .map(|(table, input)| format!("{}: {}", table.name, input.name))
        .filter(|name| !name.starts_with("dora-") && !name.starts_with("approvals: "))
        .collect();
    assert_eq!(asked, ["transitions: command", "gates: command", "targets: target"]);
}

#[test]
fn every_table_is_proved() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, _) = inc::standard::load(&files(&STANDARDS), &catalogue);
    let policies = standard.newest_policies().expect("the default standard has tables");
    for table in policies.all() {
        let proof = inc::decision::prove(table);
        let found: Vec<String> =
            proof.findings.iter().map(|f| format!("{}: {}", f.code, f.message)).collect();
        assert!(proof.proved && found.is_empty(), "{}: {found:#?}", table.name);
    }
}
