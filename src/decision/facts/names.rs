use std::collections::HashMap;
use std::sync::Arc;

/// Names of facts, each with a number.
///
/// A standard numbers the catalogue's facts and its tables' outputs once, so that its tables find
/// their facts by number; deciding reads no names.
#[derive(Debug, Default)]
pub struct Names {
    list: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
    /// Names whose numbers mean the same here.
    extends: Option<Arc<Names>>,
}

impl Names {
    /// Numbers names in their order, from 0; a name that comes twice has its first number.
    pub fn new<N: Into<Box<str>>>(names: impl IntoIterator<Item = N>) -> Names {
        let mut all = Names::default();
        for name in names {
            all.add(name);
        }
        all
    }

    /// These names with their numbers, and more after them.
    pub fn with<N: Into<Box<str>>>(
        self: &Arc<Names>,
        more: impl IntoIterator<Item = N>,
    ) -> Arc<Names> {
        let mut all = Names {
            list: self.list.clone(),
            numbers: self.numbers.clone(),
            extends: Some(Arc::clone(self)),
        };
        for name in more {
            all.add(name);
        }
        Arc::new(all)
    }

    pub(super) fn add(&mut self, name: impl Into<Box<str>>) -> u32 {
        let name = name.into();
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(name).or_insert_with_key(|name| {
            self.list.push(name.clone());
            next
        })
    }

    /// The number of a name.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The name of a number.
    pub fn name(&self, number: u32) -> Option<&str> {
        self.list.get(number as usize).map(AsRef::as_ref)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether every number of `others` means the same here.
    pub(in crate::decision) fn agree_with(self: &Arc<Names>, others: &Arc<Names>) -> bool {
        let mut at = Some(self);
        while let Some(names) = at {
            if Arc::ptr_eq(names, others) {
                return true;
            }
            at = names.extends.as_ref();
        }
        false
    }
}
