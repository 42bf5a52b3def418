//! `inc pir submit`

use std::path::Path;

use clap::Args;

use super::{FILE, summary};
use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::cli::hosting::{self, Hosting};
use crate::diag::Diagnostic;
use crate::incident::{IncidentId, Record};
use crate::render::terminal_safe;
use crate::store::{Before, Change, Proposed, Tree, write_outside};

/// Put the review on a branch for a pull request, push it, and say what comes next
///
/// The branch is review/ID. Words that you typed into pir.md and did not commit go there with it; the
/// checkout then has the review of the live branch again, and `git switch review/ID` goes on writing.
/// Where there is a remote the branch is pushed. Prints the page on which the pull request is opened
/// and a file with its text; --create has gh or glab open it, where one is installed.
#[derive(Debug, Args)]
pub(super) struct SubmitArgs {
    #[command(flatten)]
    which: Which,
    /// Have gh or glab open the pull request
    #[arg(long)]
    create: bool,
    /// Language of the pull request's text; the review's own by default
    #[arg(long)]
    locale: Option<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// The text of the pull request, in `.git/inc/`.
const BODY: &str = "review-body.md";

/// The branch on which a review is proposed.
pub(super) fn branch_of(id: &IncidentId) -> String {
    format!("review/{id}")
}

pub(super) fn run(ctx: &mut Ctx, args: &SubmitArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let path = format!("{}/{FILE}", id.folder());
    refuse(&record, &id)?;
    let Some(bytes) = ctx.store.read(&path).map_err(from_store)? else {
        return Err(Diagnostic::error("no-review", format!("{path} does not exist"))
            .help(format!("inc pir draft {}", id.suffix()))
            .into());
    };
    let branch = branch_of(&id);
    let here = ctx.store.checked_out().as_deref() == Some(branch.as_str());
    if !here && !args.dry_run {
        // What reviewers pushed meanwhile is gone on from, never replaced.
        ctx.follow_proposal(&branch)?;
    }
    let text = match if here { None } else { proposed_before(ctx, &branch, &path, &bytes)? } {
        Some(there) => there,
        None => ctx.text(&path)?,
    };
    let submitted = in_review(&ctx.masked(FILE, &text));
    let title = format!("{id}: review of {}", record.title);
    if args.dry_run {
        let change = Change {
            path: path.into(),
            before: Before::Text(bytes),
            after: Some(submitted.into_bytes()),
        };
        ctx.show_file_diff(&change)?;
        ctx.say(&format!("would go to the branch {branch}"))?;
        return Ok(Exit::Done);
    }
    ctx.recover();
    // Before the checkout has the live branch's review again.
    let body = summary::text_of(ctx, &record, &submitted, args.locale.as_deref())?;
    let proposed = if here {
        let change = Change {
            path: path.clone().into(),
            before: Before::Text(bytes.clone()),
            after: Some(submitted.clone().into_bytes()),
        };
        let by_hand = format!("{id}: review written");
        ctx.commit_files(
            vec![change],
            &format!("{id}: review submitted"),
            "",
            "pir submit",
            Some(by_hand),
        )?;
        let into = ctx.proposals_go_to()?;
        if !ctx.store.has_all_of(&branch, &into).map_err(from_store)? {
            ctx.talk(&format!(
                "{into} has changed since: git merge {into}, so that the platform need not merge \
                 the record by lines"
            ));
        }
        ctx.push_own(&branch, &into)?
    } else {
        let message = format!(
            "{id}: review submitted\n\n{}: pir submit\n{}",
            crate::store::COMMAND_TRAILER,
            ctx.pretence()
        );
        let proposed = ctx.propose(&branch, &[(path.as_str(), submitted.as_bytes())], &message)?;
        settle(ctx, &path, &bytes)?;
        proposed
    };
    ctx.store.put_own_file(BODY, Some(body.as_bytes())).map_err(from_store)?;
    tell(ctx, &id, &proposed, &title, &body, args.create)
}

/// The review as its branch has it already: words that were typed there are never replaced from here.
fn proposed_before(ctx: &Ctx, branch: &str, path: &str, bytes: &[u8]) -> Result<Option<String>> {
    let Some(tip) = ctx.store.proposal(branch) else { return Ok(None) };
    let Some(there) = ctx.store.read_at(&tip, path).map_err(from_store)? else { return Ok(None) };
    let committed = ctx.store.read_at("HEAD", path).map_err(from_store)?;
    let typed = committed.is_some_and(|c| c != bytes);
    if typed && there != bytes {
        let message = format!("{branch} has the review already, and {path} was changed here since");
        return Err(Diagnostic::error("review-elsewhere", message)
            .help(format!("write there: git stash, git switch {branch}, git stash pop"))
            .into());
    }
    Ok(String::from_utf8(there).ok())
}

/// What cannot be reviewed any more, or nowhere here.
fn refuse(record: &Record, id: &IncidentId) -> Result<()> {
    if record.restricted.is_some() {
        let message = format!("{id} is a stub; its details are in another workspace");
        return Err(Diagnostic::error("restricted", message)
            .help("submit its review there")
            .into());
    }
    if record.review.as_ref().is_some_and(|r| r.frozen_at.is_some()) {
        return Err(Diagnostic::error(
            "review-frozen",
            format!("the review of {id} is approved and frozen"),
        )
        .help(format!("inc pir reopen {} --reason WORDS", id.suffix()))
        .into());
    }
    Ok(())
}

/// The review with the status that its front matter had replaced: so there is something to merge
/// also where the words are on the live branch already.
fn in_review(text: &str) -> String {
    let Some((head, _)) = crate::communication::front_matter(text) else { return text.to_owned() };
    let mut done = false;
    let mut out = String::with_capacity(text.len() + 8);
    let from = text.find(head).unwrap_or(0);
    out.push_str(text.get(..from).unwrap_or_default());
    for line in head.split_inclusive('\n') {
        if !done && line.starts_with("status:") {
            let end = line.get(line.trim_end_matches(['\r', '\n']).len()..).unwrap_or_default();
            out.push_str("status: in review");
            out.push_str(end);
            done = true;
        } else {
            out.push_str(line);
        }
    }
    out.push_str(text.get(from + head.len()..).unwrap_or_default());
    out
}

/// Gives the checkout the live branch's review again, once the branch holds the words.
fn settle(ctx: &Ctx, path: &str, bytes: &[u8]) -> Result<()> {
    if matches!(ctx.store.tree(), Tree::Live { .. }) {
        return Ok(());
    }
    let committed = ctx.store.read_at("HEAD", path).map_err(from_store)?;
    let Some(committed) = committed.filter(|c| c != bytes) else { return Ok(()) };
    write_outside(&ctx.root().join(path), &committed).map_err(from_store)?;
    ctx.talk("what you wrote is on the branch; the checkout has the live branch's review again");
    Ok(())
}

fn tell(
    ctx: &Ctx,
    id: &IncidentId,
    proposed: &Proposed,
    title: &str,
    body: &str,
    create: bool,
) -> Result {
    let Proposed { branch, into, remote, .. } = proposed;
    let pushed = remote.as_ref().map_or_else(
        || "there is no remote: push it where your reviewers look".to_owned(),
        |remote| format!("pushed to {}", terminal_safe(remote)),
    );
    let news = if proposed.changed { "" } else { ", as it was" };
    ctx.say(&format!("{id} · review on {branch}{news} · {pushed}"))?;
    let file = ctx.store.own_path(BODY);
    let hosting = proposed.address.as_deref().and_then(Hosting::of);
    let program = hosting.as_ref().and_then(|h| h.program(branch, into, title, &file));
    if let Some(hosting) = &hosting {
        ctx.say(&format!("open the pull request: {}", hosting.new_request(branch, into, title)))?;
    } else if remote.is_some() {
        ctx.say(&format!("open a pull request from {branch} into {into} where the remote lives"))?;
    }
    ctx.say(&format!("its text: {}", file.display()))?;
    match (&program, create) {
        (Some(words), true) => {
            let folder: &Path = ctx.root();
            let opened = hosting::run(words, body, folder).unwrap_or(false);
            if !opened {
                let message = format!("`{}` did not open it", hosting::typed(words));
                return Err(Diagnostic::error("request-not-opened", message)
                    .help("the branch is there; open it by hand on the page above")
                    .into());
            }
        }
        (Some(words), false) => ctx.talk(&format!("or: {}", hosting::typed(words))),
        (None, true) => {
            ctx.talk("neither gh nor glab is installed for this remote; open it on the page")
        }
        (None, false) => {}
    }
    ctx.talk(&format!("who approves it: git switch {branch} · inc pir approve {}", id.suffix()));
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::in_review;

    #[test]
    fn one_line_of_the_front_matter_changes() {
        let text = "---\nincident: X\nstatus: draft\nlocale: en\n---\nstatus: draft\n";
        assert_eq!(
            in_review(text),
            "---\nincident: X\nstatus: in review\nlocale: en\n---\nstatus: draft\n"
        );
        assert_eq!(in_review("status: draft\n"), "status: draft\n");
        assert_eq!(
            in_review("---\r\nstatus: draft\r\n---\r\nx"),
            "---\r\nstatus: in review\r\n---\r\nx"
        );
    }
}
