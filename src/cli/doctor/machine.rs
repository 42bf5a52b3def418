//! What `inc doctor` looks at wherever it runs: git, who types, the editor, the locale.

use std::path::{Path, PathBuf};

use super::Check;
use crate::cli::{environment, files};
use crate::store::{Environment, Probe, StoreError};

/// Since this version git merges without a work tree, which sharing does.
const OLDEST: (u32, u32) = (2, 38);

/// The checks that need no workspace; git is asked in `folder`.
pub(crate) fn machine(folder: &Path) -> Vec<Check> {
    let probe = Probe::new(folder, &Environment::default());
    vec![git(&probe), identity(&probe), editor(&probe), locale()]
}

fn git(probe: &Probe) -> Check {
    let said = match probe.version() {
        Ok(said) => said,
        Err(e) => {
            let help = e.help().unwrap_or_else(|| "install git 2.38 or newer".to_owned());
            return Check::mend("git", e.to_string(), help);
        }
    };
    match version(&said) {
        Some(version) if version < OLDEST => {
            let says = format!("git {said} is too old for inc sync, which needs 2.38");
            Check::mend("git", says, "update git; all else works meanwhile")
        }
        _ => Check::ok("git", format!("git {said}")),
    }
}

fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn identity(probe: &Probe) -> Check {
    match probe.committer() {
        Ok(person) => Check::ok("identity", format!("commits are made by {person}")),
        Err(StoreError::Identity) => Check::mend(
            "identity",
            "git was not told who you are",
            "git config --global user.name \"Your Name\"; git config --global user.email \
             you@example.com",
        ),
        Err(e) => Check::mend("identity", e.to_string(), e.help().unwrap_or_default()),
    }
}

fn editor(probe: &Probe) -> Check {
    let editor = probe
        .editor()
        .ok()
        .filter(|e| !e.is_empty())
        .or_else(|| environment("VISUAL"))
        .or_else(|| environment("EDITOR"));
    let fix = "git config --global core.editor nano";
    let Some(editor) = editor else {
        return Check::mend("editor", "no editor is set", fix);
    };
    let word = editor.split_whitespace().next().unwrap_or_default();
    // The setting is a line for the shell; what only a shell can read is left to it.
    if word == ":" || word.contains(['$', '"', '\'', '\\', '~', '=']) {
        return Check::ok("editor", format!("`{editor}`, as the shell reads it"));
    }
    match program(word) {
        Some(path) => Check::ok("editor", format!("`{editor}` is {}", path.display())),
        None => Check::mend("editor", format!("`{editor}`: there is no program `{word}`"), fix),
    }
}

/// Where a program lies, as the shell would find it.
pub(super) fn program(word: &str) -> Option<PathBuf> {
    if word.contains('/') {
        return Some(PathBuf::from(word)).filter(|p| files::is_program(p));
    }
    let path = environment("PATH").unwrap_or_default();
    let folders = path.split(':').filter(|folder| !folder.is_empty());
    folders.map(|folder| Path::new(folder).join(word)).find(|p| files::is_program(p))
}

fn locale() -> Check {
    let set =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| Some((name, environment(name)?)));
    let fix = "export LC_ALL=C.UTF-8";
    match set {
        Some((name, value)) if is_utf8(&value) => Check::ok("locale", format!("{name}={value}")),
        Some((name, value)) => Check::note(
            "locale",
            format!("{name}={value} is not UTF-8: a terminal may show accents wrongly"),
        )
        .fix(fix),
        None => Check::note("locale", "none is set: a terminal may show accents wrongly").fix(fix),
    }
}

fn is_utf8(locale: &str) -> bool {
    let low = locale.to_ascii_lowercase();
    low.contains("utf-8") || low.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(version("2.9.5").unwrap() < OLDEST);
        assert!(version("2.47.1.windows.2").unwrap() > OLDEST);
        assert_eq!(version("of its own"), None);
    }

    #[test]
    fn a_locale_says_utf_8_in_several_ways() {
        assert!(is_utf8("es_MX.UTF-8") && is_utf8("C.utf8"));
        assert!(!is_utf8("POSIX"));
    }
}
