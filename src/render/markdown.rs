//! The Markdown that our messages use, as HTML and as Slack reads it: headings, lists, bold words,
//! paragraphs. Whatever else there is stays as it is written.

use super::Escape;

/// As HTML.
pub fn html(text: &str) -> String {
    let mut out = String::new();
    let mut in_list = false;
    for line in text.lines().map(str::trim_end) {
        let item = line.trim_start().strip_prefix("- ").or(line.trim_start().strip_prefix("• "));
        if item.is_none() && in_list {
            out.push_str("</ul>");
            in_list = false;
        }
        match (item, line.strip_prefix("## ").or_else(|| line.strip_prefix("# "))) {
            (Some(item), _) => {
                if !in_list {
                    out.push_str("<ul>");
                    in_list = true;
                }
                out.push_str(&format!("<li>{}</li>", bold(item)));
            }
            (None, Some(heading)) => out.push_str(&format!("<h3>{}</h3>", bold(heading))),
            (None, None) if line.is_empty() => {}
            (None, None) => out.push_str(&format!("<p>{}</p>", bold(line))),
        }
    }
    if in_list {
        out.push_str("</ul>");
    }
    out
}

/// As plain words: no signs of Markdown, headings on lines of their own.
pub fn plain(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim_end) {
        let line = line.strip_prefix("## ").or_else(|| line.strip_prefix("# ")).unwrap_or(line);
        out.push_str(&unescaped(line).replace("**", ""));
        out.push('\n');
    }
    out.trim_end().to_owned()
}

/// As Slack's mrkdwn.
pub fn slack(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim_end) {
        let heading = line.strip_prefix("## ").or_else(|| line.strip_prefix("# "));
        let words = Escape::Slack.apply(&unescaped(heading.unwrap_or(line)));
        match (heading, words.strip_prefix("- ")) {
            (Some(_), _) => out.push_str(&format!("*{}*", words.replace("**", ""))),
            (None, Some(item)) => out.push_str(&format!("• {}", item.replace("**", "*"))),
            (None, None) => out.push_str(&words.replace("**", "*")),
        }
        out.push('\n');
    }
    out.trim_end().to_owned()
}

/// HTML in which `4:15 a. m.` never ends up on two lines.
pub(super) fn together(html: &str) -> String {
    html.replace(" a. m.", "&nbsp;a.&nbsp;m.").replace(" p. m.", "&nbsp;p.&nbsp;m.")
}

/// A line without the backslashes before signs.
fn unescaped(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let escapes = letter == '\\' && letters.peek().is_some_and(char::is_ascii_punctuation);
        if !escapes {
            plain.push(letter);
        }
    }
    plain
}

/// A line as HTML, `**words**` in bold, a backslash before a sign taken away.
fn bold(line: &str) -> String {
    let plain = unescaped(line);
    let mut out = String::new();
    let parts: Vec<&str> = plain.split("**").collect();
    let paired = parts.len() % 2 == 1;
    for (i, part) in parts.iter().enumerate() {
        let part = together(&Escape::Html.apply(part));
        if i % 2 == 1 && paired {
            out.push_str(&format!("<strong>{part}</strong>"));
        } else {
            out.push_str(&part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_paragraphs_lists_and_headings() {
        let text = "## A\n\nB **c** \\*d\n- e\n- f";
        assert_eq!(
            html(text),
            "<h3>A</h3><p>B <strong>c</strong> *d</p><ul><li>e</li><li>f</li></ul>"
        );
        assert_eq!(plain(text), "A\n\nB c *d\n- e\n- f");
        assert_eq!(html("a las 4:15 p. m."), "<p>a las 4:15&nbsp;p.&nbsp;m.</p>");
        assert_eq!(slack("## A\n**b** <!channel>\n- c"), "*A*\n*b* &lt;!channel&gt;\n• c");
    }
}
