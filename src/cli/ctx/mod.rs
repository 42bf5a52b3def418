//! What every command works with: the workspace, its store, the clock, who types.

mod records;
mod standard;
mod typed;

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use super::clock::Clock;
use super::config::Config;
use super::error::{Failure, Result};
use super::out::Out;
use super::workspace::Workspace;
use crate::diag::{Diagnostic, Diagnostics};
use crate::incident::IncidentId;
use crate::standard::Standard;
use crate::store::{CommitMode, Environment, Settings, Store, StoreError, Tree};
use standard::StandardFiles;

pub(crate) use records::parse_in_place;

/// How the command was called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) out: Out,
    pub(crate) json_errors: bool,
    /// From what ids are drawn, where runs must be alike.
    pub(crate) seed: Option<u64>,
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
    /// Digests of approved documents at the time that `--as-of` asks for.
    pub(super) then: OnceLock<HashMap<String, String>>,
    workspace: Workspace,
    standard: OnceLock<(Standard, Diagnostics)>,
    standard_files: OnceLock<StandardFiles>,
    /// Whether what is wrong with its files, and in them, was said.
    standard_said: [AtomicBool; 2],
    paths: OnceLock<Vec<String>>,
    ids: OnceLock<Vec<IncidentId>>,
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
        let random = match call.seed {
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
            then: OnceLock::new(),
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

    /// A line that somebody types for a question; none when nobody will type any more.
    pub(crate) fn asked(&self, question: &str) -> Option<String> {
        use std::io::{BufRead as _, Write as _};
        let mut stderr = std::io::stderr();
        // The question is for whoever sits there; a stream that is gone shows at the answer.
        let _ = write!(stderr, "{question}").and_then(|()| stderr.flush());
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim().to_owned())
    }
}
