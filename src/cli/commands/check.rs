//! `inc check`

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use clap::{Args, ValueEnum};

use crate::check::{self, Findings, Names, Options, Surroundings, Tier};
use crate::cli::Ctx;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Failure, Result};
use crate::diag::Diagnostics;
use crate::incident::{IncidentId, Record};
use crate::render::findings;
use crate::render::replay::{self as render, Replayed};
use crate::reports::company::Company;
use crate::reports::replay::replay;
use crate::standard::Standard;
use crate::units::sha256;

/// Check records against the standard: what is missing, what contradicts itself, and where
///
/// All findings of all records in one run, each with its line and the command that mends it.
/// Exits 1 when one of them is an error. `inc explain CODE` tells more of each. With --changed, where
/// standards/ was changed, every incident is judged by both standards, and what differs is shown.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Incidents; all by default
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    ids: Vec<String>,
    /// Only records that differ from where HEAD left REV; the live branch, else HEAD, by default
    #[arg(long, value_name = "REV", num_args = 0..=1, conflicts_with = "ids")]
    changed: Option<Option<String>>,
    /// How much is asked: strict is for reviews
    #[arg(long, value_enum, default_value = "basic")]
    tier: TierArg,
    /// Only these checks
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    only: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: FormatArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TierArg {
    /// What every record must pass
    Basic,
    /// What a good one passes too
    Strict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArg {
    /// For people
    Table,
    /// A documented object with `"schema": 1`
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0
    Sarif,
}

impl CheckArgs {
    /// Whether it is asked what a branch changes.
    pub(crate) fn of_branch(&self) -> bool {
        self.changed.is_some()
    }
}

pub(crate) fn run(ctx: &mut Ctx, args: &CheckArgs) -> Result {
    let mut options = Options { only: args.only.clone(), ..Options::default() };
    options.tier = match args.tier {
        TierArg::Basic => Tier::Basic,
        TierArg::Strict => Tier::Strict,
    };
    options.levels = ctx.config.check.levels()?;
    options.own = ctx.standard()?.versions().iter().flat_map(check::own_codes).collect();
    let unknown = options.unknown_codes();
    if !unknown.is_empty() {
        return Err(Failure::wrong(Diagnostics(unknown)));
    }
    if !args.ids.is_empty() {
        let ids = args.ids.iter().map(|id| ctx.which(Some(id))).collect::<Result<BTreeSet<_>>>()?;
        options.incidents = Some(ids);
    }
    let mut changed_texts = None;
    if let Some(rev) = &args.changed {
        let (incidents, others) = changed(ctx, &rev.clone().unwrap_or_else(|| ctx.live()))?;
        options.incidents = Some(incidents);
        changed_texts = Some(others);
    }
    let register = ctx.register_quietly()?;
    let changes = match &args.changed {
        // Of one incident nothing is said of the standard.
        _ if !args.ids.is_empty() => None,
        Some(Some(rev)) => ctx.standard_changes(rev),
        _ => ctx.standard_changes(&ctx.live()),
    };
    let mut around = surroundings(ctx)?;
    if args.ids.is_empty() {
        around.standard = ctx.standard_findings(&register, changes.as_ref())?;
        around.templates = ctx.template_findings();
        around.standard.extend(ctx.ledger_findings());
    }
    // A branch answers for the texts that it changed, an incident for none.
    match &changed_texts {
        Some(changed) => {
            around.problems.retain(|file| changed.contains(&file.path));
            around.texts.retain(|path| changed.contains(path));
            around
                .templates
                .retain(|d| d.place.as_ref().is_some_and(|p| changed.contains(&p.file)));
        }
        None if options.incidents.is_some() => {
            around.texts.clear();
            around.problems.clear();
        }
        None => {}
    }
    let asked = |record: &&Record| {
        let wanted = options.incidents.as_ref().is_none_or(|ids| ids.contains(&record.id));
        wanted && !(record.approvals.is_empty() && record.waivers.is_empty())
    };
    let records: Vec<&Record> =
        register.records.iter().map(|held| &held.record).filter(asked).collect();
    around.approvals = crate::cli::evidence::gather(ctx, &records, &[])?;
    let company = ctx.company()?;
    let judged = register
        .records
        .iter()
        .map(|held| &held.record)
        .filter(|record| options.incidents.as_ref().is_none_or(|ids| ids.contains(&record.id)));
    around.reviews_owed = crate::reports::reviews::owed(judged, &company, around.now);
    let own = |record: &Record| {
        let Some(policies) = company.policies(record, around.now) else { return Vec::new() };
        let decided = policies.decide(company.facts(record, around.now));
        let mut found = check::own(policies, &decided.facts, record);
        found.extend(check::unverified_deadlines(policies, &decided.facts, record));
        found.extend(check::missing_rates(record, &company));
        found
    };
    let found = check::run_with(&register, &around, &options, |path| ctx.text(path).ok(), own);
    let replayed = match changes.filter(|_| args.changed.is_some()) {
        Some(changes) => {
            let before = ctx.standard_at(Some(&changes.base))?;
            let records = register.records.iter().map(|held| &held.record);
            let before = Company { standard: &before, ..company };
            let replay = replay(records, &before, &company, false, around.now);
            Some(Replayed { base: changes.base, files: changes.files, replay })
        }
        None => None,
    };
    print(ctx, &found, replayed.as_ref(), args.format)?;
    Ok(if found.has_errors() || ctx.standard_is_broken() { Exit::No } else { Exit::Done })
}

/// The incidents that were changed since `rev`, and the files of the standard, the templates and
/// the problems.
fn changed(ctx: &Ctx, rev: &str) -> Result<(BTreeSet<IncidentId>, HashSet<String>)> {
    let folders = ["incidents", "problems", "standards", "templates"];
    let mut paths: Vec<String> = Vec::new();
    for folder in folders {
        paths.extend(files_below(ctx, folder)?);
    }
    // What was removed since is only in git.
    let there: HashSet<String> = paths.iter().cloned().collect();
    for folder in folders {
        let then = ctx.store.list_at(rev, folder).unwrap_or_default();
        let then = then.into_iter().map(|p| p.to_string_lossy().replace('\\', "/"));
        paths.extend(then.filter(|path| !there.contains(path)));
    }
    let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
    let (_, changed) = ctx.store.changed_since(rev, &paths).map_err(from_store)?;
    let mut incidents = BTreeSet::new();
    let mut others = HashSet::new();
    for path in changed {
        let path = path.to_string_lossy().replace('\\', "/");
        match incident_of(&path) {
            Some(id) => drop(incidents.insert(id)),
            None => drop(others.insert(path)),
        }
    }
    Ok((incidents, others))
}

/// The incident whose record, message or review a file is.
fn incident_of(path: &str) -> Option<IncidentId> {
    let mut parts = path.split('/');
    let folder = parts.by_ref().take(4).last()?;
    parts.next()?;
    path.starts_with("incidents/").then(|| folder.parse().ok()).flatten()
}

/// The files below a folder of the workspace, with `/`.
fn files_below(ctx: &Ctx, folder: &str) -> Result<Vec<String>> {
    let found = ctx.store.list(folder, None).map_err(from_store)?;
    Ok(found.files.into_iter().map(|f| f.path.to_string_lossy().replace('\\', "/")).collect())
}

pub(super) fn print(
    ctx: &Ctx,
    found: &Findings,
    replayed: Option<&Replayed>,
    format: FormatArg,
) -> Result<()> {
    // Machines find files from the top of the repository, wherever the workspace lies in it.
    let prefix = ctx.store.prefix().to_string_lossy().replace('\\', "/");
    match format {
        FormatArg::Table => {
            if !found.findings.is_empty() {
                ctx.print(&findings::text(found))?;
            }
            if let Some(replayed) = replayed {
                ctx.print(&render::check_text(replayed))?;
            }
            ctx.talk(findings::summary(found).trim_end());
            Ok(())
        }
        FormatArg::Json => {
            let mut json = findings::json(found);
            if let Some(replayed) = replayed {
                json["replay"] = render::json(&replayed.replay, &replayed.base, None);
            }
            ctx.say(&json.to_string())
        }
        FormatArg::Github => {
            ctx.print(&findings::github(found, &prefix))?;
            if let Some(replayed) = replayed {
                ctx.print(&render::github(replayed, &prefix))?;
            }
            Ok(())
        }
        FormatArg::Sarif => {
            let version = crate::cli::config::VERSION;
            ctx.say(&findings::sarif(found, &prefix, version).to_string())
        }
    }
}

/// The hashes of the texts of all policies.
fn policy_hashes(ctx: &Ctx, standard: &Standard) -> BTreeMap<String, HashSet<String>> {
    let mut hashes: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    // What is wrong with a policy is said where the standard is checked.
    let (policies, _) = standard.compensation(&crate::facts::catalogue(ctx.currency()));
    for policy in policies.all() {
        let hash = sha256(policy.text.as_bytes());
        hashes.entry(policy.name.clone()).or_default().insert(hash);
    }
    hashes
}

pub(super) fn surroundings(ctx: &Ctx) -> Result<Surroundings> {
    let standard = ctx.standard()?;
    let set = |ids: Vec<&str>| {
        (!ids.is_empty()).then(|| ids.into_iter().map(str::to_owned).collect::<BTreeSet<_>>())
    };
    let names = Names {
        services: set(standard.services.ids().collect()),
        people: set(standard
            .people
            .iter()
            .flat_map(|p| [p.id.as_str(), p.name.as_str()])
            .collect()),
        vendors: set(standard.vendors.ids().collect()),
        clients: set(standard.clients.ids().collect()),
        roles: set(standard.roles.ids().collect()),
    };
    let files: HashSet<String> = files_below(ctx, "incidents")?.into_iter().collect();
    let mut texts = files_below(ctx, "standards")?;
    texts.extend(files_below(ctx, "templates")?);
    texts.retain(|path| path.ends_with(".toml") || path.ends_with(".hbs"));
    let problems = ctx.problem_files()?;
    texts.extend(problems.iter().map(|file| file.path.clone()));
    let tracked = match ctx.store.list_at("HEAD", "") {
        Ok(paths) => paths.into_iter().map(|p| p.to_string_lossy().replace('\\', "/")).collect(),
        // Before the first commit, and without git, nothing is tracked.
        Err(_) => HashSet::new(),
    };
    Ok(Surroundings {
        now: ctx.clock.now,
        names,
        files: Some(files),
        tracked,
        texts,
        unmasked: standard.unmasked.clone(),
        approvals: crate::approval::Evidence::default(),
        house: standard.house(),
        reviews: standard.review_rules(),
        reviews_owed: HashMap::new(),
        zone: ctx.clock.zone,
        standing: check::standing(standard, ctx.clock.zone),
        standard: Vec::new(),
        templates: Vec::new(),
        problems,
        runs_entered: ctx.book().ok().map(|(.., book)| {
            book.log.iter().flat_map(|append| append.runs.iter().cloned()).collect()
        }),
        policies: policy_hashes(ctx, standard),
    })
}
