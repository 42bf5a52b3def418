//! One change of a text, as the bytes to replace.
//!
//! The unit of block style is the line: an entry or item owns the lines from its key or dash to
//! the end of its value, and the comments behind it that are indented deeper than itself. All
//! other comments belong to what follows them. Flow style is in [`super::flow`].

use granit_parser::ScalarStyle;

use super::change::{Change, Held, settle};
use super::layout::{
    BlockScalar, Entry, Item, Kind, Layout, Spot, column, end_of_line, line_end_before, line_start,
    next_line, own_end, properties_end,
};
use super::print::Style;
use super::scalar::{self, Quoting};
use super::{EditError, refused};
use crate::diag::{Source, TextRange};
use crate::yaml::{Route, Step, Tree, route_text};

/// Bytes to replace: `range` of the old text becomes `text`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Patch {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

/// A text on its way through one change.
pub(super) struct Patcher<'a> {
    pub(super) source: Source<'a>,
    pub(super) text: &'a str,
    pub(super) layout: &'a Layout<'a>,
    pub(super) style: Style,
    pub(super) route: Route,
    pub(super) patches: Vec<Patch>,
}

/// Where a value stands: what an edit needs to know to write another one in its place.
#[derive(Clone, Copy)]
pub(super) struct Slot<'s> {
    /// The value.
    pub(super) spot: &'s Spot,
    /// One past the colon or dash before it.
    pub(super) from: usize,
    /// Column of its key or dash.
    pub(super) column: usize,
    /// What introduces it.
    pub(super) place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Key { width: usize },
    Dash,
    Flow,
}

type Done = Result<(), EditError>;

/// A change as it falls on the text: see [`settle`].
pub(super) fn settled(layout: &Layout<'_>, change: &Change) -> Change {
    settle(change, |route| match find(layout, route).map(|slot| slot.spot) {
        None | Some(Spot { kind: Kind::Missing, .. }) => Held::Nothing,
        Some(Spot { kind: Kind::Inline(ScalarStyle::Plain), start, end, .. })
            if Tree::from_plain(&layout.text[*start..*end]) == Tree::Null =>
        {
            Held::Nothing
        }
        Some(_) => Held::Something,
    })
}

/// The patches that make one settled change; none if there is nothing to do.
pub(super) fn patches(
    source: Source<'_>,
    layout: &Layout<'_>,
    style: &Style,
    change: &Change,
) -> Result<Vec<Patch>, EditError> {
    let mut patcher = Patcher {
        source,
        text: layout.text,
        layout,
        style: style.clone(),
        route: change.route().to_vec(),
        patches: Vec::new(),
    };
    patcher.change(change)?;
    patcher.patches.sort_by_key(|p| p.start);
    let (start, end) = owned(layout, change);
    match patcher.patches.iter().all(|p| start <= p.start && p.end <= end) {
        true => Ok(patcher.patches),
        false => Err(patcher.refuse(&layout.root, "shares its lines with something else", "")),
    }
}

/// The bytes that a change may replace: what its value stands on, or the container that gains or
/// loses it.
fn owned(layout: &Layout<'_>, change: &Change) -> (usize, usize) {
    let text = layout.text;
    let route = change.route();
    let is_set = matches!(change, Change::Set { .. });
    let own = find(layout, route).filter(|_| is_set || matches!(change, Change::Insert { .. }));
    let parent = &route[..route.len().saturating_sub(1)];
    let Some(slot) = own.or_else(|| find(layout, parent)) else { return (0, 0) };
    match slot.place {
        Place::Flow => (slot.spot.outer.min(slot.from), slot.spot.end),
        Place::Root => (0, text.len()),
        Place::Key { .. } | Place::Dash => {
            let mut end = next_line(text, own_end(text, slot.spot.end.max(slot.from), slot.column));
            // Blank lines go with what they follow, if they must go.
            while end < text.len() && text[end..next_line(text, end)].trim().is_empty() {
                end = next_line(text, end);
            }
            (slot.from, end)
        }
    }
}

impl<'a> Patcher<'a> {
    fn change(&mut self, change: &Change) -> Done {
        match change {
            Change::Insert { seq, index, value } => {
                let slot = self.slot(seq)?;
                match &slot.spot.kind {
                    Kind::Seq { flow: true, items } if items.is_empty() => {
                        self.first_of(slot, Tree::Seq(vec![value.clone()]))
                    }
                    Kind::Seq { flow: true, items } => self.insert_flow(slot, items, *index, value),
                    Kind::Seq { items, .. } => self.insert_item(slot, items, *index, value),
                    _ => Err(self.refuse(slot.spot, "is not a list", "")),
                }
            }
            Change::Set { route, value, after } => {
                let Some((last, parent)) = route.split_last() else {
                    return Err(self.refuse(&self.layout.root, "is the whole file", ""));
                };
                let slot = self.slot(parent)?;
                match (&slot.spot.kind, last) {
                    (Kind::Map { entries, flow }, Step::Key(key)) => {
                        match entries.iter().find(|e| e.name == *key) {
                            Some(entry) => self.replace(self.entry_slot(entry, *flow)?, value),
                            None if entries.is_empty() => {
                                self.first_of(slot, Tree::Map(vec![(key.clone(), value.clone())]))
                            }
                            None if *flow => self.add_flow_key(slot, entries, key, value, after),
                            None => self.add_key(entries, key, value, after),
                        }
                    }
                    (Kind::Seq { items, flow }, Step::Index(i)) => match items.get(*i) {
                        Some(item) => self.replace(item_slot(self.text, item, *flow), value),
                        None => Err(self.refuse(slot.spot, "has no such item", "")),
                    },
                    _ => Err(self.refuse(slot.spot, "cannot hold this", "")),
                }
            }
            Change::Remove { route } => {
                let Some((last, parent)) = route.split_last() else {
                    return Err(self.refuse(&self.layout.root, "is the whole file", ""));
                };
                if matches!(last, Step::Key(_)) && find(self.layout, parent).is_none() {
                    return Ok(());
                }
                let slot = self.slot(parent)?;
                match (&slot.spot.kind, last) {
                    (Kind::Map { entries, flow }, Step::Key(key)) => {
                        match entries.iter().position(|e| e.name == *key) {
                            Some(i) => self.remove_key(slot, entries, i, *flow),
                            None => Ok(()),
                        }
                    }
                    (Kind::Seq { items, flow }, Step::Index(i)) if *i < items.len() => {
                        self.remove_item(slot, items, *i, *flow)
                    }
                    _ => Err(self.refuse(slot.spot, "has no such item", "")),
                }
            }
        }
    }

    /// The container at a route, if an edit inside it changes nothing else.
    fn slot(&self, route: &[Step]) -> Result<Slot<'a>, EditError> {
        for n in 0..=route.len() {
            let Some(slot) = find(self.layout, &route[..n]) else {
                let near = find(self.layout, &route[..n.saturating_sub(1)]);
                let spot = near.map_or(&self.layout.root, |s| s.spot);
                return Err(self.refuse(spot, "does not hold this in the text itself", HELP_MERGE));
            };
            self.allow(slot.spot)?;
        }
        find(self.layout, route)
            .ok_or_else(|| self.refuse(&self.layout.root, "does not hold this", ""))
    }

    /// Refuses to edit inside what stands in other places too.
    fn allow(&self, spot: &Spot) -> Done {
        if matches!(spot.kind, Kind::Alias) {
            return Err(self.refuse(
                spot,
                "is an alias: its value is written elsewhere",
                HELP_ALIAS,
            ));
        }
        match spot.anchor.filter(|a| self.layout.uses.contains_key(a)) {
            Some(_) => Err(self.refuse(spot, "has an anchor that is used elsewhere", HELP_ALIAS)),
            None => Ok(()),
        }
    }

    /// Refuses to take away an anchor that is used outside of the range.
    fn allow_removal(&self, spot: &Spot) -> Done {
        let mut inside = Vec::new();
        anchors(spot, &mut inside);
        let needed = |a: &&(usize, usize)| {
            self.layout
                .uses
                .get(&a.0)
                .is_some_and(|uses| uses.iter().any(|u| *u < spot.start || *u >= spot.end))
        };
        match inside.iter().find(needed) {
            Some(_) => Err(self.refuse(spot, "has an anchor that is used elsewhere", HELP_ALIAS)),
            None => Ok(()),
        }
    }

    pub(super) fn refuse(&self, spot: &Spot, why: &str, help: &str) -> EditError {
        let route = match route_text(&self.route) {
            r if r.is_empty() => "the record".to_owned(),
            r => format!("`{r}`"),
        };
        let range = TextRange::new(spot.outer, spot.end);
        refused(self.source, range, format!("cannot change {route}: the value here {why}"), help)
    }

    fn entry_slot<'s>(&self, entry: &'s Entry, flow: bool) -> Result<Slot<'s>, EditError> {
        entry_slot(self.text, entry, flow).ok_or_else(|| {
            self.refuse(&entry.value, "has a key without a colon behind it", HELP_KEY)
        })
    }

    pub(super) fn patch(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.patches.push(Patch { start, end, text: text.into() });
    }

    /// Gives an empty `[]` or `{}` its first content.
    fn first_of(&mut self, slot: Slot<'_>, value: Tree) -> Done {
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

    /// Whether the next line that is not empty consists of blanks: a block scalar that ends above
    /// would take it for its own.
    fn blanks_follow(&self, at: usize) -> bool {
        let rest = &self.text[next_line(self.text, at)..];
        rest.split(['\r', '\n'])
            .find(|line| !line.is_empty())
            .is_some_and(|line| line.trim().is_empty())
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

    /// Column of a place; a byte order mark takes none.
    pub(super) fn column(&self, at: usize) -> usize {
        column(self.text, at)
    }

    fn add_key(&mut self, entries: &[Entry], key: &str, value: &Tree, after: &[String]) -> Done {
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

    fn insert_item(&mut self, slot: Slot<'_>, items: &[Item], index: usize, value: &Tree) -> Done {
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
        style.blocks =
            !self.text[behind..].trim_start().starts_with('#') && !self.blanks_follow(slot.from);
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
            self.text.get(next..item.dash).is_some_and(|t| t.lines().any(|l| l.trim().is_empty()))
                && self.text[next..next_line(self.text, next)].trim().is_empty()
        };
        blank_before(index.wrapping_sub(1)) || blank_before(index)
    }

    fn remove_key(&mut self, slot: Slot<'_>, entries: &[Entry], i: usize, flow: bool) -> Done {
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

    fn remove_item(&mut self, slot: Slot<'_>, items: &[Item], i: usize, flow: bool) -> Done {
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
        if !text[line..start].trim_start_matches('\u{feff}').trim().is_empty() {
            // Behind a dash: the next entry, or the comment above it, moves up to the dash.
            let next = end + text[end..].len() - text[end..].trim_start().len();
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
                while stop < text.len() && text[stop..next_line(text, stop)].trim().is_empty() {
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

/// Whether block style gives the value lines of its own.
fn is_filled(value: &Tree) -> bool {
    match value {
        Tree::Seq(items) => !items.is_empty(),
        Tree::Map(entries) => !entries.is_empty(),
        _ => false,
    }
}

const HELP_ALIAS: &str =
    "an anchor's value stands in several places; write it out where it should differ, then repeat";
const HELP_MERGE: &str = "what comes from `<<` cannot be changed in one place; write it out first";
const HELP_KEY: &str = "write the entry as `key: value`";

/// The value at a route with its place; `None` where the text itself does not have it.
pub(super) fn find<'l>(layout: &'l Layout<'_>, route: &[Step]) -> Option<Slot<'l>> {
    let root = Slot { spot: &layout.root, from: layout.root.outer, column: 0, place: Place::Root };
    route.iter().try_fold(root, |slot, step| match (&slot.spot.kind, step) {
        (Kind::Map { flow, entries }, Step::Key(key)) => {
            entry_slot(layout.text, entries.iter().find(|e| e.name == *key)?, *flow)
        }
        (Kind::Seq { flow, items }, Step::Index(i)) => {
            Some(item_slot(layout.text, items.get(*i)?, *flow))
        }
        _ => None,
    })
}

fn entry_slot<'s>(text: &str, entry: &'s Entry, flow: bool) -> Option<Slot<'s>> {
    let from = entry.colon_end?;
    let width = text[entry.start..from].chars().count();
    let place = if flow { Place::Flow } else { Place::Key { width } };
    Some(Slot { spot: &entry.value, from, column: column(text, entry.start), place })
}

fn item_slot<'s>(text: &str, item: &'s Item, flow: bool) -> Slot<'s> {
    let place = if flow { Place::Flow } else { Place::Dash };
    Slot { spot: &item.value, from: item.dash + 1, column: column(text, item.dash), place }
}

/// Anchors that a value defines, with their places.
fn anchors(spot: &Spot, found: &mut Vec<(usize, usize)>) {
    found.extend(spot.anchor.map(|a| (a, spot.outer)));
    match &spot.kind {
        Kind::Seq { items, .. } => items.iter().for_each(|i| anchors(&i.value, found)),
        Kind::Map { entries, .. } => entries.iter().for_each(|e| anchors(&e.value, found)),
        _ => {}
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
