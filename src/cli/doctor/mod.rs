//! What `inc doctor` looks at: one list of checks, each with how to mend it.

mod machine;
mod mend;
mod people;
mod repository;
mod workspace;

use serde_json::{Value as Json, json};

use super::error::Failure;
use super::out::{BOLD, DIM, RED, YELLOW, styled};
use crate::render::terminal_safe;

pub(crate) use machine::machine;
pub(crate) use mend::mend;
pub(crate) use repository::repository;
pub(crate) use workspace::{settings, workspace};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// As it should be.
    Ok,
    /// Worth knowing; everything works.
    Note,
    /// Something does not work, or will not.
    Mend,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Note => "note",
            State::Mend => "mend",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    name: &'static str,
    state: State,
    says: String,
    fix: Option<String>,
}

impl Check {
    fn ok(name: &'static str, says: impl Into<String>) -> Check {
        Check { name, state: State::Ok, says: says.into(), fix: None }
    }

    fn note(name: &'static str, says: impl Into<String>) -> Check {
        Check { state: State::Note, ..Check::ok(name, says) }
    }

    /// Something to mend, and how.
    pub(crate) fn mend(
        name: &'static str,
        says: impl Into<String>,
        fix: impl Into<String>,
    ) -> Check {
        Check { state: State::Mend, ..Check::ok(name, says) }.fix(fix)
    }

    fn fix(self, fix: impl Into<String>) -> Check {
        Check { fix: Some(fix.into()), ..self }
    }

    /// What could not be looked at, because of this.
    pub(crate) fn failed(name: &'static str, failure: &Failure) -> Check {
        let first = failure.found.0.first();
        let says = first.map_or_else(
            || "it cannot be looked at".to_owned(),
            |d| {
                let place = d.place.as_ref().map(|p| format!(" ({}, line {})", p.file, p.line));
                format!("{}{}", d.message, place.unwrap_or_default())
            },
        );
        let fix = first.and_then(|d| d.help.clone());
        Check { name, state: State::Mend, says, fix }
    }

    /// There is no workspace here, which is nothing to mend.
    pub(crate) fn nowhere(failure: &Failure) -> Check {
        Check { state: State::Note, ..Check::failed("workspace", failure) }
    }

    /// Whether there is something to mend.
    pub(crate) fn is_to_mend(&self) -> bool {
        self.state == State::Mend
    }
}

/// The list for people, a line end after each line.
pub(crate) fn table(checks: &[Check]) -> String {
    let width = checks.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for check in checks {
        let style = match check.state {
            State::Ok => DIM,
            State::Note => YELLOW,
            State::Mend => RED,
        };
        let word = styled(style, format!("{:<4}", check.state.word()));
        let name = styled(BOLD, format!("{:<width$}", check.name));
        text.push_str(&format!("{word}  {name}  {}\n", terminal_safe(&check.says)));
        if let Some(fix) = check.fix.as_ref().filter(|_| check.state != State::Ok) {
            text.push_str(&format!("{:width$}        → {}\n", "", terminal_safe(fix)));
        }
    }
    text
}

/// The list for programs.
pub(crate) fn as_json(checks: &[Check]) -> Json {
    let one =
        |c: &Check| json!({"name": c.name, "state": c.state.word(), "says": c.says, "fix": c.fix});
    json!({"schema": 1, "checks": checks.iter().map(one).collect::<Vec<_>>()})
}

/// `1 commit`, `2 commits`.
fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
