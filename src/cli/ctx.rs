//! What every command works with: the workspace, its store, the clock, who types.
//!
//! The file is long because every command meets workspace, store, clock and standard here, and
//! nowhere else.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cards::Ask;
use super::clock::Clock;
use super::config::Config;
use super::error::{Failure, Result};
use super::out::Out;
use super::workspace::Workspace;
use super::{environment, error};
use crate::diag::{Diagnostic, Diagnostics, Source, nearest};
use crate::incident::{IncidentId, Parsed, Record, Severity, parse};
use crate::register::{Card, NotFound, Register, find};
use crate::reports::company::Company;
use crate::standard::Standard;
use crate::store::{CommitMode, Environment, Person, Settings, Store, StoreError, Tree};
use crate::units::{Currency, Instant, Money};

/// How the command was called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) out: Out,
    pub(crate) json_errors: bool,
}

/// What a command works with.
#[derive(Debug)]
pub(crate) struct Ctx {
    /// The present.
    pub(crate) clock: Clock,
    /// The streams.
    pub(crate) out: Out,
    /// The workspace's settings.
    pub(crate) config: Config,
    pub(crate) call: Call,
    pub(crate) store: Store,
    pub(crate) random: fastrand::Rng,
    /// Whether this command made a commit, which then is to be shared.
    pub(crate) committed: AtomicBool,
    /// Why identifiers may stand as typed in what this command writes.
    pub(super) unmask: OnceLock<String>,
    workspace: Workspace,
    standard: OnceLock<(Standard, Diagnostics)>,
    standard_files: OnceLock<StandardFiles>,
    /// Whether what is wrong with its files, and in them, was said.
    standard_said: [AtomicBool; 2],
    paths: OnceLock<Vec<String>>,
    ids: OnceLock<Vec<IncidentId>>,
}

/// The files of the standard.
#[derive(Debug, Default)]
pub(crate) struct StandardFiles {
    /// Those that can be read: paths with their texts.
    pub(crate) read: Vec<(String, String)>,
    /// What is wrong with the others.
    pub(crate) unread: Vec<Diagnostics>,
}

/// Turns what the store could not do into a failure with its exit code.
pub(crate) fn from_store(error: StoreError) -> Failure {
    let mut d = Diagnostic::error(error.code(), error.to_string());
    d.help = error.help();
    let failure = if error.exit_code() == 2 { Failure::wrong(d) } else { Failure::outside(d) };
    Failure { written: error.is_written(), ..failure }
}

/// Which tree a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The live branch, wherever the person's checkout is.
    Live,
    /// What lies in the person's checkout: what a branch changes is nowhere else yet.
    Checkout,
}

impl Ctx {
    /// Opens a workspace.
    ///
    /// # Errors
    ///
    /// When the clock or the store cannot be started.
    pub(crate) fn open(
        call: Call,
        workspace: Workspace,
        now: Option<&str>,
        tree: Asked,
    ) -> Result<Ctx> {
        let config = workspace.config.clone();
        let clock = Clock::start(now, config.zone)?;
        let out = call.out;
        let environment =
            Environment { notice: Some(super::notice(out)), ..Environment::default() };
        let settings = Settings {
            commit: match config.git.commit {
                super::config::CommitMode::Each => CommitMode::Each,
                super::config::CommitMode::Stage => CommitMode::Stage,
                super::config::CommitMode::Never => CommitMode::Never,
            },
            branch: config.git.branch.clone().filter(|_| tree == Asked::Live),
            environment,
            cache: super::environment("INC_CACHE").as_deref() != Some("off"),
            ..Settings::default()
        };
        let store = Store::open(&workspace.root, settings).map_err(from_store)?;
        let random = match super::environment("INC_SEED").and_then(|s| s.parse::<u64>().ok()) {
            // The moment is mixed in, so that two commands of one seeded run draw different ids.
            Some(seed) => fastrand::Rng::with_seed(
                seed ^ clock.now.get().timestamp().unsigned_abs().rotate_left(17),
            ),
            None => fastrand::Rng::new(),
        };
        Ok(Ctx {
            clock,
            out,
            config,
            call,
            store,
            random,
            committed: AtomicBool::new(false),
            unmask: OnceLock::new(),
            workspace,
            standard: OnceLock::new(),
            standard_files: OnceLock::new(),
            standard_said: Default::default(),
            paths: OnceLock::new(),
            ids: OnceLock::new(),
        })
    }

    /// The workspace's folder as the person named it.
    pub(crate) fn root(&self) -> &Path {
        &self.workspace.root
    }

    /// Writes the answer with a line end.
    pub(crate) fn say(&self, text: &str) -> Result<()> {
        Ok(self.out.answer(&format!("{text}\n"))?)
    }

    /// Writes the answer as it is.
    pub(crate) fn print(&self, text: &str) -> Result<()> {
        Ok(self.out.answer(text)?)
    }

    /// Writes a long answer, through the user's pager on a terminal.
    pub(crate) fn print_paged(&self, text: &str) -> Result<()> {
        super::pager::print(self, text)
    }

    /// Writes talk.
    pub(crate) fn talk(&self, text: &str) {
        self.out.talk(text);
    }

    /// Says which tree is read, where it is not the person's checkout.
    pub(crate) fn say_tree(&self) {
        if let Tree::Live { branch, .. } = self.store.tree() {
            self.talk(&format!("(the live branch {branch})"));
        }
    }

    /// Whether there is a person to ask.
    pub(crate) fn can_ask(&self) -> bool {
        use std::io::IsTerminal as _;
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// The standard of the workspace; what is wrong with it is said once and does not stop reading.
    pub(crate) fn standard(&self) -> Result<&Standard> {
        let standard = self.standard_quietly()?;
        self.say_standard();
        Ok(standard)
    }

    /// The standard; [`Ctx::say_standard`] says what is wrong with it.
    pub(crate) fn standard_quietly(&self) -> Result<&Standard> {
        if let Some((standard, _)) = self.standard.get() {
            return Ok(standard);
        }
        let files = &self.standard_files()?.read;
        let catalogue = crate::facts::catalogue(self.currency());
        let loaded = crate::standard::load(files, &catalogue);
        Ok(&self.standard.get_or_init(|| loaded).0)
    }

    /// Says what is wrong with the standard, as far as it was read and nobody said it yet.
    pub(crate) fn say_standard(&self) {
        let files = self.standard_files.get().map(|files| files.unread.as_slice());
        self.say_once(0, files.unwrap_or_default());
        let found = self.standard.get().map(|(_, found)| std::slice::from_ref(found));
        self.say_once(1, found.unwrap_or_default());
    }

    fn say_once(&self, what: usize, found: &[Diagnostics]) {
        if found.is_empty() || self.standard_said[what].swap(true, Ordering::Relaxed) {
            return;
        }
        for found in found.iter().filter(|found| !found.is_empty()) {
            error::print(self.out, found, self.call.json_errors);
        }
    }

    /// Whether anything is to be said of the standard, as far as it was read.
    pub(crate) fn standard_has_findings(&self) -> bool {
        self.standard.get().is_some_and(|(_, found)| !found.is_empty())
            || self.standard_files.get().is_some_and(|files| !files.unread.is_empty())
    }

    /// Whether the standard, as far as it was read, has errors; they were said.
    pub(crate) fn standard_is_broken(&self) -> bool {
        self.standard.get().is_some_and(|(_, found)| found.has_errors())
            || self.standard_files.get().is_some_and(|files| !files.unread.is_empty())
    }

    /// The files of the standard.
    ///
    /// One file that cannot be read refuses no open and no note: it is said.
    pub(crate) fn standard_files(&self) -> Result<&StandardFiles> {
        if let Some(files) = self.standard_files.get() {
            return Ok(files);
        }
        let listing = self.store.list("standards", None).map_err(from_store)?;
        let mut files = StandardFiles::default();
        for found in
            listing.files.iter().filter(|f| f.path.extension().is_some_and(|e| e == "toml"))
        {
            let path = found.path.to_string_lossy().replace('\\', "/");
            match self.text(&path) {
                Ok(text) => files.read.push((path, text)),
                Err(failure) => files.unread.push(failure.found),
            }
        }
        Ok(self.standard_files.get_or_init(|| files))
    }

    /// The templates: the defaults, and what the workspace has in their place or beside them.
    pub(crate) fn templates(&self) -> Result<crate::render::Templates> {
        self.loaded(crate::render::Templates::load(self.template_texts()?))
    }

    /// One template, and those that it brings in.
    pub(crate) fn template(&self, name: &str) -> Result<crate::render::Templates> {
        self.loaded(crate::render::Templates::load_only(self.template_texts()?, name))
    }

    fn template_texts(&self) -> Result<Vec<(String, String)>> {
        let mut texts: std::collections::BTreeMap<String, String> = super::defaults::templates()
            .into_iter()
            .map(|(name, text)| (name, text.to_owned()))
            .collect();
        let listing = self.store.list("templates", None).map_err(from_store)?;
        for found in listing.files.iter().filter(|f| f.path.extension().is_some_and(|e| e == "hbs"))
        {
            let path = found.path.to_string_lossy().replace('\\', "/");
            let text = self.text(&path)?;
            texts.insert(path.trim_start_matches("templates/").to_owned(), text);
        }
        Ok(texts.into_iter().collect())
    }

    fn loaded(
        &self,
        (templates, found): (crate::render::Templates, Diagnostics),
    ) -> Result<crate::render::Templates> {
        if found.has_errors() {
            return Err(found.into());
        }
        error::print(self.out, &found, self.call.json_errors);
        Ok(templates)
    }

    /// A language with the workspace's zone and currency.
    pub(crate) fn locale(&self, tag: &str) -> Result<crate::render::Locale> {
        let locale = crate::render::Locale::new(tag, self.clock.zone).ok_or_else(|| {
            Diagnostic::error("unknown-locale", format!("no texts in `{tag}`"))
                .help("es-MX and en are there")
        })?;
        Ok(locale.with_currency(self.currency()))
    }

    /// Ids of all records, by the names of their folders.
    pub(crate) fn ids(&self) -> Result<&[IncidentId]> {
        if let Some(ids) = self.ids.get() {
            return Ok(ids);
        }
        // incidents/<year>/<month>/<id>
        let folders = self.store.folders("incidents", 3).map_err(from_store)?;
        let named = folders.iter().filter_map(|f| f.file_name()?.to_str()?.parse().ok());
        let ids = named.collect();
        Ok(self.ids.get_or_init(|| ids))
    }

    /// Looks at the clock and the folders anew, for a command that goes on showing.
    pub(crate) fn look_again(&mut self) {
        self.clock.look_again();
        (self.paths, self.ids) = (OnceLock::new(), OnceLock::new());
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
        let cards = self.cards(Ask { wants: &needed, levels: false, records: false })?;
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

    /// The workspace's currency.
    pub(crate) fn currency(&self) -> Currency {
        self.config.currency.parse().unwrap_or(Currency::MXN)
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

    /// What the standard says of a record now.
    pub(crate) fn assess(&self, record: &Record) -> Result<crate::reports::assessment::Assessment> {
        Ok(crate::reports::assessment::assess(record, &self.company()?, self.clock.now))
    }

    /// The company around a record.
    pub(crate) fn company(&self) -> Result<Company<'_>> {
        let company = self.company_quietly()?;
        self.say_standard();
        Ok(company)
    }

    /// As [`Ctx::company`]; what is wrong with the standard is not said yet.
    pub(crate) fn company_quietly(&self) -> Result<Company<'_>> {
        Ok(Company {
            standard: self.standard_quietly()?,
            zone: self.clock.zone,
            currency: self.currency(),
            register: None,
        })
    }

    /// Versions of a file in history, newest first.
    pub(crate) fn revisions(&self, path: &str) -> Result<Vec<crate::history::Revision>> {
        let revisions = self.store.history(path).map_err(from_store)?;
        Ok(revisions
            .into_iter()
            .map(|r| crate::history::Revision {
                commit: r.commit,
                author: r.author.name,
                at: r.time,
                subject: r.subject,
                signed: r.signed,
                text: r.text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            })
            .collect())
    }

    /// Takes back the person's last command; says which.
    pub(crate) fn undo(&mut self) -> Result<String> {
        let person = self.author().ok_or_else(|| {
            Failure::outside(
                Diagnostic::error("no-author", "git does not know who you are")
                    .help("git config user.email you@example.com"),
            )
        })?;
        let undoable = self.store.undoable(&person.email).map_err(from_store)?;
        let mut transaction = undoable.transaction(
            &format!("undo: {}", undoable.subject),
            &format!("{}: undo\n{}", crate::store::COMMAND_TRAILER, self.pretence()),
        );
        if environment("INC_AUTHOR").is_some() {
            transaction.author = Some(person);
        }
        transaction.date = self.clock.fixed.then_some(self.clock.now);
        let written = self.store.commit(&transaction).map_err(from_store)?;
        self.has_written(&written);
        Ok(undoable.subject)
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

    /// Counts by name, for warnings about unknown ones.
    pub(crate) fn known(&self, what: &str) -> HashMap<String, ()> {
        let Ok(standard) = self.standard() else { return HashMap::new() };
        let ids: Vec<&str> = match what {
            "service" => standard.services.ids().collect(),
            "person" => standard.people.ids().collect(),
            "role" => standard.roles.ids().collect(),
            "vendor" => standard.vendors.ids().collect(),
            _ => standard.clients.ids().collect(),
        };
        ids.into_iter().map(|n| (n.to_owned(), ())).collect()
    }

    /// Warns of a name that the standard does not know, with the nearest one; never refuses.
    pub(crate) fn warn_unknown(&self, what: &str, name: &str) {
        let known = self.known(what);
        if known.is_empty() || known.contains_key(name) {
            return;
        }
        let d = Diagnostic::warning(
            format!("unknown-{what}"),
            format!("{what} `{name}` is not in the standard; kept as typed"),
        )
        .did_you_mean(name, known.keys().map(String::as_str));
        error::print(self.out, &Diagnostics::from(d), self.call.json_errors);
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

/// Now, for the commands that make new names.
impl Ctx {
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
