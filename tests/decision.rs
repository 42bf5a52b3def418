//! Decision tables end to end: published examples of the hit policies, and DORA's classification.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

use inc::decision::{
    Decisions, FactSet, Graph, NoFacts, Table, Value, facts_from_json, load, prove,
};
use inc::diag::Source;
use inc::units::{Decimal, Percent};
use inc::yaml::Node;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decision")
}

fn tables(path: &Path) -> Vec<Table> {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_str().unwrap();
    let loaded = load(Source::new(name, &text), name, &NoFacts);
    let loaded = loaded.unwrap_or_else(|e| panic!("{e}"));
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    loaded.tables
}

#[test]
fn published_examples_decide_as_published() {
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join("published"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{} published examples", files.len());
    for path in files {
        let tables = tables(&path);
        let graph = Graph::new(&tables).unwrap();
        let cases = fs::read_to_string(path.with_extension("cases.json")).unwrap();
        let cases: Vec<serde_json::Value> = serde_json::from_str(&cases).unwrap();
        assert!(cases.len() > 1, "{}", path.display());
        for case in cases {
            let facts = case["facts"].to_string();
            let facts = facts_from_json(Source::new("facts", &facts), &tables).unwrap();
            let decisions = graph.decide_all(&tables, &facts);
            let [last] = graph.last()[..] else { panic!("{} has no last table", path.display()) };
            let decision = &decisions.list[last];
            let told = decision.to_json(&decisions.facts(&facts));
            let told: serde_json::Value = serde_json::from_str(&told).unwrap();
            for key in ["status", "matched", "decided_by", "output"] {
                assert_eq!(told[key], case[key], "{key} of {}: {case}", path.display());
            }
            assert_eq!(told["schema"], 1);
            assert_eq!(told["trace"].as_array().unwrap().len(), decision.table().rules.len());
            let open = told["status"] == "open";
            assert_eq!(open, !told["possible"].as_array().unwrap().is_empty(), "{told}");
        }
    }
}

/// The vectors that all implementations share; beside the repository, not in it.
fn shared(name: &str) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let candidates = ["../shared/vectors", "../../shared/vectors"];
    let found = candidates.iter().map(|c| root.join(c).join(name)).find(|p| p.exists());
    if found.is_none() {
        let required = std::env::var_os("INC_REQUIRE_SHARED").is_some();
        assert!(!required, "{name} is required and not beside the repository");
        println!("skipped: {name} is not beside the repository");
    }
    found.map(|path| fs::read_to_string(path).unwrap())
}

fn number(node: Option<&Node>) -> Decimal {
    node.and_then(Node::text).map_or(Decimal::ZERO, |t| t.parse().unwrap())
}

fn yes(node: Option<&Node>) -> Value {
    Value::Boolean(node.and_then(Node::text) == Some("true"))
}

fn items(node: Option<&Node>) -> Vec<String> {
    match node.map(|n| &n.value) {
        Some(inc::yaml::Value::Seq(items)) => {
            items.iter().filter_map(|i| i.text().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// The facts of a case; what it does not mention did not happen.
fn dora_facts(input: &Node) -> FactSet {
    let mut facts = FactSet::new();
    let whole = |n: Decimal| Value::Integer(n);
    let hours = |node: Option<&Node>| {
        let seconds = (number(node) * Decimal::from(3600)).floor();
        Value::parse(&format!("{seconds}s"), &inc::decision::Type::Duration).unwrap()
    };
    let percent = |node: Option<&Node>| Value::Percent(Percent(number(node)));
    let affected = number(input.get("affected_clients"));
    let total = number(input.get("total_clients"));
    let share = Percent::of(affected, total).unwrap_or(Percent(Decimal::ZERO));
    facts.set("clients_affected", whole(affected));
    facts.set("clients_affected_percent", Value::Percent(share));
    facts.set("counterparts_percent", percent(input.get("affected_counterparts_pct")));
    facts.set(
        "transactions_count_percent",
        percent(input.get("affected_tx_count_pct_of_daily_avg")),
    );
    facts.set(
        "transactions_value_percent",
        percent(input.get("affected_tx_value_pct_of_daily_avg")),
    );
    facts.set("relevant_clients", yes(input.get("relevant_clients_affected")));
    facts.set("reputational", Value::texts(items(input.get("reputational"))));
    facts.set("duration", hours(input.get("duration_hours")));
    facts.set("critical_downtime", hours(input.get("critical_service_downtime_hours")));
    facts.set("member_states", whole(number(input.get("member_states_impacted"))));
    facts.set("data_losses", yes(input.get("data_adverse_impact_9_5_a")));
    facts.set("malicious_access", yes(input.get("malicious_access_9_5_b")));
    facts.set("critical_services", yes(input.get("critical_services_affected")));
    let costs = format!("{} EUR", number(input.get("costs_eur")));
    facts.set("costs", Value::parse(&costs, &inc::decision::Type::Money(None)).unwrap());
    facts.set("entity", Value::text(input.get("entity").and_then(Node::text).unwrap_or("bank")));
    let (count, thresholds) = recurrences(input.get("incidents"));
    facts.set("recurrences", Value::integer(count));
    facts.set("recurring_thresholds", Value::integer(thresholds));
    facts
}

/// Incidents within six months of the first with its root cause, and the thresholds they met.
fn recurrences(incidents: Option<&Node>) -> (i64, i64) {
    let Some(inc::yaml::Value::Seq(incidents)) = incidents.map(|n| &n.value) else {
        return (0, 0);
    };
    let day =
        |n: &Node| -> chrono::NaiveDate { n.get("date").unwrap().text().unwrap().parse().unwrap() };
    let cause = |n: &Node| n.get("root_cause").unwrap().text().unwrap().to_owned();
    let last = day(&incidents[0]).checked_add_months(chrono::Months::new(6)).unwrap();
    let same = incidents.iter().filter(|i| day(i) <= last && cause(i) == cause(&incidents[0]));
    let mut thresholds: Vec<String> = Vec::new();
    let mut count = 0;
    for incident in same {
        count += 1;
        thresholds.extend(items(incident.get("thresholds_met")));
    }
    thresholds.sort();
    thresholds.dedup();
    (count, i64::try_from(thresholds.len()).unwrap())
}

fn outcome(decisions: &Decisions<'_>) -> (Option<bool>, Vec<String>) {
    let major = match decisions.get("dora").unwrap().value("major") {
        Some(Value::Boolean(major)) => Some(*major),
        _ => None,
    };
    let criteria = decisions.get("dora-criteria").unwrap();
    let mut met: Vec<String> =
        criteria.matched().filter_map(|r| r.then[0].as_ref()).map(ToString::to_string).collect();
    met.sort();
    met.dedup();
    (major, met)
}

#[test]
fn dora_classifies_every_shared_case() {
    let Some(text) = shared("reg_dora_classification.yaml") else { return };
    let document = inc::yaml::parse(Source::new("reg_dora_classification.yaml", &text)).unwrap();
    let Some(inc::yaml::Value::Seq(cases)) = document.get("cases").map(|n| &n.value) else {
        panic!("no cases")
    };
    assert!(cases.len() >= 28, "{} cases", cases.len());
    let tables = tables(&folder().join("dora.toml"));
    let graph = Graph::new(&tables).unwrap();
    for case in cases {
        let id = case.get("id").and_then(Node::text).unwrap();
        let expected = case.get("expected").unwrap();
        let facts = dora_facts(case.get("input").unwrap());
        let decisions = graph.decide_all(&tables, &facts);
        let (major, met) = outcome(&decisions);
        let wanted = expected.get("major").or_else(|| expected.get("major_as_one_incident"));
        assert_eq!(major, Some(wanted.and_then(Node::text) == Some("true")), "{id}");
        if let Some(thresholds) = expected.get("thresholds_met") {
            let mut wanted = items(Some(thresholds));
            wanted.sort();
            assert_eq!(met, wanted, "{id}");
        }
    }
}

#[test]
fn dora_is_decided_as_soon_as_two_thresholds_are_known() {
    let tables = tables(&folder().join("dora.toml"));
    let graph = Graph::new(&tables).unwrap();
    let facts = r#"{ "critical_services": true, "malicious_access": false,
        "critical_downtime": "PT2H1M", "costs": "100000.01 EUR" }"#;
    let facts = facts_from_json(Source::new("facts", facts), &tables).unwrap();
    let decisions = graph.decide_all(&tables, &facts);
    assert!(decisions.get("dora").unwrap().is_decided());
    assert_eq!(outcome(&decisions).0, Some(true));
    // With one threshold known and the rest unknown it is open, and not "not major".
    let facts = r#"{ "critical_services": true, "malicious_access": false, "costs": "5 EUR" }"#;
    let facts = facts_from_json(Source::new("facts", facts), &tables).unwrap();
    assert!(!graph.decide_all(&tables, &facts).get("dora").unwrap().is_decided());
}

#[test]
fn published_examples_that_are_complete_prove_clean() {
    let mut complete = 0;
    for entry in fs::read_dir(folder().join("published")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            for table in tables(&path).iter().filter(|t| t.complete) {
                complete += 1;
                let proof = prove(table);
                assert!(proof.findings.is_empty(), "{}: {:?}", table.name, proof.findings);
            }
        }
    }
    assert!(complete >= 3, "{complete}");
}
