//! What the items of a list are known by, and the names of fields.
//!
//! A field is named as people read it: `times.restored`, `timeline[T7QK].text`,
//! `impact.periods[2026-11-21T03:02:00-06:00].to`. Places in a list would mean another item on
//! each side.

use std::collections::HashMap;

use crate::units::Instant;
use crate::yaml::{Route, Step, Tree};

/// The keys that tell the items of a list apart, by the list's path without items.
///
/// Lists that are not named here know their items by `id`, and items without one by all they say.
fn keys(list: &str) -> &'static [&'static str] {
    match list {
        "roles" => &["role", "person", "from"],
        "detection.alerts" => &["system", "id"],
        "rooms" | "links" => &["url"],
        "tickets" => &["system", "ref"],
        "impact.clients" => &["client"],
        "impact.harm" => &["kind", "service"],
        "impact.periods" => &["from", "service", "region"],
        "impact.journeys" => &["journey"],
        "impact.footprint" => {
            &["service", "rail", "channel", "region", "segment", "product", "client"]
        }
        "impact.cutoffs" => &["name"],
        "impact.measured.evidence" | "compensation.evidence" => &["path"],
        "compensation.ledger.forms" => &["form"],
        "compensation.ledger.forms.segments" => &["segment"],
        "regulatory" => &["regime"],
        // Two people who did the same both did it.
        "checklist" => &["item", "by", "at"],
        "waivers" => &["code", "at"],
        "communications.sent" => &["at", "to"],
        _ => &["id"],
    }
}

/// What an item is known by; items that are alike are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Name<'a> {
    by: By<'a>,
    nth: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum By<'a> {
    Label(String),
    Whole(&'a Tree),
}

impl Name<'_> {
    /// The name between brackets, of an item that has one.
    pub(super) fn label(&self) -> Option<&str> {
        match &self.by {
            By::Label(label) => Some(label),
            By::Whole(_) => None,
        }
    }
}

/// The name of an item by the keys of its list; `None` if it has none of them.
pub(super) fn label(list: &str, item: &Tree) -> Option<String> {
    let parts: Vec<String> =
        keys(list).iter().filter_map(|key| item.get(key).and_then(Tree::scalar)).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The names of the items of several versions of a list. A label that two items of one version
/// bear tells nothing: those items are known by all they say.
pub(super) fn names<'a>(list: &str, versions: &[&'a [Tree]]) -> Vec<Vec<Name<'a>>> {
    let labels: Vec<Vec<Option<String>>> =
        versions.iter().map(|items| items.iter().map(|i| label(list, i)).collect()).collect();
    let mut doubles: HashMap<&str, usize> = HashMap::new();
    for version in &labels {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for label in version.iter().flatten() {
            let count = seen.entry(label).or_insert(0);
            *count += 1;
            let most = doubles.entry(label).or_insert(0);
            *most = (*most).max(*count);
        }
    }
    let name = |items: &'a [Tree], labels: &[Option<String>]| {
        let mut seen: HashMap<By<'a>, usize> = HashMap::new();
        let by = items.iter().zip(labels).map(|(item, label)| match label {
            Some(label) if doubles.get(label.as_str()) == Some(&1) => By::Label(label.clone()),
            _ => By::Whole(item),
        });
        by.map(|by| {
            let count = seen.entry(by.clone()).or_insert(0);
            *count += 1;
            Name { by, nth: *count }
        })
        .collect()
    };
    versions.iter().zip(&labels).map(|(items, labels)| name(items, labels)).collect()
}

/// When an item happened, for its place among the others.
pub(super) fn time(item: &Tree) -> Option<Instant> {
    ["at", "from", "opened_at"].iter().find_map(|key| item.get(key)?.scalar()?.parse().ok())
}

/// A field's path without the items of lists: what the schema and the rules know it by.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// As people read it.
    pub(super) name: String,
    /// Its keys alone, with points.
    pub(super) path: String,
}

impl Field {
    pub(super) fn key(&self, key: &str) -> Field {
        let join = |text: &str| match text {
            "" => key.to_owned(),
            text => format!("{text}.{key}"),
        };
        Field { name: join(&self.name), path: join(&self.path) }
    }

    pub(super) fn item(&self, label: &str) -> Field {
        Field { name: format!("{}[{label}]", self.name), path: self.path.clone() }
    }

    /// The top key that it lies under.
    pub(super) fn top(&self) -> &str {
        self.path.split('.').next().unwrap_or_default()
    }
}

/// Where a named field stands in a tree: the route to it, or to where it would stand, and its path
/// without items. `None` where an item that it lies in is not there.
pub(super) fn find(tree: &Tree, name: &str) -> Option<(Route, String)> {
    descend(tree, name, &Field::default())
}

fn descend(tree: &Tree, rest: &str, at: &Field) -> Option<(Route, String)> {
    let prefixed = |step: Step, (mut route, path): (Route, String)| {
        route.insert(0, step);
        Some((route, path))
    };
    match tree {
        Tree::Seq(items) => {
            let inner = rest.strip_prefix('[')?;
            items.iter().enumerate().find_map(|(i, item)| {
                let label = label(&at.path, item)?;
                let after = inner.strip_prefix(label.as_str())?.strip_prefix(']')?;
                match after.strip_prefix('.') {
                    Some(after) => prefixed(Step::Index(i), descend(item, after, at)?),
                    None if after.is_empty() => Some((vec![Step::Index(i)], at.path.clone())),
                    None => prefixed(Step::Index(i), descend(item, after, at)?),
                }
            })
        }
        Tree::Map(entries) => {
            let inside = entries.iter().find_map(|(key, value)| {
                let after = rest.strip_prefix(key.as_str())?;
                let here = at.key(key);
                let found = match after.strip_prefix('.') {
                    Some(after) => descend(value, after, &here)?,
                    None if after.is_empty() => (Route::new(), here.path),
                    None if after.starts_with('[') => descend(value, after, &here)?,
                    None => return None,
                };
                prefixed(Step::Key(key.clone()), found)
            });
            inside.or_else(|| absent(rest, at))
        }
        _ => None,
    }
}

/// A field that is not there yet: plain keys down to it.
fn absent(rest: &str, at: &Field) -> Option<(Route, String)> {
    if rest.is_empty() || rest.contains(['[', ']']) {
        return None;
    }
    let route: Route = rest.split('.').map(|k| Step::Key(k.to_owned())).collect();
    let path = if at.path.is_empty() { rest.to_owned() } else { format!("{}.{rest}", at.path) };
    Some((route, path))
}

/// The value at a route.
pub(super) fn at<'t>(tree: &'t Tree, route: &[Step]) -> Option<&'t Tree> {
    route.iter().try_fold(tree, |tree, step| match (step, tree) {
        (Step::Key(key), tree) => tree.get(key),
        (Step::Index(i), Tree::Seq(items)) => items.get(*i),
        (Step::Index(_), _) => None,
    })
}

/// Sets or removes the value at a route; maps that are not there are made, empty ones go.
pub(super) fn put(tree: &mut Tree, route: &[Step], value: Option<Tree>) -> Option<()> {
    let Some((first, rest)) = route.split_first() else {
        *tree = value?;
        return Some(());
    };
    match (first, tree) {
        (Step::Index(i), Tree::Seq(items)) => put(items.get_mut(*i)?, rest, value),
        (Step::Key(key), Tree::Map(entries)) => {
            match (entries.iter().position(|(k, _)| k == key), value) {
                (Some(i), None) if rest.is_empty() => {
                    entries.remove(i);
                    Some(())
                }
                (Some(i), value) => {
                    let inner = &mut entries.get_mut(i)?.1;
                    put(inner, rest, value)?;
                    // A map of nothing says nothing.
                    if matches!(inner, Tree::Map(left) if left.is_empty()) {
                        entries.remove(i);
                    }
                    Some(())
                }
                (None, None) => Some(()),
                (None, Some(value)) => {
                    let mut inner = Tree::Map(Vec::new());
                    put(&mut inner, rest, Some(value))?;
                    entries.push((key.clone(), inner));
                    Some(())
                }
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::yaml::{parse, route_text};

    #[test]
    fn fields_are_found_by_their_names() {
        let text = "title: x\nnow: {}\ntimeline:\n  - {id: T1, at: 2026-11-21T03:10:00-06:00, text: a}\n  - {text: hand}\nimpact:\n  periods:\n    - {from: 2026-11-21T03:02:00-06:00, service: a.b}\n";
        let tree = parse(Source::new("x", text)).unwrap().to_tree();
        let shown = |name: &str| find(&tree, name).map(|(r, p)| format!("{} {p}", route_text(&r)));
        assert_eq!(shown("title").unwrap(), "title title");
        assert_eq!(shown("times.restored").unwrap(), "times.restored times.restored");
        assert_eq!(shown("now.situation").unwrap(), "now.situation now.situation");
        assert_eq!(shown("timeline[T1].by").unwrap(), "timeline[0].by timeline.by");
        assert_eq!(
            shown("impact.periods[2026-11-21T03:02:00-06:00/a.b].to").unwrap(),
            "impact.periods[0].to impact.periods.to"
        );
        assert_eq!(shown("timeline[T2].by"), None);
    }
}
