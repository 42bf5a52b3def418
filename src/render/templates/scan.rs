//! What is refused in a template's text before the parser sees it.
//!
//! The parser under Handlebars is recursive and counts lines from the top for each tag: depth,
//! number of tags and size are bounded here, so that no file can exhaust stack or time. Blocks
//! that do not close are said here too, with the line that opened them.

use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};

/// A template is a page of text; more is a mistake or an attack.
const MAX_BYTES: usize = 128 * 1024;
const MAX_TAGS: usize = 5_000;
const MAX_DEPTH: usize = 32;
/// Brackets inside one tag.
const MAX_BRACKETS: usize = 8;

/// Checks the tags of a template; nothing is parsed when this finds something.
pub(super) fn scan(source: Source<'_>) -> Diagnostics {
    let mut scan = Scan { source, open: Vec::new(), found: Diagnostics::default() };
    if source.text.len() > MAX_BYTES {
        scan.found.push(
            Diagnostic::error("template-too-large", "the template is larger than 128 kB")
                .at(crate::diag::Place::file(source.name))
                .help("split it, and include the parts with {{> name}}"),
        );
        return scan.found;
    }
    scan.tags();
    scan.found
}

struct Scan<'a> {
    source: Source<'a>,
    open: Vec<(&'a str, TextRange)>,
    found: Diagnostics,
}

impl<'a> Scan<'a> {
    fn tags(&mut self) {
        let text = self.source.text;
        let (mut at, mut count) = (0, 0);
        while let Some(start) = text[at..].find("{{").map(|i| at + i) {
            if text[..start].ends_with('\\') && !text[..start].ends_with("\\\\") {
                at = start + 2;
                continue;
            }
            count += 1;
            if count > MAX_TAGS {
                let range = TextRange::new(start, start + 2);
                self.error("template-too-large", "more than 5000 tags in one template", range);
                return;
            }
            let Some(end) = tag_end(text, start) else {
                let range = TextRange::new(start, start + 2);
                self.error("template-syntax", "`{{` is never closed by `}}`", range);
                return;
            };
            self.tag(TextRange::new(start, end));
            if self.open.len() > MAX_DEPTH {
                let range = TextRange::new(start, end);
                self.error("template-too-deep", "blocks are nested deeper than 32", range);
                return;
            }
            at = end;
        }
        for (name, range) in std::mem::take(&mut self.open) {
            let message = format!("`{{{{#{name}}}}}` is never closed by `{{{{/{name}}}}}`");
            self.error("template-syntax", message, range);
        }
    }

    fn tag(&mut self, range: TextRange) {
        let whole = &self.source.text[range.start..range.end];
        if whole.starts_with("{{!") {
            return;
        }
        if whole.starts_with("{{{") || whole.trim_start_matches("{{").starts_with(['&', '{']) {
            self.found.push(
                Diagnostic::error("template-unescaped", "a value is printed without its escape")
                    .at(self.source.place(range))
                    .help("write {{…}}: values come from outside and are escaped for this kind"),
            );
            return;
        }
        let body = whole[2..whole.len() - 2].trim_matches('~').trim();
        let depth = brackets(body);
        if depth > MAX_BRACKETS {
            self.error("template-too-deep", "brackets are nested deeper than 8", range);
            return;
        }
        let name = |rest: &'a str| rest.trim_start().split([' ', '\t', '\n', '\r', '~']).next();
        match body.as_bytes().first() {
            None => self.error("template-syntax", "an empty tag", range),
            Some(b'*') => self.unsupported(range, "decorators"),
            Some(b'#') => match body.as_bytes().get(1) {
                Some(b'*') => self.unsupported(range, "decorators and inline partials"),
                Some(b'>') => self.unsupported(range, "partial blocks"),
                _ => self.open.push((name(&body[1..]).unwrap_or_default(), range)),
            },
            Some(b'/') => {
                let closing = body[1..].trim();
                match self.open.pop() {
                    Some((opened, _)) if opened == closing => {}
                    Some((opened, _)) => {
                        let message = format!(
                            "`{{{{/{closing}}}}}` closes nothing here; `{{{{#{opened}}}}}` is open"
                        );
                        self.error("template-syntax", message, range);
                    }
                    None => {
                        let message = format!("`{{{{/{closing}}}}}` closes nothing");
                        self.error("template-syntax", message, range);
                    }
                }
            }
            _ if (body == "else" || body.starts_with("else ") || body == "^")
                && self.open.is_empty() =>
            {
                self.error("template-syntax", "`{{else}}` stands outside a block", range);
            }
            _ => {}
        }
    }

    fn unsupported(&mut self, range: TextRange, what: &str) {
        self.error("template-syntax", format!("{what} are not part of these templates"), range);
    }

    fn error(&mut self, code: &str, message: impl Into<String>, range: TextRange) {
        let first_line = self.source.text[range.start..range.end].find('\n');
        let range = TextRange::new(range.start, first_line.map_or(range.end, |i| range.start + i));
        self.found.push(Diagnostic::error(code, message).at(self.source.place(range)));
    }
}

/// One past the `}}` that ends the tag at `start`; a `}}` inside quotes does not end it.
fn tag_end(text: &str, start: usize) -> Option<usize> {
    let from = |i: usize, pattern: &str| {
        text.get(i..).and_then(|t| t.find(pattern)).map(|n| i + n + pattern.len())
    };
    if text[start..].starts_with("{{!--") {
        return from(start + 5, "--}}");
    }
    if text[start..].starts_with("{{!") {
        return from(start + 3, "}}");
    }
    let bytes = text.as_bytes();
    let (mut at, mut quote) = (start + 2, None);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(q), b) if q == b => quote = None,
            (None, b'"' | b'\'') => quote = Some(bytes[at]),
            (None, b'}') if bytes[at..].starts_with(b"}}") => {
                let extra = bytes[at + 2..].iter().take_while(|b| **b == b'}').count();
                return Some(at + 2 + extra.min(2));
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn brackets(body: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for b in body.bytes() {
        match b {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let found = scan(Source::new("t.md.hbs", text));
        found.into_iter().map(|d| format!("{} {}", d.place.unwrap(), d.message)).collect()
    }

    #[test]
    fn says_which_block_stays_open() {
        assert_eq!(found("{{#if a}}\nx\n{{else}}{{/if}}{{! }} {{!-- {{#each --}}"), [""; 0]);
        assert_eq!(
            found("a\n  {{#if b}}"),
            ["t.md.hbs:2:3 `{{#if}}` is never closed by `{{/if}}`"]
        );
        assert_eq!(
            found("{{#if b}}{{/each}}"),
            ["t.md.hbs:1:10 `{{/each}}` closes nothing here; `{{#if}}` is open"]
        );
        assert_eq!(found("{{a"), ["t.md.hbs:1:1 `{{` is never closed by `}}`"]);
        assert_eq!(found("{{default a \"}}\"}}"), [""; 0]);
    }

    #[test]
    fn refuses_what_is_unsafe_or_without_end() {
        assert_eq!(found("{{{a}}}").len(), 1);
        assert_eq!(found("{{& a}}").len(), 1);
        assert_eq!(found("{{#*inline \"x\"}}{{/inline}}").len(), 2);
        assert_eq!(found(&"{{#if a}}".repeat(100_000)).len(), 1);
        assert_eq!(found(&format!("{{{{a {}}}}}", "(".repeat(50_000))).len(), 1);
        assert_eq!(found(&"{{a}}".repeat(6_000)).len(), 1);
    }
}
