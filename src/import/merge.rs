//! What is new in a draft → a record that exists.

use std::collections::{HashMap, HashSet};

use super::draft::{Draft, KEY};
use crate::incident::{Record, Status, Times};
use crate::units::Instant;
use crate::yaml::Tree;

/// Brings what is new in the source into a record; `None` if there is nothing new, or if the
/// record was made from another incident.
///
/// New are the updates and components that no import has seen, and, when the source's own status
/// changed or what contradicted itself was put right, the clocks that the record lacks and a later
/// status. All else is the workspace's: what people changed or removed stays as they left it.
pub fn merge(existing: &Record, draft: &Draft) -> Option<Record> {
    if !draft.is_of(existing) {
        return None;
    }
    let mut record = existing.clone();
    let mut import = existing.x.get(KEY)?.clone();
    let new = draft.record.x.get(KEY)?;
    add_updates(&mut record, &seen(&import, "updates"), draft);
    add_services(&mut record, &seen(&import, "components"), draft);
    let status = |tree: &Tree| tree.get("status").and_then(Tree::scalar);
    let odd = seen(&import, "contradictions") != seen(new, "contradictions");
    if (odd || status(&import) != status(new)) && !goes_back(&record, &import, draft) {
        advance(&mut record, draft);
        replace(&mut import, "contradictions", new.get("contradictions"));
        for key in ["status", "severity", "changed_at"] {
            if let Some(value) = new.get(key) {
                set(&mut import, key, value.clone());
            }
        }
    }
    for key in ["components", "updates"] {
        extend(&mut import, key, new.get(key));
    }
    record.x.set(KEY, import);
    (record != *existing).then_some(record)
}

/// Makes one draft of several states of the same incident: the newest, with what only older ones tell.
pub fn combine(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut found: Vec<Draft> = Vec::with_capacity(drafts.len());
    let mut places: HashMap<(&'static str, String), Vec<Draft>> = HashMap::new();
    let mut order = Vec::new();
    for draft in drafts {
        let key = (draft.system, draft.source_id.clone());
        let states = places.entry(key.clone()).or_default();
        if states.is_empty() {
            order.push(key);
        }
        states.push(draft);
    }
    for key in order {
        let mut states = places.remove(&key).unwrap_or_default();
        states.sort_by_key(|s| std::cmp::Reverse(s.changed_at));
        let mut states = states.into_iter();
        let Some(mut first) = states.next() else { continue };
        for state in states {
            if let Some(record) = merge(&first.record, &state) {
                first.record = record;
            }
            add_missing(&mut first.mapped, state.mapped);
            add_missing(&mut first.unmapped, state.unmapped);
            add_missing(&mut first.contradictions, state.contradictions);
        }
        first.record.communications.sort_by_key(|c| c.sent.first().map(|s| s.at));
        found.push(first);
    }
    found
}

fn add_missing<T: Clone + Eq + std::hash::Hash>(all: &mut Vec<T>, more: Vec<T>) {
    let known: HashSet<T> = all.iter().cloned().collect();
    all.extend(more.into_iter().filter(|one| !known.contains(one)));
}

/// What imports have seen, as the record's `x-import` tells.
fn seen(import: &Tree, key: &str) -> HashSet<String> {
    match import.get(key) {
        Some(Tree::Seq(items)) => items.iter().filter_map(Tree::scalar).collect(),
        _ => HashSet::new(),
    }
}

fn set(import: &mut Tree, key: &str, value: Tree) {
    if let Tree::Map(entries) = import {
        match entries.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => *old = value,
            None => entries.push((key.to_owned(), value)),
        }
    }
}

fn replace(import: &mut Tree, key: &str, new: Option<&Tree>) {
    match (new, import) {
        (Some(new), import) => set(import, key, new.clone()),
        (None, Tree::Map(entries)) => entries.retain(|(k, _)| k != key),
        (None, _) => {}
    }
}

fn extend(import: &mut Tree, key: &str, new: Option<&Tree>) {
    let Some(Tree::Seq(new)) = new else { return };
    let known = seen(import, key);
    let more: Vec<Tree> =
        new.iter().filter(|t| t.scalar().is_some_and(|s| !known.contains(&s))).cloned().collect();
    if more.is_empty() {
        return;
    }
    let mut all = match import.get(key) {
        Some(Tree::Seq(items)) => items.clone(),
        _ => Vec::new(),
    };
    all.extend(more);
    set(import, key, Tree::Seq(all));
}

/// The source's id of an update that an item was made from.
fn update_of(x: &crate::incident::Extra) -> Option<String> {
    x.get(KEY)?.get("id")?.scalar()
}

fn add_updates(record: &mut Record, known: &HashSet<String>, draft: &Draft) {
    let is_new = |x| update_of(x).filter(|id| !known.contains(id)).is_some();
    let mut entry_ids: HashSet<_> = record.timeline.iter().filter_map(|e| e.id.clone()).collect();
    let mut message_ids: HashSet<_> =
        record.communications.iter().filter_map(|c| c.id.clone()).collect();
    let in_order = record.timeline.is_sorted_by_key(|e| e.at);
    for entry in draft.record.timeline.iter().filter(|e| is_new(&e.x)) {
        let mut entry = entry.clone();
        // An id that a person's own entry has already is left out rather than doubled.
        entry.id = entry.id.filter(|id| entry_ids.insert(id.clone()));
        if in_order {
            record.timeline.push(entry);
        } else {
            let place = record.timeline.iter().rposition(|e| e.at <= entry.at).map_or(0, |i| i + 1);
            record.timeline.insert(place, entry);
        }
    }
    if in_order {
        // The sort is stable, so that only the new entries move.
        record.timeline.sort_by_key(|e| e.at);
    }
    for message in draft.record.communications.iter().filter(|c| is_new(&c.x)) {
        let mut message = message.clone();
        message.id = message.id.filter(|id| message_ids.insert(id.clone()));
        record.communications.push(message);
    }
}

fn add_services(record: &mut Record, known: &HashSet<String>, draft: &Draft) {
    let unmapped: HashSet<String> = record.services_unmapped.iter().cloned().collect();
    for (name, service) in draft.mapped.iter().filter(|(name, _)| !known.contains(name)) {
        if !record.services.contains(service) && !unmapped.contains(name) {
            record.services.push(service.clone());
        }
    }
    let new = draft.unmapped.iter().filter(|name| !known.contains(*name));
    record.services_unmapped.extend(new.filter(|name| !unmapped.contains(*name)).cloned());
}

/// Whether the draft is an older state than the one last imported, as when two files of one
/// incident are read in the wrong order.
fn goes_back(record: &Record, import: &Tree, draft: &Draft) -> bool {
    let last = import.get("changed_at").and_then(Tree::scalar).and_then(|t| t.parse().ok());
    let older = |last: Instant| draft.changed_at.is_some_and(|now| now < last);
    last.is_some_and(older) || rank(draft.record.status) < rank(record.status)
}

fn rank(status: Status) -> usize {
    Status::ALL.iter().position(|s| *s == status).unwrap_or(0)
}

/// Fills the clocks that are missing where they fit the ones that are there, and goes on in the
/// lifecycle, never back.
fn advance(record: &mut Record, draft: &Draft) {
    let new = draft.record.clocks();
    let mut times = record.clocks();
    fill(&mut times, |t| &mut t.impact_started, new.impact_started);
    fill(&mut times, |t| &mut t.restored, new.restored);
    fill(&mut times, |t| &mut t.resolved, new.resolved);
    fill(&mut times, |t| &mut t.closed, new.closed);
    if times != Times::default() {
        record.times = Some(times);
    }
    let apart = matches!(record.status, Status::Cancelled | Status::Merged);
    if !apart && rank(draft.record.status) > rank(record.status) {
        record.status = draft.record.status;
    }
}

/// Sets a clock that is not known yet, unless it would break the chain.
fn fill(
    times: &mut Times,
    clock: impl Fn(&mut Times) -> &mut Option<Instant>,
    new: Option<Instant>,
) {
    if clock(times).is_some() || new.is_none() {
        return;
    }
    *clock(times) = new;
    let chain = [times.impact_started, times.restored, times.resolved, times.closed];
    let known: Vec<Instant> = chain.into_iter().flatten().collect();
    if known.windows(2).any(|pair| pair[1] < pair[0]) {
        *clock(times) = None;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::import::{Options, statuspage};

    fn drafts(text: &str) -> Vec<Draft> {
        let services = BTreeMap::from([("Cards".to_owned(), "card-auth".to_owned())]);
        let severities = BTreeMap::new();
        let zone = chrono_tz::America::Mexico_City;
        let options = Options { zone, services: &services, severities: &severities };
        let imported = statuspage::read("page.json", text.as_bytes(), &options);
        assert!(imported.found.is_empty(), "{}", imported.found);
        imported.drafts
    }

    const OPEN: &str = r#"{"incident": {"id": "a1", "name": "Cards slow", "status": "identified",
        "created_at": "2026-03-14T09:11:00Z", "updated_at": "2026-03-14T09:11:00Z",
        "components": [{"name": "Cards"}], "incident_updates": [
          {"id": "u1", "status": "identified", "body": "Slow.", "display_at": "2026-03-14T09:11:00Z"}]}}"#;
    const OVER: &str = r#"{"incident": {"id": "a1", "name": "Cards slow", "status": "resolved",
        "created_at": "2026-03-14T09:11:00Z", "updated_at": "2026-03-14T10:20:00Z",
        "resolved_at": "2026-03-14T10:20:00Z",
        "components": [{"name": "Cards"}, {"name": "Wallet"}], "incident_updates": [
          {"id": "u2", "status": "resolved", "body": "Over.", "display_at": "2026-03-14T10:20:00Z"},
          {"id": "u1", "status": "identified", "body": "Slow.", "display_at": "2026-03-14T09:11:00Z"}]}}"#;

    #[test]
    fn the_same_state_again_is_nothing_new() {
        for text in [OPEN, OVER] {
            let draft = drafts(text).remove(0);
            assert_eq!(merge(&draft.record, &draft), None);
        }
    }

    #[test]
    fn a_later_state_adds_and_keeps_what_people_did() {
        let mut record = drafts(OPEN).remove(0).record;
        record.title = "Tarjetas lentas".into();
        record.services.clear();
        record.timeline[0].text = "reworded".into();
        let over = drafts(OVER).remove(0);
        let merged = merge(&record, &over).unwrap();
        assert_eq!(merged.title, "Tarjetas lentas");
        assert!(merged.services.is_empty(), "removed by a person");
        assert_eq!(merged.services_unmapped, ["Wallet"]);
        let told: Vec<_> = merged.timeline.iter().map(|e| e.text.as_str()).collect();
        assert_eq!(told, ["reworded", "Over."]);
        assert_eq!(merged.status, Status::Closed);
        assert!(merged.clocks().resolved.is_some());
        assert_eq!(merge(&merged, &over), None);
    }

    #[test]
    fn an_older_state_changes_nothing_back() {
        let over = drafts(OVER).remove(0).record;
        assert_eq!(merge(&over, &drafts(OPEN)[0]), None);
    }

    #[test]
    fn what_a_person_removed_is_not_brought_back() {
        let draft = drafts(OVER).remove(0);
        let mut record = draft.record.clone();
        record.timeline.clear();
        record.times = None;
        assert_eq!(merge(&record, &draft), None);
    }

    #[test]
    fn a_clock_that_would_break_the_chain_is_left_out() {
        let mut record = drafts(OPEN).remove(0).record;
        record.times_mut().restored = "2026-03-14T11:00:00Z".parse().ok();
        let merged = merge(&record, &drafts(OVER)[0]).unwrap();
        assert_eq!(merged.clocks().resolved, None);
    }

    #[test]
    fn states_of_one_incident_become_one_draft_in_any_order() {
        let both = |a, b| {
            let mut all = drafts(a);
            all.extend(drafts(b));
            combine(all)
        };
        let (one, two) = (both(OPEN, OVER), both(OVER, OPEN));
        assert_eq!(one.len(), 1);
        assert_eq!(one, two);
        assert_eq!(one[0].record.timeline.len(), 2);
    }

    #[test]
    fn a_contradiction_put_right_in_the_source_gives_the_clocks() {
        let (services, severities) = (BTreeMap::new(), BTreeMap::new());
        let zone = chrono_tz::America::Mexico_City;
        let options = Options { zone, services: &services, severities: &severities };
        let read = |end: &str| {
            let text = format!(
                "---\ntitle: a\ndate: 2026-05-01 10:00:00\nresolved: true\nresolvedWhen: {end}\n---\nDown.\n"
            );
            crate::import::cstate::read("a.md", text.as_bytes(), &options).unwrap()
        };
        let record = read("2025-05-01 11:00:00").record;
        assert_eq!(record.clocks().restored, None);
        let right = read("2026-05-01 11:00:00");
        let merged = merge(&record, &right).unwrap();
        assert_eq!(merged.clocks().restored, right.record.clocks().restored);
        assert_eq!(merged.x.get(KEY).unwrap().get("contradictions"), None);
        assert_eq!(merge(&merged, &right), None);
    }

    #[test]
    fn another_incident_is_left_alone() {
        let other = drafts(&OVER.replace("\"a1\"", "\"a2\"")).remove(0);
        assert_eq!(merge(&drafts(OPEN)[0].record, &other), None);
    }
}
