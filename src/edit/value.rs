//! Another value in the place of one, in the manner of the old one.

use granit_parser::ScalarStyle;

use super::EditError;
use super::layout::{
    BlockScalar, Kind, Spot, end_of_line, line_end_before, line_start, own_end, properties_end,
};
use super::patch::{Patcher, Place, Slot};
use super::print::Style;
use super::scalar::{self, Quoting};
use crate::yaml::Tree;

type Done = Result<(), EditError>;

impl Patcher<'_> {
    /// Gives an empty `[]` or `{}` its first content.
    pub(super) fn first_of(&mut self, slot: Slot<'_>, value: Tree) -> Done {
        let one_line = !self.text[slot.spot.start..slot.spot.end].contains('\n');
        if slot.place != Place::Root && slot.place != Place::Flow && one_line {
            return self.replace(slot, &value);
        }
        // Comments may stand between the brackets: only the closing one moves.
        let flow = self.style.flow(&value);
        let inner = flow[1..flow.len() - 1].to_owned();
        self.patch(slot.spot.start + 1, slot.spot.start + 1, inner);
        Ok(())
    }

    /// Writes another value in the place of one.
    pub(super) fn replace(&mut self, slot: Slot<'_>, value: &Tree) -> Done {
        let spot = slot.spot;
        self.allow_removal(spot)?;
        if slot.place == Place::Flow || slot.place == Place::Root {
            return self.replace_inline(slot, value);
        }
        // An anchor behind a dash would become that of the first key.
        let compact = slot.place == Place::Dash && is_filled(value);
        let keep_properties = (!spot.tagged || matches!(value, Tree::Text(_))) && !compact;
        let start = if keep_properties { spot.start } else { spot.outer };
        let from =
            if start > spot.outer { properties_end(self.text, spot.outer) } else { slot.from };
        let (head, tail) = self.render(slot, value);
        let lead = match slot.place {
            Place::Dash => self.gap(slot) - 1,
            _ => 1,
        };
        let inline = |head: &str| match head {
            "" => String::new(),
            head => format!("{:lead$}{head}", ""),
        };
        match &spot.kind {
            Kind::Missing => {
                match (start < spot.start, head.is_empty()) {
                    (false, _) => self.patch(from, from, inline(&head)),
                    (true, false) => self.patch(start, spot.start, head),
                    (true, true) => self.patch(from, spot.start, ""),
                }
                self.patch_tail(spot.start, tail);
            }
            Kind::Inline(_)
            | Kind::Alias
            | Kind::Seq { flow: true, .. }
            | Kind::Map { flow: true, .. } => {
                if head.is_empty() {
                    self.patch(from, spot.end, "");
                } else {
                    self.patch(start, spot.end, head);
                }
                self.patch_tail(spot.end, tail);
            }
            Kind::Block(block) => {
                let header = end_of_line(self.text, spot.start);
                let end = spot.end.max(block.header_end);
                if head.is_empty() {
                    self.patch(from, block.header_end, "");
                } else {
                    self.patch(start, block.header_end, head);
                }
                self.patch(header, end.max(header), tail);
            }
            Kind::Seq { .. } | Kind::Map { .. } => {
                let end = end_of_line(self.text, spot.end);
                let line = line_start(self.text, spot.start);
                if slot.place == Place::Dash || line <= slot.from {
                    self.patch(from, end, inline(&head) + &tail);
                } else {
                    let dropped = start < spot.start && start == spot.outer;
                    let behind = if dropped { properties_end(self.text, start) } else { from };
                    self.patch(from, behind, inline(&head));
                    // The comments above the first item stay; blank lines alone do not.
                    let body = match self.comment_beneath(slot) {
                        true => line_end_before(self.text, line),
                        false => end_of_line(self.text, behind),
                    };
                    self.patch(body, end, tail);
                }
            }
        }
        Ok(())
    }

    fn replace_inline(&mut self, slot: Slot<'_>, value: &Tree) -> Done {
        let spot = slot.spot;
        let keep_properties = !spot.tagged || matches!(value, Tree::Text(_));
        let start = if keep_properties { spot.start } else { spot.outer };
        let text = match value {
            Tree::Text(text) => self.quote_like(spot, text, true),
            other => self.style.flow(other),
        };
        let glue = spot.start == spot.end && self.text[..start].ends_with(|c| c != ' ');
        self.patch(start, spot.end, if glue { format!(" {text}") } else { text });
        Ok(())
    }

    /// The new value as what stands on the line of its key or dash, and the lines below.
    fn render(&self, slot: Slot<'_>, value: &Tree) -> (String, String) {
        let mut style = self.style.clone();
        // A comment must not come between a block scalar and its header.
        let beneath = matches!(value, Tree::Text(_)) && self.comment_beneath(slot);
        let end = end_of_line(self.text, slot.spot.end.max(slot.from));
        let was_block = matches!(&slot.spot.kind, Kind::Block(b) if b.column.is_some());
        style.blocks = !beneath
            && own_end(self.text, end, slot.column) == end
            && (was_block || !self.blanks_follow(end));
        if let (Tree::Text(text), Kind::Block(block)) = (value, &slot.spot.kind)
            && let Some(parts) = self.block_like(slot, block, text, &style)
        {
            return parts;
        }
        if let Tree::Text(text) = value
            && !(text.contains('\n') && style.may_block(text))
        {
            return (self.quote_like(slot.spot, text, false), String::new());
        }
        let mut out = String::new();
        match slot.place {
            Place::Key { width } => style.under_key(&mut out, value, slot.column, width),
            _ => {
                let gap = self.gap(slot);
                style.behind_dash(&mut out, value, slot.column + gap, gap);
            }
        }
        let split = out.find(['\r', '\n']).unwrap_or(out.len());
        (out[..split].trim_start().to_owned(), out[split..].to_owned())
    }

    /// Columns from the dash of an item to its value.
    fn gap(&self, slot: Slot<'_>) -> usize {
        match slot.spot.kind {
            Kind::Missing if slot.spot.outer == slot.spot.start => self.style.gap,
            _ => self.column(slot.spot.outer).saturating_sub(slot.column).max(2),
        }
    }

    /// Text in the quoting of the scalar that it replaces.
    fn quote_like(&self, old: &Spot, text: &str, in_flow: bool) -> String {
        let was = &self.text[old.start..old.end];
        match old.kind {
            Kind::Inline(ScalarStyle::SingleQuoted) => {
                scalar::quote(text, Quoting::Single, in_flow)
            }
            Kind::Inline(ScalarStyle::DoubleQuoted) => {
                scalar::quote(text, Quoting::Double, in_flow)
            }
            // A date that a person left plain is followed by a plain date.
            Kind::Inline(_) if scalar::is_date(was) && scalar::is_date(text) => text.to_owned(),
            _ => scalar::quote(text, Quoting::Plain, in_flow),
        }
    }

    /// A block scalar for the text in the manner of the old one, if it can hold the text.
    fn block_like(
        &self,
        slot: Slot<'_>,
        block: &BlockScalar,
        text: &str,
        style: &Style,
    ) -> Option<(String, String)> {
        let may = Style { keeps: block.keeps, ..style.clone() };
        if !may.may_block(text) {
            return None;
        }
        let column = block.column.unwrap_or(slot.column + style.step);
        let indicators =
            scalar::block_indicators(text, column.saturating_sub(slot.column).clamp(1, 9));
        let mut tail = String::new();
        match block.folded.then(|| scalar::fold(text, self.fold_width(slot.spot, column))).flatten()
        {
            Some(folded) => {
                style.block_body(&mut tail, &folded, column);
                Some((format!(">{indicators}"), tail))
            }
            None => {
                style.block_body(&mut tail, text, column);
                Some((format!("|{indicators}"), tail))
            }
        }
    }

    /// How wide the lines of a folded scalar are.
    fn fold_width(&self, spot: &Spot, column: usize) -> usize {
        self.text[spot.start..spot.end]
            .lines()
            .skip(1)
            .map(|l| l.chars().count().saturating_sub(column))
            .max()
            .unwrap_or(0)
            .max(60)
    }

    /// Whether comments stand between the line of a key and the block below it.
    fn comment_beneath(&self, slot: Slot<'_>) -> bool {
        let line = end_of_line(self.text, slot.from);
        self.text.get(line..slot.spot.start).is_some_and(|t| t.contains('#'))
    }

    fn patch_tail(&mut self, at: usize, tail: String) {
        if !tail.is_empty() {
            let end = end_of_line(self.text, at);
            self.patch(end, end, tail);
        }
    }
}

/// Whether block style gives the value lines of its own.
fn is_filled(value: &Tree) -> bool {
    match value {
        Tree::Seq(items) => !items.is_empty(),
        Tree::Map(entries) => !entries.is_empty(),
        _ => false,
    }
}
