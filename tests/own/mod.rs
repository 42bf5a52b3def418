//! This repository's own standard and records, for tests over whole records.

use std::path::{Path, PathBuf};

use inc::register::Register;
use inc::reports::company::Company;
use inc::standard::Standard;
use inc::units::Currency;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn below(folder: &Path, ending: &str, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        if path.is_dir() {
            below(&path, ending, files);
        } else if name.ends_with(ending) {
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The default standard; `change` may give a file, known by its path, another text.
pub(crate) fn standard(change: impl Fn(&str, &str) -> Option<String>) -> Standard {
    let mut files = Vec::new();
    below(&root().join("standards"), ".toml", &mut files);
    for (path, text) in &mut files {
        if let Some(changed) = change(path, text) {
            assert_ne!(changed, *text, "{path} is as it was");
            *text = changed;
        }
    }
    let (standard, found) = inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN));
    assert!(found.is_empty(), "{found}");
    standard
}

/// A company that works by a standard.
pub(crate) fn company(standard: &Standard) -> Company<'_> {
    let zone = chrono_tz::America::Mexico_City;
    Company { standard, zone, currency: Currency::MXN, register: None, documents: None }
}

/// The sample incidents.
pub(crate) fn register() -> Register {
    let mut files = Vec::new();
    below(&root().join("incidents"), "incident.yaml", &mut files);
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    Register::load(&paths, |p| Ok(files.iter().find(|(path, _)| path == p).unwrap().1.clone()))
}
