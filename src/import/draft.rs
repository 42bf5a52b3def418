//! A record in the making: what a source says, and what of it did not fit.

use std::collections::{BTreeMap, HashSet};

use chrono::Datelike;
use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use crate::diag::Diagnostics;
use crate::incident::ids::ulid;
use crate::incident::{
    Communication, Entry, EntryKind, Extra, IncidentId, ItemId, Kind, Record, Sent, Severity,
    SeverityNote, Status,
};
use crate::units::{Instant, sha256};
use crate::yaml::Tree;

/// The key of a record, an entry or a message that says where it came from.
pub(super) const KEY: &str = "x-import";

/// What the workspace says about imports.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The workspace's zone: the date in a record's name is on its calendar.
    pub zone: Tz,
    /// The source's names of services or components → ids of services.toml; case does not count.
    pub services: &'a BTreeMap<String, String>,
    /// The source's words of severity → levels; words that are not here stay words.
    pub severities: &'a BTreeMap<String, Severity>,
}

/// One incident of a source as a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The record; its `x-import` says where it came from.
    pub record: Record,
    /// The tool: `statuspage` or `cstate`.
    pub system: &'static str,
    /// The incident's name in the source.
    pub source_id: String,
    /// The year in which the source says that it began, in the source's own offset.
    pub year: i32,
    /// Names of services that the table maps, each with the service.
    pub mapped: Vec<(String, String)>,
    /// Names of services that it does not.
    pub unmapped: Vec<String>,
    /// What in the source contradicts itself or cannot be read; the times concerned are left out.
    pub contradictions: Vec<String>,
    /// When the source last changed it, where it says so.
    pub changed_at: Option<Instant>,
}

impl Draft {
    /// Whether it is planned work.
    pub fn is_maintenance(&self) -> bool {
        self.record.kind == Some(Kind::Maintenance)
    }

    /// Whether a record was made from the same incident of the same source.
    ///
    /// Look records up by this before their name: a source may move an incident's start, and the
    /// name of the record that exists never changes.
    pub fn is_of(&self, record: &Record) -> bool {
        source_of(record).is_some_and(|(system, id)| system == self.system && id == self.source_id)
    }
}

/// System and id that a record was imported from.
pub fn source_of(record: &Record) -> Option<(String, String)> {
    let import = record.x.get(KEY)?;
    Some((import.get("system")?.scalar()?, import.get("id")?.scalar()?))
}

/// What one file or a run gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// One for each incident.
    pub drafts: Vec<Draft>,
    /// What could not be read, with its place; the rest was.
    pub found: Diagnostics,
}

impl Imported {
    /// Adds what another file gave.
    pub fn extend(&mut self, other: Imported) {
        self.drafts.extend(other.drafts);
        self.found.extend(other.found);
    }
}

/// An endless source of 5-bit numbers that follow from a text.
pub(super) struct Derived {
    seed: String,
    block: Vec<u8>,
    taken: usize,
    round: u32,
}

impl Derived {
    pub(super) fn new(parts: &[&str]) -> Self {
        // The length stands before each part, so that ("a", "bc") and ("ab", "c") differ.
        let seed = parts.iter().map(|p| format!("{}:{p};", p.len())).collect();
        Derived { seed, block: Vec::new(), taken: 0, round: 0 }
    }

    pub(super) fn next(&mut self) -> u8 {
        if self.taken == self.block.len() {
            let text = format!("{}{}", self.seed, self.round);
            self.block = Sha256::digest(text.as_bytes()).to_vec();
            self.taken = 0;
            self.round += 1;
        }
        self.taken += 1;
        self.block[self.taken - 1] & 31
    }
}

/// A short name of a text, stable across runs.
pub(super) fn fingerprint(text: &str) -> String {
    sha256(text.as_bytes()).chars().take(12).collect()
}

/// What a source says of one incident, before it is a record.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) kind: Option<Kind>,
    pub(super) status: Option<Status>,
    /// The source's own word for where it stands.
    pub(super) status_word: String,
    /// The source's own word for how bad it is.
    pub(super) severity: Option<String>,
    pub(super) url: Option<String>,
    pub(super) components: Vec<Component>,
    pub(super) contradictions: Vec<String>,
    pub(super) updates: Vec<Update>,
    pub(super) changed_at: Option<Instant>,
}

/// A service as the source names it.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Component {
    pub(super) name: String,
    /// The source's id of it, which the table may also map.
    pub(super) id: Option<String>,
}

/// A message on the status page.
#[derive(Debug, Clone)]
pub(super) struct Update {
    pub(super) id: String,
    pub(super) at: Instant,
    /// The source gives no time for it; `at` is that of the one before it.
    pub(super) undated: bool,
    /// The source's own word for its stage, if any.
    pub(super) word: Option<String>,
    pub(super) stage: &'static str,
    pub(super) text: String,
}

/// Makes the draft; `start` names it and must not change between two imports.
pub(super) fn make(
    system: &'static str,
    start: Instant,
    said: Said,
    options: &Options<'_>,
) -> Draft {
    let source = [system, said.id.as_str()];
    let mut derived = Derived::new(&source);
    let date = start.in_zone(&options.zone).get().date_naive();
    let id = IncidentId::new(date, || derived.next());
    let uid = ulid(start, || derived.next());
    let title = if said.title.is_empty() { said.id.clone() } else { said.title.clone() };
    let mut record = Record::new(id, uid, title);
    record.kind = said.kind;
    record.status = said.status.unwrap_or(Status::Detected);
    let (mapped, unmapped) = services(&mut record, &said.components, options);
    if let Some(word) = &said.severity
        && let Some(level) = options.severities.get(word)
    {
        record.severity = Some(SeverityNote {
            declared: Some(*level),
            at: Some(start),
            reason: Some(format!("{system} says {word}")),
            ..SeverityNote::default()
        });
    }
    let mut updates = said.updates;
    updates.sort_by_key(|u| u.at);
    let mut taken = Taken::of(&record);
    for update in &updates {
        let (entry, message) = items(&mut taken, &[system, &said.id], update);
        record.timeline.push(entry);
        record.communications.push(message);
    }
    let texts = |items: &[String]| Tree::Seq(items.iter().cloned().map(Tree::Text).collect());
    let mut import = vec![
        ("system".to_owned(), Tree::Text(system.to_owned())),
        ("id".to_owned(), Tree::Text(said.id.clone())),
        ("status".to_owned(), Tree::Text(said.status_word.clone())),
    ];
    import.extend(said.severity.clone().map(|w| ("severity".to_owned(), Tree::Text(w))));
    let changed = said.changed_at.map(|at| ("changed_at".to_owned(), Tree::Text(at.to_string())));
    import.extend(changed);
    import.extend(said.url.clone().map(|u| ("url".to_owned(), Tree::Text(u))));
    let components: Vec<String> = said.components.iter().map(|c| c.name.clone()).collect();
    let seen: Vec<String> = updates.iter().map(|u| u.id.clone()).collect();
    let lists =
        [("components", &components), ("updates", &seen), ("contradictions", &said.contradictions)];
    for (key, list) in lists {
        if !list.is_empty() {
            import.push((key.to_owned(), texts(list)));
        }
    }
    record.x.set(KEY, Tree::Map(import));
    Draft {
        record,
        system,
        source_id: said.id,
        year: start.get().year(),
        mapped,
        unmapped,
        contradictions: said.contradictions,
        changed_at: said.changed_at,
    }
}

/// Puts the services where the table says; gives the names mapped and not. Components are distinct.
fn services(
    record: &mut Record,
    components: &[Component],
    options: &Options<'_>,
) -> (Vec<(String, String)>, Vec<String>) {
    let (mut mapped, mut unmapped) = (Vec::new(), Vec::new());
    let lookup = |name: &str| {
        options.services.get(name).or_else(|| {
            let near = |known: &&String| known.to_lowercase() == name.to_lowercase();
            options.services.keys().find(near).and_then(|k| options.services.get(k))
        })
    };
    for component in components {
        let found = lookup(&component.name)
            .or_else(|| component.id.as_deref().and_then(|id| options.services.get(id)));
        match found {
            Some(service) => {
                if !record.services.contains(service) {
                    record.services.push(service.clone());
                }
                mapped.push((component.name.clone(), service.clone()));
            }
            None => {
                record.services_unmapped.push(component.name.clone());
                unmapped.push(component.name.clone());
            }
        }
    }
    (mapped, unmapped)
}

/// The item ids that a record has.
struct Taken {
    entries: HashSet<ItemId>,
    messages: HashSet<ItemId>,
}

impl Taken {
    fn of(record: &Record) -> Self {
        Taken {
            entries: record.timeline.iter().filter_map(|e| e.id.clone()).collect(),
            messages: record.communications.iter().filter_map(|c| c.id.clone()).collect(),
        }
    }
}

/// An item id that follows from the source and is free; `None` for an item without an id where a
/// page has so many updates that short ids run out.
fn item_id(letter: char, source: &[&str], taken: &mut HashSet<ItemId>) -> Option<ItemId> {
    let mut derived = Derived::new(source);
    (0..16).map(|_| ItemId::new(letter, || derived.next())).find(|id| taken.insert(id.clone()))
}

/// The mark that an item came from an update of the source.
fn mark(update: &Update) -> Extra {
    let mut entries = vec![("id".to_owned(), Tree::Text(update.id.clone()))];
    entries.extend(update.word.clone().map(|w| ("status".to_owned(), Tree::Text(w))));
    if update.undated {
        entries.push(("undated".to_owned(), Tree::Bool(true)));
    }
    Extra(vec![(KEY.to_owned(), Tree::Map(entries))])
}

/// An update as an entry and as a message that was sent.
fn items(taken: &mut Taken, source: &[&str; 2], update: &Update) -> (Entry, Communication) {
    let source = [source[0], source[1], update.id.as_str()];
    let text = match (&update.text, &update.word) {
        (text, _) if !text.is_empty() => text.clone(),
        (_, Some(word)) => word.clone(),
        (_, None) => update.stage.to_owned(),
    };
    let entry = Entry {
        id: item_id('T', &source, &mut taken.entries),
        at: update.at,
        by: None,
        kind: Some(EntryKind::Communication),
        text,
        star: false,
        x: mark(update),
    };
    let message = Communication {
        id: item_id('C', &source, &mut taken.messages),
        stage: update.stage.to_owned(),
        channel: "status_page".to_owned(),
        audience: Some("all_customers".to_owned()),
        sent: vec![Sent {
            at: update.at,
            by: None,
            to: None,
            size: None,
            status: Some("sent".to_owned()),
            ref_: Some(update.id.clone()),
            sha256: None,
            x: Extra::default(),
        }],
        x: mark(update),
        ..Communication::default()
    };
    (entry, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_from_the_source_alone() {
        let start: Instant = "2026-03-14T02:00:00Z".parse().unwrap();
        let (services, severities) = (BTreeMap::new(), BTreeMap::new());
        let options = Options {
            zone: chrono_tz::America::Mexico_City,
            services: &services,
            severities: &severities,
        };
        let said = || Said { id: "abc".into(), ..Said::default() };
        let draft = make("cstate", start, said(), &options);
        assert_eq!(draft, make("cstate", start, said(), &options));
        assert!(draft.record.id.as_str().starts_with("INC-20260313-"), "{}", draft.record.id);
        assert_eq!(draft.year, 2026);
        assert_ne!(draft.record.id, make("statuspage", start, said(), &options).record.id);
        assert_eq!(source_of(&draft.record), Some(("cstate".into(), "abc".into())));
    }

    #[test]
    fn parts_of_a_seed_do_not_run_together() {
        let first = |parts: &[&str]| {
            let mut derived = Derived::new(parts);
            (0..40).map(|_| derived.next()).collect::<Vec<_>>()
        };
        assert_ne!(first(&["a", "bc"]), first(&["ab", "c"]));
        assert_eq!(first(&["a", "bc"]), first(&["a", "bc"]));
    }
}
