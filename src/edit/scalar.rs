//! Scalars as text: which need quotes, and which quotes.
//!
//! A value is plain only if YAML 1.1 readers (PyYAML, Ruby) and YAML 1.2 readers agree on the
//! string: `no`, `1_000`, `12:30:45` and `2026-01-01` are not strings to all of them. Instants as
//! RFC 3339 writes them are the exception: every record has dozens, and quotes would drown them.

use std::fmt::Write as _;

use crate::yaml::Tree;

/// How text was or is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Without quotes where possible.
    Plain,
    /// `'…'` where possible.
    Single,
    /// `"…"`.
    Double,
}

/// A scalar on one line; collections give `None`.
pub(super) fn inline(tree: &Tree, quoting: Quoting, in_flow: bool) -> Option<String> {
    Some(match tree {
        Tree::Null => "null".to_owned(),
        Tree::Bool(b) => b.to_string(),
        Tree::Number(n) => n.clone(),
        Tree::Text(text) => quote(text, quoting, in_flow),
        Tree::Seq(_) | Tree::Map(_) => return None,
    })
}

/// Text on one line, in the quoting wanted or the nearest that can hold it.
pub(super) fn quote(text: &str, quoting: Quoting, in_flow: bool) -> String {
    let simple = text.chars().all(|c| !needs_escape(c) && c != '\t');
    match quoting {
        Quoting::Plain if plain(text, in_flow) => text.to_owned(),
        Quoting::Plain if simple && text.contains(['"', '\\']) && !text.contains('\'') => {
            single(text)
        }
        Quoting::Single if simple => single(text),
        _ => double(text),
    }
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What YAML calls not printable, and the line ends that only YAML 1.1 knows.
fn needs_escape(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether every reader takes the unquoted text for this very string.
pub(super) fn plain(text: &str, in_flow: bool) -> bool {
    is_instant(text) || (fits_plain(text, in_flow) && !looks_typed(text))
}

fn fits_plain(text: &str, in_flow: bool) -> bool {
    let mut chars = text.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else { return false };
    let starts_well = match first {
        '-' => second.is_some_and(char::is_alphanumeric),
        '?' | ':' | ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\''
        | '"' | '%' | '@' | '`' => false,
        _ => true,
    };
    starts_well
        && !text.starts_with(char::is_whitespace)
        && !text.ends_with(char::is_whitespace)
        && !text.starts_with("...")
        && !text.ends_with(':')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(|c| needs_escape(c) || c == '\t')
        && !(in_flow && text.contains([',', '[', ']', '{', '}']))
}

/// Whether some reader makes something other than text of it.
fn looks_typed(text: &str) -> bool {
    const WORDS: [&str; 13] =
        ["null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<", ".nan"];
    if WORDS.iter().any(|w| text.eq_ignore_ascii_case(w)) {
        return true;
    }
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    if body.eq_ignore_ascii_case(".inf") {
        return true;
    }
    let radix = ["0x", "0X", "0o", "0O", "0b", "0B"].iter().find_map(|p| body.strip_prefix(p));
    if radix.is_some_and(|r| r.bytes().all(|b| b.is_ascii_hexdigit() || b == b'_')) {
        return true;
    }
    let digits_first = body.bytes().next().is_some_and(|b| b.is_ascii_digit() || b == b'.');
    let numeric = |b: u8| b.is_ascii_digit() || b"._:,eE+-".contains(&b);
    (digits_first && body.bytes().all(numeric)) || starts_with_date_and_time(text)
}

/// Whether the text is a date of YAML 1.1, with nothing behind it.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10 && date_length(text) == Some(10)
}

/// Bytes of a leading `yyyy-m-d`.
fn date_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let run = |at: usize, most: usize| {
        bytes[at.min(bytes.len())..].iter().take(most).take_while(|b| b.is_ascii_digit()).count()
    };
    let month = (run(0, 4) == 4 && bytes.get(4) == Some(&b'-')).then(|| run(5, 2))?;
    let dash = 5 + month;
    let day = (month > 0 && bytes.get(dash) == Some(&b'-')).then(|| run(dash + 1, 2))?;
    (day > 0).then_some(dash + 1 + day)
}

fn starts_with_date_and_time(text: &str) -> bool {
    date_length(text).is_some_and(|n| {
        let rest = &text[n..];
        let time = rest.trim_start_matches(['T', 't', ' ', '\t']);
        time.len() < rest.len() && time.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Whether the text is an instant as RFC 3339 writes it, with seconds or without.
fn is_instant(text: &str) -> bool {
    let (Some(date), Some(rest)) = (text.get(..10), text.get(10..)) else { return false };
    let Some(time) = rest.strip_prefix('T').filter(|_| is_date(date)) else { return false };
    let clock = |t: &str| {
        t.len() == 5
            && t.bytes()
                .enumerate()
                .all(|(i, b)| if i == 2 { b == b':' } else { b.is_ascii_digit() })
    };
    let Some(zone) = time.find(['Z', '+', '-']) else { return false };
    let (time, zone) = time.split_at(zone);
    let seconds = match time.get(5..) {
        Some("") => true,
        Some(s) => {
            let (whole, part) = s.split_once('.').unwrap_or((s, "0"));
            let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
            whole.len() == 3
                && whole.starts_with(':')
                && all_digits(&whole[1..])
                && all_digits(part)
        }
        None => false,
    };
    time.get(..5).is_some_and(clock) && seconds && (zone == "Z" || zone.get(1..).is_some_and(clock))
}

/// Whether a block scalar can hold the text exactly.
pub(super) fn fits_block(text: &str) -> bool {
    let body = text.trim_end_matches('\n');
    !body.is_empty()
        && !text.chars().any(|c| needs_escape(c) && c != '\n')
        && body
            .split('\n')
            .all(|line| line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
}

/// The indicators behind `|` or `>` for the text: indentation where needed, and chomping.
pub(super) fn block_indicators(text: &str, step: usize) -> String {
    let first = text.trim_start_matches('\n');
    let indent = if first.starts_with([' ', '\t']) { step.to_string() } else { String::new() };
    let chomp = match text.len() - text.trim_end_matches('\n').len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    format!("{indent}{chomp}")
}

/// The text with its lines broken as a folded scalar (`>`) breaks them, about `width` wide;
/// `None` if only a literal one can hold it.
pub(super) fn fold(text: &str, width: usize) -> Option<String> {
    let body = text.trim_end_matches('\n');
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut first = true;
    for line in body.split('\n') {
        if line.starts_with([' ', '\t']) || line.ends_with([' ', '\t']) {
            return None;
        }
        // One line end more than the text has, between two lines with words.
        if !line.is_empty() && !first {
            out.push('\n');
        }
        if !first || line.is_empty() {
            out.push('\n');
        }
        first &= line.is_empty();
        wrap(line, width, &mut out);
    }
    out.push_str(&text[body.len()..]);
    Some(out)
}

fn wrap(line: &str, width: usize, out: &mut String) {
    let mut column = 0;
    let mut word_start = 0;
    let bytes = line.as_bytes();
    for end in (0..=line.len()).filter(|i| {
        // Only a single blank folds back into a single blank.
        *i == line.len()
            || (bytes[*i] == b' '
                && !matches!(bytes.get(i + 1), Some(b' ' | b'\t'))
                && !matches!(bytes.get(i.wrapping_sub(1)), Some(b' ' | b'\t')))
    }) {
        let word = &line[word_start..end];
        let length = word.chars().count();
        if word_start > 0 {
            let fits = column + 1 + length <= width;
            out.push(if fits { ' ' } else { '\n' });
            column = if fits { column + 1 } else { 0 };
        }
        out.push_str(word);
        column += length;
        word_start = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        quote(text, Quoting::Plain, false)
    }

    #[test]
    fn what_readers_disagree_on_is_quoted() {
        for text in [
            "",
            " a",
            "a ",
            "no",
            "Yes",
            "ON",
            "~",
            "null",
            "=",
            "<<",
            "1_000",
            "0123",
            "0x1F",
            "0o7",
            "12",
            "-1.5",
            "+3",
            ".5",
            ".inf",
            "-.INF",
            ".NaN",
            "1e3",
            "12E5",
            "12:30:45",
            "1:30",
            "2026-01-01",
            "2026-1-1",
            "2026-01-01 10:00:00",
            "2026-01-01t10:00:00Z",
            "a: b",
            "a #b",
            "a:",
            "- a",
            "-",
            "--- a",
            "...",
            "?x",
            "#x",
            "*a",
            "&a",
            "!t",
            "|",
            ">",
            "%x",
            "@x",
            "`x",
            "{a",
            "[a",
            "'a'",
            "\"a\"",
            "a\tb",
            "a\nb",
            "\u{7}",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
        ] {
            let text_shown = shown(text);
            assert!(text_shown.starts_with(['"', '\'']), "{text:?} {text_shown}");
        }
    }

    #[test]
    fn what_people_write_plain_stays_plain() {
        for text in [
            "2026-11-21T14:05:00-06:00",
            "2026-11-21T14:05Z",
            "2026-11-21T14:05:00.123Z",
            "12.50 MXN",
            "-12.50 MXN",
            "90m",
            "1h30m",
            "2d",
            "12.5%",
            "SEV2",
            "C7QK",
            "a-b",
            "a:b",
            "título",
            "👩‍🚒 fuego",
            "مرحبا",
            "https://example.com/a?b=c#d",
            "it's",
            "2026-11-21 storm",
        ] {
            assert_eq!(shown(text), text);
        }
        assert_eq!(quote("a, b", Quoting::Plain, true), "\"a, b\"");
    }

    #[test]
    fn quotes_are_the_lightest_that_hold_the_text() {
        assert_eq!(shown("\"a\""), "'\"a\"'");
        assert_eq!(shown("say: \"it's\""), "\"say: \\\"it's\\\"\"");
        assert_eq!(quote("it's", Quoting::Single, false), "'it''s'");
        assert_eq!(quote("a\u{1}", Quoting::Single, false), "\"a\\x01\"");
    }

    #[test]
    fn block_scalars_hold_what_they_can() {
        assert!(fits_block("a\nb"));
        assert!(fits_block("\n a\n\n"));
        assert!(!fits_block("\n\n"));
        assert!(!fits_block("a\n  \nb"));
        assert!(!fits_block("a\r\nb"));
        assert_eq!(block_indicators(" a\nb", 2), "2-");
        assert_eq!(block_indicators("a\n\n", 2), "+");
    }

    #[test]
    fn folding_breaks_at_single_blanks_only() {
        assert_eq!(fold("a bb ccc\n", 5).unwrap(), "a bb\nccc\n");
        assert_eq!(fold("a  b c", 1).unwrap(), "a  b\nc");
        assert_eq!(fold("a\nb\n\nc", 9).unwrap(), "a\n\nb\n\n\nc");
        assert_eq!(fold("a\n  b", 9), None);
    }
}
