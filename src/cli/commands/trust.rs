//! `inc trust`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};

/// Allow on this machine what the workspace's settings name: automatic push, folders elsewhere
///
/// Settings come with the repository, so they take effect here only after somebody has looked.
/// Prints what they name, and notes the hash of inc.toml in .git/inc/trust; when the file changes,
/// it asks again. `inc sync` needs no trust: you typed it.
#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    /// Print what is named and whether it is trusted, and change nothing
    #[arg(long, conflicts_with = "revoke")]
    show: bool,
    /// Take it back
    #[arg(long)]
    revoke: bool,
}

pub(crate) fn run(ctx: &mut Ctx, args: &TrustArgs) -> Result {
    if args.revoke {
        ctx.revoke_trust()?;
        ctx.say("no longer trusted on this machine")?;
        return Ok(Exit::Done);
    }
    let reaches = ctx.reaches();
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
    if args.show {
        ctx.say(match (ctx.is_trusted(), ctx.was_trusted()) {
            (true, _) => "trusted, inc.toml as it is",
            (false, true) => "not trusted: inc.toml has changed since it was",
            (false, false) => "not trusted",
        })?;
        return Ok(Exit::Done);
    }
    ctx.trust()?;
    ctx.say("trusted, inc.toml as it is; when it changes, inc asks again")?;
    Ok(Exit::Done)
}
