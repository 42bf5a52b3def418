use std::ops::Range;

use crate::yaml::{Route, Step, route};

/// The places of a record that a fact was read from, in short.
///
/// Judging ten thousand records reads two million facts, and few findings ask where one was read:
/// [`super::FactSet::routes`] writes the places out for those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// These paths (`impact.harm`).
    Paths(&'static [&'static str]),
    /// Items of a list.
    Items(Box<ListItems>),
    /// These places, in their order.
    Routes(Vec<Route>),
    /// What other facts of the same set were read from: see [`crate::decision::Decision::origin`].
    Facts(Facts),
}

/// Items of a list in a record, or one field of each, and what was read besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListItems {
    /// The path of the list.
    pub list: &'static str,
    /// The places of the items.
    pub places: Vec<usize>,
    /// The field; empty for the items themselves.
    pub field: &'static str,
    /// Paths that were read besides.
    pub also: &'static [&'static str],
}

/// Facts of one set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts(pub(super) Range<u32>);

impl Default for Origin {
    fn default() -> Self {
        Origin::Paths(&[])
    }
}

impl Origin {
    /// Items of a list, or one field of each; of no items, the paths.
    pub fn items(
        list: &'static str,
        places: Vec<usize>,
        field: &'static str,
        otherwise: &'static [&'static str],
    ) -> Origin {
        match places.as_slice() {
            [] => Origin::Paths(otherwise),
            _ => Origin::Items(Box::new(ListItems { list, places, field, also: &[] })),
        }
    }

    /// How many places [`Origin::write`] adds.
    pub(super) fn count(&self) -> usize {
        match self {
            Origin::Paths(paths) => paths.len(),
            Origin::Items(items) => items.places.len() + items.also.len(),
            Origin::Routes(all) => all.len(),
            Origin::Facts(_) => 0,
        }
    }

    /// Writes out the places that do not depend on other facts.
    pub(super) fn write(&self, routes: &mut Vec<Route>) {
        match self {
            Origin::Paths(paths) => routes.extend(paths.iter().map(|path| route(path))),
            Origin::Items(items) => items.write(routes),
            Origin::Routes(all) => routes.extend_from_slice(all),
            Origin::Facts(_) => {}
        }
    }
}

impl ListItems {
    fn write(&self, routes: &mut Vec<Route>) {
        let list = route(self.list);
        for place in &self.places {
            let mut item = list.clone();
            item.push(Step::Index(*place));
            if !self.field.is_empty() {
                item.push(Step::Key(self.field.to_owned()));
            }
            routes.push(item);
        }
        routes.extend(self.also.iter().map(|path| route(path)));
    }
}
