//! `inc trust`

use clap::Args;
use serde_json::json;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};

/// Allow on this machine what the workspace's settings name: push, folders elsewhere, sending
///
/// Settings come with the repository, so they take effect here only after somebody has looked.
/// Prints what they name, and notes the hashes of inc.toml and standards/integrations.toml in
/// .git/inc/trust; when one of them changes, it asks again. `inc sync` needs no trust: you typed it.
#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    /// Print what is named and whether it is trusted, and change nothing
    #[arg(long, conflicts_with = "revoke")]
    show: bool,
    /// Take it back
    #[arg(long)]
    revoke: bool,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &TrustArgs) -> Result {
    let reaches = ctx.reaches();
    if args.revoke {
        ctx.revoke_trust()?;
    } else if !args.show {
        ctx.trust()?;
    }
    if args.format == "json" {
        let names: Vec<_> =
            reaches.iter().map(|r| json!({"what": r.what, "words": r.words})).collect();
        let (trusted, changed) = (ctx.is_trusted(), !ctx.is_trusted() && ctx.was_trusted());
        let answer = json!({"schema": 1, "names": names, "trusted": trusted, "changed": changed});
        ctx.say(&answer.to_string())?;
        return Ok(Exit::Done);
    }
    if args.revoke {
        ctx.say("no longer trusted on this machine")?;
        return Ok(Exit::Done);
    }
    if reaches.is_empty() {
        ctx.say("inc.toml names nothing that needs trust")?;
    } else {
        ctx.say("with trust, inc would on this machine use")?;
        for reach in &reaches {
            ctx.say(&format!("  {:<10}  {}", reach.what, reach.words))?;
        }
    }
    if args.show && reaches.is_empty() {
        return Ok(Exit::Done);
    }
    ctx.say(match (args.show, ctx.is_trusted(), ctx.was_trusted()) {
        (false, ..) => "trusted, inc.toml as it is; when it changes, inc asks again",
        (true, true, _) => "trusted, inc.toml as it is",
        (true, false, true) => "not trusted: inc.toml has changed since it was",
        (true, false, false) => "not trusted",
    })?;
    Ok(Exit::Done)
}
