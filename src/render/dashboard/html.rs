//! What a value loses before it stands in a page: in its text and attributes, in a URL, in a
//! script, in the name of a file.

use std::fmt;

/// A value in HTML text or between the quotes of an attribute.
///
/// Control characters go, and so do those that turn the order of letters around.
#[derive(Debug, Clone, Copy)]
pub(super) struct E<'a>(pub(super) &'a str);

impl fmt::Display for E<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut from = 0;
        for (at, c) in self.0.char_indices() {
            let instead = match c {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "",
                c if c.is_control() && c != '\n' && c != '\t' => "",
                _ => continue,
            };
            f.write_str(self.0.get(from..at).unwrap_or_default())?;
            f.write_str(instead)?;
            from = at + c.len_utf8();
        }
        f.write_str(self.0.get(from..).unwrap_or_default())
    }
}

/// A URL that a reader may follow: `http` and `https` alone, so that no link runs anything.
pub(super) fn web(url: &str) -> Option<&str> {
    let url = url.trim();
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let schemed = lower.starts_with("https://") || lower.starts_with("http://");
    let harmless = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\';
    (schemed && url.chars().all(harmless)).then_some(url)
}

/// A link, or the words alone where the URL leads nowhere good.
pub(super) fn link(url: &str, words: &str) -> String {
    match web(url) {
        Some(url) => {
            format!("<a href=\"{}\" rel=\"noopener noreferrer\">{}</a>", E(url), E(words))
        }
        None => E(words).to_string(),
    }
}

/// A value as a string of a script, quotes included; ends no script and begins no comment.
pub(super) fn script(value: &str) -> String {
    let plain: String = value.chars().filter(|c| !c.is_control()).collect();
    let mut out = String::with_capacity(plain.len() + 2);
    out.push('"');
    for c in plain.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '<' | '>' | '&' | '\'' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An id as the name of a file, which also stands in URLs: other bytes than letters, digits, `-`
/// and `_` become `~` and their number.
pub(super) fn slug(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => out.push(char::from(byte)),
            other => out.push_str(&format!("~{other:02x}")),
        }
    }
    // A name may have 255 bytes; longer ids differ by their hash.
    if out.len() > 120 {
        let hash = crate::units::sha256(id.as_bytes());
        out.truncate(80);
        out.push_str(hash.get(..16).unwrap_or_default());
    }
    // `index.html` is the list.
    if out == "index" { "~index".to_owned() } else { out }
}

/// The beginning of a table that scrolls by itself where the page is too narrow.
pub(super) fn scroll(label: &str) -> String {
    format!("<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">\n", E(label))
}

/// A table whose cells are HTML already; a head is its words and its class. The first cell of a row
/// is its head.
pub(super) fn table(
    caption: &str,
    heads: &[(&str, &str)],
    rows: impl IntoIterator<Item = Vec<String>>,
    sorts: bool,
) -> String {
    let mut out = scroll(caption);
    let sort = if sorts { " data-sort" } else { "" };
    // Few columns side by side: a figure stands near its name.
    let narrow = if heads.len() < 4 { " class=\"narrow\"" } else { "" };
    out.push_str(&format!("<table{narrow}{sort}>\n<caption>{}</caption>\n<thead><tr>", E(caption)));
    for (head, class) in heads {
        out.push_str(&format!("<th scope=\"col\" class=\"{class}\">{}</th>", E(head)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (place, (cell, (_, class))) in row.iter().zip(heads).enumerate() {
            match place {
                0 => out.push_str(&format!("<th scope=\"row\" class=\"{class}\">{cell}</th>")),
                _ => out.push_str(&format!("<td class=\"{class}\">{cell}</td>")),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    out
}

/// A text of several lines, its line ends kept.
pub(super) fn lines(text: &str) -> String {
    E(text.trim()).to_string().replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_leaves_its_place() {
        let hostile = "</title><script>alert(1)</script>\" onx='y' &amp; \u{202e}\u{1b}[2J";
        let shown = E(hostile).to_string();
        assert!(!shown.contains(['<', '>', '"', '\'', '\u{202e}', '\u{1b}']), "{shown}");
        assert!(shown.contains("&amp;amp;"), "{shown}");
        let said = script("</script><!-- \"\\ \u{2028} \n & ]]>");
        assert!(
            !said.contains("</") && !said.contains("<!") && !said.contains('\u{2028}'),
            "{said}"
        );
        let back: String = serde_json::from_str(&said).unwrap();
        assert_eq!(back, "</script><!-- \"\\ \u{2028}  & ]]>");
    }

    #[test]
    fn only_the_web_is_linked() {
        for url in ["javascript:x()", "data:text/html,x", "//x.example", "HTTPS:x", "http://a b"] {
            assert_eq!(web(url), None, "{url}");
            assert!(!link(url, "w").contains("href"), "{url}");
        }
        assert_eq!(web(" HTTPS://x.example/?a=1&b "), Some("HTTPS://x.example/?a=1&b"));
        assert!(link("https://x.example/?a&\"", "<b>").contains("?a&amp;&quot;\""));
    }

    #[test]
    fn an_id_is_one_plain_name() {
        assert_eq!(slug("card-auth"), "card-auth");
        assert_eq!(slug("../x"), "~2e~2e~2fx");
        assert_eq!(slug("index"), "~index");
        assert_ne!(slug("A"), slug("a"));
        assert!(slug(&"é".repeat(300)).len() < 120);
    }
}
