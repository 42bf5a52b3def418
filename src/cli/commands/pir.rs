//! `inc pir`

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::args::{Which, Writing};
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::diag::{Diagnostic, Source};
use crate::incident::{EntryKind, IncidentId, Record};
use crate::render;
use crate::reports::review_context;
use crate::review::refresh;
use crate::store::{Before, Change};

/// Post-incident reviews
#[derive(Debug, Args)]
pub(crate) struct PirArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write pir.md from the record and the template; computed parts stand between markers
    Draft(DraftArgs),
    /// Renew the computed parts; every word that people wrote stays
    Refresh(DraftArgs),
}

#[derive(Debug, Args)]
struct DraftArgs {
    #[command(flatten)]
    which: Which,
    /// Language; the workspace's first by default
    #[arg(long)]
    locale: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &PirArgs) -> Result {
    match &args.verb {
        Verb::Draft(args) => draft(ctx, args),
        Verb::Refresh(args) => renew(ctx, args),
    }
}

/// The review's path below the incident's folder.
const FILE: &str = "pir.md";

fn draft(ctx: &mut Ctx, args: &DraftArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    if record.restricted.is_some() {
        return Err(Diagnostic::error(
            "restricted",
            format!("{id} is a stub; its details are in another workspace"),
        )
        .help("draft its review there")
        .into());
    }
    let path = format!("{}/{FILE}", id.folder());
    if ctx.store.read(&path).map_err(from_store)?.is_some() {
        return Err(Diagnostic::error(
            "review-exists",
            format!("{path} is there already; a new draft would lose its words"),
        )
        .help(format!("inc pir refresh {} renews the computed parts", id.suffix()))
        .into());
    }
    let text = text(ctx, &record, args.locale.as_deref())?;
    let change = Change {
        path: path.clone().into(),
        before: Before::Absent,
        after: Some(text.into_bytes()),
    };
    write(ctx, &id, args, change, "review drafted")?;
    ctx.say(&format!("{id} · {path}"))?;
    ctx.talk(&format!(
        "write below the prompts, then: inc pir refresh {0} · inc check {0} --tier strict",
        id.suffix()
    ));
    Ok(Exit::Done)
}

fn renew(ctx: &mut Ctx, args: &DraftArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    if record.review.as_ref().is_some_and(|r| r.frozen_at.is_some()) {
        return Err(Diagnostic::error(
            "review-frozen",
            format!("the review of {id} is approved and frozen"),
        )
        .into());
    }
    let path = format!("{}/{FILE}", id.folder());
    if !args.writing.dry_run {
        ctx.mask_by_hand(&id, &path)?;
    }
    let Some(bytes) = ctx.store.read(&path).map_err(from_store)? else {
        return Err(Diagnostic::error("no-review", format!("{path} does not exist"))
            .help(format!("inc pir draft {}", id.suffix()))
            .into());
    };
    let old = ctx.text(&path)?;
    let locale = args.locale.clone().or_else(|| written_in(&old));
    let new = text(ctx, &record, locale.as_deref())?;
    let refreshed = refresh(Source::new(&path, &old), Source::new("template", &new))?;
    if refreshed.text == old {
        ctx.talk("nothing to renew");
        return Ok(Exit::Done);
    }
    let change = Change {
        path: path.into(),
        before: Before::Text(bytes),
        after: Some(ctx.masked(FILE, &refreshed.text).into_bytes()),
    };
    write(ctx, &id, args, change, "review refreshed")?;
    ctx.say(&format!("{id} · renewed {}", refreshed.changed.join(", ")))?;
    Ok(Exit::Done)
}

/// The language that a review's front matter names.
fn written_in(text: &str) -> Option<String> {
    let (head, _) = crate::communication::front_matter(text)?;
    head.lines().find_map(|l| l.strip_prefix("locale:")).map(|l| l.trim().to_owned())
}

fn text(ctx: &Ctx, record: &Record, locale: Option<&str>) -> Result<String> {
    let tag = locale.map_or_else(
        || ctx.config.locales.first().cloned().unwrap_or_else(|| "en".into()),
        str::to_owned,
    );
    let locale = ctx.locale(&tag)?;
    let templates = ctx.templates()?;
    let name = format!("pir.{tag}.md");
    if !templates.contains(&name) {
        return Err(Diagnostic::error("no-template", format!("there is no template {name}"))
            .help(format!("write templates/{name}.hbs, or choose another --locale"))
            .into());
    }
    let context = review_context(record, &ctx.company()?, &tag, ctx.clock.now);
    let text = templates.render(&name, &render::review(&context, &locale))?;
    Ok(ctx.masked(FILE, &text))
}

fn write(
    ctx: &mut Ctx,
    id: &IncidentId,
    args: &DraftArgs,
    change: Change,
    words: &str,
) -> Result<()> {
    let at = args.writing.at(ctx)?;
    ctx.change_with(id, "pir", args.writing.dry_run, at, "", |record, act| {
        let review = record.review.get_or_insert_default();
        if review.file.is_none() {
            review.file = Some(FILE.to_owned());
            record.add_entry(act, EntryKind::Note, words, false);
        }
        Ok(vec![change.clone()])
    })?;
    Ok(())
}
