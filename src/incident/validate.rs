//! Contradictions between a record's fields.

use super::ids::is_ulid;
use super::shape::Reading;
use super::{Kind, Record, SCHEMA, Status};
use crate::diag::{Diagnostic, TextRange};
use crate::units::Instant;
use crate::yaml::{Node, route};

fn place(node: &Node, path: &str) -> TextRange {
    node.nearest(&route(path))
}

/// Notes what contradicts itself.
pub(super) fn validate(record: &Record, node: &Node, reading: &mut Reading<'_>) {
    identity(record, node, reading);
    chains(record, node, reading);
    impact(record, node, reading);
    windows(record, node, reading);
    items(record, node, reading);
}

fn identity(record: &Record, node: &Node, reading: &mut Reading<'_>) {
    if record.schema != SCHEMA {
        let message =
            format!("schema {} does not exist; this program knows {SCHEMA}", record.schema);
        reading.error("bad-schema", message, place(node, "schema"));
    }
    if !is_ulid(&record.uid) {
        let message = format!("`{}` is no ULID (26 letters of Crockford base32)", record.uid);
        reading.error("bad-uid", message, place(node, "uid"));
    }
    if record.title.trim().is_empty() {
        reading.error("empty-title", "the title is empty", place(node, "title"));
    }
    if record.status == Status::Merged && record.merged_into.is_none() {
        let d = Diagnostic::error("merged-nowhere", "merged, but `merged_into` does not say where")
            .help("name the record that holds its words: merged_into: INC-…");
        reading.push(d, place(node, "status"));
    }
    if record.merged_into.as_ref() == Some(&record.id) {
        reading.error("merged-into-itself", "merged into itself", place(node, "merged_into"));
    }
    if record.parent.as_ref() == Some(&record.id) {
        reading.error("own-parent", "its own parent", place(node, "parent"));
    }
    if record.planned.is_some() && record.kind != Some(Kind::Maintenance) {
        let d = Diagnostic::error(
            "planned-but-no-maintenance",
            "`planned` belongs to `kind: maintenance`",
        )
        .help("set `kind: maintenance`, or remove `planned`");
        reading.push(d, place(node, "planned"));
    }
}

/// The two chains of times (docs/manual/record.md); between them there is no order.
fn chains(record: &Record, node: &Node, reading: &mut Reading<'_>) {
    let t = record.clocks();
    let one = [
        ("impact_started", t.impact_started),
        ("restored", t.restored),
        ("resolved", t.resolved),
        ("closed", t.closed),
    ];
    let two = [("detected", t.detected), ("acknowledged", t.acknowledged)];
    for chain in [&one[..], &two[..]] {
        let known: Vec<(&str, Instant)> =
            chain.iter().filter_map(|(name, at)| at.map(|at| (*name, at))).collect();
        for pair in known.windows(2) {
            let ((before, a), (after, b)) = (pair[0], pair[1]);
            if b < a {
                let message = format!("`{after}` ({b}) is before `{before}` ({a})");
                let d = Diagnostic::error("time-order", message)
                    .help(format!("one of the two is wrong: {before} ≤ {after}"));
                reading.push(d, place(node, &format!("times.{after}")));
            }
        }
    }
}

fn impact(record: &Record, node: &Node, reading: &mut Reading<'_>) {
    let Some(impact) = &record.impact else { return };
    if let Some(c) = &impact.customers {
        if let (Some(affected), Some(tried)) = (c.affected, c.tried)
            && affected > tried
        {
            let message = format!("{affected} customers affected, but only {tried} tried");
            reading.error(
                "affected-above-tried",
                message,
                place(node, "impact.customers.affected"),
            );
        }
        if let (Some(tried), Some(base)) = (c.tried, c.active_base)
            && tried > base
        {
            let message = format!("{tried} customers tried, but the active base is {base}");
            reading.error("tried-above-base", message, place(node, "impact.customers.tried"));
        }
    }
    if let Some(t) = &impact.transactions
        && let (Some(failed), Some(attempted)) = (t.failed, t.attempted)
        && failed > attempted
    {
        let message = format!("{failed} transactions failed, but only {attempted} were attempted");
        reading.error("failed-above-attempted", message, place(node, "impact.transactions.failed"));
    }
}

fn windows(record: &Record, node: &Node, reading: &mut Reading<'_>) {
    let mut check = |from: Option<Instant>, to: Option<Instant>, path: String| {
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            let message = format!("ends ({to}) before it starts ({from})");
            reading.error("window-order", message, place(node, &path));
        }
    };
    if let Some(planned) = &record.planned {
        check(planned.from, planned.to, "planned.to".into());
    }
    for (i, role) in record.roles.iter().enumerate() {
        check(role.from, role.to, format!("roles.{i}.to"));
    }
    if let Some(impact) = &record.impact {
        for (i, period) in impact.periods.iter().enumerate() {
            check(Some(period.from), period.to, format!("impact.periods.{i}.to"));
        }
        for (i, client) in impact.clients.iter().enumerate() {
            check(client.from, client.to, format!("impact.clients.{i}.to"));
        }
    }
}

/// Ids of list items are unique in their list: edits, merges and approvals know items by them.
fn items(record: &Record, node: &Node, reading: &mut Reading<'_>) {
    let lists: [(&str, Vec<Option<&str>>); 5] = [
        ("timeline", record.timeline.iter().map(|e| e.id.as_ref().map(|i| i.as_str())).collect()),
        (
            "communications",
            record.communications.iter().map(|e| e.id.as_ref().map(|i| i.as_str())).collect(),
        ),
        ("vendors", record.vendors.iter().map(|e| e.id.as_ref().map(|i| i.as_str())).collect()),
        ("actions", record.actions.iter().map(|e| e.id.as_ref().map(|i| i.as_str())).collect()),
        (
            "compensation",
            record.compensation.iter().map(|e| e.id.as_ref().map(|i| i.as_str())).collect(),
        ),
    ];
    for (list, ids) in lists {
        let mut seen = std::collections::HashSet::new();
        for (i, id) in ids.into_iter().enumerate() {
            if let Some(id) = id
                && !seen.insert(id)
            {
                let d = Diagnostic::error(
                    "duplicate-item",
                    format!("`{id}` names two items of `{list}`"),
                )
                .help("give one of them another id");
                reading.push(d, place(node, &format!("{list}.{i}.id")));
            }
        }
    }
}
