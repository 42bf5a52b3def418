//! `inc pir`

mod check;
mod publish;
mod rca;
mod submit;
mod summary;

use clap::{Args, Subcommand};

use crate::approval::Of;
use crate::cli::Ctx;
use crate::cli::approve::{Approving, approve};
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
    ///
    /// It has the sections that standards/review.toml asks for, by severity, kind and harm. --for makes
    /// a business client's own analysis of it: its impact alone, its zone, no internals.
    Draft(FirstArgs),
    /// Renew the computed parts; every word that people wrote stays
    Refresh(DraftArgs),
    Check(check::CheckArgs),
    Submit(submit::SubmitArgs),
    Summary(summary::SummaryArgs),
    Publish(publish::PublishArgs),
    /// Approve the exact words of pir.md; with the last approval that is needed it is frozen
    ///
    /// Records who, in which role, when, and the SHA-256 of the file. standards/approvals.toml says
    /// who may; whoever wrote or led the review may not.
    Approve(ApproveArgs),
    /// Thaw an approved review; its approvals are taken back, and history keeps them
    Reopen {
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long, value_name = "WORDS")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
}

#[derive(Debug, Args)]
struct ApproveArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    approving: Approving,
}

#[derive(Debug, Args)]
struct FirstArgs {
    #[command(flatten)]
    draft: DraftArgs,
    /// A business client: its own analysis, in a file of its own and in its language
    #[arg(long = "for", value_name = "CLIENT")]
    client: Option<String>,
    /// With --for: the final analysis, with cause and actions; the preliminary one by default
    #[arg(long = "final", requires = "client")]
    last: bool,
}

#[derive(Debug, Args)]
struct DraftArgs {
    #[command(flatten)]
    which: Which,
    /// Language; the workspace's first by default
    #[arg(long)]
    locale: Option<String>,
    /// Every entry of the timeline, not only those marked for the review; it stays so when refreshed
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    writing: Writing,
}

/// Whether the checkout's branch is one on which a review is proposed: then it is meant.
pub(crate) fn on_its_branch(branch: Option<&str>) -> bool {
    branch.is_some_and(|branch| branch.starts_with("review/"))
}

pub(crate) fn run(ctx: &mut Ctx, args: &PirArgs) -> Result {
    match &args.verb {
        Verb::Draft(args) => first(ctx, args),
        Verb::Refresh(args) => renew(ctx, args),
        Verb::Check(args) => check::run(ctx, args),
        Verb::Submit(args) => submit::run(ctx, args),
        Verb::Summary(args) => summary::run(ctx, args),
        Verb::Publish(args) => publish::run(ctx, args),
        Verb::Approve(args) => give(ctx, args),
        Verb::Reopen { which, reason, writing } => thaw(ctx, which, reason, writing),
    }
}

fn thaw(ctx: &mut Ctx, which: &Which, reason: &str, writing: &Writing) -> Result {
    let id = ctx.which(which.id.as_deref())?;
    let at = writing.at(ctx)?;
    if reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let (mut gone, of) = (Vec::new(), Of::Review.to_string());
    ctx.change(&id, "pir", writing.dry_run, at, |record, act| {
        let by = record.approvals.iter().filter(|a| a.of == of).map(|a| a.by.clone());
        gone = by.collect();
        let frozen = record.review.as_ref().is_some_and(|r| r.frozen_at.is_some());
        if gone.is_empty() && !frozen {
            return Err(Diagnostic::error("not-approved", "nobody has approved this review yet")
                .help(format!("edit it as it is: inc pir refresh {}", record.id.suffix()))
                .into());
        }
        if let Some(review) = &mut record.review {
            review.frozen_at = None;
        }
        record.approvals.retain(|a| a.of != of);
        let whose = if gone.is_empty() { "nobody".to_owned() } else { gone.join(", ") };
        let words = format!("review reopened: {reason}; approvals taken back: {whose}");
        record.add_entry(act, EntryKind::Decision, words, false);
        Ok(())
    })?;
    ctx.say(&format!("{id} · review reopened; {} approvals taken back", gone.len()))?;
    Ok(Exit::Done)
}

fn give(ctx: &mut Ctx, args: &ApproveArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let given = approve(ctx, &id, &Of::Review, "pir", &args.approving)?;
    ctx.say(&given.line())?;
    if given.missing.is_empty() && !args.approving.dry_run {
        ctx.talk("the review has every approval that it needs, and is frozen");
    }
    Ok(Exit::Done)
}

/// The review's path below the incident's folder.
const FILE: &str = "pir.md";

fn first(ctx: &mut Ctx, args: &FirstArgs) -> Result {
    let Some(client) = &args.client else { return draft(ctx, &args.draft) };
    let id = ctx.which(args.draft.which.id.as_deref())?;
    let locale = args.draft.locale.as_deref();
    rca::draft(ctx, &id, client, args.last, locale, &args.draft.writing)
}

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
    let text = text(ctx, &record, args.locale.as_deref(), args.full)?;
    let company = ctx.company()?;
    let owed = crate::reports::reviews::owed_by(&record, &company, ctx.clock.now);
    let text = company.standard.review_rules().only_owed(&text, &owed.unwrap_or_default());
    let change = Change {
        path: path.clone().into(),
        before: Before::Absent,
        after: Some(text.into_bytes()),
    };
    write(ctx, &id, args, change, "review drafted")?;
    ctx.say(&format!("{id} · {path}"))?;
    ctx.talk(&format!(
        "write below the prompts, then: inc pir check {0} · inc pir submit {0}",
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
        .help(format!("inc pir reopen {} --reason WORDS", id.suffix()))
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
    let full = args.full || front(&old, "timeline:").as_deref() == Some("full");
    let new = text(ctx, &record, locale.as_deref(), full)?;
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
    front(text, "locale:")
}

/// What a line of the front matter says.
fn front(text: &str, key: &str) -> Option<String> {
    let (head, _) = crate::communication::front_matter(text)?;
    head.lines().find_map(|l| l.strip_prefix(key)).map(|l| l.trim().to_owned())
}

fn text(ctx: &Ctx, record: &Record, locale: Option<&str>, full: bool) -> Result<String> {
    let tag = locale.map_or_else(
        || ctx.config.locales.first().cloned().unwrap_or_else(|| "en".into()),
        str::to_owned,
    );
    let locale = ctx.locale(&tag)?;
    let name = format!("pir.{tag}.md");
    let templates = ctx.template(&name)?;
    if !templates.contains(&name) {
        return Err(Diagnostic::error("no-template", format!("there is no template {name}"))
            .help(format!("write templates/{name}.hbs, or choose another --locale"))
            .into());
    }
    let mut context = review_context(record, &ctx.company()?, &tag, ctx.clock.now);
    context.full_timeline = full;
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
