use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::draft::{Draft, route, whole};
use crate::incident::Record;

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
    let routes = if places.is_empty() {
        vec![route("roles")]
    } else {
        super::draft::items("roles", places, "")
    };
    d.put_at("roles_in_conflict", Some(whole(pairs)), routes);
}

/// Names that the standard's lists lack, each counted once.
fn unknown(d: &mut Draft<'_>) {
    let around = d.around;
    let r = d.record;
    let clients = r.impact.iter().flat_map(|i| i.clients.iter().enumerate());
    let clients = clients.map(|(i, c)| (format!("impact.clients.{i}.client"), c.client.as_str()));
    let vendors = r.vendors.iter().enumerate();
    let vendors = vendors.map(|(i, v)| (format!("vendors.{i}.vendor"), v.vendor.as_str()));
    lacking(d, "people_unknown_count", people(r).into_iter(), |p| around.knows_person(p));
    lacking(d, "vendors_unknown_count", vendors, |v| around.knows_vendor(v));
    lacking(d, "clients_unknown_count", clients, |c| around.knows_client(c));
}

fn lacking<'r>(
    d: &mut Draft<'_>,
    fact: &'static str,
    names: impl Iterator<Item = (String, &'r str)>,
    knows: impl Fn(&str) -> bool,
) {
    let mut seen = HashSet::new();
    let mut routes = Vec::new();
    for (path, name) in names {
        if seen.insert(name) && !knows(name) {
            routes.push(route(&path));
        }
    }
    d.put_at(fact, Some(whole(routes.len() as u64)), routes);
}

/// Every field that names a person, with its path.
fn people<'r>(r: &'r Record) -> Vec<(String, &'r str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    let mut add = |path: String, name: Option<&'r String>| {
        found.extend(name.map(|name| (path, name.as_str())));
    };
    let one = |path: &str| path.to_owned();
    add(one("restricted.by"), r.restricted.as_ref().and_then(|x| x.by.as_ref()));
    if let Some(s) = &r.severity {
        add(one("severity.by"), s.by.as_ref());
        add(one("severity.confirmed.by"), s.confirmed.as_ref().and_then(|c| c.by.as_ref()));
    }
    for (i, role) in r.roles.iter().enumerate() {
        add(format!("roles.{i}.person"), Some(&role.person));
    }
    add(one("workaround.verified_by"), r.workaround.as_ref().and_then(|w| w.verified_by.as_ref()));
    add(one("reconciliation.owner"), r.reconciliation.as_ref().and_then(|x| x.owner.as_ref()));
    add(one("data_breach.decided_by"), r.data_breach.as_ref().and_then(|x| x.decided_by.as_ref()));
    for (i, x) in r.regulatory.iter().enumerate() {
        add(format!("regulatory.{i}.by"), x.by.as_ref());
    }
    for (i, entry) in r.timeline.iter().enumerate() {
        add(format!("timeline.{i}.by"), entry.by.as_ref());
    }
    for (i, message) in r.communications.iter().enumerate() {
        for (j, sent) in message.sent.iter().enumerate() {
            add(format!("communications.{i}.sent.{j}.by"), sent.by.as_ref());
        }
        let skipped = message.skipped.as_ref();
        add(format!("communications.{i}.skipped.by"), skipped.and_then(|s| s.by.as_ref()));
    }
    for (i, action) in r.actions.iter().enumerate() {
        add(format!("actions.{i}.owner"), action.owner.as_ref());
        add(format!("actions.{i}.done.by"), action.done.as_ref().and_then(|x| x.by.as_ref()));
        add(format!("actions.{i}.dropped.by"), action.dropped.as_ref().and_then(|x| x.by.as_ref()));
    }
    for (i, item) in r.checklist.iter().enumerate() {
        add(format!("checklist.{i}.by"), item.by.as_ref());
    }
    add(one("review.facilitator"), r.review.as_ref().and_then(|x| x.facilitator.as_ref()));
    for (i, run) in r.compensation.iter().enumerate() {
        add(format!("compensation.{i}.by"), run.by.as_ref());
    }
    for (i, approval) in r.approvals.iter().enumerate() {
        add(format!("approvals.{i}.by"), Some(&approval.by));
    }
    for (i, waiver) in r.waivers.iter().enumerate() {
        add(format!("waivers.{i}.by"), waiver.by.as_ref());
    }
    found
}
