//! What git's history says of a record, as plain data: fields, not text differences.

pub mod audit;

use crate::diag::Source;
use crate::units::Instant;
use crate::yaml::{self, Route, Step, Tree, route_text};

/// One version of a record's file, as the store found it in history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The commit.
    pub commit: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: Option<Instant>,
    /// First line of the commit's message.
    pub subject: String,
    /// Whether the commit carries a signature; not whether it is good.
    pub signed: bool,
    /// The file's text in that commit; `None` where it was removed.
    pub text: Option<String>,
}

/// What one commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChanges {
    /// The commit.
    pub commit: String,
    /// Who.
    pub author: String,
    /// When.
    pub at: Option<Instant>,
    /// What the commit says of itself.
    pub subject: String,
    /// Whether the commit carries a signature; not whether it is good.
    pub signed: bool,
    /// The fields; empty when only formatting or comments changed.
    pub fields: Vec<FieldChange>,
    /// Whether the text of this version could not be read as YAML.
    pub unreadable: bool,
}

/// One field, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field: `times.restored`, `timeline[T4F2]`.
    pub field: String,
    /// What it was; `None` when it is new.
    pub from: Option<String>,
    /// What it is; `None` when it was removed.
    pub to: Option<String>,
}

/// Compares each version with the one before it; `revisions` are newest first, so is the answer.
pub fn fields(revisions: &[Revision]) -> Vec<FieldChanges> {
    let trees: Vec<Option<Tree>> = revisions
        .iter()
        .map(|r| {
            r.text.as_ref().and_then(|t| yaml::parse(Source::new("", t)).ok()).map(|n| n.to_tree())
        })
        .collect();
    revisions
        .iter()
        .enumerate()
        .map(|(i, revision)| {
            let before = trees[i + 1..].iter().flatten().next();
            let mut fields = Vec::new();
            if let Some(after) = &trees[i] {
                compare(before, after, &mut Vec::new(), &mut fields);
            }
            FieldChanges {
                commit: revision.commit.clone(),
                author: revision.author.clone(),
                at: revision.at,
                subject: revision.subject.clone(),
                signed: revision.signed,
                fields,
                unreadable: revision.text.is_some() && trees[i].is_none(),
            }
        })
        .collect()
}

/// The fields in which two trees differ; list items with an `id` are known by it.
pub fn differences(before: &Tree, after: &Tree) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    compare(Some(before), after, &mut Vec::new(), &mut fields);
    fields
}

fn compare(before: Option<&Tree>, after: &Tree, route: &mut Route, out: &mut Vec<FieldChange>) {
    if before == Some(after) {
        return;
    }
    match (before, after) {
        (Some(Tree::Map(old)), Tree::Map(new)) => {
            for (key, value) in new {
                route.push(Step::Key(key.clone()));
                compare(old.iter().find(|(k, _)| k == key).map(|(_, v)| v), value, route, out);
                route.pop();
            }
            for (key, value) in old {
                if !new.iter().any(|(k, _)| k == key) && !is_empty(value) {
                    route.push(Step::Key(key.clone()));
                    out.push(FieldChange {
                        field: route_text(route),
                        from: Some(words(value)),
                        to: None,
                    });
                    route.pop();
                }
            }
        }
        (None, Tree::Map(new)) if route.is_empty() => {
            for (key, value) in new {
                route.push(Step::Key(key.clone()));
                compare(None, value, route, out);
                route.pop();
            }
        }
        (Some(Tree::Seq(old)), Tree::Seq(new)) => items(old, new, route, out),
        (None | Some(Tree::Null), Tree::Seq(new)) if new.iter().any(|i| item_id(i).is_some()) => {
            items(&[], new, route, out);
        }
        (None, after) if is_empty(after) => {}
        (before, after) => out.push(FieldChange {
            field: route_text(route),
            from: before.filter(|b| !is_empty(b)).map(words),
            to: (!is_empty(after)).then(|| words(after)),
        }),
    }
}

fn items(old: &[Tree], new: &[Tree], route: &mut Route, out: &mut Vec<FieldChange>) {
    let named = |list: &[Tree]| !list.is_empty() && list.iter().all(|i| item_id(i).is_some());
    if old.len() == new.len() && !named(old) && old.iter().any(|i| matches!(i, Tree::Map(_))) {
        for (i, (before, after)) in old.iter().zip(new).enumerate() {
            route.push(Step::Index(i));
            compare(Some(before), after, route, out);
            route.pop();
        }
        return;
    }
    if !(named(new) || new.is_empty()) || !(named(old) || old.is_empty()) {
        let whole = |list: &[Tree]| (!list.is_empty()).then(|| words(&Tree::Seq(list.to_vec())));
        out.push(FieldChange { field: route_text(route), from: whole(old), to: whole(new) });
        return;
    }
    let by_id = |list: &[Tree], id: &str| list.iter().find(|i| item_id(i) == Some(id)).cloned();
    for item in new {
        let Some(id) = item_id(item) else { continue };
        route.push(Step::Key(format!("[{id}]")));
        match by_id(old, id) {
            Some(before) => compare(Some(&before), item, route, out),
            None => out.push(FieldChange {
                field: item_route(route),
                from: None,
                to: Some(words(item)),
            }),
        }
        route.pop();
    }
    for item in old {
        let Some(id) = item_id(item) else { continue };
        if by_id(new, id).is_none() {
            route.push(Step::Key(format!("[{id}]")));
            out.push(FieldChange { field: item_route(route), from: Some(words(item)), to: None });
            route.pop();
        }
    }
    for change in out.iter_mut() {
        change.field = change.field.replace(".[", "[");
    }
}

fn item_route(route: &Route) -> String {
    route_text(route).replace(".[", "[")
}

fn item_id(item: &Tree) -> Option<&str> {
    match item.get("id") {
        Some(Tree::Text(id) | Tree::Number(id)) => Some(id),
        _ => None,
    }
}

fn is_empty(tree: &Tree) -> bool {
    match tree {
        Tree::Null => true,
        Tree::Seq(items) => items.is_empty(),
        Tree::Map(entries) => entries.is_empty(),
        _ => false,
    }
}

/// A value in one line: `restored`, `{ by: ana, at: … }`.
fn words(tree: &Tree) -> String {
    match tree {
        Tree::Seq(items) => format!("[{}]", items.iter().map(words).collect::<Vec<_>>().join(", ")),
        Tree::Map(entries) => {
            let shown = entries.iter().filter(|(k, v)| k != "id" && !is_empty(v));
            let parts: Vec<_> = shown.map(|(k, v)| format!("{k}: {}", words(v))).collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.scalar().unwrap_or_else(|| "nothing".into()).replace('\n', " ⏎ "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(commit: &str, text: &str) -> Revision {
        Revision {
            commit: commit.into(),
            author: "ana".into(),
            at: None,
            subject: "s".into(),
            signed: false,
            text: Some(text.into()),
        }
    }

    #[test]
    fn history_speaks_of_fields() {
        let changes = fields(&[
            revision(
                "c",
                "status: restored\ntimes: { restored: x }\ntimeline: [{ id: T1, text: a, star: true }]\n",
            ),
            revision("b", "status: detected # why\ntimeline: [{ id: T1, text: a }]\n"),
            revision("a", "status: detected\n"),
        ]);
        let shown: Vec<_> = changes[0]
            .fields
            .iter()
            .map(|f| (f.field.as_str(), f.from.as_deref(), f.to.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                ("status", Some("detected"), Some("restored")),
                ("times", None, Some("{ restored: x }")),
                ("timeline[T1].star", None, Some("true")),
            ]
        );
        assert_eq!(changes[1].fields.len(), 1);
        assert_eq!(changes[1].fields[0].field, "timeline[T1]");
        assert_eq!(changes[2].fields[0].to.as_deref(), Some("detected"));
    }
}
