use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};

use super::{Key, Node, Value};
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};

/// Largest text that is read, in bytes. A record of a year-long incident has some 200 kB.
pub const MAX_BYTES: usize = 8 << 20;
/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;
/// Most values that are read, aliases expanded: what stops an alias bomb.
pub const MAX_NODES: usize = 500_000;

/// Most duplicate keys that are listed before reading stops.
const LISTED: usize = 100;

/// Reads one YAML document.
///
/// # Errors
///
/// Everything that is wrong with the text as YAML: broken syntax (the first place only, a parser
/// cannot go on behind it), duplicate keys (all), a second document, an empty text, and the limits
/// [`MAX_BYTES`], [`MAX_DEPTH`] and [`MAX_NODES`].
pub fn parse(source: Source<'_>) -> Result<Node, Diagnostics> {
    if source.text.len() > MAX_BYTES {
        let mut d = Diagnostic::error(
            "too-large",
            format!("{} bytes of YAML, at most {MAX_BYTES} are read", source.text.len()),
        );
        d.place = Some(crate::diag::Place::file(source.name));
        d.help = Some("what is that large belongs in an evidence file outside git".into());
        return Err(d.into());
    }
    let mut reader = Reader {
        source,
        events: Parser::new_from_str(source.text),
        anchors: HashMap::new(),
        nodes: 0,
        found: Diagnostics::default(),
    };
    let root = reader.document().map_err(|stop| {
        let mut found = std::mem::take(&mut reader.found);
        found.push(*stop);
        found
    })?;
    if reader.found.has_errors() { Err(reader.found) } else { Ok(root) }
}

struct Reader<'a> {
    source: Source<'a>,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    found: Diagnostics,
}

type Stop = Box<Diagnostic>;

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, TextRange), Stop> {
        loop {
            match self.events.next_event() {
                None => {
                    let end = self.source.text.len();
                    return Ok((Event::StreamEnd, TextRange::new(end, end)));
                }
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, span))) => {
                    let end = self.source.text.len();
                    let start = span.start.byte_offset().unwrap_or(end);
                    let stop = span.end.byte_offset().unwrap_or(start);
                    return Ok((event, TextRange::new(start, stop.max(start))));
                }
                Some(Err(error)) => {
                    let at = error.marker().byte_offset().unwrap_or(self.source.text.len());
                    let what = error.info().to_lowercase();
                    let mut stop = self.stop("not-yaml", &what, TextRange::new(at, at + 1));
                    if what.contains("tab") {
                        stop.help = Some("indent with spaces: YAML allows no tabs there".into());
                    }
                    return Err(stop);
                }
            }
        }
    }

    fn stop(&self, code: &str, message: impl Into<String>, range: TextRange) -> Stop {
        Box::new(Diagnostic::error(code, message).at(self.source.place(range)))
    }

    fn document(&mut self) -> Result<Node, Stop> {
        let mut root = None;
        loop {
            let (event, range) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_none() => {}
                Event::DocumentStart(..) => {
                    return Err(self.stop(
                        "two-documents",
                        "a second YAML document begins here; a file holds one",
                        range,
                    ));
                }
                Event::StreamEnd => {
                    return root.ok_or_else(|| {
                        let stop = self.stop("empty", "the file is empty", TextRange::new(0, 0));
                        Box::new(stop.help("git log shows the last version that was not"))
                    });
                }
                event => root = Some(self.node(event, range, 0)?),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, range: TextRange, depth: usize) -> Result<Node, Stop> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} values, aliases expanded");
            return Err(self.stop("too-many-values", message, range));
        }
        if depth > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(self.stop("too-deep", message, range));
        }
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = text.into_owned();
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value = if plain { Value::Plain(text) } else { Value::Quoted(text) };
                (Node { value, range }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items = Vec::new();
                let end = loop {
                    let (event, at) = self.next()?;
                    match event {
                        Event::SequenceEnd => break at.end,
                        event => items.push(self.node(event, at, depth + 1)?),
                    }
                };
                let range = TextRange::new(range.start, end.max(range.start));
                (Node { value: Value::Seq(items), range }, anchor)
            }
            Event::MappingStart(_, anchor, _) => {
                let (entries, end) = self.mapping(depth)?;
                let range = TextRange::new(range.start, end.max(range.start));
                (Node { value: Value::Map(entries), range }, anchor)
            }
            Event::Alias(id) => {
                let Some(target) = self.anchors.get(&id) else {
                    return Err(self.stop("unknown-alias", "this alias has no anchor", range));
                };
                let mut node = target.clone();
                node.range = range;
                self.nodes += count(&node);
                if self.nodes > MAX_NODES {
                    let message = format!("more than {MAX_NODES} values, aliases expanded");
                    return Err(self.stop("too-many-values", message, range));
                }
                (node, 0)
            }
            _ => return Err(self.stop("not-yaml", "a value was expected here", range)),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn mapping(&mut self, depth: usize) -> Result<(Vec<(Key, Node)>, usize), Stop> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut merged: Vec<(Key, Node)> = Vec::new();
        let mut seen: HashMap<String, TextRange> = HashMap::new();
        let end = loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break at.end;
            }
            let key = self.node(event, at, depth + 1)?;
            let (Value::Plain(name) | Value::Quoted(name)) = key.value else {
                return Err(self.stop("not-a-name", "a key must be a name", key.range));
            };
            let (event, at) = self.next()?;
            let value = self.node(event, at, depth + 1)?;
            if name == "<<" {
                let Value::Map(from) = value.value else {
                    return Err(self.stop("not-a-mapping", "`<<` takes a mapping", value.range));
                };
                merged.extend(from);
                continue;
            }
            if let Some(first) = seen.insert(name.clone(), key.range) {
                let line = self.source.place(first).line;
                let d =
                    self.stop("duplicate-key", format!("`{name}` stands here twice"), key.range);
                let d = d.help(format!("the first is in line {line}; keep one of them"));
                if self.found.0.len() >= LISTED {
                    return Err(Box::new(d));
                }
                self.found.push(d);
                continue;
            }
            entries.push((Key { name, range: key.range }, value));
        };
        for (key, value) in merged {
            if seen.insert(key.name.clone(), key.range).is_none() {
                entries.push((key, value));
            }
        }
        Ok((entries, end))
    }
}

fn count(node: &Node) -> usize {
    match &node.value {
        Value::Seq(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, v)| count(v)).sum::<usize>(),
        Value::Plain(_) | Value::Quoted(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        parse(Source::new("x.yaml", text)).unwrap_err().0[0].code.clone()
    }

    #[test]
    fn values_know_their_bytes() {
        let text = "título: \"año\"\nlist: [a, 12.50]\n";
        let node = parse(Source::new("x", text)).unwrap();
        let title = node.get("título").unwrap();
        assert_eq!(&text[title.range.start..title.range.end], "\"año\"");
        let Value::Seq(items) = &node.get("list").unwrap().value else { panic!("a list") };
        assert_eq!(&text[items[1].range.start..items[1].range.end], "12.50");
    }

    #[test]
    fn all_duplicate_keys_are_named() {
        let found = parse(Source::new("x", "a: 1\na: 2\nb: 1\nb: 2\n")).unwrap_err();
        assert_eq!(
            found.0.iter().map(|d| d.code.as_str()).collect::<Vec<_>>(),
            ["duplicate-key"; 2]
        );
    }

    #[test]
    fn hostile_texts_are_refused() {
        assert_eq!(code(""), "empty");
        assert_eq!(code("a: 1\n---\nb: 2\n"), "two-documents");
        assert_eq!(code(&format!("{}{}", "[".repeat(100), "]".repeat(100))), "too-deep");
        assert_eq!(code(&"[".repeat(200_000)), "not-yaml");
        assert_eq!(code("a: *b\n"), "not-yaml");
        assert_eq!(code("a:\n\t- b\n"), "not-yaml");
        assert_eq!(code("? [a, b]\n: c\n"), "not-a-name");
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for i in 1..9 {
            let row = vec![format!("*a{}", i - 1); 9].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{row}]\n"));
        }
        assert_eq!(code(&bomb), "too-many-values");
    }

    #[test]
    fn merges_and_byte_order_marks_are_read() {
        let node =
            parse(Source::new("x", "\u{feff}base: &b { a: 1 }\nitem: { <<: *b, c: 2 }\n")).unwrap();
        assert_eq!(node.get("item").unwrap().get("a").unwrap().text(), Some("1"));
    }
}
