//! A pull request's approval, as the code platform tells it to the job that runs for it.

use std::path::Path;

use serde_json::Value as Json;

use super::error::{Failure, Result};
use super::{Ctx, environment, files};
use crate::diag::Diagnostic;
use crate::units::Instant;

/// The variable with the path of the event, set by GitHub Actions and what is compatible with it.
const EVENT: &str = "GITHUB_EVENT_PATH";

/// An event says more than we ask of it, but not without end; bytes.
const LARGEST: usize = 8 * 1024 * 1024;

/// A review of a pull request that approves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hosted {
    /// Who approved, as the platform calls them.
    pub(crate) login: String,
    /// The commit that they looked at.
    pub(crate) commit: String,
    /// Where it can be seen.
    pub(crate) url: String,
    /// When.
    pub(crate) at: Option<Instant>,
}

/// The approval that this job runs for; none where there is no event, or another one.
pub(crate) fn told() -> Option<Hosted> {
    let path = environment(EVENT)?;
    let bytes = files::bytes(Path::new(&path)).ok().filter(|b| b.len() <= LARGEST)?;
    read(&serde_json::from_slice(&bytes).ok()?)
}

/// Reads the event `pull_request_review`.
fn read(event: &Json) -> Option<Hosted> {
    let review = event.get("review")?;
    let text = |of: &Json, key: &str| of.get(key).and_then(Json::as_str).map(str::to_owned);
    // Dismissed and edited reviews are the same event with another action.
    let approved = text(review, "state")?.eq_ignore_ascii_case("approved")
        && event.get("action").and_then(Json::as_str) == Some("submitted");
    let commit = text(review, "commit_id")?;
    let hex = commit.len() >= 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    (approved && hex).then_some(())?;
    Some(Hosted {
        login: text(review.get("user")?, "login")?,
        commit,
        url: text(review, "html_url")?,
        at: text(review, "submitted_at").and_then(|at| at.parse().ok()),
    })
}

impl Ctx {
    /// The approval that this job runs for, and who of people.toml gave it.
    ///
    /// # Errors
    ///
    /// When there is none, or people.toml does not know the login.
    pub(crate) fn hosted(&self) -> Result<(Hosted, String)> {
        let Some(hosted) = told() else {
            let message = format!("{EVENT} names no event of a review that approves");
            return Err(Failure::wrong(
                Diagnostic::error("no-event", message)
                    .help("--hosted is for a job that runs on pull_request_review, type submitted"),
            ));
        };
        let people = &self.standard()?.people;
        let found = people.iter().find(|p| {
            p.login.as_deref().is_some_and(|login| login.eq_ignore_ascii_case(&hosted.login))
        });
        match found {
            Some(person) => Ok((hosted, person.id.clone())),
            None => {
                let login = crate::render::terminal_safe(&hosted.login);
                let message = format!("nobody of standards/people.toml has the login `{login}`");
                Err(Failure::no(
                    Diagnostic::error("unknown-approver", message)
                        .help(format!("add `login = \"{login}\"` to the person")),
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_submitted_review_that_approves_counts() {
        let commit = "c".repeat(40);
        let event = |action: &str, state: &str| {
            serde_json::json!({
                "action": action,
                "review": {
                    "state": state,
                    "commit_id": commit,
                    "html_url": "https://code.example/pull/7#review-1",
                    "submitted_at": "2026-11-21T10:00:00Z",
                    "user": { "login": "beto-luna" },
                },
            })
        };
        let hosted = read(&event("submitted", "approved")).unwrap();
        assert_eq!((hosted.login.as_str(), hosted.commit.len()), ("beto-luna", 40));
        assert!(hosted.at.is_some());
        assert_eq!(read(&event("dismissed", "approved")), None);
        assert_eq!(read(&event("submitted", "changes_requested")), None);
        assert_eq!(read(&serde_json::json!({ "review": 7 })), None);
        assert_eq!(read(&serde_json::json!([])), None);
    }
}
