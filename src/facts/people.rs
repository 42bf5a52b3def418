use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::draft::{Draft, items, whole};
use crate::decision::Origin;
use crate::incident::Record;
use crate::yaml::{Route, route};

pub(super) fn read(d: &mut Draft<'_>) {
    let r = d.record;
    for (fact, role) in [
        ("has_incident_commander", "incident_commander"),
        ("has_technical_lead", "technical_lead"),
        ("has_communications_lead", "communications_lead"),
        ("has_support_lead", "support_lead"),
        ("has_compensation_owner", "compensation_owner"),
        ("has_compliance_liaison", "compliance_liaison"),
    ] {
        d.flag(fact, r.holder(role).is_some(), &["roles"]);
    }
    let held: Vec<&String> = r.roles.iter().filter(|x| x.to.is_none()).map(|x| &x.role).collect();
    let held = d.list(&held);
    d.put("roles_held", Some(held), &["roles"]);
    conflicts(d);
    unknown(d);
}

/// Pairs of roles that one person holds now and may not.
fn conflicts(d: &mut Draft<'_>) {
    let mut holds: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (place, role) in d.record.roles.iter().enumerate().filter(|(_, x)| x.to.is_none()) {
        holds.entry(&role.person).or_default().insert(&role.role, place);
    }
    let (mut pairs, mut places) = (0_u64, BTreeSet::new());
    for roles in holds.values() {
        let mut found: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (role, place) in roles {
            for other in d.around.not_with(role) {
                if let Some((other, other_place)) = roles.get_key_value(other.as_str())
                    && other != role
                {
                    found.insert(((*role).min(*other), (*role).max(*other)));
                    places.extend([*place, *other_place]);
                }
            }
        }
        pairs += found.len() as u64;
    }
    let origin = items(&["roles"], places.into_iter().collect(), "");
    d.put_at("roles_in_conflict", Some(whole(pairs)), origin);
}

/// Names that the standard's lists lack, each counted once.
fn unknown(d: &mut Draft<'_>) {
    let around = d.around;
    let r = d.record;
    let mut people = Lacking::new(|p| around.knows_person(p));
    name_people(r, &mut people);
    let mut vendors = Lacking::new(|v| around.knows_vendor(v));
    for (i, vendor) in r.vendors.iter().enumerate() {
        vendors.see(Some(&vendor.vendor), || format!("vendors.{i}.vendor"));
    }
    let mut clients = Lacking::new(|c| around.knows_client(c));
    for (i, client) in r.impact.iter().flat_map(|x| x.clients.iter().enumerate()) {
        clients.see(Some(&client.client), || format!("impact.clients.{i}.client"));
    }
    for (fact, routes) in [
        ("people_unknown_count", people.routes),
        ("vendors_unknown_count", vendors.routes),
        ("clients_unknown_count", clients.routes),
    ] {
        d.put_at(fact, Some(whole(routes.len() as u64)), Origin::Routes(routes));
    }
}

/// Names that a list lacks, at the place of their first appearance.
struct Lacking<'r, K> {
    knows: K,
    seen: HashSet<&'r str>,
    routes: Vec<Route>,
}

impl<'r, K: Fn(&str) -> bool> Lacking<'r, K> {
    fn new(knows: K) -> Self {
        Lacking { knows, seen: HashSet::new(), routes: Vec::new() }
    }

    /// Looks at a name; its path is made only where the list lacks it.
    fn see(&mut self, name: Option<&'r String>, path: impl FnOnce() -> String) {
        if let Some(name) = name
            && self.seen.insert(name)
            && !(self.knows)(name)
        {
            self.routes.push(route(&path()));
        }
    }
}

/// Looks at every field that names a person.
fn name_people<'r, K: Fn(&str) -> bool>(r: &'r Record, names: &mut Lacking<'r, K>) {
    let mut one = |path: &str, name: Option<&'r String>| names.see(name, || path.to_owned());
    one("restricted.by", r.restricted.as_ref().and_then(|x| x.by.as_ref()));
    if let Some(s) = &r.severity {
        one("severity.by", s.by.as_ref());
        one("severity.confirmed.by", s.confirmed.as_ref().and_then(|c| c.by.as_ref()));
    }
    one("workaround.verified_by", r.workaround.as_ref().and_then(|w| w.verified_by.as_ref()));
    one("reconciliation.owner", r.reconciliation.as_ref().and_then(|x| x.owner.as_ref()));
    one("data_breach.decided_by", r.data_breach.as_ref().and_then(|x| x.decided_by.as_ref()));
    one("review.facilitator", r.review.as_ref().and_then(|x| x.facilitator.as_ref()));
    for (i, role) in r.roles.iter().enumerate() {
        names.see(Some(&role.person), || format!("roles.{i}.person"));
    }
    for (i, x) in r.regulatory.iter().enumerate() {
        names.see(x.by.as_ref(), || format!("regulatory.{i}.by"));
    }
    for (i, entry) in r.timeline.iter().enumerate() {
        names.see(entry.by.as_ref(), || format!("timeline.{i}.by"));
    }
    for (i, message) in r.communications.iter().enumerate() {
        for (j, sent) in message.sent.iter().enumerate() {
            names.see(sent.by.as_ref(), || format!("communications.{i}.sent.{j}.by"));
        }
        let skipped = message.skipped.as_ref().and_then(|s| s.by.as_ref());
        names.see(skipped, || format!("communications.{i}.skipped.by"));
    }
    for (i, action) in r.actions.iter().enumerate() {
        names.see(action.owner.as_ref(), || format!("actions.{i}.owner"));
        let done = action.done.as_ref().and_then(|x| x.by.as_ref());
        names.see(done, || format!("actions.{i}.done.by"));
        let dropped = action.dropped.as_ref().and_then(|x| x.by.as_ref());
        names.see(dropped, || format!("actions.{i}.dropped.by"));
    }
    for (i, item) in r.checklist.iter().enumerate() {
        names.see(item.by.as_ref(), || format!("checklist.{i}.by"));
    }
    for (i, run) in r.compensation.iter().enumerate() {
        names.see(run.by.as_ref(), || format!("compensation.{i}.by"));
    }
    for (i, approval) in r.approvals.iter().enumerate() {
        names.see(Some(&approval.by), || format!("approvals.{i}.by"));
    }
    for (i, waiver) in r.waivers.iter().enumerate() {
        names.see(waiver.by.as_ref(), || format!("waivers.{i}.by"));
    }
}
