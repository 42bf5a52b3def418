//! How a compensation run reaches its files: evidence, what does not fit in memory, awards.
//!
//! The file is long because every command of compensation meets files, policies and the engine
//! here.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};

use super::ctx::from_store;
use super::error::{Exit, Failure, Result};
use super::ledger::Till;
use super::{Call, Ctx, environment};
use crate::compensation::run::{
    Earlier, Evidence, NoEarlier, Order, Ran, Sinks, Spill, Spilled, Stopped, Summary, Terms,
    facts_sha256, run,
};
use crate::compensation::{Compiled, Limit, LimitKind, NotYet, Policy, Setting};
use crate::decision::FactSet;
use crate::diag::{Diagnostic, Diagnostics};
use crate::facts;
use crate::incident::{CompensationRun, IncidentId, ItemId, Record};
use crate::ledger::Before;
use crate::render::terminal_safe;
use crate::standard::{Compensation, Standard};
use crate::store::{Kind, Spooled, Unsealed, nameless, spool, stream};
use crate::units::{Currency, Instant};

/// Evidence in a file, with a bar that shows how far it was read.
pub(crate) struct Customers {
    name: String,
    path: PathBuf,
    size: u64,
    bar: ProgressBar,
    /// A pipe's bytes, which can be read once only.
    _spooled: Option<Spooled>,
}

impl Customers {
    /// Finds evidence: a file, or standard input for `-`; what is no file is spooled into `dir`.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn find(typed: &str, dir: &Path) -> Result<Customers> {
        let path = PathBuf::from(typed);
        let from: Option<Box<dyn Read>> = if typed == "-" {
            Some(Box::new(io::stdin().lock()))
        } else {
            let opened = stream(&path).map_err(from_store)?;
            match opened.kind() {
                Kind::File => None,
                _ => Some(Box::new(opened)),
            }
        };
        let spooled = match from {
            Some(mut from) => Some(spool(dir, &mut from).map_err(from_store)?),
            None => None,
        };
        let path = spooled.as_ref().map_or(path, |spooled| spooled.path().to_owned());
        let size = stream(&path).map_err(from_store)?.size().unwrap_or(0);
        let name = if typed == "-" { "standard input".to_owned() } else { terminal_safe(typed) };
        Ok(Customers { name, path, size, bar: ProgressBar::hidden(), _spooled: spooled })
    }

    /// Shows on a terminal how far the evidence was read.
    #[must_use]
    pub(crate) fn shown(mut self) -> Self {
        self.bar = ProgressBar::new(self.size);
        let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}");
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Evidence for Customers {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        let opened = stream(&self.path).map_err(|e| io::Error::other(e.to_string()))?;
        self.bar.reset();
        Ok(Box::new(self.bar.wrap_read(opened)))
    }
}

impl Drop for Customers {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A folder for what does not fit into the memory.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Spill for Folder {
    fn open(&self) -> io::Result<Box<dyn Spilled>> {
        Ok(Box::new(nameless(&self.0)?))
    }
}

/// Where files go that nobody is to find again.
pub(crate) fn scratch() -> PathBuf {
    environment("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from)
}

/// Where awards go.
pub(crate) enum Awards {
    /// Into a file, once they are whole.
    File(Box<Unsealed>),
    /// Nowhere: what they come to is asked, not they.
    Nowhere,
}

impl Write for Awards {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Awards::File(file) => file.write(bytes),
            Awards::Nowhere => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Awards::File(file) => file.flush(),
            Awards::Nowhere => Ok(()),
        }
    }
}

/// A policy, ready for an incident's facts.
pub(crate) struct Ready {
    pub(crate) compiled: Compiled,
    pub(crate) terms: Terms,
    pub(crate) facts_sha256: String,
    past: Option<Past>,
}

/// The ledger, opened for what customers were given before.
struct Past {
    till: Till,
    at: Instant,
    until: Option<Instant>,
    family: Vec<String>,
}

impl Ready {
    /// Compiles a policy.
    ///
    /// # Errors
    ///
    /// When facts that it needs are not known.
    pub(crate) fn new(policy: &Policy, facts: &FactSet, setting: Setting) -> Result<Ready> {
        let compiled = policy.compile(facts, setting).map_err(|e| not_yet(policy, &e))?;
        let terms = Terms::of(&compiled);
        Ok(Ready { compiled, terms, facts_sha256: facts_sha256(policy, facts), past: None })
    }

    /// Looks back in the ledger, where a limit asks what customers were given before: from `at`,
    /// by what was entered until then, or until now where there is no `until`.
    ///
    /// # Errors
    ///
    /// When the ledger is not as git says, or files of it are missing here.
    pub(crate) fn looking_back(
        mut self,
        ctx: &Ctx,
        record: &Record,
        at: Instant,
        until: Option<Instant>,
    ) -> Result<Ready> {
        if self.rolling().next().is_none() || ctx.customers_root().is_err() {
            return Ok(self);
        }
        let till = ctx.till()?;
        till.ledger().must_be_whole().map_err(super::ledger::from_ledger)?;
        let family = crate::reports::payout::family(&ctx.register()?, &record.id);
        self.past = Some(Past { till, at, until, family });
        Ok(self)
    }

    /// Limits over a rolling period.
    fn rolling(&self) -> impl Iterator<Item = &Limit> {
        self.terms.limits.iter().filter(|limit| limit.kind == LimitKind::CustomerPeriod)
    }

    /// Limits that ask what customers were given before, where nobody here can say.
    pub(crate) fn blind(&self) -> impl Iterator<Item = &Limit> {
        self.rolling().filter(|_| self.past.is_none())
    }

    /// Runs it over evidence.
    ///
    /// # Errors
    ///
    /// Why nothing came of it.
    pub(crate) fn run(
        &self,
        customers: &Customers,
        awards: &mut dyn Write,
        rejects: Option<&mut dyn Write>,
        spill: &Path,
        explain: Option<&str>,
    ) -> Result<(Ran, Summary)> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let workers =
            environment("INC_WORKERS").and_then(|typed| typed.parse().ok()).unwrap_or(workers);
        let order = Order { compiled: &self.compiled, terms: &self.terms, workers, explain };
        let spill = Folder(spill.to_owned());
        #[allow(clippy::manual_map, reason = "a closure would not shorten the lifetime")]
        let rejects = match rejects {
            Some(file) => Some(file as &mut dyn Write),
            None => None,
        };
        let ledger = self.past.as_ref().map(|past| (past, past.till.ledger()));
        let before = ledger.as_ref().map(|(past, ledger)| {
            let policy = self.compiled.policy();
            let (name, family) = (policy.name.clone(), past.family.clone());
            Before::new(ledger, past.at, past.until, policy.currency, name, family)
        });
        let earlier: &dyn Earlier = match &before {
            Some(before) => before,
            None => &NoEarlier,
        };
        let sinks = Sinks { awards, rejects, spill: &spill, earlier };
        let ran = run(&order, customers, sinks).map_err(|e| stopped(customers, e))?;
        let summary = Summary::of(&self.compiled, &self.terms, &ran);
        Ok((ran, summary))
    }
}

fn not_yet(policy: &Policy, error: &NotYet) -> Failure {
    let d = Diagnostic::error("facts-open", format!("policy {}: {error}", policy.name));
    Failure::no(d.help("record what is not known, then run it again: inc facts show --all"))
}

/// What stopped a run, in words.
fn stopped(customers: &Customers, stopped: Stopped) -> Failure {
    let name = customers.name();
    let bad = |what: String| Diagnostic::error("bad-evidence", format!("{name}: {what}"));
    match stopped {
        Stopped::File(found) => Failure::wrong(found),
        Stopped::Rows { first, count } => {
            let mut found = Diagnostics::default();
            for problem in &first {
                found.push(Diagnostic::error("bad-row", format!("{name}: {problem}")));
            }
            let (rows, are) = if count == 1 { ("row", "is") } else { ("rows", "are") };
            found.push(
                bad(format!("{count} {rows} {are} bad; nothing was written"))
                    .help("mend the file, or put bad rows aside with --reject FILE and go on"),
            );
            Failure::wrong(found)
        }
        Stopped::NotByCustomer => Failure::wrong(
            bad("more than 500,000 customers have several rows".into())
                .help("add them up first: a customer has one row"),
        ),
        Stopped::TooLarge => Failure::wrong(
            bad("all awards together are more than the ledger can hold".into())
                .help("look at the largest amounts: a column may be in another unit"),
        ),
        Stopped::Reading(e)
            if matches!(e.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
        {
            Failure::wrong(bad(format!("{e}; nothing was written")).help("get the file again"))
        }
        Stopped::Reading(e) => {
            Failure::outside(Diagnostic::error("cannot-read", format!("{name}: {e}")))
        }
        Stopped::Disk(e) => {
            let d = Diagnostic::error("disk", format!("cannot write: {e}"));
            Failure::outside(d.help("free some space on the disk, then run the command again"))
        }
    }
}

/// The standard around a run: a workspace's, or the one inside the program.
pub(crate) struct Around {
    pub(crate) standard: Standard,
    pub(crate) currency: Currency,
    pub(crate) now: Instant,
    pub(crate) zone: chrono_tz::Tz,
}

impl Around {
    /// The workspace's, where there is one; else the default standard.
    ///
    /// # Errors
    ///
    /// When there is a workspace and it cannot be read, or the clock cannot be started.
    pub(crate) fn find(call: Call, dir: Option<&Path>, now: Option<&str>) -> Result<Around> {
        match super::workspace::find(dir) {
            Ok(workspace) => {
                let ctx = Ctx::open(call, workspace, now, super::ctx::Asked::Checkout)?;
                Around::of(&ctx)
            }
            // A workspace that cannot be read is not the same as none.
            Err(e) if dir.is_some() || e.found.0.iter().any(|d| d.code != "no-workspace") => Err(e),
            Err(_) => {
                let config = super::config::Config::default();
                let clock = super::clock::Clock::start(now, config.zone)?;
                let files = super::defaults::files();
                let (standard, _) = crate::standard::load(&files, &facts::catalogue(Currency::MXN));
                let (now, zone) = (clock.now, clock.zone);
                Ok(Around { standard, currency: Currency::MXN, now, zone })
            }
        }
    }

    /// A workspace's.
    ///
    /// # Errors
    ///
    /// When the standard cannot be read.
    pub(crate) fn of(ctx: &Ctx) -> Result<Around> {
        let standard = ctx.standard()?.clone();
        let (now, zone) = (ctx.clock.now, ctx.clock.zone);
        Ok(Around { standard, currency: ctx.currency(), now, zone })
    }

    /// All policies; what is wrong with them is said where the one that is asked for is missing.
    pub(crate) fn policies(&self) -> (Compensation, Diagnostics) {
        self.standard.compensation(&facts::catalogue(self.currency))
    }

    /// A policy by its name, as it was in force on the day of an incident; or from a file.
    ///
    /// # Errors
    ///
    /// When there is no such policy, or it is wrong.
    pub(crate) fn policy(&self, typed: &str, began: Option<Instant>) -> Result<Arc<Policy>> {
        if is_file(typed) {
            return self.policy_file(typed);
        }
        let (all, found) = self.policies();
        let day = began.map(|at| at.in_zone(&self.zone).get().date_naive());
        if let Some(policy) = all.in_force(typed, day) {
            return Ok(Arc::clone(policy));
        }
        let shown = terminal_safe(typed);
        let mut wrong = found;
        wrong.0.retain(|d| {
            d.place.as_ref().is_some_and(|place| place.file.contains(&format!("/{typed}.")))
        });
        if wrong.has_errors() {
            return Err(wrong.into());
        }
        let d = Diagnostic::error("no-such-policy", format!("there is no policy `{shown}`"));
        let names = all.names();
        let listed = names.join(", ");
        let d = match crate::diag::nearest(typed, names.iter().copied()) {
            Some(near) => d.help(format!("did you mean `{near}`?")),
            None if listed.is_empty() => d.help("write standards/compensation/<name>.toml"),
            None => d.help(format!("there are: {listed}; a file is named as ./{shown}.toml")),
        };
        Err(d.into())
    }

    /// A policy from a file anywhere.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is wrong.
    pub(crate) fn policy_file(&self, path: &str) -> Result<Arc<Policy>> {
        let text = super::files::read_named(path)?;
        let stem = Path::new(path).file_stem().map(|s| s.to_string_lossy().into_owned());
        let stem = stem.unwrap_or_default();
        // `goodwill.2027-01-01.toml` is a version of `goodwill`.
        let name = stem.split('.').next().unwrap_or_default();
        let source = crate::diag::Source::new(path, &text);
        let (policy, found) = self.standard.policy(name, source, &facts::catalogue(self.currency));
        match policy {
            Some(policy) if !found.has_errors() => Ok(Arc::new(policy)),
            _ => Err(found.into()),
        }
    }

    /// When and where a run is.
    pub(crate) fn setting(&self, at: Instant) -> Setting {
        let run_date = at.in_zone(&self.zone).get().date_naive();
        Setting { zone: self.zone, run_date }
    }
}

/// Whether `--policy` names a file.
pub(crate) fn is_file(typed: &str) -> bool {
    typed.contains('/') || typed.ends_with(".toml")
}

impl Ctx {
    /// The facts of a record, decided tables among them.
    pub(crate) fn facts_of(&self, record: &Record) -> Result<FactSet> {
        let company = self.company()?;
        Ok(match company.decide(record, self.clock.now) {
            Some(decided) => decided.facts,
            None => company.facts(record, self.clock.now),
        })
    }

    /// A run of a record by its id, or an unambiguous beginning of it; the only one without.
    ///
    /// # Errors
    ///
    /// When there is none, or several.
    pub(crate) fn run_of<'r>(
        &self,
        record: &'r Record,
        typed: Option<&str>,
    ) -> Result<&'r CompensationRun> {
        let upper = typed.map(str::to_ascii_uppercase);
        let named = |run: &&CompensationRun| {
            let id = run.id.as_ref().map_or("", |id| id.as_str());
            upper.as_deref().is_none_or(|typed| id.starts_with(typed))
        };
        let found: Vec<&CompensationRun> = record.compensation.iter().filter(named).collect();
        let name = |run: &CompensationRun| run.id.as_ref().map(ToString::to_string);
        match found.as_slice() {
            [one] => Ok(one),
            [] => {
                let what = match typed {
                    Some(typed) => format!("{} has no run `{}`", record.id, terminal_safe(typed)),
                    None => format!("{} has no run", record.id),
                };
                let help = format!("inc compensate options {}", record.id.suffix());
                Err(Diagnostic::error("no-such-run", what).help(help).into())
            }
            several => {
                let what = format!("{} has {} runs", record.id, several.len());
                let names: Vec<String> = several.iter().filter_map(|run| name(run)).collect();
                Err(Diagnostic::error("ambiguous-id", what)
                    .help(format!("name one: {}", names.join(", ")))
                    .into())
            }
        }
    }
}

/// Where the files of a run lie below the evidence root.
pub(crate) fn run_path(incident: &IncidentId, run: &str, ending: &str) -> PathBuf {
    PathBuf::from(format!("{incident}/compensation/{run}{ending}"))
}

impl Ctx {
    /// An id for a new run of a record.
    pub(crate) fn new_run_id(&mut self, record: &Record) -> ItemId {
        let at = self.clock.now;
        loop {
            let id = self.with_act(at, |act| ItemId::new('K', &mut act.random));
            // A run that was killed may have left its files and no trace in the record.
            let root = self.customers_root();
            let place = root.map(|root| root.join(run_path(&record.id, id.as_str(), ".csv")));
            let left = place.is_ok_and(|place| stream(&place).is_ok());
            if !left && record.compensation.iter().all(|run| run.id.as_ref() != Some(&id)) {
                return id;
            }
        }
    }
}

/// A run computed again.
pub(crate) struct Again {
    /// What it comes to now.
    pub(crate) summary: Summary,
    /// The policy that it was computed with.
    pub(crate) policy: Arc<Policy>,
    /// The hash of the facts now.
    pub(crate) facts_sha256: String,
}

/// Computes a stored run again from its evidence, with the version of the policy that it names.
///
/// # Errors
///
/// When evidence or policy are not there any more, or the evidence is another one.
pub(crate) fn recompute(
    ctx: &Ctx,
    record: &Record,
    run: &CompensationRun,
    named: Option<&str>,
) -> Result<Again> {
    let root = ctx.customers_root()?;
    let around = Around::of(ctx)?;
    let (all, _) = around.policies();
    let version = run.version.as_deref().unwrap_or_default();
    let Some(policy) = all.version(&run.policy, version) else {
        let what = format!("policy {} has no version {version} any more", run.policy);
        return Err(Diagnostic::error("no-such-policy", what)
            .help("put back the version that the run was made with")
            .into());
    };
    let place = match (named, run.evidence.first()) {
        (Some(named), _) => named.to_owned(),
        (None, Some(evidence)) => root.join(&evidence.path).display().to_string(),
        (None, None) => {
            let what = "the run names no evidence";
            return Err(Diagnostic::error("bad-evidence", what).help("--customers FILE").into());
        }
    };
    let customers = Customers::find(&place, &scratch())?.shown();
    let at = run.at.unwrap_or(around.now);
    // What was entered since a run was computed counts until the run is entered itself: both
    // together could pass a limit that neither passes alone.
    let until = run.ledger.as_ref().map(|_| at);
    let ready = Ready::new(policy, &ctx.facts_of(record)?, around.setting(at))?
        .looking_back(ctx, record, at, until)?;
    let rejects = run.rejected.is_some_and(|rows| rows > 0);
    let mut aside = io::sink();
    let aside = rejects.then_some(&mut aside as &mut dyn Write);
    let (_, summary) = ready.run(&customers, &mut Awards::Nowhere, aside, &scratch(), None)?;
    let wanted = run.evidence.first().and_then(|evidence| evidence.sha256.as_deref());
    if wanted.is_some_and(|wanted| wanted != summary.evidence.1) {
        let what = format!("{place} is not the evidence that the run was made from");
        return Err(Diagnostic::error("evidence-changed", what)
            .help("put back the file, or name it: --customers FILE")
            .into());
    }
    Ok(Again { summary, policy: Arc::clone(policy), facts_sha256: ready.facts_sha256 })
}

/// What a run's exit code says: a limit that asks is no yes.
pub(crate) fn exit_of(summary: &Summary) -> Exit {
    if summary.asks { Exit::No } else { Exit::Done }
}
