//! What `inc doctor` looks at in a workspace's files.

use super::Check;
use crate::cli::Ctx;
use crate::cli::commands::init;
use crate::cli::config::VERSION;
use crate::cli::{environment, files};

pub(super) const SCHEMA: &str = "standards/incident.schema.json";

/// Whether `inc.toml` can be used; it was read.
pub(crate) fn settings(ctx: &Ctx) -> Check {
    let levels = ctx.config.check.levels().map(drop).map_err(Into::into);
    let locales = ctx.config.locales.iter().try_for_each(|tag| ctx.locale(tag).map(drop));
    if let Err(failure) = levels.and(locales) {
        return Check::failed("inc.toml", &failure);
    }
    let requires = match &ctx.config.requires {
        Some(requires) => format!("requires inc {requires}, this is {VERSION}"),
        None => "names no version that it requires".to_owned(),
    };
    Check::ok("inc.toml", format!("{}: {requires}", ctx.root().join("inc.toml").display()))
}

/// The checks on a workspace's files.
pub(crate) fn workspace(ctx: &Ctx) -> Vec<Check> {
    let mut checks = vec![standard(ctx), schema(ctx)];
    checks.extend(super::people::people(ctx));
    checks.extend(pretended(ctx));
    checks.extend([trust(ctx), cache(ctx)]);
    checks.extend(evidence(ctx));
    checks
}

fn standard(ctx: &Ctx) -> Check {
    if let Err(failure) = ctx.standard_quietly() {
        return Check::failed("standard", &failure);
    }
    if ctx.standard_is_broken() {
        return Check::mend("standard", "it has errors", "inc standards check");
    }
    if ctx.standard_has_findings() {
        return Check::note("standard", "it has warnings").fix("inc standards check");
    }
    Check::ok("standard", "it can be read without errors")
}

/// How the schema in the workspace compares with this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    /// It is this program's.
    Ours,
    /// There is none.
    Missing,
    /// As another version of the program wrote it.
    Outdated,
    /// Somebody changed it.
    Changed,
}

pub(super) fn compared(ctx: &Ctx) -> crate::cli::error::Result<Schema> {
    let read = |path| ctx.store.read(path).map_err(crate::cli::ctx::from_store);
    let Some(there) = read(SCHEMA)? else { return Ok(Schema::Missing) };
    let there = init::hash(&String::from_utf8_lossy(&there));
    if there == init::hash(&init::schema_text()) {
        return Ok(Schema::Ours);
    }
    let written = read(init::WRITTEN)?.unwrap_or_default();
    let line = format!("{there}  {SCHEMA}");
    let untouched = String::from_utf8_lossy(&written).lines().any(|l| l == line);
    Ok(if untouched { Schema::Outdated } else { Schema::Changed })
}

fn schema(ctx: &Ctx) -> Check {
    match compared(ctx) {
        Ok(Schema::Ours) => Check::ok("schema", format!("{SCHEMA} is this program's")),
        Ok(Schema::Missing) => {
            Check::mend("schema", format!("{SCHEMA} does not exist"), "inc doctor --fix")
        }
        Ok(Schema::Outdated) => Check::mend(
            "schema",
            format!("{SCHEMA} is another version's: editors complain of the wrong things"),
            "inc doctor --fix",
        ),
        Ok(Schema::Changed) => {
            Check::note("schema", format!("{SCHEMA} was changed by hand, or is another version's"))
                .fix(format!("inc schema incident > {SCHEMA}"))
        }
        Err(failure) => Check::failed("schema", &failure),
    }
}

/// Whether the environment says who types, or when.
fn pretended(ctx: &Ctx) -> Option<Check> {
    let set: Vec<&str> =
        ["INC_AUTHOR", "INC_NOW"].into_iter().filter(|name| environment(name).is_some()).collect();
    if set.is_empty() || ctx.config.sandbox {
        return None;
    }
    let says = format!("{} set: every commit says so, and approvals are refused", set.join(", "));
    Some(Check::note("pretence", says).fix(format!("unset {}", set.join(" "))))
}

fn trust(ctx: &Ctx) -> Check {
    let reaches = ctx.reaches();
    if reaches.is_empty() {
        return Check::ok("trust", "inc.toml names nothing that needs trust");
    }
    if ctx.is_trusted() {
        return Check::ok("trust", "inc.toml is trusted as it is");
    }
    let what: Vec<&str> = reaches.iter().map(|r| r.what).collect();
    let what = what.join(", ");
    let says = match ctx.was_trusted() {
        true => format!("inc.toml has changed since it was trusted; it waits with: {what}"),
        false => format!("inc.toml is not trusted here; it waits with: {what}"),
    };
    Check::note("trust", says).fix("inc trust --show; inc trust")
}

fn cache(ctx: &Ctx) -> Check {
    match ctx.store.unreadable_cache().first() {
        None => Check::ok("cache", "nothing is wrong with it"),
        Some(path) => Check::mend(
            "cache",
            format!("{} cannot be read, so lists read every record", path.display()),
            "inc doctor --fix",
        ),
    }
}

fn evidence(ctx: &Ctx) -> Option<Check> {
    let root = ctx.root().join(ctx.config.evidence.root.as_ref()?);
    let shown = root.display();
    Some(match files::folder_mode(&root) {
        None => Check::mend(
            "evidence",
            format!("{shown} is no folder"),
            format!("mkdir -m 700 '{shown}'"),
        ),
        Some(0o700) => Check::ok("evidence", format!("{shown} is yours alone")),
        Some(mode) => Check::mend(
            "evidence",
            format!("others may look into {shown} (mode {mode:04o})"),
            format!("chmod 700 '{shown}'"),
        ),
    })
}
