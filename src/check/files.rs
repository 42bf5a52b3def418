//! Files that a record names: there when they belong to it, outside git when they name customers.

use super::words::path_shown;
use super::{Remark, Subject};

/// The path below the workspace of a file named in a record; `None` when it leaves the folder.
fn below(folder: &str, file: &str) -> Option<String> {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\\');
    (!file.is_empty() && file.split('/').all(plain)).then(|| format!("{folder}/{file}"))
}

/// Files of the record's own folder, with the fields that name them.
fn named<'a>(s: &Subject<'a>) -> Vec<(&'a str, String)> {
    let record = s.record;
    let messages = record.communications.iter().enumerate();
    let mut named: Vec<(&str, String)> = messages
        .filter_map(|(i, c)| Some((c.file.as_deref()?, format!("communications.{i}.file"))))
        .collect();
    let review = record.review.as_ref().and_then(|r| r.file.as_deref());
    named.extend(review.map(|file| (file, "review.file".to_owned())));
    named
}

pub(super) fn missing_file(s: &Subject<'_>) -> Vec<Remark> {
    let Some(files) = &s.around.files else { return Vec::new() };
    let folder = s.record.id.folder();
    named(s)
        .into_iter()
        .filter_map(|(file, field)| {
            let path = below(&folder, file)?;
            let message = format!("{} does not exist in the incident's folder", path_shown(file));
            (!files.contains(&path)).then(|| {
                Remark::at([field.as_str()], message).help(format!(
                    "bring {} back, or draft it anew and correct the name",
                    path_shown(&path)
                ))
            })
        })
        .collect()
}

pub(super) fn file_outside(s: &Subject<'_>) -> Vec<Remark> {
    let folder = s.record.id.folder();
    named(s)
        .into_iter()
        .filter(|(file, _)| below(&folder, file).is_none())
        .map(|(file, field)| {
            let message = format!("`{}` leaves the incident's folder", path_shown(file));
            Remark::at([field.as_str()], message)
                .help("name a file below the folder, such as communications/C7QK-push.es-MX.md")
        })
        .collect()
}

pub(super) fn evidence_in_git(s: &Subject<'_>) -> Vec<Remark> {
    let record = s.record;
    let mut named: Vec<(&str, String)> = Vec::new();
    if let Some(measured) = record.impact.as_ref().and_then(|i| i.measured.as_ref()) {
        for (i, evidence) in measured.evidence.iter().enumerate() {
            named.push((&evidence.path, format!("impact.measured.evidence.{i}.path")));
        }
    }
    for (i, run) in record.compensation.iter().enumerate() {
        for (j, evidence) in run.evidence.iter().enumerate() {
            named.push((&evidence.path, format!("compensation.{i}.evidence.{j}.path")));
        }
    }
    if let Some(path) = record.reconciliation.as_ref().and_then(|r| r.evidence.as_deref()) {
        named.push((path, "reconciliation.evidence".to_owned()));
    }
    let folder = record.id.folder();
    let tracked = |path: &str| {
        let path = path.strip_prefix("./").unwrap_or(path);
        let own = format!("{folder}/{path}");
        [path.to_owned(), own].into_iter().find(|p| s.around.tracked.contains(p))
    };
    named
        .into_iter()
        .filter_map(|(path, field)| {
            let path = tracked(path)?;
            let message = format!("{} is in git; customer-level data stays outside", path_shown(&path));
            Some(Remark::at([field.as_str()], message).help(format!(
                "move it under `evidence.root` of inc.toml and git rm --cached {}; if it was pushed, tell security",
                path_shown(&path)
            )))
        })
        .collect()
}
