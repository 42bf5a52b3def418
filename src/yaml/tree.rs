use std::fmt::Write as _;

/// One step into a tree.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Into a mapping.
    Key(String),
    /// Into a sequence.
    Index(usize),
}

/// A way into a tree, from its root.
pub type Route = Vec<Step>;

/// Prints a route as people write it: `timeline[3].at`.
pub fn route_text(route: &[Step]) -> String {
    let mut text = String::new();
    for step in route {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                let _ = write!(text, ".{key}");
            }
            Step::Index(i) => {
                let _ = write!(text, "[{i}]");
            }
        }
    }
    text
}

/// Reads a route whose keys hold no points: `timeline.3.at`.
pub fn route(path: &str) -> Route {
    path.split('.')
        .map(|s| s.parse().map_or_else(|_| Step::Key(s.to_owned()), Step::Index))
        .collect()
}

/// A YAML value without places.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Tree {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written: exact.
    Number(String),
    /// Text.
    Text(String),
    /// A sequence.
    Seq(Vec<Tree>),
    /// A mapping in its order.
    Map(Vec<(String, Tree)>),
}

impl Tree {
    /// Types an unquoted scalar as YAML 1.2's core schema does; numbers keep their text.
    pub fn from_plain(text: &str) -> Tree {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Tree::Null,
            "true" | "True" | "TRUE" => Tree::Bool(true),
            "false" | "False" | "FALSE" => Tree::Bool(false),
            _ if is_number(text) => Tree::Number(text.to_owned()),
            _ => Tree::Text(text.to_owned()),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        match self {
            Tree::Map(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of a scalar as it would be shown; `None` for null and collections.
    pub fn scalar(&self) -> Option<String> {
        match self {
            Tree::Bool(b) => Some(b.to_string()),
            Tree::Number(t) | Tree::Text(t) => Some(t.clone()),
            Tree::Null | Tree::Seq(_) | Tree::Map(_) => None,
        }
    }

    /// The tree as JSON; numbers that JSON's reader would round become text.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Tree::Null => Json::Null,
            Tree::Bool(b) => Json::Bool(*b),
            Tree::Number(n) => match n.parse::<i64>() {
                Ok(whole) if whole.to_string() == *n => Json::from(whole),
                _ => Json::String(n.clone()),
            },
            Tree::Text(t) => Json::String(t.clone()),
            Tree::Seq(items) => Json::Array(items.iter().map(Tree::to_json).collect()),
            Tree::Map(entries) => {
                Json::Object(entries.iter().map(|(k, v)| (k.clone(), v.to_json())).collect())
            }
        }
    }
}

/// Whether unquoted text is a number of the core schema (no hexadecimal, no infinities).
fn is_number(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((m, e)) => (m, Some(e.strip_prefix(['-', '+']).unwrap_or(e))),
        None => (body, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    !(whole.is_empty() && fraction.is_empty())
        && digits(whole)
        && digits(fraction)
        && exponent.is_none_or(|e| !e.is_empty() && digits(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_plain_scalars_by_the_core_schema() {
        assert_eq!(Tree::from_plain("no"), Tree::Text("no".into()));
        assert_eq!(Tree::from_plain("0123"), Tree::Number("0123".into()));
        assert_eq!(Tree::from_plain("12.50"), Tree::Number("12.50".into()));
        assert_eq!(Tree::from_plain("12.50 MXN"), Tree::Text("12.50 MXN".into()));
        assert_eq!(Tree::from_plain("~"), Tree::Null);
        assert_eq!(Tree::from_plain("."), Tree::Text(".".into()));
    }
}
