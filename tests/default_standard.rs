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
    let own = |f: &&String| !f.contains("/verticals/");
    assert!(doubled.iter().filter(own).all(|f| f.ends_with(targets)), "{doubled:?}");
    let masked = found_after("severity.toml", |text| {
        let rule = "[[tables.provisional.rule]]\n";
        let always = "id = \"always\"\nthen = { level = \"SEV4\" }\n\n";
        text.replacen(rule, &format!("{rule}{always}{rule}"), 1)
    });
    assert!(masked.contains(&format!("masked-rule {severity}")), "{masked:?}");
    let wrong_type = found_after("severity.toml", |text| text.replacen("\">= 5m\"", "\">= 5\"", 1));
    assert_eq!(wrong_type, [format!("test-type {severity}")]);
}

/// The rules of a table in its file's text, each from its header to the next.
fn rules_of<'t>(text: &'t str, table: &str) -> Vec<&'t str> {
    let of_several = format!("[[tables.{table}.rule]]\n");
    let header = if text.contains(&of_several) { of_several } else { "[[rule]]\n".to_owned() };
    let ends = |at: usize| {
        let rest = &text[at + header.len()..];
        rest.find("\n[").map_or(text.len(), |end| at + header.len() + end + 1)
    };
    text.match_indices(&header).map(|(at, _)| &text[at..ends(at)]).collect()
}

/// A rule with another id and, where it is given, another `when`.
fn rewritten(rule: &str, when: Option<&str>) -> String {
    let line = |line: &str| match when {
        _ if line.starts_with("id = ") => "id = \"seeded\"\n".to_owned(),
        Some(when) if line.starts_with("when = ") => format!("{when}\n"),
        _ => format!("{line}\n"),
    };
    rule.lines().map(line).collect()
}

/// Codes and lines that loading and proving find in a file after `change`.
fn found_at(file: &str, changed: &str) -> Vec<(String, usize)> {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let all: Vec<(String, &str)> = files(&STANDARDS)
        .into_iter()
        .map(|(path, text)| if path == file { (path, changed) } else { (path, text) })
        .collect();
    let (standard, wrong) = inc::standard::load(&all, &catalogue);
    let proofs = standard.proofs();
    let proved = proofs.iter().flat_map(|p| p.findings.0.iter());
    let here = wrong.0.iter().chain(proved).filter_map(|d| {
        let place = d.place.as_ref().filter(|p| p.file == file)?;
        Some((d.code.clone(), place.line))
    });
    here.collect()
}

#[test]
fn a_mistake_seeded_in_any_table_is_found_at_its_line() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let texts = files(&STANDARDS);
    let (standard, _) = inc::standard::load(&texts, &catalogue);
    let policies = standard.newest_policies().expect("the default standard has tables");
    let mut seeded = [0; 4];
    for table in policies.all() {
        let (_, text) = texts.iter().find(|(path, _)| *path == table.file).expect("its file");
        let rules = rules_of(text, &table.name);
        let (first, last) = (rules[0], rules[rules.len() - 1]);
        let appended = |rule: &str| format!("{}\n\n{rule}", text.trim_end());
        // The id stands on the second line of what is appended.
        let line = text.trim_end().lines().count() + 3;
        let when = |rule: &str| rule.lines().find(|l| l.starts_with("when = ")).map(str::to_owned);

        // The same rule again: a duplicate, and under `unique` an overlap too.
        let found = found_at(&table.file, &appended(&rewritten(first, None)));
        let doubled = |(code, at): &(String, usize)| {
            *at == line && matches!(code.as_str(), "duplicate-rule" | "overlap")
        };
        assert!(found.iter().any(doubled), "{}: {found:?}", table.name);
        seeded[0] += 1;

        // A test of the wrong type, in the cell's own line.
        let wrong_type = table.rules[0].when.first().map(|c| &table.inputs[c.input]);
        if let (Some(input), true) = (wrong_type, when(first).is_some()) {
            let when = format!("when = {{ \"{}\" = \"[1..\" }}", input.name);
            let found = found_at(&table.file, &appended(&rewritten(first, Some(&when))));
            assert!(found.iter().any(|(_, at)| *at == line + 1), "{}: {found:?}", table.name);
            seeded[1] += 1;
        }

        // Without the last rule a complete table has a gap, told where the table begins.
        if table.complete {
            let found = found_at(&table.file, &text.replacen(last, "", 1));
            assert!(found.iter().any(|(code, _)| code == "gap"), "{}: {found:?}", table.name);
            seeded[2] += 1;
        }

        // The first rule's question with the last one's answer can never decide.
        let ordered = matches!(table.hit, inc::decision::Hit::First);
        if let (true, Some(when), true) = (ordered, when(first), when(last).is_some()) {
            let found = found_at(&table.file, &appended(&rewritten(last, Some(&when))));
            let masked = |f: &(String, usize)| {
                matches!(f.0.as_str(), "masked-rule" | "duplicate-rule") && f.1 == line
            };
            assert!(found.iter().any(masked), "{}: {found:?}", table.name);
            seeded[3] += 1;
        }
    }
    assert!(seeded.iter().all(|n| *n >= 5), "{seeded:?}");
}

#[test]
fn a_vertical_that_is_looser_than_the_company_is_found() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let with = |file: &str, text: &str| {
        let mut all: Vec<(String, String)> =
            files(&STANDARDS).into_iter().map(|(path, text)| (path, text.to_owned())).collect();
        all.push((format!("standards/verticals/credit/{file}"), text.to_owned()));
        let (standard, mut found) = inc::standard::load(&all, &catalogue);
        found.extend(standard.looser_verticals());
        found.0.iter().map(|d| format!("{}: {}", d.code, d.message)).collect::<Vec<_>>()
    };
    let table = |due: &str, also: &str| {
        format!(
            "hit = \"first\"\n\n[outputs.due]\ntype = \"text\"\n{also}\n[[rule]]\nid = \"ours\"\n\
             when = {{ severity = \"SEV1\" }}\nthen = {{ due = \"{due}\" }}\n"
        )
    };
    let found = with("no-such.toml", &table("5m", ""));
    assert!(found.iter().any(|f| f.starts_with("tightens-nothing")), "{found:?}");
    let broken = with("share.toml", "hit = \"firstt\"\n");
    assert!(!broken.is_empty());
    let share = |level: &str| {
        format!(
            "hit = \"first\"\n\n[outputs.level]\nvalues = [\"SEV1\", \"SEV2\", \"SEV3\", \"SEV4\"]\n\n[[rule]]\n\
             id = \"ours\"\nwhen = {{ tier1_failing_10_for = \">= 5m\" }}\nthen = {{ level = \"{level}\" }}\n"
        )
    };
    let found = with("share.toml", &share("SEV3"));
    assert!(found.iter().any(|f| f.starts_with("looser-rule: rule ours gives")), "{found:?}");
    assert_eq!(with("share.toml", &share("SEV1")), [""; 0]);
}
