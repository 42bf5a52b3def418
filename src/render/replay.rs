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

/// A replay of what a branch changed in the standard, as `inc check --changed` shows it.
#[derive(Debug)]
pub struct Replayed {
    /// The commit that it is compared with.
    pub base: String,
    /// The files of the standard that differ.
    pub files: Vec<String>,
    /// What changes.
    pub replay: Replay,
}

/// How many incidents are named one by one.
const NAMED: usize = 12;

impl Replayed {
    /// What changes, in one sentence.
    fn sentence(&self) -> String {
        let judged = self.replay.judged;
        let incidents =
            if judged == 1 { "1 incident".to_owned() } else { format!("{judged} incidents") };
        match self.replay.changed.len() {
            0 => format!("the standard was changed, and {incidents} come out as before"),
            n => format!("the standard was changed, and {n} of {incidents} come out differently"),
        }
    }

    /// The sums, then the first incidents with what differs.
    fn lines(&self) -> Vec<String> {
        let sums = self.replay.sums();
        let mut lines: Vec<String> =
            sums.iter().map(|(difference, n)| format!("{n:>5}  {}", line(difference))).collect();
        for changed in self.replay.changed.iter().take(NAMED) {
            lines.push(format!("{}  {}", changed.id, terminal_safe(&changed.title)));
            lines.extend(changed.differences.iter().map(|d| format!("  {}", line(d))));
        }
        if let Some(more) = self.replay.changed.len().checked_sub(NAMED).filter(|more| *more > 0) {
            let base = self.base.get(..10).unwrap_or(&self.base);
            lines.push(format!("and {more} more: inc standards replay --from {base}"));
        }
        lines
    }
}

/// The replay of a branch for people: what changes in sum, then the first incidents by name.
pub fn check_text(replayed: &Replayed) -> String {
    let mut text = format!("replay: {}\n", replayed.sentence());
    for line in replayed.lines() {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// The replay of a branch as one annotation of GitHub on the first file that was changed.
///
/// `prefix` leads from the repository's root to the workspace.
pub fn github(replayed: &Replayed, prefix: &str) -> String {
    let file = replayed.files.first().map_or("standards", String::as_str);
    let message = std::iter::once(replayed.sentence()).chain(replayed.lines());
    let message = message.collect::<Vec<_>>().join("\n");
    super::findings::notice(&format!("{prefix}{file}"), "standard-replay", &message)
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
