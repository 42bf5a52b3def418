//! Comments, which stand at something, and are carried from one text to another.
//!
//! A comment on a line of its own belongs to the entry or item below it, unless it is indented
//! deeper: then it belongs to what stands above. A comment behind something belongs to that.

use std::collections::HashMap;

use granit_parser::{Event, Parser};

use super::layout::{
    BLANK, Kind, Layout, Spot, column, end_of_line, is_blank, line_start, next_line, own_end,
};
use super::{EditError, change, refused};
use crate::diag::{Source, TextRange};
use crate::yaml::{self, Route, Step};

/// A comment, and what it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its words with the `#`.
    pub text: String,
    /// The entry or item; empty for the end of the text.
    pub at: Route,
    /// How it stands there.
    pub stands: Stands,
}

/// How a comment stands at an entry or item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// On a line of its own above it.
    Above,
    /// Behind it, on its first line.
    Beside,
    /// On a line of its own below it, at this column.
    Below(usize),
}

/// Comments that are placed one by one where together they would not do; the rest go to the end.
const ONE_BY_ONE: usize = 32;

/// Where an entry or item stands.
struct Mark {
    start: usize,
    /// One past its colon or dash.
    from: usize,
    end: usize,
    column: usize,
    route: Route,
}

/// The comments of a text, in its order; none of a text that is no YAML.
pub fn comments(text: &str) -> Vec<Comment> {
    let Some(layout) = Layout::read(text) else { return Vec::new() };
    let marks = marks(&layout);
    let found = ranges(text);
    found.into_iter().map(|range| comment(text, &marks, range)).collect()
}

fn comment(text: &str, marks: &[Mark], range: TextRange) -> Comment {
    let words =
        text.get(range.start..range.end).unwrap_or_default().trim_end_matches(BLANK).to_owned();
    let line = line_start(text, range.start);
    let alone = is_blank(text[line..range.start].trim_start_matches('\u{feff}'));
    let next = marks.partition_point(|m| m.start < range.end);
    let before = next.checked_sub(1).and_then(|i| marks.get(i));
    let here = column(text, range.start);
    let (at, stands) = match (alone, marks.get(next), before) {
        (false, _, Some(mark)) => (mark.route.clone(), Stands::Beside),
        (true, Some(mark), Some(above)) if mark.column < here => {
            (above.route.clone(), Stands::Below(here))
        }
        (_, Some(mark), _) => (mark.route.clone(), Stands::Above),
        (_, None, Some(above)) if here > 0 => (above.route.clone(), Stands::Below(here)),
        _ => (Route::new(), Stands::Below(0)),
    };
    Comment { text: words, at, stands }
}

/// Puts comments into a text: each at its place, or at the nearest that can have it.
///
/// # Errors
///
/// The text is not YAML, or a comment has no place in it.
pub fn add_comments(source: Source<'_>, wanted: &[Comment]) -> Result<String, EditError> {
    if wanted.is_empty() {
        return Ok(source.text.to_owned());
    }
    let tree = yaml::parse(source).map_err(EditError::Unreadable)?.to_tree();
    let fits = |before: &str, after: &str, added: &[Comment]| {
        let same = yaml::parse(Source::new(source.name, after))
            .is_ok_and(|node| change::same(&node.to_tree(), &tree));
        same && has_all(before, after, added)
    };
    if let Some(text) = placed(source.text, wanted).filter(|t| fits(source.text, t, wanted)) {
        return Ok(text);
    }
    let (few, rest) = wanted.split_at(wanted.len().min(ONE_BY_ONE));
    let (mut text, mut left) = (source.text.to_owned(), Vec::new());
    for one in few {
        let lifted = Comment {
            at: one.at.iter().take(1).cloned().collect(),
            stands: Stands::Above,
            ..one.clone()
        };
        let tried = [one.clone(), lifted].into_iter().find_map(|comment| {
            let comment = [comment];
            placed(&text, &comment).filter(|after| fits(&text, after, &comment))
        });
        match tried {
            Some(after) => text = after,
            None => left.push(one.clone()),
        }
    }
    left.extend_from_slice(rest);
    if left.is_empty() {
        return Ok(text);
    }
    let lines: String = left.iter().map(|c| format!("{}\n", c.text)).collect();
    let gap = if text.ends_with('\n') { "" } else { "\n" };
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let ends =
        [format!("{text}{gap}{lines}"), format!("{}{lines}{}", &text[..start], &text[start..])];
    ends.into_iter().find(|after| fits(&text, after, &left)).ok_or_else(|| {
        let message = "cannot carry a comment into this text".to_owned();
        refused(source, TextRange::new(0, 0), message, "write it in by hand: inc edit")
    })
}

/// How often each comment stands in a text.
pub fn counted(comments: &[Comment]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for comment in comments {
        *counts.entry(comment.text.as_str()).or_insert(0) += 1;
    }
    counts
}

fn has_all(before: &str, after: &str, added: &[Comment]) -> bool {
    let (before, after) = (comments(before), comments(after));
    let (mut wanted, there) = (counted(&before), counted(&after));
    for comment in added {
        *wanted.entry(comment.text.as_str()).or_insert(0) += 1;
    }
    wanted.iter().all(|(text, n)| there.get(text).is_some_and(|m| m >= n))
}

/// The text with the comments at their places; `None` where one has none.
fn placed(text: &str, wanted: &[Comment]) -> Option<String> {
    let layout = Layout::read(text)?;
    let marks = marks(&layout);
    let by_route: HashMap<&[Step], &Mark> = marks.iter().map(|m| (m.route.as_slice(), m)).collect();
    let commented: std::collections::HashSet<usize> =
        ranges(text).iter().map(|r| line_start(text, r.start)).collect();
    let newline = match text.find('\n') {
        Some(i) if text[..i].ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let mut added: Vec<(usize, String)> = Vec::new();
    let mut taken = commented;
    for comment in wanted {
        if comment.at.is_empty() {
            let gap = if text.ends_with('\n') || text.is_empty() { "" } else { newline };
            added.push((text.len(), format!("{gap}{}{newline}", comment.text)));
            continue;
        }
        let mark = by_route.get(comment.at.as_slice())?;
        let line = line_start(text, mark.from);
        let beside = comment.stands == Stands::Beside && taken.insert(line);
        let indent = |columns: usize| " ".repeat(columns);
        added.push(match comment.stands {
            Stands::Beside if beside => {
                (end_of_line(text, mark.from), format!(" {}", comment.text))
            }
            Stands::Below(column) => {
                let end = own_end(text, mark.end, mark.column);
                let words = &comment.text;
                match next_line(text, end) {
                    at if text[..at].ends_with('\n') => {
                        (at, format!("{}{words}{newline}", indent(column)))
                    }
                    at => (at, format!("{newline}{}{words}", indent(column))),
                }
            }
            Stands::Above | Stands::Beside => {
                let line = line_start(text, mark.start);
                let rest = text[line..].trim_start_matches('\u{feff}');
                let blanks = rest.len() - rest.trim_start_matches(' ').len();
                let start = text.len() - rest.len();
                (start, format!("{}{}{newline}", indent(blanks), comment.text))
            }
        });
    }
    added.sort_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(text.len() + added.len() * 40);
    let mut from = 0;
    for (at, words) in added {
        out.push_str(text.get(from..at)?);
        out.push_str(&words);
        from = at;
    }
    out.push_str(text.get(from..)?);
    Some(out)
}

/// Where the comments stand, with their `#`, in order.
fn ranges(text: &str) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(Ok((event, span))) = parser.next_event() {
        if let (Event::Comment(..), Some(start), Some(end)) =
            (event, span.start.byte_offset(), span.end.byte_offset())
        {
            found.push(TextRange::new(start, end));
        }
    }
    found.sort_by_key(|r| r.start);
    found
}

/// Every entry and item, in the order of the text, the outer before the inner.
fn marks(layout: &Layout<'_>) -> Vec<Mark> {
    let mut found = Vec::new();
    collect(layout.text, &layout.root, &mut Route::new(), &mut found);
    found.sort_by_key(|m| m.start);
    found
}

fn collect(text: &str, spot: &Spot, route: &mut Route, found: &mut Vec<Mark>) {
    match &spot.kind {
        Kind::Map { entries, .. } => {
            for entry in entries {
                route.push(Step::Key(entry.name.clone()));
                found.push(Mark {
                    start: entry.start,
                    from: entry.colon_end.unwrap_or(entry.key_end),
                    end: entry.value.end.max(entry.key_end),
                    column: column(text, entry.start),
                    route: route.clone(),
                });
                collect(text, &entry.value, route, found);
                route.pop();
            }
        }
        Kind::Seq { items, .. } => {
            for (i, item) in items.iter().enumerate() {
                route.push(Step::Index(i));
                found.push(Mark {
                    start: item.dash,
                    from: item.dash,
                    end: item.value.end.max(item.dash),
                    column: column(text, item.dash),
                    route: route.clone(),
                });
                collect(text, &item.value, route, found);
                route.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::route;

    const TEXT: &str = "# head\na: 1 # beside\nlist:\n  # above\n  - x: 1\n    y: 2 # two\n    # deep\n  - x: 3\nb: # of b\n  c: |  # block\n    # no comment\n# foot\n";

    #[test]
    fn comments_stand_at_something() {
        let shown: Vec<_> = comments(TEXT)
            .into_iter()
            .map(|c| (c.text, yaml::route_text(&c.at), c.stands))
            .collect();
        let own = |t: &str, at: &str, s| (t.to_owned(), at.to_owned(), s);
        assert_eq!(
            shown,
            [
                own("# head", "a", Stands::Above),
                own("# beside", "a", Stands::Beside),
                own("# above", "list[0]", Stands::Above),
                own("# two", "list[0].y", Stands::Beside),
                own("# deep", "list[0].y", Stands::Below(4)),
                own("# of b", "b", Stands::Beside),
                own("# block", "b.c", Stands::Beside),
                own("# foot", "", Stands::Below(0)),
            ]
        );
    }

    #[test]
    fn comments_are_carried_to_their_places() {
        let bare = "a: 1\nlist:\n  - x: 1\n    y: 2\n  - x: 3\nb:\n  c: |\n    # no comment\n";
        let carried = add_comments(Source::new("x", bare), &comments(TEXT)).unwrap();
        assert_eq!(carried, TEXT.replace("|  #", "| #"));
    }

    #[test]
    fn a_comment_without_a_place_goes_to_the_end() {
        let lost = [Comment { text: "# lost".into(), at: route("gone.x"), stands: Stands::Beside }];
        let text = add_comments(Source::new("x", "a: |+\n  b\n\n"), &lost).unwrap();
        assert_eq!(text, "a: |+\n  b\n\n# lost\n");
        let windows = add_comments(
            Source::new("x", "\u{feff}a: 1\r\nb: \"x\r\n  y\"\r\n"),
            &[
                Comment { text: "# one".into(), at: route("a"), stands: Stands::Above },
                Comment { text: "# two".into(), at: route("b"), stands: Stands::Beside },
            ],
        )
        .unwrap();
        assert_eq!(windows, "\u{feff}# one\r\na: 1\r\n# two\r\nb: \"x\r\n  y\"\r\n");
    }
}
