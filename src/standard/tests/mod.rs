//! The default standard of this repository, and standards with something wrong in them.

mod broken;
mod catalogue;
mod days;
mod default;
mod kept;
mod verticals;

use include_dir::{Dir, DirEntry, include_dir};

use super::{Standard, load};
use crate::decision::{Catalogue, FactSet, Type, Value};
use crate::diag::Diagnostics;

static DEFAULT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/standards");

/// Every file of the default standard, by its path as shown.
fn default_files() -> Vec<(String, String)> {
    fn walk(dir: &Dir<'_>, files: &mut Vec<(String, String)>) {
        for entry in dir.entries() {
            match entry {
                DirEntry::Dir(dir) => walk(dir, files),
                DirEntry::File(file) => {
                    let path = format!("standards/{}", file.path().display());
                    files.push((path, file.contents_utf8().unwrap().to_owned()));
                }
            }
        }
    }
    let mut files = Vec::new();
    walk(&DEFAULT, &mut files);
    files
}

fn default_standard() -> Standard {
    let (standard, diagnostics) = load(&default_files(), &catalogue::facts());
    assert!(diagnostics.is_empty(), "{diagnostics}");
    standard
}

fn load_text(files: &[(&str, &str)]) -> (Standard, Diagnostics) {
    load(files, &catalogue::facts())
}

/// Facts by name in the record's notation.
fn facts(known: &[(&str, &str)]) -> FactSet {
    let catalogue = catalogue::facts();
    let mut facts = FactSet::new();
    for (name, text) in known {
        let spec = catalogue.input(name).unwrap_or_else(|| panic!("no fact `{name}`"));
        let value = match &spec.ty {
            Type::List(element) => {
                Value::List(text.split(", ").map(|t| Value::parse(t, element).unwrap()).collect())
            }
            ty => Value::parse(text, ty).unwrap(),
        };
        facts.set(name, value);
    }
    facts
}
