//! A review's Markdown as its reader sees it: sections, and sentences of words with their places.
//!
//! Only what people wrote is words: code, comments, links' targets, front matter and computed
//! blocks are not. One pass, no recursion; any text is a document.

use std::ops::Range;

use crate::diag::{Source, TextRange};

/// A document, read.
#[derive(Debug, Clone)]
pub struct Document<'t> {
    /// The file.
    pub source: Source<'t>,
    /// What stands before the first heading, then each heading with its text.
    pub sections: Vec<Section>,
    /// Words that people wrote, in the order of the text.
    pub(super) words: Vec<Word>,
    /// `en`, `es-MX`: what the front matter says.
    pub locale: Option<String>,
}

/// A heading and what stands below it, until the next heading of any level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading's words; empty for what stands before the first.
    pub title: String,
    /// How deep: one for `#`; zero for what stands before the first.
    pub level: usize,
    /// Where the heading stands.
    pub heading: TextRange,
    /// Bytes below it.
    pub body: Range<usize>,
    /// Whether people wrote words into it.
    pub written: bool,
    /// Whether a computed block in it says something.
    pub computed: bool,
    /// Names of the computed blocks that begin in it.
    pub blocks: Vec<String>,
    /// The first prompt, a comment that is no marker.
    pub prompt: Option<TextRange>,
}

/// One word, figures included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// In small letters without accents.
    pub(super) folded: String,
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// The sentence that it belongs to.
    pub(super) sentence: usize,
    /// It begins with a capital.
    pub(super) capital: bool,
    /// It stands in a heading.
    pub(super) heading: bool,
}

/// Small letters without accents: people leave them out when they type fast.
pub(super) fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            '’' | '‘' | '´' => '\'',
            c => c,
        })
        .collect()
}

/// Where the reading of lines stands.
#[derive(Debug, Default)]
struct State {
    fence: Option<char>,
    comment: bool,
    block: bool,
    sentence: usize,
    /// Words were added since the sentence began.
    open: bool,
}

impl<'t> Document<'t> {
    /// Reads a document.
    pub fn read(source: Source<'t>) -> Document<'t> {
        let text = source.text;
        let mut document = Document {
            source,
            sections: vec![section(String::new(), 0, 0..0)],
            words: Vec::new(),
            locale: None,
        };
        let (mut at, mut state) = (0, State::default());
        if let Some((head, body)) = crate::communication::front_matter(text) {
            let named = head.lines().find_map(|line| line.strip_prefix("locale:"));
            document.locale = named.map(|l| l.trim().trim_matches(['"', '\'']).to_owned());
            at = text.len() - body.len();
        }
        let mut before = 0..0;
        for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
            let here = at..at + line.len();
            at = here.end;
            let under = is_underline(line) && !before.is_empty() && !state.in_aside();
            if under {
                // A heading that is marked by the line below it.
                document
                    .words
                    .iter_mut()
                    .filter(|w| w.range.start >= before.start)
                    .for_each(|w| w.heading = true);
                let title = text.get(before.clone()).unwrap_or_default().trim().to_owned();
                let level = if line.trim_start().starts_with('=') { 1 } else { 2 };
                if let Some(last) = document.sections.last_mut() {
                    last.body.end = before.start;
                }
                document.settle(before.start);
                let mut opened = section(title, level, before.start..here.end);
                opened.body = here.end..here.end;
                document.sections.push(opened);
                state.end();
            } else {
                document.line(line, here.start, &mut state);
            }
            before = if line.trim().is_empty() || state.in_aside() || under || !is_text(line) {
                0..0
            } else {
                here.clone()
            };
            if let Some(last) = document.sections.last_mut() {
                last.body.end = here.end;
            }
        }
        document
    }

    /// Whether words were written into the last section, once a later line took some of them away.
    fn settle(&mut self, heading: usize) {
        if let Some(last) = self.sections.last_mut() {
            let from = last.body.start;
            let within = |w: &Word| !w.heading && w.range.start >= from && w.range.start < heading;
            last.written =
                self.words.iter().rev().take_while(|w| w.range.start >= from).any(within);
        }
    }

    fn line(&mut self, line: &str, start: usize, state: &mut State) {
        let trimmed = line.trim();
        if let Some(mark) = state.fence {
            if trimmed.starts_with([mark, mark, mark].iter().collect::<String>().as_str()) {
                state.fence = None;
            }
            return;
        }
        if !state.comment && (trimmed.starts_with("```") || trimmed.starts_with("~~~")) {
            state.fence = trimmed.chars().next();
            state.end();
            return;
        }
        if !state.comment
            && let Some((name, closes)) = super::blocks::marker(line)
        {
            state.block = !closes;
            if let Some(last) = self.sections.last_mut().filter(|_| !closes) {
                last.blocks.push(name.to_owned());
            }
            state.end();
            return;
        }
        if state.block {
            let says = trimmed.chars().any(char::is_alphanumeric);
            if let Some(last) = self.sections.last_mut().filter(|_| says) {
                last.computed = true;
            }
            return;
        }
        if !state.comment
            && let Some((level, title)) = heading(trimmed)
        {
            state.end();
            let range = start..start + line.trim_end().len();
            let title = title.to_owned();
            let mut opened = section(title, level, range.clone());
            opened.body = start + line.len()..start + line.len();
            self.sections.push(opened);
            self.words(line, start, state, true);
            state.end();
            return;
        }
        if trimmed.is_empty() || begins_item(trimmed) {
            state.end();
        }
        self.words(line, start, state, false);
        if trimmed.starts_with('|') {
            state.end();
        }
    }

    /// The words of a line, without code, comments and targets of links.
    fn words(&mut self, line: &str, start: usize, state: &mut State, heading: bool) {
        let table = line.trim_start().starts_with('|');
        let mut rest = 0;
        while let Some(letter) = line.get(rest..).and_then(|r| r.chars().next()) {
            let tail = line.get(rest..).unwrap_or_default();
            if state.comment {
                match tail.find("-->") {
                    Some(end) => {
                        state.comment = false;
                        rest += end + 3;
                        continue;
                    }
                    None => return,
                }
            }
            if tail.starts_with("<!--") {
                state.comment = true;
                let range = TextRange::new(start + rest, start + line.trim_end().len());
                if let Some(last) = self.sections.last_mut() {
                    last.prompt.get_or_insert(range);
                }
                rest += 4;
                continue;
            }
            let skip = match letter {
                '`' => code(tail),
                '<' => tail
                    .find('>')
                    .filter(|end| is_tag(tail.get(..*end).unwrap_or_default()))
                    .map(|e| e + 1),
                ']' if tail.starts_with("](") => tail.find(')').map(|e| e + 1),
                'h' if tail.starts_with("http://") || tail.starts_with("https://") => Some(
                    tail.find(|c: char| c.is_whitespace() || matches!(c, ')' | '>' | '|'))
                        .unwrap_or(tail.len()),
                ),
                _ => None,
            };
            if let Some(skip) = skip {
                rest += skip.max(1);
                continue;
            }
            if letter.is_alphanumeric() {
                let part = |c: char| {
                    c.is_alphanumeric()
                        || matches!(c, '\'' | '’' | '-' | '_' | '.' | '@' | ':' | ',' | '/')
                };
                let end = tail.find(|c: char| !part(c)).unwrap_or(tail.len());
                let word = trimmed_word(tail.get(..end).unwrap_or_default());
                self.words.push(Word {
                    folded: folded(word),
                    range: start + rest..start + rest + word.len(),
                    sentence: state.sentence,
                    capital: letter.is_uppercase(),
                    heading,
                });
                state.open = true;
                if let Some(last) = self.sections.last_mut().filter(|_| !heading) {
                    last.written = true;
                }
                rest += word.len().max(1);
                continue;
            }
            let next = tail.get(letter.len_utf8()..).and_then(|t| t.chars().next());
            let ends = matches!(letter, '.' | '!' | '?' | ';' | '…')
                && next.is_none_or(|c| !c.is_alphanumeric());
            if ends || (table && letter == '|') {
                state.end();
            }
            rest += letter.len_utf8();
        }
    }
}

impl State {
    /// The sentence is over.
    fn end(&mut self) {
        if self.open {
            self.sentence += 1;
            self.open = false;
        }
    }

    fn in_aside(&self) -> bool {
        self.fence.is_some() || self.comment || self.block
    }
}

fn section(title: String, level: usize, heading: Range<usize>) -> Section {
    Section {
        title,
        level,
        heading: TextRange::new(heading.start, heading.end),
        body: heading.end..heading.end,
        written: false,
        computed: false,
        blocks: Vec::new(),
        prompt: None,
    }
}

/// A word without the marks that follow or join it: `restarted.`, `and/or` is `and`.
fn trimmed_word(word: &str) -> &str {
    let figure = word.starts_with(|c: char| c.is_ascii_digit());
    let end = if figure { None } else { word.find(['/', ',', ':', '@', '_']) };
    let word = word.get(..end.unwrap_or(word.len())).unwrap_or(word);
    // `etc.` and `v1.2` keep their inner points, a sentence's end does not belong to it.
    let inner = word.find(". ").map_or(word, |at| word.get(..at).unwrap_or(word));
    let short = inner.trim_end_matches(|c: char| !c.is_alphanumeric());
    if short.is_empty() { inner } else { short }
}

/// The level and words of `## Words ##`; bold words alone on a line are a heading too.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&level) {
        let rest = line.get(level..)?;
        let title = rest.trim().trim_end_matches('#').trim();
        return rest
            .starts_with([' ', '\t'])
            .then_some((level, title))
            .filter(|(_, t)| !t.is_empty());
    }
    let bold = line
        .strip_prefix("**")?
        .strip_suffix("**")
        .or_else(|| line.strip_prefix("**")?.strip_suffix("**:"))?;
    (!bold.is_empty() && !bold.contains("**")).then_some((6, bold.trim_end_matches(':').trim()))
}

fn is_underline(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 3 && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'))
}

/// Whether a line could be a heading that the next line marks.
fn is_text(line: &str) -> bool {
    let line = line.trim();
    !begins_item(line)
        && !line.starts_with(['|', '#', '>'])
        && line.chars().any(char::is_alphanumeric)
}

fn begins_item(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line.get(digits..).unwrap_or_default();
    line.starts_with("- ")
        || line.starts_with("* ")
        || line.starts_with("+ ")
        || line.starts_with('|')
        || line.starts_with('>')
        || (digits > 0 && (after.starts_with(". ") || after.starts_with(") ")))
}

/// Length of a piece of code that begins here; an unclosed one is none.
fn code(tail: &str) -> Option<usize> {
    let ticks = tail.bytes().take_while(|b| *b == b'`').count();
    let mark = tail.get(..ticks)?;
    let close = tail.get(ticks..)?.find(mark)?;
    Some(ticks + close + ticks)
}

/// Whether `<…` is a tag of HTML or ERB, or a link, rather than "less than".
fn is_tag(inside: &str) -> bool {
    inside.get(1..).is_some_and(|t| {
        t.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '%' | '!'))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        Document::read(Source::new("pir.md", text)).words.into_iter().map(|w| w.folded).collect()
    }

    #[test]
    fn only_what_people_wrote_is_words() {
        let text = "---\nlocale: es-MX\nx: no\n---\n# Título\n\nSí, `not this` <!-- nor this --> [link](https://no.example) esto. v1.2\n```\nno\n```\n<!-- inc:impact -->\n12\n<!-- /inc:impact -->\n<!--\nprompt\n-->\nfin";
        assert_eq!(words(text), ["titulo", "si", "link", "esto", "v1.2", "fin"]);
        let document = Document::read(Source::new("pir.md", text));
        assert_eq!(document.locale.as_deref(), Some("es-MX"));
        let section = &document.sections[1];
        assert_eq!((section.title.as_str(), section.level), ("Título", 1));
        assert_eq!(section.blocks, ["impact"]);
        assert!(section.written && section.computed && section.prompt.is_some());
    }

    #[test]
    fn headings_are_marked_in_three_ways() {
        let text = "Intro\n\n## One ##\n\nTwo\n---\nwords\n\n**Three:**\n\n<!-- prompt -->\n";
        let document = Document::read(Source::new("pir.md", text));
        let titles: Vec<_> =
            document.sections.iter().map(|s| (s.title.as_str(), s.written)).collect();
        assert_eq!(titles, [("", true), ("One", false), ("Two", true), ("Three", false)]);
    }

    #[test]
    fn sentences_end_where_a_reader_stops() {
        let text = "One. Two v1.5 goes on\nhere\n- three\n- four\n\n| five | six |\n";
        let document = Document::read(Source::new("pir.md", text));
        let of: Vec<_> = document.words.iter().map(|w| w.sentence).collect();
        assert_eq!(of, [0, 1, 1, 1, 1, 1, 2, 3, 4, 5]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_document(text in "(\\PC|\n|`|<!--|-->|#|\\||- |---\n|```\n|<!-- inc:a -->\n){0,60}") {
            let document = Document::read(Source::new("pir.md", &text));
            for word in &document.words {
                prop_assert!(text.get(word.range.clone()).is_some());
            }
            for section in &document.sections {
                prop_assert!(text.get(section.body.clone()).is_some());
            }
        }
    }
}
