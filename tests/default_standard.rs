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

/// The codes that loading or proving finds in the default standard with one file changed.
fn found_after(file: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let changed: Vec<(String, String)> = files(&STANDARDS)
        .into_iter()
        .map(|(path, text)| {
            let text = if path.ends_with(file) { change(text) } else { text.to_owned() };
            (path, text)
        })
        .collect();
    let (standard, diagnostics) = inc::standard::load(&changed, &catalogue);
    let mut found: Vec<String> = Vec::new();
    for diagnostic in diagnostics.0 {
        let place = diagnostic.place.map(|p| p.file).unwrap_or_default();
        found.push(format!("{} {place}", diagnostic.code));
    }
    for table in standard.newest_policies().into_iter().flat_map(|p| p.all()) {
        let findings = inc::decision::prove(table).findings;
        found.extend(findings.iter().map(|f| format!("{} {}", f.code, table.file)));
    }
    found
}

#[test]
fn a_seeded_mistake_is_found_in_its_file() {
    let targets = "standards/targets.toml";
    let severity = "standards/severity.toml";
    let first_rule = |text: &str| {
        let start = text.find("[[rule]]").unwrap_or_default();
        let end = text[start + 1..].find("\n[[rule]]").map_or(text.len(), |e| start + 1 + e);
        (start, end)
    };
    let gap = found_after("targets.toml", |text| {
        let (start, end) = first_rule(text);
        format!("{}{}", &text[..start], &text[end..])
    });
    assert_eq!(gap, [format!("gap {targets}")]);
    let doubled = found_after("targets.toml", |text| {
        let (start, end) = first_rule(text);
        let copy = text[start..end].replace("acknowledge-sev1", "acknowledge-again");
        format!("{text}\n{copy}")
    });
    assert!(doubled.iter().any(|f| f.starts_with("duplicate") || f.starts_with("overlap")));
    assert!(doubled.iter().all(|f| f.ends_with(targets)), "{doubled:?}");
    let masked = found_after("severity.toml", |text| {
        let rule = "[[tables.provisional.rule]]\n";
        let always = "id = \"always\"\nthen = { level = \"SEV4\" }\n\n";
        text.replacen(rule, &format!("{rule}{always}{rule}"), 1)
    });
    assert!(masked.contains(&format!("masked-rule {severity}")), "{masked:?}");
    let wrong_type = found_after("severity.toml", |text| text.replacen("\">= 5m\"", "\">= 5\"", 1));
    assert_eq!(wrong_type, [format!("test-type {severity}")]);
}
