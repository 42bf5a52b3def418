//! `inc decide`: a table and its facts, divided by the first line of `===`.
#![no_main]

use inc::decision::{Graph, NoFacts, facts_from_json, load, prove};
use inc::diag::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (table, facts) = text.split_once("\n===\n").unwrap_or((text, "{}"));
    let Ok(loaded) = load(Source::new("table.toml", table), "table", &NoFacts) else { return };
    for table in &loaded.tables {
        prove(table);
    }
    let Ok(facts) = facts_from_json(Source::new("facts.json", facts), &loaded.tables) else {
        return;
    };
    let Ok(graph) = Graph::new(&loaded.tables) else { return };
    let decisions = graph.decide_all(&loaded.tables, &facts);
    let known = decisions.facts(&facts);
    for decision in &decisions.list {
        let told = decision.to_json(&known);
        serde_json::from_str::<serde_json::Value>(&told).expect("an answer is JSON");
        decision.trace_rows(&known);
        decision.summary();
    }
});
