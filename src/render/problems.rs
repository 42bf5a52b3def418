//! Problems, suggestions for them, and incidents that are alike.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::incident::wall;
use super::{Align, Surface, Table, terminal_safe};
use crate::incident::{Conflict, IncidentId, Problem, Record};
use crate::reports::likeness::{Like, Suggestion};
use crate::units::Instant;

/// Problems as a table.
pub fn list(problems: &[&Problem], surface: Surface) -> String {
    let mut table = Table::new([
        ("PROBLEM", Align::Left),
        ("STATE", Align::Left),
        ("INCIDENTS", Align::Right),
        ("ACTIONS", Align::Right),
        ("OWNER", Align::Left),
        ("TITLE", Align::Left),
    ]);
    for problem in problems {
        table.push([
            problem.id.clone(),
            problem.state.as_str().replace('_', " "),
            problem.incidents.len().to_string(),
            open_actions(problem).to_string(),
            problem.owner.clone().unwrap_or_else(|| "-".into()),
            format!(
                "{}{}",
                if problem.conflicts.is_empty() { "" } else { "IN CONFLICT " },
                problem.title
            ),
        ]);
    }
    table.render(surface)
}

fn open_actions(problem: &Problem) -> usize {
    problem.actions.iter().filter(|a| a.done.is_none() && a.dropped.is_none()).count()
}

/// A problem with its incidents and actions.
pub fn one(
    problem: &Problem,
    incidents: &[(&IncidentId, Option<&Record>)],
    now: Instant,
    surface: Surface,
) -> String {
    let safe = |text: &str| terminal_safe(text);
    let mut text = format!("{}  {}\n", problem.id, safe(&problem.title));
    let _ = write!(text, "{}", problem.state.as_str().replace('_', " "));
    if let Some(owner) = &problem.owner {
        let _ = write!(text, " · {}", safe(owner));
    }
    if let Some(day) = &problem.review_on {
        let _ = write!(text, " · looked at again on {}", safe(day));
    }
    text.push('\n');
    for (title, words) in [("Cause", &problem.cause), ("Workaround", &problem.workaround)] {
        let words = words.as_deref().map_or_else(|| "not known".to_owned(), safe);
        let _ = writeln!(text, "{title}: {words}");
    }
    for conflict in &problem.conflicts {
        let _ = writeln!(text, "In conflict: {}", safe(&conflict_words(conflict)));
        let _ = writeln!(text, "  {}", safe(&problem.decides(&conflict.field)));
    }
    if !incidents.is_empty() {
        text.push('\n');
        let columns = ["INCIDENT", "BEGAN", "STATUS", "TITLE"].map(|title| (title, Align::Left));
        let mut table = Table::new(columns);
        for (id, record) in incidents {
            let title = match record {
                Some(record) if record.restricted.is_some() => "(restricted)".to_owned(),
                Some(record) => record.title.clone(),
                None => "(no such record here)".to_owned(),
            };
            let began = record.and_then(Record::began);
            table.push([
                id.to_string(),
                began.map_or_else(|| "not known".into(), |at| wall(at, now)),
                record.map_or("-", |record| record.status.as_str()).to_owned(),
                title,
            ]);
        }
        text.push_str(&table.render(surface));
    }
    if !problem.actions.is_empty() {
        text.push('\n');
        let columns =
            ["ACTION", "STATE", "DUE", "OWNER", "TITLE"].map(|title| (title, Align::Left));
        let mut table = Table::new(columns);
        for action in &problem.actions {
            let state = match (&action.done, &action.dropped) {
                (Some(_), _) => "done",
                (None, Some(_)) => "dropped",
                (None, None) => "open",
            };
            table.push([
                action.id.as_ref().map_or_else(|| "-".into(), ToString::to_string),
                state.to_owned(),
                action.due.clone().unwrap_or_else(|| "-".into()),
                action.owner.clone().unwrap_or_else(|| "-".into()),
                action.title.clone(),
            ]);
        }
        text.push_str(&table.render(surface));
    }
    text
}

/// A field that two people changed differently, with what each wrote.
fn conflict_words(conflict: &Conflict) -> String {
    let values = conflict.values.iter().take(4).map(|value| match value.as_str() {
        "" => "nothing".to_owned(),
        value => format!("`{}`", one_line(value)),
    });
    format!("{}: {}", conflict.field, values.collect::<Vec<_>>().join(" or "))
}

/// Problems, schema 1: `{"schema":1,"problems":[…]}`.
pub fn list_json(problems: &[&Problem]) -> Json {
    json!({ "schema": 1, "problems": problems.iter().map(|p| shape(p)).collect::<Vec<_>>() })
}

/// A problem, schema 1: `{"schema":1,"problem":{…}}`.
pub fn one_json(problem: &Problem) -> Json {
    json!({ "schema": 1, "problem": shape(problem) })
}

fn shape(problem: &Problem) -> Json {
    json!({
        "id": problem.id,
        "title": problem.title,
        "state": problem.state.as_str(),
        "owner": problem.owner,
        "cause": problem.cause,
        "workaround": problem.workaround,
        "review_on": problem.review_on,
        "opened_at": problem.opened_at.map(|at| at.to_string()),
        "fixed_at": problem.fixed_at.map(|at| at.to_string()),
        "incidents": problem.incidents.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "actions": problem.actions.iter().map(|a| json!({
            "id": a.id.as_ref().map(ToString::to_string),
            "title": a.title,
            "owner": a.owner,
            "due": a.due,
            "done": a.done.is_some(),
            "dropped": a.dropped.is_some(),
        })).collect::<Vec<_>>(),
        "conflicts": problem.conflicts.iter().map(|c| json!({
            "field": c.field,
            "values": c.values,
        })).collect::<Vec<_>>(),
    })
}

/// `service:checkout` as people say it: `service checkout`.
fn said(terms: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = terms.iter().take(SHOWN).map(|term| term.replacen(':', " ", 1));
    let mut words: Vec<String> = shown.collect();
    if terms.len() > SHOWN {
        words.push(format!("{} more", terms.len() - SHOWN));
    }
    words.join(", ")
}

fn percent(score: u16) -> String {
    format!("{} %", score / 10)
}

/// Suggestions for people: each with its reasons, and what to type to make it a problem.
pub fn suggestions(found: &[Suggestion]) -> String {
    let mut text = String::new();
    for (number, group) in found.iter().enumerate() {
        let n = group.incidents.len();
        let _ = writeln!(text, "{}. {n} incidents, {} alike", number + 1, percent(group.score));
        if !group.shared.is_empty() {
            let _ = writeln!(text, "   share: {}", terminal_safe(&said(&group.shared)));
        }
        if !group.words.is_empty() {
            let _ = writeln!(text, "   words: {}", terminal_safe(&group.words.join(", ")));
        }
        const SHOWN: usize = 8;
        for (id, title) in group.incidents.iter().take(SHOWN) {
            let title = title.as_deref().unwrap_or("(restricted)");
            let _ = writeln!(text, "   {id}  {}", terminal_safe(title));
        }
        if n > SHOWN {
            let _ = writeln!(text, "   and {} more", n - SHOWN);
        }
        let ids: Vec<&str> =
            group.incidents.iter().take(SHOWN).map(|(id, _)| id.suffix()).collect();
        let _ = writeln!(text, "   inc problems open TITLE --incident {}\n", ids.join(","));
    }
    text.pop();
    text
}

/// Suggestions, schema 1: `{"schema":1,"suggestions":[{"score":…,"incidents":[…],…}]}`.
pub fn suggestions_json(found: &[Suggestion]) -> Json {
    let groups = found.iter().map(|group| {
        let incidents = group.incidents.iter();
        json!({
            "score": group.score,
            "shared": group.shared,
            "words": group.words,
            "incidents": incidents.map(|(id, title)| json!({ "id": id.to_string(), "title": title })).collect::<Vec<_>>(),
        })
    });
    json!({ "schema": 1, "suggestions": groups.collect::<Vec<_>>() })
}

/// Incidents that are alike, for people.
pub fn similar(found: &[Like], now: Instant) -> String {
    let mut text = String::new();
    for like in found {
        let title = like.title.as_deref().unwrap_or("(restricted)");
        let began = like.began.map_or_else(|| "not known".into(), |at| wall(at, now));
        let _ = writeln!(
            text,
            "{}  {}  {}  {}",
            like.id,
            percent(like.score),
            began,
            terminal_safe(title)
        );
        let _ = writeln!(text, "  share: {}", terminal_safe(&said(&like.shared)));
        let took = like.took.map_or_else(|| "not known".to_owned(), |span| span.to_string());
        let how = like.how.as_deref().map_or_else(|| "nobody wrote down how".into(), one_line);
        let _ = writeln!(text, "  restored after {took}: {}\n", terminal_safe(&how));
    }
    text.pop();
    text
}

/// The first letters of a text on one line.
fn one_line(text: &str) -> String {
    const SHOWN: usize = 200;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    format!("{}…", line.chars().take(SHOWN - 1).collect::<String>().trim_end())
}

/// Incidents that are alike, schema 1: `{"schema":1,"incident":…,"similar":[{…}]}`.
pub fn similar_json(id: &IncidentId, found: &[Like]) -> Json {
    let similar = found.iter().map(|like| {
        json!({
            "id": like.id.to_string(),
            "title": like.title,
            "began": like.began.map(|at| at.to_string()),
            "score": like.score,
            "shared": like.shared,
            "restored_after_s": like.took.map(|span| span.seconds()),
            "how_restored": like.how,
        })
    });
    json!({ "schema": 1, "incident": id.to_string(), "similar": similar.collect::<Vec<_>>() })
}
