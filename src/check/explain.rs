//! The manual's page for each code, embedded.

use include_dir::{Dir, include_dir};

use super::CATALOGUE;

static CHECKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/checks");
static ERRORS: &str = include_str!("../../docs/errors.md");

/// What a code means, why it matters, and what to do: Markdown.
pub fn explain(code: &str) -> Option<&'static str> {
    let page = || {
        let file = CHECKS.files().find(|f| f.path().file_stem().is_some_and(|s| s == code))?;
        file.contents_utf8()
    };
    page().or_else(|| sections().find(|(name, _)| *name == code).map(|(_, section)| section))
}

/// All codes that have a page: the checks in their order, then the other diagnostics.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let checks = CATALOGUE.iter().map(|check| check.code);
    checks.chain(sections().map(|(code, _)| code))
}

/// The sections of docs/errors.md, `## code` and what follows.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts = ERRORS.match_indices("\n## ").map(|(i, _)| i + 1);
    let mut ends = ERRORS.match_indices("\n## ").map(|(i, _)| i + 1).skip(1);
    starts.map(move |start| {
        let section = &ERRORS[start..ends.next().unwrap_or(ERRORS.len())];
        // The last section of a part is followed by the heading of the next part.
        let section = section.split("\n# ").next().unwrap_or(section).trim_end();
        let code = section.lines().next().unwrap_or("").trim_start_matches("## ");
        (code, section)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let page = explain("unknown-key").unwrap();
        assert!(page.starts_with("## unknown-key\n"));
        assert_eq!(page.matches("\n## ").count(), 0);
        assert_eq!(explain("nonsense"), None);
        assert_eq!(explain("../errors"), None);
        for code in codes() {
            let page = explain(code).unwrap();
            assert_eq!(
                page.lines().filter(|l| l.starts_with("# ")).count()
                    + page.lines().filter(|l| l.starts_with("## ")).count(),
                1,
                "{code}"
            );
        }
    }
}
