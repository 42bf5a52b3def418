//! New YAML: whole documents, and the values that an edit puts into a text.

use super::scalar::{Quoting, block_indicators, fits_block, inline, quote};
use crate::yaml::Tree;

/// Lists of scalars wider than this get a line for each item.
const WIDTH: usize = 90;

/// Prints a new document: block style, short lists of scalars as `[a, b]`.
///
/// The text ends with a newline and reads back as the same tree; maps and lists that are empty
/// are `{}` and `[]`. Strings are quoted so that YAML 1.1 and 1.2 readers read the same.
pub fn to_yaml(tree: &Tree) -> String {
    let mut out = String::new();
    let style = Style::default();
    match tree {
        Tree::Map(entries) if !entries.is_empty() => style.entries(&mut out, entries, 0),
        Tree::Seq(items) if !items.is_empty() => style.items(&mut out, items, 0),
        Tree::Text(text) => out.push_str(&quote(text, Quoting::Plain, false)),
        other => out.push_str(&style.flow(other)),
    }
    out.push('\n');
    out
}

/// Prints a new document under a comment, a `#` before each of its lines.
pub fn to_yaml_with_header(header: &str, tree: &Tree) -> String {
    let mut out = String::new();
    for line in header.lines() {
        match line.trim_end() {
            "" => {}
            line if line.starts_with('#') => out.push_str(line),
            line => out.extend(["# ", line]),
        }
        out.push('\n');
    }
    out + &to_yaml(tree)
}

/// How the neighbours of a new value are written.
#[derive(Debug, Clone)]
pub(super) struct Style {
    /// Line end.
    pub(super) newline: &'static str,
    /// Columns from a key to the keys below it.
    pub(super) step: usize,
    /// Columns from a key to the dashes below it; 0 for lists that are not indented.
    pub(super) dash: usize,
    /// Columns from a dash to its value.
    pub(super) gap: usize,
    /// Whether maps on one line are `{ a: 1 }` rather than `{a: 1}`.
    pub(super) padded: bool,
    /// Whether text of several lines may be a block scalar.
    pub(super) blocks: bool,
    /// Whether a block scalar may keep its trailing blank lines (`|+`): only where no blank line
    /// of the text around can follow it.
    pub(super) keeps: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style { newline: "\n", step: 2, dash: 2, gap: 2, padded: true, blocks: true, keeps: true }
    }
}

impl Style {
    /// Prints a value on one line.
    pub(super) fn flow(&self, tree: &Tree) -> String {
        let mut out = String::new();
        self.flow_into(&mut out, tree);
        out
    }

    fn flow_into(&self, out: &mut String, tree: &Tree) {
        match tree {
            Tree::Seq(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { ", " });
                    self.flow_into(out, item);
                }
                out.push(']');
            }
            Tree::Map(entries) if entries.is_empty() => out.push_str("{}"),
            Tree::Map(entries) => {
                let pad = if self.padded { " " } else { "" };
                out.extend(["{", pad]);
                for (i, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { ", " });
                    out.extend([&quote(key, Quoting::Plain, true), ": "]);
                    self.flow_into(out, value);
                }
                out.extend([pad, "}"]);
            }
            scalar => out.extend(inline(scalar, Quoting::Plain, true)),
        }
    }

    /// Prints the entries of a map; the cursor already stands at column `col`.
    pub(super) fn entries(&self, out: &mut String, entries: &[(String, Tree)], col: usize) {
        for (i, (key, value)) in entries.iter().enumerate() {
            if i > 0 {
                self.line(out, col);
            }
            self.entry(out, key, value, col);
        }
    }

    /// Prints one entry of a map whose keys stand at column `col`.
    pub(super) fn entry(&self, out: &mut String, key: &str, value: &Tree, col: usize) {
        let key = quote(key, Quoting::Plain, false);
        out.extend([key.as_str(), ":"]);
        self.under_key(out, value, col, key.chars().count());
    }

    /// Prints what follows the colon of a key of the width given at column `col`.
    pub(super) fn under_key(&self, out: &mut String, value: &Tree, col: usize, width: usize) {
        match value {
            Tree::Map(entries) if !entries.is_empty() => {
                self.line(out, col + self.step);
                self.entries(out, entries, col + self.step);
            }
            Tree::Seq(items) if !items.is_empty() => {
                match self.short_list(items, col + width + 2) {
                    Some(list) => out.extend([" ", list.as_str()]),
                    None => {
                        self.line(out, col + self.dash);
                        self.items(out, items, col + self.dash);
                    }
                }
            }
            other => {
                out.push(' ');
                self.leaf(out, other, col + self.step, self.step);
            }
        }
    }

    /// Prints the items of a list; the cursor already stands at column `col`.
    pub(super) fn items(&self, out: &mut String, items: &[Tree], col: usize) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.line(out, col);
            }
            self.item(out, item, col);
        }
    }

    /// Prints one item with its dash at column `col`.
    pub(super) fn item(&self, out: &mut String, item: &Tree, col: usize) {
        out.push('-');
        out.extend(std::iter::repeat_n(' ', self.gap.saturating_sub(1)));
        self.behind_dash(out, item, col + self.gap, self.gap);
    }

    /// Prints a value behind a dash, at column `col`, `gap` columns from the dash.
    pub(super) fn behind_dash(&self, out: &mut String, item: &Tree, col: usize, gap: usize) {
        match item {
            Tree::Map(entries) if !entries.is_empty() => self.entries(out, entries, col),
            Tree::Seq(items) if !items.is_empty() => match self.short_list(items, col) {
                Some(list) => out.push_str(&list),
                None => self.items(out, items, col),
            },
            other => self.leaf(out, other, col, gap),
        }
    }

    fn short_list(&self, items: &[Tree], col: usize) -> Option<String> {
        let scalars = items.iter().all(|i| match i {
            Tree::Text(text) => !text.contains('\n'),
            Tree::Seq(_) | Tree::Map(_) => false,
            _ => true,
        });
        let list = scalars.then(|| self.flow(&Tree::Seq(items.to_vec())))?;
        (col + list.chars().count() <= WIDTH).then_some(list)
    }

    /// Prints a scalar or an empty collection; `body` is the column of a block scalar's lines,
    /// `step` how far that is from the line's parent.
    fn leaf(&self, out: &mut String, leaf: &Tree, body: usize, step: usize) {
        match leaf {
            // Indentation is told by one digit.
            Tree::Text(text) if text.contains('\n') && self.may_block(text) && step < 10 => {
                out.push('|');
                out.push_str(&block_indicators(text, step));
                self.block_body(out, text, body);
            }
            other => match inline(other, Quoting::Plain, false) {
                Some(scalar) => out.push_str(&scalar),
                None => self.flow_into(out, other),
            },
        }
    }

    /// Whether the text may be written as a block scalar here.
    pub(super) fn may_block(&self, text: &str) -> bool {
        self.blocks && fits_block(text) && (self.keeps || !text.ends_with("\n\n"))
    }

    /// Prints the lines of a block scalar, a line end before each and none behind the last.
    pub(super) fn block_body(&self, out: &mut String, text: &str, col: usize) {
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            out.push_str(self.newline);
            if !line.is_empty() {
                out.extend(std::iter::repeat_n(' ', col));
                out.push_str(line);
            }
        }
    }

    /// Goes to column `col` of the next line.
    pub(super) fn line(&self, out: &mut String, col: usize) {
        out.push_str(self.newline);
        out.extend(std::iter::repeat_n(' ', col));
    }
}
