//! What stands in `examples/` works.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn decide(facts: &str) -> (Option<i32>, serde_json::Value) {
    let folder = examples().join("01-decide");
    let mut command = Command::new(env!("CARGO_BIN_EXE_inc"));
    let output = command
        .args(["decide", "table.toml", "--facts", facts, "--format", "json"])
        .current_dir(folder)
        .output()
        .unwrap();
    let answer = serde_json::from_slice(&output.stdout);
    (
        output.status.code(),
        answer.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))),
    )
}

#[test]
fn a_table_of_ones_own_is_decided() {
    let (code, answer) = decide("facts.json");
    assert_eq!((code, answer["status"].as_str()), (Some(0), Some("decided")));
    assert_eq!(answer["output"]["promise"], "today");
    assert_eq!(answer["decided_by"][0], "small-and-reconciled");
}

#[test]
fn what_is_not_known_leaves_it_open() {
    let (code, answer) = decide("open.json");
    assert_eq!((code, answer["status"].as_str()), (Some(1), Some("open")));
}

#[test]
fn the_evidence_file_is_whole() {
    let text = fs::read_to_string(examples().join("03-evidence/affected.csv")).unwrap();
    let columns = text.lines().next().unwrap().split(',').count();
    assert!(text.lines().all(|l| l.split(',').count() == columns));
}

#[test]
fn ci_runs_commands_that_exist() {
    for name in ["github.yml", "gitlab.yml"] {
        let path = examples().join("ci").join(name);
        let text = fs::read_to_string(&path).unwrap();
        let node = inc::yaml::parse(inc::diag::Source::new(name, &text));
        assert!(node.is_ok(), "{name}: {node:?}");
        let typed = text.lines().filter_map(|l| {
            l.split_once("inc ")
                .filter(|(before, _)| before.ends_with(": ") || before.ends_with("- "))
        });
        let mut seen = 0;
        for (_, rest) in typed {
            let ends = [" > ", " >> ", " | "];
            let line = ends.iter().fold(rest, |line, end| line.split(end).next().unwrap());
            if line.contains('$') || line.contains('"') {
                // What the shell fills in is run by tests/cli/ci.rs.
                seen += 1;
                continue;
            }
            let words = line.split_whitespace();
            let parsed =
                inc::cli::command().try_get_matches_from(std::iter::once("inc").chain(words));
            assert!(parsed.is_ok(), "{name}: inc {rest}");
            seen += 1;
        }
        assert!(seen > 0, "{name} runs nothing of ours");
    }
}
