//! `inc merge-driver`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Call;
use crate::cli::ctx::from_store;
use crate::cli::error::{self, Exit, Failure, Result};
use crate::diag::Source;
use crate::merge::{self, Merged, Unmergeable};
use crate::store::{read_outside, write_outside};
use crate::yaml::text_of;

/// Merge three versions of a record or a problem, as git asks for it
///
/// Git runs this where they meet: in merge, rebase, cherry-pick, pull and stash pop. It writes
/// the merged one over OURS. Exit code 0: merged; 1: merged, and a field is in conflict; 2: not
/// merged, and nothing written, so that git merges by lines. See `inc help -k git`.
#[derive(Debug, Args)]
pub(crate) struct MergeDriverArgs {
    /// The version that both came from (%O); empty if there was none
    base: PathBuf,
    /// This side's version (%A)
    ours: PathBuf,
    /// The other side's version (%B)
    theirs: PathBuf,
    /// Width of conflict markers (%L); a merge by meaning has none
    width: Option<String>,
    /// Path of the file (%P): what it is, and for messages
    path: Option<String>,
}

pub(crate) fn run(call: Call, args: &MergeDriverArgs) -> Result {
    let path = args.path.clone().unwrap_or_else(|| args.ours.display().to_string());
    let [base, ours, theirs] =
        [(&args.base, "before"), (&args.ours, "ours"), (&args.theirs, "theirs")]
            .map(|(file, side)| read(file, &format!("{path} ({side})")));
    let (base, ours, theirs) = (base?, ours?, theirs?);
    let [before, here, there] = ["before", "ours", "theirs"].map(|side| format!("{path} ({side})"));
    let base = (!base.trim().is_empty()).then(|| Source::new(&before, &base));
    let problem = problem_of(&path);
    let merge = if problem.is_some() { merge::merge_problem } else { merge::merge };
    let merged = merge(base, Source::new(&here, &ours), Source::new(&there, &theirs));
    let Merged { text, conflicts, notes } = match merged {
        Ok(merged) => merged,
        Err(why) => return Err(by_lines(call, &path, why)),
    };
    write_outside(&args.ours, text.as_bytes()).map_err(from_store)?;
    for note in notes {
        call.out.talk(&format!("{path}: {note}"));
    }
    if conflicts.is_empty() {
        return Ok(Exit::Done);
    }
    let id = Path::new(&path).parent().and_then(Path::file_name).unwrap_or_default();
    let (what, next) = match &problem {
        Some(id) => ("problem", format!("inc problems show {id}")),
        None => ("record", format!("inc resolve-conflict {}", id.display())),
    };
    call.out.talk(&format!(
        "{path}: changed differently on both sides: {}; the {what} keeps both values: {next}",
        conflicts.join(", "),
    ));
    Ok(Exit::No)
}

/// The problem whose file a path is.
pub(super) fn problem_of(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?.strip_suffix(".yaml")?;
    name.starts_with("PRB-").then(|| name.to_owned())
}

fn read(file: &Path, name: &str) -> Result<String> {
    let limit = u64::try_from(merge::MAX_BYTES).unwrap_or(u64::MAX);
    let bytes = read_outside(file, limit).map_err(|e| Failure::wrong(from_store(e).found))?;
    Ok(text_of(name, bytes)?)
}

/// Says why git merges by lines; the exit code makes it do so.
fn by_lines(call: Call, path: &str, why: Unmergeable) -> Failure {
    error::print(call.out, &why.into_diagnostics(), false);
    call.out.talk(&format!("{path}: not merged by meaning, so git merges it by lines"));
    Failure::wrong(crate::diag::Diagnostics::default())
}
