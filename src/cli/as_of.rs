//! A record as it was known at a time: `--as-of`.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use clap::Args;

use super::Ctx;
use super::args::{Format, Which};
use super::ctx::{from_store, parse_in_place};
use super::error::Result;
use crate::approval::{self, Document, Documents, Of, digest};
use crate::diag::{Diagnostic, Source};
use crate::incident::{IncidentId, Parsed, Record};
use crate::store::Touch;
use crate::units::Instant;

/// When.
#[derive(Debug, Clone, Args)]
pub(crate) struct AsOf {
    /// What was known then, by the commits made until then
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
}

/// One incident, as it is or as it was, and how the answer about it is written.
#[derive(Debug, Args)]
pub(crate) struct OneIncident {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    as_of: AsOf,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

impl OneIncident {
    /// Reads the record.
    ///
    /// # Errors
    ///
    /// When nobody knows which one is meant, it cannot be read, or was not there yet.
    pub(crate) fn load(&self, ctx: &mut Ctx) -> Result<(Record, Option<Then>)> {
        let id = ctx.which(self.which.id.as_deref())?;
        let (loaded, then) = ctx.load_as_of(&id, &self.as_of)?;
        Ok((loaded.record, then))
    }
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

/// When a commit came into the repository.
fn made(touch: &Touch) -> Option<Instant> {
    touch.commit.committed.or(touch.commit.time).map(Instant::from)
}

impl Documents for Ctx {
    fn digest_of(&self, path: &str) -> Option<String> {
        match self.then.get() {
            Some(then) => then.get(path).cloned(),
            // What is no file, or is gone, is the business of the checks of files.
            None => self.store.read(path).ok()?.map(|bytes| digest(&bytes)),
        }
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
        let documents = self.documents_at(&parsed.record, at)?;
        // A command asks for one time, once.
        let _ = self.then.set(documents);
        Ok((parsed, Some(then)))
    }

    /// The digests of what the record's approvals are of, as of the commits made until then.
    fn documents_at(&self, record: &Record, at: Instant) -> Result<HashMap<String, String>> {
        let documents = record.approvals.iter().filter_map(|approval| {
            match approval::document(&Of::parse(&approval.of), record, None)? {
                Document::File(path) => Some(path),
                Document::Words(_) | Document::Hash(_) => None,
            }
        });
        let documents: BTreeSet<String> = documents.collect();
        if documents.is_empty() {
            return Ok(HashMap::new());
        }
        let paths: Vec<&Path> = documents.iter().map(Path::new).collect();
        let touches = self
            .store
            .touches(Path::new("incidents"), Some(&paths), None, None)
            .map_err(from_store)?;
        let mut found = HashMap::new();
        for path in &documents {
            let until = touches.iter().filter(|touch| made(touch).is_some_and(|made| made <= at));
            let mut files = until.flat_map(|touch| &touch.files);
            let name = files.find(|f| f.path == Path::new(path)).and_then(|f| f.after.as_deref());
            let Some(name) = name else { continue };
            let text = self.store.texts(&[name]).map_err(from_store)?.into_iter().flatten().next();
            found.extend(text.map(|text| (path.clone(), digest(&text))));
        }
        Ok(found)
    }
}
