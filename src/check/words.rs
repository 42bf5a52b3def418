//! Record text inside messages: short, one line, nothing that moves a terminal's cursor.

/// Characters of a record's text that a message repeats.
const SHOWN: usize = 60;

/// Whether a character changes how the text around it is read or shown.
pub(super) fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as a message may repeat it.
pub(super) fn shown(text: &str) -> String {
    cut(text, SHOWN)
}

/// A path, which is of no use when it is cut as early as prose.
pub(super) fn path_shown(path: &str) -> String {
    cut(path, 4 * SHOWN)
}

fn cut(text: &str, at: usize) -> String {
    let mut shown = String::new();
    for c in text.chars().take(at) {
        if is_odd(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
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
