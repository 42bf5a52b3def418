//! Edits inside `[…]` and `{…}`.

use super::EditError;
use super::layout::{Entry, Item, end_of_line, is_blank, line_start, next_line, skip_space};
use super::patch::{Patcher, Slot};
use super::scalar::{Quoting, quote};
use crate::yaml::Tree;

/// First byte and one past the last byte of an item or entry.
type Span = (usize, usize);

type Done = Result<(), EditError>;

impl Patcher<'_> {
    pub(super) fn insert_flow(
        &mut self,
        slot: Slot<'_>,
        items: &[Item],
        index: usize,
        value: &Tree,
    ) -> Done {
        let spans: Vec<Span> = items.iter().map(|i| (i.dash, i.value.end)).collect();
        if index > spans.len() {
            return Err(self.refuse(slot.spot, "has no such place", ""));
        }
        let new = self.style.flow(value);
        self.put(slot, &spans, index, new)
    }

    pub(super) fn add_flow_key(
        &mut self,
        slot: Slot<'_>,
        entries: &[Entry],
        key: &str,
        value: &Tree,
        after: &[String],
    ) -> Done {
        let spans: Vec<Span> = entries.iter().map(Entry::span).collect();
        let sibling = after.iter().find_map(|a| entries.iter().position(|e| e.name == *a));
        let index = sibling.map_or(spans.len(), |i| i + 1);
        let new = format!("{}: {}", quote(key, Quoting::Plain, true), self.style.flow(value));
        self.put(slot, &spans, index, new)
    }

    fn put(&mut self, slot: Slot<'_>, spans: &[Span], index: usize, new: String) -> Done {
        self.allow_brackets(slot)?;
        let text = self.text;
        if let Some((start, _)) = spans.get(index).filter(|_| index == 0) {
            let gap = self
                .own_indent(slot, *start)
                .map_or(" ".to_owned(), |indent| format!("{}{indent}", self.style.newline));
            self.patch(*start, *start, format!("{new},{gap}"));
            return Ok(());
        }
        let Some(&(start, end)) = spans.get(index.wrapping_sub(1)) else { return Ok(()) };
        let Some(indent) = self.own_indent(slot, start) else {
            self.patch(end, end, format!(", {new}"));
            return Ok(());
        };
        let line = format!("{}{indent}{new}", self.style.newline);
        let behind = skip_space(text, end);
        let comma = text[behind..].starts_with(',').then_some(behind + 1);
        let eol = end_of_line(text, comma.unwrap_or(end));
        let next = spans.get(index).map_or(slot.spot.end - 1, |(start, _)| *start);
        match comma {
            _ if next <= eol => self.patch(end, end, format!(",{line}")),
            Some(_) => self.patch(eol, eol, format!("{line},")),
            None => {
                self.patch(end, end, ",");
                self.patch(eol, eol, line);
            }
        }
        Ok(())
    }

    /// The indentation of an item that begins its line, below that of the bracket.
    fn own_indent(&self, slot: Slot<'_>, start: usize) -> Option<&str> {
        let line = line_start(self.text, start);
        let indent = &self.text[line..start];
        (line > slot.spot.start && is_blank(indent)).then_some(indent)
    }

    pub(super) fn remove_flow(&mut self, slot: Slot<'_>, spans: &[Span], i: usize) -> Done {
        self.allow_brackets(slot)?;
        let text = self.text;
        let (start, end) = spans[i];
        let behind = skip_space(text, end);
        let comma = if text[behind..].starts_with(',') { behind + 1 } else { end };
        let close = slot.spot.end - 1;
        let plain_space = |a: usize, b: usize| !text[a..b].contains(['#', '\n']);
        if spans.len() == 1 && plain_space(slot.spot.start + 1, start) && plain_space(end, close) {
            self.patch(slot.spot.start + 1, close, "");
            return Ok(());
        }
        let line = line_start(text, start);
        let eol = end_of_line(text, comma);
        let next = spans.get(i + 1).map_or(close, |(start, _)| *start);
        if self.own_indent(slot, start).is_some() && next > eol {
            self.patch(line, next_line(text, eol), "");
        } else if spans.get(i + 1).is_some() {
            let blanks = text[comma..].len() - text[comma..].trim_start_matches([' ', '\t']).len();
            self.patch(start, comma + blanks, "");
        } else if i > 0 && !text[spans[i - 1].1..start].contains('#') {
            self.patch(spans[i - 1].1, end, "");
        } else {
            self.patch(start, comma, "");
        }
        Ok(())
    }

    fn allow_brackets(&self, slot: Slot<'_>) -> Done {
        match self.text[slot.spot.start..].starts_with(['[', '{']) {
            true => Ok(()),
            false => Err(self.refuse(
                slot.spot,
                "is a pair without braces",
                "write it as `{ key: value }`",
            )),
        }
    }
}

impl Entry {
    /// Its bytes, from its key to the end of its value.
    pub(super) fn span(&self) -> Span {
        (self.start, self.value.end.max(self.key_end).max(self.colon_end.unwrap_or(0)))
    }
}
