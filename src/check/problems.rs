//! Problems: files that cannot be read, names that lead nowhere, what nobody looks at any more.

use std::collections::HashSet;

use super::words::shown;
use super::{CATALOGUE, Finding, Findings, LISTED, Options, Remark, Surroundings, names, standing};
use crate::diag::{Diagnostic, Diagnostics, Place, Source};
use crate::incident::{Action, IncidentId, Problem, ProblemState, day};
use crate::register::Register;
use crate::yaml;

/// A file below `problems/`, read.
#[derive(Debug, Clone)]
pub struct ProblemFile {
    /// Path below the workspace.
    pub path: String,
    /// The problem, or what is wrong with the file.
    pub read: Result<Problem, Diagnostics>,
}

/// A problem and all that a check may look at.
struct Subject<'a> {
    problem: &'a Problem,
    register: &'a Register,
    /// Ids whose files are there and cannot be read.
    unread: &'a HashSet<IncidentId>,
    around: &'a Surroundings,
}

type Look = fn(&Subject<'_>) -> Vec<Remark>;

/// What is looked for, by the check that it is a finding of.
const LOOKS: [(&str, Look); 10] = [
    ("unresolved-conflict", conflicts),
    ("dangling-reference", incidents),
    ("unknown-person", people),
    ("problem-without-owner", without_owner),
    ("overdue-problem-review", overdue_review),
    ("recurred-problem", recurred),
    ("action-without-owner", actions_without_owner),
    ("action-without-due", actions_without_due),
    ("unclear-due", actions_unclear),
    ("overdue-action", actions_overdue),
];

/// Adds what is wrong with problems.
pub(super) fn add_findings(
    (register, unread): (&Register, &HashSet<IncidentId>),
    around: &Surroundings,
    options: &Options,
    text: &impl Fn(&str) -> Option<String>,
    matched: &standing::Matched,
    all: &mut Findings,
) {
    let mut push = |check: &'static str, path: &str, diagnostic: Diagnostic| {
        let waived = matched.reason(around, None, &diagnostic.code);
        let list = if waived.is_some() { &mut all.waived } else { &mut all.findings };
        let path = path.to_owned();
        list.push(Finding { check, incident: None, path, diagnostic, clause: None, waived });
    };
    let level = |code: &str| {
        let check = CATALOGUE.iter().find(|check| check.code == code)?;
        options.level(check)
    };
    for file in &around.problems {
        let problem = match &file.read {
            Ok(problem) => problem,
            Err(wrong) => {
                let selected = |code: &str| {
                    let only = &options.only;
                    only.is_empty() || only.iter().any(|o| o == "unreadable-problem" || o == code)
                };
                for diagnostic in wrong.0.iter().filter(|d| selected(&d.code)) {
                    let mut diagnostic = diagnostic.clone();
                    diagnostic.place.get_or_insert_with(|| Place::file(&file.path));
                    push("unreadable-problem", &file.path, diagnostic);
                }
                continue;
            }
        };
        let subject = Subject { problem, register, unread, around };
        let mut said: Vec<(&'static str, Remark)> = Vec::new();
        for (code, look) in LOOKS.iter().filter(|(code, _)| level(code).is_some()) {
            let mut remarks = look(&subject);
            let more = remarks.len().saturating_sub(LISTED);
            remarks.truncate(LISTED);
            if more > 0
                && let Some(last) = remarks.last_mut()
            {
                last.message.push_str(&format!("; and {more} more like this"));
            }
            said.extend(remarks.into_iter().map(|remark| (*code, remark)));
        }
        if said.is_empty() {
            continue;
        }
        let text = text(&file.path);
        let source = text.as_deref().map(|text| Source::new(&file.path, text));
        let node = source.and_then(|source| yaml::parse(source).ok());
        for (code, remark) in said {
            let Some(level) = level(code) else { continue };
            let place = match (&source, &node) {
                (Some(source), Some(node)) => source.place(remark.range(node)),
                _ => Place::file(&file.path),
            };
            let mut diagnostic = Diagnostic::new(level, code, &remark.message).at(place);
            diagnostic.help = remark.help;
            if let Some(place) = &mut diagnostic.place {
                // What must not be in git must not be in a log either.
                let hides = place.text.as_deref().is_some_and(super::sensitive::hides);
                place.text = place.text.take().filter(|_| !hides);
            }
            push(code, &file.path, diagnostic);
        }
    }
}

fn blank(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(|text| text.trim().is_empty())
}

fn conflicts(s: &Subject<'_>) -> Vec<Remark> {
    let conflicts = s.problem.conflicts.iter().enumerate();
    let remark = |(i, conflict): (usize, &crate::incident::Conflict)| {
        let values: Vec<_> =
            conflict.values.iter().take(4).map(|v| format!("`{}`", shown(v))).collect();
        let field = shown(&conflict.field);
        let message = format!("two people changed `{field}` differently: {}", values.join(" or "));
        Remark::at([format!("conflicts.{i}").as_str()], message)
            .help(format!("say which is right: {}", s.problem.decides(&conflict.field)))
    };
    conflicts.map(remark).collect()
}

fn incidents(s: &Subject<'_>) -> Vec<Remark> {
    let named = s.problem.incidents.iter().enumerate();
    let missing = named.filter(|(_, id)| s.register.get(id).is_none() && !s.unread.contains(*id));
    let remark = |(i, id): (usize, &IncidentId)| {
        Remark::at([format!("incidents.{i}").as_str()], format!("no incident here is {id}"))
            .help(format!("correct it, or take it out of {}", s.problem.path()))
    };
    missing.map(remark).collect()
}

fn people(s: &Subject<'_>) -> Vec<Remark> {
    let mut used: Vec<(&str, String)> = Vec::new();
    used.extend(s.problem.owner.as_deref().map(|who| (who, "owner".to_owned())));
    for (i, action) in s.problem.actions.iter().enumerate() {
        used.extend(action.owner.as_deref().map(|who| (who, format!("actions.{i}.owner"))));
    }
    used.retain(|(who, _)| !who.trim().is_empty());
    names::unknown("person", "standards/people.toml", s.around.names.people.as_ref(), used)
}

fn without_owner(s: &Subject<'_>) -> Vec<Remark> {
    if !s.problem.is_open() || !blank(&s.problem.owner) {
        return Vec::new();
    }
    let help = format!("inc problems update {} --owner PERSON", s.problem.suffix());
    vec![Remark::at(["owner", "title"], "nobody has this problem").help(help)]
}

fn overdue_review(s: &Subject<'_>) -> Vec<Remark> {
    let accepted = s.problem.state == ProblemState::Accepted;
    let until = s.problem.review_on.as_deref().and_then(day).filter(|_| accepted);
    let today = s.around.now.get().date_naive();
    let Some(until) = until.filter(|until| *until < today) else { return Vec::new() };
    let message = format!("accepted until {until}, and nobody has looked at it since");
    let help = format!(
        "look again: inc problems update {} --review-on DAY, or --state open",
        s.problem.suffix()
    );
    vec![Remark::at(["review_on"], message).help(help)]
}

fn recurred(s: &Subject<'_>) -> Vec<Remark> {
    let fixed = s.problem.fixed_at.filter(|_| s.problem.state == ProblemState::Fixed);
    let Some(fixed) = fixed else { return Vec::new() };
    let began = |id: &IncidentId| {
        let record = &s.register.get(id)?.record;
        record.began().filter(|began| record.counts() && *began > fixed)
    };
    let named = s.problem.incidents.iter().enumerate();
    let later = named.filter_map(|(i, id)| Some((i, id, began(id)?)));
    let remark = |(i, id, began): (usize, &IncidentId, crate::units::Instant)| {
        let day = |at: crate::units::Instant| at.get().date_naive();
        let message = format!("fixed on {}, and {id} began on {}", day(fixed), day(began));
        Remark::at([format!("incidents.{i}").as_str()], message).help(format!(
            "it was not fixed: inc problems update {} --state open; or part them: inc problems link {} --to {} --remove",
            s.problem.suffix(),
            id.suffix(),
            s.problem.suffix()
        ))
    };
    later.map(remark).collect()
}

/// Actions that are neither done nor dropped, with their place and name.
fn open<'a>(s: &Subject<'a>) -> impl Iterator<Item = (usize, &'a Action, String)> {
    let actions = s.problem.actions.iter().enumerate();
    actions.filter(|(_, a)| a.done.is_none() && a.dropped.is_none()).map(|(i, a)| {
        let name = match &a.id {
            Some(id) => format!("action {id} (`{}`)", shown(&a.title)),
            None => format!("action `{}`", shown(&a.title)),
        };
        (i, a, name)
    })
}

fn in_file(s: &Subject<'_>, what: &str) -> String {
    format!("write its {what} in {}", s.problem.path())
}

fn actions_without_owner(s: &Subject<'_>) -> Vec<Remark> {
    // Whoever has the problem has its actions.
    let lacking = open(s).filter(|(_, a, _)| blank(&a.owner) && blank(&s.problem.owner));
    let remark = |(i, _, name): (usize, &Action, String)| {
        Remark::at([format!("actions.{i}.title").as_str()], format!("{name} has no owner"))
            .help(format!("inc problems update {} --owner PERSON", s.problem.suffix()))
    };
    lacking.map(remark).collect()
}

fn actions_without_due(s: &Subject<'_>) -> Vec<Remark> {
    let remark = |(i, _, name): (usize, &Action, String)| {
        Remark::at([format!("actions.{i}.title").as_str()], format!("{name} has no due date"))
            .help(in_file(s, "`due`"))
    };
    open(s).filter(|(_, a, _)| blank(&a.due)).map(remark).collect()
}

fn actions_unclear(s: &Subject<'_>) -> Vec<Remark> {
    let unclear = open(s).filter_map(|(i, action, name)| {
        let due = action.due.as_deref().filter(|d| !d.trim().is_empty() && day(d).is_none())?;
        let message = format!("{name} is due `{}`, which is no date", shown(due));
        Some(
            Remark::at([format!("actions.{i}.due").as_str()], message)
                .help("write a date: due: 2026-11-30"),
        )
    });
    unclear.collect()
}

fn actions_overdue(s: &Subject<'_>) -> Vec<Remark> {
    let today = s.around.now.get().date_naive();
    let overdue = open(s).filter_map(|(i, action, name)| {
        let due = action.due.as_deref().and_then(day).filter(|due| *due < today)?;
        let late = match (today - due).num_days() {
            1 => "yesterday".to_owned(),
            n => format!("{n} days ago"),
        };
        let id = action.id.as_ref().map_or("ACTION", |id| id.as_str());
        let message = format!("{name} was due {late}, on {due}");
        let help =
            format!("inc problems update {} --done {id}; or write another day", s.problem.suffix());
        Some(Remark::at([format!("actions.{i}.due").as_str()], message).help(help))
    });
    overdue.collect()
}
