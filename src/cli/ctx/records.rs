//! Which records there are, which one is meant, and what it says.

use std::path::PathBuf;

use rayon::prelude::*;

use super::{Ctx, from_store};
use crate::cli::cards::Ask;
use crate::cli::error::{self, Failure, Result};
use crate::diag::{Diagnostic, Source, nearest};
use crate::incident::{IncidentId, Parsed, parse};
use crate::register::{Card, NotFound, Register, find};
use crate::store::{Store, StoreError};
use crate::units::Instant;

impl Ctx {
    /// Ids of all records, by the names of their folders.
    pub(crate) fn ids(&self) -> Result<&[IncidentId]> {
        if let Some(ids) = self.ids.get() {
            return Ok(ids);
        }
        // incidents/<year>/<month>/<id>
        let names = self.store.folder_names("incidents", 3).map_err(from_store)?;
        let ids = names.par_iter().filter_map(|name| name.to_str()?.parse().ok()).collect();
        Ok(self.ids.get_or_init(|| ids))
    }

    /// Looks at the clock and the folders anew, for a command that goes on showing.
    pub(crate) fn look_again(&mut self) {
        self.clock.look_again();
        (self.paths, self.ids) = (Default::default(), Default::default());
    }

    /// Paths of all records.
    pub(crate) fn paths(&self) -> Result<&[String]> {
        if let Some(paths) = self.paths.get() {
            return Ok(paths);
        }
        let listing = self.store.list("incidents", Some("incident.yaml")).map_err(from_store)?;
        let mut problems = listing.problems;
        let mut found = self.say_problems(&mut problems);
        found.extend(listing.files.into_iter().map(|f| f.path));
        found.sort();
        let paths = found.iter().map(|p| p.to_string_lossy().replace('\\', "/")).collect();
        Ok(self.paths.get_or_init(|| paths))
    }

    /// The text of a file that must be there.
    pub(crate) fn text(&self, path: &str) -> Result<String> {
        read_text(&self.store, path).map_err(|e| match e {
            ReadError::Store(e) => from_store(e),
            ReadError::Text(d) => Failure::wrong(d),
        })
    }

    /// All records; what is wrong with bad ones is said, and the others are there all the same.
    pub(crate) fn register(&self) -> Result<Register> {
        let register = self.register_quietly()?;
        self.say_bad(&register.bad);
        Ok(register)
    }

    /// All records, the bad ones beside them, nothing said.
    pub(crate) fn register_quietly(&self) -> Result<Register> {
        let paths = self.paths()?;
        Ok(Register::load(paths, |path| self.record_text(path)))
    }

    /// The text of a record's file, or the first thing that is wrong with it.
    pub(crate) fn record_text(&self, path: &str) -> std::result::Result<String, Diagnostic> {
        read_text(&self.store, path).map_err(|e| match e {
            ReadError::Store(e) => from_store(e)
                .found
                .0
                .into_iter()
                .next()
                .unwrap_or_else(|| Diagnostic::error("cannot-read", path)),
            ReadError::Text(d) => d,
        })
    }

    /// Says what was in the way of finding records; gives the paths that only reading explains.
    pub(crate) fn say_problems(&self, problems: &mut Vec<StoreError>) -> Vec<PathBuf> {
        let mut unexplained = Vec::new();
        for problem in problems.drain(..) {
            match problem {
                // A folder with a record's name keeps its id: reading it says what is wrong.
                StoreError::NotAFile { path, .. } if path.ends_with("incident.yaml") => {
                    unexplained.push(path);
                }
                problem => {
                    error::print(self.out, &from_store(problem).found, self.call.json_errors);
                }
            }
        }
        unexplained
    }

    /// Whether a word is an id, or could be meant as one by its form and is one's ending.
    pub(crate) fn is_id(&self, word: &str) -> Result<bool> {
        let by_form = word.to_ascii_uppercase().starts_with("INC-")
            || (word.len() == 4 && word.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !by_form {
            return Ok(false);
        }
        Ok(word.to_ascii_uppercase().starts_with("INC-")
            || match find(word, self.ids()?) {
                Ok(_) => true,
                Err(NotFound { candidates, .. }) => !candidates.is_empty(),
            })
    }

    /// Splits `[ID] WORDS…` as people type it.
    pub(crate) fn split_words(&self, words: &[String]) -> Result<(Option<String>, Option<String>)> {
        let Some(first) = words.first() else { return Ok((None, None)) };
        let (id, rest) =
            if self.is_id(first)? { (Some(first.clone()), &words[1..]) } else { (None, words) };
        let joined = rest.join(" ");
        Ok((id, (!joined.trim().is_empty()).then_some(joined)))
    }

    /// Which incident is meant: the named one, or the only open one.
    pub(crate) fn which(&self, asked: Option<&str>) -> Result<IncidentId> {
        let Some(asked) = asked else { return self.only_open() };
        // A whole id names its own place; looking for it among all others can be left.
        if let Ok(id) = asked.trim().to_ascii_uppercase().parse::<IncidentId>()
            && matches!(self.store.stat(id.path()), Ok(Some(_)))
        {
            return Ok(id);
        }
        let ids = self.ids()?;
        find(asked, ids).map_err(|NotFound { asked, candidates }| {
            let shown = crate::render::terminal_safe(&asked);
            if candidates.is_empty() {
                let d = Diagnostic::error(
                    "no-such-incident",
                    format!("no incident's id ends with `{shown}`"),
                );
                let upper = asked.to_ascii_uppercase();
                let near = nearest(&upper, ids.iter().map(IncidentId::suffix));
                return Failure::wrong(match near {
                    Some(suffix) => {
                        d.help(format!("did you mean {suffix}? inc list shows them all"))
                    }
                    None => d.help("inc list shows them all"),
                });
            }
            let names: Vec<_> = candidates.iter().take(10).map(IncidentId::as_str).collect();
            let d = Diagnostic::error(
                "ambiguous-id",
                format!("`{shown}` names {} incidents", candidates.len()),
            );
            Failure::wrong(d.help(format!("one of: {}", names.join(", "))))
        })
    }

    fn only_open(&self) -> Result<IncidentId> {
        let needed = |card: &Card<'_>| {
            card.status.is_open() && card.kind != Some(crate::incident::Kind::Maintenance)
        };
        let ask = Ask { wants: &needed, levels: false, records: false, beside: None };
        let cards = self.cards(ask)?;
        let open: Vec<(IncidentId, &str)> = cards
            .iter()
            .filter(|(_, card)| needed(card))
            .filter_map(|(_, card)| Some((card.id.parse().ok()?, card.title)))
            .collect();
        match open.as_slice() {
            [(id, title)] => {
                self.talk(&format!("{id} ({})", crate::render::terminal_safe(title)));
                Ok(id.clone())
            }
            [] => Err(Diagnostic::error(
                "none-open",
                "no incident is open, so say which one is meant",
            )
            .help("inc list shows them all")
            .into()),
            many => {
                let names: Vec<_> = many
                    .iter()
                    .take(10)
                    .map(|(id, title)| format!("{} ({title})", id.suffix()))
                    .collect();
                Err(Diagnostic::error(
                    "several-open",
                    format!("{} incidents are open, so say which one is meant", many.len()),
                )
                .help(crate::render::terminal_safe(&names.join(", ")))
                .into())
            }
        }
    }

    /// As [`Ctx::which`]; when nobody is found the words are kept, for `inc retry`.
    pub(crate) fn which_keeping(&self, asked: Option<&str>, words: &str) -> Result<IncidentId> {
        self.which(asked).map_err(|failure| self.kept_words(failure, None, words))
    }

    /// Reads one record with its text.
    pub(crate) fn load(&self, id: &IncidentId) -> Result<Parsed> {
        let path = id.path();
        let text = self.text(&path)?;
        parse_in_place(id, Source::new(&path, &text))
    }

    /// A new id, dated today in the workspace's zone.
    pub(crate) fn new_id(&mut self) -> IncidentId {
        let date = self.clock.now.in_zone(&self.clock.zone).get().date_naive();
        let taken: Vec<IncidentId> = self.ids().unwrap_or_default().to_vec();
        loop {
            let random = &mut self.random;
            let id = IncidentId::new(date, || random.u8(..));
            if !taken.iter().any(|t| t.suffix() == id.suffix()) {
                return id;
            }
        }
    }

    /// A new id with the date of another one.
    pub(crate) fn id_like(&mut self, id: &IncidentId) -> IncidentId {
        let taken: Vec<IncidentId> = self.ids().unwrap_or_default().to_vec();
        loop {
            let random = &mut self.random;
            let new = id.redrawn(|| random.u8(..));
            if !taken.iter().any(|t| t.suffix() == new.suffix()) {
                return new;
            }
        }
    }

    /// A new ULID.
    pub(crate) fn new_uid(&mut self) -> String {
        let (now, random): (Instant, _) = (self.clock.now, &mut self.random);
        crate::incident::ids::ulid(now, || random.u8(..))
    }
}

/// Reads a record that must be the one whose folder it stands in.
///
/// # Errors
///
/// What is wrong with the text, or that its id is another.
pub(crate) fn parse_in_place(id: &IncidentId, source: Source<'_>) -> Result<Parsed> {
    let parsed = parse(source)?;
    if parsed.record.id != *id {
        let at = parsed.node.get("id").map_or(parsed.node.range, |n| n.range);
        return Err(Diagnostic::error(
            "id-and-folder",
            format!("{} stands in the folder of {id}", parsed.record.id),
        )
        .at(source.place(at))
        .help(format!("its place is {}", parsed.record.id.path()))
        .into());
    }
    Ok(parsed)
}

enum ReadError {
    Store(StoreError),
    Text(Diagnostic),
}

fn read_text(store: &Store, path: &str) -> std::result::Result<String, ReadError> {
    let limit = u64::try_from(crate::yaml::MAX_BYTES).unwrap_or(u64::MAX);
    let bytes = store.read_up_to(path, limit).map_err(ReadError::Store)?;
    let Some(bytes) = bytes else {
        let d = Diagnostic::error("no-such-file", format!("{path} does not exist"));
        return Err(ReadError::Text(d.at(crate::diag::Place::file(path))));
    };
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(e.as_bytes()).into_owned();
        let d = Diagnostic::error("not-text", format!("not UTF-8 text at byte {at}"))
            .at(Source::new(path, &text).place(crate::diag::TextRange::new(at, at + 1)))
            .help("records are UTF-8 text; save the file as UTF-8");
        ReadError::Text(d)
    })
}
