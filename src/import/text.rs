//! Status pages' HTML and Markdown → plain text.

/// Tags that end a line; other known tags vanish.
const BREAKS: [&str; 13] =
    ["br", "p", "div", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"];
/// Tags that say how their text looks.
const INLINE: [&str; 22] = [
    "a", "b", "i", "u", "s", "em", "strong", "strike", "del", "ins", "span", "small", "code",
    "pre", "sub", "sup", "font", "table", "tbody", "td", "th", "img",
];

/// Turns HTML into plain text: breaks become lines, list items get a dash, entities their
/// characters, comments vanish. What is no tag stays: `<https://status.example>`, `<IP>`.
pub(super) fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Once a comment has no end, none after it has; without this the search for an end would run
    // over the rest of the text again at each `<`.
    let mut comments_end = true;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if comments_end && rest.starts_with("<!--") {
            if let Some(end) = rest.find("-->") {
                rest = &rest[end + 3..];
                continue;
            }
            comments_end = false;
        }
        if rest.starts_with('<') {
            // A tag holds no `<`: the search stops there, and never runs over the same text twice.
            if let Some(end) = rest[1..].find(['<', '>']).map(|i| i + 1)
                && rest[end..].starts_with('>')
                && let Some(shown) = tag(&rest[1..end])
            {
                out.push_str(shown);
                rest = &rest[end + 1..];
                continue;
            }
        } else if let Some((character, length)) = entity(rest) {
            out.push(character);
            rest = &rest[length..];
            continue;
        }
        out.push_str(&rest[..1]);
        rest = &rest[1..];
    }
    out.push_str(rest);
    tidy(&out)
}

/// What a tag becomes; `None` if it is no tag that we know.
fn tag(inner: &str) -> Option<&'static str> {
    let closing = inner.starts_with('/');
    let name: String = inner
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .take(12)
        .collect::<String>()
        .to_ascii_lowercase();
    let after = inner.trim_start_matches('/').get(name.len()..)?;
    if !(after.is_empty() || after.starts_with([' ', '/', '\n', '\t'])) {
        return None;
    }
    match name.as_str() {
        "li" => Some(if closing { "" } else { "\n- " }),
        name if BREAKS.contains(&name) => Some("\n"),
        name if INLINE.contains(&name) => Some(""),
        _ => None,
    }
}

/// The character of an entity at the start of the text, and the entity's length.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let character = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "rsquo" => '’',
        "lsquo" => '‘',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((character, end + 1))
}

/// Removes control characters, spaces at line ends, and blank lines beyond one.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.split('\n') {
        let line: String = line
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| !c.is_control() && !hides_order(*c))
            .collect();
        let line = line.trim_end();
        if line.trim().is_empty() {
            blank += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank > 0 { "\n\n" } else { "\n" });
        }
        blank = 0;
        out.push_str(line);
    }
    out
}

/// Overrides of writing direction can make a text read as another one.
fn hides_order(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// One line of plain text, for titles and names.
pub(super) fn line(html: &str) -> String {
    plain(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text says that it is about planned work: maintenance, scheduled, upgrade window.
pub(super) fn says_planned(text: &str) -> bool {
    let mut before = String::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
        if word.is_empty() {
            continue;
        }
        let word = word.to_lowercase();
        if matches!(word.as_str(), "maintenance" | "scheduled" | "mantenimiento")
            || (word == "window" && before == "upgrade")
        {
            return true;
        }
        before = word;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_plain_text() {
        assert_eq!(
            plain(
                "Cause at 08:55.<br />Reversing &amp; watching.<p>Done<ul><li>one</li><li>two</li></ul>"
            ),
            "Cause at 08:55.\nReversing & watching.\nDone\n\n- one\n- two"
        );
        assert_eq!(plain("a <strike>b</strike> c<!-- no\nnote --> d"), "a b c d");
        assert_eq!(plain("&#233;&#xe9;&nbsp;&unknown; & 5 &lt; 6"), "éé &unknown; & 5 < 6");
    }

    #[test]
    fn what_is_no_tag_stays() {
        for text in [
            "see <https://status.example/a>",
            "node <IP:PORT> is gone",
            "5 < 6",
            "<",
            "<a",
            "&",
            "a <!-- b",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn control_characters_and_hidden_order_are_removed() {
        assert_eq!(plain("a\u{7}b\r\n\u{202E}c\n\n\n\nd  "), "ab\nc\n\nd");
        assert_eq!(line(" two\n <b>lines</b>\t"), "two lines");
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        let text = "<!--<&".repeat(200_000);
        assert_eq!(plain(&text).len(), text.len());
        let text = "<a".repeat(400_000) + ">";
        assert!(plain(&text).len() > 799_000);
    }

    #[test]
    fn planned_work_is_known_by_whole_words() {
        assert!(says_planned("AKS Maintenance."));
        assert!(says_planned("the upgrade\nwindow begins"));
        assert!(!says_planned("an unscheduled restart, window closed after the upgrade"));
    }
}
