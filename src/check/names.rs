//! Names that the standard's catalogues do not know.
//!
//! Never errors: the engineer at 03:10 may be new, and the rail may not be in the catalogue yet.

use std::collections::{BTreeMap, BTreeSet};

use super::words::shown;
use super::{Remark, Subject};
use crate::diag::nearest;

/// A name and the field that holds it.
type Used<'a> = (&'a str, String);

/// One remark for each unknown name, at its first place, however often the record says it.
pub(super) fn unknown(
    what: &str,
    file: &str,
    known: Option<&BTreeSet<String>>,
    used: Vec<Used<'_>>,
) -> Vec<Remark> {
    let Some(known) = known else { return Vec::new() };
    let mut places: BTreeMap<&str, (usize, String, usize)> = BTreeMap::new();
    for (order, (name, field)) in used.into_iter().enumerate() {
        if !known.contains(name) {
            places.entry(name).or_insert((order, field, 0)).2 += 1;
        }
    }
    let mut unknown: Vec<_> = places.into_iter().collect();
    unknown.sort_by_key(|(_, (order, ..))| *order);
    let remark = |(name, (_, field, count)): (&str, (usize, String, usize))| {
        let again = match count - 1 {
            0 => String::new(),
            1 => " (here and in 1 more place)".into(),
            n => format!(" (here and in {n} more places)"),
        };
        let help = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`? if not, add it to {file}"),
            None => format!("add it to {file}, or correct the name"),
        };
        let message = format!("{what} `{}` is not in {file}{again}", shown(name));
        Remark::at([field.as_str()], message).help(help)
    };
    unknown.into_iter().map(remark).collect()
}

pub(super) fn unknown_service(s: &Subject<'_>) -> Vec<Remark> {
    let r = s.record;
    let mut used: Vec<Used<'_>> = list("services", &r.services);
    if let Some(impact) = &r.impact {
        for (i, harm) in impact.harm.iter().enumerate() {
            used.extend(one(&harm.service, || format!("impact.harm.{i}.service")));
        }
        for (i, period) in impact.periods.iter().enumerate() {
            used.extend(one(&period.service, || format!("impact.periods.{i}.service")));
        }
        for (i, part) in impact.footprint.iter().enumerate() {
            used.extend(one(&part.service, || format!("impact.footprint.{i}.service")));
        }
    }
    unknown("service", "standards/services.toml", s.around.names.services.as_ref(), used)
}

pub(super) fn unmapped_service(s: &Subject<'_>) -> Vec<Remark> {
    let names = &s.record.services_unmapped;
    if names.is_empty() {
        return Vec::new();
    }
    let listed: Vec<_> = names.iter().take(5).map(|n| format!("`{}`", shown(n))).collect();
    let more = if names.len() > 5 { ", …" } else { "" };
    let message = format!("not yet a service of the catalogue: {}{more}", listed.join(", "));
    let help = if s.imported() {
        "map the name in inc.toml and import again, or name the service: inc edit"
    } else {
        "add it to standards/services.toml and move it to `services`, or name the service meant"
    };
    vec![Remark::at(["services_unmapped"], message).help(help)]
}

pub(super) fn unknown_person(s: &Subject<'_>) -> Vec<Remark> {
    // Another tool's people are not ours; they stay as it wrote them.
    if s.imported() {
        return Vec::new();
    }
    let r = s.record;
    let mut used: Vec<Used<'_>> = Vec::new();
    for (i, role) in r.roles.iter().enumerate() {
        used.push((&role.person, format!("roles.{i}.person")));
    }
    if let Some(note) = &r.severity {
        used.extend(one(&note.by, || "severity.by".into()));
        let confirmed = note.confirmed.as_ref().and_then(|c| c.by.as_deref());
        used.extend(confirmed.map(|by| (by, "severity.confirmed.by".to_owned())));
    }
    if let Some(workaround) = &r.workaround {
        used.extend(one(&workaround.verified_by, || "workaround.verified_by".into()));
    }
    if let Some(books) = &r.reconciliation {
        used.extend(one(&books.owner, || "reconciliation.owner".into()));
    }
    if let Some(breach) = &r.data_breach {
        used.extend(one(&breach.decided_by, || "data_breach.decided_by".into()));
    }
    for (i, decision) in r.regulatory.iter().enumerate() {
        used.extend(one(&decision.by, || format!("regulatory.{i}.by")));
    }
    for (i, entry) in r.timeline.iter().enumerate() {
        used.extend(one(&entry.by, || format!("timeline.{i}.by")));
    }
    for (i, message) in r.communications.iter().enumerate() {
        for (j, sent) in message.sent.iter().enumerate() {
            used.extend(one(&sent.by, || format!("communications.{i}.sent.{j}.by")));
        }
        let skipped = message.skipped.as_ref().and_then(|k| k.by.as_deref());
        used.extend(skipped.map(|by| (by, format!("communications.{i}.skipped.by"))));
    }
    for (i, action) in r.actions.iter().enumerate() {
        used.extend(one(&action.owner, || format!("actions.{i}.owner")));
        let done = action.done.as_ref().and_then(|d| d.by.as_deref());
        used.extend(done.map(|by| (by, format!("actions.{i}.done.by"))));
    }
    for (i, item) in r.checklist.iter().enumerate() {
        used.extend(one(&item.by, || format!("checklist.{i}.by")));
    }
    if let Some(review) = &r.review {
        used.extend(one(&review.facilitator, || "review.facilitator".into()));
    }
    for (i, waiver) in r.waivers.iter().enumerate() {
        used.extend(one(&waiver.by, || format!("waivers.{i}.by")));
    }
    unknown("person", "standards/people.toml", s.around.names.people.as_ref(), used)
}

pub(super) fn unknown_vendor(s: &Subject<'_>) -> Vec<Remark> {
    let vendors = s.record.vendors.iter().enumerate();
    let used = vendors.map(|(i, v)| (v.vendor.as_str(), format!("vendors.{i}.vendor"))).collect();
    unknown("vendor", "standards/vendors.toml", s.around.names.vendors.as_ref(), used)
}

pub(super) fn unknown_client(s: &Subject<'_>) -> Vec<Remark> {
    let mut used: Vec<Used<'_>> = Vec::new();
    if let Some(impact) = &s.record.impact {
        for (i, client) in impact.clients.iter().enumerate() {
            used.push((&client.client, format!("impact.clients.{i}.client")));
        }
        for (i, part) in impact.footprint.iter().enumerate() {
            used.extend(one(&part.client, || format!("impact.footprint.{i}.client")));
        }
    }
    unknown("client", "standards/clients.toml", s.around.names.clients.as_ref(), used)
}

pub(super) fn unknown_role(s: &Subject<'_>) -> Vec<Remark> {
    let roles = s.record.roles.iter().enumerate();
    let used = roles.map(|(i, r)| (r.role.as_str(), format!("roles.{i}.role"))).collect();
    unknown("role", "standards/roles.toml", s.around.names.roles.as_ref(), used)
}

fn list<'a>(field: &str, names: &'a [String]) -> Vec<Used<'a>> {
    names.iter().enumerate().map(|(i, name)| (name.as_str(), format!("{field}.{i}"))).collect()
}

fn one(name: &Option<String>, field: impl Fn() -> String) -> Option<Used<'_>> {
    name.as_deref().map(|name| (name, field()))
}
