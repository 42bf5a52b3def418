//! `inc import`

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::cli::change::new_text;
use crate::cli::ctx::from_store;
use crate::cli::error::{self, Exit, Failure, Result};
use crate::cli::masking::{self, Masks};
use crate::cli::{Ctx, edit_failure, files};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::import::{
    Draft, Imported, Options, Summary, combine, cstate, merge, source_of, statuspage,
};
use crate::incident::{Severity, parse};
use crate::store::{Before, Change};
use crate::{edit, render};

/// Bring past incidents of another tool in, as records
///
/// Run again it adds only what is new. Services map by [import.services] in inc.toml; unknown ones
/// are kept and listed. Times that contradict each other are kept apart and listed.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    /// The incidents JSON that Statuspage's API v2 serves; a file or a folder of them
    Statuspage(What),
    /// A folder of cState issues: Markdown with front matter
    Cstate(What),
}

#[derive(Debug, Args)]
struct What {
    /// File or folder
    path: PathBuf,
    /// Say what would be imported, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// For people, or a documented JSON object
    #[arg(long, value_parser = ["table", "json"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ImportArgs) -> Result {
    let (what, system, endings): (_, _, &[&str]) = match &args.from {
        From::Statuspage(what) => (what, statuspage::SYSTEM, &["json"]),
        From::Cstate(what) => (what, cstate::SYSTEM, &["md"]),
    };
    let (imported, read) = read(ctx, &what.path, system, endings)?;
    error::print(ctx.out, &imported.found, ctx.call.json_errors);
    let mut drafts = combine(imported.drafts);
    // Before they are compared with what is there, or each run would find the masked words new.
    let mut masks = Masks::new();
    for draft in &mut drafts {
        let (record, found) = masking::record(&draft.record)?;
        draft.record = record;
        let id = draft.record.id.to_string();
        masks.extend(found.into_iter().map(|(field, masked)| (format!("{id} {field}"), masked)));
    }
    ctx.say_masked(&masks);
    let summary = Summary::of(&drafts);
    let run = changes(ctx, &drafts)?;
    if !run.changes.is_empty() && !what.dry_run {
        let subject = format!("import {system}: {} new, {} with news", run.new, run.merged);
        if !ctx.commit_files(run.changes, &subject, "", "import", None)? {
            let d = Diagnostic::error(
                "changed-meanwhile",
                "records changed while they were imported; nothing was written",
            );
            return Err(Failure::outside(d.help("run the import again")));
        }
    }
    if what.format == "json" {
        ctx.say(&render::import::json(&summary, run.new, run.merged, run.same).to_string())?;
    } else {
        ctx.print(&render::import::text(
            &summary,
            read,
            run.new,
            run.merged,
            run.same,
            what.dry_run,
        ))?;
    }
    Ok(if imported.found.has_errors() { Exit::Wrong } else { Exit::Done })
}

fn read(ctx: &Ctx, path: &Path, system: &str, endings: &[&str]) -> Result<(Imported, usize)> {
    let problem = |e: std::io::Error| {
        let d = Diagnostic::error(
            "cannot-read",
            format!("{}: {}", path.display(), e.to_string().to_lowercase()),
        );
        Failure::wrong(d.help("name a file or a folder of the tool's history"))
    };
    let found = files::below(path, endings).map_err(problem)?;
    if found.is_empty() {
        let d = Diagnostic::error(
            "nothing-to-import",
            format!("{} holds no .{} file", path.display(), endings.join(" or .")),
        );
        return Err(d.into());
    }
    let mut severities = BTreeMap::new();
    for (theirs, ours) in &ctx.config.import.severity {
        let level: Severity = ours.parse().map_err(|e: crate::incident::UnknownWord| {
            Diagnostic::error(
                "bad-config",
                format!("inc.toml: import.severity.{theirs}: {}", e.message),
            )
            .help(e.help)
        })?;
        severities.insert(theirs.clone(), level);
    }
    let options = Options {
        zone: ctx.config.zone,
        services: &ctx.config.import.services,
        severities: &severities,
    };
    // A site keeps its issues in a folder of that name; a bare folder of issues may have any name.
    let site = found.iter().any(|f| cstate::is_issue(&f.display().to_string()));
    let is_issue = |file: &Path| {
        let below = if site { file } else { file.strip_prefix(path).unwrap_or(file) };
        file == path || cstate::is_issue(&below.display().to_string())
    };
    let progress = progress(found.len());
    let mut imported = Imported::default();
    let mut count = 0;
    for file in &found {
        let name = file.display().to_string();
        progress.inc(1);
        if system == cstate::SYSTEM && !is_issue(file) {
            continue;
        }
        count += 1;
        let bytes = match files::bytes(file) {
            Ok(bytes) => bytes,
            Err(e) => {
                imported.found.push(Diagnostic::error("cannot-read", format!("{name}: {e}")));
                continue;
            }
        };
        if system == statuspage::SYSTEM {
            imported.extend(statuspage::read(&name, &bytes, &options));
        } else {
            match cstate::read(&name, &bytes, &options) {
                Ok(draft) => imported.drafts.push(draft),
                Err(found) => imported.found.extend(found),
            }
        }
    }
    progress.finish_and_clear();
    Ok((imported, count))
}

/// On a terminal a bar on stderr; silent in a pipe.
fn progress(total: usize) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
    bar.set_style(indicatif::ProgressStyle::default_bar());
    bar
}

#[derive(Default)]
struct Run {
    changes: Vec<Change>,
    new: usize,
    merged: usize,
    same: usize,
}

fn changes(ctx: &Ctx, drafts: &[Draft]) -> Result<Run> {
    let mut run = Run::default();
    let mut found = Diagnostics::default();
    // A source may move an incident's start, and with it the id that the start would give: what
    // was imported before is known by its source, not by its id.
    let register = ctx.register_quietly()?;
    let sources: HashMap<(String, String), &str> = register
        .records
        .iter()
        .filter_map(|held| Some((source_of(&held.record)?, held.path.as_str())))
        .collect();
    for draft in drafts {
        let source = (draft.system.to_owned(), draft.source_id.clone());
        let path = sources.get(&source).map_or_else(|| draft.record.id.path(), |p| (*p).to_owned());
        let Some(bytes) = ctx.store.read(&path).map_err(from_store)? else {
            let text = new_text(&draft.record)?;
            run.new += 1;
            run.changes.push(Change {
                path: path.into(),
                before: Before::Absent,
                after: Some(text.into_bytes()),
            });
            continue;
        };
        let text = ctx.text(&path)?;
        let existing = match parse(Source::new(&path, &text)) {
            Ok(parsed) => parsed.record,
            Err(bad) => {
                found.extend(bad);
                continue;
            }
        };
        if !draft.is_of(&existing) {
            found.push(Diagnostic::error(
                "id-taken",
                format!(
                    "{path} holds another incident than {} of {}",
                    draft.source_id, draft.system
                ),
            ));
            continue;
        }
        match merge(&existing, draft) {
            None => run.same += 1,
            Some(record) => {
                let source = Source::new(&path, &text);
                let after = edit::rewrite(source, &existing.to_tree(), &record.to_tree())
                    .map_err(|e| edit_failure(&path, &e))?;
                run.merged += 1;
                run.changes.push(Change {
                    path: path.into(),
                    before: Before::Text(bytes),
                    after: Some(after.into_bytes()),
                });
            }
        }
    }
    error::print(ctx.out, &found, ctx.call.json_errors);
    Ok(run)
}
