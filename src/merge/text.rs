//! The merged document as a text: one side's, with the changes of the other made in it.

use std::collections::HashMap;

use super::Unmergeable;
use super::document::Document;
use super::known::names;
use super::tree::values;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::edit::{self, Comment, Stands, comments, counted};
use crate::yaml::{self, Route, Step, Tree};

type Side<'a, D> = (Source<'a>, &'a D);

/// Writes the merged document into one of the texts.
pub(super) fn write<D: Document>(
    base: Option<Source<'_>>,
    ours: Side<'_, D>,
    theirs: Side<'_, D>,
    merged: &D,
) -> Result<String, Unmergeable> {
    let base_comments = base.map(|b| comments(b.text)).unwrap_or_default();
    let was = base.and_then(|b| D::read(b).ok());
    let known = counted(&base_comments);
    let new_comments = |side: Side<'_, D>| {
        let all = comments(side.0.text);
        let new = counted(&all)
            .iter()
            .map(|(text, n)| n.saturating_sub(*known.get(text).unwrap_or(&0)))
            .sum::<usize>();
        // Whoever changed the writing alone is followed in the writing.
        (was.as_ref() == Some(side.1), new, side.0.text.len(), side.0.text.to_owned())
    };
    // A choice that does not know which side is called ours.
    let (first, second) = match new_comments(ours) >= new_comments(theirs) {
        true => (ours, theirs),
        false => (theirs, ours),
    };
    into(&base_comments, first, second, merged)
        .or_else(|_| into(&base_comments, second, first, merged))
        .map_err(Unmergeable::Refused)
}

fn into<D: Document>(
    base: &[Comment],
    carrier: Side<'_, D>,
    other: Side<'_, D>,
    merged: &D,
) -> Result<String, Diagnostics> {
    let mut text = edit::rewrite(carrier.0, &carrier.1.tree(), &merged.tree())
        .map_err(edit::EditError::into_diagnostics)?;
    // Also the carrier's own: an item that goes takes the comments inside it along.
    for side in [carrier, other] {
        let missing = missing(base, side.0, &text)?;
        text = edit::add_comments(Source::new(carrier.0.name, &text), &missing)
            .map_err(edit::EditError::into_diagnostics)?;
    }
    match D::read(Source::new(carrier.0.name, &text)) {
        Ok(read) if values(&read) == values(merged) => Ok(text),
        Ok(_) => Err(Diagnostic::error(
            "edit-not-exact",
            "the merged text would not say exactly what was merged",
        )
        .into()),
        Err(found) => Err(found),
    }
}

/// The comments that a side added and a text does not have, at their places in that text.
fn missing(base: &[Comment], side: Source<'_>, text: &str) -> Result<Vec<Comment>, Diagnostics> {
    let (theirs, there) = (comments(side.text), comments(text));
    let (known, has, said) = (counted(base), counted(&there), counted(&theirs));
    let mut wanted: HashMap<&str, usize> = HashMap::new();
    for (words, n) in &said {
        let count = |of: &HashMap<&str, usize>| of.get(words).copied().unwrap_or(0);
        if *n > count(&known) && *n > count(&has) {
            wanted.insert(words, n - count(&has));
        }
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let from = yaml::parse(side)?.to_tree();
    let to = yaml::parse(Source::new(side.name, text))?.to_tree();
    let mut places = Places { from: &from, to: &to, known: HashMap::new() };
    let mut missing = Vec::new();
    for comment in theirs.iter().rev() {
        let Some(left) = wanted.get_mut(comment.text.as_str()).filter(|n| **n > 0) else {
            continue;
        };
        *left -= 1;
        let (at, whole) = places.of(&comment.at);
        let stands = match (whole, at.is_empty()) {
            (true, _) => comment.stands,
            (false, true) => Stands::Below(0),
            (false, false) => Stands::Above,
        };
        missing.push(Comment { text: comment.text.clone(), at, stands });
    }
    missing.reverse();
    Ok(missing)
}

/// Places of one tree in another, items found by what they are known by.
struct Places<'t> {
    from: &'t Tree,
    to: &'t Tree,
    /// Lists that were compared already: for each item its place in the other.
    known: HashMap<Route, Vec<Option<usize>>>,
}

impl Places<'_> {
    /// The route in the other tree, as far as it leads; whether that is all of it.
    fn of(&mut self, route: &[Step]) -> (Route, bool) {
        let (mut from, mut to) = (self.from, self.to);
        let (mut done, mut path, mut reached) = (Route::new(), String::new(), Route::new());
        for step in route {
            let next = match (step, from, to) {
                (Step::Key(key), ..) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key);
                    from.get(key).zip(to.get(key)).map(|pair| (pair, step.clone()))
                }
                (Step::Index(i), Tree::Seq(olds), Tree::Seq(news)) => {
                    let places =
                        self.known.entry(done.clone()).or_insert_with(|| pair(&path, olds, news));
                    let j = places.get(*i).copied().flatten();
                    j.and_then(|j| Some(((olds.get(*i)?, news.get(j)?), Step::Index(j))))
                }
                _ => None,
            };
            let Some(((a, b), there)) = next else { return (reached, false) };
            (from, to) = (a, b);
            done.push(step.clone());
            reached.push(there);
        }
        (reached, true)
    }
}

fn pair(list: &str, olds: &[Tree], news: &[Tree]) -> Vec<Option<usize>> {
    let named = names(list, &[olds, news]);
    let [before, after] = named.as_slice() else { return Vec::new() };
    let places: HashMap<_, usize> = after.iter().enumerate().map(|(j, name)| (name, j)).collect();
    before.iter().map(|name| places.get(name).copied()).collect()
}
