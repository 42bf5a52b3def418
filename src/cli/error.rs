//! What went wrong, as people and machines read it, and the exit code that says so.

use std::process::ExitCode;

use crate::diag::{Diagnostic, Diagnostics, Level};

use super::out::{ClosedPipe, Out, RED, YELLOW, styled};

/// Exit codes (docs/manual/exit-codes.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done, or readable.
    Done,
    /// The answer, or a gate, is no.
    No,
    /// The request or a file is wrong.
    Wrong,
    /// Git, network, disk or lock.
    Outside,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Wrong => 2,
            Exit::Outside => 3,
        })
    }
}

/// A command that did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong; empty when the reader of a pipe went away.
    pub(crate) found: Diagnostics,
    /// The exit code.
    pub(crate) exit: Exit,
    /// Whether the words are in their file all the same: written, not committed.
    pub(crate) written: bool,
}

/// What commands return.
pub(crate) type Result<T = Exit> = std::result::Result<T, Failure>;

impl Failure {
    /// The request or a file is wrong.
    pub(crate) fn wrong(found: impl Into<Diagnostics>) -> Self {
        Failure { found: found.into(), exit: Exit::Wrong, written: false }
    }

    /// A gate says no.
    pub(crate) fn no(found: impl Into<Diagnostics>) -> Self {
        Failure { found: found.into(), exit: Exit::No, written: false }
    }

    /// Git, the disk or a lock failed.
    pub(crate) fn outside(found: impl Into<Diagnostics>) -> Self {
        Failure { found: found.into(), exit: Exit::Outside, written: false }
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Failure::wrong(diagnostic)
    }
}

impl From<Diagnostics> for Failure {
    fn from(found: Diagnostics) -> Self {
        Failure::wrong(found)
    }
}

impl From<crate::incident::lifecycle::Refused> for Failure {
    fn from(refused: crate::incident::lifecycle::Refused) -> Self {
        Failure::wrong(Diagnostic::error("wrong-step", refused.message).help(refused.help))
    }
}

/// What failed outside, with the chain of its contexts: outermost first.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Failure::outside(Diagnostic::error("outside", format!("{error:#}")))
    }
}

impl From<ClosedPipe> for Failure {
    fn from(_: ClosedPipe) -> Self {
        Failure { found: Diagnostics::default(), exit: Exit::Done, written: false }
    }
}

/// Prints diagnostics on stderr: for people, or as JSON with the request's format.
pub(crate) fn print(out: Out, found: &Diagnostics, json: bool) {
    if found.is_empty() {
        return;
    }
    if json {
        out.talk(&crate::render::json::diagnostics(found).to_string());
        return;
    }
    for diagnostic in &found.0 {
        let text = crate::render::escape::terminal_safe_lines(&diagnostic.to_string());
        let head = format!("{}[{}]", diagnostic.level, diagnostic.code);
        let shown = match text.strip_prefix(&head) {
            Some(rest) => {
                let style = if diagnostic.level == Level::Error { RED } else { YELLOW };
                format!("{}{rest}", styled(style, &head))
            }
            None => text,
        };
        out.talk(&shown);
    }
}
