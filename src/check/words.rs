//! Record text inside messages: short.

use crate::diag::harmless;

/// Characters of a record's text that a message repeats.
const SHOWN: usize = 60;

/// A text as a message may repeat it.
pub(super) fn shown(text: &str) -> String {
    cut(text, SHOWN)
}

/// A path, which is of no use when it is cut as early as prose.
pub(super) fn path_shown(path: &str) -> String {
    cut(path, 4 * SHOWN)
}

fn cut(text: &str, at: usize) -> String {
    let mut shown = harmless(&text.chars().take(at).collect::<String>());
    if text.chars().nth(at).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn texts_are_cut_and_harmless() {
        assert_eq!(shown("a\u{1b}[2J\n\u{202e}b"), "a\\u{1b}[2J\\n\\u{202e}b");
        assert_eq!(shown(&"ñ".repeat(10_000)).chars().count(), 61);
    }
}
