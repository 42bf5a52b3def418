//! A replay of the standard for people and programs.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::terminal_safe;
use crate::reports::replay::{About, Difference, Replay};

/// Incident by incident, then in sum.
pub fn text(replay: &Replay) -> String {
    let mut text = String::new();
    for changed in &replay.changed {
        let _ = writeln!(text, "{}  {}", changed.id, terminal_safe(&changed.title));
        for difference in &changed.differences {
            let _ = writeln!(text, "  {}", line(difference));
        }
        text.push('\n');
    }
    let sums = replay.sums();
    if !sums.is_empty() {
        text.push_str("in sum\n");
        for (difference, n) in sums {
            let _ = writeln!(text, "  {n:>5}  {}", line(&difference));
        }
    }
    text
}

fn line(d: &Difference) -> String {
    let kind = match d.about {
        About::Severity => "severity",
        About::MajorIncident => "major incident",
        About::Target => "target",
        About::Gate => "gate",
        About::Check => "check",
    };
    let name = if d.name.is_empty() { String::new() } else { format!(" {}", d.name) };
    let words = match (d.about, &d.before, &d.after) {
        (About::Gate | About::Check, None, _) => "now asked".to_owned(),
        (About::Gate | About::Check, _, None) => "no longer asked".to_owned(),
        (_, before, after) => {
            let side = |s: &Option<String>| s.clone().unwrap_or_else(|| "nothing".into());
            format!("{} → {}", side(before), side(after))
        }
    };
    format!("{kind}{name}: {words}")
}

/// The replay, schema 1: `{"schema":1,"from":…,"to":…,"judged":n,"changed":[{"id":…,"title":…,
/// "differences":[{"about":…,"name":…,"before":…,"after":…}]}],"sums":[{…,"incidents":n}]}`.
///
/// `to` is null for the files as they are.
pub fn json(replay: &Replay, from: &str, to: Option<&str>) -> Json {
    let sum = |(difference, n): (Difference, usize)| {
        let mut json = json!(difference);
        json["incidents"] = json!(n);
        json
    };
    let changed = replay
        .changed
        .iter()
        .map(|c| json!({ "id": c.id.as_str(), "title": c.title, "differences": c.differences }));
    json!({
        "schema": 1,
        "from": from,
        "to": to,
        "judged": replay.judged,
        "changed": changed.collect::<Vec<_>>(),
        "sums": replay.sums().into_iter().map(sum).collect::<Vec<_>>(),
    })
}
