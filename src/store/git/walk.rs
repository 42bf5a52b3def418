//! One walk through history for many files: which commit changed which, from what to what.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::parse;
use super::run::Runner;
use super::{Touch, Touched, WalkQuery};
use crate::store::error::Result;

/// With more paths than this, git compares every path with each of them slower than we do.
const FEW: usize = 16;

/// The commits that changed the files asked for, newest first.
pub(super) fn walk(runner: &Runner, query: &WalkQuery<'_>) -> Result<Vec<Touch>> {
    let few: Vec<String> = match query.paths {
        Some([]) => return Ok(Vec::new()),
        Some(paths) if paths.len() <= FEW => {
            paths.iter().map(|p| p.to_string_lossy().into_owned()).collect()
        }
        _ => Vec::new(),
    };
    let mut args: Vec<String> =
        ["log", "--no-color", "--no-show-signature", "--encoding=UTF-8", "--full-history"]
            .map(str::to_owned)
            .to_vec();
    args.push(parse::LOG_FORMAT.to_owned());
    args.extend([query.from.to_owned(), "--".to_owned()]);
    args.extend(few.iter().cloned());
    let mut commits = parse::commits(&runner.read(&args)?);
    commits.retain(|commit| {
        let dates = [commit.time, commit.committed];
        let within = |at: &chrono::DateTime<chrono::FixedOffset>| {
            query.since.is_none_or(|since| *at >= since.get())
                && query.until.is_none_or(|until| *at < until.get())
        };
        dates.iter().flatten().any(within) || dates == [None, None]
    });
    let mut asked = String::new();
    for commit in &commits {
        asked.push_str(&commit.commit);
        asked.push('\n');
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    // `-c` shows of a merge only what neither side had: the words of the merge itself.
    let mut args: Vec<String> = ["diff-tree", "--stdin", "-r", "-c", "--root", "-z", "--raw"]
        .into_iter()
        .chain(["--no-renames", "--no-ext-diff", "--no-textconv", "--no-abbrev", "--"])
        .map(str::to_owned)
        .collect();
    match few.is_empty() {
        true if query.below.as_os_str().is_empty() => {}
        true => args.push(query.below.to_string_lossy().into_owned()),
        false => args.extend(few),
    }
    let answer = runner.run(runner.reading(&args), asked.as_bytes())?;
    if !answer.ok {
        return Err(runner.failure("diff-tree", &answer));
    }
    let mut files = touched(&answer.stdout);
    if let Some(paths) = query.paths {
        let wanted: HashSet<&PathBuf> = paths.iter().collect();
        for list in files.values_mut() {
            list.retain(|file| wanted.contains(&file.path));
        }
    }
    let touches = commits.into_iter().filter_map(|commit| {
        let files = files.remove(&commit.commit).filter(|files| !files.is_empty())?;
        Some(Touch { commit, files })
    });
    Ok(touches.collect())
}

/// What `git diff-tree --stdin -z --raw -c` printed, by commit.
fn touched(printed: &[u8]) -> HashMap<String, Vec<Touched>> {
    let mut found: HashMap<String, Vec<Touched>> = HashMap::new();
    let mut commit = String::new();
    let mut fields = printed.split(|b| *b == 0);
    while let Some(field) = fields.next() {
        let colons = field.iter().take_while(|b| **b == b':').count();
        if colons == 0 {
            if !field.is_empty() {
                commit = String::from_utf8_lossy(field).trim().to_owned();
            }
            continue;
        }
        let Some(path) = fields.next() else { break };
        // One mode and one id for each parent, then the file's own, then a letter for each parent.
        let text = String::from_utf8_lossy(field);
        let words: Vec<&str> = text.trim_start_matches(':').split(' ').collect();
        let ids = words.get(colons + 1..2 * colons + 2).unwrap_or_default();
        let there = |id: &&str| (!id.bytes().all(|b| b == b'0')).then(|| (*id).to_owned());
        let Some((after, before)) = ids.split_last() else { continue };
        found.entry(commit.clone()).or_default().push(Touched {
            path: parse::path(path),
            before: before.iter().map(there).collect(),
            after: there(after),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_differences_of_commits_and_merges() {
        let (zero, a, b, c) = ("0".repeat(40), "a".repeat(40), "b".repeat(40), "c".repeat(40));
        let printed = format!(
            "m1\0::100644 100644 100644 {a} {b} {c} MM\0i/a\0m2\0:000000 100644 {zero} {a} A\0i/b\0:100644 000000 {a} {zero} D\0i/c\0"
        );
        let found = touched(printed.as_bytes());
        assert_eq!(
            found["m1"],
            [Touched {
                path: "i/a".into(),
                before: vec![Some(a.clone()), Some(b)],
                after: Some(c)
            }]
        );
        assert_eq!(found["m2"][0].before, [None]);
        assert_eq!((found["m2"][1].path.to_str(), &found["m2"][1].after), (Some("i/c"), &None));
        assert!(touched(b":oops\0").is_empty());
    }
}
