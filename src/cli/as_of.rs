//! A record as it was known at a time: `--as-of`.

use std::path::Path;

use clap::Args;

use super::Ctx;
use super::ctx::{from_store, parse_in_place};
use super::error::Result;
use crate::diag::{Diagnostic, Source};
use crate::incident::{IncidentId, Parsed};
use crate::units::Instant;

/// When.
#[derive(Debug, Clone, Args)]
pub(crate) struct AsOf {
    /// What was known then, by the commits made until then
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
}

/// The version that is shown instead of today's.
#[derive(Debug, Clone)]
pub(crate) struct Then {
    at: Instant,
    commit: String,
    author: String,
    committed: Option<Instant>,
}

impl Then {
    /// What stands above an answer about the past.
    pub(crate) fn heading(&self) -> String {
        let form = "%Y-%m-%d %H:%M %:z";
        let made =
            self.committed.map_or(String::new(), |at| format!(", {}", at.get().format(form)));
        let short = self.commit.get(..10).unwrap_or(&self.commit);
        let author = crate::render::terminal_safe(&self.author);
        format!(
            "As of {}: commit {short} by {author}{made}; judged by today's standard.",
            self.at.get().format(form)
        )
    }

    /// The same in a JSON answer, as its member `as_of`.
    pub(crate) fn mark(then: Option<&Then>, mut answer: serde_json::Value) -> serde_json::Value {
        if let (Some(then), Some(object)) = (then, answer.as_object_mut()) {
            let mark = serde_json::json!({
                "at": then.at,
                "commit": then.commit,
                "author": then.author,
                "committed_at": then.committed,
            });
            object.insert("as_of".to_owned(), mark);
        }
        answer
    }
}

impl Ctx {
    /// Reads a record, as it is or as it was; then the clock stands at that time too.
    ///
    /// What was known is what was committed until then, by the committer's date: the author's
    /// stays what it was when a rebase brings old words later.
    ///
    /// # Errors
    ///
    /// When the record cannot be read, or was not there yet.
    pub(crate) fn load_as_of(
        &mut self,
        id: &IncidentId,
        as_of: &AsOf,
    ) -> Result<(Parsed, Option<Then>)> {
        let Some(typed) = &as_of.as_of else { return Ok((self.load(id)?, None)) };
        let at = self.clock.read_past(typed)?;
        let path = id.path();
        let touches = self
            .store
            .touches(Path::new("incidents"), Some(&[Path::new(&path)]), None, None)
            .map_err(from_store)?;
        let made = |touch: &crate::store::Touch| {
            touch.commit.committed.or(touch.commit.time).map(Instant::from)
        };
        let found = touches.iter().find(|touch| made(touch).is_some_and(|made| made <= at));
        let name = found.and_then(|touch| touch.files.first()).and_then(|file| file.after.clone());
        let (Some(touch), Some(name)) = (found, name) else {
            let message = format!("{id} was not recorded at {at}");
            let first = touches.last().and_then(made);
            let help = match first {
                Some(first) => {
                    format!("its first commit is of {}", first.in_zone(&self.clock.zone))
                }
                None => "it is in no commit".to_owned(),
            };
            return Err(Diagnostic::error("not-recorded-then", message).help(help).into());
        };
        let texts = self.store.texts(&[name.as_str()]).map_err(from_store)?;
        let bytes = texts.into_iter().flatten().next().unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let short = touch.commit.commit.get(..10).unwrap_or_default();
        let parsed = parse_in_place(id, Source::new(&format!("{path} at {short}"), &text))?;
        let then = Then {
            at: at.in_zone(&self.clock.zone),
            commit: touch.commit.commit.clone(),
            author: touch.commit.author.name.clone(),
            committed: made(touch).map(|at| at.in_zone(&self.clock.zone)),
        };
        self.clock.now = then.at;
        Ok((parsed, Some(then)))
    }
}
