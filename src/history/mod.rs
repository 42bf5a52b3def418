//! What git's history says of a record, as plain data: fields, not text differences.

pub mod audit;

use crate::yaml::{Route, Step, Tree, route_text};

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
    use crate::diag::Source;
    use crate::yaml;

    fn told(before: &str, after: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let read = |text| yaml::parse(Source::new("", text)).unwrap().to_tree();
        let changes = differences(&read(before), &read(after));
        changes.into_iter().map(|c| (c.field, c.from, c.to)).collect()
    }

    #[test]
    fn history_speaks_of_fields() {
        let (a, b, c) = (
            "status: detected\n",
            "status: detected # why\ntimeline: [{ id: T1, text: a }]\n",
            "status: restored\ntimes: { restored: x }\ntimeline: [{ id: T1, text: a, star: true }]\n",
        );
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told(b, c),
            [
                ("status".into(), some("detected"), some("restored")),
                ("times".into(), None, some("{ restored: x }")),
                ("timeline[T1].star".into(), None, some("true")),
            ]
        );
        assert_eq!(told(a, b), [("timeline[T1]".into(), None, some("{ text: a }"))]);
        assert_eq!(told("{}", a), [("status".into(), None, some("detected"))]);
    }
}
