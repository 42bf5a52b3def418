//! Golden files: `INC_UPDATE=1 cargo test --test cli` writes them anew; read the difference aloud.

use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cli")
}

/// Compares with `tests/cli/golden/<name>.txt`.
pub(crate) fn golden(name: &str, actual: &str) {
    same(folder().join("golden").join(format!("{name}.txt")), actual);
}

/// Compares with a file, or writes it with `INC_UPDATE`.
pub(crate) fn same(path: PathBuf, actual: &str) {
    if std::env::var_os("INC_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
        return;
    }
    assert!(path.is_file(), "no {}; INC_UPDATE=1 writes it", path.display());
    let expected = snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text)).raw();
    snapbox::Assert::new().eq(actual.to_owned(), expected);
}

/// Names of golden files that the tests' sources use, and those that lie in the folder.
pub(crate) fn named_in_sources() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut used = BTreeSet::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for opening in ["Scene::new(\"", "Scene::on(\"", "golden(\""] {
            let names = text.split(opening).skip(1).filter_map(|rest| rest.split('"').next());
            used.extend(names.map(str::to_owned));
        }
    }
    let there = std::fs::read_dir(folder().join("golden")).unwrap();
    let there = there.map(|entry| {
        let path = entry.unwrap().path();
        path.file_stem().unwrap().to_string_lossy().into_owned()
    });
    (used, there.collect())
}
