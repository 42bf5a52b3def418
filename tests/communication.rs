//! Lengths of messages against published limits and cases, and their words against a corpus.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use inc::communication::proof::House;
use inc::communication::{Unit, read_message, sms};
use inc::diag::Source;
use inc::standard::Standard;
use inc::units::Currency;
use inc::yaml::{self, Tree};

/// Cases beside the repository; without them the test says so and passes, unless
/// `INC_REQUIRE_SHARED` is set.
fn cases(file: &str) -> Option<Vec<Tree>> {
    let root = std::env::var_os("INC_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = root.join("vectors").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var_os("INC_REQUIRE_SHARED").is_none(), "no {}", path.display());
        println!("skipped: no {}", path.display());
        return None;
    };
    let tree = yaml::parse(Source::new(file, &text)).unwrap().to_tree();
    let Some(Tree::Seq(cases)) = tree.get("cases") else { panic!("{file}: no cases") };
    Some(cases.clone())
}

fn standard() -> Standard {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("standards/communication.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let files = [("standards/communication.toml", text)];
    let (standard, found) = inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN));
    assert!(found.is_empty(), "{found}");
    standard
}

/// The default standard's words, with one supplier.
fn house() -> House {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("standards").join(name);
        (format!("standards/{name}"), std::fs::read_to_string(path).unwrap())
    };
    let mut files = ["communication.toml", "glossary.toml", "services.toml"].map(read).to_vec();
    let vendors = "[vendors.nimbus-switch]\nname = \"Nimbus Switch (fictitious)\"\n";
    files.push(("standards/vendors.toml".to_owned(), vendors.to_owned()));
    inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN)).0.house()
}

/// The codes that a message of the corpus gets, sorted, each once.
fn found(house: &House, case: &Tree) -> Vec<&'static str> {
    let text = |key: &str| case.get(key).and_then(Tree::scalar);
    let mut file = "---\nstage: update\naudience: affected_likely\n".to_owned();
    for key in ["channel", "locale", "title", "subject", "preheader"] {
        if let Some(value) = text(key) {
            file.push_str(&format!("{key}: {}\n", serde_json::Value::String(value)));
        }
    }
    file.push_str(&format!("---\n{}\n", text("body").unwrap()));
    let source = Source::new("message.md", &file);
    let message = read_message(source).unwrap();
    let mut codes: Vec<&str> = house.proofread(&message).iter().map(|f| f.fault.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn each_message_gets_the_findings_that_it_must_get_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/words.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let corpus = yaml::parse(Source::new("words.yaml", &text)).unwrap().to_tree();
    let house = house();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for group in ["good", "bad"] {
        let Some(Tree::Seq(cases)) = corpus.get(group) else { panic!("no {group}") };
        for case in cases {
            let mut expected = match case.get("finds") {
                Some(Tree::Seq(codes)) => codes.iter().filter_map(Tree::scalar).collect(),
                _ => Vec::new(),
            };
            expected.sort_unstable();
            let found = found(&house, case);
            if found != expected {
                let body = case.get("body").and_then(Tree::scalar).unwrap();
                wrong.push(format!("{body}\n  expected {expected:?}, found {found:?}"));
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 60, "{count}");
}

/// What the default templates write is found by none of the checks, drills aside.
#[test]
fn the_default_texts_are_what_the_house_asks_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/messages");
    let house = house();
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for part in text.split("##### ").filter(|p| !p.is_empty() && !p.contains("exercise: true"))
        {
            let (name, message) = part.split_once('\n').unwrap();
            let message = read_message(Source::new("m.md", message)).unwrap();
            for finding in house.proofread(&message) {
                let (code, channel) = (finding.fault.code(), &message.channel);
                wrong.push(format!(
                    "{channel} {} {name}: {code}: {}",
                    message.locale, finding.message
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} findings\n{}", wrong.len(), wrong.join("\n"));
}

fn text(case: &Tree, group: &str, key: &str) -> Option<String> {
    case.get(group)?.get(key)?.scalar()
}

fn number(case: &Tree, group: &str, key: &str) -> Option<u64> {
    text(case, group, key)?.parse().ok()
}

/// Every published limit is in the default standard, in the unit that the platform counts; a text
/// of that length fits, one more does not.
#[test]
fn limits_of_platforms_are_those_that_they_publish() {
    let Some(cases) = cases("channel_limits.yaml") else { return };
    let standard = standard();
    let limit = |name: &str| {
        standard.communication.limit(name).unwrap_or_else(|| panic!("no limit {name}"))
    };
    let mut seen = 0;
    for case in &cases {
        let id = case.get("id").and_then(Tree::scalar).unwrap();
        let channel = text(case, "input", "channel");
        let field = text(case, "input", "field");
        if let Some(template) = text(case, "input", "payload_template") {
            let letter = text(case, "input", "body_char").unwrap();
            let count = usize::try_from(number(case, "input", "count").unwrap()).unwrap();
            let payload = |count: usize| template.replace("<BODY>", &letter.repeat(count));
            let most = limit("apns.payload");
            assert_eq!(
                Some(most.unit.measure(&payload(count))),
                number(case, "expected", "payload_bytes"),
                "{id}"
            );
            assert!(most.unit.measure(&payload(count)) <= most.max, "{id}");
            assert!(most.unit.measure(&payload(count + 1)) > most.max, "{id}");
        } else if let Some(length) = number(case, "input", "length") {
            let limit = limit(&format!("{}.{}", channel.unwrap(), field.unwrap()));
            let unit = text(case, "input", "unit").unwrap().replace("chars", "characters");
            let known = Unit::ALL.iter().find(|(word, _)| *word == unit);
            assert_eq!(known.map(|(_, unit)| *unit), Some(limit.unit), "{id}");
            assert_eq!(number(case, "expected", "limit"), Some(limit.max), "{id}");
            let letter = if limit.unit == Unit::Items { "a\n" } else { "a" };
            let written = letter.repeat(usize::try_from(length).unwrap());
            assert_eq!(limit.unit.measure(&written), length, "{id}");
            let fits = text(case, "expected", "ok").unwrap() == "true";
            assert_eq!(limit.unit.measure(&written) <= limit.max, fits, "{id}");
        } else {
            // "card.title vs card.body": two fields of one block, each with its own limit.
            let field = field.unwrap();
            let fields = field.split(" vs ").map(|field| limit(&format!("slack.{field}")).max);
            let Some(Tree::Seq(limits)) = case.get("expected").unwrap().get("limits") else {
                panic!("{id}")
            };
            let limits = limits.iter().map(|l| l.scalar().unwrap().parse::<u64>().unwrap());
            assert!(fields.eq(limits), "{id}");
        }
        seen += 1;
    }
    assert_eq!(seen, 105);
}

#[test]
fn sms_are_counted_as_networks_do() {
    let Some(cases) = cases("sms_segmentation.yaml") else { return };
    for case in &cases {
        let id = case.get("id").and_then(Tree::scalar).unwrap();
        let input = text(case, "input", "text").or_else(|| text(case, "input", "char")).unwrap();
        let counted = sms(&input);
        if let Some(gsm7) = text(case, "expected", "gsm7") {
            let is_gsm7 = counted.encoding == inc::communication::Encoding::Gsm7;
            assert_eq!(is_gsm7.to_string(), gsm7, "{id}");
            continue;
        }
        assert_eq!(text(case, "expected", "encoding").as_deref(), Some(counted.encoding.as_str()));
        assert_eq!(number(case, "expected", "code_units"), Some(counted.units), "{id}");
        assert_eq!(number(case, "expected", "segments"), Some(counted.segments), "{id}");
        assert_eq!(number(case, "expected", "length_chars"), Some(counted.characters), "{id}");
    }
    assert_eq!(cases.len(), 40);
}
