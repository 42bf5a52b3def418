//! Entries and items of block style that come and go, with their lines.

use super::EditError;
use super::layout::{
    BLANK, Entry, Item, Kind, Spot, end_of_line, is_blank, line_end_before, line_start, next_line,
    own_end,
};
use super::patch::{Patcher, Place, Slot};
use super::print::Style;
use crate::yaml::Tree;

type Done = Result<(), EditError>;

impl Patcher<'_> {
    pub(super) fn add_key(
        &mut self,
        entries: &[Entry],
        key: &str,
        value: &Tree,
        after: &[String],
    ) -> Done {
        let sibling = after.iter().find_map(|name| entries.iter().find(|e| e.name == *name));
        let (Some(sibling), Some(first)) = (sibling.or(entries.last()), entries.first()) else {
            return Ok(());
        };
        let column = self.column(first.start);
        let at = own_end(self.text, sibling.value.end.max(sibling.key_end), column);
        let style = Style { blocks: !self.blanks_follow(at), ..self.style.clone() };
        let mut out = String::new();
        style.line(&mut out, column);
        style.entry(&mut out, key, value, column);
        self.patch(at, at, out);
        Ok(())
    }

    pub(super) fn insert_item(
        &mut self,
        slot: Slot<'_>,
        items: &[Item],
        index: usize,
        value: &Tree,
    ) -> Done {
        let Some(neighbour) = items.get(index.saturating_sub(1)).filter(|_| index <= items.len())
        else {
            return Err(self.refuse(slot.spot, "has no such place", ""));
        };
        let column = self.column(neighbour.dash);
        let mut style = self.style.clone();
        let gap = neighbour.value.outer - neighbour.dash;
        let beside = !self.text[neighbour.dash..neighbour.value.outer].contains('\n');
        if beside && neighbour.value.kind.written() && (2..=9).contains(&gap) {
            style.gap = gap;
        }
        let mut out = String::new();
        if index > 0 {
            let at = own_end(self.text, neighbour.value.end, column);
            if self.stand_apart(items, index) && !self.kept_scalar_ends_at(at) {
                out.push_str(style.newline);
            }
            style.blocks = !self.blanks_follow(at);
            style.line(&mut out, column);
            style.item(&mut out, value, column);
            self.patch(at, at, out);
            return Ok(());
        }
        let line = line_start(self.text, neighbour.dash);
        let behind = next_line(self.text, slot.from);
        style.blocks = !self.text[behind..].trim_start_matches(BLANK).starts_with('#')
            && !self.blanks_follow(slot.from);
        if matches!(slot.place, Place::Key { .. }) && line > slot.from {
            style.line(&mut out, column);
            style.item(&mut out, value, column);
            let at = end_of_line(self.text, slot.from);
            self.patch(at, at, out);
        } else {
            style.item(&mut out, value, column);
            style.line(&mut out, column);
            self.patch(neighbour.dash, neighbour.dash, out);
        }
        Ok(())
    }

    /// Whether a blank line stands between the items around a place, and none before it yet.
    fn stand_apart(&self, items: &[Item], index: usize) -> bool {
        let blank_before = |i: usize| {
            let (Some(above), Some(item)) =
                (i.checked_sub(1).and_then(|i| items.get(i)), items.get(i))
            else {
                return false;
            };
            let next = next_line(self.text, above.value.end);
            self.text.get(next..item.dash).is_some_and(|t| t.lines().any(is_blank))
                && is_blank(&self.text[next..next_line(self.text, next)])
        };
        blank_before(index.wrapping_sub(1)) || blank_before(index)
    }

    pub(super) fn remove_key(
        &mut self,
        slot: Slot<'_>,
        entries: &[Entry],
        i: usize,
        flow: bool,
    ) -> Done {
        let entry = &entries[i];
        self.allow_removal(&entry.value)?;
        if flow {
            let ends: Vec<_> = entries
                .iter()
                .map(|e| (e.start, e.value.end.max(e.key_end).max(e.colon_end.unwrap_or(0))))
                .collect();
            return self.remove_flow(slot, &ends, i);
        }
        if entries.len() == 1 {
            if slot.place == Place::Root {
                return Err(self.refuse(slot.spot, "is all that the file holds", ""));
            }
            return self.replace(slot, &Tree::Map(Vec::new()));
        }
        self.remove_lines(entry.start, entry.value.end.max(entry.key_end));
        Ok(())
    }

    pub(super) fn remove_item(
        &mut self,
        slot: Slot<'_>,
        items: &[Item],
        i: usize,
        flow: bool,
    ) -> Done {
        let item = &items[i];
        self.allow_removal(&item.value)?;
        if flow {
            let ends: Vec<_> = items.iter().map(|i| (i.dash, i.value.end)).collect();
            return self.remove_flow(slot, &ends, i);
        }
        if items.len() == 1 {
            if slot.place == Place::Root {
                return Err(self.refuse(slot.spot, "is all that the file holds", ""));
            }
            return self.replace(slot, &Tree::Seq(Vec::new()));
        }
        self.remove_lines(item.dash, item.value.end);
        Ok(())
    }

    /// Takes away an entry or item of block style.
    fn remove_lines(&mut self, start: usize, end: usize) {
        let text = self.text;
        let line = line_start(text, start);
        let end = own_end(text, end, self.column(start));
        if !is_blank(text[line..start].trim_start_matches('\u{feff}')) {
            // Behind a dash: the next entry, or the comment above it, moves up to the dash.
            let next = end + text[end..].len() - text[end..].trim_start_matches(BLANK).len();
            self.patch(start, next, "");
        } else if end == text.len() && line > 0 {
            let above = line_end_before(text, line);
            self.patch(if self.kept_scalar_ends_at(above) { line } else { above }, end, "");
        } else {
            let bom =
                text[line..start].len() - text[line..start].trim_start_matches('\u{feff}').len();
            let mut stop = next_line(text, end);
            if self.kept_scalar_ends_at(line_end_before(text, line)) {
                // Blank lines that stay would become text of the scalar above.
                while stop < text.len() && is_blank(&text[stop..next_line(text, stop)]) {
                    stop = next_line(text, stop);
                }
            }
            self.patch(line + bom, stop, "");
        }
    }

    fn kept_scalar_ends_at(&self, at: usize) -> bool {
        last_before(&self.layout.root, at + 1)
            .is_some_and(|s| matches!(&s.kind, Kind::Block(b) if b.keeps) && s.end == at)
    }

    /// Whether the next line that is not empty consists of blanks: a block scalar that ends above
    /// would take it for its own.
    pub(super) fn blanks_follow(&self, at: usize) -> bool {
        let rest = &self.text[next_line(self.text, at)..];
        rest.split(['\r', '\n']).find(|line| !line.is_empty()).is_some_and(is_blank)
    }
}

/// The last value that ends before a place.
fn last_before(spot: &Spot, at: usize) -> Option<&Spot> {
    match &spot.kind {
        Kind::Seq { items, .. } => {
            let i = items.partition_point(|i| i.dash < at).checked_sub(1)?;
            last_before(&items[i].value, at)
        }
        Kind::Map { entries, .. } => {
            let i = entries.partition_point(|e| e.start < at).checked_sub(1)?;
            last_before(&entries[i].value, at)
        }
        _ => Some(spot),
    }
}
