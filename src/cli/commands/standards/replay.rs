//! `inc standards replay`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::render::replay as render;
use crate::reports::company::Company;
use crate::reports::replay::replay;

/// Show what a change to the standard would have done to past incidents
///
/// Every record is judged twice: by the standard as it was at --from, and as it is (or at --to).
/// What differs is shown incident by incident and in sum: severity, major incident, targets,
/// gates, the standard's own checks.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Revision of the first standard: HEAD, a tag, a branch
    #[arg(long, value_name = "REV")]
    from: String,
    /// Revision of the second; the files as they are by default
    #[arg(long, value_name = "REV")]
    to: Option<String>,
    /// Only incidents that began since then
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Judge each incident by the version in force when it began, not by each side's newest
    #[arg(long)]
    as_dated: bool,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(super) fn run(ctx: &Ctx, args: &ReplayArgs) -> Result {
    let since = args.since.as_deref().map(|t| ctx.clock.read_past(t)).transpose()?;
    let before = ctx.standard_at(Some(&args.from))?;
    let after = ctx.standard_at(args.to.as_deref())?;
    let register = ctx.register()?;
    let company = |standard| Company {
        standard,
        zone: ctx.clock.zone,
        currency: ctx.currency(),
        register: None,
        documents: Some(ctx),
    };
    let records = register.records.iter().map(|held| &held.record);
    let records =
        records.filter(|r| since.is_none_or(|since| r.began().is_some_and(|b| b >= since)));
    let found = replay(records, &company(&before), &company(&after), args.as_dated, ctx.clock.now);
    if args.format == "json" {
        ctx.say(&render::json(&found, &args.from, args.to.as_deref()).to_string())?;
    } else {
        if !found.changed.is_empty() {
            ctx.print_paged(&render::text(&found))?;
        }
        let to = args.to.as_deref().unwrap_or("the files as they are");
        ctx.talk(&format!(
            "{} incidents judged by {} and by {to}: {} come out differently.",
            found.judged,
            args.from,
            found.changed.len()
        ));
    }
    Ok(ctx.left_out(&register.bad))
}
