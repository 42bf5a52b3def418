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

/// Check records against the standard: what is missing, what contradicts itself, and where
///
/// All findings of all records in one run, each with its line and the command that mends it.
/// Exits 1 when one of them is an error. `inc explain CODE` tells more of each.
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
        let live = || ctx.config.git.branch.clone().unwrap_or_else(|| "HEAD".to_owned());
        options.incidents = Some(changed(ctx, &rev.clone().unwrap_or_else(live))?);
    }
    let register = ctx.register_quietly()?;
    let around = surroundings(ctx)?;
    let company = ctx.company()?;
    let own = |record: &Record| {
        let Some(policies) = company.policies(record, around.now) else { return Vec::new() };
        let decided = policies.decide(&company.facts(record, around.now));
        check::own(policies, &decided.facts, record)
    };
    let found = check::run_with(&register, &around, &options, |path| ctx.text(path).ok(), own);
    print(ctx, &found, args.format)?;
    Ok(if found.has_errors() || ctx.standard_is_broken() { Exit::No } else { Exit::Done })
}

/// The incidents that were changed since `rev`; says so when the standard was changed too.
fn changed(ctx: &Ctx, rev: &str) -> Result<BTreeSet<IncidentId>> {
    let standard = ctx.standard_files()?.read.iter().map(|(path, _)| path);
    let paths: Vec<&Path> = ctx.paths()?.iter().chain(standard).map(Path::new).collect();
    let (base, changed) = ctx.store.changed_since(rev, &paths).map_err(from_store)?;
    if changed.iter().any(|path| path.starts_with("standards")) {
        let base = base.get(..10).unwrap_or(&base);
        ctx.talk(&format!("standards/ was changed: inc standards replay --from {base}"));
    }
    Ok(changed
        .iter()
        .filter_map(|path| id_of_path(&path.to_string_lossy().replace('\\', "/")))
        .collect())
}

fn print(ctx: &Ctx, found: &Findings, format: FormatArg) -> Result<()> {
    // Machines find files from the top of the repository, wherever the workspace lies in it.
    let prefix = ctx.store.prefix().to_string_lossy().replace('\\', "/");
    match format {
        FormatArg::Table => {
            if !found.findings.is_empty() {
                ctx.print(&findings::text(found))?;
            }
            ctx.talk(findings::summary(found).trim_end());
            Ok(())
        }
        FormatArg::Json => ctx.say(&findings::json(found).to_string()),
        FormatArg::Github => ctx.print(&findings::github(found, &prefix)),
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
    Ok(Surroundings { now: ctx.clock.now, names, files: Some(files), tracked })
}
