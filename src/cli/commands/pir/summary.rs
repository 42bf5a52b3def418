//! `inc pir summary`

use clap::Args;

use super::{FILE, check};
use crate::approval::{Of, digest};
use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::Record;
use crate::render;
use crate::render::review_summary::{SummaryApproval, review_summary};
use crate::reports::approvals::needs;
use crate::reports::review_context;

/// Print a review's state as Markdown for one comment of its pull request
///
/// Figures from the record, what `inc pir check` finds, which approvals are there. It begins with
/// `<!-- inc:summary ID -->`, by which a job finds its comment again and replaces it.
#[derive(Debug, Args)]
pub(super) struct SummaryArgs {
    #[command(flatten)]
    which: Which,
    /// Language; the review's own by default
    #[arg(long)]
    locale: Option<String>,
}

pub(super) fn run(ctx: &mut Ctx, args: &SummaryArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let path = format!("{}/{FILE}", id.folder());
    if record.review.is_none() {
        return Err(Diagnostic::error("no-review", format!("{id} has no review yet"))
            .help(format!("inc pir draft {}", id.suffix()))
            .into());
    }
    let text = ctx.text(&path)?;
    ctx.print(&text_of(ctx, &record, &text, args.locale.as_deref())?)?;
    Ok(Exit::Done)
}

/// The summary of a review whose document is this text.
pub(super) fn text_of(
    ctx: &Ctx,
    record: &Record,
    text: &str,
    locale: Option<&str>,
) -> Result<String> {
    let tag = locale
        .map(str::to_owned)
        .or_else(|| super::written_in(text))
        .or_else(|| ctx.config.locales.first().cloned())
        .unwrap_or_else(|| "en".to_owned());
    let locale = ctx.locale(&tag)?;
    let name = format!("report/review_summary.{tag}.md");
    let templates = ctx.template(&name)?;
    if !templates.contains(&name) {
        return Err(Diagnostic::error("no-template", format!("there is no template {name}"))
            .help(format!("write templates/{name}.hbs, or choose another --locale"))
            .into());
    }
    // Without a check there is still something to show.
    let found = check::of_record(ctx, &record.id).unwrap_or_default();
    let company = ctx.company()?;
    let hash = digest(text.as_bytes());
    let of = Of::Review.to_string();
    let approvals: Vec<SummaryApproval> = needs(record, &company, ctx.clock.now, &Of::Review)
        .into_iter()
        .map(|need| {
            let given = record
                .approvals
                .iter()
                .filter(|a| a.of == of && a.role.as_ref() == Some(&need.role));
            let last = given.max_by_key(|a| a.at);
            SummaryApproval {
                by: last.map(|a| a.by.clone()),
                stale: last.is_some_and(|a| a.sha256.as_deref() != Some(hash.as_str())),
                role: need.role,
            }
        })
        .collect();
    let context = review_context(record, &company, &tag, ctx.clock.now);
    let data =
        review_summary(render::review(&context, &locale), record, &found, &approvals, &locale);
    let text = templates.render(&name, &data)?;
    Ok(ctx.masked("the summary", &text))
}
