//! Who types, what they typed, and what becomes of it: kept, written, taken back.

use std::sync::atomic::Ordering;

use super::{Ctx, from_store};
use crate::cli::environment;
use crate::cli::error::{Failure, Result};
use crate::diag::Diagnostic;
use crate::incident::{IncidentId, Severity};
use crate::store::{Person, Undoable};
use crate::units::Money;

impl Ctx {
    /// Who types, as git would name them, or as `INC_AUTHOR` says.
    pub(crate) fn author(&self) -> Option<Person> {
        match environment("INC_AUTHOR") {
            Some(text) => {
                let (name, email) = match text.split_once('<') {
                    Some((name, email)) => {
                        (name.trim().to_owned(), email.trim_end_matches('>').trim().to_owned())
                    }
                    None => (text.clone(), format!("{}@invalid", text.replace(' ', "."))),
                };
                Some(Person { name, email })
            }
            None => self.store.user().ok(),
        }
    }

    /// Has git look up who types while other things are read.
    pub(crate) fn expect_author(&self) {
        if environment("INC_AUTHOR").is_none() {
            self.store.expect_user();
        }
    }

    /// Who types, as people.toml names them; else the name itself.
    pub(crate) fn author_id(&self) -> String {
        let Some(person) = self.author() else { return "unknown".into() };
        let standard = self.standard().ok();
        let known = standard
            .and_then(|s| s.person_called(&person.email).or_else(|| s.person_called(&person.name)));
        known.map_or(person.name, |p| p.id.clone())
    }

    /// An amount as typed; without a currency it is in the workspace's.
    pub(crate) fn money(&self, typed: &str) -> Result<Money> {
        let typed = typed.trim();
        let full = if typed.contains(' ') {
            typed.to_owned()
        } else {
            format!("{typed} {}", self.config.currency)
        };
        let money: Money = full.parse().map_err(|e: crate::units::UnitError| {
            Diagnostic::error("bad-money", e.what).help(format!("write {}", e.expected))
        })?;
        Ok(money)
    }

    /// Levels as typed: `SEV1`, or `SEV2+` for SEV2 and worse.
    pub(crate) fn levels(&self, typed: &str) -> Result<Vec<Severity>> {
        let upper = typed.trim().to_ascii_uppercase();
        let (name, worse) = upper.strip_suffix('+').map_or((upper.as_str(), false), |n| (n, true));
        let level: Severity = name.parse().map_err(|e: crate::incident::UnknownWord| {
            Diagnostic::error("unknown-level", e.message)
                .help(format!("{}; SEV2+ means SEV2 and worse", e.help))
        })?;
        Ok(Severity::ALL
            .iter()
            .copied()
            .filter(|l| *l == level || (worse && *l <= level))
            .collect())
    }

    /// Keeps words that could not be applied, and says so in the failure.
    pub(crate) fn kept_words(
        &self,
        mut failure: Failure,
        id: Option<&IncidentId>,
        words: &str,
    ) -> Failure {
        if words.trim().is_empty() {
            return failure;
        }
        let name = id.map_or_else(|| "words.txt".to_owned(), |id| format!("{id}.txt"));
        let words = self.masked("your words", words);
        match self.store.keep(&name, words.as_bytes()) {
            Ok(path) => failure.found.push(
                Diagnostic::warning("kept", format!("your words are kept in {}", path.display()))
                    .help("inc retry applies them when the way is clear"),
            ),
            Err(_) => {
                failure.found.push(Diagnostic::warning("not-kept", format!("your words: {words}")))
            }
        }
        failure
    }

    /// Keeps a text for later, masked; gives the path.
    pub(crate) fn keep(&self, name: &str, text: &str) -> Result<String> {
        let text = self.masked("your text", text);
        Ok(self.store.keep(name, text.as_bytes()).map_err(from_store)?.display().to_string())
    }

    /// The person's last command, if it can be taken back.
    pub(crate) fn undoable(&self) -> Result<Undoable> {
        let person = self.author().ok_or_else(|| {
            Failure::outside(
                Diagnostic::error("no-author", "git does not know who you are")
                    .help("git config user.email you@example.com"),
            )
        })?;
        self.store.undoable(&person.email).map_err(from_store)
    }

    /// Takes back a command.
    pub(crate) fn undo(&self, undoable: &Undoable) -> Result<()> {
        let mut transaction = undoable.transaction(
            &format!("undo: {}", undoable.subject),
            &format!("{}: undo\n{}", crate::store::COMMAND_TRAILER, self.pretence()),
        );
        if environment("INC_AUTHOR").is_some() {
            transaction.author = self.author();
        }
        transaction.date = self.clock.fixed.then_some(self.clock.now);
        let written = self.store.commit(&transaction).map_err(from_store)?;
        self.has_written(&written);
        Ok(())
    }

    /// Completes what an interrupted command left, before anything is read, and says so.
    ///
    /// What stands in the way of it stands in the way of the command's own write as well, which
    /// then keeps the words.
    pub(crate) fn recover(&self) {
        for note in self.store.recover().unwrap_or_default() {
            self.talk(&note);
        }
    }

    /// Says what a write had to say, and remembers that there is something to share.
    pub(crate) fn has_written(&self, written: &crate::store::Written) {
        for note in &written.notes {
            self.talk(note);
        }
        if written.commit.is_some() {
            self.committed.store(true, Ordering::Relaxed);
        }
    }
}
