//! `inc sync`

use clap::Args;
use serde_json::json;

use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, sharing};
use crate::incident::IncidentId;
use crate::store::{StoreError, Synced};

/// Share what was written here, and bring in what others wrote
///
/// Fetches, brings both sides together record by record, and pushes; again if somebody else was
/// first. It works through your own git: your keys, credentials, proxies and hooks. Off-line it says
/// so and keeps everything for the next time, exit code 3. Nothing is forced, and your unrelated
/// changes, branches and index stay as they are.
#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// Go on although the branch was rewritten or deleted there; nothing that is here is dropped
    #[arg(long)]
    accept_rewritten: bool,
    /// List what would be shared, without asking the remote
    #[arg(long)]
    dry_run: bool,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
    /// As commands do it by themselves
    #[arg(long, hide = true)]
    background: bool,
}

/// How often a background sync looks whether there is more to share.
const ROUNDS: usize = 20;

pub(crate) fn run(ctx: &mut Ctx, args: &SyncArgs) -> Result {
    if args.dry_run {
        return dry_run(ctx, args.format == "json");
    }
    if args.background {
        return background(ctx);
    }
    let attended = ctx.can_ask();
    let synced = ctx.sync(attended, args.accept_rewritten)?;
    if args.format == "json" {
        ctx.say(&as_json(&synced).to_string())?;
    } else {
        for note in &synced.notes {
            ctx.talk(note);
        }
        ctx.say(&words(&synced))?;
        for line in conflicts(&synced) {
            ctx.say(&line)?;
        }
    }
    match synced.waiting {
        // All records are shared; the standard still is as it was.
        Some(trouble) => {
            let trouble = StoreError::Sync(trouble);
            Err(from_store(trouble))
        }
        None => Ok(Exit::Done),
    }
}

/// `incidents: 3 commits from origin/incidents, 2 commits to it`.
fn words(synced: &Synced) -> String {
    let commits = |n: usize| if n == 1 { "1 commit".to_owned() } else { format!("{n} commits") };
    let Synced { branch, label, brought, shared, created, .. } = synced;
    let to = if *created { "made there" } else { "to it" };
    match (brought, shared) {
        (0, 0) => format!("{branch} · {label} has everything, and brings nothing new"),
        (0, n) => format!("{branch} · {label}: {} {to}", commits(*n)),
        (n, 0) => format!("{branch} · {label}: {} from it", commits(*n)),
        (n, m) => format!("{branch} · {label}: {} from it, {} {to}", commits(*n), commits(*m)),
    }
}

fn conflicts(synced: &Synced) -> Vec<String> {
    let mut lines = Vec::new();
    for name in in_conflict(synced) {
        let suffix = name.rsplit('-').next().unwrap_or(name);
        let next = match name.parse::<IncidentId>() {
            Ok(_) => "resolve-conflict",
            Err(_) => "problems show",
        };
        lines.push(format!("{name} · both sides are kept: inc {next} {suffix}"));
    }
    lines
}

/// The incidents whose two sides conflict, by the names of their folders, and the problems.
fn in_conflict(synced: &Synced) -> impl Iterator<Item = &str> {
    synced.conflicts.iter().filter_map(|path| match path.starts_with("problems") {
        true => path.file_stem()?.to_str(),
        false => path.parent()?.file_name()?.to_str(),
    })
}

/// The answer of `--format json`.
fn as_json(synced: &Synced) -> serde_json::Value {
    let waiting = synced.waiting.clone().map(|trouble| {
        let trouble = StoreError::Sync(trouble);
        json!({"code": trouble.code(), "message": trouble.to_string(), "help": trouble.help()})
    });
    json!({
        "schema": 1,
        "branch": synced.branch,
        "remote": synced.label,
        "brought": synced.brought,
        "shared": synced.shared,
        "created": synced.created,
        "conflicts": in_conflict(synced).collect::<Vec<_>>(),
        "notes": synced.notes,
        "waiting": waiting,
    })
}

fn dry_run(ctx: &mut Ctx, json: bool) -> Result {
    let (label, outgoing) = ctx.store.outgoing().map_err(from_store)?;
    if json {
        let commits = outgoing.iter().map(|c| json!({"commit": c.commit, "subject": c.subject}));
        let answer = json!({"schema": 1, "remote": label, "commits": commits.collect::<Vec<_>>()});
        ctx.say(&answer.to_string())?;
        return Ok(Exit::Done);
    }
    ctx.talk(&format!("{} commits would go to {label}", outgoing.len()));
    for commit in outgoing {
        let name = commit.commit.get(..10).unwrap_or_default();
        ctx.say(&format!("{name}  {}", crate::render::terminal_safe(&commit.subject)))?;
    }
    Ok(Exit::Done)
}

/// One at a time: who finds another one at work leaves it to that one, which looks again when it
/// is done.
fn background(ctx: &mut Ctx) -> Result {
    sharing::leave_session();
    for _ in 0..ROUNDS {
        let Some(turn) = ctx.store.take_turn().map_err(from_store)? else { return Ok(Exit::Done) };
        let done = ctx.sync(false, false);
        drop(turn);
        let at = ctx.clock.now;
        let synced = match done {
            Ok(synced) => synced,
            Err(failure) => {
                ctx.talk(&format!("{at} {}", sharing::one_line(&failure)));
                return Ok(failure.exit);
            }
        };
        ctx.talk(&format!("{at} {}", words(&synced)));
        // Somebody who came between the push and here went away because of this turn.
        if ctx.store.tip_is(&synced.branch, &synced.tip) {
            return Ok(Exit::Done);
        }
    }
    Ok(Exit::Done)
}
