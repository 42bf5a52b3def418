//! What `inc doctor` looks at in a workspace's repository.

use std::time::Duration;

use super::{Check, count};
use crate::cli::ctx::from_store;
use crate::cli::driver::{self, Installed};
use crate::cli::{Ctx, sharing};
use crate::store::{Health, Reached, Refusal, Tree};
use crate::units::Span;

/// Where a record may lie, for git's attributes.
const RECORD: &str = "incidents/2026/01/INC-2026-01-01-AAAA/incident.yaml";

/// How long a remote may take.
const LIMIT: Duration = Duration::from_secs(8);

/// Clocks differ by so much, in seconds.
const SLACK: i64 = 120;

/// The checks on a workspace's repository.
pub(crate) fn repository(ctx: &Ctx, offline: bool) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    if !ctx.store.uses_git() {
        let never = ctx.config.git.commit == crate::cli::config::CommitMode::Never;
        checks.push(match (never, ctx.store.warnings().first()) {
            (true, _) => Check::note("repository", "git.commit is never: nothing is committed"),
            (false, Some(warning)) => Check::mend("repository", warning.clone(), "git status"),
            (false, None) => {
                Check::mend("repository", "no git repository holds the workspace", "git init")
            }
        });
        checks.push(clock(ctx, None));
        checks.extend(kept(ctx));
        return checks;
    }
    let health = match ctx.store.health(std::path::Path::new(RECORD)) {
        Ok(health) => health,
        Err(e) => return vec![Check::failed("repository", &from_store(e))],
    };
    checks.push(branch(ctx, &health));
    checks.extend(busy(&health));
    checks.push(driver(ctx, &health));
    checks.push(clock(ctx, Some(&health)));
    checks.extend(hooks(&health));
    checks.extend(kept(ctx));
    if health.shallow {
        let says = "history was cut off by a shallow clone: inc audit and inc log see only a part";
        checks.push(Check::note("history", says).fix("git fetch --unshallow"));
    }
    checks.extend(remote(ctx, &health, offline));
    checks
}

fn branch(ctx: &Ctx, health: &Health) -> Check {
    if let Some(warning) = ctx.store.warnings().first() {
        return match health.checkout {
            None => Check::note("branch", warning.clone()).fix("git switch -c NAME"),
            Some(_) => {
                let fix = "make the branch (git branch NAME), or mend git.branch in inc.toml";
                Check::mend("branch", warning.clone(), fix)
            }
        };
    }
    let checkout = health.checkout.as_deref().unwrap_or("no branch");
    match ctx.store.tree() {
        Tree::Checkout => Check::ok("branch", format!("records are written to {checkout}")),
        Tree::Live { branch, .. } => Check::ok(
            "branch",
            format!("records are written to {branch}; the checkout is on {checkout}"),
        ),
    }
}

/// What stands in the way of a commit.
fn busy(health: &Health) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(operation) = health.operation {
        let says = format!("git is in the middle of a {operation}: commits wait for its end");
        let fix = format!("git status; git {operation} --continue or --abort");
        checks.push(Check::mend("unfinished", says, fix));
    }
    for lock in &health.index_locks {
        let says = "a git is at work, or died at work: nothing can be committed meanwhile";
        let fix = format!("where no git runs: rm '{}'", lock.display());
        checks.push(Check::mend("lock", says, fix));
    }
    checks
}

fn driver(ctx: &Ctx, health: &Health) -> Check {
    let attribute = health.merge_attribute.as_deref() == Some("inc");
    match driver::installed(ctx) {
        Err(failure) => Check::failed("driver", &failure),
        Ok(Installed::Other(line)) => Check::mend(
            "driver",
            format!("merge.inc.driver is not inc's own line: {line}"),
            "git config --unset-all merge.inc.driver; inc doctor --fix",
        ),
        Ok(Installed::Missing) => Check::mend(
            "driver",
            "this clone does not know how to merge records by meaning (merge.inc.driver)",
            "inc doctor --fix",
        ),
        Ok(Installed::NotAsked) => Check::mend(
            "driver",
            format!("{} does not ask to merge records by meaning", driver::ATTRIBUTES),
            "inc doctor --fix",
        ),
        Ok(Installed::Yes | Installed::WithoutProblems) if !attribute => Check::mend(
            "driver",
            "other attributes overrule merge=inc for records",
            format!("git check-attr merge -- {RECORD}"),
        ),
        Ok(Installed::WithoutProblems) => Check::note(
            "driver",
            format!("{} does not ask to merge problems by meaning", driver::ATTRIBUTES),
        )
        .fix("inc doctor --fix"),
        Ok(Installed::Yes) => Check::ok("driver", "git merges records by meaning"),
    }
}

fn clock(ctx: &Ctx, health: Option<&Health>) -> Check {
    let now = ctx.clock.now;
    let shown = format!("{} in {}", now.get().format("%Y-%m-%d %H:%M %:z"), ctx.clock.zone);
    match health.and_then(|h| h.newest) {
        Some(newest) if newest > now.plus(Span::from_seconds(SLACK)) => {
            let at = newest.in_zone(&ctx.clock.zone);
            let says = format!("it is {shown}, and the newest commit is of {at}");
            match ctx.clock.fixed {
                true => Check::note("clock", says).fix("unset INC_NOW"),
                false => Check::mend("clock", says, "set this machine's clock, or the other one's"),
            }
        }
        _ => Check::ok("clock", shown),
    }
}

fn hooks(health: &Health) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(path) = &health.hooks_path {
        checks
            .push(Check::note("hooks", format!("they are looked for in {path} (core.hooksPath)")));
    }
    if !health.idle_hooks.is_empty() {
        let names = health.idle_hooks.join(", ");
        let says = format!("git passes over what may not be run: {names}");
        checks.push(Check::note("hooks", says).fix("chmod +x, in .git/hooks"));
    }
    checks
}

fn kept(ctx: &Ctx) -> Vec<Check> {
    let mut checks = Vec::new();
    if ctx.store.has_left_overs() {
        let says = "a write was interrupted, or its commit refused; the next command that writes \
                    completes it";
        checks.push(Check::note("left over", says));
    }
    match ctx.store.kept() {
        Ok(kept) if !kept.is_empty() => {
            let says = format!("{} could not be written", count(kept.len(), "text"));
            checks.push(Check::note("kept", says).fix("inc retry"));
        }
        Ok(_) => {}
        Err(e) => checks.push(Check::failed("kept", &from_store(e))),
    }
    checks
}

fn remote(ctx: &Ctx, health: &Health, offline: bool) -> Vec<Check> {
    if !ctx.store.has_remote() {
        let says = "there is none: nobody else has these incidents";
        return vec![Check::note("remote", says).fix("git remote add origin URL; inc sync")];
    }
    let (remote, branch, address) = match ctx.store.shares_with() {
        Ok(found) => found,
        Err(e) => return vec![Check::failed("remote", &from_store(e))],
    };
    let label = match &address {
        Some(address) => format!("{remote} ({address})"),
        None => remote.clone(),
    };
    let mut checks = vec![match offline {
        true => Check::ok("remote", format!("{label}, not asked")),
        false => asked(ctx, health, &remote, &label),
    }];
    match ctx.store.rewritten() {
        Ok(rewritten) => checks.extend(rewritten.iter().map(|r| {
            let says = format!("{}/{} lost commits that were seen on it", r.remote, r.branch);
            Check::mend("rewritten", says, "ask who forced it; inc sync --accept-rewritten")
        })),
        Err(e) => checks.push(Check::failed("rewritten", &from_store(e))),
    }
    if let Ok(Some(unshared)) = ctx.store.unshared()
        && unshared.commits > 0
    {
        let says = format!("{} not on {remote}/{branch} yet", count(unshared.commits, "commit"));
        checks.push(Check::note("shared", says).fix("inc sync"));
    }
    checks
}

fn asked(ctx: &Ctx, health: &Health, remote: &str, label: &str) -> Check {
    // A repository from elsewhere must not have a program run because somebody looked at it.
    if !health.own_programs.is_empty() && !ctx.is_trusted() {
        let names = health.own_programs.join(", ");
        let says = format!("{label}, not asked: the repository's own settings name {names}");
        return Check::note("remote", says).fix("inc sync asks; inc trust lets inc doctor ask too");
    }
    match ctx.store.reach(remote, &sharing::way(false), LIMIT) {
        Ok(Reached::Yes) => Check::ok("remote", format!("{label} answers")),
        Ok(Reached::Slow) => Check::mend(
            "remote",
            format!("{label} did not answer within {} seconds", LIMIT.as_secs()),
            "look at the network; everything is kept, and inc sync shares it later",
        ),
        Ok(Reached::No(Refusal::NoAccess(said))) => Check::mend(
            "remote",
            format!("{label} does not let you in: {said}"),
            format!("git fetch {remote}, which asks for what it needs"),
        ),
        Ok(Reached::No(Refusal::Unreachable(said) | Refusal::Other(said))) => Check::mend(
            "remote",
            format!("{label} cannot be reached: {said}"),
            format!("look at the network, or git remote set-url {remote} URL"),
        ),
        Err(e) => Check::failed("remote", &from_store(e)),
    }
}
