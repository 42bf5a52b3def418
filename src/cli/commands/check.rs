//! `inc check`

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use clap::{Args, ValueEnum};

use crate::check::{self, Findings, Names, Options, Surroundings, Tier};
use crate::cli::Ctx;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Failure, Result};
use crate::diag::Diagnostics;
use crate::incident::{IncidentId, Record};
use crate::register::id_of_path;
use crate::render::findings;
use crate::render::replay::{self as render, Replayed};
use crate::reports::company::Company;
use crate::reports::replay::replay;

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
enum FormatArg {
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
    if let Some(rev) = &args.changed {
        options.incidents = Some(changed(ctx, &rev.clone().unwrap_or_else(|| ctx.live()))?);
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
    }
    let company = ctx.company()?;
    let own = |record: &Record| {
        let Some(policies) = company.policies(record, around.now) else { return Vec::new() };
        let decided = policies.decide(&company.facts(record, around.now));
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

/// The incidents that were changed since `rev`.
fn changed(ctx: &Ctx, rev: &str) -> Result<BTreeSet<IncidentId>> {
    let paths: Vec<&Path> = ctx.paths()?.iter().map(Path::new).collect();
    let (_, changed) = ctx.store.changed_since(rev, &paths).map_err(from_store)?;
    Ok(changed
        .iter()
        .filter_map(|path| id_of_path(&path.to_string_lossy().replace('\\', "/")))
        .collect())
}

fn print(
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

fn surroundings(ctx: &Ctx) -> Result<Surroundings> {
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
    let files = ctx.store.list("incidents", None).map_err(from_store)?;
    let files: HashSet<String> =
        files.files.into_iter().map(|f| f.path.to_string_lossy().replace('\\', "/")).collect();
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
        standing: check::standing(standard, ctx.clock.zone),
        standard: Vec::new(),
    })
}
