//! What the schema of a record, or of a problem, says of a field: whether it must be there, and how its text is typed.

use serde_json::Value as Json;

use crate::yaml::{self, Tree};

/// A schema, asked by paths without items.
pub(super) struct Schema(Json);

impl Schema {
    /// The record's.
    pub(super) fn new() -> Schema {
        Schema::of(crate::incident::json_schema())
    }

    pub(super) fn of(schema: Json) -> Schema {
        Schema(schema)
    }

    /// Whether what holds the field cannot be without it.
    pub(super) fn requires(&self, path: &str) -> bool {
        let (parent, key) = path.rsplit_once('.').map_or(("", path), |(p, k)| (p, k));
        let Some(parent) = self.at(parent) else { return false };
        let required = parent.get("required").and_then(Json::as_array);
        required.is_some_and(|keys| keys.iter().any(|k| k.as_str() == Some(key)))
    }

    /// Whether nothing in the map must be there, so that without any of it there is no map.
    pub(super) fn may_be_empty(&self, path: &str) -> bool {
        is_own(path)
            || self.at(path).is_some_and(|schema| {
                schema.get("required").and_then(Json::as_array).is_none_or(Vec::is_empty)
            })
    }

    /// A text as the value that the field would hold.
    pub(super) fn value(&self, path: &str, text: &str) -> Tree {
        if is_own(path) {
            return read_own(text);
        }
        let plain = self.at(path).is_some_and(|schema| {
            let is = |name: &str| match schema.get("type") {
                Some(Json::String(one)) => one == name,
                Some(Json::Array(several)) => several.iter().any(|t| t.as_str() == Some(name)),
                _ => false,
            };
            is("integer") || is("number") || is("boolean")
        });
        if plain { Tree::from_plain(text) } else { Tree::Text(text.to_owned()) }
    }

    fn at(&self, path: &str) -> Option<&Json> {
        let mut keys = path.split('.').filter(|k| !k.is_empty());
        keys.try_fold(&self.0, |schema, key| inner(schema).get("properties")?.get(key)).map(inner)
    }
}

/// Past what wraps an object: the items of a list, the choice between it and null.
fn inner(schema: &Json) -> &Json {
    let choice = schema.get("anyOf").and_then(Json::as_array).and_then(|all| all.first());
    match (choice, schema.get("items")) {
        (Some(first), _) => inner(first),
        (None, Some(items)) => inner(items),
        (None, None) => schema,
    }
}

/// Whether a path lies below a key of the user's own, of which no schema knows anything.
pub(super) fn is_own(path: &str) -> bool {
    path.split('.').any(|key| key.starts_with("x-"))
}

/// A value as it stands in a conflict: text as it is, what is not text, or would be taken for
/// something else under a key of the user's own, as JSON.
pub(super) fn shown(path: &str, value: &Tree) -> String {
    match value {
        Tree::Text(text) if !is_own(path) || reads_as_text(text) => text.clone(),
        Tree::Number(text) => text.clone(),
        other => other.to_json().to_string(),
    }
}

fn reads_as_text(text: &str) -> bool {
    matches!(Tree::from_plain(text), Tree::Text(_)) && !text.starts_with(['"', '[', '{'])
}

fn read_own(text: &str) -> Tree {
    if text.starts_with(['"', '[', '{'])
        && let Ok(node) = yaml::parse(crate::diag::Source::new("value", text))
    {
        return node.to_tree();
    }
    Tree::from_plain(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_knows_what_is_required_and_what_is_a_number() {
        let schema = Schema::new();
        for (path, required) in [
            ("title", true),
            ("times.restored", false),
            ("timeline.text", true),
            ("timeline.star", false),
            ("workaround.text", true),
            ("impact.journeys.state", true),
            ("vendors.updates.text", true),
            ("x-team.cost", false),
        ] {
            assert_eq!(schema.requires(path), required, "{path}");
        }
        assert_eq!(schema.value("impact.customers.tried", "5"), Tree::Number("5".into()));
        assert_eq!(schema.value("title", "5"), Tree::Text("5".into()));
        assert_eq!(schema.value("timeline.star", "true"), Tree::Bool(true));
    }

    #[test]
    fn maps_of_optional_keys_come_and_go_with_them() {
        let schema = Schema::new();
        for (path, may) in
            [("now", true), ("times", true), ("severity.override", false), ("x-a", true)]
        {
            assert_eq!(schema.may_be_empty(path), may, "{path}");
        }
    }

    #[test]
    fn values_of_the_users_own_keep_their_type() {
        for value in [
            Tree::Text("5".into()),
            Tree::Number("5".into()),
            Tree::Bool(true),
            Tree::Text("a: b".into()),
            Tree::Text("[".into()),
            Tree::Seq(vec![Tree::Text("null".into()), Tree::Null]),
        ] {
            assert_eq!(read_own(&shown("x-a", &value)), value);
        }
    }
}
