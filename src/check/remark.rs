//! What a check says of a record, before anybody looked up the line.

use crate::diag::{Place, TextRange};
use crate::yaml::{Node, Route, route};

/// One thing that a check found, with the ways to its place in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Fields that it is about; the first that the record has is shown.
    pub(crate) routes: Vec<Route>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// The command or the edit that mends it.
    pub help: Option<String>,
    /// The rule of the standard that asks for it, if one does: `standards/checks.toml#quiet`.
    pub(crate) clause: Option<String>,
    /// Where in another file than the record, if it is about one.
    pub(crate) place: Option<Place>,
}

impl Remark {
    /// A remark on the first of these fields that the record has (`actions.0.owner`).
    pub(crate) fn at<'a>(
        fields: impl IntoIterator<Item = &'a str>,
        message: impl Into<String>,
    ) -> Self {
        Remark {
            routes: fields.into_iter().map(route).collect(),
            message: message.into(),
            help: None,
            clause: None,
            place: None,
        }
    }

    /// Says what mends it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The bytes that it is about: the first field that is there, else what is nearest to the last.
    pub(crate) fn range(&self, node: &Node) -> TextRange {
        let there = self.routes.iter().find_map(|route| node.at(route)).map(|n| n.range);
        let nearest = || self.routes.last().map_or(node.range, |route| node.nearest(route));
        there.unwrap_or_else(nearest)
    }
}
