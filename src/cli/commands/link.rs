//! `inc link`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::incident::Link;

/// Link something to read: a graph, a document, a change
#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// Where it is
    url: String,
    /// Incident; left out when exactly one is open
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// What it is
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &LinkArgs) -> Result {
    let id = ctx.which(args.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let record = ctx.change(&id, "link", args.writing.dry_run, at, |record, _| {
        if !record.links.iter().any(|l| l.url == args.url) {
            record.links.push(Link {
                url: args.url.clone(),
                title: args.title.clone(),
                ..Link::default()
            });
        }
        Ok(())
    })?;
    ctx.say(&format!("{} · linked {}", record.id, args.url))?;
    Ok(Exit::Done)
}
