//! Merging by meaning as git calls it: one line in the repository's own settings, one in
//! `.gitattributes`.
//!
//! The attribute is committed, so clones have it; the setting is not, and every clone needs its
//! own. So the first writing command there installs it.

use super::Ctx;
use super::ctx::from_store;
use super::error::Result;
use crate::store::Driver;

/// Where git looks for what it runs.
const SETTING: &str = "merge.inc.driver";

/// What git runs of a program (docs/manual/git.md). Where it is not there, or cannot merge by
/// meaning, git merges by lines: without that, a failing driver would leave one side and lose the
/// other.
const CALL: &str = "merge-driver %O %A %B %L %P; s=$?; test $s -le 1 && exit $s; \
                    git merge-file --marker-size=%L %A %O %B";

const NAME: &str = "incident records by meaning (inc)";

/// The file of attributes, in the workspace's folder: its patterns count from there.
pub(crate) const ATTRIBUTES: &str = ".gitattributes";

/// Of records, and of problems.
const ASKED: [&str; 2] = ["incidents/**/incident.yaml merge=inc", "problems/*.yaml merge=inc"];

/// How git merges records here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Installed {
    /// By meaning.
    Yes,
    /// Records by meaning, problems by lines: the workspace was made before there were any.
    WithoutProblems,
    /// By lines: the workspace does not ask for it in `.gitattributes`, or does without git.
    NotAsked,
    /// By lines: the workspace asks for it, this clone does not know how.
    Missing,
    /// By another line than ours, which somebody wrote.
    Other(String),
}

/// What the setting says: whichever `inc` is found, for the clone outlives this one.
fn setting() -> String {
    format!("inc {CALL}")
}

/// This very program, for a merge that it starts itself; none where it cannot be named.
pub(crate) fn own() -> Option<Driver> {
    #[allow(clippy::disallowed_methods, reason = "records are merged by this very program")]
    let program = std::env::current_exe().ok()?;
    let program = program.to_str()?;
    // For the shell, and for git, to which a percent sign is a place-holder.
    let quoted = format!("'{}'", program.replace('\'', "'\\''").replace('%', "%%"));
    Some(Driver { name: "inc".to_owned(), command: format!("{quoted} {CALL}") })
}

/// How git merges records in this clone.
///
/// # Errors
///
/// When git or the disk fails.
pub(crate) fn installed(ctx: &Ctx) -> Result<Installed> {
    if !ctx.store.uses_git() {
        return Ok(Installed::NotAsked);
    }
    let text = ctx.store.read(ATTRIBUTES).map_err(from_store)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    if !asks(&text) {
        return Ok(Installed::NotAsked);
    }
    Ok(match ctx.store.git_config(SETTING).map_err(from_store)? {
        None => Installed::Missing,
        Some(line) if line.trim() != setting() => Installed::Other(line),
        Some(_) if !asks_for_problems(&text) => Installed::WithoutProblems,
        Some(_) => Installed::Yes,
    })
}

/// Writes the setting, whatever was there.
///
/// # Errors
///
/// When git fails, or there is no repository.
pub(crate) fn install(ctx: &Ctx) -> Result<()> {
    ctx.store.set_git_config("merge.inc.name", NAME).map_err(from_store)?;
    ctx.store.set_git_config(SETTING, &setting()).map_err(from_store)
}

/// Installs it in a clone that lacks it, and says so; a write is never refused for it.
pub(crate) fn ensure(ctx: &Ctx) {
    if !matches!(installed(ctx), Ok(Installed::Missing)) {
        return;
    }
    match install(ctx) {
        Ok(()) => ctx.talk(
            "git merges records by meaning in this clone from here on (merge.inc.driver, see \
             `inc help -k git`)",
        ),
        Err(failure) => {
            let why = failure.found.0.first().map_or_else(String::new, |d| d.message.clone());
            ctx.talk(&format!("git cannot be told to merge records by meaning: {why}"));
        }
    }
}

/// The patterns of files that are merged by meaning.
fn asked(attributes: &str) -> impl Iterator<Item = &str> {
    let lines = attributes.lines().map(str::trim).filter(|l| !l.starts_with('#'));
    lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        let pattern = words.next()?;
        words.any(|word| word == "merge=inc").then_some(pattern)
    })
}

fn asks(attributes: &str) -> bool {
    asked(attributes).any(|pattern| !of_problems(pattern))
}

/// Whether problems are asked for; a pattern without a folder is of every folder.
fn asks_for_problems(attributes: &str) -> bool {
    asked(attributes).any(|pattern| of_problems(pattern) || !pattern.contains('/'))
}

fn of_problems(pattern: &str) -> bool {
    pattern.trim_start_matches('/').starts_with("problems/")
}

/// The attributes with ours among them; `None` if they are complete.
pub(crate) fn attributes(there: Option<&str>) -> Option<String> {
    let text = there.unwrap_or_default();
    let [of_records, of_problems] = ASKED;
    let head = "# Records are merged by meaning: see `inc help -k git`.";
    let missing: Vec<&str> = match (asks(text), asks_for_problems(text)) {
        (true, true) => return None,
        (true, false) => vec![of_problems],
        (false, true) => vec![head, of_records],
        (false, false) => vec![head, of_records, of_problems],
    };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Some(format!("{text}{gap}{}\n", missing.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_added_once_and_others_stay() {
        let text = attributes(Some("*.png binary")).unwrap();
        assert!(text.starts_with("*.png binary\n# Records"), "{text}");
        assert_eq!(attributes(Some(&text)), None);
        assert!(attributes(None).unwrap().ends_with(&format!("{}\n{}\n", ASKED[0], ASKED[1])));
        assert!(!asks("# incident.yaml merge=inc\n"));
        // A workspace from before there were problems; one that asks for every file.
        let older = format!("# mine\n{}\n", ASKED[0]);
        assert_eq!(attributes(Some(&older)).unwrap(), format!("{older}{}\n", ASKED[1]));
        assert_eq!(attributes(Some("*.yaml merge=inc\n")), None);
        let other = attributes(Some("/problems/*.yaml merge=inc\n")).unwrap();
        assert!(other.ends_with(&format!("{}\n", ASKED[0])), "{other}");
    }
}
