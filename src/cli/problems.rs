//! Problems of the workspace: which there are, which one is meant, and how one is written.

use std::path::PathBuf;

use super::Ctx;
use super::ctx::from_store;
use super::error::{Failure, Result};
use crate::check::ProblemFile;
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange, nearest};
use crate::edit;
use crate::incident::{Problem, parse_problem};
use crate::merge;
use crate::reports::trends::Joined;
use crate::sensitive::mask_tree_but;
use crate::store::{Before, Change};

/// All problems of a workspace.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    /// Those that can be read, by id.
    pub(crate) all: Vec<Problem>,
    /// What is wrong with the others.
    pub(crate) bad: Diagnostics,
    /// The files of the others.
    pub(crate) unread: Vec<String>,
}

impl Problems {
    /// The problems that each incident is joined by.
    pub(crate) fn joined(&self) -> Joined {
        let mut joined = Joined::new();
        for problem in &self.all {
            for incident in &problem.incidents {
                joined.entry(incident.clone()).or_default().insert(problem.id.clone());
            }
        }
        joined
    }
}

/// What a merge by lines left in a problem.
fn by_lines(path: &str, text: &str) -> Diagnostics {
    let line = text.lines().position(|line| line.starts_with("<<<<<<<")).unwrap_or_default();
    let from = text.split_inclusive('\n').take(line).map(str::len).sum();
    let place = Source::new(path, text).place(TextRange::new(from, from + 7));
    Diagnostic::error("bad-problem", "git merged this problem by lines, and left its markers")
        .at(place)
        .help("keep what is right of both sides, and remove the lines of <, = and >")
        .into()
}

impl Ctx {
    /// The files of problems, each read or with what is wrong with it.
    pub(crate) fn problem_files(&self) -> Result<Vec<ProblemFile>> {
        let listing = self.store.list("problems", None).map_err(from_store)?;
        let paths = listing.files.iter().map(|f| f.path.to_string_lossy().replace('\\', "/"));
        let mut files = Vec::new();
        for path in paths {
            let read = if path.ends_with(".yaml") {
                match self.text(&path) {
                    Ok(text) if merge::has_markers(&text) => Err(by_lines(&path, &text)),
                    Ok(text) => parse_problem(Source::new(&path, &text)),
                    Err(failure) => Err(failure.found),
                }
            } else if path.ends_with(".yml") {
                let what = format!("{path} is not read: problems end in .yaml");
                let d = Diagnostic::error("bad-problem", what);
                Err(d.help(format!("git mv {path} {}.yaml", path.trim_end_matches(".yml"))).into())
            } else {
                continue;
            };
            files.push(ProblemFile { path, read });
        }
        Ok(files)
    }

    /// All problems; what is wrong with bad ones is said, and the others are there all the same.
    pub(crate) fn problems(&self) -> Result<Problems> {
        let mut found = Problems::default();
        for file in self.problem_files()? {
            match file.read {
                Ok(problem) => found.all.push(problem),
                Err(wrong) => {
                    found.bad.extend(wrong.0);
                    found.unread.push(file.path);
                }
            }
        }
        found.all.sort_by(|a, b| a.id.cmp(&b.id));
        super::error::print(self.out, &found.bad, self.call.json_errors);
        Ok(found)
    }

    /// The problem that a whole id or an ending of one names; the only open one without a name.
    pub(crate) fn which_problem<'p>(
        &self,
        problems: &'p Problems,
        asked: Option<&str>,
    ) -> Result<&'p Problem> {
        let wanted = asked.map(|asked| asked.trim().to_ascii_uppercase());
        let meant = |problem: &&Problem| match &wanted {
            Some(wanted) => !wanted.is_empty() && problem.id.ends_with(wanted.as_str()),
            None => problem.is_open(),
        };
        let found: Vec<&Problem> = problems.all.iter().filter(meant).collect();
        match (found.as_slice(), asked) {
            ([one], _) => Ok(one),
            ([], Some(asked)) => {
                let shown = crate::render::terminal_safe(asked);
                let d = Diagnostic::error(
                    "no-such-problem",
                    format!("no problem's id ends with `{shown}`"),
                );
                let near =
                    nearest(&asked.to_ascii_uppercase(), problems.all.iter().map(Problem::suffix));
                Err(d
                    .help(near.map_or_else(
                        || "inc problems list shows them all".to_owned(),
                        |near| format!("did you mean {near}? inc problems list shows them all"),
                    ))
                    .into())
            }
            ([], None) => Err(Diagnostic::error("no-such-problem", "no problem is open")
                .help("inc problems open TITLE --incident ID begins one")
                .into()),
            (several, _) => {
                let ids: Vec<&str> = several.iter().take(10).map(|p| p.id.as_str()).collect();
                let what = format!("{} problems could be meant", several.len());
                Err(Diagnostic::error("ambiguous-id", what)
                    .help(format!("one of: {}", ids.join(", ")))
                    .into())
            }
        }
    }

    /// Writes a problem, new where `before` is none; prints the difference instead on a dry run.
    pub(crate) fn write_problem(
        &self,
        before: Option<&Problem>,
        after: &Problem,
        (subject, command): (&str, &str),
        dry_run: bool,
    ) -> Result<()> {
        let path = after.path();
        let (tree, masks) = mask_tree_but(&after.to_tree(), None, &[]);
        self.say_masked(&masks);
        let (old, text) = match before {
            Some(before) => {
                let old = self.text(&path)?;
                let source = Source::new(&path, &old);
                let text = edit::rewrite(source, &before.to_tree(), &tree)
                    .map_err(|error| Failure::wrong(error.into_diagnostics()))?;
                (Before::Text(old.into_bytes()), text)
            }
            None => (Before::Absent, edit::to_yaml(&tree)),
        };
        // What could not be read again is not written.
        parse_problem(Source::new(&path, &text))?;
        let change =
            Change { path: PathBuf::from(&path), before: old, after: Some(text.into_bytes()) };
        if dry_run {
            return self.show_file_diff(&change);
        }
        if self.commit_files(
            vec![change],
            &format!("{}: {subject}", after.id),
            "",
            command,
            None,
        )? {
            return Ok(());
        }
        Err(Failure::outside(
            Diagnostic::error(
                "changed-meanwhile",
                format!("{path} was changed by somebody else meanwhile"),
            )
            .help("type it again: it is applied to what stands there now"),
        ))
    }
}
