//! A text as its writer laid it out: where each key, dash, colon and value stands.
//!
//! [`crate::yaml::Node`] knows what a record says and where; an edit must also know how it is
//! written: block or flow, quoted or plain, anchored or an alias. The places here leave out
//! comments and blank lines, so that what lies between two of them is the writer's own.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, StrInput, StructureStyle};

/// A value and its layout.
#[derive(Debug)]
pub(super) struct Spot {
    /// First byte of its anchor or tag, else the same as `start`.
    pub(super) outer: usize,
    /// First byte of the value; of a block scalar, its `|` or `>`.
    pub(super) start: usize,
    /// One past its last byte, on the last line that belongs to it.
    pub(super) end: usize,
    /// What it is.
    pub(super) kind: Kind,
    /// The anchor that it defines.
    pub(super) anchor: Option<usize>,
    /// Whether it bears a tag.
    pub(super) tagged: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// Nothing is written: `key:`.
    Missing,
    /// Plain or quoted text.
    Inline(ScalarStyle),
    /// A block scalar.
    Block(BlockScalar),
    /// A use of an anchor.
    Alias,
    /// A sequence.
    Seq { flow: bool, items: Vec<Item> },
    /// A mapping.
    Map { flow: bool, entries: Vec<Entry> },
}

impl Kind {
    /// Whether something is written for the value.
    pub(super) fn written(&self) -> bool {
        !matches!(self, Kind::Missing)
    }

    /// How many items or entries it has.
    pub(super) fn len(&self) -> usize {
        match self {
            Kind::Seq { items, .. } => items.len(),
            Kind::Map { entries, .. } => entries.len(),
            _ => 0,
        }
    }
}

#[derive(Debug)]
pub(super) struct BlockScalar {
    /// `>` rather than `|`.
    pub(super) folded: bool,
    /// Whether trailing blank lines are kept (`+`).
    pub(super) keeps: bool,
    /// One past the indicators of its header.
    pub(super) header_end: usize,
    /// Column of its lines; `None` where it has no text.
    pub(super) column: Option<usize>,
}

/// An item of a sequence.
#[derive(Debug)]
pub(super) struct Item {
    /// Its dash; in a flow sequence, its own first byte.
    pub(super) dash: usize,
    /// Its value.
    pub(super) value: Spot,
}

/// An entry of a mapping.
#[derive(Debug)]
pub(super) struct Entry {
    /// First byte, with the key's `?`, anchor or tag.
    pub(super) start: usize,
    /// The key.
    pub(super) name: String,
    /// One past the key.
    pub(super) key_end: usize,
    /// One past the colon; `None` for `? key` forms and keys without one.
    pub(super) colon_end: Option<usize>,
    /// Its value.
    pub(super) value: Spot,
}

/// A text with the layout of its document.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub(super) text: &'a str,
    pub(super) root: Spot,
    /// How often each anchor is used, and where it was first.
    pub(super) uses: HashMap<usize, Vec<usize>>,
}

impl<'a> Layout<'a> {
    /// Reads the layout of a text that [`crate::yaml::parse`] accepts; `None` for any other.
    pub(super) fn read(text: &'a str) -> Option<Layout<'a>> {
        let mut reader = Reader { text, events: Parser::new_from_str(text), uses: HashMap::new() };
        loop {
            match reader.next()? {
                (Event::StreamStart, ..) => {}
                (Event::DocumentStart(..), _, end) => {
                    let (event, start, stop) = reader.next()?;
                    let root = reader.spot(event, start, stop, end)?;
                    return Some(Layout { text, root, uses: reader.uses });
                }
                _ => return None,
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    events: Parser<'a, StrInput<'a>>,
    uses: HashMap<usize, Vec<usize>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, usize, usize)> {
        loop {
            match self.events.next_event()?.ok()? {
                (Event::Comment(..), _) => {}
                (event, span) => {
                    return Some((event, span.start.byte_offset()?, span.end.byte_offset()?));
                }
            }
        }
    }

    /// Reads the value whose first event is given; `from` is the place behind what introduces it.
    fn spot(&mut self, event: Event<'a>, at: usize, end: usize, from: usize) -> Option<Spot> {
        let (anchor, tagged) = match &event {
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(_, anchor, tag)
            | Event::MappingStart(_, anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        let outer = if anchor != 0 || tagged { skip_space(self.text, from) } else { at };
        let mut spot = Spot {
            outer,
            start: at,
            end,
            kind: Kind::Missing,
            anchor: (anchor != 0).then_some(anchor),
            tagged,
        };
        match event {
            Event::Scalar(_, style @ (ScalarStyle::Literal | ScalarStyle::Folded), ..) => {
                self.block_scalar(&mut spot, style, from);
            }
            Event::Scalar(_, ScalarStyle::Plain, ..) if at == end => {
                let written =
                    if anchor != 0 || tagged { skip_properties(self.text, from) } else { from };
                (spot.start, spot.end) = (written, written);
                spot.outer = if anchor != 0 || tagged { outer } else { written };
            }
            Event::Scalar(_, style, ..) => spot.kind = Kind::Inline(style),
            Event::Alias(id) => {
                self.uses.entry(id).or_default().push(at);
                spot.kind = Kind::Alias;
            }
            Event::SequenceStart(style, ..) => {
                if style == StructureStyle::Block {
                    // The parser places a list that is not indented behind its first dash.
                    let properties = if anchor != 0 || tagged { outer } else { from };
                    spot.start = skip_space(self.text, properties_end(self.text, properties));
                }
                self.sequence(&mut spot, style)?;
            }
            Event::MappingStart(style, ..) => self.mapping(&mut spot, style)?,
            _ => return None,
        }
        if anchor == 0 && !tagged {
            spot.outer = spot.start;
        }
        Some(spot)
    }

    fn block_scalar(&self, spot: &mut Spot, style: ScalarStyle, from: usize) {
        let (body, stop) = (spot.start, spot.end);
        let start = skip_properties(self.text, from);
        let header = self.text[start..].bytes().skip(1);
        let indicators = header.take_while(|b| b"+-123456789".contains(b)).count() + 1;
        let keeps = self.text[start..].bytes().take(indicators).any(|b| b == b'+');
        let header_line = end_of_line(self.text, start);
        let line = line_start(self.text, body);
        let filled = line > header_line && !is_blank(&self.text[body..stop]);
        let column = filled.then_some(body - line);
        spot.start = start;
        spot.end = match column {
            Some(column) => end_of_body(self.text, body, stop, column, keeps),
            None if keeps => end_of_line(self.text, last_line_before(self.text, stop, header_line)),
            None => header_line,
        };
        if column.is_none() && !keeps {
            spot.end = start + indicators;
        }
        spot.kind = Kind::Block(BlockScalar {
            folded: style == ScalarStyle::Folded,
            keeps,
            header_end: start + indicators,
            column,
        });
    }

    fn sequence(&mut self, spot: &mut Spot, style: StructureStyle) -> Option<()> {
        let flow = style == StructureStyle::Flow;
        let mut items: Vec<Item> = Vec::new();
        let mut from = if flow { spot.end } else { spot.start };
        spot.end = loop {
            let (event, at, end) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                break if flow { end } else { from };
            }
            let dash = skip_space(self.text, from);
            let behind = if flow { skip_comma(self.text, dash) } else { dash + 1 };
            let value = self.spot(event, at, end, behind)?;
            from = value.end;
            items.push(Item { dash: if flow { value.outer } else { dash }, value });
        };
        spot.kind = Kind::Seq { flow, items };
        Some(())
    }

    fn mapping(&mut self, spot: &mut Spot, style: StructureStyle) -> Option<()> {
        let flow = style == StructureStyle::Flow;
        let mut entries: Vec<Entry> = Vec::new();
        let mut from = if flow { spot.end } else { spot.start };
        spot.end = loop {
            let (event, at, end) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                // A single pair in a flow sequence, `[a: 1]`, has no braces of its own.
                break if self.text[spot.start..].starts_with('{') { end } else { from };
            }
            let name = match &event {
                Event::Scalar(text, ..) => text.to_string(),
                _ => String::new(),
            };
            let start = skip_space(self.text, from);
            let start = if flow { skip_comma(self.text, start) } else { start };
            let key = self.spot(event, at, end, start)?;
            let colon = skip_space(self.text, key.end);
            let explicit = self.text[start..].starts_with('?') && key.start > start;
            let colon_end = (self.text[colon..].starts_with(':')).then_some(colon + 1);
            let (event, at, end) = self.next()?;
            let value = self.spot(event, at, end, colon_end.unwrap_or(key.end))?;
            from = value.end.max(key.end);
            entries.push(Entry {
                start,
                name,
                key_end: key.end,
                colon_end: colon_end.filter(|_| !explicit),
                value,
            });
        };
        spot.kind = Kind::Map { flow, entries };
        Some(())
    }
}

/// Where the last line of a block scalar's body ends, given the parser's (too wide) end.
fn end_of_body(text: &str, body: usize, stop: usize, column: usize, keeps: bool) -> usize {
    // The parser reads on into the indentation of what follows.
    let mut end = match text[..stop].rfind('\n') {
        Some(i) if i >= body && is_blank(&text[i + 1..stop]) => i,
        _ => return stop,
    };
    if !keeps {
        while let Some(i) = text[body..end].rfind('\n') {
            let line = text[body + i + 1..end].trim_end_matches('\r');
            if line.len() > column || !is_blank(line) {
                break;
            }
            end = body + i;
        }
    }
    if text[body..end].ends_with('\r') { end - 1 } else { end }
}

/// The start of the last whole line before `stop`, not before `floor`.
fn last_line_before(text: &str, stop: usize, floor: usize) -> usize {
    match text[..stop].rfind('\n') {
        Some(i) if i > floor => line_start(text, i).max(floor),
        _ => floor,
    }
}

/// Where the line of `at` begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |i| i + 1)
}

/// Where the line of `at` ends, before its line end.
pub(super) fn end_of_line(text: &str, at: usize) -> usize {
    match text[at..].find('\n') {
        Some(i) if i > 0 && text.as_bytes()[at + i - 1] == b'\r' => at + i - 1,
        Some(i) => at + i,
        None => text.len(),
    }
}

/// Blanks and line ends, as YAML has them: a no-break space is a word like any other.
pub(super) const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether a text says nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| BLANK.contains(&c))
}

/// Where the line after that of `at` begins; the end of the text if there is none.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |i| at + i + 1)
}

/// Skips blanks, line ends and comments.
pub(super) fn skip_space(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
            Some(b'#') => at = text[at..].find('\n').map_or(text.len(), |i| at + i),
            Some(0xef) if text[at..].starts_with('\u{feff}') => at += 3,
            _ => return at,
        }
    }
}

fn skip_comma(text: &str, at: usize) -> usize {
    if text[at..].starts_with(',') { skip_space(text, at + 1) } else { at }
}

/// Skips blanks and then anchors and tags; with a block scalar behind them, up to it.
fn skip_properties(text: &str, from: usize) -> usize {
    let at = skip_space(text, from);
    if text[at..].starts_with(['|', '>']) {
        return at;
    }
    let end = properties_end(text, at);
    let behind = skip_space(text, end);
    if text[behind..].starts_with(['|', '>']) { behind } else { end }
}

/// One past the anchors and tags that begin at a place.
pub(super) fn properties_end(text: &str, from: usize) -> usize {
    let (mut at, mut end) = (from, from);
    while text[at..].starts_with(['&', '!']) {
        let length = text[at..]
            .find(|c: char| BLANK.contains(&c) || matches!(c, ',' | '[' | ']' | '{' | '}'))
            .unwrap_or(text.len() - at);
        end = at + length;
        at = skip_space(text, end);
    }
    end
}

/// Column of a place, in characters; a byte order mark takes none.
pub(super) fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].trim_start_matches('\u{feff}').chars().count()
}

/// The end of the lines that belong to an entry or item at `column` whose value ends at `end`:
/// comments that are indented deeper belong to it.
pub(super) fn own_end(text: &str, end: usize, column: usize) -> usize {
    let mut own = end_of_line(text, end);
    let mut at = next_line(text, own);
    while at < text.len() {
        let line = &text[at..end_of_line(text, at)];
        let words = line.trim_start_matches(BLANK);
        if words.starts_with('#') {
            if line.len() - words.len() <= column {
                break;
            }
            own = at + line.len();
        } else if !words.is_empty() {
            break;
        }
        at = next_line(text, at);
    }
    own
}

/// Where the line before the one that begins at `line` ends.
pub(super) fn line_end_before(text: &str, line: usize) -> usize {
    let end = line.saturating_sub(1);
    if text[..end].ends_with('\r') { end - 1 } else { end }
}
