//! What a value must lose or gain before it stands in a text of some kind.
//!
//! Record contents come from outside: an alert's title, a pasted log line, an import. A value
//! never changes the structure of the text that it is printed in.

/// The kind of text that a template writes, which decides how values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Escape {
    /// GitHub-flavoured Markdown: emphasis, pipes, raw HTML, mentions.
    Markdown,
    /// HTML text and quoted attributes.
    Html,
    /// Slack's `mrkdwn`: `&`, `<`, `>` and the words that notify a whole channel.
    Slack,
    /// Plain text: control characters are dropped, nothing else.
    Plain,
}

/// Channels whose text is read as Markdown by the people or the tool that receives it.
const MARKDOWN_CHANNELS: [&str; 10] = [
    "status_page",
    "email",
    "help_center",
    "support_script",
    "agent_banner",
    "client_notice",
    "merchant_notice",
    "vendor",
    "executive_brief",
    "regulator_notice",
];

impl Escape {
    /// The kind of a template, from its name.
    ///
    /// `….md.hbs`, `….html.hbs`, `….slack.hbs` and `….txt.hbs` say it themselves; a template
    /// under `communication/<channel>/` has its channel's kind; anything else is plain.
    pub fn of_template(name: &str) -> Escape {
        let name = name.strip_suffix(".hbs").unwrap_or(name);
        for (ending, escape) in [
            (".md", Escape::Markdown),
            (".html", Escape::Html),
            (".slack", Escape::Slack),
            (".txt", Escape::Plain),
        ] {
            if name.ends_with(ending) {
                return escape;
            }
        }
        let channel = name.strip_prefix("communication/").and_then(|rest| rest.split('/').next());
        match channel {
            Some(channel) if MARKDOWN_CHANNELS.contains(&channel) => Escape::Markdown,
            Some(channel) if channel.starts_with("slack") => Escape::Slack,
            _ => Escape::Plain,
        }
    }

    /// Escapes one value.
    pub fn apply(self, value: &str) -> String {
        match self {
            Escape::Markdown => markdown(value),
            Escape::Html => html(value),
            Escape::Slack => slack(value),
            Escape::Plain => value.chars().filter(|c| !is_unwanted(*c)).collect(),
        }
    }
}

/// Control characters other than newline and tab have no business in any text that leaves.
fn is_unwanted(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

fn html(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for c in value.chars().filter(|c| !is_unwanted(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn slack(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for (at, c) in value.char_indices().filter(|(_, c)| !is_unwanted(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A zero-width space keeps the word readable and notifies nobody.
            '@' if begins_mention(value, at) => out.push_str("@\u{200b}"),
            c => out.push(c),
        }
    }
    out
}

/// Whether the `@` at this byte would be read as naming somebody: `@ana`, not `ana@example.com`.
fn begins_mention(value: &str, at: usize) -> bool {
    let before = value[..at].chars().next_back();
    let after = value[at + 1..].chars().next();
    !before.is_some_and(|c| c.is_alphanumeric()) && after.is_some_and(|c| c.is_alphanumeric())
}

fn markdown(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for (number, line) in value.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        markdown_line(line, &mut out);
    }
    out
}

fn markdown_line(line: &str, out: &mut String) {
    // Four spaces or a tab would open a code block, so a line keeps at most two.
    let words = line.trim_start();
    let indent = if line.len() == words.len() { "" } else { "  " };
    out.push_str(&indent[..indent.len().min(line.len() - words.len())]);
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in words.char_indices().filter(|(_, c)| !is_unwanted(*c)) {
        let opens_block = at == 0 && matches!(c, '#' | '-' | '+' | '=' | ':');
        let numbers_a_list = digits > 0 && digits < 10 && at == digits && matches!(c, '.' | ')');
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // `&lt;` in a value is those four letters, not a sign.
            '&' if words[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#') => {
                out.push_str("&amp;");
            }
            '@' if begins_mention(words, at) => out.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            // Inside a word an underscore is no emphasis, and `card_not_present` stays readable.
            '_' if !inside_word(words, at) => out.push_str("\\_"),
            // A list or heading only where white space follows, so `-5` and `10.5` stay plain.
            c if (opens_block || numbers_a_list) && opens(words, at, c) => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

fn inside_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + 1..].chars().next();
    before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
}

fn opens(words: &str, at: usize, c: char) -> bool {
    let rest = &words[at + 1..];
    let rule = rest.trim_end().bytes().all(|b| b as char == c) && matches!(c, '-' | '=' | '+');
    rule || c == '#' || c == ':' || rest.starts_with([' ', '\t'])
}

/// A value on one line of a terminal: control characters and what reorders text are shown.
///
/// Escape sequences in a title would otherwise move the cursor, change colours or rewrite what
/// stands above; bidirectional overrides show other words than those that are there.
pub fn terminal_safe(value: &str) -> String {
    shown(value, false)
}

/// As [`terminal_safe`], with line breaks and tabs kept: for texts of several lines.
pub fn terminal_safe_lines(value: &str) -> String {
    shown(value, true)
}

fn shown(value: &str, lines: bool) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\n' | '\t' if lines => out.push(c),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => {
                out.extend(c.escape_unicode());
            }
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_says_its_kind_by_its_name() {
        for (name, escape) in [
            ("pir.es-MX.md.hbs", Escape::Markdown),
            ("report/weekly.en.html", Escape::Html),
            ("communication/status_page/initial.en.hbs", Escape::Markdown),
            ("communication/slack_internal/update.en.hbs", Escape::Slack),
            ("communication/push/initial.es-MX.hbs", Escape::Plain),
            ("brief.txt", Escape::Plain),
        ] {
            assert_eq!(Escape::of_template(name), escape, "{name}");
        }
    }

    #[test]
    fn markdown_keeps_words_and_takes_away_structure() {
        for (value, escaped) in [
            ("card_not_present", "card_not_present"),
            ("_bold_ *very*", "\\_bold\\_ \\*very\\*"),
            ("a | b", "a \\| b"),
            ("<!-- /inc:impact -->", "&lt;!-- /inc:impact --&gt;"),
            ("ask @ana, ana@example.com", "ask @\u{200b}ana, ana@example.com"),
            ("# heading\n- item\n1. one", "\\# heading\n\\- item\n1\\. one"),
            ("-5 and 10.5", "-5 and 10.5"),
            ("---", "\\---"),
            ("AT&T &lt;", "AT&amp;T &amp;lt;"),
            ("[x](javascript:y)", "\\[x\\](javascript:y)"),
            ("      code", "  code"),
            ("\u{1b}[31mred", "\\[31mred"),
        ] {
            assert_eq!(Escape::Markdown.apply(value), escaped, "{value}");
        }
    }

    #[test]
    fn slack_and_html_keep_their_signs_apart() {
        assert_eq!(Escape::Slack.apply("<!here> @channel"), "&lt;!here&gt; @\u{200b}channel");
        assert_eq!(Escape::Html.apply("\"<b>'&"), "&quot;&lt;b&gt;&#39;&amp;");
        assert_eq!(Escape::Plain.apply("a\u{7}b\n"), "ab\n");
    }

    #[test]
    fn a_terminal_never_obeys_a_value() {
        assert_eq!(terminal_safe("a\u{1b}[2Jb\r\n\t\u{202e}c"), "a\\u{1b}[2Jb\\r\\n\\t\\u{202e}c");
        assert_eq!(terminal_safe_lines("a\n\u{9b}b"), "a\n\\u{9b}b");
        assert_eq!(terminal_safe("ñandú 🚨 עברית"), "ñandú 🚨 עברית");
    }
}
