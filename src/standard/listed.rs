use std::collections::HashMap;

use crate::diag::nearest;

/// Something that a standard lists under an id.
pub trait HasId {
    /// The id that records use.
    fn id(&self) -> &str;
}

/// What a file of the standard lists, in the order of the file, found by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Listed { items: Vec::new(), places: HashMap::new() }
    }
}

impl<T: HasId> Listed<T> {
    /// Adds one; a second one of the same id is left out (TOML refuses doubled keys anyway).
    pub fn push(&mut self, item: T) {
        if !self.places.contains_key(item.id()) {
            self.places.insert(item.id().to_owned(), self.items.len());
            self.items.push(item);
        }
    }

    /// The one of that id.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.places.get(id).and_then(|at| self.items.get(*at))
    }

    /// Whether the id is listed.
    pub fn contains(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// The id nearest to what was typed, if one is near.
    pub fn nearest(&self, typed: &str) -> Option<&str> {
        nearest(typed, self.ids())
    }

    /// Every id, in the order of the file.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(HasId::id)
    }

    /// Everything listed, in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// How many are listed.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<'l, T> IntoIterator for &'l Listed<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}
