//! The items of the standard's checklist on one incident: to do, done, skipped.

use super::company::Company;
use crate::decision::FactSet;
use crate::incident::Record;
use crate::standard::{ChecklistItem, Policies, Words};
use crate::units::Instant;

/// An item of the checklist on one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id: `inc done ITEM`.
    pub item: String,
    /// What to do, per locale.
    pub words: Words,
    /// The role that does it.
    pub role: String,
    /// By when.
    pub due: Option<Instant>,
    /// What shows that it was done; none where the word of whoever did it is enough.
    pub evidence: Option<String>,
    /// Why it is asked for.
    pub why: Option<String>,
    /// Where it stands.
    pub state: ItemState,
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Nobody has done it.
    ToDo,
    /// Somebody has.
    Done,
    /// Somebody decided against it, with a reason.
    Skipped,
}

/// The items that the standard asks of a record, by when they are due.
///
/// `facts` are those of [`Policies::decide`].
pub fn checklist(
    record: &Record,
    company: &Company<'_>,
    policies: &Policies,
    facts: &FactSet,
) -> Vec<Item> {
    let from = record.clocks().detected.or_else(|| record.began());
    let item = |asked: ChecklistItem| {
        let due = from.and_then(|from| {
            company.standard.due(&asked.due, "24x7", from, company.zone).ok().flatten()
        });
        let state = match record.checklist.iter().find(|c| c.item == asked.item) {
            None => ItemState::ToDo,
            Some(noted) if noted.reason.is_some() => ItemState::Skipped,
            Some(_) => ItemState::Done,
        };
        let ChecklistItem { item, words, role, evidence, why, .. } = asked;
        Item { item, words, role, due, evidence, why, state }
    };
    let mut items: Vec<Item> = policies.checklist(facts).into_iter().map(item).collect();
    items.sort_by_key(|i| (i.due.is_none(), i.due));
    items
}
