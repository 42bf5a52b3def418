//! The default standard and templates: this repository's own, inside the binary.

use include_dir::{Dir, include_dir};

static STANDARDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/standards");
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static MANUAL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/manual");

/// Every default file below the workspace: path and text.
pub(crate) fn files() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    collect(&STANDARDS, "standards", &mut found);
    collect(&TEMPLATES, "templates", &mut found);
    found.sort();
    found
}

/// Default templates: path below `templates/` and text.
pub(crate) fn templates() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    collect(&TEMPLATES, "", &mut found);
    found.sort();
    found
}

/// Chapters of the manual: topic and text.
pub(crate) fn manual() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    collect(&MANUAL, "", &mut found);
    found.sort();
    found.into_iter().map(|(path, text)| (path.trim_end_matches(".md").to_owned(), text)).collect()
}

fn collect(dir: &'static Dir<'static>, base: &str, found: &mut Vec<(String, &'static str)>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            let hidden = path.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
            if !hidden {
                found.push((if base.is_empty() { path } else { format!("{base}/{path}") }, text));
            }
        }
    }
    for below in dir.dirs() {
        collect(below, base, found);
    }
}
