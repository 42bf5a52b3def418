use std::collections::HashMap;

use super::draft::{Draft, Paths, passed};
use crate::communication::Fate;
use crate::decision::{ListItems, Origin, Value};
use crate::incident::{Communication, Record, Sent};
use crate::units::{Instant, Span};

/// Whether a message went out: sent, and no provider gave it back.
fn went_out(sent: &Sent) -> bool {
    Fate::of(sent).went_out()
}

/// Whether a message of that kind went out.
pub(super) fn is_sent(record: &Record, of: impl Fn(&Communication) -> bool) -> bool {
    record.communications.iter().any(|m| of(m) && m.sent.iter().any(went_out))
}

pub(super) fn read(d: &mut Draft<'_>) {
    let r = d.record;
    let around = d.around;
    let out = || r.communications.iter().filter(|m| m.sent.iter().any(went_out));
    let channels: Vec<&String> = out().map(|m| &m.channel).collect();
    let stages: Vec<&String> = out().map(|m| &m.stage).collect();
    let (channels, stages) = (d.list(&channels), d.list(&stages));
    d.put("channels_sent", Some(channels), &["communications"]);
    d.put("stages_sent", Some(stages), &["communications"]);

    let to_customers: Vec<usize> = (0..r.communications.len())
        .filter(|i| {
            let message = &r.communications[*i];
            around.is_customer_facing(&message.channel) && message.sent.iter().any(went_out)
        })
        .collect();
    const MESSAGES: Paths = &["communications"];
    d.counted("customer_updates_sent", MESSAGES, to_customers.clone(), "sent");
    let approvals = Approvals::of(r);
    let approved =
        |m: &Communication| m.id.as_ref().is_some_and(|id| approvals.cover(d, id.as_str()));
    let unapproved: Vec<usize> =
        to_customers.iter().copied().filter(|i| !approved(&r.communications[*i])).collect();
    d.counted("messages_unapproved_sent", MESSAGES, unapproved, "sent");

    let messages = to_customers.iter().flat_map(|i| &r.communications[*i].sent);
    let mut sent: Vec<Instant> = messages.filter(|s| went_out(s)).map(|s| s.at).collect();
    sent.sort();
    let clocks = r.clocks();
    let delay = sent.first().zip(clocks.detected).map(|(first, detected)| passed(detected, *first));
    let origin = Origin::Items(Box::new(ListItems {
        list: "communications",
        places: to_customers,
        field: "sent",
        also: &["times.detected"],
    }));
    d.put_at("first_update_delay", delay.map(Value::Duration), origin.clone());
    let end = clocks.resolved.or_else(|| r.status.is_open().then_some(d.now));
    let gap = clocks.detected.zip(end).map(|(from, to)| longest_silence(from, to, &sent));
    d.put_at("longest_update_gap", gap.map(Value::Duration), origin);

    let promised = r.now.as_ref().and_then(|n| n.next_update_at);
    const PROMISE: &[&str] = &["now.next_update_at"];
    let overdue = r.status.is_open() && promised.is_some_and(|at| at < d.now);
    d.flag("update_overdue", overdue, PROMISE);
    d.span("update_promised_in", promised.map(|at| at.since(d.now)), PROMISE);
}

/// The longest time without a message between two moments; `sent` is in order.
fn longest_silence(from: Instant, to: Instant, sent: &[Instant]) -> Span {
    let (mut longest, mut last) = (Span::ZERO, from);
    for at in sent.iter().filter(|at| (from..=to).contains(*at)) {
        longest = longest.max(passed(last, *at));
        last = *at;
    }
    longest.max(passed(last, to))
}

/// The record's approvals by what they are of.
#[derive(Default)]
pub(super) struct Approvals<'r>(HashMap<&'r str, Vec<Option<&'r str>>>);

impl<'r> Approvals<'r> {
    pub(super) fn of(record: &'r Record) -> Self {
        let mut hashes: HashMap<&str, Vec<Option<&str>>> = HashMap::new();
        for approval in &record.approvals {
            // A broken glass lets the message go; that it is read later is a check's business.
            let of = approval.of.strip_prefix("break_glass:").unwrap_or(&approval.of);
            hashes.entry(of).or_default().push(approval.sha256.as_deref());
        }
        Approvals(hashes)
    }

    /// Whether an approval of `of` is about its content as it is; where the content cannot be
    /// read, any approval of it counts.
    pub(super) fn cover(&self, d: &Draft<'_>, of: &str) -> bool {
        let Some(hashes) = self.0.get(of) else { return false };
        let content = d.around.content_sha256(d.record, of);
        content.is_none_or(|content| hashes.contains(&Some(content.as_str())))
    }
}
